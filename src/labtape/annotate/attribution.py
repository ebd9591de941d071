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
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from labtape.annotate import share_phrases as phrases
from labtape.annotate.clause_subject import clause_before, clean, main_subject, subject_before, verb_of
from labtape.annotate.holder_words import can_hold, is_source
from labtape.annotate.share_behind import came_from, described, given_to, object_before, told_behind
from labtape.annotate.share_cues import WHOLES
from labtape.annotate.share_lists import next_item
from labtape.expressions import expression

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
    is_row: bool = False  # said of a row of numbers that takes up the holders of the row before
    is_behind: bool = False  # the holder stands behind the number, and the next ones of a list do, too


def holding(setting: Setting, rule: str, gap: str | None = None) -> Holding:
    """Holder, metric and whole of one share, as far as its own sentence tells.

    `gap` is the text since the share before in the same sentence: a holder must stand in it, or is that
    share's.
    """
    glued = deque(_GLUED.finditer(setting.left), maxlen=1)
    if glued:
        left = setting.left[glued[0].end() :]
        gap = None if gap is not None and len(left) < len(gap) else gap
        setting = replace(setting, left=left)
    metric, whole, owner, rest = _whole(setting)
    which = _OF_WHICH_RIGHT.match(setting.right)
    if which:
        return _right_subject(setting, metric, whole, owner, setting.right[which.end() :])
    going = phrases.PART_GOING.search(setting.left) or phrases.PART_GOING.search(setting.right)
    if going and gap is None:
        who = clean(going["holder"])
        return Holding(who, _locate(setting, who), divided(going["whole"]), going["whole"])
    given = given_to(setting.left, setting.right)
    if given:
        who = clean(given[0])
        return Holding(
            who,
            _locate_behind(setting, who),
            divided(given[1]) if given[1] else metric,
            given[1] or whole,
            owner=owner,
            is_behind=True,
        )
    source = came_from(setting.left, setting.right) or (
        described(setting.left, setting.right)
        if whole is None and not re.search(r"\b(?:in|of)\b", setting.quantity.text)
        else None
    )
    if source:
        who = clean(source)
        return Holding(who, _locate_behind(setting, who), metric, whole, owner=owner, is_behind=True)
    joined = phrases.AND_CLAUSE.search(gap) if gap is not None else None
    if joined and can_hold(clean(joined["who"])):
        who = clean(joined["who"])
        return Holding(
            who,
            _locate(setting, who),
            metric,
            whole,
            owner=owner,
            is_pronoun=bool(phrases.PRONOUN.fullmatch(who)),
        )
    gapped = phrases.GAPPED.search(gap) if gap is not None else None
    if (
        gapped
        and can_hold(clean(gapped["who"]))
        and not phrases.FINITE.search(gapped["who"], 2)
        and not re.search(r"\b(?:in|by|from) (?:19|20)\d\d\Z|\A(?:In|By|From|At|On)\b", gapped["who"])
    ):
        who = clean(gapped["who"])
        return Holding(who, _locate(setting, who), metric, whole, owner=owner)
    aside = phrases.ASIDE.search(gap) if gap is not None else None
    if aside:
        return Holding(aside["who"], _locate(setting, aside["who"]), metric, whole, owner=owner)
    item = next_item(gap) if gap is not None and not _gets_from(gap, whole, rest) else None
    if item:
        return Holding(item, _locate(setting, item), metric, whole, owner=owner)
    put = object_before(gap if gap is not None else setting.left, setting.right)
    if put:
        who = clean(put)
        back = bool(_PUT_BACK.match(who) or phrases.PRONOUN.fullmatch(who))
        return Holding(who, _locate(setting, who), metric, whole, owner=owner, is_pronoun=back)
    if gap is not None and not phrases.BOUNDARY.search(gap.strip(" ,") + " "):
        return Holding(None, None, metric, whole, owner=owner, is_pronoun=True)
    left = gap if gap is not None else setting.left
    topic = phrases.OF_TOPIC.search(left) if whole is None else None
    if topic:
        whole, metric = topic["whole"], divided(topic["whole"])
    of_what = phrases.WHOSE_SHARE.search(setting.left) if whole is None else None
    if of_what:
        whole, metric = of_what["whole"], divided(of_what["whole"])
    gets = phrases.GETS.search(left)
    behind = phrases.FROM.match(rest) if rest else None
    if gets and behind and whole and _owned(whole, left):
        got = subject_before(left[: gets.start()], alone=True)[0]
        return Holding(clean(behind["holder"]), None, metric, whole, owner=got or owner)
    if (
        whole is None
        and metric is None
        and (gap is None or _NEW_CLAUSE.search(gap))
        and (bool(topic) or _is_topic(left) or _OF_WHICH.search(left))
    ):
        told = told_behind(setting.right)
        if told:
            who = clean(told)
            return Holding(who, _locate_behind(setting, who), None, None, owner=owner, of_whole=True)
    if whole and re.match(r"\s*[A-Za-z]", rest) and gap is not None and _NEW_CLAUSE.search(gap):
        return _right_subject(setting, metric, whole, owner, rest)
    passive = bool(whole) and (bool(topic) or _is_topic(left)) and (gap is None or bool(behind))
    silent = passive and _is_silent(rest) and not (whole and len(whole.split()) > 4 and _PURE.search(left))
    if passive and not silent:
        return _right_subject(setting, metric, whole, owner, rest)
    subject, pronoun = subject_before(
        phrases.CLOSED.sub("\x01\\1\x02", phrases.ACRONYM.sub("", left)), alone=gap is None
    )
    if silent and (subject is None or pronoun or subject in (metric, whole)):
        label = _label(setting.left)
        if label:
            subject, pronoun = label, False
        elif subject is None and not setting.left.strip(' \n\t"“”#*•-–—'):
            return _right_subject(setting, metric, whole, owner, rest)
    if metric is None and subject and rule == "from-to":
        metric = _category(subject)
    if subject and not pronoun and not can_hold(subject):
        subject, pronoun = _next_best(subject, left, alone=gap is None)
    if pronoun and gap is None and subject:
        own = clause_before(setting.left, subject)
        if own:
            subject, pronoun = own, False
    if subject and not pronoun and not can_hold(subject):
        subject, pronoun = None, True
    at = _locate(setting, subject)
    return Holding(subject, at, metric, whole, owner=owner, is_pronoun=pronoun)


