"""A digest as a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from labtape.exceptions import DeliveryError, SettingsError
from labtape.ports import Message
from labtape.report import write_text

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
            _replace(file, getattr(message, dress))


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(exist_ok=True)
    except OSError as e:
        raise DeliveryError(f"{path}: cannot make this folder: {e.strerror}; create {path.parent}") from e


def _replace(file: Path, text: str) -> None:
    folder = file.resolve().parent
    if not folder.is_dir():
        raise DeliveryError(f"{file}: there is no folder {folder}; create it")
    try:
        write_text(file, text)
    except SettingsError as e:
        raise DeliveryError(str(e)) from e
