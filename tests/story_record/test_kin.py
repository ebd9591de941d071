"""What one might also read, and the last similar event."""

from __future__ import annotations

from dataclasses import replace

from labtape.story_record import related, similar, sketch
from labtape.types import StoryChange

from .told import article, lexicon, record, share, story

PRICE = "Lumen Labs raises the price of its interface for small shops in Lisbon, letters to customers say."
RULE = "A ministry in Oslo wants licences for every export of accelerators, a draft of the rule shows."


def made(id_: str, text: str, at: float, *, labs=("lab:lumen",), events=(), key=None, **given):
    a = article(f"art-{id_}", text.split(",")[0], f"{text} They took 61% of it.", at=at)
    shares = (share(a, "61%", 61.0, key=key),) if key else ()
    r = record(a, labs=labs, events=events, shares=shares, **given)
    one = story((r,), id=id_)
    return one, sketch(one, [r], {a.id: a})


def noise(n: int):
    """Stories about nothing in common, so that what is rare is rare."""
    words = ("orchard", "ferry", "violin", "glacier", "harbour", "pottery", "meadow", "lantern")
    return [
        made(
            f"n{k}",
            f"The {words[k % 8]} of town {k} opens again, {words[(k + 3) % 8]} and all.",
            k,
            labs=("lab:osprey",),
            events=("pricing",),
        )[1]
        for k in range(n)
    ]


def ids(found) -> list[str]:
    return [one.story_id for one in found]


def test_the_next_step_of_a_matter_is_related_and_says_why() -> None:
    own, mine = made("s1", PRICE, 100)
    _, other = made(
        "s2", "Small shops in Lisbon leave Lumen Labs over the price of the interface, a survey says.", 10
    )
    (found,) = related(own, mine, [other, *noise(8)], lexicon=lexicon())
    assert found.story_id == "s2"
    assert found.why == ("shared labs: Lumen Labs", "similar text")


def test_a_shared_share_series_is_a_reason() -> None:
    own, mine = made("s1", PRICE, 100, key="k1", labs=())
    _, other = made("s2", "Another month at the router, a table shows.", 10, key="k1", labs=())
    (found,) = related(own, mine, [other, *noise(8)])
    assert "same share series" in found.why


def test_an_earlier_event_of_an_uncommon_kind_at_the_same_lab_is_a_reason() -> None:
    own, mine = made("s1", PRICE, 100, events=("export_control",))
    _, other = made("s2", "The ferry to Oslo is late, passengers wait.", 10, events=("export_control",))
    (found,) = related(own, mine, [other, *noise(8)], lexicon=lexicon())
    assert "earlier event of the kind “Export control”" in found.why


def test_a_lab_alone_is_no_reason() -> None:
    own, mine = made("s1", PRICE, 100)
    _, other = made("s2", "The ferry to Oslo is late, passengers wait.", 10)
    assert related(own, mine, [other, *noise(8)]) == ()


def test_a_story_is_never_related_to_itself_or_to_what_was_merged_with_it() -> None:
    own, mine = made("s1", PRICE, 100)
    part, into = replace(mine, story_id="s2"), replace(mine, story_id="s3")
    merged = replace(
        own, history=(StoryChange("merged", own.first_at, "s2"), StoryChange("joined", own.first_at, "s3"))
    )
    alike = [replace(s, article_ids=frozenset([f"other-{s.story_id}"])) for s in (part, into)]
    assert related(merged, mine, [mine, *alike]) == ()
    assert len(related(own, mine, [mine, *alike])) == 2


def test_a_story_with_one_of_its_articles_is_the_same_story() -> None:
    own, mine = made("s1", PRICE, 100)
    assert related(own, mine, [replace(mine, story_id="s9")]) == ()


def test_what_is_out_of_scope_is_not_offered() -> None:
    own, mine = made("s1", PRICE, 100)
    _, off = made("s2", PRICE, 10, state="out_of_scope")
    assert related(own, mine, [off]) == ()


def test_no_more_than_asked_for_are_told_the_best_first() -> None:
    own, mine = made("s1", PRICE, 100)
    others = [
        made(f"s{n}", PRICE if n == 7 else f"{PRICE} Town {n} waits for the ferry", n)[1]
        for n in range(2, 12)
    ]
    found = related(own, mine, others, most=3)
    assert len(found) == 3
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_work_is_bounded_by_the_nearest_in_time() -> None:
    own, mine = made("s1", PRICE, 100)
    others = [made(f"s{n}", PRICE, 100 - 10 * n)[1] for n in range(2, 9)]
    assert set(ids(related(own, mine, others, most=9, compared=2))) == {"s2", "s3"}


def test_the_last_similar_event_is_the_nearest_earlier_one() -> None:
    _, mine = made("s1", PRICE, 240, events=("pricing",))
    others = [
        made("s2", RULE, 24, events=("pricing",))[1],
        made("s3", RULE, 120, events=("pricing",))[1],
        made("s4", RULE, 200, events=("export_control",))[1],
        made("s5", RULE, 210, events=("pricing",), labs=("lab:osprey",))[1],
        made("s6", RULE, 250, events=("pricing",))[1],
    ]
    found = similar(mine, others)
    assert (found.story_id, found.days) == ("s3", 5.0)


def test_there_may_be_no_similar_event() -> None:
    _, mine = made("s1", PRICE, 240, events=("pricing",))
    assert similar(mine, [mine, *noise(4)]) is None


def test_events_that_say_nothing_are_not_similar() -> None:
    _, mine = made("s1", PRICE, 240, events=("other",))
    assert similar(mine, [made("s2", RULE, 24, events=("other",))[1]]) is None
