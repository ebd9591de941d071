from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from contracts.channel import MESSAGE, ChannelContract
from labtape.deliver import WebhookChannel
from labtape.exceptions import DeliveryError

from .servers import HttpLog, http_server

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)


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


# ---------------------------------------------------------------- as Standard Webhooks has it


def test_it_is_signed_over_id_time_and_body(log: HttpLog) -> None:
    message = replace(MESSAGE, id="msg_7")
    to(log, secret="whsec_" + base64.b64encode(b"s3cret").decode(), clock=lambda: NOW).send(message)
    headers = {name.lower(): value for name, value in log.headers[0].items()}
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("msg_7", str(int(NOW.timestamp())))
    signed = f"msg_7.{int(NOW.timestamp())}.".encode() + log.bodies[0]
    expected = base64.b64encode(hmac.new(b"s3cret", signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_the_id_is_the_same_for_every_try_of_a_message_and_the_time_is_that_of_the_try(log: HttpLog) -> None:
    for message in (MESSAGE, MESSAGE, replace(MESSAGE, subject="other")):
        to(log, secret="s", clock=lambda: NOW + len(log.bodies) * timedelta(seconds=1)).send(message)
    ids = [headers["webhook-id"] for headers in log.headers]
    assert ids[0] == ids[1] != ids[2]
    assert len({headers["webhook-timestamp"] for headers in log.headers}) == 3
    assert len({headers["webhook-signature"] for headers in log.headers}) == 3


def test_a_secret_that_says_it_is_base64_and_is_not_is_an_error(log: HttpLog) -> None:
    with pytest.raises(DeliveryError, match="is no base64") as error:
        to(log, secret="whsec_!!").send(MESSAGE)
    assert "!!" not in str(error.value)
    assert log.bodies == []


def test_alerts_stand_under_their_own_name(log: HttpLog) -> None:
    to(log).send(replace(MESSAGE, kind="alert"))
    assert set(json.loads(log.bodies[0])) == {"subject", "markdown", "html", "alert"}


# ---------------------------------------------------------------- receivers that fail


@pytest.mark.parametrize(
    ("status", "lasting"),
    [
        (301, True),
        (400, True),
        (404, True),
        (410, True),
        (408, False),
        (425, False),
        (429, False),
        (500, False),
        (503, False),
    ],
)
def test_an_error_says_whether_another_try_is_worth_it(log: HttpLog, status: int, lasting: bool) -> None:
    log.status = status
    with pytest.raises(DeliveryError) as error:
        to(log).send(MESSAGE)
    assert error.value.lasting is lasting


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("999999999", 86400),
        ("Wed, 03 Jun 2026 12:01:00 GMT", 60),
        ("soon", None),
        ("-3", None),
        ("", None),
    ],
)
def test_when_the_receiver_wants_it_is_told(log: HttpLog, header: str, seconds: float | None) -> None:
    log.status, log.answers = 429, {"Retry-After": header}
    with pytest.raises(DeliveryError) as error:
        to(log, clock=lambda: NOW).send(MESSAGE)
    assert error.value.retry_after == seconds


def test_a_redirect_is_not_followed_and_takes_no_secret_along(log: HttpLog) -> None:
    with http_server() as other:
        log.status, log.answers = 307, {"Location": other.url}
        with pytest.raises(DeliveryError, match=r"answered 307.*give the address it redirects to"):
            to(log, secret="s3cret", headers={"Authorization": "Bearer x"}).send(MESSAGE)
        assert other.bodies == []


def test_an_address_that_is_not_public_is_refused_unless_it_is_allowed(log: HttpLog) -> None:
    for url in (
        log.url,
        log.url.replace("127.0.0.1", "localhost"),
        "http://169.254.169.254/latest",
        "http://[::1]/x",
    ):
        with pytest.raises(
            DeliveryError, match="no public address; would connect when allow_private names"
        ) as error:
            WebhookChannel(url, allow_private=["127.0.0.1:1"]).send(MESSAGE)
        assert error.value.lasting
        assert "token" not in str(error.value)
    assert log.bodies == []


def test_a_server_that_drips_its_answer_is_left_when_the_whole_time_is_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()

        def drip() -> None:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                while not stop.wait(0.02):
                    connection.sendall(b"X: y\r\n")

        thread = threading.Thread(target=drip)
        thread.start()
        place = f"127.0.0.1:{server.getsockname()[1]}"
        channel = WebhookChannel(f"http://{place}/hook", timeout=0.3, allow_private=[place])
        with pytest.raises(DeliveryError, match=r"no answer in 0\.3 s"):
            channel.send(MESSAGE)
        stop.set()
        thread.join()


def test_a_server_that_hangs_up_is_an_error_that_may_pass() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=lambda: server.accept()[0].close())
        thread.start()
        place = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(DeliveryError) as error:
            WebhookChannel(f"http://{place}/secret-path", allow_private=[place]).send(MESSAGE)
        thread.join()
    assert not error.value.lasting
    assert "secret-path" not in str(error.value)


def test_user_and_password_of_the_address_become_a_header(log: HttpLog) -> None:
    url = log.url.replace("127.0.0.1", "desk:k%40y@127.0.0.1")
    WebhookChannel(url, allow_private=[log.place]).send(MESSAGE)
    assert log.headers[0]["Authorization"] == "Basic " + base64.b64encode(b"desk:k@y").decode()
    assert log.headers[0]["Host"] == log.place
