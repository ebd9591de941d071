"""Chinese wordings of a period and the days they stand for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from labtape.text.periods import find_periods

AT = datetime(2026, 8, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "words", "start", "end"),
    [
        ("今年前两个月占三成", "今年前两个月", "2026-01-01", "2026-02-28"),
        ("截至6月底共三成", "截至6月底", "2026-06-30", "2026-06-30"),
        ("6月前三周占三成", "6月前三周", "2026-06-01", "2026-06-21"),
        ("2月16日至25日占三成", "2月16日至25日", "2026-02-16", "2026-02-25"),
        ("2月23日至3月1日当周", "2月23日至3月1日当周", "2026-02-23", "2026-03-01"),
        ("1至3月占三成", "1至3月", "2026-01-01", "2026-03-31"),
        ("2025年第四季全球", "2025年第四季", "2025-10-01", "2025-12-31"),
        ("首季占三成", "首季", "2026-01-01", "2026-03-31"),
        ("第四季占三成", "第四季", "2025-10-01", "2025-12-31"),
        ("1Q26占三成", "1Q26", "2026-01-01", "2026-03-31"),
        ("去年秋天占三成", "去年秋天", "2025-09-01", "2025-11-30"),
        ("前一周占三成", "前一周", "2026-08-10", "2026-08-16"),
        ("4月上半月占三成", "4月上半月", "2026-04-01", "2026-04-15"),
        ("降至今年上半年的三成", "今年上半年", "2026-01-01", "2026-06-30"),
        ("2025年中国市场", "2025年", "2025-01-01", "2025-12-31"),
        ("上年的三成", "上年", "2025-01-01", "2025-12-31"),
        ("自年初以来占三成", "自年初以来", "2026-01-01", "2026-08-20"),
        ("除夕占三成", "除夕", None, None),
    ],
)
def test_a_chinese_period_has_its_days(text: str, words: str, start: str | None, end: str | None) -> None:
    ((_, period),) = find_periods(text, AT)
    assert (period.text, period.start, period.end) == (words, start, end)


def test_words_that_only_look_like_a_period_are_none() -> None:
    for text in ("月活用户", "一季报", "连续三季扩大", "上海", "季节性", "6月薪"):
        assert find_periods(text, AT) == ()
