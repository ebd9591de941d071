"""A record as a row: which columns tables have, their types, and how each is read off a record.

Findings that repeat are in JSON columns of the record's own names; what people filter and sort by is flat.
The p_… columns are those of the label set: p_bullish, p_neutral, p_bearish unless a bundle has others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from labtape.plain import to_plain
from labtape.report.record import dumps
from labtape.types import Mention, Record

Kind = Literal["string", "integer", "number", "boolean", "time", "strings", "json"]
Get = Callable[[Record], Any]  # Any: what `Kind` says

MARKET3 = ("Bullish", "Neutral", "Bearish")
NESTED = (
    "mentions", "unlinked", "shares", "percentages", "events", "geopolitics", "verdict", "entity_verdicts", "markets",
    "summary", "key_quotes", "volumes",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: Kind
    get: Get


def columns(labels: Sequence[str] = MARKET3) -> tuple[Column, ...]:
    """The columns of a table of records, in order, with one probability per label."""
    probabilities = tuple(Column(column_of(label), "number", _probability(label)) for label in labels)
    return (*_HEAD, *probabilities, *_REST, *(Column(name, "json", _json(name)) for name in NESTED))


def column_of(label: str) -> str:
    """The name of a label's probability column.

    >>> column_of("Very Bullish")
    'p_very_bullish'
    """
    return "p_" + label.casefold().replace(" ", "_")


def labels_of(record: Record | None) -> tuple[str, ...]:
    """The labels a table with this first record has; those of market3 where there is none."""
    return tuple(record.verdict.p) if record and record.verdict.p else MARKET3


def lab_ids(mentions: Sequence[Mention], *, roles: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """The distinct labs of some mentions, subjects first, then in the order of the text."""
    ordered = sorted(mentions, key=lambda m: (m.role != "subject", m.start))
    return tuple(dict.fromkeys(m.lab for m in ordered if m.lab and (roles is None or m.role in roles)))


def _probability(label: str) -> Get:
    return lambda record: record.verdict.p.get(label)


def _json(name: str) -> Get:
    return lambda record: dumps(_plain(getattr(record, name)))


def _plain(value: object) -> object:
    return [to_plain(item) for item in value] if isinstance(value, tuple) else to_plain(value)


def main_event(record: Record) -> str | None:
    """The type of the event that is most probable, of equals the first in the text."""
    best = max(record.events, key=lambda event: (event.p, -event.start), default=None)
    return best.type if best else None


def _horizon(name: str, part: Literal["label", "text"]) -> Get:
    def get(record: Record) -> str | None:
        horizon = record.verdict.horizons.get(name)
        return getattr(horizon, part) if horizon else None

    return get


_HEAD = (
    Column("id", "string", lambda r: r.id),
    Column("title", "string", lambda r: r.title),
    Column("url", "string", lambda r: r.url),
    Column("canonical_url", "string", lambda r: r.canonical_url),
    Column("publisher", "string", lambda r: r.publisher),
    Column("language", "string", lambda r: r.language),
    Column("published_at", "time", lambda r: r.published_at),
    Column("published_precision", "string", lambda r: r.published_precision),
    Column("relevant", "boolean", lambda r: r.relevance.relevant),
    Column("p_relevant", "number", lambda r: r.relevance.p),
    Column("label", "string", lambda r: r.verdict.label),
)
_REST = (
    Column("score", "number", lambda r: r.verdict.score),
    Column("state", "string", lambda r: r.verdict.state),
    Column("confidence", "number", lambda r: r.verdict.confidence),
    Column("label_set", "strings", lambda r: r.verdict.label_set),
    Column("target", "string", lambda r: r.verdict.target),
    Column("takeaway", "string", lambda r: r.verdict.takeaway.text),
    Column("short_label", "string", _horizon("short", "label")),
    Column("short_text", "string", _horizon("short", "text")),
    Column("long_label", "string", _horizon("long", "label")),
    Column("long_text", "string", _horizon("long", "text")),
    Column("main_event", "string", main_event),
    Column("event_types", "strings", lambda r: tuple(dict.fromkeys(event.type for event in r.events))),
    Column("labs", "strings", lambda r: lab_ids(r.mentions)),
    Column("subject_labs", "strings", lambda r: lab_ids(r.mentions, roles=("subject",))),
    Column("geo_relevant", "boolean", lambda r: r.geopolitics.relevant),
    Column("geo_p", "number", lambda r: r.geopolitics.p),
    Column("geo_actors", "strings", lambda r: r.geopolitics.actors),
    Column("geo_direction", "string", lambda r: r.geopolitics.direction),
    Column("geo_stage", "string", lambda r: r.geopolitics.stage),
    Column("n_mentions", "integer", lambda r: len(r.mentions)),
    Column("n_shares", "integer", lambda r: len(r.shares)),
    Column("n_percentages", "integer", lambda r: len(r.percentages)),
    Column(
        "n_checks",
        "integer",
        lambda r: sum(len(c.checks) for c in r.shares) + sum(len(c.checks) for c in r.volumes),
    ),
    Column("story_id", "string", lambda r: r.story.id),
    Column("novelty", "number", lambda r: r.story.novelty),
    Column("n_articles", "integer", lambda r: r.story.n_articles),
    Column("n_origins", "integer", lambda r: r.story.n_origins),
    Column("first_seen_at", "time", lambda r: r.first_seen_at),
    Column("scored_at", "time", lambda r: r.scored_at),
    Column("available_at", "time", lambda r: r.available_at),
    Column("revision", "integer", lambda r: r.revision),
    Column("content_hash", "string", lambda r: r.content_hash),
    Column("input_hash", "string", lambda r: r.input_hash),
    Column("engine", "string", lambda r: r.engine),
    Column("kb", "string", lambda r: r.kb),
    Column("model_bundle", "string", lambda r: r.model.bundle),
    Column("model_version", "string", lambda r: r.model.version),
    Column("model_digest", "string", lambda r: r.model.digest),
    Column("schema", "string", lambda r: r.schema),
)


def utf8(text: str | None) -> str | None:
    """The text with what no UTF-8 file can hold (halves of surrogate pairs) replaced."""
    return text if text is None else text.encode("utf-8", "replace").decode("utf-8")
