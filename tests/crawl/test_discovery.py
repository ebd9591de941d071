"""From the address of a page to the feeds of its site, over a fetcher that answers from a dict."""

import pytest

from labtape.crawl.discovery import DELAY, MOST, Found, discover
from labtape.crawl.reader import InProcess
from labtape.exceptions import FetchError, ReadError
from labtape.types import Validators

from .samples import NOW, answer

SITE = "https://wire.example"
RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>
<item><title>One</title><guid>1</guid></item><item><title>Two</title><guid>2</guid></item></channel></rss>"""


def html(*feeds):
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{feed}">' for feed in feeds)
    return f"<!doctype html><html><head><title>Wire</title>{links}</head><body><p>News</p></body></html>".encode()


class Shelf:
    """A fetcher that answers from a dict and writes down what it was asked."""

    def __init__(self, **bodies):
        self.bodies = {f"{SITE}{path}": body for path, body in bodies.items()}
        self.asked = []

    def fetch(self, url, validators=Validators()):
        self.asked.append(url.removeprefix(SITE))
        body = self.bodies.get(url)
        if body is None or isinstance(body, int):
            raise FetchError(f"{url}: answered {body or 404}", kind="http", status=body or 404)
        return answer(body, url=url)


def found(shelf, path="/"):
    pauses = []
    feeds = discover(f"{SITE}{path}", shelf, now=NOW, reader=InProcess(), pause=pauses.append)
    assert pauses == [DELAY] * (len(shelf.asked) - 1), "a second between two requests"
    return feeds


def test_the_address_of_a_feed_gives_itself():
    shelf = Shelf(**{"/rss": RSS})
    assert found(shelf, "/rss") == (Found(f"{SITE}/rss", "Wire", 2),)


def test_a_page_gives_the_feeds_it_advertises_that_are_feeds():
    page = html("/rss", "/gone", f"{SITE}/about", "/rss")
    shelf = Shelf(**{"/": page, "/rss": RSS, "/about": html()})
    assert found(shelf) == (Found(f"{SITE}/rss", "Wire", 2),)
    assert shelf.asked == ["/", "/rss", "/gone", "/about"]


def test_a_page_that_advertises_nothing_is_looked_at_in_a_few_usual_places_up_to_the_first_feed():
    shelf = Shelf(**{"/": html(), "/atom.xml": RSS, "/feed.xml": RSS})
    assert [feed.url for feed in found(shelf)] == [f"{SITE}/atom.xml"]
    assert shelf.asked == ["/", "/feed", "/rss.xml", "/atom.xml"]


def test_a_page_below_the_front_page_may_have_its_feed_below_itself():
    shelf = Shelf(**{"/blog/": html(), "/blog/feed": RSS, "/feed": RSS})
    assert [feed.url for feed in found(shelf, "/blog/")] == [f"{SITE}/blog/feed"]


def test_the_usual_places_are_left_alone_where_something_is_advertised():
    shelf = Shelf(**{"/": html("/gone"), "/feed": RSS})
    assert found(shelf) == () and shelf.asked == ["/", "/gone"]


def test_a_site_without_feeds_has_none():
    assert found(Shelf(**{"/": html()})) == ()


def test_a_site_that_asks_to_wait_is_left_alone():
    shelf = Shelf(**{"/": html(), "/feed": 429, "/rss.xml": RSS})
    assert found(shelf) == () and shelf.asked == ["/", "/feed"]


def test_a_page_that_advertises_hundreds_is_asked_for_a_few():
    shelf = Shelf(**{"/": html(*(f"/thread/{n}" for n in range(300)))})
    assert found(shelf) == () and len(shelf.asked) == 1 + MOST


def test_an_address_that_cannot_be_had_or_is_neither_page_nor_feed_is_an_error():
    with pytest.raises(FetchError, match="404"):
        found(Shelf())
    with pytest.raises(ReadError):
        found(Shelf(**{"/": b"\x89PNG\r\n\x1a\n" + bytes(range(256))}))
