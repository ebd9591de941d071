"""Stories made by hand, in our own words: one builder each for articles, records and stories."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from labtape.lexicon.entries import EventType, Lab, LabelSet, Lexicon
from labtape.story_record import StoryRecord, story_record
from labtape.text.sentences import sentences
from labtape.types import (
    Article,
    Event,
    Geopolitics,
    Mention,
    ModelRef,
    Passage,
    Placement,
    Record,
    Relevance,
    Sentence,
    Share,
    Span,
    Story,
    Verdict,
)

START = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
SIGNS = {"Bullish": 1, "Neutral": 0, "Bearish": -1}


def hours(n: float) -> datetime:
    return START + timedelta(hours=n)


def article(
    id_: str, title: str, text: str = "", *, publisher: str | None = None, at: float = 0.0, **given: object
) -> Article:
    url = given.pop("url", f"https://news.example/{id_}")
    return replace(
        Article(id_, title, text, url, url, publisher, "en", hours(at), "second", hours(at)), **given
    )


def p3(up: float, down: float) -> dict[str, float]:
    return {"Bullish": up, "Neutral": round(1 - up - down, 4), "Bearish": down}


def record(
    a: Article,
    *,
    up: float = 0.1,
    down: float = 0.1,
    relevance: float = 0.9,
    target: str = "market:ai",
    state: str | None = None,
    labs: tuple[str, ...] = (),
    events: tuple[str, ...] = (),
    shares: tuple[Share, ...] = (),
    quotes: tuple[str, ...] = (),
    language: str = "en",
    act: bool = False,
) -> Record:
    """The record of an article whose summary is all sentences of its text."""
    p = p3(up, down)
    label = max(p, key=lambda name: p[name])
    full = a.full
    spans = tuple(s for s in sentences(full) if s.start > len(a.title))
    verdict = Verdict(
        target, label, p, round(up - down, 4), state or ("directional" if SIGNS[label] else "flat"), p[label],
        (label,), {}, (), (), Sentence("…", (), "rule"), (), (),
    )  # fmt: skip
    return Record(
        id=a.id, url=a.url, canonical_url=a.canonical_url, title=a.title, publisher=a.publisher, language=language,
        published_at=a.published_at, published_precision="second", first_seen_at=a.first_seen_at,
        scored_at=hours(100), available_at=hours(100), revision=1, content_hash=a.content_hash, input_hash="",
        engine="0", kb="0", model=ModelRef("rules", "1", ""), relevance=Relevance(relevance > 0.5, relevance),
        mentions=tuple(Mention(0, 1, full[:1], lab, lab, "subject", True, 1.0, "name") for lab in labs),
        unlinked=(), shares=shares, percentages=(),
        events=tuple(Event(type_, 0.9 - 0.1 * n, 0, 1, "cue") for n, type_ in enumerate(events)),
        geopolitics=Geopolitics(act, 0.9 if act else 0.0, stage="act" if act else "none"),
        verdict=verdict, entity_verdicts=(), markets=(), summary=spans,
        key_quotes=tuple(
            Passage(full.index(words), full.index(words) + len(words), words) for words in quotes
        ),
        story=Placement("s1"),
    )  # fmt: skip


def share(
    a: Article,
    words: str,
    value: float,
    *,
    off: float = 0.0,
    key: str = "k1",
    source: str | None = None,
    checks: tuple = (),
) -> Share:
    start = a.full.index(words)
    return Share(
        start, start + len(words), words, value, value - off, value + off, "about" if off else "exact", "current", "snapshot",
        "Chinese labs", ("country:CN",), (), "tokens", None, None, None, None, source, "measured",
        Span(len(a.title) + 2, len(a.full)), "account-for", key, checks,
    )  # fmt: skip


def story(records: tuple[Record, ...], origins: tuple[tuple[str, ...], ...] = (), **given: object) -> Story:
    times = [r.order_at for r in records]
    ids = tuple(r.id for r in sorted(records, key=lambda r: (r.order_at, r.id)))
    return replace(Story("s1", ids, min(times), max(times), origins), **given)


def lexicon() -> Lexicon:
    def lab(id_: str, name: str) -> Lab:
        return Lab(id_, name, "lab", "US", None, None, "", "mixed", (), (), (), (), (), (), "hand-made")

    kinds = {
        id_: EventType(id_, title, 0.0, (), (), (), ())
        for id_, title in (("pricing", "Pricing"), ("export_control", "Export control"))
    }
    return Lexicon(
        version="0", digest="", labs={x.id: x for x in (lab("lumen", "Lumen Labs"), lab("osprey", "Osprey AI"))},
        models={}, aliases=(), assets=(), events=(), shares=(), feeds=(), event_types=kinds,
        label_sets={"market3": LabelSet("market3", "1", tuple(SIGNS), SIGNS, "Neutral")},
        markets={}, relations=(), countries={},
    )  # fmt: skip


def told(*pairs: tuple[Article, Record], now: datetime | None = None, **given: object) -> StoryRecord:
    """The record of the story of some articles, made an hour after the last of them."""
    records = tuple(r for _, r in pairs)
    one = given.pop("story", None) or story(records)
    at = now or max(r.order_at for r in records) + timedelta(hours=1)
    return story_record(one, records, {a.id: a for a, _ in pairs}, now=at, lexicon=lexicon(), **given)
