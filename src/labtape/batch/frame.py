"""A frame of articles in, the same frame with the record's columns out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from labtape.batch.core import Tools, score
from labtape.exceptions import SettingsError
from labtape.read import article_from_row

if TYPE_CHECKING:
    import pandas as pd

    from labtape.ports import Model

KNOWN = ("title", "text", "url", "publisher", "language", "published_at", "id")


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
    published_at and id. A row with neither title nor text comes back empty (every column null), so that one bad
    row does not cost a partition. Nothing is remembered between calls, so a partition is a call. A `model` judges instead
    of the bundle of `tools`; an engine of many machines pickles it.
    """
    from labtape.report.frame import to_frame  # pandas: a hundred megabytes that a desk does without

    names = [name for name in KNOWN if name in frame.columns]
    if "title" not in names and "text" not in names:
        raise SettingsError(f"frame: no column 'title' or 'text'; have: {', '.join(map(str, frame.columns))}")
    read = frame[names].loc[:, ~frame[names].columns.duplicated()].reset_index(drop=True)
    worded = read[[name for name in ("title", "text") if name in names]]
    kept = read[worded.map(lambda value: isinstance(value, str) and bool(value.strip())).any(axis=1)]
    articles = (
        article_from_row({str(k): v for k, v in row.items()}, place=f"row {index!r}", now=now)
        for index, row in zip(frame.index[kept.index], kept.to_dict("records"), strict=True)
    )
    scored = to_frame(
        score(articles, tools=tools, model=model, now=now, jobs=jobs, any_topic=any_topic)
    ).set_axis(kept.index)
    whole = scored if len(kept) == len(read) else scored.reindex(read.index)
    return whole.set_axis(frame.index, axis="index")
