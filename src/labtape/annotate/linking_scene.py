"""What the whole article says before any ambiguous name in it is judged."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from labtape.annotate.vocabulary_cues import Cues
from labtape.annotate.vocabulary_names import Name, key_of
from labtape.types import Span

# Capitals only and no word edge in front: such an expression is searched ten times faster.
_AI = re.compile(r"AI(?![A-Za-z])|A\.I\.|LLM|AGI|GPU|TTS|人工智能|大模型|智能体|算力")
_AI_PHRASES = (
    "artificial intelligence", "chatbot", "language model", "machine learning", "neural net", "open-weight",
    "generative", "text-to-speech", "prompt",
)  # fmt: skip
_POSSESSIVE = ("'s", "’s")
_SEEN_AS_SURE = ("none", "low")
_WIDEST_GAP = 16
_LAB_KINDS = frozenset({"lab", "app"})
_IN_A_ROW = re.compile(
    r"\s*(?:[’']s\s+|[,，、/&+\n]|\band\b|\bor\b|\bvs\.?|\bversus\b|和|与|及|以及|或)\s*(?:(?:and|or|then|even|like|the)\s+){0,2}"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch of text that is spelled like a name, and the names it may be, the surest first.

    `version` says how its version was read: by a family's pattern, by the general suffix, or not at all.
    """

    start: int
    end: int
    text: str
    names: tuple[Name, ...]
    version: Literal["", "pattern", "suffix"] = ""

    @property
    def name(self) -> Name:
        return self.names[0]

    @property
    def is_sure(self) -> bool:
        """Whether it says who it is by itself."""
        if self.name.entity is None or self.name.kind == "country":
            return False
        return self.name.ambiguity == "none" or self.name.kind == "ticker"


@dataclass(frozen=True, slots=True)
class Scene:
    """The article, its candidates, and whose sure names stand in it. `houses` are family-tree tops."""

    GAP: ClassVar[str] = " \n "

    full: str
    title_end: int
    sentence_starts: tuple[int, ...]
    candidates: tuple[Candidate, ...]
    starts: tuple[int, ...]
    houses: Mapping[str, frozenset[str]]  # house -> the keys of the names that told it
    ai_houses: frozenset[str]
    versioned: frozenset[str]  # houses whose version patterns match somewhere
    ai_words: int
    is_title_cased: bool
    _anywhere: dict[Cues, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)
    _has: dict[re.Pattern[str], bool] = field(default_factory=dict, compare=False, repr=False)

    def cues_anywhere(self, cues: Cues | None) -> frozenset[str]:
        """Which of a name's cues stand in the article; looked for once, however often the name does."""
        if cues is None:
            return frozenset()
        if cues not in self._anywhere:
            self._anywhere[cues] = frozenset(cues.findall(self.full))
        return self._anywhere[cues]

    def has(self, words: re.Pattern[str]) -> bool:
        """Whether a pattern matches anywhere in the article; looked for once, however many names ask."""
        if words not in self._has:
            self._has[words] = words.search(self.full) is not None
        return self._has[words]

    def has_house(self, name: Name, candidate: Candidate) -> bool:
        """Whether another name of the same house is sure."""
        return bool(self.houses.get(name.house or "", frozenset()) - {key_of(candidate.text)})

    def around(self, candidate: Candidate, reach: int) -> str:
        """The text about a candidate with a gap in its place."""
        return self.GAP.join(self.beside(candidate, reach))

    def beside(self, candidate: Candidate, reach: int) -> tuple[str, str]:
        """The text before and behind a candidate."""
        left = max(0, candidate.start - reach)
        return self.full[left : candidate.start], self.full[candidate.end : candidate.end + reach]

    def is_named(self, offset: int) -> bool:
        """Whether a sure name covers the place."""
        place = bisect_right(self.starts, offset) - 1
        return place >= 0 and self.candidates[place].end > offset and self.candidates[place].is_sure

    def opens_sentence(self, offset: int) -> bool:
        place = bisect_right(self.sentence_starts, offset) - 1
        return place >= 0 and offset - self.sentence_starts[place] <= 2


def read_scene(
    full: str, title_end: int, sentences: Sequence[Span], candidates: Sequence[Candidate]
) -> Scene:
    """The scene of an article, from the candidates that need no scene."""
    sure = [c for c in candidates if c.is_sure and c.name.house]
    return Scene(
        full=full,
        title_end=title_end,
        sentence_starts=tuple(s.start for s in sentences),
        candidates=tuple(candidates),
        starts=tuple(c.start for c in candidates),
        houses=houses_of((c.name, c) for c in sure),
        ai_houses=frozenset(c.name.house for c in sure if c.name.house and _is_of_ai(c.name)),
        versioned=frozenset(c.name.house for c in candidates if c.version == "pattern" and c.name.house),
        ai_words=len(_AI.findall(full)) + sum(phrase in full for phrase in _AI_PHRASES),
        is_title_cased=_is_title_cased(full[:title_end]),
    )


def houses_of(named: Iterable[tuple[Name, Candidate]]) -> dict[str, frozenset[str]]:
    """Whose names these are, and by which names that is known."""
    found: dict[str, set[str]] = {}
    for name, candidate in named:
        if name.house:
            found.setdefault(name.house, set()).add(key_of(candidate.text))
    return {house: frozenset(keys) for house, keys in found.items()}


def is_in_ai_list(place: int, scene: Scene) -> bool:
    """Whether the candidate stands in a row with a sure maker or model: "ChatGPT, Claude and Gemini", "Google's Gemini".

    A company's row may hold any company: "Apple, Nvidia, Oracle".
    """
    name = scene.candidates[place].name
    is_company = name.kind == "org" and (name.lab_kind not in _LAB_KINDS or name.ambiguity == "low")
    for step in (-1, 1):
        at = place
        while 0 <= at + step < len(scene.candidates):
            first, second = sorted((at, at + step))
            between = scene.full[scene.candidates[first].end : scene.candidates[second].start]
            if len(between) > _WIDEST_GAP or not _IN_A_ROW.fullmatch(between):
                break
            owner, owned = scene.candidates[first].name, scene.candidates[second].name
            if between.lstrip().startswith(_POSSESSIVE):
                if owner.house == owned.house and owned is name and owner.ambiguity in _SEEN_AS_SURE:
                    return True
                if owner.house != owned.house:
                    break
            at += step
            other = scene.candidates[at].name
            if other.entity and other.ambiguity in _SEEN_AS_SURE and _is_kin(other, is_company):
                return True
    return False


def _is_kin(name: Name, is_company: bool) -> bool:
    return _is_of_ai(name) or (is_company and name.kind == "org")


def _is_of_ai(name: Name) -> bool:
    """A lab, its product or a model; not a person, not a company that does much else."""
    return name.kind in ("model", "product") or (name.kind == "org" and name.lab_kind in _LAB_KINDS)


def _is_title_cased(title: str) -> bool:
    words = [word for word in title.split() if len(word) > 3 and word[0].isalpha()]
    return bool(words) and sum(word[0].isupper() for word in words) > 0.6 * len(words)
