"""Joins the parts and runs a cycle: crawl what is due, score what is new, tell what it means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Self

from labtape.batch.core import Tools, opened_lexicon, score
from labtape.deliver import channel_from_settings
from labtape.exceptions import DeliveryError, FetchError, LabtapeError, SettingsError
from labtape.fetch import fetcher as make_fetcher
from labtape.ports import Clock, Fetcher, Message, Poll, Store, Visit, utc_now
from labtape.read import read_feed, to_article
from labtape.report import ShareRow, digest_html, digest_json, digest_markdown, share_rows
from labtape.report import digest as make_digest
from labtape.settings import Settings
from labtape.store import open_store
from labtape.story import Grouper
from labtape.story.grouper import WINDOW
from labtape.types import Annotated, Arrival, Article, Feed, Fetched, Record, Validators

if TYPE_CHECKING:
    from types import TracebackType

    from labtape.report import Digest

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Crawled:
    """What a crawl brought: polls in the feeds' order, and the articles and revisions that are new."""

    polls: tuple[Poll, ...]
    articles: tuple[Article, ...]

    @property
    def failed(self) -> tuple[Poll, ...]:
        return tuple(poll for poll in self.polls if poll.status == "failed")


@dataclass(frozen=True, slots=True)
class Cycle:
    """What a run did: the crawl, and the records made of what was new."""

    crawled: Crawled
    records: tuple[Record, ...]


