from __future__ import annotations

import random
from typing import Any

import pytest

from labtape.signal.ngrams import LABELS
from labtape.train.beside import verdict_columns
from labtape.train.evaluate import verdict_measures
from labtape.train.scores import ece
from labtape.train.verdicts import Judged, measured, verdicts_of


def some(n: int, seed: int = 0) -> list[Judged]:
    rng = random.Random(seed)
    made = []
    for k in range(n):
        truth = rng.choice(LABELS)
        label = truth if rng.random() < 0.7 else rng.choice(LABELS)
        made.append(Judged(truth, label, round(rng.uniform(0.34, 1.0), 4), f"s{k}"))
    return made


def of(j: Judged) -> dict[str, float]:
    """Probabilities with this label and certainty."""
    assert j.certainty is not None
    return {k: j.certainty if k == j.label else (1 - j.certainty) / 2 for k in LABELS}


def value(judged: list[Judged], name: str) -> float:
    return measured(judged, resamples=10)[name]["value"]


def test_the_weighted_measures_are_the_plain_ones_when_all_weigh_one() -> None:
    judged = some(200)
    plain = verdict_measures([(j.truth, of(j)) for j in judged])
    assert value(judged, "acc") == plain["acc"]
    assert value(judged, "macro_f1") == pytest.approx(plain["macro_f1"], abs=1e-4)
    pairs = [(j.certainty or 0, j.truth == j.label) for j in judged]
    assert value(judged, "ece") == pytest.approx(ece(pairs, bins=15), abs=1e-4)


def test_direction_counts_only_where_both_have_one() -> None:
    judged = [
        Judged("Bullish", "Bullish", 0.9, "a"),
        Judged("Bullish", "Bearish", 0.9, "b"),
        Judged("Neutral", "Bearish", 0.9, "c"),
        Judged("Bearish", "Neutral", 0.9, "d"),
    ]
    assert (measured(judged)["direction_acc"]["value"], measured(judged)["direction_acc"]["n"]) == (0.5, 2)


def test_the_surest_part_is_taken_by_certainty() -> None:
    judged = [Judged("Neutral", "Neutral" if k < 2 else "Bullish", 0.9 - k / 10, f"{k}") for k in range(4)]
    assert [value(judged, f"acc_top_{top}") for top in (25, 50, 75, 100)] == [1.0, 1.0, 0.6667, 0.5]


def test_equally_sure_ones_count_in_part_whatever_their_order() -> None:
    judged = [Judged("Neutral", label, 0.8, label) for label in ("Neutral", "Bullish")]
    assert value(judged, "acc_top_25") == value(judged[::-1], "acc_top_25") == 0.5


def test_articles_of_one_story_are_drawn_together() -> None:
    apart = some(60)
    together = [
        Judged(j.truth, j.label, j.certainty, f"s{k % 6}") for k, j in enumerate(sorted(apart, key=str))
    ]
    retold = [Judged(j.truth, j.label, j.certainty, j.story) for j in apart for _ in range(10)]
    single, tenfold = measured(apart)["acc"], measured(retold)["acc"]
    assert (tenfold["low"], tenfold["high"]) == (single["low"], single["high"])
    assert measured(together)["acc"]["low"] != measured(apart)["acc"]["low"]


def test_intervals_hold_the_value_get_narrow_with_articles_and_are_the_same_again() -> None:
    few, many = measured(some(40))["acc"], measured(some(1000))["acc"]
    assert few["low"] < few["value"] < few["high"]
    assert many["high"] - many["low"] < (few["high"] - few["low"]) / 2
    assert measured(some(40)) == measured(some(40))
    assert measured(some(40), seed=1) != measured(some(40))


def test_what_nobody_claims_is_not_measured() -> None:
    found = measured([Judged("Bullish", "Neutral", None, "a")])
    assert set(found) == {"acc", "macro_f1"}
    assert measured([]) == {}


def test_coverage_and_size_are_those_of_the_label_sets() -> None:
    judged = [
        Judged("Bullish", "Neutral", 0.5, "a", label_set=("Neutral", "Bullish")),
        Judged("Bullish", "Neutral", 0.9, "b", label_set=("Neutral",)),
        Judged("Bullish", "Neutral", 0.9, "c"),
    ]
    found = measured(judged)
    assert (found["conformal_coverage"]["value"], found["conformal_coverage"]["n"]) == (0.5, 2)
    assert found["conformal_size"]["value"] == 1.5


def pair(
    number: int, *, truth: str = "Bullish", said: str = "Bullish", relevant: bool = True
) -> tuple[Any, Any]:
    row = {
        "id": str(number), "title": f"Acme soars, profit is great {number}", "text": "A happy day.", "relevant": True,
        "sentiment": truth, "confidence": "high" if number % 2 else "low",
    }  # fmt: skip
    p = {k: 0.8 if k == said else 0.1 for k in LABELS}
    verdict = {"label": said, "p": p, "label_set": [said]}
    return row, {"id": str(number), "relevance": {"relevant": relevant, "p": 0.9}, "verdict": verdict}


def test_a_record_out_of_scope_has_a_verdict_and_no_label_set() -> None:
    (judged,) = verdicts_of([pair(1, relevant=False)])
    assert (judged.label, judged.label_set, judged.is_high) == ("Bullish", None, True)


def test_columns_stand_beside_each_other_on_the_same_articles() -> None:
    pairs = [pair(1), pair(2, truth="Neutral"), pair(3, truth="Bearish", said="Bearish")]
    gold = [*(row for row, _ in pairs), pair(4)[0]]  # the last one has no record
    columns = verdict_columns(gold, [record for _, record in pairs], text_model=None)
    assert list(columns) == ["labtape", "TF-IDF", "always Neutral", "VADER"]
    assert columns["TF-IDF"] is None
    labtape, neutral, vader = (columns[k] for k in ("labtape", "always Neutral", "VADER"))
    assert labtape and neutral and vader
    assert (labtape["acc"]["value"], neutral["acc"]["value"], vader["acc"]["value"]) == (
        0.6667,
        0.3333,
        0.3333,
    )
    assert {m["acc"]["n"] for m in (labtape, neutral, vader)} == {3}
    assert "ece" not in neutral


class Sure:
    """A text model that always says the same."""

    def probabilities(self, texts: list[str]) -> list[tuple[float, float, float]]:
        return [(0.1, 0.2, 0.7) for _ in texts]


def test_the_text_model_is_a_column_with_its_certainty() -> None:
    row, record = pair(1, truth="Bearish")
    column = verdict_columns([row], [record], text_model=Sure())["TF-IDF"]  # type: ignore[arg-type]
    assert column
    assert (column["acc"]["value"], column["ece"]["value"]) == (1.0, 0.3)
