"""What an answer means: done, one hop further, or an error. Pure: a trip, a reply and the time in, a verdict out."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal

from labtape.exceptions import FetchError
from labtape.fetch.urls import Address, joined, read_address
from labtape.types import Fetched, Validators

if TYPE_CHECKING:
    from labtape.fetch.session import Reply

Accept = Literal["feed", "page", "robots"]

MAX_AGE = 24 * 3600  # seconds of Cache-Control that are believed
MAX_RETRY = timedelta(days=31)  # of Retry-After
MAX_VALIDATOR = 2048  # characters; a longer one would have our own request refused
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_DIRECTIVE = re.compile(r"""([\w-]+)(?:\s*=\s*("[^"]*"|[^\s,]*))?""")
_UNSENDABLE = re.compile(r"[^\x20-\x7e\xa0-\xff]")
_SECONDS = re.compile(r"\d{1,12}(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Trip:
    """A request on its way: what was asked, where it goes next, and what the hops so far came to."""

    url: str
    address: Address
    validators: Validators = Validators()
    accept: Accept = "feed"
    n_hops: int = 0
    is_permanent: bool = True  # every hop so far was
    n_bytes: int = 0
    seconds: float = 0.0


def judged(trip: Trip, reply: Reply, *, now: datetime, max_redirects: int) -> Fetched | Trip:
    """Give what an answer means: what was fetched, or where to go on. Raises `FetchError` for all else."""
    if reply.status in _REDIRECTS:
        return _next_hop(trip, reply, max_redirects)
    retry_at = find_retry(reply.first(b"retry-after"), now)
    if reply.status == 304 and trip.validators == Validators():
        raise FetchError("answered 304 without being asked", kind="protocol", status=304, retry_at=retry_at)
    if reply.status not in (200, 304):
        raise FetchError(
            f"answered {reply.status}; would read 200", kind="http", status=reply.status, retry_at=retry_at
        )
    return _kept(trip, reply, now=now, retry_at=retry_at)


def find_max_age(cache_control: str) -> int | None:
    """Give the seconds an answer stays fresh, a day at most; None where it may not be kept or nothing is said.

    >>> [find_max_age(v) for v in ("public, max-age=600", 'Max-Age="60"', "max-age=9999999", "no-cache, max-age=60", "max-age=x")]
    [600, 60, 86400, None, None]
    """
    said = {name.lower(): value.strip('"') for name, value in _DIRECTIVE.findall(cache_control)}
    if "no-store" in said or said.get("no-cache") == "":
        return None
    seconds = said.get("max-age", "")
    return min(int(seconds[:18]), MAX_AGE) if seconds.isascii() and seconds.isdecimal() else None


def find_retry(retry_after: str, now: datetime) -> datetime | None:
    """Give the moment Retry-After asks for, in seconds or as a date: not before now, and 31 days ahead at most.

    >>> now = datetime(2026, 7, 1, tzinfo=UTC)
    >>> [str(find_retry(v, now)) for v in ("90", "Thu, 02 Jul 2026 08:00:00 GMT", "99999999", "soon")]
    ['2026-07-01 00:01:30+00:00', '2026-07-02 08:00:00+00:00', '2026-08-01 00:00:00+00:00', 'None']
    """
    text = retry_after.strip()
    if _SECONDS.fullmatch(text):
        return now + min(timedelta(seconds=math.ceil(float(text))), MAX_RETRY)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return min(max(date.astimezone(UTC), now), now + MAX_RETRY)


def _next_hop(trip: Trip, reply: Reply, max_redirects: int) -> Trip:
    if trip.n_hops >= max_redirects:
        raise FetchError(f"more than {max_redirects} redirects", kind="redirect")
    location = _text(reply.first(b"location"))
    if not location:
        raise FetchError(
            f"answered {reply.status} without saying where to", kind="redirect", status=reply.status
        )
    address = joined(trip.address, location)
    is_downgrade = trip.address.scheme == "https" and address.scheme == "http"
    return replace(
        trip,
        address=address,
        n_hops=trip.n_hops + 1,
        is_permanent=trip.is_permanent and reply.status in _PERMANENT and not is_downgrade,
        n_bytes=trip.n_bytes + reply.n_bytes,
    )


def _kept(trip: Trip, reply: Reply, *, now: datetime, retry_at: datetime | None) -> Fetched:
    """Make ours what a final answer says."""
    content_type = reply.first(b"content-type")
    charset = _CHARSET.search(content_type)
    is_new = reply.status == 200
    old = Validators() if is_new else trip.validators
    final_url = trip.address.text
    return Fetched(
        url=trip.url,
        final_url=final_url,
        status=reply.status,
        body=reply.body,
        fetched_at=now,
        media_type=content_type.partition(";")[0].strip().lower() or None,
        charset=charset.group(1).lower() if charset else None,
        validators=Validators(
            _validator(reply.first(b"etag")) or old.etag,
            _validator(reply.first(b"last-modified")) or old.last_modified,
        ),
        moved_to=_moved_to(trip),
        max_age=find_max_age(reply.header(b"cache-control")),
        retry_at=retry_at,
        n_bytes=trip.n_bytes + reply.n_bytes,
        seconds=trip.seconds,
    )


def _moved_to(trip: Trip) -> str | None:
    """The address a feed has moved to for good; a way that leads back to where it began is none."""
    address = trip.address.text.partition("#")[0]
    is_away = address != read_address(trip.url).text.partition("#")[0]
    return address if trip.n_hops and trip.is_permanent and is_away else None


def _validator(text: str) -> str | None:
    """A validator that can be sent back as it came; None for one that cannot."""
    return text if is_sendable(text) else None


def is_sendable(text: str) -> bool:
    """Tell whether a validator may stand in a request: visible, of bytes, and not larger than servers take.

    >>> [is_sendable(v) for v in ('W/"a"', '"a"\\r\\nX: 1', "x" * 9999, "")]
    [True, False, False, False]
    """
    return 0 < len(text) <= MAX_VALIDATOR and not _UNSENDABLE.search(text)


def _text(location: str) -> str:
    """A header read as Latin-1, as the UTF-8 it may be."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return location
