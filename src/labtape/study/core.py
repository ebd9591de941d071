"""The study: records and prices in, what followed out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from labtape.lexicon.entries import Lexicon
from labtape.report.reading import records_of
from labtape.study.counts import Counted
from labtape.study.events import Trade, trades_from
from labtape.study.groups import groups
from labtape.study.nouns import Options, Study
from labtape.study.prices import Prices
from labtape.study.returns import tracks
from labtape.study.sample import sampled
from labtape.study.table import paths, table_rows
from labtape.types import Record

if TYPE_CHECKING:
    import pandas as pd


def study(
    records: Iterable[Record] | pd.DataFrame,
    prices: Prices | pd.DataFrame,
    *,
    options: Options | None = None,
    lexicon: Lexicon | None = None,
) -> Study:
    """What followed the verdicts of some records, from the first session in which each could be traded.

    `prices` are those of `read_price_file`, or a frame of closes as `read_prices` gives it. The same records, prices and options give the same
    study. Raises `SettingsError` for a benchmark that is not in the prices, or an entry at opens that are not there.
    """
    chosen = options or Options()
    known = prices if isinstance(prices, Prices) else Prices(prices)
    by_ticker = tracks(known, benchmarks=chosen.benchmarks, entry=chosen.entry)
    counted, kept = Counted(), list[Trade]()
    for record in records_of(records):
        made = trades_from(
            record,
            tickers=by_ticker,
            entry=chosen.entry,
            lag=chosen.lag,
            exposures=chosen.exposures,
            lexicon=lexicon,
        )
        counted.add(record, made)
        kept += (trade for trade in made if counted.has_entry(trade, by_ticker[trade.ticker.casefold()]))
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
