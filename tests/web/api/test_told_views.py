"""Stories, related, shares, labs, digest, corrections."""

from __future__ import annotations

import json
from datetime import timedelta

import jsonschema
import pytest
from starlette.testclient import TestClient

from labtape.report.schema import record_schema, story_schema
from labtape.web import create_app

from .desks import NOW, article, keep


def test_stories_are_their_records_and_paged(client, desk):
    every = client.get("/api/v1/stories", params={"limit": 100}).json()
    assert len(every["stories"]) == len(list(desk.stories())) > 5
    jsonschema.validate(every["stories"][0], story_schema())
    found, after = [], None
    while len(found) < 100:
        page = client.get(
            "/api/v1/stories", params={"limit": 2} | ({"cursor": after} if after else {})
        ).json()
        found += [s["id"] for s in page["stories"]]
        after = page["next"]
        if after is None:
            break
    assert found == [s["id"] for s in every["stories"]]
    lines = client.get("/api/v1/stories", headers={"Accept": "application/x-ndjson"}).text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == found


def test_a_story_is_found_by_its_id_or_that_of_an_article(client):
    story = client.get("/api/v1/stories").json()["stories"][0]
    assert client.get(f"/api/v1/stories/{story['id']}").json()["id"] == story["id"]
    assert client.get("/api/v1/stories/a00").status_code == 200
    assert client.get("/api/v1/related/a00").json()["schema"] == "labtape.related/1"


@pytest.mark.parametrize(
    "path",
    ["/api/v1/stories/none", "/api/v1/related/none", "/api/v1/records/none", "/api/v1/labs/lab:none", "/api/v1/nothing", "/api/v1/stories/https://news.example/1", "/api/v1/records/%00", "/api/v1/stories/%FF"],
)  # fmt: skip
def test_what_is_not_there_is_a_problem(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["status"] == 404


def test_shares_are_the_ledger_filtered_and_paged(client, desk):
    rows = client.get("/api/v1/shares").json()["shares"]
    assert [row["id"] for row in rows] == [row.id for row in desk.shares()]
    assert len(rows) >= 2
    first = client.get("/api/v1/shares", params={"limit": 1}).json()
    second = client.get("/api/v1/shares", params={"limit": 1, "cursor": first["next"]}).json()
    assert [first["shares"][0]["id"], second["shares"][0]["id"]] == [row["id"] for row in rows[:2]]
    qwen = client.get("/api/v1/shares", params={"platform": "OpenRouter"}).json()["shares"]
    assert {row["platform"] for row in qwen} == {"platform:openrouter"}
    unknown = client.get("/api/v1/shares", params={"status": "asleep"})
    assert (unknown.status_code, unknown.json()["title"]) == (422, "SettingsError")
    assert client.get("/api/v1/shares", params={"holder": "nobody at all"}).status_code == 422


def test_labs_are_those_of_the_lexicon(client, desk):
    labs = client.get("/api/v1/labs").json()["labs"]
    assert {lab["id"] for lab in labs} == set(desk.lexicon.labs)
    chain = client.get("/api/v1/labs/lab:deepseek").json()["chains"][0]
    assert chain["why"]


def test_a_digest_is_of_the_time_asked_for(client):
    def told(until: str) -> tuple[str, str]:
        digest = client.get("/api/v1/digest", params={"since": "2026-06-20", "until": until}).json()
        return digest["since"], digest["until"]

    began = "2026-06-20T00:00:00Z"
    assert told("2026-06-21T12:00Z") == (began, "2026-06-21T12:00:00Z")
    assert told("2026-06-20") == (began, "2026-06-20T23:59:59.999999Z")
    assert told(NOW.date().isoformat()) == (began, NOW.isoformat().replace("+00:00", "Z"))
    wrong = client.get("/api/v1/digest", params={"since": "2026-06-22", "until": "2026-06-20"})
    assert wrong.status_code == 422


def test_corrections_tell_what_was_taken_back(changing):
    client = TestClient(create_app(changing))
    assert client.get("/api/v1/corrections").json()["corrections"] == []
    changing.clock = lambda: NOW + timedelta(hours=1)
    changing.retract("a01", why="withdrawn")
    (told,) = client.get("/api/v1/corrections").json()["corrections"]
    assert (told["article_id"], told["kind"], told["why"]) == ("a01", "retracted", "withdrawn")


def test_what_is_worked_out_is_kept_until_something_is_new(changing):
    client = TestClient(create_app(changing))
    first = client.get("/api/v1/shares")
    asked: list[str] = []
    shares = changing.shares
    changing.shares = lambda **given: (asked.append("again"), shares(**given))[1]
    again = client.get("/api/v1/shares", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, asked) == (304, [])
    keep(changing, article(60, title="Kimi took 12% of tokens on OpenRouter in June"))
    assert len(client.get("/api/v1/shares").json()["shares"]) > len(first.json()["shares"])
    assert asked == ["again"]


def test_every_listed_record_is_of_the_schema_that_ships(client):
    schema = jsonschema.Draft202012Validator(record_schema())
    for record in client.get("/api/v1/records", params={"limit": 100}).json()["records"]:
        schema.validate(record)


def test_of_a_parameter_that_comes_twice_the_last_one_counts_whatever_was_asked_before(client):
    counts = [
        len(client.get(f"/api/v1/stories?limit={first}&limit={last}").json()["stories"])
        for first, last in ((2, 1), (1, 2))
    ]
    assert counts == [1, 2]


@pytest.mark.parametrize("query", ["until=0001-01-01", "since=0001-01-01&until=0001-01-02"])
def test_a_digest_of_the_first_day_is_empty(client, query):
    answer = client.get(f"/api/v1/digest?{query}")
    assert answer.status_code == 200
    assert answer.json()["stories"] == []
