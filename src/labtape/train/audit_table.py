"""An audit as people read it."""

from __future__ import annotations

from rich import box
from rich.table import Table

from labtape.train.audit import LEAST, Audit, Change, shown_name


def audit_table(found: Audit) -> Table:
    """A row for each kind of change: articles, change of score and relevance, labels changed, directions that do as expected.

    Rows over fewer than `LEAST` articles have their number in brackets.
    """
    table = Table(
        title=f"{found.n_articles} articles, {found.n_twins} twins",
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1), title_justify="left",
    )  # fmt: skip
    table.add_column("Told of", min_width=28, overflow="fold")
    for name in ("n", "Score", "Relevance", "Labels", "Fits"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in found.rows:
        n = f"{row.n}" if row.n >= LEAST else f"({row.n})"
        fits = "" if row.as_expected is None else f"{row.as_expected:.0%}"
        relevance, labels = f"{row.relevance.mean:+.3f}", f"{row.labels_changed:.0%}"
        table.add_row(shown_name(row), n, _change(row.score), relevance, labels, fits)
    return table


def cause_lines(found: Audit) -> tuple[str, ...]:
    """A line for each row whose change is beyond noise: what it comes from, in log-odds."""
    return tuple(
        f"{shown_name(row)}: {'; '.join(f'{c.head}, {c.words} {c.mean:+.3f}' for c in row.causes)}"
        for row in found.rows
        if row.causes
    )


def _change(change: Change) -> str:
    return f"{change.mean:+.3f} [{change.low:+.3f}, {change.high:+.3f}]"
