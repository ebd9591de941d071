"""One story of a digest: which article leads, how important it is, and the lines that are shown of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from urllib.parse import urlsplit

from labtape.foreign import bare_quote, clean, web_link
from labtape.ledger import ShareRow
from labtape.lexicon.entries import Lexicon
from labtape.report.digest_nouns import HorizonLine, LabLine, Source, StoryChanges, StoryItem, VerdictMove
from labtape.report.evidence import evidence_link, text_link
from labtape.report.wording import (
    analogue_line,
    geopolitics_line,
    horizon_words,
    name_of,
    polarity,
    state_words,
)
from labtape.story.outlets import outlet_of_host, outlet_title
from labtape.story_record import Source as Origin
from labtape.story_record import StoryRecord, StoryVerdict
from labtape.story_record.leading import leading
from labtape.story_record.scores import importance as score
from labtape.story_record.sources import name_of as name_of_source
from labtape.story_record.sources import sources
from labtape.story_record.verdicts import story_verdict
from labtape.types import (
    Article,
    Driver,
    EntityVerdict,
    Exposure,
    Mention,
    Record,
    Sentence,
    Span,
    Story,
    Verdict,
)

# Labs that are only quoted or counted on are not what a story is about.
_SHOWN_ROLES = ("subject", "comparator", "other")
# An exposure through these is the lab itself as traded.
_LISTED = ("listing", "self", "parent")
_EXPOSURES, _CLAIMS, _ALSO_READ, _PATTERNS = 4, 6, 2, 3
# A verdict under the same label has moved when its probability has, by this much.
_MOVED = 0.1
_NO_ARTICLES: Mapping[str, Article] = MappingProxyType({})
_PATTERN = "Similar historical pattern:"


@dataclass(frozen=True)  # no slots: who leads is worked out once
class Telling:
    """A story as this digest sees it: its articles in scope, oldest first, and the story where known.

    `earlier` are those from before the digest's time: what it says of the whole story rests on them too.
    """

    id: str
    records: tuple[Record, ...]
    story: Story | None
    earlier: tuple[Record, ...] = ()

    @cached_property
    def lead(self) -> Record:
        return leading(self.records)

    @property
    def all_records(self) -> tuple[Record, ...]:
        return (*self.earlier, *self.records)

    @property
    def as_story(self) -> Story:
        """The story where it is known, else as its records tell it."""
        times = [record.order_at for record in self.records]
        ids = tuple(record.id for record in self.records)
        return self.story or Story(self.id, ids, min(times), max(times))

    @property
    def n_articles(self) -> int:
        known = len(self.story.article_ids) if self.story else 0
        return max(known, len(self.records), *(r.story.n_articles for r in self.records))


def named(record: Record) -> Record:
    """The record with the outlet of its address as its publisher, where nobody is named; its host where that is on no list."""
    url = web_link(record.url)
    outlet = outlet_of_host(url)
    title = outlet_title(outlet) if outlet else None
    if record.publisher or url is None:
        return record
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return replace(record, publisher=title if title and title != outlet else host)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A story with its articles at hand, the forest of its sources, and how early it should be read, in [0, 1].

    `met` is what of the watchlist it concerns.
    """

    telling: Telling
    words: Mapping[str, Article]
    forest: tuple[Origin, ...]
    importance: float
    met: frozenset[str] = frozenset()


def weighed(
    telling: Telling,
    *,
    lexicon: Lexicon,
    articles: Mapping[str, Article] = _NO_ARTICLES,
    watched: frozenset[str] = frozenset(),
) -> Weighed:
    """A story weighed by `story_record.scores.importance`, which the story's own record has."""
    records = telling.all_records
    forest = sources(telling.as_story, records, articles, lexicon=lexicon)
    verdict = story_verdict(records, forest, lexicon=lexicon)
    origins = sum(node.parent is None for node in forest)
    value = score(leading(records), verdict, origins).value
    return Weighed(telling, articles, forest, value, watched_in(telling, watched, lexicon))


