"""Stories window by window are those of one pass."""

import random
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from labtape.batch import Tools, group_window, join_windows, score_frame, stories_over
from labtape.batch.windows import Slice, Window, annotated_rows, slices_of
from labtape.exceptions import SettingsError
from labtape.story import Grouper, story_id
from labtape.types import Annotated, Article, Mention, Story

START = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVENTS = [
    ("Nvidia", "Nvidia cuts guidance by $4.5 billion after Washington halts H20 chips for Shenzhen buyers"),
    ("Zhipu", "Zhipu raises 3.1 billion yuan from Chengdu state fund to train its next open model"),
    ("Mistral", "Mistral opens Bruyeres data centre with 18,000 accelerators near Paris"),
    ("OpenAI", "OpenAI outage of nine hours leaves voice assistants silent across Europe on Tuesday"),
    ("Anthropic", "Anthropic signs Lagos ministry deal for 40 schools to use Claude tutors"),
    ("DeepSeek", "DeepSeek halves night prices of its reasoning interface to undercut rivals in Hangzhou"),
]


def told(event, k, hours, outlet="Outlet"):
    """The k-th telling of an event, so many hours after the start."""
    lab, words = EVENTS[event]
    text = f"{words}. The report number {k} from the newsroom adds detail on {words.split()[-1]}."
    article = Article(
        f"{event}-{k}",
        words,
        text,
        publisher=f"{outlet} {k}",
        published_at=START + hours * HOUR,
        published_precision="minute",
    )
    mention = Mention(
        0, len(lab), lab, f"lab:{lab.lower()}", f"lab:{lab.lower()}", "subject", True, 0.9, "made"
    )
    return Annotated(article, "en", mentions=(mention,))


def one_pass(annotated):
    grouper = Grouper()
    for a in sorted(annotated, key=lambda a: (a.article.published_at, a.article.id)):
        grouper.add(a)
    return tuple(story for story in grouper.stories() if story.article_ids)


def grouped(stories):
    return {frozenset(story.article_ids) for story in stories}


# Each event told every 9 hours for four days, the next one beginning a day later.
ARCHIVE = [told(event, k, 24 * event + 9 * k) for event in range(len(EVENTS)) for k in range(11)]


@pytest.mark.parametrize("step", [12 * HOUR, 24 * HOUR, 100 * HOUR])
def test_windows_joined_are_the_stories_of_one_pass(step):
    stories = stories_over(ARCHIVE, step=step)
    wanted = one_pass(ARCHIVE)
    assert grouped(stories) == grouped(wanted)
    assert len(stories) == len(EVENTS)
    assert {s.id for s in stories} == {s.id for s in wanted}
    assert [(s.first_at, s.last_at) for s in stories] == [(s.first_at, s.last_at) for s in wanted]


def test_every_article_is_in_one_story():
    ids = [id_ for story in stories_over(ARCHIVE) for id_ in story.article_ids]
    assert sorted(ids) == sorted(a.article.id for a in ARCHIVE)


def test_the_order_that_articles_come_in_changes_nothing():
    shuffled = ARCHIVE[:]
    random.Random(7).shuffle(shuffled)
    assert stories_over(shuffled) == stories_over(ARCHIVE)


def test_windows_may_be_grouped_by_others_in_any_order_and_joined():
    slices = list(slices_of(ARCHIVE))
    windows = sorted((group_window(s) for s in reversed(slices)), key=lambda w: w.begin)
    assert tuple(sorted(join_windows(windows), key=lambda s: (s.first_at, s.id))) == stories_over(ARCHIVE)


def test_copies_are_one_origin_over_the_border_of_windows():
    copies = [told(0, 1, 20), told(0, 2, 30), told(0, 3, 50)]
    text = copies[0].article.text
    copies = [Annotated(_with_text(a.article, text), "en", mentions=a.mentions) for a in copies]
    (story,) = stories_over(copies)
    assert story.origins == (story.article_ids,)


def _with_text(article, text):
    from dataclasses import replace

    return replace(article, text=text)


