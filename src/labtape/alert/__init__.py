"""What of the news is worth an alert, when it is sent, and what becomes of it: decided on values.

    record ── fits a rule? ──▸ story ── important enough, and not told within the cooldown? ──▸ Delivery (the outbox)
    Delivery ── due: at once, or when the quiet hours end ──▸ Message ──▸ a channel ──▸ sent, waiting again, or dead

    nouns    Rule, Plan, Alert          rules    does a record fit; are the names in a rule names of anything
    times    quiet hours, digest times  decide   what is to be sent, and what after a try       compose   the words of it

The outbox is kept by the store, and `labtape.desk.alerting` acts: it reads records in the order they were kept, posts what is
decided here with how far it has read in one transaction, and sends what is due.

Design notes. *At least once, under one id.* A process may die between the receiver's yes and the note of it; then the message is
sent again, and only its receiver can tell: by the id, which is made from what is sent (rule, story, record, target),
so that deciding twice makes one delivery. *What is held* is an ordinary delivery that is due later; those of one quiet time and
target share a batch and go as one message, which nothing can join after its time has come. *The cooldown's memory is the outbox*,
so that a restart does not forget it. The label that ends a cooldown early is that of the story, not of the article: two
articles of one story that disagree would otherwise take turns. Tried and left: a mark by time (records of one scoring share it).
"""

from __future__ import annotations

from labtape.alert.compose import alerts_message, message_of
from labtape.alert.decide import (
    after_try,
    again,
    alerts,
    article_of,
    digest_deliveries,
    due_digest,
    fitting,
    held_back,
    message_id,
)
from labtape.alert.nouns import Alert, Plan, Quiet, Rule, StoryNow
from labtape.alert.rules import check_channels, fits, resolved
from labtape.alert.times import last_slot, quiet_hours, quiet_until, wall_time

__all__ = [
    "Alert",
    "Plan",
    "Quiet",
    "Rule",
    "StoryNow",
    "after_try",
    "again",
    "alerts",
    "alerts_message",
    "article_of",
    "check_channels",
    "digest_deliveries",
    "due_digest",
    "fits",
    "fitting",
    "held_back",
    "last_slot",
    "message_id",
    "message_of",
    "quiet_hours",
    "quiet_until",
    "resolved",
    "wall_time",
]
