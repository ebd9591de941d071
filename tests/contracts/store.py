"""What every store must do. Subclass `StoreContract` and supply the fixture `store`, an empty one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from contracts.made import (
    FEED,
    HOUR,
    NOW,
    OTHER,
    WHOLE_STATE,
    arrival,
    article,
    poll,
    record,
    visit,
)
from contracts.store_as_of import AsOfContract
from contracts.store_lists import ListsContract
from contracts.store_outbox import OutboxContract
from contracts.store_visits import VisitsContract
from labtape.ports import FeedState, HostState, Store
from labtape.types import Feed, Record, Story, Validators
from report.samples import records as sample_records
from report.samples import stories as sample_stories


class StoreContract(VisitsContract, AsOfContract, ListsContract, OutboxContract):
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

    def test_a_list_of_feeds_is_told_which_were_new(self, store: Store) -> None:
        store.add_feed(Feed(FEED))
        listed = [Feed(OTHER), Feed(FEED, "Wire"), Feed("file:a.xml"), Feed(OTHER, "Again")]
        assert store.add_feeds(iter(listed)) == (True, False, True, False)
        assert store.feeds() == (Feed(FEED, "Wire"), Feed(OTHER, "Again"), Feed("file:a.xml"))
        assert store.add_feeds([]) == ()

    def test_a_feed_is_removed_once_and_what_it_brought_stays(self, store: Store) -> None:
        store.add_feed(Feed(FEED))
        store.save_visits([visit(poll(), [article("a")])])
        assert store.remove_feed(FEED) is True
        assert store.remove_feed(FEED) is False
        assert store.feeds() == ()
        assert store.article("a") is not None
        assert len(store.polls(FEED)) == 1

    # ------------------------------------------------------------ the state of feeds and hosts

    def test_the_state_of_every_feed_comes_in_the_order_added(self, store: Store) -> None:
        for url in (OTHER, FEED):
            store.add_feed(Feed(url))
        store.save_states([WHOLE_STATE])
        assert store.feed_states() == (FeedState(OTHER), WHOLE_STATE)

    def test_every_field_of_a_state_is_in_the_sample(self) -> None:
        """A new field of FeedState must be stored: this fails until the sample has it."""
        empty = FeedState(FEED)
        same = [f.name for f in fields(FeedState) if getattr(empty, f.name) == getattr(WHOLE_STATE, f.name)]
        assert same == ["url"]

    def test_a_state_is_kept_with_its_visit_or_without_one(self, store: Store) -> None:
        store.add_feed(Feed(FEED))
        store.save_visits([visit(poll(), state=FeedState(FEED, n_visits=1))])
        assert store.feed_states() == (FeedState(FEED, n_visits=1),)
        store.save_states([FeedState(FEED, status="suspended")])
        assert store.feed_states() == (FeedState(FEED, status="suspended"),)

    def test_the_state_of_a_feed_that_is_not_there_is_left_out(self, store: Store) -> None:
        store.save_states([FeedState(FEED, n_visits=1)])
        store.save_visits([visit(poll(), state=FeedState(FEED, n_visits=2))])
        store.add_feed(Feed(FEED))
        assert store.feed_states() == (FeedState(FEED),)

    def test_a_feed_that_was_removed_begins_anew(self, store: Store) -> None:
        store.add_feed(Feed(FEED))
        store.save_states([WHOLE_STATE])
        store.remove_feed(FEED)
        store.add_feed(Feed(FEED))
        assert store.feed_states() == (FeedState(FEED),)

    def test_a_feed_is_known_by_the_address_it_moved_to(self, store: Store) -> None:
        store.add_feed(Feed(FEED, "Old"))
        store.save_states([FeedState(FEED, address=OTHER)])
        assert store.add_feed(Feed(OTHER, "New", pages="always")) is False
        assert store.feeds() == (Feed(FEED, "New", pages="always"),)
        assert store.feed_states() == (FeedState(FEED, address=OTHER),)

    def test_hosts_are_read_back_equal_and_the_last_word_counts(self, store: Store) -> None:
        first = HostState("a.example", 2.5, NOW, "User-agent: *\nDisallow: /x", NOW, 200)
        store.save_hosts([HostState("b.example"), first])
        assert store.hosts() == (first, HostState("b.example"))
        later = replace(first, delay=7.0, robots="", robots_status=404)
        store.save_hosts([later])
        assert store.hosts() == (later, HostState("b.example"))

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

    def test_what_a_poll_says_of_the_wire_is_read_back_equal(self, store: Store) -> None:
        whole = poll(
            kind="page",
            address=f"{OTHER}/a",
            http_status=200,
            n_bytes=2**40,
            seconds=0.25,
            n_undated=2,
            n_empty=1,
        )
        store.save_visits([visit(whole)])
        assert store.polls(FEED) == (whole,)

    def test_polls_may_be_asked_for_by_kind_and_time(self, store: Store) -> None:
        feed, page, late = poll(), poll(kind="page"), poll(at=NOW + HOUR)
        store.save_visits([visit(feed), visit(page), visit(late)])
        assert store.polls(FEED) == (feed, page, late)
        assert store.polls(FEED, kind="page") == (page,)
        assert store.polls(FEED, kind="feed", since=NOW + HOUR) == (late,)

    def test_the_last_poll_is_one_of_the_feed_itself(self, store: Store) -> None:
        store.save_visits([visit(poll()), visit(poll(kind="page", at=NOW + HOUR))])
        assert store.last_poll(FEED) == poll()

    def test_many_visits_in_one_call_are_kept_in_their_order(self, store: Store) -> None:
        many = [
            visit(poll(f"file:{n % 7}", body_hash=str(n)), state=FeedState(f"file:{n % 7}", n_visits=n))
            for n in range(50)
        ]
        for n in range(7):
            store.add_feed(Feed(f"file:{n}"))
        assert store.save_visits(many) == ()
        assert [p.body_hash for p in store.polls("file:3")] == ["3", "10", "17", "24", "31", "38", "45"]
        assert [s.n_visits for s in store.feed_states()] == [49, 43, 44, 45, 46, 47, 48]

    # ------------------------------------------------------------ upkeep

    def test_what_is_well_has_nothing_to_say(self, store: Store) -> None:
        store.save_visits([visit(poll(), [arrival("a", "url|x")])])
        assert store.check() == ()
        store.vacuum()
        assert store.check() == ()

    def test_an_inventory_counts(self, store: Store) -> None:
        store.add_feed(Feed(FEED))
        store.save_visits(
            [visit(poll(), [article("a"), article("b")]), visit(poll(), [article("a", text="B")])]
        )
        store.add_records([record("a")])
        counts = store.inventory()
        names = ("feeds", "fetches", "articles", "revisions", "sightings", "records", "stories")
        assert [counts[name] for name in names] == [1, 2, 2, 3, 2, 1, 0]

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

    def test_records_that_state_figures_are_told_from_the_others(self, store: Store) -> None:
        stating = next(r for r in sample_records() if r.shares)
        silent = replace(stating, id="silent", title='an array, "shares":[], in words', shares=(), volumes=())
        store.add_records([stating, silent])
        assert {r.id for r in store.records()} == {stating.id, "silent"}
        assert [r.id for r in store.records(with_figures=True)] == [stating.id]
        quoting = replace(stating, id="quoting", title='"shares":[],"volumes":[]')
        store.add_records([quoting])
        assert {r.id for r in store.records(with_figures=True)} == {stating.id, "quoting"}

    def test_articles_with_records_of_two_revisions_are_known(self, store: Store) -> None:
        store.add_records(
            [record("a"), record("b"), record("b", hour=1), replace(record("a", hour=2), revision=2)]
        )
        assert store.revised() == {"a"}

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

    # ------------------------------------------------------------ what is told of articles

    def test_of_many_articles_the_latest_revision_and_record_are_told_at_once(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a"), article("b"), article("unscored")])])
        (changed,) = store.save_visits([visit(poll(at=NOW + HOUR), [article("a", text="Corrected.")])])
        store.add_records([record("a"), record("b"), record("no article")])
        latest = record("a", hour=1, label="Bearish")
        store.add_records([latest])
        asked = ["b", "a", "a", "unscored", "no article", "nobody's"]
        assert store.told(asked) == {"a": (changed, latest), "b": (article("b"), record("b"))}
        assert store.told(()) == {}

    def test_each_revision_keeps_its_words(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a"), article("b")])])
        (changed,) = store.save_visits([visit(poll(at=NOW + HOUR), [article("a", text="Corrected.")])])
        asked = [("a", 1), ("a", 2), ("b", 1), ("b", 2), ("nobody's", 1)]
        kept = store.worded(iter(asked))
        assert kept == {("a", 1): article("a"), ("a", 2): changed, ("b", 1): article("b")}
        assert store.worded([("a", 1)]) == {("a", 1): article("a")}
        assert store.worded(()) == {}

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
