"""The nouns of a study: how it is made, a row of its table, a single outcome, a path to draw, and all of them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from labtape.exceptions import SettingsError
from labtape.plain import iso
from labtape.study.counts import Counts
from labtape.study.estimate import DRAWS, ENOUGH, ENOUGH_DAYS
from labtape.study.events import Trade
from labtape.study.groups import BY, By, Measure
from labtape.study.placebo import DRAWS as PLACEBOS
from labtape.study.sessions import Entry

if TYPE_CHECKING:
    import pandas as pd

Stories = Literal["all", "first"]
Window = tuple[int, int]
#: A day, a week, a month and a quarter of trading.
WINDOWS = (1, 5, 20, 60)
LONGEST = 250


@dataclass(frozen=True, slots=True)
class Options:
    """How a study is made.

    `windows` are numbers of sessions after the entry, `before` those of the check before it (0: none). `benchmarks` names what stands for
    the market among the prices: "" for all exchanges, or for one by its code; empty, the mean of the other tickers. `lag` is the time from
    available to traded. Only what became available from `since` to `until` is studied, both included; what followed is measured with prices after
    `until` as well. Where `tickers` are given, as NASDAQ:NVDA, only trades of these are; the market is that of all. `first_only` leaves
    all but the first record of each story out. Raises `SettingsError` for what makes no study.
    """

    windows: tuple[int, ...] = WINDOWS
    before: int = 5
    by: tuple[By, ...] = BY[:4]
    benchmarks: Mapping[str, str] = field(default_factory=dict)
    entry: Entry = "close"
    lag: timedelta = timedelta(0)
    exposures: bool = False
    first_only: bool = False
    tickers: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    draws: int = DRAWS
    placebos: int = PLACEBOS
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.windows or any(not 1 <= n <= LONGEST for n in self.windows):
            raise SettingsError(
                f"windows: {self.windows}; give numbers of sessions from 1 to {LONGEST}, as 1,5,20,60"
            )
        if not 0 <= self.before <= LONGEST:
            raise SettingsError(f"before: {self.before}; give a number of sessions from 0 to {LONGEST}")
        if unknown := [one for one in self.by if one not in BY]:
            raise SettingsError(f"by: no {', '.join(unknown)}; have: {', '.join(BY)}")
        if self.lag < timedelta(0):
            raise SettingsError("lag: below 0 is a trade before the news; give 0 or more")
        for name, at in (("since", self.since), ("until", self.until)):
            if at is not None and (not isinstance(at, datetime) or at.tzinfo is None):
                raise SettingsError(
                    f"{name}: {at} is no time with a zone; give datetime(2026, 6, 1, tzinfo=UTC)"
                )
        if self.since and self.until and self.since > self.until:
            raise SettingsError(
                f"since: {iso(self.since)} is after until, {iso(self.until)}; give the earlier time first"
            )

    def covers(self, at: datetime) -> bool:
        """Whether what became available at that time is studied."""
        return (self.since is None or self.since <= at) and (self.until is None or at <= self.until)

    @property
    def spans(self) -> tuple[Window, ...]:
        """All windows as positions, the check before the entry first."""
        check = ((-self.before, 0),) if self.before else ()
        return (*check, *((0, n) for n in sorted(set(self.windows))))


@dataclass(frozen=True, slots=True)
class Outcome:
    """A trade and what followed: fractions by window, None where prices or a market are missing.

    `method` is how abnormal returns were made, `n_estimation` the returns behind `alpha` (a session) and `beta`.
    """

    trade: Trade
    is_first: bool
    price: float
    method: str
    alpha: float
    beta: float
    n_estimation: int
    returns: tuple[float | None, ...]
    abnormal: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One group over one window: `n` observations (a ticker with one entry) on `n_days` days, of `n_records` records.

    `mean`, `median`, `low` and `high` are of abnormal returns where `is_abnormal`, else of returns, as fractions; `mean_return` is the return
    itself. `measure` says how they are taken. `p` is the placebo's, `q` that p among all of the study; both None for too few
    observations, for the check before the entry, or without dates to compare with.
    """

    by: By
    group: str
    measure: Measure
    stories: Stories
    window: Window
    n: int
    n_days: int
    n_records: int
    mean_return: float
    mean: float
    median: float
    low: float
    high: float
    is_abnormal: bool
    n_hits: int | None
    hit_rate: float | None
    hit_low: float | None
    hit_high: float | None
    p: float | None
    q: float | None

    @property
    def is_enough(self) -> bool:
        return self.n >= ENOUGH and self.n_days >= ENOUGH_DAYS

    @property
    def is_check(self) -> bool:
        """Whether the window lies before the entry: nobody can trade it, it shows what the price knew already."""
        return self.window[1] == 0


@dataclass(frozen=True, slots=True)
class Path:
    """The mean way of the price after a label: (position, mean, low, high), 0 at the entry, of the same `n` observations throughout."""

    label: str
    sign: int
    n: int
    points: tuple[tuple[int, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Study:
    """What followed. `notes` say in words what a reader of the table must know."""

    options: Options
    rows: tuple[Row, ...]
    outcomes: tuple[Outcome, ...]
    paths: tuple[Path, ...]
    counts: Counts

    @property
    def n_tests(self) -> int:
        return sum(row.p is not None for row in self.rows)

    @property
    def is_abnormal(self) -> bool:
        """Whether the returns are held against a market."""
        return any(row.is_abnormal for row in self.rows)

    @property
    def notes(self) -> tuple[str, ...]:
        from labtape.study.words import notes

        return notes(self)

    def table(self) -> pd.DataFrame:
        """The rows as a frame; returns are fractions."""
        from labtape.study.frames import row_frame

        return row_frame(self.rows)

    def events(self) -> pd.DataFrame:
        """One row a trade, with its entry, its model and its returns, to be checked by hand."""
        from labtape.study.frames import outcome_frame

        return outcome_frame(self.outcomes, self.options.spans)
