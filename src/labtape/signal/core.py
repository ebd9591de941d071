"""From predictions to signals: target, label, state, horizons, drivers, history, words, markets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

from labtape.ports import Model, Prediction
from labtape.signal.analogues import find_analogues
from labtape.signal.features import live_hits
from labtape.signal.horizons import LONG, SHORT
from labtape.signal.house import Hit
from labtape.signal.markets import entity_verdict, market_verdicts, score_of, subjects
from labtape.signal.mathematics import discounted, label_of, rounded
from labtape.signal.rationale import (
    Case,
    headline,
    long_term,
    rationale,
    short_term,
    takeaway,
    would_change_if,
)
from labtape.signal.states import states_line
from labtape.signal.target import NONE, UNNAMED, Target, find_target
from labtape.signal.ties import ties_line
from labtape.signal.told import as_told
from labtape.types import Annotated, Driver, Event, Horizon, Relevance, Signal, State, Verdict

if TYPE_CHECKING:
    from labtape.lexicon.entries import LabelSet, Lexicon

RELEVANT: Final = 0.5
MOST_DRIVERS: Final = 6
SHARES_LEAD: Final = 2
# Fewer letters than this, title and text together, are no news item: the shortest real one in the pool has 20.
LEAST_LETTERS: Final = 16
# From this strength on, a rule of the other side makes a Neutral verdict a mixed one.
FELT: Final = 0.5


def judge(
    annotated: Sequence[Annotated],
    *,
    model: Model,
    lexicon: Lexicon,
    now: datetime,
    any_topic: bool = False,
    told: Sequence[Annotated] | None = None,
) -> list[Signal]:
    """One signal per article, in order. With `any_topic` every text is judged, about AI or not.

    `told` are the same articles as a record shows them (`as_told`); made here where they are not given.
    """
    shown = as_told(annotated, model) if told is None else told
    labels = lexicon.label_sets[model.label_set_id]
    predictions = model.predict(annotated)
    asked = [
        subjects(a) if any_topic or _is_relevant(prediction) else ()
        for a, prediction in zip(annotated, predictions, strict=True)
    ]
    pairs = [(a, entity) for a, own in zip(annotated, asked, strict=True) for entity in own]
    by_entity = iter(model.predict_entities(pairs))
    signals = []
    for a, prediction, own in zip(shown, predictions, asked, strict=True):
        entities = {entity: next(by_entity) for entity in own}
        signals.append(_signal(a, prediction, entities, model, lexicon, labels, now, any_topic))
    return signals


def _is_relevant(prediction: Prediction) -> bool:
    return round(prediction.relevance, 4) >= RELEVANT


def _signal(
    a: Annotated,
    prediction: Prediction,
    entities: Mapping[str, Mapping[str, float]],
    model: Model,
    lexicon: Lexicon,
    labels: LabelSet,
    now: datetime,
    any_topic: bool,
) -> Signal:
    relevance = round(prediction.relevance, 4)
    in_scope = relevance >= RELEVANT or any_topic
    day = _day(a, now)
    target = find_target(a, lexicon, day) if in_scope else Target(NONE, "none")
    if relevance < RELEVANT and target.entity is None and in_scope:
        target = Target(UNNAMED, "what it is about")
    verdict = _verdict(a, prediction, target, lexicon, labels, day, in_scope)
    judged = tuple(
        entity_verdict(a, entity, verdict.p if entity == target.entity else p, lexicon, labels, _day(a, now))
        for entity, p in entities.items()
    )
    return Signal(
        article_id=a.article.id,
        made_at=now,
        model=model.ref,
        relevance=Relevance(relevance >= RELEVANT, relevance),
        verdict=verdict,
        entity_verdicts=judged,
        markets=market_verdicts(verdict, target, judged, lexicon, labels),
    )


def _verdict(
    a: Annotated,
    prediction: Prediction,
    target: Target,
    lexicon: Lexicon,
    labels: LabelSet,
    day: date,
    in_scope: bool,
) -> Verdict:
    is_long_enough = has_letters(a)
    judged = in_scope and is_long_enough
    p = told_p(prediction.p, prediction.relevance, labels, is_judged=judged)
    label = label_of(p)
    hits = live_hits(a, lexicon) if judged else ()
    sign = labels.signs[label]
    leading, against = sides(hits, sign)
    state = _state(sign, in_scope, is_long_enough, leading, against, a, target)
    analogues = find_analogues(a, lexicon, event=main_event(a), before=day) if judged else ()
    short, long = (rounded(own) if judged else p for own in (prediction.short, prediction.long))
    case = Case(
        annotated=a,
        target=target,
        label=label,
        state=state,
        sign=sign,
        confidence=p[label],
        leading=leading,
        against=against,
        event=main_event(a),
        analogues=analogues,
        states=states_line(a, target, lexicon.countries),
        ties=ties_line(target, lexicon, day),
        near=labels.signs[label_of(short)],
        far=labels.signs[label_of(long)],
    )
    moved_by = (drivers(a, hits), drivers(a, hits, lasting=True)) if judged else ((), ())
    return Verdict(
        target=target.id,
        label=label,
        p=p,
        score=score_of(p, labels),
        state=state,
        confidence=p[label],
        label_set=prediction.label_set if judged else (label,),
        horizons={
            SHORT: Horizon(label_of(short), short, short_term(case).text, moved_by[0]),
            LONG: Horizon(label_of(long), long, long_term(case).text, moved_by[1]),
        },
        drivers=moved_by[0],
        analogues=analogues,
        takeaway=takeaway(case),
        would_change_if=would_change_if(case),
        rationale=rationale(case),
    )


def has_letters(a: Annotated) -> bool:
    """Whether there is enough text to judge."""
    letters = (c for c in a.article.full if c.isalnum())
    return next(islice(letters, LEAST_LETTERS - 1, None), None) is not None


def told_p(
    p: Mapping[str, float], relevance: float, labels: LabelSet, *, is_judged: bool
) -> dict[str, float]:
    """What a record says of a model's p: rounded; of what is out of scope or too short only p times relevance."""
    return rounded(p if is_judged else discounted(p, relevance, labels.neutral))


