"""The ledger of claims: what articles say of shares and volumes, set against each other, earlier ones and the counter itself.

    records ──claims→ one row per distinct claim, with its sightings        rows
                │        └─ who stands behind each                          origins
                ├──with_standings→ single, corroborated, contradicted,      status, times
                │                  superseded, not_comparable
                ├──series→ rows with equal keys: these alone make a line    series
                └──chosen→ those somebody asks for                          choice

Design notes (docs/ledger.md has the table of statuses)

- The ledger decides, `report` shows: no renderer computes a status, a reason or a pair.
- Who says so is no part of a claim's identity. It was: then the same figure "by OpenRouter" and "by OpenRouter data" was two
  rows, and neither was seen to be told twice.
- A status is computed over all that was known, before anything is chosen: what a filter shows never changes what it says.
- Rows are compared inside groups of equal key and holder alone, and there by sorting: extremes of a time answer whether
  anything lies apart, so that a hundred thousand claims take seconds (benchmarks/ledger.py).
"""

from labtape.ledger.choice import STATUSES, chosen
from labtape.ledger.core import share_rows
from labtape.ledger.rows import FindArticles, Finding, ShareRow, Sighting, Standing, Status
from labtape.ledger.series import (
    NotComparable,
    Series,
    best_told,
    is_one_story,
    not_comparable,
    reasons,
    series,
)
from labtape.ledger.status import disputes, is_apart
from labtape.ledger.times import is_dated, is_same_time, point_in_time
from labtape.ledger.words import claim_words

__all__ = [
    "STATUSES",
    "FindArticles",
    "Finding",
    "NotComparable",
    "Series",
    "ShareRow",
    "Sighting",
    "Standing",
    "Status",
    "best_told",
    "chosen",
    "claim_words",
    "disputes",
    "is_apart",
    "is_dated",
    "is_one_story",
    "is_same_time",
    "not_comparable",
    "point_in_time",
    "reasons",
    "series",
    "share_rows",
]
