"""The chart of share claims, as the specification that is drawn."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from labtape.ledger import ShareRow, share_rows
from labtape.report.chart import chart_spec
from labtape.report.chart_plan import day_of, plan
from labtape.types import Period

from .samples import annotated_share, articles, at, lexicon, records

A1, A2, *_ = records()
QUOTE = (
    "Chinese providers processed about 61% of the tokens of the ten largest models on OpenRouter last week"
)


def ledger(*more: object) -> tuple[ShareRow, ...]:
    known = articles()
    return share_rows(
        (A1, A2, *more),
        lexicon=lexicon(),
        articles=lambda rs: {r.id: known[r.id] for r in rs if r.id in known},
    )


def later(**given: object) -> object:
    """Another article with a figure of the first series, a week later."""
    claim = replace(
        annotated_share().shares[0], value=64.0, low=64.0, high=64.0, bound="exact", text="64%",
        period=Period("this week", "2026-06-01", "2026-06-07"), **given,
    )  # fmt: skip
    return replace(A1, id="b1", publisher="Daily Ledger", published_at=at(8), shares=(claim,))


def marks(spec: object) -> list[dict[str, object]]:
    """Every mark in a specification, however deep."""
    if isinstance(spec, list):
        return [mark for part in spec for mark in marks(part)]
    if not isinstance(spec, dict):
        return []
    own = [spec["mark"]] if isinstance(spec.get("mark"), dict) else []
    return own + [mark for value in spec.values() for mark in marks(value)]


def title(panel: dict[str, object]) -> dict[str, object]:
    return panel["title"] if isinstance(panel["title"], dict) else {"text": panel["title"]}


def test_a_series_is_a_line_of_steps_that_hold_until_the_next_figure() -> None:
    panel = chart_spec(ledger(later()))["vconcat"][0]
    (line,) = [mark for mark in marks(panel) if mark["type"] == "line"]
    assert line["interpolate"] == "step-after"


def test_only_claims_of_one_key_and_holder_are_joined() -> None:
    for panel in plan(ledger(later())).panels:
        keys = {point.row.comparability_key for point in panel.points}
        assert len(keys) == 1
    other = later(comparability_key="another")
    assert not any(panel.has_times for panel in plan(ledger(other)).panels)


def test_what_is_not_comparable_has_a_panel_of_its_own_that_says_so() -> None:
    spec = chart_spec(ledger(later()))
    told = {title(panel)["text"]: " ".join(title(panel).get("subtitle", [])) for panel in spec["vconcat"]}
    main = next(text for text in told if text.startswith("A · "))
    assert told[main] == ""
    others = [words for text, words in told.items() if text.startswith(("B · ", "C · "))]
    assert len(others) == 2
    assert all(words.startswith("not comparable with panel A: ") for words in others)
    assert any("population differs (top 10 models / not stated)" in words for words in others)


def test_every_point_has_a_number_that_leads_to_its_quote() -> None:
    shown = plan(ledger(later()))
    numbers = [p.number for panel in shown.panels for p in panel.points] + [p.number for p in shown.alone]
    assert numbers == [quoted.number for quoted in shown.quotes] == list(range(1, len(numbers) + 1))
    spec = json.dumps(chart_spec(ledger(later())), ensure_ascii=False)
    assert QUOTE in spec  # in the tooltip, whole
    assert "Router Weekly, 2026-06-02" in spec
    lines = [line for quoted in shown.quotes for line in quoted.lines]
    assert QUOTE[:60] in lines[0] + lines[1]


def test_an_interval_is_drawn_as_the_wording_allows() -> None:
    spec = chart_spec(ledger(later()))
    panel = spec["vconcat"][0]
    values = next(iter(spec["datasets"].values())) if "datasets" in spec else panel["data"]["values"]
    first = next(v for v in values if v["value"] == 61.0)
    assert (first["low"], first["high"]) == (59.0, 63.0)
    assert any(mark["type"] == "rule" for mark in marks(panel))


def test_a_disputed_or_withdrawn_figure_is_no_part_of_the_line() -> None:
    week = Period("last week", "2026-05-25", "2026-05-31")
    other = replace(later(attributed_to="Birch Research"), published_at=at(3))
    other = replace(other, shares=(replace(other.shares[0], period=week, value=45.0, low=45.0, high=45.0),))
    points = [p for panel in plan(ledger(later(), other)).panels for p in panel.points]
    joined = {p.row.value: p.is_joined for p in points if p.row.comparability_key == "k1"}
    assert joined == {61.0: False, 45.0: False, 64.0: True}
    assert {p.mark for p in points if not p.is_joined} == {"disputed"}


def test_marks_that_would_cover_each_other_stand_side_by_side() -> None:
    week = Period("last week", "2026-05-25", "2026-05-31")
    exact = replace(later(), shares=(replace(A1.shares[0], bound="over", low=61.0, high=100.0, period=week),))
    points = plan(ledger(later(), exact)).panels[0].points
    assert len({p.aside for p in points if p.row.value == 61.0}) == 2


def test_an_undated_baseline_has_no_place_in_time() -> None:
    bare = replace(A1.shares[0], role="baseline", value=20.0, low=20.0, high=20.0, period=None)
    panel = plan(ledger(later(), replace(A1, id="b2", shares=(bare,)))).panels[0]
    (point,) = [p for p in panel.points if p.row.role == "baseline"]
    assert (point.at, point.is_joined) == (None, False)


def test_what_does_not_fit_is_counted() -> None:
    many = [
        replace(later(comparability_key=f"key {n}", subject_entities=(), subject=f"Vendor {n}"), id=f"m{n}")
        for n in range(40)
    ]
    shown = plan(ledger(*many))
    assert shown.n_left_out == 40 - len(shown.alone)
    assert "20 more claims in `labtape shares`" in json.dumps(chart_spec(ledger(*many)))


@pytest.mark.parametrize("day", ["2026", "0000-01-01", "soon", ""])
def test_a_day_of_another_hand_is_placed_somewhere(day: str) -> None:
    assert day_of(day).year >= 1
