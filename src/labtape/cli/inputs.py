"""What a user may name on the command line, as articles or as feeds."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from labtape.exceptions import LabtapeError, ReadError
from labtape.fetch import fetcher
from labtape.read import (
    Failure,
    article_from_row,
    read_articles,
    read_articles_stream,
    read_feed,
    read_opml,
    read_page,
    to_article,
)
from labtape.types import Article, Feed

if TYPE_CHECKING:
    from labtape.desk import Progress
    from labtape.ports import Fetcher
    from labtape.settings import Settings

FEED_SUFFIXES = {".xml", ".rss", ".atom", ".rdf", ".json"}


def articles_of(inputs: Iterable[str], settings: Settings, *, now: datetime) -> Iterator[Article | Failure]:
    """Every article of every input, in order; what cannot be read comes as a `Failure` in its place."""
    fetch = _fetcher(settings)
    for name in inputs:
        if name == "-":
            yield from read_articles_stream(sys.stdin.buffer, name="stdin", now=now)
        elif name.startswith(("http://", "https://")):
            yield from _fetched(Feed(name), fetch, now)
        elif name.lower().endswith(".opml"):
            yield from _listed(Path(name), fetch, now)
        else:
            yield from read_articles(Path(name), now=now)


def page_at(address: str, settings: Settings, *, now: datetime) -> Article | Failure:
    """The article on the page at an address."""
    try:
        answer = _fetcher(settings).fetch(address)
        page = read_page(answer.body, url=answer.final_url, now=now, charset=answer.charset)
        return article_from_row({**asdict(page), "url": answer.final_url}, place=address, now=now)
    except LabtapeError as e:
        return Failure(address, str(e).removeprefix(f"{address}: "))


def _fetcher(settings: Settings) -> Fetcher:
    return fetcher(
        deadline=settings.fetch.deadline,
        max_bytes=settings.fetch.max_bytes,
        allow_private=settings.fetch.allow_private,
    )


def _listed(path: Path, fetch: Fetcher, now: datetime) -> Iterator[Article | Failure]:
    try:
        feeds = feeds_of(path)
    except LabtapeError as e:
        yield Failure(str(path), str(e).removeprefix(f"{path}: "))
        return
    for feed in feeds:
        yield from _fetched(feed, fetch, now)


def _fetched(feed: Feed, fetch: Fetcher, now: datetime) -> Iterator[Article | Failure]:
    try:
        answer = fetch.fetch(feed.url)
        entries = read_feed(
            answer.body, url=answer.final_url, media_type=answer.media_type, charset=answer.charset, now=now
        )
    except LabtapeError as e:
        yield Failure(feed.url, str(e))
        return
    for entry in entries:
        yield to_article(entry, now=now)


def feeds_of(source: Path) -> tuple[Feed, ...]:
    """The feeds an OPML file lists, or the feed files of a folder (or the one file)."""
    if not source.exists():
        raise ReadError(
            f"{source}: no such file or folder; name an OPML file, a feed file or a folder of feeds"
        )
    if source.is_file() and source.suffix.lower() == ".opml":
        feeds = read_opml(source.read_bytes(), source=str(source), base=source.resolve().as_uri())
        if not feeds:
            raise ReadError(f'{source}: lists no feed; would read <outline xmlUrl="https://…"/> lines')
        return feeds
    files = (
        sorted(p for p in source.rglob("*") if p.suffix.lower() in FEED_SUFFIXES)
        if source.is_dir()
        else [source]
    )
    if not files:
        raise ReadError(f"{source}: no feeds here; a feed file ends in {', '.join(sorted(FEED_SUFFIXES))}")
    return tuple(Feed(file.resolve().as_uri()) for file in files)


class Counted:
    """Lets articles through and keeps the failures."""

    def __init__(self) -> None:
        self.failures: list[Failure] = []

    def good(self, found: Iterable[Article | Failure], progress: Progress) -> Iterator[Article]:
        for n, item in enumerate(found, 1):
            progress(n, 0)
            if isinstance(item, Failure):
                self.failures.append(item)
            else:
                yield item
