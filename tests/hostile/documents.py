"""Routes of the faults that lie in what is served: 9 to 16."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import escape
from pathlib import Path

from .feeds import BASE, WORDS, Item, atom, items, json_feed, paragraph, rss, rss_item, title, today, when
from .transport import key_of
from .wire import Exchange, Routes

routes = Routes()
RSS = "application/rss+xml"


def shown(
    path: str, fault: int, name: str, make: Callable[[Exchange], str | bytes], media_type: str = RSS
) -> None:
    """Enter a route that shows one document; `make` gets the request."""

    async def handler(ex: Exchange) -> None:
        body = make(ex)
        data = body.encode() if isinstance(body, str) else body
        await ex.answer(200, data, [("ETag", f'"{ex.n}"')], media_type=media_type)

    routes(path, fault, name)(handler)


def ten(ex: Exchange) -> str:
    """Ten good entries, to stand before whatever is bad."""
    return "".join(map(rss_item, items(key_of(ex), ex.base)))


# ---------------------------------------------------------------- 6: pages where nobody may go


def _astray(ex: Exchange) -> str:
    """Entries whose pages are private in several ways."""
    key, port = key_of(ex), str(ex.server.notes.get("canary", "127.0.0.1:9")).rpartition(":")[2]
    places = (
        f"127.0.0.1:{port}",
        f"localhost:{port}",
        f"[::1]:{port}",
        f"2130706433:{port}",
        "169.254.169.254",
    )
    links = [f"http://{place}/secret" for place in places]
    links += [f"{ex.base}/5/canary", "file:///etc/passwd", f"//127.0.0.1:{port}/secret"]
    return rss(
        Item(title(w, key), "Counted.", f"{key}-{i}", link, when(i, today()))
        for i, (w, link) in enumerate(zip(WORDS, links, strict=False))
    )


shown("/6/pages", 6, "entries whose pages are private", _astray)


# ---------------------------------------------------------------- 9: XML that expands or looks around

_LAUGHS = '<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)
)


def _with_doctype(ex: Exchange, inside: str, used: str, external: str = "") -> str:
    """A feed with a document type, and an eleventh entry that uses what it defines."""
    declaration = f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE rss {external} [{inside}]>\n'
    last = f"<item><title>Eleventh {used}</title><guid>{key_of(ex)}-11</guid><description>{used}</description></item>"
    return rss(ten(ex) + last, declaration=declaration)


def _file(ex: Exchange) -> str:
    return Path(str(ex.server.notes.get("secret", "/etc/hostname"))).as_uri()


def _canary(ex: Exchange) -> str:
    return f"http://{ex.server.notes.get('canary', '127.0.0.1:9')}/secret"


for _name, _what, _make in (
    ("billion-laughs", "entities of entities, 10^10 letters", lambda ex: _with_doctype(ex, _LAUGHS, "&j;")),
    ("quadratic", "one entity of 100 kB, used 50,000 times",
     lambda ex: _with_doctype(ex, f'<!ENTITY a "{"A" * 100_000}">', "&a;" * 50_000)),
    ("cyclic", "entities that mean each other", lambda ex: _with_doctype(ex, '<!ENTITY a "&b;"><!ENTITY b "&a;">', "&a;")),
    ("xxe-file", "an entity that is a file", lambda ex: _with_doctype(ex, f'<!ENTITY a SYSTEM "{_file(ex)}">', "&a;")),
    ("xxe-http", "an entity that is an address", lambda ex: _with_doctype(ex, f'<!ENTITY a SYSTEM "{_canary(ex)}">', "&a;")),
    ("xxe-parameter", "a parameter entity that is an address",
     lambda ex: _with_doctype(ex, f'<!ENTITY % a SYSTEM "{_canary(ex)}"> %a;', "")),
    ("xxe-parameter-file", "a parameter entity that is a file",
     lambda ex: _with_doctype(ex, f'<!ENTITY % a SYSTEM "{_file(ex)}"> %a;', "")),
    ("dtd", "a document type at an address", lambda ex: _with_doctype(ex, "", "", f'SYSTEM "{_canary(ex)}"')),
    ("dtd-public", "a public document type at an address",
     lambda ex: _with_doctype(ex, "", "", f'PUBLIC "-//Desk//DTD Counts//EN" "{_canary(ex)}"')),
    ("xinclude", "XInclude of a file and an address",
     lambda ex: rss(ten(ex) + '<item xmlns:xi="http://www.w3.org/2001/XInclude"><title>Eleventh</title><description>'
                    f'<xi:include parse="text" href="{_file(ex)}"/><xi:include href="{_canary(ex)}"/></description></item>')),
    ("stylesheet", "a stylesheet at an address",
     lambda ex: rss(ten(ex), declaration=f'<?xml version="1.0"?>\n<?xml-stylesheet type="text/xsl" href="{_canary(ex)}"?>\n')),
    ("schema", "a schema at an address",
     lambda ex: rss(ten(ex)).replace("<rss ", f'<rss xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="{_canary(ex)}" ')),
    ("opml", "a list of feeds with an entity that is a file",
     lambda ex: f'<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY a SYSTEM "{_file(ex)}">]><opml version="2.0"><head/>'
                f'<body><outline type="rss" text="&a;" xmlUrl="{_canary(ex)}"/></body></opml>'),
    ("utf-7", "an entity that is a file, hidden in UTF-7",
     lambda ex: b'<?xml version="1.0" encoding="UTF-7"?>\n' + _with_doctype(
         ex, f'<!ENTITY a SYSTEM "{_file(ex)}">', "&a;").split("?>\n", 1)[1].encode("utf-7")),
    ("utf-16", "an entity that is a file, hidden in UTF-16",
     lambda ex: _with_doctype(ex, f'<!ENTITY a SYSTEM "{_file(ex)}">', "&a;").replace("UTF-8", "UTF-16").encode("utf-16")),
):  # fmt: skip
    shown(f"/9/{_name}", 9, _what, _make)


@routes("/9/nasty/", 9, "the files of notes['nasty'], a folder")
async def nasty(ex: Exchange) -> None:
    folder = ex.server.notes.get("nasty")
    file = Path(str(folder)) / ex.path.rpartition("/")[2]
    if folder is None or not file.is_file():
        await ex.answer(404, b"no such file", media_type="text/plain")
    else:
        await ex.answer(200, file.read_bytes(), media_type="application/xml")


# ---------------------------------------------------------------- 10: large and deep

MANY = 100_000


def _last(text: str, *, name: str = "Eleventh") -> str:
    return f"<item><title>{name}</title><guid>{name}</guid><description>{text}</description></item>"


for _name, _what, _make in (
    ("nested-tags", "100,000 tags inside each other", lambda ex: rss(ten(ex) + "<a>" * MANY + "x" + "</a>" * MANY)),
    ("nested-unclosed", "100,000 tags that never close", lambda ex: rss(ten(ex) + "<a>" * MANY)),
    ("nested-in-item", "100,000 tags inside each other in an entry",
     lambda ex: rss(ten(ex) + f"<item><title>Eleventh</title>{'<a>' * MANY}x{'</a>' * MANY}</item>")),
    ("nested-divs", "50,000 divs inside each other in a text",
     lambda ex: rss(ten(ex) + _last(escape("<div>" * 50_000 + "deep" + "</div>" * 50_000)))),
    ("nested-xhtml", "50,000 divs inside each other as XHTML",
     lambda ex: atom(items(key_of(ex), ex.base)).replace("</feed>", '<entry><title>Eleventh</title><id>x</id><content type="xhtml">'
                     + "<div>" * 50_000 + "deep" + "</div>" * 50_000 + "</content></entry></feed>")),
    ("attribute", "an attribute of 20 MB", lambda ex: rss(ten(ex) + f'<item a="{"x" * 20_000_000}"><title>Eleventh</title></item>')),
    ("attributes", "100,000 attributes",
     lambda ex: rss(ten(ex) + "<item" + "".join(f' a{i}="x"' for i in range(MANY)) + "><title>Eleventh</title></item>")),
    ("namespaces", "20,000 namespaces",
     lambda ex: rss(ten(ex) + "<item" + "".join(f' xmlns:n{i}="urn:n{i}"' for i in range(20_000)) + "><title>Eleventh</title></item>")),
    ("items", "100,000 entries",
     lambda ex: rss("".join(f"<item><title>Line {i} of {key_of(ex)}</title><guid>{key_of(ex)}-{i}</guid></item>" for i in range(MANY)))),
    ("paragraphs", "200,000 paragraphs in a text", lambda ex: rss(ten(ex) + _last(escape("<p>word</p>" * 200_000)))),
    ("title", "a title of 5 MB", lambda ex: rss(ten(ex) + _last("short", name="T" * 5_000_000))),
    ("comment", "a comment of 8 MB", lambda ex: rss(ten(ex) + "<!--" + " x" * 4_000_000 + "-->")),
    ("half-tags", "500,000 tags that are never finished, in a text", lambda ex: rss(ten(ex) + _last(escape("<a " * 500_000)))),
    ("ampersands", "a million ampersands", lambda ex: rss(ten(ex) + _last("&" * 1_000_000))),
    ("cdata", "300,000 beginnings of CDATA", lambda ex: rss(ten(ex) + _last("<![CDATA[" * 300_000))),
    ("declarations", "a million beginnings of a declaration", lambda ex: rss(ten(ex)) + "<!x[" * 1_000_000),
    ("categories", "200,000 categories", lambda ex: rss(ten(ex) + "<item><title>Eleventh</title>" + "<category>c</category>" * 200_000 + "</item>")),
):  # fmt: skip
    shown(f"/10/{_name}", 10, _what, _make)

shown("/10/json", 10, "JSON of 200,000 brackets", lambda ex: "[" * 200_000, "application/feed+json")
shown("/10/json-items", 10, "JSON with 50,000 brackets in an entry",
      lambda ex: json_feed(items(key_of(ex), ex.base)).replace('"items": [', '"items": [' + "[" * 50_000 + "]" * 50_000 + ","),
      "application/feed+json")  # fmt: skip
shown("/10/json-number", 10, "JSON with a number of a million digits",
      lambda ex: '{"version": ' + "9" * 1_000_000 + ', "items": []}', "application/feed+json")  # fmt: skip


def _heavy(ex: Exchange) -> str:
    """A feed whose entries lead to heavy pages."""
    key = key_of(ex)
    heavy = (
        Item(title(w, key), "Counted.", f"{key}-{w}", f"{ex.base}/heavy/{w.lower()}", when(i, today()))
        for i, w in enumerate(WORDS[:4])
    )
    return rss(heavy)


shown("/10/pages", 10, "entries whose pages are heavy", _heavy)
for _word, _what, _body in (
    ("amber", "50,000 divs inside each other", "<div>" * 50_000 + "deep"),
    ("basalt", "200,000 paragraphs", "<p>word and word and word</p>" * 200_000),
    ("cedar", "an attribute of 9 MB", f'<p a="{"x" * 9_000_000}">word</p>'),
    ("dune", "100,000 tables inside each other", "<table><tr><td>" * 100_000),
):
    shown(
        f"/heavy/{_word}",
        10,
        f"a page of {_what}",
        lambda ex, body=_body: f"<html><body><article>{body}",
        "text/html",
    )


# ---------------------------------------------------------------- 11: sloppy


def _in_text(bad: str) -> Callable[[Exchange], str]:
    """A feed with `bad` in the middle of every text, written as it is."""

    def make(ex: Exchange) -> str:
        changed = (
            replace(i, text=i.text.replace(" was ", f" {bad} was ", 1)) for i in items(key_of(ex), ex.base)
        )
        return rss("".join(rss_item(i, raw=True) for i in changed))

    return make


for _name, _what, _make in (
    ("nul", "NUL in every text", _in_text("a\x00b")),
    ("controls", "control characters in every text", _in_text("a\x01\x08\x0b\x1fb")),
    ("control-references", "control characters as references", _in_text("a&#1;&#x1F;&#xFFFE;b")),
    ("ampersand", "a bare & in every text", _in_text("R&D AT&T & more")),
    ("nbsp", "&nbsp; and friends in every text", _in_text("&nbsp;&mdash;&euro;&hellip;")),
    ("unclosed", "items that never close", lambda ex: rss(ten(ex).replace("</item>", ""))),
    ("junk-before", "words of a program before the document", lambda ex: "\n\n<br />Warning: slow query in line 7\n" + rss(ten(ex))),
    ("junk-after", "words of a program after the document", lambda ex: rss(ten(ex)) + "<!-- 0.3 s --><script>count()</script>\nbye & thanks"),
    ("bom-twice", "two byte order marks", lambda ex: b"\xef\xbb\xbf\xef\xbb\xbf" + rss(ten(ex)).encode()),
    ("bad-byte", "a byte that is no UTF-8", lambda ex: rss(ten(ex)).encode().replace(b" was ", b" \xff was ", 1)),
    ("lt", "a bare < in a text", _in_text("a < b")),
    ("empty-but-valid", "a channel without entries", lambda ex: rss("")),
):  # fmt: skip
    shown(f"/11/{_name}", 11, _what, _make)

_PAGE = (
    '<!doctype html><html><head><title>Desk</title><link rel="alternate" type="application/rss+xml" title="All" '
    'href="/good/advertised"></head><body><p>Please accept our terms.</p></body></html>'
)
shown("/11/empty", 11, "nothing at all", lambda ex: b"")
shown("/11/blank", 11, "white space", lambda ex: "\n \t\n")
shown("/11/html", 11, "a page that advertises its feed", lambda ex: _PAGE, "text/html")
shown("/11/html-as-feed", 11, "a page, said to be a feed", lambda ex: _PAGE)
shown("/11/text", 11, "plain words", lambda ex: "out of order\n", "text/plain")


# ---------------------------------------------------------------- 12: characters


def chinese(ex: Exchange | str, i: int) -> str:
    """The title of the i-th Chinese entry."""
    key = ex if isinstance(ex, str) else key_of(ex)
    return f"第{i}号账本：深蓝实验室的用量统计——“{key}”更新了"


def french(key: str, i: int) -> str:
    """The title of the i-th entry in the letters of Windows."""
    return f"Café “{key}” n° {i} – l’œuvre coûte 7 €"


def _titled(ex: Exchange, name: Callable[[str, int], str], declared: str | None) -> str:
    made = (
        replace(item, title=name(key_of(ex), i), text=f"{name(key_of(ex), i)} {item.text}")
        for i, item in enumerate(items(key_of(ex), ex.base))
    )
    said = f' encoding="{declared}"' if declared else ""
    return rss(made, declaration=f'<?xml version="1.0"{said}?>\n')


for _name, _what, _title, _declared, _written, _charset in (
    ("gbk-declared", "gbk, declared", chinese, "gbk", "gbk", None),
    ("gbk-http", "gbk, said by HTTP", chinese, None, "gbk", "gbk"),
    ("gbk-lied", "gbk declared, HTTP says UTF-8", chinese, "gbk", "gbk", "utf-8"),
    ("gbk-undeclared", "gbk, said to be UTF-8 by the document", chinese, "UTF-8", "gbk", None),
    ("gb2312-wide", "declared gb2312, with letters of gb18030", chinese, "gb2312", "gb18030", None),
    ("utf-8-declared-gbk", "UTF-8, declared gbk", chinese, "gbk", "utf-8", None),
    ("utf-16-le", "UTF-16 without a mark, little end first", chinese, "utf-16", "utf-16-le", None),
    ("utf-16-be", "UTF-16 without a mark, big end first", chinese, "utf-16", "utf-16-be", None),
    ("utf-16-bom", "UTF-16 with a mark", chinese, "utf-16", "utf-16", None),
    ("cp1252-declared", "Windows-1252, declared", french, "windows-1252", "cp1252", None),
    ("cp1252-latin1", "Windows-1252, declared Latin-1", french, "iso-8859-1", "cp1252", None),
    ("cp1252-undeclared", "Windows-1252, not declared", french, None, "cp1252", None),
):
    shown(
        f"/12/{_name}", 12, _what,
        lambda ex, name=_title, declared=_declared, written=_written: _titled(ex, name, declared).encode(written),
        RSS if _charset is None else f"{RSS}; charset={_charset}",
    )  # fmt: skip


# ---------------------------------------------------------------- 13: identity


def five(ex: Exchange, change: Callable[[Item, int, int], Item]) -> str:
    """Five entries, each changed by its place and by how often the feed was asked for."""
    same = items(key_of(ex), ex.base, 5)
    return rss([change(item, i, ex.n) for i, item in enumerate(same)], channel=f"<!-- {ex.n} -->")


for _name, _what, _change in (
    ("no-guid", "no guid", lambda item, i, n: replace(item, guid=None)),
    ("no-guid-no-link", "neither guid nor link", lambda item, i, n: replace(item, guid=None, link=None)),
    ("nothing", "neither guid nor link nor date", lambda item, i, n: replace(item, guid=None, link=None, at=None)),
    ("one-guid", "one guid five times", lambda item, i, n: replace(item, guid="1")),
    ("one-guid-no-link", "one guid five times, no link", lambda item, i, n: replace(item, guid="1", link=None)),
    ("one-link", "one link five times, no guid", lambda item, i, n: replace(item, guid=None, link="http://desk.example/all")),
    ("guids-change", "other guids each time", lambda item, i, n: replace(item, guid=f"{item.guid}-{n}")),
    ("guids-change-undated", "other guids each time, no dates", lambda item, i, n: replace(item, guid=f"{item.guid}-{n}", at=None)),
    ("guids-scheme", "guids that go from http to https",
     lambda item, i, n: replace(item, guid=f"{'http' if n == 1 else 'https'}://desk.example/{item.guid}", link=None)),
    ("links-change", "other links each time, no guid", lambda item, i, n: replace(item, guid=None, link=f"{item.link}-{n * 7919 + i}")),
    ("both-change", "other guids and links each time",
     lambda item, i, n: replace(item, guid=f"{n}-{i}", link=f"http://desk.example/r/{n * 7919 + i}")),
    ("tracked", "links with other tracking words each time",
     lambda item, i, n: replace(item, guid=None, link=f"{item.link}?utm_source=feed&utm_campaign={n}")),
):  # fmt: skip
    shown(f"/13/{_name}", 13, _what, lambda ex, change=_change: five(ex, change))


# ---------------------------------------------------------------- 14: dates

# name, what stands in pubDate, the language of the feed
DATES: tuple[tuple[str, str | None, str | None], ...] = (
    ("none", None, None),
    ("chinese", "2026年6月13日 16:37", "zh-CN"),
    ("relative", "2小时前", "zh-CN"),
    ("epoch", "1781340000", None),
    ("hour-25", "Sat, 13 Jun 2026 25:61:00 GMT", None),
    ("june-31", "Wed, 31 Jun 2026 10:00:00 GMT", None),
    ("two-spaces", "2026-06-13 16:37:21  +0800", None),
    ("cst-us", "Sat, 13 Jun 2026 16:37:21 CST", "en-US"),
    ("cst-cn", "Sat, 13 Jun 2026 16:37:21 CST", "zh-CN"),
    ("cst", "Sat, 13 Jun 2026 16:37:21 CST", None),
    ("javascript", "Sat Jun 13 2026 16:37:21 GMT+0800 (中国标准时间)", None),
    ("javascript-en", "Sat Jun 13 2026 16:37:21 GMT+0800 (China Standard Time)", None),
    ("year-2999", "Thu, 13 Jun 2999 16:37:21 GMT", None),
    ("rfc822", "Sat, 13 Jun 2026 16:37:21 +0200", None),
    ("iso", "2026-06-13T16:37:21Z", None),
    ("words", "last Tuesday", None),
    ("ambiguous", "06/07/2026", None),
    ("year-0", "Mon, 01 Jan 0001 00:00:00 GMT", None),
    ("epoch-0", "Thu, 01 Jan 1970 00:00:00 GMT", None),
)


def _dated(said: str | None, language: str | None) -> Callable[[Exchange], str]:
    def make(ex: Exchange) -> str:
        item = replace(items(key_of(ex), ex.base, 1)[0], at=said)
        return rss([item if said else replace(item, guid="1", link=None)], language=language)

    return make


for _name, _said, _language in DATES:
    shown(f"/14/{_name}", 14, f"the date {_said!r}", _dated(_said, _language))

shown("/14/disorder", 14, "entries out of order",
      lambda ex: rss([items(key_of(ex), ex.base)[i] for i in (3, 9, 0, 7, 1, 8, 2, 6, 4, 5)]))  # fmt: skip
shown("/14/changes", 14, "dates that move with each visit",
      lambda ex: rss([replace(i, at=when(n, BASE + timedelta(hours=ex.n))) for n, i in enumerate(items(key_of(ex), ex.base))]))  # fmt: skip


# ---------------------------------------------------------------- 15: scripts and relative links

CALL = "alert(15)"
SCRIPTS = (
    f"<script>{CALL}</script>", f"<img src=x onerror={CALL}>", f"<svg onload={CALL}><script>{CALL}</script></svg>",
    f'<a href="javascript:{CALL}">here</a>', f"<a href=\"java\tscript:{CALL}\">here</a>", f"<a href='&#106;avascript:{CALL}'>here</a>",
    f'<iframe srcdoc="&lt;script&gt;{CALL}&lt;/script&gt;"></iframe>', f'<object data="javascript:{CALL}"></object>',
    f'<meta http-equiv="refresh" content="0;url=javascript:{CALL}">', f'<base href="javascript:{CALL}//">',
    f"<style>@import 'javascript:{CALL}';</style>", f'<form action="javascript:{CALL}"><input type=submit></form>',
    f'<math><mtext></p><script>{CALL}</script></math>', f'"><script>{CALL}</script>', f"'-{CALL}-'", f"`{CALL}`",
    f"<!--><img src=x onerror={CALL}>-->", f'<a href="data:text/html,<script>{CALL}</script>">x</a>',
    f"[x](javascript:{CALL})", f"</style></title></textarea><script>{CALL}</script>", f"&lt;script&gt;{CALL}&lt;/script&gt;",
)  # fmt: skip
SHARE = "Chinese providers hold about 61% of the tokens used among the top 10 models on OpenRouter, the desk counted."


def _scripts(ex: Exchange) -> str:
    """Entries about what we report on, each with a way to run a program in text, title, author and link."""
    key = key_of(ex)
    made = []
    for i, bad in enumerate(SCRIPTS):
        said = f"OpenAI and DeepSeek count {i} again {bad} and Nvidia falls 5%"
        link = f"javascript:{CALL}//{i}" if i % 2 else f"{ex.base}/page/{key}/{i}?q={bad}"
        item = Item(said, f"{SHARE} {bad} {SHARE.replace('61', str(30 + i))}", f"{key}-{i}", link, when(i))
        made.append(
            rss_item(item).replace(
                "<guid", f"<author>{escape(bad)}</author><category>{escape(bad)}</category><guid"
            )
        )
    return rss("".join(made), name=escape(SCRIPTS[0]))


shown("/15/scripts", 15, "a way to run a program in every field", _scripts)


def _relative(ex: Exchange) -> tuple[Item, ...]:
    key = key_of(ex)
    links = (
        f"/a/{key}/amber",
        f"b/{key}/basalt",
        f"../c/{key}/cedar",
        f"//{ex.place}/d/{key}/dune",
        f"?e={key}",
    )
    return tuple(
        Item(
            title(w, key),
            f'{paragraph(w, key)} <a href="more/{w}">more</a> <img src="/i.png">',
            None,
            link,
            when(i),
        )
        for i, (w, link) in enumerate(zip(WORDS, links, strict=False))
    )


shown("/15/relative", 15, "relative links", lambda ex: rss(_relative(ex)))
shown("/15/relative-atom", 15, "relative links, with xml:base",
      lambda ex: atom([replace(e, at="2026-05-04T06:00:00Z") for e in _relative(ex)], base=f"{ex.base}/elsewhere/"),
      "application/atom+xml")  # fmt: skip


# ---------------------------------------------------------------- 16: JSON Feed

for _name, _what, _version, _type in (
    ("feed", "JSON Feed 1.1", "1.1", "application/feed+json"), ("old", "JSON Feed 1", "1", "application/feed+json"),
    ("as-json", "JSON Feed as plain JSON", "1.1", "application/json"), ("as-text", "JSON Feed as text", "1.1", "text/plain; charset=utf-8"),
    ("as-rss", "JSON Feed, said to be RSS", "1.1", RSS),
):  # fmt: skip
    shown(
        f"/16/{_name}",
        16,
        _what,
        lambda ex, v=_version: json_feed(items(key_of(ex), ex.base), version=v),
        _type,
    )
shown(
    "/16/bom",
    16,
    "JSON Feed with a byte order mark",
    lambda ex: b"\xef\xbb\xbf" + json_feed(items(key_of(ex), ex.base)).encode(),
    "application/feed+json",
)


def _sloppy_json(ex: Exchange) -> str:
    """Numbers for ids, null for texts, HTML in titles, an entry that is a word."""
    feed = json.loads(json_feed(items(key_of(ex), ex.base)))
    for i, entry in enumerate(feed["items"]):
        entry["id"] = int(f"{i}7")
        entry["authors"] = None
        entry["summary"] = None
    feed["items"].append("no entry")
    return json.dumps(feed)


shown(
    "/16/sloppy",
    16,
    "JSON Feed with numbers for ids and null for texts",
    _sloppy_json,
    "application/feed+json",
)
