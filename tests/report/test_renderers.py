from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from labtape.lexicon import chain
from labtape.lexicon import lexicon as shipped
from labtape.report import (
    chain_terminal,
    digest_html,
    digest_json,
    digest_markdown,
    digest_rss,
    digest_terminal,
    explain_markdown,
    explain_terminal,
    label_terminal,
)
from labtape.report.digest_nouns import Digest
from labtape.types import Passage, Record

from .samples import articles, at, lexicon, records, sample_digest, stories

RECORDS = records()
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }} {% raw %}",
    "</style><script>alert(1)</script>",
    "[link](javascript:alert(1)) `code` | cell |",
    "bell \x07 escape \x1b]0;title\x07 \u202etxt",
]
URLS = [
    "javascript:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "https://news.example/\" onmouseover=\"alert(1)",
    "https://news.example/)](javascript:alert(1)",
    "//news.example/x",
    "https://",
    "http://[",
]  # fmt: skip


def hostile_digest(words: str, url: str | None) -> Digest:
    bad = tuple(
        replace(
            r,
            title=words,
            url=url,
            publisher=words,
            verdict=replace(
                r.verdict, takeaway=replace(r.verdict.takeaway, text=words), would_change_if=(words,)
            ),
            shares=tuple(replace(s, subject=words, metric=words, attributed_to=words) for s in r.shares),
            key_quotes=(Passage(0, len(words), words),),
        )
        for r in RECORDS
    )
    from labtape.report import digest

    return digest(
        bad, stories(), since=at(1, 0, 0), until=at(4), now=at(4), lexicon=lexicon(), watchlist=(words,)
    )


class Seen(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def seen(page: str) -> Seen:
    parser = Seen()
    parser.feed(page)
    return parser


def is_inert(page: str) -> bool:
    parsed = seen(page)
    links = [value or "" for name, value in parsed.attributes if name in ("href", "src")]
    return (
        "script" not in parsed.tags
        and "img" not in parsed.tags
        and all(re.match(r"https?://", link) for link in links)
        and not any(name.startswith("on") or name == "style" for name, _ in parsed.attributes)
    )


def printed(show: Callable[[Console], object], width: int) -> str:
    console = Console(width=width, file=io.StringIO(), highlight=False)
    show(console)
    return console.file.getvalue()


# ---------------------------------------------------------------- the page


def test_the_page_names_what_a_trader_looks_for() -> None:
    page = digest_html(sample_digest(since=at(1, 0, 0)))
    for words in (
        "Bearish 81%", "NASDAQ:NVDA", "Sales to China stop", "similarity 0.88", "We expect no sales there this quarter",
        "top 10 models on OpenRouter", "Not comparable", "Denominator dropped", "No story reaches", "1 item skipped",
    ):  # fmt: skip
        assert words in page


def test_the_page_asks_for_nothing_outside_and_runs_nothing() -> None:
    page = digest_html(sample_digest(since=at(1, 0, 0)))
    parsed = seen(page)
    assert is_inert(page)
    assert not {"script", "link", "iframe", "object", "img", "form"} & set(parsed.tags)
    assert "url(" not in page
    assert "@import" not in page


def test_the_policy_names_the_hash_of_the_style_and_nothing_else() -> None:
    import base64
    import hashlib

    page = digest_html(sample_digest())
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.S)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_links_open_apart_and_tell_nobody() -> None:
    page = digest_html(sample_digest(since=at(1, 0, 0)))
    for anchor in re.findall(r"<a [^>]*>", page):
        assert 'rel="noopener noreferrer"' in anchor


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_shown_and_do_nothing(words: str) -> None:
    page = digest_html(hostile_digest(words, "https://news.example/x"))
    assert is_inert(page)
    assert "49 " not in page


@pytest.mark.parametrize("url", URLS)
def test_hostile_addresses_are_no_links(url: str) -> None:
    page = digest_html(hostile_digest("A title", url))
    assert is_inert(page)
    assert not re.search(r"href=\"(?!https://news\.example/)", page)


@settings(max_examples=25, deadline=None)
@given(st.text(), st.text() | st.none())
def test_any_words_and_address_make_an_inert_page_and_readable_feeds(words: str, url: str | None) -> None:
    d = hostile_digest(words, url)
    assert is_inert(digest_html(d))
    digest_json(d).encode("utf-8")
    ElementTree.fromstring(digest_rss(d).encode("utf-8"))
    assert "\x1b" not in printed(lambda console: digest_terminal(d, console), 80)


def test_an_empty_digest_is_a_page_too() -> None:
    page = digest_html(sample_digest(since=at(10, 0), until=at(11, 0)))
    assert "Nothing was published" in page


# ---------------------------------------------------------------- Markdown, RSS, terminal


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://news.example/)](javascript:alert(1)"])
def test_markdown_escapes_what_would_be_markup(words: str, url: str) -> None:
    told = digest_markdown(hostile_digest(words, url))
    assert not re.search(r"(?<!\\)<(script|img|/style)", told)
    assert not re.search(r"(?<!\\)\]\(javascript", told)


def test_markdown_puts_the_verdict_its_reason_and_the_claims_of_a_story() -> None:
    told = digest_markdown(sample_digest(since=at(1, 0, 0)))
    assert (
        "**▼ Bearish 81%** for NASDAQ:NVDA. [A licence duty takes a market from Nvidia at once.](https://news.example/a3#:~:text="
        in told
    )
    assert (
        "- Share: **[about 61% of token consumption, top 10 models on OpenRouter (last week)](https://news.example/a1#:~:text="
        in told
    )
    assert "## Share claims" in told


