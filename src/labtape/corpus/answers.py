"""What a reader wrote about a sheet, as labels with offsets; whatever is missing or cannot be right is named with its line.

=== ID
V rel Bullish | Alphabet | low | earnings,capex_compute        or: V irr | events
W one short sentence: why
G CN,US tightening act                                         or: G -
N google: Google; Gemini 3 Pro; Gemini@2                       names of one organisation; @n: only the n-th occurrence
D Gemini = crypto exchange                                     a look-alike and what it is
X GitHub; X                                                    names that are not listed
E google subject Bullish high                                  role of each organisation; a verdict for subjects
1 S 61 about current | subject | ids | metric | scope | period a share; - for none
2 growth 30 exact up                                           any other figure: kind, value, bound, direction
3 x                                                            no statistic
+ "two in five" S 40 exact current | …                         a number that the sheet did not mark
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from labtape.corpus.form import (
    BOUNDS,
    CONFIDENCES,
    DIRECTIONS,
    GEO_DIRECTIONS,
    KINDS,
    ROLES,
    STAGES,
    Vocabulary,
    problems_of,
)
from labtape.corpus.numbers import find_numbers
from labtape.corpus.sheets import occurrences
from labtape.corpus.worded import is_worded, values_of
from labtape.train.evaluate import LABELS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

ONCE: Final = ("V", "W", "G")
WHEN: Final = ("current", "baseline", "projected")
NO_GEO: Final = {"relevant": False, "actors": [], "direction": "none", "stage": "none"}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an answer: its line in the file, and what would be right."""

    line: int
    what: str


@dataclass(slots=True)
class _Taken:
    """What the lines of one article have said so far."""

    line: int
    full: str
    spans: tuple[tuple[int, int], ...]  # of the sheet's numbers
    row: dict[str, Any]  # Any: labels as docs/annotation.md has them
    names: list[tuple[str, str, str, int]] = field(default_factory=list)  # mark, what, surface, line
    once: set[str] = field(default_factory=set)
    marked: set[int] = field(default_factory=set)  # numbers of the sheet answered by number
    covered: set[int] = field(default_factory=set)  # and those that quoted words lie on
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, line: int, what: str) -> None:
        self.problems.append(Problem(line, f"{self.row['id']}: {what}"))


def read_answers(
    answers: str, texts: Mapping[str, str], names: Mapping[str, Collection[str]], known: Vocabulary
) -> tuple[list[dict[str, Any]], list[Problem]]:  # Any: labels as docs/annotation.md has them
    """The labels of every article answered, in order, and what is wrong; an article with a problem gives no labels.

    `texts` are title and text by id as the sheet had them, `names` the names its sheet listed, `known` what labels may name.
    """
    rows: list[dict[str, Any]] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for line, id_, lines in _articles(answers):
        if id_ not in texts or id_ in seen:
            problems.append(
                Problem(line, f"{id_}: " + ("answered twice" if id_ in seen else "no such article"))
            )
            continue
        seen.add(id_)
        taken = _Taken(line, texts[id_], find_numbers(texts[id_]), {"id": id_})
        for n, text in lines:
            _take(taken, n, text, known)
        _close(taken, names.get(id_, ()))
        if not taken.problems:  # what check would refuse is refused here
            for what in problems_of(taken.row, known):
                taken.wrong(line, what)
        problems.extend(taken.problems)
        if not taken.problems:
            rows.append(taken.row)
    return rows, problems


def ids_answered(answers: str) -> list[str]:
    """The ids of the articles that a reader answered, in order."""
    return [id_ for _, id_, _ in _articles(answers)]


def _articles(answers: str) -> Iterator[tuple[int, str, list[tuple[int, str]]]]:
    head: tuple[int, str] | None = None
    lines: list[tuple[int, str]] = []
    for n, raw in enumerate(answers.splitlines(), 1):
        text = raw.strip()
        if text.startswith("==="):
            if head:
                yield *head, lines
            head, lines = (n, text.strip("= ").split(" ")[0].split("|")[0]), []
        elif text and head:
            lines.append((n, text))
    if head:
        yield *head, lines


def _take(taken: _Taken, line: int, text: str, known: Vocabulary) -> None:
    mark, _, rest = text.partition(" ")
    rest = rest.strip()
    try:
        if mark in ONCE and mark in taken.once:
            taken.wrong(line, f"a second {mark} line")
        elif mark in _TAKERS:
            taken.once.add(mark)
            _TAKERS[mark](taken, line, rest, known)
        elif re.fullmatch("[0-9]{1,6}", mark):
            n = int(mark)
            if not 0 < n <= len(taken.spans):
                taken.wrong(line, f"number {n}: the sheet has {len(taken.spans)}")
            elif n in taken.marked:
                taken.wrong(line, f"number {n} is answered twice")
            else:
                taken.marked.add(n)
                _number(taken, line, taken.spans[n - 1], rest, known)
        elif mark == "+":
            _added(taken, line, rest, known)
        else:
            taken.wrong(line, f"'{mark}' begins no line; have: V W G N D X E, a number of the sheet, +")
    except ValueError as e:
        taken.wrong(line, str(e))


