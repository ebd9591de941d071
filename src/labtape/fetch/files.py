"""A file of this machine, under the same port as the web."""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from labtape.exceptions import FetchError
from labtape.fetch.http import MAX_BYTES
from labtape.ports import utc_now
from labtape.types import Fetched, Validators

if TYPE_CHECKING:
    from labtape.ports import Clock


@dataclass(frozen=True, slots=True)
class FileFetcher:
    """Gets `file:` addresses and plain paths. "Has it changed?" is answered by size and time of change."""

    max_bytes: int = MAX_BYTES
    clock: Clock = utc_now

    def fetch(self, url: str, validators: Validators = Validators()) -> Fetched:
        """Give the file's bytes; status 304 without a body when `validators` still hold. Raises `FetchError`."""
        path = _path(url)
        try:
            about = path.stat()
        except (OSError, ValueError) as e:
            raise FetchError(f"{url}: there is no such file", kind="missing") from e
        if not stat.S_ISREG(about.st_mode):
            kind = "a folder" if stat.S_ISDIR(about.st_mode) else "no regular file"
            raise FetchError(f"{url}: is {kind}; would read a file", kind="missing")
        etag = hashlib.sha256(f"{about.st_size}|{about.st_mtime_ns}".encode()).hexdigest()[:16]
        is_same = validators.etag == etag
        return Fetched(
            url=url,
            final_url=url,
            status=304 if is_same else 200,
            body=b"" if is_same else self._body(path, url),
            fetched_at=self.clock(),
            validators=Validators(etag=etag),
        )

    def _body(self, path: Path, url: str) -> bytes:
        try:
            with path.open("rb") as file:
                body = file.read(self.max_bytes + 1)
        except OSError as e:
            raise FetchError(f"{url}: cannot be read ({e.strerror})", kind="missing") from e
        if len(body) > self.max_bytes:
            raise FetchError(f"{url}: larger than {self.max_bytes / 2**20:g} MiB", kind="size")
        return body


def _path(url: str) -> Path:
    from urllib.request import url2pathname

    if not url.lower().startswith("file:"):
        return Path(url)
    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost"):
        raise FetchError(
            f"{url}: a file of another machine; would read file:///path", kind="forbidden_address"
        )
    return Path(url2pathname(parts.path))
