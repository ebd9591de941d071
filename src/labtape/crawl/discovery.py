"""Which feeds a site has, from the address of any of its pages.

    the address ── a feed? ─────────> itself
                └─ a page ─> the feeds it advertises; none? ─> a few usual places ─> each fetched and read

What is found is a feed for sure: it was read, and has a title and a number of entries to show for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from labtape.crawl.reader import Reader
from labtape.crawl.schedule import ASKS_TO_WAIT
from labtape.exceptions import FetchError, LabtapeError, ReadError
from labtape.ports import Fetcher
from labtape.types import Feed, Fetched

USUAL_PLACES = ("/feed", "/rss.xml", "/atom.xml", "/index.xml", "/feed.xml")
MOST = 10  # advertised feeds that are looked at; a forum advertises one for each of its threads
DELAY = 1.0  # seconds between two requests: all go to one site


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that was found and read. `url` is its address as it was given or advertised."""

    url: str
    title: str | None
    n_entries: int


def discover(
    url: str,
    fetcher: Fetcher,
    *,
    now: datetime,
    reader: Reader,
    pause: Callable[[float], None] = time.sleep,
) -> tuple[Found, ...]:
    """The feeds of a page or site, as it advertises them; empty when it has none. A feed's own address gives itself.

    The usual places are tried one after the other, a second apart, only where nothing is advertised, up to the first feed.
    Raises `FetchError` or `ReadError` when the address itself cannot be had, or is neither a page nor a feed.
    """
    answer = fetcher.fetch(url)
    try:
        return (_found(url, answer, reader, now),)
    except ReadError as e:
        if e.kind != "html":
            raise
        advertised = tuple(dict.fromkeys(feed for feed in e.feeds if feed != url))[:MOST]
    looks = _looks(advertised or _usual_places(answer.final_url), fetcher, reader, now, pause)
    if advertised:
        return tuple(looks)
    first = next(looks, None)
    return () if first is None else (first,)


def _looks(
    addresses: tuple[str, ...],
    fetcher: Fetcher,
    reader: Reader,
    now: datetime,
    pause: Callable[[float], None],
) -> Iterator[Found]:
    """The addresses that are feeds, each document once; a site that asks to wait is left alone."""
    seen: set[str] = set()
    for address in addresses:
        pause(DELAY)
        try:
            answer = fetcher.fetch(address)
            found = _found(address, answer, reader, now)
        except LabtapeError as e:
            if isinstance(e, FetchError) and e.status in ASKS_TO_WAIT:
                return
            continue
        if answer.final_url not in seen:
            seen.add(answer.final_url)
            yield found


def _found(url: str, answer: Fetched, reader: Reader, now: datetime) -> Found:
    document = reader.document(
        answer.body,
        feed=Feed(url),
        url=answer.final_url,
        media_type=answer.media_type,
        charset=answer.charset,
        now=now,
        by_title=False,
    )
    return Found(url, document.title, len(document.arrivals))


def _usual_places(url: str) -> tuple[str, ...]:
    """Where feeds usually lie: below the page itself, where it is not the front page, then below the site.

    >>> _usual_places("https://wire.example/blog/")[:2]
    ('https://wire.example/blog/feed', 'https://wire.example/feed')
    """
    path = urlsplit(url).path.rstrip("/")
    below = (urljoin(url, f"{path}/feed"),) if path else ()
    return (*below, *(urljoin(url, place) for place in USUAL_PLACES))
