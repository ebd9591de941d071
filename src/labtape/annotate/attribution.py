"""Who holds a share, and of what: read off the words around the number (English; Chinese in attribution_zh.py).

Three frames cover most sentences:

    HOLDER accounts for N% of WHOLE        the holder is the subject to the left
    N% of WHOLE comes from HOLDER          the holder is behind the whole, or is what the whole does
    OWNER gets N% of its WHOLE from HOLDER the owner is the whole's, the holder stands behind "from"

There is no parser here: a noun phrase ends where a closed list of words, a verb or a comma begins. That
finds the holder in nine of ten sentences of gold-dev, at a thousandth of a parser's price.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from labtape.annotate.share_cues import WHOLES

if TYPE_CHECKING:
    from labtape.annotate.share_context import Setting


@dataclass(frozen=True, slots=True)
class Holding:
    """Who holds how it is divided: words, and where the holder's words stand in `full` (None if made up)."""

    subject: str | None
    subject_at: tuple[int, int] | None
    metric: str | None
    whole: str | None
    owner: str | None = None
    is_pronoun: bool = False
    of_whole: bool = False  # the holder is described by what the whole does ("40% of users pay")


_AUX: Final = (
    r"is|are|was|were|be|been|being|has|have|had|do|does|did|will|would|could|should|can|may|might|must|to|now|already|still|currently|also|alone|together|just|only|even|today|then|not|reportedly"
    r"|expected|projected|forecast(?:ed)?|set|likely|on|track|about|combined|collectively|never|ever|once|which|who|that|and|but|or|estimated|said|actually|increasingly|roughly|around|nearly|over|more|than|up|by|at|for|with|an|a|the|some|of|in|so|far|both|each|consistently|typically|generally|usually|often|well|itself|themselves|all"
)
_TAIL: Final = re.compile(rf"(?:[\s,;:\-–—(\"“]+(?:{_AUX}))*[\s,;:\-–—(\"“]*\Z", re.IGNORECASE)
_HEAD: Final = re.compile(
    r"\A(?:[\s,;:\-–—(\"“”•*#>]+|(?:and|but|or|so|while|that|which|who|whereas|when|where|because|since|as|if|although|though|with|meanwhile|today|now|still|however|overall|currently|then|also|just|only|not only|together|both|including|even|yet|here|there|more recently|recently|in fact|of course|for example|for instance|notably|by comparison|in comparison|in contrast|by contrast|in total|in all|followed (?:closely )?by|trailed by|ahead of|besides)\b[\s,:]+)+",
    re.IGNORECASE,
)
_BOUNDARY: Final = re.compile(
    r"[;:(—–]\s*|\b(?:expects|predicts|anticipates|forecasts|projects)\s+(?=[^,.;]{2,40}\bto\s)|,\s+|\s-+\s|\b(?:that|which|who|while|whereas|but|when|where|because|since|if|after|although|though|says?|said|saying|notes?|noted|noting|found|finds|shows?|showed|showing|estimates?|estimated|warns?|warned|reports?|reported"
    r"|suggests?|claims?|claimed|thinks|believes|means|meaning|adding|added|indicates?|indicating|suggesting|revealed|reveals|per|as|with|such that|estimating|until|how)\s+",
    re.IGNORECASE,
)
_FINITE: Final = re.compile(
    r"(?<![-\w])(?:aims?|plans?|wants?|hopes?|seeks?|tries|needs?|likes?|helps?|wins?|won|loses?|beats?|runs?|ran|sits?|sat|goes|went|gives?|gave|puts?|sets?|serves|covers?|enjoys?|boasts?|builds?|built|brings?|brought|counts?|includes?|offers?|provides?|receives?|faces?|trails?|follows?|falls?|rises?|grows?|appears?|seems?|means?|costs?|consumes?|guzzles?|powers?|absorbs?|attracts?|contributes?|delivers?|is|are|was|were|has|have|had|will|would|could|can|may|might|does|did|do|remains?|remained|leads?|led|dominat\w+|holds?|held|controls?|commands?|captur\w+|says?|said|generates?|came|comes?|comprises?|accounts?|makes?|made|represents?"
    r"|became|becomes?|gained|lost|rose|fell|grew|dropped|climbed|jumped|reached|hit|took|takes|ranks?|ranked|owns?|sells?|sold|uses?|used|gets?|got|earns?|earned|derives?|spends?|spent|claims?|saw|sees|wrote|writes|handles?|processes|serves?|supplies|produces?|drives?|stood|stands|continues?|continued|kept|keeps|now|already|currently|still|[a-z]{3,}ed)\b"
)
_PRONOUN: Final = re.compile(
    r"(?:(?:the )?(?:consumption|usage|demand|penetration(?: rate)?|adoption|proportion)|the (?:[\w.&'’-]+ ){0,4}(?:chatbot|company|firm|startup|chipmaker|lab|giant|app|carmaker|maker)|we|it|they|its|their|he|she|this|that|these|those|the (?:company|firm|startup|chipmaker|lab|figure|share|number|group|platform|model|app|chatbot|carmaker|tech giant|search giant|software maker|duo|pair|segment|category|country|start-up|business)|both|its share|their share|the two|that share|that figure|the same|who|which|market share|share|usage share|that proportion|the proportion|this figure|this share)",
    re.IGNORECASE,
)
_LEADING_PP: Final = re.compile(
    r"\A(?:in|by|at|during|for|since|as of|from|on|over|of|among|after|before|according to|per|within|across)\s[^,]{2,60},\s+",
    re.IGNORECASE,
)
_SHARE_OF: Final = re.compile(
    r"\A(?P<holder>(?!(?:the|its|their|a|that|this|overall|market|total) share).{2,60}?)(?:['’]s?)?\s+(?:(?:market|token|usage|traffic|revenue|global|overall|own|combined|total|average)\s+){0,3}share\b",
    re.IGNORECASE,
)
_PART_GOING: Final = re.compile(
    r"\b(?:part|share|portion|proportion|slice) of\s+(?P<whole>[^,;.:]{2,90}?)\s+(?:that|which)\s+(?:goes|went|flows?|comes?|came|is held|belongs)\s+(?:to|from|by)\s+(?P<holder>[^,;.:]{2,60}?)"
    r"(?=\s+(?:did|does|fell|rose|has|had|is|was|stood|slipp|climb|dropp|grew)\w*\b|[,.;]|\s*\Z)",
    re.IGNORECASE,
)
_WHOSE_SHARE: Final = re.compile(
    r"(?:\A|[,;:]\s+|\b(?:and|but|while|that|as)\s+)(?P<holder>(?:(?!\bshare\b)[^,;:]){2,50}?)(?:['’]s|s['’])\s+(?:[a-z]+\s+){0,2}share\s+of\s+(?P<whole>[^,;:]{3,60}?)(?=\s+(?:rose|fell|falls?|has|was|is|grew|dropp?\w*|climb\w*|jump\w*|slip\w*|reach\w*|stood|slid|declin\w*|increas\w*|went|hit|rises?|to|at|from)\b)",
    re.IGNORECASE,
)
_OF_SHARE: Final = re.compile(
    r"\bshare (?:of|for|held by|from|belonging to|captured by|going to)\s+(?P<holder>(?!the market|total|all|global)[^,;.]{2,60}?)(?=\s+(?:rose|fell|has|was|is|grew|dropped|climbed|jumped|slipped|reached|in|on|to|from|stood|slid|declined|increased|went|hit|among)\b|\s*\Z)",
    re.IGNORECASE,
)
_STOP_WHOLE: Final = re.compile(
    r",(?!\d)|[;:()—–\n”]|\s+and\s+(?=[^,;.%]{2,60}\s\d[\d.]*\s?(?:%|percent|per cent))|(?<!\b[A-Z])\.(?:\s|\Z)|\s-\s|\s+and\s+(?=\d|(?:more|less|over|about|nearly|almost|roughly|only|just)\b|(?:wants|has|is|are|was|were|will|says|said|plans|expects|now|then|have|had|that|its share)\b)|\b(?:comes?|came|coming|goes|went|flow(?:s|ed)?|is|are|was|were|be|being|has|have|had|that|which|who|whose|while|whereas|but|when|where|because|compared|versus|according|up from|down from|said|says|say|show(?:s|ed)?|will|would|could|can|(?-i:may)|might"
    r"|despite|though|although|as|than|now|belongs?|trac(?:es?|ed)|originat\w+|use|uses|used|using|choose|choosing|pay|requires?|required|manages?|blames?|agree|mention|wants?|found|finds?|captured|carry|carries|prefer|consider|expects?|flagged|hitting|depends?|involve[sd]?|contain(?:s|ed)?|clicked|still|per|amid|so|if|even|against|with(?!in)|making|up|down|followed|ahead|behind|thanks|already|making|leaving|giving|ranking|including|led|run|runs|ended|rely|relies|routes?|accounted|represent(?:s|ed|ing)?|suggest\w*|indicat\w+|actually|only|captured|controlled|mentioned|reported|translates?|receive[sd]?|say|and also)\b",
    re.IGNORECASE,
)
_PERIODIC: Final = re.compile(
    r"\s+(?:in|by|during|over|for|since|as of|at|through|throughout|from|on|until|last|this|next)\s+(?:the )?(?:(?:early|mid|late|fiscal|first|second|third|fourth|past|last|next|previous|most|recent|full|end|week|quarter|month|year|same|long|current|final|given|entire|Q[1-4]|H[12]|\d+|(?:a|two|three|five)\b|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*\b.*|(?:19|20)\d\d.*)\Z"
    r"|\s+(?:last|this|next) (?:year|quarter|month|week)\b.*\Z|\s+(?:today|annually|currently|so far.*|worldwide now|a year.*|every day|each day|at peaks?)\Z",
    re.IGNORECASE,
)
_PP: Final = re.compile(
    r"\s+(?:in|on|at|for|from|by|across|among|within|through|throughout|worldwide|globally|during|since|per|around|under|into|between|via|over|to)\b",
    re.IGNORECASE,
)
_DETERMINER: Final = re.compile(
    r"\A(?:(?:the|all|total|its|their|his|her|our|overall|entire|global(?=\s\w+\s)|whole|combined|every|each|any|our|of|these|those|that|what|every one of)\s+)+",
    re.IGNORECASE,
)
_POSSESSIVE: Final = re.compile(
    r"\A(?P<owner>(?:the\s+)?(?:(?!(?:of|for|in|by|on|since|after|from|and)\b)[\w.&-]+\s){0,2}[\w.&-]+)['’]s?\s+(?=\w)"
)
_AMOUNT: Final = re.compile(
    r"\A(?:the\s+|its\s+|that\s+)?(?:[$€£¥₹]\s?)?[\d.,]+(?:\s?(?:trillion|billion|million|thousand|bn|tn|m|B|T|M)\b)?(?:\s+(?:in|of|worth of))?\s+",
    re.IGNORECASE,
)
_OWNERS: Final = re.compile(r"\A(?:its|their|the company['’]s|the firm['’]s|his|our)\b", re.IGNORECASE)
_FROM: Final = re.compile(
    r"\s*,?\s*(?:(?:now|already|still|actually|currently|today|mostly|directly|all|that)\s+)*(?:(?:comes?|came|coming|flow(?:s|ed|ing)?|stem(?:s|med)|originat(?:es|ed|ing)|deriv(?:es|ed)|trac(?:es|ed))(?: back)? (?:from|to)|(?:goes|went|going|flows|is going|was going|routed|is routed|now goes) (?:to|toward|through)"
    r"|belong(?:s|ed|ing) to|(?:is|are|was|were|be|been|being|now)\s+(?:[a-z]+\s+){0,4}?[a-z]+(?:ed|en|un|ade|ld|ilt|orn) (?:by|with|up by)|(?:written|generated|produced|made|held|owned|controlled|supplied|built|created|used) by|from|on|by|to)\s+(?P<holder>[^,;.()]{2,90})",
    re.IGNORECASE,
)
_IS_WHAT: Final = re.compile(
    r"\s*(?:is|are|was|were)\s+(?:now\s+|already\s+|still\s+|currently\s+)?(?P<what>[^,;.()]{2,60})",
    re.IGNORECASE,
)
_USING: Final = re.compile(
    r"\s*(?:\w+\s+){0,3}?(?:us(?:es?|ed|ing)|choos(?:e|es|ing)|chose|pay(?:s|ing)?(?: for)?|adopt(?:s|ed|ing)?|rel(?:y|ies|ied|ying) on|subscrib(?:e|es|ed) to|run(?:s|ning)?(?: on)?|deploy\w*|picked?|prefer\w*|built on|turn(?:ed)? to)\s+(?P<what>[^,;.()]{2,60})",
    re.IGNORECASE,
)
_GETS: Final = re.compile(
    r"\b(?:generates?|generated|gets?|got|derives?|derived|earns?|earned|makes?|made|draws?|drew|receives?|received|spends?|spent|sees?|saw|allocat\w+|books?|collects?|rout(?:es?|ed)|sends?|sent|buys?|bought|sells?|sold|sources?|sourced|ha[sd]|have|with)\b\s*(?:as much as|up to)?\s*\Z",
    re.IGNORECASE,
)
_LINK: Final = re.compile(
    r"\b(?:with|at|by|to|from|for|of|and|or|is|are|was|were|has|have|had|held|holds?|about|reach\w*|around)\s*\Z",
    re.IGNORECASE,
)
_ACRONYM: Final = re.compile(r"\s*\((?:[A-Z][A-Za-z&.]{1,7}|(?:NASDAQ|NYSE|HK|SEHK)[^)]{0,14})\)")
_CLOSED: Final = re.compile(r"\(([^()]{1,40})\)")  # a closed aside is part of its noun phrase, no new clause
_APPOSITION: Final = re.compile(r"(?:\s[-–—]+|—|–|,\s*or|\(or)\s*\Z")
_AND_CLAUSE: Final = re.compile(
    r"\b(?:and|while|but|whereas)\s+(?P<who>(?!(?:for|by|to|at|only|just)\b)[^,;]{2,50}?)\s+(?:accounts?|accounted|holds?|held|has|had|made|makes?|took|takes|controls?|controlled|captured|represent(?:s|ed)?|claim(?:s|ed)|command(?:s|ed)|was|were|is|are|won|got|saw|reached|at|with)\b[^,;]{0,24}\Z"
)
_ASIDE: Final = re.compile(
    r"(?:,|\band|\bby|\bwith|\bthen)\s+(?P<who>(?:the\s+)?[A-Z][\w.’'&-]*(?:\s+[A-Z0-9][\w.’'&-]*){0,4})\s*\(\Z"
)
_OF_TOPIC: Final = re.compile(
    r"(?:\A|[.;:]\s*)\W*(?:of|out of)\s+(?P<whole>[^,;]{3,50}),\s*\Z", re.IGNORECASE
)
_NUMBERED: Final = re.compile(r"[\d%]")


