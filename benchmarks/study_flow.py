"""Invented news about invented tickers, and prices that it moves or does not: what benchmarks/study.py and its tests are made of.

Prices follow a market with betas from 0.6 to 1.6 and own noise of 1.2 to 2.4 % a day (Student's t with 4 degrees of freedom), over four
years of sessions of NASDAQ. Records come at all hours of all days, in stories of one to five articles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

import labtape
from labtape.study import Options, Prices, first_session, study
from labtape.study.sessions import sessions
from labtape.types import Event, Placement, Record

TICKERS = tuple(f"NASDAQ:T{n:02d}" for n in range(24))
MARKET = "INDEX:ALL"
FIRST, LAST = "2021-01-04", "2024-12-31"
LABELS = ("Bullish", "Neutral", "Bearish")
STATES = {"Bullish": "directional", "Neutral": "no_transmission", "Bearish": "directional"}
KINDS = ("pricing", "partnership", "regulation", "release")
Key = tuple[str, tuple[int, int]]
SPREAD = 5  # sessions over which an effect comes


def invented_records(n_stories: int, *, seed: int) -> tuple[Record, ...]:
    """Records of stories of one to five articles about one ticker each, over all hours of the years in which prices have a past."""
    random = np.random.default_rng(seed)
    return tuple(sorted(_told(plain_record(), n_stories, random), key=lambda record: record.available_at))


def plain_record() -> Record:
    """A record to be made over: everything but what a study looks at."""
    return labtape.label(
        "A text.", title="Nvidia shares fall 6%", bundle="rules", now=datetime(2024, 1, 1, tzinfo=UTC)
    )


def _told(plain: Record, n_stories: int, random: np.random.Generator) -> Iterator[Record]:
    start = datetime(2021, 9, 1, tzinfo=UTC)
    hours = int((datetime(2024, 9, 1, tzinfo=UTC) - start) / timedelta(hours=1))
    for story in range(n_stories):
        ticker = str(random.choice(TICKERS))
        label = str(random.choice(LABELS, p=(0.35, 0.4, 0.25)))
        kind = str(random.choice(KINDS))
        at = start + timedelta(hours=int(random.integers(hours)), minutes=int(random.integers(60)))
        for n in range(min(int(random.geometric(0.6)), 5)):
            when = at + timedelta(minutes=37 * n)
            yield made_up(
                plain,
                f"a{story}-{n}",
                ticker,
                label,
                when,
                story=f"s{story}",
                n=n,
                kind=kind,
                confidence=float(random.uniform(0.4, 0.99)),
            )


def made_up(
    plain: Record,
    id_: str,
    ticker: str,
    label: str,
    at: datetime,
    *,
    story: str = "",
    n: int = 0,
    kind: str = "pricing",
    confidence: float = 0.7,
) -> Record:
    """A record of our own about a ticker, available at a time; the rest is that of a plain one."""
    p = {name: confidence if name == label else (1 - confidence) / 2 for name in LABELS}
    verdict = replace(
        plain.verdict,
        target=f"ticker:{ticker}",
        label=label,
        p=p,
        score=p["Bullish"] - p["Bearish"],
        state=STATES[label],
        confidence=confidence,
    )
    return replace(
        plain,
        id=id_,
        published_at=at - timedelta(minutes=3),
        published_precision="second",
        first_seen_at=at - timedelta(minutes=1),
        scored_at=at,
        available_at=at,
        verdict=verdict,
        relevance=replace(plain.relevance, relevant=True),
        entity_verdicts=(),
        events=(Event(kind, 0.9, 0, 1, "made up"),),
        story=Placement(story or id_, 0.75**n, n + 1, 1),
    )


def invented_prices(records: tuple[Record, ...], *, effect: float, seed: int) -> Prices:
    """Closes and opens of all tickers and the market; with an effect, verdicts move theirs over five sessions after the entry."""
    random = np.random.default_rng([seed, 1])
    days = [day for day in sessions("XNAS").days if FIRST <= day <= LAST]
    place = {day: n for n, day in enumerate(days)}
    market = 0.0003 + 0.009 * _fat(random, len(days))
    steps = {}
    for ticker in TICKERS:
        beta, noise = random.uniform(0.6, 1.6), random.uniform(0.012, 0.024)
        steps[ticker] = beta * market + noise * _fat(random, len(days))
    signs = {"Bullish": 1, "Bearish": -1, "Neutral": 0}
    moved = set()
    for record in records:  # a story moves its ticker once, from its first article on
        day = first_session(record.available_at, "NASDAQ")
        if record.story.id in moved or day not in place:
            continue
        moved.add(record.story.id)
        ticker = record.verdict.target.removeprefix("ticker:")
        steps[ticker][place[day] + 1 : place[day] + 1 + SPREAD] += (
            effect / SPREAD * signs[record.verdict.label]
        )
    closes = pd.DataFrame(
        {t: 100 * np.cumprod(1 + s) for t, s in {**steps, MARKET: market}.items()},
        index=pd.DatetimeIndex(days, name="date"),
    )
    nights = 1 + 0.003 * random.standard_normal(closes.shape)
    return Prices(closes, closes.shift(1).bfill() * nights)


def _fat(random: np.random.Generator, n: int) -> np.ndarray:
    """Noise of variance 1 with the tails of daily returns."""
    return random.standard_t(4, n) / np.sqrt(2)


def false_finds(n_worlds: int, *, seed: int, n_stories: int = 400) -> dict[Key, list[tuple[bool, bool]]]:
    """For each row over all stories, in each market without an effect: whether p < 0.05, and whether its interval is without 0."""
    found: dict[Key, list[tuple[bool, bool]]] = defaultdict(list)
    for world in range(n_worlds):
        records = invented_records(n_stories, seed=seed + world)
        options = Options(
            windows=(1, 5, 20), by=("verdict",), benchmarks={"": MARKET}, draws=500, placebos=500, seed=world
        )
        made = study(records, invented_prices(records, effect=0.0, seed=seed + world), options=options)
        for row in made.rows:
            if row.stories == "all" and row.p is not None:
                found[row.group, row.window].append((row.p < 0.05, not row.low <= 0 <= row.high))
    return found
