"""The mistakes behind the mention measures, by kind: what was missed and why, what was linked and should not have been.

kind                  what happened to an annotated name (missed) or to a mention (false)
missed:unknown-name   nothing of the record is there: no candidate at all
missed:unlinked       it was seen there and not linked: the record's `unlinked` has it, with its reason
missed:span           the organisation is linked beside it, or over it by a mention that already answers another name
wrong-lab             something is linked over it, but to another group (or to a person, a ticker, a state)
false:decoy           a look-alike was linked; the reason is what the annotation says it is
false:extra           linked, and nothing is annotated there

Every false negative and every false positive of the measures is in one row, and no row has more than one of each: a name
linked to the wrong organisation is both.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final
from unicodedata import east_asian_width

from labtape.report.shares import guarded
from labtape.train.gold import full_of
from labtape.train.matching import Groups, Row, overlap, paired
from labtape.train.mentions import Judged, is_counted, judge

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

KINDS: Final = (
    "missed:unknown-name",
    "missed:unlinked",
    "missed:span",
    "wrong-lab",
    "false:decoy",
    "false:extra",
)
USED, BESIDE = "used by another", "beside it"
_CONTEXT, _BEFORE = (
    50,
    18,
)  # cells of a terminal: what fits beside the kind in 80 columns, and what of it comes first


@dataclass(frozen=True, slots=True)
class MentionError:
    """One place where record and annotation part. `context` is for a screen only: texts belong to their publishers."""

    kind: str
    surface: str
    expected: str | None  # the annotated organisation's id
    found: str | None  # what the record links there
    rule: str | None  # by which rule it does
    reason: str | None  # why it does not, or what a look-alike is
    article: str
    start: int
    context: str
    fn: int = 0
    fp: int = 0

    @property
    def case(self) -> tuple[str, str, str | None, str | None, str | None, str | None]:
        """What makes two errors the same case, wherever they stand."""
        return (self.kind, self.surface, self.expected, self.found, self.rule, self.reason)


def find_mention_errors(
    gold: Iterable[Row], records: Iterable[Row], *, lexicon: Lexicon | None = None
) -> tuple[MentionError, ...]:
    """Every mention error of the articles that have labels of names and a record, in the order of the texts."""
    from labtape.lexicon import lexicon as shipped

    groups = Groups.of(lexicon or shipped())
    return tuple(
        error
        for row, record in paired(gold, records)
        if record is not None and "labs" in row
        for error in sorted(_errors_of(_Case(row, record, groups)), key=lambda e: e.start)
    )


def error_counts(errors: Iterable[MentionError]) -> dict[str, dict[str, int]]:
    """Cases, false negatives and false positives of each kind; they sum to those of the measures."""
    counts = {kind: {"cases": 0, "fn": 0, "fp": 0} for kind in KINDS}
    for error in errors:
        of_kind = counts[error.kind]
        of_kind["cases"] += 1
        of_kind["fn"] += error.fn
        of_kind["fp"] += error.fp
    return counts


def commonest(errors: Iterable[MentionError]) -> dict[str, list[tuple[MentionError, int]]]:
    """The cases of each kind that has any, the commonest first, each with its first place and how often it stands."""
    first: dict[Any, MentionError] = {}  # Any: the key is the case's tuple
    counts: Counter[Any] = Counter()
    for error in errors:
        first.setdefault(error.case, error)
        counts[error.case] += 1
    ordered = [(first[case], n) for case, n in counts.most_common()]
    by_kind = {kind: [(error, n) for error, n in ordered if error.kind == kind] for kind in KINDS}
    return {kind: cases for kind, cases in by_kind.items() if cases}


def error_row(error: MentionError) -> dict[str, Any]:
    """An error as JSON has it: without words of the text but the name."""
    row = asdict(error)
    del row["context"]
    return row


def errors_jsonl(errors: Mapping[str, Sequence[MentionError]]) -> str:
    """One error a line, with the name of the annotated file it is from."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in _with_gold(errors))


def errors_csv(errors: Mapping[str, Sequence[MentionError]]) -> str:
    """The same as CSV; what a spreadsheet would run is marked as text."""
    out = io.StringIO()
    columns = ["gold", *(name for name in MentionError.__dataclass_fields__ if name != "context")]
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: guarded(value) for key, value in row.items()} for row in _with_gold(errors))
    return out.getvalue()


def _with_gold(errors: Mapping[str, Sequence[MentionError]]) -> Iterator[dict[str, Any]]:
    return ({"gold": name} | error_row(error) for name, rows in errors.items() for error in rows)


