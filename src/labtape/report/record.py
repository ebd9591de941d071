"""The record: what labtape says about one article, put together and carried as JSON."""

from __future__ import annotations

import hashlib
import json
import re

from labtape.exceptions import ReadError
from labtape.lexicon.entries import Lexicon
from labtape.plain import Json, from_json, from_plain, to_plain
from labtape.ports import Account
from labtape.types import SCHEMA, Annotated, Article, Passage, Placement, Quotation, Record, Signal
from labtape.version import __version__

KEY_QUOTES = 3
# Shorter quotations are terms and titles ("agentic", "the stack"), not statements; counted on our samples.
_MIN_QUOTE = 25
_MIN_QUOTE_CJK = 10


def to_record(annotated: Annotated, signal: Signal, placement: Placement, *, lexicon: Lexicon) -> Record:
    """Everything known about one article, in the form that leaves the house."""
    article = annotated.article
    scored_at = signal.made_at
    return Record(
        id=article.id,
        url=article.url,
        canonical_url=article.canonical_url,
        title=article.title,
        publisher=article.publisher,
        language=annotated.language,
        published_at=article.published_at,
        published_precision=article.published_precision,
        first_seen_at=article.first_seen_at,
        scored_at=scored_at,
        available_at=max(article.first_seen_at or scored_at, scored_at),
        revision=article.revision,
        content_hash=article.content_hash,
        input_hash=input_hash(article),
        engine=__version__,
        kb=lexicon.version,
        model=signal.model,
        relevance=signal.relevance,
        mentions=annotated.mentions,
        unlinked=annotated.unlinked,
        shares=annotated.shares,
        percentages=annotated.percentages,
        volumes=annotated.volumes,
        events=annotated.events,
        geopolitics=annotated.geopolitics,
        verdict=signal.verdict,
        entity_verdicts=signal.entity_verdicts,
        markets=signal.markets,
        summary=annotated.summary,
        key_quotes=key_quotes(annotated),
        story=placement,
    )


def input_hash(article: Article) -> str:
    """A digest of every field the article came with: equal inputs, and only they, have equal ones."""
    return _sha256(json.dumps(to_plain(article), sort_keys=True, separators=(",", ":")))


def is_as_scored(article: Article, record: Record) -> bool:
    """Whether the article's words are still those the record's offsets point into."""
    return record.content_hash == article.content_hash


def key_quotes(annotated: Annotated) -> tuple[Passage, ...]:
    """Up to three statements in quotation marks, in the order of the text.

    Those whose speaker is known come before others, longer ones before shorter ones.
    """
    said = [quotation for quotation in annotated.quotations if _is_statement(quotation)]
    best = sorted(said, key=lambda q: (q.speaker is None, q.start - q.end, q.start))[:KEY_QUOTES]
    full = annotated.article.full
    return tuple(Passage(q.start, q.end, full[q.start : q.end]) for q in sorted(best, key=lambda q: q.start))


def _is_statement(quotation: Quotation) -> bool:
    is_cjk = re.search(r"[\u3400-\u9fff]", quotation.text) is not None
    return len(quotation.text) >= (_MIN_QUOTE_CJK if is_cjk else _MIN_QUOTE)


def record_to_dict(record: Record) -> Json:
    """The record as a JSON object: `schema` first, then the fields in the order of docs/record.md."""
    plain: Json = to_plain(record)
    return plain


def record_from_dict(plain: object) -> Record:
    """The record a JSON object stands for. Fields of a later engine are passed over.

    Raises `ReadError` with the path of the field that is wrong, or when it is of another schema.
    """
    if isinstance(plain, dict) and plain.get("schema") != SCHEMA:
        raise ReadError(f"$.schema: expected {SCHEMA!r}, got {plain.get('schema')!r}")
    return from_plain(Record, plain)


def record_from_json(text: str) -> Record:
    """The record that `record_json` wrote; what others wrote, `record_from_dict` reads with more care.

    Raises `ReadError` as `record_from_dict` does, and `ValueError` for what is no JSON.
    """
    found = from_json(Record, text)
    return found if found.schema == SCHEMA else record_from_dict(json.loads(text))


def record_json(record: Record) -> str:
    """The record on one line: compact, the same bytes for the same record."""
    return dumps(record_to_dict(record))


def explained_json(record: Record, account: Account | None) -> str:
    """The record on one line with what moved its probabilities as one more field, `account`; null where nobody knows."""
    return dumps({**record_to_dict(record), "account": None if account is None else to_plain(account)})


def dumps(plain: object) -> str:
    """Compact JSON on one line that any UTF-8 file can hold.

    >>> dumps({"title": "阿里巴巴", "p": 0.5})
    '{"title":"阿里巴巴","p":0.5}'
    """
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return re.sub(r"[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", text)


def _sha256(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
