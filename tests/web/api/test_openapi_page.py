"""What the description and the page say is what is there."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import jsonschema
import pytest

PAGE = (Path(__file__).parents[3] / "docs" / "api.md").read_text("utf-8")
EXAMPLES = [
    line for block in re.findall(r"^```curl\n(.*?)^```", PAGE, re.S | re.M) for line in block.splitlines()
]


@pytest.fixture
def described(client):
    return client.get("/openapi.json").json()


def resolved(described, schema):
    return {**schema, "components": described["components"]}


def test_the_page_names_the_routes_that_are_there(described):
    named = set(re.findall(r"^\| `(GET|POST) (/api/v1/[^`]+)` \|", PAGE, re.M))
    there = {
        (method.upper(), re.sub(r"\{\w+\}", "{id}", path))
        for path, methods in described["paths"].items()
        if path.startswith("/api/")
        for method in methods
    }
    assert named == there


def test_the_page_names_every_error_that_is_described(described):
    told = set(re.findall(r"^\| (\d{3}) \|", PAGE, re.M))
    used = {code for path in described["paths"].values() for m in path.values() for code in m["responses"]}
    assert told == used - {"200", "304"}


@pytest.mark.parametrize("line", EXAMPLES)
def test_every_curl_example_is_answered_as_described(client, described, line):
    words = shlex.split(line)
    url = words[-1].removeprefix("http://127.0.0.1:8765")
    path = url.split("?")[0]
    options = dict(zip(words[1:-1:2], words[2:-1:2], strict=False))
    if "-N" in words:
        assert client.head(url).headers["content-type"].startswith("text/event-stream")
        return
    headers = dict([options["-H"].split(": ", 1)]) if "-H" in options else {}
    body = options.get("-d")
    answer = client.post(url, content=body, headers=headers) if body else client.get(url, headers=headers)
    assert answer.status_code == 200, answer.text
    template = next((p for p in described["paths"] if re.fullmatch(re.sub(r"\{\w+\}", ".+", p), path)), None)
    operation = described["paths"][template]["post" if body else "get"]
    media = answer.headers["content-type"]
    schema = resolved(described, operation["responses"]["200"]["content"][media]["schema"])
    if media == "application/json":
        jsonschema.Draft202012Validator(schema).validate(answer.json())
    else:
        assert all(json.loads(row)["schema"] for row in answer.text.splitlines())


def test_there_are_examples_of_every_theme():
    assert len(EXAMPLES) >= 15
