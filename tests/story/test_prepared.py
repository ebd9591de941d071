"""What is read of an article beforehand, in another process perhaps, gives the same stories."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta

from labtape.story import Grouper, prepare
from labtape.types import Annotated, Article

START = datetime(2026, 6, 1, tzinfo=UTC)
NOTICE = "Readers of this house may win a bicycle by writing to the editor before noon. "


def article(k: int, title: str, text: str, publisher: str | None = "Harbour Daily") -> Annotated:
    at = START + timedelta(hours=k)
    return Annotated(Article(f"a{k}", title, text, published_at=at, publisher=publisher), "en")


ARTICLES = (
    article(
        0, "Ferry strike halts the harbour", "…Crews of the ferry walked out on Monday, according to Reuters."
    ),
    article(
        1, "Ferry crews walk out", NOTICE + "The ferry's crews stay away from the harbour – nobody sails."
    ),
    article(2, "Museum buys a portrait", NOTICE + "A portrait of a weaver was bought for $2 million."),
    article(3, "Bakers raise prices", NOTICE + "Bread is 5% dearer from July 1 on, bakers say."),
    article(4, "渡轮停运", "港口渡轮周一停运，船员罢工。", publisher=None),
    article(
        5, "Ferry strike ends", NOTICE + "The ferry sails again: crews ended their strike in the harbour."
    ),
)


def test_prepared_articles_are_placed_as_the_others_are():
    here, there = Grouper(), Grouper()
    sent = [pickle.loads(pickle.dumps(prepare(a))) for a in ARTICLES]
    placed = [here.add(a) for a in ARTICLES]
    assert placed == [there.add(a, read) for a, read in zip(ARTICLES, sent, strict=True)]
    assert here.stories() == there.stories()
    assert placed[1].id == placed[0].id


def test_what_an_outlet_prints_over_everything_is_left_out_of_what_was_prepared():
    grouper = Grouper()
    for annotated in ARTICLES[:5]:
        grouper.add(annotated, prepare(annotated))
    grouper.add(ARTICLES[5], prepare(ARTICLES[5]))
    assert len(grouper._terms) > 0
    assert "bicycl" in prepare(ARTICLES[5]).reading.counts
    words_of_last = {
        grouper._terms.word(number)
        for thread in grouper._threads.values()
        for member in thread.members
        if member.article_id == "a5"
        for number in member.words.numbers.tolist()
    }
    assert "ferry" in words_of_last
    assert "bicycl" not in words_of_last


def test_a_revision_keeps_its_place_whatever_was_prepared():
    grouper = Grouper()
    first = grouper.add(ARTICLES[0])
    assert grouper.add(ARTICLES[0], prepare(ARTICLES[2])) == first
