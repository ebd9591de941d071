"""What both estimators have in common: the parameters that say how X is read and scored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, get_args

import numpy as np
from joblib import effective_n_jobs
from scipy.sparse import csr_matrix, hstack

from labtape.batch import Tools, opened, score
from labtape.estimators.columns import BLOCKS, EMPTY, columns_of, values_of
from labtape.estimators.table import Field, Layout, ParameterError, Read, Rules, read_table, records_of
from labtape.lexicon.entries import LabelSet, Lexicon
from labtape.types import Record


class Reader:
    """A mix-in of estimators. Its parameters are those of the constructor of each, by name."""

    # Set by the constructor of the estimator, which is the place where scikit-learn looks for parameters.
    bundle: str
    bundle_digest: str
    lexicon: Sequence[str]
    any_topic: bool
    blocks: Sequence[str] | None
    title: str | None
    text: str | None
    texts_are: Field
    remainder: str
    as_of: datetime | str | None
    n_jobs: int | None

    def _rules(self) -> Rules:
        if self.texts_are not in get_args(Field):
            raise ParameterError(f"texts_are={self.texts_are!r}; have: {', '.join(get_args(Field))}")
        if self.remainder not in ("passthrough", "drop"):
            raise ParameterError(f"remainder={self.remainder!r}; have: passthrough, drop")
        return Rules(self.title, self.text, self.texts_are, self._now())

    def _now(self) -> datetime:
        if self.as_of is None:
            return datetime.now(UTC)
        try:
            at = datetime.fromisoformat(self.as_of) if isinstance(self.as_of, str) else self.as_of
        except ValueError as e:
            raise ParameterError(f"as_of={self.as_of!r} is no time; give ISO 8601, as 2026-06-01") from e
        if not isinstance(at, datetime):
            raise ParameterError(f"as_of is {type(at).__name__}; would be a datetime, or ISO 8601 as text")
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)

    def _chosen(self) -> tuple[str, ...]:
        """The blocks of columns, in the order of all of them."""
        if self.blocks is None:
            return BLOCKS
        if isinstance(self.blocks, str) or not set(self.blocks) <= set(BLOCKS):
            raise ParameterError(f"blocks={self.blocks!r}; would be some of: {', '.join(BLOCKS)}")
        return tuple(block for block in BLOCKS if block in self.blocks)

    def _tools(self) -> Tools:
        if isinstance(self.lexicon, str):
            raise ParameterError(f"lexicon={self.lexicon!r}; would be a list of folders")
        return Tools(self.bundle, tuple(map(str, self.lexicon)), self.bundle_digest)

    def _opened(self) -> tuple[Lexicon, LabelSet]:
        lexicon, model = opened(self._tools())
        return lexicon, lexicon.label_sets[model.label_set_id]

    def _read(self, X: Any, *, fitted: Layout | None, reset: bool) -> Read:  # Any: what a user has
        read = read_table(self, X, rules=self._rules(), fitted=fitted, reset=reset)
        if self.remainder == "passthrough":
            return read
        if not read.layout.has_words:
            raise ParameterError("remainder='drop' leaves nothing of X: it holds numbers alone, and no text")
        return Read(read.layout, read.items, np.empty((len(read.items), 0)))

    def _records(self, read: Read) -> tuple[Record | None, ...]:
        return records_of(
            read,
            lambda articles: score(
                articles,
                tools=self._tools(),
                now=self._now(),
                jobs=effective_n_jobs(self.n_jobs),
                any_topic=self.any_topic,
            ),
        )

    def _matrix(self, read: Read, records: Sequence[Record | None]) -> Any:  # Any: SciPy has no types
        """Columns of the articles, then the numbers, as a CSR matrix."""
        if not read.layout.has_words:
            return csr_matrix(read.numbers)
        lexicon, label_set = self._opened()
        names = columns_of(self._chosen(), lexicon, label_set)
        return hstack([_sparse(records, names, self._chosen(), label_set), csr_matrix(read.numbers)], "csr")


def _sparse(
    records: Sequence[Record | None], names: Sequence[str], blocks: Sequence[str], label_set: LabelSet
) -> Any:  # Any: as above
    places = {name: at for at, name in enumerate(names)}
    values: list[float] = []
    columns: list[int] = []
    ends = [0]
    for record in records:
        found = [EMPTY] if record is None else values_of(record, blocks, label_set)
        for name, value in found:
            if name in places:  # a record made with another lexicon may know more
                columns.append(places[name])
                values.append(value)
        ends.append(len(values))
    return csr_matrix((values, columns, ends), shape=(len(records), len(names)))
