"""Sentences a desk would send, each bound to what it rests on.

Three kinds of support: `quoted` (the words of the article, in quotation marks), `derived` (made from
extracted fields, whose spans are the evidence) and `rule` (a house rule or a dated event of the lexicon,
named in `rule`). A name or a number stands in a sentence only if its evidence holds it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from labtape.signal.house import Hit
from labtape.signal.target import Target
from labtape.signal.words import Words, event_words, rule_words
from labtape.types import Analogue, Annotated, Sentence, Share, Span, State

QUOTE_CHARS: Final = 170
MOST_SHARES: Final = 6
# A dated event with a known reaction is told instead of a nearer one without, if it is nearly as near.
NEARLY: Final = 0.05
_FIGURE = re.compile(
    r"(?:US|HK|C|A)?[$€£¥₩]\s?\d[\d.,]*(?:\s?(?:million|billion|trillion|mn|bn|tn|[mbtMBT])\b)?|\d[\d.,]*\s?(?:%|percent\b|per cent\b)"
    r"|\d[\d.,]*\s?(?:万|百|千)?亿(?:美元|元|港元)?"
)
# Datelines, credits and the like, run together with the first sentence by whoever stripped the page.
_FRONT_MATTER = re.compile(
    r"\b(?:Image Credits?|Posted:|Senior Editor|Contributing Writer|Staff Writer|Getty Images|Written by)|"
    r"\b\d{1,2}:\d\d\s?[ap]\.?m\b|\b\d{1,2}:\d\d [AP]M\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Case:
    """What the sentences are made of: the article, the decision, and what speaks for each side.

    `leading` are the hits that carried the verdict, `against` those of the other side, `event` the main event's type, `states` the
    geopolitical line.
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

    @property
    def words(self) -> Words:
        return rule_words(self.leading[0].rule.id) if self.leading else event_words(self.event)

    @property
    def rule(self) -> str:
        return self.leading[0].rule.id if self.leading else f"event:{self.event}"

    @property
    def place(self) -> tuple[Span, ...]:
        """Where the leading rule fired, else where the main event is told, else the headline."""
        if self.leading:
            return (self.leading[0].sentence,)
        full = self.annotated.article.full
        told = [
            Span(e.start, e.end)
            for e in self.annotated.events
            if e.type == self.event and not _FRONT_MATTER.search(full, e.start, e.end)
        ]
        return tuple(told[:1]) or headline(self.annotated)


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
        spans = _spans((*case.target.evidence, *case.place))
        conviction = ", with low conviction" if case.confidence < 0.55 else ""
        figure = _figure(case)
        return Sentence(
            f"{case.label} for {case.target.name}: {because}{figure}{conviction}.", spans, "derived"
        )
    if case.state == "mixed" and case.leading and case.against:
        spans = _spans((case.leading[0].sentence, case.against[0].sentence))
        other = rule_words(case.against[0].rule.id).because
        return Sentence(
            f"{case.label}: {because} against {other}; the text does not settle which wins.", spans, "derived"
        )
    if case.state == "no_transmission":
        text = f"{case.label}: {because}; it is news, but nothing in the text carries it to a listed company or a token."
        return Sentence(text, case.place, "rule", case.rule)
    text = f"{case.label}: {because}, and nothing in the text asks for another price."
    return Sentence(text, case.place, "rule", case.rule)


def rationale(case: Case) -> tuple[Sentence, ...]:
    """The note: what it says, what speaks against, the figures, the horizons, the history, the house rule."""
    if case.state in ("out_of_scope", "insufficient"):
        return (takeaway(case),)
    return (
        *said(case),
        *(_counter(case, hit) for hit in _by_rule(case.against)[:1]),
        *case.states,
        *figures(case.annotated.shares),
        short_term(case),
        long_term(case),
        history(case),
        *house_rule(case),
    )


def said(case: Case) -> tuple[Sentence, ...]:
    """What the article says for the verdict: by rule, or by the main event where no rule leads."""
    if case.leading or case.event == "other":
        return tuple(_quotation(case, hit) for hit in _by_rule(case.leading)[:2])
    full, because = case.annotated.article.full, case.words.because
    span = excerpt(full, case.place[0])
    quote = _one_line(full[span.start : span.end])
    return (Sentence(f"{because[0].upper()}{because[1:]}: “{quote}”.", (span,), "quoted", case.rule),)


def short_term(case: Case) -> Sentence:
    if case.state in ("out_of_scope", "insufficient"):
        return Sentence("Short term: no view.", headline(case.annotated), "rule", case.state)
    text = f"Short term: {case.words.soon}"
    if case.state == "no_transmission" and case.leading:
        text = f"{text}, and no listed company or token is tied to it in the text"
    return Sentence(f"{text}.", case.place, "rule", case.rule)


def long_term(case: Case) -> Sentence:
    if case.state in ("out_of_scope", "insufficient"):
        return Sentence("Long term: no view.", headline(case.annotated), "rule", case.state)
    return Sentence(f"Long term: {case.words.later}.", case.place, "rule", case.rule)


