from datetime import UTC, datetime

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
from starlette.testclient import TestClient

from labtape.demo import demo_desk
from labtape.settings import Settings
from labtape.web import create_app


@pytest.fixture(scope="module")
def desk():
    with demo_desk(Settings(bundle="rules")) as desk:
        desk.run()
        yield desk


@pytest.fixture
def client(desk):
    with TestClient(create_app(desk)) as client:
        yield client


def test_records_are_paged_newest_first(client):
    first = client.get("/api/v1/records", params={"limit": 5}).json()
    second = client.get("/api/v1/records", params={"limit": 5, "cursor": first["next"]}).json()
    times = [r["published_at"] or r["first_seen_at"] for r in first["records"] + second["records"]]
    assert times == sorted(times, reverse=True)
    assert len({r["id"] for r in first["records"] + second["records"]}) == 10


def test_records_are_filtered_by_label_entity_and_time(client):
    bearish = client.get("/api/v1/records", params={"label": "Bearish", "limit": 500}).json()["records"]
    assert bearish
    assert {r["verdict"]["label"] for r in bearish} == {"Bearish"}
    nvidia = client.get("/api/v1/records", params={"entity": "company:nvidia", "limit": 500}).json()[
        "records"
    ]
    assert nvidia
    assert all("Nvidia" in r["title"] + str(r["mentions"]) or "英伟达" in str(r["mentions"]) for r in nvidia)
    late = client.get("/api/v1/records", params={"since": "2026-06-20T00:00:00Z", "limit": 500}).json()
    assert 0 < len(late["records"]) < 20


def test_a_record_is_found_by_id_and_a_missing_one_is_a_problem(client):
    wanted = client.get("/api/v1/records", params={"limit": 1}).json()["records"][0]
    assert client.get(f"/api/v1/records/{wanted['id']}").json() == wanted
    answer = client.get("/api/v1/records/none")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_text_is_labelled_and_nothing_is_kept(client, desk):
    before = sum(1 for _ in desk.records())
    answer = client.post(
        "/api/v1/label", json={"text": "Qwen took about 18% of tokens on OpenRouter in May."}
    )
    assert answer.json()["shares"][0]["value"] == 18.0
    assert sum(1 for _ in desk.records()) == before


def test_an_empty_text_is_a_problem_that_says_what_is_missing(client):
    answer = client.post("/api/v1/label", json={"text": ""})
    assert answer.status_code == 422
    assert "title" in answer.json()["detail"]


def test_stories_shares_and_digest_answer(client):
    assert client.get("/api/v1/stories").json()["stories"]
    shares = client.get("/api/v1/shares", params={"platform": "OpenRouter"}).json()["shares"]
    assert 61.0 in {row["value"] for row in shares}
    assert (
        client.get("/api/v1/digest", params={"since": "2026-06-01", "until": "2026-06-22"}).status_code == 200
    )


def test_the_digest_carries_a_policy_that_allows_no_script(client):
    answer = client.get("/digest", params={"hours": 600})
    assert answer.status_code == 200
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text


def test_with_a_token_nothing_answers_without_it(desk):
    with TestClient(create_app(desk, token="s3cret")) as client:
        assert client.get("/api/v1/stories").status_code == 401
        assert client.get("/", follow_redirects=False).headers["location"] == "/login?next=%2F"
        assert client.get("/api/v1/records", headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert client.get("/api/v1/records", headers={"Authorization": "Bearer s3cret"}).status_code == 200


def test_a_body_without_end_is_refused(client):
    answer = client.post("/api/v1/label", content=b"x" * (1024 * 1024 + 1))
    assert answer.status_code == 413


def test_times_without_a_zone_are_utc(client):
    naive = client.get("/api/v1/records", params={"since": "2026-06-20T00:00:00"}).json()
    aware = client.get(
        "/api/v1/records", params={"since": datetime(2026, 6, 20, tzinfo=UTC).isoformat()}
    ).json()
    assert naive == aware
    assert naive["records"]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/api/v1/records?limit=0", 422, "query.limit"),
        ("/api/v1/records?since=soon", 422, "query.since"),
        ("/api/v1/nothing", 404, "/api/v1/nothing"),
    ],
)
def test_every_error_is_a_problem_that_names_the_place(client, path, status, words):
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.json()["detail"]


def test_stories_and_shares_have_the_same_form_as_in_the_digest(client):
    story = client.get("/api/v1/stories").json()["stories"][0]
    assert story["first_at"].endswith("Z")
    share = client.get("/api/v1/shares").json()["shares"][0]
    assert share["sightings"][0]["at"].endswith("Z")
    assert share["figure"]
