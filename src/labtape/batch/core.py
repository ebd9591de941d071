"""Articles in, records out, in order and in constant memory.

The stations are imported where they are used: a crawler that scores nothing does without them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from itertools import islice
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from labtape.batch.pool import Usage, mapped
from labtape.types import Annotated, Article, ModelRef, Placement, Record, Signal

if TYPE_CHECKING:
    from labtape.lexicon.content import Content
    from labtape.lexicon.entries import Lexicon
    from labtape.ports import Model
    from labtape.story import Grouper, Prepared

# One call of the model per chunk, and one message per chunk between processes. 64 was the knee of the curve
# in benchmarks/score.py (2 cores): 16 lost a tenth to overhead, 256 gained nothing and held back the first record.
CHUNK = 64
# Processes, from which on they prepare articles for the grouper: fewer do not keep the one that groups busy, and would only hold
# what preparing needs in memory, each for itself.
_MANY = 4
# A worker of several threads asks for the same model in all of them; a cache alone would load it in each.
_LOADING = RLock()


#: Articles of a chunk with their signals, and with what a grouper takes where another process has read it.
Judged = list[tuple[Annotated, Signal, "Prepared | None"]]


@dataclass(frozen=True, slots=True)
class Tools:
    """What judging needs, by name, so that a worker process can load the same things for itself.

    `bundle` is a bundle's name or folder, "rules", or a user's own model as "sklearn:FILE" or "transformers:FOLDER";
    `lexicon` are the user's folders; `digest` is the one that the bundle must have, empty for any.
    """

    bundle: str = "market3"
    lexicon: tuple[str, ...] = ()
    digest: str = ""


def opened(tools: Tools) -> tuple[Lexicon, Model]:
    """The lexicon and the model, loaded once per process, however many threads ask at once."""
    with _LOADING:
        return _opened(tools)


@cache
def _opened(tools: Tools) -> tuple[Lexicon, Model]:
    from labtape.signal import load_model

    lexicon = opened_lexicon(tools.lexicon)
    return lexicon, load_model(tools.bundle, lexicon=lexicon, digest=tools.digest)


def model_ref(tools: Tools) -> ModelRef:
    """Which model judges, for a bundle without its weights: a process that only hands out work does without them."""
    from labtape.signal.bundle import find_bundle, read_manifest
    from labtape.signal.model import RULES
    from labtape.signal.plugins import is_plugin

    if tools.bundle == RULES or is_plugin(tools.bundle):
        return opened(tools)[1].ref
    manifest = read_manifest(find_bundle(tools.bundle))
    return ModelRef(manifest.name, manifest.version, manifest.digest)


def opened_lexicon(folders: tuple[str, ...]) -> Lexicon:
    """The lexicon alone, loaded once per process: what is already scored is shown without a model."""
    with _LOADING:
        return _opened_with_content(folders)[0]


def opened_content(folders: tuple[str, ...]) -> Content:
    """What `opened_lexicon` was made of, whatever became of its files since."""
    with _LOADING:
        return _opened_with_content(folders)[1]


@cache
def _opened_with_content(folders: tuple[str, ...]) -> tuple[Lexicon, Content]:
    from labtape.lexicon import load_with_content

    return load_with_content(*map(Path, folders))


def score(
    articles: Iterable[Article],
    *,
    tools: Tools = Tools(),
    model: Model | None = None,
    now: datetime,
    jobs: int = 1,
    any_topic: bool = False,
    grouper: Grouper | None = None,
) -> Iterator[Record]:
    """Yield one record per article, in order; with `jobs` > 1 on that many processes.

    A `model` judges instead of the bundle of `tools`. It, and a plug-in that `tools` names, judges in this process; the
    others annotate: there is one copy of it, and it need not be picklable. With a `grouper` each article is placed among
    those before it; without one it is a story of its own.
    """
    from labtape.report.record import to_record
    from labtape.signal.plugins import is_plugin

    lexicon, own = opened_lexicon(tools.lexicon), model
    if model is None and is_plugin(tools.bundle):
        own = opened(tools)[1]
    for chunk in judged(
        chunks_of(articles), tools=tools, own=own, now=now, jobs=jobs, any_topic=any_topic, grouped=grouper is not None
    ):  # fmt: skip
        for annotated, signal, prepared in chunk:
            yield to_record(annotated, signal, placed(annotated, prepared, grouper), lexicon=lexicon)


def placed(annotated: Annotated, prepared: Prepared | None, grouper: Grouper | None) -> Placement:
    """Where an article stands among those before it; without a grouper it is a story of its own."""
    from labtape.story import story_id

    return grouper.add(annotated, prepared) if grouper else Placement(id=story_id(annotated.article.id))


def chunks_of(articles: Iterable[Article]) -> Iterator[list[Article]]:
    source = iter(articles)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def prepared_elsewhere(jobs: int, *, grouped: bool) -> bool:
    """Whether the processes that judge are to read what the grouper, which is in none of them, would have to read itself."""
    return grouped and jobs >= _MANY


def judged_chunk(
    chunk: list[Article], tools: Tools, now: datetime, any_topic: bool, is_prepared: bool
) -> Judged:
    """What one process does with one chunk; `is_prepared` for another one that groups."""
    lexicon, model = opened(tools)
    annotated, signals = _told_and_judged(annotate(chunk, tools), model, lexicon, now, any_topic)
    if not is_prepared:
        return _unprepared(annotated, signals)
    from labtape.story import prepare

    return list(zip(annotated, signals, map(prepare, annotated), strict=True))


def _unprepared(annotated: list[Annotated], signals: list[Signal]) -> Judged:
    return [(a, signal, None) for a, signal in zip(annotated, signals, strict=True)]


def _told_and_judged(
    annotated: list[Annotated], model: Model, lexicon: Lexicon, now: datetime, any_topic: bool
) -> tuple[list[Annotated], list[Signal]]:
    from labtape.signal import as_told, judge

    if not annotated:
        return [], []
    told = as_told(annotated, model)
    return told, judge(annotated, model=model, lexicon=lexicon, now=now, any_topic=any_topic, told=told)


def annotate_articles(
    articles: Iterable[Article], *, tools: Tools = Tools(), jobs: int = 1
) -> Iterator[Annotated]:
    """Yield every article annotated, in order and without a model; with `jobs` > 1 on that many processes."""
    for annotated in mapped(partial(annotate, tools=tools), chunks_of(articles), jobs):
        yield from annotated


def annotate(chunk: list[Article], tools: Tools) -> list[Annotated]:
    """What one process does with one chunk that another judges."""
    from labtape.annotate import annotate_many

    return list(annotate_many(chunk, opened_lexicon(tools.lexicon)))


def judged(
    chunks: Iterable[list[Article]],
    *,
    tools: Tools,
    own: Model | None = None,
    now: datetime,
    jobs: int = 1,
    any_topic: bool = False,
    grouped: bool = False,
    on_usage: Callable[[Usage], object] | None = None,
) -> Iterator[Judged]:
    """Yield each chunk annotated and judged, in order; an `own` model judges in this process.

    Where they will be `grouped` and many processes work, those prepare them as well.
    """
    if own is None:
        is_prepared = prepared_elsewhere(jobs, grouped=grouped)
        work = partial(judged_chunk, tools=tools, now=now, any_topic=any_topic, is_prepared=is_prepared)
        yield from mapped(work, chunks, jobs, on_usage=on_usage)
        return
    lexicon = opened_lexicon(tools.lexicon)
    for annotated in mapped(partial(annotate, tools=tools), chunks, jobs, on_usage=on_usage):
        yield _unprepared(*_told_and_judged(annotated, own, lexicon, now, any_topic))