def _gets_from(left: str, whole: str | None, rest: str) -> bool:
    """Whether the clause says what its subject gets of its whole from another."""
    return bool(whole and phrases.GETS.search(left) and phrases.FROM.match(rest) and _owned(whole, left))


_PUT_BACK: Final = expression(r"(?:it|them|that|this|these|those|its|their)\b", re.IGNORECASE)
_AFTER_PP: Final = expression(
    r"(?:in|at|on|among|over|across|for|within|under|by|of)\s.*?\s(?P<who>[A-Z][\w.&’'-]*(?:\s+[A-Z0-9][\w.&’'-]*)*(?:\s+(?:and\s+[A-Z][\w.&’'-]*|[a-z]+))?)\Z"
)
_OF_WHICH: Final = expression(r"\bof (?:which|whom|them|those|these)\s*,?\s*(?:only|just|about|some)?\s*\Z")
_OF_WHICH_RIGHT: Final = expression(
    r"\s+of (?:which|whom|them|those|these|it|that)\s+(?=(?:(?:now|already|still)\s+)?(?:comes?|came|is|are|was|were|goes|went|belong\w*|run|runs)\b)"
)
_GLUED: Final = expression(r"(?<=[a-z0-9%)])\.(?=[A-Z][a-z])")
"""A sentence set right against the one before, as page furniture leaves them: "of YouTube.Rot makes"."""
_NEW_CLAUSE: Final = expression(
    r"[,;:—–]\s*(?:and|while|but|whereas|yet)?\s*(?:about|nearly|some|only|just|another|around|almost)?\s*\Z"
)


def _is_silent(rest: str) -> bool:
    """Whether nothing is said of the part behind its whole: no verb before the clause ends."""
    return bool(_SET_AGAINST.match(rest)) or (
        bool(_SILENT.match(rest)) and not phrases.FINITE.search(re.split(r"[,;.()—–:\n]", rest)[0])
    )


