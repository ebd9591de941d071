"""The door, where a token is asked for: who comes in, for how long, and what a session may do."""

from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from labtape.demo import demo_desk
from labtape.settings import Settings
from labtape.web import create_app
from labtape.web.pages.door import COOKIE, Door, is_session, session

TOKEN = "s3cret-token"


@pytest.fixture(scope="module")
def desk():
    with demo_desk(Settings(bundle="rules")) as desk:
        yield desk


@pytest.fixture
def guarded(desk):
    with TestClient(
        create_app(desk, token=TOKEN), follow_redirects=False, base_url="http://desk.example"
    ) as client:
        yield client


def test_where_a_token_is_asked_a_page_leads_to_the_form(guarded):
    answer = guarded.get("/shares?holder=Qwen")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2Fshares%3Fholder%3DQwen"
    form = guarded.get(answer.headers["location"])
    assert form.status_code == 200
    assert 'value="/shares?holder=Qwen"' in form.text
    assert guarded.get("/static/page.css").status_code == 200


def test_the_token_opens_the_pages_and_says_nothing_of_itself(guarded):
    answer = guarded.post("/login", data={"token": TOKEN, "next": "/feeds"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/feeds")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and TOKEN not in cookie
    assert guarded.get("/feeds").status_code == 200
    assert guarded.get("/api/v1/records").status_code == 200


def test_a_session_reads_and_changes_nothing(guarded):
    guarded.post("/login", data={"token": TOKEN})
    assert guarded.post("/api/v1/label", json={"text": "Qwen gains"}).status_code == 401


def test_a_wrong_token_is_refused(guarded):
    for wrong in ("", "S3cret-token", TOKEN + "x", "é"):
        answer = guarded.post("/login", data={"token": wrong})
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
    assert guarded.get("/").status_code == 303


def test_a_form_of_another_site_is_refused(guarded):
    answer = guarded.post("/login", data={"token": TOKEN}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 401


def test_a_form_of_another_site_locks_nobody_out(guarded):
    for _ in range(12):
        guarded.post("/login", data={"token": "guess"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert guarded.post("/login", data={"token": TOKEN}).status_code == 303
    assert guarded.get("/").status_code == 200


def test_who_guesses_at_the_form_has_to_wait(desk):
    with TestClient(create_app(desk, token=TOKEN), follow_redirects=False) as client:
        codes = [client.post("/login", data={"token": f"guess {k}"}).status_code for k in range(12)]
    assert codes[:10] == [401] * 10
    assert codes[-1] == 429


@pytest.mark.parametrize("host", ["x/static/", "x/login?", "[", "desk.example"])
def test_the_door_goes_by_the_path_and_not_by_the_name_of_the_host(desk, host):
    seen = []

    async def inside(scope, receive, send):
        seen.append(dict(scope["headers"]))
        await PlainTextResponse("in")(scope, receive, send)

    client = TestClient(Door(inside, token=TOKEN), follow_redirects=False)
    client.get("/api/v1/records", headers={"Host": host})
    assert b"authorization" not in seen[0]
    assert client.get("/shares", headers={"Host": host}).status_code == 303


@pytest.mark.parametrize("token", ["voil\u00e0", "s p a c e", "\u79d8\u5bc6"])
def test_a_token_of_any_letters_opens_the_door(desk, token):
    with TestClient(create_app(desk, token=token), follow_redirects=False) as client:
        assert client.post("/login", data={"token": token}).status_code == 303
        assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "next_",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/login",
        "\n//evil.example",
    ],
)
def test_the_way_on_stays_on_this_site(guarded, next_):
    assert guarded.post("/login", data={"token": TOKEN, "next": next_}).headers["location"] == "/"


def test_a_made_up_or_old_session_opens_nothing(guarded):
    old = session(TOKEN, datetime.now(UTC) - timedelta(days=9))
    for value in ("x", old, session("another", datetime.now(UTC)), "2099-01-01." + "0" * 64):
        guarded.cookies.clear()
        guarded.cookies.set(COOKIE, value)
        assert guarded.get("/").status_code == 303
        assert guarded.get("/api/v1/records").status_code == 401
    assert not is_session(old, TOKEN, datetime.now(UTC))


def test_signing_out_ends_the_session(guarded):
    guarded.post("/login", data={"token": TOKEN})
    answer = guarded.post("/logout", content=b"x")
    assert answer.status_code == 303
    assert 'labtape_session=""' in answer.headers["set-cookie"]


def test_a_wrong_header_is_refused_even_beside_a_session(guarded):
    guarded.post("/login", data={"token": TOKEN})
    assert guarded.get("/api/v1/records", headers={"Authorization": "Bearer wrong"}).status_code == 401
