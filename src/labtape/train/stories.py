"""How well articles are put into stories, with the interval that drawing the same stories (or pairs) again would give.

BCubed (Bagga and Baldwin): an article's precision is the part of its found story that truly belongs with it, its recall the part of its
true story that was found with it; both are averaged over articles. The bootstrap draws true stories with all their articles, or pairs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from labtape.train.scores import prf
from labtape.train.story_methods import (
    FIRST,
    LABTAPE,
    MIN_HASH,
    OWN,
    TF_IDF,
    THRESHOLDS,
    TITLE,
    Found,
    MinHashes,
    Progress,
    TfIdf,
    Tuned,
    by_labtape,
    by_title,
    each_alone,
)
from labtape.train.story_sets import COPY, EVENT, SAME, WINDOW, Pair, PairSet, StorySet
from labtape.train.verdicts import RESAMPLES, SEED

if TYPE_CHECKING:
    from datetime import timedelta

    from numpy import ndarray

    from labtape.types import Annotated

    Array = ndarray[Any, Any]  # Any: shape and number type

#: Below copy and event: another matter, or another step of it.
OTHER: Final = "other"
PAIRS: Final = "pairs"
_BOUNDS: Final = (2.5, 97.5)

Measures = dict[str, Any]  # Any: JSON of measures


def bcubed(truth: Sequence[str], found: Sequence[str]) -> tuple[float, float, float]:
    """BCubed precision, recall and F1.

    >>> [round(x, 3) for x in bcubed(["a", "a", "b"], ["1", "1", "1"])]
    [0.556, 1.0, 0.714]
    """
    p, r = _of_articles(truth, found)
    return _mean_prf(sum(p) / len(p), sum(r) / len(r))


def _of_articles(truth: Sequence[str], found: Sequence[str]) -> tuple[list[float], list[float]]:
    """Precision and recall of each article."""
    pairs = list(zip(truth, found, strict=True))
    both, theirs, ours = Counter(pairs), Counter(truth), Counter(found)
    return [both[t, f] / ours[f] for t, f in pairs], [both[t, f] / theirs[t] for t, f in pairs]


def _mean_prf(p: float, r: float) -> tuple[float, float, float]:
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


# ---------------------------------------------------------------- measures with intervals


def story_measures(
    truth: Sequence[str], found: Found, *, resamples: int = RESAMPLES, seed: int = SEED
) -> Measures:
    """BCubed `p`, `r`, `f1`, each with `value`, `low` and `high` (95 %, percentiles); stories found; articles a CPU second.

    What an article got stays as it is in every drawing: how often its true story was drawn is its weight.
    """
    import numpy as np

    p, r = (np.array(values) for values in _of_articles(truth, found.stories))
    number = {story: k for k, story in enumerate(dict.fromkeys(truth))}
    at = np.array([number[story] for story in truth])
    size, sum_p, sum_r = (np.bincount(at, weights=w) for w in (np.ones(len(at)), p, r))

    def count(drawn: Array) -> tuple[Array, ...]:
        n = drawn @ size
        return _f1(drawn @ sum_p / n, drawn @ sum_r / n)

    made = _drawn(len(number), count, ("p", "r", "f1"), resamples, seed)
    return made | {"stories": len(set(found.stories))} | _cost(found, len(truth))


def pair_measures(
    pairs: Sequence[Pair],
    index: Mapping[str, int],
    found: Found,
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Measures:
    """`p`, `r`, `f1` of "one story", and `levels`: how often copy, event or neither was told right; with intervals and counts.

    `index` is the place of each article by its id.
    """
    import numpy as np

    told = [_level(found, index[pair.first], index[pair.second]) for pair in pairs]
    truth = [pair.relation if pair.relation in SAME else OTHER for pair in pairs]
    is_same = np.array([t != OTHER for t in truth], dtype=float)
    says_same = np.array([t != OTHER for t in told], dtype=float)
    right = np.array([t == f for t, f in zip(truth, told, strict=True)], dtype=float)

    def count(drawn: Array) -> tuple[Array, ...]:
        tp, says, is_ = drawn @ (is_same * says_same), drawn @ says_same, drawn @ is_same
        shares = _f1(tp / np.maximum(says, 1e-9), tp / np.maximum(is_, 1e-9))
        return (*shares, drawn @ right / len(pairs))

    made = _drawn(len(pairs), count, ("p", "r", "f1", "levels"), resamples, seed)
    tp = int((is_same * says_same).sum())
    counts = prf(tp, int(says_same.sum()) - tp, int(is_same.sum()) - tp)
    return made | {key: counts[key] for key in ("tp", "fp", "fn")} | _cost(found, len(found.stories))


def _level(found: Found, first: int, second: int) -> str:
    if found.stories[first] != found.stories[second]:
        return OTHER
    return COPY if found.origins[first] == found.origins[second] else EVENT


def _f1(p: Array, r: Array) -> tuple[Array, Array, Array]:
    import numpy as np

    return p, r, 2 * p * r / np.maximum(p + r, 1e-9)


def _drawn(
    n: int, count: Callable[[Array], tuple[Array, ...]], names: Sequence[str], resamples: int, seed: int
) -> Measures:
    """Each measure of the whole, and the bounds of its drawings. `count` takes rows of weights of the n drawn things."""
    import numpy as np

    rng = np.random.default_rng(seed)
    drawings = count(rng.multinomial(n, np.full(n, 1 / n), size=resamples).astype(float))
    whole = count(np.ones((1, n)))
    made = {}
    for name, value, drawing in zip(names, whole, drawings, strict=True):
        low, high = np.percentile(drawing, _BOUNDS)
        made[name] = {
            "value": round(float(value[0]), 4),
            "low": round(float(low), 4),
            "high": round(float(high), 4),
        }
    return made


def _cost(found: Found, n: int) -> Measures:
    speed = round(n / found.seconds) if found.seconds else None
    return {"per_second": speed, "threshold": found.threshold}


# ---------------------------------------------------------------- the sets beside plain methods


def measure_sets(sets: Sequence[StorySet], progress: Progress = lambda done, total: None) -> Measures:
    """The measures of each method on each set, by name. A threshold is the best one of its set, for `ecb_dev` that of `ecb_train`."""
    made: Measures = {}
    best: dict[str, float] = {}
    for story_set in sets:

        def f1(found: Found, truth: Sequence[str] = story_set.truth) -> float:
            return bcubed(truth, found.stories)[2]

        chosen = best if story_set.name == "ecb_dev" else {}
        found = _by_all(story_set.articles, story_set.window, f1, chosen, progress)
        if story_set.name == "ecb_train":
            best = {name: f.threshold for name, f in found.items() if f.threshold is not None}
        made[story_set.name] = {
            "articles": len(story_set.articles),
            "stories": len(set(story_set.truth)),
            "methods": {name: story_measures(story_set.truth, f) for name, f in found.items()},
        }
    return made


def measure_pairs(
    pair_set: PairSet, annotated: Sequence[Annotated], progress: Progress = lambda done, total: None
) -> Measures:
    """The measures of each method on the pairs; `annotated` are the articles of the set in its order. Thresholds are the best of these very pairs."""
    index = {a.article.id: k for k, a in enumerate(annotated)}
    pairs = pair_set.pairs

    def f1(found: Found) -> float:
        same = [found.stories[index[p.first]] == found.stories[index[p.second]] for p in pairs]
        tp = sum(said and p.relation in SAME for p, said in zip(pairs, same, strict=True))
        return 2 * tp / max(1, sum(same) + sum(p.relation in SAME for p in pairs))

    found = _by_all(annotated, WINDOW, f1, {}, progress)
    return {
        "articles": len(annotated),
        "pairs": len(pairs),
        "lost": pair_set.n_lost,
        "methods": {name: pair_measures(pairs, index, f) for name, f in found.items()},
    }


def _by_all(
    articles: Sequence[Annotated],
    window: timedelta,
    score: Callable[[Found], float],
    chosen: Mapping[str, float],
    progress: Progress,
) -> dict[str, Found]:
    """What each method found; the progress is that of the articles, then that of the thresholds that are tried."""
    final, first = by_labtape(articles, window, progress)
    tuned: dict[str, Tuned] = {TF_IDF: TfIdf(articles, window), MIN_HASH: MinHashes(articles, window)}
    made = {LABTAPE: final, FIRST: first, OWN: each_alone(articles), TITLE: by_title(articles)}
    for k, (name, method) in enumerate(tuned.items()):

        def step(done: int, before: int = k * len(THRESHOLDS)) -> None:
            progress(before + done, len(tuned) * len(THRESHOLDS))

        made[name] = method(chosen[name]) if name in chosen else best_of(method, score, step)
    return made


def best_of(
    method: Tuned, score: Callable[[Found], float], step: Callable[[int], None] = lambda done: None
) -> Found:
    """What the method finds with the threshold that scores highest, the lowest of equal ones."""
    tried: list[tuple[float, Found]] = []
    for threshold in THRESHOLDS:
        step(len(tried))
        found = method(threshold)
        tried.append((score(found), found))
    return max(tried, key=lambda pair: pair[0])[1]
