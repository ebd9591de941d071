"""Faults 9 to 16: what is served."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import pytest

from labtape.crawl.visits import ERROR_KINDS
from labtape.report import digest_html, digest_markdown, digest_rss
from labtape.types import Feed

from .documents import CALL, DATES, SCRIPTS, chinese, french
from .feeds import WORDS, title, titles
from .server import EVERYTHING
from .stations import Station, kinds, station
from .transport import SECRET
from .wire import Server

pytestmark = pytest.mark.slow


def paths(fault: int) -> tuple[str, ...]:
    return tuple(
        p
        for p, r in EVERYTHING.table.items()
        if r.fault == fault and p.count("/") == 2 and not p.endswith("/")
    )


def key(desk: Station, path: str) -> str:
    """The key in the titles of a feed."""
    return f"{path.strip('/').replace('/', '-').replace('.', '-')}-{desk.host(path)}"


def on_disk(folder: Path) -> bytes:
    """All that is kept, to the byte: the database with its log."""
    return b"".join(file.read_bytes() for file in sorted(folder.glob("tape.db*")))


# ---------------------------------------------------------------- 9

TOKEN = "whoever-reads-this-read-a-file"


@pytest.mark.fault(9)
@pytest.mark.parametrize("path", paths(9))
def test_xml_that_expands_or_looks_around_gets_nothing(
    desk: Station, tmp_path: Path, path: str, forbidden: Server
) -> None:
    (tmp_path / "secret.txt").write_text(TOKEN)
    desk.server.notes["secret"] = tmp_path / "secret.txt"
    desk.crawl(["/good/first"])  # the worker is there
    began = time.monotonic()
    poll = desk.crawl([path])[path]
    took = time.monotonic() - began
    assert poll.error_kind is None or poll.error_kind in ERROR_KINDS
    kept = on_disk(tmp_path)
    assert TOKEN.encode() not in kept, "the text of a file came in"
    assert SECRET.encode() not in kept
    assert forbidden.log == []
    assert max((len(a.full) for a in desk.articles(path)), default=0) < 1_000_000
    assert took < 1.0


@pytest.mark.fault(9)
def test_the_shared_collection_of_nasty_xml_gets_nothing(
    desk: Station, tmp_path: Path, shared: Path, forbidden: Server
) -> None:
    folder = shared / "nasty-xml" / "defusedxml"
    if not folder.is_dir():
        pytest.skip("shared/nasty-xml is not there")
    desk.server.notes["nasty"] = folder
    desk.crawl(["/good/first"])
    for file in sorted(folder.iterdir()):
        began = time.monotonic()
        poll = desk.crawl([f"/9/nasty/{file.name}"])[f"/9/nasty/{file.name}"]
        assert time.monotonic() - began < 1.0, file.name
        assert poll.error_kind in ERROR_KINDS, f"{file.name}: {poll}"
    assert forbidden.log == []
    assert b"root:" not in on_disk(tmp_path)


# ---------------------------------------------------------------- 10


@pytest.mark.fault(10)
@pytest.mark.parametrize("path", [p for p in paths(10) if p != "/10/pages"])
def test_a_large_or_deep_document_costs_less_than_ten_seconds_and_the_worker_goes_on(
    server: Server, tmp_path: Path, path: str
) -> None:
    with station(tmp_path, server, max_bytes=32 * 2**20, deadline=20.0) as desk:
        desk.crawl(["/good/first"])
        began = time.monotonic()
        poll = desk.crawl([path])[path]
        took = time.monotonic() - began
        after = desk.crawl(["/good/after"])
        assert kinds(after) == {"/good/after": "new 10"}, "the worker is gone"
        if poll.status == "new":
            assert poll.n_entries >= 10 or path.startswith("/10/json")
        else:
            assert poll.error_kind in ERROR_KINDS
            assert poll.error_kind != "size", "refused before it was read: this tests the reader"
        assert took < 10.0


@pytest.mark.fault(10)
def test_heavy_pages_cost_less_than_ten_seconds_each_and_the_entries_are_kept(
    server: Server, tmp_path: Path
) -> None:
    with station(tmp_path, server, deadline=20.0, pages="short") as desk:
        desk.crawl(["/good/first"])
        began = time.monotonic()
        crawled = desk.crawled(["/10/pages"])
        took = time.monotonic() - began
        assert len(crawled.pages) == 4
        assert {p.error_kind for p in crawled.pages} <= {None, *ERROR_KINDS}
        assert sorted(desk.titles("/10/pages")) == sorted(title(w, key(desk, "/10/pages")) for w in WORDS[:4])
        assert kinds(desk.crawl(["/good/after"])) == {"/good/after": "new 10"}, "the worker is gone"
        assert took < 40.0


# ---------------------------------------------------------------- 11

TEN = ("nul", "controls", "control-references", "ampersand", "nbsp", "junk-before", "junk-after", "bom-twice", "bad-byte", "lt")  # fmt: skip


@pytest.mark.fault(11)
def test_sloppy_documents_are_read_whole(desk: Station) -> None:
    sloppy = tuple(f"/11/{name}" for name in TEN)
    polls = kinds(desk.crawl((*sloppy, "/11/unclosed")))
    unclosed = polls.pop("/11/unclosed")
    assert {p: k for p, k in polls.items() if k != "new 10"} == {}
    assert unclosed in ("new 9", "new 10")
    assert {p: desk.titles(p) for p in sloppy if sorted(desk.titles(p)) != sorted(titles(key(desk, p)))} == {}
    words = "".join(a.full for p in sloppy for a in desk.articles(p))
    assert not re.findall(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", words)


@pytest.mark.fault(11)
def test_what_is_no_feed_is_an_error_and_a_page_names_its_feeds(desk: Station) -> None:
    polls = desk.crawl(("/11/empty", "/11/blank", "/11/html", "/11/html-as-feed", "/11/text"))
    found = kinds(polls)
    assert (found["/11/empty"], found["/11/blank"]) == ("read_empty", "read_empty")
    assert (found["/11/html"], found["/11/html-as-feed"]) == ("read_html", "read_html")
    assert found["/11/text"] in ("read_not_a_feed", "read_broken")
    for path in ("/11/html", "/11/html-as-feed"):
        assert desk.server.url("/good/advertised", desk.host(path)) in (polls[path].error or ""), (
            "no hint at the feed"
        )


@pytest.mark.fault(11)
def test_a_feed_without_entries_is_no_error(desk: Station) -> None:
    assert kinds(desk.crawl(["/11/empty-but-valid"])) == {"/11/empty-but-valid": "new 0"}


# ---------------------------------------------------------------- 12


@pytest.mark.fault(12)
def test_titles_are_exact_in_every_encoding(desk: Station) -> None:
    wanted = paths(12)
    desk.crawl(wanted)
    wrong = {}
    for path in wanted:
        name = french if "cp1252" in path else chinese
        expected = sorted(name(key(desk, path), i) for i in range(10))
        if sorted(desk.titles(path)) != expected:
            wrong[path] = (desk.titles(path)[:1], expected[:1])
    assert wrong == {}


# ---------------------------------------------------------------- 13


@pytest.mark.fault(13)
def test_entries_are_five_and_do_not_grow(desk: Station) -> None:
    wanted = paths(13)

    def counts() -> dict[str, int]:
        kept = [a.title for a in desk.desk.store.articles()]
        return {p: sum(t.endswith(f" {key(desk, p)} desk") for t in kept) for p in wanted}

    assert {p: k for p, k in kinds(desk.crawl(wanted)).items() if k != "new 5"} == {}
    assert {p: n for p, n in counts().items() if n != 5} == {}
    for hours in (1, 3, 20):
        desk.clock.advance(hours=hours)
        desk.crawl(wanted)
        assert {p: n for p, n in counts().items() if n != 5} == {}, "grew"
    ids = [a.id for a in desk.desk.store.articles()]
    assert len(ids) == len(set(ids))


# ---------------------------------------------------------------- 14


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


RIGHT: dict[str, str | None] = {  # what is right; for most, nothing at all is right too
    "chinese": "2026-06-13T08:37:00", "epoch": "2026-06-13T08:40:00", "two-spaces": "2026-06-13T08:37:21",
    "cst-us": "2026-06-13T22:37:21", "cst-cn": "2026-06-13T08:37:21", "cst": "2026-06-13T22:37:21",
    "javascript": "2026-06-13T08:37:21", "javascript-en": "2026-06-13T08:37:21", "rfc822": "2026-06-13T14:37:21",
    "iso": "2026-06-13T16:37:21", "epoch-0": "1970-01-01T00:00:00",
}  # fmt: skip
MUST = {"rfc822", "iso"}


@pytest.mark.fault(14)
def test_dates_are_right_or_missing(desk: Station) -> None:
    names = [name for name, _, _ in DATES]
    desk.crawl([f"/14/{name}" for name in names])
    wrong = {}
    for name in names:
        (article,) = desk.articles(f"/14/{name}")
        right = RIGHT.get(name)
        allowed = {utc(right)} if right else set()
        if name not in MUST:
            allowed.add(None)
        if (
            name == "relative" and article.published_at
        ):  # two hours ago, give or take the hour it is rounded to
            allowed |= (
                {article.published_at}
                if abs(desk.clock() - article.published_at - timedelta(hours=2)) < timedelta(hours=1)
                else set()
            )
        if article.published_at not in allowed:
            wrong[name] = (article.published_at, article.published_precision)
    assert wrong == {}
    (future,) = desk.articles("/14/year-2999")
    assert future.published_at is None
    assert "future_date" in future.flags
    assert future.order_at is not None and abs(future.order_at - desk.clock()) < timedelta(minutes=5)


@pytest.mark.fault(14)
def test_entries_out_of_order_are_put_in_order(desk: Station) -> None:
    desk.crawl(["/14/disorder"])
    kept = [a.title for a in desk.desk.store.articles()]
    assert kept == list(reversed(titles(key(desk, "/14/disorder"))))


@pytest.mark.fault(14)
def test_dates_that_move_make_no_new_articles(desk: Station) -> None:
    for _ in range(3):
        desk.crawl(["/14/changes"])
        desk.clock.advance(hours=5)
    assert len(tuple(desk.desk.store.articles())) == 10


# ---------------------------------------------------------------- 15


class Executable(HTMLParser):
    """Collects what a browser would run or load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("iframe", "object", "embed", "base", "form", "applet", "math"):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            plain = re.sub(r"[\s\x00-\x20]", "", value or "").lower()
            if (
                name.startswith("on")
                or plain.startswith(("javascript:", "vbscript:", "data:text"))
                or name == "srcdoc"
            ):
                self.found.append(f"<{tag} {name}={value!r}>")
            if name == "http-equiv" and plain == "refresh":
                self.found.append(f"<{tag} {name}={value!r}>")

    handle_startendtag = handle_starttag


