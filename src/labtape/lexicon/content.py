"""What a lexicon was made of, in a form that can be kept: the rows of the shipped folder and of the user's, packed.

Packed content outlives the files: the package may change, a user's folder may be gone. Rows keep their order, as it decides
between equals. The same rows in the same order give the same bytes, so their digest tells versions apart.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from labtape.exceptions import LexiconError
from labtape.lexicon.rows import CsvValues, Row

#: More than any lexicon: what unpacks to more than this is none (bytes).
LONGEST = 256 * 1024 * 1024
_FORM = 1

Rows = dict[str, list[Row]]
_Folder = dict[str, list[list[Any]]]  # Any: whether a row is of a CSV file, and its values


@dataclass(frozen=True, slots=True)
class Content:
    """The rows of a lexicon's folders by kind, the shipped one first, and the day the shipped facts describe."""

    version: str
    folders: tuple[Mapping[str, tuple[Mapping[str, object], ...]], ...]

    def packed(self) -> bytes:
        """The content as bytes, compressed."""
        return zlib.compress(self._plain())

    @property
    def digest(self) -> str:
        return "sha256:" + hashlib.sha256(self._plain()).hexdigest()

    def rows(self, problems: list[str]) -> list[Rows]:
        """Fresh rows, to be read; what is wrong in them is noted in `problems`."""
        return [
            {
                kind: [Row(f"kept {kind} {n}", values, problems, False) for n, values in enumerate(rows, 1)]
                for kind, rows in folder.items()
            }
            for folder in self.folders
        ]

    def _plain(self) -> bytes:
        folders: list[_Folder] = [
            {
                kind: [[isinstance(values, CsvValues), dict(values)] for values in rows]
                for kind, rows in folder.items()
            }
            for folder in self.folders
        ]
        return json.dumps([_FORM, self.version, folders], separators=(",", ":")).encode()


def content_of(version: str, read: Iterable[Rows]) -> Content:
    """The content of folders as they were read."""
    folders = ({kind: tuple(row.values for row in rows) for kind, rows in folder.items()} for folder in read)
    return Content(version, tuple(folders))


def unpacked(body: bytes) -> Content:
    """The content that was packed. Raises `LexiconError` for anything else.

    >>> unpacked(Content("2026-10-10", ()).packed())
    Content(version='2026-10-10', folders=())
    """
    try:
        stream = zlib.decompressobj()
        plain = stream.decompress(body, LONGEST)
        if not stream.eof:
            raise ValueError("it is cut, or longer than any lexicon")
        form, version, folders = json.loads(plain)
        if form != _FORM:
            raise ValueError(f"it is of form {form}, this labtape reads {_FORM}")
        return Content(
            version,
            tuple({kind: tuple(map(_values, rows)) for kind, rows in folder.items()} for folder in folders),
        )
    except (ValueError, TypeError, AttributeError, zlib.error) as e:
        raise LexiconError(f"kept lexicon: cannot be read: {e}") from e


def _values(row: list[Any]) -> Mapping[str, object]:  # Any: as above
    is_csv, values = row
    return CsvValues(values) if is_csv else dict(values)
