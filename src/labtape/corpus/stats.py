"""What a corpus holds, counted: labels by kind, balance, events, months, publishers, splits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from labtape.corpus.check import ARTICLES, BEFORE, HOLDOUT, POOL, SECOND, must_be_right
from labtape.train.agreement import Agreement, agreement
from labtape.train.evaluate import LABELS
from labtape.train.gold import rows_with_places

if TYPE_CHECKING:
    from pathlib import Path

    from labtape.lexicon.entries import Lexicon

Row = Mapping[str, Any]  # Any: JSON of labels
Rows = Sequence[Row]
PARTS: Final = (("pool", POOL), ("holdout", HOLDOUT), ("articles", ARTICLES))
#: What an article is counted under: the field that says somebody read it for that.
READ_FOR: Final = (
    ("verdict", "relevant"),
    ("figures", "shares"),
    ("names", "labs"),
    ("entities", "entities"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """Counts of one part of the corpus."""

    name: str
    n: int
    read_for: Mapping[str, int]
    found: Mapping[str, int]  # shares, other percentages, mentions, decoys, subjects with a verdict …
    relevance: Mapping[str, int]
    directions: Mapping[str, int]
    entity_directions: Mapping[str, int]
    events: Mapping[str, int]
    geo: Mapping[str, int]
    draws: Mapping[str, int]
    splits: Mapping[str, int]
    months: Mapping[str, int]
    publishers: Mapping[str, int]
    languages: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Stats:
    """Every part, and how far second readings agree with the first ones."""

    parts: tuple[Part, ...]
    second: Mapping[str, tuple[Agreement, ...]]


def stats(corpora: Path, lexicon: Lexicon) -> Stats:
    """Count a corpus; needs no text. Raises `ReadError` where a file is no JSONL."""
    must_be_right(corpora, lexicon)
    parts: list[Part] = []
    labels: list[Row] = []
    for name, where in PARTS:
        if (corpora / where).exists():
            rows = [row for _, row in rows_with_places(corpora / where)]
            parts.append(_part(name, rows, tuple(lexicon.event_types)))
            labels += rows
    second = {}
    labels = _as_first_read(corpora, labels)
    if (corpora / SECOND).is_dir():
        for path in sorted((corpora / SECOND).iterdir()):  # a reading is a file, or a folder of them
            rows = [row for _, row in rows_with_places(path)]
            if found := agreement(labels, rows, lexicon):
                second[path.stem] = found
    return Stats(tuple(parts), second)


def _as_first_read(corpora: Path, labels: Sequence[Row]) -> list[Row]:
    """The labels as they were before disagreements were settled: settled, they agree with one of the readers by right."""
    if not (corpora / BEFORE).is_file():
        return list(labels)
    before = {(row["id"], row["sha256"]): row for _, row in rows_with_places(corpora / BEFORE)}
    return [before.get((row["id"], row.get("sha256", "")), row) for row in labels]


def _part(name: str, rows: Rows, events: Sequence[str]) -> Part:
    judged = [r for r in rows if "relevant" in r]
    inside = [r for r in judged if r["relevant"]]
    entities = [e for r in rows for e in r.get("entities", ())]
    subjects = [e for e in entities if e["role"] == "subject"]
    with_subject = sum(any(e["role"] == "subject" for e in r.get("entities", ())) for r in rows)
    found = {
        "mentions": _sum(rows, "labs"),
        "decoys": _sum(rows, "decoys"),
        "articles with a decoy": sum(bool(r.get("decoys")) for r in rows),
        "shares": _sum(rows, "shares"),
        "articles with a share": sum(bool(r.get("shares")) for r in rows),
        "other percentages": _sum(rows, "other_percents"),
        "articles with a figure": sum(bool(r.get("shares") or r.get("other_percents")) for r in rows),
        "roles of organisations": len(entities),
        "verdicts of subjects": len(subjects),
        "articles with a subject": with_subject,
    }
    return Part(
        name=name,
        n=len(rows),
        read_for={label: sum(key in r for r in rows) for label, key in READ_FOR},
        found=found,
        relevance=_counted("yes" if r["relevant"] else "no" for r in judged),
        directions=_ordered(Counter(r["sentiment"] for r in inside), LABELS),
        entity_directions=_ordered(Counter(e["sentiment"] for e in subjects), LABELS),
        events=_ordered(Counter(e for r in judged for e in r["events"]), events),
        geo=_counted(r["geo"]["direction"] for r in judged if r["geo"]["relevant"]),
        draws=_counted(r["draw"] for r in rows if "draw" in r),
        splits=_counted(r["split"] for r in rows if "split" in r),
        months=dict(sorted(Counter(str(r.get("published") or "undated")[:7] for r in rows).items())),
        publishers=dict(Counter(r["publisher"] for r in rows if r.get("publisher")).most_common()),
        languages=_counted(r["language"] for r in rows if r.get("language")),
    )


def _sum(rows: Rows, key: str) -> int:
    return sum(len(r.get(key, ())) for r in rows)


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(Counter(values).most_common())


def _ordered(counts: Counter[str], order: Sequence[str]) -> dict[str, int]:
    return {name: counts[name] for name in order}
