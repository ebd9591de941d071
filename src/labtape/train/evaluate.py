"""How good the records are, against annotated articles: the measures of the annotation guide's scorer.

Records and annotations are JSON objects joined on `id`; offsets are into `title + "\\n\\n" + text`. An
annotation names organisations by bare id, a record by entity, and both are compared by group: a unit counts
as its parent (see `Groups`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

Row = Mapping[str, Any]  # Any: JSON of annotations and records
LABELS: Final = ("Bullish", "Neutral", "Bearish")
# From the annotation guide's scorer: units that the annotators kept apart from a listed parent, ids that they
# spelled differently, and organisations that were not annotated (naming them is neither right nor wrong).
APART: Final = frozenset({"xai", "cursor", "google", "github", "x-corp"})
SPELLED: Final = {"bittensor": "opentensor", "bytedance-doubao": "bytedance", "safe-superintelligence": "ssi"}
UNANNOTATED_KINDS: Final = frozenset({"publisher", "investor", "research"})
UNANNOTATED: Final = frozenset(
    [
        "github",
        "x-corp",
        "vercel",
        "ollama",
        "lmarena",
        "artificial-analysis",
        "worldcoin-foundation",
        "salesforce",
        "servicenow",
        "cloudflare",
        "snowflake",
        "adobe",
        "tesla",
        "dell",
        "cisco",
        "foxconn",
        "iren",
        "applied-digital",
    ]
)
#: Two figures are one when their spans overlap and their values differ by less.
SAME_VALUE: Final = 0.51
_NAMED: Final = ("lab", "company", "model", "platform")
_NOT_NAMED: Final = ("person", "ticker", "country", "asset")
_EMPTY_WORDS: Final = frozenset(["the", "of", "in", "on", "a", "an", "for", "and", "all", "its", "by"])
_FIELDS: Final = ("bound", "role", "subject_labs", "subject", "metric", "scope")


@dataclass(frozen=True, slots=True)
class Groups:
    """Which organisations count as one when an annotation is compared with a record."""

    parents: Mapping[str, str]
    ignored: frozenset[str]

    @classmethod
    def of(cls, lexicon: Lexicon) -> Groups:
        kinds = {lab.id for lab in lexicon.labs.values() if lab.kind in UNANNOTATED_KINDS}
        parents = {lab.id: lab.parent for lab in lexicon.labs.values() if lab.parent}
        return cls(parents, UNANNOTATED | kinds)

    def group(self, entity: str) -> str:
        """The outermost organisation of an entity or bare id."""
        current = entity.split(":", 1)[-1]
        current = SPELLED.get(current, current)
        seen: set[str] = set()
        while current in self.parents and current not in APART and current not in seen:
            seen.add(current)
            current = self.parents[current]
        return current


@dataclass(slots=True)
class _Tally:
    """Running counts over articles; `report` turns them into measures."""

    groups: Groups
    missing: int = 0
    offsets: int = 0
    relevance: Counter[tuple[bool, bool]] = field(default_factory=Counter)
    mentions: Counter[str] = field(default_factory=Counter)
    decoys: Counter[str] = field(default_factory=Counter)
    worst: Counter[str] = field(default_factory=Counter)
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

    by_id = {record["id"]: record for record in records}
    tally = _Tally(Groups.of(lexicon or shipped()))
    for row in gold:
        record = by_id.get(row["id"])
        if record is None:
            tally.missing += 1
            continue
        _count_offsets(tally, row, record)
        if "labs" in row:
            _count_mentions(tally, row, record)
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


def _count_mentions(tally: _Tally, row: Row, record: Row) -> None:
    groups = tally.groups
    found = [
        (m, groups.group(m.get("lab") or m["entity"])) for m in record.get("mentions", []) if _is_counted(m)
    ]
    used: set[int] = set()
    for lab in row["labs"]:
        wanted = groups.group(lab["lab"])
        hit = next(
            (k for k, (m, g) in enumerate(found) if k not in used and g == wanted and overlap(m, lab)), None
        )
        tally.mentions["fn" if hit is None else "tp"] += 1
        if hit is None:
            tally.worst[lab["lab"]] += 1
        else:
            used.add(hit)
    for k, (mention, group) in enumerate(found):
        if k not in used:
            _count_extra(tally, row, mention, group)
    tally.decoys["all"] += len(row["decoys"])


def _count_extra(tally: _Tally, row: Row, mention: Row, group: str) -> None:
    """A mention that answers no annotation: a decoy, one that is not annotated, or a false one."""
    ignored, groups = tally.groups.ignored, tally.groups
    if any(overlap(mention, decoy) for decoy in row["decoys"]):
        tally.decoys["linked"] += 1
        tally.mentions["fp"] += 1
    elif (
        group in ignored
        or mention["entity"].split(":")[-1] in ignored
        or any(overlap(mention, lab) and group == groups.group(lab["lab"]) for lab in row["labs"])
    ):
        return
    else:
        tally.mentions["fp"] += 1
        tally.worst[f"+{group}"] += 1


def _is_counted(mention: Row) -> bool:
    kind = str(mention["entity"]).split(":")[0]
    return bool(mention.get("lab") or kind in _NAMED) and kind not in _NOT_NAMED


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
        "subject": _near(found.get("subject"), share["subject"]),
        "metric": _near(found.get("metric"), share["metric"]),
        "scope": _near(where, share["scope"]),
    }
    tally.fields["n"] += 1
    tally.fields.update({name: int(ok) for name, ok in right.items()})
    if share.get("period"):
        tally.fields["period_n"] += 1
        tally.fields["period"] += bool(found.get("period")) and _near(
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
        "relevance": {**_prf(r[True, True], r[False, True], r[True, False]), "acc": round(acc, 4)},
        "mentions": _prf(tally.mentions["tp"], tally.mentions["fp"], tally.mentions["fn"]),
        "decoys_linked": f"{tally.decoys['linked']}/{tally.decoys['all']}",
        "shares": {
            **_prf(tally.shares["tp"], tally.shares["fp"], tally.shares["fn"]),
            "false_as": dict(tally.false_shares),
        },
        "share_fields": {name: _part(f[name], f["n"]) for name in _FIELDS}
        | {"period": _part(f["period"], f["period_n"])},
        "percent_kinds": {
            name: _part(tally.percents[name], tally.percents["n"]) for name in ("found", "kind")
        },
        "verdict": _verdict(tally),
        "events": {
            **_prf(tally.events["tp"], tally.events["fp"], tally.events["fn"]),
            "main_acc": _part(tally.events["main"], tally.events["n"]),
        },
        "geopolitics": {
            **_prf(geo["tp"], geo["fp"], geo["fn"]),
            "direction": _part(geo["direction"], geo["tp"]),
            "stage": _part(geo["stage"], geo["tp"]),
            "actors_jaccard": round(jaccard, 4),
        },
        "worst_mentions": dict(tally.worst.most_common(12)),
    }


def _verdict(tally: _Tally) -> dict[str, Any]:
    confusion = tally.confusion
    f1 = []
    for label in LABELS:
        fp = sum(confusion[a, label] for a in LABELS if a != label)
        fn = sum(confusion[label, b] for b in LABELS if b != label)
        f1.append(_prf(confusion[label, label], fp, fn)["f1"])
    n = sum(confusion.values())
    return {
        "acc": _part(sum(confusion[label, label] for label in LABELS), n),
        "macro_f1": round(sum(f1) / len(LABELS), 4),
        "f1": dict(zip(LABELS, f1, strict=True)),
        "acc_high_confidence": _part(sum(tally.high), len(tally.high)),
        "ece": _ece(tally.certainty),
        "n": n,
        "confusion": {f"{a}->{b}": confusion[a, b] for a in LABELS for b in LABELS},
    }


def _ece(pairs: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error: the mean gap between certainty and hit rate over equal-width bins."""
    total = 0.0
    for k in range(bins):
        part = [pair for pair in pairs if k / bins < pair[0] <= (k + 1) / bins]
        if part:
            gap = abs(sum(c for c, _ in part) / len(part) - sum(ok for _, ok in part) / len(part))
            total += gap * len(part) / len(pairs)
    return round(total, 4)


def _prf(tp: int, fp: int, fn: int) -> dict[str, Any]:
    p = tp / (tp + fp) if tp + fp else 0.0
    r = tp / (tp + fn) if tp + fn else 0.0
    f1 = 2 * p * r / (p + r) if p + r else 0.0
    return {"p": round(p, 4), "r": round(r, 4), "f1": round(f1, 4), "tp": tp, "fp": fp, "fn": fn}


def _part(count: float, n: int) -> float:
    return round(count / max(1, n), 4)


def overlap(a: Row, b: Row) -> bool:
    """Whether two spans share a character."""
    return bool(a["start"] < b["end"] and b["start"] < a["end"])


def _near(found: str | None, wanted: str | None) -> bool:
    """Half of the wanted words are there."""
    a, b = tokens(found), tokens(wanted)
    return len(a & b) / len(b) >= 0.5 if b else not a


def tokens(text: str | None) -> set[str]:
    """The words that carry something, in small letters."""
    return set(re.findall(r"\w+", (text or "").lower())) - _EMPTY_WORDS
