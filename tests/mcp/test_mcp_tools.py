"""The tools, asked by the client of the protocol itself: in this process, and over a real one's stdin and stdout."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest

from labtape.batch import Tools
from labtape.demo import NOW, SPAN, demo_feeds
from labtape.desk import Desk
from labtape.fetch import fetcher
from labtape.mcp import create_server
from labtape.report import record_to_dict
from labtape.store import open_store
from mcp import Client, MCPError, StdioServerParameters

TEXT = "Chinese models took about 61% of the tokens used among the top 10 models on OpenRouter in May, OpenRouter said."
FROM = (NOW - SPAN).isoformat()


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The demo's feeds, scored by rules, in a file."""
    url = f"sqlite:///{tmp_path_factory.mktemp('mcp') / 'tape.db'}"
    with open_desk(url, write=True) as desk:
        desk.run(demo_feeds())
    return url


def open_desk(url: str, *, write: bool) -> Desk:
    return Desk(
        open_store(url, write=write),
        tools=Tools("rules"),
        fetcher=fetcher(deadline=20.0, max_bytes=10**7, allow_private=()),
        clock=lambda: NOW,
    )


@pytest.fixture(scope="module")
def desk(database: str) -> Iterator[Desk]:
    with open_desk(database, write=False) as desk:
        yield desk


def ask(desk: Desk, talk: Callable[[Client], Awaitable[Any]]) -> Any:
    async def talked() -> Any:
        async with Client(create_server(desk)) as client:
            return await talk(client)

    return anyio.run(talked)


def call(desk: Desk, name: str, **arguments: object) -> Any:
    """What a tool answers; text where it is an error."""
    result = ask(desk, lambda client: client.call_tool(name, arguments))
    return result.content[0].text if result.is_error else result.structured_content


def test_every_tool_says_what_it_takes_and_that_it_only_looks(desk: Desk) -> None:
    tools = {tool.name: tool for tool in ask(desk, lambda client: client.list_tools()).tools}
    assert set(tools) == {"label_text", "list_signals", "get_story", "query_shares", "digest", "related"}
    assert all(tool.annotations.read_only_hint and tool.description for tool in tools.values())
    schema = tools["list_signals"].input_schema
    assert schema["properties"]["limit"]["maximum"] == 200
    assert tools["get_story"].input_schema["required"] == ["id"]
    assert tools["label_text"].input_schema["required"] == ["text"]


def test_a_text_is_labelled_and_not_kept(desk: Desk) -> None:
    n = len(list(desk.records()))
    record = call(desk, "label_text", text=TEXT, title="Chinese models on OpenRouter")
    assert record["schema"] == "labtape.record/1"
    assert [share["value"] for share in record["shares"]] == [61.0]
    assert len(list(desk.records())) == n


def test_signals_are_listed_newest_first_page_by_page(desk: Desk) -> None:
    first = call(desk, "list_signals", limit=3)
    second = call(desk, "list_signals", limit=3, cursor=first["next"])
    times = [signal["at"] for signal in (*first["signals"], *second["signals"])]
    assert len(times) == 6
    assert times == sorted(times, reverse=True)
    everything = call(desk, "list_signals", relevant=False, limit=200)
    assert everything["total"] > first["total"] == sum(s["relevant"] for s in everything["signals"])


def test_signals_are_chosen_by_what_they_are_about(desk: Desk) -> None:
    events = {event for s in call(desk, "list_signals", limit=200)["signals"] for event in s["events"]}
    event = sorted(events)[0]
    found = call(desk, "list_signals", events=[event], limit=200)
    assert 0 < found["total"] == len([s for s in found["signals"] if event in s["events"]])
    labs = call(desk, "list_signals", labs=["DeepSeek"], limit=200)
    assert 0 < labs["total"] < call(desk, "list_signals")["total"]
    late = call(desk, "list_signals", since="3d", limit=200)
    assert all(s["at"] >= (NOW - timedelta(days=3)).isoformat() for s in late["signals"])


def test_a_story_is_found_by_its_id_and_by_an_article(desk: Desk) -> None:
    signal = call(desk, "list_signals", limit=1)["signals"][0]
    by_article = call(desk, "get_story", id=signal["id"])
    assert by_article["schema"] == "labtape.story/1"
    assert call(desk, "get_story", id=by_article["id"])["headline"] == by_article["headline"]
    assert isinstance(call(desk, "related", id=signal["id"])["related"], list)


