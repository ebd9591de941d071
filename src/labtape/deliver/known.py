"""Which channels there are, and one of them from the settings."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from labtape.exceptions import DeliveryError, SettingsError
from labtape.ports import Channel

GROUP = "labtape.channels"


def known_channels() -> tuple[str, ...]:
    """The names of all installed channels, ours and those of other packages."""
    return tuple(sorted(_entry_points()))


def channel_from_settings(name: str, options: Mapping[str, Any]) -> Channel:  # Any: a channel's own options
    """The channel of a table `[deliver.NAME]`; `kind` names it where the table has a name of its own.

    Raises `SettingsError` as `check_channel` does.

    >>> channel_from_settings("carrier-pigeon", {})
    Traceback (most recent call last):
    labtape.exceptions.SettingsError: [deliver.carrier-pigeon]: no channel 'carrier-pigeon'; have: apprise, file, mail, webhook
    """
    make, given = _checked(name, options)
    channel: Channel = make(**({"name": name} | given if _has_name(make) else given))
    return channel


def targets_of(name: str, options: Mapping[str, Any]) -> tuple[str, ...]:  # Any: as above
    """What of a channel is sent to, each for itself: `NAME`, or `NAME/PART` where it has parts (the addresses of Apprise).

    Raises `SettingsError` as `check_channel` does.
    """
    parts: tuple[str, ...] | None = getattr(channel_from_settings(name, options), "targets", None)
    return (name,) if parts is None else tuple(f"{name}/{part}" for part in parts)


def channel_of(target: str, channels: Mapping[str, Mapping[str, Any]]) -> Channel:  # Any: as above
    """The channel that a target of `targets_of` stands for, among the tables of `[deliver]`.

    Raises `SettingsError` as `check_channel` does, and `DeliveryError` where the settings have the channel no more.
    """
    name, _, part = target.partition("/")
    if name not in channels:
        raise DeliveryError(f"[deliver.{name}]: the settings have no such channel any more", lasting=True)
    channel: Any = channel_from_settings(name, channels[name])  # Any: parts are optional
    chosen: Channel = channel.only(part) if part else channel
    return chosen


def check_channel(name: str, options: Mapping[str, Any]) -> None:  # Any: as above
    """Tell a table `[deliver.NAME]` that could not work, without making the channel.

    Raises `SettingsError` for a channel or an option that does not exist, and for one that is missing.
    """
    _checked(name, options)


def _checked(name: str, options: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:  # Any: as above
    """What makes the channel, and the options for it."""
    place = f"[deliver.{name}]"
    if not isinstance(options, Mapping):
        raise SettingsError(f"{place}: expected a table of options, got {options!r}")
    kind = str(options.get("kind", name))
    found = _entry_points().get(kind)
    if found is None:
        raise SettingsError(f"{place}: no channel '{kind}'; have: {', '.join(known_channels())}")
    given = {option: value for option, value in options.items() if option != "kind"}
    try:
        make = found.load()
    except (ImportError, AttributeError) as e:
        raise SettingsError(f"{place}: channel '{kind}' of {found.value} cannot be loaded: {e}") from e
    _check_options(make, given, place=place)
    if callable(check := getattr(make, "check", None)):
        check(place, given)
    return make, given


def _entry_points() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def _has_name(make: Any) -> bool:  # Any: whatever the entry point stands for
    return "name" in inspect.signature(make).parameters


def _check_options(make: Any, given: Mapping[str, Any], *, place: str) -> None:  # Any: as above
    """Every option exists, is there where it must be, and is of the kind of its default."""
    parameters = inspect.signature(make).parameters
    allowed = ", ".join(p for p in parameters if p not in ("name", "clock"))
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return
    for option, value in given.items():
        if option not in parameters:
            raise SettingsError(f"{place}: no option '{option}'; have: {allowed}")
        _check_kind(value, parameters[option].default, place=f"{place} {option}")
    missing = [p.name for p in parameters.values() if p.default is p.empty and p.name not in given]
    if missing:
        raise SettingsError(f"{place}: needs '{missing[0]}'; options are: {allowed}")


def _check_kind(value: Any, default: Any, *, place: str) -> None:  # Any: as above
    """A number where the default is one, true or false where it is; strings tell nothing."""
    kinds: tuple[tuple[type, str, bool], ...] = (
        (bool, "true or false", isinstance(value, bool)),
        (int, "a whole number", isinstance(value, int) and not isinstance(value, bool)),
        (float, "a number", isinstance(value, int | float) and not isinstance(value, bool)),
    )
    for kind, wanted, fits in kinds:
        if type(default) is kind and not fits:
            raise SettingsError(f"{place}: expected {wanted}, got {value!r}")
