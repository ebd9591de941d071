"""Pictures of the docs, light and dark: docs/pictures/{tape,story,…}-{light,dark}.png.

    python benchmarks/screenshots.py [folder] [--width 1280] [--only tape,chart] [--full]

The page over the demo desk; `chart`, the share claims of the demo as `labtape shares --chart` draws them; `linked`, two invented articles as
`labtape label -o FILE.html` marks them.

Drives Chromium (`CHROMIUM`, else the one on the path). Run by `make screenshots`; look at them before they are committed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Page, sync_playwright

from labtape.demo import demo_desk
from labtape.desk import Desk
from labtape.report import shares_chart
from labtape.settings import Settings
from labtape.web import create_app

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
MOST = 300_000  # bytes of a picture; tests/docs refuses more
CHART = (840, 400)
LINKED = (1000, 1215)
MARKED = ('"id": "w6-003"', '"id": "w3-003"')  # a listed lab with shares, and a look-alike


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=860)
    parser.add_argument("--only", default="")
    parser.add_argument("--full", action="store_true", help="the whole page instead of its top")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    wanted = asked.only.split(",") if asked.only else None
    with demo_desk(Settings()) as desk, tempfile.TemporaryDirectory() as made:
        desk.run()
        documents = documents_of(desk, Path(made), wanted)
        with serving(desk) as address, sync_playwright() as player:
            browser = player.chromium.launch(
                executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
                args=["--no-sandbox", "--disable-background-networking"],
            )
            for scheme in ("light", "dark"):
                page = browser.new_page(
                    viewport={"width": asked.width, "height": asked.height},
                    color_scheme=scheme,
                    reduced_motion="reduce",
                )
                for name, path in pages_of(desk).items():
                    if wanted is None or name in wanted:
                        page.goto(address + path)
                        keep(page, asked.folder / f"{name}-{scheme}.png", full=asked.full)
                for file, (width, height) in documents.items():
                    if file.stem == "chart" and scheme == "dark":
                        continue  # it is drawn on white
                    page.set_viewport_size({"width": width, "height": height})
                    page.goto(file.as_uri())
                    keep(page, asked.folder / f"{file.stem}-{scheme}.png", full=file.stem == "chart")
            browser.close()


def keep(page: Page, file: Path, *, full: bool) -> None:
    """Write what the browser shows, and say how large it is."""
    page.screenshot(path=file, full_page=full)
    n = file.stat().st_size
    sys.stdout.write(f"{file.name}  {n:,} bytes{'  TOO LARGE' if n > MOST else ''}\n")


def documents_of(desk: Desk, folder: Path, wanted: list[str] | None) -> Mapping[Path, tuple[int, int]]:
    """The files that are no pages of the server, with the size they are shown in."""
    found = {}
    if wanted is None or "chart" in wanted:
        drawn, chart = folder / "chart.svg", folder / "chart.html"
        shares_chart(desk.shares(platform="OpenRouter", holder="CN"), drawn)
        chart.write_text(f"<!doctype html><body style='margin:0'>{drawn.read_text('utf-8')}", "utf-8")
        found[chart] = CHART
    if wanted is None or "linked" in wanted:
        articles, linked = folder / "two.jsonl", folder / "linked.html"
        lines = [
            line
            for name in ("shares", "flash")
            for line in (ROOT / "corpora" / "articles" / f"{name}.jsonl").read_text("utf-8").splitlines()
            if any(mark in line for mark in MARKED)
        ]
        articles.write_text("\n".join(lines), "utf-8")
        subprocess.run([sys.executable, "-m", "labtape", "label", articles, "-o", linked], check=True)
        found[linked] = LINKED
    return found


def pages_of(desk: Desk) -> Mapping[str, str]:
    """What is shown: the page with most to see of each kind."""
    story = max(desk.store.stories(), key=lambda s: (len(s.article_ids), s.id))
    article = max(desk.records(), key=lambda r: (len(r.shares) * 2 + len(r.verdict.rationale), r.id))
    two = [row.id for row in desk.shares(platform="OpenRouter")[:2]]
    return {
        "tape": "/",
        "story": f"/story/{story.id}",
        "article": f"/article/{article.id}#e2",
        "shares": "/shares?platform=OpenRouter",
        "lab": "/lab/company:nvidia",
        "digest": "/digest?hours=600",
        "labs": "/labs",
        "join": "/shares?" + "&".join(f"join={id_}" for id_ in two),
        "feeds": "/feeds",
        "model": "/model",
        "corrections": "/corrections?days=365",
    }


@contextmanager
def serving(desk: Desk) -> Iterator[str]:
    """The page on a free port of this machine."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(desk), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


if __name__ == "__main__":
    main()
