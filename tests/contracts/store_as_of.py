"""What every store must know of the past: who asks as of a time sees what was kept by then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from contracts.made import FEED, HOUR, NOW, OTHER, article, poll, record, visit
from labtape.ports import Epoch, Knowledge, Retraction, Store
from labtape.types import Feed, Story

MOMENT = timedelta(microseconds=1)


class AsOfContract:
    # ------------------------------------------------------------ feeds

    def test_feeds_are_those_of_the_time_with_what_was_said_of_them_then(self, store: Store) -> None:
        store.add_feed(Feed(FEED, "Old"), at=NOW)
        store.add_feeds([Feed(OTHER), Feed(FEED, "New")], at=NOW + HOUR)
        assert store.remove_feed(FEED, at=NOW + 2 * HOUR)
        store.add_feed(Feed(FEED), at=NOW + 3 * HOUR)
        assert store.feeds(as_of=NOW - MOMENT) == ()
        assert store.feeds(as_of=NOW) == (Feed(FEED, "Old"),)
        assert store.feeds(as_of=NOW + HOUR) == (Feed(FEED, "New"), Feed(OTHER))
        assert store.feeds(as_of=NOW + 2 * HOUR) == (Feed(OTHER),)
        assert store.feeds(as_of=NOW + 3 * HOUR) == store.feeds() == (Feed(OTHER), Feed(FEED))

    def test_a_feed_that_is_not_there_is_not_removed_from_the_past(self, store: Store) -> None:
        store.add_feed(Feed(FEED), at=NOW)
        assert store.remove_feed(OTHER, at=NOW) is False
        assert store.feeds(as_of=NOW) == (Feed(FEED),)

    # ------------------------------------------------------------ articles

    def test_an_article_is_the_revision_that_was_kept_by_then(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a")])])
        (changed,) = store.save_visits(
            [visit(poll(at=NOW + HOUR), [article("a", text="Corrected.", hour=5)])]
        )
        assert store.article("a", as_of=NOW - MOMENT) is None
        assert store.article("a", as_of=NOW) == article("a")
        assert store.article("a", as_of=NOW + HOUR) == store.article("a") == changed
        assert list(store.articles(as_of=NOW - MOMENT)) == []
        assert list(store.articles(as_of=NOW)) == [article("a")]
        assert list(store.articles(as_of=NOW + HOUR)) == [changed]
        assert store.worded([("a", 1), ("a", 2)], as_of=NOW) == {("a", 1): article("a")}

    def test_the_range_of_articles_is_that_of_the_revision_of_the_time(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a", hour=9), article("b", hour=7)])])
        store.save_visits([visit(poll(at=NOW + HOUR), [article("a", hour=5, text="Corrected.")])])
        nine = article("a", hour=9).published_at
        assert [a.id for a in store.articles(as_of=NOW)] == ["b", "a"]
        assert [a.id for a in store.articles()] == ["a", "b"]
        assert [a.revision for a in store.articles(since=nine, as_of=NOW)] == [1]
        assert list(store.articles(since=nine)) == []

    def test_what_was_unscored_then_is_told_by_what_was_kept_then(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a")])])
        store.add_records([record("a")], at=NOW + HOUR)
        store.save_visits([visit(poll(at=NOW + 2 * HOUR), [article("a", text="Corrected.")])])
        assert [a.revision for a in store.unscored(as_of=NOW)] == [1]
        assert store.unscored(as_of=NOW + HOUR) == ()
        assert [a.revision for a in store.unscored(as_of=NOW + 2 * HOUR)] == [2]
        assert store.unscored(as_of=NOW - MOMENT) == ()

    # ------------------------------------------------------------ records

    def test_a_record_counts_from_when_it_was_kept_not_from_when_it_was_scored(self, store: Store) -> None:
        first, second = record("a", label="Bullish"), record("a", hour=1, label="Bearish")
        store.add_records([first], at=NOW + MOMENT)
        store.add_records([second], at=NOW + 2 * HOUR)
        assert list(store.records(as_of=NOW)) == []
        assert list(store.records(as_of=NOW + HOUR)) == [first]
        assert list(store.records(as_of=NOW + 2 * HOUR)) == [second]
        assert store.record("a", as_of=NOW) is None
        assert (store.record("a", as_of=NOW + HOUR), store.record("a")) == (first, second)

    def test_the_records_of_a_run_come_in_the_order_they_were_kept(self, store: Store) -> None:
        early, late = NOW - HOUR, NOW
        store.add_records([record("b", published=1), record("a", published=2)], at=NOW, run_at=early)
        store.add_records([record("d", published=3)], at=NOW + HOUR, run_at=early)
        store.add_records([record("c", published=9)], at=NOW + HOUR, run_at=late)
        store.add_records([record("e", published=9)], at=NOW)
        assert store.runs() == (early, late)
        assert [r.id for r in store.run_records(early)] == ["b", "a", "d"]
        assert [r.id for r in store.run_records(early, as_of=NOW)] == ["b", "a"]
        assert store.run_records(NOW + HOUR) == ()
        assert store.runs(as_of=NOW) == (early,)
        assert store.runs(since=record("c", published=8).published_at) == (late,)

    def test_what_is_told_of_a_time_is_of_that_time(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a")])])
        store.add_records([record("a")])
        (changed,) = store.save_visits([visit(poll(at=NOW + HOUR), [article("a", text="Corrected.")])])
        assert store.told(["a"], as_of=NOW - MOMENT) == {}
        assert store.told(["a"], as_of=NOW) == {"a": (article("a"), record("a"))}
        assert store.told(["a"]) == {"a": (changed, record("a"))}

    # ------------------------------------------------------------ stories

    def test_a_story_is_the_version_that_was_kept_by_then(self, store: Store) -> None:
        story = Story("s", ("a",), NOW, NOW, (("a",),))
        grown = replace(story, article_ids=("a", "b"), last_at=NOW + 5 * HOUR)
        store.save_stories([story], at=NOW)
        store.save_stories([story], at=NOW + HOUR)
        store.save_stories([grown], at=NOW + 2 * HOUR)
        assert store.stories(as_of=NOW - MOMENT) == ()
        assert store.stories(as_of=NOW) == store.stories(as_of=NOW + HOUR) == (story,)
        assert store.stories(as_of=NOW + 2 * HOUR) == store.stories() == (grown,)
        assert store.stories(since=NOW + HOUR, as_of=NOW + HOUR) == ()
        assert store.stories(since=NOW + HOUR) == (grown,)

    def test_a_story_may_go_back_to_what_it_was(self, store: Store) -> None:
        one, two = Story("s", ("a",), NOW, NOW), Story("s", ("a", "b"), NOW, NOW)
        for n, story in enumerate((one, two, one)):
            store.save_stories([story], at=NOW + n * HOUR)
        assert [store.stories(as_of=NOW + n * HOUR) for n in range(3)] == [(one,), (two,), (one,)]

    def test_a_story_that_went_into_another_is_shown_when_asked_for(self, store: Store) -> None:
        gone = Story("s", (), NOW, NOW, merged_into="t")
        store.save_stories([Story("s", ("a",), NOW, NOW), Story("t", ("b",), NOW, NOW)], at=NOW)
        store.save_stories([gone], at=NOW + HOUR)
        assert [s.id for s in store.stories()] == ["t"]
        assert [s.id for s in store.stories(as_of=NOW)] == ["s", "t"]
        assert gone in store.stories(merged=True)

    def test_stories_are_found_by_their_ids_as_they_were(self, store: Store) -> None:
        first, other = Story("s", ("a",), NOW, NOW), Story("t", ("b",), NOW, NOW)
        gone = Story("s", (), NOW, NOW, merged_into="t")
        store.save_stories([first, other, Story("u", ("c",), NOW, NOW)], at=NOW)
        store.save_stories([gone], at=NOW + HOUR)
        assert store.stories_by_id(["t", "s", "s", "nobody's"]) == {"s": gone, "t": other}
        assert store.stories_by_id(["s", "t"], as_of=NOW) == {"s": first, "t": other}
        assert store.stories_by_id(["s"], as_of=NOW - MOMENT) == store.stories_by_id([]) == {}

    # ------------------------------------------------------------ retractions

    def test_a_retracted_article_is_not_shown_from_then_on_and_nothing_is_deleted(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a"), article("b")])])
        store.add_records([record("a"), record("b")])
        assert store.retract("a", at=NOW + HOUR, why="made up") is True
        assert store.retractions() == (Retraction("a", NOW + HOUR, "made up"),)
        assert store.retractions(as_of=NOW) == ()
        assert [a.id for a in store.articles()] == [r.id for r in store.records()] == ["b"]
        assert list(store.told(["a", "b"])) == ["b"]
        for kept in (store.articles(as_of=NOW), store.records(as_of=NOW)):
            assert [one.id for one in kept] == ["a", "b"]
        assert list(store.told(["a"], as_of=NOW)) == ["a"]
        assert [r.id for r in store.records(retracted=True)] == ["a", "b"]
        assert [a.id for a in store.articles(retracted=True)] == ["a", "b"]
        assert store.article("a") == article("a")
        assert store.record("a") == record("a")

    def test_an_article_is_retracted_once_and_only_where_something_is_known_of_it(self, store: Store) -> None:
        store.add_records([record("scored elsewhere")])
        assert store.retract("scored elsewhere", at=NOW, why="wrong") is True
        assert store.retract("scored elsewhere", at=NOW + HOUR, why="wrong again") is False
        assert store.retract("nobody's", at=NOW, why="wrong") is False
        assert [r.why for r in store.retractions()] == ["wrong"]

    def test_a_retracted_article_that_a_feed_shows_again_stays_retracted(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a")])])
        store.retract("a", at=NOW, why="wrong")
        store.save_visits([visit(poll(at=NOW + HOUR), [article("a", text="Changed.")])])
        assert list(store.articles()) == list(store.unscored()) == []
        store.add_records([record("a", hour=2)])
        assert list(store.records()) == []

    def test_a_retracted_article_that_was_forgotten_stays_retracted(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a")]), visit(poll(at=NOW + HOUR), [article("b")])])
        store.add_records([record("a"), record("b")])
        store.retract("a", at=NOW, why="wrong")
        later = NOW + 1000 * HOUR
        assert store.prune(polls_before=later, articles_before=later)[1] == 2
        store.save_visits([visit(poll(at=later), [article("a", text="Once more.")])])
        assert list(store.articles()) == []

    # ------------------------------------------------------------ knowledge

    def test_what_was_in_use_is_kept_once_and_told_by_time(self, store: Store) -> None:
        old = Knowledge("lexicon", "sha256:1", "lexicon 2026-10-10", b"\0\xff rows")
        new = Knowledge("lexicon", "sha256:2", "lexicon 2026-11-10", b"more rows")
        engine = Knowledge("engine", "0.5.0", "labtape 0.5.0")
        store.note([engine, old], at=NOW)
        store.note([engine, new], at=NOW + HOUR)
        store.note([engine, new], at=NOW + 2 * HOUR)
        store.note([replace(old, name="is not kept twice")], at=NOW + 3 * HOUR)
        assert store.knowledge(as_of=NOW - MOMENT) == {}
        assert store.knowledge(as_of=NOW) == {"engine": engine, "lexicon": old}
        assert store.knowledge(as_of=NOW + 2 * HOUR) == {"engine": engine, "lexicon": new}
        assert store.knowledge() == {"engine": engine, "lexicon": old}
        assert store.epochs() == (
            Epoch(NOW, "engine", "0.5.0"),
            Epoch(NOW, "lexicon", "sha256:1"),
            Epoch(NOW + HOUR, "lexicon", "sha256:2"),
            Epoch(NOW + 3 * HOUR, "lexicon", "sha256:1"),
        )
