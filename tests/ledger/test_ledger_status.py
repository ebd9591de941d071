"""How a claim stands among the others."""

from __future__ import annotations

from random import Random

import pytest

from labtape.ledger import ShareRow, disputes, is_apart, is_same_time
from labtape.types import Period

from .claimed import JUNE, MAY, by_value, rows, share, told


def test_one_claim_of_one_origin_is_single() -> None:
    (row,) = rows(told("a", "A", share()))
    assert (row.status, row.standing.n_origins, row.standing.against) == ("single", 1, ())


def test_figures_for_one_time_that_do_not_meet_contradict_each_other() -> None:
    found = by_value(told("a", "A", share(61.0, period=MAY)), told("b", "B", share(45.0, period=MAY), day=1))
    assert {row.status for row in found.values()} == {"contradicted"}
    assert found[61.0].standing.against == (found[45.0].id,)
    assert found[61.0].standing.reasons == (
        "another origin gives 45% for the same time, for May (B, 2026-06-02)",
    )
    assert disputes(found.values()) == ((found[45.0], found[61.0]),)  # the newest first


@pytest.mark.parametrize(
    "other",
    [
        {"low": 58.0, "high": 62.0, "bound": "about", "value": 60.0},  # the intervals meet
        {"period": JUNE},
        {"role": "projected"},
        {"modality": "opinion"},
        {"subject_entities": ("country:US",)},
        {"comparability_key": "another key"},
    ],
)
def test_what_can_both_be_true_is_no_contradiction(other: dict[str, object]) -> None:
    given = {"value": 45.0, "low": 45.0, "high": 45.0, "period": MAY} | other
    found = rows(told("a", "A", share(61.0, period=MAY)), told("b", "B", share(**given), day=1))
    assert disputes(found) == ()


def test_one_source_does_not_contradict_itself() -> None:
    one = [share(v, period=MAY, attributed_to="OpenRouter") for v in (61.0, 45.0)]
    assert disputes(rows(told("a", "A", one[0]), told("b", "B", one[1]))) == ()


def test_undated_figures_contradict_within_six_days_and_not_later() -> None:
    near = by_value(told("a", "A", share(61.0)), told("b", "B", share(45.0), day=6))
    assert {row.status for row in near.values()} == {"contradicted"}
    far = by_value(told("a", "A", share(61.0)), told("b", "B", share(45.0), day=7))
    assert (far[61.0].status, far[45.0].status) == ("superseded", "single")


def test_a_later_figure_about_a_later_time_supersedes() -> None:
    found = by_value(
        told("a", "A", share(61.0, period=MAY)), told("b", "B", share(64.0, period=JUNE), day=40)
    )
    assert found[61.0].status == "superseded"
    assert found[61.0].standing.against == (found[64.0].id,)
    assert found[61.0].standing.reasons[0].startswith("later figure: 64%, for June")
    assert found[64.0].status == "single"


def test_the_same_figure_without_its_period_is_no_later_one() -> None:
    found = rows(told("a", "A", share(61.0, period=MAY), share(61.0)))
    assert [row.status for row in found] == ["single", "single"]


def test_an_undated_baseline_is_earlier_than_what_it_is_compared_with() -> None:
    found = by_value(told("a", "A", share(50.0), share(11.0, role="baseline")))
    assert (found[11.0].status, found[50.0].status) == ("superseded", "single")


def test_a_projection_supersedes_nothing() -> None:
    forecast = share(80.0, role="projected", period=Period("by 2030", "2030-01-01", "2030-12-31"))
    assert by_value(told("a", "A", share(61.0, period=MAY), forecast))[61.0].status == "single"


def test_a_restated_figure_is_kept_and_points_to_the_new_one() -> None:
    old, new = (share(v, period=MAY, attributed_to="OpenRouter") for v in (61.0, 57.5))
    found = by_value(told("a", "A", old), told("b", "B", new, day=3))
    assert found[61.0].status == "superseded"
    assert found[61.0].standing.restated_by == found[57.5].id
    assert found[61.0].standing.words.startswith("restated: the same source gives 57.5% for the same time")
    assert (found[57.5].status, found[57.5].standing.restated_by) == ("single", None)


def test_a_restated_figure_takes_no_further_part() -> None:
    old, new = (share(v, period=MAY, attributed_to="OpenRouter") for v in (61.0, 57.5))
    other = share(57.0, low=56.0, high=58.0, bound="about", period=MAY, attributed_to="Birch Research")
    found = by_value(told("a", "A", old), told("b", "B", new, day=3), told("c", "C", other, day=4))
    assert {v: row.status for v, row in found.items()} == {61.0: "superseded", 57.5: "single", 57.0: "single"}


