"""The weights of event types are learned from counts of cues, the same in every run."""

from __future__ import annotations

from labtape.lexicon import lexicon
from labtape.train.events_model import Row, fit_events, rows_of, rows_of_examples

TYPES = ("funding", "legal", "other", "outage")


def rows() -> list[Row]:
    raised = {"cue:funding:title:strong": 1.0, "cue:opinion:body:weak": 1.0}
    sued = {"cue:legal:title:strong": 1.0, "cue:opinion:body:weak": 1.0}
    plain = {"cue:opinion:body:weak": 1.0}
    told = [(raised, "funding"), (sued, "legal"), (plain, "other")]
    return [Row(values, frozenset([kind]), None, 1.0, is_scored=True) for values, kind in told * 60]


def test_a_cue_speaks_for_its_type_and_against_the_others():
    fit = fit_events(rows(), TYPES)
    p = fit.table.probabilities({"cue:funding:title:strong": 1.0})
    assert max(p, key=lambda kind: p[kind]) == "funding"
    assert fit.scores["main"] == 1.0


def test_a_type_nobody_was_told_of_is_never_told():
    p = fit_events(rows(), TYPES).table.probabilities({"cue:funding:title:strong": 2.0})
    assert p["outage"] < 0.05


def test_two_runs_give_the_same_table():
    assert fit_events(rows(), TYPES).table.as_json() == fit_events(rows(), TYPES).table.as_json()


def test_an_irrelevant_article_weighs_less_and_is_not_scored():
    gold = [
        {"title": "Lab raises $2 billion", "text": "", "relevant": relevant, "events": ["funding"]}
        for relevant in (True, False)
    ]
    kept, light = rows_of(gold, lexicon())
    assert (kept.is_scored, light.is_scored) == (True, False)
    assert light.weight < kept.weight
    assert kept.values == light.values


def test_a_counter_example_speaks_only_against_its_own_type():
    against = [row for row in rows_of_examples(lexicon()) if row.against is not None]
    assert against
    assert all(len(row.against) == 1 and not row.types for row in against)
