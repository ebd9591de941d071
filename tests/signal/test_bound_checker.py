"""The checker of the notes finds what it is there to find."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from bound import unbound

from labtape.annotate import annotate
from labtape.lexicon import lexicon
from labtape.signal import RuleModel, judge
from labtape.types import Annotated, Article, Sentence, Span, Verdict

NOW = datetime(2026, 11, 1, tzinfo=UTC)
TITLE = "OpenAI raises $40 billion in a new funding round"


def judged() -> tuple[Annotated, Verdict]:
    annotated = annotate(Article("1", TITLE, "The lab will spend it on compute."), lexicon())
    return annotated, judge([annotated], model=RuleModel(lexicon()), lexicon=lexicon(), now=NOW)[0].verdict


def test_an_honest_note_has_no_complaint() -> None:
    annotated, verdict = judged()
    assert any(s.rule == "relations:openai" for s in verdict.rationale)
    assert unbound(verdict, annotated, lexicon()) == []


@pytest.mark.parametrize(
    ("sentence", "complaint"),
    [
        (Sentence("It raised $50 billion.", (Span(0, 48),), "derived"), "number 50"),
        (Sentence("Nvidia shares rose.", (Span(0, 48),), "derived"), "name Nvidia"),
        (Sentence("“It will hire.”", (Span(0, 48),), "quoted"), "not a quotation"),
        (Sentence("A rule says so.", (), "rule", "x"), "no evidence"),
        (Sentence("Tied to HKEX:0700 (holder).", (Span(0, 6),), "rule", "relations:openai"), "HKEX:0700"),
        (Sentence("Tied to NASDAQ:MSFT (rival).", (Span(0, 6),), "rule", "relations:openai"), "NASDAQ:MSFT"),
        (Sentence("Tied to NASDAQ:MSFT (holder).", (Span(0, 6),), "rule", "launch"), "NASDAQ:MSFT"),
    ],
)
def test_a_sentence_that_says_more_than_its_evidence_is_complained_about(
    sentence: Sentence, complaint: str
) -> None:
    annotated, verdict = judged()
    forged = replace(verdict, rationale=(*verdict.rationale, sentence))
    assert any(complaint in found for found in unbound(forged, annotated, lexicon()))
