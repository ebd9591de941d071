from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from labtape.alert import (
    Alert,
    Rule,
    after_try,
    again,
    alerts,
    digest_deliveries,
    due_digest,
    fitting,
    message_of,
    quiet_hours,
    wall_time,
)
from labtape.alert.decide import FIRST_WAIT, LONGEST_WAIT, MOST_TRIES
from labtape.exceptions import DeliveryError
from labtape.lexicon import lexicon as shipped
from labtape.plain import from_plain
from labtape.ports import Delivery, Message

from .made import HOUR, NOW, SAMPLE, STORY, at, plan

RULE = Rule("mine")
PLAN = plan(RULE)
QUIET = plan(RULE, quiet=quiet_hours("22:00-07:00"), zone=ZoneInfo("Europe/Berlin"))


def decided(past: tuple[Delivery, ...] = (), *, story=STORY, given=PLAN, now=NOW, record=SAMPLE):
    return alerts(record, story, past, rules=given.rules, plan=given, now=now)


def test_a_record_that_fits_is_to_be_sent_at_once_to_each_target() -> None:
    two = plan(Rule("mine", channels=("hook", "team/slack-1")))
    first, second = decided(given=two)
    assert (first.channel, second.channel) == ("hook", "team/slack-1")
    assert first.id == first.batch != second.id
    assert first.due_at == first.made_at == NOW
    assert (first.rule, first.story_id, first.label, first.status) == ("mine", "s1", "Neutral", "waiting")
    alert = from_plain(Alert, json.loads(first.body))
    assert (alert.title, alert.article_id, alert.story) == (SAMPLE.title, SAMPLE.id, STORY)


def test_deciding_again_makes_the_same_delivery_and_another_scoring_another() -> None:
    assert decided() == decided()
    later = replace(SAMPLE, scored_at=SAMPLE.scored_at + HOUR)
    assert decided(record=later)[0].id != decided()[0].id


def test_a_story_is_told_again_after_the_cooldown_only() -> None:
    first = decided()
    for minutes, n in ((0, 0), (119, 0), (120, 1)):
        assert len(decided(first, now=NOW + timedelta(minutes=minutes))) == n


def test_a_changed_label_of_the_story_ends_the_cooldown_once() -> None:
    first = decided()
    turned = replace(STORY, label="Bearish")
    second = decided(first, story=turned, now=NOW + timedelta(minutes=1))
    assert [d.label for d in second] == ["Bearish"]
    assert decided((*first, *second), story=turned, now=NOW + timedelta(minutes=2)) == ()


def test_the_cooldown_is_of_each_rule() -> None:
    other = plan(Rule("mine"), Rule("yours"))
    assert [d.rule for d in decided(decided(), given=other)] == ["yours"]


def test_what_is_sent_or_dead_has_been_told() -> None:
    for status in ("sent", "dead"):
        past = tuple(replace(d, status=status) for d in decided())
        assert decided(past) == ()


def test_a_story_that_is_not_important_enough_is_left_out() -> None:
    for least, n in ((0.5, 1), (0.51, 0)):
        assert len(decided(given=plan(Rule("mine", min_importance=least)))) == n


def test_in_quiet_hours_alerts_wait_for_their_end_as_one_message() -> None:
    evening = at("2026-06-03T23:00:00+02:00")
    one = decided(given=QUIET, now=evening)[0]
    two = decided(given=QUIET, now=evening + 9 * HOUR - timedelta(hours=2), story=replace(STORY, id="s2"))[0]
    assert one.due_at == two.due_at == at("2026-06-04T07:00:00+02:00")
    assert one.batch == two.batch not in (one.id, two.id)
    message = message_of([one, two])
    assert message.id == one.batch
    assert len(json.loads(message.json)["alerts"]) == 2
    assert message.subject == "2 alerts held in quiet hours: mine"
    tomorrow = decided(given=QUIET, now=evening + 24 * HOUR)[0]
    assert tomorrow.batch != one.batch


def test_old_news_is_no_alert() -> None:
    for hours, n in ((48, 1), (49, 0)):
        assert len(fitting(SAMPLE, PLAN, lexicon=shipped(), now=SAMPLE.order_at + hours * HOUR)) == n


# ---------------------------------------------------------------- digests


