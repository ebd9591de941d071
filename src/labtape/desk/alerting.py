"""Alerts and digests of a watch: reads what was kept, posts what `labtape.alert` decides, sends what is due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Final, Self
from zoneinfo import ZoneInfo

from labtape.alert import (
    Plan,
    StoryNow,
    after_try,
    again,
    alerts,
    article_of,
    digest_deliveries,
    due_digest,
    fitting,
    held_back,
    message_of,
    quiet_hours,
    resolved,
    wall_time,
)
from labtape.deliver import channel_of, targets_of
from labtape.desk import telling
from labtape.desk.delivery import message_of as digest_message
from labtape.exceptions import DeliveryError, ReadError, SettingsError, StoreError
from labtape.ports import Clock, Delivery, Message, Store
from labtape.settings import Settings, span_of
from labtape.story.current import current
from labtape.types import Record, Story

if TYPE_CHECKING:
    from types import TracebackType

    from labtape.desk.core import Desk
    from labtape.lexicon import Lexicon

Channels = Mapping[str, Mapping[str, Any]]  # Any: a channel's own options

#: Names of the marks in the store: the record that was considered last; the Unix time of the last digest.
RECORDS: Final = "alerts"
DIGEST: Final = "digest"
#: How long what was taken to be sent is not taken by others; what a process died with is sent after it.
LEASE: Final = timedelta(minutes=5)
_CHUNK: Final = 256
_LOOK: Final = 1.0  # seconds between two looks at what is due
_PAUSE: Final = 60.0  # seconds until a database that could not be used is tried again
_AT_ONCE: Final = 8  # channels that are sent to at the same time


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a try to send a message came to; all of a batch share what became of them."""

    batch: tuple[Delivery, ...]
    error: DeliveryError | None = None


def plan_of(settings: Settings, *, lexicon: Lexicon) -> Plan:
    """The watch of the settings, ready to decide by. Raises `SettingsError`."""
    watch, channels = settings.watch, settings.deliver
    targets = {name: targets_of(name, options) for name, options in channels.items()}

    def chosen(names: Sequence[str]) -> tuple[str, ...]:
        return tuple(target for name in names or channels for target in targets[name])

    return Plan(
        rules=tuple(resolved(rule, lexicon=lexicon) for rule in watch.rule),
        targets={rule.name: chosen(rule.channels) for rule in watch.rule},
        zone=ZoneInfo(watch.timezone),
        quiet=quiet_hours(watch.quiet),
        cooldown=span_of(watch.cooldown),
        digest_at=tuple(map(wall_time, watch.digest_at)),
        digest_targets=chosen(watch.digest_channels),
    )


# ---------------------------------------------------------------- posting


