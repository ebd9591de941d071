"""What X holds: texts, and numbers beside them.

A list of texts is one column; in a table every column is a part of the articles, or a number. Which is which is
decided once, at `fit`, and kept as a `Layout`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from numbers import Number
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from scipy.sparse import issparse
from sklearn.utils import check_array
from sklearn.utils.validation import validate_data

from labtape.exceptions import ReadError, SettingsError
from labtape.read import article_from_row
from labtape.read.articles import COLUMNS
from labtape.types import Article, Record

if TYPE_CHECKING:
    from numpy.typing import NDArray

Kind = Literal["numbers", "words", "other"]
Field = Literal["title", "text"]
_WORDED: Final = ("title", "text", "html")
_FIELD_OF: Final[Mapping[str, str]] = {name: field for field, names in COLUMNS.items() for name in names}


class InputError(ReadError, ValueError):
    """X or y is not what an estimator can read; the message says which row or column. A `ValueError` as well."""


class ParameterError(SettingsError, ValueError):
    """A parameter of an estimator that does not exist or does not fit. A `ValueError` as well."""


@dataclass(frozen=True, slots=True)
class Part:
    """A column of X that belongs to the article: where it is, what it is called, and the known name it is read under."""

    at: int
    name: str
    known: str

    @property
    def is_worded(self) -> bool:
        return _FIELD_OF[self.known] in _WORDED


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns of X hold what. In a flat X the texts themselves are the column."""

    is_flat: bool
    parts: tuple[Part, ...] = ()
    numbers: tuple[int, ...] = ()

    @property
    def has_words(self) -> bool:
        return self.is_flat or bool(self.parts)


@dataclass(frozen=True, slots=True)
class Read:
    """X as rows: what each says (an article to score, a record that was made, or nothing), and its numbers."""

    layout: Layout
    items: tuple[Article | Record | None, ...]
    numbers: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rules:
    """How a user wants X read."""

    title: str | None
    text: str | None
    texts_are: Field
    now: datetime


def read_table(
    estimator: Any, X: Any, *, rules: Rules, fitted: Layout | None, reset: bool
) -> Read:  # Any: scikit-learn's, and whatever a user has
    """Read X, and note its width and names on the estimator (`reset`), or compare them with those noted.

    Raises `InputError`, and `ValueError` and `TypeError` in scikit-learn's own words for what it checks.
    """
    X = _as_array(X)
    if _ndim(X) == 1:
        return _read_flat(estimator, X, rules, fitted, reset)
    _same_kind(fitted, is_flat=False)
    layout = fitted if fitted is not None and fitted.parts else _layout_of(X, rules)
    if not layout.parts:
        numbers = _checked(estimator, X, fitted, reset)
        return Read(Layout(is_flat=False, numbers=tuple(range(numbers.shape[1]))), (), numbers)
    if fitted is not None and not fitted.parts:
        raise InputError("X has texts; the estimator was fitted on numbers alone")
    if reset or fitted is not None:
        validate_data(estimator, X, skip_check_array=True, reset=reset)
    n = len(X)
    if not n:
        raise InputError("Found array with 0 sample(s) while a minimum of 1 is required: X has no rows")
    columns = [(part, _cells(X, part.at)) for part in layout.parts]
    items = tuple(_article([(part, cells[i]) for part, cells in columns], i, rules) for i in range(n))
    return Read(layout, items, _numbers(X, layout.numbers, n, estimator))


def _checked(
    estimator: Any, X: Any, fitted: Layout | None, reset: bool
) -> NDArray[np.float64]:  # Any: as above
    """Numbers alone, as scikit-learn checks them. Where nothing was fitted there is nothing to compare with."""
    if reset or fitted is not None:
        return np.asarray(validate_data(estimator, X, dtype=np.float64, reset=reset))
    return np.asarray(check_array(X, dtype=np.float64, estimator=estimator, input_name="X"))


