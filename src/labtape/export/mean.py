"""What the news says of an asset at a time: one number from all that held then.

    value(t, asset) = Σ score · relevance · novelty · decay / Σ relevance · decay

The sums go over the rows of the asset that were available before t and held still. Novelty stands above the line alone: a story
told again pulls towards 0, and no number of copies makes it louder.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from labtape.exceptions import SettingsError
from labtape.study.sessions import first_session

if TYPE_CHECKING:
    import pandas as pd

#: Half-lives after which a row counts no more: its weight is 1/64 then, and without an end the last news of an asset would be
#: its value for ever.
MAX_HALF_LIVES: Final = 6.0
SESSION: Final = "session"
COLUMNS: Final = ("value", "weight", "n")
_READ: Final = (
    "session",
    "until_session",
    "said_session",
    "score",
    "relevance",
    "novelty",
    "superseded_at",
    "said_at",
)
_Floats = Any  # a numpy array: numpy is loaded when it is used


def check_made(
    frame: object, taker: str, *, by: str, levels: tuple[str, ...], columns: tuple[str, ...]
) -> None:
    """Raise `SettingsError` unless a frame has the index and the columns of what is to be given to `taker`."""
    have = [str(name) for name in getattr(frame, "columns", ())]
    names = tuple(getattr(getattr(frame, "index", None), "names", ()))
    missing = [name for name in columns if name not in have]
    if names == levels and not missing:
        return
    what = f"a frame of {', '.join(have)[:120] or 'no columns'}" if have else type(frame).__name__
    lacks = f" with the columns {', '.join(columns)}" if missing else ""
    raise SettingsError(
        f"{taker} takes the frame that labtape.export.{by} gives, under the index ({', '.join(levels)}){lacks}; this is {what}"
    )


def decay(age: float, half_life: float) -> float:
    """The weight of what is `age` old: a half after each `half_life`.

    >>> decay(0, 5), decay(5, 5), decay(10, 5)
    (1.0, 0.5, 0.25)
    """
    return float(0.5 ** (age / half_life))


def aggregate(
    frame: pd.DataFrame,
    *,
    half_life: float = 5.0,
    freq: str = SESSION,
    since: date | None = None,
    until: date | None = None,
) -> pd.DataFrame:
    """The value of each asset at each time, under the index (date, asset), from a long frame.

    With `freq` "session" the times are the sessions of the asset's exchange, as dates without zone, from its first row to `until`
    (by default the last session of any row), and age and `half_life` count sessions; a value stands for the close of the
    session. With a frequency of pandas, as "D" or "4h", times are in UTC and age and `half_life` count days. `since` leaves
    out earlier times, not what was known by then.

    Columns: `value` in -1 to 1, NaN where nothing holds; `weight`, the sum below the line; `n`, the rows in it.
    Raises `SettingsError` for a half-life that is not above 0, a frequency that is none, or what `long` did not make.
    """
    import pandas as pd

    check_made(frame, "aggregate", by="long(records)", levels=("available_at", "asset"), columns=_READ)
    if not half_life > 0:
        raise SettingsError(
            f"a half-life of {half_life:g} is none; give one above 0, in {'sessions' if freq == SESSION else 'days'}"
        )
    grid = None if freq == SESSION else _grid(frame, freq, until)
    rows = frame.reset_index()
    parts = []
    for asset, ours in rows.groupby("asset", sort=True):
        made = (
            _by_session(ours, str(asset), half_life, until or _last(rows))
            if grid is None
            else _by_time(ours, grid, half_life)
        )
        made["asset"] = str(asset)
        parts.append(made)
    whole = pd.concat(parts) if parts else _empty(grid)
    if since is not None:
        whole = whole[whole["date"].dt.date >= since]
    whole["asset"] = whole["asset"].astype("str")
    return whole.set_index(["date", "asset"]).sort_index()[list(COLUMNS)]


def _empty(grid: pd.DatetimeIndex | None) -> pd.DataFrame:
    import pandas as pd

    dates = pd.DatetimeIndex([], dtype="datetime64[us]" if grid is None else "datetime64[us, UTC]")
    floats = {name: pd.Series([], dtype="float64") for name in ("value", "weight")}
    return pd.DataFrame(
        {"date": dates, **floats, "n": pd.Series([], dtype="int64"), "asset": pd.Series([], dtype="str")}
    )


# ---------------------------------------------------------------- by session


def _last(rows: pd.DataFrame) -> date | None:
    last = rows["session"].max()
    return None if last != last else last.date()  # NaT is unlike itself


def _by_session(ours: pd.DataFrame, asset: str, half_life: float, until: date | None) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    ours = ours[ours["session"].notna()].sort_values("session", kind="stable")
    if ours.empty or until is None:
        return _empty(None)
    days = list(sessions(asset.partition(":")[0], ours["session"].iloc[0].date(), until))
    if not days:
        return _empty(None)
    index = pd.DatetimeIndex(days).as_unit("us")
    born = np.asarray(index.searchsorted(ours["session"]), dtype="float64")
    ends = ours["until_session"]
    died = np.where(ends.isna(), np.inf, index.searchsorted(ends.fillna(index[-1])))
    said = np.asarray(index.searchsorted(ours["said_session"]), dtype="float64")
    at = np.arange(len(index), dtype="float64")
    return _means(ours, index, at, (born, said, died), half_life, same=True)


def sessions(exchange: str, first: date, last: date) -> Iterator[str]:
    """The sessions of an exchange, both ends included, as 2026-06-01.

    >>> list(sessions("NASDAQ", date(2026, 6, 18), date(2026, 6, 22)))
    ['2026-06-18', '2026-06-22']
    """
    before = ""
    for n in range((last - first).days + 1):
        session = _session_of(first + timedelta(days=n), exchange)
        if session and session != before and session <= last.isoformat():
            before = session
            yield session


@lru_cache(maxsize=100_000)
def _session_of(day: date, exchange: str) -> str | None:
    """The session that is the first to close after a day begins in UTC."""
    return first_session(datetime(day.year, day.month, day.day, tzinfo=UTC), exchange)


# ---------------------------------------------------------------- by time


def _grid(frame: pd.DataFrame, freq: str, until: date | None) -> pd.DatetimeIndex:
    """The times of a frequency from the first row to the one after the last, or the end of `until`."""
    import pandas as pd

    times = frame.index.get_level_values("available_at")
    if not len(times):
        return pd.DatetimeIndex([], dtype="datetime64[us, UTC]")
    try:
        step = pd.tseries.frequencies.to_offset(freq)
        first = times.min().floor(freq)
    except ValueError as e:
        raise SettingsError(
            f"{freq!r} is no fixed frequency; write session, or D, 12h, 30min as pandas does"
        ) from e
    last = times.max().ceil(freq) if until is None else pd.Timestamp(until, tz="UTC") + pd.Timedelta(days=1)
    return pd.date_range(first, last, freq=step).as_unit("us")


def _by_time(ours: pd.DataFrame, grid: pd.DatetimeIndex, half_life: float) -> pd.DataFrame:
    import numpy as np

    ours = ours.sort_values("available_at", kind="stable")
    zero = ours["available_at"].iloc[0]

    def days(times: Any) -> _Floats:  # Any: a column or an index of times
        return np.asarray((times - zero) / np.timedelta64(1, "D"), dtype="float64")

    ends = ours["superseded_at"]
    died = np.where(ends.isna(), np.inf, days(ends.fillna(zero)))
    spans = days(ours["available_at"]), days(ours["said_at"]), died
    return _means(ours, grid, days(grid), spans, half_life, same=False)


def _means(
    ours: pd.DataFrame,
    index: pd.DatetimeIndex,
    at: _Floats,
    spans: tuple[_Floats, _Floats, _Floats],
    half_life: float,
    *,
    same: bool,
) -> pd.DataFrame:
    """Value, weight and number at each of the times `at`, of rows whose `spans` are when they were born, since when they are said, and when they died.

    They are sorted by when they were born, and as old as what they say.
    A row counts at the very time it was born only with `same`; from the time it died on it does not, with `same`, or after it.
    """
    import numpy as np
    import pandas as pd

    born, said, died = spans
    reach = MAX_HALF_LIVES * half_life
    score, relevance, novelty = (
        ours[name].to_numpy(dtype="float64") for name in ("score", "relevance", "novelty")
    )
    above = score * relevance * novelty
    values, weights, counts = [], [], []
    first: _Floats = np.searchsorted(born, at - reach, side="left")
    behind: _Floats = np.searchsorted(born, at, side="right" if same else "left")
    for now, low, high in zip(at, first, behind, strict=True):
        held = died[low:high] > now if same else died[low:high] >= now
        held &= now - said[low:high] <= reach
        faded = 0.5 ** ((now - said[low:high][held]) / half_life)
        weight = float((relevance[low:high][held] * faded).sum())
        values.append(float((above[low:high][held] * faded).sum()) / weight if weight > 0 else np.nan)
        weights.append(weight)
        counts.append(int(held.sum()))
    floats = {
        name: np.array(column, dtype="float64") for name, column in (("value", values), ("weight", weights))
    }
    return pd.DataFrame({"date": index, **floats, "n": np.array(counts, dtype="int64")})
