"""Every article of corpora/claims: what is wrong is named, what is right is left in peace, both sides are quoted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from labtape.annotate.claims import Claim, basis_of, in_order
from labtape.annotate.comparability import differences
from labtape.batch import Tools, score
from labtape.ledger.checks import Place, ledger_checks
from labtape.read import article_from_row
from labtape.types import Check, Placement, Record

CLAIMS = Path(__file__).parents[2] / "corpora" / "claims" / "claims.jsonl"
ROWS: list[dict[str, Any]] = [json.loads(line) for line in CLAIMS.read_text(encoding="utf-8").splitlines()]
NOW = datetime(2026, 11, 20, tzinfo=UTC)
LISTED = {
    *("s1", "s2", "s3", "s4", "s5", "s6", "p1", "p2", "t1", "t2", "t3", "w1", "w2", "w3", "w4", "d1", "d2", "d3", "d4"),
    *("c1", "c2", "m1", "m2", "h1", "h2", "n1", "n2", "n3", "b1", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "x1", "f1"),
}  # fmt: skip
MISSED = {
    ("b-09", "delta_across_keys"): "the population of the first figure is read for the second one, too",
    ("a-09", "delta_across_keys"): "the population of the second figure is read for the first one, too",
    ("f-09", "delta_across_keys"): "the population of the second figure is read for the first one, too",
    ("c-r5", "delta_across_keys"): "roleplay is not read as the holder of the second figure",
    ("a-01", "share_sum_over_100"): "“the market for …” is not read as the whole",
}
"""Errors that no check can see while a field is misread; an entry goes when the field is read right."""


@dataclass(frozen=True)
class Walked:
    records: Mapping[str, Record]
    texts: Mapping[str, str]
    ledger: Mapping[Place, tuple[Check, ...]]

    def claims(self, article_id: str) -> Sequence[Claim]:
        record = self.records[article_id]
        return in_order(record.shares, record.volumes)

    def checks(self, article_id: str) -> list[Check]:
        return [
            check
            for claim in self.claims(article_id)
            for check in (*claim.checks, *self.ledger.get((article_id, claim.start), ()))
        ]


@pytest.fixture(scope="module")
def walked() -> Walked:
    articles = [
        article_from_row({**row, "published_at": row["published"]}, place=row["id"], now=NOW) for row in ROWS
    ]
    scored = score(articles, tools=Tools(bundle="rules"), now=NOW)
    records = [replace(r, story=Placement(id=row["story"])) for r, row in zip(scored, ROWS, strict=True)]
    texts = {article.id: article.full for article in articles}
    ledger = ledger_checks(records, quote=lambda record, span: texts[record.id][span.start : span.end])
    return Walked({record.id: record for record in records}, texts, ledger)


def test_every_figure_of_the_list_has_an_article() -> None:
    assert {row["claim"] for row in ROWS if row["claim"]} == LISTED
    assert len({row["id"] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_nothing_is_said_against_what_is_right(row: dict[str, Any], walked: Walked) -> None:
    found = {check.name for check in walked.checks(row["id"])}
    assert found <= set(row["expect"]["checks"])


@pytest.mark.parametrize("row", [row for row in ROWS if row["expect"]["checks"]], ids=lambda row: row["id"])
def test_what_is_wrong_is_named(row: dict[str, Any], walked: Walked) -> None:
    found = {check.name for check in walked.checks(row["id"])}
    missed = {(row["id"], name) for name in row["expect"]["checks"] if name not in found}
    assert missed <= set(MISSED)


@pytest.mark.parametrize("row", [row for row in ROWS if row["expect"]["refused"]], ids=lambda row: row["id"])
def test_figures_of_different_bases_are_not_compared(row: dict[str, Any], walked: Walked) -> None:
    for other, fields in row["expect"]["refused"].items():
        mine, theirs = walked.claims(row["id"])[-1], walked.claims(other)[-1]
        if mine in walked.records[row["id"]].shares:
            assert set(fields) <= set(differences(basis_of(theirs), basis_of(mine)))  # type: ignore[arg-type]
        else:
            assert [name for name in fields if getattr(mine, name) != getattr(theirs, name)] == fields


def test_every_finding_has_both_quotes(walked: Walked) -> None:
    for row in ROWS:
        full = walked.texts[row["id"]]
        for check in walked.checks(row["id"]):
            assert all(full[span.start : span.end].strip() for span in check.evidence)
            if check.other is None:
                assert len(check.evidence) > 1, (row["id"], check)
            else:
                assert check.other.text in walked.texts[check.other.article_id]
                assert check.evidence
