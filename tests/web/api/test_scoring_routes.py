"""Label and score: texts in, records out, and what is wrong with which."""

from __future__ import annotations

import json

import pytest

from labtape.web.api.scoring import MOST_BYTES, MOST_ITEMS

JSON, LINES = {"Content-Type": "application/json"}, {"Content-Type": "application/x-ndjson"}
TEXT = {"title": "Qwen took 18% of tokens", "text": "Qwen took about 18% of tokens on OpenRouter in May."}


def test_a_text_is_labelled_as_of_the_desk_and_nothing_is_kept(client, desk):
    before = desk.store.mark()
    record = client.post("/api/v1/label", json=TEXT).json()
    assert record["shares"][0]["value"] == 18.0
    assert desk.store.mark() == before


def test_an_array_gives_each_its_answer_in_its_place(client):
    sent = [TEXT, {"text": ""}, 5, {"titel": "x"}, {"title": "Bread wins a prize"}, {"text": "\ud800 half"}]
    answer = client.post("/api/v1/score", content=json.dumps(sent), headers=JSON)
    results = answer.json()["results"]
    assert [r["index"] for r in results] == list(range(6))
    assert [r["error"] is None for r in results][:5] == [True, False, False, False, True]
    assert "body.3.titel" in results[3]["error"]["detail"]
    assert results[0]["record"]["title"] == TEXT["title"]
    assert all((r["record"] is None) != (r["error"] is None) for r in results)


def test_lines_give_lines_and_a_broken_one_does_not_stop_the_rest(client):
    sent = "\n".join([json.dumps(TEXT), "{broken", "", json.dumps(TEXT)] + [json.dumps(TEXT)] * 40)
    answer = client.post("/api/v1/score", content=sent, headers=LINES)
    assert answer.headers["content-type"] == "application/x-ndjson"
    results = [json.loads(line) for line in answer.text.splitlines()]
    assert [r["index"] for r in results] == list(range(43))
    assert [r["index"] for r in results if r["error"]] == [1]


def test_other_ends_of_lines_stand_inside_a_text(client):
    row = {"title": "Prices\u2028of GPT\u0085fall", "text": "Text."}
    one = client.post("/api/v1/label", json=row).json()
    (many,) = client.post("/api/v1/score", json=[row]).json()["results"]
    assert many["record"]["title"] == one["title"] == row["title"]


def test_the_record_of_a_batch_is_that_of_one(client):
    one = client.post("/api/v1/label", json=TEXT).json()
    (many,) = client.post("/api/v1/score", json=[TEXT]).json()["results"]
    assert many["record"] == one
    assert client.post("/api/v1/score", json=[]).json()["results"] == []


def test_a_text_of_any_topic_is_judged_where_asked(client):
    bread = {"title": "Gold rises to a record", "text": "The price of gold rose to a record on Monday."}
    told = client.post("/api/v1/label", json=bread).json()["verdict"]["state"]
    judged = client.post("/api/v1/label", json={**bread, "any_topic": True}).json()["verdict"]["state"]
    assert (told, judged == "out_of_scope") == ("out_of_scope", False)
    (many,) = client.post("/api/v1/score?any_topic=true", json=[bread]).json()["results"]
    assert many["record"]["verdict"]["state"] == judged


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("label", b"{}", JSON, 422),
        ("label", b"", JSON, 422),
        ("label", b"[]", JSON, 422),
        ("label", b'{"text": 5}', JSON, 422),
        ("label", b'{"text": "\\ud800", "x": "\\udfff"}', JSON, 422),
        ("label", b'{"text": "a", "published_at": "0001-01-01T00:00:00+14:00"}', JSON, 422),
        ("label", b"\xff\xfe", JSON, 422),
        ("label", b"[" * 100_000, JSON, 422),
        ("label", b'{"text": ' + b"9" * 5000 + b"}", JSON, 422),
        ("label", b'{"text": "a"}', {"Content-Type": "text/plain"}, 415),
        ("label", b'{"text": "a"}', LINES, 415),
        ("label", b'{"text": "a"}', {}, 415),
        ("label", b" " * (1024 * 1024 + 1), JSON, 413),
        ("score", b"{}", JSON, 422),
        ("score", b"[" + b"1," * MOST_ITEMS + b"1]", JSON, 413),
        ("score", b" " * (MOST_BYTES + 1), LINES, 413),
        ("score", b"[1]", {"Content-Type": "text/csv"}, 415),
    ],
)
def test_what_cannot_be_read_is_a_problem(client, path, body, headers, status):
    answer = client.post(f"/api/v1/{path}", content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_a_method_that_is_not_there_says_which_are(client):
    for method, path, allowed in (("GET", "label", "POST"), ("DELETE", "records", "GET, HEAD")):
        answer = client.request(method, f"/api/v1/{path}")
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
        assert answer.headers["content-type"] == "application/problem+json"
