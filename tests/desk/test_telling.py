"""What a desk tells about its stories."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from labtape.desk import Desk
from labtape.exceptions import ReadError
from labtape.settings import Settings
from labtape.types import Feed

NOW = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)
ITEMS = (
    ("1", "Nvidia falls 5% as Washington tightens chip exports to China", "Nvidia shares fell 5% on Tuesday after Washington put new licences on exports of accelerators to China.", 150),
    ("2", "Nvidia drops 5% on tighter US chip export rule for China", "Nvidia lost 5% on Tuesday. The rule puts licences on exports of accelerators to China, Washington said.", 148),
    ("3", "OpenAI cuts the price of its API by 20%", "OpenAI said it cuts the price of its API by 20% from July for all customers.", 5),
    ("4", "Nvidia warns of a new US export licence for accelerators to China", "Nvidia told investors that exports of accelerators to China need another licence now.", 2),
)  # fmt: skip


def feed(tmp_path, name, *items):
    body = "".join(
        f"<item><title>{title}</title><link>https://{name}.example/{guid}</link><guid>{name}-{guid}</guid>"
        f"<pubDate>{NOW - timedelta(hours=ago):%a, %d %b %Y %H:%M:%S} GMT</pubDate><description>{text}</description></item>"
        for guid, title, text, ago in items
    )
    path = tmp_path / f"{name}.xml"
    path.write_text(
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{name}</title>{body}</channel></rss>',
        "utf-8",
    )
    return Feed(path.as_uri(), publisher=name)


@pytest.fixture
def desk(tmp_path):
    with Desk.open("memory:", settings=Settings(bundle="rules"), clock=lambda: NOW) as desk:
        desk.run([feed(tmp_path, "one", *ITEMS[::2]), feed(tmp_path, "two", *ITEMS[1::2])])
        yield desk


def by_title(desk, words):
    return next(r.id for r in desk.records() if words in r.title)


def test_a_story_is_found_by_its_id_and_by_that_or_the_address_of_an_article(desk):
    article = by_title(desk, "falls 5%")
    found = desk.story(article)
    assert desk.story(found.id) == found
    assert desk.story("https://one.example/1") == found
    assert article in found.article_ids


def test_two_tellings_of_one_event_are_two_sources(desk):
    found = desk.story(by_title(desk, "falls 5%"))
    assert (len(found.article_ids), found.n_origins) == (2, 2)
    assert found.summary


def test_all_stories_are_told_the_latest_first(desk):
    found = list(desk.stories())
    assert sorted(id_ for s in found for id_ in s.article_ids) == sorted(r.id for r in desk.records())
    assert [s.last_at for s in found] == sorted((s.last_at for s in found), reverse=True)
    assert all(s.changes is None for s in found)


def test_since_leaves_out_what_is_not_told_any_more_and_says_what_is_new(desk):
    found = list(desk.stories(since=NOW - timedelta(hours=10)))
    assert len(found) == 2
    assert all(s.changes.is_new for s in found)


def test_related_stories_are_others(desk):
    article = by_title(desk, "warns of a new")
    found = desk.related(article)
    assert desk.story(by_title(desk, "falls 5%")).id in [r.story_id for r in found]
    assert desk.story(article).id not in [r.story_id for r in found]


def test_an_unknown_id_is_refused_with_those_that_begin_alike(desk):
    known = desk.story(by_title(desk, "OpenAI")).id
    with pytest.raises(ReadError, match=f"no story or article '{known[:9]}xyz' here; near: {known}"):
        desk.story(known[:9] + "xyz")


@pytest.mark.parametrize("id_", ["", "zzzzzzzz", "x" * 10_000])
def test_an_id_like_no_other_is_refused_with_where_to_look(desk, id_):
    with pytest.raises(ReadError, match="`labtape stories` lists them"):
        desk.story(id_)


def test_what_went_into_another_story_is_found_there(desk):
    from dataclasses import replace

    first, second = desk.story(by_title(desk, "falls 5%")), desk.story(by_title(desk, "warns of a new"))
    kept = {s.id: s for s in desk.store.stories()}
    ids = (*first.article_ids, *second.article_ids)
    desk.store.save_stories(
        (
            replace(kept[first.id], article_ids=ids),
            replace(kept[second.id], article_ids=(), merged_into=first.id),
        )
    )
    assert desk.story(second.id).id == first.id
    assert second.id not in [s.id for s in desk.stories()]
    assert second.id not in [r.story_id for r in desk.related(first.id)]


def test_an_empty_desk_tells_nothing():
    with Desk.open("memory:", settings=Settings(bundle="rules"), clock=lambda: NOW) as desk:
        assert list(desk.stories()) == []
