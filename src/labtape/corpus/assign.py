"""Gives every label its story and its side of the split, and writes them into the label files.

Stories are those of the `story` room over all texts at once, the labelled ones, gold-dev and the held-out ones; two texts
of one item, and two articles of one headline, are one story whenever they came.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labtape.annotate import annotate
from labtape.corpus.check import ARTICLES, HOLDOUT, POOL, must_be_right
from labtape.corpus.files import write_rows
from labtape.corpus.splits import Dated, split
from labtape.exceptions import ReadError
from labtape.read import article_from_row
from labtape.story import Grouper
from labtape.train.gold import AS_OF, digest_of, jsonl_files, rows_with_places

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

Progress = Callable[[int, int], None]
Rows = Sequence[Mapping[str, Any]]  # Any: JSON of articles
_MONTH: Final = re.compile(r"\d{4}-\d\d")
OLDEST: Final = datetime(1970, 1, 1, tzinfo=UTC)


def assign(
    corpora: Path, texts: Path, gold: Sequence[Path], lexicon: Lexicon, *, progress: Progress | None = None
) -> Mapping[str, int]:
    """Write `story` and `split` into every label of the pool and every article of ours; returns articles per side.

    `texts` has the labelled texts, `gold` are annotated articles whose stories are kept apart. The last month of the
    pool's texts ends the test. Deterministic: the same texts give the same files.
    """
    must_be_right(corpora, lexicon)
    labels, articles = jsonl_files(corpora / POOL), _files(corpora / ARTICLES)
    known = [row for _, row in rows_with_places(texts)]
    held = [row for path in gold for _, row in rows_with_places(path)]
    held_digests = {digest_of(row) for row in held} | _digests(corpora / HOLDOUT)
    stories = stories_of([*known, *held], lexicon, progress=progress)
    last = max((_day(row)[:7] for row in known), default="")
    if not _MONTH.fullmatch(last):
        raise ReadError(f"{texts}: no article with a day in 'published'; the last months are the test")
    dated = [
        Dated(digest, stories[digest], _day(row), digest in held_digests)
        for row in (*known, *held)
        for digest in [digest_of(row)]
    ]
    sides = split(dated, last_month=last)
    counts: Counter[str] = Counter()
    for path in labels:
        rows = [row for _, row in rows_with_places(path)]
        made = [
            row | {"story": stories[row["sha256"]], "split": sides[row["sha256"]]}
            if row["sha256"] in sides
            else row
            for row in rows
        ]
        counts.update(row["split"] for row in made if "split" in row)
        write_rows(path, made)
    for path in articles:
        rows = [row for _, row in rows_with_places(path)]
        own = split(
            [Dated(r["id"], r.get("story") or r["id"], r["published"]) for r in rows], last_month=last
        )
        made = [row | {"story": row.get("story") or row["id"], "split": own[row["id"]]} for row in rows]
        counts.update(row["split"] for row in made)
        write_rows(path, made)
    return dict(counts)


def _files(folder: Path) -> tuple[Path, ...]:
    return jsonl_files(folder) if folder.is_dir() else ()


def stories_of(rows: Rows, lexicon: Lexicon, *, progress: Progress | None = None) -> Mapping[str, str]:
    """The story of each article, by the digest of its text."""
    grouper = Grouper()
    one: dict[str, str] = {}  # what must be one story -> its id
    stories: dict[str, str] = {}
    articles = [
        (article_from_row({**row, "id": digest_of(row)}, place=f"text {n}", now=AS_OF), row)
        for n, row in enumerate(rows, 1)
    ]
    in_order = sorted(articles, key=lambda pair: (pair[0].published_at or OLDEST, pair[0].id))
    for n, (article, row) in enumerate(in_order, 1):
        placed = grouper.add(annotate(article, lexicon)).id
        keys = (f"story {placed}", f"id {row.get('id')}", f"title {article.title.casefold().strip()}")
        stories[article.id] = _joined(one, keys, placed)
        if progress:
            progress(n, len(in_order))
    return {digest: _root(one, story) for digest, story in stories.items()}


def _joined(one: dict[str, str], keys: Sequence[str], story: str) -> str:
    """The first story that any of the keys has led to; all keys, and their stories, lead to it from now on."""
    roots = [_root(one, one[key]) for key in keys if key in one]
    root = roots[0] if roots else story
    for other in roots[1:]:
        if other != root:
            one[f"merged {other}"] = root
    one.update(dict.fromkeys(keys, root))
    return root


def _root(one: Mapping[str, str], story: str) -> str:
    while (merged := one.get(f"merged {story}")) is not None:
        story = merged
    return story


def _digests(path: Path) -> set[str]:
    return {str(row["sha256"]) for _, row in rows_with_places(path)} if path.is_file() else set()


def _day(row: Mapping[str, Any]) -> str:  # Any: JSON of an article
    return str(row.get("published") or row.get("published_month") or "")
