"""Sheets out, labels in: the two ends of a reading, over files of texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labtape.annotate import annotate
from labtape.corpus.answers import Problem, ids_answered, read_answers
from labtape.corpus.assign import Progress
from labtape.corpus.check import vocabulary_of
from labtape.corpus.files import write_rows
from labtape.corpus.sheets import names_met, sheet, surfaces
from labtape.exceptions import ReadError
from labtape.read import article_from_row
from labtape.train.gold import AS_OF, digest_of, full_of, rows_with_places

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon
    from labtape.types import Annotated


@dataclass(frozen=True, slots=True)
class Taken:
    """How many articles gave labels, and what is wrong with the others."""

    n: int
    problems: tuple[Problem, ...]


def sheets(texts: Path, ids: Sequence[str], lexicon: Lexicon, *, progress: Progress | None = None) -> str:
    """The reading sheet of some articles, in the order of `ids`; raises `ReadError` for an id that has no text."""
    ids = list(dict.fromkeys(ids))
    if not ids:
        raise ReadError("no id to read; give one a line")
    known = _texts(texts, set(ids))
    if unknown := [i for i in ids if i not in known]:
        raise ReadError(
            f"{texts}: no text with id {', '.join(unknown[:5])}{' …' if len(unknown) > 5 else ''}"
        )
    found = surfaces(lexicon)
    made = []
    for n, annotated in enumerate(_annotated([known[i] for i in ids], lexicon), 1):
        made.append(sheet(annotated, names_met(annotated, found)))
        if progress:
            progress(n, len(ids))
    return "\n".join(made)


def take(answers: str, texts: Path, out: Path, lexicon: Lexicon) -> Taken:
    """Write the labels of every article that was answered without a problem; the problems come back with their lines.

    Where there is none, nothing is written.
    """
    wanted = set(ids_answered(answers))
    if not wanted:
        raise ReadError("nothing is answered: an article begins with a line '=== ID'")
    known = _texts(texts, wanted)
    found = surfaces(lexicon)
    names = {a.article.id: list(names_met(a, found)) for a in _annotated(known.values(), lexicon)}
    fulls = {i: full_of(row) for i, row in known.items()}
    rows, problems = read_answers(answers, fulls, names, vocabulary_of(lexicon))
    dated = (
        {
            "id": r["id"],
            "sha256": digest_of(known[r["id"]]),
            "published": known[r["id"]].get("published"),
            **r,
        }
        for r in rows
    )
    if rows:
        write_rows(out, dated)
    return Taken(len(rows), tuple(problems))


def _texts(texts: Path, ids: set[str]) -> dict[str, Mapping[str, Any]]:  # Any: JSON of articles
    found: dict[str, Mapping[str, Any]] = {}
    for _, row in rows_with_places(texts):
        if str(row.get("id")) in ids:
            found.setdefault(str(row["id"]), row | {"id": str(row["id"])})
    return found


def _annotated(
    rows: Iterable[Mapping[str, Any]], lexicon: Lexicon
) -> Iterator[Annotated]:  # Any: JSON of articles
    for row in rows:
        yield annotate(article_from_row(row, place=str(row["id"]), now=AS_OF), lexicon)
