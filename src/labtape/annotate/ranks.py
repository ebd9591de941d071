"""Which place in an order a figure goes with: "ranked seventh with 1.5T", "#4 … 1.12T", "third place with 20%", 第七.

Only words that tie the place to the figure count: a place and a figure in one clause, no other number between them. A
place in another order ("third-largest in Europe") keeps its qualifier, so that only places of one order are compared.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from labtape.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labtape.types import Span

_ORDINALS: Final = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
}  # fmt: skip
_WORD: Final = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)"
_NTH: Final = rf"(?:{_WORD}|\d{{1,2}}(?:st|nd|rd|th))"
_ITEM: Final = expression(r"(?P<n>\d{1,2})[.)]\s+(?=[A-Z\u4e00-\u9fff])")
_RANK: Final = expression(
    rf"\b(?:rank(?:s|ed|ing)?|plac(?:es|ed|ing)|c[ao]m(?:e|es|ing)|finish(?:es|ed|ing)|sits?|sat|stands?|stood|is|was|fell to|dropped to|slipped to|rose to|climbed to|moved to|at|remains|stays)\s(?:(?:only|just|now|still|currently|again|in|at)\s){0, 2}(?:the\s)?(?P<verb>{_NTH})(?![-\s](?:quarter|half|week|month|year|time|generation|party|parties|straight))\b"
    rf"|\b(?P<place>{_NTH})[-\s](?:place|placed|spot|position|rank|ranked)\b"
    r"|(?<![\w.])(?:#|(?-i:No\.)\s?|number\s)(?P<digit>\d{1,2})(?![\d.,]*\d|\s?%)"
    rf"|(?P<bare>\b{_NTH})(?=[\s,]+(?:on\s[A-Z]\w+\s)?(?:with|at)\s)"
    rf"|\b(?P<size>{_WORD})[-\s](?:largest|biggest|most[- ]used)\b"
    rf"|\bthe\s(?P<named>{_NTH})(?=,\s[A-Z])"
    r"|\b(?:the\s)(?P<top>largest|biggest|leader|market leader|top)\b(?!\s\d|\s(?:ten|five|three|twenty))"
    r"|(?:排名|位居|位列|名列|居|列)?第(?P<han>[一二三四五六七八九十]|\d{1,2})(?!季|次|代|个|天|周|年|月|步|方|三方)",
    re.IGNORECASE,
)
_TIE: Final = expression(
    r"\s*(?:place|spot|position|rank)?\s*(?:,|:|\(|—|–|-|by [a-z]+(?: [a-z]+)?)?\s*(?:(?:with|at|on|holding|taking|having)\s+)?(?:[A-Za-z\u4e00-\u9fff][\w.’'-]*[\s,:(]{1,2}){0,4}?(?:(?:with|at|on|had|has|held|holds|took|takes|is|was|of|processed|used|,|:|\(|—|–|-|为|以|达|占)\s*)*(?:the\s|a\s|an\s|its\s)?\s*\Z",
    re.IGNORECASE,
)
"""What may stand between a place and its figure: a name of up to four words, "with", a bracket; no number, no second clause."""
_FAR: Final = 70
_TIE_ZH: Final = expression(r"\s?(?:个)?(?:tokens?|词元|的(?:份额|占比|市场份额|成绩))?\s?", re.IGNORECASE)
"""What may stand between a figure and its place in Chinese, where the place comes behind: 以3.1万亿词元位居第三."""


@dataclass(frozen=True, slots=True)
class Rank:
    """A place in an order, and where its words stand; `is_item` where it is only the number of a line in a list."""

    start: int
    end: int
    place: int
    is_item: bool = False


def find_ranks(full: str, sentence: Span) -> tuple[Rank, ...]:
    """The places that one sentence names, in order.

    >>> from labtape.types import Span
    >>> text = "OpenAI ranked seventh with 1.5T tokens, behind #4 Mistral and the largest, Qwen."
    >>> [rank.place for rank in find_ranks(text, Span(0, len(text)))]
    [7, 4, 1]
    """
    found: list[Rank] = []
    item = _ITEM.match(full, sentence.start)
    if item:
        found.append(Rank(item.start(), item.end(), int(item["n"]), is_item=True))
    for match in _RANK.finditer(full, sentence.start, sentence.end):
        words = next(
            (
                match[name]
                for name in ("verb", "place", "digit", "bare", "size", "named", "han")
                if match[name]
            ),
            None,
        )
        found.append(Rank(match.start(), match.end(), 1 if words is None else _place(words)))
    return tuple(found)


def _place(words: str) -> int:
    digits = re.match(r"\d+", words)
    return int(digits[0]) if digits else _ORDINALS[words.lower()]


def rank_of(full: str, start: int, end: int, ranks: Sequence[Rank]) -> Rank | None:
    """The place tied to the figure that stands, hedges and all, from `start` to `end`.

    It is the last one before it with nothing but a name between; in Chinese also the next one behind.
    """
    i = bisect_right(ranks, start, key=attrgetter("end"))
    last = ranks[i - 1] if i and start - ranks[i - 1].end <= _FAR else None
    if last is not None and _TIE.match(full[last.end : start]):
        return last
    behind = ranks[i] if i < len(ranks) and 0 <= ranks[i].start - end <= _FAR else None
    is_tied = (
        behind is not None
        and "第" in full[behind.start : behind.end]
        and _TIE_ZH.fullmatch(full[end : behind.start])
    )
    return behind if is_tied else None
