"""What happened: every type of the lexicon proves itself by its own sentences, and the zones weigh as told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.annotate.event_features import event_features
from labtape.annotate.event_weights import event_weights, read_weights
from labtape.annotate.events import find_events
from labtape.annotate.patterns import fold, pattern_set
from labtape.lexicon import lexicon
from labtape.lexicon.entries import EventType
from labtape.text import sentences
from labtape.types import Event, Mention, Percentage, Share, Span

LEXICON = lexicon()
EXAMPLES = [(kind.id, text) for kind in LEXICON.event_types.values() for text in kind.examples]
COUNTER_EXAMPLES = [
    (kind.id, text) for kind in LEXICON.event_types.values() for text in kind.counter_examples
]


def events(title: str, text: str = "", **findings: tuple[object, ...]) -> tuple[Event, ...]:
    full = f"{title}\n\n{text}"
    given = {"mentions": (), "shares": (), "percentages": (), **findings}
    return find_events(full, len(title), sentences(full), lexicon=LEXICON, **given)


def types(title: str, text: str = "", **findings: tuple[object, ...]) -> list[str]:
    return [event.type for event in events(title, text, **findings)]


def test_there_are_twenty_types_and_all_but_other_have_cues_and_examples():
    assert len(LEXICON.event_types) == 20
    for kind in LEXICON.event_types.values():
        if kind.id != "other":
            assert kind.strong_cues, kind.id
            assert len(kind.examples) >= 3, kind.id
            assert len(kind.counter_examples) >= 2, kind.id


@pytest.mark.parametrize(("kind", "title"), EXAMPLES)
def test_an_example_of_a_type_tells_that_type(kind: str, title: str):
    assert kind in types(title)


@pytest.mark.parametrize(("kind", "title"), COUNTER_EXAMPLES)
def test_a_counter_example_does_not_tell_the_type(kind: str, title: str):
    assert kind not in types(title)


def test_nothing_told_is_the_event_other():
    assert types("Ten recipes for a rainy day", "Take two onions and a carrot.") == ["other"]


def test_the_main_event_comes_first_and_has_the_greatest_p():
    found = events(
        "Lab raises $2 billion in funding round", "It also released a new model and published a study."
    )
    assert found[0].type == "funding"
    assert found[0].p == max(event.p for event in found)


def test_the_title_outvotes_the_body():
    body = (
        "The court ruled. " * 3
        + "A judge dismissed a lawsuit against the firm last year. It filed an appeal."
    )
    assert types("Chip designer posts record quarterly revenue", body)[0] == "earnings"


def test_the_evidence_is_the_sentence_of_the_strongest_cue():
    title, text = "A busy day at the lab", "Weather was fine. The lab laid off 40 people. Lunch followed."
    (event, *_) = events(title, text)
    assert event.type == "layoffs_leadership"
    assert f"{title}\n\n{text}"[event.start : event.end] == "The lab laid off 40 people."


def test_a_current_share_in_the_title_tells_adoption():
    title = "Qwen now at 31% on the router"
    share = Share(
        start=12, end=15, text="31%", value=31.0, low=31.0, high=31.0, bound="exact", role="current",
        statistic="snapshot", subject="Qwen", subject_entities=(), subject_labs=(), metric="tokens", population=None,
        platform=None, scope=None, period=None, attributed_to=None, modality="measured", sentence=Span(0, 29),
        rule="r", comparability_key="k",
    )  # fmt: skip
    assert types(title, shares=(share,)) == ["adoption_share"]


def test_a_price_change_in_the_title_tells_a_market_move():
    moved = Percentage(
        start=17, end=19, text="9%", value=9.0, low=9.0, high=9.0, bound="exact", direction="down", kind="price_change", rule="r"
    )  # fmt: skip
    assert types("Foundry is off by 9% today", percentages=(moved,))[0] == "market_move"


def test_a_versioned_model_in_the_title_helps_a_release():
    mention = Mention(0, 6, "Qwen 9", "model:qwen", "lab:alibaba-qwen", "subject", True, 1.0, "r")
    assert types("Qwen 9 is here and upgraded", mentions=(mention,))[0] == "model_release"


def test_the_rule_names_the_kind_of_cue_its_place_and_its_words():
    (event, *_) = events("Robot start-up raises $40 million")
    assert event.type == "funding"
    assert event.rule == "learned:strong-cue:title:raises $40 million"


def test_the_lead_begins_below_a_menu_that_ends_with_the_title_again():
    title, menu = "A long day for a chip designer in Oslo", "Home News Reviews Deals Sign in Search " * 12
    story = "The company laid off 40 people."
    full = f"{title}\n\n{menu}{title} {story}"
    found = event_features(full, len(title), (), (), (), LEXICON)
    assert found.values["cue:layoffs_leadership:lead:strong"] >= 1


def test_a_type_without_learned_weights_is_told_by_its_own_cues():
    own = EventType(
        "recall", "Recall", -0.2, ("faulty",), ("recall(?:s|ed) [a-z]+",), ("Firm recalls robots",), ()
    )
    more = replace(LEXICON, digest="own", event_types={**LEXICON.event_types, "recall": own})
    title = "Robot maker recalls robots after faulty batch"
    found = find_events(f"{title}\n\n", len(title), sentences(title), (), (), (), more)
    assert "recall" in [event.type for event in found]
    assert "recall" not in event_weights().types


def test_the_shipped_table_knows_every_shipped_type_and_is_read_back_equal():
    table = event_weights()
    assert set(table.types) == set(LEXICON.event_types)
    assert all(len(row) == len(table.types) for row in table.weights.values())
    assert read_weights(table.as_json()) == table


def test_other_is_told_only_alone():
    for title in ("Lab raises $2 billion", "Ten recipes for a rainy day", "Judge dismisses suit"):
        told = types(title)
        assert "other" not in told or told == ["other"]


def test_chinese_cues_are_found_without_spaces():
    assert types("英伟达第三财季营收同比增长62%")[0] == "earnings"
    assert types("某AI公司宣布裁员两成")[0] == "layoffs_leadership"


@given(st.text(max_size=200), st.text(max_size=400))
def test_any_text_has_at_least_one_event_with_its_evidence_in_it(title: str, text: str):
    full = f"{title}\n\n{text}"
    found = events(title, text)
    assert found
    for event in found:
        assert 0 <= event.start <= event.end <= len(full)
        assert 0.0 <= event.p <= 1.0
    assert found == tuple(sorted(found, key=lambda e: -e.p))


@given(st.text(max_size=200))
def test_folding_keeps_every_index(text: str):
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("source", "text", "hits"),
    [
        ("chips?", "chip chips chipset", 2),
        ("(?:new )?models?", "new model, remodel", 2),
        ("rais(?:es|ed) {money}", "raised usd 5bn and raises €3 million", 2),
        (r"\d+ (?:gw|mw)", "a 30 MW site", 1),
        ("融资", "完成融资，再融资", 2),
        ("(?:un)?sanctioned", "unsanctioned and sanctioned", 2),
        (r"\$\d+", "$20 and $30", 2),
    ],
)
def test_a_pattern_set_finds_what_its_expressions_would(source: str, text: str, hits: int):
    assert len({at for _, at, _ in pattern_set([source]).scan(fold(text))}) == hits
