"""labtape on pandas' own objects: `import labtape.pandas`, then `frame.labtape` and `series.labtape`.

    import labtape.pandas

    scored = frame.labtape.score(title="headline", text="body")   # the columns of a record, under the frame's index
    shares = scored.labtape.shares()                              # one row a claim, under the index of its row
    frame.join(scored[["label", "score"]])

pandas has no hook by which an import of labtape alone could add them without importing pandas. A scored frame is one with the
columns of `score`, from here or read from a file that `labtape score` wrote.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd
from pandas.api.extensions import register_dataframe_accessor, register_series_accessor

from labtape.arguments import check_model, checked_bundle, checked_folders, checked_jobs, checked_now
from labtape.batch import Tools, score_frame
from labtape.batch.frame import KNOWN
from labtape.exceptions import SettingsError
from labtape.read.articles import COLUMNS

if TYPE_CHECKING:
    from labtape.ports import Model

Row = Mapping[str, Any]  # Any: a finding as JSON
Get = Callable[[Row], object]

_ROLES: Final = ("subject", "comparator", "venue", "source", "speaker", "other")


@register_dataframe_accessor("labtape")
class LabtapeFrame:
    """`frame.labtape`: score the articles of a data frame, one a row; list what a scored one found.

    >>> frame = pd.DataFrame({"headline": ["Kimi takes 12% of tokens on OpenRouter"]}, index=["a"])
    >>> scored = frame.labtape.score(title="headline", bundle="rules")
    >>> scored.labtape.shares()[["value", "platform"]].to_dict("index")
    {'a': {'value': 12.0, 'platform': 'platform:openrouter'}}
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    def score(
        self,
        *,
        title: str | None = None,
        text: str | None = None,
        bundle: str = "market3",
        bundle_digest: str = "",
        model: Model | None = None,
        lexicon: tuple[str, ...] = (),
        any_topic: bool = False,
        now: datetime | None = None,
        jobs: int = 1,
    ) -> pd.DataFrame:
        """One row of record columns per row, under the same index; a row without words is null in every column.

        `title` and `text` are the names of the columns that hold them; without either, those called title and text. url,
        publisher, language, published_at and id are read where present. The other options are those of
        `labtape.label_many`. Raises `SettingsError` for a column that is not there or is there twice.
        """
        read = _renamed(self._frame, title, text)
        check_model(model)
        name, digest = checked_bundle(bundle, bundle_digest)
        return score_frame(
            read,
            tools=Tools(bundle=name, lexicon=checked_folders(lexicon), digest=digest),
            model=model,
            now=checked_now(now),
            any_topic=any_topic,
            jobs=checked_jobs(jobs),
        )

    def shares(self) -> pd.DataFrame:
        """One row per share that is stated, under the index of its article: value, interval, of what, where, when, who says so.

        A frame that is not scored yet is scored first, with the options of `score` as they are.
        """
        return _exploded(self._scored(), "shares", _SHARES)

    def entities(self) -> pd.DataFrame:
        """One row per entity that an article names, in the order of the text: which, how often, in what role, and its verdict."""
        scored = self._scored()
        merged = [
            _entities(_parsed(mentions), _parsed(verdicts))
            for mentions, verdicts in zip(scored["mentions"], scored["entity_verdicts"], strict=True)
        ]
        return _frame(scored.index, merged, _ENTITIES)

    def events(self) -> pd.DataFrame:
        """One row per event that an article tells: its type, how probable, and where the words stand."""
        return _exploded(self._scored(), "events", _EVENTS)

    def _scored(self) -> pd.DataFrame:
        return self._frame if {"schema", "shares", "mentions"} <= set(self._frame.columns) else self.score()