def history(case: Case) -> Sentence:
    """What followed the nearest dated events; says so where none is near."""
    if not case.analogues:
        text = "Similar historical pattern: none of the dated events on file is near enough to compare."
        return Sentence(text, case.place, "rule", "analogue:none")
    nearest = case.analogues[0]
    close = [a for a in case.analogues if a.similarity >= nearest.similarity - NEARLY]
    told = next((a for a in close if a.reaction), nearest)
    after = f"then {told.reaction}" if told.reaction else "no market reaction is on file"
    text = f"Similar historical pattern: {told.event}: {after}."
    return Sentence(text, case.place, "rule", f"analogue:{told.event[:10]}")


def house_rule(case: Case) -> tuple[Sentence, ...]:
    if not case.leading:
        return ()
    rule = case.leading[0].rule
    return (Sentence(f"House rule: {rule.says}", case.place, "rule", rule.id),)


def figures(shares: Sequence[Share]) -> tuple[Sentence, ...]:
    """The share figures as worded, and whether they may be compared."""
    shown = list({(s.start, s.end): s for s in shares}.values())[:MOST_SHARES]
    if not shown:
        return ()
    numbers = ", ".join(dict.fromkeys(f"{_bound(s)}{s.text}" for s in shown))
    keys = {s.comparability_key for s in shown}
    spans = _spans(tuple(s.sentence for s in shown))
    if len(shown) == 1:
        return (Sentence(f"Share figure on the tape: {numbers}.", spans, "derived"),)
    tail = "of one series" if len(keys) == 1 else "with different denominators or groups, so not one series"
    return (Sentence(f"Share figures on the tape: {numbers}; {tail}.", spans, "derived"),)


def would_change_if(case: Case) -> tuple[str, ...]:
    """Conditions under which the desk would look again; no view, no conditions."""
    if case.state in ("out_of_scope", "insufficient"):
        return ()
    own = case.words.watch
    other = (rule_words(case.against[0].rule.id).watch,) if case.against else ()
    kind = event_words(case.event).watch
    return tuple(dict.fromkeys((own, *other, kind)))[:3]


def excerpt(full: str, span: Span, *, around: Span | None = None) -> Span:
    """At most `QUOTE_CHARS` of a sentence, cut between words, with `around` inside it where given."""
    start, end = span.start, span.end
    while start < end and full[start].isspace():
        start += 1
    while end > start and full[end - 1].isspace():
        end -= 1
    if end - start <= QUOTE_CHARS:
        return Span(start, end)
    if around and around.end - start > QUOTE_CHARS:
        start = _word_start(full, max(start, min(around.start - 60, around.end - QUOTE_CHARS)), start)
    return Span(start, _word_end(full, start, min(end, start + QUOTE_CHARS)))


def _word_start(full: str, at: int, least: int) -> int:
    space = full.rfind(" ", least, at)
    return space + 1 if space >= 0 and at - space < 30 else at


def _word_end(full: str, start: int, at: int) -> int:
    space = full.rfind(" ", start, at)
    return space if space > start and at - space < 30 else at


def _quotation(case: Case, hit: Hit) -> Sentence:
    span = excerpt(case.annotated.article.full, hit.sentence, around=Span(hit.start, hit.end))
    because = rule_words(hit.rule.id).because
    quote = _one_line(case.annotated.article.full[span.start : span.end])
    return Sentence(f"{because[0].upper()}{because[1:]}: “{quote}”.", (span,), "quoted", hit.rule.id)


def _counter(case: Case, hit: Hit) -> Sentence:
    said = _quotation(case, hit)
    return Sentence(
        f"Against it, {said.text[0].lower()}{said.text[1:]}", said.evidence, "quoted", hit.rule.id
    )


def _one_line(text: str) -> str:
    return " ".join(text.split()).strip('“”" ')


def _by_rule(hits: Sequence[Hit]) -> list[Hit]:
    """The first hit of each rule, and no sentence twice."""
    chosen: list[Hit] = []
    for hit in hits:
        if all(hit.rule.id != h.rule.id and hit.sentence != h.sentence for h in chosen):
            chosen.append(hit)
    return chosen


def _figure(case: Case) -> str:
    """The first sum or percentage from the leading hit on, as worded; of a price move the size of a price move."""
    if not case.leading:
        return ""
    hit = case.leading[0]
    if hit.rule.type == "reaction":
        moves = (p for p in case.annotated.percentages if p.kind == "price_change")
        told = next((p.text for p in moves if hit.start <= p.start < hit.sentence.end), "")
    else:
        match = _FIGURE.search(case.annotated.article.full, hit.start, hit.sentence.end)
        told = match.group(0).strip() if match else ""
    return f" ({told})" if told else ""


def _bound(share: Share) -> str:
    word = {"about": "about ", "over": "over ", "under": "under "}.get(share.bound, "")
    return "" if share.text.lower().startswith(word.strip() or "\0") else word


def _spans(spans: Sequence[Span]) -> tuple[Span, ...]:
    return tuple(sorted(set(spans)))