_SET_AGAINST: Final = expression(
    r"\s*(?:\Z|[,;.()—–!?\n-]|(?:against|versus|vs|compared|up|down|than)\b)", re.IGNORECASE
)
_PURE: Final = expression(
    r"(?:\A|\b(?:that|found|finds|because|as|said|showed|shows|meaning|but|while)\b|[.:;—–]\s|\b[Ii]n [A-Z]\w+(?: \d+)?,)[\s\"“”]*\Z"
)
_SILENT: Final = expression(
    r"\s*(?:\Z|[,;.()—–!?\n-]|(?:with|without|against|versus|compared|up|down|than|and|while|but|in|on|at|for|last|this|as|by)\b(?!\s+[a-z]+ing\b))",
    re.IGNORECASE,
)
_SAYS: Final = expression(r"\b(?:says?|said|estimates?|reckons?|reported|counted|shows?)\b")
_HAS_VERB: Final = expression(r"\b(?:is|are|was|were|has|have|had)\b")
_OWNED_SHARE: Final = expression(
    r"(?P<who>(?:(?:the|its)\s+)?(?:[\w.&-]+\s+){0,2}[\w.&-]+)(?:['’]s?|s['’])\s+(?:[a-z]+\s+){0,2}(?:share|slice|portion|cut|part|weight|contribution)\b"
)
_THAT_OF: Final = expression(
    r"\b(?:that|those|the (?:share|portion|slice|part)) of\s+(?P<who>[^,;.:()]{2,60})"
)
_BACK_AT_END: Final = expression(
    r"\b(?:it|they|its|their|(?:the|that|this|its|their) (?:figures?|numbers?|share|portion|slice|proportion|ratio|line|part|count|tally))\Z",
    re.IGNORECASE,
)


def _next_best(words: str, left: str, *, alone: bool) -> tuple[str | None, bool]:
    """Who holds where the clause gave words that cannot hold: what it points back with, else the sentence's subject."""
    back = _BACK_AT_END.search(words)
    if back:
        return back[0], True
    owned = _OWNED_SHARE.search(words)
    if owned:
        return owned["who"], bool(phrases.PRONOUN.fullmatch(owned["who"]))
    that_of = deque(_THAT_OF.finditer(left), maxlen=1)
    if that_of:
        verb = phrases.FINITE.search(that_of[0]["who"], 1)
        who = clean(that_of[0]["who"][: verb.start()] if verb else that_of[0]["who"])
        if can_hold(who):
            return who, False
    behind = re.match(_AFTER_PP.pattern, words) or (
        re.match(_AFTER_PP.pattern, words[:1].lower() + words[1:]) if len(words.split()) > 3 else None
    )
    if behind and can_hold(behind["who"]):
        return behind["who"], False
    if not alone:
        for piece in re.split(r"[,;]\s", left)[1:]:
            if _SAYS.search(piece):
                continue
            verb = verb_of(piece)
            who = clean(piece[: verb.start()] if verb else piece)
            if who[:1].isupper() and can_hold(who) and not is_source(who):
                return who, bool(phrases.PRONOUN.fullmatch(who))
        return None, True
    last = words.split()[-2:]
    if (
        len(words.split()) > 4
        and "," not in words
        and not _HAS_VERB.search(words)
        and can_hold(" ".join(last))
    ):
        return " ".join(last), False
    main = main_subject(left)
    short = clean(main.split(",")[0])
    for phrase in (short, main) if re.search(r",\s+(?:once|long|still|which|who)\b", main) else (main, short):
        if can_hold(phrase) and not is_source(phrase):
            return phrase, bool(phrases.PRONOUN.fullmatch(phrase))
    return None, True


def _category(subject: str) -> str | None:
    """What a category that rises "from 11% to 50%" is a part of: its own kind of thing."""
    nouns = re.findall(rf"\b(?:{WHOLES})\b", subject, re.I)
    return str(nouns[-1]).lower() if nouns else None


def _owned(whole: str, left: str) -> bool:
    return bool(
        phrases.OWNERS.match(whole)
        or phrases.POSSESSIVE.match(whole)
        or re.search(r"revenue|sales|income|profit|spend|traffic|budget|capex|business", whole, re.I)
    ) and bool(left.strip())


