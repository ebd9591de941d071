"""One figure in two scales: 1,000 trillion tokens in the headline and 100 trillion below, 0.61% and 61%.

unit_scale   two figures of one holder that have the same digits and differ by a power of ten
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from labtape.annotate.claims import Claim, holder_of, is_same_place, is_same_time, span_of
from labtape.annotate.comparability import metric_name
from labtape.types import Check, Share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SAME_DIGITS: Final = 0.005  # of the larger one; two roundings of one figure differ by less
_POWERS: Final = (
    1,
    2,
    3,
)  # tenfold, a hundredfold (percent and fraction), a thousandfold (billion and trillion)

_STUDIES: Final = frozenset(
    f"words:{word}" for word in ("study", "report", "analysis", "dataset", "data set", "survey", "review")
)


def scale_checks(claims: Sequence[Claim]) -> Iterator[tuple[int, Check]]:
    """The start of each later figure that repeats an earlier one in another scale, with the check."""
    seen: dict[tuple[object, ...], Claim] = {}
    for claim in claims:
        digits = digits_of(claim)
        if claim.role != "current" or not digits:
            continue
        firsts = [seen.setdefault((name, kind_of(claim), digits), claim) for name in _names(claim)]
        first = next((f for f in firsts if f is not claim and _is_told_twice(f, claim)), None)
        if first is not None:
            yield claim.start, scale_check(first, claim)


_PROPER: Final = re.compile(r"(?:\A|\s)(?P<name>[A-Z][\w-]+)\Z")


def _names(claim: Claim) -> tuple[object, ...]:
    """What a holder is known by: all of it, and the name that ends its words ("Microsoft's Foundry", "Foundry")."""
    holder, proper = holder_of(claim), _PROPER.search(claim.subject or "")
    return (*((holder,) if holder else ()), *((proper["name"],) if proper else ()))


def _is_told_twice(first: Claim, second: Claim) -> bool:
    labs = set(first.subject_labs), set(second.subject_labs)
    is_one = not (labs[0] and labs[1]) or bool(labs[0] & labs[1])
    return is_one and first.sentence != second.sentence and is_other_scale(first, second)


def kind_of(claim: Claim) -> tuple[str, ...]:
    """What must be equal for two figures to be of one thing: the unit, or the metric of a share."""
    return ("share", metric_name(claim.metric)) if isinstance(claim, Share) else ("volume", claim.unit)


def digits_of(claim: Claim) -> str:
    """The first three digits of a figure without its scale; "" for a share of one digit, which says too little.

    >>> from types import SimpleNamespace
    >>> digits_of(SimpleNamespace(value=0.612)), digits_of(SimpleNamespace(value=4.12e12))
    ('612', '412')
    """
    if claim.value <= 0:
        return ""
    digits = f"{claim.value:.2e}".split("e")[0].replace(".", "")
    return "" if isinstance(claim, Share) and not digits[1:].strip("0") else digits


def is_other_scale(a: Claim, b: Claim) -> bool:
    """Whether two figures differ by a power of ten, at one time and place."""
    one_time = is_same_time(a, b) or _is_study(a)
    if not is_same_place(a, b) or not one_time or min(a.value, b.value) <= 0:
        return False
    if not isinstance(a, Share) and not isinstance(b, Share) and a.per != b.per:
        return False
    ratio = max(a.value, b.value) / min(a.value, b.value)
    power = round(math.log10(ratio))
    return power in _POWERS and abs(ratio / 10**power - 1) <= _SAME_DIGITS


def _is_study(claim: Claim) -> bool:
    """Whether an amount is what a study has looked at: the time beside it is then the study's, not the amount's."""
    return bool(holder_of(claim) & _STUDIES)


def scale_check(first: Claim, second: Claim) -> Check:
    """What is said of two such figures of one article."""
    ratio = round(max(first.value, second.value) / min(first.value, second.value))
    detail = f"{second.text} here and {first.text} there are one figure, {ratio} times apart"
    return Check("unit_scale", detail, (span_of(first), span_of(second)))
