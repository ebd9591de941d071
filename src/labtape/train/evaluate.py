"""How good the records are, against annotated articles: the measures of the annotation guide's scorer.

Records and annotations are JSON objects joined on `id`; offsets are into `title + "\\n\\n" + text`. Mentions are measured
in `mentions`, roles in `roles`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from labtape.train.matching import SAME_VALUE, Groups, Row, near_enough, overlap, paired
from labtape.train.mentions import MentionTally
from labtape.train.roles import RoleTally
from labtape.train.scores import ece, prf, rate, steady_ece

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

LABELS: Final = ("Bullish", "Neutral", "Bearish")
_FIELDS: Final = ("bound", "role", "subject_labs", "subject", "metric", "scope")


@dataclass(slots=True)
class _Tally:
    """Running counts over articles; `report` turns them into measures."""

    groups: Groups
    missing: int = 0
    offsets: int = 0
    relevance: Counter[tuple[bool, bool]] = field(default_factory=Counter)
    mentions: MentionTally = field(default_factory=MentionTally)
    roles: RoleTally = field(default_factory=RoleTally)
    shares: Counter[str] = field(default_factory=Counter)
    false_shares: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    percents: Counter[str] = field(default_factory=Counter)
    geo: Counter[str] = field(default_factory=Counter)
    jaccard: list[float] = field(default_factory=list)
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    certainty: list[tuple[float, bool]] = field(default_factory=list)
    high: list[bool] = field(default_factory=list)
    events: Counter[str] = field(default_factory=Counter)


def evaluate(
    gold: Sequence[Row], records: Iterable[Row], *, lexicon: Lexicon | None = None
) -> dict[str, Any]:
    """Every measure over the annotated articles that have a record; `missing` counts those without.

    What an article was not read for (labels of corpora/labels may be for the verdict only) is not measured on it.
    """
    from labtape.lexicon import lexicon as shipped

    tally = _Tally(Groups.of(lexicon or shipped()))
    for row, record in paired(gold, records):
        if record is None:
            tally.missing += 1
            continue
        _count_offsets(tally, row, record)
        if "labs" in row:
            tally.mentions.count(row, record, tally.groups)
        if "entities" in row:
            tally.roles.count(row, record, tally.groups)
        if "shares" in row:
            _count_shares(tally, row, record)
            _count_percents(tally, row, record)
        _count_geopolitics(tally, row, record)
        if "relevant" in row:
            tally.relevance[bool(row["relevant"]), bool(record["relevance"]["relevant"])] += 1
        if row.get("relevant"):
            _count_verdict(tally, row, record)
            _count_events(tally, row, record)
    return _report(tally, len(gold))


def verdict_measures(pairs: Sequence[tuple[str, Mapping[str, float]]]) -> dict[str, Any]:
    """Accuracy, macro-F1 and calibration of (true label, probabilities) pairs."""
    tally = _Tally(Groups({}, frozenset()))
    for truth, p in pairs:
        label = max(p, key=lambda x: p[x])
        tally.confusion[truth, label] += 1
        tally.certainty.append((max(p.values()), truth == label))
    return _verdict(tally)


def _count_offsets(tally: _Tally, row: Row, record: Row) -> None:
    full = f"{row['title']}\n\n{row['text']}"
    found = [*record.get("mentions", []), *record.get("shares", [])]
    tally.offsets += sum(full[m["start"] : m["end"]] != m["text"] for m in found)


def _count_shares(tally: _Tally, row: Row, record: Row) -> None:
    found = record.get("shares", [])
    used: set[int] = set()
    for share in row["shares"]:
        hit = next(
            (
                k
                for k, x in enumerate(found)
                if k not in used and overlap(x, share) and abs(x["value"] - share["value"]) < SAME_VALUE
            ),
            None,
        )
        tally.shares["fn" if hit is None else "tp"] += 1
        if hit is not None:
            used.add(hit)
            _count_fields(tally, share, found[hit])
    for k, x in enumerate(found):
        if k not in used:
            tally.shares["fp"] += 1
            marked = next((o for o in row["other_percents"] if overlap(o, x)), None)
            tally.false_shares[marked["kind"] if marked else "unmarked"] += 1


def _count_fields(tally: _Tally, share: Row, found: Row) -> None:
    group = tally.groups.group
    role = "projected" if share.get("projected") else "baseline" if share.get("baseline") else "current"
    where = " ".join(filter(None, (found.get("scope"), found.get("population"), found.get("platform"))))
    right = {
        "bound": found["bound"] == share["bound"],
        "role": found.get("role", "current") == role,
        "subject_labs": {group(i) for i in share["subject_labs"]}
        == {group(i) for i in found.get("subject_labs", [])},
        "subject": near_enough(found.get("subject"), share["subject"]),
        "metric": near_enough(found.get("metric"), share["metric"]),
        "scope": near_enough(where, share["scope"]),
    }
    tally.fields["n"] += 1
    tally.fields.update({name: int(ok) for name, ok in right.items()})
    if share.get("period"):
        tally.fields["period_n"] += 1
        tally.fields["period"] += bool(found.get("period")) and near_enough(
            found["period"]["text"], share["period"]
        )


def _count_percents(tally: _Tally, row: Row, record: Row) -> None:
    for other in row["other_percents"]:
        hit = next((q for q in record.get("percentages", []) if overlap(q, other)), None)
        tally.percents["n"] += 1
        if hit is not None:
            tally.percents["found"] += 1
            accepted = (other["kind"], "stake") if other["kind"] == "other" else (other["kind"],)
            tally.percents["kind"] += hit["kind"] in accepted


def _count_geopolitics(tally: _Tally, row: Row, record: Row) -> None:
    if "geo" not in row:
        return
    truth, found = row["geo"], record.get("geopolitics") or {}
    pair = (bool(truth["relevant"]), bool(found.get("relevant")))
    tally.geo[{(True, True): "tp", (False, True): "fp", (True, False): "fn", (False, False): "tn"}[pair]] += 1
    if pair == (True, True):
        tally.geo["direction"] += found.get("direction") == truth["direction"]
        tally.geo["stage"] += found.get("stage") == truth["stage"]
        a, b = set(found.get("actors", [])), set(truth["actors"])
        tally.jaccard.append(len(a & b) / len(a | b) if a | b else 1.0)


def _count_verdict(tally: _Tally, row: Row, record: Row) -> None:
    verdict = record["verdict"]
    is_right = verdict["label"] == row["sentiment"]
    tally.confusion[row["sentiment"], verdict["label"]] += 1
    tally.certainty.append((max(verdict["p"].values()), is_right))
    if row["confidence"] == "high":
        tally.high.append(is_right)


def _count_events(tally: _Tally, row: Row, record: Row) -> None:
    truth, found = set(row["events"]), {e["type"] for e in record.get("events", [])}
    tally.events["tp"] += len(truth & found)
    tally.events["fp"] += len(found - truth)
    tally.events["fn"] += len(truth - found)
    tally.events["n"] += 1
    if record.get("events"):
        tally.events["main"] += max(record["events"], key=lambda e: e["p"])["type"] in truth


def _report(tally: _Tally, n_gold: int) -> dict[str, Any]:
    r, f, geo = tally.relevance, tally.fields, tally.geo
    acc = (r[True, True] + r[False, False]) / max(1, sum(r.values()))
    jaccard = sum(tally.jaccard) / max(1, len(tally.jaccard))
    return {
        "items": n_gold - tally.missing,
        "missing": tally.missing,
        "offset_errors": tally.offsets,
        "relevance": {**prf(r[True, True], r[False, True], r[True, False]), "acc": round(acc, 4)},
        **tally.mentions.measures(),
        **tally.roles.measures(),
        "shares": {
            **prf(tally.shares["tp"], tally.shares["fp"], tally.shares["fn"]),
            "false_as": dict(tally.false_shares),
        },
        "share_fields": {name: rate(f[name], f["n"]) for name in _FIELDS}
        | {"period": rate(f["period"], f["period_n"])},
        "percent_kinds": {
            name: rate(tally.percents[name], tally.percents["n"]) for name in ("found", "kind")
        },
        "verdict": _verdict(tally),
        "events": {
            **prf(tally.events["tp"], tally.events["fp"], tally.events["fn"]),
            "main_acc": rate(tally.events["main"], tally.events["n"]),
        },
        "geopolitics": {
            **prf(geo["tp"], geo["fp"], geo["fn"]),
            "direction": rate(geo["direction"], geo["tp"]),
            "stage": rate(geo["stage"], geo["tp"]),
            "actors_jaccard": round(jaccard, 4),
        },
        "worst_mentions": tally.mentions.worst_mentions(),
    }


def _verdict(tally: _Tally) -> dict[str, Any]:
    confusion = tally.confusion
    f1 = []
    for label in LABELS:
        fp = sum(confusion[a, label] for a in LABELS if a != label)
        fn = sum(confusion[label, b] for b in LABELS if b != label)
        f1.append(prf(confusion[label, label], fp, fn)["f1"])
    n = sum(confusion.values())
    return {
        "acc": rate(sum(confusion[label, label] for label in LABELS), n),
        "macro_f1": round(sum(f1) / len(LABELS), 4),
        "f1": dict(zip(LABELS, f1, strict=True)),
        "acc_high_confidence": rate(sum(tally.high), len(tally.high)),
        "ece": ece(tally.certainty),
        "steady_ece": steady_ece(tally.certainty),
        "n": n,
        "confusion": {f"{a}->{b}": confusion[a, b] for a in LABELS for b in LABELS},
    }