def test_stories_apart_by_more_than_the_window_are_two():
    assert len(stories_over([told(0, 1, 0), told(0, 2, 24 * 9)])) == 2


def test_a_slice_holds_its_own_articles_and_the_window_before():
    slices = list(slices_of(ARCHIVE))
    for one in slices:
        ids = {a.article.id for a in one.articles}
        assert ids == {
            a.article.id for a in ARCHIVE if one.begin - 72 * HOUR <= a.article.published_at < one.end
        }
    assert [s.begin for s in slices] == sorted({s.begin for s in slices})


def test_days_without_articles_make_no_window():
    assert [s.begin.day for s in slices_of([told(0, 1, 0), told(1, 2, 24 * 5)])] == [1, 6]


def test_nothing_gives_nothing():
    assert stories_over([]) == ()


# ---------------------------------------------------------------- joining alone


def window(day, own, *stories):
    begin = START + day * 24 * HOUR
    made = tuple(
        Story(story_id(ids[0]), tuple(ids), begin, begin + HOUR, origins=tuple((i,) for i in ids))
        for ids in stories
    )
    return Window(begin, begin + 24 * HOUR, made, frozenset(own))


def joined(*windows):
    return [sorted(s.article_ids) for s in sorted(join_windows(windows), key=lambda s: s.id)]


def test_later_articles_join_by_what_both_windows_hold():
    assert joined(window(0, "ab", "ab"), window(1, "c", "bc")) == [["a", "b", "c"]]


def test_two_stories_that_a_later_window_sees_as_one_are_one():
    assert joined(window(0, "abcd", "ab", "cd"), window(1, "e", "abcde")) == [list("abcde")]


def test_one_stray_article_joins_no_stories():
    first = window(0, "abcdefg", "abc", "defg")
    assert sorted(joined(first, window(1, "h", "abcdh", "efg"))) == [list("abch"), list("defg")]


def test_what_no_later_window_can_reach_is_handed_over():
    windows = iter([window(0, "a", "a"), window(9, "b", "b"), window(10, "c", "bc")])
    found = join_windows(windows)
    assert next(found).article_ids == ("a",)
    assert [s.article_ids for s in found] == [("b", "c")]


def test_windows_out_of_order_are_refused():
    with pytest.raises(
        SettingsError, match=r"window of 2026-06-01T00:00Z: comes after that of 2026-06-03T00:00Z"
    ):
        list(join_windows([window(2, "a", "a"), window(0, "b", "b")]))


def test_a_step_of_nothing_is_refused():
    with pytest.raises(SettingsError, match="longer than nothing"):
        stories_over(ARCHIVE, step=timedelta(0))


# ---------------------------------------------------------------- from tables


def test_scored_frames_are_grouped_without_annotating_again():
    now = datetime(2026, 7, 1, tzinfo=UTC)
    rows = [
        {
            "id": a.article.id,
            "title": a.article.title,
            "text": a.article.text,
            "published_at": a.article.published_at,
        }
        for a in ARCHIVE[:22]
    ]
    frame = pd.DataFrame([*rows, {"title": None}])
    scored = score_frame(frame, tools=Tools(bundle="rules"), now=now)
    again = annotated_rows(frame, scored, now=now)
    assert [a.article.id for a in again] == [row["id"] for row in rows]
    assert all(a.mentions for a in again)
    assert grouped(stories_over(again)) == grouped(one_pass(again))


def test_frames_that_do_not_belong_together_are_refused():
    frame = pd.DataFrame({"title": ["a", "b"]})
    with pytest.raises(SettingsError, match="frame has 2 rows, scored 1"):
        annotated_rows(frame, frame.iloc[:1], now=START)
    with pytest.raises(SettingsError, match="no column 'language'"):
        annotated_rows(frame, frame, now=START)


def test_a_slice_may_be_made_by_hand():
    given = Slice(START + 24 * HOUR, START + 48 * HOUR, tuple(told(0, k, 9 * k) for k in range(5)))
    assert group_window(given).own == {"0-3", "0-4"}
