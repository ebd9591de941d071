"""The shipped lexicon: nothing wrong with it, nothing lost from the facts, everything reachable."""

from __future__ import annotations

import csv
import json
import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from labtape.lexicon import check, lexicon, load_lexicon
from labtape.lexicon.entries import Lab
from marked import read_marked

LEX = lexicon()
SURFACES = {alias.surface for alias in LEX.aliases}


def test_the_shipped_lexicon_has_no_problems() -> None:
    assert check() == ()


def test_two_loads_are_equal_and_have_one_digest() -> None:
    first, second = load_lexicon(), load_lexicon()
    assert first == second
    assert first.digest == second.digest == LEX.digest
    assert first.digest.startswith("sha256:")


def test_it_can_be_sent_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(LEX)) == LEX


def test_aliases_are_those_of_the_labs_and_the_never_linked() -> None:
    of_labs = {
        alias
        for lab in LEX.labs.values()
        for alias in (*lab.names, *lab.people, *(a for model in lab.models for a in model.aliases))
    }
    assert of_labs == {alias for alias in LEX.aliases if alias.entity}
    assert {alias.kind for alias in LEX.aliases if not alias.entity} == {"group", "negative"}


@pytest.mark.parametrize("lab", LEX.labs.values(), ids=lambda lab: lab.id)
def test_every_lab_is_named_in_its_examples_by_names_or_versions_it_has(lab: Lab) -> None:
    own = {lab.entity, *(f"model:{model.id}" for model in lab.models)}
    seen = set()
    for sentence in lab.examples:
        text, marks = read_marked(sentence)
        for start, end, entity in marks:
            seen.add(entity)
            assert _may_mean(text[start:end], entity), f"{text[start:end]} as {entity}"
    assert own & seen


def _may_mean(name: str, entity: str) -> bool:
    family = LEX.models.get(entity.removeprefix("model:")) if entity.startswith("model:") else None
    if family and family.pattern and re.fullmatch(family.pattern, name):
        return True
    return any(alias.surface == name and alias.entity == entity for alias in LEX.aliases)


def test_counter_examples_mark_nothing_of_their_lab() -> None:
    for lab in LEX.labs.values():
        marked = {entity for sentence in lab.counter_examples for _, _, entity in read_marked(sentence)[1]}
        assert lab.entity not in marked


def test_a_subsidiary_shows_the_listing_of_its_nearest_listed_parent() -> None:
    assert LEX.labs["google-deepmind"].listings == ()
    assert LEX.tickers("google-deepmind") == ("NASDAQ:GOOGL", "NASDAQ:GOOG")
    assert LEX.tickers("arm") == ("NASDAQ:ARM",)
    assert LEX.tickers("openai") == ()


def test_listings_begin_on_the_day_their_source_gives() -> None:
    assert {listing.ticker: listing.since for listing in LEX.labs["zhipu"].listings} == {
        "HKEX:2513": "2026-01-08"
    }
    assert {listing.ticker: listing.since for listing in LEX.labs["sk-hynix"].listings} == {
        "KRX:000660": None,
        "NASDAQ:SKHY": "2026-07-10",
    }


def test_one_person_has_one_id_in_every_language() -> None:
    names = {alias.surface: alias.entity for alias in LEX.aliases if alias.kind == "person"}
    assert names["黄仁勋"] == names["Jensen Huang"] == "person:jensen-huang"
    assert names["Zhilin Yang"] == names["杨植麟"] == "person:yang-zhilin"


def test_the_lab_behind_an_entity_is_found() -> None:
    model, company = LEX.lab_of("model:kimi"), LEX.lab_of("company:nvidia")
    assert model is not None and model.id == "moonshot"
    assert company is not None and company.id == "nvidia"
    assert LEX.lab_of("model:none") is None


def test_group_names_and_look_alikes_stand_for_nobody() -> None:
    nobody = {alias.surface for alias in LEX.aliases if alias.entity is None}
    assert {"AI tigers", "六小虎", "BAT", "GEMI", "Falcon 9"} <= nobody


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("Chinese", "CN"),
        ("Beijing", "CN"),
        ("中国", "CN"),
        ("White House", "US"),
        ("Brussels", "EU"),
        ("沙特", "SA"),
    ],
)
def test_words_for_states_have_their_code(word: str, code: str) -> None:
    assert LEX.countries[word] == code


def test_at_least_sixty_countries_are_known() -> None:
    assert len(set(LEX.countries.values())) >= 60


def test_label_sets_go_from_good_to_bad_with_neutral_between() -> None:
    assert LEX.label_sets["market3"].labels == ("Bullish", "Neutral", "Bearish")
    assert len(LEX.label_sets["market5"].labels) == 5
    for label_set in LEX.label_sets.values():
        signs = [label_set.signs[label] for label in label_set.labels]
        assert signs == sorted(signs, reverse=True)
        assert label_set.signs[label_set.neutral] == 0


def test_the_markets_of_the_record_are_there() -> None:
    named = {"ai-equities", "chips", "china-ai", "us-ai", "cloud", "memory", "power", "crypto", "ai-tokens"}
    assert named <= set(LEX.markets)


def test_the_twenty_event_types_are_there() -> None:
    assert len(LEX.event_types) == 20
    assert {event.type for event in LEX.events} <= set(LEX.event_types)


def test_rivals_move_against_the_lab_and_all_others_with_it() -> None:
    assert {relation.via for relation in LEX.relations if relation.sign < 0} == {"rival"}
    assert "rival" not in {relation.via for relation in LEX.relations if relation.sign > 0}


# ---------------------------------------------------------------- against the facts and the development set


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def test_no_fact_was_lost(shared: Path) -> None:
    facts = shared / "facts"
    assert {row["id"] for row in _rows(facts / "labs.csv")} <= set(LEX.labs)
    assert {row["id"] for row in _rows(facts / "models.csv")} <= set(LEX.models)
    assert len(LEX.events) == len(list(_rows(facts / "events.csv")))
    assert len(LEX.shares) == len(list(_rows(facts / "shares.csv")))
    assert {row["url"] for row in _rows(facts / "feeds.csv")} <= {feed.url for feed in LEX.feeds}
    tickers = {asset.ticker for asset in LEX.assets}
    assert {"crypto:" + row["ticker"] for row in _rows(facts / "crypto_assets.csv")} <= tickers
    assert {re.sub("[()]", "", row["ticker"]) for row in _rows(facts / "ai_equities.csv")} <= tickers


# Notes of the facts rather than names.
LEFT_OUT = {"Bard (former name)", "ChatGPT models"}


def test_every_alias_of_the_facts_is_a_name_here(shared: Path) -> None:
    def key(surface: str) -> str:
        return re.sub(r"[\s-]+", " ", surface).lower()

    have = {key(surface) for surface in SURFACES}
    facts = {row["surface"] for row in _rows(shared / "facts" / "aliases.csv")}
    assert {surface for surface in facts if key(surface) not in have} <= LEFT_OUT


def test_every_name_of_the_development_set_is_a_name_or_a_version_here(shared: Path) -> None:
    patterns = [re.compile(model.pattern) for model in LEX.models.values() if model.pattern]
    have = {surface.lower() for surface in SURFACES}
    missing = set()
    for path in sorted((shared / "gold-dev").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            article = json.loads(line)
            full = f"{article['title']}\n\n{article['text']}"
            names = (full[lab["start"] : lab["end"]].replace("‑", "-") for lab in article["labs"])
            missing |= {
                name
                for name in names
                if name.lower() not in have and not any(pattern.search(name) for pattern in patterns)
            }
    assert missing == set()
