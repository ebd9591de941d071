"""What can go wrong.

    LabtapeError
    ├── FetchError       a source did not answer as it should
    ├── ReadError        bytes that are no feed, list, page or table
    ├── LexiconError     a lexicon file, row or field that is wrong
    ├── BundleError      a model bundle that is missing, tampered with or too new
    ├── StoreError       a database that cannot be used, or is of a newer schema
    ├── ClusterError     a cluster that does not answer, has no workers, or is lost
    ├── DeliveryError    a message that did not reach its channel
    ├── BatchError       a run over many articles that cannot go on
    └── SettingsError    a setting, option or column that does not exist or does not fit

Every message names the thing, the place, and what would have been right, on one line.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

FetchKind = Literal[
    "timeout", "dns", "connect", "tls", "http", "redirect", "size", "encoding",
    "forbidden_address", "missing", "protocol", "robots", "held",
]  # fmt: skip
ReadKind = Literal["empty", "html", "not_a_feed", "broken", "no_text", "limit", "other"]


class LabtapeError(Exception):
    """Base of everything labtape raises on purpose."""


class FetchError(LabtapeError):
    """A source that could not be had. `kind` is one of a short, stable list.

    `retry_at` is when the server asked us to come back, where it did. `held` is a request that was not made, because the
    host asked to be left alone.
    """

    def __init__(
        self, message: str, *, kind: FetchKind, status: int | None = None, retry_at: datetime | None = None
    ) -> None:
        super().__init__(message)
        self.kind: FetchKind = kind
        self.status = status
        self.retry_at = retry_at


class ReadError(LabtapeError):
    """Bytes or a row that cannot be read; the message says where.

    `kind` is one of a short, stable list; `feeds` are the addresses an HTML page advertises where a feed was expected.
    """

    def __init__(self, message: str, *, kind: ReadKind = "other", feeds: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.kind: ReadKind = kind
        self.feeds = feeds


class LexiconError(LabtapeError):
    """A lexicon entry that is wrong: file, row, field, and what would be right."""


class BundleError(LabtapeError):
    """A model bundle, or a model of the user's own, that may not be opened or does not fit."""


class StoreError(LabtapeError):
    """A store that cannot be opened or used."""


class ClusterError(LabtapeError):
    """A cluster of other machines that does not answer, has no workers or another labtape, or is lost on the way."""


class DeliveryError(LabtapeError):
    """A channel that did not take a message.

    `lasting` says that the same message would be refused again, so that it is not worth another try; `retry_after` are
    the seconds that the receiver asked to wait, where it did.
    """

    def __init__(self, message: str, *, lasting: bool = False, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.lasting = lasting
        self.retry_after = retry_after


class BatchError(LabtapeError):
    """A run over many articles that cannot go on; what it has finished is kept."""


class SettingsError(LabtapeError):
    """A setting, option or column that does not exist or does not fit."""