_MONTH: Final = r"(?:Jan|Febr?|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*"
_SPAN: Final = rf"(?:year|month|week|quarter|decade|half|spring|summer|autumn|fall|winter|{_MONTH})"
_TIME_HEAD: Final = re.compile(
    rf"\A(?:(?:an?|one|two|three|four|five|six|\d+|several|some)\s+(?:years?|months?|weeks?|quarters?|decades?|days?)\s+(?:ago|earlier|before|later|prior|on)"
    rf"|(?:last|this|next|(?:the\s+)?(?:previous|prior|same|following|past))\s+{_SPAN}"
    rf"|(?:in|by|at|during|since|as of|until|through|over|from|on|for)\s+(?:the\s+)?(?:(?:early|mid|late|end of|start of|first|second|third|fourth|past|last|same|fiscal|full)[-\s]+)*(?:(?:19|20)\d\d|Q[1-4]|H[12]|week\s+\d+|{_SPAN})(?:\s+(?:of\s+)?(?:19|20)\d\d)?(?:\s+\d\d?)?"
    r"|(?:back )?then|previously|formerly|(?:19|20)\d\d)(?:\s*,\s*|\s+(?=(?:the|it|they|its|their|that|this|these|both|only|[A-Z])\b))",
    re.IGNORECASE,
)
_GAPPED: Final = re.compile(
    r"(?:,|;|\band|\bwhile|\bbut)\s+(?:and\s+|for\s+)?(?P<who>(?:the\s+)?[A-Z][^,;%]{1,50}?)\s*(?:with|at|about|nearly|roughly|around|just|only|another|some|over|under)?\s*\Z"
)
"""The next holder of a list whose verb is left out: "A had 15% and B's models 9%"."""
_AMOUNTING: Final = re.compile(
    r"\A(?:enough|sufficient|as much|so much|the equivalent|equivalent)\b", re.IGNORECASE
)
_PARENTHETIC: Final = re.compile(
    r",\s*(?:combined|together|collectively|on average|in turn|however|in total|alone|taken together|by itself|as of \w+|in effect)\s*,",
    re.IGNORECASE,
)
_COUNT_BEFORE: Final = re.compile(
    r"\d[\d,.]*\s*(?:thousand|million|billion|trillion|[KMB]\b)?\s*[^,.;]{2,50},\s*(?:or\s+)?\Z",
    re.IGNORECASE,
)


