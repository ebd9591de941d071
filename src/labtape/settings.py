"""What a user may set, from where, and what wins.

    defaults  <  labtape.toml  <  LABTAPE_… environment  <  command-line options

The names are the same everywhere: `database` in the file is `LABTAPE_DATABASE` and `--database`;
`deadline` in the table `[fetch]` is `LABTAPE_FETCH_DEADLINE`. All of them: docs/settings.md.

What can never be right is refused here, before anything is fetched: an unknown name wherever it stands, a number
out of its bounds, a `host:port` that matches no address, a folder or a channel that is not there.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import Field, dataclass, field, fields, is_dataclass, replace
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from labtape.alert.nouns import Rule
from labtape.exceptions import BundleError, SettingsError
from labtape.types import PagePolicy

FILE = "labtape.toml"
PREFIX = "LABTAPE_"
CONFIG = "LABTAPE_CONFIG"
OTHERS = frozenset({CONFIG, "LABTAPE_TOKEN"})  # names in the environment that are no settings of the file
DAY = 24 * 3600
A_CENTURY_OF_DAYS = 36_525
_SPAN = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)([smhd])")
# What Kubernetes sets in every container beside a service that is called labtape.
_OF_THE_CLUSTER = re.compile(r"LABTAPE_(SERVICE_HOST|SERVICE_PORT\w*|PORT(_\d+_\w+)?)")


def check_hosts(words: tuple[str, ...]) -> None:
    from labtape.addresses import allowed_hosts

    allowed_hosts(words)


def check_folders(names: tuple[str, ...]) -> None:
    for name in names:
        if not Path(name).is_dir():
            raise SettingsError(f"there is no folder {name!r}; create it, or leave it out")


def check_bundle_digest(text: str) -> None:
    if text:
        from labtape.signal.bundle import checked_digest

        try:
            checked_digest(text)
        except BundleError as e:
            raise SettingsError(str(e)) from e


def check_channels(channels: Mapping[str, Mapping[str, Any]]) -> None:  # Any: a channel's own options
    from labtape.deliver import check_channel

    for name, options in channels.items():
        check_channel(name, options)


def check_timezone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as e:
        near = get_close_matches(name, available_timezones(), n=3, cutoff=0.6)
        hint = f"near: {', '.join(near)}" if near else "write one of the tz database, as Europe/Berlin"
        raise SettingsError(f"there is no time zone {name!r}; {hint}") from e


def check_quiet(text: str) -> None:
    from labtape.alert import quiet_hours

    quiet_hours(text)


def check_times(texts: tuple[str, ...]) -> None:
    from labtape.alert import wall_time

    for text in texts:
        wall_time(text)


def check_span(text: str) -> None:
    span_of(text)


def span_of(text: str) -> timedelta:
    """A length of time from `90s`, `10m`, `2h`, `7d`; `0s` is none. Raises `SettingsError`.

    >>> span_of("1.5h")
    datetime.timedelta(seconds=5400)
    """
    found = _SPAN.fullmatch(text)
    if found is None:
        raise SettingsError(f"{text!r} is no length of time; write 90s, 10m, 2h, 7d")
    return timedelta(seconds=float(found[1]) * {"s": 1, "m": 60, "h": 3600, "d": DAY}[found[2]])


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How to fetch: seconds for a whole request, decoded bytes at most, `host:port` opened on purpose.

    `concurrency` requests at once over all hosts, one per host, `delay` seconds apart. `pages` says when an article's own
    page is fetched: `short` where the feed gives less than a paragraph, `always`, `never`. A feed is visited
    `per_entry` times for each entry it brings in a week, not more often than every `shortest` seconds (less than 300 is
    for servers of your own), nor less often than every `longest`. `processes` parse what came; 0 parses in this process, without its limits.
    """

    deadline: float = field(default=20.0, metadata={"most": 3600})
    max_bytes: int = field(default=10 * 1024 * 1024, metadata={"most": 1024**3})
    allow_private: tuple[str, ...] = field(default=(), metadata={"check": check_hosts})
    concurrency: int = field(default=64, metadata={"most": 1024})
    delay: float = field(default=1.0, metadata={"least": 0, "most": 3600})
    pages: PagePolicy = "short"
    per_entry: float = field(default=8.0, metadata={"most": 1000})
    shortest: float = field(default=300.0, metadata={"most": DAY})
    longest: float = field(default=float(DAY), metadata={"most": DAY})
    processes: int = field(default=1, metadata={"least": 0, "most": 64})


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """How long to keep what was: polls, and articles that no feed shows any more; in days, 0 for ever."""

    keep_polls_days: int = field(default=90, metadata={"least": 0, "most": A_CENTURY_OF_DAYS})
    keep_articles_days: int = field(default=0, metadata={"least": 0, "most": A_CENTURY_OF_DAYS})