def sides(hits: Sequence[Hit], sign: int) -> tuple[tuple[Hit, ...], tuple[Hit, ...]]:
    """The hits that carry a verdict of this sign and those against it, strongest first.

    A Neutral verdict is carried by the clash of two sides, or by a headline that leaves things open; otherwise by
    no rule, and the main event speaks.
    """
    order = sorted(hits, key=lambda h: (-h.strength, h.sentence, h.rule.id))
    by_sign = {s: tuple(h for h in order if h.rule.sign == s) for s in (1, 0, -1)}
    if sign:
        return _apart(by_sign[sign], by_sign[-sign])
    up, down = by_sign[1], by_sign[-1]
    if up and down and min(up[0].strength, down[0].strength) >= FELT:
        return _apart(up, down) if up[0].strength >= down[0].strength else _apart(down, up)
    return tuple(h for h in by_sign[0] if h.place == "title"), ()


def _apart(leading: tuple[Hit, ...], against: tuple[Hit, ...]) -> tuple[tuple[Hit, ...], tuple[Hit, ...]]:
    """Without objections from a sentence that already speaks for the verdict."""
    told = {h.sentence for h in leading}
    return leading, tuple(h for h in against if h.sentence not in told)


def _state(
    sign: int,
    in_scope: bool,
    is_long_enough: bool,
    leading: Sequence[Hit],
    against: Sequence[Hit],
    a: Annotated,
    target: Target,
) -> State:
    if not in_scope:
        return "out_of_scope"
    if not is_long_enough:
        return "insufficient"
    if sign:
        return "directional"
    if leading and against:
        return "mixed"
    has_news = (
        bool(leading)
        or bool(a.shares)
        or any(e.type not in ("other", "opinion", "research") for e in a.events)
    )
    return "no_transmission" if has_news and not target.is_listed else "flat"


def drivers(a: Annotated, hits: Sequence[Hit], *, lasting: bool = False) -> tuple[Driver, ...]:
    """What moved the verdict, heaviest first: each rule once, weights adding up to at most one; what `lasting` of a rule lasts."""
    if lasting:
        hits = [replace(h, strength=h.strength * h.rule.lasting) for h in hits if h.rule.lasting]
    total = sum(h.strength for h in hits) or 1.0
    order = sorted(hits, key=lambda h: (-h.strength, h.sentence, h.rule.id))
    by_rule: dict[str, list[Hit]] = {}
    for hit in order:
        by_rule.setdefault(hit.rule.id, []).append(hit)
    found = [
        Driver(
            _event_type(own[0]),
            own[0].rule.sign,
            round(sum(h.strength for h in own) / total, 4),
            tuple(sorted({h.sentence for h in own})),
        )
        for own in by_rule.values()
    ]
    if not found:
        if not a.events:
            return ()
        return (Driver(main_event(a), 0, round(max(e.p for e in a.events), 4), headline(a)),)
    return tuple(sorted(found, key=lambda d: (-d.weight, d.evidence)))[:MOST_DRIVERS]


def main_event(a: Annotated) -> str:
    """The type of the most probable event, `other` where none was found.

    Two share figures or more make an article with an adoption event one about adoption; so does a "price move" whose
    figure is a share of something.
    """
    if len(a.shares) >= SHARES_LEAD and any(e.type == "adoption_share" for e in a.events):
        return "adoption_share"
    if not a.events:
        return "other"
    main = max(a.events, key=lambda e: (e.p, -e.start))
    return "adoption_share" if main.type == "market_move" and _moves_a_share(main, a) else main.type


def _moves_a_share(event: Event, a: Annotated) -> bool:
    moved = any(p.kind == "price_change" for p in a.percentages)
    return not moved and any(event.start <= s.start < event.end for s in a.shares)


def _event_type(hit: Hit) -> str:
    return "market_move" if hit.rule.type == "reaction" else hit.rule.type


def _day(a: Annotated, now: datetime) -> date:
    """The day the article belongs to: published, else first seen, else now."""
    return (a.article.published_at or a.article.first_seen_at or now).date()
