"""Returns and abnormal returns of one ticker, for every session at once.

    position   -5 … -1   0        1        2  …
               closes    entry    the first, second, … close after the entry

Position 0 is the price of the entry: a session's close or, with `entry="open"`, its open; position h is the h-th close after it, -h the h-th
before it. A window (a, b) is what happened from the price at a to the price at b. Sessions are those of the ticker's exchange: one without
a close does not shift the others; the next return bridges it, the market's over the same days.

The market model (MacKinlay 1997): r = α + β·m + e by ordinary least squares over 120 sessions that end 11 sessions before the entry; the
abnormal return of a session is r - α - β·m, and those of a window are summed. Where fewer than 60 returns are there before the entry,
α is 0 and β is 1: the return less the market's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labtape.exceptions import SettingsError
from labtape.study.markets import Block, Market, last_before, market_of, named_benchmarks, on_sessions
from labtape.study.prices import Prices
from labtape.study.sessions import Entry, calendar_of, sessions

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]  # Any: numpy's own parameters

# MacKinlay (1997), section 4: 120 days before the event; 11 sessions keep what was known early out of them.
ESTIMATION, GAP, FEWEST = 120, 11, 60
MODEL, ADJUSTED, RAW = "market model", "market-adjusted", "none"


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """The prices of one ticker by the sessions of its exchange, and what its market did over the same times.

    `steps` and `market_steps` end at each session's close; `night` steps end at its open and `day` steps begin there. All are simple
    returns, NaN where there is none. `alpha` and `beta` are for an entry in that session, estimated before it.
    """

    ticker: str
    days: tuple[str, ...]
    place: Mapping[str, int]
    entry: Entry
    close: Array
    start: Array  # the price at position 0
    steps: Array
    market_steps: Array
    night: tuple[Array, Array]  # the ticker's and the market's
    day: tuple[Array, Array]
    market: str | None
    alpha: Array
    beta: Array
    n_estimation: Array

    def method(self, at: int) -> str:
        """How the abnormal return of an entry in that session is made."""
        if self.market is None:
            return RAW
        return MODEL if self.n_estimation[at] >= FEWEST else ADJUSTED

    def returns(self, a: int, b: int) -> Array:
        """The return from position a to b (a ≤ 0 ≤ b) for an entry in each session, a fraction; NaN where a price is missing."""
        made: Array = self._price(b) / self._price(a) - 1
        return made

    def abnormal(self, a: int, b: int) -> Array:
        """The cumulative abnormal return from position a to b (a ≤ 0 ≤ b) for an entry in each session; NaN where there is none."""
        import numpy as np

        made: Array = -self.alpha * (b - a)
        for ours, market in self._pieces(a, b):
            made = made + ours - self.beta * market
        without = ~np.isnan(self.steps) & np.isnan(self.market_steps)
        made[np.isnan(self.returns(a, b)) | (_summed(without.astype("float64"), a, b) > 0)] = np.nan
        return made

    def _price(self, position: int) -> Array:
        if position == 0:
            return self.start
        return _shifted(self.close, position - (1 if position > 0 and self.entry == "open" else 0))

    def _pieces(self, a: int, b: int) -> list[tuple[Array, Array]]:
        """Sums of returns, the ticker's and the market's, that make the way from a to b."""
        if self.entry == "close":
            return [(_summed(self.steps, a, b), _summed(self.market_steps, a, b))]
        pieces = []
        if a < 0:
            pieces += [self.night, (_summed(self.steps, a, -1), _summed(self.market_steps, a, -1))]
        if b > 0:
            pieces += [self.day, (_summed(self.steps, 0, b - 1), _summed(self.market_steps, 0, b - 1))]
        return pieces


def tracks(prices: Prices, *, benchmarks: Mapping[str, str], entry: Entry = "close") -> dict[str, Track]:
    """The tracks of all tickers whose exchange has a calendar, by their names in lower case.

    `benchmarks` names a ticker of the prices as benchmark: for an exchange code, or "" for all others. Raises `SettingsError` for one that is
    not there, or for `entry="open"` without opens.
    """
    if entry == "open" and prices.opens is None:
        raise SettingsError(
            "--entry open: the prices have no opens; give a file with the columns date, ticker, open, close"
        )
    named = named_benchmarks(prices.closes, benchmarks)
    by_calendar: dict[str, list[str]] = {}
    for ticker in map(str, prices.closes.columns):
        exchange, _, code = ticker.partition(":")
        name = calendar_of(exchange) if code else None
        if name and ticker not in named.values():
            by_calendar.setdefault(name, []).append(ticker)
    made = {}
    for name, tickers in by_calendar.items():
        block = _block(prices, name, tickers)
        for n, ticker in enumerate(tickers):
            made[ticker.casefold()] = _track(block, n, market_of(block, n, prices, named, entry), entry)
    return made


def _block(prices: Prices, calendar: str, tickers: list[str]) -> Block:
    first, last = (str(prices.closes.index[n])[:10] for n in (0, -1))
    days = tuple(day for day in sessions(calendar).days if first <= day <= last)
    opens = on_sessions(prices.opens, tickers, days) if prices.opens is not None else None
    return Block(days, tuple(tickers), on_sessions(prices.closes, tickers, days), opens)


def _track(block: Block, n: int, market: Market | None, entry: Entry) -> Track:
    import numpy as np

    close = block.closes[:, n]
    nothing = np.full(len(close), np.nan)
    before = last_before(close[:, None])[:, 0]
    steps = close / before - 1
    opens = nothing if block.opens is None else block.opens[:, n]
    if market is None:
        level, night, day = nothing, nothing, nothing
    else:
        level, night, day = market.level, market.night, market.day
    beside = np.where(np.isnan(close), np.nan, level)  # so that it steps over the same sessions as the ticker
    market_steps = beside / last_before(beside[:, None])[:, 0] - 1
    alpha, beta, count = _estimated(steps, market_steps)
    yesterday = np.concatenate([[np.nan], close[:-1]])
    return Track(
        ticker=block.tickers[n],
        days=block.days,
        place={day: at for at, day in enumerate(block.days)},
        entry=entry,
        close=close,
        start=close if entry == "close" else opens,
        steps=steps,
        market_steps=market_steps,
        night=(opens / yesterday - 1, night),
        day=(close / opens - 1, day),
        market=market.told if market else None,
        alpha=alpha,
        beta=beta,
        n_estimation=count,
    )


def _estimated(steps: Array, market: Array) -> tuple[Array, Array, Array]:
    """α, β and the number of returns they rest on, for an entry in each session; 0 and 1 where there are too few."""
    import numpy as np

    is_there = ~np.isnan(steps) & ~np.isnan(market)
    y, x = np.where(is_there, steps, 0.0), np.where(is_there, market, 0.0)
    n, sx, sy, sxx, sxy = (_before(part) for part in (is_there.astype("float64"), x, y, x * x, x * y))
    count = np.maximum(n, 1.0)
    spread = sxx - sx * sx / count
    is_enough = (n >= FEWEST) & (spread > 1e-12)
    beta = np.where(is_enough, (sxy - sx * sy / count) / np.where(is_enough, spread, 1.0), 1.0)
    alpha = np.where(is_enough, (sy - beta * sx) / count, 0.0)
    return alpha, beta, np.where(is_enough, n, 0).astype("int64")


def _before(values: Array) -> Array:
    """For an entry at each place the sum over the sessions of its estimation window."""
    import numpy as np

    total = np.concatenate([[0.0], np.cumsum(values)])
    places = np.arange(len(values))
    end = np.clip(places - GAP + 1, 0, None)
    start = np.clip(places - GAP - ESTIMATION + 1, 0, None)
    made: Array = total[end] - total[start]
    return made


def _shifted(values: Array, by: int) -> Array:
    """The value `by` places further on; NaN beyond the ends."""
    import numpy as np

    made = np.full(len(values), np.nan)
    if abs(by) < len(values):
        made[max(-by, 0) : len(values) - max(by, 0)] = values[max(by, 0) : len(values) - max(-by, 0)]
    return made


def _summed(values: Array, a: int, b: int) -> Array:
    """The sum from the place after a to b, relative to each place; what is missing counts 0, and beyond the ends there is nothing."""
    import numpy as np

    total = np.cumsum(np.nan_to_num(values))
    made: Array = _shifted(total, b) - np.nan_to_num(_shifted(total, a))
    return made
