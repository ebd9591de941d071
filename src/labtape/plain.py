"""Our nouns as plain JSON values and back, driven by nothing but their type hints.

    dataclass  <->  object, fields in their order       datetime  <->  "2026-06-01T09:30:00Z"
    tuple      <->  array                               Literal   <->  one of its strings
    Mapping    <->  object                              None      <->  null

There is one such pair in the house; the record, the digest, the stores and the schema use it, so a field
added to a noun in `types.py` appears everywhere at once. Converters are built once per type.
"""

from __future__ import annotations

import json
import math
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from labtape.exceptions import ReadError

T = TypeVar("T")
Json = dict[str, Any]  # Any: JSON has no tighter type
Encode = Callable[[Any], Any]  # Any: a converter is chosen by the hint, so only the hint knows
Decode = Callable[[Any, str], Any]  # the value and its JSON path


def to_plain(value: object) -> Any:  # Any: JSON has no tighter type that a caller could use
    """The JSON value of a noun.

    >>> from labtape.types import Span
    >>> to_plain(Span(3, 7))
    {'start': 3, 'end': 7}
    """
    kind: Any = type(value)  # Any: mypy takes type[object] for unhashable
    return _encoder(kind)(value)


def from_plain(kind: type[T], value: object, *, place: str = "$") -> T:
    """The noun a JSON value stands for; unknown fields are passed over.

    Raises `ReadError` with the path of the first field that is wrong.

    >>> from labtape.types import Passage
    >>> from_plain(Passage, {"start": 3, "end": "7", "text": "…"})
    Traceback (most recent call last):
    labtape.exceptions.ReadError: $.end: expected a whole number, got '7'
    """
    hint: Any = kind  # Any: as above
    made: T = _decoder(hint)(value, place)
    return made


def from_json(kind: type[T], text: str) -> T:
    """The noun that JSON of our own stands for, which is what `to_plain` gave: by msgspec, faster than `from_plain`.

    What msgspec does not take (half surrogates, a field that is wrong) `from_plain` reads, or says where it is wrong: it
    raises `ReadError`, and `ValueError` for what is no JSON. A time without zone would pass: read what others wrote by `from_plain`.

    >>> from labtape.types import Span
    >>> from_json(Span, '{"start": 3, "end": 7}')
    Span(start=3, end=7)
    """
    import msgspec

    hint: Any = kind  # Any: as above
    try:
        return cast("T", _json_decoder(hint).decode(text))
    except (msgspec.MsgspecError, UnicodeEncodeError):
        return from_plain(kind, json.loads(text))


@cache
def _json_decoder(kind: Any) -> Any:  # Any: of whatever the type is
    import msgspec

    return msgspec.json.Decoder(kind)


def iso(at: datetime) -> str:
    """A time as the record writes it: UTC, seconds unless there is a fraction, `Z`.

    >>> iso(datetime(2026, 6, 1, 9, 30, tzinfo=UTC))
    '2026-06-01T09:30:00Z'
    """
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def hints_of(kind: type) -> dict[str, Any]:  # Any: a hint may be any typing construct
    """The fields of a dataclass with their resolved type hints, in the order they are written."""
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    if "schema" in names:  # a reader of the first bytes must know what it reads
        names = ["schema", *(name for name in names if name != "schema")]
    return {name: hints[name] for name in names}


# ---------------------------------------------------------------- to plain


@cache
def _encoder(hint: Any) -> Encode:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        inner = _encoder(_without_none(args))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        item = _encoder(args[0])
        return lambda value: [item(part) for part in value]
    if origin is not None and origin is not Literal and issubclass(origin, Mapping):
        item = _encoder(args[1])
        return lambda value: {str(key): item(part) for key, part in value.items()}
    if is_dataclass(hint) and isinstance(hint, type):
        parts = [(name, _encoder(part)) for name, part in hints_of(hint).items()]
        return lambda value: {name: encode(getattr(value, name)) for name, encode in parts}
    return _SCALARS_OUT.get(hint, str)


def _float_out(value: Any) -> float:
    return float(value) + 0.0  # + 0.0 makes minus zero zero


_SCALARS_OUT: dict[Any, Encode] = {datetime: iso, float: _float_out, int: int, bool: bool}


# ---------------------------------------------------------------- from plain


@cache
def _decoder(hint: Any) -> Decode:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        inner = _decoder(_without_none(args))
        return lambda value, place: None if value is None else inner(value, place)
    if origin is Literal:
        return lambda value, place: _one_of(value, place, args)
    if origin is tuple:
        item = _decoder(args[0])
        return lambda value, place: _tuple_in(value, place, item)
    if origin is not None and issubclass(origin, Mapping):
        item = _decoder(args[1])
        return lambda value, place: {
            name: item(part, f"{place}.{name}") for name, part in _object_in(value, place).items()
        }
    if is_dataclass(hint) and isinstance(hint, type):
        return _dataclass_decoder(hint)
    return _SCALARS_IN[hint]


def _dataclass_decoder(kind: type) -> Decode:
    decoders = {name: _decoder(hint) for name, hint in hints_of(kind).items()}
    optional = {f.name for f in fields(kind) if f.default is not MISSING or f.default_factory is not MISSING}

    def decode(value: Any, place: str) -> Any:
        given = _object_in(value, place)
        for name in decoders:
            if name not in given and name not in optional:
                raise ReadError(f"{place}.{name}: missing; a {kind.__name__} has {', '.join(decoders)}")
        return kind(**{n: d(given[n], f"{place}.{n}") for n, d in decoders.items() if n in given})

    return decode


def _object_in(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ReadError(f"{place}: expected an object, got {_shown(value)}")
    return value


def _tuple_in(value: Any, place: str, item: Decode) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise ReadError(f"{place}: expected an array, got {_shown(value)}")
    return tuple(item(part, f"{place}[{n}]") for n, part in enumerate(value))


def _one_of(value: Any, place: str, allowed: tuple[Any, ...]) -> Any:
    if not isinstance(value, str) or value not in allowed:
        raise ReadError(f"{place}: expected one of {', '.join(map(str, allowed))}, got {_shown(value)}")
    return value


def _string_in(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise ReadError(f"{place}: expected a string, got {_shown(value)}")
    return value


def _bool_in(value: Any, place: str) -> bool:
    if not isinstance(value, bool):
        raise ReadError(f"{place}: expected true or false, got {_shown(value)}")
    return value


def _int_in(value: Any, place: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ReadError(f"{place}: expected a whole number, got {_shown(value)}")
    return value


def _float_in(value: Any, place: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise ReadError(f"{place}: expected a number, got {_shown(value)}")
    return float(value)


def _time_in(value: Any, place: str) -> datetime:
    wanted = "an ISO 8601 time with its zone, as 2026-06-01T09:30:00Z"
    text = _string_in(value, place)
    try:
        at = datetime.fromisoformat(text)
    except ValueError as e:
        raise ReadError(f"{place}: expected {wanted}, got {_shown(value)}") from e
    if at.tzinfo is None:
        raise ReadError(f"{place}: expected {wanted}, got {_shown(value)}")
    return at.astimezone(UTC)


_SCALARS_IN: dict[Any, Decode] = {
    str: _string_in,
    bool: _bool_in,
    int: _int_in,
    float: _float_in,
    datetime: _time_in,
}


def _without_none(args: tuple[Any, ...]) -> Any:
    (inner,) = [arg for arg in args if arg is not type(None)]
    return inner


def _shown(value: Any) -> str:
    """A value short enough for one line of an error."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
