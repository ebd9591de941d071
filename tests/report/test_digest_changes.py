"""What a digest says of the time since the last one, what it links to, and what it only counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from labtape.exceptions import LexiconError
from labtape.report import digest, digest_html, digest_mail, digest_markdown
from labtape.report.digest_nouns import Corrected, Digest, StoryChanges
from labtape.report.evidence import text_link
from labtape.report.story_items import named
from labtape.report.tallies import over_time
from labtape.report.wording import change_words
from labtape.types import Placement, Record, Story, StoryChange

from .samples import NOW, articles, at, lexicon, p3, records, sample_digest

RECORDS = {record.id: record for record in records()}
SINCE = at(3, 0, 0)
RETRACTED = Corrected("a2", "retracted", at(3, 7), "61% of everything", "https://news.example/a2", "figure was wrong", ("share claim of Qwen: 61% → not said any more",))  # fmt: skip


def earlier(label: str, p: dict[str, float], id_: str = "e1") -> Record:
    """An article of the day before, which tells the story of a3 with another verdict."""
    base = RECORDS["a3"]
    verdict = replace(base.verdict, label=label, p=p, confidence=p[label], score=p["Bullish"] - p["Bearish"])
    return replace(
        base, id=id_, publisher="Harbour Post", url="https://post.example/e1", canonical_url="https://post.example/e1",
        verdict=verdict, published_at=at(2, 8), story=Placement("s-export", 1.0, 1, 1),
    )  # fmt: skip


def going_on(before: Record, *history: StoryChange, **given: object) -> Digest:
    story = Story(
        "s-export", (before.id, "a3"), before.published_at, at(3, 8), ((before.id,), ("a3",)), history
    )
    plain = {"since": SINCE, "until": NOW, "now": NOW, "lexicon": lexicon(), "earlier": (before,)}
    return digest((RECORDS["a3"], RECORDS["a4"]), (story,), **(plain | given))


def changes(made: Digest) -> StoryChanges:
    (item,) = made.changed
    return item.changes


def test_a_story_that_goes_on_says_its_new_articles_and_sources() -> None:
    found = changes(going_on(earlier("Bearish", p3(0.05, 0.14, 0.81))))
    assert (found.n_articles, found.sources, found.moved) == (1, ("Capitol Wire",), None)


def test_a_new_story_has_no_changes() -> None:
    made = going_on(earlier("Bearish", p3(0.05, 0.14, 0.81)))
    assert [item.story_id for item in made.new] == [RECORDS["a4"].story.id]
    assert made.new[0].changes is None


def test_a_verdict_that_moved_is_told_with_both_probabilities() -> None:
    moved = changes(going_on(earlier("Bullish", p3(0.8, 0.15, 0.05)))).moved
    assert (moved.from_label, moved.from_p) == ("Bullish", 0.8)
    assert moved.to_label == "Bearish"
    assert moved.to_p == 0.43


def test_a_verdict_that_hardly_moved_is_not_told() -> None:
    assert changes(going_on(earlier("Bearish", p3(0.1, 0.15, 0.75)))).moved is None


def test_a_figure_that_nobody_told_before_is_new() -> None:
    share = RECORDS["a1"].shares[0]
    base = RECORDS["a3"]
    now = replace(base, shares=(share,))
    before = earlier("Bearish", p3(0.05, 0.14, 0.81))
    story = Story("s-export", ("e1", "a3"), at(2, 8), at(3, 8))
    made = digest((now,), (story,), since=SINCE, until=NOW, now=NOW, lexicon=lexicon(), earlier=(before,))
    assert changes(made).figures == (
        "about 61% of token consumption, top 10 models on OpenRouter (last week): Chinese providers",
    )
    told = digest(
        (now,), (story,), since=SINCE, until=NOW, now=NOW, lexicon=lexicon(),
        earlier=(replace(before, shares=(share,)),),
    )  # fmt: skip
    assert changes(told).figures == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (StoryChange("merged", at(3, 7), "s9", ("x",)), "took in s9 (1 article)"),
        (StoryChange("revised", at(3, 7), "", ("e1",)), "1 article revised"),
        (StoryChange("retracted", at(3, 7), "", ("x", "y")), "2 articles retracted"),
    ],
)
def test_what_befell_a_story_since_is_told(change: StoryChange, words: str) -> None:
    assert changes(going_on(earlier("Bearish", p3(0.05, 0.14, 0.81)), change)).merges == (words,)


def test_what_befell_a_story_before_is_not_told() -> None:
    old = StoryChange("revised", SINCE - timedelta(hours=1), "", ("e1",))
    assert changes(going_on(earlier("Bearish", p3(0.05, 0.14, 0.81)), old)).merges == ()


def test_the_record_of_the_whole_story_counts_earlier_sources() -> None:
    made = going_on(earlier("Bearish", p3(0.05, 0.14, 0.81)))
    assert made.changed[0].n_origins == 2
    assert [source.publisher for source in made.changed[0].sources] == ["Capitol Wire"]


@pytest.mark.parametrize("render", [digest_markdown, digest_html, digest_mail])
def test_every_dress_has_a_section_of_changes_before_the_stories(render) -> None:
    told = render(going_on(earlier("Bullish", p3(0.8, 0.15, 0.05)), corrections=(RETRACTED,)))
    assert 0 < told.index("Changed since 2026-06-03 00:00 UTC") < told.index("Stories")
    assert "1 new article, new source Capitol Wire" in told
    assert "retracted: figure was wrong" in told


@pytest.mark.parametrize("render", [digest_markdown, digest_html, digest_mail])
def test_a_correction_is_told_on_a_day_without_news(render) -> None:
    made = digest((), (), since=SINCE, until=NOW, now=NOW, lexicon=lexicon(), corrections=(RETRACTED,))
    assert "retracted: figure was wrong" in render(made)


def test_a_correction_of_a_later_time_is_left_out() -> None:
    late = replace(RETRACTED, at=NOW + timedelta(hours=1))
    assert (
        digest((), (), since=SINCE, until=NOW, now=NOW, lexicon=lexicon(), corrections=(late,)).corrections
        == ()
    )


def test_a_verdict_under_the_same_label_firms_or_weakens() -> None:
    from labtape.report.digest_nouns import VerdictMove

    (first, _) = change_words(StoryChanges(1, (), VerdictMove("Bullish", 0.5, "Bullish", 0.7)))
    assert first == "verdict firmed from Bullish 50% to Bullish 70%"


# ---------------------------------------------------------------- evidence


def test_a_line_links_to_its_words_in_the_article() -> None:
    item = next(s for s in sample_digest().stories if s.article_id == "a3")
    assert item.why_url.startswith("https://news.example/a3#:~:text=")
    assert item.quote_urls == (
        text_link("https://news.example/a3", "We expect no sales there this quarter,"),
    )
    assert item.labs[0].url == item.why_url


def test_without_the_articles_a_line_links_to_the_article() -> None:
    item = next(s for s in sample_digest(articles=lambda _: None).stories if s.article_id == "a3")
    assert item.why_url == "https://news.example/a3"


def test_words_that_have_changed_are_not_pointed_at() -> None:
    changed = {id_: replace(a, text="Other words. " + a.text) for id_, a in articles().items()}
    item = next(s for s in sample_digest(articles=changed.get).stories if s.article_id == "a3")
    assert item.why_url == "https://news.example/a3"


@pytest.mark.parametrize(
    ("url", "words", "link"),
    [
        ("https://news.example/a#top", "Sales rose", "https://news.example/a#top:~:text=Sales%20rose"),
        ("https://news.example/a", "open-weight & free", "https://news.example/a#:~:text=open%2Dweight%20%26%20free"),
        ("https://news.example/a", "中国大模型的份额上升", "https://news.example/a#:~:text=%E4%B8%AD%E5%9B%BD%E5%A4%A7%E6%A8%A1%E5%9E%8B%E7%9A%84%E4%BB%BD%E9%A2%9D%E4%B8%8A%E5%8D%87"),
        ("https://news.example/a", f"{'中' * 30}。", f"https://news.example/a#:~:text={'%E4%B8%AD' * 12},{'%E4%B8%AD' * 11}%E3%80%82"),
        ("https://news.example/a", "", "https://news.example/a"),
        ("javascript:alert(1)", "Sales rose", None),
    ],
)  # fmt: skip
def test_a_text_fragment_names_the_words(url: str, words: str, link: str | None) -> None:
    assert text_link(url, words) == link


@pytest.mark.parametrize(
    ("url", "name"),
    [("https://www.theverge.com/x", "The Verge"), ("https://www.news.example/x", "news.example"), ("http://[", None)],
)  # fmt: skip
def test_an_article_that_names_no_publisher_goes_by_its_address(url: str, name: str | None) -> None:
    assert named(replace(RECORDS["a3"], publisher=None, url=url)).publisher == name


# ---------------------------------------------------------------- what is only counted


def test_stories_below_the_minimum_confidence_are_counted_and_not_shown() -> None:
    made = sample_digest(since=at(1, 0, 0), min_confidence=0.6)
    assert [item.label for item in made.stories] == ["Bearish", "Neutral"]
    assert (made.counts.n_stories, made.counts.n_below, made.n_stories_left_out) == (3, 1, 0)
    assert made.notes == ("Only counted: 1 story, less likely than 60%.",)


def test_only_stories_of_the_labels_asked_for_are_shown() -> None:
    made = sample_digest(since=at(1, 0, 0), labels=("Bearish",))
    assert [item.label for item in made.stories] == ["Bearish"]
    assert "Only counted: 2 stories, not Bearish." in made.notes


def test_a_watched_story_is_shown_however_unlikely() -> None:
    made = sample_digest(since=at(1, 0, 0), min_confidence=0.99, watchlist=("DeepSeek",))
    assert all(item.is_watched for item in made.stories)
    assert made.stories


def test_an_unknown_label_is_refused_with_those_there_are() -> None:
    with pytest.raises(LexiconError, match="no label 'Sad'; have: Bearish, Bullish, Neutral"):
        sample_digest(labels=("Sad",))


def test_what_of_a_watchlist_was_not_in_the_news_is_named() -> None:
    made = sample_digest(watchlist=("Nvidia", "Mistral", "mistral"))
    assert "On the watchlist and not in the news: mistral." in made.notes


# ---------------------------------------------------------------- over time


def test_verdicts_are_counted_by_day_and_days_without_news_keep_their_place() -> None:
    made = sample_digest(since=at(1, 0, 0) - timedelta(days=2))
    assert [(f"{one.start:%d}", dict(one.labels)) for one in made.over_time] == [
        ("30", {}), ("31", {}), ("01", {}), ("02", {"Neutral": 1}), ("03", {"Bearish": 1, "Neutral": 1}),
    ]  # fmt: skip


def test_a_day_is_counted_by_three_hours() -> None:
    made = sample_digest(since=SINCE)
    assert [(one.start.hour, dict(one.labels)) for one in made.over_time] == [
        (0, {}), (3, {}), (6, {"Bearish": 1, "Neutral": 1}), (9, {}),
    ]  # fmt: skip


def test_a_very_long_time_has_no_more_bars_than_anybody_reads() -> None:
    made = sample_digest(since=at(1, 0, 0) - timedelta(days=36_000))
    assert len(made.over_time) <= 32


def test_nothing_told_has_no_bars() -> None:
    assert over_time((), SINCE, NOW) == ()


def test_labs_are_counted_by_stories_and_coloured_by_their_own_verdicts() -> None:
    made = sample_digest(since=at(1, 0, 0))
    told = {one.name: (one.n_stories, one.polarity, one.tickers) for one in made.attention}
    assert told["Nvidia"] == (1, -1, ("NASDAQ:NVDA",))
    assert told["DeepSeek"] == (1, 1, ())
