from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from labtape.report import digest, digest_json, digest_markdown, from_plain
from labtape.report.digest_nouns import Digest
from labtape.report.story_items import Telling, weighed
from labtape.types import Record, Relevance, Sentence, Story

from .samples import NOW, articles, at, lexicon, p3, records, sample_digest, stories

RECORDS = records()
WEEK = {"since": at(1, 0, 0), "until": NOW, "now": NOW, "lexicon": lexicon()}


def made(some: tuple[Record, ...] = RECORDS, told: tuple[Story, ...] = (), **given: object) -> Digest:
    return digest(some, told, **(WEEK | given))


def record(id_: str) -> Record:
    return next(r for r in RECORDS if r.id == id_)


def judged(base: Record, id_: str, label: str, p: dict[str, float], story: str) -> Record:
    verdict = replace(
        base.verdict,
        label=label,
        p=p,
        score=p["Bullish"] - p["Bearish"],
        confidence=p[label],
        state="directional",
    )
    return replace(base, id=id_, verdict=verdict, story=replace(base.story, id=story))


def test_the_head_counts_what_was_read() -> None:
    counts = made().counts
    assert (counts.n_articles, counts.n_in_scope, counts.n_skipped) == (5, 4, 1)
    assert (counts.n_stories, counts.n_claims) == (3, 3)
    assert counts.labels == {"Bearish": 1, "Neutral": 2}


def test_the_title_names_the_days_and_the_stories() -> None:
    assert made().title == "AI tape, 1–3 June 2026: 3 stories, 3 new"


def test_a_clear_verdict_comes_before_a_neutral_one() -> None:
    assert [s.article_id for s in made().stories] == ["a3", "a1", "a4"]


def test_what_is_outside_the_time_is_left_out() -> None:
    d = made(since=at(3, 7), until=at(3, 9))
    assert [s.article_id for s in d.stories] == ["a3"]


def test_a_story_that_began_earlier_goes_on_and_comes_after_new_ones() -> None:
    old = Story("s-export", ("a0", "a3"), at(1, 0) - timedelta(days=3), at(3, 8), (("a0",), ("a3",)))
    d = made(told=(old,))
    item = next(s for s in d.stories if s.article_id == "a3")
    assert not item.is_new
    assert (item.n_articles, item.n_origins) == (2, 2)
    assert d.stories[-1] == item
    assert d.counts.n_new == 2


@pytest.mark.parametrize("word", ["DeepSeek", "lab:deepseek", "deepseek", "model_release"])
def test_a_watched_name_id_or_event_comes_first(word: str) -> None:
    d = made((record("a3"), record("a4")), watchlist=(word,))
    assert [s.article_id for s in d.stories] == ["a4", "a3"]
    assert d.stories[0].is_watched


@pytest.mark.parametrize("word", ["NASDAQ:NVDA", "nvda", "Nvidia"])
def test_a_watched_ticker_is_found_through_the_lexicon(word: str) -> None:
    assert [s.is_watched for s in made((record("a3"),), watchlist=(word,)).stories] == [True]


def test_a_watchlist_that_meets_nothing_says_so() -> None:
    assert "Nothing on the watchlist was in the news." in made(watchlist=("Mistral",)).notes


def test_independent_sources_raise_a_story() -> None:
    one = Telling("s", (record("a1"),), None)
    four = Telling(
        "s",
        (record("a1"),),
        Story("s", ("a1", "b", "c", "d"), at(2), at(2), (("a1",), ("b",), ("c",), ("d",))),
    )
    assert weighed(four, lexicon=lexicon()).importance > weighed(one, lexicon=lexicon()).importance


def test_the_article_that_says_most_and_whose_figures_hold_leads() -> None:
    item = next(s for s in made(told=stories()).stories if s.story_id == "s-share")
    assert item.article_id == "a1"
    assert [(s.publisher, s.is_copy) for s in item.sources] == [
        ("Router Weekly", False),
        ("Daily Ledger", True),
    ]


def test_labs_carry_their_tickers_and_their_verdict() -> None:
    item = made().stories[1]
    qwen = item.labs[0]
    assert (qwen.name, qwen.tickers, qwen.label) == ("Alibaba Qwen", ("NYSE:BABA", "HKEX:9988"), "Bullish")
    assert item.patterns == ("2025-01-27 DeepSeek R1 tops the app charts → NVDA -17% 1d · similarity 0.71",)


def test_a_denominator_dropped_on_the_way_is_shown_with_both_sentences() -> None:
    (drop,) = sample_digest(since=at(1, 0, 0)).dropped
    assert "61% of the AI market" in drop.quote
    assert "ten largest models on OpenRouter" in drop.source.text


def test_without_the_articles_a_dropped_denominator_is_told_in_our_words() -> None:
    (drop,) = made().dropped
    assert (
        drop.source.text == "Chinese providers: about 61% of token consumption, top 10 models on openrouter"
    )