@dataclass(frozen=True, slots=True)
class DigestSettings:
    """What a digest covers: hours back, and entity ids, tickers or event types to put first.

    Stories whose verdict is less likely than `min_confidence`, or none of `labels` (empty for all), are counted and not
    shown, those on the watchlist excepted.
    """

    hours: float = field(default=24.0, metadata={"most": 24 * A_CENTURY_OF_DAYS})
    watchlist: tuple[str, ...] = ()
    min_confidence: float = field(default=0.0, metadata={"least": 0, "most": 1})
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """What `labtape watch` tells: rules for alerts, and when digests are sent.

    `digest_at` are times of day and `quiet` hours in which alerts are held, both by the clock of `timezone`; `cooldown` is how long a
    rule says nothing more of a story. `digest_channels` none means all.
    """

    digest_at: tuple[str, ...] = field(default=(), metadata={"check": check_times})
    digest_channels: tuple[str, ...] = ()
    timezone: str = field(default="UTC", metadata={"check": check_timezone})
    quiet: str = field(default="", metadata={"check": check_quiet})
    cooldown: str = field(default="2h", metadata={"check": check_span})
    rule: tuple[Rule, ...] = field(default=(), metadata={"tables": Rule})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. `lexicon` are folders that add to the shipped knowledge or override it.

    `bundle_digest` is the one that the model must have, empty for any; a saved estimator of scikit-learn needs it.
    `deliver` maps a channel's name to its options: `[deliver.file] path = "digest.html"`.
    """

    database: str = "sqlite:///labtape.db"
    bundle: str = "market3"
    bundle_digest: str = field(default="", metadata={"check": check_bundle_digest})
    lexicon: tuple[str, ...] = field(default=(), metadata={"check": check_folders})
    fetch: FetchSettings = FetchSettings()
    store: StoreSettings = StoreSettings()
    digest: DigestSettings = DigestSettings()
    watch: WatchSettings = WatchSettings()
    deliver: Mapping[str, Mapping[str, Any]] = field(  # Any: a channel's own options
        default_factory=dict, metadata={"check": check_channels}
    )


T = TypeVar("T")
Table = dict[str, Any]  # Any: what TOML may hold


def load_settings(
    path: Path | None, environment: Mapping[str, str], options: Mapping[str, object] | None = None
) -> Settings:
    """Read the settings file, the environment over it, and options over both.

    `path` None means the file that `LABTAPE_CONFIG` names, else `labtape.toml` here, if there is one; a path that is given
    must exist. Raises `SettingsError`.

    >>> load_settings(None, {"LABTAPE_FETCH_DEADLINE": "5"}).fetch.deadline
    5.0
    """
    named = path or (Path(environment[CONFIG]) if environment.get(CONFIG) else None)
    file = named or Path(FILE)
    settings = Settings()
    if file.is_file():
        settings = _merged(settings, _table(file), place=str(file))
    elif named is not None:
        by = "--config" if path else CONFIG
        raise SettingsError(f"{named}: no such settings file; create it or leave out {by}")
    settings = _merged(settings, _from_environment(environment), place="environment")
    settings = _merged(settings, dict(options or {}), place="options")
    if settings.fetch.shortest > settings.fetch.longest:
        raise SettingsError(
            f"fetch.shortest = {settings.fetch.shortest:g} is above fetch.longest = {settings.fetch.longest:g}; "
            "the shortest interval between two visits is at most the longest"
        )
    check_watch(settings)
    return settings


def check_watch(settings: Settings) -> None:
    """Tell a name in the rules of the watch that is none: of a channel, a lab, a ticker, an event. Raises `SettingsError`."""
    from labtape.alert import check_channels, resolved

    watch = settings.watch
    for name in watch.digest_channels:
        if name not in settings.deliver:
            raise SettingsError(
                f"[watch] digest_channels: no channel {name!r}; have: {', '.join(settings.deliver) or 'none'}"
            )
    if watch.digest_at and not settings.deliver:
        raise SettingsError(
            '[watch] digest_at: there is no channel to send to; add one, as [deliver.file] path = "…"'
        )
    check_channels(watch.rule, settings.deliver)
    if watch.rule:
        from labtape.batch.core import opened_lexicon

        lexicon = opened_lexicon(settings.lexicon)
        for rule in watch.rule:
            resolved(rule, lexicon=lexicon)


def environment_names() -> dict[str, tuple[str, ...]]:
    """Each name in the environment, with the place of its setting: `("fetch", "deadline")`."""
    names: dict[str, tuple[str, ...]] = {}
    for part in fields(Settings):
        if part.name == "deliver":  # a channel's options have names of their own: in the file only
            continue
        inner = (
            [f for f in fields(part.default) if "tables" not in f.metadata]
            if is_dataclass(part.default)
            else []
        )
        paths: list[tuple[str, ...]] = [(part.name, f.name) for f in inner] or [(part.name,)]
        names |= {PREFIX + "_".join(path).upper(): path for path in paths}
    return names


def _table(file: Path) -> Table:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except UnicodeDecodeError as e:
        raise SettingsError(f"{file}: not UTF-8 at byte {e.start}; save it as UTF-8") from e
    except ValueError as e:  # TOML's own, and Python's of a number with too many digits
        raise SettingsError(f"{file}: not valid TOML: {e}") from e
    except OSError as e:
        raise SettingsError(f"{file}: cannot be read: {e.strerror}") from e


def _from_environment(environment: Mapping[str, str]) -> Table:
    known = environment_names()
    table: Table = {}
    for name in sorted(environment):
        if name in known:
            *outer, last = known[name]
            into = table.setdefault(outer[0], {}) if outer else table
            into[last] = environment[name]
        elif name.startswith(PREFIX) and name not in OTHERS and not _OF_THE_CLUSTER.fullmatch(name):
            raise SettingsError(_unknown(name, known))
    return table


def _unknown(name: str, known: Iterable[str]) -> str:
    if name.startswith(f"{PREFIX}DELIVER"):
        return (
            f'environment: no setting {name}; channels are for the file: [deliver.file] path = "digest.html"'
        )
    names = sorted({*known, *OTHERS})
    near = get_close_matches(name, names, n=3, cutoff=0.8)
    return (
        f"environment: no setting {name}; {'right would be' if near else 'have'}: {', '.join(near or names)}"
    )


def _merged(into: T, table: Table, *, place: str) -> T:
    """`into` with the table's values, each checked against its type and its bounds."""
    known: dict[str, Field[Any]] = {f.name: f for f in fields(type(into))}  # type: ignore[arg-type]  # T is a dataclass
    hints = get_type_hints(type(into))
    changes: Table = {}
    for name, value in table.items():
        if name not in known:
            raise SettingsError(f"{place}: no setting '{name}'; have: {', '.join(known)}")
        current = getattr(into, name)
        if is_dataclass(current):
            if not isinstance(value, Mapping):
                raise SettingsError(f"{place}: [{name}] is a table, not {value!r}")
            changes[name] = _merged(current, dict(value), place=f"{place} [{name}]")
        elif "tables" in known[name].metadata:
            changes[name] = _tables(value, known[name].metadata["tables"], name=name, place=place)
        else:
            changes[name] = _converted(
                value,
                current,
                place=f"{place}: {name}",
                choices=get_args(hints[name]),
                bounds=known[name].metadata,
            )
            _check(known[name], changes[name], place=place)
    return replace(into, **changes)  # type: ignore[type-var]  # T is one of those above


