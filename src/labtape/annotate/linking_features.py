"""What the words around an ambiguous name say about it, as numbers, without the name itself.

`annotate.linking_score` weighs them, `train.linking_model` learns the weights from them: there is no second copy.
The name is masked, so that what is learned of one name holds for another that nobody has seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from labtape.annotate.linking_rules import (
    AROUND,
    cues_in,
    follows_a_name,
    is_company_use,
    is_named_as_ai,
    ruled_out,
)
from labtape.annotate.linking_scene import is_in_ai_list

if TYPE_CHECKING:
    from labtape.annotate.linking_rules import Ruling
    from labtape.annotate.linking_scene import Candidate, Scene

#: Words read on each side, and those of them whose side and place count.
REACH = 40
NEAR = 5
#: Characters that are cut off to each side before they are split into words.
CHARACTERS = 320
#: Lengths of the letter sequences of a word that count as well: what "benchmarked" and "benchmarks" share.
LETTERS = (3, 4, 5)
#: How much the words all around count beside the nearest ones.
BAG = 2.5

_TOKEN = re.compile(r"[A-Za-z\u00c0-\u024f]+|\d[\d.,]*|[\u3400-\u9fff]|[^\w\s]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_CLASSES = {"lab": "<lab>", "app": "<lab>", "bigtech": "<big>"}


@dataclass(frozen=True, slots=True)
class Context:
    """The words before a place, the nearest first, and behind it; other names as the classes they belong to."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    shape: str  # how the name is joined to its neighbours, and how these are written


def context_of(scene: Scene, place: int) -> Context:
    """The context of a candidate, as `CHARACTERS` and `REACH` allow."""
    candidate = scene.candidates[place]
    full, start, end = scene.full, candidate.start, candidate.end
    left = list(_words(scene, max(0, start - CHARACTERS), start, _before(scene, place)))[-REACH:][::-1]
    right = list(_words(scene, end, min(len(full), end + CHARACTERS), _behind(scene, place)))[:REACH]
    shape = f"{_shape(full[start - 1 : start], left[:1])}_{_shape(full[end : end + 1], right[:1])}"
    return Context(tuple(_folded(w) for w in left), tuple(_folded(w) for w in right), shape)


def _before(scene: Scene, place: int) -> Iterator[Candidate]:
    start = scene.candidates[place].start
    for other in scene.candidates[max(0, place - REACH) : place]:
        if start - CHARACTERS < other.end <= start:
            yield other


def _behind(scene: Scene, place: int) -> Iterator[Candidate]:
    end = scene.candidates[place].end
    for other in scene.candidates[place + 1 : place + REACH]:
        if other.start >= end + CHARACTERS:
            return
        yield other


def _words(scene: Scene, start: int, end: int, others: Iterator[Candidate]) -> Iterator[str]:
    """Yield the words of a stretch; a name that is sure is its class."""
    for other in others:
        kind = _class(other)
        if kind:
            yield from _TOKEN.findall(scene.full, start, max(start, other.start))
            yield kind
            start = max(start, other.end)
    yield from _TOKEN.findall(scene.full, start, end)


def _class(candidate: Candidate) -> str | None:
    name = candidate.name
    if name.ambiguity == "high" or name.entity is None:
        return None
    if name.kind in ("model", "product", "version"):
        return "<model>"
    if name.kind in ("person", "country", "ticker"):
        return f"<{name.kind}>"
    return _CLASSES.get(name.lab_kind, "<org>")


def _folded(word: str) -> str:
    return "0" if word[0].isdigit() else word.lower()


def _shape(between: str, nearest: Sequence[str]) -> str:
    """Of one side: whether the neighbour is joined, and whether it is a sign, a number or how it begins."""
    if not nearest:
        return "^"
    word = nearest[0]
    joined = "" if between.isspace() else "+"
    if word[0].isalpha():
        return joined + ("A" if word.isupper() else "C" if word[0].isupper() else "c")
    return joined + ("0" if word[0].isdigit() else word[:1])


