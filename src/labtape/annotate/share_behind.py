"""Holders that stand behind the number: whom a part is given to, spent on, or comes from."""

from __future__ import annotations

import re
from typing import Final

from labtape.annotate import share_phrases as phrases
from labtape.expressions import expression

_HEDGE: Final = r"(?:\s+(?:as much as|up to|about|around|roughly|nearly|almost|only|just|over|more than|at least|some|an?|the|another|already|even|north of|still))*\s*\Z"
_GIVES: Final = {
    "to": r"devot\w+|dedicat\w+|assign\w*|allocat\w+|giv(?:es?|ing|en)|gave|hand(?:s|ed|ing)?|sen[dt]s?|sending|direct(?:s|ed|ing)?|commit\w*|earmark\w*|award\w*|pass(?:es|ed|ing)?|attribut\w+|distribut\w+|divert\w*|shift\w*|ow(?:es?|ed|ing)|mov(?:es?|ed|ing)|outsourc\w+|hand(?:s|ed)? over",
    "on": r"spen[dt]s?|spending|lavish\w*|r[au]ns?|running",
    "with": r"replac\w+|spen[dt]s?|plac(?:es?|ed|ing)|book(?:s|ed)?",
    "through": r"rout\w+|r[au]ns?|running|sen[dt]s?|channel\w*",
    "in": r"invest\w*|park(?:s|ed)?|put",
    "from": r"dr[ae]ws?|drawing|g[eo]ts?|getting|earn(?:s|ed)?|deriv(?:es?|ed)|receiv(?:es?|ed)|generat(?:es?|ed)|collect(?:s|ed)?|sourc(?:es?|ed)|obtain(?:s|ed)?|import(?:s|ed)?|tak(?:es|ing)|took",
    "into": r"pour\w*|put|invest\w*|plough\w*|channel\w*|steer\w*",
}
_PREPOSITION: Final = {"through": r"through|via|over|by way of"}
_HOLDER: Final = r"(?P<holder>(?!(?:the )?(?:20\d\d|end|year|month|date|be|grow|help|\d))[^,;.:()\n]{2,70})"
_GIVEN: Final = tuple(
    (
        expression(rf"\b(?:{verbs}){_HEDGE}", re.IGNORECASE),
        expression(
            rf"(?:\s+of\s+(?P<whole>[^,;.:()\n]{{2,80}}?))?\s+(?:{_PREPOSITION.get(prep, prep)})\s+{_HOLDER}",
            re.IGNORECASE,
        ),
    )
    for prep, verbs in _GIVES.items()
)
_NEXT: Final = expression(
    r"\s*(?:of (?:it|them|that)\s+)?(?:(?:to|from|on|for|with|named|something from|through|into)\s+)?(?P<holder>[^\s,;.:()%\d][^,;.:()%\d]{1,60}?)(?=\s+and\b|[,;.:()]|\s*\Z)"
)
_OBJECT: Final = expression(
    r"\b(?:(?P<at>puts?|pegs?|pegged|estimates?|estimated|sees?|saw|had|has|count(?:s|ed)|plac(?:es|ed)|values?|valued|reckon(?:s|ed)?)|(?P<give>g[ai]ves?|hands?|handed|awards?|awarded|grants?|granted|assigns?|assigned|credits?|credited))\s+(?P<who>[^,;.:()\d]{2,60}?)\s+(?P<link>at|on|with)?\s*(?:less than|more than|an?|just|only|about|around)?\s*\Z"
)
_TO_DO: Final = expression(
    r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bbe )\b(?:wants?|wanted|expects?|expected|hopes?|forecasts?|predicts?|projects?|sees?|saw|allows?|helped|helps|lets?)\s+(?P<who>[^,;.:()\d]{2,60}?)(?<!\bto)\s+(?:to\s+(?:be|have|[a-z]+(?:\s+(?:for|up|in))?)|at|reach(?:es|ing)?|tak(?:es|ing)|making up|bring(?:s|ing) in|account(?:s|ing) for|hold(?:s|ing)?)\s*(?:just|only|about|an?|less than|more than)?\s*\Z"
)


_HAS: Final = expression(
    rf"\b(?:ha[sd]|have|holds?|held|assembl(?:es?|ed)|ma[kd]es?|earn(?:s|ed)?|produc(?:es?|ed)|sells?|sold|generat(?:es?|ed)|keeps?|kept|builds?|built|places?|placed|g[eo]ts?|do|does|did){_HEDGE}"
)
_PLACED: Final = expression(
    r"\s+of\s+(?P<whole>(?:its|their|his|her)\b[^,;.:()\n]{2,50}?)\s+(?:in|at)\s+(?:the\s+)?(?P<holder>(?!(?:Q[1-4]|January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b)[A-Z][\w.&’'-]*(?:\s+[A-Z][\w.&’'-]*){0,3})"
)


def given_to(left: str, right: str) -> tuple[str, str | None] | None:
    """Holder and whole where someone gives, sends or spends a part of something: the receiver holds it.

    >>> given_to("The lab spends ", " of its budget on chips.")
    ('chips', 'its budget')
    """
    near = left[-60:]
    for gives, taken in _GIVEN:
        if gives.search(near):
            match = taken.match(right)
            if match:
                return _cut(match["holder"]), match["whole"]
    placed = _PLACED.match(right) if _HAS.search(near) else None
    return (placed["holder"], placed["whole"]) if placed else None