def _one(value: str, allowed: Collection[str], what: str) -> str:
    if value not in allowed:
        shown = ", ".join(allowed) if len(allowed) < 30 else "the list of ids"
        raise ValueError(f"{what} '{value}'; have: {shown}")
    return value


def _verdict(taken: _Taken, line: int, rest: str, known: Vocabulary) -> None:
    parts = [p.strip() for p in rest.split("|")]
    head = parts[0].split()
    if head[:1] == ["irr"] and len(parts) == 2:
        found = {"relevant": False, "sentiment": "Neutral", "sentiment_asset": "none", "confidence": "high"}
    elif head[:1] == ["rel"] and len(head) == 2 and len(parts) == 4:
        found = {
            "relevant": True,
            "sentiment": _one(head[1], LABELS, "label"),
            "sentiment_asset": parts[1],
            "confidence": _one(parts[2], CONFIDENCES, "confidence"),
        }
    else:
        raise ValueError("V is 'rel LABEL | asset | high or low | events' or 'irr | events'")
    events = [_one(e.strip(), known.events, "event") for e in parts[-1].split(",")]
    taken.row |= found | {"events": list(dict.fromkeys(events))}


def _why(taken: _Taken, line: int, rest: str, known: Vocabulary) -> None:
    if not rest:
        raise ValueError("W is one sentence: why")
    taken.row["horizon_note"] = rest


def _geo(taken: _Taken, line: int, rest: str, known: Vocabulary) -> None:
    if rest == "-":
        taken.row["geo"] = dict(NO_GEO)
        return
    parts = rest.split()
    if len(parts) != 3:
        raise ValueError("G is '-' or 'ACTORS direction stage'")
    actors = [] if parts[0] == "-" else parts[0].split(",")
    for actor in actors:
        if not re.fullmatch("[A-Z]{2}", actor):
            raise ValueError(f"actor '{actor}' is no two-letter code of a country")
    taken.row["geo"] = {
        "relevant": True,
        "actors": actors,
        "direction": _one(parts[1], GEO_DIRECTIONS, "direction"),
        "stage": _one(parts[2], STAGES, "stage"),
    }


def _names(taken: _Taken, line: int, rest: str, known: Vocabulary) -> None:
    lab, _, surfaces = rest.partition(":")
    _one(lab.strip(), known.ids, "id")
    for surface in surfaces.split(";"):
        taken.names.append(("N", lab.strip(), surface.strip(), line))


def _decoys(taken: _Taken, line: int, rest: str, known: Vocabulary) -> None:
    surface, equals, why = rest.rpartition(" = ")
    if not equals or not why.strip():
        raise ValueError("D is 'name = what it is'")
    taken.names.append(("D", why.strip(), surface.strip(), line))


def _unlisted(taken: _Taken, line: int, rest: str, known: Vocabulary) -> None:
    for surface in rest.split(";"):
        taken.names.append(("X", "", surface.strip(), line))


def _entity(taken: _Taken, line: int, rest: str, known: Vocabulary) -> None:
    parts = rest.split()
    if len(parts) not in (2, 4):
        raise ValueError("E is 'id role' or 'id subject LABEL high|low'")
    is_ticker = re.fullmatch(r"[A-Z]+:[A-Z0-9.\-]+", parts[0])
    entity = f"ticker:{parts[0]}" if is_ticker else f"lab:{_one(parts[0], known.ids, 'id')}"
    found: dict[str, Any] = {"entity": entity, "role": _one(parts[1], ROLES, "role")}  # Any: JSON
    if (parts[1] == "subject") != (len(parts) == 4):
        raise ValueError(f"{parts[0]}: a subject has a label and a confidence, nobody else has")
    if len(parts) == 4:
        found["sentiment"] = _one(parts[2], LABELS, "label")
        found["confidence"] = _one(parts[3], CONFIDENCES, "confidence")
    if any(e["entity"] == entity for e in taken.row.get("entities", ())):
        raise ValueError(f"{parts[0]} has two E lines")
    taken.row.setdefault("entities", []).append(found)


_TAKERS: Final = {
    "V": _verdict, "W": _why, "G": _geo, "N": _names, "D": _decoys, "X": _unlisted, "E": _entity,
}  # fmt: skip


def _added(taken: _Taken, line: int, rest: str, known: Vocabulary) -> None:
    m = re.fullmatch(r'"([^"]+)"(?:@(\d{1,4}))? (.+)', rest)
    if not m:
        raise ValueError("+ is '+ \"words\"@n' and then as for a number")
    found = [x.span() for x in re.finditer(re.escape(m[1]), taken.full)]
    n = int(m[2] or 1)
    if not 0 < n <= len(found):
        raise ValueError(f"'{m[1]}' stands {len(found)} times in title and text")
    start, end = found[n - 1]
    taken.covered |= {k for k, (a, b) in enumerate(taken.spans, 1) if a < end and start < b}
    _number(taken, line, (start, end), m[3], known)