def story_item(
    story: Weighed,
    record: StoryRecord,
    rows: Sequence[ShareRow],
    *,
    rank: int,
    since: datetime,
    lexicon: Lexicon,
) -> StoryItem:
    """The story as it is shown: its leading article, and what its own record and its ledger say of it."""
    telling = story.telling
    lead = telling.lead
    verdict = lead.verdict
    article = story.words.get(lead.id)
    url = web_link(lead.canonical_url or lead.url)
    quotes = tuple(said_by(lead, record, telling, story.words))
    begun = is_new(telling, since)
    return StoryItem(
        rank=rank,
        story_id=telling.id,
        article_id=lead.id,
        headline=clean(lead.title) or "(no headline)",
        url=url,
        publisher=clean(lead.publisher) if lead.publisher else None,
        at=lead.published_at or lead.first_seen_at,
        precision=lead.published_precision if lead.published_at else "none",
        is_new=begun,
        is_watched=bool(story.met),
        importance=record.importance.value,
        label=verdict.label,
        polarity=polarity(verdict.label, lexicon),
        p=dict(verdict.p),
        confidence=verdict.confidence,
        score=verdict.score,
        state=verdict.state,
        state_words=state_words(verdict.state, verdict.label),
        target=verdict.target,
        target_name=clean(name_of(verdict.target, lexicon)),
        why=clean(verdict.takeaway.text),
        horizons=tuple(
            HorizonLine(
                name,
                h.label,
                h.p.get(h.label, 0.0),
                horizon_words(name, h.text),
                evidence_link(url, article, _strongest(h.drivers)),
            )
            for name, h in sorted(verdict.horizons.items(), key=lambda item: item[0] != "short")
        ),
        patterns=pattern_lines(verdict),
        would_change_if=tuple(clean(text) for text in verdict.would_change_if),
        quotes=tuple(words for words, _ in quotes),
        labs=lab_lines(lead, lexicon, article),
        events=event_names(lead, lexicon),
        geopolitics=geopolitics_line(lead.geopolitics),
        claims=_claims(telling, rows),
        sources=_sources(telling),
        n_articles=telling.n_articles,
        n_origins=record.n_origins,
        phase=record.phase.name,
        primary_source=_primary(record),
        credibility=record.credibility.value,
        also_read=record.related[:_ALSO_READ],
        story_verdict=record.verdict,
        why_url=evidence_link(url, article, verdict.takeaway.evidence),
        quote_urls=tuple(place for _, place in quotes),
        pattern_urls=tuple(web_link(analogue.source) for analogue in verdict.analogues[:_PATTERNS]),
        changes=None if begun else changes_of(story, record, lexicon=lexicon),
    )


def said_by(
    lead: Record, record: StoryRecord, telling: Telling, words: Mapping[str, Article]
) -> Iterator[tuple[str, str | None]]:
    """What people say in the leading article, else in others of the story, each with where it stands."""
    for quote in lead.key_quotes:
        yield bare_quote(quote.text), text_link(lead.canonical_url or lead.url, quote.text)
    by_id = {r.id: r for r in telling.all_records}
    for extract in () if lead.key_quotes else record.quotes:
        if source := by_id.get(extract.article_id):
            yield bare_quote(extract.text), text_link(source.canonical_url or source.url, extract.text)


def _strongest(drivers: Sequence[Driver]) -> tuple[Span, ...]:
    """Where the driver stands that moves most."""
    return next((d.evidence for d in sorted(drivers, key=lambda d: -d.weight) if d.evidence), ())


# ---------------------------------------------------------------- what came since the last digest


def changes_of(story: Weighed, record: StoryRecord, *, lexicon: Lexicon) -> StoryChanges | None:
    """What came into a story that goes on; None where its record was made without a time to compare with."""
    changes = record.changes
    if changes is None:
        return None
    names = {node.id: name_of_source(node) for node in record.origins}
    worded = {figure.id: f"{figure.words}: {figure.who}" for figure in record.figures}
    new = set(changes.article_ids)
    before = [r for r in story.telling.all_records if r.id not in new]
    return StoryChanges(
        n_articles=len(changes.article_ids),
        sources=tuple(dict.fromkeys(names[id_] for id_ in changes.origins if id_ in names)),
        moved=_verdict_move(story_verdict(before, story.forest, lexicon=lexicon), record.verdict)
        if before
        else None,
        figures=tuple(worded[id_] for id_ in changes.figures if id_ in worded),
        merges=changes.merges,
    )


def _verdict_move(was: StoryVerdict, now: StoryVerdict) -> VerdictMove | None:
    if was.label == now.label and abs(was.confidence - now.confidence) < _MOVED:
        return None
    return VerdictMove(was.label, was.confidence, now.label, now.confidence)


def _primary(record: StoryRecord) -> str | None:
    """Whom other outlets have it from."""
    return clean(record.primary.name) if record.primary.n_outlets else None


def is_new(telling: Telling, since: datetime) -> bool:
    """Whether the story began in the digest's time."""
    if telling.story:
        return telling.story.first_at >= since
    return any(r.story.novelty == 1.0 for r in telling.records)


# ---------------------------------------------------------------- parts of an item


def pattern_lines(verdict: Verdict) -> tuple[str, ...]:
    """What happened after similar news: the nearest dated events, else what the rationale says of their absence."""
    if verdict.analogues:
        return tuple(analogue_line(analogue) for analogue in verdict.analogues[:_PATTERNS])
    told = (clean(sentence.text) for sentence in verdict.rationale if is_pattern(sentence))
    return tuple(_sentence(text[len(_PATTERN) :].strip()) for text in told)[:1]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def is_pattern(sentence: Sentence) -> bool:
    """Whether a sentence of the rationale tells the historical pattern."""
    return sentence.text.startswith(_PATTERN)


