"""The demo's stories: the retold figure is one of them, and a report that comes every week is a new one every week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from labtape.demo import demo_desk
from labtape.settings import Settings


@pytest.fixture(scope="module")
def story_by_title() -> Iterator[Mapping[str, str]]:
    with demo_desk(Settings(bundle="market3-fast")) as desk:
        titles = {record.id: record.title for record in desk.run().records}
        yield {titles[id_]: story.id for story in desk.store.stories() for id_ in story.article_ids}


def test_the_figure_is_one_story_in_whatever_words_and_language_it_is_told(story_by_title):
    retold = [
        title for title in story_by_title if "OpenRouter" in title and ("61%" in title or "busiest" in title)
    ]
    assert len(retold) >= 4
    assert len({story_by_title[title] for title in retold}) == 1


def test_the_weekly_report_is_another_story_every_week(story_by_title):
    weeks = [title for title in story_by_title if title.startswith("Router weekly")]
    assert len(weeks) == 3
    assert len({story_by_title[title] for title in weeks}) == 3


def test_two_companies_quarters_are_two_stories(story_by_title):
    broadcom, micron = (
        next(story for title, story in story_by_title.items() if title.startswith(start))
        for start in ("Broadcom beats", "Micron guides")
    )
    assert broadcom != micron