def executable(page: str) -> list[str]:
    """What a browser would run of ours or theirs, except the page's own scripts, which must not hold their words."""
    parser = Executable()
    parser.feed(page)
    scripts = re.findall(r"<script\b[^>]*>(.*?)</script", page, re.DOTALL | re.IGNORECASE)
    return parser.found + [s[:80] for s in scripts if CALL in s]


@pytest.mark.fault(15)
def test_nothing_executable_is_shown(desk: Station) -> None:
    desk.desk.run([Feed(desk.url("/15/scripts"))])
    kept = tuple(desk.desk.store.articles())
    assert len(kept) == len(SCRIPTS)
    digest = desk.desk.digest(since=utc("2026-05-01T00:00:00"))
    assert digest.counts.n_articles > 0, "nothing relevant: the test shows nothing"
    page = digest_html(digest)
    assert executable(page) == []
    for inner in re.findall(r"<description>(.*?)</description>", digest_rss(digest), re.DOTALL):
        assert executable(unescape(inner)) == [], "in the feed of the digest"
    links = re.findall(r"\]\(([^)]*)\)", digest_markdown(digest))
    assert [link for link in links if not link.startswith(("http://", "https://"))] == []
    urls = [a.url for a in kept if a.url]
    assert [u for u in urls if not u.startswith(("http://", "https://"))] == [], (
        "a link that runs a program is kept"
    )


