"""Sentences a desk would send, each bound to what it rests on.

Three kinds of support: `quoted` (the words of the article, in quotation marks), `derived` (made from
extracted fields, whose spans are the evidence) and `rule` (a house rule, a relation or a dated event of the lexicon,
named in `rule`). A name or a number stands in a sentence only if its evidence holds it.

A note has only the lines that say something: quotation, a second reason, what speaks against, states, relations,
share figures, short term, long term, history, house rule.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from labtape.expressions import expression
from labtape.signal.house import Hit
from labtape.signal.quotes import best_hit, cut, piece, quality, telling
from labtape.signal.target import Target
from labtape.signal.words import Words, event_words, rule_words
from labtape.types import Analogue, Annotated, Sentence, Share, Span, State

MOST_SHARES: Final = 4
# A subject of a share figure of more words than this is a clause and no name.
SUBJECT_WORDS: Final = 4
METRIC_NEAR: Final = 60
# A dated event with a known reaction is told instead of a nearer one without, if it is nearly as near.
NEARLY: Final = 0.05
# Under this a dated event has its kind and little else in common: the note says so.
CLOSE: Final = 0.6
# A second reason is told if it is at least this firm beside the first one; a figure if it stands this near.
SECOND: Final = 0.5
FIGURE_NEAR: Final = 90
LOW: Final = 0.55

_MONEY = (
    r"(?:US|HK|C|A)?[$€£¥₩]\s?\d[\d.,]*(?:\s?(?:million|billion|trillion|mn|bn|tn|[mbtMBT])\b)?"
    r"|\d[\d.,]*\s?(?:万|百|千)?亿(?:美元|元|港元)?"
)
_PERCENT = r"\d[\d.,]*\s?(?:%|percent\b|per cent\b)"
_SUM, _PART, _EITHER = (expression(p) for p in (_MONEY, _PERCENT, f"{_MONEY}|{_PERCENT}"))
# What kind of figure is the size of what a rule of this type is about; other types have none.
_SIZES: Final = {
    "funding": _SUM,
    "ipo": _SUM,
    "mna": _SUM,
    "legal": _SUM,
    "partnership": _SUM,
    "capex_compute": _SUM,
    "earnings": _EITHER,
    "adoption_share": _PART,
    "pricing": _PART,
}
_NEW_CLAUSE = expression(r"[;；，。]|,\s(?=and|while|but|as)|\b(?:while|whereas|but)\b")
_STOPS: Final = tuple(".!?…。！？")
_INDEX = expression(r"\b(?:nasdaq|s&p|dow|index|indices|hang seng|nikkei|kospi|taiex)\b", re.IGNORECASE)
#: What a horizon says first where its prediction is not the verdict's: none of its own, one where the verdict has none, the opposite.
_SOON: Final = {
    "fades": "too little to move the next sessions; ",
    "leans": "the next sessions lean {side}; ",
    "other": "the first move may go the other way; ",
}
_LATER: Final = {
    "fades": "too little to last by itself; ",
    "leans": "the longer run leans {side}; ",
    "other": "the longer run may go the other way; ",
}
_OTHER_WAY: Final = {1: "down", -1: "up", 0: "none"}
_VAGUE = expression(
    r"(?:it|its|this|that|the|a|an|one|another|they|their|he|she|what|which|who)\b", re.IGNORECASE
)


@dataclass(frozen=True)  # no slots: what is found once is kept
class Case:
    """What the sentences are made of: the article, the decision, and what speaks for each side.

    `leading` are the hits that carried the verdict, `against` those of the other side, `event` the main event's type, `states` the
    geopolitical line, `ties` the line of relations, `near` and `far` the signs of the two horizons.
    """

    annotated: Annotated
    target: Target
    label: str
    state: State
    sign: int
    confidence: float
    leading: tuple[Hit, ...]
    against: tuple[Hit, ...]
    event: str
    analogues: tuple[Analogue, ...]
    states: tuple[Sentence, ...] = ()
    ties: tuple[Sentence, ...] = ()
    near: int = 0
    far: int = 0

    @property
    def is_wording(self) -> bool:
        """Whether a direction rests on the words of the report alone: no house rule names it."""
        return bool(self.sign) and not self.leading

    @property
    def words(self) -> Words:
        return rule_words(self.leading[0].rule.id) if self.leading else self.event_words

    @property
    def event_words(self) -> Words:
        if self.is_wording:
            return event_words(self.event, "up" if self.sign > 0 else "down")
        return event_words(self.event, "quiet" if self.state == "no_transmission" else "event")

    @property
    def horizon_words(self) -> Words:
        """Those of the leading rule; of a Neutral one that reaches nothing that trades those of its kind of event."""
        if self.leading and self.state == "no_transmission":
            kind = self.leading[0].rule.type
            return event_words(kind if kind != "reaction" else self.event, "quiet")
        return self.words

    @property
    def rule(self) -> str:
        if self.leading:
            return self.leading[0].rule.id
        return f"wording:{self.event}" if self.is_wording else f"event:{self.event}"

    @cached_property
    def place(self) -> tuple[Span, ...]:
        """Where the leading rule fired, else the sentence that tells the main event, else the headline."""
        if self.leading:
            return (self.leading[0].sentence,)
        told = telling(self.annotated, self.event, self.target)
        return (told,) if told else headline(self.annotated)

    @cached_property
    def said(self) -> tuple[Sentence, ...]:
        """What the note quotes for the verdict: it is also what an objection must not repeat."""
        return said(self)

    @cached_property
    def counters(self) -> tuple[Sentence, ...]:
        """What speaks against: in the note, and in what would change the verdict."""
        return counters(self)


def headline(annotated: Annotated) -> tuple[Span, ...]:
    """The span of the title; of the first sentence where there is no title."""
    title = annotated.article.title
    if title.strip():
        return (Span(0, len(title)),)
    return annotated.sentences[:1]


def takeaway(case: Case) -> Sentence:
    """One sentence for a trader."""
    because = case.words.because
    if case.state == "out_of_scope":
        return Sentence(
            "No view: not news that moves AI equities or AI tokens.",
            headline(case.annotated),
            "rule",
            "scope",
        )
    if case.state == "insufficient":
        return Sentence(
            "No view: the text is too short to judge.", headline(case.annotated), "rule", "length"
        )
    if case.state == "directional":
        return _directional(case)
    if case.state == "mixed" and case.leading and case.against:
        spans = _spans((*case.target.evidence, case.leading[0].sentence, case.against[0].sentence))
        other = rule_words(case.against[0].rule.id).because
        return Sentence(
            f"{case.label} for {case.target.name}: {because} against {other}; the text does not settle which wins.",
            spans,
            "derived",
        )
    if not case.leading and case.event == "other":
        return Sentence(f"{case.label}: the text names {because}.", case.place, "rule", case.rule)
    if case.state == "no_transmission":
        text = f"{case.label}: {because}; nothing in the text carries it to a listed company or a token."
        return Sentence(text, case.place, "rule", case.rule)
    text = f"{case.label} for {case.target.name}: {because}; nothing in the text calls for a new price."
    return Sentence(text, _spans((*case.target.evidence, *case.place)), "rule", case.rule)


def _directional(case: Case) -> Sentence:
    told, low = f"{case.label} for {case.target.name}", ", with low conviction"
    if case.is_wording:
        spans = _spans((*case.target.evidence, *case.place))
        return Sentence(f"{told} on wording alone: {case.words.because}{low}.", spans, "rule", case.rule)
    figure, places = _figure(case)
    conviction = low if case.confidence < LOW else ""
    spans = _spans((*case.target.evidence, *case.place, *places))
    return Sentence(f"{told}: {case.words.because}{figure}{conviction}.", spans, "derived")


def rationale(case: Case) -> tuple[Sentence, ...]:
    """The note: what it says, what speaks against, the relations, the figures, the horizons, the history, the house rule."""
    if case.state in ("out_of_scope", "insufficient"):
        return (takeaway(case),)
    return (
        *case.said,
        *case.counters,
        *case.states,
        *(case.ties if case.state in ("directional", "mixed") else ()),
        *figures(case.annotated),
        short_term(case),
        long_term(case),
        history(case),
        *house_rule(case),
    )


def said(case: Case) -> tuple[Sentence, ...]:
    """What the article says for the verdict: by rule, or by the main event where no rule leads."""
    if case.leading:
        first, *others = _by_rule(case, case.leading)
        firm = [h for h in others if h.place != "body" and h.strength >= SECOND * case.leading[0].strength]
        return (_quotation(case, first), *(_quotation(case, h, "Also") for h in firm[:1]))
    quote = cut(case.annotated, case.place[0])
    text = quote.text(case.annotated.article.full)
    sentence = Sentence(_stopped(text), (quote.span,), "quoted", case.rule)
    if not case.is_wording:
        return (sentence,)
    leans = "positive" if case.sign > 0 else "negative"
    honest = f"The wording of the report leans {leans}; no house rule names the mechanism."
    return (sentence, Sentence(honest, case.place, "rule", case.rule))


def counters(case: Case) -> tuple[Sentence, ...]:
    """The strongest reason of the other side, from a sentence that does not speak for the verdict already."""
    frame = "On the other side" if case.state == "mixed" else "Against that"
    told = {place for sentence in case.said for place in sentence.evidence}
    free = [
        h
        for h in case.against
        if not any(_overlap(h.sentence, place) for place in told)
        and quality(case.annotated, piece(case.annotated, h.sentence), case.target) > 0
    ]
    return tuple(_quotation(case, hit, frame) for hit in _by_rule(case, free)[:1])


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def short_term(case: Case) -> Sentence:
    if case.state in ("out_of_scope", "insufficient"):
        return Sentence("Short term: no view.", headline(case.annotated), "rule", case.state)
    turn = _turned(case.sign, case.near, _SOON)
    return Sentence(f"Short term: {turn}{case.horizon_words.soon}.", case.place, "rule", case.rule)


def long_term(case: Case) -> Sentence:
    if case.state in ("out_of_scope", "insufficient"):
        return Sentence("Long term: no view.", headline(case.annotated), "rule", case.state)
    turn = _turned(case.sign, case.far, _LATER)
    return Sentence(f"Long term: {turn}{case.horizon_words.later}.", case.place, "rule", case.rule)


def _turned(sign: int, own: int, words: Mapping[str, str]) -> str:
    """What a horizon says first where its prediction is not the verdict's."""
    if own == sign:
        return ""
    if not own:
        return words["fades"]
    return words["leans"].format(side="positive" if own > 0 else "negative") if not sign else words["other"]