def test_a_figure_that_others_stand_by_is_disputed_not_restated() -> None:
    old = [share(61.0, period=MAY, attributed_to=name) for name in ("OpenRouter", "Birch Research")]
    new = share(57.5, period=MAY, attributed_to="OpenRouter")
    found = by_value(told("a", "A", old[0]), told("b", "B", old[1], day=1), told("c", "C", new, day=3))
    assert (found[61.0].status, found[61.0].standing.restated_by) == ("contradicted", None)
    assert found[61.0].standing.n_origins == 2


def test_another_series_that_could_be_taken_for_the_main_one_is_not_comparable() -> None:
    bare = share(61.5, population=None, comparability_key="bare")
    found = by_value(told("a", "A", share(61.0)), told("b", "B", bare, day=1))
    assert (found[61.0].status, found[61.5].status) == ("single", "not_comparable")
    assert found[61.5].standing.against == (found[61.0].id,)
    assert found[61.5].standing.reasons == ("population differs (top 10 models / not stated)",)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"metric": None}, "metric differs (tokens / not stated)"),
        ({"subject": "Chinese providers"}, "group differs (Chinese models / Chinese providers)"),
        ({"platform": "platform:steam"}, "platform differs (not stated / steam)"),
        ({"statistic": "mean"}, "statistic differs (snapshot / mean)"),
    ],
)
def test_the_reason_names_what_differs(other: dict[str, object], reason: str) -> None:
    main = told("a", "A", share(61.0), day=1)
    again = told("c", "C", share(61.0), day=1)  # seen twice: the best told
    found = by_value(main, again, told("b", "B", share(45.0, comparability_key="other", **other)))
    (finding,) = [f for row in found.values() for f in row.standing.findings if f.status == "not_comparable"]
    parts = {reason, "platform differs (steam / not stated)"}
    assert set(finding.reasons) & parts


def test_all_that_holds_is_kept_in_the_order_of_precedence() -> None:
    side = {"population": None, "comparability_key": "side"}
    found = by_value(
        told("a", "A", share(61.0)),
        told("b", "B", share(30.0, period=MAY, **side), day=1),
        told("c", "C", share(30.0, period=MAY, **side), day=2),
        told("d", "D", share(20.0, period=MAY, **side), day=3),
        told("e", "E", share(35.0, period=JUNE, **side), day=40),
    )
    assert [f.status for f in found[30.0].standing.findings] == [
        "contradicted", "superseded", "not_comparable", "corroborated",
    ]  # fmt: skip


def test_rows_of_other_keys_never_change_a_figures_standing_in_its_own() -> None:
    alone = by_value(told("a", "A", share(61.0, period=MAY)))
    other = share(
        30.0, period=MAY, comparability_key="other", metric="revenue", subject_entities=("country:US",)
    )
    assert by_value(told("a", "A", share(61.0, period=MAY)), told("b", "B", other))[61.0] == alone[61.0]


def test_contradictions_are_those_that_a_look_at_every_pair_finds() -> None:
    """The sorted passes against the plain definition, on figures at random."""
    for seed in range(30):
        found = rows(*_at_random(Random(seed)))  # no secret
        pairs = {frozenset((a.id, b.id)) for a in found for b in found if _contradict(a, b)}
        assert {row.id for row in found if _is_contradicted(row)} == {id_ for pair in pairs for id_ in pair}
        assert {frozenset((a.id, b.id)) for a, b in disputes(found)} <= pairs


def _at_random(random: Random):
    for n in range(40):
        value = random.choice((20.0, 22.0, 24.0, 40.0))
        width = random.choice((0.0, 1.0, 3.0))
        claim = share(
            value,
            low=value - width,
            high=value + width,
            period=random.choice((None, None, MAY, JUNE)),
            attributed_to=random.choice(("Birch", "Cedar", "Fir")),
        )
        yield told(f"a{n}", f"Outlet {n}", claim, day=random.choice(range(30)))


def _is_contradicted(row: ShareRow) -> bool:
    return any(finding.status == "contradicted" for finding in row.standing.findings)


def _contradict(a: ShareRow, b: ShareRow) -> bool:
    others = {s.origin for row in (a, b) for s in row.sightings}
    withdrawn = a.standing.restated_by or b.standing.restated_by
    return a is not b and not withdrawn and len(others) > 1 and is_apart(a, b) and is_same_time(a, b)
