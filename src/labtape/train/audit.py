"""Whether labtape judges by whose news it is: articles beside twins that differ in one thing, and what that changes.

    articles ─ annotate ─> twins (counterfactuals) ─ annotate ─> score, relevance, label of both ─> rows with intervals

A row about a lab says how much more bullish the same news reads when it is told of that lab rather than of its pair, over
the articles told of either; a row about a country likewise. Several twins of one article count as one, their mean, and the
interval is a bootstrap over articles. What moved is told by the parts that the model's heads are made of.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any, Final

from labtape.annotate import annotate, annotate_many
from labtape.ports import Account, Model
from labtape.signal import accounts
from labtape.signal.core import RELEVANT, has_letters, told_p
from labtape.signal.markets import score_of
from labtape.signal.mathematics import label_of
from labtape.train.counterfactuals import Twin, country_twin, doubled, lab_twins, negated, sides
from labtape.types import Annotated, Article

if TYPE_CHECKING:
    from labtape.lexicon.entries import LabelSet, Lexicon

#: Rows over fewer articles are shown and not held to a limit: their intervals are wider than any limit worth having.
LEAST: Final = 10
#: A score this far from zero is a direction that can flip or fade.
DIRECTED: Final = 0.1
RESAMPLES: Final = 2000
MOST_CAUSES: Final = 3
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Change:
    """A mean and the 95 % interval of a bootstrap over articles."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Cause:
    """A part of a head that differs between twins, on the average, in log-odds."""

    head: str
    words: str
    mean: float


@dataclass(frozen=True, slots=True)
class Row:
    """What one kind of change does. `score` is p(Bullish) - p(Bearish); `as_expected` is the part that does as it should.

    Of kind `lab`, `home` and `country`: told of `name` less told of its pair. Of `places`, `number` and `negation`: the twin
    less the original; expected is that a direction keeps its sign (number), or flips or fades (negation).
    """

    kind: str
    name: str
    n: int
    score: Change
    relevance: Change
    labels_changed: float
    as_expected: float | None = None
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """Every row, and over how many articles and twins."""

    n_articles: int
    n_twins: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What a record would say of one article, and what moved it where the model can say."""

    score: float
    relevance: float
    label: str
    account: Account | None


@dataclass(frozen=True, slots=True)
class Pair:
    """An article's twin with what both were judged; `sign` is 1 where the original is told of the row's name."""

    article: str
    before: Told
    after: Told
    sign: int


def audit(
    articles: Sequence[Article],
    *,
    lexicon: Lexicon,
    model: Model,
    seed: int = 0,
    progress: Progress = lambda done, total: None,
) -> Audit:
    """Judge every article and its twins; the same articles and seed give the same rows."""
    judge = _Judge(lexicon, model)
    by_row: dict[tuple[str, str], list[Pair]] = defaultdict(list)
    n_twins = 0
    for n, annotated in enumerate(annotate_many(articles, lexicon), 1):
        twins = list(twins_of(annotated, lexicon))
        n_twins += len(twins)
        known = {annotated.article: judge([annotated])[0]}
        read = [annotate(twin.article, lexicon) for twin in twins]
        for twin, after in zip(twins, judge(read), strict=True):
            if twin.original not in known:
                known[twin.original] = judge([annotate(twin.original, lexicon)])[0]
            for kind, name, sign in rows_of(twin, lexicon):
                by_row[kind, name].append(Pair(annotated.article.id, known[twin.original], after, sign))
        progress(n, len(articles))
    rows = (_row(kind, name, pairs, seed) for (kind, name), pairs in by_row.items())
    return Audit(len(articles), n_twins, tuple(sorted(rows, key=_order)))


def twins_of(annotated: Annotated, lexicon: Lexicon) -> Iterable[Twin]:
    """Every twin of one article, in order."""
    yield from lab_twins(annotated, lexicon)
    for make in (country_twin, negated, doubled):
        twin = make(annotated)
        if twin is not None:
            yield twin


def rows_of(twin: Twin, lexicon: Lexicon) -> Iterable[tuple[str, str, int]]:
    """The rows a twin counts in, with the sign that makes its change one in favour of the row's name."""
    if twin.kind == "lab":
        yield "lab", twin.told, 1
        yield "lab", twin.instead, -1
        home, away = (lexicon.labs[sides()[side].labs[0]].country for side in (twin.told, twin.instead))
        if {home, away} == {"CN", "US"}:
            yield "home", "CN", 1 if home == "CN" else -1
    elif twin.kind == "country":
        yield "country", "CN", 1 if twin.told == "CN" else -1
    else:
        yield twin.kind, "", -1