def clean(phrase: str) -> str:
    """A noun phrase without the conjunctions before it and the auxiliaries behind it.

    >>> clean("and the Chinese labs will now"), clean("“Claude already")
    ('the Chinese labs', 'Claude')
    """
    before = None
    while before != phrase:
        before = phrase
        phrase = _TAIL.sub("", _HEAD.sub("", phrase)) if phrase.strip() else ""
    return phrase.replace("\x01", "(").replace("\x02", ")").strip(' \t\n"“”‘’,;:-–—•*#>')


def holding(setting: Setting, rule: str, gap: str | None = None) -> Holding:
    """Holder, metric and whole of one share, as far as its own sentence tells.

    `gap` is the text since the share before in the same sentence: a holder must stand in it, or is that
    share's.
    """
    metric, whole, owner, rest = _whole(setting)
    going = _PART_GOING.search(setting.left) or _PART_GOING.search(setting.right)
    if going and gap is None:
        who = clean(going["holder"])
        return Holding(who, _locate(setting, who), _metric_of(going["whole"]), going["whole"])
    joined = _AND_CLAUSE.search(gap) if gap is not None else None
    if joined:
        who = clean(joined["who"])
        return Holding(
            who, _locate(setting, who), metric, whole, owner=owner, is_pronoun=bool(_PRONOUN.fullmatch(who))
        )
    gapped = _GAPPED.search(gap) if gap is not None else None
    if (
        gapped
        and not _FINITE.search(gapped["who"], 2)
        and not re.search(r"\b(?:in|by|from) (?:19|20)\d\d\Z|\A(?:In|By|From|At|On)\b", gapped["who"])
    ):
        who = clean(gapped["who"])
        return Holding(who, _locate(setting, who), metric, whole, owner=owner)
    aside = _ASIDE.search(gap) if gap is not None else None
    if aside:
        return Holding(aside["who"], _locate(setting, aside["who"]), metric, whole, owner=owner)
    if gap is not None and not _BOUNDARY.search(gap.strip(" ,") + " "):
        return Holding(None, None, metric, whole, owner=owner, is_pronoun=True)
    left = gap if gap is not None else setting.left
    topic = _OF_TOPIC.search(left) if whole is None else None
    if topic:
        whole, metric = topic["whole"], _metric_of(topic["whole"])
    of_what = _WHOSE_SHARE.search(setting.left) if whole is None else None
    if of_what:
        whole, metric = of_what["whole"], _metric_of(of_what["whole"])
    gets = _GETS.search(left)
    behind = _FROM.match(rest) if rest else None
    if gets and behind and whole and _owned(whole, left):
        got = _left_subject(left[: gets.start()])
        return Holding(clean(behind["holder"]), None, metric, whole, owner=got or owner)
    passive = bool(whole) and _is_topic(left) and (gap is None or bool(behind))
    if passive:
        return _right_subject(setting, metric, whole, owner, rest)
    subject, pronoun = _subject_before(_CLOSED.sub("\x01\\1\x02", _ACRONYM.sub("", left)), alone=gap is None)
    if metric is None and subject and rule == "from-to":
        metric = _category(subject)
    at = _locate(setting, subject)
    return Holding(subject, at, metric, whole, owner=owner, is_pronoun=pronoun)