def history(case: Case) -> Sentence:
    """What followed the nearest dated events; says so where none is near, or only loosely alike and without a reaction."""
    start = "Similar historical pattern:"
    nearest = case.analogues[0] if case.analogues else None
    close = [a for a in case.analogues if nearest and a.similarity >= nearest.similarity - NEARLY]
    told = next((a for a in close if a.reaction), nearest)
    if told is None or (told.similarity < CLOSE and not told.reaction):
        return Sentence(f"{start} none near enough on file.", case.place, "rule", "analogue:none")
    how = " (only loosely alike)" if told.similarity < CLOSE else ""
    after = f"then {told.reaction}" if told.reaction else "no market reaction is on file"
    return Sentence(f"{start} {told.event}{how}; {after}.", case.place, "rule", f"analogue:{told.event[:10]}")


def house_rule(case: Case) -> tuple[Sentence, ...]:
    """The rule that decided, where there was something to decide: a direction, and not a price move alone."""
    if not case.leading or case.state not in ("directional", "mixed"):
        return ()
    rule = case.leading[0].rule
    if rule.type == "reaction" and not case.against:
        return ()
    return (Sentence(f"House rule: {rule.says}", case.place, "rule", rule.id),)


def figures(annotated: Annotated) -> tuple[Sentence, ...]:
    """The share figures as worded, and whether they may be compared."""
    shares = sorted(annotated.shares, key=lambda s: s.role != "current")
    shown = list({(s.start, s.end): s for s in shares}.values())[:MOST_SHARES]
    if not shown:
        return ()
    numbers = "; ".join(dict.fromkeys(_share(s, annotated) for s in shown))
    keys = {s.comparability_key for s in shown}
    spans = _spans(tuple(s.sentence for s in shown))
    if not any(
        f"{share.text} of " in numbers for share in shown
    ):  # a number alone, of nothing that is named, tells a desk nothing
        return ()
    if len(shown) == 1:
        return (Sentence(f"Share stated: {numbers}.", spans, "derived"),)
    tail = (
        "They are one series."
        if len(keys) == 1
        else "They differ in whose share it is, or of what, so they are not one series."
    )
    return (Sentence(f"Shares stated: {numbers}. {tail}", spans, "derived"),)


