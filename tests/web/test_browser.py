"""The page in a real browser, over a real `labtape serve` on this machine: reading, keys, evidence, strangers, the door."""

import re
import subprocess
import sys

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
from hostile_words import add_hostile

from chromium import chromium, served
from labtape.demo import NOW, demo_feeds
from labtape.desk import Desk
from labtape.ledger import reasons
from labtape.settings import Settings

__all__ = ["chromium"]

pytestmark = pytest.mark.slow

WIDE, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
TOKEN = "s3cret-token"


def written(database, hostile=False):
    """A database of the demo's feeds, or of strangers'; gives what a test wants to know of it."""
    with Desk.open(database, settings=Settings(bundle="rules"), clock=lambda: NOW) as desk:
        if hostile:
            add_hostile(desk)
        else:
            desk.run(demo_feeds())
        rows = desk.shares()
        left, right = next(((a, b) for a in rows for b in rows if len(reasons(a, b)) > 1), (rows[0], rows[0]))
        article = max(desk.records(), key=lambda r: (len(r.shares), r.id))
        story = max(desk.store.stories(), key=lambda s: len(s.article_ids))
        return {
            "articles": [r.id for r in desk.records()], "article": article, "story": story.id,
            "stories": [s.id for s in desk.store.stories()], "left": left, "right": right, "why": reasons(left, right),
        }  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    database = f"sqlite:///{tmp_path_factory.mktemp('tape')}/tape.db"
    known = written(database)
    with served(database) as address:
        yield address, known


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory):
    database = f"sqlite:///{tmp_path_factory.mktemp('hostile')}/tape.db"
    known = written(database, hostile=True)
    with served(database) as address:
        yield address, known


class Watch:
    """A page, and everything it should not do."""

    def __init__(self, browser, address, **options):
        self.context = browser.new_context(
            viewport=options.pop("viewport", WIDE), reduced_motion="reduce", **options
        )
        self.page = self.context.new_page()
        self.address, self.dialogs, self.complaints, self.strangers = address, [], [], []
        self.page.on("dialog", lambda d: (self.dialogs.append(d.message), d.dismiss()))
        self.page.on(
            "console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None
        )
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.on(
            "request", lambda r: self.strangers.append(r.url) if not r.url.startswith(address) else None
        )

    def open(self, path):
        self.page.goto(self.address + path)
        return self.page

    def did_nothing_wrong(self):
        return (self.dialogs, self.complaints, self.strangers) == ([], [], [])


@pytest.fixture
def watch(chromium, site):
    made = Watch(chromium, site[0])
    yield made
    wrong = (made.dialogs, made.complaints, made.strangers)
    made.context.close()
    assert wrong == ([], [], [])


def paths(known):
    return {
        "tape": "/",
        "nothing found": "/?q=zzzz&lab=nobody",
        "article": f"/article/{known['article'].id}",
        "evidence": f"/article/{known['article'].id}#e1",
        "story": f"/story/{known['story']}",
        "labs": "/labs?days=3650",
        "lab": "/lab/company:nvidia",
        "shares": "/shares",
        "refused": f"/shares?join={known['left'].id}&join={known['right'].id}",
        "feeds": "/feeds",
        "model": "/model",
        "corrections": "/corrections",
        "missing": "/nowhere",
        "digest": "/digest?hours=8000",
    }


# ---------------------------------------------------------------- reading


def test_from_the_tape_to_an_article_and_its_story(watch):
    page = watch.open("/")
    title = page.locator(".line .open").first
    words = title.inner_text()
    title.click()
    assert page.locator("h1").inner_text() == words
    page.get_by_role("link", name=re.compile("its story|of its story")).click()
    assert "/story/" in page.url
    page.locator(".tree a").first.click()
    assert "/article/" in page.url


def test_a_filter_changes_the_list_without_a_reload_and_can_be_linked(watch):
    page = watch.open("/")
    page.evaluate("window.kept = true")
    page.get_by_label("Label").select_option("Bearish")
    page.wait_for_url("**/?*label=Bearish*")
    assert page.locator(".badge.up").count() == 0
    n = page.locator(".line").count()
    assert n > 0
    assert page.evaluate("window.kept") is True
    page.reload()
    assert page.locator(".line").count() == n
    assert page.get_by_label("Label").input_value() == "Bearish"


def test_a_search_finds_while_one_types(watch):
    page = watch.open("/")
    before = page.locator(".line").count()
    page.get_by_label("Search titles").press_sequentially("nvidia")
    page.wait_for_url("**/?*q=nvidia*")
    titles = page.locator(".line .open").all_inner_texts()
    assert 0 < len(titles) < before
    assert all("nvidia" in title.casefold() for title in titles)
    assert page.evaluate("document.activeElement.id") == "q"