def _category(subject: str) -> str | None:
    """What a category that rises "from 11% to 50%" is a part of: its own kind of thing."""
    nouns = re.findall(rf"\b(?:{WHOLES})\b", subject, re.I)
    return str(nouns[-1]).lower() if nouns else None


def _owned(whole: str, left: str) -> bool:
    return bool(
        _OWNERS.match(whole)
        or _POSSESSIVE.match(whole)
        or re.search(r"revenue|sales|income|profit|spend|traffic|budget|capex|business", whole, re.I)
    ) and bool(left.strip())


def _is_topic(left: str) -> bool:
    """True when the number itself begins the clause: nobody stands before it who could hold it."""
    if _APPOSITION.search(left) and _FINITE.search(left):
        return False
    if _COUNT_BEFORE.search(left) and (_FINITE.search(left) or re.search(r"\w\s+to\s+[a-z]", left)):
        return False
    if re.search(r"\b(?:that|which|who)\s+[a-z]+\s*\Z", left):
        return False
    if re.search(r"(?<!,) (?:with|at|by|to|from|has|have|of)\s+\Z", left) and _FINITE.search(left):
        return False
    tail = _HEAD.sub("", _BOUNDARY.split(left)[-1])
    tail = re.sub(r"\A(?:in|by|at|during|for|since|as of|of|among)\b.*", "", tail.strip(), flags=re.I)
    return len(tail.strip(' "“”‘’-–•*#(>')) <= 3 or bool(
        re.fullmatch(
            r"(?:only|just|about|some|around|an?|the|and|with only|with|while|even|more|now|today|roughly|found|alone|an? (?:whopping|staggering|mere|massive|record|full|total))",
            tail.strip(' "“'),
            re.I,
        )
    )


