from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from labtape.exceptions import ReadError
from labtape.read import read_opml, write_opml
from labtape.read.opml import read_list, web_address
from labtape.types import Feed

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>mine & yours</title></head><body>
<outline text="Tech"><outline text="AI &amp; chips">
<outline text="Ledger" title="Harbour Ledger" type="rss" xmlUrl="https://ledger.example/f?a=1&amp;b=2" htmlUrl="https://x"/>
</outline>
<outline text="Notes" xmlurl="feed://notes.example/atom" language="de"></outline></outline>
<outline text="no feed" htmlUrl="https://x.example"/>
<outline text="again" xmlUrl="https://ledger.example/f?a=1&b=2"/>
<outline text="top" xmlUrl="file:///tmp/feed.xml"/><outline text="odd" xmlUrl="javascript:x"/>
"""


def test_a_list_gives_its_feeds_with_their_folders_once_each_even_when_broken():
    assert read_opml(LIST.encode(), source="x") == (
        Feed("https://ledger.example/f?a=1&b=2", "Harbour Ledger", category="Tech/AI & chips"),
        Feed("http://notes.example/atom", "Notes", language="de", category="Tech"),
    )


@pytest.mark.parametrize(
    ("body", "words"), [(b"", "is empty"), (b"<rss/>", "is not an OPML list"), (b"\0\1", "is")]
)
def test_what_is_no_list_is_an_error(body, words):
    with pytest.raises(ReadError, match=f"^feeds.opml: {words}"):
        read_opml(body, source="feeds.opml")


def test_a_list_without_feeds_is_empty():
    assert read_opml(b"<opml version='2.0'><body></body></opml>", source="x") == ()


def test_an_entity_in_a_list_stays_as_it_is_written():
    start = time.process_time()
    bomb = b'<!DOCTYPE o [<!ENTITY a "lol"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    body = bomb + b'<opml><body><outline text="&a;&f;" xmlUrl="https://a.example/"/></body></opml>'
    assert read_opml(body, source="x") == (Feed("https://a.example/", "&a;&f;"),)
    assert time.process_time() - start < 1


def test_a_list_is_written_in_groups_and_read_back():
    feeds = (
        Feed(
            "https://a.example/?x=1&y=<2>", 'A "quoted"', publisher="A & Sons", language="zh", category="x/y"
        ),
        Feed("https://b.example/", "B", category="x/y"),
        Feed("https://c.example/", "C"),
    )
    assert read_opml(write_opml(feeds), source="x") == feeds
    assert write_opml(feeds) == write_opml(read_opml(write_opml(feeds), source="x"))


words = (
    st.text(alphabet="abc &<>\"'中é;", min_size=1, max_size=12)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)


@given(
    st.lists(
        st.builds(
            Feed,
            url=st.from_regex(r"https://[a-z]{1,5}\.example/[a-z?&=]{0,5}", fullmatch=True),
            title=words,
            publisher=st.none() | words,
        ),
        unique_by=lambda feed: feed.url,
    )
)
def test_any_list_that_is_written_is_read_back(feeds):
    assert read_opml(write_opml(feeds), source="x") == tuple(feeds)


def test_all_real_lists_are_read(shared):
    lists = sorted((shared / "opml").rglob("*.opml"))
    assert lists
    for path in lists:
        body = path.read_bytes()
        feeds = read_opml(body, source=path.name)
        copies = 3  # at most, in these lists
        assert len(feeds) >= body.lower().count(b"xmlurl=") - copies, path.name


def test_what_was_left_out_of_a_list_is_named_with_its_reason():
    found = read_list(LIST.encode(), source="x")
    assert [(one.what, one.why.partition(" (")[0]) for one in found.left_out] == [
        ("no feed", "without xmlUrl"),
        ("file:///tmp/feed.xml", "no file beside the list or below its folder, and no web address"),
        ("javascript:x", "no address of the web"),
    ]
    assert (found.n_again, found.is_cut) == (1, True)
    assert not read_list(write_opml(found.feeds), source="x").is_cut


def test_a_list_of_the_web_names_feeds_from_where_it_lies_and_no_files():
    body = b'<opml><body><outline xmlUrl="wire.xml"/><outline xmlUrl="file:///etc/passwd"/></body></opml>'
    found = read_list(body, source="x", base="https://a.example/lists/mine.opml")
    assert found.feeds == (Feed("https://a.example/lists/wire.xml"),)
    assert [one.what for one in found.left_out] == ["file:///etc/passwd"]


@example("file://[/")
@example("//[a")
@given(st.text(max_size=40) | st.from_regex(r"(https?|file|ftp)://[a-z@:.\[\]%/?#]{0,20}", fullmatch=True))
def test_any_address_is_a_feed_or_left_out(address):
    body = write_opml([Feed(f"x{address}")]).replace(b'xmlUrl="x', b'xmlUrl="')
    for base in (None, "file:///tmp/list.opml"):
        found = read_list(body, source="x", base=base)
        assert len(found.feeds) + len(found.left_out) <= 1
        for feed in found.feeds:
            assert web_address(feed.url) in (feed.url, None)
