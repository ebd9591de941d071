"""When a figure holds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.text.periods import find_periods

AT = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)  # a Thursday

DATED = (
    ("It began in late 2024.", "late 2024", "2024-10-01", "2024-12-31"),
    ("By mid-2025 it had doubled.", "By mid-2025", "2025-05-01", "2025-08-31"),
    ("In Q1 2021 it led.", "Q1 2021", "2021-01-01", "2021-03-31"),
    ("Its Q3 was strong.", "Q3", "2026-07-01", "2026-09-30"),
    ("The fourth quarter of 2025 was weak.", "The fourth quarter of 2025", "2025-10-01", "2025-12-31"),
    ("Sold in 2025 alone.", "2025", "2025-01-01", "2025-12-31"),
    ("It will rise by 2028.", "by 2028", "2028-01-01", "2028-12-31"),
    ("2025: the slice grew.", "2025", "2025-01-01", "2025-12-31"),
    ("April 2026 snapshots differ.", "April 2026", "2026-04-01", "2026-04-30"),
    ("Spending in July was high.", "July", "2026-07-01", "2026-07-31"),
    ("Spending in November was high.", "November", "2025-11-01", "2025-11-30"),
    ("It should close by December.", "by December", "2026-12-01", "2026-12-31"),
    ("Tokens since May fell.", "since May", "2026-05-01", "2026-08-20"),
    ("Last year it was less.", "Last year", "2025-01-01", "2025-12-31"),
    ("It held more a year ago.", "a year ago", "2025-01-01", "2025-12-31"),
    ("It held less two years ago.", "two years ago", "2024-01-01", "2024-12-31"),
    ("In the week of Feb. 24 it led.", "the week of Feb. 24", "2026-02-24", "2026-03-02"),
    ("Over the past week it led.", "the past week", "2026-08-13", "2026-08-20"),
    ("Over the next five years it may.", "the next five years", "2026-08-20", "2031-08-20"),
    ("From May 20 to May 25 it rose.", "May 20 to May 25", "2026-05-20", "2026-05-25"),
    ("This quarter is slow.", "This quarter", "2026-07-01", "2026-09-30"),
    ("In the first half of 2025 it rose.", "the first half of 2025", "2025-01-01", "2025-06-30"),
    ("From 2019 to 2025 it rose.", "From 2019 to 2025", "2019-01-01", "2025-12-31"),
    ("So far this year it leads.", "So far this year", "2026-01-01", "2026-08-20"),
    ("2026年7月的份额", "2026年7月", "2026-07-01", "2026-07-31"),
    ("去年它领先", "去年", "2025-01-01", "2025-12-31"),
    ("截至2025年年末，规模扩大", "截至2025年年末", "2025-12-01", "2025-12-31"),
    ("2025年第三季度出货", "2025年第三季度", "2025-07-01", "2025-09-30"),
    ("第二季度营收", "第二季度", "2026-04-01", "2026-06-30"),
    ("本季度支出", "本季度", "2026-07-01", "2026-09-30"),
    ("上个月调用量", "上个月", "2026-07-01", "2026-07-31"),
    ("过去三年份额", "过去三年", "2023-08-20", "2026-08-20"),
    ("三年前它很小", "三年前", "2023-01-01", "2023-12-31"),
)

BACK = (
    ("In the first quarter it was 9%, a year earlier 7%.", "a year earlier", "2025-01-01", "2025-03-31"),
    (
        "In the third quarter of 2025 it was 9%, up from 7% a year ago.",
        "a year ago",
        "2024-07-01",
        "2024-09-30",
    ),
    ("In May it was 9%, against 7% a year earlier.", "a year earlier", "2025-05-01", "2025-05-31"),
    ("In March it was 9%, after 7% a month earlier.", "a month earlier", "2026-02-01", "2026-02-28"),
    ("In April it was 9%. Six months earlier it was 7%.", "Six months earlier", "2025-10-01", "2025-10-31"),
    ("In 2025 it was 9%; two years earlier, 7%.", "two years earlier", "2023-01-01", "2023-12-31"),
    ("In the week ending May 3 it was 9%, a week earlier 7%.", "a week earlier", "2026-04-20", "2026-04-26"),
    ("On June 1 it was 9%, a day earlier 7%.", "a day earlier", "2026-05-31", "2026-05-31"),
    (
        "In Q2 it was 9%, in the same quarter last year 7%.",
        "the same quarter last year",
        "2025-04-01",
        "2025-06-30",
    ),
    ("5月占比9%，一年前为7%。", "一年前", "2025-05-01", "2025-05-31"),
    ("第一季度占比9%，去年同期7%。", "去年同期", "2025-01-01", "2025-03-31"),
    # counted from the article's date: no period before, another sentence, "now" between, too fine a step
    ("A year ago it was 7%, in May 9%.", "A year ago", "2025-01-01", "2025-12-31"),
    ("It began in May. A year ago it was 7%.", "A year ago", "2025-01-01", "2025-12-31"),
    ("Launched in May, it now has 9%, up from 7% a year ago.", "a year ago", "2025-01-01", "2025-12-31"),
    ("In 2025 it was 9%, a month earlier 7%.", "a month earlier", "2026-07-01", "2026-07-31"),
)

UNDATED = (
    ("It averaged that for the full year.", "the full year"),
    ("In the most recent quarter it led.", "the most recent quarter"),
    ("Fiscal 2026 starts early.", "Fiscal 2026"),
    ("In a given week few do.", "a given week"),
)

NONE = (
    "It may rise and march on.",
    "Now and today it leads.",
    "The 2026 models handle 2,025 tokens.",
    "月活用户三千万",
    "Version 2025 shipped.",
)


@pytest.mark.parametrize(("sentence", "text", "start", "end"), BACK)
def test_a_year_earlier_is_counted_from_the_period_named_before_it(
    sentence: str, text: str, start: str, end: str
) -> None:
    assert (text, start, end) in [(p.text, p.start, p.end) for _, p in find_periods(sentence, AT)]


@pytest.mark.parametrize(("sentence", "text", "start", "end"), DATED)
def test_a_period_is_read_relative_to_the_article(sentence: str, text: str, start: str, end: str) -> None:
    periods = [(p.text, p.start, p.end) for _, p in find_periods(sentence, AT)]
    assert (text, start, end) in periods


@pytest.mark.parametrize(("sentence", "text"), UNDATED)
def test_a_period_that_no_calendar_tells_keeps_null_dates(sentence: str, text: str) -> None:
    assert [(p.text, p.start, p.end) for _, p in find_periods(sentence, AT)] == [(text, None, None)]


@pytest.mark.parametrize("sentence", NONE)
def test_words_that_only_look_like_times_are_no_periods(sentence: str) -> None:
    assert find_periods(sentence, AT) == ()


def test_without_a_date_of_the_article_relative_periods_keep_their_words_only() -> None:
    periods = [p for _, p in find_periods("Last year, in July, and in 2024.", None)]
    assert [(p.text, p.start) for p in periods] == [
        ("Last year", None),
        ("July", None),
        ("2024", "2024-01-01"),
    ]


_WORDS = st.sampled_from(
    ["in ", "by ", "2025", "late ", "Q3 ", "May ", "31", "the week of ", "Feb. 30", "from ", " to ", "年", "13月", "去年", "第", "三季度", "last ", "year", "999 years ago", "9999", "since "]
)  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(_WORDS, max_size=10).map("".join)))
def test_any_text_gives_periods_inside_it_with_ordered_dates(text: str) -> None:
    end = 0
    for span, period in find_periods(text, AT):
        assert text[span.start : span.end] == period.text
        assert end <= span.start < span.end
        assert (period.start is None) == (period.end is None)
        assert period.start is None or period.start <= str(period.end)
        end = span.end
