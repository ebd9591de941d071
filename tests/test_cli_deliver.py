"""labtape deliver, as it is called."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alert.made import SAMPLE, STORY, plan
from deliver.servers import HttpLog, http_server
from labtape.alert import Rule, after_try, alerts
from labtape.exceptions import DeliveryError
from labtape.store import open_store


@pytest.fixture
def web() -> Iterator[HttpLog]:
    with http_server() as log:
        yield log


@pytest.fixture
def configured(labtape, web: HttpLog, tmp_path: Path):
    """The command with a channel that goes to the server."""
    text = f'database = "sqlite:///tape.db"\n[deliver.hook]\nkind = "webhook"\nurl = "{web.url}"\nallow_private = ["{web.place}"]\n'
    (tmp_path / "labtape.toml").write_text(text, "utf-8")
    return labtape


def post(tmp_path: Path, *, dead: bool) -> str:
    """An alert in the outbox of the folder; its id."""
    rule = Rule("chips")
    now = datetime.now(UTC)
    (made,) = alerts(SAMPLE, STORY, (), rules=[rule], plan=plan(rule), now=now)
    with closing(open_store(f"sqlite:///{tmp_path / 'tape.db'}")) as store:
        store.post([replace(made, due_at=now + timedelta(hours=9))])
        if dead:
            store.save_deliveries(
                after_try([made], DeliveryError("webhook: answered 410", lasting=True), now=now)
            )
    return made.id


def test_a_test_message_is_sent_and_said_so(configured, web: HttpLog) -> None:
    answer = configured("deliver", "test", "hook")
    assert (answer.code, answer.out) == (0, "hook: taken\n")
    assert json.loads(web.bodies[0])["alert"]["alerts"] == []
    assert "test of the channel hook" in json.loads(web.bodies[0])["markdown"]


def test_a_test_message_that_is_not_taken_is_exit_1_without_the_secret(configured, web: HttpLog) -> None:
    web.status = 403
    answer = configured("deliver", "test", "hook")
    assert answer.code == 1
    assert "answered 403" in answer.err
    assert "token" not in answer.err + answer.out


def test_a_channel_that_is_not_there_is_named_with_those_that_are(configured) -> None:
    answer = configured("deliver", "test", "hok")
    assert (answer.code, answer.err) == (2, "labtape: no channel 'hok' in the settings; have: hook\n")


def test_an_empty_outbox_says_so(configured) -> None:
    assert configured("deliver", "list").err == "nothing waits to be sent\n"
    assert configured("deliver", "dead").err == "no message is dead\n"
    assert configured("deliver", "dead", "--resend", "all").err == "no message is dead\n"


def test_what_waits_is_listed(configured, tmp_path: Path) -> None:
    id_ = post(tmp_path, dead=False)
    row = json.loads(configured("deliver", "list", "--json").out)
    assert (row["message"], row["channel"], row["status"], row["tries"]) == (id_, "hook", "waiting", 0)
    assert "hook" in configured("deliver", "list").out


def test_what_is_dead_is_listed_with_its_error_and_sent_again(
    configured, web: HttpLog, tmp_path: Path
) -> None:
    id_ = post(tmp_path, dead=True)
    row = json.loads(configured("deliver", "dead", "--json").out)
    assert (row["message"], row["error"]) == (id_, "webhook: answered 410")
    unknown = configured("deliver", "dead", "--resend", "msg_x")
    assert (unknown.code, "no dead message has this id" in unknown.err) == (2, True)
    answer = configured("deliver", "dead", "--resend", id_)
    assert answer.code == 0
    assert "sent" in answer.out
    assert web.headers[0]["webhook-id"] == id_
    assert configured("deliver", "dead").err == "no message is dead\n"


def test_one_that_fails_again_is_exit_1_and_says_what_becomes_of_it(
    configured, web: HttpLog, tmp_path: Path
) -> None:
    post(tmp_path, dead=True)
    web.status = 503
    answer = configured("deliver", "dead", "--resend", "all")
    assert answer.code == 1
    assert "unsent   hook: " in answer.out
    assert ", again " in answer.out
