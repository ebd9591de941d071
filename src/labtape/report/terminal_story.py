"""One story on a terminal, and a list of stories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from labtape.foreign import bare_quote, clean
from labtape.lexicon.entries import Lexicon
from labtape.report.stories import (
    change_lines,
    counts_words,
    names_of,
    score_words,
    similar_words,
    source_words,
    sources_words,
    votes_words,
)
from labtape.report.terminal import WIDEST, bar, facts, linked_text, section, verdict_text
from labtape.report.wording import counted, moment, name_of, polarity, state_words
from labtape.story_record import Score, Source, StoryRecord
from labtape.story_record.sources import name_of as source_of

_SOFT = "bright_black"
_STATE_STYLES = {"agreed": "green", "disputed": "yellow", "single": _SOFT}
# Nodes of the tree and articles that are listed; the JSON has them all.
_NODES = 30


def story_terminal(record: StoryRecord, console: Console, *, lexicon: Lexicon | None = None) -> None:
    """Print all that is known about a story."""
    width = min(console.width, WIDEST)
    for part in _parts(record, lexicon):
        console.print(part, width=width)


def stories_terminal(records: Iterable[StoryRecord], console: Console) -> int:
    """Print a list of stories, most important first; return how many there are."""
    told = sorted(records, key=lambda r: (-r.importance.value, r.id))
    if not told:
        console.print("No stories in this time.")
        return 0
    width = min(console.width, WIDEST)
    for record in told:
        console.print(linked_text(record.headline, record.lead.url, "bold"), width=width)
        line = verdict_text(record.verdict.label, record.verdict.confidence)
        articles = counted(len(record.article_ids), "article")
        for words in (
            record.phase.name,
            f"{articles}, {sources_words(record)}",
            score_words(record),
            record.id,
        ):
            line.append(f" · {words}", style="not bold bright_black")
        console.print(Padding(line, (0, 0, 1, 2)), width=width)
    return len(told)


def _parts(record: StoryRecord, lexicon: Lexicon | None) -> Iterator[RenderableType]:
    yield linked_text(record.headline, record.lead.url, "bold")
    articles = counted(len(record.article_ids), "article")
    yield Text(
        f"{record.id} · {articles}, {sources_words(record)} · {_time(record)}", style=_SOFT
    )  # fmt: skip
    verdict = record.verdict
    sign = polarity(verdict.label, lexicon)
    line = verdict_text(verdict.label, verdict.confidence, sign).append("  ")
    line.append_text(bar(verdict.p)).append(f"  {clean(name_of(verdict.target, lexicon))}", style="default")
    for words in (state_words(verdict.state, verdict.label), votes_words(record)):
        line.append(f" · {words}" if words else "", style="not bold bright_black")
    yield line
    yield Padding(facts(_facts(record, lexicon)), (1, 0, 0, 0))
    by_id = {source.id: source for source in record.origins}
    if record.summary:
        yield section("In brief")
        for extract in record.summary:
            yield _told(clean(extract.text), by_id[extract.article_id], extract.n_origins)
    if record.quotes:
        yield section("In their words")
        for extract in record.quotes:
            yield _told(f"“{bare_quote(extract.text)}”", by_id[extract.article_id], extract.n_origins)
    yield section("Who has it from whom")
    yield from _trees(record.origins)
    if record.figures:
        yield section("Share figures")
        yield _figures(record)
    yield section("Scores")
    yield _scores((("importance", record.importance), ("credibility", record.credibility)))
    if record.changes:
        yield section(f"Since {moment(record.changes.since)}")
        for words in change_lines(record.changes):
            yield Text(f"  {words}")
    if record.related:
        yield section("You might also read")
        for other in record.related:
            yield linked_text(f"  {other.headline}", other.url)
            yield Text(
                f"  {other.story_id} · {other.first_at:%Y-%m-%d} · {', '.join(other.why)}", style=_SOFT
            )


def _time(record: StoryRecord) -> str:
    first, last = moment(record.first_at), moment(record.last_at)
    return first if first == last else f"{first} to {last}"


def _facts(record: StoryRecord, lexicon: Lexicon | None) -> Iterator[tuple[str, Text | str]]:
    yield "Phase", Text(record.phase.name, style="bold").append(f": {record.phase.why}", style="not bold")
    lead = next(source for source in record.origins if source.id == record.lead.article_id)
    yield "Lead", f"{source_of(lead)}: {record.lead.why}"
    yield "Primary", f"{clean(record.primary.name)}: {record.primary.why}"
    if record.labs:
        yield "Labs", names_of(record.labs, lexicon)
    if record.events:
        known = lexicon.event_types if lexicon else {}
        yield (
            "Events",
            ", ".join(known[e].title if e in known else e.replace("_", " ") for e in record.events),
        )
    yield "Articles", counts_words(record)
    similar = similar_words(record)
    if similar:
        yield "Similar", similar


def _told(words: str, source: Source, n_origins: int) -> RenderableType:
    others = f", told alike by {counted(n_origins, 'source')}" if n_origins > 1 else ""
    text = Text(f"{words}  ").append(f"{source_of(source)}{others}", style=_SOFT)
    return Padding(text, (0, 0, 0, 2))


def _trees(sources: Sequence[Source]) -> Iterator[RenderableType]:
    """The forest as it lies: a branch under what it has it from."""
    branches: dict[str, Tree] = {}
    tops: list[Tree] = []
    for source in sources[:_NODES]:
        label = _label(source)
        if source.parent is None:
            branches[source.id] = Tree(label, guide_style=_SOFT)
            tops.append(branches[source.id])
        else:
            branches[source.id] = branches[source.parent].add(label)
    yield from (Padding(tree, (0, 0, 0, 2)) for tree in tops)
    if len(sources) > _NODES:
        yield Text(f"  and {len(sources) - _NODES} more", style=_SOFT)


def _label(source: Source) -> Text:
    text = linked_text(source_of(source), source.url, "bold")
    when = f"  {moment(source.at)}" if source.at else ""
    words = source_words(source)
    return text.append(f"{when} · {words}" if words else when, style="not bold bright_black")


def _figures(record: StoryRecord) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_column(style=_SOFT, overflow="fold", ratio=1)
    for figure in record.figures:
        told = f"{counted(figure.n_origins, 'origin')}: {', '.join(figure.origins)}"
        grid.add_row(
            Text(figure.state, style=_STATE_STYLES[figure.state]),
            Text(f"{figure.words}: {figure.who}"),
            Text(told),
        )
    return Padding(grid, (0, 0, 0, 2))


def _scores(scores: Sequence[tuple[str, Score]]) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, justify="right")
    grid.add_column(no_wrap=True, style=_SOFT)
    grid.add_column(ratio=1, overflow="fold", style=_SOFT)
    for name, score in scores:
        grid.add_row(Text(name, style="bold"), Text(f"{score.value:.2f}", style="bold"), "", "")
        for part in score.parts:
            grid.add_row(f"  {part.name}", f"{part.value:.2f}", f"of {part.most:.2f}", Text(clean(part.why)))
    return Padding(grid, (0, 0, 0, 2))
