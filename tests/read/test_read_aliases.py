"""Other names of an article, and whether two texts may be revisions of one."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.read import is_similar, is_volatile
from labtape.read.aliases import keys_of, title_key
from labtape.types import Arrival, Article, Entry

AT = datetime(2026, 6, 13, 16, 37, tzinfo=UTC)
FEED = "https://a.example/feed"

REPORT = (
    "The harbour authority said on Monday that it would open a second data centre at the old grain quay. Work begins in "
    "March and should take two years. The operator, a small company from the north, has leased the site until 2041 and "
    "will draw its power from the wind park off the coast. Residents had asked for a study of the noise, which the city "
    "now wants to order before the first crane arrives. A spokeswoman said that sixty people would find work there, and "
    "that the waste heat would warm the swimming pool and the school next to it from the second winter on."
)
PARAGRAPH = (
    " In an earlier version the authority had spoken of forty places. The mayor called the plan a gain for the quarter, "
    "while the society of anglers fears for the quay, where its members have met since the warehouse burnt down. Both "
    "sides are to meet in the library next week, and the council will vote in autumn, after the budget has been settled."
)
CHINESE = "港务局周一表示，将在旧粮码头建设第二座数据中心。工程三月开始，预计两年完工。运营方是一家来自北方的小公司，已租用场地至2041年。"

REVISIONS = [
    ("the same", REPORT, REPORT),
    (
        "typos mended",
        REPORT.replace("authority", "autority").replace("noise", "nosie").replace("people", "poeple"),
        REPORT,
    ),
    ("a paragraph added", REPORT, REPORT + PARAGRAPH),
    ("a paragraph added before", REPORT, PARAGRAPH + REPORT),
    ("cut to a teaser", REPORT[:180] + " …", REPORT),
    (
        "figures corrected",
        REPORT,
        REPORT.replace("2041", "2043").replace("sixty", "fifty").replace("two years", "three years"),
    ),
    ("white space and capitals", REPORT, "\n".join(REPORT.upper().split(". "))),
    ("a Chinese correction", CHINESE, CHINESE.replace("两年", "三年").replace("北方", "南方")),
    ("a short one corrected", "Shares of the lab rose 4% on Monday.", "Shares of the lab rose 5% on Monday."),
    ("no text on one side", "", REPORT),
    ("no text at all", "", ""),
]
OTHERS = [
    (
        "two issues of one column",
        ("Good morning. Here is what matters today. Chip makers fell after new rules on exports, and a lab in Hangzhou cut its "
        "prices for the third time this year. Analysts expect others to follow. That is all for today, see you tomorrow."),
        ("Good morning. Here is what matters today. A court let the merger of two cloud companies go ahead, while a start-up "
        "raised nine hundred million from its suppliers. Unions announced a strike. That is all for today, see you tomorrow."),
    ),
    (
        "two briefs",
        "Daily briefing: the lab opens an office in Lisbon, and a rival leaves the alliance.",
        "Daily briefing: prices for memory double within a quarter; ministers meet on Friday.",
    ),
    ("other news", REPORT, PARAGRAPH),
    ("other Chinese news", CHINESE, "分析师认为，第三季度的广告收入将低于预期，原因是竞争对手推出了更便宜的模型，客户正在重新谈判合同。"),
    ("two short ones", "Shares of the lab rose 4% on Monday.", "The ministry wants to talk about chips."),
]  # fmt: skip


@pytest.mark.parametrize(("case", "one", "other"), REVISIONS)
def test_a_revision_is_similar(case, one, other):
    assert is_similar(one, other) and is_similar(other, one), case


@pytest.mark.parametrize(("case", "one", "other"), OTHERS)
def test_another_article_is_not_whatever_its_title(case, one, other):
    assert not is_similar(one, other) and not is_similar(other, one), case


@given(st.text(max_size=200), st.text(max_size=200))
def test_likeness_has_no_direction_and_everything_is_like_itself(one, other):
    assert is_similar(one, other) == is_similar(other, one)
    assert is_similar(one, one)


def arrival(
    n: int, *, id: str | None = None, keys: tuple[str, ...] = (), title: str | None = None
) -> Arrival:
    article = Article(id=id or f"a{n}", title=title or f"Title {n}", text="t", published_at=AT)
    return Arrival(article, (*keys, title_key(article, FEED)))


def test_a_feed_is_volatile_when_only_its_titles_stay():
    before = [arrival(n, id=f"x{n}") for n in range(10)]
    after = [arrival(n, id=f"y{n}") for n in range(2, 12)]
    assert is_volatile(before, after)  # eight of ten
    assert not is_volatile(before, [arrival(n, id=f"y{n}") for n in range(3, 13)])


def test_a_feed_is_not_volatile_when_one_name_stayed_or_there_is_little_to_go_by():
    before = [arrival(n, id=f"x{n}") for n in range(5)]
    assert not is_volatile(before, [arrival(0, id="x0"), *(arrival(n, id=f"y{n}") for n in range(1, 5))])
    with_url = [arrival(n, id=f"x{n}", keys=(f"url|{n}",)) for n in range(5)]
    assert not is_volatile(with_url, [arrival(n, id=f"y{n}", keys=(f"url|{n}",)) for n in range(5)])
    assert not is_volatile(before[:2], [arrival(n, id=f"y{n}") for n in range(2)])
    assert not is_volatile((), ()) and not is_volatile(before, ())


def test_a_column_of_the_same_name_on_another_day_is_not_volatile():
    one = [
        Arrival(a := Article(id=f"x{n}", title=t, text="", published_at=AT), (title_key(a, FEED),))
        for n, t in enumerate("ABC")
    ]
    later = AT.replace(day=14)
    two = [
        Arrival(a := Article(id=f"y{n}", title=t, text="", published_at=later), (title_key(a, FEED),))
        for n, t in enumerate("ABC")
    ]
    assert not is_volatile(one, two)


@pytest.mark.parametrize(
    ("guid", "key"),
    [
        ("https://a.example/?p=7", f"guid|{FEED}|?p=7"),
        ("http://b.example/?p=7", f"guid|{FEED}|?p=7"),
        ("tag:a.example,2026-06:7", f"guid|{FEED}|7"),
        ("urn:uuid:12-34", f"guid|{FEED}|urn:uuid:12-34"),
        ("post-7", f"guid|{FEED}|post-7"),
        ("https://a.example/", None),
        (None, None),
    ],
)
def test_a_guid_counts_without_scheme_and_host(guid, key):
    entry = Entry(guid, None, "", "", "", None, "none", FEED)
    assert keys_of([entry], [Article(id="a", title="", text="")], FEED) == [(key,) if key else ()]


@pytest.mark.parametrize("guid", ["a" * 2_000_000, "a." * 1_000_000, "tag:" * 500_000, "x://" * 500_000])
def test_a_long_guid_is_known_by_its_digest_and_costs_nothing(guid):
    def key(guid: str) -> str:
        entry = Entry(guid, None, "", "", "", None, "none", FEED)
        return keys_of([entry], [Article(id="a", title="", text="")], FEED)[0][0]

    start = time.process_time()
    found = key(guid)
    assert time.process_time() - start < 1
    assert len(found) < 100
    assert found.startswith("guid|")
    assert found == key(guid) != key(guid + "b")


def test_the_front_page_of_a_site_is_nobodys_address():
    entry = Entry(None, "https://a.example/", "", "", "", None, "none", FEED)
    article = Article(id="a", title="", text="", url=entry.url, canonical_url=entry.url)
    assert keys_of([entry], [article], FEED) == [()]


def test_an_undated_title_is_a_key_without_a_day():
    dated = Article(id="a", title=" A  Title ", text="", published_at=AT)
    assert title_key(dated, FEED) == "title|a.example|a title|2026-06-13"
    assert title_key(Article(id="a", title="A title", text=""), FEED) == "title|a.example|a title"
    assert title_key(Article(id="a", title=" ", text=""), FEED) == ""
