"""How a share claim is put into words: the figure as it was worded, of what and where."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from labtape.foreign import clean

if TYPE_CHECKING:
    from labtape.ledger.rows import ShareRow
    from labtape.types import Share

# What a finding against a claim is called where people read it; the others go by their name.
_CHECKS = {
    "delta_across_keys": "change between unlike figures",
    "share_sum_over_100": "shares add up to over 100%",
    "rank_value_mismatch": "rank and figure disagree",
    "unit_scale": "same digits, another scale",
    "total_mismatch": "parts and total disagree",
    "direction_word_mismatch": "word and figures disagree",
}
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
    """Of what and where: the words that belong beside every share, or None when the text gives none. What one part says already is said once.

    >>> denominator("token consumption", "top 10 models", "OpenRouter")
    'token consumption, top 10 models on OpenRouter'
    >>> denominator("downloads", None, "Hugging Face")
    'downloads on Hugging Face'
    >>> denominator("top-10 traffic", "top-10 traffic", None), denominator("tokens", "tokens of open models", None)
    ('top-10 traffic', 'tokens of open models')
    """
    parts = [part for part in (metric, population) if part]
    if len(parts) == 2:
        said, more = parts
        parts = [said] if _is_within(more, said) else [more] if _is_within(said, more) else parts
    what = ", ".join(parts)
    if platform and platform.casefold() not in what.casefold():
        what = f"{what} on {platform}" if what else f"what is counted on {platform}"
    return what or None


def _is_within(part: str, whole: str) -> bool:
    """Whether the words of `part` stand in `whole`, whatever their case."""
    return re.search(rf"(?<!\w){re.escape(part.casefold())}(?!\w)", whole.casefold()) is not None


def check_words(name: str) -> str:
    """What a finding against a claim is called.

    >>> check_words("delta_across_keys"), check_words("denominator_dropped")
    ('change between unlike figures', 'denominator dropped')
    """
    return _CHECKS.get(name, name.replace("_", " "))


def claim_words(row: ShareRow) -> str:
    """A claim in one line: figure, of what, how counted and when.

    "about 61% of token consumption, top 10 models on OpenRouter (last week)"
    """
    of_what = f" of {row.of_what}" if row.of_what else ""
    counted = row.statistic if row.statistic not in ("snapshot", "unknown") else ""
    parts = ("" if row.of_what else "of what: not stated", counted, row.period)
    aside = ", ".join(part for part in parts if part)
    return f"{row.figure}{of_what}" + (f" ({aside})" if aside else "")
