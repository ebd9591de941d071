"""The tables of geopolitics are learned from articles that the encoder had not seen, and measured on others."""

from __future__ import annotations

import random

from labtape.annotate import annotate
from labtape.annotate.geo_features import GeoFeatures
from labtape.lexicon import lexicon
from labtape.signal.features import see
from labtape.train.geo_told import FEWEST, GeoRow, fit_geopolitics, fit_rows, measures
from labtape.train.heads import Annotation
from labtape.types import Article, Geopolitics, Span

LEXICON = lexicon()
NO_STATES = {"relevant": False, "actors": [], "direction": "none", "stage": "none"}
EVIDENCE = (Span(0, 4),)


def row(n: int, *, cue: float, read: float, direction: str = "") -> GeoRow:
    truth = {"relevant": True, "actors": ["NO"], "direction": direction, "stage": "act"}
    told = Geopolitics(True, 0.6, ("NO",), "tightening", "act", EVIDENCE, "title-cues")
    return GeoRow(
        GeoFeatures({"cue:tightening:title": cue} if cue else {"states": 1.0}, told),
        {"read:geo": read, "read:geo_direction.easing": 3.0 if direction == "easing" else -3.0},
        f"story {n}",
        truth if direction else NO_STATES,
        told if cue else Geopolitics(relevant=False, p=0.1),
    )


def rows(n: int = 300) -> list[GeoRow]:
    """Cues lie in a third of the cases, the encoder in another third."""
    chance = random.Random(5)
    made = []
    for k in range(n):
        direction = ("easing", "tightening")[k % 4 // 2] if k % 2 else ""
        sign = 1 if direction else -1
        cue = 2.0 if (direction != "") != (chance.random() < 0.3) else 0.0
        made.append(row(k, cue=cue, read=sign * 2 + chance.gauss(0, 1.5), direction=direction))
    return made


def test_cues_and_encoder_together_are_better_than_rules():
    fit = fit_rows(rows(), rows(80))
    assert fit is not None
    assert fit.scores["folds"]["f1"] > fit.scores["folds, rules alone"]["f1"] + 0.1
    assert fit.scores["test"]["f1"] > fit.scores["test, rules alone"]["f1"] + 0.1
    assert fit.scores["folds"]["direction"] > 0.95
    assert fit.scores["folds"]["ece"] < 0.1
    assert fit.table.relevant.weights["read:geo"][1] > 0


def test_two_runs_give_the_same_table():
    first, second = fit_rows(rows()), fit_rows(rows())
    assert first is not None
    assert second is not None
    assert first.table.as_json() == second.table.as_json()


def test_too_few_matters_of_states_teach_nothing():
    assert fit_rows(rows(2 * FEWEST - 2)) is None
    assert fit_rows(rows(2 * FEWEST)) is not None


def test_one_direction_alone_is_always_told():
    only = [row(k, cue=2.0 * (k % 2), read=0.0, direction="easing" if k % 2 else "") for k in range(120)]
    fit = fit_rows(only)
    assert fit is not None
    assert fit.table.direction.answers == ("easing",)


def test_what_was_missed_counts_against_the_directions_found():
    both = [row(0, cue=2.0, read=0.0, direction="tightening"), row(1, cue=0.0, read=0.0, direction="easing")]
    found = measures(both, [r.ruled for r in both])
    assert (found["p"], found["r"]) == (1.0, 0.5)
    assert (found["direction"], found["direction_all"]) == (1.0, 0.5)


def test_unread_unlabelled_and_held_articles_are_not_learned_from():
    ban = annotate(Article("a", "Norway bans exports of AI chips", "Oslo said so."), LEXICON)
    walk = annotate(Article("b", "A walk in the woods", "Trees."), LEXICON)
    states = {"relevant": True, "actors": ["NO"], "direction": "tightening", "stage": "act"}
    read = {"geo": 1.0, "geo_direction.tightening": 1.0}
    seen = {"ban": see(ban, LEXICON), "walk": see(walk, LEXICON)}

    def annotation(name: str, n: int, *, is_read: bool = True, held: bool = False) -> Annotation:
        return Annotation(
            seen[name],
            (0.3, 0.4, 0.3),
            True,
            "Neutral",
            f"story {n}",
            "x",
            held=held,
            read=read if is_read else None,
        )

    cases = [
        *(("ban", {"geo": states}, {}) for _ in range(FEWEST)),
        *(("walk", {"geo": NO_STATES}, {}) for _ in range(FEWEST)),
        ("ban", {"geo": states}, {"is_read": False}),
        ("ban", {}, {}),
        ("ban", {"geo": states}, {"held": True}),
    ]
    annotations = [annotation(name, n, **how) for n, (name, _, how) in enumerate(cases)]
    annotated = [ban if name == "ban" else walk for name, _, _ in cases]
    fit = fit_geopolitics(annotations, annotated, [labels for _, labels, _ in cases], LEXICON)
    assert fit is not None
    assert fit.scores["folds"]["articles"] == 2 * FEWEST
    assert fit.scores["test"]["articles"] == 1
