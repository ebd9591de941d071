"""Where sentences end, case by case, and what holds for any text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.text import sentences

# A bar stands where one sentence ends and the next begins.
CASES = [
    "Shares rose 2.5% on Monday.| The rest fell.",
    "Nvidia Corp. reported on Feb. 3 that sales doubled.| Rivals did not.",
    "The U.S. Commerce Department spoke to Mr. Lee and Dr. Su.| Nobody answered.",
    "Rules changed in the U.S. | The market fell.",
    "Sales reached $3.4 billion in Q1.| Costs fell.",
    "It was No. 1 in 2025.| It is No. 3 now.",
    "Micron vs. Samsung is the match.",
    "She works at Foo Inc. and lives in Ohio.",
    "He left Foo Inc. | The shares fell.",
    "Vera C. Rubin was an astronomer.",
    "“Is it over?” asked the host.| “No.” |He left.",
    'She said "It is over." |Then she left.',
    "And then… nothing.| Wait!| What?!",
    "Costs fell... and rose again.",
    "1. Open the box.",
    "版本2.0今天发布。|价格下降了5%！|真的吗？|是的",
    "他说：“涨了。”|市场不信。",
    "Chips, e.g. HBM, i.e. memory, cost more.",
]


@pytest.mark.parametrize("marked", CASES)
def test_sentences_end_where_a_reader_would_end_them(marked: str):
    expected = [piece.strip() for piece in marked.split("|")]
    full = "T\n\n" + marked.replace("|", "")
    assert [full[s.start : s.end] for s in sentences(full)][1:] == expected


def test_the_title_never_runs_on_into_the_text():
    full = "Chips: no end in sight\n\nand so it goes on."
    assert [full[s.start : s.end] for s in sentences(full)] == [
        "Chips: no end in sight",
        "and so it goes on.",
    ]


def test_line_ends_and_bullets_close_a_sentence_but_a_hard_wrap_does_not():
    full = "T\n\n- First point\n- Second point\nA line that goes\non in the next"
    found = [full[s.start : s.end] for s in sentences(full)]
    assert found == ["T", "- First point", "- Second point", "A line that goes\non in the next"]


@given(st.text(max_size=80), st.text(alphabet='aB .!?。！\n”"…1', max_size=200))
def test_sentences_are_sorted_disjoint_and_in_the_text(title: str, text: str):
    full = f"{title}\n\n{text}"
    found = sentences(full)
    assert all(0 <= s.start < s.end <= len(full) for s in found)
    assert all(first.end <= second.start for first, second in pairwise(found))
    covered = "".join(full[s.start : s.end] for s in found)
    assert sum(c.isalnum() for c in covered) == sum(c.isalnum() for c in full)


def test_a_line_that_was_broken_for_its_width_runs_on_into_a_capital():
    full = (
        "Title\n\nChinese models held about 61% of tokens among the top 10 models on\n"
        "OpenRouter in May, the platform said.\nA short heading\nAnother sentence."
    )
    assert [full[s.start : s.end].replace("\n", " ") for s in sentences(full)][1:] == [
        "Chinese models held about 61% of tokens among the top 10 models on OpenRouter in May, the platform said.",
        "A short heading",
        "Another sentence.",
    ]
