"""Which candidate means what by rules: a list in order, from the surest evidence to none.

A name that could be something else is linked only when something in the text speaks for it; what speaks
against it is the reason it stays unlinked. The rules, first to last:

    adjective       "GPT-5-level", "an Opus-class model"                                 -> unlinked
    name            the lexicon calls it unambiguous
    neighbour       the word beside it belongs to the other sense ("Gemini exchange")   -> unlinked
    other name      Henri Claude Oyima, Rep. Luna, Spark Capital                        -> unlinked
    version         a version that fits the family ("Opus 4.8"), or any version ("Kimi K4") in an AI text
    list            in a row with sure names ("ChatGPT, Claude and Gemini")
    cue             cue words of the lexicon around it
    co-mention      its maker, or an unambiguous sibling, is named in the article
    other sense     cue words of the other sense around it or in the article            -> unlinked
    company-use     a listed company's name in the dress of companies ("Meta shares")
    named-as-ai     what stands beside it says so ("the AI assistant Nova", "Gemini chatbot")
    ai-article      a maker's or model's name among several other makers and models
    ai-text         a distinct name in a text about AI
    low             hardly ever anything else, nothing against it, in a text about business or AI

What they leave open, or decide by little, goes on to `linking`: one sense in one article, then the learned score.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from labtape.annotate.linking_scene import Candidate, Scene, houses_of, is_in_ai_list
from labtape.annotate.vocabulary_cues import Cues
from labtape.annotate.vocabulary_names import Name

# Rules whose names make their maker known to the rest of the article.
_TELLING = frozenset({"name", "version", "cue", "list", "company-use", "co-mention", "ticker"})

#: The reason of a likeness: it is no mention, whatever its surroundings say.
LIKENESS = "adjective"
# "An Opus-class model" is no Opus; "Nvidia-backed" and "ex-OpenAI" name the company.
_LIKENED = frozenset({"org", "model", "product", "version"})
_LIKENESS = re.compile(r"[-\u2010\u2011](?:level|class|style|like|esque|type|grade|killer|caliber|calibre)\b")
_SHORT = 3
# Letter and number, or a hyphen before the number: few other things are named so.
_MAKERS_STYLE = re.compile(r"[\s-][VRKMTX]\d|-\d")
_NEAR = 24
_NEXT_TO = 12
AROUND = 160
_LONG_CUE = 6
_OTHER_LABS = 2
_AI_TEXT = 3

_WORD_BEFORE = re.compile(r"(?<![\w’'-])([A-Z][a-zÀ-ɏ]+\.?)[ \u00a0]+$")
_WORD_AFTER = re.compile(r"[ \u00a0]+(?:[A-Z]\.\s)?([A-Z][a-zÀ-ɏ]+)")
_JOINED = re.compile(r"[A-Za-z]-$")
_HONORIFIC = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|Sir|Lady|Lord|Judge|Justice|Minister|Senator|Coach|Captain|Pope|"
    r"Saint|St|San|Santa|Princess|Prince|King|Queen|Jean)\.?[\s-]+(?:[A-Z][\w.]*\s+){0,2}$"
)
# Capitalised words that follow a product's or a maker's name and are no surname.
_NO_SURNAME_WORDS = (
    "Desktop Chrome App Apps Mobile Web Agent Agents Team Teams Enterprise Design Security Skills "
    "Projects Artifacts Assistant Chat Chatbot Model Models Family Robotics Browser Search Image "
    "Images Video Music Canvas Deep Research Studio Lab Labs Platform Cloud Technologies Inc Corp "
    "Holdings Plus Pro Max Mini Nano Ultra Flash Lite Code Coder Live Preview Advanced Business "
    "Education Health Science Finance Marketplace Partner Network Index Report Day And Or The Is Are "
    "Was Has Can Will Now For In On At To With As Of By From Vs Versus After Over Gets Wins Beats "
    "Users Usage Outage Launches Releases Adds Says Takes Hits Tops Leads Falls Rises Opus Sonnet "
    "Haiku Growth Revenue Market Share Traffic Ai Api Integration Subscription Subscribers Prices "
    "Pricing Review Update Updates"
)
_NO_SURNAME = frozenset(_NO_SURNAME_WORDS.split())
_CORPORATE = re.compile(
    r"\b(?:said|says|announced|announces|plans?|shares?|stocks?|CEO|CFO|CTO|company|companies|billion|million|revenue|"
    r"earnings|profit|tech giants?|employees|launch(?:es|ed)?|Inc|Corp|Ltd|Platforms|Holdings|Technolog(?:y|ies)|"
    r"spending|capex|invest(?:s|ed|ment|ors?)?|acquir(?:es?|ed)|deal|data cent(?:er|re)s?|chips?|cloud|market cap|"
    r"lawsuit|sued|antitrust|partners?|hyperscalers?|Big Tech|rivals?|customers?|Nasdaq|NYSE|quarter|executives?|"
    r"workers|layoffs|startups?|software|hardware|platform|AI|artificial intelligence)\b"
    r"|公司|股价|集团|亿|财报|市值|营收|宣布|科技|芯片|发布|投资|资本|股票|收购|裁员|员工|云计算|数据中心|市场|客户|[涨跌]超?[\d.]+%"
)
_POSSESSIVE = re.compile(r"[’']s\b")
_AI_BEFORE = re.compile(
    r"(?:\bAI|\b(?:AI|language|open|frontier|reasoning|video|image|coding)[- ](?:assistants?|models?|agents?|chatbots?|startup|"
    r"company|lab|firm|tool)|\bchatbots?|\bLLMs?|人工智能|大模型|AI助手)[,:]? (?:called |named |like |such as )?$"
)
_AI_AFTER = re.compile(
    r"\s?(?:AI\b(?!\s+Day)|chatbot|LLM|(?:AI|language|reasoning|video|image|open[- ]weight) (?:model|assistant|agent|chatbot)|"
    r"大模型|智能体|模型)"
)
_COMPANIES_WORDS = (
    "bigtech cloud chip memory foundry equipment networking server software neocloud power robotics investor"
)
_COMPANIES = frozenset(_COMPANIES_WORDS.split())


@dataclass(frozen=True, slots=True)
class Ruling:
    """A rule's name when linked; a reason when not; neither when nothing speaks."""

    name: Name
    rule: str | None = None
    reason: str | None = None


