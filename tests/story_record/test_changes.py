"""What came since some time."""

from __future__ import annotations

from labtape.types import StoryChange

from .told import article, hours, record, share, story, told


def pair(id_: str, at: float, publisher: str | None = None, *, figure: str = "", **given):
    text = f"Own words of {id_}. {figure}"
    a = article(id_, f"Title {id_}", text, publisher=publisher or f"P{id_}", at=at)
    shares = (share(a, figure, float(figure.rstrip("%"))),) if figure else ()
    return a, record(a, shares=shares, **given)


def test_without_a_time_nothing_is_said_of_changes() -> None:
    assert told(pair("a", 0)).changes is None


def test_what_came_after_it_is_new() -> None:
    found = told(pair("a", 0, figure="61%"), pair("b", 10, figure="40%"), since=hours(5)).changes
    assert (found.article_ids, found.origins, len(found.figures), found.is_new) == (("b",), ("b",), 1, False)


def test_a_later_article_of_a_known_source_is_no_new_source() -> None:
    pairs = pair("a", 0, "P1"), pair("b", 10, "P1")
    found = told(*pairs, since=hours(5), story=story(tuple(r for _, r in pairs), (("a", "b"),))).changes
    assert (found.article_ids, found.origins) == (("b",), ())


def test_a_story_that_began_later_is_new_altogether() -> None:
    found = told(pair("a", 10), since=hours(5)).changes
    assert found.is_new
    assert found.moved is None


def test_a_verdict_that_went_over_says_from_where_to_where() -> None:
    found = told(pair("a", 0), pair("b", 10, down=0.9), pair("c", 11, down=0.9), since=hours(5)).changes
    assert (found.moved.from_label, found.moved.to_label) == ("Neutral", "Bearish")
    assert found.moved.to_score < found.moved.from_score


def test_a_verdict_that_stays_is_not_told() -> None:
    assert told(pair("a", 0, up=0.8), pair("b", 10, up=0.7), since=hours(5)).changes.moved is None


def test_stories_that_came_together_or_apart_are_told() -> None:
    pairs = (pair("a", 0), pair("b", 10))
    history = (
        StoryChange("merged", hours(1), "s0"),
        StoryChange("merged", hours(9), "s2", ("b",)),
        StoryChange("split", hours(10), "s3", ("x", "y")),
    )
    one = story(tuple(r for _, r in pairs), history=history)
    assert told(*pairs, since=hours(5), story=one).changes.merges == (
        "took in s2 (1 article)", "split with s3 (2 articles)",
    )  # fmt: skip
