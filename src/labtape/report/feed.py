"""The digest for machines: as JSON, and as an RSS feed with one item per story."""

from __future__ import annotations

import re
from email.utils import format_datetime
from html import escape

from labtape.plain import to_plain
from labtape.report.digest_nouns import Digest, StoryItem
from labtape.report.record import dumps
from labtape.report.wording import percent


def digest_json(digest: Digest) -> str:
    """The digest as one JSON object, `schema` first; the same bytes for the same digest."""
    return dumps(to_plain(digest))


def digest_rss(digest: Digest) -> str:
    """The digest as RSS 2.0: a story is an item, its verdict in front of the headline."""
    items = "".join(_item(item, digest) for item in digest.stories)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rss version="2.0"><channel>\n'
        f"<title>{_xml(digest.title)}</title>\n"
        "<description>What AI news means for markets, as labtape reads it</description>\n"
        "<link>urn:labtape:digest</link>\n"
        f"<lastBuildDate>{format_datetime(digest.made_at)}</lastBuildDate>\n"
        f"<generator>labtape {_xml(digest.engine)}</generator>\n"
        f"{items}"
        "</channel></rss>\n"
    )


def _item(item: StoryItem, digest: Digest) -> str:
    verdict = f"{item.label} {percent(item.confidence)}"
    lines = [f"{verdict} for {item.target_name}. {item.why}"]
    lines += [f"{h.name.capitalize()} term: {h.text}" for h in item.horizons if h.text]
    lines += [f"Similar before: {pattern}" for pattern in item.patterns]
    link = f"<link>{_xml(item.url)}</link>" if item.url else ""
    date = f"<pubDate>{format_datetime(item.at)}</pubDate>" if item.at else ""
    # A feed reader shows the description as HTML, so the words are escaped for HTML and then for XML.
    description = _xml("<br>".join(escape(_legal(line)) for line in lines))
    guid = f"{item.story_id}@{digest.made_at:%Y%m%dT%H%M%SZ}"
    return (
        f"<item><title>{_xml(f'{verdict}: {item.headline}')}</title>{link}"
        f'<guid isPermaLink="false">{_xml(guid)}</guid>{date}<description>{description}</description></item>\n'
    )


def _xml(text: str) -> str:
    return escape(_legal(text))


def _legal(text: str) -> str:
    """Without the characters XML has no way to write."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
