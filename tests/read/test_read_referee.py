"""Two parsers, one answer: what is read straight from the elements is what feedparser finds."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.exceptions import ReadError
from labtape.read.charset import decode, unpacked
from labtape.read.elements import read_elements
from labtape.read.feeds import entries_of
from labtape.read.markup import plain_text
from labtape.read.mend import mended
from labtape.read.referee import Reading, read_with_feedparser, read_xml
from labtape.read.sniff import sniff, without_prolog
from labtape.types import Entry

NOW = datetime(2026, 11, 21, tzinfo=UTC)
URL = "https://feeds.example/f"
DATA = Path(__file__).parents[1] / "data" / "feeds"

# Where the two differ on purpose: an address of mail cut in its middle (feedparser takes a top domain of four letters at
# most), an `xml:base` that outlives its item, a title of an image inside a category, two elements nobody uses, and a
# second summary, which is the longer one in both.
KNOWN = {
    "rss_2.0_relurl_1.xml", "rss-with-item-scoped-html-base.xml", "item_category_image.xml", "atom10_id.xml",
    "atom10_title.xml", "item_madeup_tags_element.xml", "rss_2.0_ch9.xml",
}  # fmt: skip


def both(body: bytes) -> tuple[list[Entry], list[Entry]] | None:
    """The entries by each way, where the document is one that needs no referee."""
    text = decode(unpacked(body))
    if sniff(text) not in ("feed", "xml"):
        return None
    document = without_prolog(text)
    found = read_elements(document)
    if found is None or not found.is_whole or not found.items:
        return None
    second = read_with_feedparser(document)
    assert second is not None
    return [list(entries_of(reading, URL, NOW)) for reading in (Reading(found.feed, found.items), second)]  # type: ignore[return-value]


def shown(entry: Entry) -> tuple[object, ...]:
    dated = entry.published_at, entry.published_precision, entry.has_future_date
    names = entry.authors, entry.categories, entry.publisher, entry.language
    return (
        entry.guid,
        entry.url,
        entry.title,
        dated,
        names,
        plain_text(entry.summary),
        plain_text(entry.content),
    )


def differing(documents: Iterator[tuple[str, bytes]]) -> tuple[int, list[str]]:
    compared, different = 0, []
    for name, body in documents:
        try:
            found = both(body)
        except ReadError:
            continue
        if found is None:
            continue
        compared += 1
        if [shown(e) for e in found[0]] != [shown(e) for e in found[1]]:
            different.append(name)
    return compared, different


RSS = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
  xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>F</title><link>https://f.example/</link>{}</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title type="html">F &amp;amp; G</title>
  <link href="https://f.example/"/>{}</feed>"""
WRITTEN = [
    RSS.format("<item><title>A &amp;lt;b&amp;gt; &amp;amp; c</title><guid>7</guid><description>d</description></item>"),
    RSS.format("<item><media:title>M</media:title><title>T</title><link>/x</link><guid isPermaLink='false'>g</guid></item>"),
    RSS.format("<item><title>T</title><media:group><media:title>M</media:title><media:description>D</media:description></media:group></item>"),
    RSS.format("<item><title>T</title><description>short</description><content:encoded><![CDATA[<p>long</p>]]></content:encoded></item>"),
    RSS.format("<item><content:encoded>&lt;p&gt;long&lt;/p&gt;</content:encoded><description>short</description></item>"),
    RSS.format("<item><content:encoded>&lt;p&gt;only&lt;/p&gt;</content:encoded></item>"),
    RSS.format("<item><description>d</description><itunes:summary>a longer summary</itunes:summary></item>"),
    RSS.format("<item><title>T</title><description>A <b>bold</b> word, 1 &lt; 2</description></item>"),
    RSS.format("<item><title>A <i>slanted</i> one</title><author>a@b.com (Ann)</author><dc:creator>Bo</dc:creator></item>"),
    RSS.format("<item><title>T</title><dc:date>2026-06-13T10:00:00Z</dc:date><pubDate>Fri, 12 Jun 2026 10:00:00 GMT</pubDate></item>"),
    RSS.format("<item><title>T</title><pubDate>gestern</pubDate><atom:updated>2026-06-13T10:00:00Z</atom:updated></item>"),
    RSS.format("<item><title>T</title><atom:link rel='alternate' href='https://x.example/a'/><source url='https://s.example'>S</source></item>"),
    RSS.format("<item><title>It&#146;s</title><link>https://x.example/?a=1&amp;amp;b=2</link><category>x</category><category>x</category></item>"),
    ATOM.format("<entry><id>tag:a,1</id><title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>A <b>b</b></div></title></entry>"),
    ATOM.format("<entry><title>a &lt;b&gt;</title><summary>s &lt;i&gt;</summary><content type='html'>&lt;p&gt;x</content></entry>"),
    ATOM.format("<entry><title type='html'>a &amp;lt;b&amp;gt;</title><content type='xhtml'><x:div xmlns:x='http://www.w3.org/1999/xhtml'><x:p>p</x:p><x:p>q &lt; r</x:p></x:div></content></entry>"),
    ATOM.format("<entry xml:base='https://b.example/d/'><link href='e'/><id>e</id><author><name>N</name><email>n@n.example</email></author></entry>"),
    ATOM.format("<entry><link rel='self' href='https://x.example/s'/><link rel='alternate' type='application/json' href='https://x.example/j'/><link href='https://x.example/h'/></entry>"),
    ATOM.format("<entry><source><title>Other</title><id>x</id></source><id>own</id><title>T</title><published>2999-01-01T00:00:00Z</published></entry>"),
]  # fmt: skip


