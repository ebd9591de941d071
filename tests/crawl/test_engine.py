"""The crawler over a fetcher that answers from a dict: what is asked, what is kept, what comes after what."""

from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest
from tests.crawl.shelf import START, Clock, Shelf, page, rss

from labtape.crawl.engine import Crawler, Held, Limits
from labtape.crawl.pages import MAX_PER_VISIT
from labtape.crawl.reader import InProcess
from labtape.crawl.schedule import OFFLINE
from labtape.crawl.watching import watch
from labtape.exceptions import FetchError, LabtapeError, ReadError, StoreError
from labtape.ports import FeedState
from labtape.store import open_store
from labtape.store.memory import MemoryStore
from labtape.types import Feed, Fetched, Validators

LONG = "Moonshot AI says that its new model answers questions about long documents. " * 8
WIRE = Feed("https://wire.example/rss")
OTHER = Feed("https://other.example/rss")


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store():
    return open_store("memory:")


@pytest.fixture
def crawl(shelf, clock, store):
    """Visit feeds once, and whatever pages they make us want; give what was kept."""

    def visit(*feeds, reader=None, **limits):
        reader = reader or InProcess()
        limits = Limits(delay=0, processes=0, **({"pages": "never"} | limits))
        for feed in feeds:
            store.add_feed(feed)
        states = {state.url: state for state in store.feed_states()}
        kept = []
        with Crawler(store, fetcher=shelf, reader=reader, clock=clock, limits=limits) as crawler:
            for feed in feeds:
                crawler.ask(feed, states[feed.url])
            while not crawler.is_idle:
                if one := crawler.step(timeout=5):
                    kept.append(one)
        return kept

    return visit


def state_of(store, feed=WIRE) -> FeedState:
    return next(state for state in store.feed_states() if state.url == feed.url)


def test_a_visit_keeps_articles_validators_and_the_next_time_together(crawl, shelf, store):
    shelf.bodies[WIRE.url] = rss(("1", "Kimi K3 is out", LONG), ("2", "Qwen rises", LONG))
    (kept,) = crawl(WIRE)
    assert [a.title for a in kept.articles] == ["Kimi K3 is out", "Qwen rises"]
    state = state_of(store)
    assert state == kept.state
    assert state.validators.etag
    assert state.due_at > kept.poll.at
    assert (state.n_visits, state.n_entries) == (1, 2)


def test_the_second_visit_asks_with_the_validators_and_brings_nothing(crawl, shelf, store):
    shelf.bodies[WIRE.url] = rss(("1", "Kimi K3 is out", LONG))
    crawl(WIRE)
    (kept,) = crawl(WIRE)
    assert shelf.asked[-1][1] == state_of(store).validators
    assert (kept.poll.status, kept.articles) == ("unchanged", ())


def test_a_feed_that_fails_keeps_its_validators_and_the_others_go_on(crawl, shelf, store):
    shelf.bodies |= {WIRE.url: rss(("1", "Kimi K3 is out", LONG)), OTHER.url: rss(("9", "GLM", LONG))}
    crawl(WIRE, OTHER)
    before = state_of(store)
    shelf.bodies[WIRE.url] = FetchError("no answer", kind="timeout")
    shelf.bodies[OTHER.url] = rss(("9", "GLM", LONG), ("10", "MiniMax", LONG))
    by_url = {kept.poll.feed_url: kept for kept in crawl(WIRE, OTHER)}
    assert by_url[WIRE.url].poll.error_kind == "timeout"
    assert [a.title for a in by_url[OTHER.url].articles] == ["MiniMax"]
    assert state_of(store).validators == before.validators
    assert state_of(store).n_failures == 1


def test_what_cannot_be_read_is_a_failure_with_its_class(crawl, shelf):
    shelf.bodies |= {WIRE.url: b"<html><body>Hello</body></html>", OTHER.url: b"  "}
    kinds = {kept.poll.feed_url: kept.poll.error_kind for kept in crawl(WIRE, OTHER)}
    assert kinds == {WIRE.url: "read_html", OTHER.url: "read_empty"}


def test_a_reader_that_dies_costs_one_feed(crawl, shelf):
    class Mortal(InProcess):
        def document(self, body, *, feed, **rest):
            if feed == WIRE:
                raise ReadError(f"{feed.url}: took too much memory", kind="limit")
            return super().document(body, feed=feed, **rest)

    shelf.bodies |= {WIRE.url: rss(("1", "Kimi", LONG)), OTHER.url: rss(("9", "GLM", LONG))}
    kinds = {kept.poll.feed_url: kept.poll.error_kind for kept in crawl(WIRE, OTHER, reader=Mortal())}
    assert kinds == {WIRE.url: "read_limit", OTHER.url: None}