def rulings(scene: Scene) -> tuple[Scene, list[Ruling]]:
    """What the rules say of each candidate, and the scene with the makers that are known by then."""
    first = [_judge(place, scene) for place in range(len(scene.candidates))]
    told = [(v.name, c) for c, v in zip(scene.candidates, first, strict=True) if v.rule in _TELLING]
    known = houses_of(told)
    if known.keys() - scene.houses.keys():
        scene = replace(scene, houses={**known, **scene.houses})
        first = [v if v.rule in _TELLING else _judge(place, scene) for place, v in enumerate(first)]
    return scene, first


# ---------------------------------------------------------------- one candidate


def _judge(place: int, scene: Scene) -> Ruling:
    """The first of the names a candidate may be that is linked; else why the first of them is not."""
    candidate = scene.candidates[place]
    verdicts = []
    for name in candidate.names:
        verdict = _judge_as(name, place, scene)
        if verdict.rule:
            return verdict
        verdicts.append(verdict)
    return verdicts[0]


def _judge_as(name: Name, place: int, scene: Scene) -> Ruling:
    candidate = scene.candidates[place]
    if name.entity is None:
        return Ruling(name, reason="group name" if name.kind == "group" else "never linked")
    if name.kind in ("ticker", "country"):
        return Ruling(name, rule=name.kind)
    if name.kind in _LIKENED and _LIKENESS.match(scene.full, candidate.end):
        return Ruling(name, reason=LIKENESS)
    if name.ambiguity == "none":
        return Ruling(name, rule="name")
    if name.kind == "person" and (name.ambiguity == "low" or name.has_other_posts) and " " in name.surface:
        return _judge_person(name, candidate, scene)
    is_known = scene.has_house(name, candidate)
    against = ruled_out(name, candidate, scene, is_known)
    if against:
        return Ruling(name, reason=against)
    around = scene.around(candidate, AROUND)
    if candidate.version and _is_trusted_version(name, candidate, scene, is_known, around):
        return Ruling(name, rule="version")
    if name.kind in ("org", "model", "product") and is_in_ai_list(place, scene):
        return Ruling(name, rule="list")
    return _by_evidence(name, candidate, scene, is_known, around)


def _judge_person(name: Name, candidate: Candidate, scene: Scene) -> Ruling:
    """Who it is stands; for whom, only where the text says so: Elon Musk has several companies."""
    around = scene.around(candidate, AROUND)
    for_it, against = cues_in(name.positive, around), cues_in(name.negative, around)
    is_theirs = bool(for_it) or (scene.has_house(name, candidate) and not against)
    return Ruling(name if is_theirs else replace(name, lab=None, house=None), rule="name")


def _is_trusted_version(name: Name, candidate: Candidate, scene: Scene, is_known: bool, around: str) -> bool:
    """A version speaks for a name that is seldom anything else; common words need an AI text as well."""
    is_short = len(candidate.text) <= _SHORT
    if is_short and name.ambiguity == "high":
        return False
    if is_known or cues_in(name.positive, around):
        return True
    if (
        not is_short
        and candidate.version == "pattern"
        and (name.ambiguity == "low" or len(scene.versioned) > 1 or _MAKERS_STYLE.search(candidate.text))
    ):
        return True
    return scene.ai_words > 0 and not cues_in(name.negative, around)


