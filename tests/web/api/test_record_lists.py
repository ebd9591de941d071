"""Lists of records: pages, filters, lines, tags."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from labtape.report import record_json
from labtape.web import create_app

from .desks import NOW, article, keep

LIST = "/api/v1/records"
LINES = {"Accept": "application/x-ndjson"}


def paged(client, **asked):
    """The ids of all pages."""
    found, after = [], None
    while True:
        page = client.get(LIST, params={**asked, **({"cursor": after} if after else {})}).json()
        found += [r["id"] for r in page["records"]]
        after = page["next"]
        if after is None:
            return found


@pytest.mark.parametrize("limit", [1, 5, 23, 24, 25])
def test_pages_give_every_record_once_newest_first(client, limit):
    assert paged(client, limit=limit) == [f"a{n:02}" for n in range(24)]


def test_what_is_listed_is_the_record_to_the_byte(client, desk):
    answer = client.get(LIST, params={"limit": 1})
    assert record_json(desk.store.record("a00")).encode() in answer.content
    assert client.get(f"{LIST}/a00").content == record_json(desk.store.record("a00")).encode()


def test_pages_hold_still_while_articles_come_in_and_are_scored_again(changing):
    client = TestClient(create_app(changing))
    first = client.get(LIST, params={"limit": 3}).json()
    keep(changing, article(40, title="Kimi K4 is announced"), article(1, title="Qwen took 19% of tokens"))
    second = client.get(LIST, params={"limit": 3, "cursor": first["next"]}).json()
    assert [r["id"] for r in first["records"] + second["records"]] == [f"a{n:02}" for n in range(6)]


def test_updated_since_gives_what_was_kept_later_and_goes_on_with_what_comes(changing):
    later = [NOW + timedelta(hours=1)]
    changing.clock = lambda: later[0]
    client = TestClient(create_app(changing))
    asked = {"updated_since": later[0].isoformat().replace("+00:00", "Z")}
    empty = client.get(LIST, params=asked).json()
    assert (empty["records"], empty["next"]) == ([], None)
    keep(changing, article(2, title="Nvidia says demand fell"), article(30))
    found = client.get(LIST, params={**asked, "cursor": empty["resume"]}).json()
    assert sorted(r["id"] for r in found["records"]) == ["a02", "a30"]
    assert client.get(LIST, params={**asked, "cursor": found["resume"]}).json()["records"] == []
    assert client.get(LIST).json()["resume"] is None


def test_as_of_shows_what_was_known_then(changing):
    client = TestClient(create_app(changing))
    changing.clock = lambda: NOW + timedelta(hours=1)
    keep(changing, article(0, title="DeepSeek does not cut its price"))
    then = {"as_of": NOW.isoformat()}
    assert client.get(f"{LIST}/a00", params=then).json()["revision"] == 1
    assert client.get(f"{LIST}/a00").json()["revision"] == 2
    assert client.get(LIST, params={**then, "q": "cuts"}).json()["records"][0]["id"] == "a00"
    assert client.get(LIST, params={"q": "cuts"}).json()["records"] == []


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({"label": "Neutral"}, lambda r: r["verdict"]["label"] == "Neutral"),
        ({"relevant": "true"}, lambda r: r["relevance"]["relevant"]),
        ({"lab": "deepseek"}, lambda r: "lab:deepseek" in [m["lab"] for m in r["mentions"]]),
        ({"entity": "company:nvidia"}, lambda r: "company:nvidia" in [m["entity"] for m in r["mentions"]]),
        ({"state": "out_of_scope"}, lambda r: r["verdict"]["state"] == "out_of_scope"),
        ({"language": "zh"}, lambda r: r["language"] == "zh"),
        ({"min_confidence": "0.6"}, lambda r: r["verdict"]["confidence"] >= 0.6),
        ({"q": "CHIPS exceeds"}, lambda r: "chips exceeds" in r["title"]),
        ({"q": "出口芯片"}, lambda r: "出口芯片" in r["title"]),
        ({"since": "2026-06-20", "until": "2026-06-21T12:00:00+02:00"}, lambda r: "2026-06-20" <= r["published_at"] <= "2026-06-21T10:00:00Z"),
    ],
)  # fmt: skip
def test_a_filter_gives_all_that_fit_and_no_others(client, desk, asked, fits):
    every = [json.loads(record_json(r)) for r in desk.records()]
    wanted = sorted(r["id"] for r in every if fits(r))
    assert 0 < len(wanted) < len(every)
    assert sorted(paged(client, limit=2, **asked)) == wanted


def test_lines_are_all_records_and_the_same_as_the_list(client):
    answer = client.get(LIST, headers=LINES)
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines == client.get(LIST, params={"limit": 500}).json()["records"]
    assert len(client.get(LIST, headers=LINES, params={"limit": 5}).text.splitlines()) == 5


def test_a_tag_that_is_sent_back_gives_304_until_something_is_new(changing):
    client = TestClient(create_app(changing))
    first = client.get(LIST)
    assert first.headers["etag"].startswith('W/"')
    assert first.headers["cache-control"] == "no-cache"
    again = client.get(LIST, headers={"If-None-Match": f'"x", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    keep(changing, article(50))
    assert client.get(LIST, headers={"If-None-Match": first.headers["etag"]}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [LIST, f"{LIST}/a00", "/api/v1/stories", "/api/v1/shares", "/api/v1/labs", "/api/v1/stream", f"{LIST}/none"],
)  # fmt: skip
def test_head_is_get_without_the_body(client, path):
    head = client.head(path)
    assert head.content == b""
    if path != "/api/v1/stream":
        got = client.get(path)
        assert (head.status_code, head.headers) == (got.status_code, got.headers)


def test_a_cursor_of_other_filters_or_a_broken_one_is_refused(client):
    good = client.get(LIST, params={"limit": 2}).json()["next"]
    flipped = good[:-1] + ("A" if good[-1] != "A" else "B")
    for cursor in ("", "x", flipped, good[:-3], good + "AAAA", "é", "\0", "A" * 3000, good[::-1]):
        answer = client.get(f"{LIST}?cursor={quote(cursor)}")
        assert (answer.status_code, "cursor" in answer.json()["detail"]) == (422, True), cursor
    assert client.get(LIST, params={"cursor": good, "label": "Bearish"}).status_code == 422
    assert client.get("/api/v1/stories", params={"cursor": good}).status_code == 422
    assert client.get(LIST, params={"cursor": good, "limit": 7}).status_code == 200


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("labl=Bearish", "query.labl"),
        ("since=soon", "query.since"),
        ("since=5", "query.since"),
        ("since=0001-01-01T00:00:00%2B14:00", "query.since"),
        ("limit=501", "query.limit"),
        ("min_confidence=nan", "query.min_confidence"),
        ("state=asleep", "query.state"),
        ("q=%2B%2B%2B", "query.q"),
        ("q=" + "+".join(f"w{n}" for n in range(30)), "at most"),
        ("language=English", "query.language"),
    ],
)
def test_a_wrong_parameter_is_named(client, query, words):
    answer = client.get(f"{LIST}?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert words in answer.json()["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "label=%00", "entity=%27%3B+DROP+TABLE+records%3B--", "q=%25nothing_%25", "lab=%F0%9F%90%B3", "entity=%FF%FE",
        "ticker=" + "A" * 3000, "q=" + "%E5%BC%80" * 200, "event=%ED%A0%80",
    ],
)  # fmt: skip
def test_hostile_filters_find_nothing_and_break_nothing(client, query):
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    assert answer.json()["records"] == []
