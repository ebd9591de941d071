"""Which side of the split an article stands on: by story and by time.

    stories that gold-dev or the held-out articles tell -> apart (neither learned from nor tested on)
    stories that reach the last two months              -> test
    a tenth of the others, by digest                    -> dev
    the rest                                            -> train

A story never stands on two sides. What has no date, or only a year, is old: the pool's undated articles are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from labtape.corpus.form import SPLITS

TEST_MONTHS: Final = 2
DEV_PART: Final = 10


@dataclass(frozen=True, slots=True)
class Dated:
    """An article as the split sees it: key, story, day or month of publication."""

    key: str
    story: str
    published: str | None
    is_held: bool = False


def split(articles: Sequence[Dated], *, last_month: str) -> Mapping[str, str]:
    """The side of every article by its key; `last_month` (2026-08) ends the test.

    >>> made = split([Dated("a", "s1", "2026-08-02"), Dated("b", "s1", "2026-06-30"), Dated("c", "s2", "2025-01-03")],
    ...              last_month="2026-08")
    >>> made["a"], made["b"], made["c"] in ("train", "dev")
    ('test', 'test', True)
    """
    since = month_before(last_month, TEST_MONTHS - 1)
    sides = {story: _side(story, own, since) for story, own in _by_story(articles).items()}
    return {a.key: sides[a.story] for a in articles}


def _by_story(articles: Iterable[Dated]) -> Mapping[str, list[Dated]]:
    stories: dict[str, list[Dated]] = defaultdict(list)
    for a in articles:
        stories[a.story].append(a)
    return stories


def _side(story: str, articles: Sequence[Dated], since: str) -> str:
    train, dev, test, apart = SPLITS
    if any(a.is_held for a in articles):
        return apart
    if any((a.published or "") >= since for a in articles):
        return test
    return dev if int(sha256(story.encode()).hexdigest(), 16) % DEV_PART == 0 else train


def month_before(month: str, n: int) -> str:
    """The month `n` months earlier.

    >>> month_before("2026-01", 1)
    '2025-12'
    """
    year, number = map(int, month.split("-")[:2])
    count = 12 * year + number - 1 - n
    return f"{count // 12:04d}-{count % 12 + 1:02d}"
