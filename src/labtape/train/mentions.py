"""How well organisations are found and linked: what became of each mention, and the measures of that.

One article is judged in one place (`judge`); the measures here and the list of errors count the same judgement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from labtape.text import language_of
from labtape.train.matching import Groups, Row, overlap
from labtape.train.scores import brier, ece, prf, rate

#: right: answers an annotation. decoy, extra: wrong. neither: a second mention of the same, or not annotated by rule.
Fate = Literal["right", "decoy", "extra", "neither"]
Links = Sequence[tuple[float, bool]]  # (confidence, right)
CHINESE: Final = "zh"
_NAMED: Final = ("lab", "company", "model", "platform")
_NOT_NAMED: Final = ("person", "ticker", "country", "asset")
_WORST: Final = 12


@dataclass(frozen=True, slots=True)
class Found:
    """A mention of a record that is measured, its organisation's group, and what became of it."""

    mention: Row
    group: str
    fate: Fate


@dataclass(frozen=True, slots=True)
class Judged:
    """One article: its mentions with their fates, and the annotations that no mention answers."""

    found: tuple[Found, ...]
    missed: tuple[Row, ...]


def judge(row: Row, record: Row, groups: Groups) -> Judged:
    """Match mentions with annotations as the annotation guide's scorer does, each used once, in order."""
    counted = [m for m in record.get("mentions", []) if is_counted(m)]
    owners = [groups.group(m.get("lab") or m["entity"]) for m in counted]
    used: set[int] = set()
    missed = []
    for lab in row["labs"]:
        wanted = groups.group(lab["lab"])
        hit = next(
            (
                k
                for k, (m, owner) in enumerate(zip(counted, owners, strict=True))
                if k not in used and owner == wanted and overlap(m, lab)
            ),
            None,
        )
        if hit is None:
            missed.append(lab)
        else:
            used.add(hit)
    found = [
        Found(m, owner, "right" if k in used else _fate(row, m, owner, groups))
        for k, (m, owner) in enumerate(zip(counted, owners, strict=True))
    ]
    return Judged(tuple(found), tuple(missed))


def is_counted(mention: Row) -> bool:
    """Whether a mention is of what was annotated: an organisation or what it makes, no person, ticker or state."""
    kind = str(mention["entity"]).split(":")[0]
    return bool(mention.get("lab") or kind in _NAMED) and kind not in _NOT_NAMED


def _fate(row: Row, mention: Row, owner: str, groups: Groups) -> Fate:
    """What a mention is that answers no annotation."""
    if any(overlap(mention, decoy) for decoy in row["decoys"]):
        return "decoy"
    if (
        owner in groups.ignored
        or mention["entity"].split(":")[-1] in groups.ignored
        or any(overlap(mention, lab) and owner == groups.group(lab["lab"]) for lab in row["labs"])
    ):
        return "neither"
    return "extra"


@dataclass(slots=True)
class MentionTally:
    """Running counts over articles."""

    counts: Counter[str] = field(default_factory=Counter)
    chinese: Counter[str] = field(default_factory=Counter)
    decoys: Counter[str] = field(default_factory=Counter)
    labs: Counter[str] = field(default_factory=Counter)
    worst: Counter[str] = field(default_factory=Counter)
    links: dict[str, list[tuple[float, bool]]] = field(default_factory=dict)  # by rule

    def count(self, row: Row, record: Row, groups: Groups) -> None:
        judged = judge(row, record, groups)
        fates = Counter(f.fate for f in judged.found)
        counts = {
            "tp": fates["right"],
            "fp": fates["decoy"] + fates["extra"],
            "fn": len(judged.missed),
            "articles": 1,
        }
        self.counts.update(counts)
        if is_chinese(row):
            self.chinese.update(counts)
        self.decoys.update({"all": len(row["decoys"]), "linked": fates["decoy"]})
        self.worst.update(lab["lab"] for lab in judged.missed)
        self.worst.update(f"+{f.group}" for f in judged.found if f.fate == "extra")
        for f in judged.found:
            annotated = {groups.group(lab["lab"]) for lab in row["labs"] if overlap(f.mention, lab)}
            if annotated:
                self.labs.update({"n": 1, "right": int(f.group in annotated)})
            if f.fate != "neither":
                pair = (float(f.mention["confidence"]), f.fate == "right")
                self.links.setdefault(f.mention["rule"], []).append(pair)

    def measures(self) -> dict[str, Any]:
        """Precision, recall and F1 (of Chinese articles apart), look-alikes, and how far confidences can be believed."""
        found: dict[str, Any] = {
            "mentions": {**_prf(self.counts), "lab_right": rate(self.labs["right"], self.labs["n"])}
        }
        if self.chinese["articles"]:
            found["mentions_zh"] = _prf(self.chinese)
        n, linked = self.decoys["all"], self.decoys["linked"]
        found["decoys_linked"] = f"{linked}/{n}"
        found["decoys"] = {"all": n, "linked": linked, "rate": rate(linked, n)}
        links = [pair for pairs in self.links.values() for pair in pairs]
        by_size = sorted(self.links.items(), key=lambda item: (-len(item[1]), item[0]))
        found["links"] = {**_calibration(links), "by_rule": {rule: _calibration(p) for rule, p in by_size}}
        return found

    def worst_mentions(self) -> dict[str, int]:
        """The organisations missed most often, and with a plus those found where they are not."""
        return dict(self.worst.most_common(_WORST))


def is_chinese(row: Row) -> bool:
    """Whether an article is Chinese: as its row says, or its letters."""
    said = row.get("language")
    return str(said or language_of(f"{row['title']}\n\n{row['text']}")) == CHINESE


def _prf(counts: Mapping[str, int]) -> dict[str, float]:
    return prf(counts["tp"], counts["fp"], counts["fn"])


def _calibration(links: Links) -> dict[str, float]:
    return {
        "ece": ece(links),
        "brier": brier(links),
        "confidence": rate(sum(confidence for confidence, _ in links), len(links)),
        "right": rate(sum(right for _, right in links), len(links)),
        "n": len(links),
    }
