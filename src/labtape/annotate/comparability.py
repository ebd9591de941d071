"""Which share claims may be compared: a key of what is divided, among whom, where, and how it is counted.

Two claims with the same key may be subtracted or drawn as one line. Everything else is "not comparable",
and `differences` says why.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_IDLE: Final = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "and",
        "all",
        "total",
        "its",
        "their",
        "overall",
        "combined",
        "to",
        "with",
        "that",
        "this",
        "these",
        "those",
        "now",
        "current",
        "currently",
        "already",
        "own",
    ]
)
_SAME: Final = {
    "consumption": "use", "usage": "use", "processed": "use", "consumed": "use", "used": "use", "volume": "use", "volumes": "use", "processing": "use",
    "consuming": "use", "providers": "maker", "makers": "maker", "labs": "maker", "companies": "maker", "developers": "maker", "vendors": "maker", "firms": "maker",
    "provider": "maker", "lab": "maker", "company": "maker", "startups": "maker", "start-ups": "maker", "spent": "spending", "spend": "spending", "expenditure": "spending",
    "expenditures": "spending", "sold": "sales", "worldwide": "global", "world": "global", "cent": "percent", "llm": "model", "llms": "model", "userbase": "user",
    "website": "web", "websites": "web", "site": "web", "sites": "web", "capex": "capital spending", "revenues": "revenue", "turnover": "revenue", "apps": "app",
    "chinese": "china", "chinese-made": "china", "chinese-developed": "china", "chinese-built": "china", "china-made": "china", "china-based": "china", "american": "us", "u.s": "us", "u.s.": "us",
    "us-made": "us", "us-based": "us", "european": "europe", "japanese": "japan", "indian": "india", "korean": "korea", "french": "france", "british": "uk", "german": "germany",
    "mau": "monthly active user", "maus": "monthly active user", "dau": "daily active user", "daus": "daily active user", "opensource": "open-source", "openweight": "open-weight", "open-weights": "open-weight",
}  # fmt: skip
"""Words that name the same thing here; "open-weight" and "open-source", "weekly" and "monthly" stay apart, on purpose."""

_NUMBERS: Final = {
    "three": "3", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "fifteen": "15", "twenty": "20", "fifty": "50", "hundred": "100",
    "三": "3", "五": "5", "八": "8", "十": "10", "二十": "20", "五十": "50", "一百": "100", "百": "100",
}  # fmt: skip
_HAN_WORDS: Final = (
    ("国产|中国|我国", "china"), ("美国", "us"), ("欧洲", "europe"), ("日本", "japan"), ("韩国", "korea"), ("开源", "open-source"), ("开放权重", "open-weight"),
    ("大?模型", "model"), ("厂商|公司|企业|实验室|提供商|供应商|开发商", "maker"), ("应用", "app"), ("产品", "product"), ("用户", "user"),
)  # fmt: skip
"""What a group or population of Chinese words is called in English, so that both languages' claims meet."""

_TOP: Final = (
    r"(?:top|largest|biggest|leading|busiest|highest-volume|most[- ](?:used|popular|active|widely[- ]used))"
)
_RANKED: Final = re.compile(rf"\b(?:{_TOP}[- ](?P<n>\w+)|(?P<m>\w+)[- ]{_TOP})\b", re.IGNORECASE)
_RANKED_ZH: Final = re.compile(
    r"(?:排名|榜单)?(?:前|头部)(?P<n>[一二三五八十百\d]+)(?:大|名|位|家|款|个)?的?(?:主流|热门)?"
)

_METRICS: Final = (
    ("token use", {"token"}, {"token", "use", "share", "traffic", "generated"}),
    ("electricity use", {"electricity"}, {"electricity", "use", "power", "supply"}),
    ("electricity use", {"power", "use"}, {"power", "use"}),
    ("visit", {"visit"}, {"visit", "web"}),
    ("visit", {"traffic", "web"}, {"traffic", "web"}),
    ("user", {"user"}, {"user", "base", "share"}),
    ("revenue", {"revenue"}, {"revenue", "share"}),
    ("download", {"download"}, {"download", "share", "use"}),
    ("compute", {"compute"}, {"compute", "capacity", "use"}),
    ("compute", {"computing", "power"}, {"computing", "power", "use"}),
    ("request", {"request"}, {"request", "use", "api", "share"}),
    ("shipment", {"shipment"}, {"shipment", "use", "unit", "share"}),
)  # fmt: skip
"""One name for the ways to word a metric: its name, the words that must be there, the words that may."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a share rests on. The fields of the key, normalised."""

    metric: str
    group: str
    population: str
    platform: str
    statistic: str
    unit: str

    @property
    def key(self) -> str:
        """Twelve hexadecimal digits, the same for the same basis on every machine."""
        fields = (self.metric, self.group, self.population, self.platform, self.statistic, self.unit)
        return hashlib.sha256("\x1f".join(fields).encode()).hexdigest()[:12]