def next_behind(right: str) -> str | None:
    """The holder right behind a number that goes on a list of such: "…, 21% to Kimi and 9% to Qwen".

    >>> next_behind(" to Kimi and 9% to Qwen"), next_behind(" search and")
    ('Kimi', 'search')
    """
    match = _NEXT.match(right)
    if not match or re.match(
        r"(?:of|in|by|at|a year|last|this|the|compared|than|as|up|down)\b", match["holder"]
    ):
        return None
    return _cut(match["holder"]) or None


_STATE: Final = expression(
    r"\s+(?P<noun>(?!(?:of|in|on|at|by|from|to|and|or|for|as|with|more|less|higher|lower)\b)(?:[a-z][\w-]*\s+){0,3}?)"
    r"(?P<verb>(?:(?:now|already|still|actually|currently|also|only)\s+)*(?:is|are|was|were|isn['’]t|aren['’]t|has|have|had|will|would|could|can|comes?|came|goes|went|us(?:es?|ed)|assumes?|contain(?:s|ed)?|covers?|covered|carr(?:y|ies|ied)|involves?|involved|relates?|related|run|runs|ran|sits?|sat|show(?:s|ed)?|pay|pays|paid|say|says|said|accept\w*|burn(?:s|ed)?|bore|concern(?:s|ed)?|name[sd]?|live[sd]?|work(?:s|ed)?|need(?:s|ed)?|includes?|included|remain(?:s|ed)?|belongs?))\b\s*(?P<what>[^,;.:()\n—–]{2,90})"
)
_DESCRIBED: Final = expression(
    r"\s+(?P<who>(?!(?:of|in|on|at|by|from|to|and|or|for|as|with|than|more|less|higher|lower|up|down|off|stakes?|shares?|per|points?|growth|increase|decrease|faster|slower|discount|that|which|who|between|this|last|next|compared|versus|among|across|within|over|under|during|since|now|today|allocation|market|ownership|interest|chance|cut|rise|drop|jump|year)\b)[A-Za-z][\w/&’'-]*(?:\s+[A-Z][\w-]*)*)(?=\s*[,.;)]|\s+(?:and|but|team|by|with|or|users?|customers?)\b|\s*\Z)"
)
_COPULA: Final = expression(
    r"(?:\b(?:is|are|was|were|be|remains?|an?)|['’](?:s|re|m))(?:\s+(?:an?|about|roughly|nearly|almost|over|more than|now|only|just|still|already|currently))*\s*\Z",
    re.IGNORECASE,
)
_ONLY_COPULA: Final = expression(
    r"(?:(?:now|already|still|actually|currently|also|only)\s+)*(?:is|are|was|were)\Z"
)


def told_behind(right: str) -> str | None:
    """What the part is or does, of a number that begins its clause: "One in five files now contains code"."""
    match = _STATE.match(right)
    if not match:
        return None
    what = " ".join(match["what"].split()[:10])
    noun = match["noun"].strip()
    if _ONLY_COPULA.match(match["verb"]):
        bare = re.sub(r"\A(?:(?:now|already|still|what['’]s called|what is called|an?|the)\s+)+", "", what)
        by = re.match(
            r"(?:[a-z]+ly\s+)?[a-z]+(?:ed|en|un|ade|ld|ilt|orn) (?:by|with|from|in|on)\s+(?P<who>.+)", bare
        )
        return by["who"] if by else bare
    return f"{noun or 'part'} that {match['verb']} {what}"


def described(left: str, right: str) -> str | None:
    """What something is to that part: "the team is 80% engineers" is held by the engineers.

    >>> described("The team is ", " engineers.")
    'engineers'
    """
    match = _DESCRIBED.match(right) if _COPULA.search(left[-40:]) else None
    return match["who"] if match else None


_CAME: Final = expression(
    r"\s*[)—–,]*\s*(?:(?:which\s+)?(?:came|comes?|coming|originat\w+|stem\w+|deriv\w+|flow\w+)\s+(?:from|in|out of))\s+(?P<holder>(?:[^,;.:()\n]|(?<=\b[A-Z])\.){2,70})"
)
_OPEN: Final = expression(
    r"(?:[—–(]|\s-)\s*(?:(?:about|roughly|nearly|almost|or|some|around|over|more than)\s+)*\Z"
)


def came_from(left: str, right: str) -> str | None:
    """The source behind a number in an aside: "inflows (about 13%) came from Texas".

    >>> came_from("inflows (", ") came from Texas")
    'Texas'
    """
    match = _CAME.match(right) if _OPEN.search(left[-30:]) else None
    return _cut(match["holder"]) if match else None


def _cut(words: str) -> str:
    stop = phrases.STOP_WHOLE.search(words)
    bare = words[: stop.start()] if stop and stop.start() > 2 else words
    return phrases.PERIODIC.sub("", " " + re.split(r"\s+and\s+(?=an?\s|the rest)", bare)[0]).strip(' "“”')


def object_before(left: str, right: str = "") -> str | None:
    """Whom someone else gives or puts at a number: "The survey gives Kimi", "Analysts put Kimi at".

    >>> object_before("Analysts put Kimi at "), object_before("Kimi gave ")
    ('Kimi', None)
    """
    match = _OBJECT.search(left[-90:])
    if match and not match["who"].endswith((" up", " back")):
        gives = match["give"] and not re.match(r"\s+of (?:its|their)\b", right)
        if match["link"] == "at" or (gives and match["who"] not in ("it", "them", "us")):
            return match["who"]
    done = _TO_DO.search(left[-110:])
    return done["who"] if done else None
