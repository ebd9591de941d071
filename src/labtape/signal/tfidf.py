"""TF-IDF of one text at a time, over a vocabulary that scikit-learn fitted.

Fitting is scikit-learn's (`TfidfVectorizer`, sublinear counts, rows of length one). What is fitted is applied here, because
importing scikit-learn costs more than a second of every start, and a sparse matrix for one headline more than its
counting. A test holds the values equal to scikit-learn's.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from typing import Any, Final, Literal

Analyser = Literal["word", "char_wb"]
Row = tuple[Any, Any]  # Any: numpy arrays
#: Words, and the signs that matter in headlines.
WORD_OR_SIGN: Final = r"[^\W_]+|[$%+-]"
PAIRS: Final = (1, 2)
CHARACTERS: Final = (2, 5)
#: Words whose n-grams are kept; a reader of news meets the same ones again.
MOST_WORDS: Final = 50_000
_WORD: Final = re.compile(WORD_OR_SIGN)


class TfIdf:
    """A fitted vocabulary: `terms` in the order of their columns, with their `idf`.

    `word` counts single words and pairs, `char_wb` n-grams of 2 to 5 characters inside words, white space around each.
    """

    def __init__(self, terms: Sequence[str], idf: Any, analyser: Analyser) -> None:  # Any: a numpy array
        self.terms = tuple(terms)
        self.idf = idf
        self.analyser = analyser
        self._column = {term: k for k, term in enumerate(self.terms)}
        self._of_word: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self.terms)

    def row(self, text: str) -> Row:
        """The columns of a text and their values, whose squares add up to one; empty where no term is known."""
        import numpy as np

        counts = Counter(self._words(text) if self.analyser == "word" else self._characters(text))
        columns = np.fromiter(counts, np.intp, len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), np.float64, len(counts)))) * self.idf[columns]
        return columns, values / math.sqrt(values @ values) if counts else values

    def values(self, text: str) -> dict[int, float]:
        """The same as a table."""
        columns, values = self.row(text)
        return dict(zip(columns.tolist(), values.tolist(), strict=True))

    def _words(self, text: str) -> list[int]:
        words = _WORD.findall(text)
        return self._columns([*words, *map(" ".join, pairwise(words))])

    def _characters(self, text: str) -> Iterable[int]:
        return chain.from_iterable(map(self._known, text.split()))

    def _known(self, word: str) -> list[int]:
        known = self._of_word.get(word)
        if known is None:
            known = self._columns(character_ngrams(word))
            if len(self._of_word) < MOST_WORDS:
                self._of_word[word] = known
        return known

    def _columns(self, terms: Iterable[str]) -> list[int]:
        """Where the terms stand that are known. The numbers are those of the table, not new ones, for many are kept."""
        return [k for k in map(self._column.get, terms) if k is not None]


def character_ngrams(word: str) -> list[str]:
    """The n-grams of a word with a space on either side; one of a length that does not fit is there once, as far as it goes.

    >>> character_ngrams("a")
    [' a', 'a ', ' a ']
    """
    padded = f" {word} "
    found: list[str] = []
    least, most = CHARACTERS
    for n in range(least, most + 1):
        found.extend(padded[at : at + n] for at in range(max(1, len(padded) - n + 1)))
        if n >= len(padded):
            break
    return found


def scores(row: Row, coefficients: Any) -> Any:  # Any: numpy arrays
    """The row times each row of coefficients, added up."""
    columns, values = row
    return coefficients[:, columns] @ values


def fitted(vectoriser: Any, analyser: Analyser) -> TfIdf:  # Any: scikit-learn has no types
    """A fitted vectoriser of scikit-learn as it is applied here."""
    return TfIdf(vectoriser.get_feature_names_out(), vectoriser.idf_, analyser)


def vectoriser(analyser: Analyser, **limits: Any) -> Any:  # Any: scikit-learn's own parameters and objects
    """A vectoriser of scikit-learn that counts like `TfIdf`, not fitted; raises `ImportError` without scikit-learn."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    how = (
        {"ngram_range": PAIRS, "token_pattern": WORD_OR_SIGN}
        if analyser == "word"
        else {"ngram_range": CHARACTERS, "analyzer": analyser}
    )
    return TfidfVectorizer(sublinear_tf=True, lowercase=False, **how, **limits)
