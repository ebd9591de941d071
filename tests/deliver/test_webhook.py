from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator

import pytest

from contracts.channel import MESSAGE, ChannelContract
from labtape.deliver import WebhookChannel
from labtape.exceptions import DeliveryError

from .servers import HttpLog, http_server


@pytest.fixture
def log() -> Iterator[HttpLog]:
    with http_server() as log:
        yield log


def to(log: HttpLog, **given: object) -> WebhookChannel:
    return WebhookChannel(log.url, allow_private=[log.place], **given)


class TestWebhookChannel(ChannelContract):
    @pytest.fixture
    def channel(self, log: HttpLog) -> WebhookChannel:
        return to(log)

    @pytest.fixture
    def arrived(self, log: HttpLog) -> Callable[[], list[str]]:
        return lambda: [str(text) for body in log.bodies for text in json.loads(body).values()]

    @pytest.fixture
    def broken(self) -> WebhookChannel:
        return WebhookChannel("http://127.0.0.1:1/hook", allow_private=["127.0.0.1:1"])


def test_the_body_is_json_with_every_dress(log: HttpLog) -> None:
    to(log).send(MESSAGE)
    assert log.headers[0]["Content-Type"] == "application/json"
    assert json.loads(log.bodies[0]) == {
        "subject": MESSAGE.subject,
        "markdown": MESSAGE.markdown,
        "html": MESSAGE.html,
        "digest": json.loads(MESSAGE.json),
    }


def test_with_a_secret_the_body_is_signed(log: HttpLog) -> None:
    to(log, secret="s3cret").send(MESSAGE)
    expected = hmac.new(b"s3cret", log.bodies[0], hashlib.sha256).hexdigest()
    assert log.headers[0]["X-Labtape-Signature"] == f"sha256={expected}"


def test_without_a_secret_there_is_no_signature(log: HttpLog) -> None:
    to(log, headers={"Authorization": "Bearer x"}).send(MESSAGE)
    assert "X-Labtape-Signature" not in log.headers[0]
    assert log.headers[0]["Authorization"] == "Bearer x"


@pytest.mark.parametrize("status", [301, 400, 404, 500, 503])
def test_anything_but_2xx_is_a_failure_that_does_not_show_the_path(log: HttpLog, status: int) -> None:
    log.status = status
    with pytest.raises(DeliveryError, match=f"http://127.0.0.1:[0-9]+/…: answered {status}") as error:
        to(log).send(MESSAGE)
    assert "token" not in str(error.value)
    assert len(log.bodies) == 1


def test_a_server_that_hangs_is_left_after_the_timeout(log: HttpLog) -> None:
    log.status = 0
    with pytest.raises(DeliveryError, match=r"no answer in 0\.2 s"):
        to(log, timeout=0.2).send(MESSAGE)


@pytest.mark.parametrize(
    "url", ["", "hooks.example/x", "ftp://hooks.example", "http://", "http://[bad", "http://a:b/"]
)
def test_a_url_that_is_none_is_an_error(url: str) -> None:
    with pytest.raises(DeliveryError, match=r"no http\(s\) address; use https://SERVER/PATH"):
        WebhookChannel(url).send(MESSAGE)


def test_a_header_that_is_none_is_an_error(log: HttpLog) -> None:
    with pytest.raises(DeliveryError):
        to(log, headers={"X": "a\r\nB: c"}).send(MESSAGE)


def test_secrets_are_not_shown() -> None:
    assert "s3cret" not in repr(WebhookChannel("http://a.example", secret="s3cret"))
