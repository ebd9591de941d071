"""What was told and does not hold any more, by articles that were corrected or taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.test_desk import ITEMS, SHARE, START, WIRE, Clock, Shelf, rss
from labtape.batch import Tools
from labtape.crawl.engine import Limits
from labtape.desk import Change, Desk, correction_words, corrections
from labtape.desk.reissue import reissued
from labtape.exceptions import ReadError, StoreError
from labtape.lexicon import lexicon
from labtape.store import open_store
from labtape.types import Feed, Story, StoryChange

OTHER = Feed("https://other.example/rss", publisher="Other")
RETOLD = ("9", "61% of OpenRouter's top ten goes to Chinese models", SHARE, START)
CORRECTED = ("1", ITEMS[0][1], SHARE.replace("61%", "58%"), ITEMS[0][3])


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def desk(shelf):
    """A desk that has told a story of two articles, and another one."""
    limits = Limits(delay=0, pages="never", processes=0)
    tools = Tools(bundle="rules")
    with Desk(open_store("memory:"), tools=tools, fetcher=shelf, clock=Clock(), limits=limits) as desk:
        shelf.bodies[WIRE.url] = rss(*ITEMS)
        desk.run([WIRE])
        shelf.bodies[OTHER.url] = rss(RETOLD)
        desk.run([OTHER])
        yield desk


def correct(desk, shelf):
    shelf.bodies[WIRE.url] = rss(CORRECTED, ITEMS[1])
    (record,) = desk.run([WIRE]).records
    return record


def test_nothing_is_corrected_until_something_is(desk):
    assert desk.corrections() == ()
    assert desk.corrections(since=START) == ()


def test_a_revision_is_listed_with_the_story_the_claim_and_what_they_were(desk, shelf):
    before = desk.clock()
    record = correct(desk, shelf)
    (found,) = desk.corrections(since=before)
    assert desk.corrections() == (found,)
    assert (found.kind, found.article_id, found.revisions, found.why) == ("revised", record.id, (1, 2), None)
    assert found.at == record.scored_at
    assert found.stories == (
        Change(record.story.id, "2 articles, revision 1 of it", "2 articles, revision 2 of it"),
    )
    left, came = found.claims
    assert left.old.startswith("about 61% of tokens")
    assert left.old.endswith("single, 2 sightings")
    assert left.new.endswith("single, 1 sighting")
    assert (came.old, came.new.partition(" of ")[0]) == (None, "about 58%")
    assert desk.corrections(since=desk.clock()) == ()


def test_a_claim_that_only_the_corrected_article_made_is_set_beside_its_new_figure(desk, shelf):
    twin = next(r.id for r in desk.records() if r.publisher == "Other")
    desk.retract(twin, why="a copy")
    before = desk.clock()
    correct(desk, shelf)
    (found,) = desk.corrections(since=before)
    (claim,) = found.claims
    assert claim.what == "Chinese providers"
    assert claim.old.startswith("about 61%")
    assert claim.new.startswith("about 58%")


def test_a_retraction_is_listed_with_its_reason_and_what_is_not_said_any_more(desk):
    record = next(r for r in desk.records() if "Nvidia" in r.title)
    desk.retract(record.url, why="a hoax")
    (found,) = desk.corrections()
    assert (found.kind, found.why, found.revisions) == ("retracted", "a hoax", (1, None))
    (story,) = found.stories
    assert story == Change(record.story.id, "1 article, revision 1 of it", "0 articles without it")
    assert found.signals[0].what == f"verdict on {record.verdict.target}"
    assert found.signals[0].old.startswith(record.verdict.label)
    assert all(change.new is None for change in found.signals)
    lines = correction_words(found)
    assert "(retracted: a hoax)" in lines[0]
    assert lines[1] == f"  story {record.story.id}: 1 article, revision 1 of it → 0 articles without it"
    assert lines[2].endswith("→ not said any more")


def test_what_was_corrected_later_is_not_a_correction_of_the_time_before(desk, shelf):
    correct(desk, shelf)
    record = next(r for r in desk.records() if "Nvidia" in r.title)
    between = desk.clock()
    desk.retract(record.id, why="a hoax")
    assert [c.kind for c in desk.as_of(between).corrections()] == ["revised"]
    assert [c.kind for c in desk.corrections(since=between)] == ["retracted"]
    assert [c.kind for c in desk.corrections()] == ["revised", "retracted"]


def test_a_retracted_article_leaves_story_ledger_and_digest_and_stays_in_the_store(desk):
    record = next(r for r in desk.records() if r.publisher == "Wire" and "61%" in r.title)
    desk.retract(record.id, why="a hoax")
    (story,) = (s for s in desk.store.stories() if s.id == record.story.id)
    assert record.id not in story.article_ids
    assert record.id not in {id_ for origin in story.origins for id_ in origin}
    assert [(c.kind, c.article_ids) for c in story.history] == [("retracted", (record.id,))]
    assert record.id not in {s.article_id for row in desk.shares() for s in row.sightings}
    assert record.id not in {a.id for a in desk.store.articles()}
    assert desk.explain(record.id) == record


def test_a_retracted_article_does_not_come_back_with_the_next_article_of_its_story(desk, shelf):
    record = next(r for r in desk.records() if r.publisher == "Wire" and "61%" in r.title)
    desk.retract(record.id, why="a hoax")
    shelf.bodies[WIRE.url] = rss(
        CORRECTED, ITEMS[1], ("8", "Chinese models at 61% of OpenRouter's top ten", SHARE, START)
    )
    desk.run()
    (story,) = (s for s in desk.store.stories() if s.id == record.story.id)
    assert len(story.article_ids) == 2
    assert record.id not in story.article_ids
    assert [c.kind for c in story.history] == ["retracted"]


def test_a_story_is_a_new_version_when_the_words_of_an_article_change(desk, shelf):
    before = desk.clock()
    record = correct(desk, shelf)
    was, now = (
        next(s for s in store.stories() if s.id == record.story.id)
        for store in (desk.as_of(before).store, desk.store)
    )
    assert was.article_ids == now.article_ids
    assert was.history == ()
    assert [(c.kind, c.article_ids) for c in now.history] == [("revised", (record.id,))]


def test_a_story_that_goes_on_keeps_what_befell_it(desk, shelf):
    record = correct(desk, shelf)
    more = ("8", "Chinese models at 58% of OpenRouter's top ten", CORRECTED[2], START)
    shelf.bodies[OTHER.url] = rss(RETOLD, more)
    desk.run([OTHER])
    (story,) = (s for s in desk.store.stories() if s.id == record.story.id)
    assert [c.kind for c in story.history] == ["revised"]


def test_what_cannot_be_taken_back_is_said(desk):
    with pytest.raises(ReadError, match="no article 'nobody' to take back"):
        desk.retract("nobody", why="a hoax")
    record = next(iter(desk.records()))
    desk.retract(record.id, why="a hoax")
    with pytest.raises(StoreError, match=r"was taken back at 2026-06-03T\S+ already: a hoax"):
        desk.retract(record.url, why="again")


def test_a_record_that_is_scored_again_is_no_correction(desk):
    known = tuple(desk.records())
    again = tuple(replace(r, scored_at=r.scored_at + timedelta(hours=1)) for r in known)
    assert corrections(known, again, (), (), lexicon=lexicon()) == ()


def test_a_story_whose_articles_are_as_they_were_is_not_issued_anew():
    at = START
    merged = StoryChange("merged", at, "t")
    story = Story("s", ("a", "b"), at, at, (("a",), ("b",)), history=(merged,))
    assert reissued([story], known={"s": story}, revised={"c"}, gone={"d"}, at=at) == (story,)


def test_a_story_of_the_grouper_carries_on_what_befell_its_articles():
    at = START
    mine = StoryChange("revised", at, "", ("a",))
    known = Story("s", ("a",), at, at, (("a",),), history=(mine,))
    grown = replace(known, article_ids=("a", "b"), history=(StoryChange("merged", at, "t"),))
    (kept,) = reissued([grown], known={"s": known}, at=at)
    assert [c.kind for c in kept.history] == ["merged", "revised"]
    assert reissued([kept], known={"s": kept}, at=at) == (kept,)
