"""Daily prices from a file of the user's: a row a day and ticker, or a column a ticker.

    date,ticker,close[,open]            long: NASDAQ:NVDA, HKEX:9988, crypto:BTC, INDEX:SPX
    date,NASDAQ:NVDA,NASDAQ:AMD,…       wide: closes only

CSV (also .csv.gz) and Parquet. A date names the session, as the exchange does: `2026-06-01`, or midnight of that day with
or without a zone, as some vendors write it. Rows may come in any order; an empty close is a day without one. Closes should be
adjusted for splits and dividends: what looks like a split is reported by `split_like`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from labtape.exceptions import ReadError
from labtape.study.sessions import calendar_of, sessions

if TYPE_CHECKING:
    import pandas as pd

NEED = "need date, ticker, close (and open, if there is one), or date and a column for each ticker, as NASDAQ:NVDA"
# What a file may hold besides midnight is no date of a session: a close stamped 20:00 UTC is of one day in New York and of the next in Tokyo.
_DAY = r"\s*(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0{1,9})?)?\s?(?:Z|UTC|[+-]\d{2}:?\d{2})?)?\s*"
# Two for one, the mildest common split, halves a price; no closer look at smaller steps tells a split from news.
_SPLIT = 0.45


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """Closes, and opens where the file has them: one row a day in order, one column a ticker, NaN where there is none."""

    closes: pd.DataFrame
    opens: pd.DataFrame | None = None


def read_prices(path: Path) -> pd.DataFrame:
    """The closes of a file: one row a day, in order, one column a ticker, NaN where a ticker has none.

    Raises `ReadError` with line and column of the first value that is wrong.
    """
    return read_price_file(path).closes


def read_price_file(path: Path) -> Prices:
    """Closes and opens of a CSV or Parquet file.

    Raises `ReadError` with line and column of the first value that is wrong.
    """
    rows, line = _read(path)
    names = {str(name).strip().casefold(): str(name) for name in rows.columns}
    is_wide = "ticker" not in names and "close" not in names and any(":" in name for name in names)
    missing = [name for name in ("date", "ticker", "close") if name not in names]
    if missing and not (is_wide and "date" in names):
        have = ", ".join(names.values()) or "none"
        raise ReadError(f"{path}: no column {', '.join(missing)}; have: {have}; {NEED}")
    rows = rows.rename(
        columns={names[name]: name for name in ("date", "ticker", "close", "open") if name in names}
    )
    table = _Table(path, line)
    rows = rows.dropna(how="all")
    rows["date"] = table.days(rows["date"])
    prices = _wide(rows, table) if is_wide else _long(rows, table)
    if not any(":" in str(name) for name in prices.closes.columns):
        have = ", ".join(map(str, prices.closes.columns[:5])) or "no rows"
        raise ReadError(f"{path}: no ticker is written EXCHANGE:CODE, as NASDAQ:NVDA; have: {have}")
    return prices


def split_like(closes: pd.DataFrame) -> tuple[str, ...]:
    """Days on which a close is less than 0.55 or more than 1.82 times the one before, as `NASDAQ:NVDA 2024-06-10 (-90%)`."""
    found = []
    for ticker in closes.columns:
        there = closes[ticker].dropna()
        ratio = there / there.shift(1)
        for day, value in ratio[(ratio < 1 - _SPLIT) | (ratio > 1 / (1 - _SPLIT))].items():
            found.append(f"{ticker} {str(day)[:10]} ({value - 1:+.0%})")
    return tuple(found)


def off_session(closes: pd.DataFrame) -> tuple[str, ...]:
    """Tickers with closes on days on which their exchange had no session, as `NASDAQ:NVDA 3 (first 2026-06-06)`.

    They are not used. Many of them mean dates of another time zone.
    """
    found = []
    for ticker in map(str, closes.columns):
        exchange, _, code = ticker.partition(":")
        name = calendar_of(exchange) if code else None
        if name is None:
            continue
        known = sessions(name).days
        there = [f"{day:%Y-%m-%d}" for day in closes[ticker].dropna().index]
        held = set(known)
        stray = [day for day in there if day not in held and known[0] <= day <= known[-1]]
        if stray:
            found.append(f"{ticker} {len(stray)} (first {stray[0]})")
    return tuple(found)


# ---------------------------------------------------------------- the table as written


def _read(path: Path) -> tuple[pd.DataFrame, str]:
    """The rows as they stand, a CSV's as texts, and what a row is called there."""
    import pandas as pd

    if not path.is_file():
        raise ReadError(
            f"{path}: no such file; give a CSV or Parquet file with the columns date, ticker, close"
        )
    if path.suffix.lower() in (".parquet", ".pq"):
        try:
            rows = pd.read_parquet(path)
        except (ValueError, OSError) as e:  # pyarrow's own kinds of both
            raise ReadError(f"{path}: no Parquet file; {NEED}") from e
        return (rows if "date" in rows.columns else rows.reset_index()), "row"
    try:
        rows = pd.read_csv(
            path,
            dtype=str,
            encoding="utf-8-sig",
            skip_blank_lines=False,
            keep_default_na=False,
            na_values=[""],
        )
    except (
        ValueError,
        OSError,
        EOFError,
    ) as e:  # pandas' own kinds of ValueError: empty, no table, not UTF-8; a broken .gz
        raise ReadError(f"{path}: no CSV in UTF-8; {NEED}") from e
    return rows, "line"


