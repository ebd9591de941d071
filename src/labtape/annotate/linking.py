"""Which candidate means what: a list of rules in order, from the surest evidence to none.

A name that could be something else is linked only when something in the text speaks for it; what speaks
against it is the reason it stays unlinked. The rules, first to last:

    name            the lexicon calls it unambiguous
    version         a version that fits the family ("Opus 4.8", "Kimi K4")
    person-shape    Henri Claude Oyima, Devin Booker: a given name or a surname         -> unlinked
    neighbour       the word beside it belongs to the other sense ("Gemini exchange")   -> unlinked
    cue             cue words of the lexicon in its sentence or the ones beside it
    co-mention      its maker, or an unambiguous sibling, is named in the article
    other-sense     cue words of the other sense in the article                         -> unlinked
    company-use     a listed company's name in the dress of companies ("Meta shares")
    ai-article      a model or lab name among other labs and models
    one-sense       the same name is linked elsewhere in the article
    low             hardly ever anything else, nothing against it
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from labtape.annotate.vocabulary import Name, key_of
from labtape.types import Mention, Span, Unlinked

# Precision of each rule on ../shared/gold-dev (175 articles), smoothed as (right + 1) / (all + 2);
# rerun the measure in docs/annotate.md when a rule changes.
CONFIDENCE: Mapping[str, float] = {
    "name": 0.98,
    "version": 0.98,
    "cue": 0.95,
    "co-mention": 0.95,
    "company-use": 0.95,
    "ai-article": 0.9,
    "one-sense": 0.9,
    "low": 0.9,
    "ticker": 0.97,
    "country": 0.95,
}

_NEAR = 24
_AROUND = 160

_HUMAN_NOTE = re.compile(r"given|surname|people|singer|player|composer|driver|Räikkönen|Monet|Lad")
_WORD_BEFORE = re.compile(r"([A-Za-zÀ-ɏ][\wÀ-ɏ.'’-]*)\s+$")
_WORD_AFTER = re.compile(r"\s+([A-Z][a-zÀ-ɏ][\wÀ-ɏ'’-]*)")
_HONORIFIC = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|Sir|Lady|Lord|Judge|Justice|President|Minister|Senator|Coach|Captain|"
    r"Pope|Saint|St|San|Santa|Princess|Prince|King|Queen|Jean)\.?[\s-]+(?:[A-Z][\w.]*\s+){0,2}$"
)
_CORPORATE = re.compile(
    r"\b(?:said|says|announced|announces|plans?|shares?|stocks?|CEO|CFO|CTO|company|companies|billion|million|revenue|"
    r"earnings|profit|tech giants?|employees|launch(?:es|ed)?|Inc|Corp|Ltd|Platforms|Holdings|Technolog(?:y|ies)|"
    r"spending|capex|invest(?:s|ed|ment|ors?)?|acquir(?:es?|ed)|deal|data cent(?:er|re)s?|chips?|cloud|market cap|"
    r"lawsuit|sued|antitrust|partners?|hyperscalers?|Big Tech|rivals?|customers?|Nasdaq|NYSE|quarter|executives?|"
    r"workers|layoffs|startups?|software|hardware|platform|AI|artificial intelligence)\b"
    r"|公司|股价|集团|亿|财报|市值|营收|宣布|科技|芯片|发布|投资"
)
_POSSESSIVE = re.compile(r"[’']s\b")
_AI = re.compile(
    r"\bA\.?I\.?\b|\b(?:artificial intelligence|LLMs?|chatbots?|language models?|generative|AGI|GPUs?|open[- ]weights?|"
    r"prompts?|tokens)\b|人工智能|大模型|智能体|算力"
)
_AI_KINDS = frozenset({"lab", "app"})
_COMPANIES = frozenset(
    "bigtech cloud chip memory foundry equipment networking server software neocloud power robotics investor".split()
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch of text that is spelled like a name, and the names it may be."""

    start: int
    end: int
    text: str
    names: tuple[Name, ...]
    versioned: bool

    @property
    def name(self) -> Name:
        return self.names[0]


