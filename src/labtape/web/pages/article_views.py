"""One article as values: its words with everything that was found in them, and the verdict with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labtape.foreign import clean, shortened
from labtape.ledger.words import check_words, denominator, share_figure
from labtape.report.wording import (
    chain_words,
    geopolitics_line,
    moment,
    name_of,
    percent,
    state_words,
)
from labtape.types import Percentage, Share, Span
from labtape.web.pages.marks import Evidence, Mark, Piece, disjoint, paragraphs, pieces
from labtape.web.pages.tape_views import event_title

if TYPE_CHECKING:
    from labtape.lexicon import Lexicon
    from labtape.types import Article, Record

#: Statements whose evidence can be shown; evidence.css has a rule for each.
STATEMENTS = 60
_QUOTE = 240  # characters of evidence that stand below a statement
_KINDS = ("lab", "company", "model", "platform", "person", "country", "ticker")
_LINKED = ("lab", "company", "model", "platform")
_ROLES = {"current": "share", "baseline": "share before", "projected": "share to come"}
_WAYS = {"up": " ↑", "down": " ↓", "none": ""}
_SUPPORT = {"quoted": "quoted", "derived": "from what is stated", "rule": "by rule"}


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of ours, and the words it rests on. `n` leads to them in the text, None where there are none."""

    n: int | None
    text: str
    support: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HorizonView:
    """Over days or months: the label and its probabilities; its sentence stands in the rationale."""

    name: str
    label: str
    p: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Moves:
    """What an entity's verdict is, and what trades on it."""

    entity: str
    name: str
    is_known: bool
    label: str
    p: float
    exposure: tuple[tuple[str, str, int], ...]
    statement: Statement


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier event like this one."""

    event: str
    similarity: float
    reaction: str | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A share or another number in percent that the article states."""

    figure: str
    words: str
    note: str
    checks: tuple[str, ...]
    statement: Statement


@dataclass(frozen=True, slots=True)
class ArticleView:
    """One article as its page shows it."""

    id: str
    title: str
    headline: tuple[Piece, ...]
    body: tuple[tuple[Piece, ...], ...]
    has_words: bool
    language: str
    publisher: str
    at: str
    url: str | None
    revision: int
    made_by: str
    story_id: str
    n_in_story: int
    relevance: float
    in_scope: bool
    has_view: bool
    label: str
    p: Mapping[str, float]
    confidence: float
    label_set: tuple[str, ...]
    target: str
    state: str
    takeaway: Statement
    rationale: tuple[Statement, ...]
    drivers: tuple[tuple[str, int, float, Statement], ...]
    horizons: tuple[HorizonView, ...]
    would_change_if: tuple[str, ...]
    analogues: tuple[Past, ...]
    shares: tuple[FigureLine, ...]
    percentages: tuple[FigureLine, ...]
    events: tuple[tuple[str, float, Statement], ...]
    geopolitics: str | None
    geopolitics_statement: Statement | None
    moves: tuple[Moves, ...]
    markets: tuple[tuple[str, str, str], ...]
    legend: tuple[str, ...]


class _Notes:
    """Numbers statements in the order they are made, and keeps what they rest on."""

    def __init__(self, full: str | None) -> None:
        self._full = full
        self.evidence: list[Evidence] = []
        self._n = 0

    def statement(self, text: str, spans: Sequence[Span], support: str = "") -> Statement:
        full = self._full
        within = [s for s in spans if full is not None and 0 <= s.start < s.end <= len(full)]
        if full is None or not within or self._n >= STATEMENTS:
            return Statement(None, clean(text), support, ())
        self._n += 1
        self.evidence += [Evidence(self._n, span) for span in within]
        quotes = dict.fromkeys(shortened(clean(full[s.start : s.end]), _QUOTE) for s in within)
        return Statement(self._n, clean(text), support, tuple(quotes))


