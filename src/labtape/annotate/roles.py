"""What a named thing does in its sentence: subject, comparator, venue, source, speaker or other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from labtape.types import Mention, MentionRole, Span

_SAYS = (
    r"(?:said|says|told|added|wrote|writes|noted|warned|argued|estimates?|estimated|expects?|reckons?|believes?|"
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
_AFTER_SPEAKER = re.compile(
    rf"(?:,[^,.\n]{{1,60}},|(?:[’']s)?(?:\s+[\w.’'-]+){{0,2}}?)\s+(?:also\s+)?{_SAYS}\b|(?:表示|称|说|指出|认为)"
)
# `…,” said Ann Lee of X` and `analysts at X`; "Reuters reported that X" is no speech of X.
_BEFORE_SPEAKER = re.compile(
    r"[,”\"’]\s+(?:said|says|added|wrote)\s+(?:[\w.’'-]+,?\s+){0,5}$"
    r"|(?i:analysts?|strategists?|economists?|spokes(?:person|man|woman)) (?:at|of|with|from|for)\s+$"
)
_WINDOW = 60
_SUBJECT_REACH = 40


def with_roles(
    full: str, title_end: int, sentences: Sequence[Span], mentions: Sequence[Mention]
) -> tuple[Mention, ...]:
    """The mentions with their roles.

    By the words next to each; what stands at the head of its sentence, in the title or before the verb, is a subject.
    """
    found = []
    place = 0
    for mention in mentions:
        while place + 1 < len(sentences) and sentences[place].end <= mention.start:
            place += 1
        sentence = sentences[place] if sentences else Span(0, len(full))
        found.append(replace(mention, role=role_of(full, title_end, sentence, mention)))
    return tuple(found)


def role_of(full: str, title_end: int, sentence: Span, mention: Mention) -> MentionRole:
    """The role one mention has in its sentence."""
    kind = mention.entity.partition(":")[0]
    if kind in ("country", "ticker"):
        return "other"
    before = full[max(sentence.start, mention.start - _WINDOW) : mention.start]
    after = full[mention.end : min(sentence.end, mention.end + _WINDOW)]
    if _BEFORE_SOURCE.search(before):
        return "source"
    if kind == "platform" and _BEFORE_VENUE.search(before):
        return "venue"
    if kind == "person":
        return "speaker" if _AFTER_SPEAKER.match(after) or _BEFORE_SPEAKER.search(before) else "other"
    if _BEFORE_SPEAKER.search(before):
        return "speaker"
    if _BEFORE_COMPARATOR.search(before):
        return "comparator"
    in_title = mention.start < title_end
    at_head = mention.start - sentence.start <= _SUBJECT_REACH
    return "subject" if at_head or in_title else "other"