def _as_array(X: Any) -> Any:  # Any: as above
    """X as something with columns or dimensions. A frame of another library comes over as pandas'."""
    if isinstance(X, str | bytes | Mapping | Set | Iterator) or X is None:
        raise InputError(
            f"X is {_named(X)}; would be a list of texts, a column of them, or a table with a title and a text"
        )
    if issparse(X) or _is_frame(X):
        return X
    if hasattr(X, "to_pandas"):
        return X.to_pandas()
    if isinstance(X, np.ndarray) or not isinstance(X, Sequence):
        array = np.asarray(X)
        if not array.ndim:
            raise InputError(f"X is {_named(X)}; would be a list of texts, or a table")
        return array
    if all(_is_item(item) for item in X):  # an array of strings would pad each to the longest
        flat = np.empty(len(X), dtype=object)
        flat[:] = X
        return flat
    try:
        numbers = np.asarray(X)
    except ValueError:  # rows of unequal length
        numbers = np.asarray(X, dtype=object)
    return numbers if numbers.dtype.kind in "biufc" else np.asarray(X, dtype=object)


def _is_item(value: object) -> bool:
    return isinstance(value, str | Record | bytes) or value is None


def _is_frame(X: Any) -> bool:  # Any: as above
    return hasattr(X, "columns") and hasattr(X, "iloc")


def _ndim(X: Any) -> int:  # Any: as above
    return 2 if _is_frame(X) or issparse(X) else int(X.ndim)


# ---------------------------------------------------------------- a list of texts


def _read_flat(
    estimator: Any, X: NDArray[Any], rules: Rules, fitted: Layout | None, reset: bool
) -> Read:  # Any: as above
    if X.dtype.kind in "biufc" and len(X):
        check_array(X)  # says in scikit-learn's words what to do about a single row or column
    _same_kind(fitted, is_flat=True)
    if reset or fitted is not None:
        validate_data(estimator, X, skip_check_array=True, reset=reset)
    if reset and hasattr(estimator, "n_features_in_"):  # of a table that was fitted before
        del estimator.n_features_in_
    if not len(X):
        raise InputError("Found array with 0 sample(s) while a minimum of 1 is required: X has no texts")
    items = tuple(_item(value, i, rules) for i, value in enumerate(X.tolist()))
    return Read(Layout(is_flat=True), items, np.empty((len(items), 0)))


def _item(value: object, i: int, rules: Rules) -> Article | Record | None:
    if isinstance(value, Record):
        return value
    if _is_missing(value):
        return None
    if not isinstance(value, str):
        raise InputError(f"X: row {i} is {_named(value)}; would be a text, or a record of labtape")
    return article_from_row({rules.texts_are: value}, place=f"X: row {i}", now=rules.now)


# ---------------------------------------------------------------- a table


def _layout_of(X: Any, rules: Rules) -> Layout:  # Any: as above
    if issparse(X):
        return Layout(is_flat=False)
    kinds = [_kind_of(X, at) for at in range(X.shape[1])]
    if not _is_frame(X):
        return _unnamed(kinds, rules)
    names = [str(name) for name in X.columns]
    parts, rest = _parts(names, rules)
    strange = [at for at in rest if kinds[at] != "numbers"]
    if not any(part.is_worded for part in parts):
        if not strange:  # no text anywhere: an "id" is a number like others
            return Layout(is_flat=False)
        if len(strange) == 1 and kinds[strange[0]] == "words":
            parts = [*parts, Part(strange[0], names[strange[0]], rules.texts_are)]
            strange = []
    if strange:
        name = names[strange[0]]
        raise InputError(
            f"X: column {name!r} holds {_held(X, strange[0])}, and is no known part of an article; leave it out, or say "
            f"title={name!r} or text={name!r}"
        )
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"X: more than one column is called {', '.join(map(repr, twice))}")
    taken = {part.at for part in parts}
    return Layout(False, tuple(parts), tuple(at for at in rest if at not in taken))


def _parts(names: Sequence[str], rules: Rules) -> tuple[list[Part], list[int]]:
    """The columns that are known by their names or were given by hand, and the positions of all others."""
    by_hand = {
        name: field for field, name in (("title", rules.title), ("text", rules.text)) if name is not None
    }
    for name, field in by_hand.items():
        if name not in names:
            raise ParameterError(f"{field}={name!r}: X has no such column; have: {', '.join(names)[:300]}")
    parts: list[Part] = []
    rest: list[int] = []
    for at, name in enumerate(names):
        known = name.strip().lower()
        if name in by_hand:
            parts.append(Part(at, name, by_hand[name]))
        elif known not in _FIELD_OF:
            rest.append(at)
        elif _FIELD_OF[known] not in by_hand.values():  # else another name for what was given by hand
            parts.append(Part(at, name, known))
    return parts, rest


