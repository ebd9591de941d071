"""What followed a call: the return over its horizon, and the class that makes it.

    Bullish   return > +0.5 σ √h          σ: daily volatility of the ticker before the call, h: sessions
    Neutral   between
    Bearish   return < -0.5 σ √h

Half a standard deviation of the horizon splits a return without drift into 31, 38 and 31 %: no class wins by being common, a
calm share and a token are asked for the same, and so are 5 sessions and 60.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from labtape.calls.nouns import Call, Class, Prediction, Seal, Sealed
from labtape.study.markets import benchmark_of, named_benchmarks
from labtape.study.sessions import first_session

if TYPE_CHECKING:
    import pandas as pd

#: Sessions that the two horizons of a record are scored over: the end of "1 to 5", the middle of "20 to 120".
HORIZONS: Final[Mapping[str, int]] = {"short": 5, "long": 60}
BAND: Final = 0.5
#: Sessions that the volatility is taken from, and the fewest that will do: a quarter, a month.
TRAILING: Final = 60
FEWEST: Final = 20
Entry = Literal["available", "seal"]


@dataclass(frozen=True, slots=True)
class Scored:
    """A call over one horizon with what followed. `value` and `band` are fractions: 0.05 is 5 %.

    `entry` is the session at whose close the return begins; `before` says that the seal was made before that close.
    """

    call: Call
    seal: Seal
    horizon: str
    prediction: Prediction
    entry: str
    before: bool
    value: float
    band: float
    outcome: Class

    @property
    def p_label(self) -> float:
        return self.prediction.p[self.prediction.label]

    @property
    def is_hit(self) -> bool:
        return self.prediction.label == self.outcome

    @property
    def is_opposite(self) -> bool:
        return {self.prediction.label, self.outcome} == {"Bullish", "Bearish"}


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The scored calls in the order of the seals, and how many could not be scored, by reason."""

    scored: tuple[Scored, ...]
    unscored: Mapping[str, int]


def outcomes(
    sealed: Iterable[Sealed],
    prices: pd.DataFrame,
    *,
    benchmarks: Mapping[str, str] | None = None,
    band: float = BAND,
    entry: Entry = "available",
) -> Outcomes:
    """What followed each sealed call over each horizon that has passed.

    `prices` is `labtape.study.read_prices`. Returns are close to close from the first session that closes after the call
    was available, or after its seal with `entry="seal"`: then every call is known to be older than what is counted. `benchmarks`
    are tickers of `prices` whose return over the same sessions is taken off: "" for all exchanges, or one for an exchange by its code;
    without any a column called `benchmark`, else nothing. Raises `SettingsError` for a benchmark without prices.
    """
    named = named_benchmarks(prices, benchmarks or {})
    lines = {
        ticker: _line(prices, ticker, benchmark_of(ticker, named)) for ticker in map(str, prices.columns)
    }
    scored: list[Scored] = []
    unscored: Counter[str] = Counter()
    for one in sealed:
        at = max(one.call.available_at, one.seal.sealed_at) if entry == "seal" else one.call.available_at
        exchange = one.call.ticker.partition(":")[0]
        session, line = first_session(at, exchange), lines.get(one.call.ticker)
        for name, sessions in HORIZONS.items():
            found = (
                "no calendar of the exchange" if session is None else _found(line, session, sessions, band)
            )
            if isinstance(found, str) or session is None:
                unscored[str(found)] += 1
                continue
            value, wide = found
            before = (first_session(one.seal.sealed_at, exchange) or "9") <= session
            prediction = one.call.short if name == "short" else one.call.long
            scored.append(
                Scored(
                    one.call, one.seal, name, prediction, session, before, value, wide, class_of(value, wide)
                )
            )
    return Outcomes(tuple(scored), dict(sorted(unscored.items())))


def class_of(value: float, band: float) -> Class:
    """The class of a return.

    >>> class_of(0.04, 0.03), class_of(-0.03, 0.03), class_of(-0.04, 0.03)
    ('Bullish', 'Neutral', 'Bearish')
    """
    return "Bullish" if value > band else "Bearish" if value < -band else "Neutral"


@dataclass(frozen=True, slots=True)
class _Line:
    """The closes of a ticker, of the benchmark on the same days (1 without one), and the place of each day."""

    places: Mapping[str, int]
    closes: Sequence[float]
    market: Sequence[float]


def _line(prices: pd.DataFrame, ticker: str, benchmark: str | None) -> _Line:
    columns = [ticker] if benchmark in (None, ticker) else [ticker, benchmark]
    there = prices[columns].dropna()
    closes = [float(close) for close in there[ticker]]
    market = [float(close) for close in there[benchmark]] if benchmark else [1.0] * len(closes)
    return _Line({str(day)[:10]: n for n, day in enumerate(there.index)}, closes, market)


def _found(line: _Line | None, session: str, sessions: int, band: float) -> tuple[float, float] | str:
    """The return from a session over so many, and the width of Neutral; or why there is none."""
    if line is None:
        return "no prices of the ticker"
    at = line.places.get(session)
    if at is None:
        last = max(line.places, default="")
        return "no close in the first session" if session <= last else "the horizon has not passed"
    if at + sessions >= len(line.closes):
        return "the horizon has not passed"
    moves = [
        _move(line, n - 1, n) for n in range(max(1, at - TRAILING), at)
    ]  # none of the first session itself
    if len(moves) < FEWEST:
        return "too few closes before for a volatility"
    mean = math.fsum(moves) / len(moves)
    sigma = math.sqrt(math.fsum((m - mean) ** 2 for m in moves) / (len(moves) - 1))
    return _move(line, at, at + sessions), band * sigma * math.sqrt(sessions)


def _move(line: _Line, start: int, end: int) -> float:
    """The return between two places, without that of the benchmark."""
    return line.closes[end] / line.closes[start] - line.market[end] / line.market[start]