def event_names(record: Record, lexicon: Lexicon | None) -> tuple[str, ...]:
    """The titles of an article's event types, surest first; that it is of another kind tells nobody anything."""
    ordered = sorted(record.events, key=lambda e: (-e.p, e.start))
    types = dict.fromkeys(event.type for event in ordered if event.type != "other")
    known = lexicon.event_types if lexicon else {}
    return tuple(known[t].title if t in known else t.replace("_", " ") for t in types)


def lab_lines(
    record: Record, lexicon: Lexicon | None = None, article: Article | None = None
) -> tuple[LabLine, ...]:
    """The labs an article is about, subjects first, with what trades and their own verdicts."""
    by_lab: dict[str, list[Mention]] = {}
    ordered = sorted(record.mentions, key=lambda m: (m.role != "subject", m.role != "comparator", m.start))
    for mention in ordered:
        if mention.lab and mention.role in _SHOWN_ROLES:
            by_lab.setdefault(mention.lab, []).append(mention)
    verdicts = {verdict.entity: verdict for verdict in record.entity_verdicts}
    url = record.canonical_url or record.url
    lines = (_lab_line(lab, found, verdicts.get(lab), lexicon) for lab, found in by_lab.items())
    return tuple(
        replace(
            line, url=evidence_link(url, article, verdicts[line.entity].evidence)
        ) if line.entity in verdicts else line
        for line in lines
    )  # fmt: skip


def _lab_line(
    lab: str, mentions: Sequence[Mention], verdict: EntityVerdict | None, lexicon: Lexicon | None
) -> LabLine:
    known = lexicon.lab_of(lab) if lexicon else None
    exposures = verdict.exposure if verdict else ()
    points = verdict is not None and polarity(verdict.label, lexicon) != 0
    listed = tuple(e.ticker for e in exposures if e.via in _LISTED)
    own = tuple(dict.fromkeys((*(lexicon.tickers(known.id) if lexicon and known else ()), *listed)))
    moved = [_moved(e) for e in exposures if e.ticker not in own]
    more = (f"and {len(moved) - _EXPOSURES} more",) if len(moved) > _EXPOSURES else ()
    return LabLine(
        entity=lab,
        name=clean(name_of(lab, lexicon)),
        country=known.country if known else None,
        role=mentions[0].role,
        models=tuple(dict.fromkeys(clean(m.text) for m in mentions if m.entity.startswith("model:"))),
        tickers=own,
        label=verdict.label if verdict else None,
        p=verdict.p.get(verdict.label) if verdict else None,
        exposure=(*moved[:_EXPOSURES], *more) if points else (),
    )


def _moved(exposure: Exposure) -> str:
    return f"{exposure.ticker} ({exposure.via.replace('_', ' ')}, {'−' if exposure.sign < 0 else '+'})"


def _claims(telling: Telling, rows: Sequence[ShareRow]) -> tuple[ShareRow, ...]:
    """The lead's claims first, then what only others state, each once; the rest is in the ledger."""
    lead, told = telling.lead.id, {record.id for record in telling.records}
    tellers = {row: {s.article_id for s in row.sightings} for row in rows}
    now = [row for row in rows if tellers[row] & told]
    return tuple(sorted(now, key=lambda row: (lead not in tellers[row], row.role != "current")))[:_CLAIMS]


def _sources(telling: Telling) -> tuple[Source, ...]:
    copies = {a for origin in (telling.story.origins if telling.story else ()) for a in origin[1:]}
    return tuple(
        Source(clean(r.publisher) if r.publisher else None, web_link(r.url), r.published_at, r.id in copies)
        for r in telling.records
    )


# ---------------------------------------------------------------- the watchlist


def watched_in(telling: Telling, watched: frozenset[str], lexicon: Lexicon) -> frozenset[str]:
    """What of the watchlist a story concerns: a name, an id, a ticker or its code, an event type; case does not count."""
    if not watched:
        return watched
    return watched & frozenset().union(*(_terms(record, lexicon) for record in telling.records))


def _terms(record: Record, lexicon: Lexicon) -> frozenset[str]:
    entities = {entity for m in record.mentions for entity in (m.entity, m.lab) if entity}
    entities |= {record.verdict.target} | {v.entity for v in record.entity_verdicts}
    labs = [lab for lab in (lexicon.lab_of(entity) for entity in sorted(entities)) if lab]
    tickers = {ticker for lab in labs for ticker in lexicon.tickers(lab.id)}
    tickers |= {e.ticker for v in record.entity_verdicts for e in v.exposure}
    names = {lab.name for lab in labs} | {name_of(entity, lexicon) for entity in entities}
    terms = entities | tickers | names | {m.text for m in record.mentions} | {e.type for e in record.events}
    terms |= {term.partition(":")[2] for term in entities | tickers}
    return frozenset(term.casefold() for term in terms if term)