def test_a_fetcher_that_breaks_costs_one_feed(crawl, shelf):
    shelf.bodies |= {WIRE.url: RuntimeError("a bug"), OTHER.url: rss(("9", "GLM", LONG))}
    by_url = {kept.poll.feed_url: kept.poll for kept in crawl(WIRE, OTHER)}
    assert by_url[WIRE.url].status == "failed"
    assert by_url[OTHER.url].status == "new"


def test_links_and_guids_that_change_bring_nothing_new(crawl, shelf, store):
    titles = [f"Story number {n} of the day" for n in range(5)]
    for visit in range(3):
        items = [(f"v{visit}-{n}", title, f"{LONG} {n}") for n, title in enumerate(titles)]
        shelf.bodies[WIRE.url] = rss(*items)
        crawl(WIRE)
    assert len(list(store.articles())) == 5


def test_a_busy_feed_that_is_unchanged_keeps_its_pace(crawl, shelf, store):
    shelf.bodies[WIRE.url] = rss(*((str(n), f"Story {n}", LONG) for n in range(40)))
    crawl(WIRE)
    first = state_of(store).interval
    crawl(WIRE)
    assert state_of(store).interval == first < 3600


def test_a_feed_without_dates_is_paced_by_what_it_brings(crawl, shelf, store):
    items = "".join(f"<item><title>Story {n}</title><guid>{n}</guid></item>" for n in range(40))
    shelf.bodies[WIRE.url] = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
    crawl(WIRE)
    assert state_of(store).interval < 3600


def test_no_feed_is_blamed_while_nobody_can_be_reached(crawl, shelf, store, clock):
    feeds = [Feed(f"https://wire{n}.example/rss") for n in range(30)]
    shelf.bodies |= {feed.url: rss((feed.url, feed.url, LONG)) for feed in feeds}
    crawl(*feeds)
    before = {state.url: state.interval for state in store.feed_states()}
    clock.now += timedelta(hours=1)
    shelf.bodies |= {feed.url: FetchError("no such name", kind="dns") for feed in feeds}
    crawl(*feeds)
    kept = [state for state in store.feed_states() if state.interval == before[state.url]]
    assert len(kept) == len(feeds) - OFFLINE + 1
    assert all(state.due_at < clock.now + timedelta(minutes=6) for state in kept)
    assert {state.last_error_kind for state in kept} == {"dns"}


def test_a_feed_is_under_way_until_its_visit_was_taken(shelf, clock, store):
    store.add_feed(WIRE)
    shelf.bodies[WIRE.url] = FetchError("no answer", kind="timeout")
    with Crawler(
        store, fetcher=shelf, reader=InProcess(), clock=clock, limits=Limits(delay=0, processes=0)
    ) as crawler:
        crawler.ask(WIRE, FeedState(WIRE.url))
        assert crawler.is_asked(WIRE.url)
        kept = None
        while kept is None:
            assert crawler.is_asked(WIRE.url)
            kept = crawler.step(timeout=0.05)
        assert not crawler.is_asked(WIRE.url)


def test_a_feed_whose_host_wants_to_be_left_alone_is_not_asked_and_not_called_failing(shelf, clock, store):
    until = START + timedelta(minutes=30)
    for feed in (WIRE, OTHER):
        store.add_feed(feed)
    shelf.bodies[WIRE.url] = FetchError("not asked", kind="held", status=429, retry_at=until)
    limits = Limits(delay=0, processes=0)
    with Crawler(store, fetcher=shelf, reader=InProcess(), clock=clock, limits=limits) as crawler:
        crawler.ask(WIRE, FeedState(WIRE.url))
        assert isinstance(crawler.step(timeout=5), Held)
        assert crawler.is_idle
        assert not crawler.is_asked(WIRE.url)
    assert state_of(store) == FeedState(WIRE.url, due_at=until, not_before=until)
    assert store.polls(WIRE.url) == ()


# ---------------------------------------------------------------- pages


def test_a_short_article_is_read_from_its_page_once_robots_txt_allows_it(crawl, shelf, store):
    shelf.bodies |= {
        WIRE.url: rss(("1", "Kimi K3 is out", "Soon."), ("2", "Qwen rises", LONG)),
        "https://news.example/robots.txt": b"User-agent: *\nDisallow: /private",
        "https://news.example/1": page(LONG),
    }
    crawl(WIRE, pages="short")
    assert shelf.urls()[1:] == ["https://news.example/robots.txt", "https://news.example/1"]
    by_title = {a.title: a for a in store.articles()}
    assert by_title["Kimi K3 is out"].text.startswith("Moonshot AI says")
    assert by_title["Kimi K3 is out"].flags == ("full_text",)
    assert by_title["Qwen rises"].revision == 1


