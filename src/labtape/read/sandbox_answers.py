"""What may come back from a process that read hostile bytes: our nouns, of the shape they are declared with.

A parser that was taken over can send any bytes. Unpickling runs only what it finds by name, so the names are few, and
what comes out is compared with the declared types, field by field: code behind this line need not doubt it.
"""

from __future__ import annotations

import io
import json
import pickle
from collections.abc import Callable, Hashable, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from itertools import chain
from operator import attrgetter
from types import NoneType, UnionType
from typing import Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from labtape.exceptions import ReadError, ReadKind
from labtape.types import Arrival, Article, Document, Entry

T = TypeVar("T")
Check = Callable[[Sequence[object]], bool]

_TIMES = {("datetime", one.__name__): one for one in (datetime, timedelta, timezone)}
_NOUNS = {(one.__module__, one.__name__): one for one in (Arrival, Article, Document, Entry)}
_PLAIN: dict[Hashable, set[type[object]]] = {float: {int, float}, str: {str}, int: {int}, bool: {bool}}
_ZONE = attrgetter("tzinfo")


def dumps(answer: object) -> bytes:
    """Give an answer as bytes: each noun as a call of its class, twice as quick as the state that dataclasses write."""
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, protocol=5)
    pickler.dispatch_table = {
        noun: _parts_of(noun) for noun in {*_NOUNS.values(), type(answer)} if is_dataclass(noun)
    }
    pickler.dump(answer)
    return buffer.getvalue()


@cache
def _parts_of(noun: type[object]) -> Callable[[object], tuple[type[object], tuple[object, ...]]]:
    parts = attrgetter(*(one.name for one in fields(noun)))  # type: ignore[arg-type]  # dumps asks is_dataclass
    return lambda value: (noun, parts(value))


def loads(payload: bytes, expected: type[T]) -> T:
    """Give the noun in an answer. Raises `ValueError` for anything else, whatever it is.

    >>> loads(pickle.dumps(Article(id="a1", title="Qwen", text="")), Article).title
    'Qwen'
    >>> loads(pickle.dumps(Article(id="a1", title=7, text="")), Article)
    Traceback (most recent call last):
        ...
    ValueError: no Article
    >>> loads(pickle.dumps(print), Article)
    Traceback (most recent call last):
        ...
    ValueError: no Article: builtins.print is none of our nouns
    """
    name = expected.__name__
    try:
        found: object = _Unpickler(io.BytesIO(payload), expected).load()
    except Exception as e:  # a pickle that is none fails in many ways
        raise ValueError(f"no {name}: {e}"[:300]) from e
    if not check_of(cast(Hashable, expected))([found]):
        raise ValueError(f"no {name}")
    return cast(T, found)


def error_from(payload: bytes) -> ReadError:
    """Give the `ReadError` in an answer. Raises `ValueError` for anything else."""
    message, kind, feeds = json.loads(payload)
    if not isinstance(message, str) or kind not in get_args(ReadKind) or not isinstance(feeds, list):
        raise ValueError("no error")
    return ReadError(message, kind=kind, feeds=tuple(str(feed) for feed in feeds))


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream: io.BytesIO, expected: type[object]) -> None:
        super().__init__(stream)
        self._allowed: dict[tuple[str, str], type[object]] = {
            **_TIMES, **_NOUNS, (expected.__module__, expected.__name__): expected,
        }  # fmt: skip

    def find_class(self, module: str, name: str) -> type[object]:
        try:
            return self._allowed[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module}.{name} is none of our nouns") from None


@cache
def check_of(hint: Hashable) -> Check:
    """Give the test whether values fit a declared type, all at once: a field of thousands of nouns is one pass.

    >>> check_of(tuple[int, ...])([(1, 2), ()]), check_of(tuple[int, ...])([(1, "2")]), check_of(str | None)([None])
    (True, False, True)
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType) and NoneType in arguments and len(arguments) == 2:
        check = check_of(next(one for one in arguments if one is not NoneType))
        return lambda values: check([value for value in values if value is not None])
    if origin is Literal:
        return lambda values: set(map(type, values)) <= {str} and set(values) <= set(arguments)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        each = check_of(arguments[0])
        return lambda values: set(map(type, values)) <= {tuple} and each(_joined(values))
    if is_dataclass(hint) and isinstance(hint, type):
        return _noun_check(hint)
    if hint is datetime:
        return lambda values: set(map(type, values)) <= {datetime} and all(map(_ZONE, values))
    if hint not in _PLAIN:
        raise TypeError(
            f"{hint} in a noun that crosses the sandbox; would check text, numbers, times and tuples"
        )
    kinds = _PLAIN[hint]
    return lambda values: set(map(type, values)) <= kinds


def _joined(values: Sequence[object]) -> list[object]:
    return list(chain.from_iterable(cast("Sequence[tuple[object, ...]]", values)))


def _noun_check(noun: type[object]) -> Check:
    hints = get_type_hints(noun)
    checks = [(attrgetter(one.name), check_of(hints[one.name])) for one in fields(noun)]  # type: ignore[arg-type]  # is_dataclass

    def are_sound(values: Sequence[object]) -> bool:
        try:
            return set(map(type, values)) <= {noun} and all(
                check(list(map(part, values))) for part, check in checks
            )
        except AttributeError:  # made without its fields
            return False

    return are_sound