def _number(taken: _Taken, line: int, span: tuple[int, int], rest: str, known: Vocabulary) -> None:
    if rest == "x":
        return
    head, *fields = [p.strip() for p in rest.split("|")]
    words = head.split()
    place = {"start": span[0], "end": span[1]}
    if words[:1] == ["S"]:
        if len(words) != 4 or len(fields) != 5:
            raise ValueError(
                "a share is 'S value bound current|baseline|projected | subject | ids | metric | scope | period'"
            )
        value = _value(taken.full[slice(*span)], words[1], words[2])
        when = _one(words[3], WHEN, "role")
        labs = [] if fields[1] == "-" else [_one(i.strip(), known.ids, "id") for i in fields[1].split(",")]
        taken.row.setdefault("shares", []).append(
            place
            | value
            | {
                "subject": fields[0],
                "subject_labs": labs,
                "metric": fields[2],
                "scope": fields[3],
                "period": None if fields[4] == "-" else fields[4],
                "baseline": when == "baseline",
                "projected": when == "projected",
            }
        )
        return
    if len(words) != 4:
        raise ValueError("a figure is 'kind value bound direction', a share 'S …', no statistic 'x'")
    kind, _, sub = words[0].partition(":")
    found = place | {"kind": _one(kind, KINDS, "kind")} | ({"sub": sub} if sub else {})
    found |= _value(taken.full[slice(*span)], words[1], words[2])
    found["direction"] = _one(words[3], DIRECTIONS, "direction")
    taken.row.setdefault("other_percents", []).append(found)


def _value(surface: str, value: str, bound: str) -> dict[str, Any]:  # Any: JSON
    """Value and bound as written; the value must be what the words say, where they can be understood."""
    _one(bound, BOUNDS, "bound")
    parts = (
        [float(v) for v in value.split("-")]
        if re.fullmatch(r"\d{1,9}(\.\d{1,9})?(-\d{1,9}(\.\d{1,9})?)?", value)
        else []
    )
    is_range = len(parts) > 1
    if not parts or (bound == "range") != is_range:
        raise ValueError(
            f"value '{value}' with bound {bound}; a range is written 3.1-9, all others one number"
        )
    wrong = [p for p in parts if values_of(surface) and not is_worded(p, surface)]
    if wrong:
        raise ValueError(f"value {wrong[0]:g} is not what '{surface}' says")
    return {"value": parts[0], "bound": bound} | ({"value_high": parts[1]} if is_range else {})


def _close(taken: _Taken, names: Collection[str]) -> None:
    """The article's last check: nothing is left undecided; names become spans."""
    for key, mark in (("sentiment", "V"), ("geo", "G"), ("horizon_note", "W")):
        if key not in taken.row:
            taken.wrong(taken.line, f"no {mark} line")
    decided = taken.marked | taken.covered
    missing = [(n, span) for n, span in enumerate(taken.spans, 1) if n not in decided]
    if missing:
        shown = ", ".join(f"{n} '{taken.full[slice(*span)]}'" for n, span in missing)
        taken.wrong(taken.line, f"numbers not decided: {shown}")
    _place_names(taken, names)
    for key in ("labs", "decoys", "shares", "other_percents"):
        taken.row[key] = sorted(taken.row.get(key, []), key=lambda x: (x["start"], x["end"]))
    taken.row.setdefault("entities", [])


def _place_names(taken: _Taken, names: Collection[str]) -> None:
    chosen: dict[str, list[tuple[str, str, set[int], int]]] = {}
    for mark, what, surface, line in taken.names:
        m = re.fullmatch(r"(.+?)(?:@(\d{1,4}(?:,\d{1,4})*))?", surface)
        if not m:
            taken.wrong(line, "an empty name")
            continue
        picked = {int(k) for k in (m[2] or "").split(",") if k}
        chosen.setdefault(m[1], []).append((mark, what, picked, line))
    spans: dict[str, list[tuple[int, int]]] = {name: [] for name in chosen}
    for start, end in occurrences(taken.full, {*chosen, *names}):  # a name inside a longer one needs no word
        spans.setdefault(taken.full[start:end], []).append((start, end))
    for name in spans.keys() - chosen.keys():
        taken.wrong(taken.line, f"name '{name}' is not decided: N, D or X")
    labs: list[dict[str, Any]] = []  # Any: JSON
    decoys: list[dict[str, Any]] = []  # Any: JSON
    for name, decisions in chosen.items():
        found = spans[name]
        apart = {n for _, _, picked, _ in decisions for n in picked}
        if len([d for d in decisions if not d[2]]) > 1:
            taken.wrong(decisions[1][3], f"name '{name}' is decided twice; tell occurrences apart with @n")
        for mark, what, picked, line in decisions:
            if any(not 0 < n <= len(found) for n in picked) or not found:
                taken.wrong(line, f"name '{name}' stands {len(found)} times (as a word of its own)")
                continue
            for n, (start, end) in enumerate(found, 1):
                if n in picked or (not picked and n not in apart):
                    if mark == "N":
                        labs.append({"start": start, "end": end, "lab": what})
                    elif mark == "D":
                        decoys.append({"start": start, "end": end, "why": what})
    taken.row |= {"labs": labs, "decoys": decoys}
