"""What is stored is read back equal, whatever it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields, replace
from datetime import UTC
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labtape.ports import Poll, Store, Visit
from labtape.store import open_store
from labtape.store.tables import escaped, unescaped
from labtape.types import Arrival, Article, Feed, Passage, Placement, Story, Validators
from report.samples import records as sample_records

NUMBERS = count()
SAMPLE = sample_records()[0]
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
MAYBE_TEXT = st.none() | ANY_TEXT
TIMES = st.datetimes(timezones=st.just(UTC))
ARTICLES = st.builds(
    Article,
    id=ANY_TEXT,
    title=ANY_TEXT,
    text=ANY_TEXT,
    url=MAYBE_TEXT,
    canonical_url=MAYBE_TEXT,
    publisher=MAYBE_TEXT,
    language=MAYBE_TEXT,
    published_at=st.none() | TIMES,
    published_precision=st.sampled_from(["second", "minute", "day", "none"]),
    first_seen_at=TIMES,
    flags=st.sampled_from([(), ("future_date",), ("full_text", "paywalled")]),
)
POLLS = st.builds(
    Poll,
    feed_url=ANY_TEXT,
    at=TIMES,
    status=st.sampled_from(["new", "unchanged", "failed"]),
    validators=st.builds(Validators, MAYBE_TEXT, MAYBE_TEXT),
    body_hash=MAYBE_TEXT,
    n_entries=st.integers(0, 10**6),
    error=MAYBE_TEXT,
    error_kind=MAYBE_TEXT,
)
# JSON takes two halves of a pair that stand side by side for the one character they make.
TEXT = st.text(max_size=40)


@pytest.fixture(scope="module", params=["memory", "sqlite"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    return "memory:" if request.param == "memory" else f"sqlite:///{tmp_path_factory.mktemp('any')}/tape.db"


@pytest.fixture(scope="module")
def store(url: str) -> Iterator[Store]:
    with closing(open_store(url)) as store:
        yield store


def unique(text: str) -> str:
    """The store is kept between examples: emptying a file for each would take most of the time."""
    return f"{next(NUMBERS)} {text}"


@settings(max_examples=60, deadline=None)
@given(poll=POLLS, articles=st.lists(ARTICLES, unique_by=lambda a: a.id, max_size=4))
def test_polls_and_articles_are_read_back_equal(store: Store, poll: Poll, articles: list[Article]) -> None:
    poll = replace(poll, feed_url=unique(poll.feed_url))
    came = tuple(replace(article, id=unique(article.id)) for article in articles)
    assert store.save_visits([Visit(poll, arrivals=tuple(map(Arrival, came)))]) == came
    assert store.polls(poll.feed_url) == (poll,)
    assert tuple(store.article(article.id) for article in came) == came


@settings(max_examples=40, deadline=None)
@given(url=ANY_TEXT, details=st.lists(MAYBE_TEXT, min_size=4, max_size=4))
def test_feeds_are_read_back_equal(store: Store, url: str, details: list[str | None]) -> None:
    feed = Feed(unique(url), *details)
    assert store.add_feed(feed)
    assert store.feeds()[-1] == feed
    assert store.remove_feed(feed.url)


@settings(max_examples=40, deadline=None)
@given(title=TEXT, at=TIMES, published=st.none() | TIMES, p=st.floats(0, 1), quote=TEXT)
def test_records_are_read_back_equal(store: Store, title: str, at, published, p: float, quote: str) -> None:
    record = replace(
        SAMPLE,
        id=unique(title),
        title=title,
        scored_at=at,
        published_at=published,
        key_quotes=(Passage(0, len(quote), quote),),
        story=Placement(title, p),
    )
    assert store.add_records([record]) == 1
    assert store.record(record.id) == record


@settings(max_examples=40, deadline=None)
@given(ids=st.lists(TEXT, max_size=4), first=TIMES, last=TIMES)
def test_stories_are_read_back_equal(store: Store, ids: list[str], first, last) -> None:
    story = Story(unique(""), tuple(ids), first, last, (tuple(ids),))
    store.save_stories([story])
    assert story in store.stories()


@given(text=st.text(st.characters(exclude_categories=()) | st.sampled_from("\0\ud800\ue0000f")))
def test_escaped_text_is_utf_8_without_nul_and_comes_back(text: str) -> None:
    assert b"\0" not in escaped(text).encode()
    assert unescaped(escaped(text)) == text


def test_every_field_of_an_article_is_drawn() -> None:
    """A new field of Article must be stored: this fails until it is drawn above."""
    assert {f.name for f in fields(Article)} == {
        "id", "title", "text", "url", "canonical_url", "publisher", "language", "published_at",
        "published_precision", "first_seen_at", "revision", "flags",
    }  # fmt: skip
