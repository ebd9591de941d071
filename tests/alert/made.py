"""Rules, stories and plans in a few words; records are those of the report's samples."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from labtape.alert import Plan, Rule, StoryNow
from labtape.types import Record
from report.samples import records

HOUR = timedelta(hours=1)
SAMPLE: Record = records()[0]
NOW = SAMPLE.order_at + HOUR
STORY = StoryNow("s1", "Qwen gains", "Neutral", 0.5, 3, 2, "breaking")


def record(**verdict: object) -> Record:
    return replace(SAMPLE, verdict=replace(SAMPLE.verdict, **verdict))


def plan(*rules: Rule, **given: object) -> Plan:
    targets = {rule.name: rule.channels or ("hook",) for rule in rules}
    return Plan(rules, targets, **({"zone": UTC} | given))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