@pytest.mark.fault(15)
def test_nothing_executable_is_shown_on_the_page(desk: Station) -> None:
    pytest.importorskip("fastapi", reason="the web extra is not installed")
    from starlette.testclient import TestClient

    from labtape.web import create_app

    desk.desk.run([Feed(desk.url("/15/scripts"))])
    with TestClient(create_app(desk.desk)) as client:
        page = client.get("/")
        assert page.status_code == 200
        forms = re.findall(r"<form\b[^>]*>", page.text, re.IGNORECASE)
        assert [form for form in forms if not re.search(r'\saction="/[^/"]*"', form)] == [], (
            "not the page's own"
        )
        assert [found for found in executable(page.text) if found != "<form>"] == []
        for record in client.get("/api/v1/records", params={"limit": 500}).json()["records"]:
            assert (record["url"] or "http:").startswith(("http:", "https:"))


@pytest.mark.fault(15)
def test_relative_links_become_absolute(desk: Station) -> None:
    desk.crawl(["/15/relative", "/15/relative-atom"])
    bases = {
        "/15/relative": (
            desk.url("/15/relative"),
            "http://desk.example/",
        ),  # the document, or the site it names
        "/15/relative-atom": (urljoin(desk.url("/15/relative-atom"), "/elsewhere/"),),
    }
    for path, allowed in bases.items():
        k, place = key(desk, path), desk.server.place(desk.host(path))
        written = (f"/a/{k}/amber", f"b/{k}/basalt", f"../c/{k}/cedar", f"//{place}/d/{k}/dune", f"?e={k}")
        found = sorted(a.url or "" for a in desk.articles(path))
        assert found in [sorted(urljoin(base, link) for link in written) for base in allowed]


# ---------------------------------------------------------------- 16


@pytest.mark.fault(16)
def test_json_feeds_are_read_whole(desk: Station) -> None:
    wanted = paths(16)
    assert {p: k for p, k in kinds(desk.crawl(wanted)).items() if k != "new 10"} == {}
    assert {p: desk.titles(p) for p in wanted if sorted(desk.titles(p)) != sorted(titles(key(desk, p)))} == {}
    undated = [a.title for p in wanted for a in desk.articles(p) if a.published_at is None]
    assert undated == []
