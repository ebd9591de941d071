"""Two stories turn out to be one, or one to be two, after their articles were placed: everybody tells them as they are now."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console

from contracts.made import article, poll, visit
from labtape.alert import Rule
from labtape.batch import Tools
from labtape.desk import Alerting, Desk
from labtape.exceptions import ReadError
from labtape.ledger import is_one_story
from labtape.mcp.answers import signals
from labtape.mcp.answers import story as mcp_story
from labtape.report import digest_json, digest_terminal, record_json, story_record_json
from labtape.settings import Settings, WatchSettings
from labtape.store import open_store
from labtape.story.current import current
from labtape.types import Record, Story, StoryChange
from merged import merge, split

START = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TOP = "Chinese models had 61% of tokens among the top 10 models on OpenRouter in May. DeepSeek cut the price of its API by half."
ALL = "In a speech about farming a minister said that Chinese models had 61% of the AI market."
COURT = (
    "A court in Delaware heard a lawsuit of two bakers against DeepSeek over a lease and will rule in autumn."
)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def tell(desk: Desk, id_: str, title: str, text: str, *, after: int = 1) -> Record:
    """An article comes in, some hours after the one before, and is scored."""
    desk.clock.now += after * HOUR
    made = replace(
        article(id_, title=title, text=text), published_at=desk.clock(), first_seen_at=desk.clock(),
        publisher=f"Outlet {id_}", url=f"https://{id_}.example/x",
    )  # fmt: skip
    desk.store.save_visits([visit(poll(at=desk.clock()), [made])])
    (record,) = desk.score_new()
    return record


@pytest.fixture(params=["memory:", "sqlite"])
def desk(request: pytest.FixtureRequest, tmp_path) -> Iterator[Desk]:
    """Articles a, b and c in stories of their own."""
    url = f"sqlite:///{tmp_path / 'tape.db'}" if request.param == "sqlite" else "memory:"
    desk = Desk(open_store(url), tools=Tools("rules"), fetcher=None, clock=Clock())
    made = (
        tell(desk, "a", "DeepSeek and others gain on OpenRouter", TOP),
        tell(desk, "b", "Chinese AI models take 61% of the market", ALL, after=80),  # of another week
        tell(desk, "c", "DeepSeek sued over a lease", COURT),
    )
    assert len({record.story.id for record in made}) == 3
    yield desk
    desk.store.close()


@pytest.fixture
def ids(desk: Desk) -> dict[str, str]:
    return {record.id: record.story.id for record in desk.records()}


def merged(desk: Desk, old: str, young: str) -> datetime:
    """Merge two stories an hour later; the moment before."""
    before = desk.clock.now
    desk.clock.now += HOUR
    merge(desk.store, old, young, at=desk.clock())
    return before


# ---------------------------------------------------------------- the desk


def test_records_stay_as_written_and_stand_in_the_story_of_now(desk: Desk, ids: dict[str, str]) -> None:
    written = list(map(record_json, desk.records()))
    before = merged(desk, ids["a"], ids["b"])
    assert list(map(record_json, desk.records())) == written
    assert {r.id: r.story.id for r in desk.standing(desk.records())} == ids | {"b": ids["a"]}
    then = desk.as_of(before)
    assert {r.id: r.story.id for r in then.standing(then.records())} == ids


def test_an_article_is_followed_through_merges_and_splits(desk: Desk, ids: dict[str, str]) -> None:
    for old, young in (("b", "c"), ("a", "b")):
        merged(desk, ids[old], ids[young])
    split(desk.store, ids["a"], "b", "c", into="s-new", at=desk.clock())
    merge(desk.store, "s-new", ids["a"], at=desk.clock())
    split(desk.store, "s-new", "a", into="s-newer", at=desk.clock())
    now = {r.id: r.story.id for r in desk.standing(desk.records())}
    assert now == {"a": "s-newer", "b": "s-new", "c": "s-new"}


def test_a_retracted_article_stands_where_it_stood_last(desk: Desk, ids: dict[str, str]) -> None:
    merged(desk, ids["a"], ids["b"])
    desk.retract("b", why="made up")
    record = desk.explain("b")
    assert [r.story.id for r in desk.standing([record])] == [ids["a"]]
    with pytest.raises(ReadError, match="article 'b' was taken back and stands in no story"):
        desk.story("b")


def test_stories_that_lead_in_a_ring_are_left(desk: Desk) -> None:
    at = desk.clock()
    ring = {
        "s1": Story("s1", (), at, at, history=(StoryChange("split", at, "s2", ("x",)),)),
        "s2": Story("s2", (), at, at, history=(StoryChange("split", at, "s1", ("x",)),)),
        "s3": Story("s3", (), at, at, merged_into="s4"),
        "s4": Story("s4", (), at, at, merged_into="s3"),
    }
    found = current({"x": "s1", "y": "s3"}, lambda asked: {i: ring[i] for i in asked if i in ring})
    assert found == {"x": "s1", "y": "s3"}


def test_a_story_is_found_by_each_id_it_had_and_was_two_before(desk: Desk, ids: dict[str, str]) -> None:
    before = merged(desk, ids["b"], ids["c"])
    merged(desk, ids["a"], ids["b"])
    for id_ in (*ids, *ids.values()):
        assert desk.story(id_).id == ids["a"]
    assert [story.id for story in desk.stories()] == [ids["a"]]
    assert {story.id for story in desk.as_of(before).stories()} == set(ids.values())
    assert desk.as_of(before).story(ids["c"]).article_ids == ("c",)


def test_between_two_merges_a_replay_says_what_was_said_then(desk: Desk, ids: dict[str, str]) -> None:
    def said(desk: Desk) -> tuple[str, ...]:
        now = desk.clock()
        made = desk.digest(since=now - 400 * HOUR, until=now + HOUR)
        return digest_json(made), *map(story_record_json, desk.stories()), *map(record_json, desk.records())

    moments = [(desk.clock(), said(desk))]
    for old, young in (("b", "c"), ("a", "b")):
        merged(desk, ids[old], ids[young])
        moments.append((desk.clock(), said(desk)))
    desk.clock.now += HOUR
    split(desk.store, ids["a"], "b", into="s-new", at=desk.clock())
    desk.retract("c", why="made up")
    assert len({told for _, told in moments}) == 3
    assert [said(desk.as_of(at)) for at, _ in moments] == [told for _, told in moments]


def test_a_story_whose_words_are_forgotten_is_told_by_its_records(desk: Desk, ids: dict[str, str]) -> None:
    merged(desk, ids["a"], ids["b"])
    desk.clock.now += 100 * HOUR
    tell(desk, "d", "Gemini in Lyon", "Google opened a bakery in Lyon.")
    desk.store.prune(polls_before=START, articles_before=desk.clock.now - HOUR)
    assert desk.store.article("a") is None
    assert desk.story(ids["b"]).article_ids == ("a", "b")
    assert ids["a"] in {story.id for story in desk.stories()}


# ---------------------------------------------------------------- the ledger


def test_the_ledger_counts_a_merged_story_as_one(desk: Desk, ids: dict[str, str]) -> None:
    def told(desk: Desk) -> tuple[dict[str, str], set[str]]:
        """The story of each article with a claim, and what is said against the claims of b."""
        rows = [(row, sighting) for row in desk.shares() for sighting in row.sightings]
        against = {check for row, sighting in rows for check in row.checks if sighting.article_id == "b"}
        return {sighting.article_id: sighting.story_id for _, sighting in rows}, against

    apart = told(desk)
    assert apart[0] == {"a": ids["a"], "b": ids["b"]}
    assert "denominator_dropped" not in apart[1]
    before = merged(desk, ids["a"], ids["b"])
    stories, against = told(desk)
    assert set(stories.values()) == {ids["a"]}
    assert "denominator_dropped" in against
    first, *others = desk.shares()
    assert all(is_one_story(first, other) for other in others)
    assert told(desk.as_of(before)) == apart


# ---------------------------------------------------------------- digest and pages


def shown(desk: Desk, hours: float = 400) -> list[str]:
    now = desk.clock()
    made = desk.digest(since=now - hours * HOUR, until=now + HOUR)
    digest_terminal(made, Console(file=StringIO(), width=100))
    return sorted(item.story_id for item in made.stories)


def test_a_digest_tells_a_merged_story_once(desk: Desk, ids: dict[str, str]) -> None:
    apart = shown(desk)
    assert {ids["a"], ids["b"]} <= set(apart)
    before = merged(desk, ids["a"], ids["b"])
    assert shown(desk) == sorted(set(apart) - {ids["b"]})
    assert shown(desk.as_of(before)) == apart


def test_a_record_that_is_dated_anew_is_told_with_its_merged_story(desk: Desk, ids: dict[str, str]) -> None:
    merged(desk, ids["a"], ids["b"])
    desk.clock.now += 100 * HOUR
    (record,) = (r for r in desk.records() if r.id == "b")
    desk.store.add_records(
        [replace(record, revision=2, published_at=desk.clock(), scored_at=desk.clock())], at=desk.clock()
    )
    assert shown(desk, hours=48) == [ids["a"]]


def test_a_lab_shows_a_merged_story_once(desk: Desk, ids: dict[str, str]) -> None:
    pytest.importorskip("fastapi", reason="the web extra is not installed")
    from starlette.testclient import TestClient

    from labtape.web import create_app

    merged(desk, ids["a"], ids["c"])
    client = TestClient(create_app(desk))
    stories = client.get("/lab/lab:deepseek").text.partition("<h2>Stories</h2>")[2].partition("</section>")[0]
    assert stories.count(f"/story/{ids['a']}") == 1
    for path in ("/lab/lab:deepseek", "/?all=1", "/article/c"):
        page = client.get(path).text
        assert f"/story/{ids['a']}" in page
        assert ids["c"] not in page
    assert client.get(f"/story/{ids['c']}").status_code == 200


def test_records_are_listed_by_any_id_of_their_story(desk: Desk, ids: dict[str, str]) -> None:
    pytest.importorskip("fastapi", reason="the web extra is not installed")
    from starlette.testclient import TestClient

    from labtape.web import create_app

    client = TestClient(create_app(desk))
    before = merged(desk, ids["a"], ids["c"])

    def listed(story: str, **asked: str) -> list[str]:
        answer = client.get("/api/v1/records", params={"story": story, **asked})
        return [record["id"] for record in answer.json()["records"]]

    for id_ in (ids["a"], ids["c"], "a", "c"):
        assert listed(id_) == ["c", "a"]
    assert listed(ids["b"]) == ["b"]
    assert listed(ids["c"], event="legal") == ["c"]
    assert listed(ids["c"], as_of=before.isoformat().replace("+00:00", "Z")) == ["c"]
    first = client.get("/api/v1/records", params={"story": ids["c"], "limit": 1}).json()
    assert listed(ids["c"], cursor=first["next"]) == ["a"]
    page = client.get("/api/v1/records", params={"stories": "true"}).json()
    assert page["stories"] == ids | {"c": ids["a"]}
    assert [r["story"]["id"] for r in page["records"] if r["id"] == "c"] == [ids["c"]]
    assert "stories" not in client.get("/api/v1/records").json()
    one = client.get("/api/v1/records/c")
    assert one.headers["link"] == f'</api/v1/stories/{ids["a"]}>; rel="collection"'
    assert client.get(f"/api/v1/stories/{ids['c']}").json()["id"] == ids["a"]
    missing = client.get("/api/v1/records", params={"story": ids["c"][:9] + "zz"})
    assert missing.status_code == 404
    assert f"near: {ids['c']}" in missing.json()["detail"]


def test_tools_give_the_story_of_now(desk: Desk, ids: dict[str, str]) -> None:
    merged(desk, ids["a"], ids["c"])
    found = signals(desk, Rule("all"), relevant=False, since=None, until=None, limit=9, cursor=0)
    assert {one["id"]: one["story"] for one in found["signals"]} == ids | {"c": ids["a"]}
    assert mcp_story(desk, ids["c"], None)["id"] == ids["a"]


# ---------------------------------------------------------------- alerts


def watch_of(desk: Desk) -> Alerting:
    settings = Settings(
        watch=WatchSettings(rule=(Rule("all"),), cooldown="6h"),
        deliver={"file": {"kind": "file", "path": "unused.md"}},
    )
    watch = Alerting(desk, settings)
    watch._begin()
    return watch


def alerted(desk: Desk) -> list[str]:
    return [json.loads(delivery.body)["article_id"] for delivery in desk.store.deliveries()]


@pytest.fixture
def watch(desk: Desk) -> Alerting:
    """A watch, and articles d and e of two stories that it has told of; a, b and c were there before it."""
    watch = watch_of(desk)
    tell(
        desk,
        "d",
        "Nvidia supplier in Taiwan cuts prices of memory for AI servers",
        "Developers of data centers pay a fifth less for memory from Monday on, the Hsinchu company wrote.",
    )
    tell(
        desk,
        "e",
        "Qwen 9 released with open weights",
        "Alibaba released Qwen 9, a language model with open weights that anyone may download from Hugging Face.",
    )
    watch.look()
    assert alerted(desk) == ["d", "e"]
    return watch


def add(desk: Desk, id_: str, beside: str) -> None:
    """One more article, in the words of another one."""
    other = desk.store.article(beside)
    tell(desk, id_, other.title, other.text)


def test_a_merged_story_is_in_its_cooldown_under_every_id_it_had(desk: Desk, watch: Alerting) -> None:
    stories = {r.id: r.story.id for r in desk.records()}
    merge(desk.store, stories["a"], stories["d"], at=desk.clock())  # of which only d was told
    merge(desk.store, stories["b"], stories["a"], at=desk.clock())
    add(desk, "f", "b")
    watch.look()
    assert desk.store.record("f").story.id == stories["b"]
    assert alerted(desk) == ["d", "e"]
    desk.clock.now += 6 * HOUR
    add(desk, "g", "b")
    watch.look()
    assert alerted(desk) == ["d", "e", "g"]


def test_what_left_a_story_is_not_silenced_by_what_was_said_of_the_rest(desk: Desk, watch: Alerting) -> None:
    stories = {r.id: r.story.id for r in desk.records()}
    merge(desk.store, stories["b"], stories["d"], at=desk.clock())
    split(desk.store, stories["b"], "d", into="s-memory", at=desk.clock())
    add(desk, "g", "b")
    add(desk, "i", "d")
    watch.look()
    assert desk.store.record("g").story.id == stories["b"]
    assert desk.store.record("i").story.id == "s-memory"
    assert alerted(desk) == ["d", "e", "g"]


# ---------------------------------------------------------------- first and last, and ids


def test_a_story_begins_and_ends_with_the_articles_it_has_left(desk: Desk, ids: dict[str, str]) -> None:
    merged(desk, ids["a"], ids["b"])
    merged(desk, ids["a"], ids["c"])
    times = {record.id: record.order_at for record in desk.records()}

    def span() -> tuple[datetime, datetime]:
        story = desk.store.stories_by_id([ids["a"]])[ids["a"]]
        return story.first_at, story.last_at

    assert span() == (times["a"], times["c"])
    desk.retract("c", why="made up")
    assert span() == (times["a"], times["b"])
    desk.retract("a", why="made up")
    assert span() == (times["b"], times["b"])
    tell(desk, "d", "Google in Lyon", "Google opened a bakery in Lyon.")
    assert span() == (times["b"], times["b"])
    desk.retract("b", why="made up")
    assert span() == (times["b"], times["b"])  # nothing is left to say otherwise
