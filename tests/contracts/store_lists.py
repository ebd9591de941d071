"""What every store must do with lists of records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from contracts.made import HOUR, NOW, ODD_TEXTS, SAMPLE, record
from labtape.ports import Listed, Order, Place, Store, Wanted
from labtape.report.record import record_json
from labtape.types import Mention

JUNE = datetime(2026, 6, 1, tzinfo=UTC)

EVERYTHING = Wanted()


def ids(store: Store, wanted: Wanted = EVERYTHING, *, limit: int = 100, as_of: datetime | None = None) -> str:
    return "".join(one.article_id for one in store.listed(wanted, limit=limit, as_of=as_of))


def pages(store: Store, wanted: Wanted, *, limit: int) -> Iterator[tuple[Listed, ...]]:
    after: Place | None = None
    while page := store.listed(wanted, after=after, limit=limit):
        yield page
        after = page[-1].place(wanted.order)


def named(id_: str, entity: str, lab: str | None = None, **given: int | str) -> object:
    mention = Mention(0, 4, "Some", entity, lab, "subject", True, 0.9, "name")
    return replace(record(id_, **given), mentions=(mention,))


class ListsContract:
    def test_a_list_has_the_newest_article_first_and_of_one_time_the_last_id(self, store: Store) -> None:
        store.add_records([record("b", published=2), record("a", published=2), record("c", published=1)])
        assert ids(store) == "bac"
        assert ids(store, limit=2) == "ba"

    def test_a_listed_record_is_its_own_text_with_its_times(self, store: Store) -> None:
        kept = record("a", hour=1, published=2)
        store.add_records([kept], at=NOW + 5 * HOUR)
        (one,) = store.listed(Wanted(), limit=5)
        assert one.body == record_json(kept).encode()
        odd = replace(record("b", published=3), title="\ue000 and half \ud83d of a pair, 月之暗面")
        store.add_records([odd])
        assert store.listed(Wanted(), limit=1)[0].body == record_json(odd).encode()
        assert (one.article_id, one.order_at, one.kept_at) == ("a", JUNE + 2 * HOUR, NOW + 5 * HOUR)

    @pytest.mark.parametrize("order", ["newest", "added"])
    @pytest.mark.parametrize("terms", [(), ("relevant:true",)])
    def test_pages_give_each_record_once_in_order(
        self, store: Store, order: Order, terms: tuple[str, ...]
    ) -> None:
        store.add_records([record(f"{n:02}", published=n // 3) for n in range(20)])
        wanted = Wanted(order=order, terms=terms)
        paged = [one.article_id for page in pages(store, wanted, limit=3) for one in page]
        assert paged == [one.article_id for one in store.listed(wanted, limit=100)]
        assert sorted(paged) == [f"{n:02}" for n in range(20)]

    def test_pages_stay_as_they_are_while_articles_come_in_and_are_scored_again(self, store: Store) -> None:
        store.add_records([record(f"{n:02}", published=2) for n in range(8)])
        seen: list[str] = []
        for hour, page in enumerate(pages(store, Wanted(), limit=3), 1):
            seen += [one.article_id for one in page]
            store.add_records(
                [record(f"new{hour}", published=9), record("04", hour=hour, published=2, label="Bullish")]
            )
        assert seen == [f"{n:02}" for n in reversed(range(8))]

    def test_only_the_latest_record_of_an_article_is_listed(self, store: Store) -> None:
        store.add_records([record("a", label="Bullish"), record("b"), record("a", hour=1, label="Bearish")])
        assert ids(store, Wanted(order="added")) == "ba"
        assert ids(store, Wanted(terms=("label:Bullish",))) == ""
        assert ids(store, Wanted(terms=("label:Bearish",))) == "a"

    def test_a_list_as_of_a_time_has_what_was_kept_by_then(self, store: Store) -> None:
        store.add_records([record("a", published=1, label="Bullish"), record("b", published=0)], at=NOW)
        store.add_records([record("a", hour=1, published=1, label="Bearish")], at=NOW + HOUR)
        assert ids(store, Wanted(terms=("label:Bullish",)), as_of=NOW) == "a"
        assert ids(store, as_of=NOW - HOUR) == ""
        assert store.retract("a", at=NOW + 2 * HOUR, why="wrong")
        assert ids(store) == "b"
        assert ids(store, as_of=NOW + HOUR) == "ab"

    def test_a_list_is_of_a_time_both_ends_included(self, store: Store) -> None:
        store.add_records([record(id_, published=n) for n, id_ in enumerate("abcd")])
        for terms in ((), ("lang:en",)):
            wanted = Wanted(since=JUNE + HOUR, until=JUNE + 2 * HOUR, terms=terms)
            assert ids(store, wanted) == "cb"
            assert ids(store, replace(wanted, order="added")) == "bc"

    def test_a_list_by_when_records_were_kept_goes_on_with_what_came_later(self, store: Store) -> None:
        store.add_records([record("a"), record("b", published=90)], at=NOW)
        store.add_records([record("c")], at=NOW + HOUR)
        wanted = Wanted(kept_since=NOW + HOUR, order="added")
        (last,) = store.listed(wanted, limit=5)
        assert last.article_id == "c"
        store.add_records([record("a", hour=2)], at=NOW + 2 * HOUR)
        assert [one.article_id for one in store.listed(wanted, after=last.number, limit=5)] == ["a"]
        assert ids(store, replace(wanted, order="newest")) in ("ac", "ca")

    def test_all_terms_must_fit(self, store: Store) -> None:
        store.add_records(
            [
                named("a", "model:kimi", "lab:moonshot"),
                named("b", "model:kimi", "lab:moonshot", label="Bullish"),
                named("c", "model:qwen", "lab:alibaba", label="Bullish"),
            ]
        )
        for order in ("newest", "added"):
            found = {
                terms: "".join(sorted(ids(store, Wanted(terms=terms, order=order))))
                for terms in (("lab:moonshot",), ("model:kimi", "label:Bullish"), ("lab:nobody",))
            }
            assert found == {
                ("lab:moonshot",): "ab",
                ("model:kimi", "label:Bullish"): "b",
                ("lab:nobody",): "",
            }

    def test_a_record_is_found_by_the_words_of_its_title_and_by_how_sure_it_is(self, store: Store) -> None:
        sure = replace(SAMPLE.verdict, confidence=0.9)
        store.add_records(
            [
                replace(record("a"), title="KIMI’s new model", verdict=sure),
                replace(record("b"), title="月之暗面发布新模型"),
            ]
        )
        assert ids(store, Wanted(terms=("word:kimi", "word:new"))) == "a"
        assert ids(store, Wanted(terms=("word:暗面",))) == "b"
        assert ids(store, Wanted(min_confidence=0.9)) == "a"
        assert ids(store, Wanted(min_confidence=0.91)) == ""

    @pytest.mark.parametrize("text", ODD_TEXTS)
    def test_any_text_is_found_as_a_term(self, store: Store, text: str) -> None:
        store.add_records([named("a", f"model:{text}"), named("b", "model:other")])
        assert ids(store, Wanted(terms=(f"model:{text}",))) == "a"

    def test_the_mark_changes_with_whatever_is_kept_and_only_then(self, store: Store) -> None:
        marks = [store.mark()]
        store.add_records([record("a")])
        marks.append(store.mark())
        store.add_records([record("a")])
        assert store.mark() == marks[-1]
        store.retract("a", at=NOW, why="wrong")
        marks.append(store.mark())
        assert len(set(marks)) == 3
