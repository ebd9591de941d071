"""Returns after verdicts, by label, with honest intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labtape.exceptions import ReadError
from labtape.types import Record

if TYPE_CHECKING:
    import pandas as pd

SESSIONS = (1, 5, 20)  # a day, a week and a month of trading
ENOUGH = 30  # below this a mean of daily returns says nothing; a convention, stated in the table
DRAWS = 2000  # percentile intervals want 1,000 or more (Efron and Tibshirani 1993, chapter 13)

# The calendar of each exchange code of the lexicon; crypto trades every day.
CALENDARS = {
    "NASDAQ": "XNAS", "NYSE": "XNYS", "HKEX": "XHKG", "SSE": "XSHG", "SZSE": "XSHG", "KRX": "XKRX", "TWSE": "XTAI",
    "TSE": "XTKS", "LSE": "XLON", "EURONEXT": "XAMS", "XETRA": "XETR", "CRYPTO": "24/7",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """The return over `sessions` sessions of `ticker` after a record with `label`, as a fraction."""

    article_id: str
    ticker: str
    label: str
    entry: str
    sessions: int
    value: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The returns of one label over one horizon: how many, their mean, and its 95 % bootstrap interval."""

    label: str
    sessions: int
    n: int
    mean: float
    low: float
    high: float

    @property
    def is_enough(self) -> bool:
        return self.n >= ENOUGH


def read_prices(path: Path) -> pd.DataFrame:
    """Read a CSV with the columns date, ticker and close as a frame of closes: one row a day, one column a ticker."""
    import pandas as pd

    if not path.is_file():
        raise ReadError(f"{path}: no such file; give a CSV with the columns date, ticker, close")
    try:
        rows = pd.read_csv(path, dtype={"ticker": str})
    except ValueError as e:  # pandas raises its own kinds of it: empty, no table, not UTF-8
        raise ReadError(f"{path}: no CSV in UTF-8; give one with the columns date, ticker, close") from e
    missing = {"date", "ticker", "close"} - set(rows.columns)
    if missing:
        have = ", ".join(map(str, rows.columns))
        raise ReadError(
            f"{path}: no column {', '.join(sorted(missing))}; have: {have}; need date, ticker, close"
        )
    try:
        rows["date"] = pd.to_datetime(rows["date"], format="%Y-%m-%d")
        rows["close"] = pd.to_numeric(rows["close"])
        if (rows["close"] <= 0).any():
            raise ValueError("a close of 0 or less")
        return rows.pivot(index="date", columns="ticker", values="close").sort_index()
    except ValueError as e:
        raise ReadError(
            f"{path}: {e}; dates are 2026-06-01, closes numbers above 0, each ticker once a day"
        ) from e


def first_session(at: datetime, exchange: str) -> str | None:
    """The date of the first session that closes after `at`; None for an exchange without a calendar.

    >>> from datetime import UTC
    >>> first_session(datetime(2026, 6, 5, 21, 0, tzinfo=UTC), "NASDAQ")  # a Friday, after the close
    '2026-06-08'
    """
    if exchange.upper() not in CALENDARS:
        return None
    calendar = _calendar(CALENDARS[exchange.upper()])
    minute = at.replace(second=0, microsecond=0)
    return str(calendar.next_close(minute).tz_convert(calendar.tz).date())


@cache
def _calendar(name: str) -> Any:  # Any: exchange_calendars ships no types
    import exchange_calendars

    return exchange_calendars.get_calendar(name, start="2022-01-01")


def outcomes(
    records: Iterable[Record], prices: pd.DataFrame, *, sessions: Sequence[int] = SESSIONS
) -> tuple[Outcome, ...]:
    """The returns that followed every relevant record whose target is a ticker with prices."""
    known = {str(ticker): _closes(prices[ticker]) for ticker in prices.columns}
    found = []
    for record in records:
        ticker = record.verdict.target.removeprefix("ticker:")
        if not record.relevance.relevant or ticker not in known:
            continue
        days, closes = known[ticker]
        entry = first_session(record.available_at, ticker.split(":")[0])
        if entry is None or entry not in days:
            continue
        at = days[entry]
        found += [
            Outcome(record.id, ticker, record.verdict.label, entry, h, closes[at + h] / closes[at] - 1)
            for h in sessions
            if at + h < len(closes)
        ]
    return tuple(found)


def _closes(column: pd.Series[float]) -> tuple[dict[str, int], tuple[float, ...]]:
    """The days with a close, each with its place in the closes."""
    there = column.dropna()
    return {str(day.date()): n for n, day in enumerate(there.index)}, tuple(map(float, there))


def summary(found: Sequence[Outcome], *, seed: int = 0) -> tuple[Reading, ...]:
    """Mean return and its bootstrap interval (2,000 draws, percentile method) by label and horizon."""
    import numpy as np

    random = np.random.default_rng(seed)
    groups = sorted({(o.label, o.sessions) for o in found})
    readings = []
    for label, sessions in groups:
        values = np.array([o.value for o in found if (o.label, o.sessions) == (label, sessions)])
        means = [random.choice(values, len(values)).mean() for _ in range(DRAWS)]
        low, high = np.quantile(means, [0.025, 0.975])
        readings.append(Reading(label, sessions, len(values), float(values.mean()), float(low), float(high)))
    return tuple(readings)
