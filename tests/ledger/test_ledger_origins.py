"""Who stands behind a claim, and how many of them are independent."""

from __future__ import annotations

import pytest

from labtape.ledger.origins import named_source, origins
from labtape.types import Story

from .claimed import START, rows, share, told


def test_five_outlets_that_repeat_one_source_are_one_origin() -> None:
    words = (
        "OpenRouter",
        "OpenRouter data",
        "the OpenRouter rankings",
        "OpenRouter’s own figures",
        "OpenRouter的数据",
    )
    records = [told(f"a{n}", f"Outlet {n}", share(attributed_to=word), day=n) for n, word in enumerate(words)]
    (row,) = rows(*records)
    assert len(row.sightings) == 5
    assert (row.status, row.standing.n_origins) == ("single", 1)
    assert row.standing.reasons == ("one origin: openrouter",)


def test_what_is_counted_on_a_platform_has_the_platform_for_its_source() -> None:
    told_so = [
        share(platform="platform:openrouter"),
        share(platform="platform:openrouter", attributed_to="the platform"),
        share(platform="platform:openrouter", attributed_to="OpenRouter's public token table"),
    ]
    (row,) = rows(*(told(f"a{n}", f"Outlet {n}", one, day=n) for n, one in enumerate(told_so)))
    assert row.standing.n_origins == 1


def test_named_sources_and_outlets_of_their_own_are_independent() -> None:
    (row,) = rows(
        told("a", "Router Weekly", share(attributed_to="OpenRouter")),
        told("b", "Daily Ledger", share(attributed_to="Birch Research"), day=1),
        told("c", "Market Day", share(), day=2),
    )
    assert (row.status, row.standing.n_origins) == ("corroborated", 3)
    assert row.standing.reasons == ("3 independent origins: openrouter, birch, market day",)


def test_who_credits_an_outlet_has_its_origin() -> None:
    (row,) = rows(
        told("a", "Reuters", share(attributed_to="Birch Research")),
        told("b", "Daily Ledger", share(attributed_to="a Reuters report"), day=1),
    )
    assert [s.origin for s in row.sightings] == ["birch", "birch"]


def test_unnamed_sources_are_not_one() -> None:
    records = [told(f"a{n}", f"Outlet {n}", share(attributed_to="analysts"), day=n) for n in range(2)]
    assert rows(*records)[0].standing.n_origins == 2


def test_a_copy_has_the_origin_of_what_it_copies() -> None:
    records = (told("a", "Router Weekly", share()), told("b", "Copy Desk", share(), day=1))
    story = Story("s", ("a", "b"), START, START, (("a", "b"),))
    assert rows(*records)[0].standing.n_origins == 2
    assert rows(*records, stories=(story,))[0].standing.n_origins == 1


def test_two_sources_named_by_one_outlet_stay_two() -> None:
    (row,) = rows(
        told("a", "Router Weekly", share(attributed_to="OpenRouter")),
        told("b", "Router Weekly", share(attributed_to="Birch Research"), day=1),
    )
    assert row.standing.n_origins == 2


def test_articles_without_a_publisher_are_apart() -> None:
    (row,) = rows(told("a", None, share()), told("b", None, share(), day=1))
    assert row.standing.n_origins == 2


def test_outlets_that_credit_each_other_are_one() -> None:
    assert len(set(origins(("x", "y", "z"), ("y", "z", "x")))) == 1


def test_a_long_chain_of_credits_ends() -> None:
    names = [f"n{i}" for i in range(5000)]
    assert len(origins(names, [*names[1:], "end"])) == 5000


@pytest.mark.parametrize("platform", ["platform:", "platform:-", "x"])
def test_any_platform_gives_a_source_or_none(platform: str) -> None:
    assert named_source(None, platform, None) in (None, "x")
