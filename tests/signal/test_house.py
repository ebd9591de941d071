from __future__ import annotations

import json
from pathlib import Path

import pytest
from ahocorasick_rs import AhoCorasick
from hypothesis import given, settings
from hypothesis import strategies as st

from labtape.annotate.required import Prefilter
from labtape.signal.house import HouseRule, find_hits, house_rules, rule_hits
from labtape.signal.words import event_words, rule_words
from labtape.text import sentences
from labtape.types import Annotated, Article

RULES = house_rules()


def annotated(title: str, text: str = "") -> Annotated:
    article = Article("a", title, text)
    return Annotated(article, "en", sentences(article.full))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_fires_on_its_examples_and_not_on_its_counter_examples(rule: HouseRule) -> None:
    assert rule.examples
    assert rule.counter_examples
    assert [e for e in rule.examples if rule.id not in rule_hits(e)] == []
    assert [e for e in rule.counter_examples if rule.id in rule_hits(e)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_words_and_they_hold_no_number(rule: HouseRule) -> None:
    words = rule_words(rule.id)
    said = (words.because, words.soon, words.later, words.watch, rule.says)
    assert not any(c.isdigit() for text in said for c in text)


def test_every_event_type_of_the_lexicon_has_words_of_its_own() -> None:
    from labtape.lexicon import lexicon

    other = event_words("other")
    assert [t for t in lexicon().event_types if t != "other" and event_words(t) == other] == []


def test_rule_ids_are_unique() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_a_denied_statement_does_not_fire() -> None:
    assert "price-raised" in rule_hits("The lab raised its prices.")
    assert "price-raised" not in rule_hits("The lab has not raised its prices.")


def test_a_move_since_the_start_of_the_year_is_no_reaction() -> None:
    assert "reaction-up" in rule_hits("Shares of the chipmaker rose 9% on Monday.")
    assert "reaction-up" not in rule_hits("Shares of the chipmaker rose 90% this year.")


def test_the_headline_counts_more_than_the_lead_and_a_hedge_takes_away() -> None:
    title = find_hits(annotated("Acme missed revenue targets"))
    lead = find_hits(annotated("Acme today", "Acme missed revenue targets."))
    hedged = find_hits(annotated("Acme may have missed revenue targets"))
    assert title[0].strength > lead[0].strength
    assert title[0].strength > hedged[0].strength


@given(st.text(), st.text())
def test_hits_lie_in_their_sentence_whatever_the_text(title: str, text: str) -> None:
    a = annotated(title, text)
    for hit in find_hits(a):
        assert hit.sentence.start <= hit.start < hit.end <= hit.sentence.end
        assert hit.strength >= 0


def unfiltered(sentence: str) -> tuple[str, ...]:
    """The rules that fire where every one is tried."""
    everything = Prefilter(AhoCorasick(["x"]), (0,), ((),), frozenset(range(len(RULES))))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("labtape.signal.house._prefilter", lambda: everything)
        return rule_hits(sentence)


def pieces() -> tuple[str, ...]:
    """The rules' own examples, and the words of them."""
    examples = [e for rule in RULES for e in (*rule.examples, *rule.counter_examples)]
    return (*examples, *dict.fromkeys(word for e in examples for word in e.split()))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_filter_leaves_every_rule_that_fires(rule: HouseRule) -> None:
    for sentence in (*rule.examples, *rule.counter_examples):
        assert rule_hits(sentence) == unfiltered(sentence)


@settings(deadline=None)  # the first text pays for making the rules
@given(
    st.lists(st.sampled_from(pieces()) | st.text(max_size=8), max_size=12), st.sampled_from(["", " ", ", "])
)
def test_the_filter_leaves_every_rule_that_fires_in_any_text(words: list[str], gap: str) -> None:
    sentence = gap.join(words)
    assert rule_hits(sentence) == unfiltered(sentence)
    assert rule_hits(sentence.upper()) == unfiltered(sentence.upper())


def test_the_filter_leaves_every_rule_that_fires_in_our_articles() -> None:
    folder = Path(__file__).parents[2] / "corpora" / "articles"
    rows = (
        json.loads(line) for file in sorted(folder.iterdir()) for line in file.read_text("utf-8").splitlines()
    )
    fulls = [Article("a", row.get("title") or "", row.get("text") or "").full for row in rows]
    read = [full[s.start : s.end] for full in fulls for s in sentences(full)[:9]]
    assert any(rule_hits(sentence) for sentence in read)
    assert [s for s in read if rule_hits(s) != unfiltered(s)] == []
