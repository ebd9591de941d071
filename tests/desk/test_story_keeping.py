"""No article falls out of its story, whatever comes late, is revised, forgotten or cut off in the middle."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from contracts.made import article, poll, visit
from labtape.batch import Tools
from labtape.desk import Desk
from labtape.fetch import fetcher
from labtape.store import open_store
from labtape.story import story_id
from labtape.types import Record

START = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
Told = tuple[str, str, float]  # id, words, hours

FUNDING = "Mistral raises 2 billion euros to build data centers. The Paris company will spend the money in France and Sweden."
RULING = "Court dismisses photographers' suit against image generator. A judge in London threw out the claim of forty people."
VOLCANO = (
    "Volcano closes airport in Iceland. Ash grounded flights near Reykjavik and travellers slept in halls."
)


class Clock:
    now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(params=["memory:", "sqlite"])
def desk(request: pytest.FixtureRequest, tmp_path) -> Desk:
    url = f"sqlite:///{tmp_path / 'tape.db'}" if request.param == "sqlite" else "memory:"
    return Desk(open_store(url), tools=Tools("rules"), fetcher=fetcher(), clock=Clock())


def tell(desk: Desk, at: float, *rows: Told) -> list[Record]:
    """Let articles come in at an hour, and score them."""
    clock = desk.clock
    assert isinstance(clock, Clock)
    clock.now = START + at * HOUR
    articles = []
    for id_, words, hours in rows:
        title, _, text = words.partition(". ")
        made = article(id_, title=title, text=text)
        articles.append(
            replace(
                made, published_at=START + hours * HOUR, first_seen_at=clock.now,
                url=f"https://{id_}.example/x", publisher=f"Outlet {id_}",
            )
        )  # fmt: skip
    desk.store.save_visits([visit(poll(at=clock.now), articles)])
    return list(desk.score_new())


def stories(desk: Desk) -> set[tuple[str, ...]]:
    return {story.article_ids for story in desk.store.stories()}


def test_a_late_article_leaves_stories_beside_a_long_one_as_they_were(desk: Desk):
    long = [(f"u{k}", RULING, 60.0 * k) for k in range(6)]
    tell(desk, 400, *long, *((f"t{k}", FUNDING, 1.0 + k) for k in range(3)))
    before = stories(desk)
    assert ("t0", "t1", "t2") in before
    tell(desk, 401, ("old", VOLCANO, 2))
    assert stories(desk) == before | {("old",)}


def test_a_revision_of_a_founder_whose_story_has_closed_keeps_the_story(desk: Desk):
    tell(desk, 300, ("a", FUNDING, 0), ("b", FUNDING, 1))
    fruit = ("apple", "pear", "plum", "fig")
    tell(
        desk,
        301,
        *((f"n{k}", f"{word} report {k}. All on {word}s {k}", 290.0 + k) for k, word in enumerate(fruit)),
    )
    (record,) = tell(desk, 302, ("a", f"{FUNDING} Corrected: the sum is 3 billion.", 0))
    assert record.story.id == story_id("a")
    assert ("a", "b") in stories(desk)


def test_a_revision_that_is_dated_anew_keeps_its_story(desk: Desk):
    tell(desk, 2, ("a", FUNDING, 0), ("b", FUNDING, 1))
    tell(desk, 300, ("a", f"{FUNDING} Corrected: the sum is 3 billion.", 299))
    assert {frozenset(ids) for ids in stories(desk)} == {frozenset(("a", "b"))}


def test_articles_whose_words_are_forgotten_stay_in_their_story(desk: Desk):
    tell(desk, 2, ("a", FUNDING, 0), ("b", FUNDING, 1))
    tell(desk, 60, ("e", FUNDING, 60))
    assert ("a", "b", "e") in stories(desk)
    desk.store.prune(polls_before=START, articles_before=START + 30 * HOUR)
    tell(desk, 61, ("new", VOLCANO, 60))
    assert stories(desk) == {("a", "b", "e"), ("new",)}


def test_what_was_cut_off_between_stories_and_records_is_placed_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    def cut_off(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "add_records", cut_off)
        with pytest.raises(KeyboardInterrupt):
            tell(desk, 2, ("a", FUNDING, 0), ("b", FUNDING, 1))
    assert [record.id for record in desk.score_new()] == ["a", "b"]
    assert stories(desk) == {("a", "b")}


def test_a_revision_in_a_later_run_keeps_its_novelty(desk: Desk):
    tell(desk, 4, *((f"a{k}", FUNDING, float(k)) for k in range(4)))
    (record,) = tell(desk, 5, ("a3", f"{FUNDING} Corrected: the sum is 3 billion.", 3))
    assert record.story.novelty == 0.4219
