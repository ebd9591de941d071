"""Records that make share claims, in a line each; texts and outlets are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from labtape.ledger import ShareRow, share_rows
from labtape.types import Article, Period, Placement, Record, Share, Span, Story
from report.samples import lexicon, records

START = datetime(2026, 6, 1, 9, tzinfo=UTC)
KEY = "0123456789ab"
_RECORD = records()[0]


def share(value: float = 61.0, **given: object) -> Share:
    """A measured, current share of Chinese models on OpenRouter, with an interval of its own figure alone."""
    plain: dict[str, object] = {
        "start": 0, "end": 3, "text": f"{value:g}%", "value": value, "low": value, "high": value, "bound": "exact",
        "role": "current", "statistic": "snapshot", "subject": "Chinese models", "subject_entities": ("country:CN",),
        "subject_labs": (), "metric": "tokens", "population": "top 10 models", "platform": None, "scope": None,
        "period": None, "attributed_to": None, "modality": "measured", "sentence": Span(0, 10), "rule": "hold",
        "comparability_key": KEY, "checks": (),
    }  # fmt: skip
    return Share(**(plain | given))


def told(id_: str, publisher: str | None, *shares: Share, day: float = 0, **given: object) -> Record:
    """A record of an article that was published, and seen, so many days after the start."""
    at = START + timedelta(days=day)
    plain: dict[str, object] = {
        "id": id_, "publisher": publisher, "url": None, "published_at": at, "first_seen_at": at, "scored_at": at,
        "available_at": at, "shares": shares, "story": Placement(f"story {id_}"), "title": f"Title {id_}",
    }  # fmt: skip
    return replace(_RECORD, **(plain | given))


def week(text: str, start: str, end: str) -> Period:
    return Period(text, start, end)


MAY = Period("May", "2026-05-01", "2026-05-31")
JUNE = Period("June", "2026-06-01", "2026-06-30")


def rows(
    *records: Record, stories: tuple[Story, ...] = (), articles: dict[str, Article] | None = None
) -> tuple[ShareRow, ...]:
    """The ledger of some records, with the lexicon of the samples."""
    found = articles or {}
    return share_rows(
        records,
        lexicon=lexicon(),
        stories=stories,
        articles=lambda asked: {r.id: found[r.id] for r in asked if r.id in found},
    )


def by_value(*records: Record, stories: tuple[Story, ...] = ()) -> dict[float, ShareRow]:
    """The rows by their figure, which must tell them apart."""
    found = rows(*records, stories=stories)
    assert len({row.value for row in found}) == len(found)
    return {row.value: row for row in found}
