"""What the words right beside a name say of its role: "according to X", "on X", "than X", `said Ann Lee of X`."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from labtape.annotate.cue_index import CueIndex, cue_index

if TYPE_CHECKING:
    from labtape.types import Mention, MentionRole

_SAYS = (
    r"(?:said|says|told|added|adds|wrote|writes|noted|warned|argued|estimates?|estimated|expects?|reckons?|believes?|"
    r"predicts?|predicted|found|finds|reports?|reported|shows?)"
)
_BEFORE_SOURCE = re.compile(
    r"(?:(?i:according to|citing|cited by|data (?:from|by)|figures (?:from|by)|numbers (?:from|by)|report (?:from|by)|"
    r"survey (?:from|by)|study (?:from|by)|estimates? (?:from|by)|compiled by|tracked by|source:|per)|据|来自|引述|援引)"
    r"\s*(?:(?:the|research|data|analytics|market|tracker|firm|provider|consultancy)\s+){0,4}$"
)
_BEFORE_VENUE = re.compile(
    r"(?:\b(?:on|through|via|across|listed on|available on|routed through)|在|通过)\s*(?:the\s+)?$"
)
_BEFORE_COMPARATOR = re.compile(
    r"(?:(?i:\bthan|\bversus|\bvs\.?|compared (?:with|to)|\brivals?(?: like| such as| to)?|\bunlike|"
    r"(?:compet(?:es?|ed|ing)|fares?|race|stacks? up|wins?|won) (?:with|against)|(?:lags?|trails?|fell|falls|falling) behind|"
    r"ahead of|surpass(?:es|ed|ing)?|overtak(?:es?|ing)|overtook|outpac(?:es?|ed|ing)|outperform(?:s|ed|ing)?|"
    r"undercuts?|undercutting|\bbeats?|beating|competitors?(?: like| such as)?|competition from|alternatives? to|"
    r"rivall?ing|followed by|(?:switch(?:es|ed|ing)?|mov(?:es?|ed|ing)|away) from)"
    r"|超过|超越|领先|落后于|相比|高于|低于|对标|优于)\s*(?:the\s+|that of\s+)?$"
)
AFTER_SPEAKER = re.compile(
    rf"(?:,[^,.\n]{{1,60}},|(?:[’']s)?(?:\s+[\w.’'-]+){{0,2}}?)\s+(?:also\s+)?{_SAYS}\b|(?:表示|称|说|指出|认为)"
)
# `…,” said Ann Lee of X` and `analysts at X`; "Reuters reported that X" is no speech of X.
BEFORE_SPEAKER = re.compile(
    r"[,”\"’]\s+(?:said|says|added|wrote)\s+(?:[\w.’'-]+,?\s+){0,5}$"
    r"|(?i:analysts?|strategists?|economists?|spokes(?:person|man|woman)) (?:at|of|with|from|for)\s+$"
)
#: In the order in which they are asked.
_BEFORE: Final[tuple[tuple[MentionRole, re.Pattern[str]], ...]] = (
    ("source", _BEFORE_SOURCE),
    ("venue", _BEFORE_VENUE),
    ("speaker", BEFORE_SPEAKER),
    ("comparator", _BEFORE_COMPARATOR),
)
#: With what the words before a name end where one of the expressions above can match; nearly all names are ruled out by it.
_TELLING_WORDS = (
    "to citing by from source: source per the research data analytics market tracker firm provider consultancy 据 自 述 引 on through via across 在 过 "
    "than versus vs with rival rivals like as unlike against behind of surpass surpasses surpassed surpassing overtake overtakes overtaking overtook outpace "
    "outpaces outpaced outpacing outperform outperforms outperformed outperforming undercut undercuts undercutting beat beats beating competitor competitors "
    "rivaling rivalling 越 先 于 比 标 at for"
)
_TELLING = frozenset(_TELLING_WORDS.split())
_SPEECH = ("said", "says", "added", "wrote")
_WINDOW = 60
_SUBJECT_REACH = 40


def rule_of(full: str, sentence_start: int, mention: Mention) -> MentionRole:
    """The role of an organisation's mention by what stands before it in its sentence, and where it stands."""
    before = full[max(sentence_start, mention.start - _WINDOW) : mention.start]
    if _can_be_told(before):
        told = _told(before, mention)
        if told:
            return told
    at_head = mention.start - sentence_start <= _SUBJECT_REACH
    return "subject" if at_head or mention.in_title else "other"


def _can_be_told(before: str) -> bool:
    words = before.split()
    last = words[-1].rstrip(".").lower() if words else ""
    # A word may follow a dash or a bracket, a Chinese one whatever stands before it.
    return (
        last in _TELLING
        or (bool(last) and (not last.isalpha() or not last.isascii()))
        or any(verb in before for verb in _SPEECH)
    )


def _told(before: str, mention: Mention) -> MentionRole | None:
    possible = _index().possible(before)
    for number, (role, words) in enumerate(_BEFORE):
        is_asked = role != "venue" or mention.entity.startswith("platform:")
        if is_asked and number in possible and words.search(before):
            return role
    return None


@cache
def _index() -> CueIndex:
    """Which of the expressions the words can match at all; `(?i:` says nothing of the letters of a beginning."""
    return cue_index((n, words.pattern.replace("(?i:", "(?:")) for n, (_, words) in enumerate(_BEFORE))
