"""Feeds that change while they are watched: what a crawler that is killed must not lose."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from .feeds import WORDS, Item, paragraph, rss, title, today, when
from .transport import key_of
from .wire import Exchange, Routes, Server

routes = Routes()
FIRST = 4  # entries a feed begins with


class Tide:
    """What the churning feeds show: a version that rises by itself, every so many seconds, until it is held."""

    def __init__(self, server: Server, seconds: float = 3.0) -> None:
        import time

        self._clock = time.monotonic
        self._start = self._clock()
        self._held: int | None = None
        self.seconds = seconds
        server.notes["tide"] = self

    @property
    def version(self) -> int:
        return self._held if self._held is not None else int((self._clock() - self._start) / self.seconds)

    def hold(self) -> int:
        self._held = self.version
        return self._held


def version_of(ex: Exchange) -> int:
    tide = ex.server.notes.get("tide")
    return tide.version if isinstance(tide, Tide) else 0


def name(i: int) -> str:
    """A word for any number: Amber, …, Juniper, Amber II, …"""
    return f"{WORDS[i % 10]} {i // 10 + 1}"


def grown(key: str, base: str, version: int, *, short: bool = False) -> tuple[Item, ...]:
    """All entries up to a version, newest first: news of the last two days, a minute apart."""
    first = today() - timedelta(days=2)
    return tuple(
        Item(
            title(name(i), key), "Counted." if short else paragraph(name(i), key), f"{key}-{i}",
            f"{base}/page/{key}/{name(i).lower().replace(' ', '-')}", when(0, first + timedelta(minutes=i)),
        )
        for i in reversed(range(FIRST + version))
    )  # fmt: skip


def edited(key: str, base: str, version: int) -> tuple[Item, ...]:
    """Five entries, one of which is edited with each version."""
    whole = grown(key, base, 1)
    third = whole[2]
    now = Item(
        third.title, f"{third.text} Corrected for the {name(version)} time.", third.guid, third.link, third.at
    )
    return (*whole[:2], now, *whole[3:])


def withdrawn(key: str, base: str, version: int) -> tuple[Item, ...]:
    """Entries of which one is missing from each version on, another one each time."""
    whole = grown(key, base, version)
    return tuple(item for i, item in enumerate(whole) if i != version % len(whole))


async def _shown(ex: Exchange, entries: Iterable[Item], version: int) -> None:
    etag = f'"v{version}"'
    if ex.headers.get("if-none-match") == etag:
        await ex.answer(304, headers=[("ETag", etag)])
    else:
        await ex.answer(200, rss(entries).encode(), [("ETag", etag)])


@routes("/churn/grow/", 17, "a new entry every few seconds")
async def grow(ex: Exchange) -> None:
    version = version_of(ex)
    await _shown(ex, grown(key_of(ex), ex.base, version), version)


@routes("/churn/short/", 17, "a new entry every few seconds, whose text is on its page")
async def short(ex: Exchange) -> None:
    version = version_of(ex)
    await _shown(ex, grown(key_of(ex), ex.base, version, short=True), version)


@routes("/churn/edit/", 17, "an entry that is edited every few seconds")
async def edit(ex: Exchange) -> None:
    version = version_of(ex)
    await _shown(ex, edited(key_of(ex), ex.base, version), version)


@routes("/churn/withdraw/", 17, "an entry is withdrawn every few seconds, and another comes back")
async def withdraw(ex: Exchange) -> None:
    version = version_of(ex)
    await _shown(ex, withdrawn(key_of(ex), ex.base, version), version)


@routes("/churn/dies/", 17, "a feed that is gone after three visits")
async def dies(ex: Exchange) -> None:
    if ex.n > 3:
        await ex.answer(404, b"no", media_type="text/plain")
    else:
        await _shown(ex, grown(key_of(ex), ex.base, 6), 0)


@routes("/churn/gone/", 17, "a feed that is 410 after three visits")
async def gone(ex: Exchange) -> None:
    if ex.n > 3:
        await ex.answer(410, b"no", media_type="text/plain")
    else:
        await _shown(ex, grown(key_of(ex), ex.base, 6), 0)


@routes("/churn/moves/", 17, "a feed that has moved for good")
async def moves(ex: Exchange) -> None:
    await ex.answer(301, headers=[("Location", ex.path.replace("/moves/", "/grow/"))])
