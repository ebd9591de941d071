"""The digest on a terminal: colours where there is one, plain text in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console, Group
from rich.padding import Padding
from rich.rule import Rule
from rich.style import Style
from rich.table import Table
from rich.text import Text

from labtape.foreign import web_link
from labtape.ledger import ShareRow
from labtape.ledger.words import check_words, claim_words
from labtape.report.digest_nouns import FULL_STORIES, Digest, LabLine, StoryItem
from labtape.report.evidence import text_link
from labtape.report.wording import (
    ARROWS,
    change_words,
    corrected_words,
    counted,
    moment,
    named_labs,
    percent,
    polarity,
    signed,
    told_by,
)

COLOURS = {1: "green", 0: "bright_black", -1: "red"}
_BAR = 16
_INDENT = (0, 0, 0, 4)
# Fewer new stories are in sight anyway.
_BRIEF = 4
WIDEST = 120  # lines longer than this are hard to read on any screen


@dataclass(frozen=True, slots=True)
class Address:
    """A line that is never broken."""

    text: Text


def digest_terminal(digest: Digest, console: Console) -> None:
    """Print the digest: head, markets, what is disputed, what changed, stories, share claims, what was skipped."""
    width = min(console.width, WIDEST)
    for part in (
        *_head(digest),
        *_markets(digest),
        *_new(digest),
        *_disputed(digest),
        *_changed(digest),
        *_stories(digest, console),
        *_claims(digest),
        *_end(digest),
    ):
        if isinstance(part, Address):
            console.print(part.text, soft_wrap=True)  # whole on one line, so that it can be copied
        else:
            console.print(part, width=width)


# ---------------------------------------------------------------- parts that others use too


def verdict_text(label: str, p: float | None, sign: int | None = None) -> Text:
    """`▼ Bearish 81%` in its colour."""
    side = polarity(label) if sign is None else sign
    shown = f"{ARROWS[side]} {label}" + (f" {percent(p)}" if p is not None else "")
    return Text(shown, style=f"bold {COLOURS[side]}" if side else "bold")


def bar(p: Mapping[str, float], cells: int = _BAR) -> Text:
    """Probabilities side by side, most bearish first; whole cells, at least one for what is likelier than 3%."""
    ordered = sorted(p.items(), key=lambda item: polarity(item[0]))
    widths = [max(round(value * cells), 1 if value > 0.03 else 0) for _, value in ordered]
    if widths:
        widths[widths.index(max(widths))] += cells - sum(widths)
    text = Text()
    for (label, _), n in zip(ordered, widths, strict=True):
        text.append(("━" if polarity(label) else "─") * n, style=COLOURS[polarity(label)])
    return text


def linked_text(text: str, url: str | None, style: str = "") -> Text:
    """Words that a terminal can open, where the address is one to follow."""
    safe = web_link(url)
    return Text(text, style=Style.parse(style) + Style(link=safe)) if safe else Text(text, style=style)


def facts(pairs: Iterable[tuple[str, Text | str]], *, label_width: int = 9) -> Table:
    """Names on the left, values on the right; a name is shown once."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bright_black", width=label_width, no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    before = None
    for name, value in pairs:
        grid.add_row("" if name == before else name, value)
        before = name
    return grid


def claim_text(row: ShareRow) -> Text:
    """A claim with its figure in front, its denominator, and what does not hold in yellow."""
    text = linked_text(row.figure, text_link(row.first.url, row.first.quote), "bold")
    text.append(claim_words(row)[len(row.figure) :], style="not bold")
    text.append(f": {row.who}", style="not bold")
    if row.role != "current":
        text.append(f", {row.role}", style="not bold")
    if row.attributed_to:
        text.append(f", says {row.attributed_to}", style="not bold bright_black")
    for check in row.checks:
        text.append(f"  ⚠ {check_words(check)}", style="not bold yellow")
    return text


