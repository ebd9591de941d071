"""The noun phrase that governs the verb before a number: the subject of its clause, or of its sentence."""

from __future__ import annotations

import re
from collections import deque
from typing import Final

from labtape.annotate import share_phrases as phrases
from labtape.annotate.holder_words import can_hold, is_source
from labtape.expressions import expression


def clean(phrase: str) -> str:
    """A noun phrase without the conjunctions before it and the auxiliaries behind it.

    >>> clean("and the Chinese labs will now"), clean("“Claude already")
    ('the Chinese labs', 'Claude')
    """
    before = None
    while before != phrase:
        before = phrase
        phrase = phrases.TAIL.sub("", phrases.HEAD.sub("", phrase)) if phrase.strip() else ""
    return phrase.replace("\x01", "(").replace("\x02", ")").strip(' \t\n"“”‘’,;:-–—•*#>')


_PP_HEAD: Final = expression(
    r"\W*(?:in|at|on|by|through|among|for|with|under|across|over|outside|within|from)\b", re.IGNORECASE
)
_NAMED_APART: Final = expression(
    r"\b(?P<who>[A-Z][\w.&’'-]*(?:\s[A-Z][\w.&’'-]*){0,3}),\s+(?:an?|the)\s[^,;.]{3,60}?\s(?:that|which|who)\s[^,;.]{3,100},\s+(?:accounting for|making up|representing|commanding|holding)(?:\s+(?:an?|just|only|about|around|some|nearly))*\s*\Z"
)
"""A name, what it is and does, and a participle behind: "Bolt, a maker that nobody feared, making up"."""
_DOING: Final = expression(
    r"(?P<who>[^,;:()—–]{3,60}?)(?<!,)\s(?:responsible for|representing|accounting for|comprising|making up|worth)(?:\s+(?:an?|the|just|only|some|about|up to|over|nearly|almost))*\s*\Z"
)
_NOUN_BREAK: Final = expression(
    rf"\b(?:from|to|by|with|at|on|as|for|when|than|about|in|and|while)\s|{phrases.FINITE.pattern}"
)
_BARE: Final = expression(r"(?:[:;,–—\n]|\A)\s*(?:and\s+)?(?P<who>[a-z][a-z-]{2,})\s*\Z")
_ITS_SHARE: Final = expression(
    r"(?:its|their)\s+(?:[\w-]+\s+){0,3}?(?:share|slice|part|portion|cut|contribution|weight|dominance)\b",
    re.IGNORECASE,
)
_PARTICIPLE: Final = expression(
    r"(?:[a-z]+ed|made|sold|built|sent|held|written|bought|paid|run|used|won|taken|given|known|seen|led|spent)\b(?=\s+(?:by|in|at|on|with|to|from|through|for|under|as|abroad|outside|worldwide|among|between|last|this|online)\b)"
)


def verb_of(clause: str) -> re.Match[str] | None:
    """The first finite verb of a clause behind its first word; a participle that describes its noun is passed over.

    >>> verb_of("Cards made in Japan took")[0], verb_of("Cards rose by 3 points")[0]
    ('took', 'rose')
    """
    first = None
    for match in phrases.FINITE.finditer(clause, 2):
        if first is None:
            first = match
        if not _PARTICIPLE.match(clause, match.start()):
            return match
    return first


def subject_before(left: str, *, alone: bool) -> tuple[str | None, bool]:
    """The noun phrase that governs the verb before the number, and whether it only points back.

    `alone` is False where `left` begins behind another share: a clause without subject is then that share's.
    """
    left = phrases.PARENTHETIC.sub(lambda m: ", " if _PP_HEAD.match(left) and m.start() < 40 else " ", left)
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
    apart = _NAMED_APART.search(left[-260:])
    if apart:
        return apart["who"], False
    doing = _DOING.search(left)
    if doing:
        who = clean(_NOUN_BREAK.split(doing["who"])[-1])
        if can_hold(who):
            return who, False
    absolute = re.search(
        r"\bwith (?:its |their |the )?(?P<who>[^,;]{3,50}?) [a-z]+ing\b[^,;]*,\s*\Z", verbless
    )
    if absolute:
        return clean(absolute["who"]), False
    whose = phrases.WHOSE_SHARE.search(left)
    if whose:
        who = clean(timeless(clean(whose["holder"])))
        return who or None, bool(phrases.PRONOUN.fullmatch(who))
    share = phrases.OF_SHARE.search(verbless) or phrases.OF_SHARE.search(left)
    if share:
        return clean(share["holder"]) or None, False
    governed = bool(phrases.FINITE.search(left[len(verbless.rstrip()) :]))
    clause = timeless(_last_clause(verbless, governed=governed))
    relative = _antecedent_of_relative(verbless)
    if relative:
        return relative, bool(phrases.PRONOUN.fullmatch(relative))
    finite = verb_of(clause) if clause else None
    if finite and governed and _PARTICIPLE.match(clause, finite.start()):
        finite = None
    phrase = clean(clause[: finite.start()] if finite and clean(clause[: finite.start()]) else clause)
    back = re.match(r"(?:it|they|we|he|she)\b", phrase, re.I)
    phrase = back[0] if back else phrase
    held = phrases.SHARE_OF.match(phrase)
    if held and not re.search(r"\b(?:of|in)\b", phrase[held.end() : held.end() + 4]):
        phrase = clean(held["holder"])
    phrase = re.sub(r"\Athe (?=same\b)", "", timeless(phrase), flags=re.I)
    if re.fullmatch(r"could|would|may|might|will|can|should|must|ha[sd]|have|is|was|are|were", phrase, re.I):
        phrase = ""
    if phrases.AMOUNTING.match(phrase):
        phrase = main_subject(verbless)
    bare = _BARE.search(left) if not phrase else None
    if bare and can_hold(bare["who"]):
        return bare["who"], False
    if not phrase or (phrases.NUMBERED.fullmatch(phrase[:1]) and len(phrase) < 4):
        phrase = main_subject(verbless) if alone else ""
    if not phrase:
        return None, True
    phrase = re.sub(r"\A(?:the )?share of\s+", "", phrase, flags=re.I)
    if _ITS_SHARE.match(phrase):
        return phrase[: phrase.index(" ")], True
    return phrase, bool(phrases.PRONOUN.fullmatch(phrase))