def _left_subject(left: str) -> str | None:
    return _subject_before(left, alone=True)[0]


def _subject_before(left: str, *, alone: bool) -> tuple[str | None, bool]:
    """The noun phrase that governs the verb before the number, and whether it only points back.

    `alone` is False where `left` begins behind another share: a clause without subject is then that share's.
    """
    left = _PARENTHETIC.sub(" ", left)
    verbless = re.sub(
        r"\b(?:account\w*\s+for|m(?:ake|akes|ade|aking)\s+up|[A-Za-z]+ing in|brings? in|rakes? in)\b[^.;]{0,24}\Z",
        " ",
        left,
        flags=re.I,
    )
    if verbless == left:
        verbless = re.sub(
            r"(?:\b(?!of\b|in\b|by\b|and\b)[a-z'’]+)?\s*(?:\b(?:only|just|a|an|the|up|to|about|mere|for|from|by|at|as much as|even|now)\s+)*\Z",
            " ",
            left,
            count=1,
        )
    moved = re.search(
        r"(?:\b(?:up|down)\s+)?\b(?:from|compared (?:to|with)|versus|against|than)\s*(?:an?|the)?\s*\Z",
        left,
        re.I,
    )
    if moved:
        verbless = left[: moved.start()]
    absolute = re.search(
        r"\bwith (?:its |their |the )?(?P<who>[^,;]{3,50}?) [a-z]+ing\b[^,;]*,\s*\Z", verbless
    )
    if absolute:
        return clean(absolute["who"]), False
    whose = _WHOSE_SHARE.search(left)
    if whose:
        return clean(_timeless(clean(whose["holder"]))) or None, False
    share = _OF_SHARE.search(verbless) or _OF_SHARE.search(left)
    if share:
        return clean(share["holder"]) or None, False
    clause = _timeless(_last_clause(verbless))
    relative = _antecedent_of_relative(verbless)
    if relative:
        return relative, bool(_PRONOUN.fullmatch(relative))
    finite = _FINITE.search(clause, 2) if clause else None
    phrase = clean(clause[: finite.start()] if finite and clean(clause[: finite.start()]) else clause)
    back = re.match(r"(?:it|they|we|he|she)\b", phrase, re.I)
    phrase = back[0] if back else phrase
    held = _SHARE_OF.match(phrase)
    if held and not re.search(r"\b(?:of|in)\b", phrase[held.end() : held.end() + 4]):
        phrase = clean(held["holder"])
    phrase = re.sub(r"\Athe (?=same\b)", "", _timeless(phrase), flags=re.I)
    if _AMOUNTING.match(phrase):
        phrase = _main_subject(verbless)
    if not phrase or (_NUMBERED.fullmatch(phrase[:1]) and len(phrase) < 4):
        phrase = _main_subject(verbless) if alone else ""
    if not phrase:
        return None, True
    phrase = re.sub(r"\A(?:the )?share of\s+", "", phrase, flags=re.I)
    return phrase, bool(_PRONOUN.fullmatch(phrase))


