"""What a reader of files gives besides articles: what could not be read, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from labtape.types import Article


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that could not be read: where, and why with what would have been right.

    `source` is the file; `line` counts from 1; `offset` is a byte of the file, unpacked. Each is None where it is not known.
    """

    place: str
    error: str
    source: str | None = None
    line: int | None = None
    offset: int | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.error}"


Found = Iterator[Article | Failure]
