"""The tape as values: what is asked for, which records that is, and a line for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from labtape.foreign import clean
from labtape.ledger.words import denominator, share_figure
from labtape.plain import iso
from labtape.ports import Wanted
from labtape.report import record_from_json
from labtape.report.wording import name_of, polarity, state_words
from labtape.web.pages.asking import number, one_of, words

if TYPE_CHECKING:
    from labtape.desk import Desk
    from labtape.lexicon import Lexicon
    from labtape.ports import Listed
    from labtape.types import Record

PAGE = 40  # lines
#: Records that one answer reads at most, and those it looks at without reading them. What lies further back is asked for by a link.
SCANNED = 4000
GLANCED = 40_000
LABELS = ("Bullish", "Neutral", "Bearish")
LANGUAGES: Mapping[str, str] = {"en": "English", "zh": "Chinese"}
EARLIEST, LATEST = 1900, 9990  # years between which windows of time can be moved
_AT_ONCE = 200  # records
FRESH = 200  # newer articles that are counted
_EVENTS, _LABS, _SHARES = 2, 4, 2

Key = tuple[datetime, str]
#: At most so many records of the list that is asked for, newest first, behind a place in it.
Read = Callable[["Key | None", int], "Sequence[Listed]"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the tape shows: everything empty is everything. `before` and `after` are places in it, newest first."""

    lab: str = ""
    event: str = ""
    label: str = ""
    confidence: float = 0.0
    language: str = ""
    q: str = ""
    everything: bool = False
    before: Key | None = None
    after: Key | None = None

    @property
    def is_filtered(self) -> bool:
        return replace(self, before=None, after=None) != Asked()

    def address(self, path: str = "/", **places: Key | None) -> str:
        """The address that asks for this, at another place."""
        fields = {
            "q": self.q, "lab": self.lab, "event": self.event, "label": self.label,
            "confidence": f"{self.confidence * 100:g}" if self.confidence else "", "language": self.language,
            "all": "1" if self.everything else "",
        }  # fmt: skip
        query = {name: value for name, value in fields.items() if value}
        query |= {name: f"{key[0].isoformat()}~{key[1]}" for name, key in places.items() if key}
        return f"{path}?{urlencode(query)}" if query else path


def asked_of(parameters: Mapping[str, str], events: tuple[str, ...] = ()) -> Asked:
    """What the parameters of an address ask for; what is unknown or out of bounds is left out.

    >>> asked_of({"label": "Bearish", "confidence": "60", "before": "nonsense"})
    Asked(lab='', event='', label='Bearish', confidence=0.6, language='', q='', everything=False, before=None, after=None)
    """
    return Asked(
        lab=words(parameters.get("lab")),
        event=one_of(parameters.get("event"), events),
        label=one_of(parameters.get("label"), LABELS),
        confidence=(number(parameters.get("confidence"), least=0, most=100) or 0.0) / 100,
        language=one_of(parameters.get("language"), tuple(LANGUAGES)),
        q=words(parameters.get("q")),
        everything=parameters.get("all") == "1",
        before=_key_of(parameters.get("before", "")),
        after=_key_of(parameters.get("after", "")),
    )


def _key_of(written: str) -> Key | None:
    at, _, id_ = written[:400].partition("~")
    try:
        found = datetime.fromisoformat(at)
        found = found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return (found, id_) if id_ and EARLIEST <= found.year <= LATEST else None


def key(record: Record) -> Key:
    """Where a record stands in the tape."""
    return record.order_at, record.id


# ---------------------------------------------------------------- which records


def filter_of(asked: Asked, lexicon: Lexicon) -> Callable[[Record], bool]:
    """Whether a record is asked for, place aside. A lab is meant by its id or name, a model by its own."""
    entities = entities_named(asked.lab, lexicon) if asked.lab else frozenset()
    wanted = asked.q.casefold().split()

    def test(record: Record) -> bool:
        verdict = record.verdict
        return (
            (asked.everything or record.relevance.relevant)
            and (not asked.label or polarity(verdict.label) == polarity(asked.label))
            and verdict.confidence >= asked.confidence
            and (not asked.language or record.language.partition("-")[0] == asked.language)
            and (not asked.event or any(e.type == asked.event for e in record.events))
            and (not asked.lab or any(m.entity in entities or m.lab in entities for m in record.mentions))
            and (not wanted or all(word in record.title.casefold() for word in wanted))
        )

    return test


def entities_named(name: str, lexicon: Lexicon) -> frozenset[str]:
    """The entity ids that go by an id, a name or another way to write it, whatever its case."""
    wanted = name.casefold()
    labs = (lab for lab in lexicon.labs.values() if wanted in {lab.id, lab.entity, lab.name.casefold()})
    models = (f for f in lexicon.models.values() if wanted in {f.id, f"model:{f.id}", f.name.casefold()})
    found = {lab.entity for lab in labs} | {f"model:{family.id}" for family in models}
    written = (a.entity for a in lexicon.aliases if a.entity and a.surface.casefold() == wanted)
    return frozenset(found or written)


@dataclass(frozen=True, slots=True)
class Found:
    """Records, newest first, and where to go on: None at the end. `is_cut` says that there was too much to read at once."""

    records: tuple[Record, ...]
    rest: Key | None
    is_cut: bool = False


