"""Any fitted scikit-learn classifier over strings, as a `Model`."""

from __future__ import annotations

import hashlib
import io
import math
import warnings
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from labtape.exceptions import BundleError
from labtape.ports import Model
from labtape.signal.bundle import checked_digest, minor
from labtape.signal.mathematics import sigmoid
from labtape.signal.plugins.own import OwnModel, TextView

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

# The digest of what was never a file. Pickles of one fitted object differ between processes (a vectorizer of words keeps
# the address of its stop words), so none is made up.
UNSAVED: Final = "unsaved"
ANSWERS: Final = ("predict_proba", "decision_function", "predict")


class SklearnModel(OwnModel):
    """A fitted classifier or `Pipeline` that takes a list of strings, as the model that judges.

    What it answers with, the first of these that it has: `predict_proba`; `decision_function`, its margins through a
    softmax (a sigmoid where there are two classes), which keeps their order but is not calibrated; `predict`, the label
    with probability 1. `labels` says what each class means, where their names do not: {2: "Bullish", 1: "Neutral",
    0: "Bearish"}. `text` is what is read: "title", or "title+lead". `relevance` is the model, or the name of the bundle,
    that says whether an article is relevant. `digest` is what records tell the weights by, "unsaved" where none is given.
    Raises `BundleError` for what is not fitted, no classifier, of several labels at once, or of unknown classes.

    >>> from sklearn.dummy import DummyClassifier
    >>> fitted = DummyClassifier().fit(["gains", "gains", "falls"], ["up", "up", "down"])
    >>> SklearnModel(fitted, relevance="rules").ref.bundle
    'sklearn:DummyClassifier'
    """

    def __init__(
        self,
        estimator: Any,  # Any: scikit-learn's interface is by shape
        *,
        labels: Mapping[object, str] | None = None,
        text: TextView = "title",
        relevance: Model | str = "market3",
        lexicon: Lexicon | None = None,
        name: str = "",
        digest: str = "",
    ) -> None:
        self._estimator = estimator
        self._called = name or f"sklearn:{type(_last(estimator)).__name__}"
        self._known_digest = digest or UNSAVED
        classes = _classes(estimator, self._called)
        super().__init__(
            classes, place=self._called, labels=labels, text=text, relevance=relevance, lexicon=lexicon
        )

    @classmethod
    def from_file(
        cls,
        path: str | Path,
        *,
        digest: str,
        labels: Mapping[object, str] | None = None,
        text: TextView = "title",
        relevance: Model | str = "market3",
        lexicon: Lexicon | None = None,
    ) -> Self:
        """The classifier that `joblib.dump` (or pickle) wrote, opened only if the file's digest is the one given.

        Opening it runs what the file says, so take the digest from whoever made the file, not from the file.
        """
        file = Path(path)
        try:
            body = file.read_bytes()
        except OSError as e:
            raise BundleError(
                f"{file}: cannot be read ({e.strerror}); sklearn: takes a file of joblib.dump"
            ) from e
        if not digest:
            raise BundleError(
                f"{file}: opening a saved estimator runs code, so its digest must be given: --bundle-digest sha256:…, or "
                f"bundle_digest in the settings. `sha256sum {file}` computes it, on the machine of whoever made the file"
            )
        wanted = checked_digest(digest)
        if "sha256:" + hashlib.sha256(body).hexdigest() != wanted:
            raise BundleError(f"{file}: its digest is not {wanted}; not opened, take the file afresh")
        estimator = _unpickled(body, file)
        name = f"sklearn:{file.name}"
        return cls(
            estimator,
            labels=labels,
            text=text,
            relevance=relevance,
            lexicon=lexicon,
            name=name,
            digest=wanted,
        )

    @property
    def _name(self) -> str:
        return self._called

    @property
    def _libraries(self) -> str:
        return f"scikit-learn {metadata.version('scikit-learn')}"

    @property
    def _digest(self) -> str:
        return self._known_digest

    def _rows(self, texts: list[str]) -> list[list[float]]:
        answer = next(name for name in ANSWERS if hasattr(self._estimator, name))
        try:
            said = getattr(self._estimator, answer)(texts)
        except Exception as e:  # a stranger's code may raise anything
            raise BundleError(
                f"{self._place}: {answer} failed on a list of strings ({_line(e)}); put what turns texts into columns "
                "and the classifier into one Pipeline"
            ) from e
        if isinstance(said, list):
            raise BundleError(
                f"{self._place}: {answer} gave a list of answers: several outputs are not taken"
            )
        rows = said.tolist()
        if answer == "predict_proba":
            return [[float(value) for value in row] for row in rows]
        if answer == "decision_function":
            return [_from_margins(row) for row in rows]
        return [[float(row == c) for c in self._classes] for row in rows]


def _from_margins(row: float | list[float]) -> list[float]:
    """Margins as probabilities: one margin is for the second class of two."""
    if isinstance(row, float | int):
        return [1 - sigmoid(row), sigmoid(row)]
    top = max(row)
    raised = [math.exp(value - top) for value in row]
    return [value / sum(raised) for value in raised]


def _last(estimator: Any) -> Any:  # Any: as the estimator
    """The classifier at the end of pipelines and searches."""
    while True:
        if hasattr(estimator, "best_estimator_"):
            estimator = estimator.best_estimator_
        elif isinstance(getattr(estimator, "steps", None), list):
            estimator = estimator.steps[-1][1]
        else:
            return estimator


def _classes(estimator: Any, place: str) -> Sequence[object]:  # Any: as the estimator
    """The classes of a fitted classifier of one output."""
    if not hasattr(estimator, "predict"):
        raise BundleError(f"{place}: has no predict; a classifier of scikit-learn is needed")
    if not hasattr(estimator, "classes_"):
        raise BundleError(f"{place}: has no classes_; a classifier is needed, and it must be fitted")
    last = _last(estimator)
    classes = estimator.classes_
    several = isinstance(classes, list) and any(
        hasattr(c, "__len__") and not isinstance(c, str) for c in classes
    )
    is_logistic = (
        getattr(last, "out_activation_", "") == "logistic" and len(classes) > 2
    )  # MLPClassifier's sign
    if several or is_logistic or getattr(last, "multilabel_", False):
        raise BundleError(
            f"{place}: gives several labels at once; the classes of a verdict exclude each other"
        )
    has_proba = hasattr(estimator, "predict_proba")
    if not has_proba and len(classes) > 2 and getattr(last, "decision_function_shape", "ovr") == "ovo":
        raise BundleError(
            f"{place}: its margins are between pairs of classes; fit it with decision_function_shape='ovr'"
        )
    return tuple(classes.tolist() if hasattr(classes, "tolist") else classes)


def _unpickled(body: bytes, file: Path) -> Any:  # Any: whatever was saved
    import joblib
    from sklearn.exceptions import InconsistentVersionWarning

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            estimator = joblib.load(io.BytesIO(body))
        except Exception as e:  # unpickling runs a stranger's code
            raise BundleError(
                f"{file}: cannot be opened ({_line(e)}); it needs the packages it was made with, and no class of a script"
            ) from e
    here = metadata.version("scikit-learn")
    for one in caught:
        if isinstance(one.message, InconsistentVersionWarning):
            made = one.message.original_sklearn_version
            if minor(made) != minor(here):
                raise BundleError(
                    f"{file}: made with scikit-learn {made}, here is {here}; fit and save it again"
                )
    return estimator


def _line(error: Exception) -> str:
    """The first line of a stranger's error: ours are one line."""
    return f"{type(error).__name__}: {error}".splitlines()[0]
