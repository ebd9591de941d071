"""A whole feed document: articles with their names, when to come back, and the faults of real feeds."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from labtape.exceptions import ReadError
from labtape.read import is_volatile, read_document
from labtape.types import Feed

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
DATA = Path(__file__).parents[1] / "data" / "feeds"
FEED = Feed("https://a.example/feed")


def document(body: bytes | str, feed: Feed = FEED, url: str = "https://a.example/feed", **options):
    return read_document(
        body if isinstance(body, bytes) else body.encode(), feed=feed, url=url, now=NOW, **options
    )


def item(
    n: int, *, guid: str | None = "", link: str | None = "", title: str | None = None, date: str = ""
) -> str:
    """An entry of a feed; an empty guid or link stands for a usual one, None for none."""
    parts = [f"<title>{title or f'Story number {n}'}</title>"]
    if guid is not None:
        parts.append(f"<guid isPermaLink='false'>{guid or f'g-{n}'}</guid>")
    if link is not None:
        parts.append(f"<link>{link or f'https://a.example/{n}'}</link>")
    parts.append(f"<pubDate>{date or f'Sat, 13 Jun 2026 {n:02d}:37:21 GMT'}</pubDate>")
    parts.append(f"<description>What story {n} says, at some length.</description>")
    return f"<item>{''.join(parts)}</item>"


def rss(*items: str, head: str = "") -> str:
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>The Feed</title>{head}{''.join(items)}</channel></rss>"


# ---------------------------------------------------------------- what a document is


def test_a_document_has_its_articles_in_order_and_its_title():
    found = document(rss(item(3), item(1), item(2)))
    assert [a.article.title for a in found.arrivals] == [f"Story number {n}" for n in (3, 1, 2)]
    assert (found.title, found.ttl, found.skip_hours, found.skip_days) == ("The Feed", None, (), ())
    assert (found.n_undated, found.n_empty) == (0, 0)
    assert all(arrival.shown is None for arrival in found.arrivals)


def test_the_list_names_the_publisher_and_the_document_its_language():
    body = rss(item(1), head="<language>de-AT</language>")
    first = (
        document(body, Feed("https://a.example/feed", publisher="The List", language="en"))
        .arrivals[0]
        .article
    )
    assert (first.publisher, first.language) == ("The List", "de")
    other = document(rss(item(1)), Feed("https://a.example/feed", language="en")).arrivals[0].article
    assert (other.publisher, other.language) == ("The Feed", "en")


@pytest.mark.parametrize(
    ("head", "ttl"),
    [
        ("<ttl>60</ttl>", 3600),
        ("<ttl> 5 </ttl>", 300),
        ("<ttl>0</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<ttl>999999999</ttl>", 31 * 86400),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 1800),
        ("<sy:updatePeriod>\n\tdaily\t</sy:updatePeriod>", 86400),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 86400),
        ("<sy:updatePeriod>often</sy:updatePeriod>", None),
    ],
)
def test_a_document_says_when_to_come_back(head, ttl):
    assert document(rss(item(1), head=head)).ttl == ttl
    assert document(rss(item(1)).replace("</channel>", f"{head}</channel>")).ttl == ttl


def test_what_an_article_says_of_intervals_is_not_the_feeds():
    body = rss(item(1).replace("What story", "&lt;ttl&gt; <![CDATA[<ttl>5</ttl>]]>"), item(2))
    assert document(body).ttl is None


def test_hours_and_days_to_leave_out_are_utc_hours_and_weekdays():
    head = "<skipHours><hour>0</hour><hour>23</hour><hour>24</hour><hour>77</hour></skipHours>"
    head += "<skipDays><day>Sunday</day><day>Monday</day><day>Funday</day></skipDays>"
    found = document(rss(item(1), head=head))
    assert (found.skip_hours, found.skip_days) == ((0, 23), (0, 6))


def test_a_feed_that_leaves_out_every_hour_leaves_out_none():
    hours = "".join(f"<hour>{n}</hour>" for n in range(24))
    assert document(rss(item(1), head=f"<skipHours>{hours}</skipHours>")).skip_hours == ()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"<!doctype html><html><head></head><body>x</body></html>", "html"),
        (b"<opml><body><outline xmlUrl='https://a.example/f'/></body></opml>", "not_a_feed"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not_a_feed"),
        (b"<catalog/>", "not_a_feed"),
        (b'{"a": 1}', "not_a_feed"),
        (b'{"a": ', "broken"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "broken"),
    ],
)
def test_what_is_no_feed_is_classed(body, kind):
    with pytest.raises(ReadError) as caught:
        document(body)
    assert caught.value.kind == kind


def test_a_page_names_the_feeds_it_advertises():
    with pytest.raises(ReadError) as caught:
        document((DATA / "page-not-feed.html").read_bytes(), url="https://a.example/news")
    assert (caught.value.kind, caught.value.feeds) == ("html", ("https://a.example/feed.xml",))


def test_a_date_that_has_not_come_is_flagged_and_not_taken():
    arrival = document(rss(item(1, date="Sat, 13 Jun 2999 16:37:21 GMT"), item(2))).arrivals[0]
    assert (arrival.article.published_at, arrival.article.published_precision) == (None, "none")
    assert arrival.article.flags == ("future_date",)
    assert arrival.article.order_at == NOW


# ---------------------------------------------------------------- fault 11: broken documents

TEN = rss(*(item(n) for n in range(10)))


def unclosed(*numbers: int) -> str:
    items = [item(n) for n in range(10)]
    for n in numbers:
        items[n] = items[n].removesuffix("</item>")
    return rss(*items)


@pytest.mark.parametrize(
    ("fault", "body"),
    [
        ("NUL", TEN.replace("length", "len\x00gth")),
        ("control characters", TEN.replace("length", "\x01len\x0bg\x1fth\x7f")),
        ("bare ampersands", TEN.replace("Story number", "R&D & AT&T; story")),
        ("entities of HTML", TEN.replace("number", "&nbsp;num&eacute;ro&hellip;")),
        ("entities of nobody", TEN.replace("number", "&nosuchentity; &#xFFFFFF;")),
        ("one unclosed item", unclosed(4)),
        ("unclosed items in a row", unclosed(4, 5, 6)),
        ("no item closed", unclosed(*range(10))),
        ("the last unclosed", unclosed(9)),
        ("junk before", "\n\nWarning: mysql_connect() in /srv/x.php\n" + TEN),
        ("junk behind", TEN + "\n<!-- generated --><script>x</script> & more"),
        ("a less-than sign", TEN.replace("Story", "3 < 4: Story")),
        ("a prefix nobody declared", TEN.replace("pubDate", "dc:date")),
        ("references XML forbids", TEN.replace("length", "&#0;len&#x1F;gth")),
    ],
)
def test_a_broken_document_gives_all_its_entries(fault, body):
    found = document(body)
    assert len({arrival.article.id for arrival in found.arrivals}) == 10, fault
    assert all(a.article.published_at for a in found.arrivals)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_truncated_document_gives_what_came(share):
    found = document(TEN[: int(len(TEN) * share)])
    assert len(found.arrivals) >= int(10 * share) - 1


def test_what_looks_broken_inside_a_marked_section_stays():
    body = rss(
        item(1).replace("What story", "<![CDATA[<p>a & b <item> 1 < 2</p>]]>"),
        item(2).replace("story", "& story"),
    )
    assert document(body).arrivals[0].article.text.startswith("a & b 1 < 2")


# ---------------------------------------------------------------- fault 10: giants


@pytest.mark.parametrize(
    ("fault", "body", "least"),
    [
        ("100,000 nested tags", rss(item(0), "<x>" * 100_000 + "</x>" * 100_000, item(1)), 1),
        ("nested and not closed", rss(item(0), "<x>" * 100_000, item(1)), 1),
        ("nested items", rss(item(0), "<item>" * 20_000), 1),
        ("a 20 MB attribute", rss(item(0), f"<media a='{'x' * 20_000_000}'/>", item(1)), 2),
        ("50,000 nested divs", rss(item(0).replace("What", "&lt;div&gt;" * 50_000), item(1)), 2),
        (
            "50,000 nested divs, in XHTML",
            rss(item(0).replace("What", "<div>" * 50_000 + "</div>" * 50_000), item(1)),
            1,
        ),
    ],
)
def test_a_giant_document_is_quick(fault, body, least):
    start = time.process_time()
    found = document(body)
    assert time.process_time() - start < 5, fault
    assert len(found.arrivals) >= least


@pytest.mark.slow
@pytest.mark.parametrize("tail", ["</channel></rss>", ""])
def test_a_hundred_thousand_items_are_quick(tail):
    items = "".join(
        f"<item><title>T {n}</title><guid>g{n}</guid><description>d</description></item>"
        for n in range(100_000)
    )
    start = time.process_time()
    found = document(f"<rss version='2.0'><channel>{items}{tail}")
    assert time.process_time() - start < 10
    assert (len(found.arrivals), found.n_left_out) == (10_000, 90_000)


def test_entries_beyond_the_most_that_are_read_are_counted():
    items = "".join(f"<item><title>T {n}</title><guid>g{n}</guid></item>" for n in range(10_003))
    found = document(f"<rss version='2.0'><channel>{items}</channel></rss>")
    assert (len(found.arrivals), found.n_left_out) == (10_000, 3)
    listed = json.dumps({"items": [{"id": str(n), "content_text": "x"} for n in range(10_003)]})
    found = document(listed)
    assert (len(found.arrivals), found.n_left_out) == (10_000, 3)
    assert document(rss(item(1))).n_left_out == 0


# ---------------------------------------------------------------- fault 14: dates, right or null

RIGHT = datetime(2026, 6, 13, 8, 37, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "language", "expected", "precision"),
    [
        ("2026年6月13日 16:37", "zh-cn", RIGHT.replace(second=0), "minute"),
        ("2026年6月13日 16:37", "", RIGHT.replace(second=0), "minute"),
        ("2小时前", "zh-cn", None, "none"),
        ("1781340000", "", datetime(2026, 6, 13, 8, 40, tzinfo=UTC), "second"),
        ("Sat, 13 Jun 2026 25:61:00 GMT", "", None, "none"),
        ("31 Jun", "", None, "none"),
        ("31 Jun 2026", "", None, "none"),
        ("2026-06-13 16:37:21  +0800", "", RIGHT, "second"),
        ("Sat, 13 Jun 2026 16:37:21 CST", "zh-cn", RIGHT, "second"),
        ("Sat, 13 Jun 2026 16:37:21 CST", "en-us", RIGHT.replace(hour=22), "second"),
        ("Sat, 13 Jun 2026 16:37:21 CST", "", None, "none"),
        ("Sat Jun 13 2026 16:37:21 GMT+0800 (China Standard Time)", "", RIGHT, "second"),
        ("Sat, 13 Jun 2999 16:37:21 GMT", "", None, "none"),
        ("", "", None, "none"),
    ],
)
def test_a_date_is_right_or_none_in_a_whole_document(written, language, expected, precision):
    body = rss(
        item(1, date="\x00").replace("\x00", written).replace("g-1", "1"),
        head=f"<language>{language}</language>" if language else "",
    )
    article = document(body).arrivals[0].article
    assert (article.published_at, article.published_precision) == (expected, precision)


@pytest.mark.parametrize(
    ("other", "language", "expected"),
    [
        ("Sat, 13 Jun 2026 10:00:00 +0800", "en", RIGHT),
        ("2026-06-13T10:00:00+08:00", "en-us", RIGHT),  # a theme's language, left as it came
        ("Sat, 13 Jun 2026 10:00:00 -0600", "en", RIGHT.replace(hour=22)),
        ("Sat, 13 Jun 2026 10:00:00 CDT", "", RIGHT.replace(hour=22)),
        ("Sat, 13 Jun 2026 10:00:00 GMT", "en", None),
        ("Sat, 13 Jun 2026 10:00:00 +0100", "zh", RIGHT),
        ("2026-06-08", "", None),
    ],
)
@pytest.mark.parametrize("place", ["the feed", "an entry"])
def test_cst_is_told_by_the_other_dates_of_the_feed(other, language, expected, place):
    head = f"<language>{language}</language>" if language else ""
    items = [item(1, date="Sat, 13 Jun 2026 16:37:21 CST")]
    if place == "the feed":
        head += f"<lastBuildDate>{other}</lastBuildDate>"
    else:
        items.append(item(2, date=other))
    assert document(rss(*items, head=head)).arrivals[0].article.published_at == expected


def test_cst_is_nothing_where_the_other_dates_contradict_each_other():
    dates = ("Sat, 13 Jun 2026 16:37:21 CST", "2026-06-13T10:00:00+08:00", "2026-06-13T10:00:00-06:00")
    found = document(rss(*(item(n, date=date) for n, date in enumerate(dates))))
    assert found.arrivals[0].article.published_at is None


def test_references_to_what_is_no_character_are_gone():
    body = rss("<item><title>a&#xFFFE;b&#65535;c</title><description>d&amp;#xFFFF;e</description></item>")
    article = document(body).arrivals[0].article
    assert (article.title, article.text) == ("abc", "de")
    listed = '{"items": [{"id": "1", "title": "a\\ufffeb", "content_html": "<p>c\\uffffd</p>"}]}'
    article = document(listed).arrivals[0].article
    assert (article.title, article.text) == ("ab", "cd")


def test_a_guid_is_no_date():
    body = rss(
        "<item><guid>1</guid><title>T</title></item>", "<item><guid>20260613</guid><title>U</title></item>"
    )
    assert [arrival.article.published_at for arrival in document(body).arrivals] == [None, None]


def test_entries_out_of_order_keep_the_order_of_the_document():
    days = [a.article.published_at.hour for a in document(rss(item(5), item(9), item(1))).arrivals]
    assert days == [5, 9, 1]


# ---------------------------------------------------------------- fault 13: identity

FIVE = range(1, 6)


def ids(body: str, **options) -> list[str]:
    return [arrival.article.id for arrival in document(body, **options).arrivals]


@pytest.mark.parametrize(
    ("fault", "items"),
    [
        ("no guid", [item(n, guid=None) for n in FIVE]),
        ("neither guid nor link", [item(n, guid=None, link=None) for n in FIVE]),
        ("one guid five times", [item(n, guid="same") for n in FIVE]),
        ("one guid, no link", [item(n, guid="same", link=None) for n in FIVE]),
        ("one guid, one title, no link", [item(n, guid="same", link=None, title="T") for n in FIVE]),
        ("one link five times", [item(n, guid=None, link="https://a.example/") for n in FIVE]),
    ],
)
def test_five_entries_are_five_articles_and_the_same_five_again(fault, items):
    first = ids(rss(*items))
    assert len(set(first)) == 5, fault
    assert ids(rss(*items)) == first


def test_an_entry_keeps_its_id_when_another_comes_with_the_same_guid_already_shared():
    before = ids(rss(*(item(n, guid="same") for n in FIVE)))
    after = ids(rss(*(item(n, guid="same") for n in (6, *FIVE))))
    assert after[1:] == before


def changed(visit: int) -> str:
    """A feed whose guids change at every visit, its addresses too."""
    return rss(
        *(item(n, guid=f"{visit}-{n}", link=f"https://a.example/r/{visit}{n}?t={visit}") for n in FIVE)
    )


def test_guids_that_change_leave_the_address_and_the_title_to_know_an_article_by():
    one = document(rss(*(item(n, guid=f"1-{n}") for n in FIVE))).arrivals
    two = document(rss(*(item(n, guid=f"2-{n}") for n in FIVE))).arrivals
    for before, after in zip(one, two, strict=True):
        assert before.article.id != after.article.id
        assert len(set(before.keys) & set(after.keys)) == 2
    assert not is_volatile(one, two)


def test_links_that_change_are_seen_and_then_titles_and_days_are_the_ids():
    one, two = document(changed(1)).arrivals, document(changed(2)).arrivals
    assert is_volatile(one, two)
    assert [set(a.keys) & set(b.keys) for a, b in zip(one, two, strict=True)] == [{a.keys[-1]} for a in one]
    assert ids(changed(1), by_title=True) == ids(changed(2), by_title=True)
    assert len(set(ids(changed(1), by_title=True))) == 5


def test_by_title_two_entries_of_one_title_and_day_are_two():
    found = ids(
        rss(item(1, title="Markets"), item(2, title="Markets"), item(3, title="Markets")), by_title=True
    )
    assert len(set(found)) == 3


def test_a_key_that_two_entries_share_is_neithers():
    found = document(
        rss(item(1, link="https://a.example/same"), item(2, link="https://a.example/same"))
    ).arrivals
    assert not any(key.startswith("url|") for arrival in found for key in arrival.keys)


def test_keys_are_strongest_first_and_the_guid_counts_without_its_host():
    old = document(rss(item(1, guid="http://old.example/?p=7"))).arrivals[0]
    new = document(rss(item(1, guid="https://www.new.example/?p=7"))).arrivals[0]
    assert [key.partition("|")[0] for key in old.keys] == ["guid", "url", "title"]
    assert old.keys[0] == new.keys[0]
    elsewhere = document(
        rss(item(1, guid="http://old.example/?p=7")), Feed("https://b.example/feed")
    ).arrivals[0]
    assert elsewhere.keys[0] != old.keys[0]
    assert elsewhere.keys[1:] == old.keys[1:]


# ---------------------------------------------------------------- faults 12, 15, 16


@pytest.mark.parametrize(
    ("written", "declared", "http"),
    [
        ("gbk", "gbk", None), ("gbk", None, "gbk"), ("gbk", "utf-8", "utf-8"), ("gbk", "gb2312", "utf-8"),
        ("utf-8", "gbk", None), ("utf-8", "gbk", "gbk"), ("utf-16-le", None, None), ("utf-16-be", "utf-16", None),
    ],
)  # fmt: skip
def test_a_chinese_title_is_exact(written, declared, http):
    title = "深度求索的市场份额在三季度上升，分析师感到意外"
    head = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    body = (
        rss(item(1, title=title), item(2))
        .replace("<?xml version='1.0'?>", head)
        .replace("What", "全文如下：" * 5)
    )
    assert document(body.encode(written), charset=http).arrivals[0].article.title == title


@pytest.mark.parametrize(
    ("declared", "http"), [("iso-8859-1", None), (None, "windows-1252"), ("utf-8", "utf-8")]
)
def test_a_title_in_windows_1252_is_exact(declared, http):
    title = "“Größer” – Café Zoë’s menu"
    head = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    body = rss(item(1, title=title)).replace("<?xml version='1.0'?>", head)
    assert document(body.encode("cp1252"), charset=http).arrivals[0].article.title == title


def test_relative_links_are_absolute_and_scripts_are_no_words():
    body = rss(
        item(1, link="/one").replace(
            "What", "&lt;script&gt;alert(1)&lt;/script&gt;&lt;p onclick='x()'&gt;What"
        ),
        item(2, link="javascript:alert(1)"),
        head="<link>https://site.example/news/</link>",
    )
    first, second = (arrival.article for arrival in document(body).arrivals)
    assert (first.url, second.url) == ("https://site.example/one", None)
    assert first.text == "What story 1 says, at some length."


def test_json_feed_gives_ten_of_ten():
    items = ",".join(
        f'{{"id": "{n}", "url": "/{n}", "title": "T {n}", "content_html": "<p>x</p>"}}' for n in range(10)
    )
    body = f'{{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [{items}]}}'
    found = document(body)
    assert (len(found.arrivals), found.title) == (10, "J")
    assert found.arrivals[3].article.url == "https://a.example/3"
