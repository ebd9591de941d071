"""OpenRouter's daily rankings as a file: which models had how many tokens on which day?

    [{"date": "2026-05-11", "model_permaslug": "openai/gpt-4o", "total_tokens": "123"}, …]      an array
    {"data": [ … ], "meta": {"as_of": "2026-05-12T02:00:00Z", …}}                              the answer of their API
    one such row a line                                                                        JSON Lines

Each day has at most fifty models and one row `other`, the sum of all models below them. Tokens are those of each
maker's own tokenizer, so a token of one row is not quite a token of another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from labtape.exceptions import ReadError

OTHER: Final = "other"
RANKED: Final = 50
"""How many models of a day the counter names."""
_FIELDS: Final = {
    "date": ("date", "date_"),
    "model_permaslug": ("model_permaslug", "modelPermaslug"),
    "total_tokens": ("total_tokens", "totalTokens"),
}
"""Each field as the API spells it, then as its clients do."""
_EXAMPLE: Final = '{"date": "2026-05-11", "model_permaslug": "openai/gpt-4o", "total_tokens": 123}'
_DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]00:00:00(?:\.0{1,9})?(?:Z|\+00:00)?)?")
_AS_OF: Final = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|\+00:00)?)?")
_DIGITS: Final = re.compile(r"[0-9]{1,24}")
_LONGEST: Final = 200  # characters of a name; the longest of their API has about 60

Placed = tuple[str, object]


@dataclass(frozen=True, slots=True)
class RankedDay:
    """A day's models with their tokens, the largest first; `other` is None where the file has no such row."""

    day: date
    models: tuple[tuple[str, int], ...]
    other: int | None = None


@dataclass(frozen=True, slots=True)
class Rankings:
    """The days of a file, oldest first. `as_of` is when the counter was read: as the file says, else its last day."""

    name: str
    days: tuple[RankedDay, ...]
    as_of: str

    @property
    def first(self) -> date:
        return self.days[0].day

    @property
    def last(self) -> date:
        return self.days[-1].day

    @property
    def citation(self) -> str:
        """The line that belongs beside every figure taken from the counter, as its licence (CC BY 4.0) asks."""
        return f"Source: OpenRouter (openrouter.ai/rankings), as of {self.as_of}"


def read_rankings(body: bytes, *, name: str) -> Rankings:
    """The rankings in a file's bytes; `name` is what errors call the file.

    Raises `ReadError` with file, row and field for broken JSON, an empty file, a field that is missing or wrong, and a
    model that comes twice on a day.

    >>> body = b'[{"date": "2026-05-11", "model_permaslug": "openai/gpt-4o", "total_tokens": "75"}]'
    >>> read_rankings(body, name="rankings.json").days
    (RankedDay(day=datetime.date(2026, 5, 11), models=(('openai/gpt-4o', 75),), other=None),)
    """
    document = _document(body, name)
    seen: dict[tuple[date, str], str] = {}
    tokens: dict[date, dict[str, int]] = {}
    for place, value in _rows(document, name):
        day, model, n = _row(value, place)
        if (day, model) in seen:
            raise ReadError(
                f"{place}: {model} on {day} again, first in {seen[day, model]}; would read each model once a day"
            )
        seen[day, model] = place.removeprefix(f"{name}: ")
        tokens.setdefault(day, {})[model] = n
    days = tuple(_day(day, tokens[day]) for day in sorted(tokens))
    return Rankings(name, days, _as_of(document) or days[-1].day.isoformat())


def _day(day: date, tokens: Mapping[str, int]) -> RankedDay:
    models = sorted(((m, n) for m, n in tokens.items() if m != OTHER), key=lambda row: (-row[1], row[0]))
    return RankedDay(day, tuple(models), tokens.get(OTHER))


# ---------------------------------------------------------------- the document


