"""The digest as RSS, Atom and JSON Feed, read by a feed reader's parser."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import feedparser
import pytest

from labtape.report import digest_atom, digest_jsonfeed, digest_rss

from .samples import NOW, at, sample_digest

RENDERS = {"rss": digest_rss, "atom": digest_atom}


def made():
    return sample_digest(since=at(1, 0, 0))


@pytest.mark.parametrize("form", RENDERS)
def test_a_feed_is_well_formed_and_has_an_entry_a_story(form: str) -> None:
    digest = made()
    parsed = feedparser.parse(RENDERS[form](digest))
    assert not parsed.bozo
    assert parsed.version == {"rss": "rss20", "atom": "atom10"}[form]
    assert parsed.feed.title == digest.title
    assert [entry.title for entry in parsed.entries] == [
        f"{s.label} {s.confidence:.0%}: {s.headline}" for s in digest.stories
    ]
    assert [entry.link for entry in parsed.entries] == [s.url for s in digest.stories]


@pytest.mark.parametrize("form", RENDERS)
def test_a_story_has_the_same_id_in_every_digest(form: str) -> None:
    later = sample_digest(since=at(1, 0, 0), now=NOW + timedelta(days=1))
    first, second = (feedparser.parse(RENDERS[form](d)).entries for d in (made(), later))
    assert [entry.id for entry in first] == [entry.id for entry in second]
    assert first[0].id == f"urn:labtape:story:{made().stories[0].story_id}"


def test_an_atom_entry_is_updated_by_its_newest_article() -> None:
    from .samples import stories

    digest = sample_digest(since=at(1, 0, 0))
    item = next(s for s in digest.stories if s.story_id == stories()[0].id)
    entry = next(e for e in feedparser.parse(digest_atom(digest)).entries if item.story_id in e.id)
    assert (entry.published, entry.updated) == ("2026-06-02T09:30:00Z", "2026-06-02T15:30:00Z")


@pytest.mark.parametrize("form", RENDERS)
def test_the_content_links_to_the_words(form: str) -> None:
    entry = next(e for e in feedparser.parse(RENDERS[form](made())).entries if e.link.endswith("a3"))
    content = entry.content[0].value if form == "atom" else entry.description
    assert 'href="https://news.example/a3#:~:text=' in content
    assert "We expect no sales there this quarter" in content
    assert "NASDAQ:NVDA" in content


def test_the_json_feed_has_what_its_standard_asks_for() -> None:
    digest = made()
    feed = json.loads(digest_jsonfeed(digest))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"] == digest.title
    assert [item["id"] for item in feed["items"]] == [
        f"urn:labtape:story:{s.story_id}" for s in digest.stories
    ]
    first = feed["items"][0]
    assert first["url"] == digest.stories[0].url
    assert (first["date_published"], first["authors"]) == ("2026-06-03T08:30:00Z", [{"name": "Capitol Wire"}])
    assert {"Bearish", "Nvidia", "NASDAQ:NVDA"} <= set(first["tags"])


@pytest.mark.parametrize("form", [*RENDERS, "json"])
def test_hostile_words_stay_words_in_a_feed(form: str) -> None:
    digest = made()
    bad = "</title><script>alert(1)</script> ]]> \x07 \ud800"
    items = tuple(
        replace(s, headline=bad, why=bad, quotes=(bad,), url=None, why_url=None) for s in digest.stories
    )
    hostile = replace(digest, stories=items)
    if form == "json":
        assert "<script" not in "".join(
            i["content_html"] for i in json.loads(digest_jsonfeed(hostile))["items"]
        )
        return
    parsed = feedparser.parse(RENDERS[form](hostile), sanitize_html=False)
    assert not parsed.bozo
    assert len(parsed.entries) == len(items)
    assert all(
        "<script" not in (e.content[0].value if form == "atom" else e.description) for e in parsed.entries
    )
    assert all("http" not in e.get("link", "") for e in parsed.entries)


@pytest.mark.parametrize("form", RENDERS)
def test_an_empty_digest_is_a_feed_without_entries(form: str) -> None:
    parsed = feedparser.parse(RENDERS[form](sample_digest(since=NOW - timedelta(minutes=1))))
    assert not parsed.bozo
    assert parsed.entries == []
