"""Twins of an article that differ in one thing: whose news it is, whose country, whether it happened, how much.

    lab_twins      the names of a lab and its pair (`twins.toml`) change places, models, people and tickers with them
    country_twin   the US and China change places: names, adjectives, capitals; organisations stay who they are
    negated        the headline alone, its verb denied, where one plain verb is found
    doubled        every percentage and sum of money is twice as large

All are made by the spans that annotation found and change nothing else; the same article gives the same twins.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, Literal

from labtape.train.edits import Edit, cased, edited
from labtape.train.twin_places import place_edits
from labtape.types import Annotated, Article, Mention

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

Kind = Literal["lab", "country", "places", "negation", "number"]

_HAN: Final = re.compile("[一-龥]")
_FIGURE: Final = re.compile(
    r"(?:[$€£¥₩]\s?)(\d[\d,]*(?:\.\d+)?)|(\d[\d,]*(?:\.\d+)?)(?=\s?(?:%|percent\b|per cent\b|million\b|billion\b|trillion\b|亿|万美元))"
)
#: Beyond this a doubled percentage may be more than there is.
MOST_PERCENT: Final = 50.0


@dataclass(frozen=True, slots=True)
class Side:
    """An organisation that can change places, and what stands for it in the other's news."""

    id: str
    labs: tuple[str, ...]
    name: str
    zh: str
    model: str
    person: str


@dataclass(frozen=True, slots=True)
class Twin:
    """An article and what it reads with one thing changed: from `told` to `instead`, where these are names."""

    kind: Kind
    original: Article
    article: Article
    told: str = ""
    instead: str = ""


def lab_twins(annotated: Annotated, lexicon: Lexicon) -> tuple[Twin, ...]:
    """A twin for every pair of which the article names one and not the other."""
    named = {m.lab.partition(":")[2] for m in annotated.mentions if m.lab}
    twins = []
    for a, b in pairs():
        has_a, has_b = not named.isdisjoint(a.labs), not named.isdisjoint(b.labs)
        if has_a == has_b:
            continue
        told, instead = (a, b) if has_a else (b, a)
        edits = [
            Edit(m.start, m.end, _instead(m, told, instead, lexicon))
            for m in annotated.mentions
            if m.lab and m.lab.partition(":")[2] in told.labs
        ]
        twin = edited(annotated.article, edits)
        if not _names(twin, told):
            twins.append(Twin("lab", annotated.article, twin, told.id, instead.id))
    return tuple(twins)


def country_twin(annotated: Annotated) -> Twin | None:
    """The article with the US and China in each other's place, None where it names neither.

    Where it names one of the two, `told` is that one; where both, the kind is `places`.
    """
    kept = [(m.start, m.end) for m in annotated.mentions if m.lab]
    found = place_edits(annotated.article.full, kept)
    countries = {country for country, _ in found}
    if not countries:
        return None
    twin = edited(annotated.article, (edit for _, edit in found))
    if len(countries) == 2:
        return Twin("places", annotated.article, twin, "CN", "US")
    told = countries.pop()
    return Twin("country", annotated.article, twin, told, "US" if told == "CN" else "CN")


def negated(annotated: Annotated) -> Twin | None:
    """The headline alone and the headline denied; None where it is not sure which word to deny."""
    title = annotated.article.title
    denied = denied_headline(title)
    if denied is None or annotated.language != "en":
        return None
    alone = replace(annotated.article, text="")
    return Twin("negation", alone, replace(alone, title=denied))


def denied_headline(title: str) -> str | None:
    """An English headline with its one verb denied; None where there is none, more than one, or any doubt.

    >>> denied_headline("Nvidia beats estimates")
    'Nvidia does not beat estimates'
    >>> denied_headline("AMD shares fell 6% on Monday")
    'AMD shares did not fall 6% on Monday'
    >>> denied_headline("Is Nvidia too dear?")
    """
    words = title.split()
    is_titled = sum(w[:1].isupper() for w in words) > 0.7 * len(words)
    if (is_titled and len(words) > 4) or _DOUBT.search(title):
        return None
    found = [m for m in _VERB.finditer(title) if _is_subject(title[: m.start()].split())]
    if len(found) != 1:
        return None
    verb = found[0]
    if verb[0] in _NOUNS and _OF.match(title, verb.end()):
        return None
    base, helper = _verbs()[verb[0]]
    if helper == "does" and _is_plural(title[: verb.start()].split()):
        return None
    if helper == "do" and not _is_plural(title[: verb.start()].split()):
        return None
    return f"{title[: verb.start()]}{helper} not {base}{title[verb.end() :]}"


def doubled(annotated: Annotated) -> Twin | None:
    """Every figure of money, and every percentage that may be doubled, twice as large; None where there is none.

    Shares of a whole stay: half of it doubled is all, and then it is other news.
    """
    shares = [(s.start, s.end) for s in annotated.shares]
    edits = []
    for match in _FIGURE.finditer(annotated.article.full):
        group = 1 if match[1] else 2
        start, end = match.span(group)
        value = float(match[group].replace(",", ""))
        is_percent = annotated.article.full[end:].lstrip()[:1] in ("%", "p")
        if any(a < end and start < b for a, b in shares) or (is_percent and value > MOST_PERCENT):
            continue
        edits.append(Edit(start, end, _twice(match[group])))
    if not edits:
        return None
    return Twin("number", annotated.article, edited(annotated.article, edits))


