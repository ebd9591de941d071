from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.read import article_id, canonical_url
from labtape.read.identity import web_address

SAME = [
    ("https://example.com/a", "https://example.com/a?utm_source=rss&utm_medium=feed"),
    ("https://example.com/a", "https://EXAMPLE.com:443/a#comments"),
    ("http://example.com/", "http://example.com:80"),
    ("https://example.com/a?id=7", "https://example.com/a?fbclid=x&id=7&gclid=y&spm=1.2.3"),
    ("https://example.com/a?a=1&b=2", "https://example.com/a?b=2&a=1"),
    ("https://example.com/a", "https://example.com/a?ref=rss"),
    ("https://example.com/a", "https://example.com/a?mod=rss_markets_main"),
    ("https://example.com/a", "https://example.com/a?from=timeline"),
    ("https://example.com/%E4%B8%AD", "https://example.com/中"),
    (
        "https://mp.weixin.qq.com/s?__biz=MzA&mid=26&idx=1&sn=ab",
        "https://mp.weixin.qq.com/s?sn=ab&__biz=MzA&mid=26&idx=1&chksm=ff&scene=21#wechat_redirect",
    ),
]
DIFFERENT = [
    ("https://example.com/?p=1", "https://example.com/?p=2"),
    ("https://example.com/a?id=7", "https://example.com/a?id=8"),
    ("https://example.com/a?from=berlin", "https://example.com/a?from=paris"),
    ("https://example.com/a?ref=main", "https://example.com/a?ref=dev"),
    ("https://example.com/A", "https://example.com/a"),
    ("https://example.com/a", "https://example.com/a/b"),
    ("https://mp.weixin.qq.com/s/abc", "https://mp.weixin.qq.com/s/abd"),
    (
        "https://mp.weixin.qq.com/s?__biz=M&mid=1&idx=1&sn=a",
        "https://mp.weixin.qq.com/s?__biz=M&mid=1&idx=2&sn=b",
    ),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_only_tells_where_a_reader_came_from_does_not_matter(one, other):
    assert canonical_url(one) == canonical_url(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_names_the_article_stays(one, other):
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "text", ["", "no address", "mailto:a@example.com", "http://[::1", "http://a:99999/", "file:///a b"]
)
def test_what_is_no_web_address_stays_as_it_is(text):
    assert canonical_url(text) == text


@given(
    st.text(max_size=60)
    | st.text(alphabet="htps:/.?&=#%[]@a1 中", max_size=60).map(lambda rest: "http://a.b/" + rest)
)
def test_an_address_made_canonical_twice_is_the_same(url):
    once = canonical_url(url)
    assert canonical_url(once) == once


@given(
    st.from_regex(r"https?://[a-z.]{1,5}/?[a-z0-9/._?#-]{0,8}", fullmatch=True),
    st.from_regex(r"[a-z0-9/._?#:-]{1,6}", fullmatch=True),
)
def test_a_relative_address_leads_where_the_standard_library_says(base, link):
    joined = urljoin(base, link)
    assert web_address(base, link) == (joined if re.match(r"https?://[^\s/]", joined) else None)


@given(st.from_regex(r"https?://[a-z.]{1,5}(/[a-z0-9/._-]{0,8})?(\?[a-z0-9=&._-]{0,12})?", fullmatch=True))
def test_a_plain_address_becomes_what_any_other_way_of_writing_it_becomes(url):
    assert canonical_url(url) == canonical_url(url.replace("http", "HTTP", 1))


def test_the_ladder_is_guid_then_address_then_title_and_date():
    day = datetime(2026, 6, 13, tzinfo=UTC)
    by_guid = article_id(guid="tag:a,2026:1", url="https://a.example/1", title="A")
    assert by_guid == article_id(guid="tag:a,2026:1", url="https://a.example/2", title="B")
    by_address = article_id(guid=None, url="https://a.example/1?utm_source=x", title="A")
    assert by_address == article_id(guid=" ", url="https://a.example/1", title="B")
    by_title = article_id(guid=None, url=None, title="A", text="one", published_at=day)
    assert by_title == article_id(guid=None, url=None, title="A", text="two", published_at=day)
    assert by_title != article_id(guid=None, url=None, title="A", published_at=day.replace(day=14))
    assert len({by_guid, by_address, by_title}) == 3


def test_without_a_date_the_text_counts():
    assert article_id(guid=None, url=None, title="", text="one") != article_id(
        guid=None, url=None, title="", text="two"
    )


def test_a_number_is_a_guid_only_on_its_own_site():
    one, other = (article_id(guid="1", url=None, title="A", site=site) for site in ("a.example", "b.example"))
    assert one != other


def test_an_id_is_short_and_plain():
    assert re.fullmatch(r"a[0-9a-f]{16}", article_id(guid="中\ud800", url=None, title=""))
