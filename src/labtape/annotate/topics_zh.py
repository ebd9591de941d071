"""What a Chinese list or figure is a part of, where its own clause does not say: the topic before it.

"2025年中国AI加速卡出货中，国产厂商占41%" names it in front; "全台5G用戶達1,880萬，其中中華電信39.5%" by a count; a headline
or "…营收排名" some sentences before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from labtape.annotate import phrases_zh as phrases
from labtape.annotate.han_text import between, cut_end, cut_start, simplified, unmarked, words_at
from labtape.annotate.metrics_zh import ends_in_metric, is_bare, is_weak, market_of, metric_zh
from labtape.annotate.share_context import LONGEST

if TYPE_CHECKING:
    from labtape.annotate.han_text import Passage

REACH: Final = 320
"""How far before the sentence a topic is looked for, in characters: three or four sentences."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A whole named before the number, and what it divides; `near` where the same sentence names it."""

    words: str | None
    metric: str | None
    near: bool


def topic_before(
    text: Passage, first: int, since: int, at: int, title_end: int, *, counts: bool = False
) -> Topic | None:
    """The topic of a number whose clause begins at `at` in the sentence that begins at `first`; a share before it ends at `since`.

    `counts` is True where the clause points to a whole ("整体市场"): then a count of it is enough, without 其中.
    """
    here = _in_clauses(text, max(first, since), at, whole=counts)
    if here is not None:
        return Topic(here[0], here[1], near=True)
    basis = None
    for line in ((first, max(first, min(at, since or at))), *_sentences_before(text, first)):
        found = _in_clauses(text, line[0], line[1], whole=True)
        by = phrases.COUNTED_BY.search(text.marks, line[0], line[1])
        if by and basis is None:
            basis = metric_zh(by["metric"])
        if found is not None:
            return Topic(found[0], basis or found[1], near=False)
    title = _in_clauses(text, 0, title_end, whole=True) or _headline(text, title_end)
    if title is None and first < title_end:  # a headline's own figure: what the first sentences divide
        for line in _sentences_behind(text, title_end):
            title = title or _in_clauses(text, line[0], line[1], whole=True)
    if title is not None or basis:
        return Topic(title[0] if title else None, basis or (title[1] if title else None), near=False)
    return None


def _headline(text: Passage, title_end: int) -> tuple[str, str | None] | None:
    """The part of a headline that names a whole and nothing else: "四季度全球云基础设施支出，三家座次未变"."""
    for part in re.finditer(r"[^，：；。！？｜| \n]{4,}", text.marks[:title_end]):
        words = part[0].strip("\x01 ")
        if ends_in_metric(words) and "\x02" not in words:
            begin = part.start() + part[0].index(words)
            return text.full[begin : begin + len(words)], metric_zh(words)
    return None


def said_before(text: Passage, first: int, last: int) -> str | None:
    """What the sentence, or one of the three before it, speaks of as summable, where no whole is named."""
    for start, end in ((first, last), *_sentences_before(text, first)[:3]):
        metric = metric_zh(unmarked(text.marks[start:end]))
        if not is_weak(metric):
            return metric
    return None


def _sentences_behind(text: Passage, at: int) -> list[tuple[int, int]]:
    """The first three sentences behind a headline."""
    found = re.finditer(r"[^。！？\n]{6,}", text.marks[at : at + 300])
    return [(at + match.start(), at + match.end()) for match in islice(found, 3)]


def _sentences_before(text: Passage, first: int) -> list[tuple[int, int]]:
    lines: list[tuple[int, int]] = []
    end = first
    floor = max(0, first - REACH)
    while end > floor and len(lines) < 6:
        since = max(0, end - LONGEST)
        stop = max(text.marks.rfind(sign, since, max(0, end - 1)) for sign in "。！？\n；")
        stop = since - 1 if stop < 0 < since else stop
        if text.marks[stop + 1 : end].strip():
            lines.append((stop + 1, end))
        end = stop + 1 if stop >= 0 else 0
        if stop < 0:
            break
    return lines


