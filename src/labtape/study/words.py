"""What a reader of a study must know, in words: what was left out, what it is held against, how many tests were made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from labtape.plain import iso
from labtape.report.wording import counted
from labtape.study.estimate import ENOUGH, ENOUGH_DAYS
from labtape.study.placebo import APART
from labtape.study.returns import ADJUSTED, ESTIMATION, FEWEST, MODEL, RAW

if TYPE_CHECKING:
    from labtape.study.nouns import Study

_NAMED = 5


def notes(study: Study) -> tuple[str, ...]:
    """One sentence or two for each thing to know, the most important first."""
    return (*_period(study), *_warnings(study), *_left_out(study), *_method(study), *_tests(study))


def _period(study: Study) -> Iterator[str]:
    first, last = study.options.since, study.options.until
    parts = [f"{word} {iso(at)}" for word, at in (("from", first), ("to", last)) if at]
    if parts:
        yield f"Period: what became available {' '.join(parts)}, ends included."


def _warnings(study: Study) -> Iterator[str]:
    counts = study.counts
    if counts.n_days == 1 and counts.n_observations > 1:
        yield (
            "All entries fall on 1 day, so this is one fact. An archive that is scored at one time is available at that time, whenever its articles "
            "were published; entries on many days come from a desk that ran."
        )
    if counts.n_hindsight:
        yield (
            f"Scored in hindsight: {counted(counts.n_hindsight, 'record')} scored more than a day after being available; "
            "the verdict, or the model behind it, may know what followed."
        )
    if counts.n_before_published:
        yield (
            f"{counted(counts.n_before_published, 'record')} available before being published: one of the two times is wrong; "
            "the study goes by the first."
        )
    if counts.n_late:
        yield (
            f"{counted(counts.n_late, 'record')} became available more than two days after being published: "
            "prices had their time before; entries are after it."
        )


def _left_out(study: Study) -> Iterator[str]:
    counts = study.counts
    parts = []
    if counts.n_unlisted:
        parts.append(f"{counted(counts.n_unlisted, 'record')} about nothing listed")
    if counts.n_unpriced:
        named = ", ".join(f"{ticker} {n}" for ticker, n in counts.missing[:_NAMED])
        more = f" and {len(counts.missing) - _NAMED} more" if len(counts.missing) > _NAMED else ""
        parts.append(f"{counted(counts.n_unpriced, 'record')} without prices ({named}{more})")
    if counts.n_again:
        parts.append(
            f"{counted(counts.n_again, 'trade')} of later versions that say what the article had said before"
        )
    if counts.n_after:
        parts.append(f"{counted(counts.n_after, 'trade')} after the last price")
    if counts.n_without_price:
        parts.append(f"{counted(counts.n_without_price, 'trade')} with no price in the session")
    if counts.n_without_session:
        parts.append(f"{counted(counts.n_without_session, 'trade')} beyond the calendar of the exchange")
    if parts:
        yield f"Left out: {'; '.join(parts)}."


def _method(study: Study) -> Iterator[str]:
    methods = Counter(one.method for one in study.outcomes)
    made = sum(methods.values())
    if not made:
        return
    if methods[RAW] == made:
        yield "Returns are raw: there is no market among the prices (name one with --benchmark, or give five tickers or more of an exchange)."
        return
    words = f"CAR: market model over {ESTIMATION} sessions before"
    if methods[ADJUSTED]:
        words += f"; for {counted(methods[ADJUSTED], 'trade')} with fewer than {FEWEST} returns before, the return less the market's"
    if methods[RAW]:
        words += f"; {counted(methods[RAW], 'trade')} without a market have no CAR and are not in the table"
    yield f"{words}." if methods[MODEL] + methods[ADJUSTED] else words


def _tests(study: Study) -> Iterator[str]:
    n = study.n_tests
    small = sum(not row.is_enough for row in study.rows)
    if small:
        yield (
            f"{counted(small, 'row')} with fewer than {ENOUGH} observations, or on fewer than {ENOUGH_DAYS} days: "
            "n too small to say anything, not tested."
        )
    if n:
        yield (
            f"{counted(n, 'test')} made, so {n * 0.05:.1f} would have p < 0.05 by chance alone if none of it were true. p: {study.options.placebos} placebo samples "
            f"of dates without an event within {APART} sessions; q: Benjamini and Hochberg's false discovery rate over all tests; * q < 0.05."
        )
        untested = sum(row.p is None and row.is_enough and not row.is_check for row in study.rows)
        if untested:
            yield f"{counted(untested, 'row')} not tested: too few sessions without an event to compare with."
