"""What may come back from a process that read hostile bytes: our nouns, of the shape they are declared with.

A parser that was taken over can send any bytes. Unpickling runs only what it finds by name, so the names are few, and
what comes out is compared with the declared types, field by field: code behind this line need not doubt it.
"""

from __future__ import annotations

import io
import json
import pickle
from collections.abc import Callable, Hashable
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from labtape.exceptions import ReadError, ReadKind
from labtape.types import Arrival, Article, Document, Entry

T = TypeVar("T")
Check = Callable[[object], bool]

_TIMES = {("datetime", one.__name__): one for one in (datetime, timedelta, timezone)}
_NOUNS = {(one.__module__, one.__name__): one for one in (Arrival, Article, Document, Entry)}


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
    if not check_of(cast(Hashable, expected))(found):
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
    """Give the test whether a value fits a declared type.

    >>> check_of(tuple[int, ...])((1, 2)), check_of(tuple[int, ...])((1, "2")), check_of(str | None)(None)
    (True, False, True)
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _any_of(tuple(check_of(one) for one in arguments))
    if origin is Literal:
        return lambda value: isinstance(value, str) and value in arguments
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        each = check_of(arguments[0])
        return lambda value: type(value) is tuple and all(map(each, value))
    if is_dataclass(hint) and isinstance(hint, type):
        return _noun_check(hint)
    if hint is datetime:
        return lambda value: type(value) is datetime and value.tzinfo is not None
    if hint is float:
        return lambda value: type(value) in (int, float)
    if hint in (str, int, bool, NoneType):
        kind = cast("type[object]", hint)
        return lambda value: type(value) is kind
    raise TypeError(f"{hint} in a noun that crosses the sandbox; would check text, numbers, times and tuples")


def _any_of(checks: tuple[Check, ...]) -> Check:
    if len(checks) == 2:
        first, second = checks
        return lambda value: first(value) or second(value)
    return lambda value: any(check(value) for check in checks)


def _noun_check(noun: type[object]) -> Check:
    hints = get_type_hints(noun)
    checks = [(one.name, check_of(hints[one.name])) for one in fields(noun)]  # type: ignore[arg-type]  # is_dataclass

    def is_sound(value: object) -> bool:
        try:
            return type(value) is noun and all(check(getattr(value, name)) for name, check in checks)
        except AttributeError:  # made without its fields
            return False

    return is_sound