class Desk:
    """A store, a lexicon, a model and a way to fetch, working together.

    >>> with Desk.open("memory:") as desk:
    ...     desk.feeds()
    ()
    """

    def __init__(
        self, store: Store, *, tools: Tools, fetcher: Fetcher, clock: Clock, workers: int = 8
    ) -> None:
        self.store = store
        self.tools = tools
        self.fetcher = fetcher
        self.clock = clock
        self.workers = workers

    @classmethod
    def open(
        cls, database: str | None = None, *, settings: Settings = Settings(), clock: Clock = utc_now
    ) -> Self:
        """Open a desk on a database URL: `sqlite:///tape.db`, `postgresql+psycopg://…` or `memory:`."""
        return cls(
            open_store(database or settings.database),
            tools=Tools(bundle=settings.bundle, lexicon=settings.lexicon),
            fetcher=make_fetcher(
                deadline=settings.fetch.deadline,
                max_bytes=settings.fetch.max_bytes,
                allow_private=settings.fetch.allow_private,
            ),
            clock=clock,
            workers=settings.fetch.concurrency,
        )

    def close(self) -> None:
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ------------------------------------------------------------ the cycle

    def feeds(self) -> tuple[Feed, ...]:
        return self.store.feeds()

    def run(self, feeds: Iterable[Feed] | None = None, *, progress: Progress | None = None) -> Cycle:
        """Crawl (the given feeds, which are added, or all known ones) and score what is new."""
        crawled = self.crawl(feeds, progress=progress)
        return Cycle(crawled, tuple(self.score_new()))

    def crawl(self, feeds: Iterable[Feed] | None = None, *, progress: Progress | None = None) -> Crawled:
        """Visit the feeds; keep what is new. A feed that fails is a failed poll; the others go on."""
        if feeds is not None:
            feeds = tuple(feeds)
            for feed in feeds:
                self.store.add_feed(feed)
        chosen = self.store.feeds() if feeds is None else feeds
        last = {feed.url: self._last_good(feed.url) for feed in chosen}
        polls: list[Poll] = []
        new: list[Article] = []
        with ThreadPoolExecutor(max_workers=self.workers) as pool:
            answers = pool.map(lambda feed: self._ask(feed, last[feed.url]), chosen)
            for feed, answer in zip(chosen, answers, strict=True):
                poll, articles = decide_poll(feed, answer, last[feed.url], now=self.clock())
                visit = Visit(poll, arrivals=tuple(map(Arrival, articles)))
                new += self.store.save_visits([visit])
                polls.append(poll)
                if progress:
                    progress(len(polls), len(chosen))
        return Crawled(tuple(polls), tuple(new))

    def _last_good(self, url: str) -> Poll | None:
        """The last visit that was answered: its validators and hash are what the next one asks with."""
        polls = (self.store.last_poll(url, status=status) for status in ("new", "unchanged"))
        return max((p for p in polls if p), key=lambda p: p.at, default=None)

    def _ask(self, feed: Feed, last: Poll | None) -> Fetched | LabtapeError:
        try:
            return self.fetcher.fetch(feed.url, last.validators if last else Validators())
        except LabtapeError as e:
            return e

    def score_new(self) -> Iterator[Record]:
        """Score every article that has no record yet, place it among the recent ones, keep it; yield the records."""
        fresh = self.store.unscored()
        if not fresh:
            return
        grouper = self._grouper(since=min(a.order_at or self.clock() for a in fresh))
        for chunk in _chunks(fresh, 512):
            records = tuple(score(chunk, tools=self.tools, now=self.clock(), grouper=grouper))
            self.store.add_records(records)
            self.store.save_stories((*grouper.take_closed(), *grouper.stories()))
            yield from records

    def _grouper(self, since: datetime) -> Grouper:
        """A grouper that remembers, whole, every story that was told within one window before `since`."""
        grouper = Grouper()
        for story in self.store.stories(since=since - WINDOW):
            for article_id in story.article_ids:
                record, article = self.store.record(article_id), self.store.article(article_id)
                if record and article:
                    grouper.seed(annotated_of(record, article), story.id)
        return grouper

    # ------------------------------------------------------------ what is known

    def records(
        self, *, since: datetime | None = None, until: datetime | None = None, as_of: datetime | None = None
    ) -> Iterator[Record]:
        """The latest record of each article, oldest first; `as_of` as it was known at that time."""
        return self.store.records(since=since, until=until, as_of=as_of)

    def explain(self, article_id: str) -> Record | None:
        """The latest record of an article, by its id or address; None when there is none."""
        found = self.store.record(article_id)
        if found is None and "://" in article_id:
            named = (r for r in self.store.records() if article_id in (r.url, r.canonical_url))
            found = next(named, None)
        return found

    def shares(
        self, *, platform: str | None = None, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[ShareRow, ...]:
        """The share claims of all articles, one row per distinct claim with its sightings.

        `platform` keeps those counted there: its id (`platform:hugging-face`, `hugging-face`) or its name.
        """
        lexicon = opened_lexicon(self.tools.lexicon)
        rows = share_rows(self.records(since=since, until=until), lexicon=lexicon)
        return rows if platform is None else tuple(row for row in rows if _is_counted_on(row, platform))

    def digest(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        hours: float = 24.0,
        watchlist: Sequence[str] = (),
    ) -> Digest:
        """What a trader should know of the time from `since` (`hours` before `until`) to `until` (now)."""
        lexicon = opened_lexicon(self.tools.lexicon)
        now = self.clock()
        until = until or now
        since = since or until - timedelta(hours=hours)
        return make_digest(
            tuple(self.records(since=since, until=until)),
            self.store.stories(since=since),
            since=since,
            until=until,
            now=now,
            lexicon=lexicon,
            watchlist=tuple(watchlist),
            articles=self.store.article,
        )


def decide_poll(
    feed: Feed, answer: Fetched | LabtapeError, last: Poll | None, *, now: datetime
) -> tuple[Poll, tuple[Article, ...]]:
    """What a visit amounts to: unchanged, new with its articles, or failed with the reason."""
    if isinstance(answer, LabtapeError):
        return _failed(feed, answer, now), ()
    if answer.is_unchanged and last is None:
        return _failed(
            feed, FetchError(f"{feed.url}: 304 to a request without validators", kind="protocol"), now
        ), ()
    digest = sha256(answer.body).hexdigest()
    if last and (answer.is_unchanged or last.body_hash == digest):
        validators = last.validators if answer.validators == Validators() else answer.validators
        return Poll(feed.url, now, "unchanged", validators, body_hash=last.body_hash), ()
    try:
        entries = read_feed(
            answer.body, url=answer.final_url, media_type=answer.media_type, charset=answer.charset, now=now
        )
    except LabtapeError as e:
        return _failed(feed, e, now), ()
    named = (
        replace(e, publisher=feed.publisher or e.publisher, language=e.language or feed.language)
        for e in entries
    )
    articles = tuple(to_article(entry, now=now) for entry in named)
    return Poll(feed.url, now, "new", answer.validators, body_hash=digest, n_entries=len(entries)), articles


def _failed(feed: Feed, error: LabtapeError, now: datetime) -> Poll:
    kind = getattr(error, "kind", "read")
    return Poll(feed.url, now, "failed", error=str(error), error_kind=kind)


def annotated_of(record: Record, article: Article) -> Annotated:
    """The findings of a record as the stations knew them, for placing new articles beside old ones."""
    return Annotated(
        article=article,
        language=record.language,
        mentions=record.mentions,
        unlinked=record.unlinked,
        shares=record.shares,
        percentages=record.percentages,
        events=record.events,
        geopolitics=record.geopolitics,
        summary=record.summary,
    )


def _is_counted_on(row: ShareRow, platform: str) -> bool:
    names = (row.platform, (row.platform or "").partition(":")[2], row.platform_name)
    return platform.casefold() in {name.casefold() for name in names if name}


def _chunks(articles: Sequence[Article], size: int) -> Iterator[Sequence[Article]]:
    for i in range(0, len(articles), size):
        yield articles[i : i + size]


def deliver(
    digest: Digest,
    channels: Mapping[str, Mapping[str, Any]],  # Any: a channel's own options
) -> tuple[DeliveryError | SettingsError, ...]:
    """Send a digest to every channel of the settings; a channel that fails is returned, the others go on."""
    failures: list[DeliveryError | SettingsError] = []
    message = message_of(digest)
    for name, options in channels.items():
        try:
            channel_from_settings(name, options).send(message)
        except (DeliveryError, SettingsError) as e:
            failures.append(e)
    return tuple(failures)


def message_of(digest: Digest) -> Message:
    """A digest in every dress a channel may want."""
    return Message(
        subject=digest.title,
        markdown=digest_markdown(digest),
        html=digest_html(digest),
        json=digest_json(digest),
    )