def test_a_page_is_asked_for_once_though_the_feed_goes_on_showing_little(crawl, shelf, store):
    items = [("1", "Kimi K3 is out", "Soon.")]
    shelf.bodies |= {
        WIRE.url: rss(*items),
        "https://news.example/robots.txt": b"",
        "https://news.example/1": page(LONG),
    }
    crawl(WIRE, pages="short")
    shelf.bodies[WIRE.url] = rss(("2", "Qwen rises", LONG), *items)
    n = len(shelf.asked)
    crawl(WIRE, pages="short")
    assert shelf.urls()[n:] == [WIRE.url]
    (kimi,) = (a for a in store.articles() if a.title == "Kimi K3 is out")
    assert kimi.flags == ("full_text",)


def test_a_page_that_robots_txt_refuses_is_not_fetched_and_the_feeds_text_stays(crawl, shelf, store):
    shelf.bodies |= {
        WIRE.url: rss(("1", "Kimi K3 is out", "Soon.")),
        "https://news.example/robots.txt": b"User-agent: labtape\nDisallow: /",
        "https://news.example/1": page(LONG),
    }
    kept = crawl(WIRE, pages="short")
    assert "https://news.example/1" not in shelf.urls()
    assert [k.poll.error_kind for k in kept if k.poll.kind == "page"] == ["robots"]
    assert next(iter(store.articles())).text == "Soon."


def test_a_page_waits_while_its_site_cannot_say_what_it_allows(crawl, shelf, store, clock):
    shelf.bodies |= {
        WIRE.url: rss(("1", "Kimi K3 is out", "Soon.")),
        "https://news.example/robots.txt": FetchError("no such name", kind="dns"),
        "https://news.example/1": page(LONG),
    }
    crawl(WIRE, pages="short")
    assert store.polls(WIRE.url, kind="page") == ()
    assert state_of(store).n_pages_wanted == 1
    shelf.bodies["https://news.example/robots.txt"] = b""
    clock.now += timedelta(minutes=31)
    crawl(WIRE, pages="short")
    assert next(iter(store.articles())).flags == ("full_text",)


def test_robots_txt_is_asked_for_once_a_day_and_site(crawl, shelf, clock):
    shelf.bodies |= {"https://news.example/robots.txt": b""}
    for n in range(3):
        shelf.bodies[WIRE.url] = rss((f"{n}a", "Kimi", "Soon."), (f"{n}b", "Qwen", "Soon."))
        crawl(WIRE, pages="short")
    assert shelf.urls().count("https://news.example/robots.txt") == 1
    clock.now += timedelta(days=1)
    shelf.bodies[WIRE.url] = rss(("z", "GLM", "Soon."), at=clock.now)
    crawl(WIRE, pages="short")
    assert shelf.urls().count("https://news.example/robots.txt") == 2


def test_pages_beyond_the_limit_of_a_visit_follow_with_the_next_though_the_feed_is_unchanged(
    crawl, shelf, store
):
    n = MAX_PER_VISIT + 3
    shelf.bodies[WIRE.url] = rss(*((str(i), f"Title {i}", f"Soon {i}.") for i in range(n)))
    shelf.bodies["https://news.example/robots.txt"] = b""
    shelf.bodies |= {f"https://news.example/{i}": page(f"{LONG} {i}") for i in range(n)}
    crawl(WIRE, pages="short")
    assert sum("full_text" in a.flags for a in store.articles()) == MAX_PER_VISIT
    assert state_of(store).n_pages_wanted == 3
    crawl(WIRE, pages="short")
    assert all("full_text" in a.flags for a in store.articles())
    assert state_of(store).n_pages_wanted == 0


def test_a_page_that_failed_is_asked_for_again_when_it_is_time_though_the_feed_is_unchanged(
    crawl, shelf, store, clock
):
    shelf.bodies |= {
        WIRE.url: rss(("1", "Kimi K3 is out", "Soon.")),
        "https://news.example/robots.txt": b"",
        "https://news.example/1": FetchError("no answer", kind="timeout"),
    }
    for minutes in (5, 30, 0):
        crawl(WIRE, pages="short")
        clock.now += timedelta(minutes=minutes)
    assert shelf.urls().count("https://news.example/1") == 2


def test_a_page_that_fails_leaves_the_feed_well(crawl, shelf, store):
    shelf.bodies |= {
        WIRE.url: rss(("1", "Kimi K3 is out", "Soon.")),
        "https://news.example/robots.txt": b"",
        "https://news.example/1": FetchError("no answer", kind="timeout"),
    }
    crawl(WIRE, pages="short")
    assert state_of(store).n_failures == 0
    assert [p.error_kind for p in store.polls(WIRE.url, kind="page")] == ["timeout"]


