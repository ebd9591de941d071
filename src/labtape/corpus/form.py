"""The form of a labelled article: which fields there are, which values they take, and what is wrong with a row.

Every label that is there is checked; a field that nobody read is absent (docs/annotation.md says which come together).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final, get_args

from labtape.train.evaluate import LABELS
from labtape.types import Bound, Direction, GeoDirection, GeoStage, MentionRole, PercentageKind

Row = Mapping[str, Any]  # Any: JSON of labels

CONFIDENCES: Final = ("high", "low")
BOUNDS: Final = get_args(Bound)
DIRECTIONS: Final = get_args(Direction)
GEO_DIRECTIONS: Final = get_args(GeoDirection)
STAGES: Final = get_args(GeoStage)
ROLES: Final = get_args(MentionRole)
#: The guide counts stakes as other (docs/annotation.md); a record tells them apart.
KINDS: Final = tuple(kind for kind in get_args(PercentageKind) if kind != "stake")
#: The last is what tells a story that gold-dev or the held-out articles tell as well: neither learned from nor tested on.
SPLITS: Final = ("train", "dev", "test", "apart")
SPANS: Final = ("labs", "decoys", "shares", "other_percents")
#: What a verdict's horizons may say: states of a record that a reader can see, and what drives each side.
STATES: Final = ("directional", "mixed", "no_transmission", "flat", "insufficient")
WHYS: Final = (
    "reaction", "results", "contract", "capex", "financing", "access", "law", "demand", "rival", "trust", "people", "opinion", "none",
)  # fmt: skip
#: Fields that belong together: who read one of them read all.
VERDICT: Final = ("relevant", "sentiment", "sentiment_asset", "confidence", "events", "geo")
FIGURES: Final = ("shares", "other_percents")
NAMES: Final = ("labs", "decoys")
#: All that a label of somebody else's text may hold: no field is free for the publisher's words.
FIELDS: Final = {
    "id", "sha256", "published", "publisher", "draw", "read", "part", "story", "split", "relevant", "sentiment",
    "sentiment_asset", "confidence", "events", "geo", "horizon_note", "horizons", "labs", "decoys", "shares", "other_percents", "entities",
}  # fmt: skip
#: And what a span of one of the four kinds may hold.
SPAN_FIELDS: Final = {
    "start", "end", "lab", "why", "value", "value_high", "bound", "subject", "subject_labs", "metric", "scope", "period",
    "baseline", "projected", "kind", "sub", "direction",
}  # fmt: skip
#: Fields that are short texts of a reader's or of ours.
WORDS: Final = ("publisher", "draw", "read", "story", "sentiment_asset", "horizon_note", "language", "genre")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_MONTH: Final = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_TICKER: Final = re.compile(r"[A-Z]+:[A-Z0-9.\-]+")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What labels may name: ids of organisations, types of events."""

    ids: Collection[str]
    events: Collection[str]


def problems_of(row: Row, known: Vocabulary) -> Iterator[str]:
    """Yield what is wrong with the labels of one article, apart from its text.

    Never raises, whatever JSON the row holds.
    """
    try:
        yield from (*_source(row), *_labels(row, known))
    except (KeyError, TypeError, AttributeError, ValueError) as e:
        yield f"a field is missing or of a wrong kind ({type(e).__name__}: {e}); docs/annotation.md has the form"


def _labels(row: Row, known: Vocabulary) -> Iterator[str]:
    for key in SPANS:
        if key in row and not (
            isinstance(row[key], list) and all(isinstance(span, dict) for span in row[key])
        ):
            yield f"{key} is no list of spans"
            return
    for together in (VERDICT, FIGURES, NAMES):
        there = [key for key in together if key in row]
        if there and len(there) < len(together):
            lacking = ", ".join(key for key in together if key not in row)
            yield f"has {there[0]} and lacks {lacking}; they are read together"
            return
    if not any(key in row for key in ("relevant", "shares", "labs", "entities", "horizons")):
        yield "has no label at all"
    if "relevant" in row:
        yield from _verdict(row, known.events)
        yield from _geo(row["geo"])
    if "horizons" in row:
        yield from _horizons(row["horizons"])
    if "labs" in row:
        yield from _names(row, known.ids)
    if "shares" in row:
        yield from _figures(row, known.ids)
    if "entities" in row:
        yield from _entities(row, known.ids)


