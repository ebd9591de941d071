"""A store as it was at a time: it reads like a store, shows nothing that came later, and cannot be written."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.made import FEED, HOUR, NOW, OTHER, article, poll, record, visit
from labtape.exceptions import StoreError
from labtape.ports import FeedState, HostState, Knowledge, Store
from labtape.store import AsOf, open_store
from labtape.types import Feed, Story


@pytest.fixture
def store() -> Store:
    """Two of everything, an hour apart."""
    store = open_store("memory:")
    for n, (feed, id_) in enumerate([(FEED, "a"), (OTHER, "b")]):
        at = NOW + n * HOUR
        store.add_feed(Feed(feed), at=at)
        store.save_visits([visit(poll(feed, at=at), [article(id_)])])
        store.add_records([record(id_)], at=at, run_at=at)
        store.save_stories([Story(f"s{id_}", (id_,), NOW, NOW)], at=at)
        store.note([Knowledge("lexicon", id_, id_)], at=at)
        store.retract(id_, at=at + HOUR / 2, why="wrong")
    return store


def test_nothing_that_came_later_is_seen(store: Store) -> None:
    view: Store = AsOf(store, NOW)
    assert view.feeds() == (Feed(FEED),)
    assert [p.feed_url for url in (FEED, OTHER) for p in view.polls(url)] == [FEED]
    assert (view.last_poll(FEED), view.last_poll(OTHER)) == (poll(FEED), None)
    assert (view.article("a"), view.article("b")) == (article("a"), None)
    assert (view.record("a"), view.record("b")) == (record("a"), None)
    assert [a.id for a in view.articles()] == [r.id for r in view.records()] == ["a"]
    assert view.unscored() == view.retractions() == ()
    assert list(view.told(["a", "b"])) == ["a"]
    assert list(view.worded([("a", 1), ("b", 1)])) == [("a", 1)]
    assert [s.id for s in view.stories()] == ["sa"]
    assert view.runs() == (NOW,)
    assert view.run_records(NOW + HOUR) == ()
    assert view.knowledge()["lexicon"].digest == "a"
    assert [e.digest for e in view.epochs()] == ["a"]
    assert view.check() == ()


def test_a_view_does_not_show_more_than_its_own_time_whatever_is_asked(store: Store) -> None:
    view = AsOf(store, NOW)
    assert [r.id for r in view.records(as_of=NOW + 9 * HOUR)] == ["a"]
    assert view.feeds(as_of=NOW - HOUR) == ()
    assert AsOf(AsOf(store, NOW), NOW + 9 * HOUR).feeds() == (Feed(FEED),)


@pytest.mark.parametrize(
    "write",
    [
        lambda view: view.add_feed(Feed(OTHER)),
        lambda view: view.add_feeds([]),
        lambda view: view.remove_feed(FEED),
        lambda view: view.save_states([FeedState(FEED)]),
        lambda view: view.save_hosts([HostState("h")]),
        lambda view: view.save_visits([visit(poll())]),
        lambda view: view.add_records([record("c")]),
        lambda view: view.retract("a", at=NOW, why="wrong"),
        lambda view: view.save_stories([]),
        lambda view: view.note([], at=NOW),
        lambda view: view.prune(polls_before=NOW),
        lambda view: view.vacuum(),
        lambda view: view.backup(Path("copy.db")),
    ],
)
def test_writing_is_refused(store: Store, write: Callable[[Store], object]) -> None:
    with pytest.raises(StoreError, match="the store as it was at 2026-06-03T12:00:00Z; it can only be read"):
        write(AsOf(store, NOW))


@pytest.mark.parametrize(
    "ask",
    [
        lambda view: view.feed_states(),
        lambda view: view.hosts(),
        lambda view: view.sightings(FEED),
        lambda view: view.weekly_entries(NOW),
        lambda view: view.inventory(),
    ],
)
def test_what_is_not_kept_over_time_is_said_not_guessed(store: Store, ask: Callable[[Store], object]) -> None:
    with pytest.raises(StoreError, match="is not kept over time; ask the store of now"):
        ask(AsOf(store, NOW))


def test_a_view_answers_every_question_of_the_port(store: Store) -> None:
    """A new method of `Store` needs an answer here as well."""
    names = {name for name, _ in inspect.getmembers(Store, inspect.isfunction) if not name.startswith("_")}
    assert [name for name in sorted(names) if not hasattr(AsOf(store, NOW), name)] == []


def test_closing_a_view_leaves_the_store_open(store: Store) -> None:
    AsOf(store, NOW).close()
    assert len(store.feeds()) == 2
