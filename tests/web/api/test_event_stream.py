"""Server-sent events: what comes, where it resumes, when it ends."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from dataclasses import replace
from threading import Event

from fastapi import FastAPI

from labtape.ports import Wanted
from labtape.web.api.stream import Pulse, events, stream

from .desks import article, keep

QUICK = Pulse(look=0.01, beat=0.0, end=0.01)
NEVER = Wanted(terms=("lab:nobody",), order="added")


def taken(desk, n, *, start=0, wanted=Wanted(order="added"), after=None):  # noqa: B008 (frozen)
    """The first n events; `after` is done once the first came."""

    async def take():
        found = []
        async with aclosing(events(desk, wanted, start, QUICK, lambda: False)) as stream:
            async for event in stream:
                if not event.startswith(b":"):
                    found.append(event.decode())
                if len(found) == 1 and after:
                    after()
                if len(found) == n:
                    break
        return found

    return asyncio.run(asyncio.wait_for(take(), 60))


def test_a_stream_has_each_record_with_its_number(changing):
    retry, some = taken(changing, 2)
    assert retry.startswith("retry: ")
    told = [dict(line.split(": ", 1) for line in event.splitlines()) for event in some.strip().split("\n\n")]
    assert [t["event"] for t in told] == ["record"] * 6
    numbers = [int(t["id"]) for t in told]
    assert numbers == sorted(numbers)
    assert {json.loads(t["data"])["id"] for t in told} == {f"a{n:02}" for n in range(6)}


def test_a_stream_resumes_behind_an_event_and_goes_on_with_what_comes(changing):
    start = changing.store.mark().record
    *_, some = taken(changing, 2, start=start - 1)
    assert some.count("event: record") == 1
    *_, new = taken(
        changing, 2, start=start, after=lambda: keep(changing, article(70, title="Kimi K5 is out"))
    )
    assert "Kimi K5 is out" in new
    assert new.startswith(f"id: {start + 1}\n")


def test_a_quiet_stream_gives_signs_of_life_and_ends_with_the_server(changing):
    closing = []

    async def listen():
        found = []
        async for event in events(changing, NEVER, 0, QUICK, lambda: bool(closing)):
            found.append(event)
            if len(found) == 3:
                closing.append(True)
        return found

    found = asyncio.run(asyncio.wait_for(listen(), 60))
    assert found[1:] == [b": still here\n\n"] * 2


def test_a_number_that_is_none_is_refused(client):
    for sent in ("x", "-1", "9" * 30):
        assert client.get("/api/v1/stream", headers={"Last-Event-ID": sent}).status_code == 422
    assert client.get("/api/v1/stream?labl=x").status_code == 422


def test_a_place_is_free_again_however_a_stream_ends_and_no_two_share_one(changing):
    app = FastAPI()
    app.state.closing = Event()
    stream(app, changing, replace(QUICK, most=1))

    async def ask(*, gone):
        """The status of an answer; whoever asked is `gone` before its first word, or when that came."""
        sent, heard = [], asyncio.Event()

        async def receive():
            if not gone:
                await heard.wait()
                await asyncio.sleep(0.05)
            return {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)
            heard.set()

        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "path": "/api/v1/stream",
            "query_string": b"", "headers": [], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "scheme": "http",
        }  # fmt: skip
        await app(scope, receive, send)
        return sent[0]["status"] if sent else None

    async def all_at_once():
        return await asyncio.gather(*(ask(gone=False) for _ in range(4)))

    for _ in range(3):
        asyncio.run(asyncio.wait_for(ask(gone=True), 60))
    assert sorted(asyncio.run(asyncio.wait_for(all_at_once(), 60))) == [200, 503, 503, 503]
    assert asyncio.run(asyncio.wait_for(ask(gone=False), 60)) == 200
