"""A message as a file, or as a line of one."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from labtape.exceptions import DeliveryError, SettingsError
from labtape.ports import Message
from labtape.report import write_text

_DRESSES = {".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".json": "json"}


@dataclass(frozen=True, slots=True)
class FileChannel:
    """Writes the dress that the suffix asks for (.md, .html, .json), replacing what was there.

    A path without suffix, or of a folder, gets `digest.md`, `digest.html` and `digest.json`, of alerts `alert-ID.md` and so
    on; the last folder of the path is made where it is missing. A reader never sees half a file. To a path that ends in
    .jsonl a line is added: `{"id", "kind", "subject", …}`, with the JSON of the message under its kind.
    """

    path: str | Path
    name: str = "file"

    def send(self, message: Message) -> None:
        path = Path(self.path).expanduser()
        if path.suffix.lower() == ".jsonl" and not path.is_dir():
            _add_line(path, message)
            return
        if path.is_dir() or not path.suffix:
            _make_folder(path)
            stem = "digest" if message.kind == "digest" else f"alert-{message.id or 'test'}"
            files = [path / f"{stem}{suffix}" for suffix in (".md", ".html", ".json")]
        else:
            files = [path]
        for file in files:
            dress = _DRESSES.get(file.suffix.lower())
            if dress is None:
                raise DeliveryError(
                    f"{file}: cannot write a '{file.suffix}'; use .md, .html, .json or .jsonl", lasting=True
                )
            _replace(file, getattr(message, dress))


def _add_line(path: Path, message: Message) -> None:
    """One write at the end of the file, and on the disk before it counts as sent."""
    _check_folder(path)
    head = {"id": message.id, "kind": message.kind, "subject": message.subject}
    line = json.dumps({**head, message.kind: json.loads(message.json)}) + "\n"
    try:
        with path.open("ab") as file:
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as e:
        raise DeliveryError(f"{path}: cannot be written to: {e.strerror}") from e


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(exist_ok=True)
    except OSError as e:
        raise DeliveryError(f"{path}: cannot make this folder: {e.strerror}; create {path.parent}") from e


def _check_folder(file: Path) -> None:
    folder = file.resolve().parent
    if not folder.is_dir():
        raise DeliveryError(f"{file}: there is no folder {folder}; create it")


def _replace(file: Path, text: str) -> None:
    _check_folder(file)
    try:
        write_text(file, text)
    except SettingsError as e:
        raise DeliveryError(str(e)) from e
