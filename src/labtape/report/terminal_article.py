"""One article on a terminal: `label_terminal` in a screen, `explain_terminal` with everything behind it."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from labtape.foreign import bare_quote, clean
from labtape.ledger import share_rows
from labtape.ledger.words import figure
from labtape.lexicon.entries import Lexicon
from labtape.ports import Account
from labtape.report.explain import explanation, head_lines
from labtape.report.moved import moved
from labtape.report.sections import Section
from labtape.report.story_items import event_names, is_pattern, lab_lines, pattern_lines
from labtape.report.terminal import (
    WIDEST,
    bar,
    claim_text,
    facts,
    lab_text,
    linked_text,
    section,
    verdict_text,
)
from labtape.report.wording import (
    chain_words,
    geopolitics_line,
    horizon_words,
    name_of,
    percent,
    polarity,
    state_words,
)
from labtape.types import Article, Record, Sentence


def label_terminal(record: Record, console: Console, *, lexicon: Lexicon | None = None) -> None:
    """Print what one article means, and why, on about one screen."""
    width = min(console.width, WIDEST)
    verdict = record.verdict
    if clean(record.title):
        console.print(linked_text(clean(record.title), record.url, "bold"), width=width)
    line = verdict_text(verdict.label, verdict.confidence, polarity(verdict.label, lexicon)).append("  ")
    line.append_text(bar(verdict.p)).append(f"  {clean(name_of(verdict.target, lexicon))}", style="default")
    state = state_words(verdict.state, verdict.label)
    if state:
        line.append(f" · {state}", style="not bold bright_black")
    console.print(line, width=width)
    console.print(Text(clean(verdict.takeaway.text), style="italic"), width=width)
    console.print(Padding(facts(_facts(record, lexicon), label_width=10), (1, 0, 0, 0)), width=width)


def _facts(record: Record, lexicon: Lexicon | None) -> Iterator[tuple[str, Text | str]]:
    verdict = record.verdict
    yield "Relevant", f"{'yes' if record.relevance.relevant else 'no'}, p {percent(record.relevance.p)}"
    for sentence in _reasons(record):
        yield (
            "Why",
            Text(clean(sentence.text)).append(
                f" ({sentence.rule or sentence.support})", style="bright_black"
            ),
        )
    for name in sorted(verdict.horizons, key=lambda n: n != "short"):
        horizon = verdict.horizons[name]
        text = verdict_text(horizon.label, horizon.p.get(horizon.label))
        words = horizon_words(name, horizon.text)
        yield (
            f"{name.capitalize()} term",
            text.append(f" · {words}" if words else "", style="default not bold"),
        )
    for pattern in pattern_lines(verdict):
        yield "Similar", pattern
    for row in sorted(share_rows((record,), lexicon=lexicon), key=lambda r: (r.role != "current", -r.value)):
        yield "Shares", claim_text(row)
    for lab in lab_lines(record, lexicon):
        yield "Labs", lab_text(lab)
    events = event_names(record, lexicon)
    if events:
        yield "Events", ", ".join(events)
    states = geopolitics_line(record.geopolitics)
    if states:
        yield "States", states
    for other in record.percentages:
        shown = figure(other.value, other.low, other.high, other.bound)
        way = f" {other.direction}" if other.direction != "none" else ""
        yield "Other %", f"{shown}{way}, {other.kind.replace('_', ' ')}"
    for market in record.markets:
        if market.via:
            through = chain_words(market.via, lexicon)
            text = Text(f"{clean(name_of(f'market:{market.market}', lexicon))} ")
            text.append_text(verdict_text(market.label, market.p.get(market.label)))
            yield "Markets", text.append(f" · {through}" if through else "", style="not bold bright_black")
    for name in dict.fromkeys(unlinked.text for unlinked in record.unlinked):
        why = dict.fromkeys(u.reason.replace("_", " ") for u in record.unlinked if u.text == name)
        yield "Not linked", f"{clean(name)}: {', '.join(why)}"
    for quote in record.key_quotes:
        yield "Quotes", Text(f"“{bare_quote(quote.text)}”", style="italic")
    for text_ in verdict.would_change_if:
        yield "Changes if", clean(text_)


def _reasons(record: Record) -> Iterator[Sentence]:
    """The rationale without what has a line of its own: the horizons and the historical pattern."""
    told = {horizon.text for horizon in record.verdict.horizons.values()}
    for sentence in record.verdict.rationale:
        if sentence.text not in told and not is_pattern(sentence):
            yield sentence


def explain_terminal(
    record: Record,
    article: Article | None,
    console: Console,
    *,
    lexicon: Lexicon | None = None,
    account: Account | None = None,
) -> None:
    """Print the full reasoning for one article, with its evidence in words where the article is at hand."""
    width = min(console.width, WIDEST)
    console.print(linked_text(clean(record.title), record.url, "bold"), width=width)
    for line in head_lines(record):
        console.print(Text(line, style="bright_black"), width=width)
    for part in explanation(record, article, lexicon=lexicon, account=account):
        console.print(section(part.title), width=width)
        _print_section(part, console, width)


def moved_terminal(
    account: Account, record: Record, console: Console, *, lexicon: Lexicon | None = None
) -> None:
    """Print what moved the probabilities of one article."""
    width = min(console.width, WIDEST)
    for part in moved(account, record, lexicon):
        console.print(section(part.title), width=width)
        _print_section(part, console, width)


def _print_section(part: Section, console: Console, width: int) -> None:
    for point in part.points:
        text = Text(point.text)
        if point.note:
            text.append(f"  {point.note}", style="bright_black")
        console.print(text, width=width)
        for evidence in point.evidence:
            console.print(Padding(Text(evidence, style="italic bright_black"), (0, 0, 0, 3)), width=width)
    if part.rows:
        grid = Table(
            box=box.SIMPLE_HEAD,
            show_edge=False,
            pad_edge=False,
            padding=(0, 1),
            header_style="bold bright_black",
        )
        for name in part.head:
            grid.add_column(name, overflow="fold")
        for row in part.rows:
            grid.add_row(*(Text(cell) for cell in row))
        console.print(grid, width=width)
