"""Importance and credibility: sums of named parts."""

from __future__ import annotations

import pytest

from labtape.types import Check

from .told import article, record, share, told

TEXT = "Chinese labs took 61% of tokens in May, a table shows."


def one(publisher: str | None = "P1", id_: str = "a", at: float = 0, text: str = TEXT, **given):
    a = article(id_, f"Title {id_}", text, publisher=publisher, at=at)
    figures = given.pop("figures", ())
    return a, record(a, shares=tuple(share(a, *f) if isinstance(f, tuple) else f for f in figures), **given)


def part(score, name: str):
    return next(p for p in score.parts if p.name == name)


@pytest.mark.parametrize("given", [{}, {"up": 0.9}, {"events": ("pricing", "export_control"), "act": True}])
def test_the_parts_add_up_to_the_value_and_stay_under_their_most(given: dict) -> None:
    found = told(one(figures=(("61%", 61.0),), **given))
    for score in (found.importance, found.credibility):
        assert score.value == pytest.approx(sum(p.value for p in score.parts), abs=1e-9)
        assert all(0 <= p.value <= p.most and p.why for p in score.parts)
        assert sum(p.most for p in score.parts) == pytest.approx(1.0)


def test_a_clear_verdict_is_more_important_than_a_neutral_one() -> None:
    assert told(one(up=0.9)).importance.value > told(one()).importance.value


def test_what_is_hardly_relevant_is_hardly_important() -> None:
    assert told(one(up=0.9, relevance=0.05)).importance.value < 0.05


def test_independent_sources_raise_importance_and_credibility() -> None:
    alone, two = told(one()), told(one(), one("P2", "b", 1, "Another view altogether of what was shown."))
    assert two.importance.value > alone.importance.value
    assert two.credibility.value > alone.credibility.value


def test_a_copy_raises_neither() -> None:
    long = (
        TEXT
        + " The table is made each month by people who count what passes through one router, and nothing else."
    )
    alone, copied = told(one(text=long)), told(one(text=long), one("P2", "b", 1, long))
    assert copied.importance.value == alone.importance.value
    assert copied.credibility.value == alone.credibility.value


def test_a_wire_is_more_credible_than_the_company_itself_and_that_than_a_portal() -> None:
    wire, party, portal = (told(one(name)).credibility.value for name in ("Reuters", "OpenAI", "MSN"))
    assert wire > party > portal


def test_a_source_that_is_only_credited_counts_less_than_one_at_hand() -> None:
    said = told(one("P1", text="A table shows it, Reuters reported. Nobody else has it.")).credibility
    here = told(one("Reuters")).credibility
    assert part(said, "primary source").value == 0
    assert part(said, "best source").value < part(here, "best source").value


def test_agreed_figures_raise_and_disputed_ones_lower_credibility() -> None:
    a = one(figures=(("61%", 61.0),))
    same = one("P2", "b", 1, "Their part was 61% then, says our own count.", figures=(("61%", 61.0),))
    other = one("P2", "b", 1, "Their part was 40% then, says our own count.", figures=(("40%", 40.0),))
    none, agreed, disputed = (told(*pairs).credibility for pairs in ((one(),), (a, same), (a, other)))
    values = [part(score, "figures").value for score in (disputed, none, agreed)]
    assert values == [0.0, 0.1, 0.2]


def test_a_figure_with_objections_does_not_make_an_article_lead() -> None:
    doubted = one("P1", "a")
    checks = tuple(Check(name, "…") for name in ("period_unstated", "unit_scale", "denominator_dropped"))
    doubted = doubted[0], record(doubted[0], shares=(share(doubted[0], "61%", 61.0, checks=checks),))
    plain = one("P2", "b", 1, "Their part was 61% then, says our own count.", figures=(("61%", 61.0),))
    found = told(doubted, plain)
    assert found.lead.article_id == "b"
    assert "a share figure" in found.lead.why
