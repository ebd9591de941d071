"""What the charts of a digest show: verdicts by time, and which labs the stories are about."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import ceil

from labtape.foreign import clean
from labtape.lexicon.entries import Lexicon
from labtape.report.digest_nouns import Attention, TimeCount
from labtape.report.story_items import Telling
from labtape.report.wording import polarity

# A bar stands for the first of these that makes no more bars than anybody reads.
_STEPS = (timedelta(hours=3), timedelta(days=1), timedelta(days=7), timedelta(days=28))
_BARS = 31
_LABS = 12
# A lab whose stories nearly cancel has no direction.
BALANCED = 0.1


def over_time(tellings: Sequence[Telling], since: datetime, until: datetime) -> tuple[TimeCount, ...]:
    """The stories by the time of their leading article: every three hours of up to two days, else by day, week, four weeks.

    Days are those of UTC. Times in which nothing was told have no bar but keep their place.
    """
    if not tellings:
        return ()
    step = _step(until - since)
    origin = datetime(since.year, since.month, since.day, tzinfo=UTC)
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for telling in tellings:
        counted[(telling.lead.order_at - origin) // step][telling.lead.verdict.label] += 1
    first, last = (since - origin) // step, max((until - origin - timedelta(microseconds=1)) // step, 0)
    return tuple(
        TimeCount(origin + n * step, origin + (n + 1) * step, dict(sorted(counted[n].items())))
        for n in range(first, max(last, *counted) + 1)
    )


def _step(length: timedelta) -> timedelta:
    if length <= timedelta(days=2):
        return _STEPS[0]
    return next(
        (s for s in _STEPS[1:] if length / s <= _BARS), _STEPS[-1] * ceil(length / _STEPS[-1] / _BARS)
    )


def attention(tellings: Sequence[Telling], lexicon: Lexicon) -> tuple[Attention, ...]:
    """The labs that most stories have as their subject, most first."""
    scores: dict[str, list[float]] = defaultdict(list)
    for telling in tellings:
        for lab, score in _subjects(telling, lexicon).items():
            scores[lab].append(score)
    ordered = sorted(scores, key=lambda lab: (-len(scores[lab]), lab))[:_LABS]
    return tuple(_attention(lab, scores[lab], lexicon) for lab in ordered)


def _subjects(telling: Telling, lexicon: Lexicon) -> dict[str, float]:
    """The labs a story is about, each with what the leading article says of it, else the first one that says anything."""
    told = (telling.lead, *telling.records)
    known = {
        lab.id
        for record in told
        for mention in record.mentions
        if mention.lab and mention.role == "subject" and (lab := lexicon.lab_of(mention.lab))
    }
    said: dict[str, float] = {}
    for verdict in (verdict for record in told for verdict in record.entity_verdicts):
        if lab := lexicon.lab_of(verdict.entity):
            said.setdefault(lab.id, sum(polarity(label, lexicon) * p for label, p in verdict.p.items()))
    return {lab: said.get(lab, 0.0) for lab in known}


def _attention(lab: str, scores: Sequence[float], lexicon: Lexicon) -> Attention:
    mean = round(sum(scores) / len(scores), 4)
    sign = 0 if abs(mean) < BALANCED else 1 if mean > 0 else -1
    known = lexicon.labs[lab]
    return Attention(f"lab:{lab}", clean(known.name), lexicon.tickers(lab), len(scores), mean, sign)
