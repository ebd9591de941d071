"""Holders in lists: the next item where the verb is left out, and names set against as many numbers."""

from __future__ import annotations

import re
from typing import Final

from labtape.annotate import share_phrases as phrases
from labtape.annotate.holder_words import can_hold, is_source

_REACH: Final = 110
_LINK: Final = re.compile(
    r"(?:\s*[:(,—–=→|]|\s+-|\s+(?:with|at|on|about|nearly|almost|roughly|around|just|only|another|some|over|under|up to|an?|the|remaining|final|mere|further|combined|together|alone|for|to)(?=\s|[:(,—–]|\Z))*\s*\Z",
    re.IGNORECASE,
)
_SEPARATOR: Final = re.compile(
    r"[,;)\n•→]|(?<=\s)[—–-](?=\s)|—|\b(?:and|while|but|whereas|then|ahead of|followed by|trailed by|more than|yet)\b"
)
_NOT_NEXT: Final = re.compile(
    r"\W*(?:in|by|of|from|at|to|for|on|than|against|compared|versus|up|down|after|before|or|as|per|during|since|which|who|that|it|they|he|she|we|this|these|those|its|their|his|her|our|the (?:rest|same|others?)|according|including|among|across|within|worldwide|globally|because|if|when|where|so|not|another|more|less|respectively|led|driven|rising|falling|roughly|nearly|almost|about|double|twice|once|now|is|was|are|were|has|had|have|will|would|could|can|may|might|with)\b",
    re.IGNORECASE,
)
_DESCRIBES: Final = re.compile(r"(?:[a-z]+ed|made|sold|built)\s+(?:by|in|at|on|with|from|for|under)\s+\w")
_CLAUSE: Final = re.compile(
    r"\b(?:it|they|who|which|that|those|to [a-z]+|the (?:figures?|numbers?|share|same))\Z|\b(?:ago|who|which|after|before)\b"
)


def next_item(gap: str) -> str | None:
    """The holder that stands in the words between two shares of a list; None where they name nobody new.

    >>> next_item(" of revenue, industrial: "), next_item(" and cars "), next_item(", up from "), next_item(" (")
    ('industrial', 'cars', None, None)
    """
    tail = gap[-_REACH:]
    opened = tail.rstrip().endswith("(")
    head = tail[: _LINK.search(tail).start()]  # type: ignore[union-attr]  # it matches the empty string
    last = None
    for match in _SEPARATOR.finditer(head):
        last = match
    if last is None:
        return None
    who = head[last.end() :].strip(' \t"“”‘’*#-–—')
    who = re.sub(r"\A(?:then|while|but|and|followed by|plus|only)\s+", "", who)
    if _NOT_NEXT.match(who):
        return None
    if re.match(phrases.FINITE.pattern, who):
        return None
    verb = phrases.FINITE.search(who, 1)
    if verb and not _DESCRIBES.match(who, verb.start()):
        if not opened and not re.fullmatch(
            r"[a-z]+(?:\s+(?:for|up|in|to|at|with|out|left|behind|second|third|by|down|on|ground|back|its))*",
            who[verb.start() :],
        ):
            return None
        who = who[: verb.start()].strip()
    if (
        _CLAUSE.search(who)
        or phrases.PRONOUN.fullmatch(who)
        or not can_hold(who)
        or is_source(who)
        or len(who.split()) > 7
    ):
        return None
    return who
