"""The outbox of the store in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from labtape.ports import Delivery, DeliveryStatus
from labtape.store.memory_crawl import MemoryCrawl
from labtape.types import Record


class MemoryOutbox(MemoryCrawl):
    """What is to be sent, and how far those have come who read records in order."""

    def __init__(self) -> None:
        super().__init__()
        self._outbox: dict[str, Delivery] = {}
        self._marks: dict[str, int] = {}

    def records_after(self, seq: int, *, limit: int) -> tuple[tuple[int, Record], ...]:
        with self._lock:
            kept = (one for records in self._records.values() for one in records if one.seq > seq)
            ordered = sorted(kept, key=lambda one: one.seq)[:limit]
        return tuple((one.seq, one.record) for one in ordered)

    def last_record(self) -> int:
        with self._lock:
            return max((one.seq for records in self._records.values() for one in records), default=0)

    def reached(self, name: str) -> int | None:
        with self._lock:
            return self._marks.get(name)

    def post(self, deliveries: Iterable[Delivery] = (), *, marks: Mapping[str, int] | None = None) -> int:
        came = {delivery.id: delivery for delivery in deliveries}
        with self._lock:
            new = {id_: delivery for id_, delivery in came.items() if id_ not in self._outbox}
            self._outbox.update(new)
            self._marks.update(marks or {})
            return len(new)

    def take(self, *, now: datetime, until: datetime) -> tuple[Delivery, ...]:
        with self._lock:
            due = [d for d in self._outbox.values() if d.status == "waiting" and d.due_at <= now]
            self._outbox.update({d.id: replace(d, due_at=until) for d in due})
            return tuple(due)

    def save_deliveries(self, deliveries: Iterable[Delivery]) -> None:
        came = {delivery.id: delivery for delivery in deliveries}
        with self._lock:
            self._outbox.update({id_: d for id_, d in came.items() if id_ in self._outbox})

    def deliveries(self, *, status: DeliveryStatus | None = None) -> tuple[Delivery, ...]:
        with self._lock:
            return tuple(d for d in self._outbox.values() if status in (None, d.status))

    def alerted(self, story_ids: Iterable[str]) -> tuple[Delivery, ...]:
        ids = set(story_ids)
        return tuple(d for d in self.deliveries() if d.kind == "alert" and d.story_id in ids)
