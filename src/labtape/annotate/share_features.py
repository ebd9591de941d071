"""What shows the kind of a number out of a hundred, as features: the cues' sums, the words beside it, the numbers beside it.

`share_kinds` weighs them, `train.kinds_model` learns the weights from them: there is no second copy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from labtape.annotate.mention_order import beginning_in
from labtape.annotate.share_cues import weigh

if TYPE_CHECKING:
    from labtape.annotate.share_classes import Decision
    from labtape.text.quantities import Quantity
    from labtape.types import Mention

#: Characters and words that are read on the left and on the right of a number.
LEFT: Final = 160
RIGHT: Final = 140
_WORDS: Final = (18, 16)
_NEAR: Final = (8, 6)
#: Characters between two numbers that may still be read as one step of a list.
_GAP: Final = 120
SUMS: Final = 4.0
"""What the cues' sums are divided by; they decide at about this weight."""
_TOKEN: Final = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?|\d[\d,.]*|[\u3400-\u9fff]|[^\w\s]")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_STOPS: Final = frozenset(";。；！？!?")
_OF: Final = re.compile(r"\s+of\s+((?:[\w'’-]+\s?){1,6})")
_ORG: Final = " qorg "
_SIZES: Final = ((0.0, "neg"), (1.0, "0-1"), (5.0, "1-5"), (10.0, "5-10"), (30.0, "10-30"), (60.0, "30-60"), (100.0, "60-100"))  # fmt: skip


def number_features(
    decisions: Sequence[Decision], i: int, mentions: Sequence[Mention], title_end: int
) -> dict[str, float]:
    """The features of the number of `decisions[i]`, which the cues alone have decided; `mentions` are sorted.

    Names that are linked count as one word, numbers as another: what is learned of one company holds for all.
    """
    decision = decisions[i]
    setting, quantity = decision.setting, decision.setting.quantity
    verdict = weigh(setting, han=True)
    found: dict[str, float] = {f"sum:{kind}": weight / SUMS for kind, weight in verdict.weights}
    left_end = quantity.outer_start
    left = _masked(setting.full, max(setting.left_at, left_end - LEFT), left_end, mentions)
    right_end = min(setting.right_at + len(setting.right), setting.right_at + RIGHT)
    right = _masked(setting.full, setting.right_at, right_end, mentions)
    before, behind = _TOKEN.findall(left)[-_WORDS[0] :], _TOKEN.findall(right)[: _WORDS[1]]
    names = [f"cue:{kind}:{rule}" for kind, rule in verdict.rules]
    names += [f"hand:{decision.kind}", f"rule:{decision.rule}", f"title:{quantity.start < title_end}"]
    names += [
        f"unit:{quantity.unit}",
        f"bound:{quantity.bound}",
        f"dir:{quantity.direction}",
        _size(quantity),
    ]
    names += ["inherited"] if decision.inherited else []
    names += ["decimal"] if "." in quantity.text else []
    names += _beside([_norm(t) for t in before], [_norm(t) for t in behind])
    names += [f"shape:{''.join(map(_shape, before[-3:]))}_{''.join(map(_shape, behind[:3]))}"]
    whole = _OF.match(right)
    names += [f"of:{_norm(t)[:5]}" for t in _TOKEN.findall(whole[1])[:5]] if whole else []
    names += _neighbour(decisions, i, -1, mentions)
    names += _neighbour(decisions, i, 1, mentions)
    found.update(dict.fromkeys(names, 1.0))
    return found


def _masked(full: str, start: int, end: int, mentions: Sequence[Mention]) -> str:
    """The text of a stretch with one word in place of every linked name."""
    parts, at = [], start
    for mention in beginning_in(mentions, start, end):
        if mention.lab and mention.start >= at and mention.end <= end:
            parts += [full[at : mention.start], _ORG]
            at = mention.end
    return "".join([*parts, full[at:end]])


def _norm(token: str) -> str:
    if token[0].isdigit():
        return "19xx" if _YEAR.fullmatch(token) else "#"
    return token.lower()


def _shape(token: str) -> str:
    if token[0].isdigit():
        return "#"
    return ("X" if token[0].isupper() else "x") if token[0].isalpha() else token


def _size(quantity: Quantity) -> str:
    name = next((name for top, name in _SIZES if quantity.value <= top), ">100")
    return f"val:{name}"


def _beside(left: Sequence[str], right: Sequence[str]) -> Iterator[str]:
    """Yield the words next to the number by their place, and those of its clause by their side."""
    for k in range(1, 5):
        yield f"l{k}:{left[-k] if len(left) >= k else '^'}"
        yield f"r{k}:{right[k - 1] if len(right) >= k else '$'}"
    for name, words in (("l12", left[-2:]), ("l123", left[-3:]), ("r12", right[:2]), ("r123", right[:3])):
        yield f"{name}:{' '.join(words)}"
    yield f"lr:{left[-1] if left else '^'}|{right[0] if right else '$'}"
    near_left, near_right = _clause(left[::-1]), _clause(right)
    for side, words, near in (("L", near_left, _NEAR[0]), ("R", near_right, _NEAR[1])):
        for k, word in enumerate(words):
            yield f"{side}:{word}"
            yield f"{side}s:{word[:5]}"
            if k < near:
                yield f"{side}n:{word[:5]}"
    yield from (f"L2:{b} {a}" for a, b in pairwise(near_left))
    yield from (f"R2:{a} {b}" for a, b in pairwise(near_right))


def _clause(words: Sequence[str]) -> Sequence[str]:
    stop = next((k for k, word in enumerate(words) if word in _STOPS), len(words))
    return words[:stop]


def _neighbour(
    decisions: Sequence[Decision], i: int, step: int, mentions: Sequence[Mention]
) -> Iterator[str]:
    """Yield how the number before or behind was decided, and what stands between the two."""
    side = "p" if step < 0 else "n"
    j = i + step
    if not 0 <= j < len(decisions):
        yield f"{side}:none"
        return
    here, other = decisions[i].setting, decisions[j].setting
    first, second = (other.quantity, here.quantity) if step < 0 else (here.quantity, other.quantity)
    between = second.start - first.end
    same = other.sentence == here.sentence
    near = "same" if same else "near" if between < 250 else "far"
    yield f"{side}:{near}:{decisions[j].kind}"
    yield f"{side}unit:{near}:{other.quantity.unit}"
    if between < _GAP:
        words = _TOKEN.findall(_masked(here.full, first.end, second.start, mentions))
        if len(words) < 9:
            yield f"{side}gap:{' '.join('X' if w[0].isupper() else _norm(w) for w in words)}"
            yield f"{side}gl:{min(len(words), 8)}:{decisions[j].kind}"