def _is_topic(left: str) -> bool:
    """True when the number itself begins the clause: nobody stands before it who could hold it."""
    if phrases.APPOSITION.search(left) and phrases.FINITE.search(left):
        return False
    if phrases.COUNT_BEFORE.search(left) and (
        phrases.FINITE.search(left) or re.search(r"\w\s+to\s+[a-z]", left)
    ):
        return False
    if re.search(
        r"\b(?:that|which|who)\s+(?!(?:only|just|about|some|around|nearly|almost|roughly|over|at|even|an?|the)\b)[a-z]+\s*\Z",
        left,
    ):
        return False
    if re.search(r"(?<!,) (?:with|at|by|to|from|has|have|of)\s+\Z", left) and phrases.FINITE.search(left):
        return False
    tail = phrases.HEAD.sub("", phrases.BOUNDARY.split(left)[-1])
    acts = phrases.ACTS.search(tail)
    if acts and phrases.FINITE.match(acts["verb"]):
        return False
    tail = re.sub(r"\A(?:in|by|at|during|for|since|as of|of|among)\b.*", "", tail.strip(), flags=re.I)
    return len(tail.strip(' "“”‘’-–•*#(>')) <= 3 or bool(
        re.fullmatch(
            r"(?:only|just|about|some|around|an?|the|and|with only|with|while|even|more|now|today|roughly|found|alone|an? (?:whopping|staggering|mere|massive|record|full|total))",
            tail.strip(' "“'),
            re.I,
        )
    )


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
        not share["rest"]
        or not phrases.PERIODIC.sub("", " in " + share["rest"].split(",")[0].rstrip(". ")).strip()
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
                r"\s+(?P<rest>(?!(?:of|in|on|at|by|from|to|and|or|is|are|was|were|for|as|up|down|year|compared|last|with|this|over|during|since|according|while|but|so|than|share)\b)[A-Za-z][\w-]*(?:\s+[\w-]+){0,6}?)(?=\s+(?:comes?|came|trac\w*|are|is|were|was|come|go|goes|went|use|from)\b)",
                right,
            )
            if setting.quantity.unit == "fraction"
            else None
        )
        if not bare:
            return None, None, None, right
        text = bare["rest"]
        return divided(text), text, None, right[bare.end() :]
    rest = (share or of)["rest"]  # type: ignore[index]  # one of them matched
    stop = phrases.STOP_WHOLE.search(rest)
    phrase = rest[: stop.start()] if stop else rest
    after = rest[len(phrase) :]
    cut = _cut_from(phrase)
    if cut and not re.search(r"market share|share of", right[:20]):
        after, phrase = phrase[cut:] + after, phrase[:cut]
    phrase = phrases.PERIODIC.sub("", " " + phrase).strip(' \t*#-–—"“”!?')
    phrase = re.sub(r"(?<![A-Z])\.\Z", "", phrase)
    phrase = re.sub(r"\s+(?:in|by|on|at|for|from|to|of|and|or|during|since|as)\Z", "", phrase)
    if _BACK.fullmatch(phrase):
        named = deque(
            _WHOLE_NOUN.finditer(setting.full, max(0, setting.quantity.start - 220), setting.quantity.start),
            maxlen=1,
        )
        noun = str(named[0][0]).lower() if named else None
        return noun, noun, None, after
    owner = phrases.POSSESSIVE.match(phrase)
    role = re.match(r"\s*as (?P<role>customers|clients|users|subscribers|partners)\b", after)
    if role:
        return role["role"], phrase, None, after[role.end() :]
    return divided(phrase), phrase or None, owner["owner"] if owner else None, after


_BACK: Final = expression(r"(?:them|those|these|that|which|it|this)", re.IGNORECASE)
_WHOLE_NOUN: Final = expression(rf"\b(?:{WHOLES})\b", re.IGNORECASE)


def _cut_from(phrase: str) -> int | None:
    """Where "from HOLDER" begins inside a whole such as "its revenue from launching satellites"."""
    match = re.search(r"\s+from\s+(?!(?:the )?(?:top|largest))", phrase)
    return match.start() if match and match.start() > 2 else None


