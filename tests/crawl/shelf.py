"""A fetcher that is a member of the family: it answers from a dict, and remembers what it was asked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from labtape.exceptions import FetchError
from labtape.types import Fetched, Validators

START = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)


class Shelf:
    """What is missing is a 404, an ETag that is known a 304; an exception on the shelf is raised."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes | Exception | Callable[[], Fetched]] = {}
        self.asked: list[tuple[str, Validators]] = []

    def fetch(self, url: str, validators: Validators = Validators()) -> Fetched:
        self.asked.append((url, validators))
        found = self.bodies.get(url)
        if found is None:
            raise FetchError(f"{url}: answered 404", kind="http", status=404)
        if isinstance(found, Exception):
            raise found
        if not isinstance(found, bytes):
            return found()
        etag = sha256(found).hexdigest()
        if validators.etag == etag:
            return Fetched(url, url, 304, b"", START, validators=Validators(etag))
        return Fetched(url, url, 200, found, START, validators=Validators(etag))

    def urls(self) -> list[str]:
        return [url for url, _ in self.asked]


class Clock:
    """Goes on a second whenever it is looked at; may be put forward."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def rss(*items: tuple[str, str, str], site: str = "https://news.example", at: datetime = START) -> bytes:
    """A feed of (guid, title, text) items, dated an hour before `at`."""
    body = "".join(
        f"<item><title>{title}</title><link>{site}/{guid}</link><guid isPermaLink='false'>{guid}</guid>"
        f"<pubDate>{at - timedelta(hours=1):%a, %d %b %Y %H:%M:%S} GMT</pubDate><description>{text}</description></item>"
        for guid, title, text in items
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>{body}</channel></rss>'.encode()
    )


def page(text: str) -> bytes:
    return f"<html><head><title>T</title></head><body><article><p>{text}</p></article></body></html>".encode()
