"""A watch that tells: records in a store, a receiver on loopback, and what is between."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from contracts.made import article, poll, visit
from deliver.servers import HttpLog, http_server
from labtape.alert import Rule
from labtape.batch import Tools
from labtape.desk import Alerting, Desk, Outcome, resend, send_due
from labtape.desk.alerting import LEASE
from labtape.ports import Store
from labtape.settings import DigestSettings, Settings, WatchSettings
from labtape.store import open_store

START = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEXT = "Nvidia said that it cuts the price of its H20 chip by a third in China, where its share of the market fell to 21%."


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def web() -> Iterator[HttpLog]:
    with http_server() as log:
        yield log


@pytest.fixture
def clock() -> Clock:
    return Clock()


def channels(web: HttpLog, **given: object) -> dict[str, dict[str, object]]:
    return {"hook": {"kind": "webhook", "url": web.url, "secret": "s", "allow_private": [web.place], **given}}


def settings_of(web: HttpLog, *rules: Rule, **given: object) -> Settings:
    return Settings(
        watch=WatchSettings(rule=rules, **given), deliver=channels(web), digest=DigestSettings(hours=48)
    )


def desk_on(store: Store, clock: Clock) -> Desk:
    return Desk(store, tools=Tools("rules"), fetcher=None, clock=clock)


def tell(desk: Desk, id_: str, title: str, text: str = TEXT) -> None:
    """An article comes in and is scored."""
    one = replace(article(id_, title=title, text=text), published_at=desk.clock(), first_seen_at=desk.clock())
    desk.store.save_visits([visit(poll(at=desk.clock()), [one])])
    list(desk.score_new())


def watching(desk: Desk, settings: Settings) -> Alerting:
    """A watch whose thread is not running: what is due is sent by the test."""
    watch = Alerting(desk, settings)
    watch._begin()
    return watch


def sent(web: HttpLog) -> list[dict[str, object]]:
    return [alert for body in web.bodies for alert in json.loads(body)["alert"]["alerts"]]


RULE = Rule("chips", labs=("Nvidia",))


def test_what_a_rule_asks_for_is_sent_once(web: HttpLog, clock: Clock) -> None:
    desk = desk_on(open_store("memory:"), clock)
    tell(desk, "old", "Nvidia was here before")
    settings = settings_of(web, RULE)
    watch = watching(desk, settings)
    watch.look()
    assert desk.store.deliveries() == ()
    tell(desk, "a", "Nvidia cuts the price of its H20 chip")
    tell(desk, "b", "A court in Delaware hears a quarrel", text="Two bakers met before a judge in Delaware.")
    watch.look()
    watch.look()
    for _ in range(2):
        send_due(desk.store, settings.deliver, clock=clock)
    (alert,) = sent(web)
    assert (alert["rule"], alert["article_id"]) == ("chips", "a")
    (delivery,) = desk.store.deliveries()
    assert (delivery.status, web.headers[0]["webhook-id"]) == ("sent", delivery.id)


def test_a_second_article_of_the_story_waits_for_the_cooldown(web: HttpLog, clock: Clock) -> None:
    desk = desk_on(open_store("memory:"), clock)
    watch = watching(desk, settings_of(web, RULE, cooldown="2h"))
    tell(desk, "a", "Nvidia cuts the price of its H20 chip")
    watch.look()
    clock.now += HOUR
    tell(desk, "b", "Nvidia cuts the price of its H20 chip")
    watch.look()
    assert desk.store.record("a").story.id == desk.store.record("b").story.id
    assert len(desk.store.deliveries()) == 1
    clock.now += HOUR
    tell(desk, "c", "Nvidia cuts the price of its H20 chip")
    watch.look()
    assert len(desk.store.deliveries()) == 2


def test_what_came_while_nobody_watched_is_told_when_somebody_does_unless_it_is_old(
    web: HttpLog, clock: Clock
) -> None:
    store = open_store("memory:")
    settings = settings_of(web, RULE, cooldown="0s")
    watching(desk_on(store, clock), settings)
    tell(desk_on(store, clock), "a", "Nvidia cuts the price of its H20 chip")
    clock.now += 72 * HOUR
    tell(desk_on(store, clock), "b", "Nvidia opens a plant in Texas")
    clock.now += HOUR
    watching(desk_on(store, clock), settings).look()
    assert [json.loads(d.body)["article_id"] for d in store.deliveries()] == ["b"]


def test_alerts_of_quiet_hours_survive_a_restart_and_come_as_one_message(
    web: HttpLog, clock: Clock, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'tape.db'}"
    settings = settings_of(web, RULE, quiet="22:00-07:00", timezone="Europe/Berlin", cooldown="0s")
    clock.now = datetime(2026, 6, 3, 21, 0, tzinfo=UTC)
    with closing(open_store(url)) as store:
        desk = desk_on(store, clock)
        watch = watching(desk, settings)
        tell(desk, "a", "Nvidia cuts the price of its H20 chip")
        tell(desk, "b", "Nvidia opens a plant in Texas")
        watch.look()
        assert send_due(store, settings.deliver, clock=clock) == ()
    clock.now = datetime(2026, 6, 4, 4, 59, tzinfo=UTC)
    with closing(open_store(url)) as store:
        assert send_due(store, settings.deliver, clock=clock) == ()
        clock.now += timedelta(minutes=1)
        (outcome,) = send_due(store, settings.deliver, clock=clock)
        assert outcome.error is None
        assert send_due(store, settings.deliver, clock=clock) == ()
    assert sorted(str(alert["article_id"]) for alert in sent(web)) == ["a", "b"]
    assert len(web.bodies) == 1


def test_a_second_try_waits_for_the_end_of_the_quiet_hours_as_well(web: HttpLog, clock: Clock) -> None:
    desk = desk_on(open_store("memory:"), clock)
    settings = settings_of(web, RULE, quiet="12:00-13:00")
    clock.now = START - timedelta(seconds=10)
    watch = watching(desk, settings)
    tell(desk, "a", "Nvidia cuts the price of its H20 chip")
    watch.look()
    web.status = 503
    for at, n in ((clock.now, 1), (START + HOUR / 2, 1), (START + HOUR, 2)):
        clock.now = at
        send_due(desk.store, settings.deliver, clock=clock, plan=watch.plan)
        assert len(web.bodies) == n


def test_a_digest_is_sent_at_its_time_once(web: HttpLog, clock: Clock) -> None:
    desk = desk_on(open_store("memory:"), clock)
    settings = settings_of(web, digest_at=("12:30",))
    watch = watching(desk, settings)
    tell(desk, "a", "Nvidia cuts the price of its H20 chip")
    for minutes, n in ((29, 0), (2, 1), (60, 1)):
        clock.now += timedelta(minutes=minutes)
        watch.look()
        send_due(desk.store, settings.deliver, clock=clock)
        assert len(web.bodies) == n
    assert "H20" in json.loads(web.bodies[0])["markdown"]


# ---------------------------------------------------------------- receivers that fail


def one_alert(web: HttpLog, clock: Clock) -> tuple[Store, Callable[[], tuple[Outcome, ...]]]:
    desk = desk_on(open_store("memory:"), clock)
    settings = settings_of(web, RULE)
    watch = watching(desk, settings)
    tell(desk, "a", "Nvidia cuts the price of its H20 chip")
    watch.look()
    return desk.store, lambda: send_due(desk.store, settings.deliver, clock=clock)


def test_a_receiver_that_fails_is_asked_again_later_with_the_same_id(web: HttpLog, clock: Clock) -> None:
    store, send = one_alert(web, clock)
    web.status = 503
    (failed,) = send()
    assert failed.batch[0].status == "waiting"
    assert send() == ()
    web.status = 204
    clock.now = failed.batch[0].due_at
    (outcome,) = send()
    assert (outcome.error, store.deliveries()[0].status, store.deliveries()[0].n_tries) == (None, "sent", 2)
    assert web.headers[0]["webhook-id"] == web.headers[1]["webhook-id"]


def test_the_receiver_is_left_alone_as_long_as_it_asks(web: HttpLog, clock: Clock) -> None:
    store, send = one_alert(web, clock)
    web.status, web.answers = 429, {"Retry-After": "7200"}
    send()
    assert store.deliveries()[0].due_at == START + 2 * HOUR


def test_a_dead_one_is_sent_again_by_its_id(web: HttpLog, clock: Clock) -> None:
    store, send = one_alert(web, clock)
    web.status = 410
    send()
    (dead,) = store.deliveries(status="dead")
    assert "answered 410" in str(dead.error)
    assert "token" not in str(dead.error)
    web.status = 204
    assert resend(store, "msg_other", now=clock.now) == ()
    assert len(resend(store, dead.batch, now=clock.now)) == 1
    send()
    assert store.deliveries()[0].status == "sent"
    assert web.headers[0]["webhook-id"] == web.headers[1]["webhook-id"] == dead.id


def test_a_channel_that_the_settings_lost_is_a_dead_letter(web: HttpLog, clock: Clock) -> None:
    store, _ = one_alert(web, clock)
    (outcome,) = send_due(store, {}, clock=clock)
    assert outcome.batch[0].status == "dead"
    assert "no such channel any more" in str(outcome.error)


def test_a_channel_of_somebodys_own_that_raises_what_it_likes_is_an_error_like_others(
    web: HttpLog, clock: Clock, tmp_path: Path
) -> None:
    store, _ = one_alert(web, clock)
    broken = {"hook": {"kind": "file", "path": 7}}  # no path at all
    (outcome,) = send_due(store, broken, clock=clock)
    assert outcome.batch[0].status == "waiting"
    assert "failed (TypeError)" in str(outcome.error)


def test_one_channel_that_fails_does_not_stop_another(web: HttpLog, clock: Clock, tmp_path: Path) -> None:
    desk = desk_on(open_store("memory:"), clock)
    both = {**channels(web), "file": {"path": str(tmp_path / "alerts.jsonl")}}
    settings = replace(settings_of(web, RULE), deliver=both)
    watch = watching(desk, settings)
    tell(desk, "a", "Nvidia cuts the price of its H20 chip")
    watch.look()
    web.status = 500
    outcomes = send_due(desk.store, both, clock=clock)
    assert {o.batch[0].channel: o.batch[0].status for o in outcomes} == {"hook": "waiting", "file": "sent"}
    (line,) = (tmp_path / "alerts.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["alert"]["alerts"][0]["article_id"] == "a"


def test_two_processes_do_not_send_the_same_message_side_by_side(web: HttpLog, clock: Clock) -> None:
    store, send = one_alert(web, clock)
    taken = store.take(now=clock.now, until=clock.now + LEASE)
    assert len(taken) == 1
    assert send() == ()


def test_a_watch_sends_while_it_runs_and_says_so(web: HttpLog) -> None:
    desk = desk_on(open_store("memory:"), Clock())
    with Alerting(desk, settings_of(web, RULE)) as watch:
        tell(desk, "a", "Nvidia cuts the price of its H20 chip")
        watch.look()
        waited, outcomes = Event(), []
        for _ in range(300):
            outcomes += list(watch.outcomes())
            if outcomes:
                break
            waited.wait(0.05)
    assert [o.batch[0].status for o in outcomes] == ["sent"]


# ---------------------------------------------------------------- kill -9


SEND = """
import sys
from datetime import datetime, timedelta, UTC
from labtape.desk import send_due
from labtape.store import open_store
url, hook, place, later = sys.argv[1:]
channels = {"hook": {"kind": "webhook", "url": hook, "allow_private": [place], "timeout": 30.0}}
at = datetime.fromisoformat("2026-06-03T12:00:00+00:00") + timedelta(seconds=float(later))
print(len(send_due(open_store(url), channels, clock=lambda: at)))
"""


@pytest.mark.slow
def test_a_process_killed_while_it_sends_loses_nothing_and_the_receiver_can_tell(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tape.db'}"
    with http_server() as web:
        with closing(open_store(url)) as store:
            desk = desk_on(store, Clock())
            watch = watching(desk, settings_of(web, RULE))
            tell(desk, "a", "Nvidia cuts the price of its H20 chip")
            watch.look()

        def command(later: float) -> list[str]:
            return [sys.executable, "-c", SEND, url, web.url, web.place, str(later)]

        web.status = 0  # takes it, and is silent
        process = subprocess.Popen(command(0))
        arrived = threading.Event()
        while not web.bodies and process.poll() is None:
            arrived.wait(0.02)
        process.kill()
        process.wait()
        web.status = 204
        after = [(0, "0"), (LEASE.total_seconds(), "1"), (2 * LEASE.total_seconds(), "0")]
        for later, n in after:
            done = subprocess.run(command(later), capture_output=True, text=True, check=True)
            assert done.stdout.strip() == n
    assert len(web.bodies) == 2
    assert web.bodies[0] == web.bodies[1]
    assert web.headers[0]["webhook-id"] == web.headers[1]["webhook-id"]