def _timeless(clause: str) -> str:
    """A clause without the time that it begins with.

    >>> _timeless("A year earlier the same group held"), _timeless("Last spring, Kimi took"), _timeless("May")
    ('the same group held', 'Kimi took', 'May')
    """
    head = clause.lstrip()
    rest = head
    for _ in range(3):
        rest = _TIME_HEAD.sub("", _HEAD.sub("", rest))
    return rest if rest.strip() else head


def _last_clause(left: str) -> str:
    """The words of the clause that the number stands in; empty where the clause has no subject of its own."""
    part = _BOUNDARY.split(left)[-1]
    if (
        not clean(part)
        or _LINK.fullmatch(part.strip())
        or re.match(r"\s*(?:and\s+|or\s+)?[a-z]+(?:ed|ing)\s*\Z", part)
    ):
        return ""
    return part


def _antecedent_of_relative(left: str) -> str | None:
    """Whom "which", "who" or "that" stands for, when the verb before the number is theirs."""
    match = deque(re.finditer(r"(?:,?\s+(?:which|who)|(?<!,)\s+that)\s+", left), maxlen=1)
    if not match:
        return None
    pronoun = match[0]
    behind = left[pronoun.end() :]
    if _BOUNDARY.search(behind) or (clean(behind) and not _FINITE.match(behind.lstrip())):
        return None
    if re.search(
        r"\b(?:say|says|said|found|shows?|showed|noted?|notes|estimates?|reported|claims?|warns?|believes?|data|evidence|times|meaning)\s*\Z",
        left[: pronoun.start()],
    ):
        return None
    phrase = re.split(
        r"[,;:(—–]|\b(?:to|by|with|for|at|on|as|is|are|was|were|beat|behind|than|like|from|about|especially|including)\b",
        left[: pronoun.start()],
    )[-1]
    infinitive = re.search(r"\bto\s*\Z", left[: max(0, left.rfind(phrase, 0, pronoun.start()))])
    if infinitive or re.match(r"\s*[a-z]+ing\b", phrase):
        phrase = re.split(r"\b(?:of|an?|the|its|their)\s+", phrase)[-1]
    return clean(phrase) or None