def _source(row: Row) -> Iterator[str]:
    for key in WORDS:
        if not (row.get(key) is None or isinstance(row[key], str)):
            yield f"{key} is no text"
    if not isinstance(row.get("id"), str) or not row["id"]:
        yield "id is no text"
    published = row.get("published")
    if published is not None and not _is_day(published):
        yield f"published '{published}' is no day (2026-05-04), no month (2026-05) and not null"
    if "split" in row:
        yield from _one_of(row, "split", SPLITS)
        if not row.get("story"):
            yield "has a split and no story"


def problems_of_reference(row: Row) -> Iterator[str]:
    """Yield what is wrong where a label stands for a text kept elsewhere: its digest, and fields for more than labels."""
    if not _SHA256.fullmatch(str(row.get("sha256"))):
        yield "sha256 is not 64 hexadecimal digits"
    extra = {key for key in row if key not in FIELDS}
    extra |= {
        key
        for name in SPANS
        if isinstance(row.get(name), list)
        for span in row[name]
        if isinstance(span, dict)
        for key in span
        if key not in SPAN_FIELDS
    }
    for key in sorted(extra):
        yield f"holds '{key}': a publisher's words do not belong here"


def _is_day(published: object) -> bool:
    if not isinstance(published, str):
        return False
    if _MONTH.fullmatch(published):
        return True
    try:
        date.fromisoformat(published)
    except ValueError:
        return False
    return True


def _one_of(row: Row, key: str, allowed: Sequence[str], place: str = "") -> Iterator[str]:
    if row.get(key) not in allowed:
        yield f"{place}{key} '{row.get(key)}'; have: {', '.join(allowed)}"


def _verdict(row: Row, events: Collection[str]) -> Iterator[str]:
    if not isinstance(row["relevant"], bool):
        yield f"relevant '{row['relevant']}' is neither true nor false"
    yield from _one_of(row, "sentiment", LABELS)
    yield from _one_of(row, "confidence", CONFIDENCES)
    if row["relevant"] is False and (row["sentiment"], row["sentiment_asset"]) != ("Neutral", "none"):
        yield "not relevant, and yet a verdict: Neutral for none would be right"
    if row["relevant"] and (not row["sentiment_asset"] or row["sentiment_asset"] == "none"):
        yield "relevant, and no asset; name the asset or the sub-sector"
    unknown = [e for e in row["events"] if e not in events]
    if not row["events"] or unknown or len(set(row["events"])) < len(row["events"]):
        yield f"events {row['events']}: one or more of {', '.join(events)}, each once"


def _geo(geo: Row) -> Iterator[str]:
    if not isinstance(geo["relevant"], bool):
        yield f"geo relevant '{geo['relevant']}' is neither true nor false"
    yield from _one_of(geo, "direction", GEO_DIRECTIONS, "geo ")
    yield from _one_of(geo, "stage", STAGES, "geo ")
    if any(not re.fullmatch("[A-Z]{2}", str(actor)) for actor in geo["actors"]):
        yield f"geo actors {geo['actors']}: two-letter codes of states"
    if not geo["relevant"] and (geo["actors"], geo["direction"], geo["stage"]) != ([], "none", "none"):
        yield "geo is not relevant, and yet has actors, a direction or a stage"


def _horizons(horizons: Row) -> Iterator[str]:
    for key, allowed in (
        ("short", LABELS), ("long", LABELS), ("state", STATES), ("short_why", WHYS), ("long_why", WHYS),
    ):  # fmt: skip
        yield from _one_of(horizons, key, allowed, "horizons ")
    has_side = (horizons.get("short"), horizons.get("long")) != ("Neutral", "Neutral")
    if has_side != (horizons.get("state") == "directional"):
        yield "horizons: directional is the state where a horizon has a side, and only there"