@register_series_accessor("labtape")
class LabtapeSeries:
    """`series.labtape`: the same of a series of texts, or of titles.

    >>> texts = pd.Series(["Nvidia shares fall 6%", "Zhipu released GLM-5"])
    >>> texts.labtape.score(texts_are="title", bundle="rules")["label"].tolist()
    ['Bearish', 'Neutral']
    """

    def __init__(self, series: pd.Series[Any]) -> None:
        self._series = series

    def score(
        self,
        *,
        texts_are: Literal["text", "title"] = "text",
        bundle: str = "market3",
        bundle_digest: str = "",
        model: Model | None = None,
        lexicon: tuple[str, ...] = (),
        any_topic: bool = False,
        now: datetime | None = None,
        jobs: int = 1,
    ) -> pd.DataFrame:
        """One row of record columns per text, under the same index. Raises `SettingsError` for a series without texts."""
        if texts_are not in ("text", "title"):
            raise SettingsError(f"texts_are={texts_are!r}; have: text, title")
        known = self._series.dropna()
        if len(known) and not known.map(lambda value: isinstance(value, str)).any():
            kind = type(known.iloc[0]).__name__
            raise SettingsError(f"series {self._series.name!r} holds {kind}, and no texts to score")
        return LabtapeFrame(self._series.to_frame(texts_are)).score(
            bundle=bundle,
            bundle_digest=bundle_digest,
            model=model,
            lexicon=lexicon,
            any_topic=any_topic,
            now=now,
            jobs=jobs,
        )

    def shares(self) -> pd.DataFrame:
        """One row per share that is stated, under the index of its text; scored with the options as they are."""
        return LabtapeFrame(self.score()).shares()

    def entities(self) -> pd.DataFrame:
        """One row per entity that a text names, under its index."""
        return LabtapeFrame(self.score()).entities()

    def events(self) -> pd.DataFrame:
        """One row per event that a text tells, under its index."""
        return LabtapeFrame(self.score()).events()


def _renamed(frame: pd.DataFrame, title: str | None, text: str | None) -> pd.DataFrame:
    """The frame with the chosen columns called title and text, and no other column of that name."""
    given = {field: name for field, name in (("title", title), ("text", text)) if name is not None}
    for field, name in given.items():
        _one(frame, name, f"{field}=")
    if title is not None and title == text:
        raise SettingsError(f"title={title!r} and text={text!r} are the same column; give one of them")
    if given:
        rest = [name for name in KNOWN if name in frame.columns and name not in (*given, *given.values())]
        parts = {field: frame[name] for field, name in given.items()}
        return frame[rest].assign(**parts)
    have = [name for name in ("title", "text") if name in frame.columns]
    for name in have:
        _one(frame, name, "")
    if not have:
        raise SettingsError(f"frame: no column 'title' or 'text'; {_hint(frame.columns)}")
    return frame


def _one(frame: pd.DataFrame, name: str, said: str) -> None:
    times = list(frame.columns).count(name)
    if times != 1:
        there = "no such column" if not times else f"{times} columns of that name"
        raise SettingsError(f"frame: {said}{name!r}: {there}; have: {_listed(frame.columns)}")


def _hint(columns: Iterable[object]) -> str:
    """What to write for the columns that look like a title or a text."""
    by_name = {str(name).strip().lower(): name for name in columns}
    alike = {
        field: next(by_name[name] for name in COLUMNS[field] if name in by_name)
        for field in ("title", "text")
        if any(name in by_name for name in COLUMNS[field])
    }
    said = ", ".join(f"{field}={name!r}" for field, name in (alike or {"title": "…", "text": "…"}).items())
    return f"say score({said}); have: {_listed(columns)}"


def _listed(columns: Iterable[object]) -> str:
    return ", ".join(map(str, columns))[:300] or "none"


# ---------------------------------------------------------------- findings as rows


def _parsed(cell: object) -> list[dict[str, Any]]:  # Any: as above
    if isinstance(cell, list):
        return cell  # of JSON Lines of records, as pandas.read_json gives them
    if not isinstance(cell, str):
        return []  # a row that had no words
    found: list[dict[str, Any]] = json.loads(cell)
    return found


