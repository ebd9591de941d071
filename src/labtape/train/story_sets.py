"""News that somebody grouped by event, from disk: two public sets, and pairs of the pool that were read for it.

| set | from | what it holds | order and window |
| --- | --- | --- | --- |
| `ecb_train`, `ecb_dev` | `stories/ecbplus_train_dev.csv` | articles of ECB+ by event | shuffled by seed 1, all at one time |
| `uci` | `stories/uci_news_stories.csv` | headlines of the classes b (business) and t (technology) | by time, 12 hours |
| `pairs` | `pool/pool.jsonl`, `corpora/stories/pairs.jsonl` | pairs: copy, event, related, no | by time, 72 hours |

The folders `stories` and `pool` lie in one folder beside the project.
"""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from labtape.exceptions import ReadError
from labtape.read import article_from_row
from labtape.train.gold import digest_of, rows_with_places
from labtape.types import Annotated, Article

ECB_PLUS: Final = Path("stories") / "ecbplus_train_dev.csv"
UCI: Final = Path("stories") / "uci_news_stories.csv"
POOL: Final = Path("pool") / "pool.jsonl"
SPLITS: Final = ("train", "dev")
#: How two articles of a pair are related; the first two are one story.
COPY, EVENT, RELATED, NO = "copy", "event", "related", "no"
SAME: Final = (COPY, EVENT)
RELATIONS: Final = (COPY, EVENT, RELATED, NO)
WINDOW: Final = timedelta(hours=72)
#: When articles of ECB+ are placed, all of them.
AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
#: Behind the last article of the pool: none of its dates lies ahead.
READ: Final = datetime(2026, 12, 1, tzinfo=UTC)
#: Milliseconds; a time of UCI lies between 1970 and 2100.
_LATEST: Final = 4_102_444_800_000


@dataclass(frozen=True, slots=True)
class StorySet:
    """Articles in the order they are placed in, and the true story of each."""

    name: str
    articles: tuple[Annotated, ...]
    truth: tuple[str, ...]
    window: timedelta = WINDOW


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles by id, and how they are related."""

    first: str
    second: str
    relation: str


@dataclass(frozen=True, slots=True)
class PairSet:
    """Pairs with all the articles they were drawn from, oldest first; `n_lost` pairs had no text, or another than was read."""

    articles: tuple[Article, ...]
    pairs: tuple[Pair, ...]
    n_lost: int = 0


def read_story_sets(shared: Path) -> tuple[StorySet, ...]:
    """The public sets of `shared`; raises `ReadError` where the folder or a file is absent, with what is needed."""
    check_shared(shared)
    ecb = shared / ECB_PLUS
    return (*(read_ecb_plus(ecb, split) for split in SPLITS), read_uci(shared / UCI))


def check_shared(shared: Path) -> None:
    """Raise `ReadError` unless everything that is measured lies there."""
    absent = [str(path) for path in (ECB_PLUS, UCI, POOL) if not (shared / path).is_file()]
    if absent:
        what = f"has no {', '.join(absent)}" if shared.is_dir() else "no such folder"
        raise ReadError(
            f"{shared}: {what}; needs {ECB_PLUS}, {UCI} and {POOL} (the texts of the own pairs); name it with --shared"
        )


def shipped_pairs() -> Path:
    """The own pairs, in the source tree; an installed labtape has none."""
    return Path(__file__).parents[3] / "corpora" / "stories" / "pairs.jsonl"


# ---------------------------------------------------------------- the public sets


def read_ecb_plus(path: Path, split: str) -> StorySet:
    """One split of ECB+: an article's first sentence is its title. Raises `ReadError` with the line."""
    rows = []
    for place, row in _csv_rows(path, ("first_sentence", "text", "event", "split")):
        if row["split"] not in SPLITS:
            raise ReadError(f"{place}: split '{row['split']}'; have: {', '.join(SPLITS)}")
        if row["split"] == split:
            rows.append((row["first_sentence"], row["text"], _told(row, "event", place)))
    if not rows:
        raise ReadError(f"{path}: holds no article of the split {split}")
    random.Random(1).shuffle(rows)  # noqa: S311  # an order, not a secret
    articles = (Article(str(k), title, text, published_at=AT) for k, (title, text, _) in enumerate(rows))
    return StorySet(f"ecb_{split}", tuple(Annotated(a, "en") for a in articles), tuple(r[2] for r in rows))


