"""What OpenAPI says of the answers: the schemas that ship with the package, and every error as a problem."""

from __future__ import annotations

import json
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from labtape.report.schema import record_schema, story_schema

Json = dict[str, Any]  # Any: JSON has no tighter type
JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
PROBLEM: Final = "application/problem+json"
PROBLEMS: Final = {
    401: "A token is wanted; send `Authorization: Bearer TOKEN`.",
    405: "Not with this method; `Allow` says with which.",
    413: "The body is too large.",
    421: "The `Host` header names another server.",
    422: "A parameter, a cursor or the body is wrong; `detail` says where.",
    429: "Too many wrong tokens; `Retry-After` says how long to wait.",
    503: "The database or the model cannot be used now, or too much is going on; `Retry-After` says when to try again.",
}
_TEXT: Final[Json] = {"type": "string"}
_EXAMPLE: Final = {
    "text": "Moonshot AI cut the price of Kimi K2 by a third on Monday.",
    "publisher": "Example Wire",
}


def answers(
    schema: str | None,
    *,
    lines: str | None = None,
    media: str = JSON,
    tagged: bool = False,
    missing: bool = False,
    posted: bool = False,
    busy: bool = False,
) -> dict[int | str, Json]:
    """The answers of a route: its content by the name of a schema, and the problems it may end with."""
    content: Json = {media: {"schema": _named(schema) if schema else _TEXT}}
    if lines:
        content[NDJSON] = {"schema": {**_TEXT, "description": f"One {lines} a line."}}
    headers = (
        {"ETag": {"schema": _TEXT, "description": "Weak; send it as `If-None-Match`."}} if tagged else {}
    )
    found: dict[int | str, Json] = {200: {"description": "OK", "content": content, "headers": headers}}
    if tagged:
        found[304] = {"description": "The client has it already."}
    problems = dict(PROBLEMS)
    if missing:
        problems[404] = "There is no such thing here."
    if posted:
        problems[415] = "The body is of another type."
    for status, said in problems.items():
        found[status] = {"description": said, "content": {PROBLEM: {"schema": _named("Problem")}}}
    return found


def params_of(kind: type[BaseModel]) -> Json:
    """What a query takes, by its model."""
    found = []
    for name, schema in kind.model_json_schema()["properties"].items():
        said = {
            key: value
            for key, value in schema.items()
            if key not in ("default", "title", "description", "examples")
        }
        options = [option for option in said.get("anyOf", ()) if option != {"type": "null"}]
        if len(options) == 1 and len(said["anyOf"]) == 2:
            said = {**{key: value for key, value in said.items() if key != "anyOf"}, **options[0]}
        one: Json = {"name": name, "in": "query", "required": False, "schema": said}
        if "description" in schema:
            one["description"] = schema["description"]
        if schema.get("examples"):
            one["example"] = schema["examples"][0]
        found.append(one)
    return {"parameters": found}


def body_of(kind: type[BaseModel], media: str, *, many: bool = False) -> Json:
    """What a POST takes, by its model; `many` as an array or as lines."""
    schema = kind.model_json_schema()
    one: Json = {"schema": schema, "example": _EXAMPLE}
    if not many:
        return {"requestBody": {"required": True, "content": {media: one}}}
    array = {
        "schema": {"type": "array", "items": {"type": "object"}, "maxItems": 1000},
        "example": [_EXAMPLE],
    }
    rows = {"schema": _TEXT, "example": json.dumps(_EXAMPLE) + "\n"}
    return {"requestBody": {"required": True, "content": {media: array, NDJSON: rows}}}


def describe(app: FastAPI) -> None:
    """Make the application's OpenAPI say all of it."""

    def openapi() -> Json:
        if app.openapi_schema is None:
            made = get_openapi(
                title="labtape",
                version="1",
                summary="What AI news says and what it means for markets.",
                description=(
                    "Version 1. Fields and parameters are added, never renamed or taken away; docs/api.md has the changes. "
                    "Lists are paged by cursors, errors are problem+json (RFC 9457)."
                ),
                routes=app.routes,
                servers=[{"url": "/"}],
            )
            made["components"] = {
                "schemas": made.get("components", {}).get("schemas", {}) | schemas(),
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            }
            made["security"] = [{}, {"token": []}]
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's documentation has it


def schemas() -> Json:
    """The named schemas of answers."""
    made: Json = {}
    for name, schema in (("Record", record_schema()), ("Story", story_schema())):
        made |= _shipped(name, schema)
    item: Json = {"type": "object"}
    problem = {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": _TEXT, "title": _TEXT, "detail": _TEXT, "status": {"type": "integer", "minimum": 400},
        },
    }  # fmt: skip
    result = {
        "type": "object",
        "required": ["index", "record", "error"],
        "properties": {
            "index": {"type": "integer", "minimum": 0},
            "record": {"anyOf": [_named("Record"), {"type": "null"}]},
            "error": {"anyOf": [_named("Problem"), {"type": "null"}]},
        },
    }
    health = {
        "type": "object",
        "required": ["status", "version", "records_kept"],
        "properties": {"status": {"const": "ok"}, "version": _TEXT, "records_kept": {"type": "integer"}},
    }
    return made | {
        "Problem": problem,
        "Health": health,
        "Records": _records(),
        "Stories": _list("stories", _named("Story")),
        "RelatedStories": _list("related", item),
        "Shares": _list("shares", item),
        "Labs": _list("labs", item),
        "Lab": _list("chains", item),
        "Corrections": _list("corrections", item),
        "Digest": {"type": "object", "required": ["schema", "since", "until", "stories"]},
        "Score": result,
        "Scores": _object(
            {"schema": {"const": "labtape.scores/1"}, "results": {"type": "array", "items": result}}
        ),
    }


def _records() -> Json:
    """The list of records; `stories` is in it where it was asked for."""
    made = _list("records", _named("Record"), resume=_or_null(_TEXT))
    made["properties"]["stories"] = {"type": "object", "additionalProperties": _TEXT}
    return made


def _list(name: str, item: Json, **more: Json) -> Json:
    return _object(
        {
            "schema": {"const": f"labtape.{name}/1"},
            name: {"type": "array", "items": item},
            "next": _or_null(_TEXT),
            **more,
        }
    )


def _object(properties: Json) -> Json:
    return {"type": "object", "required": list(properties), "properties": properties}


def _or_null(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


def _named(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _shipped(name: str, schema: Json) -> Json:
    """A schema of the package and what it defines, under names of their own; the two share some."""
    prefix = f"{name}."
    moved: Json = json.loads(json.dumps(schema).replace('"#/$defs/', f'"#/components/schemas/{prefix}'))
    defined = moved.pop("$defs", {})
    for key in ("$schema", "$id"):
        moved.pop(key, None)
    return {name: moved, **{f"{prefix}{key}": value for key, value in defined.items()}}
