"""The verdict of a story: one vote per origin."""

from __future__ import annotations

import pytest

from .told import article, record, story, told


def voices(*given):
    """Articles of as many independent outlets, each with what its record says."""
    pairs = []
    for n, says in enumerate(given):
        a = article(
            f"a{n}",
            f"Title {n} of its own",
            f"Own words number {n}.",
            publisher=says.pop("by", f"P{n}"),
            at=n,
        )
        pairs.append((a, record(a, **says)))
    return pairs


def origins(pairs, *groups):
    return story(tuple(r for _, r in pairs), groups)


def test_copies_have_one_vote_however_many_they_are() -> None:
    pairs = voices(*({"up": 0.8} for _ in range(4)), {"down": 0.8})
    found = told(*pairs, story=origins(pairs, ("a0", "a1", "a2", "a3"), ("a4",))).verdict
    assert [vote.article_id for vote in found.votes] == ["a0", "a4"]
    assert found.score == pytest.approx(0.0, abs=0.01)
    assert found.is_split


def test_an_origin_votes_by_its_most_relevant_article() -> None:
    pairs = voices({"up": 0.8, "relevance": 0.6}, {"down": 0.8, "relevance": 0.95})
    found = told(*pairs, story=origins(pairs, ("a0", "a1"))).verdict
    assert ([v.article_id for v in found.votes], found.label) == (["a1"], "Bearish")


def test_the_mean_is_linear_and_weighted_by_relevance() -> None:
    found = told(
        *voices({"up": 0.9, "down": 0.0, "relevance": 0.9}, {"up": 0.3, "down": 0.0, "relevance": 0.6})
    ).verdict
    assert found.p["Bullish"] == pytest.approx((0.9 * 0.9 + 0.3 * 0.6) / 1.5, abs=0.001)
    assert found.spread == pytest.approx(0.6)


def test_a_wire_weighs_more_than_a_portal() -> None:
    wire, portal = voices({"up": 0.8, "down": 0.0, "by": "Reuters"}, {"down": 0.8, "up": 0.0, "by": "MSN"})
    assert told(wire, portal).verdict.score == pytest.approx(0.8 * (1.0 - 0.4) / 1.4, abs=0.001)


def test_probabilities_of_a_story_add_up() -> None:
    found = told(*voices({"up": 0.7}, {"down": 0.55}, {"up": 0.2})).verdict
    assert sum(found.p.values()) == pytest.approx(1.0, abs=0.001)
    assert found.confidence == found.p[found.label]


def test_neutral_between_votes_for_both_is_mixed() -> None:
    found = told(*voices({"up": 0.5, "down": 0.05}, {"down": 0.5, "up": 0.05}, {}, {})).verdict
    assert (found.label, found.state, found.is_split) == ("Neutral", "mixed", True)


def test_neutral_keeps_the_state_with_most_weight() -> None:
    found = told(
        *voices({"state": "flat"}, {"state": "no_transmission"}, {"state": "no_transmission"})
    ).verdict
    assert (found.label, found.state) == ("Neutral", "no_transmission")


def test_an_origin_that_points_at_another_asset_has_no_vote() -> None:
    found = told(
        *voices(
            {"up": 0.8, "target": "lab:lumen"},
            {"up": 0.8, "target": "lab:lumen"},
            {"down": 0.8, "target": "lab:osprey"},
        )
    ).verdict
    assert (found.target, len(found.votes), found.is_split) == ("lab:lumen", 2, False)


def test_an_origin_that_sees_no_direction_votes_whatever_it_bears_on() -> None:
    found = told(
        *voices({"up": 0.8, "target": "lab:lumen"}, {"target": "market:ai"}, {"target": "market:ai"})
    ).verdict
    assert (found.target, len(found.votes)) == ("lab:lumen", 3)


def test_what_is_out_of_scope_votes_only_where_all_is() -> None:
    off = {"state": "out_of_scope", "relevance": 0.2}
    assert len(told(*voices(dict(off), {"up": 0.8})).verdict.votes) == 1
    assert told(*voices(dict(off), dict(off))).verdict.state == "out_of_scope"
