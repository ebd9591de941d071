"""How many wrong tokens an address may send: a bucket of tries that fills up again slowly."""

from __future__ import annotations

from collections import OrderedDict
from ipaddress import IPv6Address, ip_address
from typing import Final

TRIES: Final = 10
EVERY: Final = 6.0  # seconds until one more try is allowed
MOST: Final = 10_000  # addresses that are remembered, those heard of last


class Attempts:
    """Tries by address. Times are seconds of a clock that only goes forward.

    >>> tries = Attempts(tries=1, every=5.0)
    >>> tries.failed("192.0.2.7", 100.0)
    >>> tries.wait("192.0.2.7", 102.0), tries.wait("192.0.2.7", 105.0), tries.wait("192.0.2.8", 102.0)
    (3.0, 0.0, 0.0)
    """

    def __init__(self, *, tries: int = TRIES, every: float = EVERY, most: int = MOST) -> None:
        self.tries = tries
        self.every = every
        self.most = most
        self._used: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tries used, and when that was so

    def wait(self, address: str, now: float) -> float:
        """Seconds until this address may try again; 0 where it may now."""
        return max(0.0, (self._spent(_network(address), now) - self.tries + 1) * self.every)

    def failed(self, address: str, now: float) -> None:
        """Count a wrong try."""
        network = _network(address)
        self._used[network] = (self._spent(network, now) + 1, now)
        self._used.move_to_end(network)
        while len(self._used) > self.most:
            self._used.popitem(last=False)

    def _spent(self, network: str, now: float) -> float:
        used, at = self._used.get(network, (0.0, now))
        return max(0.0, used - (now - at) / self.every)


def _network(address: str) -> str:
    """Who has one IPv6 address has all of its /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or int(parsed) >> 64)
    return address
