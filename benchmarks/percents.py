"""Shares and kinds of percentages on sides that were not learned from: by the cues alone, and with the learned weights.

python benchmarks/percents.py ../shared/pool

One row a set: the pool's articles that have a number in percent or a fraction, the 115 held-out ones, our articles and our
passages (English and Chinese apart). F1 of shares (overlap, value within 0.51) and the part of the other percentages whose
kind is right. A second table has the fields of the shares, where it is given which numbers are shares; period of those that
have one, the last three where the passage is labelled for them.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labtape.annotate.mentions import find_mentions
from labtape.annotate.share_classes import Decision, decide
from labtape.annotate.share_context import settings
from labtape.annotate.share_kinds import with_kinds
from labtape.annotate.shares import shares_of
from labtape.lexicon import lexicon
from labtape.lexicon.entries import Lexicon
from labtape.read import article_from_row
from labtape.text.quantities import find_quantities
from labtape.text.sentences import sentences
from labtape.train import read_gold
from labtape.train.matching import Groups, near_enough

AS_OF = datetime(2026, 10, 10, tzinfo=UTC)
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


FIELDS = (
    "bound", "role", "labs", "subject", "metric", "scope", "period", "statistic", "source", "hops", "modality",
)  # fmt: skip


def fields(rows: Sequence[Row], known: Lexicon, groups: Groups) -> tuple[int, dict[str, float | None]]:
    """How many shares there are, and the part of them that has each field right; None where no share is labelled for it."""
    right, n = Counter[str](), Counter[str]()
    for row in rows:
        article = article_from_row(row, place=row["id"], now=AS_OF)
        spans = sentences(article.full)
        found = find_mentions(article.full, len(article.title), spans, known, article.published_at)[0]
        mentions = sorted(found, key=lambda m: m.start)
        made = decide(tuple(settings(article.full, spans, find_quantities(article.full))), mentions, han=True)
        told = [replace(d, kind=None if _label_of(d, row) else d.kind or "other") for d in made]
        for share in shares_of(article.full, told, mentions, known, article.published_at):
            label = next(x for x in row["shares"] if _is(share, x) and abs(share.value - x["value"]) < 0.51)
            for name, is_right in _compared(share, label, groups):
                n[name] += 1
                right[name] += is_right
    return n["bound"], {name: right[name] / n[name] if n[name] else None for name in FIELDS}


def _label_of(decision: Decision, row: Row) -> bool:
    q = decision.setting.quantity
    return any(_is(q, x) and abs(q.value - x["value"]) < 0.51 for x in row["shares"])


def _compared(share: Any, label: Row, groups: Groups) -> Iterator[tuple[str, bool]]:
    role = "projected" if label.get("projected") else "baseline" if label.get("baseline") else "current"
    labs = {groups.group(x) for x in share.subject_labs} == {groups.group(x) for x in label["subject_labs"]}
    where = " ".join(filter(None, (share.scope, share.population, share.platform)))
    yield "bound", share.bound == label["bound"]
    yield "role", share.role == role
    yield "labs", labs
    yield "subject", near_enough(share.subject, label["subject"])
    yield "metric", near_enough(share.metric, label["metric"])
    yield "scope", near_enough(where, label["scope"])
    if label.get("period"):
        yield "period", near_enough(share.period.text if share.period else None, label["period"])
    if "hop_count" in label:
        yield "statistic", share.statistic == label["statistic"]
        yield "source", near_enough(share.attributed_to, label["attributed_to"])
        yield "hops", share.hop_count == label["hop_count"]
        yield "modality", share.modality == label["modality"]


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
    print(f"\n{'set':24}{'shares':>8}" + "".join(f"{name:>10}" for name in FIELDS))
    for name, rows in sets(Path(sys.argv[1])):
        count, parts = fields(rows, known, Groups.of(known))
        print(
            f"{name:24}{count:8}" + "".join(f"{'–' if x is None else f'{x:.2f}':>10}" for x in parts.values())
        )


if __name__ == "__main__":
    main()