def _by_evidence(name: Name, candidate: Candidate, scene: Scene, is_known: bool, around: str) -> Ruling:
    for_it, against = cues_in(name.positive, around), cues_in(name.negative, around)
    is_thing = name.kind in ("org", "model", "product")
    if _is_enough(for_it, name) and len(for_it) >= len(against):
        return Ruling(name, rule="cue")
    if is_known and len(against) <= len(for_it):
        if name.ambiguity == "high" and not name.is_distinct and follows_a_name(candidate, scene):
            return Ruling(name, reason="part of another name")
        return Ruling(name, rule="co-mention")
    if against:
        return Ruling(name, reason=min(against))
    if is_thing and scene.ai_words and is_named_as_ai(around):
        return Ruling(name, rule="named-as-ai")
    for_anywhere, against_anywhere = scene.cues_anywhere(name.positive), scene.cues_anywhere(name.negative)
    if len(against_anywhere) > len(for_anywhere):
        return Ruling(name, reason=min(against_anywhere))
    if name.kind == "org" and name.lab_kind in _COMPANIES and is_company_use(around):
        return Ruling(name, rule="company-use")
    if is_thing and len(scene.ai_houses - {name.house}) >= _OTHER_LABS and (for_anywhere or name.is_distinct):
        return Ruling(name, rule="ai-article")
    if name.is_distinct and scene.ai_words >= _AI_TEXT and not against_anywhere:
        return Ruling(name, rule="ai-text")
    is_business = scene.ai_words > 0 or scene.has(_CORPORATE)
    return Ruling(name, rule="low") if name.ambiguity == "low" and is_business else Ruling(name)


def cues_in(cues: Cues | None, text: str) -> frozenset[str]:
    return frozenset(cues.findall(text)) if cues else frozenset()


def _is_enough(cues: frozenset[str], name: Name) -> bool:
    """One cue for a name that is mostly ours; for a common word two, or one that says more than a noun."""
    if name.ambiguity == "low":
        return bool(cues)
    return len(cues) >= 2 or any(len(cue) >= _LONG_CUE or not cue.islower() for cue in cues)


def is_named_as_ai(around: str) -> bool:
    before, _, after = around.partition(Scene.GAP)
    return bool(_AI_BEFORE.search(before) or _AI_AFTER.match(after))


def is_company_use(around: str) -> bool:
    return bool(_POSSESSIVE.match(around.partition(Scene.GAP)[2]) or _CORPORATE.search(around))


# ---------------------------------------------------------------- the words beside it


def ruled_out(name: Name, candidate: Candidate, scene: Scene, is_known: bool) -> str | None:
    """Why the words next to the name rule it out; None when they do not."""
    reach = _NEAR if name.ambiguity == "high" else _NEXT_TO
    before, after = scene.beside(candidate, reach)
    near = name.negative.findall(f"{before}{candidate.text}{after}") if name.negative else None
    if near:
        wide = scene.around(candidate, _NEAR if name.ambiguity == "high" else AROUND)
        if not cues_in(name.positive, wide):
            return near[0].lower()
    before, after = scene.beside(candidate, _NEAR)
    is_single = candidate.text.isalpha() and not candidate.version and name.kind in ("model", "product")
    if is_single and name.ambiguity == "high" and not is_known:
        return _in_other_name(name, candidate, scene, before, after)
    return None


def _in_other_name(name: Name, candidate: Candidate, scene: Scene, before: str, after: str) -> str | None:
    """A title of courtesy, a surname behind, a given name before; title case says nothing."""
    if _HONORIFIC.search(before) or _JOINED.search(before):
        return "person"
    if candidate.start < scene.title_end and scene.is_title_cased:
        return None
    following = _WORD_AFTER.match(after)
    has_surname = following is not None and following.group(1) not in _NO_SURNAME
    if has_surname and not scene.is_named(candidate.end + 1):
        return "part of another name"
    if not name.is_distinct and follows_a_name(candidate, scene):
        return "part of another name"
    return None


def follows_a_name(candidate: Candidate, scene: Scene) -> bool:
    """Whether a capitalised word that is no name of ours runs on into it: "Kerry Wan", "Tmall Genie"."""
    if candidate.start < scene.title_end and scene.is_title_cased:
        return False
    before, _ = scene.beside(candidate, _NEAR)
    previous = _WORD_BEFORE.search(before)
    if previous is None or scene.opens_sentence(candidate.start - len(before) + previous.start()):
        return False
    return previous.group(1) not in _NO_SURNAME and not scene.is_named(candidate.start - 2)
