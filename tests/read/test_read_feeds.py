"""Recorded feeds of our own writing, with what must be read from them."""

from __future__ import annotations

import gzip
import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.exceptions import ReadError
from labtape.read import canonical_url, read_feed, to_article
from labtape.read.pages import Page

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
DATA = Path(__file__).parents[1] / "data" / "feeds"
FORMATS = ("rss20.xml", "atom.xml", "rdf.xml", "rss091.xml", "zh-gbk.xml", "malformed.xml", "feed.json")


def entries(name: str, url: str = "https://feeds.example/feed"):
    return read_feed((DATA / name).read_bytes(), url=url, now=NOW)


def articles(name: str):
    return [to_article(entry, now=NOW) for entry in entries(name)]


def test_rss_2_gives_everything_it_says():
    entry = entries("rss20.xml")[0]
    assert entry.title == "Model prices fall again — R&D too"
    assert (entry.guid, entry.url) == ("post-1", "https://ledger.example/prices?utm_source=rss")
    assert entry.published_at == datetime(2026, 6, 13, 8, 37, 21, tzinfo=UTC)
    assert (entry.publisher, entry.language) == ("Harbour Ledger & Co", "en-gb")
    assert (entry.authors, entry.categories) == (("Ada Quill",), ("Prices",))


def test_an_article_is_the_content_without_scripts_and_furniture():
    article = articles("rss20.xml")[0]
    assert article.text == "First paragraph.\nSecond & last."
    assert article.canonical_url == "https://ledger.example/prices"
    assert (article.language, article.first_seen_at, article.revision) == ("en", NOW, 1)


def test_an_entry_without_date_or_title_is_still_an_article():
    _, undated, untitled = articles("rss20.xml")
    assert (undated.published_at, undated.published_precision) == (None, "none")
    assert undated.url == "https://ledger.example/note"
    assert undated.text == "Text, 3 < 4."
    assert (untitled.title, untitled.text, untitled.published_at) == ("", "No title here.", None)


def test_atom_gives_text_html_and_xhtml_as_they_are_meant():
    first, second = entries("atom.xml")
    assert first.title == "Generics: Vec<T> erklärt"
    assert first.url == "https://nordlicht.example/7"
    assert first.published_at == datetime(2026, 6, 12, 8, tzinfo=UTC)
    assert to_article(first, now=NOW).text == "Absatz eins.\nAbsatz zwei."
    assert second.title == "A & B"
    assert to_article(second, now=NOW).text == "if a < b then"
    assert second.published_precision == "day"


def test_rdf_in_latin_one_and_rss_091_with_a_document_type_are_read():
    assert [(e.title, e.publisher, e.published_precision) for e in entries("rdf.xml")] == [
        ("Über Märkte", "Café Zoë", "second")
    ]
    assert [e.title for e in entries("rss091.xml")] == ["Still here"]


def test_a_chinese_feed_is_read_with_its_characters_and_dates():
    first, second = articles("zh-gbk.xml")
    assert first.title == "朱镕基路旁的算力中心开工"
    assert first.published_at == datetime(2026, 6, 13, 8, 37, tzinfo=UTC)
    assert (first.language, first.canonical_url) == ("zh", "https://haigang.example/a/1.html")
    assert second.published_at is None


def test_a_malformed_feed_gives_all_its_entries_also_behind_one_that_is_not_closed():
    found = articles("malformed.xml")
    assert [a.title for a in found] == ["One & two", "Never closed", "Third", "Fourth"]
    assert found[0].text.startswith("café ok")
    assert found[0].canonical_url == "https://broken.example/1?a=1&b=2"


def test_json_feed_gives_its_items():
    first, second = articles("feed.json")
    assert (first.url, first.text) == ("https://tide.example/one", "Hello.\nWorld.")
    assert first.published_at == datetime(2026, 6, 13, 14, 37, 21, tzinfo=UTC)
    assert (second.url, second.text) == ("https://else.example/2", "if a < b\nthen c")


def test_entries_that_share_a_guid_or_an_address_are_told_apart_the_same_way_twice():
    once, twice = articles("shared-guids.xml"), articles("shared-guids.xml")
    assert [a.title for a in once] == [
        "A",
        "B",
        "C",
        "D",
        "v1",
        "v2",
        "E",
        "F",
    ]  # the second F says nothing new
    assert len({a.id for a in once}) == 8
    assert once == twice