def test_a_digest_is_due_once_and_a_missed_one_when_there_is_time_again() -> None:
    daily = plan(digest_at=(wall_time("07:30"),), zone=ZoneInfo("Europe/Berlin"))
    slot = at("2026-06-03T07:30:00+02:00")
    before = int((slot - HOUR).timestamp())
    assert due_digest(daily, mark=before, now=slot - timedelta(seconds=1)) is None
    assert due_digest(daily, mark=before, now=slot + 5 * HOUR) == slot
    assert due_digest(daily, mark=int(slot.timestamp()), now=slot + 5 * HOUR) is None
    assert due_digest(daily, mark=before - 10**7, now=slot + 5 * HOUR) == slot
    assert due_digest(plan(), mark=0, now=slot) is None


def test_a_digest_comes_back_whole_with_an_id_of_its_time() -> None:
    digest = Message("AI tape", "# a", "<p>a", "{}")
    first, second = digest_deliveries(digest, slot=NOW, targets=("a", "b"), now=NOW)
    assert message_of([first]) == replace(digest, id=first.id)
    assert first.id != second.id
    assert digest_deliveries(digest, slot=NOW, targets=("a",), now=NOW + HOUR)[0].id == first.id


# ---------------------------------------------------------------- after a try


def test_what_was_taken_is_sent() -> None:
    (sent,) = after_try(decided(), None, now=NOW)
    assert (sent.status, sent.n_tries, sent.tried_at, sent.error) == ("sent", 1, NOW, None)


def test_waits_double_up_to_the_longest_and_end_after_twelve_tries() -> None:
    batch, waits = decided(), []
    while batch[0].status == "waiting":
        batch = after_try(batch, DeliveryError("no answer"), now=NOW)
        waits.append((batch[0].due_at - NOW).total_seconds())
    assert (len(waits), batch[0].status, batch[0].error) == (MOST_TRIES, "dead", "no answer")
    for n, wait in enumerate(waits[:-1]):
        base = min(FIRST_WAIT * 2**n, LONGEST_WAIT)
        assert 0.75 * base <= wait <= 1.25 * base
    assert len({wait / min(FIRST_WAIT * 2**n, LONGEST_WAIT) for n, wait in enumerate(waits[:-1])}) > 5


def test_a_batch_stays_together() -> None:
    held = [replace(d, batch="b", id=f"d{n}") for n in range(3) for d in decided()]
    assert len({d.due_at for d in after_try(held, DeliveryError("no"), now=NOW)}) == 1


def test_what_would_be_refused_again_is_dead_at_once() -> None:
    assert after_try(decided(), DeliveryError("404", lasting=True), now=NOW)[0].status == "dead"


def test_the_receiver_is_not_asked_before_it_wants_to_be() -> None:
    (waits,) = after_try(decided(), DeliveryError("429", retry_after=3600), now=NOW)
    assert waits.due_at == NOW + HOUR
    (soon,) = after_try(decided(), DeliveryError("429", retry_after=1), now=NOW)
    assert soon.due_at >= NOW + timedelta(seconds=0.75 * FIRST_WAIT)


def test_a_dead_one_sent_again_keeps_its_id() -> None:
    (dead,) = after_try(decided(), DeliveryError("404", lasting=True), now=NOW)
    back = again(dead, now=NOW + HOUR)
    assert (back.id, back.batch, back.status, back.n_tries, back.due_at) == (
        dead.id,
        dead.batch,
        "waiting",
        0,
        NOW + HOUR,
    )


@pytest.mark.parametrize("n", range(3))
def test_nobody_can_write_markup_into_an_alert(n: int) -> None:
    hostile = replace(
        SAMPLE,
        title=["<script>x</script>[a](javascript:x)", "a\r\nBcc: x\x1b[31m", "\ud83d *b* | `c`"][n],
        url=["javascript:alert(1)", 'https://a.example/"><script>', None][n],
        publisher="<img src=x>",
    )
    message = message_of(decided(record=hostile))
    assert "<script" not in message.html
    assert "<img" not in message.html
    assert "javascript:x)" not in message.markdown.replace("\\", "") or "\\[a\\]" in message.markdown
    assert "(javascript" not in message.markdown.replace("\\[a\\](javascript", "")
    assert "\n" not in message.subject
    assert "\x1b" not in message.subject + message.markdown + message.html
