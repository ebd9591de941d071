"""What a written time means where it ends something: `--until`, `--as-of`, and their like in the REST API and the tools for models."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

# What `datetime.fromisoformat` takes for a date.
_DATE: Final = re.compile(r"\d{4}-?(?:\d\d-?\d\d|W\d\d(?:-?\d)?)")
_TO_ITS_END: Final = timedelta(days=1, microseconds=-1)


def end_of(text: str, at: datetime, *, now: datetime | None = None) -> datetime:
    """The end of what a text names that begins at a time: of a date that of its day, or `now` where that is today; else that very time.

    >>> from datetime import UTC
    >>> day = datetime(2026, 6, 1, tzinfo=UTC)
    >>> end_of("2026-06-01", day).isoformat(), end_of("2026-06-01", day, now=day + timedelta(hours=7)).isoformat()
    ('2026-06-01T23:59:59.999999+00:00', '2026-06-01T07:00:00+00:00')
    >>> end_of("2026-06-01T09:30Z", day + timedelta(hours=9.5)).isoformat()
    '2026-06-01T09:30:00+00:00'
    """
    if not _DATE.fullmatch(text.strip()):
        return at
    end = min(at, datetime.max.replace(tzinfo=at.tzinfo) - _TO_ITS_END) + _TO_ITS_END
    return now if now and at <= now < end else end