def divided(phrase: str) -> str | None:
    """What is divided: the whole without owner, determiner and place; a market is divided by what it sells.

    >>> divided("the world's AI chip market"), divided("5 trillion tokens on the router")
    ('AI chip sales', 'tokens')
    """
    bare = phrases.POSSESSIVE.sub("", phrase)
    bare = phrases.DETERMINER.sub("", phrases.AMOUNT.sub("", bare.strip()))
    pp = phrases.PP.search(bare)
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
    rest = _COORDINATED.sub(" ", rest, count=1)
    behind = phrases.FROM.match(rest)
    if behind:
        holder = clean(phrases.STOP_WHOLE.split(behind["holder"])[0] or behind["holder"])
        holder = phrases.PERIODIC.sub("", " " + holder).strip()
        if holder:
            start = setting.full.find(holder, setting.right_at)
            return Holding(
                holder,
                (start, start + len(holder)) if start >= 0 else None,
                metric,
                whole,
                owner=owner,
                is_behind=True,
            )
    using = phrases.USING.match(rest)
    if using:
        what = clean(phrases.PERIODIC.sub("", " " + using["what"]).strip())
        if _PUT_BACK.match(what) or re.fullmatch(
            r"the (?:service|product|tool|app|chatbot|platform|company)", what
        ):
            return Holding(None, None, metric, whole, owner=owner, is_pronoun=True)
        start = setting.full.find(what, setting.right_at)
        return Holding(
            f"{what} users" if metric and re.search(r"user|customer|people", metric, re.I) else what,
            (start, start + len(what)),
            metric,
            whole,
            owner=owner,
            is_behind=True,
        )
    noun = metric.split()[-1] if metric else "part"
    being = phrases.IS_WHAT.match(rest)
    if being:
        what = clean(being["what"])
        known = bool(re.search(r"s\Z|ers\b", what)) and not re.search(r"ed\Z", what)
        return Holding(what if known else f"{what} {noun}", None, metric, whole, owner=owner, of_whole=True)
    does = re.split(r"[,;.()—]|\b(?:while|but|because)\b", rest)[0].strip()
    words = " ".join(does.split()[:12])
    if not words:
        label = _label(setting.left)
        if label:
            return Holding(label, _locate(setting, label), metric, whole, owner=owner)
    told = whole if whole and len(whole.split()) > 4 else metric or whole
    return Holding(
        f"{metric or whole} that {words}" if words else told,
        None,
        metric,
        whole,
        owner=owner,
        of_whole=True,
    )


_COORDINATED: Final = expression(
    r"\A\s*and\s+(?:(?:nearly|almost|about|over|roughly|some)\s+)?(?:half|a third|a quarter|two[- ]thirds|[\d.]+\s?(?:%|percent|per cent)) of [^,;.]{3,60}?\s(?=(?:have|has|use|uses|are|is|were|was|say|come|go)\b)"
)
_LABEL: Final = expression(
    r"(?:\A|[\n•;.!?→]\s|\s[-–—*]\s|[-–—*•]\s)\s*(?P<who>[^;:\n•→]{2,70}?)\s*(?:[:,—–=]|\b(?:at|with|now)\b)\s*(?:(?:at|with|now|only|just|some|about|an?|the|\()\s*)*\Z"
)


def _label(left: str) -> str | None:
    """The words before a colon or comma that the number is set against: "Cloud: ", "Women, "."""
    match = _LABEL.search(left[-100:])
    who = clean(match["who"]) if match else ""
    verb = phrases.FINITE.search(who)
    who = clean(who[: verb.start()] if verb else who)
    return who if can_hold(who) and not is_source(who) else None


def _locate_behind(setting: Setting, subject: str) -> tuple[int, int] | None:
    at = (
        setting.full.find(subject, setting.right_at, setting.right_at + len(setting.right)) if subject else -1
    )
    return (at, at + len(subject)) if at >= 0 else None


def _locate(setting: Setting, subject: str | None) -> tuple[int, int] | None:
    if not subject:
        return None
    at = setting.full.rfind(subject, setting.left_at, setting.quantity.start)
    return (at, at + len(subject)) if at >= 0 else None
