"""What moved a verdict's probabilities, as sections: every head with its strongest parts, and how p follows from them."""

from __future__ import annotations

from typing import Final

from labtape.foreign import clean
from labtape.lexicon.entries import Lexicon
from labtape.ports import Account, Attribution, Part
from labtape.report.sections import Point, Section
from labtape.report.wording import counted, percent, polarity, probabilities
from labtape.signal.mathematics import discounted, rounded
from labtape.types import Record

SHOWN: Final = 8
_CELLS: Final = 12
_HEADS: Final = {
    "relevance": "Is it about AI markets",
    "material": "Does it speak for a direction",
    "direction": "Up rather than down, if it does",
    "up": "What speaks for up",
    "neutral": "What speaks for no direction",
    "down": "What speaks for down",
}
# Rounding to four decimals and putting the rest on one label moves a probability by less than this.
_ROUNDED: Final = 0.0005


def moved(account: Account, record: Record, lexicon: Lexicon | None = None) -> tuple[Section, ...]:
    """A section on how p follows from the heads, then one per head with its parts, in log-odds."""
    follows = Section("What moved it", tuple(Point(line) for line in _follows(account, record, lexicon)))
    return (follows, *(_head(attribution) for attribution in account.heads))


def _follows(account: Account, record: Record, lexicon: Lexicon | None) -> list[str]:
    by_head = {a.head: a for a in account.heads}
    relevance = by_head["relevance"].p if "relevance" in by_head else record.relevance.p
    lines = [", ".join(f"{a.head} {a.log_odds:+.2f} ({percent(a.p)})" for a in account.heads)]
    if account.elsewhere is None:
        lines.append(f"together: {probabilities(account.as_news)}")
    else:
        lines += [
            f"material and direction: {probabilities(account.raw)}",
            f"calibrated ({account.calibration}): {probabilities(account.as_news)}",
            f"as a finance headline of any field: {probabilities(account.elsewhere)}",
            f"weighed {percent(relevance)} to {percent(1 - relevance)}: {probabilities(account.p)}",
        ]
    return [*lines, *_differs(account, record, relevance, lexicon)]


def _differs(account: Account, record: Record, relevance: float, lexicon: Lexicon | None) -> list[str]:
    """Why the record says something else, where it does."""
    told = record.verdict.p
    if record.verdict.state in ("out_of_scope", "insufficient"):
        neutral = next(label for label in account.p if polarity(label, lexicon) == 0)
        ours = rounded(discounted(account.p, relevance, neutral))
        why = [f"out of scope or too short, so the record keeps p times relevance: {probabilities(told)}"]
    else:
        ours, why = rounded(account.p), []
    if ours.keys() == told.keys() and all(abs(ours[label] - told[label]) < _ROUNDED for label in ours):
        return why
    return [*why, f"the record says {probabilities(told)}: names, rules or knowledge base have changed since"]


def _head(attribution: Attribution) -> Section:
    first, rest = attribution.parts[:SHOWN], attribution.parts[SHOWN:]
    most = max((abs(part.value) for part in first), default=0.0)
    rows = [_row(part, most) for part in first]
    if rest:
        rows.append((counted(len(rest), "other part"), f"{sum(part.value for part in rest):+.2f}", ""))
    rows.append(("all parts add up to", f"{attribution.log_odds:+.2f}", f"p {percent(attribution.p)}"))
    title = _HEADS.get(attribution.head, attribution.head)
    return Section(title, (), ("Moved by", "Log-odds", "− against · for +"), tuple(rows))


def _row(part: Part, most: float) -> tuple[str, str, str]:
    return clean(part.words), f"{part.value:+.2f}", signed_bar(part.value, most)


def signed_bar(value: float, most: float, cells: int = _CELLS) -> str:
    """A bar from the middle, to the left for what is negative; `most` fills a side.

    >>> signed_bar(-1.0, 2.0, cells=4), signed_bar(2.0, 2.0, cells=4)
    ('  ━━│', '    │━━━━')
    """
    n = max(1, round(abs(value) / most * cells)) if most and value else 0
    return f"{' ' * (cells - n)}{'━' * n}│" if value < 0 else f"{' ' * cells}│{'━' * n}"
