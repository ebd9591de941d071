"""Which house rules an article touches, where, and how firmly it says so.

The rules are rows of `house_rules.toml`: what a kind of news does to the asset it is about, with the cue
words in English and Chinese. A hit is a rule, the sentence it fired in, and a strength: the headline counts
fully, the lead less, the body little, and a hedged or negated statement less again or not at all.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Literal

from labtape.annotate.required import Prefilter, prefilter
from labtape.expressions import expression, small
from labtape.types import Annotated, Span

Place = Literal["title", "lead", "body"]

# What a sentence weighs by where it stands, and how much of the body is read at all. Set on gold-dev with
# `labtape evaluate`: averaging over the whole body hurts, the first three sentences carry the news.
PLACE_WEIGHT: dict[Place, float] = {"title": 1.0, "lead": 0.6, "body": 0.2}
LEAD_SENTENCES = 3
SENTENCES_READ = 8
HEDGED = 0.6
# A figure this many characters behind the cue of a price move is the figure of that move.
FIGURE_NEAR = 16

_NEGATED = expression(
    r"(?:\b(?:not|never|no|without|hardly|isn['’]t|wasn['’]t|didn['’]t|doesn['’]t|won['’]t|denie[sd]|deny|despite)\s+"
    r"(?:\w+\s+){0,2}|(?:未|没有|并非|否认|不会)[^。；，]{0,3})$",
    re.IGNORECASE,
)
_HAN = expression("[一-龥]")
#: These two are in small letters, and searched in those.
_HEDGE = expression(
    r"\b(?:may|might|could|would|reportedly|rumou?red|considering|considers|mulls?|weigh(?:s|ing)|exploring|proposed|"
    r"in talks|if)\b|\?|可能|或将|拟|考虑|传闻|据传|？"
)
_OLD_MOVE = expression(
    r"\b(?:year[- ]to[- ]date|since (?:early|late|the start|january|february|march|april|may|june|july|august|"
    r"september|october|november|december|\d{4})|so far this year|(?:over|in) the (?:last|past) (?:\w+ )?(?:months?|years?)|"
    r"this year|last year|a year ago)\b|今年以来|年初至今|年内|过去一年"
)


@dataclass(frozen=True, slots=True)
class HouseRule:
    """One row of `house_rules.toml`.

    `pattern` finds its cues in both languages, `latin` the English ones only. `listed`: it speaks about a listed
    company's product only.
    """

    id: str
    type: str
    sign: int
    weight: float
    lasting: float
    says: str
    pattern: re.Pattern[str]
    latin: re.Pattern[str]
    needs: tuple[str, ...]
    listed: bool
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that fired: in which sentence, on which words, and how much it counts."""

    rule: HouseRule
    sentence: Span
    start: int
    end: int
    place: Place
    strength: float


@cache
def house_rules() -> tuple[HouseRule, ...]:
    """All rules, in the order of the file."""
    source = resources.files("labtape.signal").joinpath("house_rules.toml").read_text("utf-8")
    data = tomllib.loads(source)
    return tuple(_rule(row, data["macros"]) for row in data["rule"])


@cache
def _prefilter() -> Prefilter:
    """Which rules a sentence can touch: three in four have nothing to say of it."""
    return prefilter([rule.pattern.pattern for rule in house_rules()])


def rule_hits(sentence: str) -> tuple[str, ...]:
    """The ids of the rules that fire in one sentence, in the order of the file.

    >>> rule_hits("Shares of the chipmaker fell 4% after it missed estimates.")
    ('reaction-down', 'earnings-miss')
    """
    return tuple(rule.id for rule, _ in _matches(sentence))


@lru_cache(maxsize=256)  # a model and the judge ask for the same article one after the other
def find_hits(annotated: Annotated) -> tuple[Hit, ...]:
    """Every rule's hits in the title and the first sentences, in the order of the text."""
    full, title_end = annotated.article.full, len(annotated.article.title)
    hits: list[Hit] = []
    read = 0
    for sentence in annotated.sentences:
        place: Place = "title" if sentence.end <= title_end else "lead" if read < LEAD_SENTENCES else "body"
        read += place != "title"
        if read > SENTENCES_READ:
            break
        hits.extend(_hits_in(full[sentence.start : sentence.end], sentence, place))
    return tuple(h for h in hits if not _is_share(h, annotated))


def _is_share(hit: Hit, annotated: Annotated) -> bool:
    """A reaction whose figure is a part of a whole ("its share slips to 81%"), with no price move beside it."""
    if hit.rule.type != "reaction" or any(
        p.kind == "price_change" and hit.sentence.start <= p.start < hit.sentence.end
        for p in annotated.percentages
    ):
        return False
    return any(hit.start <= s.start < hit.end + FIGURE_NEAR for s in annotated.shares)


def _hits_in(words: str, sentence: Span, place: Place) -> list[Hit]:
    found: list[Hit] = []
    matches = list(_matches(words))
    if not matches:
        return found
    hedged = HEDGED if _HEDGE.search(small(words)) else 1.0
    for rule, match in matches:
        firm = hedged if rule.type != "reaction" and rule.sign else 1.0
        strength = round(rule.weight * PLACE_WEIGHT[place] * firm, 4)
        start, end = sentence.start + match.start(), sentence.start + match.end()
        found.append(Hit(rule, sentence, start, end, place, strength))
    return found


def _matches(words: str) -> Iterator[tuple[HouseRule, re.Match[str]]]:
    """Every rule that fires in a sentence, with its first match; an old price move is no reaction."""
    lower = words.lower()
    if len(lower) != len(words):  # a letter whose lower case is longer would shift the offsets
        lower = words
    has_han = _HAN.search(words) is not None
    rules = house_rules()
    for number in _prefilter().possible(lower):
        rule = rules[number]
        if rule.needs and not any(n in lower for n in rule.needs):
            continue
        match = _first(rule.pattern if has_han else rule.latin, lower)
        if match is not None and not (rule.type == "reaction" and _OLD_MOVE.search(small(words))):
            yield rule, match


def _first(pattern: re.Pattern[str], words: str) -> re.Match[str] | None:
    """The first match in a lower-case sentence that is not denied."""
    for match in pattern.finditer(words):
        if not _NEGATED.search(words, 0, match.start()):
            return match
    return None


def _rule(row: dict[str, Any], macros: dict[str, str]) -> HouseRule:  # Any: a TOML table
    latin = "|".join(f"(?:{_expand(pattern, macros)})" for pattern in row["en"])
    both = "|".join((latin, *(f"(?:{_expand(pattern, macros)})" for pattern in row.get("zh", ()))))
    return HouseRule(
        id=row["id"],
        type=row["type"],
        sign=int(row["sign"]),
        weight=float(row["weight"]),
        lasting=float(row["lasting"]),
        says=row["says"],
        pattern=expression(both),
        latin=expression(latin),
        needs=tuple(row.get("needs", ())),
        listed=bool(row.get("listed", False)),
        examples=tuple(row["examples"]),
        counter_examples=tuple(row["counter_examples"]),
    )


def _expand(pattern: str, macros: dict[str, str]) -> str:
    for name, body in macros.items():
        pattern = pattern.replace(f"<{name}>", body)
    return pattern