def article_view(record: Record, article: Article | None, lexicon: Lexicon) -> ArticleView:
    """A record and the article in the words that were scored; None where these are not kept any more."""
    notes = _Notes(article.full if article else None)
    verdict = record.verdict
    takeaway = notes.statement(
        verdict.takeaway.text, verdict.takeaway.evidence, _SUPPORT[verdict.takeaway.support]
    )
    rationale = tuple(notes.statement(s.text, s.evidence, _SUPPORT[s.support]) for s in verdict.rationale)
    drivers = tuple(
        (event_title(d.type, lexicon), d.polarity, d.weight, notes.statement("", d.evidence))
        for d in verdict.drivers
    )
    events = tuple(
        (event_title(e.type, lexicon), e.p, notes.statement("", (Span(e.start, e.end),)))
        for e in record.events
        if e.type != "other"
    )
    geopolitics = geopolitics_line(record.geopolitics)
    moves = tuple(_moves(record, lexicon, notes))
    states = notes.statement("", record.geopolitics.evidence) if geopolitics else None
    shares = tuple(_share(share, lexicon, notes) for share in record.shares)
    percentages = tuple(_percentage(p, notes) for p in record.percentages)
    marks = disjoint(_marks(record, lexicon)) if article else ()
    headline, body = (
        _words(article, marks, notes.evidence) if article else ((Piece(clean(record.title)),), ())
    )
    return ArticleView(
        id=record.id,
        title=clean(record.title) or "(no headline)",
        headline=headline,
        body=body,
        has_words=article is not None,
        language=record.language,
        publisher=clean(record.publisher or "unknown source"),
        at=moment(record.order_at, record.published_precision),
        url=record.url,
        revision=record.revision,
        made_by=f"{record.model.bundle} {record.model.version}, labtape {record.engine}",
        story_id=record.story.id,
        n_in_story=record.story.n_articles,
        relevance=record.relevance.p,
        in_scope=record.relevance.relevant,
        has_view=verdict.state not in ("out_of_scope", "insufficient"),
        label=verdict.label,
        p=verdict.p,
        confidence=verdict.confidence,
        label_set=verdict.label_set,
        target=clean(name_of(verdict.target, lexicon)),
        state=state_words(verdict.state, verdict.label),
        takeaway=takeaway,
        rationale=rationale,
        drivers=drivers,
        horizons=tuple(HorizonView(name, h.label, h.p) for name, h in verdict.horizons.items()),
        would_change_if=tuple(map(clean, verdict.would_change_if)),
        analogues=tuple(
            Past(clean(a.event), a.similarity, clean(a.reaction) if a.reaction else None, _sources(a.source))
            for a in verdict.analogues
        ),
        shares=shares,
        percentages=percentages,
        events=events,
        geopolitics=geopolitics,
        geopolitics_statement=states,
        moves=moves,
        markets=tuple(
            (clean(name_of(f"market:{m.market}", lexicon)), m.label, chain_words(m.via, lexicon))
            for m in record.markets
            if m.state != "no_transmission"
        ),
        legend=tuple(dict.fromkeys(mark.kind for mark in marks)),
    )


def _sources(source: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in source.split(" ; ") if part.strip())


def _words(
    article: Article, marks: Sequence[Mark], evidence: Sequence[Evidence]
) -> tuple[tuple[Piece, ...], tuple[tuple[Piece, ...], ...]]:
    full, end = article.full, len(article.title)
    body = tuple(pieces(full, part, marks, evidence) for part in paragraphs(full, end))
    return pieces(full, Span(0, end), marks, evidence), body


# ---------------------------------------------------------------- findings


def _marks(record: Record, lexicon: Lexicon) -> Iterator[Mark]:
    """Names first: where findings overlap the first one stays."""
    for mention in record.mentions:
        kind = mention.entity.partition(":")[0]
        of = f" of {name_of(mention.lab, lexicon)}" if mention.lab and mention.lab != mention.entity else ""
        about = (
            f"{kind} {name_of(mention.entity, lexicon)}{of}, {mention.role}, {percent(mention.confidence)}"
        )
        yield Mark(
            mention.start,
            mention.end,
            kind if kind in _KINDS else "other",
            clean(about),
            mention.entity if kind in _LINKED and lexicon.lab_of(mention.entity) else "",
        )
    for share in record.shares:
        about = f"{_ROLES[share.role]}, of {share.scope}" if share.scope else "share; of what is not stated"
        yield Mark(share.start, share.end, "share", clean(about))
    for figure in record.percentages:
        yield Mark(figure.start, figure.end, "percentage", _kind_words(figure))
    for name in record.unlinked:
        yield Mark(name.start, name.end, "unlinked", clean(f"not linked: {name.reason.replace('_', ' ')}"))


def _kind_words(figure: Percentage) -> str:
    kind = "other figure" if figure.kind == "other" else figure.kind.replace("_", " ")
    return kind + _WAYS[figure.direction]


def _share(share: Share, lexicon: Lexicon, notes: _Notes) -> FigureLine:
    platform = name_of(share.platform, lexicon) if share.platform else None
    of_what = denominator(share.metric, share.population, platform) or "of what: not stated"
    who = share.subject or "not stated whose"
    details = (
        _ROLES[share.role] if share.role != "current" else "",
        share.statistic if share.statistic not in ("snapshot", "unknown") else "",
        share.period.text if share.period else "",
        f"by {share.attributed_to}" if share.attributed_to else "",
        share.modality if share.modality != "measured" else "",
    )
    return FigureLine(
        figure=share_figure(share),
        words=clean(f"{who} · {of_what}"),
        note=clean(" · ".join(part for part in details if part)),
        checks=tuple(f"{check_words(check.name)}: {clean(check.detail)}" for check in share.checks),
        statement=notes.statement("", (share.sentence, Span(share.start, share.end))),
    )


def _percentage(figure: Percentage, notes: _Notes) -> FigureLine:
    statement = notes.statement("", (Span(figure.start, figure.end),))
    return FigureLine(clean(figure.text), _kind_words(figure), "", (), statement)


def _moves(record: Record, lexicon: Lexicon, notes: _Notes) -> Iterator[Moves]:
    for one in record.entity_verdicts:
        yield Moves(
            entity=one.entity,
            name=clean(name_of(one.entity, lexicon)),
            is_known=lexicon.lab_of(one.entity) is not None,
            label=one.label,
            p=one.p.get(one.label, 0.0),
            exposure=tuple((e.ticker, e.via.replace("_", " "), e.sign) for e in one.exposure),
            statement=notes.statement("", one.evidence),
        )
