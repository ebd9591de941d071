from __future__ import annotations

import random

import pytest

from labtape.signal.calibration import METHODS, calibrated
from labtape.signal.ngrams import LABELS
from labtape.train.calibrating import chosen, fit_calibration, log_losses, trial


def drawn(n: int, *, sure: float, seed: int = 1) -> tuple[list[dict[str, float]], list[str]]:
    """Raw probabilities whose labels are drawn from the same ones, raised to 1 / `sure`: under 1 they are not sure enough."""
    rng = random.Random(seed)
    raw, truth = [], []
    for _ in range(n):
        parts = [rng.random() ** 2 + 0.01 for _ in LABELS]
        p = {k: x / sum(parts) for k, x in zip(LABELS, parts, strict=True)}
        raised = {k: x ** (1 / sure) for k, x in p.items()}
        truth.append(rng.choices(LABELS, [raised[k] for k in LABELS])[0])
        raw.append(p)
    return raw, truth


@pytest.mark.parametrize("method", METHODS)
def test_each_method_makes_what_is_too_sure_less_wrong_on_other_articles(method: str) -> None:
    raw, truth = drawn(600, sure=3.0)
    unseen, labels = drawn(600, sure=3.0, seed=2)
    fitted = fit_calibration(method, raw, truth)
    made = [calibrated(p, fitted) for p in unseen]
    assert sum(log_losses(made, labels)) < sum(log_losses(unseen, labels))
    assert trial(method, made, labels).ece < trial("none", unseen, labels).ece


def test_the_temperature_that_made_the_labels_is_found_again() -> None:
    raw, truth = drawn(3000, sure=2.0)
    assert fit_calibration("temperature", raw, truth).numbers["temperature"][0] == pytest.approx(2.0, abs=0.2)


def test_vector_scaling_finds_a_label_that_is_said_too_seldom() -> None:
    raw, truth = drawn(1500, sure=1.0)
    truth = ["Bullish" if k % 3 == 0 else label for k, label in enumerate(truth)]
    shifts = {k: own[1] for k, own in fit_calibration("vector", raw, truth).numbers.items()}
    assert max(shifts, key=lambda k: shifts[k]) == "Bullish"


@pytest.mark.parametrize("method", METHODS)
def test_a_label_that_nobody_has_does_not_break_the_fit(method: str) -> None:
    raw, truth = drawn(80, sure=1.0)
    truth = ["Neutral" if label == "Bearish" else label for label in truth]
    found = calibrated(raw[0], fit_calibration(method, raw, truth))
    assert sum(found.values()) == pytest.approx(1.0)


def sure_of(label: str, p: float) -> dict[str, float]:
    return {k: p if k == label else (1 - p) / 2 for k in LABELS}


def test_clearly_less_loss_wins() -> None:
    truth = ["Neutral", "Bullish"] * 50
    good = [sure_of(label, 0.9) for label in truth]
    bad = [sure_of(label, 0.4) for label in truth]
    shown = {"temperature": bad, "vector": bad, "sigmoid": bad, "isotonic": good}
    assert chosen(shown, truth) == "isotonic"


def test_of_methods_within_a_standard_error_the_better_calibrated_one_wins() -> None:
    truth = ["Neutral"] * 7 + ["Bullish"] * 3
    honest = [sure_of("Neutral", 0.7) for _ in truth]
    boastful = [sure_of("Neutral", 0.78) for _ in truth]
    shown = {"temperature": boastful, "vector": honest, "sigmoid": boastful, "isotonic": boastful}
    assert chosen(shown, truth) == "vector"


def test_of_equal_methods_the_one_with_fewer_numbers_wins() -> None:
    truth = ["Neutral"] * 10
    same = [sure_of("Neutral", 0.8) for _ in truth]
    assert chosen(dict.fromkeys(METHODS, same), truth) == "temperature"
