"""Joins the parts and runs a cycle: crawl what is due, score what is new, tell what it means."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Self

from labtape.batch.core import Tools, score
from labtape.crawl.discovery import Found, discover
from labtape.crawl.engine import Crawler, Held, Kept, Limits
from labtape.crawl.health import STALE, FeedHealth, health
from labtape.crawl.plan import PlannedVisit, plan
from labtape.crawl.reader import InProcess
from labtape.crawl.schedule import WEEK, Pace, is_due, may_visit, resumed
from labtape.crawl.watching import PAUSE, watch
from labtape.desk.joining import LastLedger
from labtape.desk.knowledge import knowledge_of
from labtape.desk.reading import FIRST_DAY, Reading
from labtape.desk.results import Crawled, Cycle, KeptArticles
from labtape.desk.scoring import earliest, remembering, retract, save_stories
from labtape.exceptions import SettingsError, StoreError
from labtape.fetch import fetcher as make_fetcher
from labtape.plain import iso
from labtape.ports import Clock, FeedState, Fetcher, Model, Poll, Store, utc_now
from labtape.read.sandbox import Sandbox
from labtape.settings import Settings, StoreSettings
from labtape.store import AsOf, open_store
from labtape.types import Article, Feed, Record, Story

if TYPE_CHECKING:
    from types import TracebackType

    from labtape.crawl.metrics import Tally
    from labtape.crawl.reader import Reader
    from labtape.desk.alerting import Alerting, Outcome
    from labtape.desk.rescoring import Rescored

Progress = Callable[[int, int], None]  # how many visits are done, of how many
LOOK_EVERY = 5.0  # seconds between two looks at how the feeds are, for the metrics
SWEEP_EVERY = 24 * 3600.0  # seconds between two times that old polls are forgotten
ALERT_EVERY = 5.0  # seconds between two looks at what others have scored, and at the clock of digests
SCORED_AT_ONCE = 256  # articles, a second or two: what a stop waits for, and what is kept together
SCORE_AFTER = 10.0  # seconds that new articles may wait, while more come in, until they are scored together


class Desk(Reading):
    """A store, a lexicon, a model and a way to fetch, working together.

    Open it with `Desk.open`, as a context manager. One thread uses a desk; what it gives are frozen values, which may go anywhere.
    Times are aware datetimes in UTC. A database that cannot be used is a `StoreError`.

    >>> with Desk.open("memory:") as desk:
    ...     added = desk.store.add_feed(Feed("https://news.example/rss.xml", publisher="Example"))
    ...     [feed.publisher for feed in desk.feeds()], [feed.word for feed in desk.health()], list(desk.records())
    (['Example'], ['never visited'], [])
    """

    def __init__(
        self,
        store: Store,
        *,
        tools: Tools,
        fetcher: Fetcher,
        clock: Clock,
        limits: Limits = Limits(),
        keep: StoreSettings = StoreSettings(),
        model: Model | None = None,
    ) -> None:
        self.store = store
        self.tools = tools
        self.fetcher = fetcher
        self.clock = clock
        self.limits = limits
        self.keep = keep
        self.model = model
        self._ledger = LastLedger()

    @classmethod
    def open(
        cls,
        database: str | None = None,
        *,
        settings: Settings = Settings(),
        clock: Clock = utc_now,
        write: bool = True,
        model: Model | None = None,
    ) -> Self:
        """Open a desk on a database URL: `sqlite:///tape.db`, `postgresql+psycopg://…` or `memory:`.

        With `write` False the desk only looks: the database is neither made nor changed, and may be read-only.
        A `model` judges instead of the bundle of the settings (docs/plugins.md).
        """
        return cls(
            open_store(database or settings.database, write=write),
            tools=Tools(settings.bundle, settings.lexicon, settings.bundle_digest),
            fetcher=make_fetcher(
                deadline=settings.fetch.deadline,
                max_bytes=settings.fetch.max_bytes,
                allow_private=settings.fetch.allow_private,
            ),
            clock=clock,
            limits=Limits(
                concurrency=settings.fetch.concurrency,
                delay=settings.fetch.delay,
                pages=settings.fetch.pages,
                processes=settings.fetch.processes,
                pace=Pace(
                    settings.fetch.per_entry,
                    shortest=settings.fetch.shortest,
                    longest=settings.fetch.longest,
                ),
            ),
            keep=settings.store,
            model=model,
        )

    def close(self) -> None:
        """Close the store, and end the processes that read documents."""
        reader = self.__dict__.pop("_reader", None)
        if isinstance(reader, Sandbox):
            reader.close()
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ------------------------------------------------------------ the cycle

    def feeds(self) -> tuple[Feed, ...]:
        """The feeds that are known, in the order they were added."""
        return self.store.feeds()

    def run(
        self,
        feeds: Iterable[Feed] | None = None,
        *,
        due_only: bool = False,
        progress: Progress | None = None,
    ) -> Cycle:
        """Crawl (the given feeds, which are added, or all known ones) and score what is new.

        A feed that fails is in `Cycle.crawled.failed`; the others go on. `progress` is called with how many visits are done, of how many.
        """
        crawled = self.crawl(feeds, due_only=due_only, progress=progress)
        return Cycle(crawled, tuple(self.score_new()))

    def crawl(
        self,
        feeds: Iterable[Feed] | None = None,
        *,
        due_only: bool = False,
        progress: Progress | None = None,
    ) -> Crawled:
        """Visit the feeds, and pages of their articles; keep what is new. A feed that fails is a failed poll; the others go on.

        Feeds that are suspended or gone, and those whose server asked to wait, are left out; with `due_only` also those
        whose time has not come.
        """
        chosen = self._chosen(feeds)
        now = self.clock()
        asked = [(feed, state) for feed, state in chosen if may_visit(state, now=now, due_only=due_only)]
        polls: dict[str, Poll] = {}
        pages: list[Poll] = []
        new: dict[str, None] = {}
        held: list[FeedState] = []
        with self._crawler() as crawler:
            for feed, state in asked:
                crawler.ask(feed, state)
            while not crawler.is_idle:
                kept = crawler.step(timeout=1.0)
                if isinstance(kept, Held):
                    held.append(kept.state)
                if not isinstance(kept, Kept):
                    continue
                new |= dict.fromkeys(article.id for article in kept.articles)
                if kept.poll.kind == "page":
                    pages.append(kept.poll)
                else:
                    polls[kept.poll.feed_url] = kept.poll
                if progress:
                    progress(len(polls) + len(pages), len(polls) + len(pages) + crawler.n_under_way)
        return Crawled(
            polls=tuple(polls[feed.url] for feed, _ in asked if feed.url in polls),
            articles=KeptArticles(self.store, tuple(new)),
            pages=tuple(pages),
            skipped=(
                *(state for _, state in chosen if not may_visit(state, now=now, due_only=due_only)),
                *held,
            ),
        )

    def watch(
        self,
        *,
        stop: Event,
        score: bool = True,
        tally: Tally | None = None,
        alerting: Alerting | None = None,
    ) -> Iterator[Kept | Record | Outcome | StoreError]:
        """Crawl what is due, when it is due, until `stop` is set; yield each visit as it is kept.

        With `score` new articles are scored a few seconds after they came, and their records are yielded as well. What the
        settings do not keep is forgotten once a day. A database that cannot be used is told, and tried again a minute
        later. `tally` is kept up to date for who wants to look at it. `alerting`, entered by the caller, posts alerts and digests in
        between, and what it could send or not is yielded as well.
        """
        new_since: float | None = -math.inf  # articles an earlier run left unscored are new, too
        looked = swept = alerted = -math.inf
        with self._crawler() as crawler:
            for kept in watch(crawler, self.store, clock=self.clock, stop=stop):
                if isinstance(kept, Kept):
                    if tally:
                        tally.count(kept.poll, kept.articles)
                    if kept.articles and new_since is None:
                        new_since = monotonic()
                if isinstance(kept, Kept | StoreError):
                    yield kept
                if isinstance(kept, StoreError):
                    continue
                try:
                    is_time = new_since is not None and (
                        kept is None or monotonic() - new_since > SCORE_AFTER
                    )
                    if score and is_time and not stop.is_set():
                        yield from self.score_new(stop=stop)
                        new_since = None
                        alerted = -math.inf
                    if alerting and monotonic() - alerted > ALERT_EVERY:
                        alerting.look()
                        alerted = monotonic()
                    if alerting:
                        yield from alerting.outcomes()
                    if tally and monotonic() - looked > LOOK_EVERY:
                        self._look(tally, crawler)
                        looked = monotonic()
                    if kept is None and monotonic() - swept > SWEEP_EVERY:
                        self.prune()
                        swept = monotonic()
                except StoreError as e:
                    yield e
                    stop.wait(PAUSE)
        if alerting:
            alerting.close()
            yield from alerting.outcomes()

    def _look(self, tally: Tally, crawler: Crawler) -> None:
        now = self.clock()
        n_due = sum(is_due(state, now=now) for state in self.store.feed_states())
        n_replaced = self._reader.n_replaced if isinstance(self._reader, Sandbox) else 0
        tally.look(self.health(), n_due=n_due, n_queued=crawler.n_under_way, n_replaced=n_replaced)

    def health(self) -> tuple[FeedHealth, ...]:
        """How each feed is: well, failing, late, gone …, with the facts behind the word."""
        now = self.clock()
        week, month = (self.store.weekly_entries(now - span) for span in (WEEK, STALE))
        return health(self.store.feeds(), self.store.feed_states(), week, now=now, lately=month)

    def plan(
        self, feeds: Iterable[Feed] | None = None, *, due_only: bool = False
    ) -> tuple[PlannedVisit, ...]:
        """What a crawl of the feeds would do, and when; nothing is fetched, and given feeds are not kept."""
        return plan(
            self.store.feeds() if feeds is None else tuple(feeds),
            self.store.feed_states(),
            now=self.clock(),
            delay=self.limits.delay,
            pages=self.limits.pages,
            hosts=self.store.hosts(),
            due_only=due_only,
        )

    def discover(self, url: str) -> tuple[Found, ...]:
        """The feeds of a site, from the address of any of its pages; a feed's own address gives itself."""
        return discover(url, self.fetcher, now=self.clock(), reader=self._reader)

    def prune(self) -> tuple[int, int]:
        """Forget polls and articles that are older than the settings keep; return how many of each."""
        now, keep = self.clock(), self.keep
        if not keep.keep_polls_days and not keep.keep_articles_days:
            return 0, 0
        polls_before = now - timedelta(days=keep.keep_polls_days) if keep.keep_polls_days else FIRST_DAY
        articles_before = now - timedelta(days=keep.keep_articles_days) if keep.keep_articles_days else None
        return self.store.prune(polls_before=polls_before, articles_before=articles_before)

    def resume(self, url: str) -> bool:
        """Take up a suspended or gone feed again; False where no such feed is known."""
        now = self.clock()
        found = [state for state in self.store.feed_states() if url in (state.url, state.address)]
        self.store.save_states(resumed(state, now=now) for state in found)
        return bool(found)

    def _chosen(self, feeds: Iterable[Feed] | None) -> list[tuple[Feed, FeedState]]:
        """The feeds as they are kept, with their states; given ones are added, and found under the address they had."""
        given = None if feeds is None else tuple(feeds)
        self.store.add_feeds(given or (), at=self.clock())
        known = {feed.url: feed for feed in self.store.feeds()}
        states = self.store.feed_states()
        if given is None:
            return [(known[state.url], state) for state in states]
        by_url = {state.address: state for state in states if state.address}
        by_url |= {state.url: state for state in states}
        chosen = dict.fromkeys(by_url[feed.url] for feed in given if feed.url in by_url)
        return [(known[state.url], state) for state in chosen]

    def _crawler(self) -> Crawler:
        return Crawler(
            self.store, fetcher=self.fetcher, reader=self._reader, clock=self.clock, limits=self.limits
        )

    @cached_property
    def _reader(self) -> Reader:
        return Sandbox(self.limits.processes) if self.limits.processes else InProcess()

    def score_new(self, *, stop: Event | None = None) -> Iterator[Record]:
        """Score every article that has no record yet, place it among the recent ones, keep it; yield the records.

        Once `stop` is set it ends with the chunk under way; the rest stays unscored until the next time.
        """
        fresh = self.store.unscored()
        if not fresh:
            return
        run_at = self.clock()
        self.store.note(knowledge_of(self.tools, self.model), at=run_at)
        known = self.recent_stories(since=earliest(fresh, self.store, run_at))
        grouper = remembering(known, self.store)
        for chunk in _chunks(fresh, SCORED_AT_ONCE):
            if stop is not None and stop.is_set():
                return
            records = tuple(
                score(chunk, tools=self.tools, model=self.model, now=self.clock(), grouper=grouper)
            )
            kept_at = self.clock()
            # Stories first: after a crash in between, the articles are unscored still and are placed again.
            stories = (*grouper.take_closed(), *grouper.stories())
            save_stories(self.store, stories, records, known=known, at=kept_at)
            self.store.add_records(records, at=kept_at, run_at=run_at)
            yield from records

    def recent_stories(self, since: datetime) -> tuple[Story, ...]:
        """Every story that was told within one window before `since`, or later."""
        from labtape.story.grouper import WINDOW

        return self.store.stories(since=since - WINDOW)

    # ------------------------------------------------------------ what was known, and what is taken back

    def as_of(self, at: datetime) -> Desk:
        """The desk as it was: the same store, without what was kept after `at`, and a clock that says `at`.

        Records, ledger, stories and digests come out as they did then; nothing can be written. Close this desk, not the view.
        Raises `SettingsError` for a time without zone, or one that has not come: what is said of it may still change.
        """
        if at.tzinfo is None:
            raise SettingsError(f"{at.isoformat()}: a time without zone; give one, as {at.isoformat()}Z")
        if at > (now := self.clock()):
            raise SettingsError(f"{iso(at)} has not come yet, it is {iso(now)}; give a time that is past")
        return Desk(
            AsOf(self.store, at),
            tools=self.tools,
            fetcher=self.fetcher,
            clock=lambda: at,
            limits=self.limits,
            keep=self.keep,
            model=self.model,
        )

    def retract(self, article_id: str, *, why: str) -> None:
        """Take an article back, by its id or address: what is told from now on does without it, and its stories are issued anew.

        Raises `ReadError` where nothing is known of it, `StoreError` where it was taken back before.
        """
        record = self.explain(article_id)
        retract(self.store, record.id if record else article_id, at=self.clock(), why=why)

    def rescored(self, *, since: datetime | None = None) -> Rescored:
        """Every record of articles of `since` or later scored again, with the tools at hand, and compared byte for byte."""
        from labtape.desk.rescoring import rescore

        return rescore(self, since=since)


def _chunks(articles: Sequence[Article], size: int) -> Iterator[Sequence[Article]]:
    for i in range(0, len(articles), size):
        yield articles[i : i + size]
