"""The option `allow_private` of a channel, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labtape.addresses import allowed_hosts
from labtape.exceptions import SettingsError


def check_allowed(place: str, options: Mapping[str, Any]) -> None:  # Any: what a table may hold
    """Raises `SettingsError` where it is no list of `host:port`."""
    words = options.get("allow_private", [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise SettingsError(
            f'{place} allow_private: {words!r} is no list of host:port, as ["127.0.0.1:8080"]'
        )
    try:
        allowed_hosts(words)
    except SettingsError as e:
        raise SettingsError(f"{place} {e}") from e
