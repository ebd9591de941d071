"""The desk of these tests, in memory and in a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
from starlette.testclient import TestClient

from labtape.desk import Desk
from labtape.web import create_app

from .desks import article, keep, opened


@pytest.fixture(scope="session", params=["memory", "sqlite"])
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Read by many tests, changed by none."""
    path: Path = tmp_path_factory.mktemp("desk") / "tape.db"
    with opened("memory:" if request.param == "memory" else f"sqlite:///{path}") as desk:
        keep(desk, *map(article, range(24)))
        yield desk


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    with TestClient(create_app(desk), base_url="http://localhost") as client:
        yield client


@pytest.fixture
def changing(tmp_path: Path) -> Iterator[Desk]:
    """A desk of one test, to add to."""
    with opened(f"sqlite:///{tmp_path / 'tape.db'}") as desk:
        keep(desk, *map(article, range(6)))
        yield desk