def test_rss_has_an_item_per_story() -> None:
    channel = ElementTree.fromstring(digest_rss(sample_digest(since=at(1, 0, 0)))).find("channel")
    assert channel is not None
    titles = [item.findtext("title") for item in channel.findall("item")]
    assert titles[0] == "Bearish 81%: Washington bars sales of the newest Nvidia accelerators to China"
    assert len(titles) == 3


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_on_a_terminal_is_wider_than_it(width: int) -> None:
    d = sample_digest(since=at(1, 0, 0))
    for line in printed(lambda console: digest_terminal(d, console), width).splitlines():
        assert len(line) <= width


def test_the_terminal_shows_stories_markets_and_claims() -> None:
    told = printed(lambda console: digest_terminal(sample_digest(since=at(1, 0, 0)), console), 100)
    for words in ("▼ Bearish 81%", "AI chips", "about 61%", "≠ Not comparable", "⚠ Denominator dropped"):
        assert words in told


def test_labs_that_a_story_only_names_stand_in_one_line() -> None:
    d = sample_digest(since=at(1, 0, 0))
    story = next(s for s in d.stories if any(lab.label for lab in s.labs))
    judged = next(lab for lab in story.labs if lab.label)
    named = tuple(
        replace(judged, name=name, models=(), tickers=(), label=None, p=None, exposure=())
        for name in ("Acme", "Bolt")
    )
    one = replace(d, stories=(replace(story, labs=(judged, *named)),))
    for told in (
        printed(lambda console: digest_terminal(one, console), 200),
        digest_markdown(one),
        digest_html(one),
    ):
        assert "also named: Acme; Bolt" in told


def test_stories_after_the_first_ten_are_one_line_each() -> None:
    d = sample_digest(since=at(1, 0, 0))
    many = replace(
        d, stories=tuple(replace(d.stories[0], rank=n, headline=f"Headline {n}") for n in range(1, 15))
    )
    for told in (
        printed(lambda console: digest_terminal(many, console), 100),
        digest_markdown(many),
        digest_html(many),
    ):
        assert "more stories" in told.casefold()
        assert "Headline 14" in told


# ---------------------------------------------------------------- one article


@pytest.mark.parametrize("width", [60, 80, 120])
def test_stories_told_by_headline_only_keep_their_rank_and_verdict(width):
    first = sample_digest(since=at(1, 0, 0)).stories[0]
    long = replace(first, rank=11, headline="A headline that is far too long for a line " * 4)
    many = replace(sample_digest(since=at(1, 0, 0)), stories=(first,) * 10 + (long,))
    line = next(
        line
        for line in printed(lambda console: digest_terminal(many, console), width).splitlines()
        if line.startswith("11 ")
    )
    assert first.label in line
    assert "…" in line
    assert len(line) <= width


def test_a_label_says_what_why_and_for_whom() -> None:
    told = printed(lambda console: label_terminal(RECORDS[0], console, lexicon=lexicon()), 100)
    for words in (
        "Neutral 63%", "no path to a price", "Short term", "Long term", "2025-01-27 DeepSeek R1", "about 61%",
        "Alibaba Qwen", "NYSE:BABA", "CN, US · rivalry", "Gemini: exchange", "price change",
    ):  # fmt: skip
        assert words in told


def test_a_label_needs_no_lexicon() -> None:
    assert "NYSE:BABA" in printed(lambda console: label_terminal(RECORDS[0], console), 100)


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.id)
def test_every_record_can_be_explained_with_and_without_its_article(record: Record) -> None:
    article = articles()[record.id]
    with_words = printed(lambda console: explain_terminal(record, article, console, lexicon=lexicon()), 100)
    without = printed(lambda console: explain_terminal(record, None, console), 100)
    for told in (with_words, without, explain_markdown(record, article), explain_markdown(record)):
        assert record.id in told
        assert record.model.bundle in told


def test_an_explanation_quotes_its_evidence() -> None:
    told = explain_markdown(RECORDS[2], articles()["a3"])
    assert "“The Commerce Department said on Tuesday that it will require a licence" in told


def test_an_explanation_without_the_article_gives_offsets() -> None:
    assert re.search(r"characters \d+ to \d+", explain_markdown(RECORDS[2]))


def test_checks_are_explained() -> None:
    told = explain_markdown(RECORDS[1], articles()["a2"])
    assert "period unstated. no period is given for 61%" in told


@pytest.mark.parametrize("width", [60, 80, 100])
@pytest.mark.parametrize("entity", ["lab:alibaba-qwen", "model:swe", "company:manus", "platform:opentensor"])
def test_a_chain_keeps_to_the_width(entity: str, width: int) -> None:
    told = printed(lambda console: chain_terminal(chain(shipped(), entity), shipped(), console), width)
    assert max(cell_len(line) for line in told.splitlines()) <= width


def test_a_chain_shows_owner_and_listings() -> None:
    told = printed(
        lambda console: chain_terminal(chain(shipped(), "lab:alibaba-qwen"), shipped(), console), 80
    )
    assert "owned by Alibaba Group  CN" in told
    assert "listed as HKEX:9988  HK" in told
