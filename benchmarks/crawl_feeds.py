"""Which feeds the crawler is measured on: made by seed, shaped as feeds of real sites are, every word our own.

    f"feed {i}" -> RSS 2.0 (whole text in content:encoded, or in description), Atom (html, xhtml), RDF, JSON Feed

Two hundred make about 6,600 entries and 45 MB: 6.8 KB of HTML an entry, paragraphs with links, figures, lists and
quotations, a tenth of the feeds Chinese. Of a hundred dates three are written oddly and one in two hundred is missing.
One feed in fifty is sloppy (`FAULTS`, in turn). No entry is short enough for its page to be wanted.
"""

from __future__ import annotations

import html
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import cache
from random import Random
from xml.sax.saxutils import escape

SEED = 20261121
FAULTS = ("one bad byte", "a bare &", "a control character", "an unclosed item")
MEAN_HTML = 5_700  # bytes of content; with all around it an entry takes 6.8 KB
LEAST_SAID = 1_500  # bytes of paragraphs: far more than what makes a crawler fetch the article's page
_SIZES = (10, 10, 10, 10, 15, 15, 20, 20, 20, 20, 30, 30, 30, 30, 40, 50, 50, 50, 100, 100)  # entries a feed
_STYLES = (*("rss whole",) * 9, *("rss",) * 4, *("atom",) * 4, "atom xhtml", "rdf", "json")
_FUNCTION_WORDS = """
the of and to in a is that for it as was with be by on not he his but at are this have from or had an they
which one you were all her she there would their we him been has when who will no more if out so up said
what its about than into them can only other time new some could these two may first then do any like my now
over such our man me even most made after also did many off before must well back through years where much
your way down should because long each just those
"""
_ONSETS = "b br c d f g gr h k l m n p pl r s st t tr v"
_VOWELS = "a e i o u ai ea ou"
_ENDS = "- n r l st ck m nd x"  # a dash: none
_HAN = (
    "我们今年在新的研究中看到模型能力有了很大提高公司表示将会继续投入更多资金用于建设数据中心以及开发芯片市场认为这项技术对经济"
    "增长影响明显不过专家指出成本仍然过高需要时间来证明用户数量上月达到历史最高水平开源社区贡献者来自全球各地"
)


@dataclass(frozen=True, slots=True)
class Made:
    """A feed as its server sends it. `n_entries` were written into it; `fault` is what was spoiled afterwards."""

    body: bytes
    media_type: str
    n_entries: int
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class _Item:
    n: int
    title: str
    link: str
    guid: str
    date: str
    author: str
    tags: tuple[str, ...]
    summary: str
    content: str


