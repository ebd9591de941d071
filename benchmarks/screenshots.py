"""Pictures of the page over the demo desk, light and dark: docs/pictures/{tape,story,…}-{light,dark}.png.

    python benchmarks/screenshots.py [folder] [--width 1280] [--phone]

Drives Chromium (`CHROMIUM`, else the one on the path). Run by `make screenshots`; look at them before they are committed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import sync_playwright

from labtape.demo import demo_desk
from labtape.desk import Desk
from labtape.settings import Settings
from labtape.web import create_app

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
MOST = 250_000  # bytes of a picture


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=860)
    parser.add_argument("--only", default="")
    parser.add_argument("--full", action="store_true", help="the whole page instead of its top")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with demo_desk(Settings()) as desk:
        desk.run()
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
                    if asked.only and name not in asked.only.split(","):
                        continue
                    page.goto(address + path)
                    file = asked.folder / f"{name}-{scheme}.png"
                    page.screenshot(path=file, full_page=asked.full)
                    n = file.stat().st_size
                    sys.stdout.write(f"{file.name}  {n:,} bytes{'  TOO LARGE' if n > MOST else ''}\n")
            browser.close()


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
