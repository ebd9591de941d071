"""A digest as a file."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from labtape.exceptions import DeliveryError
from labtape.ports import Message

_DRESSES = {".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".json": "json"}


@dataclass(frozen=True, slots=True)
class FileChannel:
    """Writes the dress that the suffix asks for (.md, .html, .json), replacing what was there.

    A path without suffix, or of a folder, gets `digest.md`, `digest.html` and `digest.json`; the last folder of
    the path is made where it is missing. A reader never sees half a file.
    """

    path: str | Path
    name: str = "file"

    def send(self, message: Message) -> None:
        path = Path(self.path).expanduser()
        if path.is_dir() or not path.suffix:
            _make_folder(path)
            files = [path / f"digest{suffix}" for suffix in (".md", ".html", ".json")]
        else:
            files = [path]
        for file in files:
            dress = _DRESSES.get(file.suffix.lower())
            if dress is None:
                raise DeliveryError(f"{file}: cannot write a '{file.suffix}'; use .md, .html or .json")
            _replace(file, _bytes(getattr(message, dress)))


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(exist_ok=True)
    except OSError as e:
        raise DeliveryError(f"{path}: cannot make this folder: {e.strerror}; create {path.parent}") from e


def _bytes(text: str) -> bytes:
    """UTF-8, with a question mark for half a surrogate pair."""
    return text.encode("utf-8", "replace")


def _replace(file: Path, content: bytes) -> None:
    target = file.resolve()  # a link goes on being one
    if not target.parent.is_dir():
        raise DeliveryError(f"{file}: there is no folder {target.parent}; create it")
    new = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with new.open("xb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        new.replace(target)
    except OSError as e:
        raise DeliveryError(f"{file}: cannot write: {e.strerror}; give a path that can be written to") from e
    finally:
        new.unlink(missing_ok=True)