def _unnamed(kinds: Sequence[Kind], rules: Rules) -> Layout:
    words = [at for at, kind in enumerate(kinds) if kind == "words"]
    if (rules.title or rules.text) and words:
        raise ParameterError("title= and text= name columns, and X has no names: give a data frame")
    if len(words) > 2:
        raise InputError(
            f"X: {len(words)} columns without names hold texts; would be one, or a title and a text, or a data frame"
        )
    fields = ("title", "text") if len(words) == 2 else (rules.texts_are,)
    parts = tuple(Part(at, f"x{at}", field) for at, field in zip(words, fields, strict=False))
    return Layout(False, parts, tuple(at for at in range(len(kinds)) if at not in words))


def _kind_of(X: Any, at: int) -> Kind:  # Any: as above
    if _dtype_kind(X, at) in "biufc":
        return "numbers"
    values = [value for value in _cells(X, at) if not _is_missing(value)]
    if any(isinstance(value, str | bytes) for value in values):
        return "words"
    return "numbers" if all(isinstance(value, Number) for value in values) else "other"


def _dtype_kind(X: Any, at: int) -> str:  # Any: as above
    return str((X.dtypes.iloc[at] if _is_frame(X) else X.dtype).kind)


def _held(X: Any, at: int) -> str:  # Any: as above
    value = next(value for value in _cells(X, at) if not _is_missing(value))
    return f"text ({value[:30]!r})" if isinstance(value, str) else type(value).__name__


def _cells(X: Any, at: int) -> Sequence[Any]:  # Any: as above
    return X.iloc[:, at].tolist() if _is_frame(X) else X[:, at].tolist()  # type: ignore[no-any-return]  # of a frame


def _numbers(
    X: Any, positions: Sequence[int], n: int, estimator: Any
) -> NDArray[np.float64]:  # Any: as above
    if not positions:
        return np.empty((n, 0))
    part = X.iloc[:, list(positions)] if _is_frame(X) else X[:, list(positions)]
    return np.asarray(check_array(part, dtype=np.float64, estimator=estimator, input_name="X"))


def _article(cells: Sequence[tuple[Part, Any]], i: int, rules: Rules) -> Article | None:  # Any: as above
    """The article of a row; None where it has no words."""
    worded = [(part, value) for part, value in cells if part.is_worded and not _is_missing(value)]
    for part, value in worded:
        if not isinstance(value, str):
            raise InputError(f"X: row {i}, column {part.name!r} is {_named(value)}; would be a text")
    if not worded:
        return None
    try:
        return article_from_row(
            {part.known: value for part, value in cells}, place=f"X: row {i}", now=rules.now
        )
    except ReadError as e:
        raise InputError(str(e)) from e


def _same_kind(fitted: Layout | None, *, is_flat: bool) -> None:
    if fitted is None or fitted.is_flat == is_flat:
        return
    had, has = ("texts", "a table") if fitted.is_flat else ("a table", "texts without columns")
    raise InputError(f"X is {has}; the estimator was fitted on {had}")


def _is_missing(value: object) -> bool:
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return (isinstance(value, float) and math.isnan(value)) or (isinstance(value, str) and not value.strip())


def _named(value: object) -> str:
    if value is None:
        return "None"
    if isinstance(value, bytes):
        return "bytes (decode them, as b.decode('utf-8'))"
    return f"{type(value).__name__} {str(value)[:30]!r}"


Scorer = Callable[[Sequence[Article]], Iterator[Record]]


def records_of(read: Read, score: Scorer) -> tuple[Record | None, ...]:
    """One record per row, scored where it was not before; None where there is nothing to read."""
    made = iter(score([item for item in read.items if isinstance(item, Article)]))
    return tuple(next(made) if isinstance(item, Article) else item for item in read.items)
