"""Leaving out what cannot match changes no finding."""

from __future__ import annotations

import pytest

from labtape.annotate.cue_index import cue_index
from labtape.annotate.share_cues import CUES, _table
from labtape.text.periods import _compiled, find_periods

LEFT = (
    "The lab ACCOUNTED for ",
    "Alibaba’s share of tokens rose from ",
    "Its shares fell by a further ",
    "ınflation rose to ",
    "the ſhare of tokens was ",
    "\ud800 it holds ",
    "国产模型占词元调用量的",
)
RIGHT = (
    " of all tokens",
    " OF THE market",
    " market share",
    " higher than",
    "的市场份额",
    " of respondents said",
)


@pytest.mark.parametrize("left", LEFT)
@pytest.mark.parametrize("right", RIGHT)
def test_every_cue_that_matches_is_tried(left, right):
    tried = {id(cue) for cue, _ in _table().tries(left, right)}
    for cue, pattern in _table().rows:
        text = left if cue.side in ("left", "before") else right
        if pattern.match(text) if cue.side == "after" else pattern.search(text):
            assert id(cue) in tried, cue


def test_most_cues_are_not_tried():
    assert len(_table().tries("it was a nice day and ", " today")) < len(CUES) / 2


def test_half_a_character_hides_no_cue():
    assert cue_index([(0, r"\bholds?\b")]).possible("\udfff it holds ") == {0}


@pytest.mark.parametrize(
    "text",
    [
        "in late 2024, the week of Feb. 24, May 3-5, 4 June, from May to July, Sept. 2025, by March",
        "Q3 of fiscal 2025, 2025 Q1, the third quarter, H1 2024, the second half, 2023-2024, calendar 2025",
        "this year so far, by year end, last month, the past three weeks, over the last decade, two years ago",
        "the latest period, the full quarter, any given day, this decade, the same quarter a year earlier",
        "截至2025年3月，去年三季度，下半年，上个星期，过去三个月，两周前，上年同期，上财年，本季度",
    ],
)
def test_every_wording_of_a_period_has_the_signs_that_its_rule_asks_for(text):
    whole = {(m.start(), m.end()) for pattern, _, _ in _compiled() for m in pattern.finditer(text)}
    for start, end in whole:
        found = find_periods(text[start:end], None)
        assert found, text[start:end]
