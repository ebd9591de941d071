"""Hosts, tokens, sizes, and the headers of every answer."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from labtape.exceptions import StoreError
from labtape.web import create_app
from labtape.web.attempts import Attempts
from labtape.web.guard import LOOPBACK

LIST = "/api/v1/records"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200), ("127.0.0.1:8765", 200), ("[::1]:8765", 200), ("LOCALHOST", 200), ("desk.example:80", 200),
        ("evil.example", 421), ("localhost.evil.example", 421), ("127.0.0.1.evil.example:8765", 421), ("", 421), ("[::1", 421),
    ],
)  # fmt: skip
def test_only_the_names_of_this_server_are_answered(desk, host, status):
    client = TestClient(create_app(desk, hosts=(*LOOPBACK, "DESK.example:8443")))
    assert client.get(LIST, headers={"Host": host}).status_code == status


def test_wrong_tokens_are_counted_and_the_right_one_is_not_even_compared_then(desk):
    client = TestClient(create_app(desk, token="s3cret-é"))
    assert client.get(LIST).headers["www-authenticate"].startswith("Bearer")
    right = {"Authorization": "bearer s3cret-é".encode()}
    for n in range(10):
        assert client.get(LIST, headers=bearer(f"wrong{n}")).status_code == 401
        assert client.get(LIST).status_code == 401
    answer = client.get(LIST, headers=right)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 6
    assert answer.headers["content-type"] == "application/problem+json"
    fresh = TestClient(create_app(desk, token="s3cret-é"))
    assert fresh.get(LIST, headers=right).status_code == 200


@pytest.mark.parametrize(
    "sent", ["", "Bearer", "Bearer ", "Basic s3cret", "s3cret", "Bearer s3cret x", "Bearer S3CRET"]
)
def test_what_is_not_the_token_is_refused(desk, sent):
    client = TestClient(create_app(desk, token="s3cret"))
    assert client.get(LIST, headers={"Authorization": sent}).status_code == 401
    assert client.get("/", headers={"Authorization": sent}).status_code == 401


def test_tries_come_back_with_time_and_are_kept_of_few_addresses():
    tries = Attempts(tries=2, every=10.0, most=2)
    for address in ("192.0.2.1", "192.0.2.1", "2001:db8::1", "2001:db8::ffff"):
        tries.failed(address, 0.0)
    assert tries.wait("192.0.2.1", 0.0) == 10.0
    assert tries.wait("2001:db8::2", 5.0) == 5.0
    assert tries.wait("192.0.2.1", 10.0) == 0.0
    tries.failed("192.0.2.9", 0.0)
    assert tries.wait("192.0.2.1", 0.0) == 0.0


def test_a_body_without_a_length_is_counted_as_it_comes(client):
    read = []

    def parts():
        for n in range(1000):
            read.append(n)
            yield b" " * 65536

    answer = client.post("/api/v1/label", content=parts(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


@pytest.mark.parametrize("path", ["/", LIST, "/api/v1/none", f"{LIST}?limit=0", "/openapi.json"])
def test_every_answer_says_what_a_browser_may_do_with_it(client, path):
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_no_other_origin_is_let_in(client):
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    assert not [h for h in client.get(LIST, headers=asked).headers if h.startswith("access-control")]
    assert client.options(LIST, headers=asked).status_code == 405


class Broken:
    """A store that is asked in vain."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def listed(self, *_: object, **__: object) -> object:
        raise self.error


@pytest.mark.parametrize(
    ("error", "status"), [(StoreError("/secret/tape.db: is locked"), 503), (ValueError("/secret"), 500)]
)
def test_an_error_of_the_server_is_a_problem_that_tells_nothing_of_the_inside(desk, error, status):
    from labtape.desk import Desk

    broken = Desk(Broken(error), tools=desk.tools, fetcher=desk.fetcher, clock=desk.clock)
    client = TestClient(create_app(broken), raise_server_exceptions=False)
    answer = client.get(LIST)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert "secret" not in answer.text
    assert "content-security-policy" in answer.headers
