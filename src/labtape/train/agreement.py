"""How far two readings of the same articles agree, field by field.

Fields that every article has are compared by Cohen's kappa (chance taken off) beside the plain part that is equal;
what a reader has to find (names, figures, subjects) by F1, where both readings count alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from labtape.train.matching import SAME_VALUE, Groups, overlap, tokens

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

Row = Mapping[str, Any]  # Any: JSON of labels
Pair = tuple[Row, Row]
#: Nearly every asset and scope has it.
_EMPTY: Final = frozenset(["ai"])


@dataclass(frozen=True, slots=True)
class Agreement:
    """One field of two readings: `value` is F1 or the part that is equal, `kappa` where chance can be taken off."""

    field: str
    value: float
    n: int
    kappa: float | None = None


def agreement(first: Iterable[Row], second: Iterable[Row], lexicon: Lexicon) -> tuple[Agreement, ...]:
    """Every field that both readings have, over the articles that both have read.

    Direction, asset and events are compared where both readers found the article relevant; fields of a figure where
    both found the figure.
    """
    by_key = {(row["id"], row.get("sha256")): row for row in second}
    ids = {row["id"]: row for row in by_key.values()}
    pairs = []
    for row in first:
        other = by_key.get((row["id"], row.get("sha256")), ids.get(row["id"]))
        if other is not None:
            pairs.append((row, other))
    groups = Groups.of(lexicon)
    made = [
        *_article_fields([p for p in pairs if _both(p, "relevant")]),
        *_geo_fields([p for p in pairs if _both(p, "geo")]),
        *_horizon_fields([p for p in pairs if _both(p, "horizons")]),
        *_name_fields([p for p in pairs if _both(p, "labs")], groups),
        *_figure_fields([p for p in pairs if _both(p, "shares")], groups),
        *_entity_fields([p for p in pairs if _both(p, "entities")], groups),
    ]
    return tuple(a for a in made if a.n)


def kappa(pairs: Sequence[tuple[Any, Any]]) -> float:  # Any: labels of any kind
    """Cohen's kappa of two readers' labels; 1 where both always say the same one thing, which leaves nothing to chance.

    >>> round(kappa([("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")]), 2), kappa([(True, True)])
    (0.5, 1.0)
    """
    from sklearn.metrics import cohen_kappa_score

    left, right = ([str(label) for label in side] for side in zip(*pairs, strict=True))
    return 1.0 if len({*left, *right}) == 1 else float(cohen_kappa_score(left, right))


def _both(pair: Pair, key: str) -> bool:
    return key in pair[0] and key in pair[1]


def _equal(name: str, pairs: Sequence[tuple[Any, Any]], *, chance: bool = True) -> Agreement:
    if not pairs:
        return Agreement(name, 0.0, 0)
    value = sum(a == b for a, b in pairs) / len(pairs)
    return Agreement(name, round(value, 4), len(pairs), round(kappa(pairs), 4) if chance else None)


def _f1(name: str, matched: int, n_first: int, n_second: int) -> Agreement:
    total = n_first + n_second
    return Agreement(name, round(2 * matched / total, 4) if total else 1.0, total)


def _article_fields(pairs: Sequence[Pair]) -> list[Agreement]:
    inside = [(a, b) for a, b in pairs if a["relevant"] and b["relevant"]]
    common = sum(len(set(a["events"]) & set(b["events"])) for a, b in inside)
    sizes = [sum(len(set(row["events"])) for row in side) for side in zip(*inside, strict=True)] or [0, 0]
    against = sum({a["sentiment"], b["sentiment"]} == {"Bullish", "Bearish"} for a, b in inside)
    return [
        _equal("relevance", [(a["relevant"], b["relevant"]) for a, b in pairs]),
        _equal("sentiment (relevant)", [(a["sentiment"], b["sentiment"]) for a, b in inside]),
        Agreement("Bullish against Bearish", round(against / max(1, len(inside)), 4), len(inside)),
        _equal(
            "asset",
            [(True, near(a["sentiment_asset"], b["sentiment_asset"])) for a, b in inside],
            chance=False,
        ),
        _equal("confidence", [(a["confidence"], b["confidence"]) for a, b in inside]),
        _equal("main event", [(a["events"][0], b["events"][0]) for a, b in inside]),
        _f1("events", common, *sizes),
    ]


def _geo_fields(pairs: Sequence[Pair]) -> list[Agreement]:
    geo = [(a["geo"], b["geo"]) for a, b in pairs]
    inside = [(a, b) for a, b in geo if a["relevant"] and b["relevant"]]
    common = sum(len(set(a["actors"]) & set(b["actors"])) for a, b in inside)
    sizes = [sum(len(set(g["actors"])) for g in side) for side in zip(*inside, strict=True)] or [0, 0]
    return [
        _equal("geopolitics", [(a["relevant"], b["relevant"]) for a, b in geo]),
        _equal("geopolitics direction", [(a["direction"], b["direction"]) for a, b in inside]),
        _equal("geopolitics stage", [(a["stage"], b["stage"]) for a, b in inside]),
        _f1("geopolitics actors", common, *sizes),
    ]


def _horizon_fields(pairs: Sequence[Pair]) -> list[Agreement]:
    told = [(a["horizons"], b["horizons"]) for a, b in pairs]
    names = {
        "short": "short term",
        "long": "long term",
        "state": "state",
        "short_why": "driver of the short term",
        "long_why": "driver of the long term",
    }
    return [_equal(name, [(a[key], b[key]) for a, b in told]) for key, name in names.items()]


def _name_fields(pairs: Sequence[Pair], groups: Groups) -> list[Agreement]:
    def same(a: Row, b: Row) -> bool:
        return overlap(a, b) and groups.group(a["lab"]) == groups.group(b["lab"])

    made = []
    for name, key, match in (("mentions", "labs", same), ("decoys", "decoys", overlap)):
        found = [len(_matched(a[key], b[key], match)) for a, b in pairs]
        sizes = (sum(len(a[key]) for a, _ in pairs), sum(len(b[key]) for _, b in pairs))
        made.append(_f1(name, sum(found), *sizes))
    return made


def _figure_fields(pairs: Sequence[Pair], groups: Groups) -> list[Agreement]:
    def same(a: Row, b: Row) -> bool:
        return overlap(a, b) and abs(a["value"] - b["value"]) < SAME_VALUE

    shares = [m for a, b in pairs for m in _matched(a["shares"], b["shares"], same)]
    sizes = (sum(len(a["shares"]) for a, _ in pairs), sum(len(b["shares"]) for _, b in pairs))
    others = [m for a, b in pairs for m in _matched(a["other_percents"], b["other_percents"], overlap)]
    rest = (sum(len(a["other_percents"]) for a, _ in pairs), sum(len(b["other_percents"]) for _, b in pairs))

    def part(name: str, equal: Iterable[bool]) -> Agreement:
        return _equal(f"share {name}", [(True, e) for e in equal], chance=False)

    return [
        _f1("shares", len(shares), *sizes),
        part("bound", (a["bound"] == b["bound"] for a, b in shares)),
        part(
            "role",
            ((a["baseline"], a["projected"]) == (b["baseline"], b["projected"]) for a, b in shares),
        ),
        part(
            "holder's labs",
            (
                {groups.group(i) for i in a["subject_labs"]} == {groups.group(i) for i in b["subject_labs"]}
                for a, b in shares
            ),
        ),
        *(part(key, (near(a[key], b[key]) for a, b in shares)) for key in ("subject", "metric", "scope")),
        part("period", (near(a["period"] or "", b["period"] or "") for a, b in shares)),
        _f1("other percentages", len(others), *rest),
        _equal("kind of other percentages", [(a["kind"], b["kind"]) for a, b in others]),
    ]


def _entity_fields(pairs: Sequence[Pair], groups: Groups) -> list[Agreement]:
    def by_group(row: Row) -> dict[str, Row]:
        return {groups.group(e["entity"]): e for e in row["entities"]}

    sides = [(by_group(a), by_group(b)) for a, b in pairs]
    roles = [(a[k]["role"], b[k]["role"]) for a, b in sides for k in a.keys() & b.keys()]
    subjects = [({k for k in a if _is_subject(a[k])}, {k for k in b if _is_subject(b[k])}) for a, b in sides]
    common = sum(len(a & b) for a, b in subjects)
    labels = [
        (a[k]["sentiment"], b[k]["sentiment"])
        for (a, b), (sa, sb) in zip(sides, subjects, strict=True)
        for k in sorted(sa & sb)
    ]
    return [
        _equal("role of an organisation", roles),
        _f1("subjects", common, sum(len(a) for a, _ in subjects), sum(len(b) for _, b in subjects)),
        _equal("verdict of a subject", labels),
    ]


def _is_subject(entity: Row) -> bool:
    return bool(entity["role"] == "subject")


def _matched(
    first: Sequence[Row], second: Sequence[Row], match: Any
) -> list[Pair]:  # Any: a predicate of two rows
    """Pairs that match, each row in one pair at most, in order."""
    used: set[int] = set()
    made = []
    for a in first:
        hit = next((k for k, b in enumerate(second) if k not in used and match(a, b)), None)
        if hit is not None:
            used.add(hit)
            made.append((a, second[hit]))
    return made


def near(a: str, b: str) -> bool:
    """Whether two wordings name the same: half of the shorter one's words are in the other, or both are empty.

    >>> near("Alphabet (Google Cloud)", "Alphabet"), near("top 10 models", "all tokens")
    (True, False)
    """
    left, right = tokens(a) - _EMPTY, tokens(b) - _EMPTY
    if not left or not right:
        return left == right
    return len(left & right) / min(len(left), len(right)) >= 0.5
