from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import labtape

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # a Monday, New York is open


@pytest.fixture(scope="session")
def record():
    """A record about Nvidia, scored on the first day."""
    made = labtape.label("Nvidia shares fell 6%.", title="Nvidia shares fall 6%", bundle="rules", now=START)
    assert made.verdict.target == "ticker:NASDAQ:NVDA"
    return made


@pytest.fixture(scope="session")
def told(record):
    """Makes a record of its own: `n` its article, `day` and `hour` when it was scored, `p` its probabilities."""

    def make(n, day=0, hour=15, p=None, target="ticker:NASDAQ:NVDA", **changes):
        at = START.replace(hour=hour) + timedelta(days=day)
        p = p or {"Bullish": 0.2, "Neutral": 0.5, "Bearish": 0.3}
        label = max(p, key=p.get)
        horizons = {name: replace(h, label=label, p=p) for name, h in record.verdict.horizons.items()}
        verdict = replace(record.verdict, label=label, p=p, target=target, horizons=horizons)
        return replace(
            record,
            id=f"a{n:04}",
            title=f"Item {n}",
            verdict=verdict,
            scored_at=at,
            available_at=at,
            **changes,
        )

    return make
