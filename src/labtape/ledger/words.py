"""How a share claim is put into words: the figure as it was worded, of what and where."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from labtape.foreign import clean

if TYPE_CHECKING:
    from labtape.ledger.rows import ShareRow
    from labtape.types import Share

_BOUNDS = {"exact": "", "about": "about ", "over": "over ", "under": "under ", "range": ""}


def number(value: float) -> str:
    """A figure without needless zeros.

    >>> number(61.0), number(1.2), number(33.333333)
    ('61', '1.2', '33.33')
    """
    return f"{round(value, 2):.2f}".rstrip("0").rstrip(".")


def figure(value: float, low: float, high: float, bound: str) -> str:
    """A figure as it was worded.

    >>> figure(61, 59, 63, "about"), figure(35, 30, 40, "range")
    ('about 61%', '30–40%')
    """
    if bound == "range":
        return f"{number(low)}–{number(high)}%"
    return f"{_BOUNDS[bound]}{number(value)}%"


def share_figure(share: Share) -> str:
    """A share as it was worded; a fraction in words keeps them, with its value beside."""
    worded = figure(share.value, share.low, share.high, share.bound)
    if re.search(r"\d", share.text):
        return worded
    return f"{_BOUNDS[share.bound]}{clean(share.text)} ({number(share.value)}%)"


def denominator(metric: str | None, population: str | None, platform: str | None) -> str | None:
    """Of what and where: the words that belong beside every share, or None when the text gives none.

    >>> denominator("token consumption", "top 10 models", "OpenRouter")
    'token consumption, top 10 models on OpenRouter'
    >>> denominator("downloads", None, "Hugging Face")
    'downloads on Hugging Face'
    """
    what = ", ".join(part for part in (metric, population) if part)
    if platform and platform.casefold() not in what.casefold():
        what = f"{what} on {platform}" if what else f"what is counted on {platform}"
    return what or None


def claim_words(row: ShareRow) -> str:
    """A claim in one line: figure, of what, how counted and when.

    "about 61% of token consumption, top 10 models on OpenRouter (last week)"
    """
    of_what = f" of {row.of_what}" if row.of_what else ""
    counted = row.statistic if row.statistic not in ("snapshot", "unknown") else ""
    parts = ("" if row.of_what else "of what: not stated", counted, row.period)
    aside = ", ".join(part for part in parts if part)
    return f"{row.figure}{of_what}" + (f" ({aside})" if aside else "")