@dataclass(frozen=True, slots=True)
class _Scene:
    """What the whole article says before any ambiguous name is judged."""

    full: str
    title_end: int
    sentences: tuple[Span, ...]
    houses: Mapping[str, int]  # house -> how often a sure name of it stands in the article
    ai_houses: frozenset[str]
    ai_words: int
    title_is_cased: bool


@dataclass(frozen=True, slots=True)
class _Verdict:
    """A rule's name when linked; a reason when not; neither when nothing speaks."""

    name: Name
    rule: str | None = None
    reason: str | None = None


def link(
    full: str, title_end: int, sentences: Sequence[Span], candidates: Sequence[Candidate]
) -> tuple[tuple[Mention, ...], tuple[Unlinked, ...]]:
    """The candidates that name one of ours, and the others with the reason."""
    scene = _scene(full, title_end, sentences, candidates)
    verdicts = [_judge(candidate, scene) for candidate in candidates]
    verdicts = _one_sense(candidates, verdicts)
    linked = tuple(
        _mention(candidate, verdict, title_end)
        for candidate, verdict in zip(candidates, verdicts, strict=True)
        if verdict.rule and verdict.name.entity
    )
    unlinked = tuple(
        Unlinked(candidate.start, candidate.end, candidate.text, verdict.reason or "no cue")
        for candidate, verdict in zip(candidates, verdicts, strict=True)
        if not verdict.rule
    )
    return linked, unlinked


def _mention(candidate: Candidate, verdict: _Verdict, title_end: int) -> Mention:
    name, rule = verdict.name, verdict.rule or ""
    return Mention(
        start=candidate.start,
        end=candidate.end,
        text=candidate.text,
        entity=name.entity or "",
        lab=name.lab,
        role="other",
        in_title=candidate.start < title_end,
        confidence=CONFIDENCE[rule],
        rule=rule,
    )


# ---------------------------------------------------------------- the article as a whole


def _scene(full: str, title_end: int, sentences: Sequence[Span], candidates: Sequence[Candidate]) -> _Scene:
    houses: dict[str, int] = {}
    ai_houses = set()
    for candidate in candidates:
        name = candidate.name
        if name.house and (_is_sure(candidate) or name.kind == "ticker"):
            houses[name.house] = houses.get(name.house, 0) + 1
            if name.lab_kind in _AI_KINDS or name.kind == "model":
                ai_houses.add(name.house)
    return _Scene(
        full=full,
        title_end=title_end,
        sentences=tuple(sentences),
        houses=houses,
        ai_houses=frozenset(ai_houses),
        ai_words=len(_AI.findall(full)),
        title_is_cased=_is_title_cased(full[:title_end]),
    )


def _is_sure(candidate: Candidate) -> bool:
    return candidate.name.ambiguity == "none" or (candidate.versioned and len(candidate.text) > 3)


def _is_title_cased(title: str) -> bool:
    words = [word for word in title.split() if len(word) > 3 and word[0].isalpha()]
    return bool(words) and sum(word[0].isupper() for word in words) > 0.6 * len(words)


# ---------------------------------------------------------------- one candidate


def _judge(candidate: Candidate, scene: _Scene) -> _Verdict:
    name = candidate.name
    if name.entity is None:
        return _Verdict(name, reason="group name" if name.kind == "group" else "never linked")
    if name.kind in ("ticker", "country"):
        return _Verdict(name, rule=name.kind)
    if name.ambiguity == "none":
        return _Verdict(name, rule="name")
    against = _beside(candidate, scene)
    if against:
        return _Verdict(name, reason=against)
    if candidate.versioned and _is_sure(candidate):
        return _Verdict(name, rule="version")
    return _by_evidence(candidate, scene)


