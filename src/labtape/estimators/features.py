"""Texts to columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from labtape.estimators.columns import columns_of
from labtape.estimators.reader import Reader
from labtape.estimators.table import Field, InputError, Layout

if TYPE_CHECKING:
    from numpy.typing import NDArray


class LabtapeFeatures(Reader, TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Turn articles into columns of what labtape knows of them: verdict, events, shares, moves, names, states.

    X is a list, array or Series of texts (or of records that were made before), or a table: a frame with a title or a
    text (any name that `labtape score` knows, or given by `title` and `text`), or an array of one text column, or of a title
    and a text. Other columns of a table are numbers; with `remainder="passthrough"` they follow as they are, with "drop" they are
    left out. `texts_are` says what a text without a name is, a "text" or a "title". A row without words is 0 everywhere but in
    `text.empty`.

    `blocks` are some of `BLOCKS` (None: all). `sparse_output` gives a CSR matrix; else it is dense, and `set_output` works.
    `bundle`, `bundle_digest`, `lexicon` and `any_topic` are those of `labtape.label`. `as_of` is the day that articles
    without a date are of (None: today): with it, the same X gives the same columns on any day. `n_jobs` processes share the work.

    Nothing is learned: `transform` works without `fit`, which only notes the columns of X. Raises `InputError` (a
    `ValueError`) with the row or column.

    >>> features = LabtapeFeatures(bundle="rules", blocks=("share",), as_of="2026-06-01")
    >>> columns = features.fit_transform(["Kimi's share of tokens on OpenRouter rose from 4% to 12% in May."])
    >>> dict(zip(features.get_feature_names_out(), columns[0].tolist()))["share.gain"]
    0.8
    """

    def __init__(
        self,
        *,
        bundle: str = "market3",
        bundle_digest: str = "",
        lexicon: Sequence[str] = (),
        any_topic: bool = False,
        blocks: Sequence[str] | None = None,
        title: str | None = None,
        text: str | None = None,
        texts_are: Field = "text",
        remainder: str = "passthrough",
        as_of: datetime | str | None = None,
        sparse_output: bool = False,
        n_jobs: int | None = None,
    ) -> None:
        self.bundle = bundle
        self.bundle_digest = bundle_digest
        self.lexicon = lexicon
        self.any_topic = any_topic
        self.blocks = blocks
        self.title = title
        self.text = text
        self.texts_are = texts_are
        self.remainder = remainder
        self.as_of = as_of
        self.sparse_output = sparse_output
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: object = None) -> Self:  # Any: what a user has
        """Note which columns X has; y is not looked at."""
        self._chosen()
        self._layout = self._read(X, fitted=None, reset=True).layout
        return self

    def transform(self, X: Any) -> Any:  # Any: as above, and SciPy's
        """The columns named by `get_feature_names_out`, one row per article."""
        self._chosen()
        read = self._read(X, fitted=getattr(self, "_layout", None), reset=False)
        if not read.layout.has_words and not self.sparse_output:
            return read.numbers
        matrix = self._matrix(read, self._records(read))
        return matrix if self.sparse_output else matrix.toarray()

    def fit_transform(self, X: Any, y: object = None, **fit_params: object) -> Any:  # Any: as above
        """`fit`, then `transform`."""
        return self.fit(X).transform(X)

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> NDArray[np.object_]:
        """The names of the columns: `block.what`, then those of the numbers as they are called in X."""
        check_is_fitted(self, "_layout")
        layout: Layout = self._layout
        own = columns_of(self._chosen(), *self._opened()) if layout.has_words else ()
        kept = layout.numbers if self.remainder == "passthrough" else ()
        return np.asarray([*own, *(self._named(input_features)[at] for at in kept)], dtype=object)

    def _named(self, given: Sequence[str] | None) -> list[str]:
        """The names of the columns of X."""
        width = getattr(self, "n_features_in_", 0)
        known = getattr(self, "feature_names_in_", None)
        if given is None:
            return [f"x{at}" for at in range(width)] if known is None else list(known)
        if known is not None and list(given) != list(known):
            raise InputError("input_features is not equal to feature_names_in_")
        if width and len(given) != width:
            raise InputError(
                f"input_features should have length equal to number of features ({width}), got {len(given)}"
            )
        return list(given)

    def __sklearn_tags__(self) -> Any:  # Any: scikit-learn has no types
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.requires_fit = False
        return tags
