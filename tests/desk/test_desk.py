"""The whole path over a fetcher that is a member of the family: it hands out bytes from memory."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Event

import pytest
from sklearn.dummy import DummyClassifier

from labtape.batch import Tools
from labtape.crawl.engine import Limits
from labtape.desk import Desk, deliver
from labtape.exceptions import FetchError, StoreError
from labtape.report import digest_markdown, record_json
from labtape.settings import Settings, StoreSettings
from labtape.signal.plugins import SklearnModel
from labtape.store import open_store
from labtape.types import Feed, Fetched, Validators

START = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)


def rss(*items):
    body = "".join(
        f"<item><title>{title}</title><link>https://news.example/{guid}</link><guid>{guid}</guid>"
        f"<pubDate>{when:%a, %d %b %Y %H:%M:%S} GMT</pubDate><description>{text}</description></item>"
        for guid, title, text, when in items
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>{body}</channel></rss>'.encode()
    )


SHARE = "Chinese providers hold about 61% of the tokens used among the top 10 models on OpenRouter."
ITEMS = [
    ("1", "Chinese models take 61% of OpenRouter's top ten", SHARE, START - timedelta(hours=9)),
    (
        "2",
        "Nvidia falls 5% as the US tightens chip exports",
        "Nvidia shares fell 5% on Tuesday.",
        START - timedelta(hours=6),
    ),
]


class Shelf:
    """A fetcher that answers from a dict; what is missing is a failure, an ETag known is a 304."""

    def __init__(self):
        self.bodies = {}
        self.asked = []

    def fetch(self, url, validators=Validators()):
        self.asked.append((url, validators))
        if url not in self.bodies:
            raise FetchError(f"{url}: status 404", kind="http", status=404)
        body = self.bodies[url]
        etag = sha256(body).hexdigest()
        if validators.etag == etag:
            return Fetched(url, url, 304, b"", START, validators=Validators(etag))
        return Fetched(
            url, url, 200, body, START, media_type="application/rss+xml", validators=Validators(etag)
        )


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def desk(shelf):
    limits = Limits(delay=0, pages="never", processes=0)
    with Desk(
        open_store("memory:"), tools=Tools(bundle="rules"), fetcher=shelf, clock=Clock(), limits=limits
    ) as desk:
        yield desk


WIRE = Feed("https://wire.example/rss", publisher="Wire")


def test_a_cycle_goes_from_feed_to_digest(desk, shelf):
    shelf.bodies[WIRE.url] = rss(*ITEMS)
    cycle = desk.run([WIRE])
    assert [r.title for r in cycle.records] == [title for _, title, _, _ in ITEMS]
    digest = digest_markdown(desk.digest())
    assert "Chinese models take 61%" in digest
    assert "top 10 models" in digest


def test_the_second_cycle_asks_with_the_validators_and_scores_nothing_again(desk, shelf):
    shelf.bodies[WIRE.url] = rss(*ITEMS)
    desk.run([WIRE])
    cycle = desk.run()
    assert shelf.asked[1][1].etag
    assert [p.status for p in cycle.crawled.polls] == ["unchanged"]
    assert cycle.records == ()


def test_a_new_item_joins_and_a_changed_one_is_a_revision_with_a_record_of_its_own(desk, shelf):
    shelf.bodies[WIRE.url] = rss(*ITEMS)
    desk.run([WIRE])
    between = desk.clock.now
    changed = ("1", ITEMS[0][1], SHARE.replace("61%", "58%"), ITEMS[0][3])
    added = ("3", "Kimi K3 is out", "Moonshot AI released Kimi K3.", START)
    shelf.bodies[WIRE.url] = rss(changed, ITEMS[1], added)
    cycle = desk.run()
    assert sorted((r.title, r.revision) for r in cycle.records) == [(ITEMS[0][1], 2), ("Kimi K3 is out", 1)]
    latest = {r.title: r for r in desk.records()}
    assert 58.0 in {s.value for s in latest[ITEMS[0][1]].shares}
    before = {r.title: r for r in desk.records(as_of=between)}
    assert {s.value for s in before[ITEMS[0][1]].shares} == {61.0}


def test_every_version_is_had_with_those_of_retracted_articles_and_a_view_of_a_time_has_no_such_order(
    desk, shelf
):
    shelf.bodies[WIRE.url] = rss(*ITEMS)
    first, second = desk.run([WIRE]).records
    shelf.bodies[WIRE.url] = rss(("1", ITEMS[0][1], SHARE.replace("61%", "58%"), ITEMS[0][3]), ITEMS[1])
    (again,) = desk.run().records
    desk.retract(second.id, why="made up")
    assert list(desk.versions()) == [first, second, again]
    assert list(desk.retractions()) == [second.id]
    assert [r.id for r in desk.records()] == [first.id]
    with pytest.raises(StoreError, match="ask the store of now"):
        next(desk.as_of(desk.clock.now).versions())


def test_a_feed_that_fails_does_not_stop_the_others(desk, shelf):
    shelf.bodies[WIRE.url] = rss(*ITEMS)
    gone = Feed("https://gone.example/rss")
    cycle = desk.run([gone, WIRE])
    assert [p.feed_url for p in cycle.crawled.failed] == [gone.url]
    assert cycle.crawled.failed[0].error_kind == "http"
    assert len(cycle.records) == 2


def test_a_page_instead_of_a_feed_is_a_failed_poll_with_the_reason(desk, shelf):
    shelf.bodies[WIRE.url] = (
        b"<!doctype html><html><head><title>Hi</title></head><body><p>No feed</p></body></html>"
    )
    (poll,) = desk.crawl([WIRE]).polls
    assert poll.status == "failed"
    assert "HTML" in poll.error


def test_a_story_goes_on_in_the_next_cycle(desk, shelf):
    shelf.bodies[WIRE.url] = rss(ITEMS[0])
    first = desk.run([WIRE]).records[0]
    other = Feed("https://other.example/rss", publisher="Other")
    retold = ("9", "61% of OpenRouter's top ten goes to Chinese models", SHARE, START)
    shelf.bodies[other.url] = rss(retold)
    second = desk.run([other]).records[0]
    assert second.story.id == first.story.id
    assert second.story.n_articles == 2
    assert second.story.novelty == 0.75


def test_shares_are_filtered_by_platform(desk, shelf):
    shelf.bodies[WIRE.url] = rss(*ITEMS)
    desk.run([WIRE])
    assert {row.platform for row in desk.shares(platform="OpenRouter")} == {"platform:openrouter"}
    assert desk.shares(platform="Steam") == ()


def test_the_ledger_of_a_time_has_the_figures_and_the_words_of_the_revision_in_force_then(desk, shelf):
    shelf.bodies[WIRE.url] = rss(*ITEMS)
    desk.run([WIRE])
    between = desk.clock.now
    shelf.bodies[WIRE.url] = rss(("1", ITEMS[0][1], SHARE.replace("61%", "58%"), ITEMS[0][3]), ITEMS[1])
    desk.run([WIRE])
    now, then = desk.shares(platform="OpenRouter"), desk.shares(platform="OpenRouter", as_of=between)
    assert 58.0 in {row.value for row in now}
    assert {row.value for row in then} == {61.0}
    assert all("61%" in row.quote for row in then)
    assert any("58%" in row.quote for row in now)
    assert desk.shares(as_of=START - timedelta(days=365)) == ()


def test_a_time_chooses_rows_and_does_not_change_how_they_stand(desk, shelf):
    old = ("3", "Small vendors hold 20% of tokens", SHARE.replace("61%", "45%"), START - timedelta(days=60))
    shelf.bodies[WIRE.url] = rss(*ITEMS, old)
    desk.run([WIRE])
    everything = {row.id: row for row in desk.shares()}
    lately = desk.shares(since=START - timedelta(days=30))
    assert 0 < len(lately) < len(everything)
    assert all(everything[row.id] == row for row in lately)


@pytest.mark.parametrize("name", ["Hugging Face", "hugging-face", "platform:hugging-face", "hugging face"])
def test_a_platform_goes_by_its_name_and_by_its_id(desk, shelf, name):
    text = "Qwen models account for 40% of model downloads on Hugging Face."
    shelf.bodies[WIRE.url] = rss(("1", "Qwen leads downloads", text, START))
    desk.run([WIRE])
    assert [row.value for row in desk.shares(platform=name)] == [40.0]


def test_two_desks_say_the_same_bytes(shelf):
    shelf.bodies[WIRE.url] = rss(*ITEMS)

    def bytes_of_a_run():
        limits = Limits(delay=0, pages="never", processes=0)
        with Desk(
            open_store("memory:"), tools=Tools(bundle="rules"), fetcher=shelf, clock=Clock(), limits=limits
        ) as desk:
            return [record_json(r) for r in desk.run([WIRE]).records]

    assert bytes_of_a_run() == bytes_of_a_run()


def test_a_model_that_is_given_judges_instead_of_the_bundle(shelf):
    shelf.bodies[WIRE.url] = rss(*ITEMS)
    constant = DummyClassifier(strategy="constant", constant="down").fit(["a", "b"], ["up", "down"])
    with Desk.open(
        "memory:",
        settings=Settings(bundle="rules"),
        model=SklearnModel(constant, relevance="rules", name="gloom"),
    ) as desk:
        desk.fetcher = shelf
        desk.limits = Limits(delay=0, pages="never", processes=0)
        records = desk.run([WIRE]).records
    assert {r.model.bundle for r in records} == {"gloom"}
    assert {r.verdict.label for r in records if r.relevance.relevant} == {"Bearish"}


def test_the_list_names_the_publisher_where_it_does(desk, shelf):
    shelf.bodies[WIRE.url] = rss(*ITEMS)
    new = desk.crawl([replace(WIRE, publisher="Named in the list")]).articles
    assert {a.publisher for a in new} == {"Named in the list"}


def test_a_crawl_of_what_is_due_leaves_the_others_and_says_so(desk, shelf):
    shelf.bodies[WIRE.url] = rss(*ITEMS)
    desk.crawl([WIRE])
    crawled = desk.crawl(due_only=True)
    assert (crawled.polls, [s.url for s in crawled.skipped]) == ((), [WIRE.url])
    desk.clock.now += timedelta(days=2)
    assert [p.status for p in desk.crawl(due_only=True).polls] == ["unchanged"]


def test_a_feed_that_is_missing_ten_times_is_left_alone_until_it_is_taken_up_again(desk, shelf):
    for _ in range(10):
        desk.crawl([WIRE])
    assert [h.word for h in desk.health()] == ["suspended"]
    n = len(shelf.asked)
    assert [s.status for s in desk.crawl([WIRE]).skipped] == ["suspended"]
    assert len(shelf.asked) == n
    shelf.bodies[WIRE.url] = rss(*ITEMS)
    assert desk.resume(WIRE.url)
    assert [p.status for p in desk.crawl().polls] == ["new"]
    assert [h.word for h in desk.health()] == ["ok"]


def test_a_plan_says_what_a_crawl_would_do_and_keeps_and_fetches_nothing(desk, shelf):
    (planned,) = desk.plan([WIRE])
    assert (planned.when, planned.url) == ("at once", WIRE.url)
    assert (desk.feeds(), shelf.asked) == ((), [])


def test_a_watch_visits_what_is_due_scores_it_and_stops_when_told(desk, shelf):
    shelf.bodies[WIRE.url] = rss(*ITEMS)
    desk.store.add_feed(WIRE)
    stop = Event()
    seen = []
    for event in desk.watch(stop=stop):
        seen.append(event)
        if len(seen) == 3:
            stop.set()
    assert [type(event).__name__ for event in seen] == ["Kept", "Record", "Record"]
    assert [url for url, _ in shelf.asked] == [WIRE.url]


def test_scoring_ends_soon_after_it_is_told_to_stop_and_goes_on_the_next_time(desk, shelf):
    items = [(str(n), f"Story {n}", f"Qwen rises {n}.", START) for n in range(300)]
    shelf.bodies[WIRE.url] = rss(*items)
    desk.crawl([WIRE])
    stop = Event()
    scored = []
    for record in desk.score_new(stop=stop):
        scored.append(record)
        stop.set()
    assert 0 < len(scored) < 300
    assert len(scored) + len(list(desk.score_new())) == 300


def test_old_polls_are_forgotten_as_the_settings_say(desk, shelf):
    shelf.bodies[WIRE.url] = rss(*ITEMS)
    desk.crawl([WIRE])
    for _ in range(3):
        desk.crawl()
    desk.clock.now += timedelta(days=91)
    desk.crawl()
    assert desk.prune() == (4, 0)  # the last one stays
    desk.keep = StoreSettings(keep_polls_days=0)
    desk.clock.now += timedelta(days=400)
    assert desk.prune() == (0, 0)


def test_a_channel_that_fails_is_told_and_the_others_still_get_the_digest(desk, tmp_path):
    undelivered = deliver(
        desk.digest(),
        {
            "webhook": {"url": "http://127.0.0.1:9/"},
            "file": {"path": str(tmp_path / "d.html")},
        },
    )
    assert len(undelivered) == 1
    assert (tmp_path / "d.html").read_text("utf-8").lower().startswith("<!doctype html>")
