"""What shows the role an organisation has in an article, as numbers: where, how often and beside which words it is named.

`annotate.roles` weighs them, `train.roles_model` learns the weights from them: there is no second copy.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labtape.annotate.role_rules import rule_of

if TYPE_CHECKING:
    from labtape.types import Mention, Span

#: Mentions of one organisation whose neighbours are read, characters to each side, and words of these.
MOST = 4
CHARACTERS = 50
WORDS = 5
_WORD = re.compile(r"[A-Za-z]+|\d+|[\u3400-\u9fff]|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Stage:
    """An article and who is named in it: the mentions of each organisation, in the order of their first one."""

    full: str
    title_end: int
    sentences: Sequence[Span]
    starts: Sequence[int]
    cast: dict[str, list[Mention]]
    n_mentions: int
    n_in_title: int


@dataclass(frozen=True, slots=True)
class RoleFeatures:
    """What speaks for a role: names that count 1, words that count `scale` each time, and values of their own."""

    placed: tuple[str, ...]
    near: tuple[str, ...]
    scale: float
    valued: dict[str, float]

    def values(self) -> dict[str, float]:
        """All of them by name.

        >>> RoleFeatures(("n:2",), ("l:on", "l:on"), 0.5, {"part": 0.4}).values()
        {'n:2': 1.0, 'part': 0.4, 'l:on': 1.0}
        """
        found = {**dict.fromkeys(self.placed, 1.0), **self.valued}
        for word in self.near:
            found[word] = found.get(word, 0.0) + self.scale
        return found


def stage_of(full: str, title_end: int, sentences: Sequence[Span], mentions: Sequence[Mention]) -> Stage:
    """The stage of an article; people, states and tickers have no part in it."""
    cast: dict[str, list[Mention]] = {}
    for mention in mentions:
        if mention.lab and not mention.entity.startswith(("person:", "ticker:", "country:")):
            cast.setdefault(mention.lab, []).append(mention)
    return Stage(
        full=full,
        title_end=title_end,
        sentences=sentences,
        starts=[s.start for s in sentences],
        cast=cast,
        n_mentions=sum(len(named) for named in cast.values()),
        n_in_title=sum(named[0].in_title for named in cast.values()),
    )


def role_features(stage: Stage, organisation: str) -> RoleFeatures:
    """Everything that speaks for a role of one organisation of the stage."""
    named = stage.cast[organisation]
    rules = Counter(_rule(stage, mention) for mention in named)
    near = named[:MOST]
    return RoleFeatures(
        placed=tuple(_placed(stage, organisation, named)),
        near=tuple(word for mention in near for word in _neighbours(stage.full, mention)),
        scale=1.0 / len(near),
        valued={
            "part": len(named) / stage.n_mentions,
            **{f"rule:{role}": n / len(named) for role, n in rules.items()},
        },
    )


def _placed(stage: Stage, organisation: str, named: Sequence[Mention]) -> Iterator[str]:
    """Yield how often, how early and in which company it is named."""
    kind = named[0].entity.partition(":")[0]
    n, in_title, length = _few(len(named)), named[0].in_title, max(1, len(stage.full))
    counts = sorted((len(others) for others in stage.cast.values()), reverse=True)
    sentences = {bisect_right(stage.starts, m.start) for m in named}
    yield f"kind:{kind}"
    yield f"n:{n}"
    yield f"title:{in_title}:n:{n}"
    yield f"title:{in_title}:of:{min(3, stage.n_in_title)}"
    yield f"rank:{min(3, counts.index(len(named)))}"
    yield f"order:{min(4, list(stage.cast).index(organisation))}"
    yield f"cast:{_few(len(stage.cast))}"
    yield f"sentences:{_few(len(sentences))}"
    yield f"opens:{_few(sum(_opens(stage, m) for m in named))}"
    yield f"first:{int(4 * named[0].start / length)}"
    yield f"last:{int(4 * named[-1].start / length)}"
    if in_title:
        yield f"in-title:{min(3, int(4 * named[0].start / max(1, stage.title_end)))}"
        yield f"first-in-title:{named[0].start <= 1}"
    in_text = next((m for m in named if not m.in_title), None)
    if in_text:
        yield f"sentence:{min(6, bisect_right(stage.starts, in_text.start) - 1)}"


def _few(n: int) -> str:
    return str(n) if n < 4 else "4-6" if n < 7 else "7"


def _opens(stage: Stage, mention: Mention) -> bool:
    """Whether it stands at the head of its sentence."""
    place = bisect_right(stage.starts, mention.start) - 1
    return place >= 0 and mention.start - stage.starts[place] <= 3


def _rule(stage: Stage, mention: Mention) -> str:
    place = bisect_right(stage.starts, mention.start) - 1
    return rule_of(stage.full, stage.starts[place] if place >= 0 else 0, mention)


def _neighbours(full: str, mention: Mention) -> Iterator[str]:
    """Yield the words beside a mention, by side, and the nearest two by place."""
    start, end = mention.start, mention.end
    left = _WORD.findall(full[max(0, start - CHARACTERS) : start].lower())[: -WORDS - 1 : -1]
    right = _WORD.findall(full[end : end + CHARACTERS].lower())[:WORDS]
    for side, words in (("l", left), ("r", right)):
        yield from {f"{side}:{word}" for word in words}
        yield from (f"{side}{place}:{word}" for place, word in enumerate(words[:2]))