def _main_subject(left: str) -> str:
    """The first noun phrase of the sentence, before its first verb."""
    sentence = _timeless(_LEADING_PP.sub("", clean_start(left)))
    finite = _FINITE.search(sentence, 2) or re.search(r"\sto\s+[a-z]", sentence)
    phrase = clean(sentence[: finite.start()] if finite else re.split(r"[,;:]", sentence)[0])
    return phrase if len(phrase.split()) <= 14 else ""


def clean_start(sentence: str) -> str:
    """A sentence without bullet, quotation mark and leading adverb."""
    return _HEAD.sub("", sentence.lstrip(' \t\n-•*#>"“'))


def _whole(setting: Setting) -> tuple[str | None, str | None, str | None, str]:
    """Metric, whole phrase, its owner, and what follows it."""
    right = setting.right
    share = re.match(
        r"\s*(?:(?P<kind>(?:[A-Za-z.]+\s+){0,3}?)share)\b(?:\s+(?:of|in|among|across|for)\s+(?P<rest>.*))?",
        right,
        re.I | re.S,
    )
    of = re.match(r"\s+(?:of|in(?=\s+the\s+top))\s+(?P<rest>.*)", right, re.S) if not share else None
    if share and (
        not share["rest"] or not _PERIODIC.sub("", " in " + share["rest"].split(",")[0].rstrip(". ")).strip()
    ):
        kind = re.sub(
            r"\b(?:the|global|domestic|total|overall|combined|estimated|market|of|U\.?S\.?)\b\s*",
            "",
            share["kind"],
            flags=re.I,
        ).strip()
        return (kind or None), None, None, right[share.end() :]
    if not share and not of:
        bare = (
            re.match(
                r"\s+(?P<rest>(?!(?:of|in|on|at|by|from|to|and|or|is|are|was|were|for|as|up|down|year|compared|last|with|this|over|during|since|according|while|but|so|than|share)\b)[A-Za-z][\w-]*(?:\s+[\w-]+){0,6}?)(?=\s+(?:comes?|came|trac|are|is|were|was|come|go|goes|went|use|from)\b)",
                right,
            )
            if setting.quantity.unit == "fraction"
            else None
        )
        if not bare:
            return None, None, None, right
        text = bare["rest"]
        return _metric_of(text), text, None, right[bare.end() :]
    rest = (share or of)["rest"]  # type: ignore[index]  # one of them matched
    stop = _STOP_WHOLE.search(rest)
    phrase = rest[: stop.start()] if stop else rest
    after = rest[len(phrase) :]
    cut = _cut_from(phrase)
    if cut and not re.search(r"market share|share of", right[:20]):
        after, phrase = phrase[cut:] + after, phrase[:cut]
    phrase = _PERIODIC.sub("", " " + phrase).strip(' \t*#-–—"“”!?')
    phrase = re.sub(r"(?<![A-Z])\.\Z", "", phrase)
    phrase = re.sub(r"\s+(?:in|by|on|at|for|from|to|of|and|or|during|since|as)\Z", "", phrase)
    if _BACK.fullmatch(phrase):
        named = deque(
            _WHOLE_NOUN.finditer(setting.full, max(0, setting.quantity.start - 220), setting.quantity.start),
            maxlen=1,
        )
        noun = str(named[0][0]).lower() if named else None
        return noun, noun, None, after
    owner = _POSSESSIVE.match(phrase)
    role = re.match(r"\s*as (?P<role>customers|clients|users|subscribers|partners)\b", after)
    if role:
        return role["role"], phrase, None, after[role.end() :]
    return _metric_of(phrase), phrase or None, owner["owner"] if owner else None, after


