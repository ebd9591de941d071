"""The feeds the server shows: ten entries with known titles, in our own words, in every format."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape

WORDS = ("Amber", "Basalt", "Cedar", "Dune", "Ember", "Fjord", "Garnet", "Harbour", "Iris", "Juniper")
BASE = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as a feed states it; `at` may be any words that stand where a date should."""

    title: str
    text: str
    guid: str | None = None
    link: str | None = None
    at: str | None = None


def title(word: str, key: str) -> str:
    return f"{word} notes of the {key} desk"


def titles(key: str, n: int = 10) -> tuple[str, ...]:
    """The titles a feed of this key has, newest first."""
    return tuple(title(word, key) for word in WORDS[:n])


def paragraph(word: str, key: str) -> str:
    """More than a paragraph, so that nobody wants the article's page; different for each word and key."""
    return " ".join(
        f"{word} {thing} of the {key} desk was counted {way}, and the {word.lower()} figure was written down by hand."
        for thing, way in (
            ("the first ledger", "twice before noon"), ("the old register", "by two clerks who did not agree"),
            ("the long table", "from the last line upwards"), ("the spare copy", "once more after the lamps were lit"),
            ("the blue folder", "without its cover"), ("the final sheet", "while the printer was still warm"),
        )
    )  # fmt: skip


def when(i: int, base: datetime = BASE) -> str:
    """RFC 822, an hour apart, newest first."""
    return f"{base - timedelta(hours=i):%a, %d %b %Y %H:%M:%S} GMT"


def today() -> datetime:
    """The last midnight: entries of then are news, and stay the same for a day."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def items(
    key: str, base: str, n: int = 10, *, text: str | None = None, base_time: datetime = BASE
) -> tuple[Item, ...]:
    """The entries of a well-made feed, their pages below `base`."""
    return tuple(
        Item(
            title=title(word, key),
            text=paragraph(word, key) if text is None else text,
            guid=f"{key}-{word.lower()}",
            link=f"{base}/page/{key}/{word.lower()}",
            at=when(i, base_time),
        )
        for i, word in enumerate(WORDS[:n])
    )


def rss_item(item: Item, *, raw: bool = False) -> str:
    """An item of RSS 2.0; `raw` leaves title and text as they are written."""
    mask = (lambda s: s) if raw else (lambda s: escape(s, quote=False))
    parts = [f"<title>{mask(item.title)}</title>"]
    if item.link is not None:
        parts.append(f"<link>{escape(item.link)}</link>")
    if item.guid is not None:
        parts.append(f'<guid isPermaLink="false">{escape(item.guid)}</guid>')
    if item.at is not None:
        parts.append(f"<pubDate>{escape(item.at)}</pubDate>")
    parts.append(f"<description>{mask(item.text)}</description>")
    return f"<item>{''.join(parts)}</item>\n"


def rss(
    body: str | Iterable[Item],
    *,
    name: str = "A desk",
    language: str | None = None,
    declaration: str = '<?xml version="1.0" encoding="UTF-8"?>\n',
    channel: str = "",
) -> str:
    """An RSS 2.0 document; `body` are items, or what stands where items should."""
    inside = body if isinstance(body, str) else "".join(map(rss_item, body))
    tongue = f"<language>{language}</language>" if language else ""
    return (
        f'{declaration}<rss version="2.0"><channel><title>{name}</title><link>http://desk.example/</link>'
        f"<description>Counts</description>{tongue}{channel}\n{inside}</channel></rss>\n"
    )


def good(key: str, base: str) -> bytes:
    """A feed without fault."""
    return rss(items(key, base), name=f"The {key} desk").encode()


def atom(entries: Sequence[Item], *, name: str = "A desk", base: str | None = None) -> str:
    """An Atom document; relative links where the items have them."""
    at = f' xml:base="{escape(base)}"' if base else ""
    inside = "".join(
        f"<entry><title>{escape(e.title)}</title><id>{escape(e.guid or e.link or e.title)}</id>"
        f'<link href="{escape(e.link or "")}"/><updated>{e.at}</updated>'
        f'<content type="html">{escape(e.text)}</content></entry>\n'
        for e in entries
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"{at}><title>{name}</title>'
        f"<id>urn:desk:{escape(name)}</id><updated>2026-05-04T06:00:00Z</updated>\n{inside}</feed>\n"
    )


def json_feed(entries: Sequence[Item], *, version: str = "1.1") -> str:
    """A JSON Feed; dates as RFC 3339."""
    return json.dumps(
        {
            "version": f"https://jsonfeed.org/version/{version}",
            "title": "A desk in JSON",
            "items": [
                {
                    "id": e.guid, "url": e.link, "title": e.title, "content_text": e.text,
                    "date_published": f"{BASE - timedelta(hours=i):%Y-%m-%dT%H:%M:%SZ}",
                }
                for i, e in enumerate(entries)
            ],
        }
    )  # fmt: skip


def page(key: str, word: str) -> bytes:
    """The page of an article: a story with the usual furniture around it."""
    name = title(word.capitalize(), key)
    story = "".join(f"<p>{s}.</p>" for s in paragraph(word.capitalize(), key).split(". "))
    return (
        f'<!doctype html><html lang="en"><head><title>{name}</title></head><body><nav><a href="/">Home</a></nav>'
        f"<article><h1>{name}</h1><p>Page text.</p>{story}</article><footer>Imprint</footer></body></html>"
    ).encode()
