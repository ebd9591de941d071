"""Two predictions beside the verdict, each with drivers of its own."""

from dataclasses import replace

import pytest

from labtape.annotate import annotate
from labtape.lexicon import lexicon
from labtape.signal.features import see
from labtape.signal.horizons import (
    AS_VERDICT,
    DIRECTION,
    HORIZONS,
    MATERIAL,
    horizon_inputs,
    horizon_log_odds,
    strongest,
)
from labtape.types import Article

Z = {"relevance": 3.0, "material": 1.5, "direction": -2.0}


@pytest.fixture(scope="module")
def reaction():
    known = lexicon()
    title = "Nvidia shares fall 6% as it wins a five-year contract from Oracle"
    return see(annotate(Article("a", title, "The order is worth $9 billion."), known), known)


def test_as_the_verdict_both_horizons_are_the_verdicts_log_odds(reaction):
    for name in HORIZONS:
        assert horizon_log_odds(AS_VERDICT[name], Z, reaction) == (1.5, -2.0)


def test_inputs_are_those_that_weights_may_name(reaction):
    material, direction = horizon_inputs(Z, reaction)
    assert sorted(material) == sorted(MATERIAL)
    assert sorted(direction) == sorted(DIRECTION)


def test_a_reaction_is_strong_now_and_hardly_lasts(reaction):
    assert strongest(reaction.hits, -1) > strongest(reaction.hits, -1, lasting=True)
    _, direction = horizon_inputs(Z, reaction)
    assert direction["now"] < direction["lasting"]


def test_weights_add_up_with_their_bias(reaction):
    weights = {"material": {"bias": 0.5, "reaction": 2.0}, "direction": {"bias": -1.0, "reaction": 1.0}}
    assert horizon_log_odds(weights, Z, reaction) == (2.5, -2.0)


def test_nothing_fires_and_nothing_is_said():
    known = lexicon()
    seen = replace(see(annotate(Article("a", "A quiet day", ""), known), known))
    assert strongest(seen.hits, 1) == strongest(seen.hits, -1) == 0.0
