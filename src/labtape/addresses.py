"""May we connect to this address?

Only what the whole internet can reach. The question is asked of the numeric address that is about to be connected,
after the name was resolved, so neither a spelling (`2130706433`, `0x7f.1`, `::ffff:127.0.0.1`, `localhost.`) nor a name
whose answer changes gets around it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache

from labtape.exceptions import SettingsError

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits
_HOST = re.compile(r"[\w.-]+|\[[\da-f:.%]+\]|[\da-f:]*:[\da-f:.]*")  # a name or IPv4, [IPv6], IPv6
_COMPATIBLE = ipaddress.IPv6Network("::/96")  # RFC 4291, deprecated: the same without a prefix


@lru_cache(maxsize=4096)
def is_public(address: str) -> bool:
    """Tell whether a numeric address belongs to the public internet, whatever it is wrapped in.

    >>> [is_public(a) for a in ("93.184.215.14", "10.0.0.1", "100.64.0.1", "::ffff:127.0.0.1", "169.254.169.254")]
    [True, False, False, False, False]
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _inner(ip)
    if inner is not None:
        return is_public(str(inner))
    if isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local:
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback)


def allowed_hosts(names: Iterable[str]) -> frozenset[tuple[str, int]]:
    """Give the (host, port) pairs of `host:port` words. Raises `SettingsError` for a word that is anything else.

    >>> sorted(allowed_hosts(["127.0.0.1:8080", "[::1]:80"]))
    [('127.0.0.1', 8080), ('::1', 80)]
    """
    return _pairs(tuple(names))


@lru_cache(maxsize=64)
def _pairs(names: tuple[str, ...]) -> frozenset[tuple[str, int]]:
    return frozenset(_host_and_port(name) for name in names)


def _host_and_port(name: str) -> tuple[str, int]:
    host, _, port = name.strip().lower().rpartition(":")
    if not _HOST.fullmatch(host) or not port.isdecimal() or not 0 < int(port) < 65536:
        raise SettingsError(f'allow_private: {name!r} is no host:port; would be "127.0.0.1:8080"')
    return host.removeprefix("[").removesuffix("]"), int(port)


def _inner(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Give the IPv4 address that an IPv6 address leads to, where it does."""
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if ip in _NAT64 or (ip in _COMPATIBLE and int(ip) > 1):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
