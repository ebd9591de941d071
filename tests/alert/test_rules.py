from __future__ import annotations

from dataclasses import replace

import pytest

from labtape.alert import Rule, check_channels, fits, resolved
from labtape.exceptions import SettingsError
from labtape.lexicon import lexicon as shipped
from labtape.types import Relevance

from .made import SAMPLE, record

LEXICON = shipped()
SUBJECT = next(m for m in SAMPLE.mentions if m.role == "subject")
OTHER = next(m for m in SAMPLE.mentions if m.role != "subject" and m.entity != SUBJECT.entity)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule("all"), True),
        (Rule("r", labs=(SUBJECT.entity,)), True),
        (Rule("r", labs=("lab:nobody", SUBJECT.entity)), True),
        (Rule("r", labs=("lab:nobody",)), False),
        (Rule("r", labs=(OTHER.entity,)), False),
        (Rule("r", events=(SAMPLE.events[0].type, "ipo")), True),
        (Rule("r", events=("ipo",)), False),
        (Rule("r", labels=(SAMPLE.verdict.label,)), True),
        (Rule("r", labels=("Very Bearish",)), False),
        (Rule("r", states=(SAMPLE.verdict.state,)), True),
        (Rule("r", states=("mixed",)), False),
        (Rule("r", min_confidence=SAMPLE.verdict.confidence), True),
        (Rule("r", min_confidence=SAMPLE.verdict.confidence + 0.001), False),
        (Rule("r", labs=(SUBJECT.entity,), events=("ipo",)), False),
    ],
)
def test_every_condition_that_is_given_must_hold(rule: Rule, expected: bool) -> None:
    assert fits(rule, SAMPLE, lexicon=LEXICON) is expected


def test_a_ticker_is_also_what_the_record_says_moves_along() -> None:
    tickers = {e.ticker for v in SAMPLE.entity_verdicts for e in v.exposure}
    assert tickers
    assert all(fits(Rule("r", tickers=(ticker,)), SAMPLE, lexicon=LEXICON) for ticker in tickers)
    assert not fits(Rule("r", tickers=("AMS:NONE",)), SAMPLE, lexicon=LEXICON)
    assert fits(Rule("r", tickers=("NYSE:X",)), record(target="ticker:NYSE:X"), lexicon=LEXICON)


def test_only_the_first_article_is_a_new_story() -> None:
    rule = Rule("r", new_stories_only=True)
    for n, expected in ((1, True), (2, False)):
        one = replace(SAMPLE, story=replace(SAMPLE.story, n_articles=n))
        assert fits(rule, one, lexicon=LEXICON) is expected


def test_what_is_not_relevant_fits_no_rule() -> None:
    off = replace(SAMPLE, relevance=Relevance(relevant=False, p=0.1))
    assert not fits(Rule("all"), off, lexicon=LEXICON)


def test_names_and_codes_become_ids() -> None:
    rule = resolved(
        Rule("r", labs=("DeepSeek", "lab:openai", "Kimi"), tickers=("nvda", "NASDAQ:MU")), lexicon=LEXICON
    )
    assert rule.labs == ("lab:deepseek", "lab:openai", "model:kimi")
    assert rule.tickers == ("NASDAQ:NVDA", "NASDAQ:MU")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"labs": ("Deepseak",)}, "labs: no lab or model 'Deepseak'; near: .*DeepSeek"),
        ({"tickers": ("NVDB",)}, "tickers: no ticker 'NVDB'; near: .*NASDAQ:NVDA"),
        ({"tickers": ("QQQQQQQ1",)}, "no ticker 'QQQQQQQ1'; write EXCHANGE:CODE"),
        ({"events": ("Pricing",)}, "events: no event 'Pricing'; near: pricing"),
        ({"events": ("zzz",)}, "no event 'zzz'; have: adoption_share, "),
        ({"labels": ("bullish",)}, "labels: no label 'bullish'; near: .*Bullish"),
        ({"states": ("sideways",)}, "states: no state 'sideways'; have: directional, "),
    ],
)
def test_what_is_no_name_is_told_with_what_is_near(given: dict[str, tuple[str, ...]], message: str) -> None:
    with pytest.raises(SettingsError, match=rf"^\[\[watch\.rule\]\] 'chips' .*{message}") as error:
        resolved(Rule("chips", **given), lexicon=LEXICON)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("rules", "channels", "message"),
    [
        ([Rule()], ["file"], "number 1: needs a name"),
        ([Rule("a"), Rule("a")], ["file"], "number 2: there is a rule 'a' already"),
        ([Rule("a", channels=("slak",))], ["slack", "file"], "'a' channels: no channel 'slak'; near: slack"),
        ([Rule("a", channels=("x",))], ["file"], "no channel 'x'; have: file"),
        ([Rule("a")], [], "there is no channel to send to"),
    ],
)
def test_a_rule_has_a_name_of_its_own_and_channels_that_are_there(
    rules: list[Rule], channels: list[str], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        check_channels(rules, channels)
