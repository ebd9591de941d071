"""When an item that is available can be traded: phases and sessions of the exchanges, by exchange_calendars.

            open                       close
    ──pre────┼──regular──break──regular──┼──post──      closed: a day without a session
      └ this session's close ┘             └ the next session's close

An item before the close of a session counts from that close; one at the close to the second, or after it, from the next
session's. With `entry="open"` it counts from the first open after it: one at the open to the second waits for the next. Half days,
lunch breaks, holidays and changes of the clock are those of the calendars; in a lunch break the session is still to close. Crypto
trades in days of UTC that never pause.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args
from warnings import catch_warnings, simplefilter
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import numpy as np

Entry = Literal["close", "open"]
Phase = Literal["pre", "regular", "break", "post", "closed"]
PHASES: tuple[Phase, ...] = get_args(Phase)

# The calendar of each exchange code of the lexicon; besides them any name exchange_calendars knows (XTSE, ASX).
CALENDARS = {
    "AMS": "XAMS", "CBOE": "XNYS", "CRYPTO": "24/7", "EPA": "XPAR", "EURONEXT": "XAMS", "FRA": "XFRA", "HKEX": "XHKG",
    "KRX": "XKRX", "LSE": "XLON", "MOEX": "XMOS", "NASDAQ": "XNAS", "NSE": "XBOM", "NYSE": "XNYS", "OTC": "XNYS",
    "SSE": "XSHG", "SZSE": "XSHG", "TSE": "XTKS", "TWSE": "XTAI", "XETRA": "XETR",
}  # fmt: skip
# From here on all calendars above are known; an item before it has no session.
_SINCE = "1998-01-01"


@dataclass(frozen=True, slots=True, eq=False)
class Sessions:
    """The sessions of one calendar in order: ISO dates, and moments in nanoseconds since 1970 (`breaks` 0 where there is none)."""

    zone: ZoneInfo | timezone
    days: tuple[str, ...]
    opens: np.ndarray[Any, Any]  # Any: numpy's own parameters, int64 in all four
    closes: np.ndarray[Any, Any]
    break_starts: np.ndarray[Any, Any]
    break_ends: np.ndarray[Any, Any]

    def first(self, at: datetime, entry: Entry = "close") -> str | None:
        """The date of the first session that closes, or opens, after `at`; None where the calendar does not reach."""
        moments = self.closes if entry == "close" else self.opens
        n = int(moments.searchsorted(_ns(at), side="right"))
        is_known = n < len(self.days) and at.astimezone(self.zone).date().isoformat() >= self.days[0]
        return self.days[n] if is_known else None

    def phase(self, at: datetime) -> Phase:
        """Where `at` falls with respect to the session of its day on the exchange's clock."""
        ns = _ns(at)
        n = int(self.closes.searchsorted(ns, side="right"))
        today = at.astimezone(self.zone).date().isoformat()
        if n < len(self.days) and self.opens[n] <= ns:
            return "break" if self.break_starts[n] <= ns < self.break_ends[n] else "regular"
        if n < len(self.days) and self.days[n] == today:
            return "pre"
        return "post" if n and self.days[n - 1] == today else "closed"


def calendar_of(exchange: str) -> str | None:
    """The name of the calendar of an exchange; None where there is none.

    >>> calendar_of("HKEX"), calendar_of("crypto"), calendar_of("XTSE"), calendar_of("MARS")
    ('XHKG', '24/7', 'XTSE', None)
    """
    code = exchange.upper()
    return CALENDARS.get(code) or (code if code in _known() else None)


def first_session(at: datetime, exchange: str, *, entry: Entry = "close") -> str | None:
    """The date of the first session that closes (or opens) after `at`; None for an exchange without a calendar.

    >>> from datetime import UTC
    >>> first_session(datetime(2026, 6, 5, 21, 0, tzinfo=UTC), "NASDAQ")  # a Friday, after the close
    '2026-06-08'
    """
    name = calendar_of(exchange)
    return sessions(name).first(at, entry) if name else None


def phase(at: datetime, exchange: str) -> Phase | None:
    """Whether `at` lies before, in, or after the session of its day; None for an exchange without a calendar.

    >>> from datetime import UTC
    >>> phase(datetime(2025, 11, 28, 18, 0, tzinfo=UTC), "NYSE")  # 13:00 of a half day
    'post'
    """
    name = calendar_of(exchange)
    return sessions(name).phase(at) if name else None


@cache
def sessions(name: str) -> Sessions:
    """The sessions of a calendar of exchange_calendars, from 1998 to as far as it knows, a year from now at most."""
    import exchange_calendars
    import numpy as np
    import pandas as pd

    with catch_warnings():
        simplefilter("ignore", DeprecationWarning)  # 4.13 uses what pandas 4 will drop
        try:
            calendar = exchange_calendars.get_calendar(name, start=_SINCE)
        except ValueError:  # one whose holidays are not known so far back
            calendar = exchange_calendars.get_calendar(name)
    table = calendar.schedule

    def moments(column: str) -> np.ndarray[Any, Any]:
        filled = table[column].fillna(pd.Timestamp(0, tz="UTC"))
        return np.asarray(filled.dt.tz_convert(None).astype("datetime64[ns]").astype("int64"))

    days = tuple(str(day.date()) for day in table.index)
    zone = ZoneInfo(str(calendar.tz))
    return Sessions(
        zone, days, moments("open"), moments("close"), moments("break_start"), moments("break_end")
    )


@cache
def _known() -> frozenset[str]:
    import exchange_calendars

    return frozenset(exchange_calendars.get_calendar_names())


def _ns(at: datetime) -> int:
    """Nanoseconds since 1970, exactly: a float of seconds would move a close by some of them."""
    whole = int(at.replace(microsecond=0).timestamp())
    return whole * 1_000_000_000 + at.microsecond * 1000
