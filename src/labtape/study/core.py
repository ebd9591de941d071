"""The study: records and prices in, what followed out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from labtape.exceptions import SettingsError
from labtape.lexicon.entries import Lexicon
from labtape.report.reading import records_of
from labtape.study.counts import Counted
from labtape.study.events import Trade, known_at, trades_from
from labtape.study.groups import groups
from labtape.study.nouns import Options, Study
from labtape.study.prices import Prices
from labtape.study.returns import Track, tracks
from labtape.study.sample import sampled
from labtape.study.table import paths, table_rows
from labtape.study.versions import Told
from labtape.types import Record

if TYPE_CHECKING:
    import pandas as pd


def study(
    records: Iterable[Record] | pd.DataFrame,
    prices: Prices | pd.DataFrame,
    *,
    options: Options | None = None,
    retracted: Mapping[str, datetime] | None = None,
    lexicon: Lexicon | None = None,
) -> Study:
    """What followed the verdicts of some records, from the first session in which each could be traded.

    Give every version of each article's record, and when articles were `retracted` (by id): what was known at a time is decided here
    (`study/versions.py`). An article counts when its record was first available, and once more for a ticker when a later version says another
    label of it, from when that was available; a retraction undoes nothing that was said before it. `prices` are those of `read_price_file`,
    or a frame of closes as `read_prices` gives it. The same records, prices and options give the same study. Raises
    `SettingsError` for a benchmark or a ticker that is not in the prices, or an entry at opens that are not there.
    """
    chosen = options or Options()
    known = prices if isinstance(prices, Prices) else Prices(prices)
    by_ticker = tracks(known, benchmarks=chosen.benchmarks, entry=chosen.entry)
    wanted = _wanted(chosen.tickers, by_ticker)
    counted, told, kept = Counted(), Told(), list[Trade]()
    for record in records_of(records):
        made = trades_from(
            record,
            tickers=by_ticker,
            entry=chosen.entry,
            lag=chosen.lag,
            exposures=chosen.exposures,
            lexicon=lexicon,
        )
        counted.add(record, made, is_asked=chosen.covers(known_at(record)))
        told.add(record, made)
    for news in told.news(retracted or {}):
        if chosen.covers(news.at):
            counted.add_news(news)
            asked = ((t, t.ticker.casefold()) for t in news.trades)
            kept += (t for t, key in asked if key in wanted and counted.has_entry(t, by_ticker[key]))
    if chosen.first_only:
        kept = [trade for trade in kept if counted.is_first(trade)]
    firsts = [counted.is_first(trade) for trade in kept]
    sample = sampled(kept, by_ticker, chosen.spans)
    found = groups(kept, chosen.by, lexicon=lexicon)
    labels = groups(kept, ("verdict",), lexicon=lexicon)
    return Study(
        chosen,
        table_rows(sample, found, firsts, chosen),
        tuple(sample.outcome(n, is_first) for n, is_first in enumerate(firsts)),
        paths(sample, labels, chosen),
        counted.counts(len(kept), len(sample.observed), len(sample.days)),
    )


def _wanted(tickers: Sequence[str], priced: Mapping[str, Track]) -> Collection[str]:
    """The tickers that are asked for, in lower case: all with prices where none is."""
    if unknown := [ticker for ticker in tickers if ticker.casefold() not in priced]:
        raise SettingsError(
            f"ticker: no prices of {', '.join(unknown)}; give tickers of the table, as NASDAQ:NVDA"
        )
    return {ticker.casefold() for ticker in tickers} or priced
