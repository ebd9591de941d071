"""Whatever befalls a desk, every article stands in one story, no id means two things, and what was known then stays as it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from contracts.made import article, poll, visit
from labtape.batch import Tools
from labtape.desk import Desk
from labtape.exceptions import ReadError
from labtape.fetch import fetcher
from labtape.ports import Store
from labtape.report import digest_json, digest_terminal, record_json, shares_json, story_record_json
from labtape.store import open_store
from labtape.story.current import homes
from labtape.types import Story
from merged import merge

START = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TOPICS = (
    "Mistral raises 2 billion euros to build data centers. The Paris company will spend the money in France and Sweden.",
    "Court dismisses photographers' suit against image generator. A judge in London threw out the claim of forty people.",
    "DeepSeek takes 61% of tokens on OpenRouter. Chinese models took 61% of the tokens of the top ten on OpenRouter in May.",
    "深度求索发布新模型. 深度求索公司周一发布新模型，价格下调三成，开发者称赞其推理能力。",
)
ENDS = ("", " Traders took note.", " Shares rose 5%.", " Rivals did not answer.", " The news came late.")
OUTLETS = ("Reuters", "Bloomberg", "Router Weekly", "The Information", "Harbour Wire")

OPERATIONS = st.one_of(
    st.tuples(
        st.just("tell"),
        st.lists(
            st.tuples(
                st.integers(0, len(TOPICS) - 1),
                st.integers(0, len(ENDS) - 1),
                st.sampled_from([0.0, 0.5, 2.0, 12.0, 30.0, 100.0]),  # hours before it comes
            ),
            min_size=1,
            max_size=4,
        ),
    ),
    st.tuples(st.just("bridge"), st.integers(0, len(TOPICS) - 1), st.integers(0, len(TOPICS) - 1)),
    st.tuples(
        st.just("revise"),
        st.integers(0, 50),
        st.integers(0, len(TOPICS) - 1),
        st.sampled_from([None, 0.0, 40.0]),
    ),
    st.tuples(st.just("retract"), st.integers(0, 50)),
    st.tuples(st.just("merge"), st.integers(0, 50), st.integers(0, 50)),
    st.tuples(st.just("wait"), st.sampled_from([1.0, 20.0, 80.0, 200.0])),
    st.tuples(st.just("cut_off"), st.integers(0, len(TOPICS) - 1)),
    st.tuples(st.just("prune"), st.sampled_from([10.0, 100.0])),
    st.tuples(st.just("restart")),
)
Operation = tuple[object, ...]


class Clock:
    """Goes on by a second whenever it is looked at, but while something is printed."""

    def __init__(self) -> None:
        self.now = START
        self.step = timedelta(seconds=1)

    def __call__(self) -> datetime:
        self.now += self.step
        return self.now


@dataclass(frozen=True)
class Printed:
    """What a desk said at a moment."""

    at: datetime
    said: tuple[str, ...]
    stories: tuple[Story, ...]


@dataclass
class Life:
    """A desk to which things happen, and what it said in between."""

    reopened: Callable[[Store | None], Store]
    clock: Clock = field(default_factory=Clock)
    n: int = 0
    printed: list[Printed] = field(default_factory=list)
    is_pruned: bool = False
    latest: dict[str, Story] = field(default_factory=dict)
    members: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.open(None)

    def open(self, before: Store | None) -> None:
        store = self.reopened(before)
        self.desk = Desk(store, tools=Tools("rules"), fetcher=fetcher(), clock=self.clock)

    @property
    def store(self) -> Store:
        return self.desk.store

    def come(self, id_: str, words: str, ago: float, publisher: str) -> None:
        title, _, text = words.partition(". ")
        made = replace(
            article(id_, title=title, text=text),
            published_at=self.clock.now - ago * HOUR, first_seen_at=self.clock.now,
            url=f"https://{id_}.example/x", publisher=publisher,
        )  # fmt: skip
        self.store.save_visits([visit(poll(at=self.clock()), [made])])

    def fresh(self) -> str:
        self.n += 1
        return f"a{self.n}"

    # ------------------------------------------------------------ what may happen

    def do(self, operation: Operation) -> None:
        name, *given = operation
        getattr(self, name)(*given)
        tuple(self.desk.score_new())
        check(self)

    def tell(self, rows: Sequence[tuple[int, int, float]]) -> None:
        for topic, end, ago in rows:
            self.come(self.fresh(), TOPICS[topic] + ENDS[end], ago, OUTLETS[(self.n + end) % len(OUTLETS)])

    def bridge(self, one: int, other: int) -> None:
        title, _, text = TOPICS[one].partition(". ")
        self.come(self.fresh(), f"{title}; {TOPICS[other]} {text}", 0.0, OUTLETS[self.n % len(OUTLETS)])

    def revise(self, k: int, topic: int, ago: float | None) -> None:
        kept = list(self.store.articles())
        if kept:
            old = kept[k % len(kept)]
            title, _, text = TOPICS[topic].partition(". ")
            at = old.published_at if ago is None else self.clock.now - ago * HOUR
            new = replace(old, title=title, text=f"{text} Corrected {self.clock.now}.", published_at=at)
            self.store.save_visits([visit(poll(at=self.clock()), [new])])

    def retract(self, k: int) -> None:
        records = list(self.store.records())
        if records:
            self.desk.retract(records[k % len(records)].id, why="made up")

    def merge(self, k: int, m: int) -> None:
        """As an earlier run may have merged two stories that tell two events; the next articles may split them."""
        told = [s for s in self.store.stories() if s.article_ids]
        if len(told) < 2 or k % len(told) == m % len(told):
            return
        old, young = sorted((told[k % len(told)], told[m % len(told)]), key=lambda s: (s.first_at, s.id))
        merge(self.store, old.id, young.id, at=self.clock())

    def wait(self, hours: float) -> None:
        self.clock.now += hours * HOUR

    def cut_off(self, topic: int) -> None:
        """A process dies between its stories and its records."""

        class Dead(Exception):
            pass

        def dies(*_: object, **__: object) -> int:
            raise Dead

        self.tell([(topic, 0, 1.0)])
        self.store.add_records = dies  # type: ignore[method-assign]
        try:
            with pytest.raises(Dead):
                tuple(self.desk.score_new())
        finally:
            del self.store.add_records

    def prune(self, hours: float) -> None:
        at = self.clock.now - hours * HOUR
        _, n = self.store.prune(polls_before=at, articles_before=at)
        self.is_pruned |= n > 0

    def restart(self) -> None:
        self.open(self.store)


# ------------------------------------------------------------ what must hold


def check(life: Life) -> None:
    desk, store = life.desk, life.store
    records = list(store.records())
    stories = store.stories()
    gone = {retraction.article_id for retraction in store.retractions()}
    held = [id_ for story in stories for id_ in story.article_ids]
    assert sorted(held) == sorted(record.id for record in records), "each article in one story"
    assert not gone & set(held)
    by_id = {record.id: record for record in records}
    for story in stories:
        assert sorted(id_ for origin in story.origins for id_ in origin) == sorted(story.article_ids)
        if story.article_ids:
            times = [by_id[id_].order_at for id_ in story.article_ids]
            assert (story.first_at, story.last_at) == (min(times), max(times)), story
    home = homes(stories)
    assert {r.id: r.story.id for r in desk.standing(records)} == home
    for record in records:
        assert 0 < record.story.novelty <= 1
        assert 1 <= record.story.n_origins <= record.story.n_articles
    check_ids(life)
    life.clock.step = timedelta(0)
    life.printed.append(Printed(desk.clock(), say(desk), stories))
    life.clock.step = timedelta(seconds=1)
    for story in store.stories(merged=True):
        found = None
        try:
            found = desk.story(story.id)
        except ReadError as e:
            assert "none of its articles has a record" in str(e)  # those were taken back
            assert set(life.members[story.id]) <= gone or story.merged_into
        if found is not None:
            assert found.id == story.id or story.merged_into is not None
            assert set(found.article_ids) == {id_ for id_, at in home.items() if at == found.id}
    for id_ in list(by_id)[-3:]:
        assert desk.story(id_).id == home[id_]


def check_ids(life: Life) -> None:
    """An id goes on meaning what it meant: its history only grows, and it never holds articles of which it held none."""
    now = {story.id: story for story in life.store.stories(merged=True)}
    assert life.latest.keys() <= now.keys()
    for id_, story in now.items():
        before = life.latest.get(id_)
        assert (not story.article_ids) or story.merged_into is None
        if story.merged_into is not None:
            assert story.merged_into in now
        if before is not None:
            assert all(change in story.history for change in before.history), (before, story)
        if story.article_ids and life.members.get(id_):
            assert not life.members[id_].isdisjoint(story.article_ids), (before, story)
        life.members.setdefault(id_, set()).update(story.article_ids)
    life.latest = now


def say(desk: Desk) -> tuple[str, ...]:
    made = desk.digest(hours=48)
    screen = Console(file=StringIO(), width=100)
    digest_terminal(made, screen)
    assert len({item.story_id for item in made.stories}) == len(made.stories)
    return (
        digest_json(made),
        screen.file.getvalue(),
        *map(record_json, desk.records()),
        *map(story_record_json, desk.stories()),
        shares_json(desk.shares()),
    )


def live(operations: Sequence[Operation], reopened: Callable[[Store | None], Store]) -> None:
    life = Life(reopened)
    for operation in operations:
        life.do(operation)
    for printed in life.printed[:: max(1, len(life.printed) // 4)]:
        then = life.desk.as_of(printed.at)
        assert then.store.stories() == printed.stories
        if not life.is_pruned:  # quotes are missing from what is forgotten
            assert say(then) == printed.said
    if not life.is_pruned:
        again = life.desk.as_of(life.clock.now).rescored()
        assert again.is_same, again.differences
    life.store.close()


def same(before: Store | None) -> Store:
    return before or open_store("memory:")


@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(OPERATIONS, min_size=2, max_size=8))
def test_whatever_happens_every_article_stands_in_one_story(operations: list[Operation]) -> None:
    live(operations, same)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(operations=st.lists(OPERATIONS, min_size=6, max_size=20))
def test_whatever_happens_for_long_every_article_stands_in_one_story(
    operations: list[Operation], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path: Path = tmp_path_factory.mktemp("life") / "tape.db"

    def reopened(before: Store | None) -> Store:
        if before is not None:
            before.close()
        return open_store(f"sqlite:///{path}")

    live(operations, reopened)
