"""A frame of articles in, the same rows with the record's columns out: the contract for engines of many machines."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from labtape.batch.core import Tools, opened, opened_lexicon, score
from labtape.exceptions import ReadError, SettingsError
from labtape.read import article_from_row
from labtape.report.columns import MARKET3, columns

if TYPE_CHECKING:
    import pandas as pd

    from labtape.ports import Model
    from labtape.report.columns import Kind
    from labtape.types import Article, Record

KNOWN = ("title", "text", "url", "publisher", "language", "published_at", "id")
# The dtypes of pandas that can hold a missing value, so that a partition with an empty row has those of one without.
_DTYPES: Final[dict[Kind, str]] = {
    "string": "str",
    "json": "str",
    "integer": "Int64",
    "number": "float64",
    "boolean": "boolean",
    "time": "datetime64[us, UTC]",
    "strings": "object",
}


def score_frame(
    frame: pd.DataFrame,
    *,
    tools: Tools = Tools(),
    model: Model | None = None,
    now: datetime,
    any_topic: bool = False,
    jobs: int = 1,
) -> pd.DataFrame:
    """Return one row of record columns per row of `frame`, under the same index and in the same order.

    Reads the columns title and text (one of them must be there) and, where present, url, publisher, language,
    published_at and id. Columns and dtypes are the same whatever the rows hold, also for none. A row with neither title nor
    text comes back with every column null, so that one bad row does not cost a partition; so does one with a value
    of a wrong type, and a `RuntimeWarning` says what would be right. Nothing is remembered between calls. A `model`
    judges instead of the bundle of `tools`; an engine of many machines pickles it. With `jobs` > 1 that many processes share the work.
    """
    articles = articles_of(frame, now=now)
    records = score(
        (article for article in articles if article is not None),
        tools=tools,
        model=model,
        now=now,
        any_topic=any_topic,
        jobs=jobs,
    )
    rows = (None if article is None else next(records) for article in articles)
    return _frame(rows, labels_for(tools, model)).set_axis(frame.index, axis="index")


def check_frame_columns(have: Iterable[object]) -> list[str]:
    """The columns that are read, of those that a frame has. Raises `SettingsError` where there is neither title nor text."""
    have = tuple(have)
    names = [name for name in KNOWN if name in have]
    if "title" not in names and "text" not in names:
        found = ", ".join(map(str, have)) or "none"
        raise SettingsError(
            f"frame: no column 'title' or 'text'; have: {found}; rename one: frame.rename(columns={{…: 'text'}})"
        )
    return names


def labels_for(tools: Tools, model: Model | None = None) -> tuple[str, ...]:
    """The labels that the p_… columns are named after."""
    lexicon, judge = opened(tools) if model is None else (opened_lexicon(tools.lexicon), model)
    return lexicon.label_sets[judge.label_set_id].labels


def empty_frame(labels: Sequence[str] = MARKET3) -> pd.DataFrame:
    """What `score_frame` returns for no rows: the columns and dtypes of every answer."""
    return _frame((), labels)


def articles_of(frame: pd.DataFrame, *, now: datetime) -> list[Article | None]:
    """An article for each row, None where there is nothing to read."""
    names = check_frame_columns(frame.columns)
    read = frame[names].loc[:, ~frame[names].columns.duplicated()]
    cells = [read[name].tolist() for name in names]
    articles: list[Article | None] = []
    wrong: list[ReadError] = []
    for index, values in zip(frame.index, zip(*cells, strict=True), strict=True):
        row = dict(zip(names, values, strict=True))
        if not any(isinstance(row.get(name), str) and row[name].strip() for name in ("title", "text")):
            articles.append(None)
            continue
        try:
            articles.append(article_from_row(row, place=f"row {index!r}", now=now))
        except ReadError as e:
            articles.append(None)
            wrong.append(e)
    if wrong:
        warnings.warn(
            f"frame: {len(wrong)} of {len(articles)} rows come back null; the first: {wrong[0]}",
            RuntimeWarning,
            stacklevel=3,
        )
    return articles


def _frame(rows: Iterable[Record | None], labels: Sequence[str]) -> pd.DataFrame:
    import pandas as pd  # a hundred megabytes that a desk does without

    chosen = columns(labels)
    values: list[list[object]] = [[] for _ in chosen]
    for row in rows:
        for column, cells in zip(chosen, values, strict=True):
            cells.append(None if row is None else column.get(row))
    return pd.DataFrame(
        {
            column.name: pd.Series(cells, dtype=_DTYPES[column.kind])
            for column, cells in zip(chosen, values, strict=True)
        }
    )


def score_frames(
    frames: Iterable[pd.DataFrame],
    *,
    tools: Tools = Tools(),
    now: datetime,
    any_topic: bool = False,
) -> Iterator[pd.DataFrame]:
    """`score_frame` over the frames of an iterator, as Spark's `mapInPandas` hands them to a function."""
    for frame in frames:
        yield score_frame(frame, tools=tools, now=now, any_topic=any_topic)
