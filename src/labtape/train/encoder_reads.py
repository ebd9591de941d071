"""Joins the encoder to the labelled articles: lessons from them, and what the encoder says of each, unseen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from labtape.signal.features import live_hits
from labtape.signal.inputs import blended
from labtape.signal.ngrams import LABELS
from labtape.signal.places import named_sentences
from labtape.signal.rules import balance, hits_about
from labtape.train.encoder_course import FOLDS, Item, Progress, Schooled, school
from labtape.train.encoder_lessons import Lesson, article_lesson, subject_lesson
from labtape.train.heads import Annotation, Subject

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon
    from labtape.signal.ngrams import TextModel
    from labtape.types import Annotated

Row = Mapping[str, Any]  # Any: JSON of annotations
SUBJECT: Final = "subject"


@dataclass(frozen=True, slots=True)
class Read:
    """The articles with what the encoder says of them, and the encoder that ships."""

    annotations: tuple[Annotation, ...]
    schooled: Schooled


def read_by_encoder(
    annotations: Sequence[Annotation],
    annotated: Sequence[Annotated],
    rows: Sequence[Row],
    headlines: Sequence[Lesson],
    text: TextModel,
    lexicon: Lexicon,
    *,
    seed: int,
    progress: Progress | None = None,
) -> Read:
    """Teach an encoder and let it read what it was not taught; articles in Chinese are not read.

    The first annotations are those of `annotated` and `rows`; what follows (fillers) only teaches what is not relevant.
    """
    folds = {story: n % FOLDS for n, story in enumerate(sorted({a.story for a in annotations}))}
    read_at: list[int] = []
    items: list[Item] = []
    for k, a in enumerate(annotations):
        if a.seen.values["is_zh"]:
            continue
        lessons = [Lesson(a.seen.views.title, "", {"relevance": 0.0})]
        if k < len(annotated):
            told = (subject_lesson(annotated[k], e, lexicon) for e in _subjects(rows[k]))
            lessons = [article_lesson(a.seen, rows[k]), *(lesson for lesson in told if lesson)]
        items.append(Item(tuple(lessons), None if a.held else folds[a.story]))
        read_at.append(k)
    schooled = school(headlines, items, seed=seed, progress=progress)
    reads = dict(zip(read_at, schooled.reads, strict=True))
    made = list(
        with_subjects(annotations, annotated, rows, text, lexicon, {k: own[1:] for k, own in reads.items()})
    )
    for k, own in reads.items():
        made[k] = replace(made[k], read=own[0], text=blended(made[k].text, own[0]))
    return Read(tuple(made), schooled)


def with_subjects(
    annotations: Sequence[Annotation],
    annotated: Sequence[Annotated],
    rows: Sequence[Row],
    text: TextModel,
    lexicon: Lexicon,
    reads: Mapping[int, Sequence[Mapping[str, float]]] | None = None,
) -> tuple[Annotation, ...]:
    """The articles with what was read of their subjects; `reads` has the encoder's log-odds of the subjects that it was asked for."""
    made = list(annotations)
    for k, (a, row) in enumerate(zip(annotated, rows, strict=False)):
        told = list(_subjects(row))
        if not told:
            continue
        hits, own = live_hits(a, lexicon), iter((reads or {}).get(k, ()))
        texts = text.probabilities([named_sentences(a, e["entity"]) for e in told])
        made[k] = replace(
            made[k],
            subjects=tuple(
                Subject(
                    balance(hits_about(a, hits, e["entity"])),
                    None if a.language == "zh" else p,
                    next(own) if reads and k in reads and subject_lesson(a, e, lexicon) else None,
                    e["sentiment"],
                )
                for e, p in zip(told, texts, strict=True)
            ),
        )
    return tuple(made)


def _subjects(row: Row) -> list[Row]:
    return [e for e in row.get("entities", ()) if e.get("role") == SUBJECT and e.get("sentiment") in LABELS]
