"""Which articles want their own page, and what comes of one that was fetched.

A page costs its publisher a request and us an extraction, so it is asked for seldom: where the feed gives less than a
paragraph (`short`), for articles that are still news, three times at most, and 20 for a feed and visit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from labtape.crawl.visits import error_kind, message_of, shown_hash
from labtape.exceptions import FetchError, LabtapeError
from labtape.fetch import host_key
from labtape.ports import Poll, Visit
from labtape.read import Page, is_short, with_page
from labtape.types import Arrival, Article, Feed, Fetched, PagePolicy

# A feed that is new, or comes back, brings up to hundreds of articles at once; at a page a second that would hold its
# host's queue, and with it the feeds of that host, for minutes. The rest follows, newest first, with the next visits.
MAX_PER_VISIT = 20
NEWS = timedelta(days=3)  # a page older than this moves no market; `always` takes older ones too
PAUSES = (timedelta(minutes=30), timedelta(hours=6))  # before the second and the third attempt
MAX_ATTEMPTS = len(PAUSES) + 1
FINAL_STATUSES = frozenset({401, 403, 404, 410})
FINAL_KINDS = frozenset({"robots", "forbidden_address", "size", "read_no_text", "read_limit"})
HAS_PAGE = frozenset({"full_text", "paywalled"})


def policy_of(feed: Feed, default: PagePolicy) -> PagePolicy:
    """When this feed's pages are fetched: its own word, else that of the settings.

    A file of this machine sends nobody to the web, unless it is told to.
    """
    return feed.pages or ("never" if not host_key(feed.url) else default)


def pages_wanted(
    feed: Feed,
    arrivals: Sequence[Arrival],
    *,
    default: PagePolicy = "short",
    earlier: Iterable[Poll] = (),
    known: Sequence[Arrival] = (),
    now: datetime,
    limit: int | None = MAX_PER_VISIT,
) -> tuple[Arrival, ...]:
    """The arrivals whose page is to be fetched now, newest first; `limit` None gives all of them.

    `earlier` are the feed's polls (`Store.polls`), `known` its articles as they are kept (`Store.sightings`), which say
    since when an article without a date has been seen. A page that was had is asked for again only when the feed shows
    other words for its article.
    """
    policy = policy_of(feed, default)
    if policy == "never":
        return ()
    attempts = _attempts(earlier)
    first_seen = {arrival.article.id: arrival.article.first_seen_at for arrival in known}
    found: dict[str, tuple[datetime, Arrival]] = {}
    for arrival in arrivals:
        article = arrival.article
        url = article.url or ""
        at = article.published_at or first_seen.get(article.id) or article.first_seen_at or now
        if (
            url not in found
            and (policy == "always" or now - at <= NEWS)
            and _may_try(arrival, attempts.get(url, ()), now)
            and _lacks_its_page(article, policy)
        ):
            found[url] = (at, arrival)
    newest = sorted(found.values(), key=lambda row: row[0], reverse=True)
    return tuple(arrival for _, arrival in newest[:limit])


def page_visit(
    feed: Feed,
    arrival: Arrival,
    answer: Fetched | LabtapeError,
    page: Page | LabtapeError | None = None,
    *,
    now: datetime,
    seconds: float = 0.0,
) -> Visit:
    """The visit to an article's page: the article arrives with the page's text, or not at all where it keeps its own.

    `page` is what was read of a good answer. The feed's state is not touched: its pages may all fail and it is well.
    """
    poll = replace(_poll(feed, arrival, now), seconds=seconds)
    if isinstance(answer, LabtapeError):
        return Visit(_failed(poll, answer, getattr(answer, "status", None)))
    poll = replace(poll, http_status=answer.status, n_bytes=answer.n_bytes, seconds=answer.seconds)
    if page is None:
        unread = FetchError(f"{poll.address}: answered {answer.status} without a page", kind="protocol")
        return Visit(_failed(poll, unread, answer.status))
    if isinstance(page, LabtapeError):
        return Visit(_failed(poll, page, answer.status))
    article = with_page(arrival.article, page)
    if article == arrival.article:
        return Visit(replace(poll, status="unchanged"))
    shown = shown_hash(arrival)
    return Visit(
        replace(poll, status="new", n_entries=1), arrivals=(Arrival(article, arrival.keys, shown=shown),)
    )


def refused_visit(feed: Feed, arrival: Arrival, *, now: datetime) -> Visit:
    """The visit that robots.txt forbids: it is not made, and kept, so that the next document does not ask again."""
    url = arrival.article.url or ""
    refusal = FetchError(f"{url}: the site's robots.txt asks not to fetch it", kind="robots")
    return Visit(_failed(_poll(feed, arrival, now), refusal, None))


def _poll(feed: Feed, arrival: Arrival, now: datetime) -> Poll:
    """A page's poll. Its `body_hash` is of what the feed showed of the article: other words want the page again."""
    return Poll(
        feed.url, now, "failed", kind="page", address=arrival.article.url, body_hash=shown_hash(arrival)
    )


def _failed(poll: Poll, error: LabtapeError, status: int | None) -> Poll:
    return replace(poll, error=message_of(error), error_kind=error_kind(error), http_status=status)


def _attempts(polls: Iterable[Poll]) -> Mapping[str, list[Poll]]:
    """The attempts to get each page, oldest first."""
    attempts: dict[str, list[Poll]] = defaultdict(list)
    for poll in sorted((p for p in polls if p.kind == "page" and p.address), key=lambda p: p.at):
        attempts[poll.address or ""].append(poll)
    return attempts


def _lacks_its_page(article: Article, policy: PagePolicy) -> bool:
    if not (article.url or "").startswith(("http://", "https://")) or HAS_PAGE & set(article.flags):
        return False
    return policy == "always" or is_short(article)


def _may_try(arrival: Arrival, attempts: Sequence[Poll], now: datetime) -> bool:
    """Whether one more attempt is worth it: not after a good one or a final answer, and each later than the one before."""
    if not attempts:
        return True
    if len(attempts) >= MAX_ATTEMPTS or any(_is_final(poll, arrival) for poll in attempts):
        return False
    return not timedelta(0) <= now - attempts[-1].at < PAUSES[len(attempts) - 1]


def may_be_tried_again(poll: Poll) -> bool:
    """Whether the page of this attempt may be had another time: it failed, and not for good."""
    is_final = poll.http_status in FINAL_STATUSES or poll.error_kind in FINAL_KINDS
    return poll.status == "failed" and not is_final


def _is_final(poll: Poll, arrival: Arrival) -> bool:
    if poll.status == "failed":
        return not may_be_tried_again(poll)
    return poll.body_hash == shown_hash(arrival)
