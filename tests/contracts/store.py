"""What every store must do. Subclass `StoreContract` and supply the fixture `store`, an empty one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from labtape.ports import FeedState, Poll, Store, Visit
from labtape.types import Arrival, Article, Feed, Record, Story, Validators
from report.samples import records as sample_records
from report.samples import stories as sample_stories

FEED = "https://feeds.example/ai.xml"
OTHER = "https://wire.example/rss"
NOW = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SAMPLE = sample_records()[0]
# What news and broken encoders have put into titles.
ODD_TEXTS = [
    "", " ", "阿里巴巴的通义千问", "🐳 ships V4 🚀", "half \ud83d of a pair", "nul\0byte", "\ue000 and \ue0000000", "a\r\nb\u2028c", "'; DROP TABLE articles; --", "%s :name \\x00", "\uffff\U0010ffff",
]  # fmt: skip


def article(id_: str, *, hour: int | None = 9, title: str = "Kimi gains", text: str = "A text.") -> Article:
    published_at = None if hour is None else datetime(2026, 6, 1, tzinfo=UTC) + hour * HOUR
    return Article(
        id=id_,
        title=title,
        text=text,
        url=f"https://news.example/{id_}",
        publisher="Example Wire",
        language="en",
        published_at=published_at,
        published_precision="none" if hour is None else "second",
        first_seen_at=NOW,
    )


def poll(feed_url: str = FEED, *, at: datetime = NOW, status: str = "new", **given: object) -> Poll:
    return Poll(feed_url, at, status, **given)


def visit(poll: Poll, articles: Iterable[Article | Arrival] = (), state: FeedState | None = None) -> Visit:
    """A visit with what it brought; an article is an arrival without other names."""
    came = (one if isinstance(one, Arrival) else Arrival(one) for one in articles)
    return Visit(poll, state, tuple(came))


def record(id_: str, *, hour: int = 0, published: int | None = None, label: str = "Neutral") -> Record:
    """A record scored `hour` hours after NOW, of an article published `published` hours into June."""
    at = None if published is None else datetime(2026, 6, 1, tzinfo=UTC) + published * HOUR
    return replace(
        SAMPLE,
        id=id_,
        published_at=at,
        first_seen_at=None,
        scored_at=NOW + hour * HOUR,
        verdict=replace(SAMPLE.verdict, label=label),
    )


class StoreContract:
    # ------------------------------------------------------------ feeds

    def test_an_empty_store_answers_with_nothing(self, store: Store) -> None:
        assert store.feeds() == store.polls(FEED) == store.unscored() == store.stories() == ()
        assert store.last_poll(FEED) is None
        assert store.article("a") is None
        assert store.record("a") is None
        assert list(store.articles()) == list(store.records()) == []

    def test_feeds_come_back_in_the_order_added(self, store: Store) -> None:
        feeds = [Feed(OTHER, "Wire", "Wire Co", "en", "ai"), Feed(FEED), Feed("file:feeds/a.xml", "甲")]
        assert [store.add_feed(feed) for feed in feeds] == [True, True, True]
        assert store.feeds() == tuple(feeds)

    def test_a_feed_added_again_is_told_so_and_takes_the_new_details(self, store: Store) -> None:
        store.add_feed(Feed(FEED, "Old", language="en"))
        assert store.add_feed(Feed(FEED, "New")) is False
        assert store.add_feed(Feed(FEED)) is False
        assert store.feeds() == (Feed(FEED, "New", language="en"),)

    def test_a_feed_is_removed_once_and_what_it_brought_stays(self, store: Store) -> None:
        store.add_feed(Feed(FEED))
        store.save_visits([visit(poll(), [article("a")])])
        assert store.remove_feed(FEED) is True
        assert store.remove_feed(FEED) is False
        assert store.feeds() == ()
        assert store.article("a") is not None
        assert len(store.polls(FEED)) == 1

    # ------------------------------------------------------------ polls

    def test_a_poll_is_read_back_equal(self, store: Store) -> None:
        polls = (
            poll(
                validators=Validators('W/"a"', "Mon, 01 Jun 2026 09:00:00 GMT"), body_hash="ff", n_entries=3
            ),
            poll(at=NOW + HOUR, status="failed", error="no answer", error_kind="timeout"),
        )
        for one in polls:
            store.save_visits([visit(one, [])])
        assert store.polls(FEED) == polls
        assert store.polls(OTHER) == ()

    def test_the_last_poll_is_the_latest_or_the_latest_of_a_status(self, store: Store) -> None:
        first, second = poll(body_hash="aa"), poll(at=NOW + HOUR, status="failed", error="no answer")
        for one in (second, first):  # the order of saving does not matter
            store.save_visits([visit(one, [])])
        store.save_visits([visit(poll(OTHER, at=NOW + 2 * HOUR), [])])
        assert store.last_poll(FEED) == second
        assert store.last_poll(FEED, status="new") == first
        assert store.last_poll(FEED, status="unchanged") is None

    def test_of_two_polls_at_the_same_time_the_last_saved_is_the_last(self, store: Store) -> None:
        for body_hash in ("aa", "bb"):
            store.save_visits([visit(poll(body_hash=body_hash), [])])
        last = store.last_poll(FEED)
        assert last is not None
        assert last.body_hash == "bb"

    # ------------------------------------------------------------ articles

    def test_new_articles_are_kept_and_returned(self, store: Store) -> None:
        came = [article("b"), article("a")]
        assert store.save_visits([visit(poll(), came)]) == tuple(came)
        assert store.article("a") == came[1]

    def test_an_article_that_comes_again_is_a_sighting_only(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a")])])
        later = replace(article("a"), first_seen_at=NOW + HOUR, publisher="Another")
        assert store.save_visits([visit(poll(at=NOW + HOUR), [later])]) == ()
        assert store.save_visits([visit(poll(OTHER, at=NOW + HOUR), [later])]) == ()
        assert store.article("a") == article("a")

    def test_a_changed_text_is_the_next_revision_first_seen_when_the_first_was(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a")])])
        changed = replace(article("a", text="Corrected."), first_seen_at=NOW + HOUR)
        (kept,) = store.save_visits([visit(poll(at=NOW + HOUR), [changed])])
        assert kept == replace(changed, revision=2, first_seen_at=NOW)
        assert store.article("a") == kept
        assert list(store.articles()) == [kept]

    def test_a_changed_title_is_the_next_revision_too(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a")])])
        (kept,) = store.save_visits([visit(poll(at=NOW + HOUR), [article("a", title="Kimi loses")])])
        assert kept.revision == 2

    def test_a_feed_that_goes_back_to_an_older_text_makes_a_revision(self, store: Store) -> None:
        for n, text in enumerate(["One.", "Two.", "One."]):
            store.save_visits([visit(poll(at=NOW + n * HOUR), [article("a", text=text)])])
        kept = store.article("a")
        assert kept is not None
        assert (kept.revision, kept.text) == (3, "One.")

    def test_two_feeds_with_different_excerpts_make_two_revisions_not_one_a_poll(self, store: Store) -> None:
        for n in range(3):
            store.save_visits([visit(poll(FEED, at=NOW + n * HOUR), [article("a", text="Short.")])])
            store.save_visits([visit(poll(OTHER, at=NOW + n * HOUR), [article("a", text="Longer.")])])
        kept = store.article("a")
        assert kept is not None
        assert (kept.revision, kept.text) == (2, "Longer.")

    def test_the_number_of_a_revision_is_the_stores_to_give(self, store: Store) -> None:
        (kept,) = store.save_visits([visit(poll(), [replace(article("a"), revision=7)])])
        assert kept.revision == 1

    def test_an_article_nobody_saw_before_was_first_seen_at_the_poll(self, store: Store) -> None:
        (kept,) = store.save_visits([visit(poll(), [replace(article("a"), first_seen_at=None)])])
        assert kept.first_seen_at == NOW

    def test_of_an_article_that_comes_twice_in_one_poll_the_first_counts(self, store: Store) -> None:
        came = [article("a", text="Newest."), article("a", text="Older.")]
        assert store.save_visits([visit(poll(), came)]) == (came[0],)

    def test_articles_come_by_publication_else_first_sight_then_id(self, store: Store) -> None:
        came = [article("z", hour=None), article("c", hour=9), article("b", hour=9), article("a", hour=10)]
        store.save_visits([visit(poll(), came)])
        assert [a.id for a in store.articles()] == ["b", "c", "a", "z"]

    def test_since_and_until_are_both_included(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article(str(hour), hour=hour) for hour in range(8, 13)])])
        nine, eleven = (datetime(2026, 6, 1, hour, tzinfo=UTC) for hour in (9, 11))
        assert [a.id for a in store.articles(since=nine, until=eleven)] == ["9", "10", "11"]
        assert [a.id for a in store.articles(since=eleven)] == ["11", "12"]

    def test_times_come_back_equal_in_utc_to_the_microsecond(self, store: Store) -> None:
        beijing = timezone(8 * HOUR)
        times = [
            datetime(1, 1, 1, tzinfo=UTC),
            datetime(1969, 12, 31, 23, 59, 59, 1, tzinfo=UTC),
            datetime(2026, 3, 29, 9, 30, 0, 123456, tzinfo=beijing),
            datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        ]
        came = [replace(article(str(n)), published_at=at) for n, at in enumerate(times)]
        store.save_visits([visit(poll(), reversed(came))])
        kept = [a.published_at for a in store.articles()]
        assert kept == times
        assert all(at is not None and at.tzinfo is not None for at in kept)

    @pytest.mark.parametrize("text", ODD_TEXTS, ids=ascii)
    def test_any_text_is_read_back_equal(self, store: Store, text: str) -> None:
        came = replace(article(f"a{text}", title=text, text=text), publisher=text)
        feed = Feed(f"file:{text}", title=text)
        store.add_feed(feed)
        store.save_visits([visit(poll(feed.url, error=text), [came])])
        assert store.article(came.id) == came
        assert store.save_visits([visit(poll(feed.url), [came])]) == ()
        assert store.polls(feed.url)[0].error == text

    def test_many_articles_in_one_poll(self, store: Store) -> None:
        came = [article(f"{n:04}", hour=n % 24) for n in range(1203)]
        assert len(store.save_visits([visit(poll(), came)])) == 1203
        assert len(store.save_visits([visit(poll(), [replace(a, text="New.") for a in came[600:]])])) == 603
        assert sum(a.revision == 2 for a in store.articles()) == 603

    def test_a_poll_whose_articles_fail_leaves_nothing(self, store: Store) -> None:
        def visits() -> Iterator[Visit]:
            yield visit(poll(), [article("a")])
            raise RuntimeError("the parser died")

        with pytest.raises(RuntimeError):
            store.save_visits(visits())
        assert store.polls(FEED) == ()
        assert store.article("a") is None

    # ------------------------------------------------------------ unscored

    def test_an_article_is_unscored_until_a_record_of_its_revision_is_there(self, store: Store) -> None:
        store.save_visits(
            [visit(poll(), [article("b", hour=10), article("a", hour=9), article("c", hour=8)])]
        )
        store.add_records([record("c")])
        assert [a.id for a in store.unscored()] == ["a", "b"]

    def test_a_new_revision_is_unscored_again(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a")])])
        store.add_records([record("a")])
        assert store.unscored() == ()
        (changed,) = store.save_visits([visit(poll(at=NOW + HOUR), [article("a", text="Corrected.")])])
        assert store.unscored() == (changed,)
        store.add_records([replace(record("a", hour=1), revision=2)])
        assert store.unscored() == ()

    # ------------------------------------------------------------ records

    def test_records_are_read_back_equal(self, store: Store) -> None:
        samples = sample_records()
        assert store.add_records(samples) == len(samples)
        assert [store.record(r.id) for r in samples] == list(samples)
        assert {r.id: r for r in store.records()} == {r.id: r for r in samples}

    def test_a_record_needs_no_article(self, store: Store) -> None:
        store.add_records([record("scored elsewhere")])
        assert store.record("scored elsewhere") is not None

    def test_a_later_record_stands_beside_the_earlier_one(self, store: Store) -> None:
        store.add_records([record("a", label="Bullish")])
        store.add_records([record("a", hour=1, label="Bearish")])
        assert [r.verdict.label for r in store.records()] == ["Bearish"]
        assert [r.verdict.label for r in store.records(as_of=NOW)] == ["Bullish"]

    def test_the_latest_record_is_the_last_scored_whatever_the_order_of_adding(self, store: Store) -> None:
        store.add_records([record("a", hour=1, label="Bearish"), record("a", label="Bullish")])
        latest = store.record("a")
        assert latest is not None
        assert latest.verdict.label == "Bearish"

    def test_of_two_records_scored_at_once_the_last_added_counts(self, store: Store) -> None:
        store.add_records([record("a", label="Bearish"), record("a", label="Bullish")])
        latest = store.record("a")
        assert latest is not None
        assert latest.verdict.label == "Bullish"
        assert [r.verdict.label for r in store.records()] == ["Bullish"]

    def test_the_same_record_is_kept_once(self, store: Store) -> None:
        assert store.add_records([record("a"), record("b"), record("a")]) == 2
        assert store.add_records([record("a"), record("c")]) == 1

    def test_as_of_knows_nothing_that_was_scored_later(self, store: Store) -> None:
        store.add_records([record("a", hour=0), record("b", hour=2)])
        assert [r.id for r in store.records(as_of=NOW - HOUR)] == []
        assert [r.id for r in store.records(as_of=NOW)] == ["a"]
        assert [r.id for r in store.records(as_of=NOW + 2 * HOUR)] == ["a", "b"]

    def test_records_come_by_publication_else_first_sight_else_scoring(self, store: Store) -> None:
        seen = replace(record("seen"), first_seen_at=datetime(2026, 6, 2, tzinfo=UTC))
        store.add_records([record("scored"), seen, record("b", published=9), record("a", published=9)])
        assert [r.id for r in store.records()] == ["a", "b", "seen", "scored"]

    def test_the_range_of_records_is_that_of_their_latest_view(self, store: Store) -> None:
        moved = record("a", hour=1, published=20)
        store.add_records([record("a", published=5), moved, record("b", published=6)])
        six = datetime(2026, 6, 1, 6, tzinfo=UTC)
        assert [r.id for r in store.records(until=six)] == ["b"]
        assert list(store.records(since=six + HOUR)) == [moved]

    def test_records_may_be_added_while_they_are_read(self, store: Store) -> None:
        store.add_records([record(f"{n:04}", published=n) for n in range(600)])
        n = 0
        for n, one in enumerate(store.records(), start=1):
            if n == 1:
                store.add_records([replace(one, scored_at=one.scored_at + HOUR)])
        assert n == 600

    def test_records_that_fail_on_the_way_leave_nothing(self, store: Store) -> None:
        def records() -> Iterator[Record]:
            yield record("a")
            raise RuntimeError("the model died")

        with pytest.raises(RuntimeError):
            store.add_records(records())
        assert store.record("a") is None

    # ------------------------------------------------------------ stories

    def test_stories_are_read_back_equal_by_their_first_article(self, store: Store) -> None:
        samples = sample_stories()
        store.save_stories(reversed(samples))
        assert store.stories() == tuple(sorted(samples, key=lambda s: (s.first_at, s.id)))

    def test_a_story_that_goes_on_replaces_what_it_was(self, store: Store) -> None:
        story = Story("s", ("a",), NOW, NOW, (("a",),))
        grown = Story("s", ("a", "b"), NOW, NOW + HOUR, (("a", "b"),))
        store.save_stories([story])
        store.save_stories([story, grown])
        store.save_stories([grown])
        assert store.stories() == (grown,)

    def test_stories_since_are_those_still_going_on(self, store: Store) -> None:
        old = Story("old", ("a",), NOW - 9 * HOUR, NOW - 5 * HOUR)
        live = Story("live", ("b",), NOW - 9 * HOUR, NOW)
        store.save_stories([old, live])
        assert store.stories(since=NOW) == (live,)
        assert store.stories(since=NOW - 5 * HOUR) == (live, old)

    def test_closing_twice_is_fine(self, store: Store) -> None:
        store.close()
        store.close()
