"""What the classes of a stranger's classifier mean, and what is refused."""

import numpy as np
import pytest

from labtape.exceptions import BundleError
from labtape.signal.plugins.classes import labels_of

UP, FLAT, DOWN = "Bullish", "Neutral", "Bearish"


@pytest.mark.parametrize(
    ("classes", "labels"),
    [
        (["negative", "neutral", "positive"], (DOWN, FLAT, UP)),
        (["Positive", "NEGATIVE", " Neutral "], (UP, DOWN, FLAT)),
        (["down", "flat", "up"], (DOWN, FLAT, UP)),
        (["Bearish", "Bullish"], (DOWN, UP)),
        ([-1, 0, 1], (DOWN, FLAT, UP)),
        ([-1.0, 1.0], (DOWN, UP)),
        (list(np.array([-1, 0, 1])), (DOWN, FLAT, UP)),
        (list(np.array(["negative", "positive"])), (DOWN, UP)),
    ],
)
def test_plain_names_are_known(classes, labels):
    assert labels_of(classes, place="mine") == labels


@pytest.mark.parametrize(
    "classes",
    [
        [0, 1, 2],
        [0, 1],
        [False, True],
        [-1, 0, 1, 2],
        ["LABEL_0", "LABEL_1", "LABEL_2"],
        ["negative", "neutral", "positive", "mixed"],
        [-1, "neutral", 1],
    ],
)
def test_what_is_not_plain_is_never_guessed_and_the_classes_are_named(classes):
    with pytest.raises(BundleError, match=r"is not known; known are .*1/0/-1.*labels=") as refused:
        labels_of(classes, place="mine")
    assert all(repr(c) in str(refused.value) for c in classes)
    assert "\n" not in str(refused.value)


def test_what_is_said_counts_over_the_names():
    said = {0: DOWN, 1: FLAT, 2: UP}
    assert labels_of([0, 1, 2], said, place="mine") == (DOWN, FLAT, UP)
    assert labels_of(list(np.array([0, 1, 2])), said, place="mine") == (DOWN, FLAT, UP)
    turned = {"negative": UP, "positive": DOWN}
    assert labels_of(["negative", "positive"], turned, place="mine") == (UP, DOWN)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({0: DOWN, 1: FLAT}, "says nothing of the classes 2; it needs all of 0, 1, 2"),
        ({0: DOWN, 1: FLAT, 2: UP, 3: UP}, "names 3, which are no classes; have: 0, 1, 2"),
        ({0: DOWN, 1: FLAT, 2: "bullish"}, "has bullish; a label is one of Bullish, Neutral, Bearish"),
        ({0: UP, 1: UP, 2: UP}, "give the one label Bullish"),
    ],
)
def test_a_wrong_table_is_refused(given, said):
    with pytest.raises(BundleError, match=said):
        labels_of([0, 1, 2], given, place="mine")


def test_one_class_tells_nothing():
    with pytest.raises(BundleError, match="at least two"):
        labels_of(["neutral"], place="mine")
