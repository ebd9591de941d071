"""The shapes that libraries take, from an aggregated frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from labtape.exceptions import SettingsError
from labtape.export.assets import Names, name_of
from labtape.export.mean import check_made, sessions

if TYPE_CHECKING:
    import pandas as pd

# The longest time that an exchange was closed since 2022 is that of Chinese holidays, 9 days; half a year finds any next session.
_AHEAD = timedelta(days=183)


def factor(aggregated: pd.DataFrame, *, names: Names = "ticker", tz: str | None = None) -> pd.Series[float]:
    """The factor of alphalens: a series under the index (date, asset), without the times at which nothing holds.

    Prices must have the same zone: session dates have none unless `tz` is given, as "UTC", which is put on them as it is.
    """
    _check(aggregated, "factor")
    return _named(aggregated, names, tz).dropna().rename("labtape")


def wide(aggregated: pd.DataFrame, *, names: Names = "ticker", tz: str | None = None) -> pd.DataFrame:
    """One row a time, one column an asset, as vectorbt takes it; NaN where nothing holds or the exchange is closed."""
    _check(aggregated, "wide")
    frame = _named(aggregated, names, tz).unstack("asset")
    frame.columns.name = "symbol"
    return frame.sort_index(axis="columns")


def as_qlib(aggregated: pd.DataFrame, *, names: Names = "qlib") -> pd.DataFrame:
    """A column `score` under the index (datetime, instrument): a signal of qlib, and what its StaticDataLoader takes.

    Instruments are named as qlib does, SH688256. A signal of a session is traded in the next one there.
    """
    _check(aggregated, "as_qlib")
    frame = factor(aggregated, names=names).to_frame("score")
    frame.index = frame.index.set_names(["datetime", "instrument"])
    return frame


def as_zipline(
    aggregated: pd.DataFrame, *, names: Names = "code", sids: Mapping[str, int] | None = None
) -> pd.DataFrame:
    """A wide frame as the baseline of zipline's DataFrameLoader: a value stands in the session *after* its own.

    There a row is what is known before the session opens, while a value here is known at its close. Columns are
    the integer `sids` of tickers where they are given (other assets are left out), else names.
    Raises `SettingsError` for assets of several exchanges' calendars with different sessions, or times that are no sessions.
    """
    import pandas as pd

    _check(aggregated, "as_zipline")
    dates = aggregated.index.get_level_values("date")
    if getattr(dates, "tz", None) is not None:
        raise SettingsError("zipline takes sessions; aggregate with freq session")
    parts = {}
    for asset, ours in aggregated["value"].groupby(level="asset"):
        days = ours.index.get_level_values("date")
        last = days[-1].date()
        after = next(sessions(str(asset).partition(":")[0], last + timedelta(days=1), last + _AHEAD))
        parts[str(asset)] = pd.Series(ours.to_numpy(), index=[*days[1:], pd.Timestamp(after)])
    frame = pd.DataFrame(parts)
    frame.index = pd.DatetimeIndex(frame.index, name="date").as_unit("us")
    frame = frame.sort_index()
    if sids is not None:
        known = [asset for asset in frame.columns if asset in sids]
        frame = frame[known].rename(columns=dict(sids))
        frame.columns = frame.columns.astype("int64")
        return frame.sort_index(axis="columns")
    return frame.rename(columns=_forms(frame.columns, names)).sort_index(axis="columns")


def _check(aggregated: object, taker: str) -> None:
    check_made(aggregated, taker, by="aggregate(long(records))", levels=("date", "asset"), columns=("value",))


def _named(aggregated: pd.DataFrame, names: Names, tz: str | None) -> pd.Series[float]:
    """The values with assets as another library names them, and a zone on session dates."""
    rows = aggregated["value"].reset_index()
    if names != "ticker":
        rows["asset"] = rows["asset"].map(_forms(rows["asset"].unique(), names)).astype("str")
    if tz is not None and rows["date"].dt.tz is None:
        rows["date"] = rows["date"].dt.tz_localize(tz)
    return rows.set_index(["date", "asset"])["value"].sort_index()


def _forms(assets: Iterable[object], names: Names) -> dict[str, str]:
    """The names of some tickers, which must not fall together."""
    forms = {str(asset): name_of(str(asset), names) for asset in assets}
    seen: dict[str, str] = {}
    for ticker, form in forms.items():
        if form in seen:
            raise SettingsError(
                f"{seen[form]} and {ticker} are both {form} by names {names}; use names ticker, or choose assets"
            )
        seen[form] = ticker
    return forms
