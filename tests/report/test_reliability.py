from __future__ import annotations

import re

import pytest

from labtape.report.reliability import Bin, reliability_spec, reliability_svg
from labtape.train.reliability import bin_of, bins_of

BEFORE = (Bin(0.4, 0.4667, 12, 0.44, 0.5, 0.25, 0.75), Bin(0.8, 0.8667, 30, 0.83, 0.7, 0.52, 0.83))
AFTER = (Bin(0.6, 0.6667, 42, 0.64, 0.66, 0.51, 0.79),)


def test_both_curves_their_intervals_and_counts_are_drawn() -> None:
    spec = reliability_spec({"before": BEFORE, "after": AFTER}, title="Right as often as sure?")
    values = found(spec)
    assert [(v["curve"], v["n"]) for v in values] == [("before", 12), ("before", 30), ("after", 42)]
    before, after = values[0], values[2]
    assert (before["right_low"], before["right_high"]) == (0.25, 0.75)
    assert 0.4 < before["bar_low"] < before["bar_high"] < 0.44  # the left half of its bin
    assert after["bar_low"] > 0.63  # the right half


def found(spec: object) -> list[dict[str, float]]:
    """The first values that belong to a curve, wherever they are."""
    if isinstance(spec, dict):
        values = spec.get("values")
        if isinstance(values, list) and values and isinstance(values[0], dict) and "curve" in values[0]:
            return values
        parts = list(spec.values())
    else:
        parts = list(spec) if isinstance(spec, list) else []
    for part in parts:
        if own := found(part):
            return own
    return []


def test_the_picture_is_an_svg_with_its_words_and_the_same_each_time() -> None:
    pytest.importorskip("vl_convert")
    first, second = (
        reliability_svg({"before": BEFORE, "after": AFTER}, title="Right as often as sure?") for _ in range(2)
    )
    assert first == second
    assert first.startswith("<svg")
    words = re.findall(r">([^<>]+)</text>", first)
    assert {"Right as often as sure?", "before", "after", "how often right", "articles"} <= set(words)


def test_one_curve_stands_at_its_certainty() -> None:
    assert found(reliability_spec({"before": AFTER}, title="x"))[0]["shown"] == 0.64


def test_a_certainty_on_a_border_belongs_to_the_bin_below() -> None:
    assert [bin_of(k / 15) for k in (1, 6, 9, 15)] == [0, 5, 8, 14]
    assert bin_of(0.0) == 0


def test_a_bin_says_how_sure_and_how_often_right_with_an_interval() -> None:
    (found_bin,) = bins_of([(0.9, True)] * 8 + [(0.92, False)] * 2)
    assert (found_bin.n, found_bin.certainty, found_bin.right) == (10, 0.904, 0.8)
    assert found_bin.right_low == pytest.approx(0.49, abs=0.005)  # Wilson's of 8 in 10
    assert found_bin.right_high == pytest.approx(0.943, abs=0.005)