def make_feed(i: int, *, newest: datetime, seed: int = SEED) -> Made:
    """Give feed number i; the same number, seed and time give the same bytes."""
    random = Random(f"{seed}/{i}")
    fault = FAULTS[i // 50 % len(FAULTS)] if i % 50 == 17 else None
    style = "rss whole" if fault else random.choice(_STYLES)
    site = f"https://www.{word(random)}{word(random)}{i}.example"
    name = " ".join(word(random).capitalize() for _ in range(2))
    is_chinese = random.random() < 0.1
    n = _SIZES[i * 7 % len(_SIZES)]
    items = [_item(random, k, site, style, newest, is_chinese=is_chinese) for k in range(n)]
    media_type, write = _WRITERS[style.partition(" ")[0]]
    text = write(items, name, site, style, "zh-CN" if is_chinese else "en-US")
    return Made(_spoiled(text, fault), media_type, n, fault)


def _spoiled(text: str, fault: str | None) -> bytes:
    middle = text.find("<item>", len(text) // 2)
    at = text.find("</p>", middle)  # inside the content of an item
    match fault:
        case None:
            return text.encode()
        case "one bad byte":
            return text[:at].encode() + b"\xe9" + text[at:].encode()
        case "a bare &":
            at = text.find("</title>", middle)
            return (text[:at] + " & more" + text[at:]).encode()
        case "a control character":
            return (text[:at] + "\x0b" + text[at:]).encode()
        case _:
            at = text.find("</item>", middle)
            return (text[:at] + text[at + len("</item>") :]).encode()


# ---------------------------------------------------------------- words


@cache
def _syllables() -> tuple[list[str], list[str], list[str]]:
    return _ONSETS.split(), _VOWELS.split(), _ENDS.split()


def word(random: Random) -> str:
    """A word of one to three syllables that no language has."""
    onsets, vowels, ends = _syllables()
    return "".join(
        random.choice(onsets) + random.choice(vowels) + random.choice(ends).strip("-")
        for _ in range(random.choice((1, 1, 2, 2, 3)))
    )


@cache
def _sentences(is_chinese: bool) -> tuple[str, ...]:
    random = Random(f"sentences {is_chinese}")
    if is_chinese:
        return tuple(
            "，".join(
                "".join(random.choices(_HAN, k=random.randint(5, 14))) for _ in range(random.randint(1, 4))
            )
            + "。"
            for _ in range(4000)
        )
    nouns = [word(random) for _ in range(3000)]
    weights = [1 / (k + 2) for k in range(len(nouns))]
    return tuple(_sentence(random, nouns, weights) for _ in range(4000))


def _sentence(random: Random, nouns: list[str], weights: list[float]) -> str:
    n = random.randint(6, 28)
    common, rare = random.choices(_FUNCTION_WORDS.split(), k=n), random.choices(nouns, weights, k=n)
    words = [rare[k] if random.random() < 0.5 else common[k] for k in range(n)]
    if random.random() < 0.3:
        words[n // 2] += ","
    if random.random() < 0.1:
        words[n // 3] = random.choice(
            ("R&amp;D", "it&#8217;s", f"{random.randint(2, 98)}%", "&#8220;so&#8221;")
        )
    return " ".join(words).capitalize() + random.choice(("...?!" if random.random() < 0.02 else ".", "."))


def _content(random: Random, site: str, *, is_chinese: bool) -> str:
    """HTML as blog software writes it, well-formed, its length spread about the mean as a log-normal."""
    sentences = _sentences(is_chinese)
    length = min(60_000.0, max(1_500.0, random.lognormvariate(math.log(MEAN_HTML) - 0.28, 0.75)))
    parts: list[str] = []
    size = n_said = 0
    while size < length or n_said < LEAST_SAID:
        part = _block(random, sentences, site)
        parts.append(part)
        n_bytes = len(part) * (3 if is_chinese else 1)
        size += n_bytes
        n_said += n_bytes if part.startswith("<p>") else 0
    return "\n".join(parts)


def _block(random: Random, sentences: tuple[str, ...], site: str) -> str:
    kind = random.random()
    if kind < 0.08:
        name = f"{site}/files/{random.randrange(10**6):06}"
        widths = ", ".join(f"{name}-{w}.jpg {w}w" for w in (300, 768, 1024, 1536))
        return (
            f'<figure class="wp-block-image size-large"><img decoding="async" width="1024" height="683" src="{name}.jpg" '
            f'alt="" class="wp-image-{random.randrange(9999)}" srcset="{widths}" sizes="(max-width: 1024px) 100vw, 1024px" />'
            f"<figcaption>{random.choice(sentences)}</figcaption></figure>"
        )
    if kind < 0.14:
        return f'<h2 class="wp-block-heading" id="h-{random.randrange(999)}">{random.choice(sentences)[:60].partition("&")[0]}</h2>'
    if kind < 0.2:
        rows = "".join(f"<li>{s}</li>" for s in random.choices(sentences, k=random.randint(2, 6)))
        return f"<ul>{rows}</ul>"
    if kind < 0.24:
        return f'<blockquote class="wp-block-quote"><p>{random.choice(sentences)}</p></blockquote>'
    if kind < 0.26:
        return f'<p style="text-align:center"><a href="/about/{random.randrange(99)}">{random.choice(sentences)}</a></p>'
    words = random.choices(sentences, k=random.randint(2, 7))
    for k in range(len(words)):
        roll = random.random()
        if roll < 0.15:
            address = f"https://{random.randrange(999)}.example/{random.randrange(10**5)}?a=1&amp;b=2"
            words[k] = f'<a href="{address}" target="_blank" rel="noopener noreferrer">{words[k]}</a>'
        elif roll < 0.22:
            words[k] = f"<strong>{words[k]}</strong>"
        elif roll < 0.27:
            words[k] = f"<em>{words[k]}</em><br />"
    return f"<p>{' '.join(words)}</p>"


# ---------------------------------------------------------------- items


def _item(random: Random, k: int, site: str, style: str, newest: datetime, *, is_chinese: bool) -> _Item:
    sentences = _sentences(is_chinese)
    title = html.unescape(random.choice(sentences)).rstrip(".。")[:90] + f" {random.randrange(10**5)}"
    slug = "-".join(word(random) for _ in range(5))
    at = newest - timedelta(minutes=random.randrange(30, 500) * (k + 1))
    link = f"{site}/{at:%Y/%m}/{slug}/" + random.choice(("", "", "?utm_source=rss&utm_medium=rss"))
    content = _content(random, site, is_chinese=is_chinese)
    plain = html.unescape(random.choice(sentences) + " " + random.choice(sentences))
    return _Item(
        n=k,
        title=title,
        link=link,
        guid=f"{site}/?p={10_000 + k}" if random.random() < 0.6 else link.partition("?")[0],
        date=_date(random, at, is_iso=style.startswith(("atom", "rdf", "json"))),
        author=f"{word(random).capitalize()} {word(random).capitalize()}",
        tags=tuple(word(random) for _ in range(random.randint(0, 6))),
        summary=plain,
        content=content,
    )


def _date(random: Random, at: datetime, *, is_iso: bool) -> str:
    roll = random.random()
    if roll < 0.005:
        return ""
    if roll < 0.035:
        odd = (
            "%Y-%m-%d %H:%M:%S",
            "%b %d, %Y",
            "%a, %d %b %Y %H:%M:%S EST",
            "%d %b %Y %H:%M GMT",
            "%Y-%m-%d",
        )
        return at.strftime(random.choice(odd))
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if is_iso else format_datetime(at)


# ---------------------------------------------------------------- formats


def _cdata(text: str) -> str:
    return f"<![CDATA[{text}]]>"


def _rss(items: list[_Item], name: str, site: str, style: str, language: str) -> str:
    head = (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
        'xmlns:slash="http://purl.org/rss/1.0/modules/slash/">\n<channel>\n'
        f'<title>{name}</title>\n<atom:link href="{site}/feed/" rel="self" type="application/rss+xml" />\n'
        f"<link>{site}</link>\n<description>All of {name}</description>\n<language>{language}</language>\n"
        "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>\n"
    )
    parts = [head]
    for item in items:
        is_whole = style == "rss whole"
        texts = f"<description>{_cdata(f'<p>{escape(item.summary)}</p>')}</description>\n" if is_whole else ""
        texts += (
            f"<content:encoded>{_cdata(item.content)}</content:encoded>\n"
            if is_whole
            else f"<description>{escape(item.content)}</description>\n"
        )
        parts.append(
            f"<item>\n<title>{escape(item.title)}</title>\n<link>{escape(item.link)}</link>\n"
            f"<comments>{escape(item.link)}#respond</comments>\n<dc:creator>{_cdata(item.author)}</dc:creator>\n"
            + (f"<pubDate>{item.date}</pubDate>\n" if item.date else "")
            + "".join(f"<category>{_cdata(tag)}</category>\n" for tag in item.tags)
            + f'<guid isPermaLink="false">{escape(item.guid)}</guid>\n{texts}'
            f"<wfw:commentRss>{escape(item.link)}feed/</wfw:commentRss>\n<slash:comments>{item.n}</slash:comments>\n</item>\n"
        )
    return "".join([*parts, "</channel>\n</rss>\n"])


def _atom(items: list[_Item], name: str, site: str, style: str, language: str) -> str:
    head = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}">\n'
        f'<title>{name}</title>\n<link href="{site}/atom.xml" rel="self"/>\n<link href="{site}/"/>\n'
        f"<updated>2026-01-01T00:00:00Z</updated>\n<id>{site}/</id>\n"
    )
    parts = [head]
    for item in items:
        content = (
            f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{item.content}</div></content>'
            if style == "atom xhtml"
            else f'<content type="html">{escape(item.content)}</content>'
        )
        dates = f"<published>{item.date}</published><updated>{item.date}</updated>\n" if item.date else ""
        parts.append(
            f'<entry>\n<title type="html">{escape(escape(item.title))}</title>\n<link href="{escape(item.link)}" rel="alternate" />\n'
            f"<id>{escape(item.guid)}</id>\n{dates}<author><name>{item.author}</name></author>\n"
            + "".join(f'<category term="{tag}" />\n' for tag in item.tags)
            + f'<summary type="html">{escape(escape(item.summary))}</summary>\n{content}\n</entry>\n'
        )
    return "".join([*parts, "</feed>\n"])


def _rdf(items: list[_Item], name: str, site: str, style: str, language: str) -> str:
    listed = "".join(f'<rdf:li rdf:resource="{escape(item.link)}"/>' for item in items)
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF xmlns="http://purl.org/rss/1.0/" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/">\n'
        f'<channel rdf:about="{site}/"><title>{name}</title><link>{site}/</link><description>{name}</description>'
        f"<dc:language>{language}</dc:language><items><rdf:Seq>{listed}</rdf:Seq></items></channel>\n"
    )
    parts = [head]
    parts += [
        f'<item rdf:about="{escape(item.link)}"><title>{escape(item.title)}</title><link>{escape(item.link)}</link>'
        + (f"<dc:date>{item.date}</dc:date>" if item.date else "")
        + f"<dc:creator>{item.author}</dc:creator><description>{escape(item.summary)}</description>"
        f"<content:encoded>{_cdata(item.content)}</content:encoded></item>\n"
        for item in items
    ]
    return "".join([*parts, "</rdf:RDF>\n"])


def _json(items: list[_Item], name: str, site: str, style: str, language: str) -> str:
    rows = [
        {
            "id": item.guid,
            "url": item.link,
            "title": item.title,
            "content_html": item.content,
            "summary": item.summary,
            "authors": [{"name": item.author}],
            "tags": list(item.tags),
            **({"date_published": item.date} if item.date else {}),
        }
        for item in items
    ]
    head = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": name,
        "home_page_url": site,
        "language": language,
    }
    return json.dumps({**head, "items": rows}, ensure_ascii=False)


_Write = Callable[[list[_Item], str, str, str, str], str]
_WRITERS: dict[str, tuple[str, _Write]] = {
    "rss": ("application/rss+xml", _rss),
    "atom": ("application/atom+xml", _atom),
    "rdf": ("application/rdf+xml", _rdf),
    "json": ("application/feed+json", _json),
}