def _document(body: bytes, name: str) -> object:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise ReadError(
            f"{name}: not UTF-8 at byte {e.start}; would read JSON rows such as {_EXAMPLE}"
        ) from e
    if not text.strip():
        raise ReadError(f"{name}: is empty; would read JSON rows such as {_EXAMPLE}", kind="empty")
    try:
        return _parsed(text)
    except json.JSONDecodeError as e:
        if e.msg == "Extra data" and text.lstrip().startswith("{"):
            return [*_lines(text, name)]
        raise ReadError(
            f"{name}: broken JSON at line {e.lineno}, column {e.colno}: {e.msg}", kind="broken"
        ) from e
    except ValueError as e:
        raise ReadError(f"{name}: broken JSON: {e}", kind="broken") from e
    except RecursionError as e:
        raise ReadError(f"{name}: JSON nested too deeply; would read rows such as {_EXAMPLE}") from e


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of JSON Lines, with the line it stands on."""

    number: int
    value: object


def _lines(text: str, name: str) -> Iterator[_Line]:
    for n, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield _Line(n, _parsed(line))
            except (ValueError, RecursionError) as e:
                raise ReadError(
                    f"{name}: line {n}: broken JSON; would read one row a line, such as {_EXAMPLE}",
                    kind="broken",
                ) from e


def _parsed(text: str) -> object:
    return json.loads(text, parse_constant=_no_number)


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _rows(document: object, name: str) -> Iterator[Placed]:
    """Each row with its place, whatever it lies in."""
    rows, key = document, ""
    if isinstance(document, dict) and not _has_row_field(document):
        lists = [k for k, value in document.items() if isinstance(value, list)]
        key = "data" if "data" in lists else lists[0] if len(lists) == 1 else ""
        if not key:
            have = ", ".join(map(_shown, document)) or "none"
            raise ReadError(f"{name}: no list of rows under `data`; have the keys: {have}")
        rows = document[key]
    elif isinstance(document, dict):
        rows = [document]
    if not isinstance(rows, list):
        raise ReadError(f"{name}: expected a list of rows, got {_shown(rows)}; would read {_EXAMPLE}")
    if not rows:
        raise ReadError(f"{name}: no rows; would read rows such as {_EXAMPLE}", kind="empty")
    for n, value in enumerate(rows, 1):
        if isinstance(value, _Line):
            yield f"{name}: line {value.number}", value.value
        else:
            yield f"{name}: {f'{key} ' if key else ''}row {n}", value


def _has_row_field(document: Mapping[str, object]) -> bool:
    return any(spelled in document for names in _FIELDS.values() for spelled in names)


def _as_of(document: object) -> str | None:
    meta = document.get("meta") if isinstance(document, dict) else None
    said = (meta.get("as_of") or meta.get("asOf")) if isinstance(meta, dict) else None
    return said if isinstance(said, str) and _AS_OF.fullmatch(said) else None


# ---------------------------------------------------------------- a row


def _row(value: object, place: str) -> tuple[date, str, int]:
    if not isinstance(value, dict):
        raise ReadError(f"{place}: expected an object, got {_shown(value)}; would read {_EXAMPLE}")
    fields = {field: _field(value, field, place) for field in _FIELDS}
    return (
        _date(fields["date"], f"{place}: date"),
        _model(fields["model_permaslug"], f"{place}: model_permaslug"),
        _tokens(fields["total_tokens"], f"{place}: total_tokens"),
    )


def _field(row: Mapping[str, object], field: str, place: str) -> object:
    for spelled in _FIELDS[field]:
        if spelled in row:
            return row[spelled]
    have = ", ".join(map(_shown, row)) or "none"
    raise ReadError(f"{place}: no {field}; have: {have}; would read {_EXAMPLE}")


def _date(value: object, place: str) -> date:
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    try:
        return date.fromisoformat(found[1]) if found else _no_date(value, place)
    except ValueError:
        return _no_date(value, place)


def _no_date(value: object, place: str) -> date:
    raise ReadError(f"{place}: expected a day such as 2026-05-11, got {_shown(value)}")


def _model(value: object, place: str) -> str:
    if isinstance(value, str) and 0 < len(value.strip()) <= _LONGEST and value.strip().isprintable():
        return value.strip()
    raise ReadError(f"{place}: expected a name such as openai/gpt-4o, or other, got {_shown(value)}")


def _tokens(value: object, place: str) -> int:
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        return int(value.strip())
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 and value % 1 == 0:
        return int(value)
    raise ReadError(f"{place}: expected a whole number of 0 or more, got {_shown(value)}")


def _shown(value: object) -> str:
    """A value as an error shows it: on one line and short."""
    text = json.dumps(value, ensure_ascii=True, default=str)
    return text if len(text) <= 60 else f"{text[:59]}…"
