"""The full reasoning for one article, as sections that any renderer can show, and as Markdown.

    verdict · why · what moved it · drivers · similar before · labs · markets · shares · other percentages · events
    · geopolitics · names · not linked · words · made with

Evidence is quoted where the article is at hand with the words that were scored; else its offsets are given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from labtape.foreign import clean, shortened
from labtape.ledger import share_rows
from labtape.ledger.words import check_words, figure, number
from labtape.lexicon.entries import Lexicon
from labtape.ports import Account
from labtape.report.markdown import escaped, linked, table
from labtape.report.moved import moved
from labtape.report.record import is_as_scored
from labtape.report.sections import Point, Section
from labtape.report.wording import (
    STATES,
    analogue_line,
    chain_words,
    counted,
    geopolitics_line,
    horizon_words,
    moment,
    name_of,
    percent,
    probabilities,
)
from labtape.types import Article, Record, Sentence, Share, Span

_EVIDENCE = 160


Words = Callable[[Span], str]


def explanation(
    record: Record,
    article: Article | None = None,
    *,
    lexicon: Lexicon | None = None,
    account: Account | None = None,
) -> tuple[Section, ...]:
    """Everything the record holds, in the order in which it explains the label; empty sections are left out.

    With an `account` also what moved its probabilities.
    """
    words = words_of(record, article)
    sections = (
        _verdict(record, words, lexicon),
        Section("Why", tuple(_point(sentence, words) for sentence in record.verdict.rationale)),
        *(moved(account, record, lexicon) if account else ()),
        _drivers(record, words),
        Section(
            "Similar before",
            tuple(Point(analogue_line(a), clean(a.source)) for a in record.verdict.analogues),
        ),
        _labs(record, lexicon),
        _markets(record, lexicon),
        _shares(record, words, lexicon),
        _percentages(record),
        _events(record, words),
        _geopolitics(record, words),
        _names(record),
        Section("Not linked", (), ("Words", "Why"), _grouped((u.text, u.reason) for u in record.unlinked)),
        _in_words(record, words),
        _made_with(record),
    )
    return tuple(section for section in sections if section.points or section.rows)


def words_of(record: Record, article: Article | None) -> Words:
    """What turns evidence into words: the article's if it is as it was scored, else what the record carries."""
    known = {(quote.start, quote.end): quote.text for quote in record.key_quotes}
    full = article.full if article and is_as_scored(article, record) else record.title

    def words(span: Span) -> str:
        if span.end <= len(full):
            return f"“{shortened(clean(full[span.start : span.end]), _EVIDENCE)}”"
        held = known.get((span.start, span.end))
        return f"“{clean(held)}”" if held else f"characters {span.start} to {span.end}"

    return words


# ---------------------------------------------------------------- sections


def _point(sentence: Sentence, words: Words) -> Point:
    note = f"{sentence.support}: {sentence.rule}" if sentence.rule else sentence.support
    return Point(clean(sentence.text), note, tuple(words(span) for span in sentence.evidence))


def _verdict(record: Record, words: Words, lexicon: Lexicon | None) -> Section:
    verdict = record.verdict
    points = [
        Point(
            f"{verdict.label} {percent(verdict.confidence)} for {clean(name_of(verdict.target, lexicon))}",
            f"{verdict.state}: {STATES[verdict.state]}",
        ),
        Point(
            f"{probabilities(verdict.p)} · score {verdict.score:+.2f}",
            f"at 90%: {', '.join(verdict.label_set)}",
        ),
        _point(verdict.takeaway, words),
    ]
    for name in sorted(verdict.horizons, key=lambda n: n != "short"):
        horizon = verdict.horizons[name]
        points.append(
            Point(
                f"{name.capitalize()} term: {horizon_words(name, horizon.text) or horizon.label}",
                probabilities(horizon.p),
            )
        )
    points += [Point(f"Would change if {clean(text)}") for text in verdict.would_change_if]
    relevant = "relevant" if record.relevance.relevant else "not relevant"
    points.append(Point(f"{relevant.capitalize()} to AI markets, p {percent(record.relevance.p)}"))
    return Section("Verdict", tuple(point for point in points if point.text))


def _drivers(record: Record, words: Words) -> Section:
    rows = tuple(
        (
            driver.type.replace("_", " "),
            {1: "up", 0: "none", -1: "down"}[driver.polarity],
            f"{driver.weight:.2f}",
            " ".join(words(span) for span in driver.evidence),
        )
        for driver in record.verdict.drivers
    )
    return Section("Drivers", (), ("Driver", "Way", "Weight", "Evidence"), rows)


def _labs(record: Record, lexicon: Lexicon | None) -> Section:
    rows = tuple(
        (
            clean(name_of(v.entity, lexicon)),
            v.label,
            probabilities(v.p),
            f"{v.score:+.2f}",
            f"{v.relevance:.2f}",
            ", ".join(f"{e.ticker} ({e.via}, {e.sign:+d})" for e in v.exposure),
        )
        for v in record.entity_verdicts
    )
    return Section("Verdicts by lab", (), ("Lab", "Verdict", "Probabilities", "Score", "Part", "Moves"), rows)


