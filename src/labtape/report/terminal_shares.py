"""The ledger of share claims on a terminal: the claims with their status, then why some may not be compared, then disputes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from labtape.ledger import STATUSES, Finding, ShareRow, Status, claim_words, series
from labtape.ledger.words import check_words
from labtape.report.terminal import WIDEST, linked_text
from labtape.report.wording import counted

_STYLES: dict[Status, str] = {
    "single": "",
    "corroborated": "green",
    "contradicted": "bold red",
    "superseded": "bright_black",
    "not_comparable": "yellow",
}
_INDENT = (0, 0, 0, 2)


def shares_terminal(rows: Sequence[ShareRow], console: Console) -> None:
    """Print the ledger of share claims by series, then what may not be compared and why, then what is disputed."""
    width = min(console.width, WIDEST)
    if not rows:
        console.print(Text("No share claims in this time."))
        return
    groups = series(rows)
    counts = Counter(row.status for row in rows)
    told = ", ".join(f"{counts[status]} {status.replace('_', ' ')}" for status in STATUSES if counts[status])
    head = f"{counted(len(rows), 'share claim')} in {counted(len(groups), 'series', 'series')}: {told}"
    console.print(Text(f"{head}\n", style="bold"), width=width)
    console.print(_table(row for group in groups for row in group.rows), width=width)
    for part in (*_objections(rows), *_not_comparable(rows), *_disputed(rows)):
        console.print(part, width=width)


def _table(rows: Iterable[ShareRow]) -> Table:
    grid = Table(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1), expand=True,
        header_style="bold bright_black",
    )  # fmt: skip
    grid.add_column("Share", min_width=9, max_width=16, overflow="fold")
    grid.add_column("Whose, of what, when", ratio=5, overflow="fold")
    grid.add_column("Status", ratio=4, overflow="fold")
    grid.add_column("Who says so", ratio=4, overflow="fold")
    for row in rows:
        grid.add_row(_figure(row), _what(row), _status(row), _sources(row))
    return grid


def _figure(row: ShareRow) -> Text:
    text = Text(row.figure, style="bold")
    kinds: list[str] = [row.role] if row.role != "current" else []
    kinds += [row.statistic] if row.statistic not in ("snapshot", "unknown") else []
    kinds += [row.modality] if row.modality == "opinion" else []
    return text.append(f"\n{', '.join(kinds)}", style="not bold bright_black") if kinds else text


def _what(row: ShareRow) -> Text:
    text = Text(f"{row.who}: ")
    text.append_text(Text(row.of_what) if row.of_what else Text("of what: not stated", style="yellow"))
    text.append(f" · {row.period or 'no period'}", style="bright_black")
    for check in row.checks:
        text.append(f" ⚠ {check_words(check)}", style="yellow")
    return text


def _status(row: ShareRow) -> Text:
    name = "restated" if row.standing.restated_by else row.status.replace("_", " ")
    text = Text(name, style=_STYLES[row.status])
    text.append(f"\n{_short_reason(row.standing.findings[0])}", style="not bold bright_black")
    n = row.standing.n_origins
    if n > 1 and row.status != "corroborated":
        text.append(f"\n{n} independent origins", style="not bold bright_black")
    return text


def _short_reason(finding: Finding) -> str:
    """The reasons in few words; what differs from another series is spelled out below the table."""
    if finding.status != "not_comparable":
        return "; ".join(finding.reasons)
    names = [reason.split(" differs")[0] for reason in finding.reasons]
    return f"{', '.join(names)} {'differs' if len(names) == 1 else 'differ'}"


def _sources(row: ShareRow) -> Text:
    text = Text(f"{row.attributed_to}, in " if row.attributed_to else "")
    text.append_text(linked_text(row.first.publisher or "unknown source", row.first.url))
    seen = [f"{row.first.at:%Y-%m-%d}"] if row.first.at else []
    seen += [counted(len(row.sightings), "sighting")] if len(row.sightings) > 1 else []
    return text.append(f"\n{', '.join(seen)}", style="bright_black") if seen else text


def _objections(rows: Iterable[ShareRow]) -> Iterator[Padding]:
    """What is said against single claims, with both quotes where another article has the other side."""
    for row in rows:
        for check in row.objections:
            text = Text(f"⚠ {check.name.replace('_', ' ')}: ", style="bold yellow")
            text.append(
                f"{row.who}: {claim_words(row)} in {row.first.publisher or 'unknown source'}",
                style="default not bold",
            )
            yield Padding(text, (1, 0, 0, 0))
            yield Padding(Text(f"{check.detail}.", style="bright_black"), _INDENT)
            if row.quote:
                yield Padding(Text(f"here: “{row.quote}”"), _INDENT)
            if check.other:
                yield Padding(Text(f"{check.other.publisher or 'there'}: “{check.other.text}”"), _INDENT)


def _not_comparable(rows: Iterable[ShareRow]) -> Iterator[Padding]:
    """One entry for each series of a holder that could be taken for the holder's main one, by a current claim."""
    shown = set()
    for row in sorted(rows, key=lambda r: r.role != "current"):
        for finding in row.standing.findings:
            series_of = (row.holder, row.comparability_key)
            if finding.status == "not_comparable" and series_of not in shown:
                shown.add(series_of)
                text = Text("≠ Not comparable: ", style="bold")
                text.append(f"{claim_words(row)}  |  {finding.beside}", style="not bold")
                yield Padding(text, (1, 0, 0, 0))
                why = f"{row.who}: {'; '.join(finding.reasons)}"
                yield Padding(Text(why, style="bright_black"), _INDENT)


def _disputed(rows: Iterable[ShareRow]) -> Iterator[Padding]:
    """Each pair of figures that cannot both hold, once."""
    shown: set[frozenset[str]] = set()
    for row in rows:
        for finding in row.standing.findings:
            if finding.status != "contradicted":
                continue
            for other, reason in zip(finding.against, finding.reasons, strict=True):
                if frozenset((row.id, other)) not in shown:
                    shown.add(frozenset((row.id, other)))
                    text = Text("⚠ Disputed: ", style="bold red")
                    told = f"{row.who}: {claim_words(row)} in {row.first.publisher or 'unknown source'}"
                    yield Padding(text.append(told, style="default not bold"), (1, 0, 0, 0))
                    yield Padding(Text(reason, style="bright_black"), _INDENT)
