"""Proves a corpus: every id, value and offset, every split, and that no publisher's sentence lies in it.

    labels/pool/*.jsonl, holdout.jsonl, second/ …   labels by id and sha-256 ─ form, ids, splits ─ with texts: offsets, values, words
    labels/adjudications.jsonl                      why a label is as it is ─ with texts: words
    articles/*.jsonl                                our own, with their texts ─ all of it

A label that nobody can find the text of is counted, not blamed.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labtape.corpus.form import NAMES, SPANS, Row, Vocabulary, problems_of, problems_of_reference
from labtape.corpus.worded import is_worded
from labtape.exceptions import ReadError
from labtape.train.gold import digest_of, full_of, rows_with_places
from labtape.train.matching import SPELLED

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

#: The folders and files of a corpus: what is trained on, what only measures, what was read twice, what we wrote.
POOL: Final = Path("labels/pool")
HOLDOUT: Final = Path("labels/holdout.jsonl")
SECOND: Final = Path("labels/second")
BEFORE: Final = Path("labels/before_adjudication.jsonl")
SETTLED: Final = Path("labels/adjudications.jsonl")
GOLD_BLIND: Final = Path("labels/gold_blind.jsonl")
ARTICLES: Final = Path("articles")
ORGANISATIONS: Final = Path("labels/organisations.csv")
#: So many words in a row of a text in one of its labels are a sentence of the publisher's.
RUN: Final = 12
_WORD: Final = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")
_LETTER: Final = re.compile(r"[A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and each problem with its place."""

    problems: tuple[str, ...]
    n_labels: int
    n_articles: int
    n_spans: int
    n_joined: int
    n_missing: int


def check(corpora: Path, texts: Sequence[Path], lexicon: Lexicon) -> Checked:
    """Check the corpus in a folder; with `texts` (JSONL files or folders of them) every offset and value as well.

    A label whose text is not there is counted, not an error. Raises `ReadError` where a file is no JSONL.
    """
    vocabulary = vocabulary_of(lexicon, corpora)
    problems: list[str] = []
    known: dict[str, str] = {}
    for path in texts:
        found_there = texts_by_digest(path)
        if not found_there:
            raise ReadError(f"{path}: no article with a text in it; nothing can be proved with it")
        known |= found_there
    known |= {digest_of(row): full_of(row) for _, row in articles_of(corpora)}
    n_spans = n_joined = n_missing = n_labels = n_articles = 0
    for place, row in labels_of(corpora):
        n_labels += 1
        found = [*problems_of(row, vocabulary), *problems_of_reference(row)]
        full = known.get(str(row.get("sha256")))
        n_missing += bool(texts) and full is None
        if full is not None and not found:
            n_joined += 1
            n_spans += sum(len(row.get(key, ())) for key in SPANS)
            found += [*problems_in_text(row, full), *_borrowed(row, full)]
        problems += (f"{place}: {row.get('id')}: {what}" for what in found)
    for place, row in articles_of(corpora):
        n_articles += 1
        found = list(problems_of(row, vocabulary))
        if not found:
            n_spans += sum(len(row.get(key, ())) for key in SPANS)
            found += problems_in_text(row, full_of(row))
        problems += (f"{place}: {row.get('id')}: {what}" for what in found)
    for place, row in _rows(corpora, SETTLED):
        full = known.get(str(row.get("sha256")), "")
        problems += (f"{place}: {row.get('id')}: {what}" for what in _borrowed(row, full))
    problems += _between(corpora)
    return Checked(tuple(problems), n_labels, n_articles, n_spans, n_joined, n_missing)


def vocabulary_of(lexicon: Lexicon, corpora: Path | None = None) -> Vocabulary:
    """What a label may name: the lexicon's organisations and events, the guide's own spellings, the corpus's own organisations.

    The corpus lists in labels/organisations.csv (id, name) those that its texts name and the lexicon does not know.
    """
    own: set[str] = set()
    if corpora and (corpora / ORGANISATIONS).is_file():
        with (corpora / ORGANISATIONS).open(encoding="utf-8", newline="") as file:
            own = {row.get("id") or "" for row in csv.DictReader(file)} - {""}
    return Vocabulary(frozenset(lexicon.labs) | frozenset(SPELLED) | own, tuple(lexicon.event_types))


def texts_by_digest(texts: Path) -> dict[str, str]:
    """Title and text of every article of a JSONL or a folder of them, by sha-256."""
    return {digest_of(row): full_of(row) for _, row in rows_with_places(texts) if "text" in row}


def labels_of(corpora: Path) -> Iterator[tuple[str, dict[str, Any]]]:  # Any: JSON of labels
    """Every label of a text kept elsewhere, with its place: the pool's, the held-out ones, the second readings."""
    must_be_corpus(corpora)
    yield from _rows(corpora, POOL, HOLDOUT, SECOND, BEFORE, GOLD_BLIND)


