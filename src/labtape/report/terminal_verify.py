"""Share claims beside what the counter says, as a table on a terminal; plain text in a pipe."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from labtape.foreign import clean, shortened
from labtape.ledger.verify import Audit, Verdict, Verification, percent
from labtape.ledger.words import share_figure
from labtape.plain import to_plain
from labtape.report.terminal import WIDEST
from labtape.report.wording import counted, moment

_ORDER: Final[tuple[Verdict, ...]] = ("off", "open", "confirmed", "outside")
_WORDS: Final[dict[Verdict, str]] = {
    "off": "off", "open": "not settled", "confirmed": "confirmed", "outside": "outside",
}  # fmt: skip
_COLOURS: Final[dict[Verdict, str]] = {
    "off": "bold red", "open": "bold yellow", "confirmed": "bold green", "outside": "bright_black",
}  # fmt: skip
_LONGEST_QUOTE: Final = 240
_MOST_AUTHORS: Final = 5
_MOST_MODELS: Final = 3


def verify_terminal(audit: Audit, console: Console) -> None:
    """Print each claim with the counter's figure and the verdict, then the sums and whose figures these are."""
    width = min(console.width, WIDEST)
    if audit.verifications:
        console.print(_table(audit.verifications), width=width)
    else:
        console.print(Text("No share claims that are counted on OpenRouter in this time."), width=width)
    for line in summary_lines(audit):
        console.print(Text(line), width=width)
    console.print(Text(audit.citation, style="bold"), width=width)


def verify_dict(audit: Audit) -> dict[str, Any]:  # Any: JSON has no tighter type
    """An audit as a JSON value: the citation, how many claims got which verdict, every claim, what could not be assigned."""
    plain: dict[str, Any] = to_plain(audit)  # Any: as above
    return {"counts": {verdict: audit.n(verdict) for verdict in _ORDER}} | plain


def summary_lines(audit: Audit) -> Iterable[str]:
    """How many claims held, and how much of the file no lab stands behind."""
    told = ", ".join(
        f"{audit.n(verdict)} {_WORDS[verdict]}" for verdict in ("confirmed", "off", "open", "outside")
    )
    yield f"{counted(len(audit.verifications), 'claim')}: {told}"
    names = ", ".join(f"{clean(a.name)} {percent(a.share)}" for a in audit.authors[:_MOST_AUTHORS])
    more = len(audit.authors) - _MOST_AUTHORS
    names += f" and {more} more" if more > 0 else ""
    yield (
        f"{clean(audit.file)} has {audit.first} to {audit.last}; of its tokens {percent(audit.unassigned)} are of "
        f"authors that are no lab of the lexicon{f' ({names})' if names else ''}, {percent(audit.other)} are below the "
        "ranked models (`other`)"
    )


def _table(found: Iterable[Verification]) -> Table:
    grid = Table(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1), expand=True,
        header_style="bold bright_black",
    )  # fmt: skip
    grid.add_column("Verdict", no_wrap=True)
    grid.add_column("Claim", ratio=5, overflow="fold")
    grid.add_column("The counter", ratio=6, overflow="fold")
    for verification in sorted(found, key=lambda v: _ORDER.index(v.verdict)):
        grid.add_row(
            Text(_WORDS[verification.verdict], style=_COLOURS[verification.verdict]),
            _claim(verification),
            _counter(verification),
        )
    return grid


def _claim(verification: Verification) -> Text:
    claim = verification.claim
    who = clean(claim.share.subject or "holder not stated")
    text = Text(f"{share_figure(claim.share)} ", style="bold").append(who, style="not bold")
    if claim.quote:
        text.append(f"\n“{shortened(clean(claim.quote), _LONGEST_QUOTE)}”", style="not bold")
    source = ", ".join((clean(claim.publisher or "unknown source"), moment(claim.at, "day")))
    if claim.n_articles > 1:
        source += f", first of {counted(claim.n_articles, 'article')}"
    return text.append(f"\n{source}", style="not bold bright_black")


def _counter(verification: Verification) -> Text:
    text = Text()
    if verification.difference is not None:
        text.append(f"{_points(verification.difference, verification.least)}: ", style="bold")
    text.append(clean(verification.why))
    if verification.hint:
        text.append(f"\n{clean(verification.hint)}", style="bold yellow")
    if len(verification.counted) > 1:
        models = ", ".join(map(clean, verification.counted[:_MOST_MODELS]))
        more = len(verification.counted) - _MOST_MODELS
        text.append(f"\ncounted: {models}{f' and {more} more' if more > 0 else ''}", style="bright_black")
    return text


def _points(difference: float, least: float | None) -> str:
    """How far the counter is from the claim.

    >>> _points(-15.8, -3.8), _points(3.5, 3.5)
    ('15.8 points less (at least 3.8)', '3.5 points more')
    """
    words = f"{abs(difference):.1f} points {'more' if difference > 0 else 'less'}"
    return words if least in (None, difference) else f"{words} (at least {abs(least or 0.0):.1f})"