def _names(row: Row, ids: Collection[str]) -> Iterator[str]:
    for label in row["labs"]:
        if label.get("lab") not in ids:
            yield f"labs {label['start']}: no organisation '{label.get('lab')}'"
    for decoy in row["decoys"]:
        if not isinstance(decoy.get("why"), str) or not decoy["why"]:
            yield f"decoys {decoy['start']}: no 'why'; say what it is"
    yield from _spans([*row["labs"], *row["decoys"]], "names")


def _figures(row: Row, ids: Collection[str]) -> Iterator[str]:
    for share in row["shares"]:
        place = f"shares {share['start']}: "
        yield from _value(share, place)
        for key in ("subject", "metric", "scope"):
            if not isinstance(share.get(key), str) or not share[key]:
                yield f"{place}no {key}"
        if not (share.get("period") is None or (isinstance(share["period"], str) and share["period"])):
            yield f"{place}an empty period; null where there is none"
        if not isinstance(share.get("baseline"), bool) or not isinstance(share.get("projected"), bool):
            yield f"{place}baseline and projected are true or false"
        elif share["baseline"] and share["projected"]:
            yield f"{place}baseline and projected at once"
        unknown = [i for i in share.get("subject_labs", [None]) if i not in ids]
        if unknown:
            yield f"{place}no organisation '{unknown[0]}'"
    for figure in row["other_percents"]:
        place = f"other_percents {figure['start']}: "
        yield from _one_of(figure, "kind", KINDS, place)
        if "value" in figure:
            yield from _value(figure, place)
            yield from _one_of(figure, "direction", DIRECTIONS, place)
    yield from _spans([*row["shares"], *row["other_percents"]], "figures")


def _value(figure: Row, place: str) -> Iterator[str]:
    yield from _one_of(figure, "bound", BOUNDS, place)
    value, high = figure.get("value"), figure.get("value_high")
    if not isinstance(value, int | float) or isinstance(value, bool):
        yield f"{place}value '{value}' is no number"
    elif (figure.get("bound") == "range") != isinstance(high, int | float):
        yield f"{place}value_high belongs to the bound range, and only to it"
    elif isinstance(high, int | float) and high < value:
        yield f"{place}value_high {high} is below value {value}"


def _entities(row: Row, ids: Collection[str]) -> Iterator[str]:
    seen = set()
    for entity in row["entities"]:
        kind, _, name = str(entity.get("entity")).partition(":")
        place = f"entities {entity.get('entity')}: "
        known = (kind == "lab" and name in ids) or (kind == "ticker" and _TICKER.fullmatch(name))
        if not known:
            yield f"{place}neither lab:ID of the lexicon nor ticker:EXCHANGE:CODE"
        if entity.get("entity") in seen:
            yield f"{place}stands twice"
        seen.add(entity.get("entity"))
        yield from _one_of(entity, "role", ROLES, place)
        if entity.get("role") == "subject":
            yield from _one_of(entity, "sentiment", LABELS, place)
            yield from _one_of(entity, "confidence", CONFIDENCES, place)
        elif "sentiment" in entity:
            yield f"{place}a verdict for a {entity.get('role')}; only subjects have one"
    if "labs" in row and (lacking := {f"lab:{label['lab']}" for label in row["labs"]} - seen):
        yield f"entities lack {', '.join(sorted(lacking))}, which labs has"


def _spans(spans: Sequence[Row], what: str) -> Iterator[str]:
    ordered = sorted(spans, key=lambda s: (s["start"], s["end"]))
    for span in ordered:
        if not (type(span["start"]) is int and type(span["end"]) is int and 0 <= span["start"] < span["end"]):
            yield f"{what}: {span['start']} to {span['end']} is no span"
    for a, b in pairwise(ordered):
        if b["start"] < a["end"]:
            yield f"{what} at {a['start']} and {b['start']} overlap"