@dataclass(frozen=True, slots=True)
class _Table:
    """Where values stand, for the messages: a CSV's lines count its heading."""

    path: Path
    line: str

    def check(self, bad: pd.Series[bool], column: pd.Series, right: str) -> None:
        """Raise `ReadError` for the first value of a column that is bad."""
        if not bad.any():
            return
        at = int(bad.to_numpy().argmax())
        number = int(str(bad.index[at])) + (2 if self.line == "line" else 1)
        value = str(column.iloc[at])
        raise ReadError(f"{self.path}: {self.line} {number}, column {column.name}: {value!r}; {right}")

    def days(self, column: pd.Series) -> pd.Series:
        """The sessions' dates; raises for the first value that is none."""
        import pandas as pd

        days: pd.Series
        if str(column.dtype).startswith("datetime64"):
            bare = column.dt.tz_localize(None)
            days = bare.where(bare == bare.dt.normalize())
        else:
            written = column.astype("str").str.extract(f"^{_DAY}$", expand=False)
            days = pd.to_datetime(written, format="%Y-%m-%d", errors="coerce")
        self.check(days.isna(), column, "dates are 2026-06-01, the day of the session, without a time of day")
        return days.astype("datetime64[ns]")

    def numbers(self, column: pd.Series) -> pd.Series:
        """Prices above 0; raises for the first value that is none. Empty is no price."""
        import pandas as pd

        values = pd.to_numeric(column, errors="coerce").astype("float64")
        bad = (values.isna() & column.notna()) | (values <= 0) | (values == float("inf"))
        self.check(bad, column, "prices are numbers above 0, as 1234.5, or empty")
        return values


def _wide(rows: pd.DataFrame, table: _Table) -> Prices:
    series = [name for name in rows.columns if name != "date"]
    table.check(rows["date"].duplicated(), rows["date"].dt.strftime("%Y-%m-%d"), "each day stands once")
    closes = rows[["date"]].assign(**{str(name): table.numbers(rows[name]) for name in series})
    return Prices(_named(closes.set_index("date").sort_index()))


def _long(rows: pd.DataFrame, table: _Table) -> Prices:
    for name in ("close", "open"):
        if name in rows:
            rows[name] = table.numbers(rows[name])
    rows["ticker"] = rows["ticker"].where(rows["ticker"].notna(), "").astype("str").str.strip()
    table.check(rows["ticker"] == "", rows["ticker"], "tickers are EXCHANGE:CODE, as NASDAQ:NVDA")
    written = (rows["ticker"] + rows["date"].dt.strftime(" %Y-%m-%d")).rename("ticker")
    table.check(written.duplicated(), written, "stands above already; each ticker once a day")
    closes = _named(rows.pivot(index="date", columns="ticker", values="close").sort_index())
    has_opens = "open" in rows and rows["open"].notna().any()
    opens = rows.pivot(index="date", columns="ticker", values="open").sort_index() if has_opens else None
    return Prices(closes, None if opens is None else _named(opens))


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    frame.columns.name = "ticker"
    return frame.astype("float64")