def _by_evidence(candidate: Candidate, scene: _Scene) -> _Verdict:
    name = candidate.name
    around = _around(candidate, scene)
    for_it = _cues(name.positive, around)
    against = _cues(name.negative, around)
    if _is_enough(for_it, name) and len(for_it) >= len(against):
        return _Verdict(name, rule="cue")
    is_known = bool(name.house) and scene.houses.get(name.house or "", 0) > 0
    if is_known and not against:
        return _Verdict(name, rule="co-mention")
    if against:
        return _Verdict(name, reason=min(against))
    elsewhere = _cues(name.negative, scene.full)
    if len(elsewhere) > len(_cues(name.positive, scene.full)):
        return _Verdict(name, reason=min(elsewhere))
    if name.kind == "org" and name.lab_kind in _COMPANIES and _is_company_use(candidate, around):
        return _Verdict(name, rule="company-use")
    if name.kind in ("org", "model", "product") and len(scene.ai_houses - {name.house}) >= 2:
        return _Verdict(name, rule="ai-article")
    return _Verdict(name, rule="low") if name.ambiguity == "low" else _Verdict(name)


def _cues(pattern: re.Pattern[str] | None, text: str) -> frozenset[str]:
    return frozenset(match.group().lower() for match in pattern.finditer(text)) if pattern else frozenset()


def _is_enough(cues: Iterable[str], name: Name) -> bool:
    """One cue for a name that is mostly ours; for a common word two, or one that says more than a noun."""
    found = list(cues)
    return bool(found) if name.ambiguity == "low" else len(found) >= 2 or any(len(cue) > 5 for cue in found)


def _around(candidate: Candidate, scene: _Scene) -> str:
    """The text about the candidate, itself left out."""
    left, right = max(0, candidate.start - _AROUND), candidate.end + _AROUND
    return f"{scene.full[left : candidate.start]} \n {scene.full[candidate.end : right]}"


def _is_company_use(candidate: Candidate, around: str) -> bool:
    return bool(_POSSESSIVE.match(around.partition(" \n ")[2]) or _CORPORATE.search(around))


# ---------------------------------------------------------------- the words beside it


def _beside(candidate: Candidate, scene: _Scene) -> str | None:
    """Why the words next to the name rule it out; None when they do not."""
    name = candidate.name
    before = scene.full[max(0, candidate.start - _NEAR) : candidate.start]
    after = scene.full[candidate.end : candidate.end + _NEAR]
    if name.negative:
        near = name.negative.search(after) or name.negative.search(before)
        if near and not (name.positive and name.positive.search(before + " " + after)):
            return near.group().lower()
    if _is_person(candidate, scene, before, after):
        return "person"
    return None


def _is_person(candidate: Candidate, scene: _Scene, before: str, after: str) -> bool:
    name = candidate.name
    if name.kind == "person" or candidate.versioned or " " in candidate.text:
        return False
    if _HONORIFIC.search(before):
        return True
    if candidate.start < scene.title_end and scene.title_is_cased:
        return False
    following = _WORD_AFTER.match(after)
    previous = _WORD_BEFORE.search(before)
    is_named_after = bool(previous and _is_given_name(previous, candidate, scene, before))
    return (
        name.lab_kind in ("lab", "app", "bigtech", "")
        and name.kind != "org"
        and (is_named_after and (following is not None or _is_bare(after)))
    )


def _is_given_name(previous: re.Match[str], candidate: Candidate, scene: _Scene, before: str) -> bool:
    word = previous.group(1)
    return word[0].isupper() and word.isalpha() and word[1:].islower() and len(word) > 2


def _is_bare(after: str) -> bool:
    return True


# ---------------------------------------------------------------- one sense in one article


def _one_sense(candidates: Sequence[Candidate], verdicts: Sequence[_Verdict]) -> list[_Verdict]:
    """Names that nothing speaks for take the sense that the same name has elsewhere in the article."""
    linked: dict[str, _Verdict] = {}
    refused: dict[str, str] = {}
    for candidate, verdict in zip(candidates, verdicts, strict=True):
        key = key_of(candidate.text)
        if verdict.rule:
            linked.setdefault(key, verdict)
        elif verdict.reason:
            refused.setdefault(key, verdict.reason)
    found = []
    for candidate, verdict in zip(candidates, verdicts, strict=True):
        key = key_of(candidate.text)
        is_open = verdict.rule in (None, "low", "ai-article") and not verdict.reason
        if is_open and key in refused:
            found.append(_Verdict(verdict.name, reason=refused[key]))
        elif verdict.rule is None and verdict.reason is None and key in linked:
            found.append(_Verdict(linked[key].name, rule="one-sense"))
        else:
            found.append(verdict)
    return found
