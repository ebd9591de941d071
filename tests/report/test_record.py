from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.exceptions import ReadError
from labtape.plain import from_plain, to_plain
from labtape.report import record_from_dict, record_from_json, record_json, record_to_dict, to_record
from labtape.types import Article, Placement, Quotation, Record, Story

from .samples import NOW, KnowledgeBase, annotated_share, records, signal_share

RECORDS = records()


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.id)
def test_a_record_is_read_back_equal(record: Record) -> None:
    assert record_from_dict(json.loads(record_json(record))) == record
    again = record_from_json(record_json(record))
    assert again == record
    assert record_json(again) == record_json(record)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("schema", "labtape.record/9", r"\$.schema: expected 'labtape.record/1', got 'labtape.record/9'"),
        ("mentions", {}, r"\$.mentions: expected an array, got {}"),
        ("revision", "1", r"\$.revision: expected a whole number, got '1'"),
        ("scored_at", "yesterday", r"\$.scored_at: expected an ISO 8601 time"),
    ],
)
def test_kept_text_that_is_wrong_says_where(field: str, value: object, said: str) -> None:
    with pytest.raises(ReadError, match=said):
        record_from_json(json.dumps(record_to_dict(RECORDS[0]) | {field: value}))
    with pytest.raises(ValueError, match="Expecting"):
        record_from_json("{")


def test_the_schema_is_named_first_and_the_other_fields_keep_their_order() -> None:
    names = list(record_to_dict(RECORDS[0]))
    assert names[:5] == ["schema", "id", "url", "canonical_url", "title"]
    assert names[-1] == "story"


def test_times_are_written_in_utc() -> None:
    tokyo = timezone(timedelta(hours=9))
    record = replace(RECORDS[0], published_at=datetime(2026, 6, 1, 18, 30, tzinfo=tokyo))
    assert record_to_dict(record)["published_at"] == "2026-06-01T09:30:00Z"


def test_unknown_is_null_and_sequences_are_arrays() -> None:
    plain = record_to_dict(replace(RECORDS[0], published_at=None))
    assert plain["published_at"] is None
    assert isinstance(plain["shares"], list)


def test_every_passage_is_found_at_its_offsets() -> None:
    annotated = annotated_share()
    record = RECORDS[0]
    full = annotated.article.full
    for found in (
        *record.mentions,
        *record.unlinked,
        *record.shares,
        *record.percentages,
        *record.key_quotes,
    ):
        assert full[found.start : found.end] == found.text


def test_what_was_seen_after_scoring_is_available_when_seen() -> None:
    annotated = annotated_share()
    late = replace(annotated, article=replace(annotated.article, first_seen_at=NOW + timedelta(days=3)))
    made = to_record(late, signal_share(annotated), Placement("s"), lexicon=KnowledgeBase())
    assert made.available_at == NOW + timedelta(days=3)
    unseen = replace(annotated, article=replace(annotated.article, first_seen_at=None))
    made = to_record(unseen, signal_share(annotated), Placement("s"), lexicon=KnowledgeBase())
    assert made.available_at == made.scored_at


def test_the_input_hash_changes_with_any_field_and_the_content_hash_with_the_words() -> None:
    annotated = annotated_share()
    moved = replace(annotated, article=replace(annotated.article, publisher="Another"))
    a, b = (
        to_record(x, signal_share(annotated), Placement("s"), lexicon=KnowledgeBase())
        for x in (annotated, moved)
    )
    assert a.input_hash != b.input_hash
    assert a.content_hash == b.content_hash


def test_key_quotes_are_three_statements_in_text_order_and_no_single_terms() -> None:
    title = "T"
    text = "“agentic” “a first long statement that says something” “a second long statement, longer than any other here” “third statement with enough words in it” “fourth statement that is here, too”"
    a = Article("q", title, text)
    quotations = []
    for part in text.split("” "):
        words = part.strip("“”")
        start = a.full.index(words)
        quotations.append(
            Quotation(start, start + len(words), words, "Ana" if "fourth" in words else None, "marks")
        )
    annotated = replace(annotated_share(), article=a, quotations=tuple(quotations))
    made = to_record(annotated, signal_share(annotated_share()), Placement("s"), lexicon=KnowledgeBase())
    assert [q.text.split()[0] for q in made.key_quotes] == ["a", "a", "fourth"]


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("shares", 0, "value"), "61", r"\$\.shares\[0\]\.value: expected a number, got '61'"),
        (("mentions", 1, "start"), 1.5, r"\$\.mentions\[1\]\.start: expected a whole number"),
        (("relevance", "relevant"), 1, r"\$\.relevance\.relevant: expected true or false"),
        (("verdict", "state"), "sure", r"\$\.verdict\.state: expected one of directional, flat, .*, got 'sure'"),
        (("verdict", "p", "Bullish"), None, r"\$\.verdict\.p\.Bullish: expected a number"),
        (("verdict", "horizons", "short", "text"), 3, r"\$\.verdict\.horizons\.short\.text: expected a string"),
        (("scored_at",), "2026-06-01T09:30:00", r"\$\.scored_at: expected an ISO 8601 time with its zone"),
        (("scored_at",), "yesterday", r"\$\.scored_at: expected an ISO 8601 time"),
        (("events",), {}, r"\$\.events: expected an array"),
        (("story",), [], r"\$\.story: expected an object"),
        (("schema",), "labtape.record/9", r"\$\.schema: expected 'labtape.record/1', got 'labtape.record/9'"),
        (("geopolitics", "p"), float("nan"), r"\$\.geopolitics\.p: expected a number, got nan"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_by_its_path(path: tuple[str | int, ...], value: object, message: str) -> None:
    plain = copy.deepcopy(record_to_dict(RECORDS[0]))
    target = plain
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    with pytest.raises(ReadError, match=message):
        record_from_dict(plain)


def test_a_missing_field_is_named() -> None:
    plain = record_to_dict(RECORDS[0])
    del plain["verdict"]["score"]
    with pytest.raises(ReadError, match=r"\$\.verdict\.score: missing; a Verdict has target, label"):
        record_from_dict(plain)


@pytest.mark.parametrize("value", [None, [], "record", 3])
def test_what_is_no_object_is_refused(value: object) -> None:
    with pytest.raises(ReadError, match=r"\$: expected an object"):
        record_from_dict(value)


def test_a_field_of_a_later_engine_is_passed_over() -> None:
    plain = record_to_dict(RECORDS[0]) | {"mood": "sunny"}
    assert record_from_dict(plain) == RECORDS[0]


def test_other_nouns_travel_the_same_way() -> None:
    story = Story("s", ("a", "b"), NOW, NOW, (("a",), ("b",)))
    assert from_plain(Story, json.loads(json.dumps(to_plain(story)))) == story


@given(st.text(), st.text(), st.none() | st.datetimes(timezones=st.just(UTC)))
def test_any_text_survives_the_way_through_a_utf8_file(
    title: str, text: str, published: datetime | None
) -> None:
    record = replace(RECORDS[0], title=title, publisher=text, published_at=published)
    line = record_json(record)
    assert "\n" not in line
    assert record_from_dict(json.loads(line.encode("utf-8").decode("utf-8"))) == record
    assert record_from_json(line) == record


@given(st.text(), st.text())
def test_any_article_has_hashes(title: str, text: str) -> None:
    annotated = replace(annotated_share(), article=Article("x", title, text), quotations=())
    made = to_record(annotated, signal_share(annotated_share()), Placement("s"), lexicon=KnowledgeBase())
    assert made.content_hash.startswith("sha256:")
    assert made.input_hash.startswith("sha256:")
