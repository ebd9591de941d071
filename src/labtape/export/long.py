"""The long frame: one row per record and asset, with the time from which it held and the time until which it did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from labtape.exceptions import SettingsError
from labtape.export.assets import View, views
from labtape.report.columns import main_event
from labtape.report.reading import records_of
from labtape.study.sessions import first_session
from labtape.study.versions import Key, ends_of, key_of, said_since
from labtape.types import Record

if TYPE_CHECKING:
    import pandas as pd

_NO_LAG: Final = timedelta(0)
_TIMES: Final = ("available_at", "superseded_at", "said_at", "scored_at", "published_at")
_NUMBERS: Final = ("score", "relevance", "novelty")
_SESSIONS: Final = ("session", "until_session", "said_session")
_WHOLE: Final = ("revision", "n_origins")
COLUMNS: Final = (
    "session", "until_session", "said_session", "score", "relevance", "novelty", "label", "state", "source", "entity", "record", "revision", "story",
    "n_origins", "main_event", "superseded_at", "said_at", "scored_at", "published_at",
)  # fmt: skip


def long(
    records: Iterable[Record] | pd.DataFrame,
    *,
    retracted: Mapping[str, datetime] | None = None,
    tickers: Sequence[str] = (),
    exposures: bool = False,
    lag: timedelta = _NO_LAG,
) -> pd.DataFrame:
    """One row per record and asset, under the index (available_at, asset), oldest first.

    Give every version of each article's record: a row holds from `available_at` until `superseded_at`, when a later record of the
    article became available or the article was `retracted` (by id); NaT where nothing came later. `session` is the label
    (a date without zone) of the first session of the asset's exchange that closes after `available_at` + `lag`, and
    `until_session` the first one that closes after `superseded_at` + `lag`, so that it counts in no session from there on; NaT for an
    exchange without a calendar. `said_at` (and its session, `said_session`) is since when the article has said this label of the asset without
    a break: `available_at` for the first version, and for a later one with another label. `tickers` are those to keep, as NASDAQ:NVDA; none means all. Times are UTC.

    Raises `SettingsError` for a lag below zero: that would be to know it earlier.
    """
    import pandas as pd

    if lag < _NO_LAG:
        raise SettingsError(f"a lag of {lag} is below zero; nothing is known before it is available")
    wanted = {ticker.casefold() for ticker in tickers}
    versions: dict[str, dict[Key, Record]] = {}
    for record in records_of(records):
        versions.setdefault(record.id, {})[key_of(record)] = record
    rows: list[dict[str, Any]] = []  # Any: the columns' own types
    for article_id, ours in versions.items():
        ends = ends_of(ours, (retracted or {}).get(article_id))
        seen = [tuple(views(ours[key], exposures=exposures)) for key in ends]
        said = said_since(
            [
                (at, {view.ticker: (view.label, view.sign) for view in one})
                for (at, _), one in zip(ends, seen, strict=True)
            ]
        )
        rows += [
            _row(ours[key], view, end, since[view.ticker], lag)
            for (key, end), one, since in zip(ends.items(), seen, said, strict=True)
            for view in one
            if not wanted or view.ticker.casefold() in wanted
        ]
    rows.sort(key=lambda row: (row["available_at"], row["asset"], row["record"], row["revision"]))
    frame = pd.DataFrame(rows, columns=["available_at", "asset", *COLUMNS])
    for name in _TIMES:
        frame[name] = pd.to_datetime(frame[name], utc=True).astype("datetime64[us, UTC]")
    for name in _SESSIONS:
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    types: dict[str, Any] = {**dict.fromkeys(_NUMBERS, "float64"), **dict.fromkeys(_WHOLE, "int64")}
    others = [name for name in frame.columns if name not in (*_TIMES, *_SESSIONS, *types)]
    return frame.astype({**types, **dict.fromkeys(others, "str")}).set_index(["available_at", "asset"])


def _row(
    record: Record, view: View, end: datetime | None, said_at: datetime, lag: timedelta
) -> dict[str, Any]:  # Any: the columns' own types
    exchange = view.ticker.partition(":")[0]
    session = first_session(record.available_at + lag, exchange)
    return {
        "available_at": record.available_at,
        "asset": view.ticker,
        "session": session,
        "until_session": first_session(end + lag, exchange) if end else None,
        "said_session": session if said_at == record.available_at else first_session(said_at + lag, exchange),
        "score": view.score,
        "relevance": view.relevance,
        "novelty": record.story.novelty,
        "label": view.label,
        "state": record.verdict.state,
        "source": view.source,
        "entity": view.entity,
        "record": record.id,
        "revision": record.revision,
        "story": record.story.id,
        "n_origins": record.story.n_origins,
        "main_event": main_event(record),
        "superseded_at": end,
        "said_at": said_at,
        "scored_at": record.scored_at,
        "published_at": record.published_at,
    }