class Alerting:
    """Posts alerts and digests to the store's outbox, and sends them in a thread of its own while it is entered.

    Records that are in a database when it is entered for the first time are no news to it.
    """

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self.desk = desk
        self.settings = settings
        self.plan = plan_of(settings, lexicon=desk.lexicon)
        self._outcomes: SimpleQueue[Outcome | StoreError] = SimpleQueue()
        self._stop = Event()
        self._thread: Thread | None = None

    def __enter__(self) -> Self:
        self._begin()
        self._thread = Thread(target=self._send, name="labtape-outbox", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Begin to send no more, and wait for what is under way; `outcomes` has what came of it."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _begin(self) -> None:
        """Set the marks where this database is looked at for the first time."""
        store = self.desk.store
        if store.reached(RECORDS) is None:
            store.post(marks={RECORDS: store.last_record()})
        if store.reached(DIGEST) is None:
            store.post(marks={DIGEST: int(self.desk.clock().timestamp())})

    def look(self) -> None:
        """Post what is due of what was kept since the last look. Raises `StoreError`."""
        self._look_at_records()
        self._look_at_clock()

    def outcomes(self) -> Iterator[Outcome | StoreError]:
        """What was sent, or could not be, since this was asked last."""
        while True:
            try:
                yield self._outcomes.get_nowait()
            except Empty:
                return

    def _look_at_records(self) -> None:
        store = self.desk.store
        mark = store.reached(RECORDS) or 0
        while kept := store.records_after(mark, limit=_CHUNK):
            for seq, record in kept:
                deliveries = self._alerts(record)
                if deliveries:
                    store.post(deliveries, marks={RECORDS: seq})
            mark = kept[-1][0]
            store.post(marks={RECORDS: mark})

    def _alerts(self, record: Record) -> tuple[Delivery, ...]:
        now = self.desk.clock()
        rules = fitting(record, self.plan, lexicon=self.desk.lexicon, now=now)
        if not rules:
            return ()
        found = _story(self.desk, record)
        if found is None:
            return ()
        story, past = found
        return alerts(record, story, past, rules=rules, plan=self.plan, now=now)

    def _look_at_clock(self) -> None:
        if not self.plan.digest_at:
            return
        store, now = self.desk.store, self.desk.clock()
        slot = due_digest(self.plan, mark=store.reached(DIGEST) or 0, now=now)
        if slot is not None:
            chosen = self.settings.digest
            digest = self.desk.digest(hours=chosen.hours, watchlist=chosen.watchlist)
            deliveries = digest_deliveries(
                digest_message(digest), slot=slot, targets=self.plan.digest_targets, now=now
            )
            store.post(deliveries, marks={DIGEST: int(slot.timestamp())})

    # ------------------------------------------------------------ sending

    def _send(self) -> None:
        while not self._stop.wait(_LOOK):
            try:
                for outcome in send_due(
                    self.desk.store,
                    self.settings.deliver,
                    clock=self.desk.clock,
                    plan=self.plan,
                    stop=self._stop,
                ):
                    self._outcomes.put(outcome)
            except StoreError as e:
                self._outcomes.put(e)
                self._stop.wait(_PAUSE)


def _story(desk: Desk, record: Record) -> tuple[StoryNow, tuple[Delivery, ...]] | None:
    """The story of a record as it is now, with the alerts it has had; None where nothing of it is told any more."""
    (placed,) = desk.standing([record])
    found = desk.store.stories_by_id([placed.story.id]).get(placed.story.id)
    if found is None or record.id not in found.article_ids:
        found = Story(placed.story.id, (record.id,), record.order_at, record.order_at)
    told = telling.alone(desk, found)
    if told is None:
        return None
    now = StoryNow(
        id=found.id,
        headline=told.headline,
        label=told.verdict.label,
        importance=told.importance.value,
        n_articles=told.counts.all,
        n_origins=told.n_origins,
        phase=told.phase.name,
    )
    return now, past_alerts(desk.store, found)


def past_alerts(store: Store, story: Story) -> tuple[Delivery, ...]:
    """The alerts of articles that stand in a story now, under whatever id they were sent, in the order they were made.

    What was said of articles that have left it for another story is not counted to it.
    """
    posted = store.alerted(kindred(store, story))
    articles = [article_of(delivery) or delivery.id for delivery in posted]  # else it goes with its story
    placed = {id_: delivery.story_id for id_, delivery in zip(articles, posted, strict=True)}
    home = current(placed, store.stories_by_id)
    return tuple(d for id_, d in zip(articles, posted, strict=True) if home[id_] == story.id)


def kindred(store: Store, story: Story) -> frozenset[str]:
    """The id of a story and those of all it was ever one with, by merging or splitting, at whatever remove."""
    known = {story.id: story}
    while others := {c.other for one in known.values() for c in one.history if c.other} - known.keys():
        found = store.stories_by_id(others)
        known |= {id_: found.get(id_, Story(id_, (), story.first_at, story.last_at)) for id_ in others}
    return frozenset(known)


# ---------------------------------------------------------------- sending


def send_due(
    store: Store,
    channels: Channels,
    *,
    clock: Clock,
    plan: Plan | None = None,
    stop: Event | None = None,
) -> tuple[Outcome, ...]:
    """Send what is due, each message once, and keep what came of it; channels side by side, the messages of one in order.

    With a `plan` alerts that are due in its quiet hours wait for their end. Once `stop` is set no more is begun; what was taken and not sent is due again soon. Raises `StoreError`.
    """
    now = clock()
    until = now + LEASE
    taken = store.take(now=now, until=until)
    waits = {d.id: later for d in taken if plan and (later := held_back(d, plan, now=now))}
    if waits:
        store.save_deliveries(waits.values())
    by_channel: dict[str, dict[str, list[Delivery]]] = {}
    for delivery in (d for d in taken if d.id not in waits):
        by_channel.setdefault(delivery.channel, {}).setdefault(delivery.batch, []).append(delivery)
    if not by_channel:
        return ()

    def send(batches: Iterable[Sequence[Delivery]]) -> list[Outcome]:
        outcomes = []
        for batch in batches:
            if (
                stop is not None and stop.is_set()
            ) or clock() > until - LEASE / 2:  # another process may take it soon
                store.save_deliveries(replace(delivery, due_at=now) for delivery in batch)
                continue
            error = try_to_send(batch, channels)
            after = after_try(batch, error, now=clock())
            store.save_deliveries(after)
            outcomes.append(Outcome(after, error))
        return outcomes

    with ThreadPoolExecutor(min(_AT_ONCE, len(by_channel)), "labtape-send") as pool:
        done = pool.map(send, [list(batches.values()) for batches in by_channel.values()])
        return tuple(outcome for outcomes in done for outcome in outcomes)


def try_to_send(batch: Sequence[Delivery], channels: Channels) -> DeliveryError | None:
    """Send a batch as one message; what went wrong, if anything did."""
    try:
        message = message_of(batch)
        channel_of(batch[0].channel, channels).send(message)
    except DeliveryError as e:
        return e
    except (SettingsError, ReadError) as e:
        return DeliveryError(str(e), lasting=True)
    except Exception as e:  # a channel of somebody's own that keeps no contract: its words may hold anything
        return DeliveryError(f"channel {batch[0].channel}: failed ({type(e).__name__})")
    return None


def send_test(name: str, channels: Channels, message: Message) -> tuple[DeliveryError | SettingsError, ...]:
    """Send a message to every target of a channel now, past the outbox; what went wrong of it. Raises `SettingsError`."""
    failures: list[DeliveryError | SettingsError] = []
    for target in targets_of(name, channels[name]):
        try:
            channel_of(target, channels).send(message)
        except (DeliveryError, SettingsError) as e:
            failures.append(e)
    return tuple(failures)


def resend(store: Store, batch: str | None, *, now: datetime) -> tuple[Delivery, ...]:
    """Have dead messages sent again, under the ids they had: the one of this id, or all. What there was to do so with."""
    dead = [d for d in store.deliveries(status="dead") if batch is None or batch in (d.batch, d.id)]
    batches = {delivery.batch for delivery in dead}
    chosen = tuple(again(d, now=now) for d in store.deliveries(status="dead") if d.batch in batches)
    store.save_deliveries(chosen)
    return chosen
