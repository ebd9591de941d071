"""Stories over an archive that no one process holds: grouped window by window, then joined.

    days        |----1----|----2----|----3----|
    window 2    ......warm|---own---|             warm: the grouper's window before it, read again
    window 3         ......warm.....|---own---|

Windows are grouped independently, by any process, so nothing is shuffled: a window reads its own partition and the few before it. An
article gets its story from the window that it is an own one of. The warm ones are in two or more windows, and by them a story
of one window is known as that of the one before: always as the one it shares most articles with, and as another too where it holds
at least half of the articles that the other could share. Joining goes in order of time, in one process, with
article ids only, and forgets what no later window can reach.
"""

from __future__ import annotations

import builtins
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from labtape.exceptions import SettingsError
from labtape.story import Grouper, story_id
from labtape.story.grouper import WINDOW
from labtape.types import Annotated, Mention, Story

if TYPE_CHECKING:
    import pandas as pd

    from labtape.types import Article

DAY: Final = timedelta(days=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: The part of another story's articles in reach that a story must hold for the two to be one. See docs/scale.md for what others gave.
HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Slice:
    """What one window is grouped from: its own articles, those in [begin, end), and before them the warm ones."""

    begin: datetime
    end: datetime
    articles: tuple[Annotated, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """One window grouped: its stories, and the ids of the articles that are its own."""

    begin: datetime
    end: datetime
    stories: tuple[Story, ...]
    own: frozenset[str]


def stories_over(
    annotated: Iterable[Annotated],
    *,
    step: timedelta = DAY,
    window: timedelta = WINDOW,
    map: Callable[[Callable[[Slice], Window], Iterable[Slice]], Iterable[Window]] = builtins.map,
) -> tuple[Story, ...]:
    """The stories of any number of articles, grouped by windows of `step`, by first article and id.

    `map` runs the windows, in order: the built-in one, or one of processes or machines. Nearly what one `Grouper` says that sees
    all in order of time (measured in docs/scale.md); the same articles give the same stories, in whatever order they come. The
    histories of stories are left out: they would tell of windows. Raises `SettingsError` for a step that is no time.
    """
    windows = map(partial(group_window, window=window), slices_of(annotated, step=step, window=window))
    return tuple(sorted(join_windows(windows, window=window), key=lambda s: (s.first_at, s.id)))


def slices_of(
    annotated: Iterable[Annotated], *, step: timedelta = DAY, window: timedelta = WINDOW
) -> Iterator[Slice]:
    """Cut articles into the slices of windows, in order of time; windows without articles of their own are left out."""
    if step <= timedelta(0) or window <= timedelta(0):
        raise SettingsError(f"step {step}, window {window}: would be longer than nothing")
    ordered = sorted(annotated, key=lambda a: (_time(a.article), a.article.id))
    times = [_time(a.article) for a in ordered]
    at = 0
    while at < len(ordered):
        begin = _EPOCH + (times[at] - _EPOCH) // step * step
        end = begin + step
        after = bisect_left(times, end, lo=at)
        yield Slice(begin, end, tuple(ordered[bisect_left(times, begin - window) : after]))
        at = after


def group_window(given: Slice, *, window: timedelta = WINDOW) -> Window:
    """Group one window from its own articles and the warm ones, whatever other windows say."""
    grouper = Grouper(window)
    own = []
    for a in sorted(given.articles, key=lambda a: (_time(a.article), a.article.id)):
        grouper.add(a)
        if _time(a.article) >= given.begin:
            own.append(a.article.id)
    stories = tuple(story for story in grouper.stories() if story.article_ids)
    return Window(given.begin, given.end, stories, frozenset(own))


def join_windows(windows: Iterable[Window], *, window: timedelta = WINDOW) -> Iterator[Story]:
    """Yield the stories of all windows as soon as no later one can change them. Windows come in order of time.

    A story's id is that of the window it began in. Raises `SettingsError` where a window comes before an earlier one.
    """
    joint = _Joint()
    before: datetime | None = None
    for one in windows:
        if before is not None and one.begin < before:
            raise SettingsError(
                f"window of {one.begin:%Y-%m-%dT%H:%MZ}: comes after that of {before:%Y-%m-%dT%H:%MZ}"
            )
        before = one.begin
        yield from joint.close(one.begin - window)
        joint.take(one)
    yield from joint.close(None)


@dataclass(slots=True, eq=False)
class _Open:
    """A story that later windows may still add to."""

    id: str
    first_at: datetime
    last_at: datetime
    article_ids: list[str] = field(default_factory=list)
    origins: list[set[str]] = field(default_factory=list)
    seen: datetime | None = None

    def take(self, ids: Sequence[str], origins: Iterable[set[str]]) -> None:
        """Add articles, and who copies whom; an origin that shares an article with another is the same one."""
        self.article_ids += ids
        for new in origins:
            same = [old for old in self.origins if old & new]
            self.origins = [old for old in self.origins if not old & new]
            self.origins.append(set().union(new, *same))

    def story(self) -> Story:
        rank = {id_: k for k, id_ in enumerate(self.article_ids)}
        groups = (tuple(sorted((i for i in o if i in rank), key=rank.__getitem__)) for o in self.origins)
        return Story(
            id=self.id,
            article_ids=tuple(self.article_ids),
            first_at=self.first_at,
            last_at=self.last_at,
            origins=tuple(sorted((ids for ids in groups if ids), key=lambda ids: rank[ids[0]])),
        )


class _Joint:
    """The stories in reach, and which of them an article is in."""

    def __init__(self) -> None:
        self._of: dict[str, _Open] = {}
        self._open: dict[str, _Open] = {}

    def take(self, one: Window) -> None:
        """Add one window's own articles to the stories that they belong to."""
        inside = Counter(
            self._of[id_].id for story in one.stories for id_ in story.article_ids if id_ in self._of
        )
        for story in one.stories:
            shared = Counter(self._of[id_].id for id_ in story.article_ids if id_ in self._of)
            own = [id_ for id_ in story.article_ids if id_ in one.own and id_ not in self._of]
            joined = self._joined(shared, inside)
            if joined is None:
                if not own:
                    continue
                joined = _Open(self._free(story.id, own), story.first_at, story.last_at)
                self._open[joined.id] = joined
            origins = [set(ids) for ids in story.origins]
            joined.take(own, origins)
            joined.first_at = min(joined.first_at, story.first_at)
            joined.last_at = max(joined.last_at, story.last_at)
            for id_ in own:
                self._of[id_] = joined

    def _joined(self, shared: Counter[str], inside: Counter[str]) -> _Open | None:
        """The story in reach that one of a window is, after those that are the same have become one."""
        there = [id_ for id_ in shared if id_ in self._open]
        if not there:
            return None
        there.sort(key=lambda id_: (-shared[id_], self._open[id_].first_at, id_))
        same = [there[0], *(id_ for id_ in there[1:] if shared[id_] >= HALF * inside[id_])]
        first, *others = sorted((self._open[id_] for id_ in same), key=lambda o: (o.first_at, o.id))
        for other in others:
            first.take(other.article_ids, other.origins)
            first.last_at = max(first.last_at, other.last_at)
            for id_ in other.article_ids:
                self._of[id_] = first
            del self._open[other.id]
            inside[first.id] += inside.pop(other.id)
        return first

    def _free(self, id_: str, own: Sequence[str]) -> str:
        """An id that no other story in reach has: that of the window, or of the first own article that founds none yet."""
        ids = (id_, *map(story_id, own))
        return next(free for free in ids if free not in self._open)

    def close(self, horizon: datetime | None) -> Iterator[Story]:
        """Hand over what ended before the horizon, all where there is none."""
        for one in [o for o in self._open.values() if horizon is None or o.last_at < horizon]:
            del self._open[one.id]
            for id_ in one.article_ids:
                self._of.pop(id_, None)
            yield one.story()


def _time(article: Article) -> datetime:
    """When it was published, else first seen: what the grouper goes by."""
    return article.published_at or article.first_seen_at or _EPOCH


def annotated_rows(frame: pd.DataFrame, scored: pd.DataFrame, *, now: datetime) -> tuple[Annotated, ...]:
    """What grouping needs of articles that are scored: their words from `frame`, who is named from `scored`, row by row.

    So that a second pass over an archive annotates nothing again. Rows that came back null are left out. Raises `SettingsError`
    where the two frames have not the same number of rows, or `scored` not the columns of `score_frame`.
    """
    import json

    from labtape.batch.frame import articles_of
    from labtape.plain import from_plain

    if len(frame) != len(scored):
        raise SettingsError(f"frame has {len(frame)} rows, scored {len(scored)}; would be the same ones")
    if missing := [name for name in ("language", "mentions") if name not in scored.columns]:
        raise SettingsError(f"scored: no column {missing[0]!r}; would be what score_frame returned")
    rows = zip(articles_of(frame, now=now), scored["language"], scored["mentions"], strict=True)
    return tuple(
        Annotated(article, language, mentions=from_plain(tuple[Mention, ...], json.loads(mentions)))
        for article, language, mentions in rows
        if article is not None and isinstance(mentions, str)
    )
