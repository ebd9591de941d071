"""What every store does with what a visit brought: articles, revisions, names, sightings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timezone

import pytest

from contracts.made import (
    FEED,
    HOUR,
    LONG,
    NOW,
    ODD_TEXTS,
    OTHER,
    QUITE_ANOTHER,
    TOPICS,
    arrival,
    article,
    names_of,
    page_of,
    poll,
    record,
    visit,
)
from labtape.ports import FeedState, Store, Visit
from labtape.types import Arrival, Feed


class VisitsContract:
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