def would_change_if(case: Case) -> tuple[str, ...]:
    """Conditions under which the desk would look again; no view, no conditions."""
    if case.state in ("out_of_scope", "insufficient"):
        return ()
    own = case.words.watch
    other = tuple(rule_words(s.rule).watch for s in case.counters if s.rule)
    return tuple(dict.fromkeys((own, *other)))


def _quotation(case: Case, hit: Hit, frame: str = "") -> Sentence:
    quote = cut(case.annotated, hit.sentence, Span(hit.start, hit.end))
    text = quote.text(case.annotated.article.full)
    reason = f"{frame}, {rule_words(hit.rule.id).because}: " if frame else ""
    return Sentence(_stopped(f"{reason}{text}"), (quote.span,), "quoted", hit.rule.id)


def _stopped(text: str) -> str:
    """With a full stop where the quotation does not bring its own mark."""
    return text if text.rstrip("”’\"'")[-1:] in _STOPS else f"{text}."


def _by_rule(case: Case, hits: Sequence[Hit]) -> list[Hit]:
    """The most telling hit of each rule, the strongest rule first, and no sentence twice."""
    by_rule: dict[str, list[Hit]] = {}
    for hit in hits:
        by_rule.setdefault(hit.rule.id, []).append(hit)
    chosen: list[Hit] = []
    for own in by_rule.values():
        free = [h for h in own if all(h.sentence != c.sentence for c in chosen)]
        if free:
            chosen.append(best_hit(case.annotated, free, case.target))
    return chosen


