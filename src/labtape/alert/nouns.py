"""What a watch is made of: rules, and the alert that a rule makes of a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo

from labtape.types import State

ALERT_SCHEMA = "labtape.alert/1"


@dataclass(frozen=True, slots=True)
class Rule:
    """What is worth an alert: every condition that is given must hold; of a list one is enough. `channels` none means all."""

    name: str = ""
    labs: tuple[str, ...] = ()
    tickers: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    min_confidence: float = field(default=0.0, metadata={"least": 0, "most": 1})
    min_importance: float = field(default=0.0, metadata={"least": 0, "most": 1})
    new_stories_only: bool = False
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quiet:
    """From when to when nothing is sent, by the clock of a place; past midnight where `end` is not after `start`."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole watch, ready to decide by. `targets` are what each rule's alerts go to, `digest_targets` what digests go to."""

    rules: tuple[Rule, ...]
    targets: Mapping[str, tuple[str, ...]]
    zone: tzinfo
    quiet: Quiet | None = None
    cooldown: timedelta = timedelta(hours=2)
    digest_at: tuple[time, ...] = ()
    digest_targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryNow:
    """As much of a story as an alert is decided by. `label` is that of its own verdict, from one vote per origin."""

    id: str
    headline: str
    label: str
    importance: float
    n_articles: int
    n_origins: int
    phase: str


@dataclass(frozen=True, slots=True)
class Alert:
    """What a rule says of an article and its story; `article_id` and `story.id` lead to all that is known of them."""

    rule: str
    at: datetime
    article_id: str
    revision: int
    title: str
    url: str | None
    publisher: str | None
    published_at: datetime | None
    target: str
    label: str
    confidence: float
    state: State
    takeaway: str
    labs: tuple[str, ...]
    events: tuple[str, ...]
    story: StoryNow
    is_new: bool
    schema: str = field(default=ALERT_SCHEMA)
