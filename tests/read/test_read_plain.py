"""Plain documents are read from their bytes as they would be from their text, and others are not taken for plain."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.read.charset import decode
from labtape.read.elements import read_elements
from labtape.read.plain import read_plain
from labtape.read.sniff import without_prolog

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand -->\n'
LONG = "<p>Prices rose, the lab said.</p>" * 10
FEED = (
    '{}<rss version="2.0"><channel><title>F</title><ttl>60</ttl>{}'
    "<item><title>Own</title><guid>own</guid><pubDate>Sat, 13 Jun 2026 10:00:00 GMT</pubDate></item></channel></rss>\n"
)


def document(inside: str, head: str = HEAD) -> bytes:
    return FEED.format(head, inside).encode("utf-8", "surrogatepass")


def both(body: bytes) -> tuple[object, object] | None:
    """What is read from the bytes, and from the text; None where the document is not plain."""
    plain = read_plain(body, charset=None, with_names=True)
    return None if plain is None else (plain.found, read_elements(without_prolog(decode(body))))


@pytest.mark.parametrize(
    "body",
    [
        document(f"<item><title>T</title><description><![CDATA[{LONG}]]></description></item>"),
        document(
            f"<item><title>模型 café</title><description><![CDATA[{LONG}“so”]]> and</description></item>"
        ),
        document(f"<item><description>\r\n<![CDATA[{LONG}\r\n\r{LONG}]]></description></item>"),
        document(f"<item><description><![CDATA[{LONG}&#8217;]]>&#8217;&lt;p&gt;</description></item>"),
        document("<item><title><![CDATA[short]]></title><author>Ann</author><category>x</category></item>"),
        codecs.BOM_UTF8 + document("", head=""),
        document("", head="<!DOCTYPE rss [<!ENTITY x 'y'>]>"),
    ],
)
def test_a_plain_document_reads_the_same_from_bytes_and_from_text(body):
    found = both(body)
    assert found is not None
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "inside",
    [
        *(f"<item><title>a{chr(n)}b</title></item>" for n in (0, 1, 8, 11, 12, 14, 31, 127, 0x80, 0x9F, 0xFEFF, 0xFFFE, 0xD800)),
        *(f"<item><title x='a{chr(n)}b'>c</title></item>" for n in (1, 31, 127)),
        *(f"<item><title><![CDATA[a{chr(n)}b]]></title></item>" for n in (1, 31, 127, 0x92, 0xFFFF)),
        *(f"<item><title><![CDATA[{LONG}{chr(n)}]]></title></item>" for n in (1, 31, 127, 0x92, 0xFEFF, 0xD800)),
        f"<item><title><![CDATA[{LONG}&#1;]]></title></item>",
        "<item><title><![CDATA[a&#x1F;]]></title></item>",
        "<item><title>a&#0;</title></item>",
        "<item><title>R&D</title></item>",
        "<item><title>a&nbsp;b</title></item>",
        "<item><title>open",
        f"<!-- <![CDATA[ --><item><title>T</title></item><![CDATA[{LONG}]]> -->",
    ],
)  # fmt: skip
def test_a_document_with_anything_forbidden_is_not_plain_or_reads_the_same(inside):
    found = both(document(inside))
    assert found is None or found[0] == found[1]
    if "<!--" not in inside:
        assert found is None


def test_bytes_that_are_no_utf8_and_other_charsets_are_not_plain():
    body = document("<item><title>caf\xe9</title></item>")
    assert both(body) is not None
    assert both(body.replace("\xe9".encode(), b"\xe9")) is None
    assert read_plain(body, charset="iso-8859-1", with_names=True) is not None
    assert read_plain(body, charset="gb2312", with_names=True) is None
    assert both(body.decode().encode("utf-16")) is None


def test_what_stands_around_the_entries_is_given():
    plain = read_plain(document("<item><title>T</title></item>"), charset=None, with_names=False)
    assert plain is not None
    assert "<ttl>60</ttl>" in plain.outside
    assert "<title>T" not in plain.outside
    assert plain.outside.endswith("</item></channel></rss>\n")


def test_pages_lists_and_json_are_not_plain():
    for body in (
        b"",
        b"{}",
        b"<html><body>x</body></html>",
        b"<opml><body/></opml>",
        b"junk " + document(""),
    ):
        assert read_plain(body, charset=None, with_names=True) is None


@given(st.text(alphabet="<>!-/?[]&;:=' abCDATitem#x1\n\r\x01\x7f\x92\ue000é", max_size=60))
def test_any_text_inside_reads_the_same_both_ways(text):
    for inside in (
        f"<item><title>{text}</title></item>",
        f"<item><title><![CDATA[{LONG}{text}]]></title></item>",
    ):
        found = both(document(inside))
        assert found is None or found[0] == found[1]
