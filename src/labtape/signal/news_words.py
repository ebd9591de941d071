"""Words of labelled AI news: TF-IDF of headline and opening, with a weight per head.

Saved as plain data (terms, idf, weights) like the text model, and for the same reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from labtape.signal.features import Views, plain
from labtape.signal.ngrams import WORD_OR_SIGN

HEADS: Final = ("relevance", "material", "direction")


@dataclass(frozen=True, slots=True)
class NewsWords:
    """Vectorisers of headline and opening, and `weights`: a row per head over both."""

    title: Any  # Any: scikit-learn has no types
    lead: Any  # Any: scikit-learn has no types
    weights: Any  # Any: a numpy array

    def scores(self, views: Sequence[Views]) -> list[dict[str, float]]:
        """What the words add to each head's log-odds, per article, in order."""
        if not views:
            return []
        n = self.title.idf_.size
        found = self.title.transform([plain(v.title) for v in views]) @ self.weights[:, :n].T
        found = found + self.lead.transform([plain(v.lead) for v in views]) @ self.weights[:, n:].T
        return [{head: float(x) for head, x in zip(HEADS, row, strict=True)} for row in found]

    def terms(self, views: Sequence[Views]) -> list[dict[str, dict[str, float]]]:
        """The same taken apart, per article and head: what each term adds, as `word.title:chips`, `word.lead:chips`."""
        made: list[dict[str, dict[str, float]]] = [{head: {} for head in HEADS} for _ in views]
        n = self.title.idf_.size
        places = (("title", self.title, self.weights[:, :n]), ("lead", self.lead, self.weights[:, n:]))
        for place, known, weights in places:
            names = known.get_feature_names_out()
            for by_head, view in zip(made, views, strict=True):
                found = known.transform([plain(getattr(view, place))]).tocsr()
                for at, value in zip(found.indices, found.data, strict=True):
                    for head, weight in zip(HEADS, weights[:, at], strict=True):
                        by_head[head][f"word.{place}:{names[at]}"] = float(weight * value)
        return made


def vectoriser(**limits: Any) -> Any:  # Any: scikit-learn's own parameters and objects
    """One of the two vectorisers, not fitted."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(
        ngram_range=(1, 2), token_pattern=WORD_OR_SIGN, sublinear_tf=True, lowercase=False, **limits
    )


def plain_data(words: NewsWords) -> dict[str, Any]:  # Any: text and arrays
    return {
        "title": "\n".join(words.title.get_feature_names_out()),
        "lead": "\n".join(words.lead.get_feature_names_out()),
        "title_idf": words.title.idf_,
        "lead_idf": words.lead.idf_,
        "weights": words.weights,
    }


def restored(data: Mapping[str, Any]) -> NewsWords:  # Any: as `plain_data` made it
    title, lead = (vectoriser(vocabulary=data[name].split("\n")) for name in ("title", "lead"))
    title.idf_, lead.idf_ = data["title_idf"], data["lead_idf"]
    return NewsWords(title, lead, data["weights"])