def test_no_entity_is_expanded_and_no_file_is_opened():
    start = time.process_time()
    article = articles("bomb.xml")[0]
    assert time.process_time() - start < 1
    assert "lol" not in article.full and "root" not in article.full
    assert article.text.startswith("before") and article.text.endswith("after")


@pytest.mark.parametrize("name", FORMATS)
def test_the_ids_do_not_depend_on_the_feeds_own_address_or_the_day(name):
    body = (DATA / name).read_bytes()
    here = [to_article(e, now=NOW).id for e in read_feed(body, url="https://a.example/f", now=NOW)]
    later = NOW.replace(year=2027)
    again = [to_article(e, now=later).id for e in read_feed(body, url="https://a.example/f", now=later)]
    assert here == again and len(set(here)) == len(here)


def test_a_gzipped_feed_is_read():
    body = gzip.compress((DATA / "atom.xml").read_bytes())
    assert len(read_feed(body, url="x", now=NOW)) == 2


def test_a_page_instead_of_a_feed_names_the_feeds_it_advertises():
    with pytest.raises(
        ReadError, match=r"is an HTML page, not a feed; feeds it advertises: https://a\.example/feed\.xml"
    ):
        entries("page-not-feed.html", url="https://a.example/news")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is empty"),
        (b" \n\t", "is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a feed"),
        (b"<opml><body><outline text='a' xmlUrl='https://a.example/f'/></body></opml>", "OPML list"),
        (b"<catalog><book/></catalog>", "begins with <catalog>"),
        (b'{"a": 1}', "not a JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1"}', "without a list of items"),
        (b'{"a": 1,\n "b"', "broken JSON at line 2"),
        (b"[" * 100_000, "nested too deeply"),
        (b"just words", "not a feed"),
    ],
)
def test_what_is_no_feed_is_an_error_that_says_what_it_is(body, words):
    with pytest.raises(ReadError) as caught:
        read_feed(body, url="https://a.example/f", now=NOW)
    assert str(caught.value).startswith("https://a.example/f: ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_empty_channel_has_no_entries():
    assert read_feed(b"<rss version='2.0'><channel><title>t</title></channel></rss>", url="x", now=NOW) == ()


def test_a_page_gives_the_text_when_it_says_more():
    page = Page(
        title="P",
        text="A much longer text than the feed has. " * 5,
        published_at=NOW,
        published_precision="second",
    )
    article = to_article(entries("rss20.xml")[1], now=NOW, page=page)
    assert article.title == "Undated note"
    assert article.text == page.text
    assert article.published_at == NOW
    assert to_article(entries("rss20.xml")[0], now=NOW, page=Page("P", "x")).text.startswith("First")


def with_in_namespace(space: str) -> bytes:
    text = (DATA / "rdf.xml").read_bytes().decode("latin-1")
    return text.replace("http://www.w3.org", f"ht{space}tp://www.w3.org", 1).encode("latin-1")


@pytest.mark.parametrize("space", [" ", "\n", "\t", "\u00a0", "&#9;"])
def test_white_space_in_the_name_of_a_namespace_costs_no_feed(space):
    found = read_feed(with_in_namespace(space), url="https://a.example/f", now=NOW)
    assert [entry.title for entry in found] == [entry.title for entry in entries("rdf.xml")]


@given(st.sampled_from(FORMATS), st.integers(0, 3000), st.binary(max_size=12))
def test_a_feed_spoiled_anywhere_is_read_or_refused(name, at, spoil):
    body = (DATA / name).read_bytes()
    try:
        found = read_feed(body[:at] + spoil + body[at + len(spoil) :], url="https://a.example/f", now=NOW)
    except ReadError:
        return
    for entry in found:
        article = to_article(entry, now=NOW)
        assert article.canonical_url == (canonical_url(entry.url) if entry.url else None)
        article.full.encode("utf-8")


def test_an_address_of_a_json_feed_is_absolute_and_of_the_web_or_none():
    items = [
        {"id": str(n), "title": "t", "url": url}
        for n, url in enumerate(["/a", "javascript:x", "https://b.example/c"])
    ]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "home_page_url": "https://a.example",
        "items": items,
    }
    found = read_feed(json.dumps(document).encode(), url="https://feeds.example/f", now=NOW)
    assert [entry.url for entry in found] == ["https://a.example/a", None, "https://b.example/c"]
