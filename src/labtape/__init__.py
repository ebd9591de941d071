"""labtape: the tape for AI labs.

What the news claims, whether the figures hold, and what it means for markets.

    import labtape

    record = labtape.label("Alibaba's Qwen now handles 18% of tokens on OpenRouter.", title="Qwen gains")
    record.shares[0].value, record.verdict.label

Nothing heavy is imported until it is used: importing labtape takes a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING

from labtape.exceptions import LabtapeError, ReadError
from labtape.version import __version__

if TYPE_CHECKING:
    import pandas as pd

    from labtape.batch import Tools
    from labtape.desk import Desk
    from labtape.estimators import LabtapeClassifier, LabtapeFeatures
    from labtape.ports import Model
    from labtape.types import Article, Record

__all__ = [
    "Article",
    "Desk",
    "LabtapeClassifier",
    "LabtapeError",
    "LabtapeFeatures",
    "Record",
    "__version__",
    "label",
    "label_many",
    "score_frame",
]


def label(
    text: str,
    *,
    title: str = "",
    url: str | None = None,
    publisher: str | None = None,
    language: str | None = None,
    published_at: datetime | str | None = None,
    any_topic: bool = False,
    bundle: str = "market3",
    bundle_digest: str = "",
    model: Model | None = None,
    lexicon: tuple[str, ...] = (),
    now: datetime | None = None,
) -> Record:
    """Label one text and return its record.

    `published_at` is a datetime or ISO 8601; with it, "late 2024" and "last year" get their dates and no later
    event is taken as an analogue. `any_topic` judges texts that are not about AI as well. `bundle` is a model
    bundle's name or folder, "rules", or a model of your own as "sklearn:FILE" or "transformers:FOLDER"; with a
    `bundle_digest` only the one that has it. A `model` judges instead of the bundle (docs/plugins.md). `lexicon` are
    folders that add to the shipped knowledge. `now` is the time written as `scored_at`: give it, and the same input gives
    the same bytes. Raises `ReadError` when there is neither text nor title, `BundleError` and `LexiconError` when those
    cannot be loaded.

    >>> record = label("Moonshot AI's Kimi took about 12% of tokens on OpenRouter in May 2026.", title="Kimi gains")
    >>> [(share.value, share.bound, share.platform) for share in record.shares]
    [(12.0, 'about', 'platform:openrouter')]
    """
    row = {
        "title": title,
        "text": text,
        "url": url,
        "publisher": publisher,
        "language": language,
        "published_at": published_at,
    }
    if isinstance(published_at, str):
        _check_time(published_at)
    (record,) = label_many(
        [row],
        any_topic=any_topic,
        bundle=bundle,
        bundle_digest=bundle_digest,
        model=model,
        lexicon=lexicon,
        now=now,
    )
    return record


def _check_time(text: str) -> None:
    try:
        datetime.fromisoformat(text)
    except ValueError as e:
        raise ReadError(f"published_at: {text!r} is no time; give ISO 8601, as 2026-06-01T09:30:00Z") from e


def label_many(
    articles: Iterable[Article | Mapping[str, object]],
    *,
    any_topic: bool = False,
    bundle: str = "market3",
    bundle_digest: str = "",
    model: Model | None = None,
    lexicon: tuple[str, ...] = (),
    jobs: int = 1,
    now: datetime | None = None,
) -> Iterator[Record]:
    """Label any iterable of articles, or of mappings with a title and a text, lazily and in constant memory.

    Records come in the order of the articles. With `jobs` > 1 that many processes share the work; the answer
    is the same; a `model` judges in this one. Options that do not fit are refused at once, an article when its turn comes
    (`ReadError`, with its place). Each article is a story of its own here; a `Desk` groups them. The other arguments are
    those of `label`.

    >>> rows = [{"title": "Nvidia shares fall 6%"}, {"title": "GLM-5 is out", "text": "Zhipu released GLM-5."}]
    >>> [record.id == again.id for record, again in zip(label_many(rows), label_many(rows))]
    [True, True]
    """
    from labtape.arguments import check_articles, check_model, checked_jobs, checked_now
    from labtape.batch import score

    check_articles(articles)
    check_model(model)
    at = checked_now(now)
    return score(
        (_read(n, article, at) for n, article in enumerate(articles)),
        tools=_tools(bundle, bundle_digest, lexicon),
        model=model,
        now=at,
        jobs=checked_jobs(jobs),
        any_topic=any_topic,
    )


def _read(n: int, article: object, now: datetime) -> Article:
    """The article of what a caller gave as the n-th one."""
    from labtape.read import article_from_row
    from labtape.types import Article

    if isinstance(article, Article):
        _check_fields(n, article)
        return article
    if isinstance(article, Mapping):
        return article_from_row(article, place=f"article {n}", now=now)
    kind = type(article).__name__
    raise ReadError(f"article {n}: {kind} is neither an Article nor a mapping with title and text")


def _check_fields(n: int, article: Article) -> None:
    """Raise `ReadError` for an Article made by hand whose fields are of other types than it says."""
    for name in ("id", "title", "text"):
        if not isinstance(getattr(article, name), str):
            kind = type(getattr(article, name)).__name__
            raise ReadError(f"article {n}: its {name} is {kind}; would be text")
    for name in ("published_at", "first_seen_at"):
        at = getattr(article, name)
        if at is not None and (not isinstance(at, datetime) or at.tzinfo is None):
            kind = "a time without a zone" if isinstance(at, datetime) else type(at).__name__
            raise ReadError(f"article {n}: its {name} is {kind}; would be a datetime in UTC, or None")


def _tools(bundle: str, digest: str, lexicon: tuple[str, ...]) -> Tools:
    from labtape.arguments import checked_bundle, checked_folders
    from labtape.batch import Tools

    name, wanted = checked_bundle(bundle, digest)
    return Tools(bundle=name, lexicon=checked_folders(lexicon), digest=wanted)


def score_frame(
    frame: pd.DataFrame,
    *,
    any_topic: bool = False,
    bundle: str = "market3",
    bundle_digest: str = "",
    model: Model | None = None,
    lexicon: tuple[str, ...] = (),
    now: datetime | None = None,
) -> pd.DataFrame:
    """Return one row of record columns per row of `frame`, under the same index.

    Reads the columns title and text (at least one), and url, publisher, language, published_at and id where
    present. Columns and dtypes are the same whatever the rows hold, so Dask, Spark and Ray can call it on partitions
    (docs/scale.md). Raises `SettingsError` when neither column is there; a row in which both are empty comes back with
    every column null. The columns are those of docs/record.md; probabilities are in [0, 1], `score` is in [-1, 1].

    >>> import pandas as pd
    >>> news = pd.DataFrame({"title": ["Nvidia shares fall 6%", ""]}, index=["a", "b"])
    >>> scored = score_frame(news, bundle="market3-fast")
    >>> scored.shape[0], list(scored.index), scored["label"].isna().tolist()
    (2, ['a', 'b'], [False, True])
    """
    from labtape.arguments import check_frame, check_model, checked_now
    from labtape.batch import score_frame as score

    check_frame(frame)
    check_model(model)
    tools = _tools(bundle, bundle_digest, lexicon)
    return score(frame, tools=tools, model=model, now=checked_now(now), any_topic=any_topic)


_LAZY = {
    "Article": "labtape.types",
    "Desk": "labtape.desk",
    "LabtapeClassifier": "labtape.estimators",
    "LabtapeFeatures": "labtape.estimators",
    "Record": "labtape.types",
}


def __getattr__(name: str) -> object:
    """Import what takes long when it is first asked for: the desk brings the store and the network with it."""
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'labtape' has no attribute '{name}'")