def _exploded(scored: pd.DataFrame, column: str, columns: Sequence[tuple[str, str, Get]]) -> pd.DataFrame:
    return _frame(scored.index, [_parsed(cell) for cell in scored[column]], columns)


def _frame(
    index: pd.Index[Any], found: Sequence[Sequence[Row]], columns: Sequence[tuple[str, str, Get]]
) -> pd.DataFrame:
    rows = [row for of_one in found for row in of_one]
    repeated = index.repeat([len(of_one) for of_one in found])
    return pd.DataFrame(
        {
            name: pd.Series([get(row) for row in rows], dtype=dtype, index=repeated)
            for name, dtype, get in columns
        },
        index=repeated,
    )


def _entities(mentions: Sequence[Row], verdicts: Sequence[Row]) -> list[Row]:
    """One row per entity, with what all its mentions say."""
    by_entity: dict[str, list[Row]] = {}
    for mention in mentions:
        by_entity.setdefault(mention["entity"], []).append(mention)
    judged = {verdict["entity"]: verdict for verdict in verdicts}
    return [
        {
            "entity": entity,
            "lab": own[0]["lab"],
            "text": own[0]["text"],
            "role": min((m["role"] for m in own), key=_ROLES.index),
            "n_mentions": len(own),
            "in_title": any(m["in_title"] for m in own),
            "confidence": max(m["confidence"] for m in own),
            "verdict": judged.get(entity) or judged.get(own[0]["lab"] or "") or {},
        }
        for entity, own in by_entity.items()
    ]


def _of(name: str) -> Get:
    return lambda row: row.get(name)


def _several(name: str) -> Get:
    return lambda row: tuple(row.get(name) or ())


def _in(outer: str, name: str) -> Get:
    return lambda row: (row.get(outer) or {}).get(name)


_SHARES: Final[tuple[tuple[str, str, Get], ...]] = (
    ("text", "str", _of("text")),
    ("subject", "str", _of("subject")),
    ("subject_entities", "object", _several("subject_entities")),
    ("subject_labs", "object", _several("subject_labs")),
    ("value", "float64", _of("value")),
    ("low", "float64", _of("low")),
    ("high", "float64", _of("high")),
    ("bound", "str", _of("bound")),
    ("role", "str", _of("role")),
    ("statistic", "str", _of("statistic")),
    ("metric", "str", _of("metric")),
    ("population", "str", _of("population")),
    ("platform", "str", _of("platform")),
    ("scope", "str", _of("scope")),
    ("period", "str", _in("period", "text")),
    ("period_start", "str", _in("period", "start")),
    ("period_end", "str", _in("period", "end")),
    ("attributed_to", "str", _of("attributed_to")),
    ("hop_count", "Int64", _of("hop_count")),
    ("modality", "str", _of("modality")),
    ("checks", "object", lambda row: tuple(check["name"] for check in row["checks"])),
    ("comparability_key", "str", _of("comparability_key")),
    ("start", "int64", _of("start")),
    ("end", "int64", _of("end")),
)
_ENTITIES: Final[tuple[tuple[str, str, Get], ...]] = (
    ("entity", "str", _of("entity")),
    ("lab", "str", _of("lab")),
    ("text", "str", _of("text")),
    ("role", "str", _of("role")),
    ("n_mentions", "int64", _of("n_mentions")),
    ("in_title", "bool", _of("in_title")),
    ("confidence", "float64", _of("confidence")),
    ("label", "str", _in("verdict", "label")),
    ("score", "float64", _in("verdict", "score")),
    ("relevance", "float64", _in("verdict", "relevance")),
)
_EVENTS: Final[tuple[tuple[str, str, Get], ...]] = (
    ("type", "str", _of("type")),
    ("p", "float64", _of("p")),
    ("start", "int64", _of("start")),
    ("end", "int64", _of("end")),
)
