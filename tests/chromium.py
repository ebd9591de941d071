"""A real Chromium from the system's packages, and a real `labtape serve` for it, for tests marked `slow`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from postgres import free_port

_NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str:
    """The program, installed with apt-get where that is possible."""
    if found := _installed():
        return found
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        pytest.skip("Chromium is not installed, and only root can install it: apt-get install chromium")
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
        done = subprocess.run(
            command,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"{' '.join(command)} failed: {done.stderr.strip()[-300:]}")
    return _installed() or pytest.skip("apt-get installed no Chromium")


def _installed() -> str | None:
    return os.environ.get("CHROMIUM") or next(
        (found for name in _NAMES if (found := shutil.which(name))), None
    )


@pytest.fixture(scope="module")
def chromium():
    """A browser for the tests of a module: Playwright's loop runs as long as it lives, and no other can. It asks for nothing by itself."""
    playwright = pytest.importorskip("playwright.sync_api", reason="the dev extra is not installed")
    program = find_chromium()
    with playwright.sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@contextmanager
def served(database: str, *options: str, token: str | None = None) -> Iterator[str]:
    """`labtape serve` over a database as a process of its own; gives its address on this machine."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LABTAPE_")}
    if token:
        environment["LABTAPE_TOKEN"] = token
    command = [
        sys.executable,
        "-m",
        "labtape",
        "--database",
        database,
        "--bundle",
        "rules",
        "serve",
        "--port",
        str(port),
        *options,
    ]
    process = subprocess.Popen(
        command, env=environment, cwd=Path(__file__).parent, stderr=subprocess.PIPE, text=True
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(address, process)
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _wait(address: str, process: subprocess.Popen[str]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"labtape serve ended: {process.stderr.read() if process.stderr else ''}")
        try:
            with urllib.request.urlopen(f"{address}/static/icon.svg", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise RuntimeError("labtape serve does not answer")
