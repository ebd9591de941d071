"""The rankings file: which shapes are read, and what is told of one that is wrong."""

from __future__ import annotations

import json
from datetime import date

import pytest

from labtape.exceptions import ReadError
from labtape.ledger.rankings import RankedDay, read_rankings

ROWS = [
    {"date": "2026-05-11", "model_permaslug": "x-ai/grok-code-fast-1", "total_tokens": 30},
    {"date": "2026-05-11", "model_permaslug": "deepseek/deepseek-chat-v3.1:free", "total_tokens": "70"},
    {"date": "2026-05-11", "model_permaslug": "other", "total_tokens": "9"},
    {"date": "2026-05-10", "model_permaslug": "openai/gpt-5", "total_tokens": 5.0},
]
DAYS = (
    RankedDay(date(2026, 5, 10), (("openai/gpt-5", 5),), None),
    RankedDay(
        date(2026, 5, 11), (("deepseek/deepseek-chat-v3.1:free", 70), ("x-ai/grok-code-fast-1", 30)), 9
    ),
)
CAMEL = [
    {"date": r["date"], "modelPermaslug": r["model_permaslug"], "totalTokens": r["total_tokens"]}
    for r in ROWS
]
SHAPES = {
    "array": json.dumps(ROWS),
    "under data": json.dumps({"data": ROWS, "meta": {"as_of": "2026-05-12T02:00:00Z"}}),
    "under the only list": json.dumps({"version": "v1", "rankings": ROWS}),
    "lines": "\n".join(map(json.dumps, ROWS)) + "\n\n",
    "a byte order mark": "\ufeff" + json.dumps(ROWS, indent=2),
    "a client's spelling": json.dumps(CAMEL),
}


def read(text):
    return read_rankings(text.encode() if isinstance(text, str) else text, name="r.json")


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_days(shape):
    assert read(SHAPES[shape]).days == DAYS


def test_a_single_row_on_a_single_line_is_read():
    assert read(json.dumps(ROWS[3])).days == DAYS[:1]


def test_the_counter_is_cited_as_of_when_it_was_read():
    said = "Source: OpenRouter (openrouter.ai/rankings), as of"
    assert read(SHAPES["under data"]).citation == f"{said} 2026-05-12T02:00:00Z"
    assert read(SHAPES["array"]).citation == f"{said} 2026-05-11"


def test_an_as_of_that_is_no_time_is_not_repeated():
    assert read(json.dumps({"data": ROWS, "meta": {"as_of": "soon\x1b[31m"}})).as_of == "2026-05-11"


def changed(**fields):
    return json.dumps([ROWS[0], {**ROWS[1], **fields}])


def without(field):
    return json.dumps([ROWS[0], {k: v for k, v in ROWS[1].items() if k != field}])


WRONG = [
    ("", ["r.json: is empty", "model_permaslug"]),
    ("  \n ", ["is empty"]),
    ("[]", ["no rows"]),
    ('{"data": []}', ["no rows"]),
    ("[{", ["broken JSON at line 1"]),
    ('{"a": 1}', ["no list of rows under `data`", '"a"']),
    ('{"a": [1], "b": [2]}', ["no list of rows under `data`"]),
    ("7", ["expected a list of rows, got 7"]),
    ("[7]", ["r.json: row 1: expected an object, got 7"]),
    ('{"data": [7]}', ["r.json: data row 1: expected an object"]),
    (f"{json.dumps(ROWS[0])}\n{{broken\n", ["r.json: line 2: broken JSON"]),
    (f"{json.dumps(ROWS[0])}\n\n{json.dumps({**ROWS[1], 'date': 'x'})}", ["r.json: line 3: date"]),
    (b"\xff\xfe[", ["not UTF-8 at byte 0"]),
    ("[" * 100_000, ["nested too deeply"]),
    ("[NaN]", ["broken JSON: NaN is no number"]),
    (without("date"), ["row 2: no date", "have:"]),
    (without("model_permaslug"), ["row 2: no model_permaslug"]),
    (without("total_tokens"), ["row 2: no total_tokens"]),
    (changed(total_tokens=-1), ["row 2: total_tokens: expected a whole number of 0 or more, got -1"]),
    (changed(total_tokens="-1"), ["row 2: total_tokens", '"-1"']),
    (changed(total_tokens="1,000"), ["row 2: total_tokens", '"1,000"']),
    (changed(total_tokens=1.5), ["row 2: total_tokens", "1.5"]),
    (changed(total_tokens=True), ["row 2: total_tokens", "true"]),
    (changed(total_tokens=None), ["row 2: total_tokens", "null"]),
    (changed(total_tokens="٣"), ["row 2: total_tokens"]),
    (changed(date="2026-02-30"), ["row 2: date: expected a day such as 2026-05-11", "2026-02-30"]),
    (changed(date="11.05.2026"), ["row 2: date"]),
    (changed(date=20260511), ["row 2: date"]),
    (changed(model_permaslug=""), ["row 2: model_permaslug"]),
    (changed(model_permaslug="a/\x1b[31mb"), ["row 2: model_permaslug"]),
    (changed(model_permaslug="x" * 300), ["row 2: model_permaslug"]),
    (json.dumps([*ROWS, ROWS[1]]), ["row 5: deepseek/deepseek-chat-v3.1:free on 2026-05-11 again, first in row 2"]),
    (json.dumps([*ROWS, ROWS[2]]), ["row 5: other on 2026-05-11 again"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), WRONG, ids=lambda x: str(x)[:40])
def test_what_is_wrong_is_told_with_its_place(text, told):
    with pytest.raises(ReadError) as error:
        read(text)
    for words in told:
        assert words in str(error.value)
    assert str(error.value).startswith("r.json: ")
    assert "\n" not in str(error.value)


def test_an_infinite_number_is_no_number():
    with pytest.raises(ReadError, match="total_tokens: expected a whole number"):
        read('[{"date": "2026-05-11", "model_permaslug": "a/b", "total_tokens": 1e999}]')
