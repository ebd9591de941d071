"""Texts to the user's own labels, or to labtape's."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal, Self

import numpy as np
from scipy.sparse import hstack
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import StandardScaler
from sklearn.utils import assert_all_finite, check_consistent_length, column_or_1d, compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight

from labtape.estimators.columns import LEAST_P
from labtape.estimators.logistic import Fit, fit
from labtape.estimators.reader import Reader
from labtape.estimators.table import Field, InputError, Layout, ParameterError, Read
from labtape.exceptions import BundleError
from labtape.signal.plugins.classes import labels_of
from labtape.types import Article, Record

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_PRIORS: Final = ("auto", "verdict", None)


@dataclass(frozen=True, slots=True)
class _Learned:
    """What `fit` leaves behind. `labels` are those of labtape that the classes mean, where the verdict is the start."""

    layout: Layout
    labels: tuple[str, ...] | None
    scaler: StandardScaler | None
    words: TfidfVectorizer | None
    weights: Fit


class LabtapeClassifier(Reader, ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Sort articles into classes of your own, or into labtape's.

    A logistic regression over the columns of `LabtapeFeatures`, the numbers of X (standardised) and, with `tfidf`, the words. `C` is the
    inverse strength of its penalty, as in scikit-learn's; `class_weight`, `max_iter` too.

    Where the classes are directions (bullish/neutral/bearish, positive/…, up/flat/down in any case, or 1/0/-1), it starts from labtape's own
    verdict and learns what to add to its log-odds: a few labels correct it, many replace it. `prior` is "auto" (when they are), "verdict"
    (an error when they are not) or None (never). `prefit=True` takes labtape's verdict as it is: `fit` learns nothing and may be left out, and `classes_`
    are the labels of the bundle.

    X and the other parameters are those of `LabtapeFeatures`. Probabilities are not calibrated by folds: `CalibratedClassifierCV` does it.
    Raises `InputError` and `ParameterError`, which are `ValueError`s too.

    >>> texts = ["Nvidia shares fall 6%", "Zhipu released GLM-5"]
    >>> verdict = LabtapeClassifier(bundle="rules", prefit=True, texts_are="title", as_of="2026-06-01")
    >>> verdict.predict(texts).tolist()
    ['Bearish', 'Neutral']
    >>> own = LabtapeClassifier(bundle="rules", texts_are="title", as_of="2026-06-01").fit(texts, ["money", "models"])
    >>> own.predict(["AMD shares fall 3%"]).tolist()
    ['money']
    """

    def __init__(
        self,
        *,
        C: float = 1.0,
        class_weight: Mapping[Any, float] | str | None = None,
        prior: Literal["auto", "verdict"] | None = "auto",
        prefit: bool = False,
        tfidf: bool = False,
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
        max_iter: int = 100,
        n_jobs: int | None = None,
    ) -> None:
        self.C = C
        self.class_weight = class_weight
        self.prior = prior
        self.prefit = prefit
        self.tfidf = tfidf
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
        self.max_iter = max_iter
        self.n_jobs = n_jobs

    # ------------------------------------------------------------ learning

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:  # Any: what a user has
        """Learn the classes of y; with `prefit` only see that y has none but labtape's."""
        self._check_parameters()
        if y is None:
            raise InputError("LabtapeClassifier requires y to be passed, but the target y is None")
        read = self._read(X, fitted=None, reset=True)
        y = column_or_1d(y, warn=True)
        assert_all_finite(y, input_name="y")
        check_classification_targets(y)
        n = len(read.items) or len(read.numbers)
        check_consistent_length(np.empty(n), y)
        weights = _check_sample_weight(sample_weight, np.empty((n, 1)), allow_all_zero_weights=False)
        if self.prefit:
            self._fit_nothing(read, y)
        else:
            self._fit_classes(read, y, weights)
        return self

    def _fit_nothing(self, read: Read, y: NDArray[Any]) -> None:
        if not read.layout.has_words:
            raise InputError("X holds numbers alone; prefit=True takes labtape's verdict of a text")
        self._verdict_labels(sorted(set(y.tolist())))
        self._classes: NDArray[Any] = self._own_classes()  # Any: the user's
        self.n_iter_ = 1
        self._layout = read.layout

    def _fit_classes(self, read: Read, y: NDArray[Any], weights: Floats) -> None:
        classes, own = np.unique(y, return_inverse=True)
        if len(np.unique(own[weights > 0])) < 2:
            raise InputError(f"y has the one class {classes.tolist()[0]!r}; a classifier needs two or more")
        labels = self._labels(classes.tolist(), read)
        if self.class_weight is not None:
            weights = weights * _class_weights(self.class_weight, classes, own, y, weights)
        records = self._records(read)
        scaler = StandardScaler().fit(read.numbers, sample_weight=weights) if read.numbers.shape[1] else None
        weigher = _weigher(read) if self.tfidf and read.layout.has_words else None
        found = fit(
            self._inputs(read, records, scaler, weigher),
            own,
            len(classes),
            weights=weights,
            strength=self.C,
            offset=_offset(records, labels) if labels else None,
            max_iter=self.max_iter,
        )
        if not found.is_converged:
            warnings.warn(
                f"not converged after {self.max_iter} steps; raise max_iter, or lower C",
                ConvergenceWarning,
                stacklevel=3,
            )
        self._classes = classes
        self.n_iter_ = found.n_iter
        self._learned = _Learned(read.layout, labels, scaler, weigher, found)

    def _check_parameters(self) -> None:
        self._chosen()
        if self.prior not in _PRIORS:
            raise ParameterError(f"prior={self.prior!r}; have: 'auto', 'verdict', None")
        for name, least in (("C", 0), ("max_iter", 1)):
            value = getattr(self, name)
            if isinstance(value, bool | str) or value is None or not value >= least or not value:
                raise ParameterError(
                    f"{name}={value!r}; would be a number above {0 if name == 'C' else '0, whole'}"
                )

    def _labels(self, classes: Sequence[object], read: Read) -> tuple[str, ...] | None:
        """What the classes mean as labels of labtape, when the verdict is to be the start."""
        if self.prior is None or not read.layout.has_words:
            if self.prior == "verdict":
                raise InputError(
                    "X holds numbers alone; prior='verdict' starts from labtape's verdict of a text"
                )
            return None
        try:
            return self._verdict_labels(classes)
        except InputError:
            if self.prior == "verdict":
                raise
            return None

    def _verdict_labels(self, classes: Sequence[object]) -> tuple[str, ...]:
        """The labels of the bundle that these classes are, by their names or by their meaning."""
        _, label_set = self._opened()
        if all(c in label_set.labels for c in classes):
            return tuple(map(str, classes))
        have = ", ".join(label_set.labels)
        try:
            labels = labels_of(classes, place="y")
        except BundleError as e:
            raise InputError(
                f"y has {', '.join(map(repr, classes))[:200]}; labtape's verdict has {have}"
            ) from e
        if len(set(labels)) < len(labels) or not set(labels) <= set(label_set.labels):
            raise InputError(f"y has {', '.join(map(repr, classes))[:200]}; labtape's verdict has {have}")
        return labels

    def _inputs(
        self,
        read: Read,
        records: Sequence[Record | None],
        scaler: StandardScaler | None,
        words: TfidfVectorizer | None,
    ) -> Any:  # Any: an array or SciPy's
        scaled = scaler.transform(read.numbers) if scaler else read.numbers
        if not read.layout.has_words:
            return scaled
        matrix = self._matrix(Read(read.layout, read.items, scaled), records)
        return matrix if words is None else hstack([matrix, words.transform(_words(read))], "csr")

    # ------------------------------------------------------------ answering

    def predict(self, X: Any) -> NDArray[Any]:  # Any: what a user has, and its classes
        """The most probable class of each row."""
        best = np.argmax(self._logits(X), axis=1)
        return self.classes_[best]  # type: ignore[no-any-return]  # of Any

    def predict_proba(self, X: Any) -> Floats:  # Any: as above
        """The probabilities of `classes_`; each row adds up to 1."""
        logits = self._logits(X)
        return np.asarray(softmax(logits, axis=1))

    def predict_log_proba(self, X: Any) -> Floats:  # Any: as above
        """The logarithms of `predict_proba`."""
        return np.asarray(np.log(self.predict_proba(X)))

    def decision_function(self, X: Any) -> Floats:  # Any: as above
        """Log-odds: of the second class where there are two, else one column per class, around 0."""
        logits = self._logits(X)
        if logits.shape[1] == 2:
            return np.asarray(logits[:, 1] - logits[:, 0])
        return np.asarray(logits - logits.mean(axis=1, keepdims=True))

    def _logits(self, X: Any) -> Floats:  # Any: as above
        if self.prefit:
            return self._verdict_logits(X)
        if not hasattr(self, "_learned"):
            raise NotFittedError(
                "This LabtapeClassifier instance is not fitted yet. Call 'fit' with appropriate arguments before using this "
                "estimator, or take labtape's own verdicts: LabtapeClassifier(prefit=True)."
            )
        learned: _Learned = self._learned
        read = self._read(X, fitted=learned.layout, reset=False)
        records = self._records(read)
        inputs = self._inputs(read, records, learned.scaler, learned.words)
        start = _offset(records, learned.labels) if learned.labels else 0.0
        return np.asarray(start + inputs @ learned.weights.coef + learned.weights.intercept)

    def _verdict_logits(self, X: Any) -> Floats:  # Any: as above
        read = self._read(X, fitted=getattr(self, "_layout", None), reset=False)
        if not read.layout.has_words:
            raise InputError("X holds numbers alone; prefit=True takes labtape's verdict of a text")
        return _offset(self._records(read), self.classes_.tolist())

    @property
    def classes_(self) -> NDArray[Any]:  # Any: the user's
        """The classes, sorted. Those of labtape's own verdict are known without `fit`."""
        if hasattr(self, "_classes"):
            return self._classes
        if self.prefit:
            return self._own_classes()
        raise AttributeError("LabtapeClassifier has no classes_ before fit")

    def _own_classes(self) -> NDArray[Any]:  # Any: strings
        _, label_set = self._opened()
        return np.asarray(sorted(label_set.labels), dtype=object)

    def __sklearn_is_fitted__(self) -> bool:
        return self.prefit or hasattr(self, "_learned")

    def __sklearn_tags__(self) -> Any:  # Any: scikit-learn has no types
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.requires_fit = not self.prefit
        return tags


def _offset(records: Sequence[Record | None], labels: Sequence[str]) -> Floats:
    """labtape's log-probabilities of some labels; even ones where there is no record."""
    start = np.zeros((len(records), len(labels)))
    for i, record in enumerate(records):
        if record is not None:
            start[i] = [np.log(max(record.verdict.p.get(label, 0.0), LEAST_P)) for label in labels]
    return start


def _weigher(read: Read) -> TfidfVectorizer:
    try:
        return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True).fit(_words(read))
    except ValueError as e:
        raise InputError(f"tfidf=True found no words in X ({e}); records keep their titles only") from e


def _words(read: Read) -> list[str]:
    return [
        item.full if isinstance(item, Article) else item.title if isinstance(item, Record) else ""
        for item in read.items
    ]


def _class_weights(
    given: Mapping[Any, float] | str,
    classes: NDArray[Any],
    own: NDArray[np.intp],
    y: NDArray[Any],
    weights: Floats,
) -> Floats:
    try:
        by_class = compute_class_weight(given, classes=classes, y=y, sample_weight=weights)
    except ValueError as e:
        raise ParameterError(f"class_weight={given!r}: {e}") from e
    return np.asarray(by_class[own])
