"""Who stands behind a sighting: the source it names, the outlet it credits, else the outlet itself.

    "61%, OpenRouter data shows"  in five outlets          one origin: openrouter
    "61%" of what is counted on OpenRouter, nobody named   the same: openrouter
    "61%, according to Reuters"   beside Reuters' own      one origin: that of Reuters' sighting
    a copy of another article                              the origin of that article

Sightings with equal origins are one; nothing else is compared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from labtape.foreign import clean, web_link
from labtape.story.origins import known_outlet, outlet_name

#: Words that say what a source gave, not which source it is.
_IDLE: Final = frozenset(
    [
        "the",
        "a",
        "an",
        "and",
        "of",
        "by",
        "from",
        "for",
        "in",
        "on",
        "at",
        "to",
        "its",
        "their",
        "own",
        "new",
        "latest",
        "recent",
        "official",
        "public",
        "according",
        "data",
        "figures",
        "figure",
        "numbers",
        "statistics",
        "stats",
        "report",
        "reports",
        "ranking",
        "rankings",
        "leaderboard",
        "analysis",
        "research",
        "study",
        "survey",
        "estimates",
        "estimate",
        "findings",
        "page",
        "pages",
        "website",
        "site",
        "dashboard",
        "table",
        "tables",
        "chart",
        "charts",
        "tracker",
        "blog",
        "post",
        "inc",
        "corp",
        "ltd",
    ]
)
#: Sources that are no names: nobody can tell whether two of them are one.
_UNNAMED: Final = frozenset(
    [
        "analyst",
        "analysts",
        "company",
        "companies",
        "expert",
        "experts",
        "researcher",
        "researchers",
        "source",
        "sources",
        "people",
        "person",
        "official",
        "officials",
        "investor",
        "investors",
        "executive",
        "executives",
        "firm",
        "firms",
        "platform",
        "platforms",
        "startup",
        "startups",
        "consultancy",
        "tracker",
        "regulator",
        "bank",
        "lab",
        "maker",
        "network",
        "service",
        "bureau",
        "agency",
        "institute",
        "university",
        "group",
        "economist",
        "economists",
        "observer",
        "observers",
        "media",
        "outlet",
        "outlets",
        "he",
        "she",
        "it",
        "they",
        "we",
        "who",
        "i",
        "this",
        "that",
        "these",
        "those",
        "several",
        "some",
        "many",
        "two",
        "three",
        "familiar",
        "with",
        "matter",
        "industry",
        "market",
        "分析师",
        "业内人士",
        "公司",
        "平台",
        "专家",
        "消息人士",
        "机构",
        "媒体",
    ]
)
_HAN_IDLE: Final = re.compile(
    "的|数据|报告|统计|官方|最新|显示|排名|榜单|平台|方面"
)  # what a Chinese source gave, written without spaces
_KIND_ZH: Final = re.compile(
    "(?:该|本|第三方|一家|多家|有关|相关|国内|海外|调研|研究|咨询|市场|行业|统计|调查|评测|分析|券商){1,3}(?:机构|公司|平台|媒体|人士|部门)"
)
_HOPS: Final = 16  # credits of credits that are followed
_WORD: Final = re.compile(r"[\w.&+-]+")
_POSSESSIVE: Final = re.compile(r"['’]s?(?!\w)")


@lru_cache(maxsize=65536)
def source_name(words: str) -> str | None:
    """The one name of a source, however it is worded; None where it names nobody.

    >>> {source_name(w) for w in ("OpenRouter", "OpenRouter data", "the OpenRouter rankings", "OpenRouter’s own figures")}
    {'openrouter'}
    >>> source_name("a Reuters report"), source_name("analysts"), source_name("路透社")
    ('reuters', None, 'reuters')
    >>> source_name("the routing platform"), source_name("市场调研机构"), source_name("Peak Platform")
    (None, None, 'peak platform')
    """
    text = clean(words).casefold()
    known = known_outlet(text)
    if known:
        return known
    tokens = _WORD.findall(_HAN_IDLE.sub(" ", _POSSESSIVE.sub("", text)))
    name = " ".join(token.strip(".-") for token in tokens if token.strip(".-") not in _IDLE)
    if not name or all(token in _UNNAMED for token in name.split()) or _is_description(words, name):
        return None
    return known_outlet(name) or name


def _is_description(words: str, name: str) -> bool:
    """Whether a source is only said to be one of a kind: "the routing platform", "a market researcher", 调研机构."""
    return bool(_KIND_ZH.fullmatch(name)) or (words == words.lower() and name.split()[-1] in _UNNAMED)


def named_source(attributed_to: str | None, platform: str | None, platform_name: str | None) -> str | None:
    """The source a claim names; what is counted on a platform has the platform for its source, unless another is named.

    >>> named_source("OpenRouter data", None, None), named_source(None, "platform:openrouter", "OpenRouter")
    ('openrouter', 'openrouter')
    >>> named_source("OpenRouter's token table", "platform:openrouter", "OpenRouter")
    'openrouter'
    >>> named_source("the platform", "platform:openrouter", None), named_source("analysts", None, None)
    ('openrouter', None)
    """
    told = source_name(attributed_to) if attributed_to else None
    place = source_name(platform.partition(":")[2].replace("-", " ")) if platform else None
    if place is None or told is None:
        return told or place
    names = {place, source_name(platform_name) if platform_name else None}
    if any(name and f" {name} " in f" {told} " for name in names):
        return place
    return told


def outlet(publisher: str | None, url: str | None, article_id: str) -> str:
    """The name of who published an article; the host of its address, or the article alone, where nobody is named."""
    name = outlet_name(publisher, web_link(url))
    if publisher and name:
        return source_name(publisher) or name
    return name or f"article {article_id}"


def origins(outlets: Sequence[str], sources: Sequence[str]) -> tuple[str, ...]:
    """Who stands behind each sighting of one claim, from who published it and from whom it says to have it.

    A sighting that has it from an outlet which is itself among the sightings has it from that one's source.

    >>> origins(("reuters", "blog a", "blog b"), ("openrouter", "reuters", "blog b"))
    ('openrouter', 'openrouter', 'blog b')
    """
    told: dict[str, str] = {}
    for name, source in zip(outlets, sources, strict=True):
        told.setdefault(name, source)
    return tuple(_behind(source, told) for source in sources)


def _behind(source: str, told: dict[str, str]) -> str:
    """The end of the chain of credits; outlets that credit each other in a ring count as the first by name."""
    seen = [source]
    while len(seen) < _HOPS and (further := told.get(seen[-1], seen[-1])) not in seen:
        seen.append(further)
    further = told.get(seen[-1], seen[-1])
    return min(seen[seen.index(further) :]) if further in seen else further
