"""Which fetcher serves which address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from labtape.addresses import allowed_hosts
from labtape.exceptions import FetchError
from labtape.fetch.files import FileFetcher
from labtape.fetch.http import DEADLINE, MAX_BYTES, MAX_REDIRECTS, USER_AGENT, HttpFetcher
from labtape.fetch.names import Resolve, resolve
from labtape.ports import utc_now
from labtape.types import Fetched, Validators

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labtape.ports import Clock, Fetcher

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]+):")  # two letters at least: one is a drive


@dataclass(frozen=True, slots=True)
class SchemeFetcher:
    """Gets an address by whoever serves its scheme."""

    web: Fetcher
    files: Fetcher

    def fetch(self, url: str, validators: Validators = Validators()) -> Fetched:
        """Give what the address holds: http and https from the web, `file:` and plain paths from this machine."""
        found = _SCHEME.match(url)
        scheme = found.group(1).lower() if found else "file"
        if scheme in ("http", "https"):
            return self.web.fetch(url, validators)
        if scheme == "file":
            return self.files.fetch(url, validators)
        raise FetchError(
            f"{url}: no way to fetch {scheme}:; would fetch http:, https:, file:", kind="protocol"
        )


def fetcher(
    *,
    deadline: float = DEADLINE,
    max_bytes: int = MAX_BYTES,
    max_redirects: int = MAX_REDIRECTS,
    allow_private: Iterable[str] = (),
    user_agent: str = USER_AGENT,
    ca_file: Path | None = None,
    clock: Clock = utc_now,
    resolve: Resolve = resolve,
) -> SchemeFetcher:
    """Give the fetcher of a desk; `resolve` gives the numeric addresses of a name. Raises `SettingsError` when `allow_private` holds what is no `host:port`."""
    allowed = tuple(allow_private)
    allowed_hosts(allowed)
    web = HttpFetcher(
        deadline=deadline,
        max_bytes=max_bytes,
        max_redirects=max_redirects,
        allow_private=allowed,
        user_agent=user_agent,
        ca_file=ca_file,
        clock=clock,
        resolve=resolve,
    )
    return SchemeFetcher(web=web, files=FileFetcher(max_bytes=max_bytes, clock=clock))
