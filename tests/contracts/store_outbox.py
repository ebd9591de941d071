"""What every store must do with what is to be sent: keep it once, hand it out once, and know how far readers have come."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta

from contracts.made import HOUR, NOW, ODD_TEXTS, record
from labtape.ports import Delivery, Store

DELIVERY = Delivery("d1", "b1", "mail", "alert", "Kimi gains", "{}", NOW, NOW)
WHOLE = Delivery(
    "d2", "b2", "team/slack-1", "digest", "half \ud83d", '{"a": 1}', NOW, NOW + HOUR, "mine", "s1", "Bullish", "dead", 3,
    NOW - HOUR, "nul\0",
)  # fmt: skip
SOON = NOW + timedelta(minutes=5)


class OutboxContract:
    def test_an_empty_outbox_has_nothing_to_do(self, store: Store) -> None:
        assert store.deliveries() == store.take(now=NOW, until=SOON) == store.alerted(["s1"]) == ()
        assert store.reached("alerts") is None
        assert store.last_record() == 0
        assert store.records_after(0, limit=9) == ()

    def test_every_field_of_a_delivery_is_in_the_sample_and_comes_back(self, store: Store) -> None:
        """A new field of Delivery must be stored: this fails until the sample has it."""
        assert [f.name for f in fields(Delivery) if getattr(DELIVERY, f.name) == getattr(WHOLE, f.name)] == [
            "made_at"
        ]
        store.post([DELIVERY, WHOLE])
        assert store.deliveries() == (DELIVERY, WHOLE)

    def test_what_is_posted_again_is_kept_once_and_stays_as_it_is(self, store: Store) -> None:
        assert store.post([DELIVERY, DELIVERY]) == 1
        sent = replace(DELIVERY, status="sent", n_tries=1, tried_at=NOW)
        store.save_deliveries([sent])
        assert store.post([DELIVERY, WHOLE]) == 1
        assert store.deliveries() == (sent, WHOLE)

    def test_marks_are_kept_with_what_was_decided(self, store: Store) -> None:
        store.post([DELIVERY], marks={"alerts": 7})
        store.post(marks={"alerts": 2**40, "digest": 0})
        assert (store.reached("alerts"), store.reached("digest"), store.reached("other")) == (2**40, 0, None)

    def test_what_is_due_is_taken_once_until_it_is_due_again(self, store: Store) -> None:
        later = replace(DELIVERY, id="d3", due_at=NOW + HOUR)
        store.post([later, DELIVERY, WHOLE])
        assert store.take(now=NOW - HOUR, until=SOON) == ()
        assert store.take(now=NOW, until=SOON) == (DELIVERY,)
        assert store.take(now=NOW, until=SOON) == ()
        assert store.take(now=SOON, until=SOON + HOUR) == (replace(DELIVERY, due_at=SOON),)
        assert [d.id for d in store.take(now=NOW + 9 * HOUR, until=NOW + 10 * HOUR)] == ["d3", "d1"]

    def test_what_is_sent_or_dead_is_taken_no_more(self, store: Store) -> None:
        store.post([DELIVERY, replace(DELIVERY, id="d4")])
        store.save_deliveries(
            [
                replace(DELIVERY, status="sent"),
                replace(DELIVERY, id="d4", status="dead", error="no", n_tries=12),
                replace(DELIVERY, id="unknown"),
            ]
        )
        assert store.take(now=NOW + 99 * HOUR, until=NOW + 100 * HOUR) == ()
        assert [d.id for d in store.deliveries(status="sent")] == ["d1"]
        assert [(d.id, d.error, d.n_tries) for d in store.deliveries(status="dead")] == [("d4", "no", 12)]
        assert store.deliveries(status="waiting") == ()

    def test_the_alerts_of_stories_are_found_whatever_became_of_them(self, store: Store) -> None:
        first = replace(DELIVERY, story_id="s1", rule="mine")
        sent = replace(first, id="d5", story_id="s2", status="sent")
        digest = replace(first, id="d6", kind="digest")
        store.post([first, sent, digest])
        assert store.alerted(["s2", "s1", "s9"]) == (first, sent)
        assert store.alerted(["s9"]) == store.alerted([]) == ()

    def test_any_text_is_kept(self, store: Store) -> None:
        odd = [
            replace(DELIVERY, id=f"d{n}", subject=text, body=text, error=text)
            for n, text in enumerate(ODD_TEXTS)
        ]
        store.post(odd)
        assert store.deliveries() == tuple(odd)

    def test_records_are_read_in_the_order_they_were_kept(self, store: Store) -> None:
        store.add_records([record("b", published=5), record("a", published=1)])
        store.add_records([record("b", hour=1, published=0), record("c", published=3)])
        (first, b), (second, a) = store.records_after(0, limit=2)
        assert (b.id, a.id) == ("b", "a")
        assert first < second
        rest = store.records_after(second, limit=9)
        assert [r.id for _, r in rest] == ["b", "c"]
        assert store.last_record() == rest[-1][0]
        assert store.records_after(store.last_record(), limit=9) == ()
