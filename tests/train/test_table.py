from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from labtape.train import measures_table


def number(value: float, n: int = 2373) -> dict[str, Any]:
    return {"value": value, "low": value - 0.01, "high": value + 0.01, "n": n}


NAMES = (
    "acc", "macro_f1", "direction_acc", "acc_high_confidence", "ece", "acc_top_25", "acc_top_50", "acc_top_75", "acc_top_100",
    "conformal_coverage",
)  # fmt: skip
FULL = {name: number(0.777) for name in NAMES} | {"conformal_size": number(1.5)}
MEASURES = {
    "items": 3798,
    "missing": 0,
    "verdict": {"acc": 0.5, "n": 2373},
    "verdicts": {"labtape": FULL, "TF-IDF": FULL, "always Neutral": {"acc": number(0.552)}, "VADER": None},
    "events": {"f1": 0.8123, "tp": 4, "main_acc": 0.9},
    "geopolitics": {"f1": 0.7, "direction": 0.6, "stage": 0.5, "actors_jaccard": 0.9},
}


def printed(width: int, **options: Any) -> str:
    screen = Console(file=io.StringIO(), width=width)
    screen.print(measures_table("gold.jsonl", MEASURES, **options))
    return screen.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [80, 100, 120])
def test_every_number_is_whole_on_a_screen_of_80_columns_and_more(width: int) -> None:
    shown = printed(width)
    assert max(map(len, shown.splitlines())) <= width
    assert "…" not in shown
    assert shown.count(".777 .77–.79") == 2 * len([n for n in NAMES if n != "acc_top_100"])
    assert "accuracy (2373)" in shown


def test_what_a_method_does_not_claim_is_a_dash() -> None:
    (line,) = [line for line in printed(100).splitlines() if line.startswith("ECE, 15 bins")]
    assert line.split()[-2:] == ["–", "–"]


def test_other_findings_stand_below_without_counts() -> None:
    shown = printed(100)
    assert "f1 0.8123, main_acc 0.9" in shown
    assert "direction 0.6, stage 0.5" in shown
    assert "tp 4" not in shown
    assert "acc 0.5" not in shown  # the verdicts' own rows say it


def test_a_file_the_bundle_was_fitted_on_is_called_so() -> None:
    assert "fitted on this very file" in printed(100, learned_from=True)
    assert "fitted on this very file" not in printed(100)