def read_uci(path: Path) -> StorySet:
    """The headlines about business and technology, oldest first. Raises `ReadError` with the line."""
    rows = []
    for place, row in _csv_rows(path, ("text", "story", "category", "ts")):
        at = _moment(row["ts"], place)
        if row["category"] in ("b", "t"):
            rows.append((at, _told(row, "text", place), _told(row, "story", place)))
    if not rows:
        raise ReadError(f"{path}: holds no headline of the categories b and t")
    rows.sort()
    articles = (Article(str(k), title, "", published_at=at) for k, (at, title, _) in enumerate(rows))
    return StorySet(
        "uci", tuple(Annotated(a, "en") for a in articles), tuple(r[2] for r in rows), timedelta(hours=12)
    )


def _csv_rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The rows of a CSV with `file:line`, each with all of these columns."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise ReadError(f"{path}:1: no column {', '.join(missing)}; need {', '.join(columns)}")
            for row in reader:
                place = f"{path}:{reader.line_num}"
                short = [name for name in columns if row[name] is None]
                if short:
                    raise ReadError(f"{place}: ends before {short[0]}; need {', '.join(columns)}")
                yield place, row
    except OSError as e:
        raise ReadError(f"{path}: cannot be read: {e.strerror}") from e
    except (UnicodeDecodeError, csv.Error) as e:
        raise ReadError(f"{path}: no CSV in UTF-8: {e}") from e


def _told(row: Mapping[str, str], column: str, place: str) -> str:
    if not row[column].strip():
        raise ReadError(f"{place}: {column} is empty; every article has one")
    return row[column]


def _moment(cell: str, place: str) -> datetime:
    try:
        milliseconds = float(cell)
    except ValueError:
        milliseconds = math.nan
    if not 0 <= milliseconds < _LATEST:
        raise ReadError(f"{place}: ts '{cell[:40]}' is no time; milliseconds since 1970, as 1394470370698")
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


# ---------------------------------------------------------------- own pairs


def read_pair_set(pairs: Path, pool: Path) -> PairSet:
    """The pairs, with every article of the pool that has a title and a day; raises `ReadError` with the line."""
    told = [(_pair(row, place), row) for place, row in rows_with_places(pairs)]
    wanted = {
        (id_, row.get(f"{side}_sha256"))
        for pair, row in told
        for side, id_ in (("first", pair.first), ("second", pair.second))
    }
    articles: dict[str, Article] = {}
    digests: dict[str, str] = {}
    for place, row in rows_with_places(pool):
        if row.get("title") and len(row.get("published") or "") >= len("2026-01-01"):
            article, digest = article_from_row(row, place=place, now=READ), digest_of(row)
            if (article.id, digests.get(article.id)) in wanted:
                continue  # met with two texts: the one that was read stays
            articles[article.id], digests[article.id] = article, digest
    kept = tuple(
        pair
        for pair, _ in told
        if all((id_, digests.get(id_)) in wanted for id_ in (pair.first, pair.second))
    )
    if not kept:
        raise ReadError(f"{pool}: has the texts of none of the {len(told)} pairs in {pairs}")
    ordered = sorted(articles.values(), key=lambda a: (a.published_at or READ, a.id))
    return PairSet(tuple(ordered), kept, len(told) - len(kept))


def _pair(row: Mapping[str, object], place: str) -> Pair:
    first, second, relation = row.get("first"), row.get("second"), row.get("relation")
    if not isinstance(first, str) or not isinstance(second, str) or first == second:
        raise ReadError(f"{place}: first and second must be the ids of two articles")
    if relation not in RELATIONS:
        raise ReadError(f"{place}: relation '{relation}'; have: {', '.join(RELATIONS)}")
    return Pair(first, second, str(relation))
