"""The trades of a study as observations: a ticker with one entry is one, however many articles said so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

from labtape.study.events import Trade
from labtape.study.nouns import Outcome, Window
from labtape.study.placebo import Observed
from labtape.study.returns import Track
from labtape.study.sessions import calendar_of

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]  # Any: numpy's own parameters


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """The observations of some trades. `at` is each trade's observation, `day_of` each observation's day among `days` (dates).

    `returns` and `abnormal` are by window, one value an observation.
    """

    trades: tuple[Trade, ...]
    tracks: Mapping[str, Track]
    spans: tuple[Window, ...]
    observed: tuple[Observed, ...]
    at: tuple[int, ...]
    days: tuple[str, ...]
    day_of: Array
    returns: tuple[Array, ...]
    abnormal: tuple[Array, ...]

    @property
    def is_abnormal(self) -> bool:
        """Whether there is a market for any of them."""
        return any(self.tracks[one.ticker].market is not None for one in self.observed)

    def values(self, span: int) -> Array:
        """What is measured over a window: abnormal returns where there is a market, else returns."""
        return (self.abnormal if self.is_abnormal else self.returns)[span]

    def over_sessions(self, ticker: str, window: Window) -> Array:
        """What is measured over a window, for an entry of a ticker in each session."""
        track = self.tracks[ticker]
        return track.abnormal(*window) if self.is_abnormal else track.returns(*window)

    def outcome(self, n: int, is_first: bool) -> Outcome:
        trade, at = self.trades[n], self.at[n]
        track, place = self.tracks[self.observed[at].ticker], self.observed[at].place
        return Outcome(
            trade=trade,
            is_first=is_first,
            price=float(track.start[place]),
            method=track.method(place),
            alpha=float(track.alpha[place]),
            beta=float(track.beta[place]),
            n_estimation=int(track.n_estimation[place]),
            returns=tuple(_known(values[at]) for values in self.returns),
            abnormal=tuple(_known(values[at]) for values in self.abnormal),
        )


def sampled(trades: Sequence[Trade], tracks: Mapping[str, Track], spans: tuple[Window, ...]) -> Sample:
    """The observations of trades that have an entry with a price, in the order of their days."""
    import numpy as np

    keys = [(trade.entry or "", trade.ticker.casefold()) for trade in trades]
    ordered = sorted(set(keys))
    number = {key: n for n, key in enumerate(ordered)}
    days = sorted({entry for entry, _ in ordered})
    places = {day: n for n, day in enumerate(days)}
    observed = tuple(
        Observed(ticker, f"{calendar_of(ticker.partition(':')[0])} {entry}", tracks[ticker].place[entry])
        for entry, ticker in ordered
    )

    def picked(is_abnormal: bool, window: Window) -> Array:
        made = {one.ticker: None for one in observed}
        values = {t: tracks[t].abnormal(*window) if is_abnormal else tracks[t].returns(*window) for t in made}
        return np.array([values[one.ticker][one.place] for one in observed], dtype="float64")

    return Sample(
        trades=tuple(trades),
        tracks=tracks,
        spans=spans,
        observed=observed,
        at=tuple(number[key] for key in keys),
        days=tuple(days),
        day_of=np.array([places[entry] for entry, _ in ordered], dtype="int64"),
        returns=tuple(picked(False, window) for window in spans),
        abnormal=tuple(picked(True, window) for window in spans),
    )


def _known(value: float) -> float | None:
    return None if isnan(value) else float(value)
