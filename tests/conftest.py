"""What all rooms' tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.register_assert_rewrite("contracts")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The material beside the project; a test that needs it is skipped where it is absent."""
    folder = Path(__file__).resolve().parents[1].parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"needs the shared material beside the project, {folder.name}/ is not there")
    return folder
