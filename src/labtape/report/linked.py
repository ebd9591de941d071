"""Articles as one HTML page on which every name, figure and event is marked where it stands.

    Record, Article ── linked_html ──→ marks (disjoint) ── displaCy ──→ title and paragraphs
                          └──────────→ what the marks stand for: names, shares, events, what was not linked

The page is dressed and guarded like the digest's: no scripts, nothing loaded, a policy that names its style sheet's hash.

- Names, look-alikes and figures do not overlap, so they are marked in the line. Events rest on whole sentences: a flag
  at the beginning of the sentence says so, and no words are marked twice.
- The first mark of each name tells where it links; the others would repeat it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from labtape.annotate.displacy import Mark, marked
from labtape.foreign import clean, visible
from labtape.ledger import ShareRow, share_rows
from labtape.lexicon.entries import Lexicon
from labtape.report.page import page
from labtape.report.wording import name_of, percent, polarity, state_words
from labtape.types import Article, Event, Mention, Percentage, Record, Share, Span, Unlinked

# Kinds of names, in the order of the legend; what the lexicon calls otherwise is shown as "other".
_KINDS = ("lab", "company", "model", "platform", "person", "country", "ticker", "other")
_LEGEND = {
    "share": "share of a whole", "other-figure": "other percentage", "event": "what happened", "unlinked": "not linked",
}  # fmt: skip
_ROLES = {"current": "share", "baseline": "share before", "projected": "share to come"}
_FIGURES = {"other": "other figure"}
_WAYS = {"up": " ↑", "down": " ↓", "none": ""}
_PARAGRAPH = re.compile(r"\S(?:[^\n]|\n(?![ \t]*\n))*")
_SURFACES = 4

_Marked = Mention | Share | Percentage | Unlinked


@dataclass(frozen=True, slots=True)
class NameRow:
    """One entity of an article: how it was written, what it is, whose it is, and what trades."""

    kind: str
    surfaces: tuple[str, ...]
    entity: str
    name: str
    lab: str | None
    lab_name: str | None
    roles: tuple[str, ...]
    tickers: tuple[str, ...]
    n: int


@dataclass(frozen=True, slots=True)
class LinkedArticle:
    """One article as it is shown; `headline` and `paragraphs` are markup, everything else is words."""

    n: int
    title: str
    headline: Markup
    paragraphs: tuple[Markup, ...]
    record: Record
    polarity: int
    state_words: str
    target_name: str
    takeaway: str
    names: tuple[NameRow, ...]
    claims: tuple[ShareRow, ...]
    events: tuple[tuple[str, float], ...]
    unlinked: tuple[tuple[str, str], ...]


def linked_html(articles: Iterable[tuple[Record, Article]], *, lexicon: Lexicon | None = None) -> str:
    """Articles with their records as one page that needs nothing else; offsets are those of the article as scored.

    Raises `SettingsError` where spaCy is not installed, before the first article is asked for.
    """
    marked(())
    shown = tuple(_linked(n, record, article, lexicon) for n, (record, article) in enumerate(articles, 1))
    return page("linked.html.jinja", "digest.css", "linked.css", articles=shown, legend=_legend(shown))


def _linked(n: int, record: Record, article: Article, lexicon: Lexicon | None) -> LinkedArticle:
    names = _names(record, lexicon)
    marks = _marks(n, record, names, lexicon)
    full, title_end = visible(article.full), len(article.title)
    pieces = [Span(0, title_end), *(Span(*m.span()) for m in _PARAGRAPH.finditer(full, title_end))]
    made = marked([_piece(full, piece, marks) for piece in pieces])
    headline, *paragraphs = (Markup(part) for part in made)  # noqa: S704 - displaCy has escaped the words
    verdict = record.verdict
    return LinkedArticle(
        n=n,
        title=clean(article.title) or "(no headline)",
        headline=headline,
        paragraphs=tuple(paragraphs),
        record=record,
        polarity=polarity(verdict.label, lexicon),
        state_words=state_words(verdict.state, verdict.label),
        target_name=clean(name_of(verdict.target, lexicon)),
        takeaway=clean(verdict.takeaway.text),
        names=names,
        claims=tuple(
            sorted(share_rows((record,), lexicon=lexicon), key=lambda r: (r.role != "current", -r.value))
        ),
        events=tuple((_event_title(event, lexicon), event.p) for event in _told(record)),
        unlinked=tuple(
            dict.fromkeys((clean(u.text), clean(u.reason).replace("_", " ")) for u in record.unlinked)
        ),
    )


# ---------------------------------------------------------------- what is listed below a text


def _names(record: Record, lexicon: Lexicon | None) -> tuple[NameRow, ...]:
    found: dict[str, list[Mention]] = {}
    for mention in record.mentions:
        found.setdefault(mention.entity, []).append(mention)
    return tuple(_name_row(entity, mentions, lexicon) for entity, mentions in found.items())


def _name_row(entity: str, mentions: Sequence[Mention], lexicon: Lexicon | None) -> NameRow:
    lab = next((m.lab for m in mentions if m.lab), None)
    known = lexicon.lab_of(lab) if lexicon and lab else None
    other = lab if lab != entity else None
    return NameRow(
        kind=_kind(entity),
        surfaces=tuple(dict.fromkeys(clean(m.text) for m in mentions))[:_SURFACES],
        entity=clean(entity),
        name=clean(name_of(entity, lexicon)),
        lab=clean(other) if other else None,
        lab_name=clean(name_of(other, lexicon)) if other else None,
        roles=tuple(dict.fromkeys(m.role for m in mentions if m.role != "other")),
        tickers=lexicon.tickers(known.id) if lexicon and known else (),
        n=len(mentions),
    )


def _kind(entity: str) -> str:
    kind = entity.partition(":")[0]
    return kind if kind in _KINDS else "other"


def _told(record: Record) -> tuple[Event, ...]:
    """The events, without the one that says that none is told."""
    return tuple(event for event in record.events if event.type != "other")


def _event_title(event: Event, lexicon: Lexicon | None) -> str:
    known = lexicon.event_types.get(event.type) if lexicon else None
    return clean(known.title if known else event.type.replace("_", " "))


def _legend(articles: Sequence[LinkedArticle]) -> tuple[tuple[str, str], ...]:
    """The kinds of marks that occur, with their words."""
    kinds = {row.kind for a in articles for row in a.names}
    present = {
        "share": any(a.record.shares for a in articles),
        "other-figure": any(a.record.percentages for a in articles),
        "event": any(a.events for a in articles),
        "unlinked": any(a.unlinked for a in articles),
    }
    return (
        *((kind, kind) for kind in _KINDS if kind in kinds),
        *((kind, words) for kind, words in _LEGEND.items() if present[kind]),
    )


# ---------------------------------------------------------------- what is marked in a text


def _marks(n: int, record: Record, names: Sequence[NameRow], lexicon: Lexicon | None) -> list[Mark]:
    """The marks of an article in order, disjoint; where findings overlap the first kind stays."""
    places = {row.entity: f"a{n}-{i}" for i, row in enumerate(names)}
    taken: list[Mark] = []
    told: set[str] = set()
    findings: tuple[_Marked, ...] = (*record.mentions, *record.shares, *record.percentages, *record.unlinked)
    for finding in findings:
        i = bisect_left(taken, finding.start, key=_start)  # the first mark that does not begin before it
        if (i == 0 or taken[i - 1].end <= finding.start) and (
            i == len(taken) or finding.end <= taken[i].start
        ):
            taken.insert(i, _mark(finding, places, told))
    flags = [_flag(event, taken, lexicon) for event in _told(record) if event.start < event.end]
    return sorted([*flags, *taken], key=_start)


def _start(mark: Mark) -> int:
    return mark.start


def _mark(finding: _Marked, places: Mapping[str, str], told: set[str]) -> Mark:
    """A finding's mark; `told` are the entities whose target has been written, and this one's is added."""
    if isinstance(finding, Mention):
        is_first = finding.entity not in told
        told.add(finding.entity)
        return _name_mark(finding, places[clean(finding.entity)], is_first=is_first)
    return _grey_mark(finding) if isinstance(finding, Unlinked) else _figure_mark(finding)


def _name_mark(mention: Mention, target: str, *, is_first: bool) -> Mark:
    about = " · ".join(
        part
        for part in (mention.entity, mention.lab, mention.role, percent(mention.confidence), mention.rule)
        if part
    )
    link = clean((mention.lab or mention.entity).partition(":")[2])
    before = Markup('<a class="mark {}" href="#{}" title="{}">').format(
        _kind(mention.entity), target, clean(about)
    )
    after = Markup('<span class="to">{}</span></a>').format(link) if is_first else Markup("</a>")
    return Mark(mention.start, mention.end, before, after)


def _figure_mark(figure: Share | Percentage) -> Mark:
    if isinstance(figure, Share):
        kind, words = "share", _ROLES[figure.role]
        about = figure.scope or "of what: not stated"
    else:
        kind, words = (
            "other-figure",
            _FIGURES.get(figure.kind, figure.kind.replace("_", " ")) + _WAYS[figure.direction],
        )
        about = f"{figure.bound} · {figure.rule}"
    before = Markup('<span class="mark {}" title="{}">').format(kind, clean(about))
    return Mark(figure.start, figure.end, before, Markup('<span class="to">{}</span></span>').format(words))


def _grey_mark(unlinked: Unlinked) -> Mark:
    reason = clean(unlinked.reason).replace("_", " ")
    before = Markup('<span class="mark unlinked" title="not linked: {}">').format(reason)
    return Mark(
        unlinked.start, unlinked.end, before, Markup('<span class="to">{}</span></span>').format(reason)
    )


def _flag(event: Event, taken: Sequence[Mark], lexicon: Lexicon | None) -> Mark:
    """A flag where the evidence of an event begins, or before the mark which that lies in."""
    i = bisect_left(taken, event.start, key=_start)
    at = taken[i - 1].start if i and taken[i - 1].end > event.start else event.start
    words = Markup('<span class="flag-event">{}</span>').format(_event_title(event, lexicon))
    return Mark(at, at, words, Markup(""))


def _piece(full: str, piece: Span, marks: Sequence[Mark]) -> tuple[str, list[Mark]]:
    """The words of a title or paragraph with the marks that begin in it, counted from its beginning."""
    first, last = (bisect_left(marks, at, key=_start) for at in (piece.start, piece.end))
    inside = [
        Mark(mark.start - piece.start, min(mark.end, piece.end) - piece.start, mark.before, mark.after)
        for mark in marks[first:last]
    ]
    return full[piece.start : piece.end], inside
