"""One address of the web, safely: one GET, its redirects followed by us, every limit kept."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from labtape.addresses import allowed_hosts
from labtape.exceptions import FetchError
from labtape.fetch.answers import Accept, Trip, is_sendable, judged
from labtape.fetch.coding import ACCEPTED
from labtape.fetch.deadline import Deadline
from labtape.fetch.names import Resolve, resolve
from labtape.fetch.urls import read_address
from labtape.ports import utc_now
from labtape.types import Fetched, Validators
from labtape.version import __version__

if TYPE_CHECKING:
    import ssl

    from labtape.fetch.http1 import Headers
    from labtape.fetch.memory import Body
    from labtape.fetch.session import Session
    from labtape.ports import Clock

DEADLINE = 20.0  # seconds for everything: name, connection, redirects, second try, body
MAX_BYTES = 10 * 1024 * 1024
MAX_REDIRECTS = 5
USER_AGENT = f"labtape/{__version__} (reads news feeds about AI labs; behaviour and limits: docs/fetch.md of the labtape project)"

_ACCEPT: dict[Accept, str] = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, "
    "application/json;q=0.8, text/html;q=0.7, */*;q=0.1",
    "page": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1",
    "robots": "text/plain, */*;q=0.1",
}
_WORTH_A_SECOND_TRY = frozenset({500, 502, 504})  # 429 and 503 ask to come back later, not at once
_PAUSE = 0.25  # seconds before the second try
_LOADING = threading.Lock()  # the certificates are loaded once, not by every thread that wants them first


@dataclass(frozen=True, slots=True)
class HttpFetcher:
    """Gets http and https addresses. May be shared between threads; nothing is kept between two fetches.

    `allow_private` names, as `host:port`, what may be fetched although its address is not public. `ca_file` adds a
    certificate authority; certificates are always verified, and neither proxies nor anything else comes from the
    environment. `resolve` gives the numeric addresses of a name.
    """

    deadline: float = DEADLINE
    max_bytes: int = MAX_BYTES
    max_redirects: int = MAX_REDIRECTS
    allow_private: tuple[str, ...] = ()
    user_agent: str = USER_AGENT
    ca_file: Path | None = None
    clock: Clock = utc_now
    resolve: Resolve = resolve

    def fetch(self, url: str, validators: Validators = Validators(), *, accept: Accept = "feed") -> Fetched:
        """Give the answer to one GET; status 304 without a body when `validators` still hold.

        Raises `FetchError` for everything else than 200 and 304. What broke on the way, and a 500, 502 or 504, is tried
        once more if the deadline allows.
        """
        deadline = Deadline(self.deadline)
        trip = self.trip(url, validators, accept=accept)
        try:
            return self._travelled(trip, deadline)
        except FetchError as e:
            if not _is_transient(e) or not deadline.allows(_PAUSE):
                raise
        time.sleep(_PAUSE)
        return self._travelled(trip, deadline)

    def trip(self, url: str, validators: Validators = Validators(), *, accept: Accept = "feed") -> Trip:
        """Give a request that has not left yet. Raises `FetchError` for what is no web address."""
        try:
            return Trip(url, read_address(url), validators, accept)
        except FetchError as e:
            raise _named(url, e) from e

    def session(self) -> Session:
        """Give what keeps a connection from one step to the next."""
        from labtape.fetch.network import GuardedBackend
        from labtape.fetch.session import Session

        backend = GuardedBackend(Deadline(self.deadline), allowed_hosts(self.allow_private), self.resolve)
        return Session(backend, partial(_ssl_context, self.ca_file), max_bytes=self.max_bytes)

    def step(
        self, trip: Trip, session: Session, deadline: Deadline, body: Body | None = None
    ) -> Fetched | Trip:
        """Ask once: give what was fetched, or the trip as it goes on. Raises `FetchError`.

        It goes on where a redirect leads; or as it was, when the session's kept connection turned out to be dead. With
        `body`, what was fetched is left lying there.
        """
        from labtape.fetch.session import HungUp

        start = time.monotonic()
        try:
            reply = session.ask(trip.address, self._headers(trip), deadline, body)
            trip = replace(trip, seconds=trip.seconds + time.monotonic() - start)
            return judged(trip, reply, now=self.clock(), max_redirects=self.max_redirects)
        except HungUp:
            return replace(trip, seconds=trip.seconds + time.monotonic() - start)
        except FetchError as e:
            raise _named(trip.url, e) from e

    def _travelled(self, trip: Trip, deadline: Deadline) -> Fetched:
        """Follow redirects by hand, so that every hop is a checked connection."""
        session = self.session()
        try:
            while True:
                answer = self.step(trip, session, deadline)
                if isinstance(answer, Fetched):
                    return answer
                trip = answer
        finally:
            session.close()

    def _headers(self, trip: Trip) -> Headers:
        headers = [(b"Host", trip.address.netloc), *_standing(self.user_agent, trip.accept)]
        etag, last_modified = trip.validators.etag, trip.validators.last_modified
        if etag is not None and is_sendable(etag):
            headers.append((b"If-None-Match", etag.encode("latin-1")))
        if last_modified is not None and is_sendable(last_modified):
            headers.append((b"If-Modified-Since", last_modified.encode("latin-1")))
        return headers


@cache
def _standing(user_agent: str, accept: Accept) -> tuple[tuple[bytes, bytes], ...]:
    """The headers that are the same for every request."""
    return (
        (b"User-Agent", user_agent.encode()),
        (b"Accept", _ACCEPT[accept].encode()),
        (b"Accept-Encoding", ACCEPTED.encode()),
    )


def _ssl_context(ca_file: Path | None) -> ssl.SSLContext:
    with _LOADING:
        return _loaded(ca_file)


@cache
def _loaded(ca_file: Path | None) -> ssl.SSLContext:
    import httpx2

    context = httpx2.create_ssl_context(trust_env=False)
    context.set_alpn_protocols(["h2", "http/1.1"])
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context


def _is_transient(error: FetchError) -> bool:
    return error.kind == "connect" or error.status in _WORTH_A_SECOND_TRY


def _named(url: str, error: FetchError) -> FetchError:
    return FetchError(f"{url}: {error}", kind=error.kind, status=error.status, retry_at=error.retry_at)
