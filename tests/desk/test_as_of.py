"""The demo at three moments: what was printed then is what a replay prints now, to the byte."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import StringIO
from itertools import count
from pathlib import Path

import pytest
from rich.console import Console

from labtape.batch import Tools
from labtape.crawl.engine import Limits
from labtape.demo import NOW, SPAN, feeds_folder
from labtape.desk import Desk
from labtape.exceptions import SettingsError, StoreError
from labtape.fetch import fetcher
from labtape.ports import Store
from labtape.report import (
    digest_html,
    digest_json,
    digest_markdown,
    digest_terminal,
    record_json,
    shares_json,
)
from labtape.store import open_store
from labtape.types import Feed, Story
from postgres import Server, postgres

__all__ = ["postgres"]
NUMBERS = count()
CORRECTED = "61%", "57%"
MARKETS = '[[markets]]\nid = "chips"\nname = "Silicon, renamed"\nthemes = ["chips"]\n'


class Clock:
    """Goes on by a second whenever it is looked at."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass(frozen=True)
class Printed:
    """All that a desk says at a moment."""

    at: datetime
    digests: tuple[str, ...]
    records: tuple[str, ...]
    ledger: str
    stories: tuple[Story, ...]
    feeds: tuple[Feed, ...]


def print_all(desk: Desk, at: datetime | None = None) -> Printed:
    """As the commands print it; `at` where the clock stands still."""
    made = desk.digest(since=NOW - SPAN, watchlist=["deepseek"])
    screen = Console(file=StringIO(), width=100)
    digest_terminal(made, screen)
    return Printed(
        made.made_at,
        (digest_markdown(made), digest_json(made), digest_html(made), screen.file.getvalue()),
        tuple(map(record_json, desk.records())),
        shares_json(desk.shares()),
        desk.store.stories(),
        desk.feeds(),
    )