def lab_text(lab: LabLine) -> Text:
    """`Nvidia  NASDAQ:NVDA  ▼ Bearish 80%`."""
    text = Text(lab.name, style="bold")
    if lab.models:
        text.append(f" as {', '.join(lab.models)}", style="not bold bright_black")
    if lab.tickers:
        text.append(f"  {', '.join(lab.tickers)}", style="not bold cyan")
    if lab.label:
        text.append("  ").append_text(linked_verdict(lab))
    if lab.exposure:
        text.append(f"  moves {', '.join(lab.exposure)}", style="not bold bright_black")
    return text


def linked_verdict(lab: LabLine) -> Text:
    """A lab's own verdict, which opens where the text says it."""
    text = verdict_text(lab.label or "", lab.p)
    if safe := web_link(lab.url):
        text.stylize(Style(link=safe))
    return text


def section(title: str) -> Group:
    return Group(
        Text(""), Rule(Text(title.upper(), style="bold"), align="left", style="bright_black"), Text("")
    )


# ---------------------------------------------------------------- the digest


def _head(digest: Digest) -> Iterable[Text | Rule | Group]:
    counts = digest.counts
    yield Rule(Text("labtape", style="bold"), characters="━", align="left", style="bright_black")
    yield Text(digest.title, style="bold")
    yield Text(f"{moment(digest.since)} to {moment(digest.until)}", style="bright_black")
    line = Text()
    for label, n in counts.labels.items():
        side = polarity(label)
        line.append(f"{ARROWS[side]} {n} {label}   ", style=COLOURS[side])
    line.append(
        f"{counted(counts.n_claims, 'share claim')} · {counts.n_in_scope} of {counted(counts.n_articles, 'article')} "
        f"in scope · {counted(counts.n_sources, 'source')}"
    )
    yield line
    for note in digest.notes:
        yield Text(f"  {note}", style="italic yellow")


def _markets(digest: Digest) -> Iterable[Group | Table | Text]:
    if not digest.stories:
        return
    yield section("Markets")
    reached = [line for line in digest.markets if line.why]
    grid = Table.grid(padding=(0, 2), expand=True)
    grid.add_column(no_wrap=True, min_width=max((len(line.name) for line in reached), default=0))
    grid.add_column(no_wrap=True, min_width=max((len(line.label) + 2 for line in reached), default=0))
    grid.add_column(no_wrap=True, justify="right", min_width=5)
    grid.add_column(ratio=1, style="bright_black", overflow="ellipsis", no_wrap=True)
    for line in reached:
        verdict = verdict_text(line.label, None, line.polarity)
        grid.add_row(line.name, verdict, signed(line.score), line.why or "")
    yield grid
    quiet = [line.name for line in digest.markets if not line.why]
    if quiet:
        yield Text(f"No story reaches {', '.join(quiet)}.", style="bright_black")


def _new(digest: Digest) -> Iterable[Group | Table | Text]:
    """The new stories in a line each, where there are so many that they would be far down."""
    if len(digest.new) < _BRIEF:
        return
    yield section("New")
    yield _short_stories(digest.new[:FULL_STORIES])
    if digest.counts.n_new > FULL_STORIES:
        yield Text(f"{digest.counts.n_new - FULL_STORIES} more below", style="bright_black")


def _disputed(digest: Digest) -> Iterable[Group | Text | Padding]:
    if digest.disputes:
        yield section("Disputed")
    for dispute in digest.disputes:
        yield Text(dispute.about, style="bold")
        for side in dispute.sides:
            told = linked_text(side.publisher or "unknown source", side.url, "bright_black")
            yield Padding(told.append(f": {side.words}", style="default"), (0, 0, 0, 2))


def _changed(digest: Digest) -> Iterable[Group | Text | Padding | Table]:
    """What came into stories that go on, and what does not hold any more."""
    if digest.changed or digest.corrections:
        yield section(f"Changed since {moment(digest.since)}")
    for item in digest.changed[:FULL_STORIES]:
        head = Table.grid(padding=(0, 2))
        head.add_column(width=2, justify="right", style="bright_black")
        head.add_column(ratio=1, overflow="fold")
        words = linked_text(item.headline, item.url, "bold").append("  ")
        head.add_row(
            str(item.rank), words.append_text(verdict_text(item.label, item.confidence, item.polarity))
        )
        yield head
        for line in change_words(item.changes) if item.changes else ():
            yield Padding(Text(line), _INDENT)
    if len(digest.changed) > FULL_STORIES:
        yield Text(f"{len(digest.changed) - FULL_STORIES} more below", style="bright_black")
    for one in digest.corrections:
        head_line = linked_text(one.title, one.url, "bold")
        yield head_line.append(f"  {corrected_words(one)} · {moment(one.at)}", style="not bold yellow")
        for line in one.changes:
            yield Padding(Text(line), _INDENT)


