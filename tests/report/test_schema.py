from __future__ import annotations

import copy
import json

import jsonschema
import pytest

from labtape.report import record_schema, record_to_dict
from labtape.report.schema import SHIPPED, schema_text

from .samples import records


def test_the_shipped_schema_is_what_the_types_make() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == schema_text()


def test_the_schema_is_a_valid_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(record_schema())


@pytest.mark.parametrize("record", records(), ids=lambda r: r.id)
def test_records_validate(record: object) -> None:
    validator = jsonschema.Draft202012Validator(
        record_schema(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    validator.validate(json.loads(json.dumps(record_to_dict(record))))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("verdict", "state"), "sure"),
        (("relevance", "p"), 1.5),
        (("shares", 0, "start"), -1),
        (("scored_at",), "2026-06-01T09:30:00+09:00"),
        (("schema",), "labtape.record/2"),
    ],
)
def test_wrong_values_do_not_validate(path: tuple[str | int, ...], value: object) -> None:
    plain = copy.deepcopy(record_to_dict(records()[0]))
    target = plain
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(record_schema()).validate(plain)


def test_every_definition_tells_what_it_is() -> None:
    definitions = record_schema()["$defs"]
    assert "interval" in definitions["Share"]["description"]
