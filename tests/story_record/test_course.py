"""Counts and phases of a story."""

from __future__ import annotations

import pytest

from labtape.story_record.course import counts, phase

from .told import article, hours, record, told


def test_articles_are_counted_over_five_spans_that_end_now() -> None:
    times = [hours(h) for h in (0, 50, 100, 140, 160)]
    found = counts(times, now=hours(160))
    assert (found.h12, found.h24, found.h72, found.h120, found.h168, found.all) == (1, 2, 3, 4, 5, 5)


def test_an_article_at_the_edge_of_a_span_is_in_it() -> None:
    assert counts([hours(0)], now=hours(12)).h12 == 1
    assert counts([hours(0)], now=hours(12.01)).h12 == 0


def test_what_was_published_after_now_is_not_counted_as_recent() -> None:
    assert counts([hours(0), hours(5)], now=hours(1)).h12 == 1


@pytest.mark.parametrize(
    ("came", "last", "now", "name"),
    [
        ((0,), 0, 1, "breaking"),
        ((0, 4), 4, 5, "breaking"),
        ((0,), 0, 4, "developing"),  # nobody new for three hours
        ((0,), 5, 5.5, "developing"),  # still told, by the same one
        ((0, 7), 7, 8, "developing"),
        ((0, 30), 30, 50, "sustained"),
        ((0, 30), 30, 54.5, "fading"),
        ((0,), 0, 24, "fading"),
        ((0,), 0, -3, "breaking"),  # a clock that is behind
    ],
)
def test_the_phase_follows_from_age_silence_and_new_sources(
    came: tuple[float, ...], last: float, now: float, name: str
) -> None:
    assert phase(hours(0), hours(last), [hours(h) for h in came], hours(now)).name == name


def test_the_phase_says_why() -> None:
    assert phase(hours(0), hours(2), [hours(0), hours(2)], hours(3)).why == (
        "first told 3 h ago, last 1 h ago; the latest independent source came 1 h ago"
    )


def test_a_copy_is_no_new_source() -> None:
    text = "The price of the Lumen interface rises by a tenth in July, the firm told its customers in letters on Monday."
    first = article("a", "Lumen costs more", text, publisher="Paper One")
    copy = article("b", "Lumen costs more", text, publisher="Paper Two", at=5)
    found = told(*((a, record(a)) for a in (first, copy)), now=hours(5.5))
    assert found.n_origins == 1
    assert found.phase.name == "developing"
