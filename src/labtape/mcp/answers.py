"""What the tools answer: JSON values, short enough to be read by a model whole."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from labtape.alert import Rule, fits, resolved
from labtape.batch import score
from labtape.exceptions import ReadError, SettingsError
from labtape.ledger import ShareRow, claim_words, not_comparable, series
from labtape.moments import end_of
from labtape.plain import Json, iso, to_plain
from labtape.read import article_from_row
from labtape.report import digest_json, digest_markdown, record_to_dict
from labtape.settings import span_of
from labtape.story_record.core import story_to_dict
from labtape.types import Record

if TYPE_CHECKING:
    from labtape.desk import Desk


def when(text: str | None, *, now: datetime) -> datetime | None:
    """A time from `2026-06-01`, `2026-06-01T09:30Z`, or back from now: `36h`, `7d`. Raises `SettingsError`.

    >>> when("36h", now=datetime(2026, 6, 3, tzinfo=UTC)).isoformat()
    '2026-06-01T12:00:00+00:00'
    """
    if text is None:
        return None
    try:
        if text[-1:] in ("s", "m", "h", "d"):
            return now - span_of(text)
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError) as e:
        raise SettingsError(
            f"{text!r} is no time; write 2026-06-01, 2026-06-01T09:30Z, or back from now: 36h, 7d"
        ) from e


def by(text: str | None, *, now: datetime) -> datetime | None:
    """The same for the end of a time: a date is the end of that day, and of today it is now.

    >>> by("2026-06-01", now=datetime(2026, 6, 3, tzinfo=UTC)).isoformat()
    '2026-06-01T23:59:59.999999+00:00'
    """
    at = when(text, now=now)
    return None if text is None or at is None else end_of(text, at, now=now)


def label(desk: Desk, row: Json, *, any_topic: bool) -> Json:
    """The record of a text; nothing is kept."""
    now = datetime.now(UTC)
    at = when(row["published_at"], now=now)
    row = {**row, "published_at": iso(at) if at else None}
    article = article_from_row(row, place="text", now=now)
    (made,) = score([article], tools=desk.tools, model=desk.model, now=now, any_topic=any_topic)
    return record_to_dict(made)


def signals(
    desk: Desk,
    rule: Rule,
    *,
    relevant: bool,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    cursor: int,
) -> Json:
    """Records in brief, newest first, that fit the rule; all of them where what is not relevant is asked for as well."""
    if not relevant and (rule.labs or rule.tickers or rule.events or rule.labels or rule.states):
        raise SettingsError(
            "relevant false goes with times alone; leave out labs, tickers, events, labels and states"
        )
    lexicon = desk.lexicon
    wanted = resolved(rule, lexicon=lexicon)
    found = [
        r for r in desk.records(since=since, until=until) if not relevant or fits(wanted, r, lexicon=lexicon)
    ]
    newest = found[::-1]
    after = cursor + limit
    return {
        "signals": [brief(record) for record in desk.standing(newest[cursor:after])],
        "total": len(newest),
        "next": after if after < len(newest) else None,
    }


def brief(record: Record) -> Json:
    """As much of a record as a list needs, with the story it stands in as given; `labtape://record/ID` has the rest."""
    verdict = record.verdict
    return {
        "id": record.id,
        "title": record.title,
        "publisher": record.publisher,
        "url": record.url,
        "at": to_plain(record.order_at),
        "relevant": record.relevance.relevant,
        "target": verdict.target,
        "label": verdict.label,
        "confidence": verdict.confidence,
        "state": verdict.state,
        "takeaway": verdict.takeaway.text,
        "entities": {one.entity: one.label for one in record.entity_verdicts},
        "events": list(dict.fromkeys(event.type for event in record.events)),
        "story": record.story.id,
        "revision": record.revision,
    }


def record(desk: Desk, id_: str) -> Json:
    """A whole record, by its id or the address of its article. Raises `ReadError` where there is none."""
    found = desk.explain(id_)
    if found is None:
        raise ReadError(f"no record of article {id_[:80]!r}; list_signals gives the ids there are")
    return record_to_dict(found)


def story(desk: Desk, id_: str, since: datetime | None) -> Json:
    return story_to_dict(desk.story(id_, since=since))


def related(desk: Desk, id_: str) -> Json:
    return {"related": [to_plain(one) for one in desk.related(id_)]}


def digest(
    desk: Desk, *, since: datetime | None, until: datetime | None, watchlist: tuple[str, ...], markdown: bool
) -> Json:
    made = desk.digest(since=since, until=until, watchlist=watchlist)
    content: Any = digest_markdown(made) if markdown else json.loads(digest_json(made))  # Any: text or JSON
    return {"title": made.title, "digest": content}


def shares(rows: tuple[ShareRow, ...], *, limit: int) -> Json:
    """Claims newest first, which of them make a line together, and which look alike and may not be set against each other."""
    shown = rows[:limit]
    lines = [[row.id for row in line.rows] for line in series(shown)]
    return {
        "claims": [claim(row) for row in shown],
        "total": len(rows),
        "comparable": [ids for ids in lines if len(ids) > 1],
        "not_comparable": [
            {
                "claims": [pair.left.id, pair.right.id],
                "words": [claim_words(pair.left), claim_words(pair.right)],
                "why": list(pair.reasons),
            }
            for pair in not_comparable(shown)
        ],
        "note": "Only claims listed together in 'comparable' may be subtracted, joined or drawn as one line.",
    }


def claim(row: ShareRow) -> Json:
    names = (
        "id", "subject", "holder", "value", "low", "high", "bound", "role", "statistic", "metric", "population",
        "platform", "scope", "period", "attributed_to", "modality", "comparability_key",
    )  # fmt: skip
    first = row.first
    return {
        **{name: getattr(row, name) for name in names},
        "words": claim_words(row),
        "status": row.status,
        "reasons": list(row.standing.reasons),
        "checks": list(row.checks),
        "n_sightings": len(row.sightings),
        "first": {
            "article": first.article_id,
            "title": first.title,
            "publisher": first.publisher,
            "url": first.url,
            "quote": first.quote,
        },
    }


def words_of(given: Iterable[str] | None) -> tuple[str, ...]:
    return tuple(given or ())
