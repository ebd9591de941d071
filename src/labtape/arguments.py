"""What a Python caller gives besides articles: checked where it comes in, so that what is wrong is told by its name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from labtape.exceptions import BundleError, SettingsError

_MODEL: Final = ("ref", "label_set_id", "predict", "predict_entities")


def checked_now(now: object) -> datetime:
    """The time given, in UTC; the present one for None. A time without a zone is UTC. Raises `SettingsError`.

    >>> checked_now(datetime(2026, 6, 1)).isoformat()
    '2026-06-01T00:00:00+00:00'
    """
    if now is None:
        return datetime.now(UTC)
    # pandas' "no time" is a datetime by its class, and equals nothing, itself included.
    if not isinstance(now, datetime) or now != now:
        raise SettingsError(f"now is {_named(now)}; would be a datetime, as datetime(2026, 6, 1, tzinfo=UTC)")
    if now.tzinfo is None:
        return now.replace(tzinfo=UTC)
    try:
        return now.astimezone(UTC)
    except OverflowError as e:
        raise SettingsError(f"now={now.isoformat()} lies outside the years 1 to 9999 in UTC") from e


def checked_bundle(bundle: object, digest: object) -> tuple[str, str]:
    """The name of a bundle, and the digest it must have (empty: any). Raises `BundleError`."""
    if not isinstance(bundle, str | os.PathLike):
        raise BundleError(
            f"bundle is {_named(bundle)}; would be a name, as 'market3' or 'rules', or a folder"
        )
    if digest is not None and not isinstance(digest, str):
        raise BundleError(
            f"bundle_digest is {_named(digest)}; would be text: sha256: and 64 hexadecimal digits"
        )
    return str(bundle), digest or ""


def checked_folders(lexicon: object) -> tuple[str, ...]:
    """The user's lexicon folders; a single one may be given by itself. Raises `SettingsError`."""
    if isinstance(lexicon, str | os.PathLike):
        return (str(lexicon),)
    folders = tuple(lexicon) if isinstance(lexicon, Iterable) else (lexicon,)
    if not all(isinstance(folder, str | os.PathLike) for folder in folders):
        raise SettingsError(f"lexicon is {_named(lexicon)}; would be folders, as ('my_lexicon',)")
    return tuple(map(str, folders))


def checked_jobs(jobs: object) -> int:
    """How many processes; -1 is one per processor, as for joblib. Raises `SettingsError`."""
    if isinstance(jobs, bool) or not isinstance(jobs, int) or jobs == 0:
        raise SettingsError(
            f"jobs is {_named(jobs)}; would be how many processes: 1 or more, or -1 for all processors"
        )
    return jobs


def check_model(model: object) -> None:
    """Raise `BundleError` unless it is None or has what a model needs."""
    if model is None or all(hasattr(model, name) for name in _MODEL):
        return
    if isinstance(model, str):
        said = f"a bundle is given by name, as bundle={model!r}"
    elif hasattr(model, "predict"):
        said = "put a classifier of scikit-learn into labtape.signal.plugins.SklearnModel"
    else:
        said = "would be a model as in docs/plugins.md"
    raise BundleError(f"model is {_named(model)}; {said}")


def check_articles(articles: object) -> None:
    """Raise `SettingsError` for what is one article, one text or no series of anything, where many are asked for."""
    if isinstance(articles, Iterable) and not isinstance(articles, str | bytes | Mapping):
        if hasattr(articles, "iloc"):
            raise SettingsError(f"articles: {_a_table(articles)}")
        return
    one = isinstance(articles, str | bytes | Mapping)
    hint = "; for one give [it], or use labtape.label" if one else ""
    raise SettingsError(f"articles: {_named(articles)} is no series of articles{hint}")


def check_frame(frame: object) -> None:
    """Raise `SettingsError` for what is no data frame."""
    if hasattr(frame, "columns") and hasattr(frame, "iloc"):
        return
    hint = "series.to_frame('text')" if hasattr(frame, "iloc") else "pandas.DataFrame(rows)"
    raise SettingsError(f"frame: {type(frame).__name__} is no pandas data frame; make one: {hint}")


def _a_table(articles: object) -> str:
    if hasattr(articles, "columns"):
        return "a DataFrame; give it to labtape.score_frame, or its rows: frame.to_dict('records')"
    return "a Series; give [{'text': text} for text in series]"


def _named(value: object) -> str:
    if value is None:
        return "None"
    if isinstance(value, Sequence | Mapping | str | int | float):
        return f"{type(value).__name__} {str(value)[:40]!r}"
    return type(value).__name__
