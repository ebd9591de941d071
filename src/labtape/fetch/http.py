"""One address of the web, safely: one GET, its redirects followed by us, every limit kept."""

from __future__ import annotations

import logging
import re
import ssl
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from labtape.exceptions import FetchError
from labtape.fetch.addresses import allowed_hosts
from labtape.fetch.coding import ACCEPTED, decoded
from labtape.ports import utc_now
from labtape.types import Fetched, Validators
from labtape.version import __version__

if TYPE_CHECKING:
    import httpx2

    from labtape.fetch.network import Deadline, GuardedTransport
    from labtape.ports import Clock

DEADLINE = 20.0  # seconds for everything: name, connection, redirects, second try, body
MAX_BYTES = 10 * 1024 * 1024
MAX_REDIRECTS = 5
MAX_HEADERS = (
    500  # real feeds send 10 to 40; the HTTP library's own limit depends on how the bytes happen to arrive
)
USER_AGENT = f"labtape/{__version__} (reads news feeds about AI labs; behaviour and limits: docs/fetch.md of the labtape project)"

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, "
    "application/json;q=0.8, text/html;q=0.7, */*;q=0.1"
)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_WORTH_A_SECOND_TRY = frozenset({500, 502, 504})  # 429 and 503 ask to come back later, not at once
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
# stamina reports every second try as a warning, which Python prints when nobody has set up logging.
logging.getLogger("stamina").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class HttpFetcher:
    """Gets http and https addresses. May be shared between threads; nothing is kept between two fetches.

    `allow_private` names, as `host:port`, what may be fetched although its address is not public. `ca_file` adds a
    certificate authority; certificates are always verified, and neither proxies nor anything else comes from the
    environment.
    """

    deadline: float = DEADLINE
    max_bytes: int = MAX_BYTES
    max_redirects: int = MAX_REDIRECTS
    allow_private: tuple[str, ...] = ()
    user_agent: str = USER_AGENT
    ca_file: Path | None = None
    clock: Clock = utc_now

    def fetch(self, url: str, validators: Validators = Validators()) -> Fetched:
        """Give the answer to one GET; status 304 without a body when `validators` still hold.

        Raises `FetchError` for everything else than 200 and 304. What broke on the way, and a 500, 502 or 504, is tried
        once more if the deadline allows.
        """
        import stamina

        from labtape.fetch.network import Deadline

        deadline = Deadline(self.deadline)
        try:
            for attempt in stamina.retry_context(
                on=_is_transient,
                attempts=2,
                timeout=self.deadline,
                wait_initial=0.2,
                wait_max=0.5,
                wait_jitter=0.2,
            ):
                with attempt:
                    return self._fetched(url, validators, deadline)
        except FetchError as e:
            raise FetchError(f"{url}: {e}", kind=e.kind, status=e.status) from e
        raise AssertionError("stamina leaves its loop by return or raise")

    def _fetched(self, url: str, validators: Validators, deadline: Deadline) -> Fetched:
        """Follow redirects by hand, so that every hop is a new, checked connection."""
        from labtape.fetch.network import GuardedBackend, GuardedTransport

        address = _web_address(url)
        for _ in range(self.max_redirects + 1):
            backend = GuardedBackend(deadline, allowed_hosts(self.allow_private))
            transport = GuardedTransport(backend, _ssl_context(self.ca_file))
            try:
                answer = _answered(transport, address, self._headers(validators))
                if answer.status_code not in _REDIRECTS:
                    return self._kept(answer, url, validators)
                address = _next_address(answer)
            finally:
                transport.close()
        raise FetchError(f"more than {self.max_redirects} redirects", kind="redirect")

    def _headers(self, validators: Validators) -> list[tuple[bytes, bytes]]:
        named = {
            "User-Agent": self.user_agent,
            "Accept": _ACCEPT,
            "Accept-Encoding": ACCEPTED,
            "If-None-Match": validators.etag,
            "If-Modified-Since": validators.last_modified,
        }
        return [
            (name.encode(), value.encode()) for name, value in named.items() if value and value.isprintable()
        ]

    def _kept(self, answer: httpx2.Response, url: str, validators: Validators) -> Fetched:
        """Make ours what a final answer says."""
        if answer.status_code == 304 and validators == Validators():
            raise FetchError("answered 304 without being asked", kind="protocol", status=304)
        if answer.status_code not in (200, 304):
            reason = f"{answer.status_code} {answer.reason_phrase}".strip()
            raise FetchError(f"answered {reason}; would read 200", kind="http", status=answer.status_code)
        headers = answer.headers
        content_type = headers.get("content-type", "")
        charset = _CHARSET.search(content_type)
        is_new = answer.status_code == 200
        old = Validators() if is_new else validators
        return Fetched(
            url=url,
            final_url=str(answer.url),
            status=answer.status_code,
            body=_body(answer, self.max_bytes) if is_new else b"",
            fetched_at=self.clock(),
            media_type=content_type.partition(";")[0].strip().lower() or None,
            charset=charset.group(1).lower() if charset else None,
            validators=Validators(
                headers.get("etag") or old.etag, headers.get("last-modified") or old.last_modified
            ),
        )


