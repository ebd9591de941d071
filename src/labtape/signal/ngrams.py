"""The text model: TF-IDF of word and character n-grams into three linear scores.

What is saved is plain data (terms in order, their idf, coefficients), from which the scikit-learn vectorisers
are made again: pickled estimators carry memory addresses and key identities, so that the same training gave
other bytes in another process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from labtape.signal.features import plain
from labtape.signal.mathematics import softmax

LABELS: Final = ("Bullish", "Neutral", "Bearish")
WORD_OR_SIGN: Final = r"[^\W_]+|[$%+-]"


@dataclass(frozen=True, slots=True)
class TextModel:
    """Vectorisers, linear scores (one row of `coefficients` per label of `LABELS`), temperature of its own field."""

    words: Any  # Any: scikit-learn has no types
    chars: Any  # Any: scikit-learn has no types
    coefficients: Any  # Any: a numpy array
    intercepts: Any  # Any: a numpy array
    temperature: float

    def probabilities(self, texts: Sequence[str]) -> list[tuple[float, float, float]]:
        """p over `LABELS` for each text, in order."""
        if not texts:
            return []
        folded = [plain(text) for text in texts]
        n = self.words.idf_.size
        scores = self.words.transform(folded) @ self.coefficients[:, :n].T
        scores = scores + self.chars.transform(folded) @ self.coefficients[:, n:].T + self.intercepts
        rows = []
        for row in scores:
            p = softmax({label: float(x) / self.temperature for label, x in zip(LABELS, row, strict=True)})
            rows.append((p["Bullish"], p["Neutral"], p["Bearish"]))
        return rows


def vectorisers(**limits: Any) -> tuple[Any, Any]:  # Any: scikit-learn's own parameters and objects
    """The word and the character vectoriser, not fitted; `words` and `chars` are further parameters of each."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(
        ngram_range=(1, 2), token_pattern=WORD_OR_SIGN, sublinear_tf=True, lowercase=False, **limits["words"]
    )
    chars = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, lowercase=False, **limits["chars"]
    )
    return words, chars


def weights(model: TextModel) -> dict[str, Any]:  # Any: text and arrays
    """The model as plain data; no n-gram holds a line end, so the terms are one string."""
    return {
        "words": "\n".join(model.words.get_feature_names_out()),
        "chars": "\n".join(model.chars.get_feature_names_out()),
        "words_idf": model.words.idf_,
        "chars_idf": model.chars.idf_,
        "coefficients": model.coefficients,
        "intercepts": model.intercepts,
    }


def restored(data: Mapping[str, Any], temperature: float) -> TextModel:  # Any: as `weights` made it
    """The model from its plain data."""
    words, chars = vectorisers(
        words={"vocabulary": data["words"].split("\n")}, chars={"vocabulary": data["chars"].split("\n")}
    )
    words.idf_, chars.idf_ = data["words_idf"], data["chars_idf"]
    return TextModel(words, chars, data["coefficients"], data["intercepts"], temperature)