# ---------------------------------------------------------------- addresses


def test_a_feed_that_moved_is_asked_at_its_new_address(crawl, shelf, store):
    shelf.bodies["https://new.example/rss"] = rss(("1", "Kimi", LONG))
    store.add_feed(WIRE)
    store.save_states([replace(state_of(store), address="https://new.example/rss")])
    crawl(WIRE)
    assert shelf.urls() == ["https://new.example/rss"]
    assert state_of(store).n_entries == 1


def test_a_feed_has_moved_after_three_permanent_redirects_over_a_day(crawl, shelf, store, clock):
    new = "https://new.example/rss"
    body = rss(("1", "Kimi", LONG))
    shelf.bodies[WIRE.url] = lambda: Fetched(WIRE.url, new, 200, body, START, Validators(), moved_to=new)
    shelf.bodies[new] = body
    for _ in range(3):
        crawl(WIRE)
        clock.now += timedelta(hours=13)
    assert state_of(store).address == new
    crawl(WIRE)
    assert shelf.urls()[-1] == new


def test_leaving_in_the_middle_keeps_what_is_ready(shelf, clock, store):
    for feed in (WIRE, OTHER):
        store.add_feed(feed)
        shelf.bodies[feed.url] = rss(("1", "Kimi", LONG), site=f"{feed.url}/x")
    with Crawler(
        store, fetcher=shelf, reader=InProcess(), clock=clock, limits=Limits(delay=0, processes=0)
    ) as crawler:
        for feed, state in zip((WIRE, OTHER), store.feed_states(), strict=True):
            crawler.ask(feed, state)
        assert crawler.step(timeout=5)
    states = store.feed_states()
    articles = list(store.articles())
    assert sum(state.n_visits for state in states) == len(articles) >= 1


# ---------------------------------------------------------------- when things break


class Full(MemoryStore):
    """A store that is full while `is_full`."""

    is_full = False

    def save_visits(self, visits):
        if self.is_full:
            raise StoreError("tape.db: database or disk is full")
        return super().save_visits(visits)


def test_what_a_full_database_did_not_take_may_be_asked_for_again(shelf, clock):
    store = Full()
    store.add_feed(WIRE)
    shelf.bodies[WIRE.url] = rss(("1", "Kimi", LONG))
    limits = Limits(delay=0, processes=0)
    with Crawler(store, fetcher=shelf, reader=InProcess(), clock=clock, limits=limits) as crawler:
        store.is_full = True
        crawler.ask(WIRE, FeedState(WIRE.url))
        with pytest.raises(StoreError):
            crawler.step(timeout=5)
        assert not crawler.is_asked(WIRE.url)
        assert crawler.is_idle
        store.is_full = False
        crawler.ask(WIRE, FeedState(WIRE.url))
        assert [a.title for a in crawler.step(timeout=5).articles] == ["Kimi"]


def test_a_watch_outlives_a_full_database_and_asks_nobody_meanwhile(shelf, clock):
    store = Full()
    store.is_full = True
    store.add_feed(WIRE)
    shelf.bodies[WIRE.url] = rss(("1", "Kimi", LONG))
    stop = Event()
    told = []
    limits = Limits(delay=0, processes=0)
    with Crawler(store, fetcher=shelf, reader=InProcess(), clock=clock, limits=limits) as crawler:
        for event in watch(crawler, store, clock=clock, stop=stop, pause=0.01):
            if event is None:
                continue
            told.append(event)
            if len(told) == 2:
                store.is_full = False
            if len(told) == 3:
                stop.set()
    assert [type(event).__name__ for event in told] == ["StoreError", "StoreError", "Kept"]
    assert shelf.urls() == [WIRE.url] * 3


def test_a_reader_with_a_bug_costs_one_document(crawl, shelf):
    class Buggy(InProcess):
        def document(self, body, *, feed, **rest):
            if feed == WIRE:
                raise ZeroDivisionError
            return super().document(body, feed=feed, **rest)

    shelf.bodies |= {WIRE.url: rss(("1", "Kimi", LONG)), OTHER.url: rss(("9", "GLM", LONG))}
    kinds = {kept.poll.feed_url: kept.poll.error_kind for kept in crawl(WIRE, OTHER, reader=Buggy())}
    assert kinds == {WIRE.url: "read_other", OTHER.url: None}


def test_readers_that_cannot_be_started_end_the_crawl_with_the_reason(crawl, shelf):
    class Absent(InProcess):
        def document(self, body, **rest):
            raise LabtapeError("cannot start a process to read with")

    shelf.bodies[WIRE.url] = rss(("1", "Kimi", LONG))
    with pytest.raises(LabtapeError, match="cannot start"):
        crawl(WIRE, reader=Absent())