@pytest.fixture(
    params=["memory", "sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.slow])]
)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = {"memory": "memory:", "sqlite": f"sqlite:///{tmp_path / 'tape.db'}"}.get(request.param)
    if url is None:
        server: Server = request.getfixturevalue("postgres")
        url = server.new_database(f"as_of_{next(NUMBERS)}")
    opened = open_store(url)
    yield opened
    opened.close()


def desk_of(store: Store, clock: Callable[[], datetime], *lexicon: str) -> Desk:
    limits = Limits(delay=0, pages="never", processes=0)
    tools = Tools("rules", lexicon)
    return Desk(store, tools=tools, fetcher=fetcher(), clock=clock, limits=limits)


@dataclass(frozen=True)
class Told:
    desk: Desk
    moments: tuple[Printed, ...]
    retracted: str


@pytest.fixture
def told(store: Store, tmp_path: Path) -> Told:
    """Three moments of the demo: some feeds; more feeds and a corrected article; an article taken back. Then more happens."""
    shelf = tmp_path / "feeds"
    shutil.copytree(feeds_folder(), shelf)
    files = sorted(shelf.iterdir())
    desk = desk_of(store, Clock(NOW))
    first = [Feed(file.as_uri(), title=file.name) for file in files if file.name < "market"]
    desk.run(first)
    moments = [print_all(desk)]

    desk.clock.now += timedelta(hours=3)
    wire = next(file for file in files if file.name.startswith("harbour"))
    text = wire.read_text("utf-8")
    assert CORRECTED[0] in text
    wire.write_text(text.replace(*CORRECTED), "utf-8")
    desk.run(Feed(file.as_uri()) for file in files)
    moments.append(print_all(desk))

    desk.clock.now += timedelta(hours=3)
    (retracted,) = [r.id for r in desk.records() if r.revision == 2]
    desk.retract(retracted, why="the figures were made up")
    moments.append(print_all(desk))

    desk.clock.now += timedelta(hours=3)
    wire.write_text(text.replace("61%", "12%").replace("Nvidia", "Nvidia Corp."), "utf-8")
    desk.store.remove_feed(first[0].url, at=desk.clock())
    desk.store.add_feed(Feed(first[1].url, title="renamed"), at=desk.clock())
    desk.run()
    return Told(desk, tuple(moments), retracted)


def test_a_replay_of_the_demo_at_three_moments_prints_the_same_bytes(told: Told) -> None:
    assert [print_all(told.desk.as_of(moment.at)) for moment in told.moments] == list(told.moments)


def test_the_moments_of_the_demo_differ_in_what_they_should(told: Told) -> None:
    """The test above would pass over a demo in which nothing happens."""
    one, two, three = told.moments
    assert len(one.feeds) < len(two.feeds) == len(three.feeds)
    assert "61" in one.ledger
    assert "57" in two.ledger
    assert told.retracted in {s for story in two.stories for s in story.article_ids}
    assert told.retracted not in {s for story in three.stories for s in story.article_ids}
    assert len(three.records) == len(two.records) - 1
    now = print_all(told.desk)
    assert len({moment.digests[0] for moment in (one, two, three, now)}) == 4
    assert now.stories != three.stories
    assert now.feeds != three.feeds
    kinds = {change.kind for story in now.stories for change in story.history}
    assert kinds >= {"revised", "retracted"}


def test_a_replay_uses_the_lexicon_of_then_whatever_became_of_it(told: Told, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "markets.toml").write_text(MARKETS, "utf-8")
    later = desk_of(told.desk.store, told.desk.clock, str(folder))
    assert "Silicon, renamed" in digest_markdown(later.digest(since=NOW - SPAN))
    assert print_all(later.as_of(told.moments[0].at)) == told.moments[0]


def test_the_lexicon_of_a_users_folder_outlives_the_folder(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "markets.toml").write_text(MARKETS, "utf-8")
    desk = desk_of(store, Clock(NOW), str(folder))
    desk.run([Feed(next(feeds_folder().glob("harbour*")).as_uri())])
    printed = print_all(desk)
    assert "Silicon, renamed" in printed.digests[0]
    shutil.rmtree(folder)
    assert print_all(desk_of(store, desk.clock).as_of(printed.at)) == printed


def test_what_was_scored_by_each_moment_comes_out_the_same_when_it_is_scored_again(told: Told) -> None:
    for moment in told.moments:
        again = told.desk.as_of(moment.at).rescored()
        assert (again.differences, again.missing, again.n_left_out) == ((), (), 0)
        assert again.n_same >= len(moment.records)


def test_scoring_again_names_the_records_and_fields_that_differ(told: Told) -> None:
    store, at = told.desk.store, told.moments[0].at
    (run_at,) = store.runs(as_of=at)
    kept = store.run_records(run_at)[0]
    other = replace(kept, id="x", title="Forged")
    store.add_records([other], at=at, run_at=run_at)
    found = told.desk.as_of(at).rescored()
    assert [(d.kept.id, d.made, d.fields) for d in found.differences] == [("x", None, ())]
    assert not found.is_same


def test_scoring_again_by_other_tools_says_what_is_needed_and_scores_nothing(
    told: Told, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "markets.toml").write_text(MARKETS, "utf-8")
    later = desk_of(told.desk.store, told.desk.clock, str(folder)).as_of(told.moments[0].at)
    found = later.rescored()
    assert found.n_same == 0
    assert found.n_left_out == len(told.moments[0].records)
    assert [line.partition(":")[0] for line in found.missing] == ["lexicon", "model"]
    assert "is needed, here is lexicon 2026-10-10 (sha256:" in found.missing[0]


def test_a_view_cannot_write(told: Told) -> None:
    view = told.desk.as_of(told.moments[2].at)
    with pytest.raises(StoreError, match="it can only be read"):
        view.retract(view.store.stories()[0].article_ids[0], why="wrong")
    with pytest.raises(StoreError):
        view.run()


def test_a_time_without_zone_or_to_come_is_refused(told: Told) -> None:
    with pytest.raises(SettingsError, match="a time without zone; give one, as 2026-06-22T07:00:00Z"):
        told.desk.as_of(NOW.replace(tzinfo=None))
    with pytest.raises(SettingsError, match="2027-06-22T07:00:00Z has not come yet, it is 2026-"):
        told.desk.as_of(NOW.replace(year=2027))


def test_before_anything_was_known_there_is_nothing(told: Told) -> None:
    view = told.desk.as_of(NOW - timedelta(days=1))
    assert list(view.records()) == []
    assert view.shares() == view.feeds() == ()
    assert view.digest().counts.n_articles == 0
