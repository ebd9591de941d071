"""What all rooms' tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from labtape.cli import main

pytest.register_assert_rewrite("contracts")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The material beside the project; a test that needs it is skipped where it is absent."""
    folder = Path(__file__).resolve().parents[1].parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"needs the shared material beside the project, {folder.name}/ is not there")
    return folder


class Answer:
    """What a command printed, and how it ended."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def labtape(tmp_path, monkeypatch, capsys):
    """Call the command line in an empty folder; gives exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LABTAPE_")]:
        monkeypatch.delenv(name)

    def call(*arguments):
        with pytest.raises(SystemExit) as stopped:
            main([str(a) for a in arguments])
        printed = capsys.readouterr()
        return Answer(stopped.value.code or 0, printed.out, printed.err)

    return call