def test_a_sentence_shows_the_words_it_rests_on(watch, site):
    page = watch.open(f"/article/{site[1]['article'].id}")
    sentence = page.locator(".rationale .to").nth(1)
    n = sentence.get_attribute("href").removeprefix("#e")
    words = page.locator(f'[data-e~="{n}"]')
    before = words.first.evaluate("e => getComputedStyle(e).backgroundColor")
    sentence.click()
    after = words.evaluate_all("all => all.map(e => getComputedStyle(e).backgroundColor)")
    assert len(set(after)) == 1
    assert after[0] != before
    assert words.first.is_visible()
    others = page.locator(f'.words [data-e]:not([data-e~="{n}"])')
    assert after[0] not in others.evaluate_all("all => all.map(e => getComputedStyle(e).backgroundColor)")
    page.get_by_role("link", name="show no evidence").click()
    assert words.first.evaluate("e => getComputedStyle(e).backgroundColor") == before


def test_the_evidence_on_the_page_is_that_of_the_record(watch, site):
    record = site[1]["article"]
    page = watch.open(f"/article/{record.id}")
    full = page.locator("h1").inner_text() + page.locator(".words").inner_text()
    for quote in page.locator(".said blockquote").all_text_contents():
        assert "".join(quote.rstrip("…").split()) in "".join(full.split())


def test_the_ledger_refuses_to_join_what_is_not_comparable(watch, site):
    known = site[1]
    page = watch.open("/shares")
    for row in (known["left"], known["right"]):
        page.locator(f'input[value="{row.id}"]').check()
    page.get_by_role("button", name="Join the chosen claims").click()
    answer = page.get_by_role("region", name="Joined claims")
    assert "Not joined" in answer.inner_text()
    said = set(answer.locator("li").all_inner_texts())
    assert said in (
        set(known["why"]),
        set(reasons(known["right"], known["left"])),
    )  # in the order of the page
    assert answer.locator("svg").count() == 0


# ---------------------------------------------------------------- keys


def test_the_first_tab_leads_past_the_navigation(watch):
    page = watch.open("/")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("e => e === document.activeElement")
    assert skip.bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    assert page.evaluate("document.activeElement.id") == "main"


def test_keys_search_and_walk_through_the_list(watch):
    page = watch.open("/")
    here = "document.activeElement.getAttribute('href') ?? document.activeElement.id"
    links = page.locator(".line .open").evaluate_all("all => all.map(e => e.getAttribute('href'))")
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        assert page.evaluate(here) == links[at]
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("/")
    assert page.evaluate(here) == "q"
    page.keyboard.type("j/k")
    assert page.locator("#q").input_value() == "j/k"
    page.keyboard.press("Escape")
    assert page.evaluate(here) != "q"


def test_enter_opens_what_is_chosen_and_a_slash_elsewhere_leads_to_the_search(watch):
    page = watch.open("/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/article/*")
    page.keyboard.press("/")
    page.wait_for_url("**/#q")
    assert page.evaluate("document.activeElement.id") == "q"


# ---------------------------------------------------------------- every page


def test_everything_can_be_read_without_javascript(chromium, site):
    address, known = site
    plain = Watch(chromium, address, java_script_enabled=False)
    page = plain.open("/")
    page.get_by_label("Label").select_option("Bullish")
    page.get_by_role("button", name="Show").click()
    assert "label=Bullish" in page.url
    assert page.locator(".badge.up").count() == page.locator(".line").count() > 0
    plain.open(f"/article/{known['article'].id}")
    page.locator(".rationale .to").first.click()
    assert page.locator(".legend .clear").is_visible()  # a target is shown
    plain.open("/shares")
    for row in (known["left"], known["right"]):
        page.locator(f'input[value="{row.id}"]').check()
    page.get_by_role("button", name="Join the chosen claims").click()
    assert "Not joined" in page.locator("#joined").inner_text()
    assert plain.did_nothing_wrong()
    plain.context.close()


