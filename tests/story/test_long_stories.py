"""Stories that are told for weeks, or by thousands: they stay one story, and what is remembered of them stays small."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from labtape.story import Grouper
from labtape.story.grouper import SMALL
from labtape.types import Annotated, Article, Story

START = datetime(2026, 6, 1, 8, tzinfo=UTC)
WINDOW = timedelta(hours=72)
STRIKE = (
    "dockers", "strike", "harbour", "Rotterdam", "wages", "cranes", "union", "containers", "talks", "pickets", "backlog", "ships",
)  # fmt: skip


def telling(k: int, *, hours: float | None) -> Annotated:
    """An article on one strike in words of its own: two thirds of them are the strike's."""
    random = Random(k)
    words = [*random.sample(STRIKE, 9), *("".join(random.choices("aeioklmnrst", k=9)) for _ in range(4))]
    at = None if hours is None else START + timedelta(hours=hours)
    text = f"{' '.join(random.sample(words, len(words))).capitalize()}."
    title = f"Dockers strike {' '.join(random.sample(STRIKE[2:], 3))}"
    return Annotated(
        Article(f"d{k}", title, text, publisher=f"Outlet {k}", published_at=at, language="en"), "en"
    )


def standing(grouper: Grouper, id_: str) -> Story:
    return next(story for story in grouper.stories() if story.id == id_)


def test_a_story_of_two_months_stays_one_and_only_its_last_two_windows_are_compared():
    grouper = Grouper(WINDOW)
    every, n = 3.0, 480
    placed = [grouper.add(telling(k, hours=every * k)) for k in range(n)]
    assert {p.id for p in placed} == {placed[0].id}
    assert [p.n_articles for p in placed] == list(range(1, n + 1))
    assert placed[-1].n_origins == n
    story = standing(grouper, placed[0].id)
    assert story.article_ids == tuple(f"d{k}" for k in range(n))
    assert (story.first_at, story.last_at) == (START, START + timedelta(hours=every * (n - 1)))
    in_two_windows = 2 * WINDOW / timedelta(hours=every)
    assert in_two_windows <= grouper._terms.n_articles <= in_two_windows + SMALL + n // 20
    assert len(grouper._terms) < 5 * grouper._terms.n_articles


def test_what_was_let_go_keeps_its_place_and_counts_once():
    grouper = Grouper(WINDOW)
    first = grouper.add(telling(0, hours=0))
    for k in range(1, 200):
        grouper.add(telling(k, hours=3.0 * k))
    assert grouper._terms.n_articles < 200
    assert grouper.add(telling(0, hours=0)) == first
    assert standing(grouper, first.id).article_ids.count("d0") == 1


def test_a_long_story_closes_like_every_other_one():
    grouper = Grouper(WINDOW)
    for k in range(200):
        grouper.add(telling(k, hours=3.0 * k))
    late = 3.0 * 200 + 24 * 30
    for k in range(3):  # each article looks at two stories
        at = START + timedelta(hours=late + 200 * k)
        grouper.add(Annotated(Article(f"o{k}", f"Owls {k}", f"Owl number {k} hoots.", published_at=at), "en"))
    (closed,) = (story for story in grouper.take_closed() if len(story.article_ids) > 1)
    assert closed.article_ids == tuple(f"d{k}" for k in range(200))
    assert not any(id_.startswith("d") for id_ in grouper._placed)
    assert grouper._terms.n_articles == len(grouper._placed)


@pytest.mark.parametrize("older_is_long", [True, False])
def test_two_stories_go_together_with_what_was_let_go(older_is_long: bool):
    """The strike is known as two stories, one of them long; an article belongs to both."""
    grouper = Grouper(WINDOW)
    long_, short = ("s-old", "s-young") if older_is_long else ("s-young", "s-old")
    n, at = 200, [*range(0, 590, 50), *range(590, 599)]
    told = [(3.0 * k, long_, k) for k in range(n)] + [(hours, short, n + k) for k, hours in enumerate(at)]
    for hours, id_, k in sorted(told, key=lambda one: (one[0], one[1])):  # "s-old" is founded first
        grouper.seed(telling(k, hours=hours), Story(id_, (f"d{k}",), START, START))
        grouper._evict()
    last = n + len(at)
    placed = grouper.add(telling(last, hours=3.0 * n))
    old, young = standing(grouper, "s-old"), standing(grouper, "s-young")
    assert placed.id == "s-old"
    assert placed.n_articles == last + 1
    assert young.article_ids == ()
    assert young.merged_into == "s-old"
    assert set(old.article_ids) == {f"d{k}" for k in range(last + 1)}
    assert sorted(id_ for origin in old.origins for id_ in origin) == sorted(old.article_ids)
    (merged,) = (change for change in old.history if change.kind == "merged")
    assert len(merged.article_ids) in ((len(at), len(at) + 1) if older_is_long else (n, n + 1))
    assert grouper.add(telling(0, hours=0)).id == "s-old"


def test_a_flood_without_dates_does_not_crowd_out_other_stories():
    """Of the articles that may be remembered a flood keeps its latest ones, so that others are remembered as well."""
    grouper = Grouper(WINDOW, most=400)
    others = [
        Annotated(Article(f"o{k}", f"{word}s return to the mill", f"{word}s nest in the mill again, a watcher says."), "en")
        for k, word in enumerate(("Owl", "Heron", "Kestrel", "Swallow", "Jackdaw") * 2)
    ]  # fmt: skip
    flood = [grouper.add(telling(k, hours=None)) for k in range(200)]
    first = [grouper.add(other).id for other in others[:5]]
    flood += [grouper.add(telling(k, hours=None)) for k in range(200, 399)]
    assert grouper._terms.n_articles <= 400
    assert {p.id for p in flood} == {flood[0].id}
    assert all(a.n_articles < b.n_articles for a, b in pairwise(flood))
    assert [grouper.add(other).id for other in others[5:]] == first
    grouper.add(telling(399, hours=None))
    assert grouper._terms.n_articles < 200
