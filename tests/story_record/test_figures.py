"""Agreed, disputed and single figures of a story."""

from __future__ import annotations

from .told import article, record, share, told


def pair(id_: str, words: str, value: float, publisher: str, at: float = 0.0, **given):
    a = article(
        id_, f"Part of {id_}", f"Chinese labs took {words} of tokens, says {id_}.", publisher=publisher, at=at
    )
    return a, record(a, shares=(share(a, words, value, **given),))


def states(*pairs) -> list[tuple[str, float, int]]:
    return [(f.state, f.value, f.n_origins) for f in told(*pairs).figures]


def test_figures_that_meet_from_two_origins_are_agreed() -> None:
    found = states(pair("a", "61%", 61, "P1"), pair("b", "60%", 60, "P2", 1, off=2))
    assert found == [("agreed", 61, 2), ("agreed", 60, 2)]


def test_figures_that_exclude_each_other_are_disputed_and_say_against_what() -> None:
    figures = told(pair("a", "61%", 61, "P1"), pair("b", "40%", 40, "P2", 1)).figures
    assert [f.state for f in figures] == ["disputed", "disputed"]
    assert figures[0].against == (figures[1].id,)


def test_one_origin_agrees_with_nobody_however_often_it_is_told() -> None:
    found = states(
        pair("a", "61%", 61, "P1", source="OpenRouter"),
        pair("b", "61%", 61, "P2", 1, source="OpenRouter data"),
    )
    assert found == [("single", 61, 1)]


def test_figures_of_other_keys_are_not_set_against_each_other() -> None:
    found = states(pair("a", "61%", 61, "P1"), pair("b", "40%", 40, "P2", 1, key="k2"))
    assert {state for state, *_ in found} == {"single"}


def test_disputed_figures_come_first() -> None:
    found = states(
        pair("a", "61%", 61, "P1"), pair("b", "40%", 40, "P2", 1), pair("c", "9%", 9, "P3", 2, key="k2")
    )
    assert [state for state, *_ in found] == ["disputed", "disputed", "single"]