def barriers(name, page):
    """What axe finds serious or critical on a page, with the first elements that it names."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="the dev extra is not installed"
    )
    violations = axe.Axe().run(page).response["violations"]
    bad = [v for v in violations if v["impact"] in ("serious", "critical")]
    return {f"{name}: {v['id']}": [n["html"][:160] for n in v["nodes"]][:3] for v in bad}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_no_page_keeps_anybody_out(chromium, site, viewport, scheme):
    address, known = site
    watch = Watch(chromium, address, viewport=viewport, color_scheme=scheme)
    found = {}
    for name, path in paths(known).items():
        found |= barriers(name, watch.open(path))
    watch.context.close()
    assert found == {}


def test_no_page_is_wider_than_a_phone(chromium, site):
    address, known = site
    watch = Watch(chromium, address, viewport=PHONE)
    for name, path in paths(known).items():
        if name != "digest":
            page = watch.open(path)
            assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"], name
    watch.context.close()


def test_no_page_complains_or_asks_anybody_else(watch, site):
    for path in paths(site[1]).values():
        if path != "/nowhere":  # the browser itself complains of a 404
            watch.open(path)
            assert (path, watch.dialogs, watch.complaints, watch.strangers) == (path, [], [], [])


def test_dark_and_light_are_told_apart(chromium, site):
    grounds = set()
    for scheme in ("light", "dark"):
        watch = Watch(chromium, site[0], color_scheme=scheme)
        grounds.add(watch.open("/").evaluate("getComputedStyle(document.body).backgroundColor"))
        watch.context.close()
    assert len(grounds) == 2


# ---------------------------------------------------------------- strangers


def test_hostile_feeds_do_nothing(chromium, hostile_site):
    address, known = hostile_site
    watch = Watch(chromium, address)
    listed = [
        "/?all=1",
        "/labs?days=3650",
        "/lab/company:nvidia",
        "/shares",
        "/feeds",
        "/corrections?days=3650",
        "/digest?hours=8000",
    ]
    listed += [f"/article/{id_}" for id_ in known["articles"]] + [f"/story/{id_}" for id_ in known["stories"]]
    assert len(known["articles"]) >= 30
    for path in listed:
        page = watch.open(path)
        scripts = page.evaluate("Array.from(document.scripts, s => s.getAttribute('src') ?? 'inline')")
        assert all(src.startswith("/static/") for src in scripts), (path, scripts)
        strange = "iframe, object, embed, base, math, video, form[action^='//'], [onload], [onerror], [srcdoc], a[href^='javascript'], a[href^='data']"
        assert page.locator(strange).count() == 0, path
        assert page.evaluate("getComputedStyle(document.body).display") != "none"
        assert page.url == address + path
        assert watch.did_nothing_wrong(), (path, watch.dialogs, watch.complaints, watch.strangers)
    watch.context.close()


def test_links_of_strangers_lead_to_the_web_alone(chromium, hostile_site):
    address, known = hostile_site
    watch = Watch(chromium, address)
    for id_ in known["articles"]:
        page = watch.open(f"/article/{id_}")
        for href in page.locator("a").evaluate_all("all => all.map(a => [a.protocol, a.origin, a.rel])"):
            assert href[0] in ("http:", "https:")
            assert href[1] == address or href[2] == "noreferrer noopener"
    watch.context.close()


# ---------------------------------------------------------------- the door


def test_beyond_this_machine_a_token_is_needed(tmp_path):
    command = [
        sys.executable,
        "-m",
        "labtape",
        "--database",
        f"sqlite:///{tmp_path}/t.db",
        "serve",
        "--host",
        "0.0.0.0",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "LABTAPE_TOKEN" in done.stderr


def test_with_a_token_a_reader_signs_in_once(chromium, tmp_path):
    database = f"sqlite:///{tmp_path}/tape.db"
    written(database)
    with served(database, "--host", "0.0.0.0", token=TOKEN) as address:
        watch = Watch(chromium, address)
        page = watch.open("/feeds")
        assert "/login?next=%2Ffeeds" in page.url
        assert barriers("sign in", page) == {}
        page.get_by_label("Token").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        assert page.get_by_role("alert").inner_text() == "This is not the token."
        page.get_by_label("Token").fill(TOKEN)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/feeds")
        watch.open("/")
        page.get_by_label("Label").select_option("Bearish")
        page.wait_for_url("**/?*label=Bearish*")
        assert page.locator(".line").count() > 0
        (cookie,) = watch.context.cookies()
        assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
        assert TOKEN not in cookie["value"]
        assert page.evaluate("document.cookie") == ""
        watch.open("/login")
        page.get_by_role("button", name="Sign out").click()
        watch.open("/")
        assert "/login" in page.url
        watch.context.close()


def test_without_a_token_no_cookie_is_set(watch):
    watch.open("/")
    watch.open("/shares")
    assert watch.context.cookies() == []
