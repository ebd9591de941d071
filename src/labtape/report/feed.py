"""The digest for machines: as JSON, and as RSS, Atom and JSON Feed with one item per story.

An item has the story's own id in every digest, so that a reader that has seen it shows it again only where it has changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Final

from labtape.foreign import web_link
from labtape.ledger.words import claim_words
from labtape.plain import Json, iso, to_plain
from labtape.report.digest_nouns import Digest, StoryItem
from labtape.report.record import dumps
from labtape.report.wording import change_words, percent, told_by

#: What a feed of digests is called; its address is that of whoever serves it.
ID: Final = "urn:labtape:digest"
TITLE: Final = "labtape: the tape for AI labs"
_ABOUT: Final = "What AI news means for markets, as labtape reads it"


def digest_json(digest: Digest) -> str:
    """The digest as one JSON object, `schema` first; the same bytes for the same digest."""
    return dumps(to_plain(digest))


def digest_rss(digest: Digest) -> str:
    """The digest as RSS 2.0: a story is an item, its verdict in front of the headline."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rss version="2.0"><channel>\n'
        f"<title>{_xml(digest.title)}</title>\n"
        f"<description>{_ABOUT}</description>\n"
        f"<link>{ID}</link>\n"
        f"<lastBuildDate>{format_datetime(digest.made_at)}</lastBuildDate>\n"
        f"<generator>labtape {_xml(digest.engine)}</generator>\n"
        f"{''.join(_rss_item(item) for item in digest.stories)}"
        "</channel></rss>\n"
    )


def digest_atom(digest: Digest) -> str:
    """The digest as Atom (RFC 4287): a story is an entry, `updated` the time of its newest article."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">\n'
        f"<id>{ID}</id>\n"
        f"<title>{_xml(digest.title)}</title>\n"
        f"<subtitle>{_ABOUT}</subtitle>\n"
        f"<updated>{iso(digest.made_at)}</updated>\n"
        "<author><name>labtape</name></author>\n"
        f'<generator version="{_xml(digest.engine)}">labtape</generator>\n'
        f"{''.join(_atom_entry(item, digest) for item in digest.stories)}"
        "</feed>\n"
    )


def digest_jsonfeed(digest: Digest) -> str:
    """The digest as JSON Feed 1.1: a story is an item."""
    items = [_json_item(item, digest) for item in digest.stories]
    feed: Json = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": digest.title,
        "description": _ABOUT,
        "language": "en",
        "authors": [{"name": "labtape"}],
        "items": items,
    }
    return dumps(feed)


# ---------------------------------------------------------------- one story


def _rss_item(item: StoryItem) -> str:
    link = f"<link>{_xml(item.url)}</link>" if item.url else ""
    date = f"<pubDate>{format_datetime(item.at)}</pubDate>" if item.at else ""
    tags = "".join(f"<category>{_xml(tag)}</category>" for tag in _tags(item))
    # A feed reader shows the description as HTML, so the words are escaped for HTML and then for XML.
    return (
        f"<item><title>{_xml(_title(item))}</title>{link}"
        f'<guid isPermaLink="false">{_xml(_id(item))}</guid>{date}{tags}'
        f"<description>{_xml(_content(item))}</description></item>\n"
    )


def _atom_entry(item: StoryItem, digest: Digest) -> str:
    link = f'<link rel="alternate" href="{_xml(item.url)}"/>' if item.url else ""
    first = f"<published>{iso(item.at)}</published>" if item.at else ""
    tags = "".join(f'<category term="{_xml(tag)}"/>' for tag in _tags(item))
    return (
        f"<entry><id>{_xml(_id(item))}</id><title>{_xml(_title(item))}</title>{link}"
        f"<updated>{iso(_updated(item, digest))}</updated>{first}{tags}"
        f'<summary>{_xml(_verdict(item))}</summary><content type="html">{_xml(_content(item))}</content></entry>\n'
    )


def _json_item(item: StoryItem, digest: Digest) -> Json:
    made: Json = {
        "id": _id(item),
        "url": item.url,
        "title": _legal(_title(item)),
        "summary": _legal(_verdict(item)),
        "content_html": _content(item),
        "date_published": iso(item.at) if item.at else None,
        "date_modified": iso(_updated(item, digest)),
        "tags": [_legal(tag) for tag in _tags(item)],
        "authors": [{"name": _legal(item.publisher)}] if item.publisher else None,
    }
    return {name: value for name, value in made.items() if value is not None}


def _id(item: StoryItem) -> str:
    return f"urn:labtape:story:{item.story_id}"


def _title(item: StoryItem) -> str:
    return f"{item.label} {percent(item.confidence)}: {item.headline}"


def _verdict(item: StoryItem) -> str:
    return f"{item.label} {percent(item.confidence)} for {item.target_name}. {item.why}"


def _updated(item: StoryItem, digest: Digest) -> datetime:
    """When the newest article of the story was published; when the digest was made where none says."""
    times = [source.at for source in item.sources if source.at]
    return max([*times, *([item.at] if item.at else [])], default=digest.made_at)


def _tags(item: StoryItem) -> tuple[str, ...]:
    tickers = (ticker for lab in item.labs for ticker in lab.tickers)
    return tuple(dict.fromkeys((item.label, *(lab.name for lab in item.labs), *tickers, *item.events)))


def _content(item: StoryItem) -> str:
    """The story as HTML, each line with a link to what it rests on."""
    return "<br>".join(_lines(item))


def _lines(item: StoryItem) -> Iterator[str]:
    yield _link(_verdict(item), item.why_url or item.url)
    for words in change_words(item.changes) if item.changes else ():
        yield f"Since the last digest: {_html(words)}"
    for horizon in item.horizons:
        if horizon.text:
            yield f"{horizon.name.capitalize()} term: {_html(horizon.label)} {percent(horizon.p)}. {_link(horizon.text, horizon.url)}"
    for pattern, url in item.linked_patterns:
        yield f"Similar before: {_link(pattern, url)}"
    for lab in item.labs:
        tickers = f" ({', '.join(lab.tickers)})" if lab.tickers else ""
        verdict = f" {lab.label} {percent(lab.p)}" if lab.label and lab.p is not None else ""
        yield f"Lab: {_link(lab.name + tickers + verdict, lab.url)}"
    for row in item.claims:
        yield f"Share: {_link(f'{claim_words(row)}: {row.who}', row.first.url)}"
    for quote, url in item.linked_quotes:
        yield f"“{_link(quote, url)}”"
    told = ", ".join(_link(s.publisher or "unknown source", s.url) for s in item.sources)
    yield f"{_html(told_by(item))}: {told}"


def _link(text: str, url: str | None) -> str:
    safe = web_link(url)
    return f'<a href="{_html(safe)}">{_html(text)}</a>' if safe else _html(text)


def _html(text: str) -> str:
    return escape(_legal(text))


def _xml(text: str) -> str:
    return escape(_legal(text))


def _legal(text: str) -> str:
    """Without the characters XML has no way to write."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