@cache
def _ssl_context(ca_file: Path | None) -> ssl.SSLContext:
    import httpx2

    context = httpx2.create_ssl_context(trust_env=False)
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context


def _is_transient(error: Exception) -> bool:
    return isinstance(error, FetchError) and (error.kind == "connect" or error.status in _WORTH_A_SECOND_TRY)


def _web_address(url: str) -> httpx2.URL:
    import httpx2

    try:
        address = httpx2.URL(url)
    except (httpx2.InvalidURL, UnicodeError) as e:
        raise FetchError(f"no web address ({e})", kind="protocol") from e
    if address.scheme not in ("http", "https") or not address.host:
        raise FetchError("no web address; would fetch http://… or https://…", kind="protocol")
    return address


def _next_address(answer: httpx2.Response) -> httpx2.URL:
    """Give where a redirect leads, if that is the web."""
    import httpx2

    location = answer.headers.get("location")
    if not location:
        raise FetchError(
            f"answered {answer.status_code} without saying where to",
            kind="redirect",
            status=answer.status_code,
        )
    try:
        address = answer.url.join(location)
    except (httpx2.InvalidURL, UnicodeError) as e:
        raise FetchError(f"redirects to {location[:100]!r}, no address", kind="redirect") from e
    if address.scheme not in ("http", "https") or not address.host:
        raise FetchError(
            f"redirects to {location[:100]!r}; would follow http and https only", kind="redirect"
        )
    return address


def _answered(
    transport: GuardedTransport, address: httpx2.URL, headers: list[tuple[bytes, bytes]]
) -> httpx2.Response:
    import httpcore2
    import httpx2

    try:
        answer = transport.handle_request(httpx2.Request("GET", address, headers=headers))
    except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as e:
        raise _ours(e) from e
    if len(answer.headers.raw) > MAX_HEADERS:
        raise FetchError(
            f"sends {len(answer.headers.raw):,} headers; would read {MAX_HEADERS}", kind="protocol"
        )
    return answer


def _body(answer: httpx2.Response, limit: int) -> bytes:
    import httpcore2

    stated = answer.headers.get("content-length", "")
    if stated.isdecimal() and int(stated[:18]) > limit:
        raise FetchError(f"says it is {int(stated[:18]):,} bytes; would read {limit:,}", kind="size")
    try:
        return decoded(answer.iter_raw(), coding=answer.headers.get("content-encoding", ""), limit=limit)
    except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as e:
        raise _ours(e) from e


def _ours(error: Exception) -> FetchError:
    """Name what broke in our words: nobody outside knows httpcore2."""
    import httpcore2

    detail = str(error) or type(error).__name__
    if isinstance(error, httpcore2.TimeoutException):
        return FetchError("no answer in time", kind="timeout")
    if isinstance(error, httpcore2.NetworkError):
        return FetchError(f"the connection failed ({detail})", kind="connect")
    return FetchError(f"no proper HTTP ({detail[:200]})", kind="protocol")
