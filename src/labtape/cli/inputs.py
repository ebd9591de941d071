"""What a user may name on the command line, as articles or as feeds."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from labtape.cli.common import complain
from labtape.exceptions import LabtapeError, ReadError
from labtape.fetch import fetcher
from labtape.read import (
    Failure,
    article_from_row,
    read_articles,
    read_articles_stream,
    read_feed,
    read_page,
    to_article,
)
from labtape.read.charset import decode, unpacked
from labtape.read.files import MAX_DOCUMENT, lies_at
from labtape.read.opml import read_list
from labtape.read.sniff import sniff
from labtape.types import Article, Feed

if TYPE_CHECKING:
    from labtape.batch.reading import Sourced
    from labtape.desk import Progress
    from labtape.ports import Fetcher
    from labtape.settings import Settings

FEED_SUFFIXES = {".xml", ".rss", ".atom", ".rdf", ".json"}
_HEAD = 64 * 1024  # bytes that tell what a file is


def articles_of(inputs: Iterable[str], settings: Settings, *, now: datetime) -> Iterator[Article | Failure]:
    """Every article of every input, in order; what cannot be read comes as a `Failure` in its place."""
    fetch = _fetcher(settings)
    for name in inputs:
        if name == "-" and sys.stdin is None:
            yield Failure("stdin", "is closed; would read feeds, tables or texts", "stdin")
        elif name == "-":
            yield from read_articles_stream(sys.stdin.buffer, name="stdin", now=now)
        elif name.startswith(("http://", "https://")):
            yield from _fetched(Feed(name), fetch, now)
        elif name.lower().endswith((".opml", ".opml.gz")):
            yield from _listed(Path(name), fetch, now)
        elif lies_at(Path(name)) == "pipe":
            with Path(name).open("rb") as stream:
                yield from read_articles_stream(stream, name=name, now=now)
        else:
            yield from read_articles(Path(name), now=now)


def sourced(
    inputs: Sequence[str], settings: Settings, *, now: datetime, without: Collection[Path] = ()
) -> tuple[Iterator[Sourced], tuple[str, ...]]:
    """Every article of every input with the input's name, in order; and the files that are passed over in folders.

    These are what runs of labtape wrote; `without` are passed over as well.
    """
    from labtape.batch.reading import Reading

    folders = {
        name: Reading((Path(name),), without=without) for name in inputs if lies_at(Path(name)) == "folder"
    }

    def found() -> Iterator[Sourced]:
        for name in inputs:
            if name in folders:
                yield from folders[name].found(now)
                continue
            for item in articles_of((name,), settings, now=now):
                yield ("stdin" if name == "-" else name), item

    passed_over = (str(file) for folder in folders.values() for file in folder.passed_over)
    return found(), tuple(passed_over)


def is_read_once(name: str) -> bool:
    """Whether an input may be another one when it is read again: standard input, a pipe, an address, a list of feeds."""
    return (
        name == "-"
        or lies_at(Path(name)) == "pipe"
        or name.startswith(("http://", "https://"))
        or name.lower().endswith((".opml", ".opml.gz"))
    )


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
        taken = feeds_of(path)
    except LabtapeError as e:
        yield Failure(str(path), str(e).removeprefix(f"{path}: "))
        return
    yield from (Failure(str(path), trouble) for trouble in taken.troubles)
    for feed in taken.feeds:
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


# ---------------------------------------------------------------- feeds


@dataclass(frozen=True, slots=True)
class Taken:
    """The feeds a source names, each once; `n_again` were named again. `troubles` say what of it could not be taken, `remarks` what was taken otherwise."""

    feeds: tuple[Feed, ...]
    n_left_out: int = 0
    n_again: int = 0
    troubles: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def feeds_of(source: Path) -> Taken:
    """The feeds of a list, the feed a file is, or those of a folder and all below it; what a file is, its content says.

    A folder's files count by their endings: feeds, OPML lists, either with `.gz`; what begins with a dot does not.
    Raises `ReadError` where there is nothing to take.
    """
    if not source.exists():
        if address := re.match(r"(https?:)/+(.+)", str(source), re.IGNORECASE):
            raise ReadError(
                f"{address[1]}//{address[2]}: is an address; save the list as a file first, or `labtape feeds add` a feed"
            )
        raise ReadError(
            f"{source}: no such file or folder; name an OPML list, a feed file or a folder of these"
        )
    return _of_folder(source) if source.is_dir() else _of_file(source)


def feed_file(path: Path) -> Feed:
    """The feed a file is. Raises `ReadError` where it is another thing, also a list of feeds."""
    taken = _of_file(path)
    if taken.feeds == (Feed(path.resolve().as_uri()),):
        return taken.feeds[0]
    raise ReadError(f"{path}: is a list of feeds; add them with `labtape feeds import {path}`")


def say_troubles(source: Path, taken: Taken) -> None:
    """A line for each thing that was not taken as it is written."""
    for line in (*taken.troubles, *taken.remarks):
        complain(f"labtape: {source}: {line}")


def _of_folder(folder: Path) -> Taken:
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if _ending(path) in {*FEED_SUFFIXES, ".opml"}
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    feeds: dict[str, Feed] = {}
    n_feeds, n_left_out, troubles, remarks = 0, 0, list[str](), list[str]()
    for path in files:
        try:
            taken = _of_file(path)
        except LabtapeError as e:
            n_left_out += 1
            troubles.append(f"left out: {str(e).removeprefix(f'{folder}/')}")
            continue
        for feed in taken.feeds:
            feeds.setdefault(feed.url, feed)
        n_feeds += len(taken.feeds) + taken.n_again
        n_left_out += taken.n_left_out
        name = path.relative_to(folder)
        troubles += (f"{name}: {line}" for line in taken.troubles)
        remarks += (f"{name}: {line}" for line in taken.remarks)
    if feeds:
        n_again = n_feeds - len(feeds)
        return Taken(tuple(feeds.values()), n_left_out, n_again, tuple(troubles), tuple(remarks))
    endings = ", ".join(sorted({*FEED_SUFFIXES, ".opml"}))
    why = f"; {troubles[0]}" if troubles else f"; would read files that end in {endings}, also with .gz"
    raise ReadError(f"{folder}: no feeds here{why}")


def _of_file(path: Path) -> Taken:
    """What one file names, by its content: an ending is only believed where something stands before the first element."""
    is_named = _ending(path) in {*FEED_SUFFIXES, ".opml"}
    try:
        with path.open("rb") as stream:
            body = stream.read(MAX_DOCUMENT)
    except OSError as e:
        raise ReadError(f"{path}: cannot be read: {e.strerror or e}") from e
    text = decode(unpacked(body[:_HEAD]))
    kind = sniff(text) if is_named or text.lstrip()[:1] in ("<", "{") else "other"
    if kind == "opml" or (_ending(path) == ".opml" and kind not in ("feed", "empty")):
        return _of_list(path, body)
    if kind == "feed" or (kind == "json" and _is_json_feed(body)):
        if not path.is_file():
            raise ReadError(f"{path}: does not stay, and a feed is visited again; name a file")
        return Taken((Feed(path.resolve().as_uri()),))
    what = {"empty": "is empty", "html": "is an HTML page"}.get(kind, "is neither an OPML list nor a feed")
    raise ReadError(f"{path}: {what}; would read <opml>, RSS, Atom or JSON Feed, also packed (.gz)")


def _of_list(path: Path, body: bytes) -> Taken:
    base = path.resolve().as_uri() if path.is_file() else None
    found = read_list(body, source=str(path), base=base)
    if not found.feeds:
        first = f" ({found.left_out[0].what}: {found.left_out[0].why})" if found.left_out else ""
        raise ReadError(
            f'{path}: lists no feed that could be visited{first}; would read <outline xmlUrl="https://…"/> lines'
        )
    troubles = [f"left out: {one.what}: {one.why}" for one in found.left_out]
    if found.is_cut:
        troubles.append("ends in the middle; what stands before that was taken")
    remarks = [
        f"{url} is kept without user and password: they would not be sent" for url in found.without_password
    ]
    return Taken(found.feeds, len(found.left_out), found.n_again, tuple(troubles), tuple(remarks))


def _is_json_feed(body: bytes) -> bool:
    try:
        read_feed(body, url="", now=datetime.now(UTC))
    except ReadError as e:
        return e.kind == "empty"
    return True


def _ending(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    return Path(name).suffix


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