def scene_features(scene: Scene, place: int, ruling: Ruling) -> Iterator[str]:
    """Yield what the article, the lexicon's cues and the rules say of a candidate."""
    candidate, name = scene.candidates[place], ruling.name
    around = scene.around(candidate, AROUND)
    is_known = scene.has_house(name, candidate)
    houses, ai_words = _few(len(scene.ai_houses - {name.house})), _few(scene.ai_words)
    yield f"s:for:{_few(len(cues_in(name.positive, around)))}"
    yield f"s:against:{_few(len(cues_in(name.negative, around)))}"
    yield f"s:for-anywhere:{_few(len(scene.cues_anywhere(name.positive)))}"
    yield f"s:against-anywhere:{_few(len(scene.cues_anywhere(name.negative)))}"
    yield f"s:houses:{houses}"
    yield f"s:houses:{houses}:{name.kind}"
    yield f"s:ai-words:{ai_words}"
    yield f"s:ai-words:{ai_words}:{name.kind}"
    yield f"s:kind:{name.kind}"
    yield f"s:maker:{name.lab_kind}"
    yield f"s:version:{candidate.version}"
    yield f"s:rule:{ruling.rule or ('none' if ruling.reason is None else 'refused')}"
    for said, is_so in (
        ("known", is_known),
        ("list", is_in_ai_list(place, scene)),
        ("beside", ruled_out(name, candidate, scene, is_known) is not None),
        ("named-as-ai", is_named_as_ai(around)),
        ("company-use", is_company_use(around)),
        ("distinct", name.is_distinct),
        ("follows-a-name", follows_a_name(candidate, scene)),
    ):
        if is_so:
            yield f"s:{said}"


def _few(n: int) -> str:
    return str(min(n, 3))


def features_of(context: Context, scene: Sequence[str]) -> dict[str, float]:
    """Everything by name; what `linking_score` sums up without making the dictionary.

    >>> found = features_of(Context(("prompted",), ("in", "tests"), "c_c"), ["s:list"])
    >>> "*#prom" in found, "*in tests" in found, found["l:prompted"], found["s:list"]
    (True, True, 1.0, 1.0)
    """
    values = dict.fromkeys((*near_features(context), *scene), 1.0)
    weight = bag_weight(context)
    for name in bag_features(context):
        values[name] = values.get(name, 0.0) + weight
    return values


def near_features(context: Context) -> Iterator[str]:
    """Yield what the nearest words are, by side, and the first ones by place."""
    left, right = context.left[:NEAR], context.right[:NEAR]
    yield f"shape:{context.shape}"
    yield from {f"l:{word}" for word in left} | {f"r:{word}" for word in right}
    first, last = left[0] if left else "^", right[0] if right else "$"
    yield f"l0:{first}"
    yield f"r0:{last}"
    yield f"lr:{first}_{last}"
    if len(left) > 1:
        yield f"l1:{left[1]}"
        yield f"ll:{left[1]} {first}"
    if len(right) > 1:
        yield f"r1:{right[1]}"
        yield f"rr:{last} {right[1]}"


def bag_weight(context: Context) -> float:
    """What one word of all counts: the more there are, the less."""
    n = len(context.left) + len(context.right)
    return BAG / n**0.5 if n else 0.0


def bag_features(context: Context) -> Iterator[str]:
    """Yield every word all around, its letters, and each pair of neighbours."""
    for word in (*context.left, *context.right):
        yield from word_features(word)
    yield from pairs(context)


def word_features(word: str) -> tuple[str, ...]:
    """A word and its letter sequences.

    >>> word_features("gpu"), word_features("<lab>")
    (('*gpu', '*# gp', '*#gpu', '*#pu ', '*# gpu', '*#gpu ', '*# gpu '), ('*<lab>',))
    """
    if not word[0].isalpha() or _HAN.match(word):
        return (f"*{word}",)
    padded = f" {word} "
    return (
        f"*{word}",
        *(f"*#{padded[k : k + n]}" for n in LETTERS for k in range(len(padded) - n + 1)),
    )


def pairs(context: Context) -> Iterator[str]:
    """Yield the neighbours all around, as they stand in the text."""
    before = context.left[::-1]
    for side in (before, context.right):
        for first, second in pairwise(side):
            yield f"*{first} {second}"