@cache
def sides() -> Mapping[str, Side]:
    """The organisations of `twins.toml` by id."""
    rows = _data()["side"]
    return {row["id"]: Side(**{**row, "labs": tuple(row["labs"])}) for row in rows}


@cache
def pairs() -> tuple[tuple[Side, Side], ...]:
    return tuple((sides()[a], sides()[b]) for a, b in _data()["pairs"]["rows"])


# ---------------------------------------------------------------- names


def _instead(mention: Mention, told: Side, side: Side, lexicon: Lexicon) -> str:
    """What stands for a mention in the other's news: a model for a model, a person for a person."""
    kind = mention.entity.partition(":")[0]
    if kind == "ticker" or _is_ticker(mention.text, told, lexicon):
        return _ticker(mention.text, side, lexicon)
    if kind == "person":
        return side.person if " " in mention.text else side.person.split()[-1]
    if kind == "model" or mention.text in _products(told, lexicon):
        return cased(mention.text, side.model, usual=told.model)
    return side.zh if _HAN.search(mention.text) else cased(mention.text, side.name, usual=told.name)


def _products(told: Side, lexicon: Lexicon) -> frozenset[str]:
    names = (alias for lab in told.labs for alias in lexicon.labs[lab].names)
    return frozenset(alias.surface for alias in names if alias.kind in ("product", "project"))


def _is_ticker(text: str, told: Side, lexicon: Lexicon) -> bool:
    codes = {ticker.partition(":")[2] for lab in told.labs for ticker in lexicon.tickers(lab)}
    return text.lstrip("$").rpartition(":")[2].strip() in codes and text.upper() != told.name.upper()


def _ticker(text: str, side: Side, lexicon: Lexicon) -> str:
    tickers = lexicon.tickers(side.labs[0])
    if not tickers:
        return side.name
    if ":" in text:
        return tickers[0]
    code = tickers[0].partition(":")[2]
    return f"${code}" if text.startswith("$") else code


def _names(article: Article, side: Side) -> bool:
    """Whether the side's own name still stands there, in a place that annotation did not link."""
    return re.search(rf"(?<!\w){re.escape(side.name)}(?!\w)", article.full) is not None


# ---------------------------------------------------------------- numbers and verbs


def _twice(figure: str) -> str:
    """A figure doubled, as it is written.

    >>> _twice("1,200"), _twice("8.3"), _twice("40")
    ('2,400', '16.6', '80')
    """
    whole, _, rest = figure.replace(",", "").partition(".")
    value = 2 * int(whole + rest)
    digits = str(value).rjust(len(rest) + 1, "0")
    head, tail = (digits[: -len(rest)], f".{digits[-len(rest) :]}") if rest else (digits, "")
    return f"{int(head):,}{tail}" if "," in figure else f"{int(head)}{tail}"


# Present, past and base of verbs that carry market headlines and are hardly ever nouns in front of an object.
_FORMS: Final = (
    "beat beats beat", "win wins won", "sign signs signed", "ban bans banned", "approve approves approved",
    "raise raises raised", "secure secures secured", "tighten tightens tightened", "ease eases eased", "lift lifts lifted",
    "miss misses missed", "fall falls fell", "rise rises rose", "jump jumps jumped", "double doubles doubled",
    "halt halts halted", "lose loses lost", "expand expands expanded", "slash slashes slashed", "drop drops dropped",
    "buy buys bought", "sell sells sold", "cancel cancels cancelled", "delay delays delayed", "sue sues sued",
    "surge surges surged", "slump slumps slumped", "plunge plunges plunged", "soar soars soared", "reject rejects rejected",
    "block blocks blocked", "cut cuts cut", "gain gains gained", "launch launches launched", "close closes closed",
)  # fmt: skip
_PLURALS: Final = frozenset(
    [
        "shares",
        "stocks",
        "sales",
        "prices",
        "revenues",
        "profits",
        "orders",
        "exports",
        "futures",
        "chipmakers",
    ]
)
# Forms that are nouns as well, and what then follows them.
_NOUNS: Final = frozenset(
    ["cuts", "falls", "rises", "gains", "drops", "jumps", "misses", "bans", "delays", "signs", "raises"]
)
_OF: Final = re.compile(r"\s+(?:for|of|in)(?!\w)")
_DOUBT: Final = re.compile(
    r"[?:;“”\"]|(?<!\w)(?:not|no|never|without|denies|if|may|could|would|might|will)(?!\w)",
    re.IGNORECASE,
)


@cache
def _verbs() -> Mapping[str, tuple[str, str]]:
    """Each form with its base and the helper that denies it; a form that is present and past is left out."""
    forms: dict[str, tuple[str, str]] = {}
    for row in _FORMS:
        base, present, past = row.split()
        forms |= {present: (base, "does")}
        forms |= {past: (base, "did"), base: (base, "do")} if past != base else {}
    return forms


_VERB: Final = re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(_verbs(), key=len, reverse=True))})(?![\w-])")


def _is_subject(before: list[str]) -> bool:
    """Whether a verb may come next: after a name or what has a price."""
    return bool(before) and (before[-1][:1].isupper() or before[-1] in _PLURALS or before[-1] == "stock")


def _is_plural(before: list[str]) -> bool:
    return before[-1] in _PLURALS


def _data() -> Mapping[str, Any]:  # Any: a TOML table
    source = resources.files("labtape.train").joinpath("twins.toml").read_text("utf-8")
    return tomllib.loads(source)
