"""What stands behind a name, what a word may mean, and the forest of owners."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_lexicon_folders import LAB, folder_with

from labtape.exceptions import LexiconError
from labtape.lexicon import chain, lexicon, load_lexicon
from labtape.lexicon.forest import Branch, forest, n_asked
from labtape.lexicon.lookup import find_meanings, is_never_linked, near_names

LEX = lexicon()


def test_a_chain_goes_from_a_model_to_the_listing_of_the_topmost_owner() -> None:
    found = chain(LEX, "model:grok", date(2026, 7, 1))
    assert (found.lab.id, found.family and found.family.id) == ("xai", "grok")
    assert [(o.lab, o.parent.id, o.since) for o in found.owners] == [("xai", "spacex", "2026-02-02")]
    assert [(p.ticker, p.lab, p.country, p.since) for p in found.listings] == [
        ("NASDAQ:SPCX", "spacex", "US", "2026-06-12")
    ]


def test_the_countries_of_lab_owner_and_listing_are_kept_apart() -> None:
    deepmind, alibaba = chain(LEX, "lab:google-deepmind"), chain(LEX, "lab:alibaba-qwen")
    assert (deepmind.country, deepmind.top_country, deepmind.listing_countries) == ("GB", "US", ("US",))
    assert (alibaba.country, alibaba.top_country, alibaba.listing_countries) == ("CN", "CN", ("US", "HK"))


def test_a_family_that_changed_hands_leads_to_the_lab_of_the_day() -> None:
    assert chain(LEX, "model:swe", date(2025, 6, 1)).lab.id == "windsurf"
    assert chain(LEX, "model:swe").lab.id == "cognition"


def test_an_owners_relations_count_and_are_marked() -> None:
    found = chain(LEX, "lab:inclusionai")
    assert [(e.asset, e.via, e.sign, e.through) for e in found.exposures] == [
        ("NYSE:BABA", "holder", 1, "ant-group")
    ]


def test_a_relation_counts_only_on_its_days() -> None:
    def holders(day: date) -> set[str]:
        return {e.asset for e in chain(LEX, "company:cursor", day).exposures if e.via == "holder"}

    assert holders(date(2026, 7, 1)) == {"NASDAQ:SPCX"}
    assert holders(date(2026, 1, 1)) == holders(date(2026, 9, 1)) == set()


def test_an_owner_that_has_ended_is_a_former_one() -> None:
    then, now = chain(LEX, "company:manus", date(2026, 1, 1)), chain(LEX, "company:manus")
    assert ([o.parent.id for o in then.owners], then.former_owners) == (["meta"], ())
    assert ([o.parent.id for o in now.former_owners], now.owners) == (["meta"], ())
    assert then.is_exposed
    assert not now.is_exposed


def test_a_token_stands_for_its_foundation() -> None:
    assert [token.ticker for token in chain(LEX, "platform:opentensor").tokens] == ["crypto:TAO"]


def test_every_entity_has_a_chain_today_and_long_ago() -> None:
    for lab in LEX.labs.values():
        for day in (None, date(1999, 1, 1), date(2026, 3, 1)):
            found = chain(LEX, lab.entity, day)
            assert len({o.parent.id for o in found.owners}) == len(found.owners)
            assert all(place.exchange for place in found.listings)


def test_an_unknown_entity_is_an_error() -> None:
    with pytest.raises(LexiconError, match="no entity 'model:nothing' in the lexicon; give a model, lab"):
        chain(LEX, "model:nothing")


@pytest.mark.parametrize(
    ("word", "entity", "why"),
    [
        ("deepseek", "lab:deepseek", "its id"),
        ("lab:deepseek", "lab:deepseek", "its id"),
        ("深度求索", "lab:deepseek", "its name"),
        ("deep-seek", "lab:deepseek", "its name, now and then something else"),
        ("Kimi", "model:kimi", "its model family Kimi"),
        ("model:kimi", "model:kimi", "the id of its model family Kimi"),
        ("Qwen 9", "model:qwen", "a version of its model family Qwen"),
        ("梁文锋", "lab:deepseek", "a person of it"),
        ("0700.HK", "company:tencent", "its ticker"),
        ("nasdaq:nvda", "company:nvidia", "its ticker NASDAQ:NVDA"),
        ("TWTR", "platform:x-corp", "its ticker NYSE:TWTR"),
        ("GOOG", "company:alphabet", "its ticker"),
        ("WLD", "company:worldcoin-foundation", "its ticker crypto:WLD"),
    ],
)
def test_a_word_leads_to_one_organisation_and_says_why(word: str, entity: str, why: str) -> None:
    (meaning,) = find_meanings(LEX, word)
    assert (meaning.entity, meaning.why) == (entity, why)


def test_an_ambiguous_word_leads_to_each(tmp_path: Path) -> None:
    text = LAB.replace('"阿克米"', '"Deep Seek"').replace(
        'names = ["Acme AI", "Deep Seek"]', 'names = ["Acme AI"]'
    )
    text += '\n[[ambiguous]]\nsurface = "Deep Seek"\nambiguity = "low"\n'
    found = find_meanings(load_lexicon(folder_with(tmp_path, labs_acme=text)), "Deep Seek")
    assert {meaning.lab for meaning in found} == {"acme", "deepseek"}


def test_a_word_for_nobody_has_no_meaning() -> None:
    assert find_meanings(LEX, "Falcon 9") == find_meanings(LEX, "") == find_meanings(LEX, "deepsek") == ()
    assert is_never_linked(LEX, "Falcon 9")
    assert near_names(LEX, "deepsek")[0] == "DeepSeek"
    assert near_names(LEX, "") == ()


@given(st.text(max_size=12))
def test_any_word_has_meanings_that_are_entities(word: str) -> None:
    for meaning in find_meanings(LEX, word):
        assert LEX.lab_of(meaning.entity) is LEX.labs[meaning.lab]


def flat(branches: tuple[Branch, ...]) -> list[Branch]:
    return [b for branch in branches for b in (branch, *flat(branch.below))]


def test_the_forest_holds_every_organisation_once() -> None:
    for day in (None, date(2025, 1, 1)):
        branches = forest(LEX, day)
        assert sorted(b.lab.id for b in flat(branches)) == sorted(LEX.labs)
        assert n_asked(branches) == len(LEX.labs)


def test_a_branch_stands_below_the_owner_of_the_day() -> None:
    def below(lab: str, day: date) -> list[str]:
        return [b.lab.id for branch in flat(forest(LEX, day)) if branch.lab.id == lab for b in branch.below]

    assert below("cognition", date(2025, 7, 13)) == []
    assert below("cognition", date(2025, 7, 14)) == ["windsurf"]


def test_an_owner_that_was_not_asked_for_stands_there_for_what_it_owns() -> None:
    branches = forest(LEX, keep=lambda lab: lab.country == "GB")
    alphabet = next(branch for branch in branches if branch.lab.id == "alphabet")
    assert [(b.lab.id, b.is_asked) for b in flat((alphabet,))] == [
        ("alphabet", False), ("google", False), ("google-deepmind", True),
    ]  # fmt: skip
