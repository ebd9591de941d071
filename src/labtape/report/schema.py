"""The JSON Schemas of the record and of the story's record, made from the very classes.

They ship as `record.schema.json` and `story.schema.json` beside this module, and a test holds the files equal to what
`record_schema()` and `story_schema()` make. After a change of a class write them again with `write_schema()`.
"""

from __future__ import annotations

import inspect
import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from labtape.plain import Json, hints_of
from labtape.story_record import STORY_SCHEMA, StoryRecord
from labtape.types import SCHEMA, Record

SHIPPED = Path(__file__).with_name("record.schema.json")
SHIPPED_STORY = Path(__file__).with_name("story.schema.json")
_SCALARS: dict[Any, Json] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    datetime: {"type": "string", "format": "date-time", "pattern": "Z$"},
}
_PROBABILITIES = {"p", "confidence", "relevance", "novelty", "weight", "similarity"}


def record_schema() -> Json:
    """JSON Schema (2020-12) of one record; fields that are not named in it are allowed."""
    return _schema(Record, SCHEMA, "labtape record")


def story_schema() -> Json:
    """JSON Schema (2020-12) of the record of one story; fields that are not named in it are allowed."""
    return _schema(StoryRecord, STORY_SCHEMA, "labtape story")


def _schema(kind: type, name: str, title: str) -> Json:
    definitions: Json = {}
    root = _object(kind, definitions)
    root["properties"]["schema"] = {"const": name}
    root["required"] = ["schema", *(field for field in root["required"] if field != "schema")]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{name.replace('/', ':').replace('.', ':')}",
        "title": title,
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def schema_text(schema: Json | None = None) -> str:
    """A schema, that of the record, as it is shipped: indented, one trailing newline."""
    return json.dumps(schema or record_schema(), indent=1, ensure_ascii=False) + "\n"


def write_schema(path: Path = SHIPPED, story: Path = SHIPPED_STORY) -> None:
    """Write the shipped schemas again, after a change of a class."""
    path.write_text(schema_text(), encoding="utf-8")
    story.write_text(schema_text(story_schema()), encoding="utf-8")


def _object(kind: type, definitions: Json) -> Json:
    optional = {f.name for f in fields(kind) if f.default is not MISSING or f.default_factory is not MISSING}
    properties = {name: _field(name, hint, definitions) for name, hint in hints_of(kind).items()}
    described = "" if (kind.__doc__ or "").startswith(f"{kind.__name__}(") else inspect.getdoc(kind) or ""
    made: Json = {"type": "object"}
    if described:
        made["description"] = " ".join(described.split())
    return made | {
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }


def _field(name: str, hint: Any, definitions: Json) -> Json:
    made = _of(hint, definitions)
    if name in _PROBABILITIES and hint is float:
        return made | {"minimum": 0, "maximum": 1}
    if name in ("start", "end") and hint is int:
        return made | {"minimum": 0}
    return made


def _of(hint: Any, definitions: Json) -> Json:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (inner,) = [arg for arg in args if arg is not type(None)]
        return _or_null(_of(inner, definitions))
    if origin is Literal:
        return {"type": "string", "enum": list(args)}
    if origin is tuple:
        return {"type": "array", "items": _of(args[0], definitions)}
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _of(args[1], definitions)}
    if is_dataclass(hint) and isinstance(hint, type):
        if hint.__name__ not in definitions:
            definitions[hint.__name__] = {}  # holds the place should a type name itself
            definitions[hint.__name__] = _object(hint, definitions)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    return dict(_SCALARS[hint])


def _or_null(inner: Json) -> Json:
    if set(inner) == {"type"}:
        return {"type": [inner["type"], "null"]}
    return {"anyOf": [inner, {"type": "null"}]}