def _stories(digest: Digest, console: Console) -> Iterable[Group | Padding | Table | Text | Address]:
    if digest.stories:
        yield section("Stories")
    for item in digest.stories[:FULL_STORIES]:
        yield from _story(item, shows_url=not console.is_terminal)
    rest = digest.stories[FULL_STORIES:]
    if rest:
        yield section("More stories")
        yield _short_stories(rest)
    if digest.n_stories_left_out:
        left_out = counted(digest.n_stories_left_out, "more story", "more stories")
        yield Text(f"{left_out} in this time", style="bright_black")


def _story(item: StoryItem, *, shows_url: bool) -> Iterable[Padding | Text | Table | Address]:
    head = Table.grid(padding=(0, 2))
    head.add_column(width=2, justify="right", style="bright_black")
    head.add_column(ratio=1, overflow="fold")
    head.add_row(str(item.rank), linked_text(item.headline, item.url, "bold"))
    yield head
    meta = Text()
    for mark, on in (("watchlist", item.is_watched), ("new", item.is_new)):
        if on:
            meta.append(mark, style="bold cyan").append(" · ", style="bright_black")
    meta.append(
        f"{item.publisher or 'unknown source'} · {moment(item.at, item.precision)} · {item.phase}", style="bright_black"
    )  # fmt: skip
    if item.n_articles > 1:
        meta.append(f" · {counted(item.n_articles, 'article')}, {told_by(item)}", style="bright_black")
    yield Padding(meta, _INDENT)
    if shows_url and item.url:
        yield Address(Text(f"    {item.url}", style="bright_black"))
    commands = f"labtape explain {item.article_id} · labtape story {item.story_id}"
    yield Padding(Text(commands, style="bright_black"), _INDENT)
    line = verdict_text(item.label, item.confidence, item.polarity).append("  ")
    line.append_text(bar(item.p)).append(f"  {item.target_name}", style="default")
    if item.state_words:
        line.append(f" · {item.state_words}", style="not bold bright_black")
    yield Padding(line, _INDENT)
    yield Padding(linked_text(item.why, item.why_url, "italic"), _INDENT)
    yield Padding(facts(_facts(item)), (0, 0, 1, 4))


def _facts(item: StoryItem) -> Iterable[tuple[str, Text | str]]:
    for line in change_words(item.changes) if item.changes else ():
        yield "Changed", line
    for horizon in item.horizons:
        if horizon.text:
            colour = COLOURS[polarity(horizon.label)] if polarity(horizon.label) else ""
            text = Text(f"{horizon.label} {percent(horizon.p)}", style=colour)
            told = linked_text(horizon.text, horizon.url, "default")
            yield horizon.name.capitalize(), text.append(" · ", style="default").append_text(told)
    for pattern, url in item.linked_patterns:
        yield "Before", linked_text(pattern, url)
    for lab in item.labs:
        if lab.label:
            yield "Labs", lab_text(lab)
    if named := named_labs(item.labs):
        yield "Labs", Text(named, style="bright_black")
    for claim in item.claims:
        yield "Shares", claim_text(claim)
    if item.geopolitics:
        yield "States", item.geopolitics
    if item.events:
        yield "Events", ", ".join(item.events)
    for quote, url in item.linked_quotes:
        yield "Quotes", linked_text(f"“{quote}”", url, "italic")
    if len(item.sources) > 1:
        told = Text()
        for n, source in enumerate(item.sources):
            told.append(", " if n else "").append_text(
                linked_text(source.publisher or "unknown source", source.url)
            )
            told.append(" (copy)" if source.is_copy else "", style="bright_black")
        yield "Sources", told
    for other in item.also_read:
        yield (
            "Read too",
            linked_text(other.headline, other.url).append(f" · {', '.join(other.why)}", style="bright_black"),
        )


