"""What a user may set, from where, and what wins.

    defaults  <  labtape.toml  <  LABTAPE_… environment  <  command-line options

The names are the same everywhere: `database` in the file is `LABTAPE_DATABASE` and `--database`;
`deadline` in the table `[fetch]` is `LABTAPE_FETCH_DEADLINE`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

from labtape.exceptions import SettingsError
from labtape.types import PagePolicy

FILE = "labtape.toml"


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How to fetch: seconds for a whole request, decoded bytes at most, `host:port` opened on purpose.

    `concurrency` requests at once over all hosts, one per host, `delay` seconds apart. `pages` says when an article's own
    page is fetched: `short` where the feed gives less than a paragraph, `always`, `never`. A feed is visited
    `per_entry` times for each entry it brings in a week, and not more often than every `shortest` seconds (less than 300 is
    for servers of your own). `processes` parse what came; 0 parses in this process, without its limits.
    """

    deadline: float = 20.0
    max_bytes: int = 10 * 1024 * 1024
    allow_private: tuple[str, ...] = ()
    concurrency: int = 64
    delay: float = field(default=1.0, metadata={"least": 0})
    pages: PagePolicy = "short"
    per_entry: float = 8.0
    shortest: float = 300.0
    processes: int = field(default=1, metadata={"least": 0})


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """How long to keep what was: polls, and articles that no feed shows any more; in days, 0 for ever."""

    keep_polls_days: int = field(default=90, metadata={"least": 0})
    keep_articles_days: int = field(default=0, metadata={"least": 0})


@dataclass(frozen=True, slots=True)
class DigestSettings:
    """What a digest covers: hours back, and entity ids, tickers or event types to put first."""

    hours: float = 24.0
    watchlist: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. `lexicon` are folders that add to the shipped knowledge or override it.

    `deliver` maps a channel's name to its options: `[deliver.file] path = "digest.html"`.
    """

    database: str = "sqlite:///labtape.db"
    bundle: str = "market3"
    lexicon: tuple[str, ...] = ()
    fetch: FetchSettings = FetchSettings()
    store: StoreSettings = StoreSettings()
    digest: DigestSettings = DigestSettings()
    deliver: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # Any: a channel's own options


T = TypeVar("T")
Table = dict[str, Any]  # Any: what TOML may hold


def load_settings(path: Path | None, environment: Mapping[str, str]) -> Settings:
    """Read the settings file, then the environment over it.

    `path` None means `labtape.toml` here, if there is one; a path that is given must exist.

    >>> load_settings(None, {"LABTAPE_FETCH_DEADLINE": "5"}).fetch.deadline
    5.0
    """
    file = Path(FILE) if path is None else path
    settings = Settings()
    if file.is_file():
        settings = _merged(settings, _table(file), place=str(file))
    elif path is not None:
        raise SettingsError(f"{path}: no such settings file; create it or leave out --config")
    return _merged(settings, _from_environment(environment), place="environment")


def _table(file: Path) -> Table:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as e:
        raise SettingsError(f"{file}: not valid TOML: {e}") from e
    except UnicodeDecodeError as e:
        raise SettingsError(f"{file}: not UTF-8 at byte {e.start}; save it as UTF-8") from e


def _from_environment(environment: Mapping[str, str]) -> Table:
    table: Table = {}
    for part in fields(Settings):
        prefix = f"LABTAPE_{part.name.upper()}"
        if is_dataclass(part.default):
            names = [f.name for f in fields(part.default)]
            inner = {n: environment[k] for n in names if (k := f"{prefix}_{n.upper()}") in environment}
            if inner:
                table[part.name] = inner
        elif prefix in environment and part.name != "deliver":
            table[part.name] = environment[prefix]
    return table


def _merged(into: T, table: Table, *, place: str) -> T:
    """`into` with the table's values, each checked against its type."""
    hints = get_type_hints(type(into))
    least = {f.name: f.metadata.get("least") for f in fields(type(into))}  # type: ignore[arg-type]  # T is a dataclass
    changes: Table = {}
    for name, value in table.items():
        if name not in hints:
            raise SettingsError(f"{place}: no setting '{name}'; have: {', '.join(hints)}")
        current = getattr(into, name)
        if is_dataclass(current):
            if not isinstance(value, Mapping):
                raise SettingsError(f"{place}: [{name}] is a table, not {value!r}")
            changes[name] = _merged(current, dict(value), place=f"{place} [{name}]")
        else:
            changes[name] = _converted(
                value, current, place=f"{place}: {name}", choices=get_args(hints[name]), least=least[name]
            )
    return replace(into, **changes)  # type: ignore[type-var]  # T is one of the three above


def _converted(
    value: object, like: object, *, place: str, choices: tuple[object, ...] = (), least: float | None = None
) -> object:
    """The value in the type of the default, from TOML's types or from environment text."""
    if isinstance(like, tuple):
        parts = [p.strip() for p in value.split(",")] if isinstance(value, str) else value
        if isinstance(parts, list) and all(isinstance(p, str) for p in parts):
            return tuple(p for p in parts if p)
        raise SettingsError(f"{place}: {value!r} is no list of strings")
    if isinstance(like, Mapping):
        if isinstance(value, Mapping) and all(isinstance(v, Mapping) for v in value.values()):
            return value
        raise SettingsError(
            f'{place}: {value!r} is no table of channels, as [deliver.file] path = "digest.html"'
        )
    if isinstance(like, str):
        if not isinstance(value, str):
            raise SettingsError(f"{place}: {value!r} is no text")
        if choices and value not in choices:
            raise SettingsError(f"{place}: {value!r} is none of {', '.join(map(str, choices))}")
        return value
    return _number(value, like, place=place, least=least)


def _number(value: object, like: object, *, place: str, least: float | None) -> float | int:
    whole = isinstance(like, int)
    wanted = f"{'a whole' if whole else 'a'} number {'above 0' if least is None else f'from {least:g} up'}"
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise SettingsError(f"{place}: {value!r} is not {wanted}")
    try:
        number = int(value) if whole else float(value)
    except ValueError as e:
        raise SettingsError(f"{place}: {value!r} is not {wanted}") from e
    is_enough = number > 0 if least is None else number >= least
    if not is_enough or number == float("inf") or (whole and isinstance(value, float) and value != number):
        raise SettingsError(f"{place}: {value!r} is not {wanted}")
    return number
