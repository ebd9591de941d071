"""Training files from labels and the texts they were made on: outside the project, for texts belong to their publishers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labtape.corpus.check import ARTICLES, HOLDOUT, POOL, must_be_right
from labtape.corpus.files import must_be_outside, write_rows
from labtape.corpus.form import SPLITS
from labtape.exceptions import ReadError, SettingsError
from labtape.train.gold import read_gold

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

HELD: Final = "holdout"


@dataclass(frozen=True, slots=True)
class Joined:
    """What was written, by file, and how many labels found no text or another one than they were made on."""

    files: Mapping[str, int]
    n_missing: int
    n_changed: int


def join(corpora: Path, texts: Path, out: Path, lexicon: Lexicon) -> Joined:
    """Write train.jsonl, dev.jsonl, test.jsonl, apart.jsonl and holdout.jsonl into `out`: labels with texts, our own articles too.

    Each row has the form of docs/annotation.md with `title`, `text`, `surface` of every span, and `source` (pool, holdout or
    articles). A label whose text is missing or has changed is counted and left out. Raises `SettingsError` where `out` lies
    in the project: what is a publisher's does not belong there.
    """
    must_be_outside(out)
    must_be_right(corpora, lexicon)
    files: dict[str, list[dict[str, Any]]] = {name: [] for name in (*SPLITS, HELD)}  # Any: JSON of labels
    counts: Counter[str] = Counter()
    for part, source in ((POOL, "pool"), (HOLDOUT, HELD), (ARTICLES, "articles")):
        if not (corpora / part).exists():
            continue
        found = read_gold(corpora / part, texts)
        counts.update(missing=found.n_missing, changed=found.n_changed)
        for row in found.rows:
            side = HELD if source == HELD else row.get("split")
            if side not in files:
                raise ReadError(
                    f"{corpora / part}: {row['id']} has no split; labtape corpus split gives it one"
                )
            files[side].append({**row, "source": source})
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise SettingsError(f"{out}: cannot be written there ({e.strerror}); give a folder") from e
    for name, rows in files.items():
        write_rows(out / f"{name}.jsonl", rows)
    return Joined({name: len(rows) for name, rows in files.items()}, counts["missing"], counts["changed"])
