"""The market that a ticker is held against: a series of the prices, or the mean of the other tickers.

A benchmark is a level at each session of the ticker's exchange; where it is closed on one, its last level is carried (five sessions
at most). Without one the market of a ticker is the equal-weighted mean return of the other tickers of the same calendar, where there are
five in all; itself it is not part of, which would hide a part of what it did. With fewer there is none: raw returns only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labtape.exceptions import SettingsError
from labtape.study.prices import Prices
from labtape.study.sessions import Entry, calendar_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Array = np.ndarray[Any, Any]  # Any: numpy's own parameters

#: Tickers of one calendar that make a market.
MEAN_OF = 5
_CARRIED = 5


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """A market's level at the close of each session, and its returns from close to open and from open to close."""

    told: str
    level: Array
    night: Array
    day: Array


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The tickers of one calendar by its sessions: a row a session, a column a ticker, NaN where there is no price."""

    days: tuple[str, ...]
    tickers: tuple[str, ...]
    closes: Array
    opens: Array | None


def named_benchmarks(closes: pd.DataFrame, benchmarks: Mapping[str, str]) -> dict[str, str]:
    """The columns that are benchmarks, by exchange code, "" for all others; one called `benchmark` where nothing is said.

    Raises `SettingsError` for a benchmark that is not in the prices, or an exchange without a calendar.
    """
    have = {str(name).casefold(): str(name) for name in closes.columns}
    chosen = {}
    for exchange, name in benchmarks.items():
        if name.casefold() not in have:
            some = ", ".join(list(have.values())[:8])
            raise SettingsError(f"benchmark {name}: no such ticker in the prices; have: {some}")
        if exchange and calendar_of(exchange) is None:
            raise SettingsError(
                f"benchmark {exchange}={name}: no exchange {exchange!r}; write HKEX=INDEX:HSI"
            )
        chosen[exchange.upper()] = have[name.casefold()]
    if not chosen and "benchmark" in have:
        chosen[""] = have["benchmark"]
    return chosen


def benchmark_of(ticker: str, named: Mapping[str, str]) -> str | None:
    """The column that a ticker is held against, among those of `named_benchmarks`; None where there is none for its exchange.

    >>> benchmark_of("HKEX:700", {"": "INDEX:SPX", "HKEX": "INDEX:HSI"})
    'INDEX:HSI'
    """
    return named.get(ticker.partition(":")[0].upper(), named.get(""))


def market_of(block: Block, n: int, prices: Prices, named: Mapping[str, str], entry: Entry) -> Market | None:
    """The market of the ticker in column `n`; None where there is none."""
    name = benchmark_of(block.tickers[n], named)
    if name:
        return _level_of(name, prices, block.days, entry)
    return _mean_of_others(block, n) if len(block.tickers) >= MEAN_OF else None


def on_sessions(frame: pd.DataFrame, names: Sequence[str], days: Sequence[str]) -> Array:
    """The prices of some tickers on some days, NaN where there is none; a row a day, a column a ticker."""
    import pandas as pd

    made: Array = frame.reindex(index=pd.DatetimeIndex(list(days)), columns=list(names)).to_numpy("float64")
    return made


def last_before(prices: Array) -> Array:
    """For each row the last price above it, column by column."""
    import pandas as pd

    made: Array = pd.DataFrame(prices).ffill().shift(1).to_numpy()
    return made


def _level_of(name: str, prices: Prices, days: Sequence[str], entry: Entry) -> Market:
    import numpy as np
    import pandas as pd

    wanted = pd.DatetimeIndex(list(days))
    series = prices.closes[name].dropna()
    level = series.reindex(series.index.union(wanted)).ffill(limit=_CARRIED).reindex(wanted).to_numpy()
    nothing = np.full(len(days), np.nan)
    if entry == "close":
        return Market(name, level, nothing, nothing)
    opened = on_sessions(prices.opens, [name], days)[:, 0] if prices.opens is not None else nothing
    if np.isnan(opened).all():
        raise SettingsError(
            f"--entry open: the benchmark {name} has no opens; give them, or enter at the close"
        )
    before = np.concatenate([[np.nan], level[:-1]])
    return Market(name, level, opened / before - 1, level / opened - 1)


def _mean_of_others(block: Block, n: int) -> Market:
    import numpy as np

    before = last_before(block.closes)
    steps = _others(block.closes / before - 1, n)
    nothing = np.full(len(block.days), np.nan)
    opens = block.opens
    night, day = (
        (nothing, nothing)
        if opens is None
        else (_others(opens / before - 1, n), _others(block.closes / opens - 1, n))
    )
    told = f"mean of the other {len(block.tickers) - 1} tickers"
    return Market(told, np.cumprod(1 + np.nan_to_num(steps)), night, day)


def _others(returns: Array, n: int) -> Array:
    """The mean of each row without column `n`; NaN where no other one has a value."""
    import numpy as np

    others = np.delete(returns, n, axis=1)
    counts = (~np.isnan(others)).sum(axis=1)
    made: Array = np.where(counts > 0, np.nansum(others, axis=1) / np.maximum(counts, 1), np.nan)
    return made