# ---------------------------------------------------------------- one article


@dataclass(frozen=True, slots=True)
class _Case:
    """An article's annotation, its record, and which organisations are one."""

    row: Row
    record: Row
    groups: Groups

    def error(
        self,
        kind: str,
        span: Row,
        *,
        expected: str | None = None,
        mention: Row | None = None,
        reason: str | None = None,
        fn: int = 0,
        fp: int = 0,
    ) -> MentionError:
        full, start = full_of(self.row), span["start"]
        return MentionError(
            kind=kind,
            surface=full[start : span["end"]],
            expected=expected,
            found=_bare(mention) if mention else None,
            rule=mention["rule"] if mention else None,
            reason=reason,
            article=str(self.row["id"]),
            start=start,
            context=context(full, start),
            fn=fn,
            fp=fp,
        )


def _errors_of(case: _Case) -> Iterator[MentionError]:
    judged = judge(case.row, case.record, case.groups)
    told: set[int] = set()  # false mentions that stand in the row of a missed name
    for lab in judged.missed:
        wrong = next(
            (
                k
                for k, f in enumerate(judged.found)
                if f.fate == "extra" and k not in told and overlap(f.mention, lab)
            ),
            None,
        )
        if wrong is not None:
            told.add(wrong)
            mention = judged.found[wrong].mention
            yield case.error("wrong-lab", lab, expected=lab["lab"], mention=mention, fn=1, fp=1)
        else:
            yield _missed(case, judged, lab)
    for k, found in enumerate(judged.found):
        if found.fate == "decoy":
            decoy = next(d for d in case.row["decoys"] if overlap(found.mention, d))
            yield case.error(
                "false:decoy", found.mention, mention=found.mention, reason=decoy.get("why"), fp=1
            )
        elif found.fate == "extra" and k not in told:
            other = next((x for x in case.row["labs"] if overlap(found.mention, x)), None)
            kind, expected = ("wrong-lab", other["lab"]) if other else ("false:extra", None)
            yield case.error(kind, found.mention, expected=expected, mention=found.mention, fp=1)


def _missed(case: _Case, judged: Judged, lab: Row) -> MentionError:
    """Why an annotated name has no answer, where no false mention stands over it."""
    wanted = case.groups.group(lab["lab"])
    of_it = [f for f in judged.found if f.group == wanted]
    over = next((f for f in of_it if overlap(f.mention, lab)), None)
    if over:
        return case.error("missed:span", lab, expected=lab["lab"], mention=over.mention, reason=USED, fn=1)
    uncounted = (m for m in case.record.get("mentions", []) if not is_counted(m))
    others = (*(f.mention for f in judged.found), *uncounted)
    other = next((m for m in others if overlap(m, lab)), None)
    if other:
        return case.error("wrong-lab", lab, expected=lab["lab"], mention=other, fn=1)
    unlinked = next((u for u in case.record.get("unlinked", []) if overlap(u, lab)), None)
    if unlinked:
        return case.error("missed:unlinked", lab, expected=lab["lab"], reason=unlinked["reason"], fn=1)
    beside = next((f for f in of_it if f.fate != "right" and _touches(f.mention, lab)), None)
    if beside:
        return case.error(
            "missed:span", lab, expected=lab["lab"], mention=beside.mention, reason=BESIDE, fn=1
        )
    return case.error("missed:unknown-name", lab, expected=lab["lab"], fn=1)


def _touches(a: Row, b: Row) -> bool:
    return bool(a["end"] == b["start"] or b["end"] == a["start"])


def _bare(mention: Row) -> str:
    """What a mention links to, as annotations write it: a lab's bare id; of a ticker or a person the entity itself."""
    linked = mention.get("lab") or mention["entity"]
    return str(linked).split(":", 1)[-1] if is_counted(mention) else str(mention["entity"])


def context(full: str, start: int) -> str:
    """The words around a place in one line of at most 50 terminal cells (a Chinese character has two).

    >>> context("Shares of the exchange Gemini rose on Monday after it said that revenue had doubled.", 23)
    '…s of the exchange Gemini rose on Monday after it…'
    """
    left = right = start
    while left > 0 and _cells(full[left - 1 : start]) <= _BEFORE:
        left -= 1
    while right < len(full) and _cells(full[left : right + 1]) <= _CONTEXT - 2:
        right += 1
    words = " ".join(full[left:right].split())
    return f"{'…' if left else ''}{words}{'…' if right < len(full) else ''}"


def _cells(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
