"""What other parsers expect of the feeds they are tested with, and how much of it we find.

The floors fail when a change loses some of it; they only rise. What is missing is meant: feedparser's expectations of its
sanitiser and of links it makes absolute inside HTML (ours stays raw), and dates without a zone, which we keep as days.
"""

from __future__ import annotations

import ast
import json
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from labtape.exceptions import ReadError
from labtape.read import read_document, read_feed, read_opml
from labtape.read.markup import plain_text
from labtape.types import Entry, Feed

NOW = datetime(2026, 11, 21, tzinfo=UTC)
_FIELDS = {
    "id": "id",
    "guid": "id",
    "link": "link",
    "title": "title",
    "summary": "summary",
    "description": "summary",
}
_DATES = ("published_parsed", "updated_parsed", "created_parsed")


def expectations(body: str) -> Iterator[tuple[int, str, object]]:
    """What a feed of feedparser's says of itself in its first comment: entry, field and value, for fields we keep."""
    stated = re.search(r"Expect:\s*(.+)", body)
    if stated is None:
        return
    try:
        tree = ast.parse(stated.group(1).strip(), mode="eval")
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq)):
            continue
        place = re.fullmatch(r"entries\[(\d)\](?:\['(\w+)'\]|\.(\w+))", ast.unparse(node.left))
        try:
            value = ast.literal_eval(node.comparators[0])
        except ValueError:
            continue
        if place:
            yield int(place[1]), place[2] or place[3], value


def is_met(entry: Entry, field: str, value: object) -> bool | None:
    """Whether an entry is as expected; None for fields that we do not keep. A date is met by none as well."""
    if field in _DATES:
        at = entry.published_at
        return at is None or entry.published_precision == "day" or at.timetuple()[:6] == tuple(value)[:6]
    if field not in _FIELDS or not isinstance(value, str):
        return None
    if _FIELDS[field] == "id":
        return entry.guid == value
    if _FIELDS[field] == "link":
        return entry.url == value or (entry.url is not None and entry.url.endswith(value))
    ours = entry.title if field == "title" else entry.summary
    return plain_text(ours) == plain_text(value) or ours == " ".join(value.split())


@pytest.mark.slow
def test_feedparsers_own_expectations_are_met(shared):
    met: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    with tarfile.open(shared / "conformance" / "feedparser-6.0.14.tar.xz") as archive:
        for member in archive:
            if not (member.isfile() and member.name.endswith(".xml") and "/tests/" in member.name):
                continue
            body = archive.extractfile(member).read()
            wanted = list(expectations(body.decode("utf-8", "replace")))
            try:
                found = read_feed(body, url="http://127.0.0.1:8097/f", now=NOW) if wanted else ()
            except ReadError:
                found = ()
            for n, field, value in wanted:
                answer = (
                    is_met(found[n], field, value) if n < len(found) else False if field in _FIELDS else None
                )
                if answer is not None:
                    kind = "date" if field in _DATES else _FIELDS[field]
                    asked[kind] += 1
                    met[kind] += answer
    rates = {kind: round(met[kind] / asked[kind], 3) for kind in asked}
    assert asked.total() >= 680, asked
    assert not {kind: rate for kind, rate in rates.items() if rate < FLOORS[kind]}, rates


FLOORS = {"id": 0.83, "link": 0.94, "title": 0.94, "summary": 0.985, "date": 1.0}


@pytest.mark.slow
def test_the_feeds_of_feed_rs_have_the_entries_they_should(shared):
    met: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for path in sorted((shared / "conformance" / "feed-rs").rglob("*.serde.json")):
        body = next(
            p for p in path.parent.glob(path.name.removesuffix(".serde.json") + ".*") if p != path
        ).read_bytes()
        wanted = json.loads(path.read_text())["entries"]
        found = read_feed(body, url=f"https://feeds.example/{path.stem}", now=NOW)
        asked["count"] += 1
        met["count"] += len(found) == len(wanted)
        if len(found) != len(wanted):
            continue
        for entry, one in zip(found, wanted, strict=True):
            if one.get("title"):
                asked["title"] += 1
                met["title"] += plain_text(one["title"]["content"]).replace("\n", " ") == plain_text(
                    entry.title
                )
            if one.get("published") and entry.published_precision == "second":
                asked["date"] += 1
                met["date"] += (
                    abs(datetime.fromisoformat(one["published"]) - entry.published_at).total_seconds() < 1
                )
    rates = {kind: round(met[kind] / asked[kind], 3) for kind in asked}
    assert asked["count"] >= 40 and asked["title"] >= 95, asked
    assert not {kind: rate for kind, rate in rates.items() if rate < RS_FLOORS[kind]}, (rates, asked)


RS_FLOORS = {"count": 1, "title": 1, "date": 1}


@pytest.mark.slow
def test_the_feeds_of_miniflux_and_node_feedparser_are_documents(shared):
    read = arrivals = 0
    for folder in ("miniflux", "node-feedparser"):
        for path in sorted((shared / "conformance" / folder).rglob("*")):
            if path.suffix not in (".xml", ".atom", ".json"):
                continue
            try:
                found = read_document(
                    path.read_bytes(), feed=Feed("https://f.example/f"), url="https://f.example/f", now=NOW
                )
            except ReadError as e:
                assert e.kind in ("not_a_feed", "broken", "empty", "html")
                continue
            read, arrivals = read + 1, arrivals + len(found.arrivals)
            assert len({arrival.article.id for arrival in found.arrivals}) == len(found.arrivals), path.name
    assert read >= 33
    assert arrivals >= 455


@pytest.mark.slow
def test_every_list_of_feeds_is_read(shared):
    paths = [path for path in sorted((shared / "opml").rglob("*")) if path.suffix in (".opml", ".xml")]
    read = 0
    for path in paths:
        try:
            read += len(read_opml(path.read_bytes(), source=path.name)) >= 0
        except ReadError:
            continue
    assert len(paths) >= 126
    assert read == len(paths)
