"""Mentions by place: found without looking at all of them."""

from __future__ import annotations

from itertools import islice

from labtape.annotate.attribution import Holding
from labtape.annotate.mention_order import FAR_BACK, backwards, beginning_in
from labtape.annotate.share_context import settings
from labtape.annotate.share_scope import owner_of
from labtape.text.quantities import find_quantities
from labtape.types import Mention, Span


class Counted(list[Mention]):
    """A list that counts how many of its mentions were looked at."""

    looks = 0

    def __getitem__(self, place):
        found = super().__getitem__(place)
        self.looks += len(found) if isinstance(place, slice) else 1
        return found


def many(n: int = 10_000) -> Counted:
    return Counted(
        Mention(
            10 * i, 10 * i + 4, "Qwen", "lab:qwen", "lab:qwen" if i % 2 else None, "subject", False, 1.0, "r"
        )
        for i in range(n)
    )


def test_mentions_of_a_span_are_found_without_a_look_at_the_rest():
    mentions = many()
    assert [m.start for m in beginning_in(mentions, 50_000, 50_021)] == [50_000, 50_010, 50_020]
    assert mentions.looks < 50


def test_the_last_name_before_a_number_is_found_without_a_look_at_the_rest():
    mentions = many()
    assert [m.start for m in islice(backwards(mentions, 50_013), 2)] == [49_990, 49_970]
    assert mentions.looks < 50


def test_names_before_a_place_end_where_they_are_no_longer_asked_for():
    assert [m.start for m in backwards(many(), 60, since=20)] == [50, 30]
    assert not list(backwards(many(), 0))
    assert not beginning_in(many(), 30, 30)


def test_the_owner_of_a_whole_is_looked_for_so_far_back_and_no_further():
    mentions = many()
    full = " " * 100_000 + "It took 12% of its revenue."
    (setting,) = settings(full, [Span(100_000, len(full))], find_quantities(full))
    held = Holding("Qwen", None, "revenue", "its revenue")
    assert owner_of(setting, held, mentions) is None
    assert mentions.looks < FAR_BACK // 10 + 50
