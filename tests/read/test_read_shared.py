"""Real and nasty input from beside the project."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections import Counter
from datetime import UTC, datetime

import pytest

from labtape.exceptions import ReadError
from labtape.read import Failure, read_articles, read_feed, read_opml, read_page, to_article

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.slow
def test_every_entry_of_the_real_feeds_is_an_article(shared):
    found = list(read_articles(shared / "feeds", now=NOW))
    assert not [one for one in found if isinstance(one, Failure)]
    items = sum(
        len(re.findall(rb"<(?:item|entry)[\s>]", p.read_bytes())) for p in (shared / "feeds").rglob("*.xml")
    )
    assert items * 0.999 <= len(found) <= items  # exact copies inside one feed are one
    assert all(article.published_at for article in found)


@pytest.mark.slow
def test_feeds_that_other_parsers_are_tested_with_do_not_break_ours(shared):
    read, entries = 0, 0
    for path in sorted((shared / "conformance").rglob("*")):
        if path.suffix not in (".xml", ".atom", ".json", ".html") or path.name.endswith(".serde.json"):
            continue
        try:
            found = read_feed(path.read_bytes(), url=f"https://feeds.example/{path.name}", now=NOW)
        except ReadError:
            continue
        read += 1
        entries += len([to_article(entry, now=NOW) for entry in found])
    assert read >= 105
    assert entries >= 550


def test_nasty_xml_expands_nothing_and_is_quick(shared):
    for path in sorted((shared / "nasty-xml").rglob("*.x*")):
        body, start = path.read_bytes(), time.process_time()
        for read in (lambda: read_feed(body, url="x", now=NOW), lambda: read_opml(body, source="x")):  # noqa: B023
            with pytest.raises(ReadError):
                read()
        assert time.process_time() - start < 1, path.name


@pytest.mark.slow
def test_the_text_of_real_pages_is_found(shared):
    """F1 of four-word shingles, as the article extraction benchmark counts; .969 when this was written."""
    root = shared / "articles" / "article-extraction-benchmark"
    truth = json.loads((root / "ground-truth.json").read_text())
    hit = extra = missed = 0.0
    for name, page in truth.items():
        body = gzip.decompress((root / "html" / f"{name}.html.gz").read_bytes())
        found = shingles(read_page(body, url=page["url"], now=NOW).text)
        true = shingles(page["articleBody"])
        common = (found & true).total()
        size = found.total() + true.total() - common or 1
        hit, extra, missed = (
            hit + common / size,
            extra + (found.total() - common) / size,
            missed + (true.total() - common) / size,
        )
    assert 2 * hit / (2 * hit + extra + missed) >= 0.96


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3)))
