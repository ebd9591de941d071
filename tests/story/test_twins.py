"""Two events of one kind, which share many words and differ in names and numbers: one story becomes two, and two stay two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from labtape.story import Grouper
from labtape.types import Annotated, Article, Story

START = datetime(2026, 6, 1, 8, tzinfo=UTC)
OPENINGS = (
    "A blaze gutted the",
    "Firemen fought flames all night at the",
    "Smoke hung over the",
    "Dozens of lorries burned beside the",
    "Neighbours were woken by sirens near the",
    "Nobody was hurt, said the owner of the",
)
CLOSINGS = (
    "The cause is being looked into by inspectors.",
    "An electric fault may have set pallets alight.",
    "Insurers will visit the ruin on Monday.",
    "Schools nearby kept their windows shut.",
    "The road was closed until noon.",
    "Staff had left an hour before.",
)
HARBOUR = "Tolworth warehouse in Brackley harbour, where Ostrava Freight stored 340 motors."
VALLEY = "Penhallow warehouse in Merrick valley, where Lindqvist Timber stored 875 doors."


def told(where: str, k: int, *, same_words: bool = False, outlet: str | None = None) -> Annotated:
    n = 0 if same_words else k
    name = f"{where.split()[0].lower()}{k}"
    title = f"Fire at {where.split()[0]} warehouse"
    text = f"{OPENINGS[n]} {where} {CLOSINGS[n]}"
    at = START + timedelta(minutes=10 * k)
    return Annotated(Article(name, title, text, publisher=outlet or f"Outlet {name}", published_at=at), "en")


def grown(mixed: list[Annotated]) -> list[set[str]]:
    """The stories behind these articles, where all were in one."""
    grouper = Grouper()
    for annotated in mixed[:-1]:
        grouper.seed(annotated, Story("s-mixed", (annotated.article.id,), START, START))
    grouper.add(mixed[-1])
    assert len({a.article.id for a in mixed}) == sum(len(s.article_ids) for s in grouper.stories())
    return [set(story.article_ids) for story in grouper.stories() if story.article_ids]


def names(where: str, n: int) -> set[str]:
    return {told(where, k).article.id for k in range(n)}


def test_two_fires_in_one_story_become_two():
    mixed = [told(where, k) for k in range(4) for where in (HARBOUR, VALLEY)]
    assert sorted(grown(mixed), key=sorted) == [names(VALLEY, 4), names(HARBOUR, 4)]


def test_fewer_than_four_tellings_are_too_few_to_split():
    mixed = [*(told(HARBOUR, k) for k in range(5)), *(told(VALLEY, k) for k in range(3))]
    assert grown(mixed) == [names(HARBOUR, 5) | names(VALLEY, 3)]


@pytest.mark.parametrize("change", [{"same_words": True}, {"outlet": "The Brackley Post"}])
def test_copies_and_pieces_of_one_outlet_count_as_one_telling(change):
    mixed = [*(told(HARBOUR, k) for k in range(4)), *(told(VALLEY, k, **change) for k in range(4))]
    assert grown(mixed) == [names(HARBOUR, 4) | names(VALLEY, 4)]


def test_two_stories_of_one_kind_stay_two_though_an_article_is_near_to_both():
    grouper = Grouper()
    for where, story in ((HARBOUR, "s-harbour"), (VALLEY, "s-valley")):
        for k in range(6):
            one = told(where, k)
            shared = Article(
                one.article.id,
                f"{one.article.title} burned all night",
                f"Firemen fought smoke, flames and sirens for hours. {one.article.text}",
                publisher=one.article.publisher,
                published_at=START,
            )
            grouper.seed(Annotated(shared, "en"), Story(story, (one.article.id,), START, START))
    both = Article(
        "both",
        "Fire at a warehouse burned all night",
        "Firemen fought smoke, flames and sirens for hours. The warehouse burned all night; inspectors and insurers look for the cause on Monday.",
        published_at=START,
    )
    grouper.add(Annotated(both, "en"))
    assert len([story for story in grouper.stories() if story.article_ids]) == 2
