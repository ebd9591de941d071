"""The record of a story as a whole: put together, carried as JSON, described by its schema."""

from __future__ import annotations

import json

import jsonschema
import pytest

from labtape.exceptions import ReadError
from labtape.report import story_record_json, story_schema
from labtape.report.schema import SHIPPED_STORY, schema_text
from labtape.story_record import story_from_dict, story_record, story_to_dict

from .told import article, hours, lexicon, record, share, story, told

TEXT = "Lumen Labs raised its price on Monday. Customers in Oslo had letters, and 61% of them will stay."


def sample():
    one = article("a", "Lumen Labs raises prices", TEXT, publisher="Reuters")
    two = article(
        "b", "Lumen is dearer", "A price rises, Reuters reported. Osprey AI waits.", publisher="P2", at=3
    )
    return told(
        (one, record(one, up=0.7, labs=("lab:lumen",), events=("pricing",), shares=(share(one, "61%", 61.0),))),
        (two, record(two, labs=("lab:lumen", "lab:osprey"), events=("pricing", "other"))),
        since=hours(1),
    )  # fmt: skip


def test_what_was_written_is_read_back_equal() -> None:
    found = sample()
    assert story_from_dict(json.loads(story_record_json(found))) == found


def test_the_schema_comes_first_on_one_line() -> None:
    line = story_record_json(sample())
    assert line.startswith('{"schema":"labtape.story/1","id":"s1"')
    assert "\n" not in line


def test_the_shipped_schema_is_what_the_classes_make() -> None:
    assert SHIPPED_STORY.read_text(encoding="utf-8") == schema_text(story_schema())


def test_a_record_validates_and_a_wrong_one_does_not() -> None:
    jsonschema.Draft202012Validator.check_schema(story_schema())
    validator = jsonschema.Draft202012Validator(story_schema())
    plain = story_to_dict(sample())
    validator.validate(json.loads(json.dumps(plain)))
    plain["phase"]["name"] = "boiling"
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(plain)


def test_another_schema_is_refused() -> None:
    with pytest.raises(ReadError, match=r"labtape.story/1"):
        story_from_dict({"schema": "labtape.record/1"})


def test_labs_and_events_are_those_of_most_articles_first() -> None:
    found = sample()
    assert found.labs == ("lab:lumen", "lab:osprey")
    assert found.events == ("pricing",)


def test_a_story_without_records_is_refused_by_its_id() -> None:
    with pytest.raises(ReadError, match="s1"):
        story_record(story((record(article("a", "T")),)), [], {}, now=hours(1), lexicon=lexicon())


def test_the_order_of_the_records_changes_nothing() -> None:
    pairs = [
        (a, record(a, up=0.3 + n / 10)) for n in range(4) for a in [article(f"a{n}", f"Title {n}", TEXT, publisher=f"P{n % 3}", at=n)]
    ]  # fmt: skip
    records = [r for _, r in pairs]
    words = {a.id: a for a, _ in pairs}
    one = story(tuple(records))
    left, right = (
        story_record(one, some, words, now=hours(9), lexicon=lexicon()) for some in (records, records[::-1])
    )
    assert left == right


def test_a_story_without_a_word_has_a_record() -> None:
    a = article("a", "", "")
    found = told((a, record(a)))
    assert (found.headline, found.summary, found.quotes) == ("(no headline)", (), ())