def measures(found: Audit) -> dict[str, Any]:  # Any: nested numbers, as floors compare them
    """The largest mean change in favour or against, by country and by lab, over rows of `LEAST` articles and more."""

    def most(*kinds: str) -> float:
        return max((abs(r.score.mean) for r in found.rows if r.kind in kinds and r.n >= LEAST), default=0.0)

    return {
        "country": {"most": round(most("country", "home"), 4)},
        "lab": {"most": round(most("lab"), 4)},
    }


class _Judge:
    """Judges many articles at once, as a record would tell it."""

    def __init__(self, lexicon: Lexicon, model: Model) -> None:
        self._labels: LabelSet = lexicon.label_sets[model.label_set_id]
        self._model = model

    def __call__(self, annotated: Sequence[Annotated]) -> list[Told]:
        if not annotated:
            return []
        unknown: list[Account | None] = [None] * len(annotated)
        moved: Sequence[Account | None] = accounts(self._model, annotated) or unknown
        made = []
        for a, prediction, account in zip(annotated, self._model.predict(annotated), moved, strict=True):
            is_judged = prediction.relevance >= RELEVANT and has_letters(a)
            p = told_p(prediction.p, prediction.relevance, self._labels, is_judged=is_judged)
            made.append(Told(score_of(p, self._labels), prediction.relevance, label_of(p), account))
        return made


def _row(kind: str, name: str, pairs: Sequence[Pair], seed: int) -> Row:
    score = _by_article(pairs, lambda p: p.sign * (p.before.score - p.after.score))
    relevance = _by_article(pairs, lambda p: p.sign * (p.before.relevance - p.after.relevance))
    changed = _by_article(pairs, lambda p: float(p.before.label != p.after.label))
    change = bootstrapped(score, seed)
    beyond_noise = len(score) >= LEAST and not change.low <= 0 <= change.high
    return Row(
        kind=kind,
        name=name,
        n=len(score),
        score=change,
        relevance=bootstrapped(relevance, seed),
        labels_changed=round(fmean(changed), 4),
        as_expected=_as_expected(kind, pairs),
        causes=_causes(pairs) if beyond_noise else (),
    )


def _as_expected(kind: str, pairs: Sequence[Pair]) -> float | None:
    """Of twins with a direction before, the part that keeps its sign (number), or flips or fades (negation)."""
    directed = [p for p in pairs if abs(p.before.score) >= DIRECTED]
    if not directed or kind not in ("number", "negation"):
        return None
    if kind == "number":
        good = [p.after.score * p.before.score > 0 or abs(p.after.score) < DIRECTED for p in directed]
    else:
        good = [
            p.after.score * p.before.score < 0 or abs(p.after.score) < abs(p.before.score) for p in directed
        ]
    return round(fmean(good), 4)


def _by_article(pairs: Sequence[Pair], value: Callable[[Pair], float]) -> list[float]:
    found: dict[str, list[float]] = defaultdict(list)
    for pair in pairs:
        found[pair.article].append(value(pair))
    return [fmean(values) for values in found.values()]


def bootstrapped(values: Sequence[float], seed: int) -> Change:
    """The mean with the middle 95 % of the means of resamples.

    >>> bootstrapped([0.1] * 5, seed=0)
    Change(mean=0.1, low=0.1, high=0.1)
    """
    draw = random.Random(seed)  # noqa: S311 (statistics, no secrets)
    means = sorted(fmean(draw.choices(values, k=len(values))) for _ in range(RESAMPLES))
    low, high = means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES) - 1]
    return Change(round(fmean(values), 4), round(low, 4), round(high, 4))


def _causes(pairs: Sequence[Pair]) -> tuple[Cause, ...]:
    """The parts of material and direction (of every head but relevance) that differ most, on the average."""
    total: dict[tuple[str, str, str], float] = defaultdict(float)
    for pair in pairs:
        for told, sign in ((pair.before, pair.sign), (pair.after, -pair.sign)):
            for head in told.account.heads if told.account else ():
                for part in head.parts if head.head != "relevance" else ():
                    total[head.head, part.name, part.words] += sign * part.value / len(pairs)
    order = sorted(total.items(), key=lambda item: (-abs(item[1]), item[0]))
    return tuple(Cause(head, words, round(mean, 4)) for (head, _, words), mean in order[:MOST_CAUSES])


def _order(row: Row) -> tuple[int, int, str]:
    kinds = ("country", "home", "places", "lab", "number", "negation")
    return kinds.index(row.kind), -row.n, row.name


def shown_name(row: Row) -> str:
    """What a row compares, in words."""
    if row.kind == "lab":
        return f"{sides()[row.name].name}, not its pair"
    return {
        "country": "China, not the US",
        "home": "labs of China, not of the US",
        "places": "US and China change places",
        "number": "figures doubled",
        "negation": "headline denied",
    }[row.kind]
