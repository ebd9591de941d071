"""What happened after a signal.

    records ─available_at→ first session they could be traded in ─prices→ returns less the market's ─by verdict, state, event …→ means
            events, sessions                                      prices, markets, returns          groups, table                with n,
                                                                                                    estimate, placebo            interval, q

An item counts from the first session that closes after its `available_at`, never from `published_at`: what nobody could have read yet
cannot be traded. Sessions are those of the ticker's exchange (exchange_calendars). docs/study.md is the manual.

    prices.py    a user's CSV or Parquet as frames              counts.py    what was left out, and what was scored in hindsight
    sessions.py  phases and first sessions                      groups.py    which verdicts are looked at together
    events.py    which tickers a record says something about    sample.py    trades as observations: one a ticker and entry
    markets.py   what a ticker is held against                  table.py     rows and paths
    returns.py   returns, market model, abnormal returns        frames.py    frames and files
    estimate.py  bootstrap by day, false discovery              words.py     the notes below the table
    placebo.py   the same at dates on which nothing was said    nouns.py     Options, Outcome, Row, Path, Study
    versions.py  what of an article was known when, what is new

Design notes
- One observation is a ticker with one entry, whatever number of articles spoke of it, and the bootstrap draws days. Drawing articles
  makes ten copies of a wire story ten facts, and intervals a third as wide as they are.
- The p of a row is a placebo's and not the bootstrap's: it is made from the same tickers and prices, so that it has the fat tails, the
  overlapping windows and the days shared by many tickers that a formula would have to assume away.
- Window borders are closes, as (0, 5): from the entry's close to the fifth close after it. What moved before the entry, the entry
  session included, is in the check (-5, 0): nobody can trade it.
- All returns are computed for every session of a ticker at once; an event, and a placebo, is then a place in an array.
"""

from __future__ import annotations

from labtape.study.core import study
from labtape.study.counts import Counts
from labtape.study.events import Trade, trades_from
from labtape.study.frames import study_json, study_plain, write_events, write_study
from labtape.study.nouns import Options, Outcome, Path, Row, Study
from labtape.study.prices import Prices, off_session, read_price_file, read_prices, split_like
from labtape.study.sessions import first_session, phase

__all__ = [
    "Counts",
    "Options",
    "Outcome",
    "Path",
    "Prices",
    "Row",
    "Study",
    "Trade",
    "first_session",
    "off_session",
    "phase",
    "read_price_file",
    "read_prices",
    "split_like",
    "study",
    "study_json",
    "study_plain",
    "trades_from",
    "write_events",
    "write_study",
]
