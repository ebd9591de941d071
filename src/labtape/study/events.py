"""Which listed things a record says something about, and when that could first be traded.

    verdict.target  ticker:NASDAQ:NVDA                        origin `target`
    entity_verdicts company:amd  ─listing→  NASDAQ:AMD        origin `entity`
    entity_verdicts lab:openai   ─supplier→ NASDAQ:NVDA       origin `exposure`, only when asked for

Only what the record itself gives is used. A company is one event of a record: where its ticker is the target it is not counted again,
and of several listings the first with prices stands for it. When a record was known is `available_at`, and nothing else: `known_at` is
the only place that says so.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from labtape.exceptions import SettingsError
from labtape.lexicon.entries import Lexicon
from labtape.report.columns import main_event
from labtape.report.wording import polarity
from labtape.study.sessions import Entry, Phase, calendar_of, sessions
from labtape.types import EntityVerdict, Record

_LISTING = "listing"


@dataclass(frozen=True, slots=True)
class Trade:
    """A verdict of a record about one ticker, and the first session in which it could be traded.

    `label` is the record's own, `sign` where it says the price goes (1, 0, -1): against the label for a rival. `entry` and `phase` are None
    where the ticker's exchange has no calendar, or the calendar does not reach. `short` and `long` are the labels of the two horizons.
    """

    article_id: str
    story_id: str
    ticker: str
    origin: str
    via: str
    label: str
    sign: int
    confidence: float
    state: str | None
    main_event: str | None
    short: str | None
    long: str | None
    available_at: datetime
    phase: Phase | None
    entry: str | None


def known_at(record: Record) -> datetime:
    """When a record could first be read: `available_at`, never `published_at`."""
    return record.available_at


def trades_from(
    record: Record,
    *,
    tickers: Container[str] | None = None,
    entry: Entry = "close",
    lag: timedelta = timedelta(0),
    exposures: bool = False,
    lexicon: Lexicon | None = None,
) -> tuple[Trade, ...]:
    """What of a record could be traded: one trade a ticker, the target first; none for a record that is not relevant.

    `tickers` are those with prices, in lower case (any, without it); `lag` is added to the time at which the record was available; with `exposures` also what
    moves with an entity counts. Label sets of the `lexicon` say which way a label points.
    """
    if not isinstance(record, Record):
        raise SettingsError(
            f"record: {type(record).__name__} is no record; take each of labtape.report.reading.records_of(…)"
        )
    if not record.relevance.relevant:
        return ()
    found: dict[str, Trade] = {}
    for ticker, origin, via, verdict, sign in _named(record, tickers, exposures):
        exchange = ticker.partition(":")[0]
        name = calendar_of(exchange)
        known = sessions(name) if name else None
        at = known_at(record) + lag
        label = verdict.label if verdict else record.verdict.label
        way = polarity(label, lexicon)
        p = verdict.p.get(label, 0.0) if verdict else record.verdict.confidence
        own = None if verdict else record.verdict
        found.setdefault(
            ticker,
            Trade(
                article_id=record.id,
                story_id=record.story.id,
                ticker=ticker,
                origin=origin,
                via=via,
                label=label,
                sign=way * sign,
                confidence=p,
                state=own.state if own else "directional" if way else None,
                main_event=main_event(record),
                short=own.horizons["short"].label if own and "short" in own.horizons else None,
                long=own.horizons["long"].label if own and "long" in own.horizons else None,
                available_at=known_at(record),
                phase=known.phase(at) if known else None,
                entry=known.first(at, entry) if known else None,
            ),
        )
    return tuple(found.values())


def listings(record: Record) -> tuple[str, ...]:
    """The tickers that stand for what a record is about: its target, and a listing of each of its entities."""
    return tuple(dict.fromkeys(ticker for ticker, *_ in _named(record, None, False)))


def _named(
    record: Record, tickers: Container[str] | None, exposures: bool
) -> Iterator[tuple[str, str, str, EntityVerdict | None, int]]:
    """Ticker, origin, through what, the entity's verdict (None: the record's), and the sign of the relation."""

    def is_priced(ticker: str) -> bool:
        return tickers is None or ticker.casefold() in tickers

    kind, _, target = record.verdict.target.partition(":")
    has_target = kind == "ticker" and is_priced(target)
    if has_target:
        yield target, "target", record.verdict.target, None, 1
    for one in record.entity_verdicts:
        listed = [e.ticker for e in one.exposure if e.via == _LISTING]
        if one.entity.startswith("ticker:"):
            listed.insert(0, one.entity.removeprefix("ticker:"))
        priced = list(filter(is_priced, listed))
        if priced and not (has_target and target in listed):
            yield priced[0], "entity", one.entity, one, 1
    for one in record.entity_verdicts if exposures else ():
        for related in one.exposure:
            if related.via != _LISTING and related.sign and is_priced(related.ticker):
                yield related.ticker, "exposure", f"{one.entity} {related.via}", one, related.sign
