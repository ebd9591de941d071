"""Outsized and nasty documents through real workers: in time, and the next one is read."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from labtape.exceptions import ReadError
from labtape.read import read_document, read_page
from labtape.read.sandbox import Sandbox
from labtape.types import Feed

NOW = datetime(2026, 7, 1, tzinfo=UTC)
FEED = Feed("https://a.example/feed")
HEAD = '<?xml version="1.0"?>%s<rss version="2.0"><channel><title>Daily</title>'
TAIL = "</channel></rss>"
ITEM = "<item><title>Kimi %d</title><link>https://a.example/%d</link><guid>g%d</guid><description>Words.</description></item>"
FINE = (HEAD % "" + ITEM % (1, 1, 1) + TAIL).encode()
LAUGHS = (
    "<!DOCTYPE rss [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    + "]>"
)
BLOW_UP = f"<!DOCTYPE rss [<!ENTITY a '{'x' * 100_000}'>]>"
SECRET = "root:"  # what a file that every machine has begins with
XXE = (
    '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY % b SYSTEM "http://127.0.0.1:9/x"> %b;]>'
)


def feed(item: str, *, declared: str = "") -> bytes:
    return (HEAD % declared + item + TAIL).encode()


OUTSIZED_FEEDS = {
    "100,000 nested tags": feed(f"<item><title>x</title>{'<a>' * 100_000}{'</a>' * 100_000}</item>"),
    "100,000 tags without end": feed(f"<item><title>x</title>{'<a>' * 100_000}"),
    "50,000 nested divs": feed(
        f"<item><title>x</title><description>{'&lt;div&gt;' * 50_000}word</description></item>"
    ),
    "a 20 MB attribute": feed(f'<item x="{"a" * 20_000_000}"><title>x</title></item>'),
    "100,000 items": feed("".join(ITEM % (n, n, n) for n in range(100_000))),
}
OUTSIZED_PAGES = {
    "200,000 paragraphs": f"<article>{'<p>Some words here.</p>' * 200_000}</article>".encode(),
    "50,000 nested divs": f"{'<div>' * 50_000}<p>word</p>{'</div>' * 50_000}".encode(),
    "a 20 MB attribute": f"<p title='{'a' * 20_000_000}'>word</p>".encode(),
    "50,000 scripts without end": b"<script type='application/ld+json'>{" * 50_000,
    "100,000 rows": f"<table>{'<tr><td>1' * 100_000}".encode(),
}
NASTY = {
    "billion laughs": feed(
        "<item><title>&a11;</title><description>&a11;</description></item>", declared=LAUGHS
    ),
    "quadratic blow-up": feed(
        f"<item><title>x</title><description>{'&a;' * 50_000}</description></item>", declared=BLOW_UP
    ),
    "a file as an entity": feed(
        "<item><title>x &a;</title><description>&a; &b;</description></item>", declared=XXE
    ),
}


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as sandbox:
        sandbox.document(FINE, feed=FEED, url=FEED.url, now=NOW)
        yield sandbox


def document(sandbox: Sandbox, body: bytes) -> str:
    """Give all that comes back, as text; the error where there is one."""
    try:
        found = sandbox.document(body, feed=FEED, url=FEED.url, now=NOW)
    except ReadError as e:
        return str(e)
    return "\n".join(arrival.article.full for arrival in found.arrivals)


def test_what_comes_back_is_what_would_be_read_here(sandbox):
    options = {"feed": FEED, "url": FEED.url, "now": NOW}
    assert sandbox.document(FINE, **options) == read_document(FINE, **options)
    words = "".join(
        f"<p>Paragraph {n} says that Kimi K3 is out and what its weights weigh.</p>" for n in range(4)
    )
    offer = "<p>Subscribe to continue reading.</p>"
    for page in (words, words + offer):
        body = f"<html lang=en><title>Kimi</title><article>{page}</article>".encode()
        found = sandbox.page(body, url="https://a.example/2026/06/13/x", now=NOW)
        assert found == read_page(body, url="https://a.example/2026/06/13/x", now=NOW)
        assert found.is_stub == (offer in page)


@pytest.mark.slow
@pytest.mark.parametrize("body", OUTSIZED_FEEDS.values(), ids=OUTSIZED_FEEDS)
def test_an_outsized_feed_is_done_with_in_time_and_the_next_one_is_read(sandbox, body):
    start = time.monotonic()
    document(sandbox, body)
    assert time.monotonic() - start < 12  # the limit is 10 s; killing and starting again comes on top
    assert document(sandbox, FINE).startswith("Kimi 1")


@pytest.mark.slow
@pytest.mark.parametrize("body", OUTSIZED_PAGES.values(), ids=OUTSIZED_PAGES)
def test_an_outsized_page_is_done_with_in_time_and_the_next_feed_is_read(sandbox, body):
    start = time.monotonic()
    try:
        sandbox.page(b"<html><body>" + body, url="https://a.example/x", now=NOW)
    except ReadError as e:
        assert e.kind in ("no_text", "limit")
    assert time.monotonic() - start < 12
    assert document(sandbox, FINE).startswith("Kimi 1")


@pytest.mark.parametrize("body", NASTY.values(), ids=NASTY)
def test_entities_are_neither_expanded_nor_fetched(sandbox, body):
    start = time.monotonic()
    found = document(sandbox, body)
    assert time.monotonic() - start < 1
    assert SECRET not in found
    assert len(found) < 1_000_000


def test_nasty_xml_is_read_in_less_than_a_second_each(sandbox, shared):
    paths = sorted((shared / "nasty-xml").rglob("*.x*"))
    assert paths
    for path in paths:
        start = time.monotonic()
        found = document(sandbox, path.read_bytes())
        assert time.monotonic() - start < 1, path.name
        assert SECRET not in found
