"""What shows that a phrase near a number is what is divided, or where or whose it is: names of features, each there or not.

`share_wholes` adds up their weights, `train.wholes_model` learns the weights from them: there is no second copy. A phrase's features
are those of its first word, its last word, its words, and its own, so that those of a word are worked out once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from labtape.annotate.whole_phrases import PREPOSITIONS, VERBS, Phrase, Surroundings, words_of

_WORD: Final = re.compile(r"\w+")
_IDLE: Final = words_of("the of in on a an for and all its by s")
_STEM: Final = 6
_GOVERNORS: Final = (
    PREPOSITIONS | VERBS | frozenset({",", ";", "(", ":", "that", "which", "who", "and", "while", "but"})
)
_FAR: Final = ((1, "1"), (2, "2"), (3, "3"), (5, "4"), (8, "6"), (13, "9"), (20, "14"), (35, "21"))
_BACK: Final = 6
_TIME: Final = words_of(
    "q1 q2 q3 q4 h1 h2 2019 2020 2021 2022 2023 2024 2025 2026 2027 2028 2029 2030 january february march april may june july august september october november"
    " december year years month months week weeks quarter quarters monday tuesday wednesday thursday friday saturday sunday today yesterday spring summer autumn"
    " winter decade"
)


def content(words: str | None) -> frozenset[str]:
    """The words that count when two phrases are compared.

    >>> sorted(content("the bill of Our coding agents"))
    ['agents', 'bill', 'coding', 'our']
    """
    return frozenset(_WORD.findall((words or "").lower())) - _IDLE


@dataclass(frozen=True, slots=True)
class Candidate:
    """A phrase that may fill a field; `phrase` is None where its words are nowhere near the number."""

    text: str
    phrase: Phrase | None
    tags: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True)
class Question:
    """What fills one field of one number: `told` are the rules' phrases by tag, `holder` and `known` the words of its holder
    and of what the rules say for the field."""

    around: Surroundings
    rule: str
    told: Sequence[tuple[str, str]]
    holder: frozenset[str]
    known: frozenset[str]
    state: str = ""
    """What the rules' answer has already."""


def candidates(question: Question) -> tuple[Candidate, ...]:
    """The phrases of the text and those of the rules, those of the same words as one."""
    tags: dict[str, set[str]] = {}
    places: dict[str, Phrase | None] = {}
    texts: dict[str, str] = {}
    for phrase in reversed(question.around.phrases):
        key = phrase.text.lower()
        if key not in places:
            places[key], texts[key] = phrase, phrase.text
        tags.setdefault(key, set()).add("text")
    for tag, text in question.told:
        key = text.lower()
        tags.setdefault(key, set()).add(tag)
        texts.setdefault(key, text)
        if places.get(key) is None:
            places[key] = _located(question.around, text)
    return tuple(
        Candidate(texts[key], places.get(key), frozenset(found), content(key)) for key, found in tags.items()
    )


def _located(around: Surroundings, text: str) -> Phrase | None:
    start = around.setting.full.find(text, around.setting.sentence.start, around.setting.sentence.end)
    if start < 0:
        return None
    inside = [
        k
        for k, token in enumerate(around.tokens)
        if token.zone == "S" and start <= token.start and token.end <= start + len(text)
    ]
    return Phrase(text, inside[0], inside[-1] + 1) if inside else None


def own_features(question: Question, candidate: Candidate) -> Iterator[str]:
    """Yield what a candidate has as a whole."""
    words, known, tags = candidate.words, question.known, candidate.tags
    for tag in sorted(tags):  # sums of floats must not hang on the order of a set
        yield f"tag:{tag}"
        yield f"tag:{tag}|{question.rule}"
    yield f"state:{question.state}"
    yield f"len:{min(len(words), 6)}"
    if known:
        same = len(words & known)
        yield f"known:{_part(same, len(known))}{_part(same, len(words))}"
    else:
        yield "unknown"
        yield f"unknown:{'|'.join(sorted(tags))}"
    if question.holder:
        yield f"holder:{_part(len(words & question.holder), len(words))}"
    if candidate.phrase is None:
        yield "nowhere"