def test_shares_say_what_is_not_comparable_and_why(desk: Desk) -> None:
    answer = call(desk, "query_shares", limit=200)
    assert answer["claims"]
    assert answer["not_comparable"]
    assert all(pair["why"] for pair in answer["not_comparable"])
    keys = {claim["id"]: claim["comparability_key"] for claim in answer["claims"]}
    assert all(len({keys[id_] for id_ in ids}) == 1 for ids in answer["comparable"])
    assert all(keys[a] != keys[b] for a, b in (pair["claims"] for pair in answer["not_comparable"]))
    some = call(desk, "query_shares", platform="OpenRouter", limit=200)
    assert 0 < some["total"] <= answer["total"]
    assert {claim["platform"] for claim in some["claims"]} == {"platform:openrouter"}


def test_a_digest_comes_in_both_dresses(desk: Desk) -> None:
    assert call(desk, "digest", since=FROM)["digest"].startswith("# ")
    assert call(desk, "digest", since=FROM, format="json")["digest"]["schema"].startswith("labtape.digest/")


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("list_signals", {"labs": ["Deepseak"]}, "no lab or model 'Deepseak'; near: DeepSeek"),
        ("list_signals", {"events": ["prizing"]}, "no event 'prizing'; near: pricing"),
        ("list_signals", {"since": "soon"}, "'soon' is no time; write 2026-06-01"),
        ("list_signals", {"relevant": False, "labs": ["DeepSeek"]}, "goes with times alone"),
        ("list_signals", {"limit": 100_000}, "200"),
        ("get_story", {"id": "s-nothing"}, "no story or article 's-nothing'"),
        ("query_shares", {"holder": "Nobody At All"}, "Nobody At All"),
        ("query_shares", {"status": "wrong"}, "status"),
        ("query_shares", {"as_of": "2027-01-01"}, ""),
        ("label_text", {"text": "x", "published_at": "yesterday"}, "yesterday"),
        ("label_text", {}, "text"),
    ],
)
def test_what_is_wrong_is_told_in_words(
    desk: Desk, name: str, arguments: dict[str, object], message: str
) -> None:
    answer = call(desk, name, **arguments)
    if message:
        assert isinstance(answer, str)
        assert message in answer
        assert "Traceback" not in answer


def test_a_record_is_a_resource(desk: Desk) -> None:
    record = next(iter(desk.records()))
    read = ask(desk, lambda client: client.read_resource(f"labtape://record/{record.id}"))
    assert json.loads(read.contents[0].text) == record_to_dict(record)
    (template,) = ask(desk, lambda client: client.list_resource_templates()).resource_templates
    assert template.uri_template == "labtape://record/{id}"


def test_a_record_that_is_not_there_is_told_in_words(desk: Desk) -> None:
    async def read(client: Client) -> str:
        try:
            await client.read_resource("labtape://record/nothing")
        except MCPError as e:
            return str(e)
        return "read"

    assert "no record of article 'nothing'" in ask(desk, read)


@pytest.mark.slow
def test_a_client_talks_to_the_command_over_its_stdin_and_stdout(database: str, tmp_path: Path) -> None:
    before = Path(database.removeprefix("sqlite:///")).read_bytes()
    environment = {name: os.environ[name] for name in ("PYTHONPATH", "PATH") if name in os.environ}
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "labtape", "--database", database, "--bundle", "rules", "mcp"],
        env=environment,
        cwd=tmp_path,
    )

    async def talked() -> tuple[Any, ...]:
        async with Client(server) as client:
            return (
                await client.list_tools(),
                await client.call_tool("list_signals", {"limit": 2}),
                await client.call_tool("label_text", {"text": TEXT}),
                await client.call_tool("get_story", {"id": "s-nothing"}),
            )

    tools, signals, record, wrong = anyio.run(talked)
    assert len(tools.tools) == 6
    assert len(signals.structured_content["signals"]) == 2
    assert record.structured_content["shares"][0]["value"] == 61.0
    assert wrong.is_error
    assert "no story or article" in wrong.content[0].text
    assert Path(database.removeprefix("sqlite:///")).read_bytes() == before