def _markets(record: Record, lexicon: Lexicon | None) -> Section:
    reached = [m for m in record.markets if m.via]
    rows = tuple(
        (
            clean(name_of(f"market:{m.market}", lexicon)),
            m.label,
            probabilities(m.p),
            chain_words(m.via, lexicon) or "the verdict's own target",
        )
        for m in reached
    )
    quiet = [clean(name_of(f"market:{m.market}", lexicon)) for m in record.markets if not m.via]
    points = (Point(f"Not reached: {', '.join(quiet)}"),) if quiet else ()
    return Section("Markets", points, ("Market", "Verdict", "Probabilities", "Through"), rows)


def _shares(record: Record, words: Words, lexicon: Lexicon | None) -> Section:
    rows = tuple(
        (
            f"{row.figure} [{number(row.low)}, {number(row.high)}]",
            row.who,
            f"{row.of_what or 'not stated'}, {row.period or 'no period stated'}",
            ", ".join(part for part in (row.role, row.statistic, row.modality) if part != "unknown"),
            row.attributed_to or "",
        )
        for row in sorted(
            share_rows((record,), lexicon=lexicon), key=lambda r: (r.role != "current", -r.value)
        )
    )
    points = tuple(point for share in record.shares for point in _checks(share, words))
    head = ("Share", "Who", "Of what, where, when", "Kind", "Says")
    return Section("Shares", points, head, rows)


def _checks(share: Share, words: Words) -> Iterator[Point]:
    for check in share.checks:
        evidence = check.evidence or (share.sentence,)
        name = check_words(check.name)
        yield Point(
            f"⚠ {clean(share.text)}: {name}. {clean(check.detail)}", "check", tuple(map(words, evidence))
        )


def _percentages(record: Record) -> Section:
    rows = tuple(
        (
            clean(p.text),
            figure(p.value, p.low, p.high, p.bound),
            p.direction if p.direction != "none" else "",
            p.kind.replace("_", " "),
            p.rule,
        )
        for p in record.percentages
    )
    return Section("Other percentages", (), ("Words", "Value", "Way", "What it is", "Rule"), rows)


def _events(record: Record, words: Words) -> Section:
    rows = tuple(
        (event.type.replace("_", " "), percent(event.p), words(Span(event.start, event.end)), event.rule)
        for event in record.events
    )
    return Section("What happened", (), ("Event", "p", "Evidence", "Rule"), rows)


def _geopolitics(record: Record, words: Words) -> Section:
    line = geopolitics_line(record.geopolitics)
    if line is None:
        return Section("Geopolitics")
    found = record.geopolitics
    evidence = tuple(words(span) for span in found.evidence)
    return Section("Geopolitics", (Point(line, f"p {percent(found.p)}, {found.rule}", evidence),))


def _names(record: Record) -> Section:
    rows = _grouped(
        (m.text, m.entity, m.lab or "", m.role, percent(m.confidence), m.rule) for m in record.mentions
    )
    return Section("Names", (), ("Words", "Entity", "Lab", "Role", "p", "Rule"), rows)


def _grouped(rows: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Equal rows once, with how often, in the order of the first."""
    counts = Counter(tuple(map(clean, row)) for row in rows)
    return tuple((f"{row[0]} ×{n}" if n > 1 else row[0], *row[1:]) for row, n in counts.items())


def _in_words(record: Record, words: Words) -> Section:
    summary = tuple(Point(words(span), "summary") for span in record.summary)
    quotes = tuple(Point(f"“{clean(quote.text)}”", "quoted") for quote in record.key_quotes)
    return Section("In the article's words", summary + quotes)


def _made_with(record: Record) -> Section:
    story = record.story
    placed = (
        f"story {story.id}: {counted(story.n_articles, 'article')}, "
        f"{counted(story.n_origins, 'independent source')}, novelty {story.novelty:.2f}"
    )
    return Section(
        "Made with",
        (
            Point(
                f"labtape {record.engine}, knowledge base {record.kb}, model {record.model.bundle} {record.model.version}"
            ),
            Point(
                f"scored {moment(record.scored_at)}, available {moment(record.available_at)}, revision {record.revision}"
            ),
            Point(placed),
            Point(f"content {record.content_hash[:19]}…, input {record.input_hash[:19]}…"),
        ),
    )


# ---------------------------------------------------------------- Markdown


def head_lines(record: Record) -> tuple[str, ...]:
    """Who published it when, and its id."""
    published = moment(record.published_at, record.published_precision)
    return (
        f"{clean(record.publisher or 'unknown source')} · {published} · {record.language} · id {clean(record.id)}",
    )


def explain_markdown(
    record: Record,
    article: Article | None = None,
    *,
    lexicon: Lexicon | None = None,
    account: Account | None = None,
) -> str:
    """The full reasoning for one article; pass the article to see its evidence in words."""
    lines = [f"# {linked(clean(record.title), record.url)}", ""]
    lines += [escaped(line) for line in head_lines(record)] + [""]
    for section in explanation(record, article, lexicon=lexicon, account=account):
        lines += [f"## {section.title}", "", *_markdown(section)]
    return "\n".join(lines).rstrip() + "\n"


def _markdown(section: Section) -> Iterator[str]:
    for point in section.points:
        yield f"- {escaped(point.text)}" + (f" *({escaped(point.note)})*" if point.note else "")
        for evidence in point.evidence:
            yield f"  - {escaped(evidence)}"
    if section.points:
        yield ""
    if section.rows:
        yield from table(section.head, [[escaped(cell) for cell in row] for row in section.rows])
