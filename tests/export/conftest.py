from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

import labtape


@pytest.fixture(scope="session")
def template():
    """A record about Nvidia, as the rules make it."""
    now = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    return labtape.label("Nvidia shares fell 6%.", title="Nvidia shares fall 6%", bundle="rules", now=now)


@pytest.fixture(scope="session")
def told(template):
    """Makes a record: an id, when it was available, the score of its target, p(relevant), novelty."""

    def make(id_, at, score=0.5, relevance=1.0, novelty=1.0, target="ticker:NASDAQ:NVDA", **changes):
        verdict = replace(
            template.verdict, target=target, score=score, label="Bullish" if score > 0 else "Bearish"
        )
        return replace(
            template,
            id=id_,
            verdict=verdict,
            available_at=at,
            scored_at=at,
            relevance=replace(template.relevance, relevant=True, p=relevance),
            story=replace(template.story, novelty=novelty),
            **{"entity_verdicts": (), **changes},
        )

    return make