_BACK: Final = re.compile(r"(?:them|those|these|that|which|it|this)", re.IGNORECASE)
_WHOLE_NOUN: Final = re.compile(rf"\b(?:{WHOLES})\b", re.IGNORECASE)


def _cut_from(phrase: str) -> int | None:
    """Where "from HOLDER" begins inside a whole such as "its revenue from launching satellites"."""
    match = re.search(r"\s+from\s+(?!(?:the )?(?:top|largest))", phrase)
    return match.start() if match and match.start() > 2 else None


def _metric_of(phrase: str) -> str | None:
    """What is divided: the whole without owner, determiner and place; a market is divided by what it sells."""
    bare = _POSSESSIVE.sub("", phrase)
    bare = _DETERMINER.sub("", _AMOUNT.sub("", bare.strip()))
    pp = _PP.search(bare)
    head = bare[: pp.start()] if pp else bare
    market = re.match(r"(?P<what>.+?)\s+(?:market|industry|sector)(?:place)?s?\b", head, re.I)
    if market:
        what = re.sub(
            r"\A(?:(?:global|worldwide|domestic|U\.?S\.?|world|overall|Chinese|American|European|Indian|Japanese|national|local|whole|entire|total)\s*)+",
            "",
            market["what"],
            flags=re.I,
        )
        return f"{what} sales" if what else None
    if re.fullmatch(
        r"(?:global |domestic |world |worldwide |whole |entire )*(?:market|industry|sector)",
        head.strip(),
        re.I,
    ):
        return None
    return head.strip() or None


def _right_subject(
    setting: Setting, metric: str | None, whole: str | None, owner: str | None, rest: str
) -> Holding:
    """The holder of "N% of WHOLE …": named behind it, or told by what the whole does."""
    behind = _FROM.match(rest)
    if behind:
        holder = clean(_STOP_WHOLE.split(behind["holder"])[0] or behind["holder"])
        holder = _PERIODIC.sub("", " " + holder).strip()
        if holder:
            start = setting.full.find(holder, setting.right_at)
            return Holding(
                holder, (start, start + len(holder)) if start >= 0 else None, metric, whole, owner=owner
            )
    using = _USING.match(rest)
    if using:
        what = clean(_PERIODIC.sub("", " " + using["what"]).strip())
        start = setting.full.find(what, setting.right_at)
        return Holding(
            f"{what} users" if metric and re.search(r"user|customer|people", metric, re.I) else what,
            (start, start + len(what)),
            metric,
            whole,
            owner=owner,
        )
    noun = metric.split()[-1] if metric else "part"
    being = _IS_WHAT.match(rest)
    if being:
        what = clean(being["what"])
        known = bool(re.search(r"s\Z|ers\b", what)) and not re.search(r"ed\Z", what)
        return Holding(what if known else f"{what} {noun}", None, metric, whole, owner=owner, of_whole=True)
    does = re.split(r"[,;.()—]|\b(?:while|but|because)\b", rest)[0].strip()
    words = " ".join(does.split()[:12])
    return Holding(
        f"{metric or whole} that {words}" if words else metric or whole,
        None,
        metric,
        whole,
        owner=owner,
        of_whole=True,
    )


def _locate(setting: Setting, subject: str | None) -> tuple[int, int] | None:
    if not subject:
        return None
    at = setting.full.rfind(subject, setting.left_at, setting.quantity.start)
    return (at, at + len(subject)) if at >= 0 else None