def _short_stories(items: Sequence[StoryItem]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(justify="right", style="bright_black", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(
        ratio=1
    )  # the one that gives way: its text is cut, where `no_wrap` here would cut every column
    grid.add_column(style="bright_black", no_wrap=True, overflow="ellipsis", max_width=22)
    for item in items:
        headline = linked_text(item.headline, item.url)
        headline.no_wrap, headline.overflow = True, "ellipsis"
        verdict = verdict_text(item.label, item.confidence, item.polarity)
        grid.add_row(str(item.rank), verdict, headline, item.publisher or "")
    return grid


def _claims(digest: Digest) -> Iterable[Group | Table | Text | Padding]:
    if not digest.series:
        return
    yield section("Share claims")
    yield _ledger(row for group in digest.series for row in group.rows)
    if digest.n_claims_left_out:
        left_out = counted(digest.n_claims_left_out, "more claim")
        yield Text(f"{left_out} in `labtape shares`", style="bright_black")
    for drop in digest.dropped:
        yield Text(f"\n⚠ Denominator dropped: {drop.claim.figure}, {drop.claim.who}", style="bold yellow")
        tellings = ((drop.claim.first.publisher, drop.quote), (drop.source.publisher, drop.source.text))
        for publisher, words in tellings:
            yield Padding(Text(f"{publisher or 'unknown source'}: “{words}”"), (0, 0, 0, 2))
    for pair in digest.not_comparable:
        yield from _not_comparable(pair.left, pair.right, pair.reasons)


def _not_comparable(left: ShareRow, right: ShareRow, reasons: Sequence[str]) -> Iterable[Padding]:
    text = Text("≠ Not comparable: ", style="bold")
    text.append(f"{claim_words(left)}  |  {claim_words(right)}", style="not bold")
    yield Padding(text, (1, 0, 0, 0))
    yield Padding(Text(f"{left.who}: {'; '.join(reasons)}", style="bright_black"), (0, 0, 0, 2))


def _ledger(rows: Iterable[ShareRow]) -> Table:
    grid = Table(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1), expand=True,
        header_style="bold bright_black",
    )  # fmt: skip
    grid.add_column("Share", no_wrap=True)
    grid.add_column("Who", ratio=3, overflow="fold")
    grid.add_column("Of what, where, when", ratio=6, overflow="fold")
    grid.add_column("Who says so", ratio=4, overflow="fold")
    for row in rows:
        grid.add_row(_figure_cell(row), row.who, _denominator_cell(row), _source_cell(row))
    return grid


def _figure_cell(row: ShareRow) -> Text:
    text = linked_text(row.figure, text_link(row.first.url, row.first.quote), "bold")
    kinds: list[str] = [row.role] if row.role != "current" else []
    kinds += [row.statistic] if row.statistic not in ("snapshot", "unknown") else []
    return text.append(f"\n{', '.join(kinds)}", style="not bold bright_black") if kinds else text


def _denominator_cell(row: ShareRow) -> Text:
    text = Text(row.of_what) if row.of_what else Text("not stated", style="yellow")
    return text.append(f" · {row.period or 'no period'}", style="bright_black")


def _source_cell(row: ShareRow) -> Text:
    text = Text(f"{row.attributed_to}, in " if row.attributed_to else "")
    text.append_text(linked_text(row.first.publisher or "unknown source", row.first.url))
    if len(row.sightings) > 1:
        text.append(f" +{len(row.sightings) - 1}", style="bright_black")
    for check in row.checks:
        text.append(f" ⚠ {check_words(check)}", style="yellow")
    return text


def _end(digest: Digest) -> Iterable[Group | Text]:
    if digest.counts.n_skipped:
        yield Text(
            f"\nNot in scope: {counted(digest.counts.n_skipped, 'item')} skipped.", style="bright_black"
        )
    models = f" · model {', '.join(digest.models)}" if digest.models else ""
    yield Text(
        f"labtape {digest.engine} · knowledge base {digest.kb}{models} · no advice", style="bright_black"
    )
