from __future__ import annotations

import pytest

from labtape.exceptions import BundleError
from labtape.signal.calibration import (
    METHODS,
    UNCHANGED,
    Calibration,
    calibrated,
    read_calibration,
    temperature,
)
from labtape.signal.ngrams import LABELS

P = {"Bullish": 0.2, "Neutral": 0.7, "Bearish": 0.1}
VECTOR = Calibration("vector", {"Bullish": (1.0, 2.0), "Neutral": (1.0, 0.0), "Bearish": (1.0, 0.0)})
SIGMOID = Calibration("sigmoid", {"Bullish": (1.0, 0.0), "Neutral": (1.0, -1.0), "Bearish": (1.0, 0.0)})
ISOTONIC = Calibration(
    "isotonic",
    {"Bullish": (0.1, 0.2, 0.3, 0.6), "Neutral": (0.5, 0.4), "Bearish": (0.2, 0.1, 0.4, 0.5)},
)
EACH = (temperature(1.5), VECTOR, SIGMOID, ISOTONIC)


def test_every_method_has_a_case_here() -> None:
    assert tuple(c.method for c in EACH) == METHODS


@pytest.mark.parametrize("calibration", EACH, ids=METHODS)
@pytest.mark.parametrize("p", [P, {"Bullish": 0.0, "Neutral": 1.0, "Bearish": 0.0}])
def test_calibrated_probabilities_sum_to_one(calibration: Calibration, p: dict[str, float]) -> None:
    found = calibrated(p, calibration)
    assert list(found) == list(p)
    assert sum(found.values()) == pytest.approx(1.0)
    assert all(0 <= value <= 1 for value in found.values())


def test_a_temperature_over_one_makes_less_sure_and_keeps_the_order() -> None:
    found = calibrated(P, temperature(2.0))
    assert found["Neutral"] < P["Neutral"]
    assert sorted(found, key=lambda k: found[k]) == sorted(P, key=lambda k: P[k])


def test_temperature_one_changes_nothing() -> None:
    assert calibrated(P, UNCHANGED) == P


def test_a_shift_of_one_label_moves_it_by_its_odds() -> None:
    found = calibrated(P, VECTOR)
    assert found["Bullish"] / found["Neutral"] == pytest.approx(0.2 * 2.718281828**2 / 0.7)
    assert found["Bearish"] / found["Neutral"] == pytest.approx(0.1 / 0.7)


def test_a_sigmoid_bends_each_label_before_all_are_scaled() -> None:
    found = calibrated(P, SIGMOID)
    neutral = 0.7 / 0.3 * 2.718281828**-1
    assert found["Neutral"] / found["Bullish"] == pytest.approx(neutral / (1 + neutral) / 0.2)


def test_between_corners_is_a_line_and_outside_them_it_is_level() -> None:
    found = calibrated(P, ISOTONIC)
    total = 0.4 + 0.4 + 0.1
    assert found["Bullish"] == pytest.approx(0.4 / total)  # half way from .2 to .6
    assert found["Neutral"] == pytest.approx(0.4 / total)  # over its only corner
    assert found["Bearish"] == pytest.approx(0.1 / total)  # under its first corner


@pytest.mark.parametrize("calibration", EACH, ids=METHODS)
def test_what_a_manifest_holds_reads_back_equal(calibration: Calibration) -> None:
    assert read_calibration({"calibration": calibration.to_dict()}, "mine") == calibration


def test_a_manifest_with_a_lone_temperature_is_read() -> None:
    assert read_calibration({"temperature": 1.2}, "mine") == temperature(1.2)


WRONG = {
    "no method": {},
    "unknown method": {"calibration": {"method": "magic", "numbers": {}}},
    "label missing": {"calibration": {"method": "vector", "numbers": {"Bullish": [1, 0], "Neutral": [1, 0]}}},
    "one number short": {"calibration": {"method": "sigmoid", "numbers": {k: [1.0] for k in LABELS}}},
    "words": {"calibration": {"method": "sigmoid", "numbers": {k: ["1", "0"] for k in LABELS}}},
    "not finite": {"calibration": {"method": "sigmoid", "numbers": {k: [float("nan"), 0] for k in LABELS}}},
    "corners that go back": {"calibration": {"method": "isotonic", "numbers": {k: [0.5, 0.1, 0.4, 0.2] for k in LABELS}}},
    "no corner": {"calibration": {"method": "isotonic", "numbers": {k: [] for k in LABELS}}},
    "temperature zero": {"temperature": 0},
    "temperature in words": {"temperature": "warm"},
}  # fmt: skip


@pytest.mark.parametrize("settings", WRONG.values(), ids=WRONG)
def test_numbers_that_do_not_fit_are_refused_by_place(settings: dict[str, object]) -> None:
    with pytest.raises(BundleError, match=r"^mine: .* do not fit"):
        read_calibration(settings, "mine")