def test_an_article_that_changed_since_it_was_scored_is_not_quoted() -> None:
    changed = {id_: replace(a, text="Other words. " + a.text) for id_, a in articles().items()}
    (drop,) = made(articles=changed.get).dropped
    assert (
        drop.source.text == "Chinese providers: about 61% of token consumption, top 10 models on openrouter"
    )


def test_articles_of_a_story_that_point_both_ways_are_disputed() -> None:
    up = judged(record("a3"), "u", "Bullish", p3(0.8, 0.1, 0.1), "s")
    down = judged(record("a3"), "d", "Bearish", p3(0.1, 0.1, 0.8), "s")
    (dispute,) = made((up, down)).disputes
    assert [side.words.split(":")[0] for side in dispute.sides] == ["Bullish", "Bearish"]


def test_articles_that_point_both_ways_for_different_targets_are_not_disputed() -> None:
    up = judged(record("a3"), "u", "Bullish", p3(0.8, 0.1, 0.1), "s")
    down = judged(record("a4"), "d", "Bearish", p3(0.1, 0.1, 0.8), "s")
    assert made((up, down)).disputes == ()


def test_a_market_sums_the_stories_that_reach_it() -> None:
    lines = {line.market: line for line in made().markets}
    assert (lines["chips"].label, lines["chips"].n_down) == ("Bearish", 1)
    assert lines["chips"].why.startswith("Washington bars sales")
    assert lines["china-ai"].polarity == 1
    assert lines["crypto"].why is None


def test_stories_that_cancel_leave_a_market_without_direction() -> None:
    down = record("a3")
    verdicts = tuple(
        replace(m, label="Bullish", p=p3(0.6, 0.3, 0.1)) if m.label == "Bearish" else m for m in down.markets
    )
    up = replace(down, id="u", markets=verdicts, story=replace(down.story, id="other"))
    line = next(m for m in made((down, up)).markets if m.market == "chips")
    assert (line.label, line.n_up, line.n_down) == ("Neutral", 1, 1)


def test_what_is_out_of_scope_is_counted_and_says_why() -> None:
    d = made()
    assert [(s.title, s.reason) for s in d.skipped] == [
        ("Kimi wins again in the rain", "“Kimi” is driver here")
    ]
    assert "Not in scope: 1 item skipped." in digest_markdown(d)


def test_an_empty_time_says_so() -> None:
    d = made(())
    assert d.notes == ("Nothing was published by the feeds in this time.",)
    assert "Nothing was published" in digest_markdown(d)


def test_a_time_without_ai_news_says_so() -> None:
    assert made((record("a5"),)).notes == ("1 item read, none about AI markets.",)


def test_a_thin_time_says_so() -> None:
    assert made((record("a3"),)).notes == ("A thin time: 1 story in scope.",)


def test_the_same_records_in_any_order_make_the_same_digest() -> None:
    assert made(tuple(reversed(RECORDS))) == made(RECORDS)


def test_the_json_is_the_digest() -> None:
    d = made()
    plain = json.loads(digest_json(d))
    assert next(iter(plain)) == "schema"
    assert from_plain(Digest, plain) == d


def test_everything_judged_is_in_scope_when_any_topic_was_asked_for() -> None:
    any_topic = replace(record("a3"), relevance=Relevance(False, 0.2))
    assert made((any_topic,)).counts.n_in_scope == 1


def test_a_long_ledger_is_cut_and_says_so() -> None:
    share = record("a1").shares[0]
    many = tuple(
        replace(share, comparability_key=f"m{n}", value=float(n), low=float(n), high=float(n))
        for n in range(1, 60)
    )
    d = made((replace(record("a1"), shares=many),))
    assert d.n_claims_left_out == 19
    assert "19 more claims in `labtape shares`." in digest_markdown(d)


def test_without_an_analogue_the_pattern_is_what_the_rationale_says_of_it() -> None:
    base = record("a4")
    told = Sentence("Similar historical pattern: no dated event on file is near.", (), "rule", "price-cut")
    d = made((replace(base, verdict=replace(base.verdict, rationale=(told,))),))
    assert d.stories[0].patterns == ("No dated event on file is near.",)


def test_a_very_long_time_shows_a_hundred_stories_and_counts_the_rest() -> None:
    many = tuple(
        replace(record("a3"), id=f"n{n}", story=replace(record("a3").story, id=f"t{n}")) for n in range(130)
    )
    d = made(many)
    assert (len(d.stories), d.counts.n_stories, d.counts.n_new) == (100, 130, 130)
    assert "30 more stories in this time." in digest_markdown(d)


def test_a_story_told_mostly_in_one_language_is_led_in_it() -> None:
    chinese = replace(record("a3"), id="zh", language="zh", story=replace(record("a4").story, id="one"))
    english = tuple(replace(record("a4"), id=f"en{n}", story=chinese.story) for n in (1, 2))
    assert made((chinese, *english)).stories[0].article_id == "en1"
