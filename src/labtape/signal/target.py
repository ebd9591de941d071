"""Which asset an article bears on most directly.

a token or ticker in the headline  ->  ticker:…
a listed company in the headline   ->  ticker:NASDAQ:NVDA      (the guide: what the headline is about)
a private lab in the headline      ->  lab:openai
a listed subject in the text       ->  ticker:…                (only if it is alone)
a sub-sector                       ->  market:chips, market:memory, …
otherwise                          ->  market:ai
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from labtape.types import Annotated, Mention, Span

if TYPE_CHECKING:
    from datetime import date

    from labtape.lexicon.entries import Lexicon

DEFAULT: Final = "market:ai"
NONE: Final = "none"
UNNAMED: Final = "unnamed"
ALONE: Final = 2
_SUES = re.compile(r"\b(?:sues|sued|suing|is taking|(?:files?|filed) (?:a )?(?:law)?suit against)\b|起诉")
_SETTING = re.compile(r"(?<=\w)\s(?:as|while|amid)\s")
_NO_ASSET: Final = frozenset({"publisher", "investor", "research"})
_AWAY: Final = frozenset({"venue", "source", "speaker"})
# Market, what a desk calls what trades in it, and the words that name it.
_SECTORS: Final = (
    ("memory", "memory makers", r"memory|DRAM|NAND|HBM\d?|存储|内存"),
    (
        "chips",
        "chip stocks",
        r"chip ?makers?|chips?|semiconductors?|GPUs?|lithography|foundry|半导体|芯片|晶圆|费半|光刻",
    ),
    ("power", "power and grid names", r"power grid|utilities|electricity|gas turbines?|nuclear|电力"),
    ("ai-tokens", "AI tokens", r"AI tokens?|AI coins?|AI代币"),
    ("crypto", "crypto", r"bitcoin miners?|miners|crypto\w*|bitcoin|加密货币|比特币"),
    ("cloud", "cloud and data-centre names", r"cloud|data[- ]cent(?:er|re)s?|neoclouds?|数据中心|云"),
    ("china-ai", "AI names in China", r"Chinese AI|China['’]s AI|港股|国产大模型"),
)


@dataclass(frozen=True, slots=True)
class Target:
    """An asset id, how the article calls it, where it says so, and the organisation behind it, if one."""

    id: str
    name: str
    evidence: tuple[Span, ...] = ()
    entity: str | None = None

    @property
    def is_listed(self) -> bool:
        return self.id.startswith("ticker:")


def find_target(annotated: Annotated, lexicon: Lexicon, day: date | None = None) -> Target:
    """The asset the article is about, by the order of this module's picture.

    Owners and listings are those of `day`; without it, the present ones.
    """
    title_end = len(annotated.article.title)
    named = [m for m in annotated.mentions if m.role not in _AWAY and _is_asset(m, lexicon, day)]
    in_title = [m for m in named if m.start < title_end]
    in_title = _sued(in_title, annotated) or _main_clause(in_title, annotated) or in_title
    listed = [m for m in in_title if _ticker(m, lexicon, day)]
    if listed or in_title:
        return _of(_foremost(listed or in_title, annotated), lexicon, day)
    sector = _sector(annotated.article.title)
    if sector:
        return sector
    subjects = [m for m in named if m.role == "subject"]
    if subjects and len({m.lab or m.entity for m in named}) <= ALONE:
        return _of(_foremost(subjects, annotated), lexicon, day)
    return Target(DEFAULT, "AI assets")


def _sued(in_title: list[Mention], annotated: Annotated) -> list[Mention]:
    """Who stands behind "sues" in the headline: a suit bears on the side that may have to pay."""
    match = _SUES.search(annotated.article.title)
    return [m for m in in_title if match and m.start >= match.end()]


def _main_clause(in_title: list[Mention], annotated: Annotated) -> list[Mention]:
    """Who stands before "as", "while" or "amid": what comes behind is the setting, not what the headline is about."""
    match = _SETTING.search(annotated.article.title)
    return [m for m in in_title if match and m.start < match.start()]


def _is_asset(mention: Mention, lexicon: Lexicon, day: date | None) -> bool:
    if mention.entity.startswith("ticker:"):
        return True
    lab = lexicon.lab_of(mention.lab or "", day)
    if lab is None or lab.kind in _NO_ASSET:
        return False
    return lab.kind != "platform" or bool(lexicon.tickers(lab.id, day))


def _ticker(mention: Mention, lexicon: Lexicon, day: date | None) -> str | None:
    if mention.entity.startswith("ticker:"):
        return mention.entity.partition(":")[2]
    lab = lexicon.lab_of(mention.lab or "", day)
    tickers = lexicon.tickers(lab.id, day) if lab else ()
    return tickers[0] if tickers else None


def _foremost(mentions: list[Mention], annotated: Annotated) -> Mention:
    """The subject first, then the one the text names most, then the earliest."""
    counts = Counter(m.lab or m.entity for m in annotated.mentions)
    return min(
        mentions,
        key=lambda m: (m.role == "comparator", m.role != "subject", -counts[m.lab or m.entity], m.start),
    )


def _of(mention: Mention, lexicon: Lexicon, day: date | None) -> Target:
    ticker, lab = _ticker(mention, lexicon, day), lexicon.lab_of(mention.lab or "", day)
    entity = lab.entity if lab else mention.lab
    is_product = not mention.entity.startswith(("lab:", "company:", "platform:", "ticker:"))
    name = lab.name.partition(" (")[0] if lab and (is_product or not mention.text.isascii()) else mention.text
    place = (Span(mention.start, mention.end),)
    return Target(f"ticker:{ticker}" if ticker else entity or mention.entity, name, place, entity)


def _sector(title: str) -> Target | None:
    """The sub-sector that the headline names first."""
    found = [(m.start(), market, name, m) for market, name, words in _sectors() if (m := words.search(title))]
    if not found:
        return None
    _, market, name, match = min(found, key=lambda item: item[0])
    return Target(f"market:{market}", name, (Span(match.start(), match.end()),))


@cache
def _sectors() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    return tuple(
        (
            market,
            name,
            re.compile(rf"\b(?:{words})\b|(?<=[一-龥])(?:{words})|(?:{words})(?=[一-龥])", re.IGNORECASE),
        )
        for market, name, words in _SECTORS
    )