def _in_clauses(text: Passage, start: int, end: int, *, whole: bool = False) -> tuple[str, str | None] | None:
    """The nearest clause that names a whole: one that ends in 中, has a count of it, or ranks it.

    `whole` is True for a sentence read for another one: then a count is enough without 其中.
    """
    marks = text.marks
    start = max(start, end - REACH)
    among = "其中" in text.plain[start : end + 4] or whole
    while end > start:
        stop = max([marks.rfind(sign, start, end - 1) for sign in phrases.STOPS] + [start - 1])
        words = marks[stop + 1 : end].rstrip("，：；。！？ \n")
        end = stop + 1
        topic = phrases.TOPIC_CLAUSE.fullmatch(words)
        counted = phrases.COUNTED.search(words) if among and not topic else None
        ranked = phrases.RANKED.search(words) if not topic and not counted else None
        grown = phrases.GROWN.search(words) if whole and not topic and not counted and not ranked else None
        match = topic or counted or ranked or grown
        if not match:
            continue
        begin = stop + 1
        begin += match.start("whole")
        span = words[match.start("whole") : match.end("whole")]
        if topic and "在" in span[2:]:
            begin, span = begin + span.rfind("在") + 1, span[span.rfind("在") + 1 :]
        found = _phrase(text, begin, span)
        metric = metric_zh(simplified(found)) if found else None
        if not found or _NOT_TOPIC.search(found):
            continue
        if metric is None and counted and _THINGS.search(found):
            metric = metric_zh(unmarked(words))
        if topic and (metric or len(found) > 1):
            return found, metric
        if not is_weak(metric):
            return found, metric
        if ranked and _MARKET.search(found):
            return found, None
    return None


_NOT_TOPIC: Final = re.compile(r"计的?\Z|口径|如下|\A(?:[两二三四五]款|这|该)")
_MARKET: Final = re.compile(r"[A-Za-z]|市场|应用|模型|榜")
_THINGS: Final = re.compile(r"模型|平台|市场|用户|公司|厂商|应用|运营商|企业|行业|矿|全网")


def _phrase(text: Passage, begin: int, span: str) -> str:
    """The noun phrase of a span of marks that begins at `begin`, in the article's words."""
    kept = cut_end(span, phrases.IDLE_END, phrases.KEPT_END)
    skip = len(kept) - len(cut_start(kept, phrases.IDLE_START, phrases.KEPT_START))
    said = [m for m in phrases.SAYS.finditer(kept) if m.start() and m.end() < len(kept)]
    skip = max(skip, said[-1].end() if said else 0)
    gap = max(kept.rfind(mark) for mark in "\x01\x03")
    if gap >= skip and not _ends_owner(text, begin + skip, begin + gap) and len(kept) - gap > 3:
        skip = gap + 1
    return words_at(text, begin + skip, begin + len(kept))


def _ends_owner(text: Passage, start: int, end: int) -> bool:
    """Whether a linked name stands just before a time: in "可灵去年收入" it owns what follows."""
    return any(end - 1 <= b <= end + 1 for _, b in between(text.names, start, end + 1))


def scope_of(words: str | None, owner: str | None) -> str | None:
    """A whole as a reader needs it: no counts, the owner for 其 and before a bare "营收", the market without what is sold.

    >>> scope_of("其159万辆总交付量", "特斯拉"), scope_of("全球HBM出货量", None), scope_of("营收", "台積電")
    ('特斯拉总交付量', '全球HBM', '台積電营收')
    """
    if not words:
        return None
    words = _COUNT.sub("", words)
    words = _REGION_OF.sub("", words)
    plain = simplified(words)
    its = _ITS.match(plain)
    if its:
        words = f"{owner or ''}{words[its.end() :]}"
    elif is_bare(plain) and owner and owner not in words:
        words = f"{owner}{words}"
    else:
        market = market_of(plain)
        if (
            market
            and (_PLACE.search(market) or plain.endswith(("出货", "出货量", "订单")))
            and not _PLACE.fullmatch(market)
        ):
            words = words[: len(market)]
    return words.strip(' 的“”"') or None


_COUNT: Final = re.compile(
    r"\d[\d,.]*\s?(?:万|萬|亿|億|千)*(?:美元|港元|人民币|元|辆|輛|台|部|块|吉瓦|家)?(?=.)(?<!\d)(?![A-Za-z\d奈纳吋代G])"
)
_REGION_OF: Final = re.compile(r"\A在")
_ITS: Final = re.compile(r"(?:其|它|该公司|公司|我们|该集团|集团|自己)(?:的)?(?!中)")
_PLACE: Final = re.compile(
    r"全球|国内|国产|中国|全国|全台|台湾|欧洲|美国|日本|韩国|印度|北美|海外|世界|本地|亚洲|东南亚|拉美|全行业|行业|市场|欧盟|德国|英国|本港"
)
