"""Records of a few words about tickers, and prices made of returns, for the tests of the study."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd

from labtape.study.sessions import sessions
from labtape.types import EntityVerdict, Event, Exposure, Placement, Record
from report.samples import records as sample_records

SAMPLE = sample_records()[0]
LABELS = ("Bullish", "Neutral", "Bearish")
DAYS = tuple(day for day in sessions("XNAS").days if "2023-01-01" <= day <= "2025-12-31")


def about(
    ticker: str,
    at: datetime,
    label: str = "Bullish",
    *,
    id_: str = "a1",
    story: str = "",
    published: datetime | None = None,
    scored: datetime | None = None,
    entities: tuple[EntityVerdict, ...] = (),
    events: tuple[Event, ...] = (),
    confidence: float = 0.7,
) -> Record:
    """A record whose verdict is about a ticker, available at a time."""
    p = {name: confidence if name == label else (1 - confidence) / 2 for name in LABELS}
    state = "no_transmission" if label == "Neutral" else "directional"
    verdict = replace(
        SAMPLE.verdict, target=ticker if ticker.startswith(("market:", "lab:", "none")) else f"ticker:{ticker}", label=label, p=p, state=state, confidence=confidence
    )  # fmt: skip
    return replace(
        SAMPLE,
        id=id_,
        published_at=published or at,
        first_seen_at=at,
        scored_at=scored or at,
        available_at=at,
        relevance=replace(SAMPLE.relevance, relevant=True),
        verdict=verdict,
        entity_verdicts=entities,
        events=events,
        story=Placement(story or f"story of {id_}"),
    )


def entity(name: str, label: str, *exposure: tuple[str, str, int]) -> EntityVerdict:
    p = {one: 0.8 if one == label else 0.1 for one in LABELS}
    return EntityVerdict(name, label, p, 0.7, 0.9, tuple(Exposure(*one) for one in exposure))


def closes(days=DAYS, **returns) -> pd.DataFrame:
    """Closes from 100 on by the returns of each ticker; `NASDAQ_A` is NASDAQ:A. The first return is not used."""
    made = {}
    for name, steps in returns.items():
        steps = np.asarray(steps, dtype=float).copy()
        steps[0] = 0
        made[name.replace("_", ":")] = 100 * np.cumprod(1 + steps)
    return pd.DataFrame(made, index=pd.DatetimeIndex(list(days), name="date"))


def noise(seed: int, n: int = len(DAYS), size: float = 0.01) -> np.ndarray:
    return size * np.random.default_rng(seed).standard_normal(n)
