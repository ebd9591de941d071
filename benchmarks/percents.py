"""Shares and kinds of percentages on sides that were not learned from: by the cues alone, and with the learned weights.

python benchmarks/percents.py ../shared/pool

One row a set: the pool's articles that have a number in percent or a fraction, the 115 held-out ones, our articles and our
passages (English and Chinese apart). F1 of shares (overlap, value within 0.51) and the part of the other percentages whose
kind is right.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from labtape.annotate.mentions import find_mentions
from labtape.annotate.share_classes import Decision, decide
from labtape.annotate.share_context import settings
from labtape.annotate.share_kinds import with_kinds
from labtape.lexicon import lexicon
from labtape.lexicon.entries import Lexicon
from labtape.text.quantities import find_quantities
from labtape.text.sentences import sentences
from labtape.train import read_gold

CORPORA = Path(__file__).parents[1] / "corpora"
Row = Mapping[str, Any]  # Any: annotations


def sets(texts: Path) -> Iterator[tuple[str, list[Row]]]:
    """Yield name and annotated articles of each set."""
    pool = _numbered(read_gold(CORPORA / "labels" / "pool", texts).rows)
    for side in ("dev", "test"):
        yield f"pool, {side}", [row for row in pool if row["split"] == side]
    yield "pool, held out", _numbered(read_gold(CORPORA / "labels" / "holdout.jsonl", texts).rows)
    for folder in ("articles", "shares"):
        own = [row for row in _numbered(read_gold(CORPORA / folder).rows) if row["split"] == "test"]
        yield f"{folder}, test", [row for row in own if row["language"] == "en"]
        yield f"{folder}, test, Chinese", [row for row in own if row["language"] != "en"]


def _numbered(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row.get("shares") or row.get("other_percents")]


def decided(row: Row, known: Lexicon) -> tuple[Sequence[Decision], Sequence[Decision]]:
    """The numbers of one article as the cues decide them, and as the weights do."""
    full = f"{row['title']}\n\n{row['text']}"
    spans = sentences(full)
    found = find_mentions(full, len(row["title"]), spans, known)[0]
    mentions = sorted(found, key=lambda m: m.start)
    cues = tuple(decide(tuple(settings(full, spans, find_quantities(full))), mentions, han=True))
    return cues, with_kinds(cues, mentions, len(row["title"]))


def scores(pairs: Sequence[tuple[Row, Sequence[Decision]]]) -> tuple[float, float, float, float]:
    """Precision, recall and F1 of shares, and the part of the other percentages with the right kind."""
    hits = found = wanted = right = others = 0
    for row, decisions in pairs:
        shares = [d.setting.quantity for d in decisions if d.kind is None]
        hits += sum(
            any(_is(q, s) and abs(q.value - s["value"]) < 0.51 for q in shares) for s in row["shares"]
        )
        found, wanted = found + len(shares), wanted + len(row["shares"])
        others += len(row["other_percents"])
        for other in row["other_percents"]:
            kind = next((d.kind for d in decisions if _is(d.setting.quantity, other)), None)
            right += kind == other["kind"] or (kind == "stake" and other["kind"] == "other")
    p, r = hits / max(1, found), hits / max(1, wanted)
    return p, r, 2 * p * r / max(1e-9, p + r), right / max(1, others)


def _is(quantity: Any, label: Row) -> bool:
    return bool(quantity.start < label["end"] and label["start"] < quantity.end)


def main() -> None:
    known = lexicon()
    print(f"{'':24}{'':>16}   {'cues alone':^28}   {'with learned weights':^28}")
    print(f"{'set':24}{'shares':>8}{'others':>8}" + 2 * f"   {'p':>7}{'r':>7}{'f1':>7}{'kind':>7}")
    for name, rows in sets(Path(sys.argv[1])):
        both = [(row, decided(row, known)) for row in rows]
        told = [scores([(row, way[n]) for row, way in both]) for n in (0, 1)]
        counts = (sum(len(row[key]) for row in rows) for key in ("shares", "other_percents"))
        print(
            f"{name:24}"
            + "".join(f"{n:8}" for n in counts)
            + "".join("   " + "".join(f"{value:7.2f}" for value in way) for way in told)
        )


if __name__ == "__main__":
    main()
