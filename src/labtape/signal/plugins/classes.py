"""What the classes of a stranger's classifier mean as labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Final

from labtape.exceptions import BundleError

LABELS: Final = ("Bullish", "Neutral", "Bearish")
_WORDS: Final[Mapping[str, str]] = {
    "bullish": "Bullish", "positive": "Bullish", "up": "Bullish",
    "neutral": "Neutral", "flat": "Neutral",
    "bearish": "Bearish", "negative": "Bearish", "down": "Bearish",
}  # fmt: skip
_SIGNS: Final[Mapping[float, str]] = {1: "Bullish", 0: "Neutral", -1: "Bearish"}
ACCEPTED: Final = "bullish/neutral/bearish, positive/neutral/negative, up/flat/down (any case), or 1/0/-1"


def labels_of(
    classes: Sequence[object], given: Mapping[object, str] | None = None, *, place: str
) -> tuple[str, ...]:
    """The label of each class, in order: as `given`, else by their plain names. Raises `BundleError`.

    Numbers without a -1 among them are not taken: 0, 1, 2 runs upwards in one data set and downwards in the next.

    >>> labels_of(["negative", "neutral", "positive"], place="mine")
    ('Bearish', 'Neutral', 'Bullish')
    >>> labels_of([0, 1], {0: "Bearish", 1: "Bullish"}, place="mine")
    ('Bearish', 'Bullish')
    """
    found = _as_given(classes, given, place) if given is not None else _by_name(classes)
    if found is None:
        example = ", ".join(
            f"{c!r}: '{label}'" for c, label in zip(_plain(classes), reversed(LABELS), strict=False)
        )
        raise BundleError(
            f"{place}: what the classes {_shown(classes)} mean is not known; known are {ACCEPTED}. "
            f"Say what others mean, as labels={{{example}}}"
        )
    if len(set(found)) < 2:
        raise BundleError(
            f"{place}: the classes {_shown(classes)} give the one label {', '.join(set(found)) or 'none'}; "
            "a model tells at least two of them apart"
        )
    return found


def _by_name(classes: Sequence[object]) -> tuple[str, ...] | None:
    if all(isinstance(c, str) for c in classes):
        words = [_WORDS.get(str(c).strip().casefold()) for c in classes]
    elif all(isinstance(c, Real) and not isinstance(c, bool) for c in classes) and -1 in classes:
        words = [_SIGNS.get(c) for c in classes]  # type: ignore[call-overload]  # a Real, as was just seen
    else:
        return None
    found = tuple(word for word in words if word is not None)
    return found if len(found) == len(words) else None


def _as_given(classes: Sequence[object], given: Mapping[object, str], place: str) -> tuple[str, ...]:
    missing = [c for c in classes if c not in given]
    if missing:
        raise BundleError(
            f"{place}: labels= says nothing of the classes {_shown(missing)}; it needs all of {_shown(classes)}"
        )
    strangers = [c for c in given if c not in classes]
    if strangers:
        raise BundleError(
            f"{place}: labels= names {_shown(strangers)}, which are no classes; have: {_shown(classes)}"
        )
    wrong = sorted({str(label) for label in given.values() if label not in LABELS})
    if wrong:
        raise BundleError(f"{place}: labels= has {', '.join(wrong)}; a label is one of {', '.join(LABELS)}")
    return tuple(given[c] for c in classes)


def _plain(classes: Sequence[object]) -> list[object]:
    """NumPy's scalars as Python's, so that they print as they are written."""
    return [c.item() if hasattr(c, "item") else c for c in classes]


def _shown(classes: Sequence[object]) -> str:
    return ", ".join(repr(c) for c in _plain(classes))
