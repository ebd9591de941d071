"""Words of labelled AI news: TF-IDF of headline and opening, with a weight per head.

Saved as plain data (terms, idf, weights) like the text model, and for the same reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from labtape.signal.features import Views, plain
from labtape.signal.tfidf import TfIdf, scores

HEADS: Final = ("relevance", "material", "direction")


@dataclass(frozen=True, slots=True)
class NewsWords:
    """Vocabularies of headline and opening, and `weights`: a row per head over both."""

    title: TfIdf
    lead: TfIdf
    weights: Any  # Any: a numpy array

    def scores(self, views: Sequence[Views]) -> list[dict[str, float]]:
        """What the words add to each head's log-odds, per article, in order."""
        n, made = len(self.title), []
        of_title, of_lead = self.weights[:, :n], self.weights[:, n:]
        for view in views:
            found = scores(self.title.row(plain(view.title)), of_title)
            found = found + scores(self.lead.row(plain(view.lead)), of_lead)
            made.append({head: float(x) for head, x in zip(HEADS, found, strict=True)})
        return made

    def terms(self, views: Sequence[Views]) -> list[dict[str, dict[str, float]]]:
        """The same taken apart, per article and head: what each term adds, as `word.title:chips`, `word.lead:chips`."""
        made: list[dict[str, dict[str, float]]] = [{head: {} for head in HEADS} for _ in views]
        n = len(self.title)
        places = (("title", self.title, self.weights[:, :n]), ("lead", self.lead, self.weights[:, n:]))
        for place, known, weights in places:
            for by_head, view in zip(made, views, strict=True):
                for at, value in known.values(plain(getattr(view, place))).items():
                    for head, weight in zip(HEADS, weights[:, at], strict=True):
                        by_head[head][f"word.{place}:{known.terms[at]}"] = float(weight * value)
        return made


def plain_data(words: NewsWords) -> dict[str, Any]:  # Any: text and arrays
    return {
        "title": "\n".join(words.title.terms),
        "lead": "\n".join(words.lead.terms),
        "title_idf": words.title.idf,
        "lead_idf": words.lead.idf,
        "weights": words.weights,
    }


def restored(data: Mapping[str, Any]) -> NewsWords:  # Any: as `plain_data` made it
    title, lead = (TfIdf(data[name].split("\n"), data[f"{name}_idf"], "word") for name in ("title", "lead"))
    return NewsWords(title, lead, data["weights"])