def timeless(clause: str) -> str:
    """A clause without the time that it begins with.

    >>> timeless("A year earlier the same group held"), timeless("Last spring, Kimi took"), timeless("May")
    ('the same group held', 'Kimi took', 'May')
    """
    head = clause.lstrip()
    rest = head
    for _ in range(3):
        rest = phrases.TIME_HEAD.sub("", phrases.HEAD.sub("", rest))
    return rest if rest.strip() else head


def _last_clause(left: str, *, governed: bool) -> str:
    """The words of the clause that the number stands in; empty where the clause has no subject of its own.

    `governed` is True where a verb stood behind `left`, so that a "with" in it describes the subject.
    """
    part = phrases.BOUNDARY.split(left)[-1]
    inner = re.search(
        r"(?P<before>[^,;:()—–]{3,60}?)\s(?:with|without|as|like)\s+\Z", left[: len(left) - len(part)]
    )
    if inner and (governed or verb_of("  " + part)):
        before = clean(phrases.BOUNDARY.split(inner["before"])[-1])
        if can_hold(before) and not phrases.FINITE.search(before):
            return left[left.rindex(before, 0, len(left) - len(part)) :]
    if (
        not clean(part)
        or phrases.LINK.fullmatch(part.strip())
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
    if phrases.BOUNDARY.search(behind) or (clean(behind) and not phrases.FINITE.match(behind.lstrip())):
        return None
    if re.search(
        r"\b(?:say|says|said|found|shows?|showed|noted?|notes|estimates?|reported|claims?|warns?|believes?|data|evidence|times|meaning)\s*\Z",
        left[: pronoun.start()],
    ):
        return None
    phrase = re.split(
        r",(?!\d)|[;:(—–]|\b(?:to|by|with|for|at|on|as|is|are|was|were|beat|behind|than|like|from|about|especially|including)\b",
        left[: pronoun.start()],
    )[-1]
    infinitive = re.search(r"\bto\s*\Z", left[: max(0, left.rfind(phrase, 0, pronoun.start()))])
    if infinitive or re.match(r"\s*[a-z]+ing\b", phrase):
        phrase = re.split(r"\b(?:of|an?|the|its|their)\s+", phrase)[-1]
    return clean(phrase) or None


def main_subject(left: str) -> str:
    """The first noun phrase of the sentence, before its first verb."""
    sentence = timeless(phrases.LEADING_PP.sub("", clean_start(left)))
    finite = verb_of(sentence) or re.search(r"\sto\s+[a-z]", sentence)
    phrase = clean(sentence[: finite.start()] if finite else re.split(r"[,;:]", sentence)[0])
    return phrase if len(phrase.split()) <= 14 else ""


def clean_start(sentence: str) -> str:
    """A sentence without bullet, quotation mark and leading adverb."""
    return phrases.HEAD.sub("", sentence.lstrip(' \t\n-•*#>"“'))


def is_pronoun(words: str) -> bool:
    """Whether a holder's words only point back.

    >>> is_pronoun("the company"), is_pronoun("Kimi")
    (True, False)
    """
    return bool(phrases.PRONOUN.fullmatch(words))


_SAID: Final = expression(
    r"\b(?:says?|said|saying|told|claims?|claimed|thinks?|believes?|expects?|estimates?|estimated|found|finds|reckons?|wrote|writes|showed|shows)\b"
)


def clause_before(left: str, pronoun: str) -> str | None:
    """The subject of an earlier clause of the sentence that a pronoun takes up: "Wind lags: it supplied".

    A speaker is no answer, nor one thing where the pronoun means several.
    """
    at = left.lower().rfind(pronoun.lower())
    if at < 8 or pronoun.lower() not in ("it", "they", "its", "their"):
        return None
    earlier = left[:at]
    who = main_subject(earlier)
    if not can_hold(who) or is_source(who) or phrases.PRONOUN.fullmatch(who) or len(who.split()) > 6:
        return None
    if _SAID.search(earlier[-40:]) or "," in who:
        return None
    several = bool(re.search(r"s\Z|\band\b", who)) and not re.search(r"(?:ss|us|is|['’]s)\Z", who)
    if (pronoun.lower() in ("they", "their")) != several and who[0].islower():
        return None
    return who