@lru_cache(maxsize=65536)
def normalised(words: str | None) -> str:
    """Words without articles, case, number and order; rankings and synonyms by one name.

    >>> normalised("The total token consumption"), normalised("tokens processed")
    ('token use', 'token use')
    >>> {normalised(w) for w in ("top 10 models", "the ten most popular models", "前十大模型", "ten busiest models")}
    {'10 model top'}
    """
    text = (words or "").lower()
    text = _RANKED_ZH.sub(lambda m: f" top {_NUMBERS.get(m['n'], m['n'])} ", text)
    for pattern, name in _HAN_WORDS:
        text = re.sub(pattern, f" {name} ", text)
    text = _RANKED.sub(lambda m: f"top {m['n'] or m['m']}", text)
    text = re.sub(r"['’]s?\b", "", text)
    found = [token.strip(".-") for token in re.findall(r"[\w.-]+", text)]
    tokens = {
        word
        for token in found
        if token and token not in _IDLE
        for word in _SAME.get(
            token, _SAME.get(_singular(token), _singular(_NUMBERS.get(token, token)))
        ).split()
    }
    return " ".join(sorted(tokens))


def metric_name(words: str | None) -> str:
    """The one name of a metric, however it is worded.

    >>> {metric_name(w) for w in ("tokens", "token consumption", "token usage", "token share", "all tokens processed")}
    {'token use'}
    >>> metric_name("web traffic"), metric_name("weekly tokens"), metric_name("AI chip sales")
    ('visit', 'token weekly', 'ai chip sale')
    """
    name = normalised(words)
    tokens = set(name.split())
    return next((known for known, needed, may in _METRICS if needed <= tokens <= may), name)


_IDLE_IN_GROUP: Final = frozenset(
    {"ai", "developed", "made", "built", "based", "large", "language", "artificial", "intelligence", "s"}
)


def group_name(words: str | None) -> str:
    """The one name of a group: where it is from and what it is; makers and models stay apart.

    >>> {group_name(w) for w in ("Chinese models", "Chinese AI models", "models developed in China", "国产大模型")}
    {'china model'}
    >>> group_name("Chinese providers"), group_name("Chinese open-weight models")
    ('china maker', 'china model open-weight')
    """
    tokens = normalised(words).split()
    return " ".join(token for token in tokens if token not in _IDLE_IN_GROUP) or " ".join(tokens)


def _singular(token: str) -> str:
    return (
        token[:-1]
        if len(token) > 3 and token.endswith("s") and not token.endswith(("ss", "us", "is"))
        else token
    )


def basis(
    *,
    metric: str | None,
    group: str | None,
    labs: tuple[str, ...],
    population: str | None,
    platform: str | None,
    statistic: str,
) -> Basis:
    """The basis of one claim. A holder that is a lab and nothing else is known by its id.

    A figure whose words say no moment is a level as much as a dated one ("holds 14 %", "now holds 14 %"): both
    count as snapshots here. Means, peaks and running totals are always worded, and stay apart.
    """
    name = group_name(group)
    if len(labs) == 1 and len(name.split()) <= 2:
        name = labs[0]
    counted = "snapshot" if statistic == "unknown" else statistic
    return Basis(metric_name(metric), name, normalised(population), platform or "", counted, "percent")


def differences(a: Basis, b: Basis) -> tuple[str, ...]:
    """The names of the fields that forbid a comparison, in the order of the key."""
    names = ("metric", "group", "population", "platform", "statistic", "unit")
    return tuple(name for name in names if getattr(a, name) != getattr(b, name))
