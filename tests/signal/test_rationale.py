"""The note: its words, which lines it has, and what it leaves out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from labtape.annotate import annotate
from labtape.lexicon import lexicon
from labtape.signal import RuleModel, judge
from labtape.signal.rationale import Case, history, long_term, rationale, short_term, takeaway
from labtape.signal.target import find_target
from labtape.signal.ties import ties_line
from labtape.signal.words import Turn, event_words
from labtape.types import Analogue, Article, Verdict

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAY = date(2026, 10, 1)
TURNS: tuple[Turn, ...] = ("event", "quiet", "up", "down")


def verdict(title: str, text: str = "") -> Verdict:
    annotated = annotate(Article("1", title, text), lexicon())
    return judge([annotated], model=RuleModel(lexicon()), lexicon=lexicon(), now=NOW)[0].verdict


def worded(title: str, event: str, sign: int, analogues: tuple[Analogue, ...] = ()) -> Case:
    """A case whose direction no house rule names."""
    annotated = annotate(Article("1", title, ""), lexicon())
    target = find_target(annotated, lexicon(), DAY)
    label = {1: "Bullish", -1: "Bearish"}[sign]
    return Case(
        annotated, target, label, "directional", sign, 0.9, (), (), event, analogues, near=sign, far=sign
    )


@pytest.mark.parametrize("turn", TURNS)
def test_every_event_type_has_words_for_every_turn_and_they_hold_no_number(turn: Turn) -> None:
    for kind in lexicon().event_types:
        words = event_words(kind, turn)
        assert kind == "other" or words != event_words("other", turn)
        assert not any(c.isdigit() for c in f"{words.because}{words.soon}{words.later}{words.watch}")


@pytest.mark.parametrize("kind", sorted(lexicon().event_types))
def test_a_direction_is_never_worded_as_its_opposite_or_as_neutral(kind: str) -> None:
    told = {(w.because, w.soon) for w in (event_words(kind, turn) for turn in ("event", "up", "down"))}
    assert len(told) == 3


@pytest.mark.parametrize(("sign", "leans"), [(1, "positive"), (-1, "negative")])
def test_a_direction_on_wording_alone_says_so_with_low_conviction(sign: int, leans: str) -> None:
    case = worded("ASML and the question of the licence", "export_control", sign)
    said = [s.text for s in rationale(case)]
    assert "on wording alone" in takeaway(case).text
    assert takeaway(case).text.endswith("with low conviction.")
    assert any(f"leans {leans}; no house rule" in text for text in said)
    assert not any("unchanged" in text or text.startswith("House rule") for text in said)


@pytest.mark.parametrize(
    ("near", "far", "soon", "later"),
    [
        (-1, -1, "", ""),
        (0, 0, "too little to move the next sessions; ", "too little to last by itself; "),
        (1, 1, "the first move may go the other way; ", "the longer run may go the other way; "),
    ],
)
def test_a_horizon_of_another_side_than_the_verdict_says_so(
    near: int, far: int, soon: str, later: str
) -> None:
    case = replace(worded("ASML and the question of the licence", "export_control", -1), near=near, far=far)
    assert short_term(case).text == f"Short term: {soon}{case.horizon_words.soon}."
    assert long_term(case).text == f"Long term: {later}{case.horizon_words.later}."


@pytest.mark.parametrize(("far", "side"), [(1, "positive"), (-1, "negative")])
def test_a_neutral_verdict_with_a_side_over_months_names_it(far: int, side: str) -> None:
    case = replace(
        worded("ASML and the question of the licence", "export_control", 1), sign=0, far=far, near=0
    )
    assert long_term(case).text.startswith(f"Long term: the longer run leans {side}; ")


def test_the_reason_is_said_once() -> None:
    told = verdict(
        "Anthropic raises $12 billion at a $500 billion valuation", "Investors paid twice as much."
    )
    said = [told.takeaway.text, *(s.text for s in told.rationale if not s.text.startswith("House rule:"))]
    assert [text for text in said if "a funding round" in text] == [told.takeaway.text]


def test_a_launch_has_no_house_rule_and_a_contract_has_one() -> None:
    launch, contract = (
        verdict("Mistral releases Mistral Large 4"),
        verdict("Oracle wins $40 billion cloud contract"),
    )
    assert not any(s.text.startswith("House rule:") for s in launch.rationale)
    assert sum(s.text.startswith("House rule:") for s in contract.rationale) == 1


def test_no_sentence_ends_with_two_stops() -> None:
    for title in (
        "Mistral releases Mistral Large 4.",
        "Will Mistral release a new model?",
        "Oracle wins contract!",
        "Oracle wins a contract, “in time.”",
    ):
        for sentence in verdict(title, "Oracle signed a cloud contract.").rationale:
            assert not sentence.text.endswith((".”.", "?”.", "!”.", ".””.", ".."))


def test_a_price_move_of_another_name_is_not_the_figure_of_the_takeaway() -> None:
    title = "Nvidia shares fall as supply grows"
    assert "4.5%" in verdict("Nvidia shares fall 4.5% as supply grows").takeaway.text
    assert "%" not in verdict(title, "Shares of AMD fell 3.1% on Tuesday.").takeaway.text


def test_a_move_the_other_way_or_of_an_index_is_not_the_figure_of_the_takeaway() -> None:
    for text in (
        "Shares fell back after a rise of 4.1%.",
        "Shares fell with the Nasdaq, down 1.2% on Friday.",
    ):
        assert "%" not in verdict("Nvidia shares fall", text).takeaway.text


def test_the_size_of_a_round_is_a_sum_and_that_of_a_price_move_a_percentage() -> None:
    assert (
        "($12 billion)" in verdict("Anthropic raises $12 billion at a $500 billion valuation").takeaway.text
    )
    assert (
        "(15%)"
        not in verdict("Anthropic raises money for 15% of its shares at a $9 billion value").takeaway.text
    )


def test_a_lab_that_is_not_listed_is_tied_to_what_trades_by_its_relations() -> None:
    told = verdict("OpenAI raises $40 billion in a new funding round")
    (line,) = (s for s in told.rationale if s.rule == "relations:openai")
    assert line.text.startswith("OpenAI is not listed; by the knowledge base NASDAQ:MSFT (holder")
    assert line.evidence


def test_a_lab_with_a_listed_owner_names_what_it_trades_through() -> None:
    annotated = annotate(Article("1", "DeepMind loses its chief scientist", ""), lexicon())
    (line,) = ties_line(find_target(annotated, lexicon(), DAY), lexicon(), DAY)
    assert "trades through its owner: NASDAQ:GOOGL." in line.text
    assert line.rule == "relations:google-deepmind"


def test_what_trades_itself_and_a_market_need_no_relation() -> None:
    for title in ("Nvidia shares fall 6%", "Chip stocks fall on Monday"):
        annotated = annotate(Article("1", title, ""), lexicon())
        assert ties_line(find_target(annotated, lexicon(), DAY), lexicon(), DAY) == ()


def test_a_sector_is_called_what_trades_in_it() -> None:
    assert verdict("Chip export ban: AI chipmakers fall on Monday").takeaway.text.startswith(
        "Bearish for chip stocks:"
    )


@pytest.mark.parametrize(
    ("similarity", "reaction", "said"),
    [
        (0.8, "ABC -5% 1d", "2026-01-02 A storm; then ABC -5% 1d."),
        (0.8, None, "2026-01-02 A storm; no market reaction is on file."),
        (0.5, "ABC -5% 1d", "2026-01-02 A storm (only loosely alike); then ABC -5% 1d."),
        (0.5, None, "none near enough on file."),
    ],
)
def test_history_says_how_near_it_is(similarity: float, reaction: str | None, said: str) -> None:
    analogue = Analogue("2026-01-02 A storm", similarity, reaction, "made up")
    case = worded("ASML and the licence", "export_control", -1, (analogue,))
    assert history(case).text == f"Similar historical pattern: {said}"