def phrase_features(around: Surroundings, phrase: Phrase, words: frozenset[str]) -> Iterator[str]:
    """Yield what a phrase of the text has as a whole."""
    tokens, low = around.tokens, around.low
    zone, text = tokens[phrase.first].zone, phrase.text.lower()
    shape = "X" if tokens[phrase.first].text[0].isupper() else ""
    if not words.isdisjoint(_TIME):
        yield "time"
    often = min(around.nearby.count(text), 4)
    yield f"often:{often}"
    yield f"often:{often}{zone[0]}{shape}"
    if zone != "T" and text in around.title:
        yield "titled"
        yield f"titled:{zone}{shape}"
    inside = range(phrase.first, phrase.last)
    if all(tokens[k].text[0].isupper() or low[k] in PREPOSITIONS or low[k] == "#" for k in inside):
        yield f"names:{zone}"
        yield f"names:{_before(around, phrase.first)}"
    named = around.named[phrase.first]
    if named and all(around.named[phrase.first : phrase.last]):
        yield f"mention:{zone}"
        yield f"mention:{named}"
    behind = _after(around, phrase.last)
    if behind in PREPOSITIONS:
        yield f"cut:{behind}"
    yield f"inner:{'+'.join(low[k] for k in inside if low[k] in PREPOSITIONS)}"
    if "#" in low[phrase.first : phrase.last]:
        yield "number"


def _part(some: int, whole: int) -> str:
    """None, some, half or all."""
    return "0" if not some else "a" if some == whole else "h" if 2 * some >= whole else "s"


def first_features(around: Surroundings, k: int) -> Iterator[str]:
    """Yield what the first word of a phrase shows: where it stands, and what governs it."""
    tokens, low, at = around.tokens, around.low, around.at
    token, zone = tokens[k], tokens[k].zone
    side = zone if zone != "S" else "L" if k < at else "R"
    number = [low[j] for j in (at - 1, at - 2) if j >= 0 and tokens[j].zone == "S"]
    led = number[0] if number else "^"
    then = next((low[j] for j in range(at, len(tokens)) if not tokens[j].is_number), "$")
    yield f"A.{side}"
    yield f"A.{side}l{led}"
    yield f"A.{side}r{then}"
    shape = "X" if token.text[0].isupper() else "x"
    before = _before(around, k)
    yield f"A.b:{before}"
    yield f"A.b:{before}|{side}"
    if zone == "S":
        span = range(k + 1, at) if k < at else range(at, k)
        far = next((name for most, name in _FAR if len(span) < most), "36")
        yield f"A.{side}{far}"
        yield f"A.{side}{far}{shape}"
        yield f"A.{side}{far}l{led}"
        yield f"A.{side}{far}r{then}"
        between = [low[j] for j in span]
        figures = sum(1 for j in span if tokens[j].is_number and not tokens[j - 1].is_number)
        if k >= at:
            figures -= 1
        yield f"A.{side}c{min(between.count(','), 3)}f{min(figures, 3)}"
        verbs = [word for word in between if word in VERBS]
        yield f"A.{side}v{min(len(verbs), 3)}"
        if verbs:
            yield f"A.{side}v:{verbs[0]}"
            yield f"A.{side}w:{verbs[-1]}"
        linked = [word for word in between if word in PREPOSITIONS]
        yield f"A.{side}p{min(len(linked), 4)}"
        if linked:
            yield f"A.{side}p:{linked[0] if k < at else linked[-1]}"
        if any(word in (".", ";", ":", "—", "–", "(") for word in between):
            yield f"A.{side}stop"
        if len(between) <= 2:
            yield f"A.{side}:{' '.join(between)}"
    else:
        yield f"A.{side}{shape}"
    yield from _governor(around, k, side, then)
    if around.named[k]:
        yield f"A.named:{side}"
    start = k
    while start and tokens[start - 1].zone == zone and k - start < _BACK:
        start -= 1
    yield f"A.pos:{side}{k - start}"


