"""The whole course of an encoder: first finance headlines, then labelled AI news; and what it says of articles it has not seen.

    headlines, entities ──> first weights ─┬─ news without fold k ──> reads fold k ──> what the heads learn from
                                           └─ all news ──> what ships

The test's articles are in no fold: all four read them, and their log-odds are averaged.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from labtape.train.encoder_fit import Course, State, answers_of, base_folder, fit_encoder
from labtape.train.encoder_lessons import Lesson
from labtape.train.vocabulary import Vocabulary, pruned, read_vocabulary

#: Chosen on the news' dev side; a third epoch of headlines gained less than .005 on them.
HEADLINES: Final = Course(epochs=2, rate=5e-5)
NEWS: Final = Course(epochs=3, rate=5e-5)
#: How many headlines are told once more beside the news, as a part of it, so that they are not forgotten.
AGAIN: Final = 1 / 3
FOLDS: Final = 4
#: Folds go through their three quarters once more, so that they take as many steps as the encoder that ships: with fewer, theirs
#: speak half as loud (measured with two folds on held-out articles), and what the heads learned from them does not fit.
NEWS_OF_FOLDS: Final = Course(epochs=4, rate=5e-5)
LEAST_PIECE: Final = 2
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Item:
    """One article with its lessons: of itself first, then of its subjects. `fold` is None where no fold may learn from it."""

    lessons: tuple[Lesson, ...]
    fold: int | None


@dataclass(frozen=True, slots=True)
class Schooled:
    """The weights that ship with their vocabulary, and per item what was read of each of its lessons by those that had not seen it."""

    state: State
    vocabulary: Vocabulary
    reads: tuple[tuple[dict[str, float], ...], ...]


def school(
    headlines: Sequence[Lesson], items: Sequence[Item], *, seed: int, progress: Progress | None = None
) -> Schooled:
    """Go through the whole course; folds and the last weights are learned side by side on two processes."""
    from joblib import Parallel, delayed

    told = [text for lesson in headlines for text in (lesson.first, lesson.second)]
    told += [text for item in items for lesson in item.lessons for text in (lesson.first, lesson.second)]
    vocabulary = pruned(read_vocabulary(base_folder()), told, least=LEAST_PIECE)
    first = (
        fit_encoder(headlines, HEADLINES, vocabulary, seed=seed, threads=2, progress=progress)
        if headlines
        else None
    )
    again = list(headlines)
    random.Random(seed).shuffle(again)  # noqa: S311 a sample, not a secret
    sides = [
        *([item for item in items if item.fold not in (None, k)] for k in range(FOLDS)),
        list(items),
    ]
    states = Parallel(n_jobs=2)(
        delayed(_taught)(first, own, again, vocabulary, seed, course)
        for own, course in ((sides[-1], NEWS), *((side, NEWS_OF_FOLDS) for side in sides[:-1]))
    )
    ready, folds = states[0], states[1:]
    pairs = [[(lesson.first, lesson.second) for lesson in item.lessons] for item in items]
    by_fold = Parallel(n_jobs=2)(
        delayed(_reads)(
            folds[k],
            [own if item.fold in (None, k) else [] for own, item in zip(pairs, items, strict=True)],
            vocabulary,
        )
        for k in range(FOLDS)
    )
    reads = tuple(
        tuple(by_fold[item.fold][n]) if item.fold is not None else _mean([own[n] for own in by_fold])
        for n, item in enumerate(items)
    )
    return Schooled(ready, vocabulary, reads)


def _taught(
    first: State | None,
    items: Sequence[Item],
    again: Sequence[Lesson],
    vocabulary: Vocabulary,
    seed: int,
    course: Course,
) -> State:
    news = [lesson for item in items for lesson in item.lessons]
    mixed = [*news, *again[: round(AGAIN * len(news))]]
    return fit_encoder(mixed, course, vocabulary, start=first, seed=seed)


def _reads(
    state: State, pairs: Sequence[Sequence[tuple[str, str]]], vocabulary: Vocabulary
) -> list[list[dict[str, float]]]:
    flat = iter(answers_of(state, [pair for own in pairs for pair in own], vocabulary))
    return [[next(flat) for _ in own] for own in pairs]


def _mean(told: Sequence[Sequence[dict[str, float]]]) -> tuple[dict[str, float], ...]:
    return tuple(
        {name: sum(one[name] for one in same) / len(same) for name in same[0]}
        for same in zip(*told, strict=True)
    )
