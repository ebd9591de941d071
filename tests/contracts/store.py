"""What every store must do. Subclass `StoreContract` and supply the fixture `store`, an empty one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from labtape.ports import FeedState, HostState, Poll, Store, Visit
from labtape.types import Arrival, Article, Feed, Record, Story, Validators
from report.samples import records as sample_records
from report.samples import stories as sample_stories

FEED = "https://feeds.example/ai.xml"
OTHER = "https://wire.example/rss"
NOW = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SAMPLE = sample_records()[0]
LONG = "The lab said on Monday that its new model answers twice as fast and costs half as much as the one before it."
QUITE_ANOTHER = "A court in Delaware heard both sides of the quarrel over licences and will rule before the end of autumn."
TOPICS = ("chips", "prices", "a lawsuit", "hiring", "benchmarks")
WHOLE_STATE = FeedState(
    FEED, "gone", OTHER, NOW, NOW + HOUR, 3600.5, Validators('W/"a"', "Mon, 01 Jun 2026 09:00:00 GMT"), "ff", 1, 2, 3,
    NOW - HOUR, "https://moved.example/", NOW, 4, NOW, NOW + HOUR, NOW, NOW, "no answer", "timeout", NOW, 5, 6, 7,
    True, 8, 1800, (0, 23), (5, 6),
)  # fmt: skip
# What news and broken encoders have put into titles.
ODD_TEXTS = [
    "", " ", "阿里巴巴的通义千问", "🐳 ships V4 🚀", "half \ud83d of a pair", "nul\0byte", "\ue000 and \ue0000000", "a\r\nb\u2028c", "'; DROP TABLE articles; --", "%s :name \\x00", "\uffff\U0010ffff",
]  # fmt: skip


def article(id_: str, *, hour: int | None = 9, title: str = "Kimi gains", text: str = "A text.") -> Article:
    published_at = None if hour is None else datetime(2026, 6, 1, tzinfo=UTC) + hour * HOUR
    return Article(
        id=id_,
        title=title,
        text=text,
        url=f"https://news.example/{id_}",
        publisher="Example Wire",
        language="en",
        published_at=published_at,
        published_precision="none" if hour is None else "second",
        first_seen_at=NOW,
    )


def poll(feed_url: str = FEED, *, at: datetime = NOW, status: str = "new", **given: object) -> Poll:
    return Poll(feed_url, at, status, **given)


def visit(poll: Poll, articles: Iterable[Article | Arrival] = (), state: FeedState | None = None) -> Visit:
    """A visit with what it brought; an article is an arrival without other names."""
    came = (one if isinstance(one, Arrival) else Arrival(one) for one in articles)
    return Visit(poll, state, tuple(came))


def arrival(id_: str, *keys: str, text: str | None = None, title: str = "Kimi gains") -> Arrival:
    return Arrival(article(id_, text=LONG if text is None else text, title=title), keys)


def page_of(id_: str, *, shown: str, at: datetime = NOW + HOUR) -> Visit:
    """A visit to the page of an article of which the feed shows less."""
    whole = replace(article(id_, text="The whole text."), flags=("full_text",))
    digest = article(id_, text=shown).content_hash
    return Visit(poll(kind="page", at=at), arrivals=(Arrival(whole, shown=digest),))


def names_of(fault: str, entry: int, *, visit: int) -> tuple[str, ...]:
    """The id and the keys that entry has at a visit, as the ladder of identity gives them."""
    guid, link, title = (
        f"guid|{entry}",
        f"url|https://news.example/{entry}",
        f"title|news.example|{TOPICS[entry]}|2026-06-01",
    )
    if fault == "no guid":
        return f"id of {link}", link, title
    if fault == "neither guid nor link":
        return f"id of {title}", title
    if fault == "one guid":
        return f"id of {link}", link, title
    if fault == "guids change":
        return f"id of {entry} at {visit}", f"{guid} at {visit}", link, title
    return f"id of {entry} at {visit}", f"{link}?visit={visit}", title


def record(id_: str, *, hour: int = 0, published: int | None = None, label: str = "Neutral") -> Record:
    """A record scored `hour` hours after NOW, of an article published `published` hours into June."""
    at = None if published is None else datetime(2026, 6, 1, tzinfo=UTC) + published * HOUR
    return replace(
        SAMPLE,
        id=id_,
        published_at=at,
        first_seen_at=None,
        scored_at=NOW + hour * HOUR,
        verdict=replace(SAMPLE.verdict, label=label),
    )


class StoreContract:
    # ------------------------------------------------------------ feeds

    def test_an_empty_store_answers_with_nothing(self, store: Store) -> None:
        assert store.feeds() == store.polls(FEED) == store.unscored() == store.stories() == ()
        assert store.last_poll(FEED) is None
        assert store.article("a") is None
        assert store.record("a") is None
        assert list(store.articles()) == list(store.records()) == []

    def test_feeds_come_back_in_the_order_added(self, store: Store) -> None:
        feeds = [Feed(OTHER, "Wire", "Wire Co", "en", "ai"), Feed(FEED), Feed("file:feeds/a.xml", "甲")]
        assert [store.add_feed(feed) for feed in feeds] == [True, True, True]
        assert store.feeds() == tuple(feeds)

    def test_a_feed_added_again_is_told_so_and_takes_the_new_details(self, store: Store) -> None:
        store.add_feed(Feed(FEED, "Old", language="en"))
        assert store.add_feed(Feed(FEED, "New")) is False
        assert store.add_feed(Feed(FEED)) is False
        assert store.feeds() == (Feed(FEED, "New", language="en"),)

    def test_a_list_of_feeds_is_told_which_were_new(self, store: Store) -> None:
        store.add_feed(Feed(FEED))
        listed = [Feed(OTHER), Feed(FEED, "Wire"), Feed("file:a.xml"), Feed(OTHER, "Again")]
        assert store.add_feeds(iter(listed)) == (True, False, True, False)
        assert store.feeds() == (Feed(FEED, "Wire"), Feed(OTHER, "Again"), Feed("file:a.xml"))
        assert store.add_feeds([]) == ()

    def test_a_feed_is_removed_once_and_what_it_brought_stays(self, store: Store) -> None:
        store.add_feed(Feed(FEED))
        store.save_visits([visit(poll(), [article("a")])])
        assert store.remove_feed(FEED) is True
        assert store.remove_feed(FEED) is False
        assert store.feeds() == ()
        assert store.article("a") is not None
        assert len(store.polls(FEED)) == 1

    # ------------------------------------------------------------ the state of feeds and hosts

    def test_the_state_of_every_feed_comes_in_the_order_added(self, store: Store) -> None:
        for url in (OTHER, FEED):
            store.add_feed(Feed(url))
        store.save_states([WHOLE_STATE])
        assert store.feed_states() == (FeedState(OTHER), WHOLE_STATE)

    def test_every_field_of_a_state_is_in_the_sample(self) -> None:
        """A new field of FeedState must be stored: this fails until the sample has it."""
        empty = FeedState(FEED)
        same = [f.name for f in fields(FeedState) if getattr(empty, f.name) == getattr(WHOLE_STATE, f.name)]
        assert same == ["url"]

    def test_a_state_is_kept_with_its_visit_or_without_one(self, store: Store) -> None:
        store.add_feed(Feed(FEED))
        store.save_visits([visit(poll(), state=FeedState(FEED, n_visits=1))])
        assert store.feed_states() == (FeedState(FEED, n_visits=1),)
        store.save_states([FeedState(FEED, status="suspended")])
        assert store.feed_states() == (FeedState(FEED, status="suspended"),)

    def test_the_state_of_a_feed_that_is_not_there_is_left_out(self, store: Store) -> None:
        store.save_states([FeedState(FEED, n_visits=1)])
        store.save_visits([visit(poll(), state=FeedState(FEED, n_visits=2))])
        store.add_feed(Feed(FEED))
        assert store.feed_states() == (FeedState(FEED),)

    def test_a_feed_that_was_removed_begins_anew(self, store: Store) -> None:
        store.add_feed(Feed(FEED))
        store.save_states([WHOLE_STATE])
        store.remove_feed(FEED)
        store.add_feed(Feed(FEED))
        assert store.feed_states() == (FeedState(FEED),)

    def test_a_feed_is_known_by_the_address_it_moved_to(self, store: Store) -> None:
        store.add_feed(Feed(FEED, "Old"))
        store.save_states([FeedState(FEED, address=OTHER)])
        assert store.add_feed(Feed(OTHER, "New", pages="always")) is False
        assert store.feeds() == (Feed(FEED, "New", pages="always"),)
        assert store.feed_states() == (FeedState(FEED, address=OTHER),)

    def test_hosts_are_read_back_equal_and_the_last_word_counts(self, store: Store) -> None:
        first = HostState("a.example", 2.5, NOW, "User-agent: *\nDisallow: /x", NOW, 200)
        store.save_hosts([HostState("b.example"), first])
        assert store.hosts() == (first, HostState("b.example"))
        later = replace(first, delay=7.0, robots="", robots_status=404)
        store.save_hosts([later])
        assert store.hosts() == (later, HostState("b.example"))

    # ------------------------------------------------------------ polls

    def test_a_poll_is_read_back_equal(self, store: Store) -> None:
        polls = (
            poll(
                validators=Validators('W/"a"', "Mon, 01 Jun 2026 09:00:00 GMT"), body_hash="ff", n_entries=3
            ),
            poll(at=NOW + HOUR, status="failed", error="no answer", error_kind="timeout"),
        )
        for one in polls:
            store.save_visits([visit(one, [])])
        assert store.polls(FEED) == polls
        assert store.polls(OTHER) == ()

    def test_the_last_poll_is_the_latest_or_the_latest_of_a_status(self, store: Store) -> None:
        first, second = poll(body_hash="aa"), poll(at=NOW + HOUR, status="failed", error="no answer")
        for one in (second, first):  # the order of saving does not matter
            store.save_visits([visit(one, [])])
        store.save_visits([visit(poll(OTHER, at=NOW + 2 * HOUR), [])])
        assert store.last_poll(FEED) == second
        assert store.last_poll(FEED, status="new") == first
        assert store.last_poll(FEED, status="unchanged") is None

    def test_of_two_polls_at_the_same_time_the_last_saved_is_the_last(self, store: Store) -> None:
        for body_hash in ("aa", "bb"):
            store.save_visits([visit(poll(body_hash=body_hash), [])])
        last = store.last_poll(FEED)
        assert last is not None
        assert last.body_hash == "bb"

    def test_what_a_poll_says_of_the_wire_is_read_back_equal(self, store: Store) -> None:
        whole = poll(
            kind="page",
            address=f"{OTHER}/a",
            http_status=200,
            n_bytes=2**40,
            seconds=0.25,
            n_undated=2,
            n_empty=1,
        )
        store.save_visits([visit(whole)])
        assert store.polls(FEED) == (whole,)

    def test_polls_may_be_asked_for_by_kind_and_time(self, store: Store) -> None:
        feed, page, late = poll(), poll(kind="page"), poll(at=NOW + HOUR)
        store.save_visits([visit(feed), visit(page), visit(late)])
        assert store.polls(FEED) == (feed, page, late)
        assert store.polls(FEED, kind="page") == (page,)
        assert store.polls(FEED, kind="feed", since=NOW + HOUR) == (late,)

    def test_the_last_poll_is_one_of_the_feed_itself(self, store: Store) -> None:
        store.save_visits([visit(poll()), visit(poll(kind="page", at=NOW + HOUR))])
        assert store.last_poll(FEED) == poll()

    def test_many_visits_in_one_call_are_kept_in_their_order(self, store: Store) -> None:
        many = [
            visit(poll(f"file:{n % 7}", body_hash=str(n)), state=FeedState(f"file:{n % 7}", n_visits=n))
            for n in range(50)
        ]
        for n in range(7):
            store.add_feed(Feed(f"file:{n}"))
        assert store.save_visits(many) == ()
        assert [p.body_hash for p in store.polls("file:3")] == ["3", "10", "17", "24", "31", "38", "45"]
        assert [s.n_visits for s in store.feed_states()] == [49, 43, 44, 45, 46, 47, 48]

    # ------------------------------------------------------------ articles

    def test_new_articles_are_kept_and_returned(self, store: Store) -> None:
        came = [article("b"), article("a")]
        assert store.save_visits([visit(poll(), came)]) == tuple(came)
        assert store.article("a") == came[1]

    def test_an_article_that_comes_again_is_a_sighting_only(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a")])])
        later = replace(article("a"), first_seen_at=NOW + HOUR, publisher="Another")
        assert store.save_visits([visit(poll(at=NOW + HOUR), [later])]) == ()
        assert store.save_visits([visit(poll(OTHER, at=NOW + HOUR), [later])]) == ()
        assert store.article("a") == article("a")

    def test_a_changed_text_is_the_next_revision_first_seen_when_the_first_was(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a")])])
        changed = replace(article("a", text="Corrected."), first_seen_at=NOW + HOUR)
        (kept,) = store.save_visits([visit(poll(at=NOW + HOUR), [changed])])
        assert kept == replace(changed, revision=2, first_seen_at=NOW)
        assert store.article("a") == kept
        assert list(store.articles()) == [kept]

    def test_a_changed_title_is_the_next_revision_too(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a")])])
        (kept,) = store.save_visits([visit(poll(at=NOW + HOUR), [article("a", title="Kimi loses")])])
        assert kept.revision == 2

    def test_a_feed_that_goes_back_to_an_older_text_makes_a_revision(self, store: Store) -> None:
        for n, text in enumerate(["One.", "Two.", "One."]):
            store.save_visits([visit(poll(at=NOW + n * HOUR), [article("a", text=text)])])
        kept = store.article("a")
        assert kept is not None
        assert (kept.revision, kept.text) == (3, "One.")

    def test_two_feeds_with_different_excerpts_make_two_revisions_not_one_a_poll(self, store: Store) -> None:
        for n in range(3):
            store.save_visits([visit(poll(FEED, at=NOW + n * HOUR), [article("a", text="Short.")])])
            store.save_visits([visit(poll(OTHER, at=NOW + n * HOUR), [article("a", text="Longer.")])])
        kept = store.article("a")
        assert kept is not None
        assert (kept.revision, kept.text) == (2, "Longer.")

    def test_the_number_of_a_revision_is_the_stores_to_give(self, store: Store) -> None:
        (kept,) = store.save_visits([visit(poll(), [replace(article("a"), revision=7)])])
        assert kept.revision == 1

    def test_an_article_nobody_saw_before_was_first_seen_at_the_poll(self, store: Store) -> None:
        (kept,) = store.save_visits([visit(poll(), [replace(article("a"), first_seen_at=None)])])
        assert kept.first_seen_at == NOW

    def test_of_an_article_that_comes_twice_in_one_poll_the_first_counts(self, store: Store) -> None:
        came = [article("a", text="Newest."), article("a", text="Older.")]
        assert store.save_visits([visit(poll(), came)]) == (came[0],)

    def test_articles_come_by_publication_else_first_sight_then_id(self, store: Store) -> None:
        came = [article("z", hour=None), article("c", hour=9), article("b", hour=9), article("a", hour=10)]
        store.save_visits([visit(poll(), came)])
        assert [a.id for a in store.articles()] == ["b", "c", "a", "z"]

    def test_since_and_until_are_both_included(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article(str(hour), hour=hour) for hour in range(8, 13)])])
        nine, eleven = (datetime(2026, 6, 1, hour, tzinfo=UTC) for hour in (9, 11))
        assert [a.id for a in store.articles(since=nine, until=eleven)] == ["9", "10", "11"]
        assert [a.id for a in store.articles(since=eleven)] == ["11", "12"]

    def test_times_come_back_equal_in_utc_to_the_microsecond(self, store: Store) -> None:
        beijing = timezone(8 * HOUR)
        times = [
            datetime(1, 1, 1, tzinfo=UTC),
            datetime(1969, 12, 31, 23, 59, 59, 1, tzinfo=UTC),
            datetime(2026, 3, 29, 9, 30, 0, 123456, tzinfo=beijing),
            datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        ]
        came = [replace(article(str(n)), published_at=at) for n, at in enumerate(times)]
        store.save_visits([visit(poll(), reversed(came))])
        kept = [a.published_at for a in store.articles()]
        assert kept == times
        assert all(at is not None and at.tzinfo is not None for at in kept)

    @pytest.mark.parametrize("text", ODD_TEXTS, ids=ascii)
    def test_any_text_is_read_back_equal(self, store: Store, text: str) -> None:
        came = replace(article(f"a{text}", title=text, text=text), publisher=text)
        feed = Feed(f"file:{text}", title=text)
        store.add_feed(feed)
        store.save_visits([visit(poll(feed.url, error=text), [came])])
        assert store.article(came.id) == came
        assert store.save_visits([visit(poll(feed.url), [came])]) == ()
        assert store.polls(feed.url)[0].error == text

    def test_many_articles_in_one_poll(self, store: Store) -> None:
        came = [article(f"{n:04}", hour=n % 24) for n in range(1203)]
        assert len(store.save_visits([visit(poll(), came)])) == 1203
        assert len(store.save_visits([visit(poll(), [replace(a, text="New.") for a in came[600:]])])) == 603
        assert sum(a.revision == 2 for a in store.articles()) == 603

    def test_a_poll_whose_articles_fail_leaves_nothing(self, store: Store) -> None:
        def visits() -> Iterator[Visit]:
            yield visit(poll(), [article("a")])
            raise RuntimeError("the parser died")

        with pytest.raises(RuntimeError):
            store.save_visits(visits())
        assert store.polls(FEED) == ()
        assert store.article("a") is None

    # ------------------------------------------------------------ an article under another id

    def test_an_article_whose_id_changed_is_known_by_its_key(self, store: Store) -> None:
        store.save_visits([visit(poll(), [arrival("a", "url|x")])])
        assert store.save_visits([visit(poll(at=NOW + HOUR), [arrival("b", "url|x")])]) == ()
        assert store.article("b") is None
        (kept,) = store.save_visits(
            [visit(poll(at=NOW + 2 * HOUR), [arrival("c", "url|x", text=LONG + " More.")])]
        )
        assert (kept.id, kept.revision) == ("a", 2)
        assert [a.id for a in store.articles()] == ["a"]

    def test_another_feed_may_bring_it_by_its_key(self, store: Store) -> None:
        store.save_visits([visit(poll(), [arrival("a", "url|x")])])
        assert store.save_visits([visit(poll(OTHER), [arrival("b", "guid|7", "url|x")])]) == ()
        assert [one.article.id for one in store.sightings(OTHER)] == ["a"]

    def test_an_id_that_was_taken_for_another_ones_stays_so_without_any_key(self, store: Store) -> None:
        store.save_visits([visit(poll(), [arrival("a", "url|x")])])
        store.save_visits([visit(poll(at=NOW + HOUR), [arrival("b", "url|x")])])
        (kept,) = store.save_visits(
            [visit(poll(at=NOW + 900 * HOUR), [arrival("b", text="Quite another text by now.")])]
        )
        assert (kept.id, kept.revision) == ("a", 2)

    def test_the_keys_of_a_later_arrival_are_keys_as_well(self, store: Store) -> None:
        store.save_visits([visit(poll(), [arrival("a", "url|x")])])
        store.save_visits([visit(poll(at=NOW + HOUR), [arrival("a", "url|y")])])
        assert store.save_visits([visit(poll(at=NOW + 2 * HOUR), [arrival("b", "url|y")])]) == ()

    @pytest.mark.parametrize(("hours", "n"), [(48, 0), (49, 1), (-900, 0)])
    def test_a_key_counts_for_two_days_after_the_last_sighting(
        self, store: Store, hours: int, n: int
    ) -> None:
        """A clock that was set back makes nothing old."""
        store.save_visits([visit(poll(), [arrival("a", "url|x")])])
        store.save_visits([visit(poll(at=NOW + 40 * HOUR), [arrival("a", "url|x")])])
        later = poll(at=NOW + (40 + hours) * HOUR)
        assert len(store.save_visits([visit(later, [arrival("b", "url|x")])])) == n

    def test_another_body_under_the_same_key_is_another_article(self, store: Store) -> None:
        store.save_visits([visit(poll(), [arrival("a", "url|x")])])
        (kept,) = store.save_visits([visit(poll(at=NOW + HOUR), [arrival("b", "url|x", text=QUITE_ANOTHER)])])
        assert (kept.id, kept.revision) == ("b", 1)
        (again,) = store.save_visits(
            [visit(poll(at=NOW + 2 * HOUR), [arrival("c", "url|x", text=QUITE_ANOTHER + " More.")])]
        )
        assert again.id == "b"

    def test_two_entries_of_one_document_never_merge(self, store: Store) -> None:
        both = [arrival("a", "url|x"), arrival("b", "url|x")]
        assert len(store.save_visits([visit(poll(), both)])) == 2
        assert store.save_visits([visit(poll(at=NOW + HOUR), both)]) == ()

    def test_an_article_the_document_carries_itself_is_nobody_elses(self, store: Store) -> None:
        store.save_visits([visit(poll(), [arrival("a", "url|x")])])
        (kept,) = store.save_visits(
            [visit(poll(at=NOW + HOUR), [arrival("b", "url|x"), arrival("a", "url|x")])]
        )
        assert kept.id == "b"

    def test_two_arrivals_do_not_claim_one_article(self, store: Store) -> None:
        store.save_visits([visit(poll(), [arrival("a", "url|x")])])
        came = [arrival("b", "url|x"), arrival("c", "url|x")]
        assert [a.id for a in store.save_visits([visit(poll(at=NOW + HOUR), came)])] == ["c"]

    def test_of_several_articles_with_a_key_the_one_that_shares_most_is_taken(self, store: Store) -> None:
        first = [arrival(f"a{n}", "url|front", f"title|{n}") for n in range(3)]
        store.save_visits([visit(poll(), first)])
        came = [arrival(f"b{n}", "url|front", f"title|{n}", title=f"Now {n}") for n in (2, 0)]
        assert [a.id for a in store.save_visits([visit(poll(at=NOW + HOUR), came)])] == ["a2", "a0"]

    @pytest.mark.parametrize(
        "fault", ["no guid", "neither guid nor link", "one guid", "guids change", "links change"]
    )
    def test_five_entries_stay_five_whatever_is_wrong_with_their_names(
        self, store: Store, fault: str
    ) -> None:
        """Fault 13 of CRAWLING.md. What the ids and keys are is the reader's to say; these are as it says them."""
        for n in range(4):
            came = [
                arrival(*names_of(fault, entry, visit=n), text=f"{LONG} {TOPICS[entry]}")
                for entry in range(5)
            ]
            kept = store.save_visits([visit(poll(at=NOW + n * HOUR), came)])
            assert len(kept) == (5 if n == 0 else 0)
        assert len(list(store.articles())) == 5
        assert len(store.sightings(FEED)) == 5

    @pytest.mark.parametrize(
        "key",
        ["url|https://a.example/" + "x" * 5000, "title|" + "标" * 3000, "nul\0", "half \ud83d"],
        ids=ascii,
    )
    def test_any_key_is_a_key(self, store: Store, key: str) -> None:
        store.save_visits([visit(poll(), [arrival("a", key)])])
        assert store.save_visits([visit(poll(at=NOW + HOUR), [arrival("b", key)])]) == ()

    # ------------------------------------------------------------ pages

    def test_the_text_of_a_page_is_a_revision_and_the_feed_has_not_changed(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a", text="Short.")])])
        (kept,) = store.save_visits([page_of("a", shown="Short.")])
        assert (kept.revision, kept.text, kept.flags) == (2, "The whole text.", ("full_text",))
        assert store.save_visits([visit(poll(at=NOW + 2 * HOUR), [article("a", text="Short.")])]) == ()
        assert store.article("a") == kept

    def test_a_page_that_comes_with_the_feed_is_the_first_revision(self, store: Store) -> None:
        whole = replace(page_of("a", shown="Short."), poll=poll())
        (kept,) = store.save_visits([whole])
        assert kept.revision == 1
        assert store.save_visits([visit(poll(at=NOW + HOUR), [article("a", text="Short.")])]) == ()

    def test_a_feed_that_changes_its_excerpt_makes_a_revision_of_the_page(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a", text="Short.")]), page_of("a", shown="Short.")])
        (kept,) = store.save_visits([visit(poll(at=NOW + 2 * HOUR), [article("a", text="Shorter.")])])
        assert (kept.revision, kept.text) == (3, "Shorter.")
        (whole,) = store.save_visits([page_of("a", shown="Shorter.", at=NOW + 3 * HOUR)])
        assert (whole.revision, whole.text) == (4, "The whole text.")
        assert store.save_visits([visit(poll(at=NOW + 4 * HOUR), [article("a", text="Shorter.")])]) == ()

    def test_the_excerpt_of_one_more_feed_does_not_replace_the_page(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a", text="Short.")]), page_of("a", shown="Short.")])
        for n in range(2):
            assert (
                store.save_visits([visit(poll(OTHER, at=NOW + n * HOUR), [article("a", text="Other.")])])
                == ()
            )
        (kept,) = store.save_visits([visit(poll(OTHER, at=NOW + 5 * HOUR), [article("a", text="Changed.")])])
        assert kept.text == "Changed."

    def test_what_a_page_says_of_the_same_text_is_kept_without_a_revision(self, store: Store) -> None:
        store.save_visits([visit(poll(), [replace(article("a"), flags=("future_date",))])])
        same = Arrival(replace(article("a"), flags=("paywalled",)))
        assert store.save_visits([visit(poll(kind="page", at=NOW + HOUR), [same])]) == ()
        kept = store.article("a")
        assert kept is not None
        assert (kept.revision, kept.flags) == (1, ("future_date", "paywalled"))

    # ------------------------------------------------------------ sightings

    def test_sightings_are_the_last_document_in_its_order_with_all_keys(self, store: Store) -> None:
        store.save_visits(
            [visit(poll(), [arrival("a", "guid|1", "url|x"), arrival("b"), arrival("c", "url|z")])]
        )
        store.save_visits([visit(poll(at=NOW + HOUR), [arrival("c"), arrival("a", "guid|2")])])
        assert store.sightings(FEED) == (arrival("c", "url|z"), arrival("a", "guid|1", "guid|2", "url|x"))
        assert store.sightings(OTHER) == ()

    def test_a_page_or_an_unchanged_poll_leaves_the_last_document_as_it_was(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a", text="Short."), article("b")])])
        whole = page_of("a", shown="Short.")
        store.save_visits([whole, visit(poll(at=NOW + 2 * HOUR, status="unchanged"))])
        store.save_visits([visit(poll(at=NOW + 3 * HOUR, status="failed"))])
        found = store.sightings(FEED)
        assert [one.article.id for one in found] == ["a", "b"]
        assert (found[0].article.text, found[0].shown) == ("The whole text.", whole.arrivals[0].shown)
        assert found[1].shown is None

    def test_an_empty_document_takes_the_place_of_the_one_before(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a")])])
        store.save_visits([visit(poll(at=NOW + HOUR))])
        assert store.sightings(FEED) == ()

    def test_entries_are_counted_for_each_feed_by_their_time(self, store: Store) -> None:
        store.save_visits(
            [visit(poll(), [article("a", hour=9), article("b", hour=10), article("c", hour=None)])]
        )
        store.save_visits([visit(poll(OTHER), [article("b", hour=10), article("d", hour=8)])])
        nine = datetime(2026, 6, 1, 9, tzinfo=UTC)
        assert store.weekly_entries(nine) == {FEED: 3, OTHER: 1}
        assert store.weekly_entries(NOW) == {FEED: 1}
        assert store.weekly_entries(NOW + HOUR) == {}

    # ------------------------------------------------------------ a clock that jumps

    @pytest.mark.parametrize("jump", [-40_000, 40_000])
    def test_a_clock_that_jumps_loses_nothing_and_doubles_nothing(self, store: Store, jump: int) -> None:
        store.add_feed(Feed(FEED))
        for n, hours in enumerate([0, jump, jump + 1, 2]):
            at = NOW + hours * HOUR
            came = [article("a"), article(f"new {n}")]
            kept = store.save_visits([visit(poll(at=at), came, FeedState(FEED, due_at=at, n_visits=n))])
            assert [a.id for a in kept] == (["a"] if n == 0 else []) + [f"new {n}"]
        assert len(store.polls(FEED)) == 4
        assert [one.article.id for one in store.sightings(FEED)] == ["a", "new 3"]
        assert store.feed_states()[0].n_visits == 3

    # ------------------------------------------------------------ forgetting

    def test_old_polls_are_forgotten_but_the_last_and_the_last_good_one(self, store: Store) -> None:
        days = [
            poll(at=NOW + 24 * n * HOUR, status=status)
            for n, status in enumerate(["new", "unchanged", "failed", "failed"])
        ]
        page = poll(kind="page", at=NOW)
        store.save_visits(map(visit, [*days, page, poll(OTHER)]))
        assert store.prune(polls_before=NOW + 999 * HOUR, dry_run=True) == (3, 0)
        assert len(store.polls(FEED)) == 5
        assert store.prune(polls_before=NOW + 999 * HOUR) == (3, 0)
        assert store.polls(FEED) == (days[1], days[3])
        assert store.polls(OTHER) == (poll(OTHER),)

    def test_polls_that_are_young_enough_stay(self, store: Store) -> None:
        store.save_visits([visit(poll(at=NOW + n * HOUR)) for n in range(3)])
        assert store.prune(polls_before=NOW + HOUR) == (1, 0)
        assert [p.at for p in store.polls(FEED)] == [NOW + HOUR, NOW + 2 * HOUR]

    def test_articles_that_no_feed_shows_any_more_are_forgotten_once_they_are_scored(
        self, store: Store
    ) -> None:
        store.add_feed(Feed(FEED))
        store.save_visits([visit(poll(), [arrival("gone", "url|g"), arrival("unscored"), arrival("shown")])])
        store.add_records([record("gone"), record("shown")])
        late = NOW + 500 * HOUR
        store.save_visits([visit(poll(at=late), [arrival("shown")])])
        assert store.prune(polls_before=NOW, articles_before=late) == (0, 1)
        assert [a.id for a in store.articles()] == ["shown", "unscored"]
        assert store.record("gone") is not None
        assert store.check() == ()
        assert [
            a.id for a in store.save_visits([visit(poll(at=late + HOUR), [arrival("gone", "url|g")])])
        ] == ["gone"]

    def test_what_the_last_document_lists_is_not_forgotten_however_long_it_is_unchanged(
        self, store: Store
    ) -> None:
        store.add_feed(Feed(FEED))
        store.save_visits([visit(poll(), [article("a")])])
        store.add_records([record("a")])
        assert store.prune(polls_before=NOW, articles_before=NOW + 9999 * HOUR) == (0, 0)
        store.remove_feed(FEED)
        assert store.prune(polls_before=NOW, articles_before=NOW + 9999 * HOUR) == (0, 1)
        assert store.article("a") is None

    def test_an_article_that_was_seen_since_is_not_forgotten(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a")]), visit(poll(at=NOW + HOUR))])
        store.add_records([record("a")])
        assert store.prune(polls_before=NOW, articles_before=NOW) == (0, 0)
        assert store.prune(polls_before=NOW, articles_before=NOW + HOUR) == (0, 1)

    # ------------------------------------------------------------ upkeep

    def test_what_is_well_has_nothing_to_say(self, store: Store) -> None:
        store.save_visits([visit(poll(), [arrival("a", "url|x")])])
        assert store.check() == ()
        store.vacuum()
        assert store.check() == ()

    def test_an_inventory_counts(self, store: Store) -> None:
        store.add_feed(Feed(FEED))
        store.save_visits(
            [visit(poll(), [article("a"), article("b")]), visit(poll(), [article("a", text="B")])]
        )
        store.add_records([record("a")])
        counts = store.inventory()
        names = ("feeds", "fetches", "articles", "revisions", "sightings", "records", "stories")
        assert [counts[name] for name in names] == [1, 2, 2, 3, 2, 1, 0]

    # ------------------------------------------------------------ unscored

    def test_an_article_is_unscored_until_a_record_of_its_revision_is_there(self, store: Store) -> None:
        store.save_visits(
            [visit(poll(), [article("b", hour=10), article("a", hour=9), article("c", hour=8)])]
        )
        store.add_records([record("c")])
        assert [a.id for a in store.unscored()] == ["a", "b"]

    def test_a_new_revision_is_unscored_again(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a")])])
        store.add_records([record("a")])
        assert store.unscored() == ()
        (changed,) = store.save_visits([visit(poll(at=NOW + HOUR), [article("a", text="Corrected.")])])
        assert store.unscored() == (changed,)
        store.add_records([replace(record("a", hour=1), revision=2)])
        assert store.unscored() == ()

    # ------------------------------------------------------------ records

    def test_records_are_read_back_equal(self, store: Store) -> None:
        samples = sample_records()
        assert store.add_records(samples) == len(samples)
        assert [store.record(r.id) for r in samples] == list(samples)
        assert {r.id: r for r in store.records()} == {r.id: r for r in samples}

    def test_a_record_needs_no_article(self, store: Store) -> None:
        store.add_records([record("scored elsewhere")])
        assert store.record("scored elsewhere") is not None

    def test_a_later_record_stands_beside_the_earlier_one(self, store: Store) -> None:
        store.add_records([record("a", label="Bullish")])
        store.add_records([record("a", hour=1, label="Bearish")])
        assert [r.verdict.label for r in store.records()] == ["Bearish"]
        assert [r.verdict.label for r in store.records(as_of=NOW)] == ["Bullish"]

    def test_the_latest_record_is_the_last_scored_whatever_the_order_of_adding(self, store: Store) -> None:
        store.add_records([record("a", hour=1, label="Bearish"), record("a", label="Bullish")])
        latest = store.record("a")
        assert latest is not None
        assert latest.verdict.label == "Bearish"

    def test_of_two_records_scored_at_once_the_last_added_counts(self, store: Store) -> None:
        store.add_records([record("a", label="Bearish"), record("a", label="Bullish")])
        latest = store.record("a")
        assert latest is not None
        assert latest.verdict.label == "Bullish"
        assert [r.verdict.label for r in store.records()] == ["Bullish"]

    def test_the_same_record_is_kept_once(self, store: Store) -> None:
        assert store.add_records([record("a"), record("b"), record("a")]) == 2
        assert store.add_records([record("a"), record("c")]) == 1

    def test_as_of_knows_nothing_that_was_scored_later(self, store: Store) -> None:
        store.add_records([record("a", hour=0), record("b", hour=2)])
        assert [r.id for r in store.records(as_of=NOW - HOUR)] == []
        assert [r.id for r in store.records(as_of=NOW)] == ["a"]
        assert [r.id for r in store.records(as_of=NOW + 2 * HOUR)] == ["a", "b"]

    def test_records_come_by_publication_else_first_sight_else_scoring(self, store: Store) -> None:
        seen = replace(record("seen"), first_seen_at=datetime(2026, 6, 2, tzinfo=UTC))
        store.add_records([record("scored"), seen, record("b", published=9), record("a", published=9)])
        assert [r.id for r in store.records()] == ["a", "b", "seen", "scored"]

    def test_the_range_of_records_is_that_of_their_latest_view(self, store: Store) -> None:
        moved = record("a", hour=1, published=20)
        store.add_records([record("a", published=5), moved, record("b", published=6)])
        six = datetime(2026, 6, 1, 6, tzinfo=UTC)
        assert [r.id for r in store.records(until=six)] == ["b"]
        assert list(store.records(since=six + HOUR)) == [moved]

    def test_records_may_be_added_while_they_are_read(self, store: Store) -> None:
        store.add_records([record(f"{n:04}", published=n) for n in range(600)])
        n = 0
        for n, one in enumerate(store.records(), start=1):
            if n == 1:
                store.add_records([replace(one, scored_at=one.scored_at + HOUR)])
        assert n == 600

    def test_records_that_fail_on_the_way_leave_nothing(self, store: Store) -> None:
        def records() -> Iterator[Record]:
            yield record("a")
            raise RuntimeError("the model died")

        with pytest.raises(RuntimeError):
            store.add_records(records())
        assert store.record("a") is None

    # ------------------------------------------------------------ what is told of articles

    def test_of_many_articles_the_latest_revision_and_record_are_told_at_once(self, store: Store) -> None:
        store.save_visits([visit(poll(), [article("a"), article("b"), article("unscored")])])
        (changed,) = store.save_visits([visit(poll(at=NOW + HOUR), [article("a", text="Corrected.")])])
        store.add_records([record("a"), record("b"), record("no article")])
        latest = record("a", hour=1, label="Bearish")
        store.add_records([latest])
        asked = ["b", "a", "a", "unscored", "no article", "nobody's"]
        assert store.told(asked) == {"a": (changed, latest), "b": (article("b"), record("b"))}
        assert store.told(()) == {}

    # ------------------------------------------------------------ stories

    def test_stories_are_read_back_equal_by_their_first_article(self, store: Store) -> None:
        samples = sample_stories()
        store.save_stories(reversed(samples))
        assert store.stories() == tuple(sorted(samples, key=lambda s: (s.first_at, s.id)))

    def test_a_story_that_goes_on_replaces_what_it_was(self, store: Store) -> None:
        story = Story("s", ("a",), NOW, NOW, (("a",),))
        grown = Story("s", ("a", "b"), NOW, NOW + HOUR, (("a", "b"),))
        store.save_stories([story])
        store.save_stories([story, grown])
        store.save_stories([grown])
        assert store.stories() == (grown,)

    def test_stories_since_are_those_still_going_on(self, store: Store) -> None:
        old = Story("old", ("a",), NOW - 9 * HOUR, NOW - 5 * HOUR)
        live = Story("live", ("b",), NOW - 9 * HOUR, NOW)
        store.save_stories([old, live])
        assert store.stories(since=NOW) == (live,)
        assert store.stories(since=NOW - 5 * HOUR) == (live, old)

    def test_closing_twice_is_fine(self, store: Store) -> None:
        store.close()
        store.close()
