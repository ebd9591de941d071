"""Which words can name a holder: a noun phrase, no verb, no time, no scaffolding of lists."""

from __future__ import annotations

import re
from typing import Final

from labtape.annotate import share_phrases as phrases
from labtape.expressions import expression

_MOST_WORDS: Final = 12
_ING_NOUN: Final = (
    r"gaming|mining|advertising|hosting|computing|streaming|consulting|engineering|manufacturing|training|messaging"
    r"|packaging|banking|marketing|programming|coding|licensing|processing|trading|lending|shipping|housing|building"
    r"|spending|funding|staking|lighting|cooling|networking|writing|learning|publishing|farming|pricing|testing|heating"
    r"|outsourcing|inferencing|debugging|shopping|clothing|roaming|ticketing|offering|nothing|everything|something|anything"
)
_SMALL: Final = (
    r"the|an?|to|of|in|on|at|by|as|for|from|with|and|or|but|so|than|then|up|down|out|about|around|over|under|below|above"
    r"|near|nearly|almost|roughly|barely|hardly|just|only|even|still|now|once|already|also|far|not|quite|well|more|less|most"
    r"|fewer|some|somewhere|anywhere|between|another|each|every|double|triple|half|twice|times|least|last"
    r"|next|first|second|third|previous|prior|remaining|rest|same|such|other|much|many|mere|whopping|total|overall|good|full"
    r"|its|their|his|her|our|my|your|there|here|today|yesterday|tomorrow|earlier|later|ago|before|after|back|while|when|where"
    r"|which|who|whose|that|what|how|why|if|is|are|was|were|be|been|has|have|had|do|does|did|will|would|could|should|can|may|might|must"
    r"|i|you|x|q|or so|say|vs|versus|against|compared|equal|worth|roughly|all|both|alone|together|combined|itself|themselves"
    r"|breaking|shocking|update|fun fact|meaning|think|yes|no|ok|well|oh|hey|tl|dr|key|takeaways?|facts?|figures?|notes?|terms|source|stat|though|however|instead|meanwhile|namely|indeed|perhaps|namely|actually"
)
_ONLY_SMALL: Final = expression(rf"(?:(?:{_SMALL})\b[\s\W]*)+", re.IGNORECASE)
_VERB_ONLY: Final = expression(
    rf"(?:[a-z]+ly\s+)?(?:{phrases.FINITE.pattern}|(?i:owns|holds|hits|tops|now|adds|gains|loses|takes|wins|grabs|claims)|brings|went|go|come|draws?|drew|shrank|shrinks?|slid|swung|sank|having|(?!(?:{_ING_NOUN})\b)[a-z]{{3,}}ing)(?:\s+(?:in|up|to|for|by|down|out|left|back|behind|with))*"
)
_NO_HEAD: Final = expression(
    r"(?:in|on|at|by|of|for|from|to|with|without|during|since|as|than|after|before|between|below|above|under|over|through|until|against|among|amid|per|via|into|like|up|down|or|said|says|say|told|added|adding|versus|compared|according|rather|not|far|could|would|may|might|will|can|should|must|has|have|had|is|are|was|were|be|being|been|does|did|do|once|barely|hardly|when|if|because|although|how|why|whether|where)(?=[\s,]|\Z)",
    re.IGNORECASE,
)
_PARTICIPLE_HEAD: Final = expression(
    rf"(?:reportedly |already |also |now )?(?!(?:{_ING_NOUN})\b)[a-z]{{2,}}ing\s+(?:its|their|the|an?|his|her|about|to|of|up|down)\b",
    re.IGNORECASE,
)
_TIME: Final = expression(
    rf"(?:in|by|at|since|during|on|as of|until)?\s*(?:the\s+)?(?:(?:early|mid|late|end of|fiscal|last|this|next|same|previous|prior|first|second|third|fourth|past|a|an|one|two|three|five|six|ten|\d+)[\s-]+)*(?:{phrases.SPAN}s?|years?|months?|weeks?|days?|quarters?|decades?|today|yesterday|Q[1-4]|H[12]|(?:19|20)\d\d|Mondays?|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|spring|summer|autumn|winter)(?:\s+(?:of\s+)?(?:(?:19|20)\d\d|last year|this year))?(?:\s+(?:ago|earlier|before|later|prior|back|on))?",
    re.IGNORECASE,
)
_AMOUNT: Final = expression(
    r"(?:(?:whopping|total|some|about|nearly|roughly|another|eye-popping)\s+)*[$€£¥₹~]?\s?\d[\d,.]*\s*(?:million|billion|trillion|thousand|bn|mln|[KMBT])?(?:\s+[A-Z$]{2,6})?",
    re.IGNORECASE,
)
_HALF_CLAUSE: Final = expression(
    r"\b(?:is|are|was|were|has|have|had|will|would|said|says|found|shows?|showed|can|could|might|must|does|did|do)\b"
)
_SOURCE: Final = expression(
    r"(?:the |an? |its |their |his |her |our |this |that |new |recent )*(?:[\w’'&.-]+ ){0,3}(?:study|survey|report|analysis|analysts?|researchers?|data|figures|statistics|poll|filing|estimates?|census|paper|index|dashboard|chart|economists?|forecasters?|authors?|scientists?|spokes\w+|management|executives?|officials?|sources?|insiders|observers|consultanc(?:y|ies)|agency|ministry|bureau|office)",
    re.IGNORECASE,
)


def can_hold(words: str | None) -> bool:
    """Whether words are a noun phrase that may hold a share; no bare verb, time, preposition or half clause.

    >>> can_hold("Chinese labs"), can_hold("brought"), can_hold("In January"), can_hold("has not quite")
    (True, False, False, False)
    """
    if not words or "\n" in words or len(words.split()) > _MOST_WORDS or not re.search(r"[^\W\d_]", words):
        return False
    bare = words.strip(" '\"“”‘’.,:;-–—")
    return not (
        _ONLY_SMALL.fullmatch(bare)
        or _VERB_ONLY.fullmatch(bare)
        or _NO_HEAD.match(bare)
        or _PARTICIPLE_HEAD.match(bare)
        or _TIME.fullmatch(bare)
        or _AMOUNT.fullmatch(bare)
        or (len(bare.split()) > 2 and _HALF_CLAUSE.search(bare))
    )


def is_source(words: str | None) -> bool:
    """Whether words name who counted or spoke, as "the survey": it holds no share of what it counts.

    >>> is_source("A recent study"), is_source("Analysts"), is_source("Kimi")
    (True, True, False)
    """
    return bool(words and _SOURCE.fullmatch(words.strip()))