def _governor(around: Surroundings, k: int, side: str, then: str) -> Iterator[str]:
    tokens, low = around.tokens, around.low
    for j in range(k - 1, max(k - 1 - _BACK, -1), -1):
        if tokens[j].zone != tokens[k].zone:
            break
        if low[j] in _GOVERNORS:
            yield f"A.g:{low[j]}"
            yield f"A.g:{side}{low[j]}{min(k - j, 3)}"
            yield f"A.g:{side}{low[j]}|{then}"
            return
    yield f"A.g:{side}^"


def last_features(around: Surroundings, k: int) -> Iterator[str]:
    """Yield what the last word of a phrase shows: the head of a noun phrase, and what follows it."""
    tokens, low = around.tokens, around.low
    zone = tokens[k].zone
    side = zone if zone != "S" else "L" if k < around.at else "R"
    word = low[k]
    behind = _after(around, k + 1)
    yield f"Z.{word[:_STEM]}"
    yield f"Z.{side}{word[:_STEM]}"
    yield f"Z.a:{behind}"
    yield f"Z.a:{side}{behind}"
    yield f"Z.s:{'s' if word.endswith('s') else ''}{'X' if tokens[k].text[0].isupper() else ''}"


def word_features(around: Surroundings, k: int) -> Iterator[str]:
    """Yield what each word of a phrase shows."""
    if around.low[k] not in PREPOSITIONS:
        yield f"w:{around.low[k][:_STEM]}"


def _before(around: Surroundings, k: int) -> str:
    return around.low[k - 1] if k and around.tokens[k - 1].zone == around.tokens[k].zone else "^"


def _after(around: Surroundings, k: int) -> str:
    tokens = around.tokens
    return around.low[k] if k < len(tokens) and tokens[k].zone == tokens[k - 1].zone else "$"


def features(question: Question, candidate: Candidate) -> Counter[str]:
    """How often a candidate shows each feature."""
    found = Counter(own_features(question, candidate))
    phrase, around = candidate.phrase, question.around
    if phrase is not None:
        found.update(phrase_features(around, phrase, candidate.words))
        found.update(first_features(around, phrase.first))
        found.update(last_features(around, phrase.last - 1))
        for k in range(phrase.first, phrase.last):
            found.update(word_features(around, k))
    return found


class Scale:
    """Weighs the candidates of one number; what a word or phrase weighs, for both fields, is worked out once.

    `weights` has for each feature its weight for the metric and for the place.
    """

    def __init__(self, around: Surroundings, weights: Mapping[str, tuple[float, float]]) -> None:
        self._around = around
        self._weights = weights
        self._phrases: dict[tuple[int, int], tuple[float, float]] = {}
        self._firsts: dict[int, tuple[float, float]] = {}
        self._lasts: dict[int, tuple[float, float]] = {}

    def weighed(self, question: Question, asked: Sequence[Candidate], column: int) -> tuple[float, ...]:
        """The sum of weights times features of each candidate, for the metric (0) or the place (1)."""
        return tuple(
            self._total(own_features(question, candidate))[column]
            + (self._phrase(candidate.phrase, candidate.words)[column] if candidate.phrase else 0.0)
            for candidate in asked
        )

    def _phrase(self, phrase: Phrase, words: frozenset[str]) -> tuple[float, float]:
        around, first, last = self._around, phrase.first, phrase.last
        found = self._phrases.get((first, last))
        if found is not None:
            return found
        if first not in self._firsts:
            self._firsts[first] = self._total(first_features(around, first))
        if last not in self._lasts:
            self._lasts[last] = self._total(last_features(around, last - 1))
        metric, place = self._total(phrase_features(around, phrase, words))
        for more in (self._firsts[first], self._lasts[last]):
            metric, place = metric + more[0], place + more[1]
        for k in range(first, last):
            more = self._total(word_features(around, k))
            metric, place = metric + more[0], place + more[1]
        self._phrases[first, last] = metric, place
        return metric, place

    def _total(self, names: Iterable[str]) -> tuple[float, float]:
        get, metric, place = self._weights.get, 0.0, 0.0
        for name in names:
            row = get(name)
            if row is not None:
                metric += row[0]
                place += row[1]
        return metric, place
