"""The geopolitical line: who acts on whom, how far it has gone, what it reaches."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from labtape.annotate import annotate
from labtape.lexicon import lexicon
from labtape.signal import RuleModel, judge
from labtape.types import Article, Sentence

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def line(title: str, text: str = "") -> Sentence | None:
    annotated = annotate(Article("1", title, text), lexicon())
    signal = judge([annotated], model=RuleModel(lexicon()), lexicon=lexicon(), now=NOW)[0]
    found = [s for s in signal.verdict.rationale if s.rule == "states"]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("title", "said"),
    [
        (
            "US tightens export controls on Nvidia chips for China",
            ("Restriction by US on CN, decided", "Nvidia"),
        ),
        (
            "China weighs export curbs on AI models, leaving the US exposed",
            ("Restriction by CN on US, ", "not decided"),
        ),
        ("US lifts export ban on AMD chips for China", ("Easing by US on CN, ", "AMD")),
        (
            "Chinese AI models overtake US rivals in downloads",
            ("Contest between CN and US, no measure so far",),
        ),
    ],
)
def test_the_line_says_who_acts_how_far_it_is_and_what_it_reaches(title: str, said: tuple[str, ...]) -> None:
    told = line(title)
    assert told is not None
    assert [words for words in said if words not in told.text] == []
    assert told.support == "derived"
    assert told.evidence


def test_where_no_state_acts_there_is_no_line() -> None:
    assert line("Acme's new AI model writes better code", "Developers like it.") is None


def test_who_acts_is_left_open_where_the_words_do_not_say() -> None:
    told = line("New export ban hurts trade of chips between China and the US")
    assert told is not None
    assert " on " not in told.text.split(";")[0]


def test_a_state_is_a_word_of_its_own() -> None:
    told = line("STATUS bars dealers: new export ban hurts trade of chips between China and the US")
    assert told is not None
    assert " on " not in told.text.split(";")[0]


def test_an_asset_is_named_only_where_the_text_names_it() -> None:
    told = line(
        "US tightens AI chip export controls against China", "Officials said the rules apply at once."
    )
    assert told is not None
    assert "no listed company or token" in told.text