def reader(desk: Desk, asked: Asked, entities: frozenset[str]) -> Read:
    """The desk's list, as far as its indexes narrow it to what is asked for; `filter_of` tells the rest."""
    terms = (
        *(() if asked.everything else ("relevant:true",)),
        *((f"event:{asked.event}",) if asked.event else ()),
        *(tuple(entities) if len(entities) == 1 else ()),
    )
    wanted = Wanted(terms=terms, min_confidence=asked.confidence)
    return lambda before, limit: desk.store.listed(wanted, after=before, limit=limit)


def glance_of(asked: Asked) -> Callable[[bytes], bool]:
    """Whether a record as it is kept may hold the words of a search: much sooner told than read."""
    words_ = tuple(word.encode() for word in asked.q.casefold().split() if word.isascii() and word.isalnum())

    def may(body: bytes) -> bool:
        lowered = body.lower() if words_ else b""
        return all(word in lowered for word in words_)

    return may


def newest(
    read: Read,
    *,
    test: Callable[[Record], bool],
    may: Callable[[bytes], bool] = lambda body: True,
    before: Key | None = None,
    n: int = PAGE,
    most: int = SCANNED,
) -> Found:
    """The `n` newest records that pass the test, from `before` backwards; it stops after reading `most` of them."""
    found: list[Record] = []
    at, n_read, n_seen = before, 0, 0
    while n_read < most and n_seen < GLANCED:
        rows = read(at, _AT_ONCE)
        for row in rows:
            if may(row.body):
                record = record_from_json(row.body.decode())
                n_read += 1
                if test(record):
                    found.append(record)
                    if len(found) > n:
                        return Found(tuple(found[:n]), key(found[n - 1]))
        if len(rows) < _AT_ONCE:
            return Found(tuple(found), None)
        at, n_seen = (rows[-1].order_at, rows[-1].article_id), n_seen + len(rows)
    return Found(tuple(found), at, is_cut=True)


def n_after(read: Read, asked: Asked, test: Callable[[Record], bool], may: Callable[[bytes], bool]) -> int:
    """How many records that are asked for came after the place `after`; counted up to `FRESH`."""
    n, at = 0, None
    while asked.after is not None and n < FRESH:
        rows = read(at, _AT_ONCE)
        newer = [row for row in rows if (row.order_at, row.article_id) > asked.after]
        n += sum(may(row.body) and test(record_from_json(row.body.decode())) for row in newer)
        if len(newer) < _AT_ONCE:
            break
        at = (rows[-1].order_at, rows[-1].article_id)
    return min(n, FRESH)


# ---------------------------------------------------------------- lines


@dataclass(frozen=True, slots=True)
class Line:
    """One record as the tape shows it."""

    id: str
    time: str
    at: str
    label: str
    confidence: float
    target: str
    why: str
    title: str
    language: str
    publisher: str
    url: str | None
    events: tuple[str, ...]
    labs: tuple[tuple[str, str], ...]
    n_more_labs: int
    shares: tuple[str, ...]
    story_id: str
    n_in_story: int
    in_scope: bool


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day."""

    name: str
    lines: tuple[Line, ...]


def days(records: Iterable[Record], lexicon: Lexicon) -> tuple[Day, ...]:
    """Records in lines, by the day they are ordered by, in their order."""
    grouped = groupby(records, key=lambda r: r.order_at.date())
    return tuple(
        Day(f"{day:%A} {day.day} {day:%B %Y}", tuple(line(r, lexicon) for r in told)) for day, told in grouped
    )


def line(record: Record, lexicon: Lexicon) -> Line:
    """A record in one line."""
    verdict = record.verdict
    labs = tuple(_labs(record, lexicon))
    at = record.order_at
    return Line(
        id=record.id,
        time="" if record.published_precision == "day" else f"{at:%H:%M}",
        at=iso(at),
        label=verdict.label,
        confidence=verdict.confidence,
        target=clean(name_of(verdict.target, lexicon)),
        why=state_words(verdict.state, verdict.label) or clean(verdict.takeaway.text),
        title=clean(record.title) or "(no headline)",
        language=record.language,
        publisher=clean(record.publisher or "unknown source"),
        url=record.url,
        events=tuple(event_title(e.type, lexicon) for e in record.events if e.type != "other")[:_EVENTS],
        labs=labs[:_LABS],
        n_more_labs=max(0, len(labs) - _LABS),
        shares=tuple(dict.fromkeys(_shares(record, lexicon)))[:_SHARES],
        story_id=record.story.id,
        n_in_story=record.story.n_articles,
        in_scope=record.relevance.relevant,
    )


def event_title(type_: str, lexicon: Lexicon) -> str:
    """What readers call a kind of event."""
    known = lexicon.event_types.get(type_)
    return clean(known.title if known else type_.replace("_", " "))


def _labs(record: Record, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """Id and name of each organisation that is a subject, else of each that is named; subjects first."""
    subjects = [m.lab for m in record.mentions if m.lab and m.role == "subject"]
    others = [m.lab for m in record.mentions if m.lab and m.role == "comparator"]
    for entity in dict.fromkeys((*subjects, *others)):
        yield entity, clean(name_of(entity, lexicon))


def _shares(record: Record, lexicon: Lexicon) -> Iterator[str]:
    for share in record.shares:
        if share.role == "current":
            platform = name_of(share.platform, lexicon) if share.platform else None
            of_what = denominator(share.metric, share.population, platform) or "of what: not stated"
            who = f"{clean(share.subject)}: " if share.subject else ""
            yield f"{who}{share_figure(share)} of {clean(of_what)}".replace("of of ", "of ")
