from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.read.dates import Dated, read_date

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)

RIGHT = [
    # raw, language, moment in UTC, precision
    ("Sat, 13 Jun 2026 16:37:21 GMT", None, "2026-06-13T16:37:21", "second"),
    ("Sat, 13 Jun 2026 16:37:21 +0800", None, "2026-06-13T08:37:21", "second"),
    ("13 Jun 2026 16:37 EST", None, "2026-06-13T21:37:00", "minute"),
    ("Saturday, 13-Jun-26 16:37:21 UTC", None, "2026-06-13T16:37:21", "second"),
    ("Sat, 13 June 2026 04:37:21 PM EDT", None, "2026-06-13T20:37:21", "second"),
    (
        "Mon, 13 Jun 2026 16:37:21 Z",
        None,
        "2026-06-13T16:37:21",
        "second",
    ),  # the weekday is wrong, the date is not
    ("2026-06-13T16:37:21Z", None, "2026-06-13T16:37:21", "second"),
    ("2026-06-13t16:37:21.123456789+08:00", None, "2026-06-13T08:37:21.123456", "second"),
    ("2026-06-13 16:37:21  +0800", None, "2026-06-13T08:37:21", "second"),
    ("2026-06-13T16:37-05", None, "2026-06-13T21:37:00", "minute"),
    ("20260613T163721Z", None, "2026-06-13T16:37:21", "second"),
    ("2026-06-13", None, "2026-06-13T00:00:00", "day"),
    ("20260613", None, "2026-06-13T00:00:00", "day"),
    ("June 13, 2026", None, "2026-06-13T00:00:00", "day"),
    ("13th June 2026", None, "2026-06-13T00:00:00", "day"),
    ("Jun 13, 2026 at 4:37 pm UTC+8", None, "2026-06-13T08:37:00", "minute"),
    ("13/06/2026", None, "2026-06-13T00:00:00", "day"),
    ("06/13/2026 16:37:21 GMT", None, "2026-06-13T16:37:21", "second"),
    ("06/06/2026", None, "2026-06-06T00:00:00", "day"),
    ("Sat Jun 13 2026 16:37:21 GMT+0800 (China Standard Time)", None, "2026-06-13T08:37:21", "second"),
    ("Sat Jun 13 2026 16:37:21 GMT+0800 (中国标准时间)", None, "2026-06-13T08:37:21", "second"),
    ("Sat Jun 13 16:37:21 UTC 2026", None, "2026-06-13T16:37:21", "second"),
    ("1781340000", None, "2026-06-13T08:40:00", "second"),
    ("1781340000123", None, "2026-06-13T08:40:00", "second"),
    ("2026年6月13日 16:37", None, "2026-06-13T08:37:00", "minute"),
    ("2026年06月13日 16:37:21", "zh-cn", "2026-06-13T08:37:21", "second"),
    ("2026年6月13日（星期六）下午4点37分", None, "2026-06-13T08:37:00", "minute"),
    ("2026年6月13日(土) 16:37", "ja", "2026-06-13T07:37:00", "minute"),
    ("２０２６年６月１３日　１６：３７", None, "2026-06-13T08:37:00", "minute"),
    ("2026年6月13日", None, "2026-06-13T00:00:00", "day"),
    ("2026-06-13 16:37:21", "zh-CN", "2026-06-13T08:37:21", "second"),
    ("Sat, 13 Jun 2026 16:37:21 CST", "zh", "2026-06-13T08:37:21", "second"),
    ("Sat, 13 Jun 2026 16:37:21 CST", "en-US", "2026-06-13T22:37:21", "second"),
    ("Wed, 31 Dec 2025 23:59:60 GMT", None, "2025-12-31T23:59:59", "second"),  # a leap second
    # no zone, no hour: only the day is known
    ("2026-06-13T16:37:21", "en", "2026-06-13T00:00:00", "day"),
    ("Sat, 13 Jun 2026 16:37:21", None, "2026-06-13T00:00:00", "day"),
    ("Sat Jun 13 16:37:21 2026", None, "2026-06-13T00:00:00", "day"),
]

NO_DATE = [
    "", "1", "today", "2小时前", "2 hours ago", "昨天 16:37", "Sat, 13 Jun 2026 25:61:00 GMT", "31 Jun", "31 Jun 2026",
    "30 Feb 2026 10:00 GMT", "2026-02-30", "2026", "2026-06", "06/07/2026", "13 Jun", "16:37", "Sat",
    "Sat, 13 Jun 2999 16:37:21 GMT", "2999-01-01", "9999999999", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "0",
    "Sat, 13 Jun 2026 16:37:21 CST", "Sat, 13 Jun 2026 16:37:21 IST", "Sat, 13 Jun 2026 16:37:21 +9900",
    "2026-06-13T24:00:00Z", "2026-06-13T16:60:00Z", "13:37 PM 13 Jun 2026", "2026-13-06", "20261306",
    "Published on 13 Jun 2026", "{{ page.date }}", "Invalid Date", "Sat, 13 Jui 2026 16:37:21 GMT", "2026-06-13 " * 20,
]  # fmt: skip


@pytest.mark.parametrize(("raw", "language", "moment", "precision"), RIGHT)
def test_a_date_in_a_known_form_is_right(raw, language, moment, precision):
    found = read_date(raw, now=NOW, language=language)
    assert found.at == datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert found.precision == precision


@pytest.mark.parametrize("raw", NO_DATE)
def test_no_date_is_better_than_a_wrong_one(raw):
    found = read_date(raw, now=NOW)
    assert (found.at, found.precision) == (None, "none")


def test_what_has_not_come_yet_is_no_date_and_says_so():
    ahead = read_date((NOW + timedelta(minutes=9)).isoformat(), now=NOW)
    assert (ahead.at, ahead.is_future) == (NOW + timedelta(minutes=9), False)  # a clock that is a little fast
    for raw in ((NOW + timedelta(minutes=11)).isoformat(), "Sat, 13 Jun 2999 16:37:21 GMT", "2999-01-01"):
        assert read_date(raw, now=NOW) == Dated(is_future=True)


def test_a_day_may_have_begun_elsewhere():
    assert read_date("2026-07-02", now=NOW).at == datetime(
        2026, 7, 2, tzinfo=UTC
    )  # noon in UTC: midnight at +12
    assert read_date("2026-07-03", now=NOW).is_future
    assert read_date("2026-07-02", now=NOW - timedelta(hours=3)).is_future


def test_programs_mean_utc_when_they_write_no_zone():
    found = read_date("2026-06-13 16:37:21", now=NOW, naive_is_utc=True)
    assert found.at == datetime(2026, 6, 13, 16, 37, 21, tzinfo=UTC)
    assert found.precision == "second"


@given(st.text() | st.from_regex(r"[0-9年月日 :/T+-]{1,30}"))
def test_any_text_has_a_date_or_none_and_never_one_of_the_future(raw):
    found = read_date(raw, now=NOW)
    assert (found.at is None) == (found.precision == "none")
    assert found.at is None or (found.at.utcoffset() == timedelta(0) and found.at <= NOW + timedelta(days=1))


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=365 * 50)))
def test_what_is_written_as_iso_is_read_back(age):
    at = NOW - age
    assert read_date(at.isoformat(), now=NOW).at == at
