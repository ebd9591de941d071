"""1.2, 13, nearly 30, 51 and 61 percent are five figures and no line: the reasons are given."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

from labtape.annotate import annotate
from labtape.annotate.claims import basis_of
from labtape.annotate.comparability import differences
from labtape.ledger.checks import ledger_checks
from labtape.lexicon import lexicon
from labtape.types import Annotated, Article, Share

AT = datetime(2026, 6, 1, tzinfo=UTC)
FIVE = (1.2, 13.0, 30.0, 51.0, 61.0)
OWN = (
    "Chinese providers took about 61% of tokens among the top 10 models on OpenRouter. Late in 2024, Chinese open-weight "
    "models had under 1.2% of weekly tokens. In 2025 that share reached nearly 30% at its peak and averaged around 13% over "
    "the year. In April 2026, Chinese providers handled about 51% of all tokens."
)
ONE_RISE = (
    "Chinese models climbed from under 1.2% of tokens in late 2024 to an average of 13% in 2025 and 61% of tokens among the "
    "top 10 models on OpenRouter."
)


def _read(title: str, text: str) -> Annotated:
    return annotate(Article("x", title, text, published_at=AT), lexicon())


def _assert_refused(shares: tuple[Share, ...]) -> None:
    five = [share for share in shares if share.value in FIVE]
    assert sorted(share.value for share in five) == list(FIVE)
    keys = [share.comparability_key for share in five]
    assert len(set(keys)) == len(keys)
    reasons = {field for a, b in combinations(five, 2) for field in differences(basis_of(a), basis_of(b))}
    assert {"group", "population", "statistic"} <= reasons
    by_value = {share.value: basis_of(share) for share in five}
    assert {"group", "population"} <= set(differences(by_value[61.0], by_value[1.2]))
    assert {"statistic"} <= set(differences(by_value[30.0], by_value[13.0]))
    assert "population" in differences(by_value[61.0], by_value[51.0])


def test_our_telling_of_the_five_figures_is_refused_as_one_series() -> None:
    _assert_refused(_read("Five numbers, no line", OWN).shares)


def test_the_article_they_come_from_is_refused_as_one_series(shared: Path) -> None:
    (seed,) = (shared / "seeds").glob("001_*.txt")
    title, _, text = seed.read_text(encoding="utf-8").partition("\n\n")
    _assert_refused(_read(title, text.partition("\nNeutral\n")[0]).shares)


def test_told_as_one_rise_they_are_no_series() -> None:
    checks = [check for share in _read("A straight line", ONE_RISE).shares for check in share.checks]
    assert "delta_across_keys" in {check.name for check in checks}


def test_the_five_figures_told_well_are_left_in_peace() -> None:
    annotated = _read("Five numbers, no line", OWN)
    assert [check for share in annotated.shares for check in share.checks] == []


def test_an_empty_ledger_says_nothing() -> None:
    assert ledger_checks(()) == {}
