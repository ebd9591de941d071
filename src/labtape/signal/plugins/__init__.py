"""A user's own text classifier behind the `Model` port: scikit-learn, or transformers from a local folder.

    estimator or network ──p over its classes──> classes.labels_of ──> p over Bullish, Neutral, Bearish
                                                                            │
    a house model (market3, or rules) ──relevance, how it fades──> own.OwnModel: Prediction

Design notes. A sentiment model knows the direction of a sentence and nothing else that a record holds. So the verdict
and the verdicts of entities are its own, and what it cannot know comes from a model of the house: whether the
article is relevant, and how much of the effect lasts. Classes are never guessed: a class whose meaning is not plain is
an error, because a mapping that is turned round would be silent. A pickle is opened only when the caller gave its
digest; weights of transformers are read from safetensors alone, offline, and code in their folder is never run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labtape.signal.plugins.own import OwnModel
from labtape.signal.plugins.sklearn import SklearnModel
from labtape.signal.plugins.transformers import TransformersModel

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

__all__ = ["OwnModel", "SklearnModel", "TransformersModel", "is_plugin", "open_plugin"]

SKLEARN: Final = "sklearn:"
TRANSFORMERS: Final = "transformers:"


def is_plugin(name: str) -> bool:
    """Whether a bundle's name stands for a model of the user's.

    >>> is_plugin("sklearn:mine.joblib"), is_plugin("market3")
    (True, False)
    """
    return name.startswith((SKLEARN, TRANSFORMERS))


def open_plugin(name: str, *, lexicon: Lexicon | None = None, digest: str = "") -> OwnModel:
    """The model that `sklearn:FILE` or `transformers:FOLDER` names; raises `BundleError` before opening what is wrong."""
    if name.startswith(SKLEARN):
        return SklearnModel.from_file(name.removeprefix(SKLEARN), digest=digest, lexicon=lexicon)
    return TransformersModel.from_folder(name.removeprefix(TRANSFORMERS), digest=digest, lexicon=lexicon)
