"""The text model: TF-IDF of word and character n-grams into three linear scores.

What is saved is plain data (terms in order, their idf, coefficients): pickled estimators carry memory addresses and key
identities, so that the same training gave other bytes in another process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from labtape.signal.features import plain
from labtape.signal.mathematics import softmax
from labtape.signal.tfidf import TfIdf, scores

LABELS: Final = ("Bullish", "Neutral", "Bearish")


@dataclass(frozen=True, slots=True)
class TextModel:
    """Vocabularies, linear scores (one row of `coefficients` per label of `LABELS`), temperature of its own field."""

    words: TfIdf
    chars: TfIdf
    coefficients: Any  # Any: a numpy array
    intercepts: Any  # Any: a numpy array
    temperature: float

    def probabilities(self, texts: Sequence[str]) -> list[tuple[float, float, float]]:
        """p over `LABELS` for each text, in order."""
        n, rows = len(self.words), []
        by_word, by_character = self.coefficients[:, :n], self.coefficients[:, n:]
        for text in map(plain, texts):
            found = scores(self.words.row(text), by_word) + scores(self.chars.row(text), by_character)
            found = found + self.intercepts
            p = softmax({label: float(x) / self.temperature for label, x in zip(LABELS, found, strict=True)})
            rows.append((p["Bullish"], p["Neutral"], p["Bearish"]))
        return rows


def weights(model: TextModel) -> dict[str, Any]:  # Any: text and arrays
    """The model as plain data; no n-gram holds a line end, so the terms are one string."""
    return {
        "words": "\n".join(model.words.terms),
        "chars": "\n".join(model.chars.terms),
        "words_idf": model.words.idf,
        "chars_idf": model.chars.idf,
        "coefficients": model.coefficients,
        "intercepts": model.intercepts,
    }


def restored(data: Mapping[str, Any], temperature: float) -> TextModel:  # Any: as `weights` made it
    """The model from its plain data."""
    words = TfIdf(data["words"].split("\n"), data["words_idf"], "word")
    chars = TfIdf(data["chars"].split("\n"), data["chars_idf"], "char_wb")
    return TextModel(words, chars, data["coefficients"], data["intercepts"], temperature)
