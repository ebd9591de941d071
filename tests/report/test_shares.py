from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from labtape.exceptions import SettingsError
from labtape.ledger import ShareRow, not_comparable, point_in_time, reasons, series, share_rows
from labtape.ledger.words import claim_words
from labtape.report import shares_chart, shares_csv, shares_terminal
from labtape.types import Period

from .samples import at, lexicon, records

RECORDS = records()


def rows() -> tuple[ShareRow, ...]:
    return share_rows(RECORDS, lexicon=lexicon())


def row(key: str) -> ShareRow:
    return next(r for r in rows() if r.comparability_key == key)


def test_a_claim_repeated_elsewhere_is_one_row_with_two_sightings() -> None:
    again = replace(RECORDS[0], id="b1", publisher="Copy Desk", published_at=at(3, 1))
    found = share_rows((again, *RECORDS), lexicon=lexicon())
    claim = next(r for r in found if r.comparability_key == "k1")
    assert [s.publisher for s in claim.sightings] == ["Router Weekly", "Copy Desk"]
    assert claim.first.publisher == "Router Weekly"


def test_a_row_says_of_what_and_where() -> None:
    claim = row("k1")
    assert claim.of_what == "token consumption, top 10 models on OpenRouter"
    assert claim_words(claim) == "about 61% of token consumption, top 10 models on OpenRouter (last week)"


def test_a_row_without_denominator_says_so() -> None:
    bare = replace(row("k3"), metric=None, population=None, platform=None, platform_name=None)
    assert claim_words(bare) == "61% (of what: not stated)"


def test_only_equal_keys_make_a_series() -> None:
    assert [len(s.rows) for s in series(rows())] == [1, 1, 1]
    later = replace(row("k1"), value=64.0, period="this week", period_end="2026-06-07")
    groups = series((*rows(), later))
    assert [r.value for r in groups[0].rows] == [61.0, 64.0]


def test_look_alikes_are_not_comparable_and_the_reasons_name_what_differs() -> None:
    pairs = not_comparable(rows())
    assert {(p.left.comparability_key, p.right.comparability_key) for p in pairs} == {
        ("k1", "k2"),
        ("k1", "k3"),
    }
    told = next(p for p in pairs if p.right.comparability_key == "k3").reasons
    assert "population differs (top 10 models / not stated)" in told
    assert "platform differs (OpenRouter / not stated)" in told


def test_equal_keys_need_no_reasons() -> None:
    assert reasons(row("k1"), row("k1")) == ()


def test_other_keys_always_have_a_reason() -> None:
    assert reasons(row("k1"), replace(row("k1"), comparability_key="k9")) == ("unit or definition differs",)


def test_a_claim_is_placed_at_its_period_or_its_day() -> None:
    assert point_in_time(row("k2")) == "2024-12-31"
    assert point_in_time(row("k3")) == "2026-06-02"


def test_csv_has_a_line_per_claim_with_its_denominator() -> None:
    read = list(csv.DictReader(io.StringIO(shares_csv(rows()))))
    assert len(read) == 3
    told = next(r for r in read if r["comparability_key"] == "k1")
    assert (told["metric"], told["population"], told["platform"]) == (
        "token consumption", "top 10 models", "platform:openrouter",
    )  # fmt: skip
    assert told["low"] == "59.0"


def test_csv_marks_what_a_spreadsheet_would_run() -> None:
    hostile = replace(row("k1"), subject="=cmd|'/c calc'!A1")
    assert "'=cmd" in shares_csv((hostile,))


def test_the_terminal_shows_the_ledger_and_what_is_not_comparable() -> None:
    console = Console(width=100, file=io.StringIO(), highlight=False)
    shares_terminal(rows(), console)
    told = console.file.getvalue()
    assert "3 share claims in 3 series" in told
    assert "Not comparable" in told
    assert "period unstated" in told


def test_an_empty_ledger_says_so() -> None:
    console = Console(width=80, file=io.StringIO())
    shares_terminal((), console)
    assert "No share claims" in console.file.getvalue()


@pytest.mark.parametrize(
    ("suffix", "start"),
    [
        (".svg", b"<svg"),
        (".png", b"\x89PNG"),
        pytest.param(".html", b"<!DOCTYPE html", marks=pytest.mark.slow),
    ],
)
def test_a_chart_is_drawn_by_the_ending(tmp_path: Path, suffix: str, start: bytes) -> None:
    shares_chart(rows(), tmp_path / f"shares{suffix}")
    body = (tmp_path / f"shares{suffix}").read_bytes()
    assert body.startswith(start)
    assert b'src="http' not in body


def test_a_chart_of_another_ending_or_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no chart has this ending; have: \.svg, \.png, \.html"):
        shares_chart(rows(), tmp_path / "shares.pdf")
    with pytest.raises(SettingsError, match="nothing to draw"):
        shares_chart((), tmp_path / "shares.svg")


def test_words_of_a_claim_are_cleaned() -> None:
    hostile = replace(
        RECORDS[0],
        shares=(
            replace(RECORDS[0].shares[0], subject="Chinese\x1b[31m\nproviders", period=Period("\u202eweek")),
        ),
    )
    (claim,) = share_rows((hostile,))
    assert claim.subject == "Chinese[31m providers"
    assert claim.period == "week"
