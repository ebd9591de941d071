"""What is to be sent of a record, and what becomes of it after a try: decided on values, done by others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from labtape.alert.nouns import Alert, Plan, Rule, StoryNow
from labtape.alert.rules import fits, subjects
from labtape.alert.times import last_slot, quiet_until
from labtape.exceptions import DeliveryError
from labtape.foreign import clean, shortened
from labtape.plain import iso, to_plain
from labtape.ports import Delivery, Message
from labtape.types import Record

if TYPE_CHECKING:
    from labtape.lexicon import Lexicon

#: News that is older than this is no news: a feed that was just added shows a whole archive.
OLD: Final = timedelta(hours=48)
#: Seconds from the first try to the second; each wait after it is twice as long, up to the longest. Twelve tries take eight hours.
FIRST_WAIT: Final = 30.0
LONGEST_WAIT: Final = 2 * 3600.0
MOST_TRIES: Final = 12
_LONGEST_SUBJECT: Final = 150


def fitting(record: Record, plan: Plan, *, lexicon: Lexicon, now: datetime) -> tuple[Rule, ...]:
    """The rules that the record itself fits; none where it is old."""
    if now - record.order_at > OLD:
        return ()
    return tuple(rule for rule in plan.rules if fits(rule, record, lexicon=lexicon))


def alerts(
    record: Record,
    story: StoryNow,
    past: Sequence[Delivery],
    *,
    rules: Iterable[Rule],
    plan: Plan,
    now: datetime,
) -> tuple[Delivery, ...]:
    """What is to be sent of a record that fits these rules, one delivery for each target of each rule.

    `past` are the alerts of the story so far, in the order they were made. A rule says nothing of a story within its cooldown,
    unless the label of the story has changed since it last spoke. In quiet hours all is due when they end, as one message for
    each target.
    """
    held_until = quiet_until(now, plan.quiet, plan.zone)
    return tuple(
        delivery
        for rule in rules
        if story.importance >= rule.min_importance and _is_ready(rule, story, past, plan=plan, now=now)
        for delivery in _deliveries(
            alert_of(record, story, rule, now=now), record.scored_at, plan, held_until
        )
    )


def _is_ready(rule: Rule, story: StoryNow, past: Sequence[Delivery], *, plan: Plan, now: datetime) -> bool:
    said = [delivery for delivery in past if delivery.rule == rule.name]
    if not said:
        return True
    last = said[-1]
    return last.label != story.label or now - last.made_at >= plan.cooldown


def alert_of(record: Record, story: StoryNow, rule: Rule, *, now: datetime) -> Alert:
    verdict = record.verdict
    return Alert(
        rule=rule.name,
        at=now,
        article_id=record.id,
        revision=record.revision,
        title=clean(record.title),
        url=record.url,
        publisher=clean(record.publisher) if record.publisher else None,
        published_at=record.published_at,
        target=verdict.target,
        label=verdict.label,
        confidence=verdict.confidence,
        state=verdict.state,
        takeaway=clean(verdict.takeaway.text),
        labs=tuple(sorted(entity for entity in subjects(record) if entity.startswith("lab:"))),
        events=tuple(dict.fromkeys(event.type for event in record.events)),
        story=story,
        is_new=record.story.n_articles <= 1,
    )


def article_of(delivery: Delivery) -> str:
    """The id of the article that an alert tells of; empty where its body does not say.

    >>> at = datetime(2026, 6, 3)
    >>> article_of(Delivery("1", "1", "log", "alert", "s", '{"article_id": "a7"}', at, at))
    'a7'
    """
    try:
        body = json.loads(delivery.body)
    except ValueError:
        return ""
    return str(body.get("article_id", "")) if isinstance(body, dict) else ""


def _deliveries(
    alert: Alert, scored_at: datetime, plan: Plan, held_until: datetime | None
) -> Iterator[Delivery]:
    subject = shortened(f"{alert.rule}: {alert.label}: {alert.title}", _LONGEST_SUBJECT)
    body = json.dumps(to_plain(alert))
    for target in plan.targets[alert.rule]:
        id_ = message_id("alert", target, alert.rule, alert.story.id, alert.article_id, iso(scored_at))
        batch = id_ if held_until is None else message_id("held", target, iso(held_until))
        yield Delivery(
            id=id_,
            batch=batch,
            channel=target,
            kind="alert",
            subject=subject,
            body=body,
            made_at=alert.at,
            due_at=held_until or alert.at,
            rule=alert.rule,
            story_id=alert.story.id,
            label=alert.story.label,
        )


def held_back(delivery: Delivery, plan: Plan, *, now: datetime) -> Delivery | None:
    """The delivery as one that waits for the end of the quiet hours, where it is an alert and it is quiet now; None where it may be sent.

    So does what was due before they began and comes late: a second try, or a watch that was not running.
    """
    until = quiet_until(now, plan.quiet, plan.zone) if delivery.kind == "alert" else None
    return None if until is None else replace(delivery, due_at=until)


def message_id(*parts: str) -> str:
    """An id that is the same for the same parts.

    >>> message_id("a", "b") == message_id("a", "b") != message_id("ab", "")
    True
    """
    return "msg_" + hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


# ---------------------------------------------------------------- digests


def due_digest(plan: Plan, *, mark: int, now: datetime) -> datetime | None:
    """The time whose digest is to be sent now: the latest of the plan since the last one, whose Unix time `mark` is."""
    slot = last_slot(now, plan.digest_at, plan.zone)
    return slot if slot is not None and slot.timestamp() > mark else None


def digest_deliveries(
    message: Message, *, slot: datetime, targets: Iterable[str], now: datetime
) -> tuple[Delivery, ...]:
    """A digest for each target; quiet hours do not hold what was asked for at that time."""
    body = json.dumps(to_plain(message))
    ids = {target: message_id("digest", target, iso(slot)) for target in targets}
    return tuple(
        Delivery(
            id=id_,
            batch=id_,
            channel=target,
            kind="digest",
            subject=message.subject,
            body=body,
            made_at=now,
            due_at=now,
        )
        for target, id_ in ids.items()
    )


# ---------------------------------------------------------------- after a try


def after_try(
    batch: Sequence[Delivery], error: DeliveryError | None, *, now: datetime
) -> tuple[Delivery, ...]:
    """The deliveries of a message after a try: sent, to be tried again, or dead.

    Dead is what the receiver would refuse again, and what failed for the twelfth time. The wait doubles with each try, with a
    quarter more or less that is drawn from the message's id; what the receiver asked for (Retry-After) is waited for at least.
    """
    return tuple(_after(delivery, error, now=now) for delivery in batch)


def _after(delivery: Delivery, error: DeliveryError | None, *, now: datetime) -> Delivery:
    tried = replace(delivery, n_tries=delivery.n_tries + 1, tried_at=now, due_at=now)
    if error is None:
        body = (
            tried.body if tried.kind == "alert" else ""
        )  # a digest is large, and at hand in the store anyway
        return replace(tried, status="sent", error=None, body=body)
    failed = replace(tried, error=str(error))
    if error.lasting or failed.n_tries >= MOST_TRIES:
        return replace(failed, status="dead")
    wait = max(_wait(failed), error.retry_after or 0.0)
    return replace(failed, due_at=now + timedelta(seconds=wait))


def _wait(delivery: Delivery) -> float:
    """Seconds until the next try."""
    drawn = hashlib.sha256(f"{delivery.batch} {delivery.n_tries}".encode()).digest()
    jitter = 0.75 + int.from_bytes(drawn[:4], "big") / 2**33
    return min(FIRST_WAIT * 2.0 ** (delivery.n_tries - 1), LONGEST_WAIT) * jitter


def again(delivery: Delivery, *, now: datetime) -> Delivery:
    """A dead delivery as one that waits for its first try, under the id it had."""
    return replace(delivery, status="waiting", due_at=now, n_tries=0)
