"""The ledger of calls: what was said before, sealed when it was said, and later whether it was right.

    records ─calls_in→ calls ─seal→ chain.jsonl, a file a day ─verify→ the first place that was changed
                                             └─outcomes, scores→ Brier, log loss, hit rate by horizon, and the failures

A call is one verdict about one listed thing. The calls of a UTC day are chained when the day is over, each link a digest of
the one before; the hash of the last seal stands for everything. Published elsewhere, it shows later that nothing was changed,
left out or put in since. Only sealed calls are scored.

What was tried: a Merkle tree a day. It gives shorter proofs of one call, but says only *that* a day was changed; a chain of
links says where. Calls of a day are few.
"""

from __future__ import annotations

from labtape.calls.core import call_of, calls_in
from labtape.calls.files import read_sealed, read_seals, seal
from labtape.calls.nouns import Call, Prediction, Seal, Sealed
from labtape.calls.outcomes import Outcomes, Scored, outcomes
from labtape.calls.score import Bin, Figure, ScoreRow, Scores, scores
from labtape.calls.verify import Broken, Verified, verify

__all__ = [
    "Bin",
    "Broken",
    "Call",
    "Figure",
    "Outcomes",
    "Prediction",
    "ScoreRow",
    "Scored",
    "Scores",
    "Seal",
    "Sealed",
    "Verified",
    "call_of",
    "calls_in",
    "outcomes",
    "read_sealed",
    "read_seals",
    "scores",
    "seal",
    "verify",
]
