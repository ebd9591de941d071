"""What a web address says: read once, by one parser, for all that ask."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from labtape.exceptions import FetchError

_DEFAULT_PORTS = {"http": 80, "https": 443}
# Nearly all addresses: nothing in them is to be quoted, lowered, resolved ("/../") or left out (":80").
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_PLAIN = re.compile(
    rf"(https?)://({_OCTET}(?:\.{_OCTET}){{3}}|(?:[a-z0-9][a-z0-9-]*\.)+[a-z][a-z0-9-]*)(?::([1-9]\d{{3,4}}))?"
    r"((?:/[a-zA-Z0-9_~-][a-zA-Z0-9._~-]*)*/?)(\?[a-zA-Z0-9._~=&/-]+)?",
    re.ASCII,
)
_LONGEST_PLAIN = 2000


@dataclass(frozen=True, slots=True)
class Address:
    """An http or https address: `text` as it is shown, the rest as it is asked for. `host` is ASCII, without brackets."""

    text: str
    scheme: str
    host: str
    port: int
    netloc: bytes
    target: bytes

    @property
    def key(self) -> str:
        """The host's name in the queues: with its port, where that is not the scheme's own."""
        host = self.host.rstrip(".")
        if self.port == _DEFAULT_PORTS[self.scheme]:
            return host
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"


@lru_cache(maxsize=4096)
def read_address(url: str) -> Address:
    """Give the address of the web that a text is. Raises `FetchError` where it is none.

    >>> read_address("HTTP://Bücher.example:8080/a?b#c").netloc
    b'xn--bcher-kva.example:8080'
    """
    if len(url) <= _LONGEST_PLAIN and (plain := _PLAIN.fullmatch(url)) and plain[4]:
        scheme, host, port, path, query = plain.groups()
        return Address(
            text=url,
            scheme=scheme,
            host=host,
            port=int(port) if port else _DEFAULT_PORTS[scheme],
            netloc=f"{host}:{port}".encode() if port else host.encode(),
            target=f"{path}{query or ''}".encode(),
        )
    return _parsed(url)


def _parsed(url: str) -> Address:
    """Give the address as the full parser reads it, in six times the time."""
    import httpx2

    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, UnicodeError) as e:
        raise FetchError(f"no web address ({e})", kind="protocol") from e
    if parsed.scheme not in _DEFAULT_PORTS or not parsed.raw_host:
        raise FetchError("no web address; would fetch http://… or https://…", kind="protocol")
    return Address(
        text=str(parsed),
        scheme=parsed.scheme,
        host=parsed.raw_host.decode("ascii"),
        port=_DEFAULT_PORTS[parsed.scheme] if parsed.port is None else parsed.port,
        netloc=parsed.netloc,
        target=parsed.raw_path,
    )


def joined(address: Address, location: str) -> Address:
    """Give where `location` leads from an address. Raises `FetchError` where that is not the web.

    >>> joined(read_address("https://a.example/x/y"), "../z").text
    'https://a.example/z'
    """
    import httpx2

    try:
        return read_address(str(httpx2.URL(address.text).join(location)))
    except (httpx2.InvalidURL, UnicodeError) as e:
        raise FetchError(f"redirects to {location[:100]!r}, no address", kind="redirect") from e
    except FetchError as e:
        raise FetchError(
            f"redirects to {location[:100]!r}; would follow http and https only", kind="redirect"
        ) from e


def host_key(url: str) -> str:
    """Give the host whose queue an address waits in; empty for files and whatever else asks no host.

    >>> [host_key(u) for u in ("https://A.example./feed", "http://a.example:8080/", "feeds/a.xml", "file:///a.xml")]
    ['a.example', 'a.example:8080', '', '']
    """
    if not url[:5].lower().startswith("http"):
        return ""
    try:
        return read_address(url).key
    except FetchError:
        return ""