@pytest.mark.parametrize("body", WRITTEN)
def test_a_feed_of_our_writing_reads_the_same_both_ways(body):
    one, other = both(body.encode())
    assert [shown(e) for e in one] == [shown(e) for e in other]


@pytest.mark.parametrize("name", ["rss20.xml", "atom.xml", "rdf.xml", "zh-gbk.xml", "shared-guids.xml"])
def test_a_recorded_feed_reads_the_same_both_ways(name):
    one, other = both((DATA / name).read_bytes())
    assert [shown(e) for e in one] == [shown(e) for e in other]


@pytest.mark.slow
def test_the_real_feeds_read_the_same_both_ways(shared):
    paths = sorted((shared / "feeds").rglob("*.xml"))
    assert differing((path.name, path.read_bytes()) for path in paths) == (len(paths), [])


@pytest.mark.slow
def test_the_feeds_of_other_parsers_read_the_same_both_ways_but_for_those_known(shared):
    paths = [p for p in sorted((shared / "conformance").rglob("*")) if p.suffix in (".xml", ".atom")]
    compared, different = differing((path.name, path.read_bytes()) for path in paths)
    assert compared >= 90
    assert set(different) <= KNOWN


@pytest.mark.slow
def test_feedparsers_own_feeds_read_the_same_both_ways_but_for_those_known(shared):
    with tarfile.open(shared / "conformance" / "feedparser-6.0.14.tar.xz") as archive:
        members = [m for m in archive if m.isfile() and m.name.endswith(".xml") and "/tests/" in m.name]
        bodies = ((m.name.rpartition("/")[2], archive.extractfile(m).read()) for m in members)
        compared, different = differing(bodies)
    assert compared >= 1150
    assert set(different) <= KNOWN


LONG = "<p>a &amp; b</p>" * 20


@pytest.mark.parametrize(
    "description",
    [
        f"<![CDATA[{LONG}]]>",
        f"before <![CDATA[{LONG}]]> after <![CDATA[{LONG}]]>",
        f"<![CDATA[{LONG} <![CDATA[ {LONG}]]>",
        f"<!-- <![CDATA[ --><![CDATA[{LONG}]]>",
        f"<!-- <![CDATA[{LONG}]]> -->seen",
        f"<b>x</b><![CDATA[{LONG}]]>",
        f"<![CDATA[{LONG}\ue0000\ue000]]>",
        f"\ue0000\ue000<![CDATA[{LONG}]]>",
    ],
)
def test_long_marked_sections_are_read_as_they_stand(description):
    body = RSS.format(f"<item><title>T</title><description>{description}</description></item>")
    one, other = both(body.encode())
    assert [shown(e) for e in one] == [shown(e) for e in other]


def test_feedparser_is_asked_where_the_elements_give_nothing():
    body = "<rss version='2.0'><channel><ITEM><title>In capitals</title></ITEM></channel></rss>"
    assert not read_elements(body).items
    assert [item["title"] for item in read_xml(body).items] == ["In capitals"]


def test_feedparser_is_asked_where_a_document_is_broken_beyond_mending_and_the_longer_answer_counts():
    body = "<rss version='2.0'><channel>" + "".join(
        f"<item><title>T {n}</b></title><guid>{n}</guid></item>" for n in range(10)
    )
    assert not read_elements(mended(body)).is_whole
    assert len(read_xml(body).items) == 10


@pytest.mark.parametrize(
    ("broken", "mend"),
    [
        ("<item>a<item>b</item>", "<item>a</item><item>b</item>"),
        ("<channel><item>a</channel>", "<channel><item>a</item></channel>"),
        ("<item/><item>a</item>", "<item/><item>a</item>"),
        ("<item>a<![CDATA[<item>]]></item>", "<item>a<![CDATA[<item>]]></item>"),
        ("<item>a<!-- <item> --></item>", "<item>a<!-- <item> --></item>"),
        ("<entry>a<entry>b</entry>", "<entry>a</entry><entry>b</entry>"),
        ("<item><items>x</items></item>", "<item><items>x</items></item>"),
        ("a & b &amp; c &#8217; &nope; &copy;", "a &amp; b &amp; c &#8217; &amp;nope; ©"),
        ("<![CDATA[a & b]]> & <![CDATA[c", "<![CDATA[a & b]]> &amp; <![CDATA[c"),
        ("1 < 2 <b>", "1 &lt; 2 <b>"),
        ("<rss>x</rss> tail & more", "<rss>x</rss>"),
        ("<rss>x</rss><item>y</item>", "<rss>x</rss><item>y</item>"),
    ],
)
def test_what_can_only_mean_one_thing_is_mended(broken, mend):
    assert mended(broken) == mend
    assert mended(mend) == mend


@given(st.text(alphabet="<>!-/?[]&;:=' abCDATitem\n", max_size=60) | st.text(max_size=40))
def test_any_text_is_mended_and_read_or_refused(text):
    assert mended(mended(text)) == mended(text)
    for body in (f"<rss><channel>{text}</channel></rss>", f"<rss><channel><item>{text}"):
        try:
            reading = read_xml(body)
        except ReadError:
            continue
        if reading is not None:
            list(entries_of(reading, URL, NOW))