def _tables(value: object, kind: type[T], *, name: str, place: str) -> tuple[T, ...]:
    """A list of tables, `[[watch.rule]]`, each as values of its kind."""
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise SettingsError(f"{place}: {name} is a list of tables, as [[watch.{name}]], not {value!r}")
    return tuple(
        _merged(kind(), dict(one), place=f"{place} [[{name}]] number {n}") for n, one in enumerate(value, 1)
    )


def _check(one: Field[Any], value: object, *, place: str) -> None:  # Any: whatever the setting holds
    """What only the room that uses the setting can tell."""
    check = one.metadata.get("check")
    if check is None:
        return
    try:
        check(value)
    except SettingsError as e:
        said = str(e)
        raise SettingsError(
            f"{place}: {said}" if said.startswith((one.name, "[")) else f"{place}: {one.name}: {said}"
        ) from e


def _converted(
    value: object,
    like: object,
    *,
    place: str,
    choices: tuple[object, ...] = (),
    bounds: Mapping[str, float] | None = None,
) -> object:
    """The value in the type of the default, from TOML's types or from environment text."""
    if isinstance(like, bool):
        if not isinstance(value, bool):
            raise SettingsError(f"{place}: {value!r} is neither true nor false")
        return value
    if isinstance(like, tuple):
        parts = [p.strip() for p in value.split(",")] if isinstance(value, str) else value
        if isinstance(parts, list) and all(isinstance(p, str) for p in parts):
            return tuple(p for p in parts if p)
        raise SettingsError(f"{place}: {value!r} is no list of strings")
    if isinstance(like, Mapping):
        if isinstance(value, Mapping) and all(isinstance(v, Mapping) for v in value.values()):
            return value
        raise SettingsError(
            f'{place}: what stands there is no table of channels, as [deliver.file] path = "digest.html"'
        )
    if isinstance(like, str):
        if not isinstance(value, str):
            raise SettingsError(f"{place}: {value!r} is no text")
        if choices and value not in choices:
            raise SettingsError(f"{place}: {value!r} is none of {', '.join(map(str, choices))}")
        return value
    return _number(value, like, place=place, bounds=bounds or {})


def _number(value: object, like: object, *, place: str, bounds: Mapping[str, float]) -> float | int:
    least, most = bounds.get("least"), bounds.get("most")
    whole = isinstance(like, int)
    wanted = f"{'a whole' if whole else 'a'} number {'above 0' if least is None else f'from {least:g} up'}"
    wanted += f"{' up' * (least is None)} to {most:,}" if most is not None else ""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise SettingsError(f"{place}: {value!r} is not {wanted}")
    try:
        number = int(value) if whole else float(value)
    except (ValueError, OverflowError) as e:
        raise SettingsError(f"{place}: {value!r} is not {wanted}") from e
    is_enough = number > 0 if least is None else number >= least
    is_too_much = number == float("inf") or (most is not None and number > most)
    if not is_enough or is_too_much or (whole and isinstance(value, float) and value != number):
        raise SettingsError(f"{place}: {value!r} is not {wanted}")
    return number