def _rows(corpora: Path, *parts: Path) -> Iterator[tuple[str, dict[str, Any]]]:  # Any: JSON of labels
    for part in parts:
        if (corpora / part).exists():
            yield from rows_with_places(corpora / part)


def must_be_corpus(corpora: Path) -> None:
    """Raise `ReadError` for a folder that is no corpus."""
    if not (corpora / POOL).is_dir():
        raise ReadError(f"{corpora}: no corpus, it has no {POOL}; name the folder that has it")


def articles_of(corpora: Path) -> Iterator[tuple[str, dict[str, Any]]]:  # Any: JSON of labels
    """Every article of our own writing, with its place."""
    yield from _rows(corpora, ARTICLES)


def must_be_right(corpora: Path, lexicon: Lexicon) -> None:
    """Raise `ReadError` for the first row whose form is wrong: what counts and joins needs rows that are labels."""
    vocabulary = vocabulary_of(lexicon, corpora)
    for place, row in (*labels_of(corpora), *articles_of(corpora)):
        _must_be_right(place, row, vocabulary)


def right_rows(path: Path, vocabulary: Vocabulary) -> list[Row]:
    """The labels of a JSONL or a folder of them; raises `ReadError` for the first whose form is wrong."""
    rows: list[Row] = []
    for place, row in rows_with_places(path):
        _must_be_right(place, row, vocabulary)
        rows.append(row)
    return rows


def _must_be_right(place: str, row: Row, vocabulary: Vocabulary) -> None:
    for what in problems_of(row, vocabulary):
        raise ReadError(f"{place}: {row.get('id')}: {what}; docs/annotation.md has the form")


def problems_in_text(row: Row, full: str) -> Iterator[str]:
    """Yield every span that does not lie on words of the text, and every value its words do not have."""
    for key in SPANS:
        for span in row.get(key, ()):
            surface = full[span["start"] : span["end"]]
            place = f"{key} {span['start']}"
            if not surface.strip() or surface != surface.strip() or span["end"] > len(full):
                yield f"{place}: '{surface[:40]}' is no word of the text"
            elif key in NAMES and (_is_inside(full, span["start"]) or _is_inside(full, span["end"])):
                yield f"{place}: '{surface[:40]}' cuts a word"
            elif "surface" in span and span["surface"] != surface:
                yield f"{place}: '{span['surface'][:40]}' does not stand there but '{surface[:40]}'"
            elif "value" in span:
                values = (span["value"], span.get("value_high", span["value"]))
                wrong = [v for v in values if not is_worded(v, surface)]
                if wrong:
                    yield f"{place}: value {wrong[0]:g} is not what '{surface[:40]}' says"


def _is_inside(full: str, at: int) -> bool:
    """Whether a word goes on across this place; pages glue a small letter to a capital ("takeawaysClaude")."""
    before, after = full[at - 1 : at], full[at : at + 1]
    glued = before.islower() and after.isupper()
    return bool(_LETTER.fullmatch(before) and _LETTER.fullmatch(after)) and not glued


def _borrowed(row: Row, full: str) -> Iterator[str]:
    """Where a label repeats a run of the text's own words."""
    words = " ".join(_words(full))
    for place, value in _said(row):
        own = _words(value)
        runs = (" ".join(own[k : k + RUN]) for k in range(len(own) - RUN + 1))
        if run := next((r for r in runs if r in words), None):
            yield f"{place}: repeats the article's words '{run[:60]}…'; say it in your own"


def _said(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a label, with where it stands."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _said(inner, f"{place} {key}".strip())
    elif isinstance(value, list):
        for inner in value:
            yield from _said(inner, place)


def _words(text: str) -> list[str]:
    """Words in small letters; each Chinese character is one."""
    return _WORD.findall(text.lower())


def _between(corpora: Path) -> Iterator[str]:
    """What is wrong between articles: one text read twice, held out and learned from, a story on two sides of a split."""
    seen: dict[str, str] = {}
    sides: dict[str, dict[str, str]] = defaultdict(dict)
    for place, row in (*rows_with_places(corpora / POOL), *articles_of(corpora)):
        digest = str(row.get("sha256") or digest_of(row))
        if digest in seen:
            yield f"{place}: {row.get('id')}: labelled already at {seen[digest]}"
        seen[digest] = place
        if "split" in row:
            sides[str(row.get("story"))][str(row["split"])] = place
    for story, places in sides.items():
        if len(places) > 1:
            told = ", ".join(f"{side} at {place}" for side, place in sorted(places.items()))
            yield f"story {story} stands on {len(places)} sides: {told}"
    for place, row in _rows(corpora, HOLDOUT):
        if str(row.get("sha256")) in seen:
            there = seen[str(row["sha256"])]
            yield f"{place}: {row.get('id')}: held out, and labelled for training at {there}"
