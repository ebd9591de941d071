"""Ways to put articles into stories: labtape's, and plain ones on the same articles in the same run.

| method | what it does |
| --- | --- |
| labtape | `story.Grouper`, articles one by one; the stories as they stand behind the last one |
| at first | labtape too, each article under the story that its `Placement` named when it came |
| own story | every article is a story |
| same title | articles of one title are one story, but for case and spacing |
| TF-IDF | single pass (scikit-learn): join the story of the window whose centroid is nearest by cosine, from a threshold on |
| MinHash | datasketch, five-character pieces, 128 permutations, LSH: join the story of the most alike article of the window, from a threshold on |

TF-IDF knows how often each word stands in the whole set before the first article comes, which helps it. Chinese is read
character by character there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from time import process_time
from typing import TYPE_CHECKING, Any, Final

from labtape.story import Grouper
from labtape.types import Annotated, Article

if TYPE_CHECKING:
    from numpy import ndarray

    Array = ndarray[Any, Any]  # Any: shape and number type

LABTAPE: Final = "labtape"
FIRST: Final = "at first"
OWN: Final = "own story"
TITLE: Final = "same title"
TF_IDF: Final = "TF-IDF"
MIN_HASH: Final = "MinHash"
THRESHOLDS: Final = tuple(k / 20 for k in range(1, 20))
PERMUTATIONS: Final = 128
_PIECE: Final = 5
_BLOCK: Final = 256
_SPACE: Final = re.compile(r"\s+")
#: A word of two signs or more, or a Chinese character.
_WORD: Final = r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]{2,}"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Found:
    """What a method made of some articles: the story and the origin of each, in order; CPU seconds.

    Two articles of one story with one origin are called copies.
    """

    stories: tuple[str, ...]
    origins: tuple[str, ...]
    seconds: float
    threshold: float | None = None


Tuned = Callable[[float], Found]


def by_labtape(
    articles: Sequence[Annotated], window: timedelta, progress: Progress = lambda done, total: None
) -> tuple[Found, Found]:
    """As the stories stand at the end, and as each article was placed when it came."""
    for annotated in articles[:1]:
        Grouper(window).add(annotated)  # loads tables and patterns: not a part of the speed
    grouper, placed = Grouper(window), []
    seconds = 0.0
    for k, annotated in enumerate(articles, 1):
        before = process_time()
        placed.append(grouper.add(annotated).id)
        seconds += process_time() - before
        progress(k, len(articles))
    where = {
        id_: (story.id, f"{story.id} {n}")
        for story in grouper.stories()
        for n, ids in enumerate(story.origins)
        for id_ in ids
    }
    found = [where[a.article.id] for a in articles]
    origins = tuple(origin for _, origin in found)
    return Found(tuple(story for story, _ in found), origins, seconds), Found(tuple(placed), origins, seconds)


def each_alone(articles: Sequence[Annotated]) -> Found:
    before = process_time()
    ids = tuple(a.article.id for a in articles)
    return Found(ids, ids, process_time() - before)


def by_title(articles: Sequence[Annotated]) -> Found:
    before = process_time()
    titles = tuple(_folded(a.article.title) for a in articles)
    return Found(titles, titles, process_time() - before)


class TfIdf:
    """Single-pass clustering of some articles; likenesses are counted once for all thresholds."""

    def __init__(self, articles: Sequence[Annotated], window: timedelta) -> None:
        self._texts = [a.article.full for a in articles]
        self._times = times_of(articles)
        self._window = window

    @cached_property
    def _alike(self) -> tuple[float, list[Array]]:
        """CPU seconds, and the cosines of each article with all before it."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        before = process_time()
        vectors = TfidfVectorizer(token_pattern=_WORD, stop_words="english", sublinear_tf=True).fit_transform(
            self._texts
        )
        rows: list[Array] = []
        for begin in range(0, len(self._texts), _BLOCK):
            block = (vectors[begin : begin + _BLOCK] @ vectors.T).toarray().astype("float32")
            rows.extend(row[: begin + k].copy() for k, row in enumerate(block))
        return process_time() - before, rows

    def __call__(self, threshold: float) -> Found:
        import numpy as np

        seconds, rows = self._alike
        before = process_time()
        n = len(rows)
        label = np.zeros(n, dtype=np.intp)
        square = np.zeros(n)  # of the length of a story's sum of vectors
        last = np.full(n, -np.inf)
        n_stories = 0
        for k, row in enumerate(rows):
            dots = np.bincount(label[:k], weights=row, minlength=n_stories) if k else np.zeros(0)
            near = last[:n_stories] >= self._times[k] - self._window.total_seconds()
            cosine = np.where(near, dots / np.sqrt(np.maximum(square[:n_stories], 1e-12)), -1.0)
            best = int(cosine.argmax()) if n_stories else -1
            if best < 0 or cosine[best] < threshold:
                best = n_stories
                n_stories += 1
                dots = np.append(dots, 0.0)
            label[k] = best
            square[best] += 2 * dots[best] + 1
            last[best] = max(last[best], self._times[k])
        stories = tuple(str(s) for s in label)
        ids = tuple(f"article {k}" for k in range(n))
        return Found(stories, ids, seconds + process_time() - before, threshold)


class MinHashes:
    """Near copies alone make a story; signatures are counted once for all thresholds."""

    def __init__(self, articles: Sequence[Annotated], window: timedelta) -> None:
        self._articles = [a.article for a in articles]
        self._times = times_of(articles)
        self._window = window

    @cached_property
    def _signatures(self) -> tuple[float, list[Any]]:  # Any: datasketch has no types
        from datasketch import MinHash

        before = process_time()
        blank = MinHash(num_perm=PERMUTATIONS, seed=1)
        made = []
        for article in self._articles:
            signature = blank.copy()
            signature.update_batch(_pieces(article))
            made.append(signature)
        return process_time() - before, made

    def __call__(self, threshold: float) -> Found:
        from datasketch import MinHashLSH

        seconds, signatures = self._signatures
        before = process_time()
        index = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
        stories: list[str] = []
        for k, signature in enumerate(signatures):
            since = self._times[k] - self._window.total_seconds()
            near = sorted(other for other in index.query(signature) if self._times[other] >= since)
            likeness, other = max(
                ((signature.jaccard(signatures[other]), -other) for other in near), default=(0.0, 0)
            )
            stories.append(stories[-other] if near and likeness >= threshold else str(k))
            index.insert(k, signature)
        return Found(tuple(stories), tuple(stories), seconds + process_time() - before, threshold)


def times_of(articles: Sequence[Annotated]) -> list[float]:
    """When each was published, in seconds; without a time at the newest one before it."""
    times, newest = [], 0.0
    for a in articles:
        at = _at(a.article)
        times.append(at.timestamp() if at else newest)
        newest = max(newest, times[-1])
    return times


def _at(article: Article) -> datetime | None:
    return article.published_at or article.first_seen_at


def _pieces(article: Article) -> list[bytes]:
    text = _folded(article.full)
    pieces = {text[k : k + _PIECE] for k in range(max(1, len(text) - _PIECE + 1))}
    return sorted(piece.encode("utf-8", "surrogatepass") for piece in pieces)


def _folded(text: str) -> str:
    return _SPACE.sub(" ", text).strip().lower()