def _figure(case: Case) -> tuple[str, tuple[Span, ...]]:
    """The size of what the leading rule is about, as worded beside it, and the sentence that says so."""
    rule = case.leading[0].rule
    for hit in dict.fromkeys((case.leading[0], _by_rule(case, case.leading)[0])):
        told = _move(case, hit) if rule.type == "reaction" else _size(case, hit)
        if told:
            return f" ({told})", (hit.sentence,)
    return "", ()


def _size(case: Case, hit: Hit) -> str:
    pattern = _SIZES.get(hit.rule.type)
    last = min(hit.sentence.end, hit.end + FIGURE_NEAR)
    match = pattern.search(case.annotated.article.full, hit.start, last) if pattern else None
    return match.group(0).strip() if match else ""


def _move(case: Case, hit: Hit) -> str:
    """The price move nearest behind the words of the move, in their clause, and not of another name than the target."""
    full = case.annotated.article.full
    for p in case.annotated.percentages:
        if p.kind != "price_change" or not hit.start <= p.start < min(
            hit.sentence.end, hit.end + FIGURE_NEAR
        ):
            continue
        words, behind = full[hit.start : p.end], full[hit.end : p.start]
        is_its_own = not _INDEX.search(words) or case.target.entity is None
        if p.direction != _OTHER_WAY[hit.rule.sign] and is_its_own and not _NEW_CLAUSE.search(behind):
            return "" if _is_of_another(case, hit, p.end) else p.text
    return ""


def _is_of_another(case: Case, hit: Hit, end: int) -> bool:
    """Whether the sentence up to the figure names organisations, and the target is none of them."""
    labs = {m.lab for m in case.annotated.mentions if m.lab and hit.sentence.start <= m.start < end}
    return bool(labs) and case.target.entity is not None and case.target.entity not in labs


def _share(share: Share, annotated: Annotated) -> str:
    """`about 61% of tokens (Zhipu)`: of what, where that follows the figure, and a holder that is known."""
    full = annotated.article.full
    behind = full[share.end : min(share.end + METRIC_NEAR, share.sentence.end)]
    metric = share.metric or "\0"
    of = f" of {metric}" if re.match(rf"\s*of (?:\w+ )?{re.escape(metric)}", behind) else ""
    who = share.subject or ""
    is_name = share.subject_labs and who in full[share.sentence.start : share.sentence.end]
    named = f" ({who})" if is_name and len(who.split()) <= SUBJECT_WORDS and not _VAGUE.match(who) else ""
    return f"{_bound(share)}{share.text}{of}{named}"


def _bound(share: Share) -> str:
    word = {"about": "about ", "over": "over ", "under": "under "}.get(share.bound, "")
    return "" if share.text.lower().startswith(word.strip() or "\0") else word


def _spans(spans: Sequence[Span]) -> tuple[Span, ...]:
    return tuple(sorted(set(spans)))
