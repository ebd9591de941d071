"""`make docs`: the site is built without a warning, holds together, and asks no other host for anything."""

import os
import re
import subprocess
import sys
import threading
from contextlib import suppress
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import TimeoutError

from chromium import chromium  # noqa: F401  (a fixture)
from docs.blocks import DOCS, ROOT

pytestmark = pytest.mark.slow

# What makes a browser fetch something by itself, but for links that a reader follows.
_LOADING = {
    "script": "src",
    "img": "src",
    "source": "srcset",
    "iframe": "src",
    "link": "href",
    "video": "src",
    "object": "data",
}
_NOT_LOADED = {"canonical", "prev", "next", "alternate"}


class Page(HTMLParser):
    """The ids of a page, where its links lead, and what it loads."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.loaded = set(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        said = {name: value or "" for name, value in attributes}
        self.ids |= {said[name] for name in ("id", "name") if name in said}
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        name = _LOADING.get(tag)
        if name in said and not (tag == "link" and said.get("rel") in _NOT_LOADED):
            self.loaded.append(said[name])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("mkdocs", reason="the docs extra is not installed")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr, done.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site):
    return {file: Page(file.read_text("utf-8")) for file in site.rglob("*.html")}


def test_every_page_of_the_docs_is_in_the_site(site):
    made = {str(file.relative_to(site).with_suffix(".md")) for file in site.rglob("*.html")}
    assert {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")} <= made
    assert {"readme.md", "changelog.md", "models/market3.md"} <= made
    assert not (site / "hooks").exists()


def test_every_link_and_anchor_of_the_site_leads_somewhere(site, pages):
    for file, page in pages.items():
        if file.name == "404.html":
            continue  # its links begin at the root of a server
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            target = target / "index.html" if target.is_dir() else target
            assert target.is_file(), f"{file.name}: {link}"
            if parts.fragment and target.suffix == ".html":
                assert unquote(parts.fragment) in pages[target].ids, f"{file.name}: {link}"


def test_nothing_is_loaded_from_elsewhere(site, pages):
    for file, page in pages.items():
        for source in page.loaded:
            parts = urlsplit(source)
            assert not parts.netloc, f"{file.name} loads {source}"
            assert parts.scheme in ("", "data"), f"{file.name} loads {source}"
            if not parts.scheme and file.name != "404.html":
                assert (file.parent / unquote(parts.path)).is_file(), f"{file.name}: {source}"
    for sheet in site.rglob("*.css"):
        for source in re.findall(r"(?:url\(|@import )['\"]?([^'\")]+)", sheet.read_text("utf-8")):
            assert not source.startswith(("http", "//")), f"{sheet.name} loads {source}"


def test_examples_are_code_and_names_are_linked(site, pages):
    python = (site / "reference" / "python.html").read_text("utf-8")
    assert "labtape.label" in pages[site / "reference" / "python.html"].ids
    assert "<blockquote>" not in python  # what `>>>` is to Markdown
    assert 'href="types.html#labtape.types.Record"' in python


def test_a_browser_reads_and_searches_it_without_another_host(site, chromium):  # noqa: F811
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    asked, wrong = [], []
    page = chromium.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    try:
        for path in (
            "index.html",
            "tutorial.html",
            "reference/commands.html",
            "readme.html",
            "models/market3.html",
        ):
            page.goto(f"{address}/{path}", wait_until="networkidle")
            broken = page.evaluate(
                "[...document.images].filter(i => !i.complete || !i.naturalWidth).map(i => i.src)"
            )
            assert not broken
        for _ in range(
            12
        ):  # what is typed before the search listens, or has its index, is lost: a reader types again
            page.fill("input[name=query]", "")
            page.locator("input[name=query]").press_sequentially("denominator")
            with suppress(TimeoutError):
                page.wait_for_selector(".md-search-result__item a", timeout=10_000)
                break
        assert page.locator(".md-search-result__item a").first.is_visible()
    finally:
        page.close()
        server.shutdown()
        server.server_close()
    assert not wrong
    assert all(url.startswith((address, "data:", "blob:")) for url in asked), asked


def test_examples_are_fenced_where_docstrings_are_read():
    pytest.importorskip("griffe", reason="the docs extra is not installed")
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("examples_hook", Path(DOCS, "hooks", "examples.py"))
    hook = module_from_spec(spec)
    spec.loader.exec_module(hook)
    said = hook.dressed("Adds.\n\n>>> 1 + 1\n2\n>>> for n in (1,):\n...     print(n)\n1\n\nSee docs/text.md.")
    assert said == (
        "Adds.\n\n```pycon\n>>> 1 + 1\n2\n>>> for n in (1,):\n...     print(n)\n1\n```\n\nSee [text](../text.md)."
    )
