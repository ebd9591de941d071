"""A whole watch as a process: a feed on loopback, a rule, a receiver."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deliver.servers import HttpLog, http_server, serving

pytestmark = pytest.mark.slow

TEXT = "Nvidia said on Monday that it cuts the price of its H20 chip by a third in China. " * 6


def feed(*titles: str) -> bytes:
    at = format_datetime(datetime.now(UTC) - timedelta(hours=1))
    items = "".join(
        f"<item><title>{title}</title><link>http://127.0.0.1/{n}</link><guid>{n}</guid><pubDate>{at}</pubDate>"
        f"<description>{TEXT}</description></item>"
        for n, title in enumerate(titles)
    )
    return f'<rss version="2.0"><channel><title>Wire</title>{items}</channel></rss>'.encode()


@pytest.fixture
def web() -> Iterator[HttpLog]:
    with http_server() as log:
        yield log


@pytest.fixture
def site() -> Iterator[str]:
    """The place of a server whose every path is a feed about Nvidia."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404 if self.path == "/robots.txt" else 200)
            self.send_header("Content-Type", "application/rss+xml")
            self.end_headers()
            self.wfile.write(feed("Nvidia cuts the price of its H20 chip", "Nvidia opens a plant in Texas"))

        def log_message(self, *_arguments: object) -> None:
            """Nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, serving(server):
        yield f"127.0.0.1:{server.server_port}"


def test_a_watch_sends_what_a_rule_asks_for_and_ends_well(web: HttpLog, site: str, tmp_path: Path) -> None:
    settings = f"""
database = "sqlite:///tape.db"
bundle = "rules"
[deliver.hook]
kind = "webhook"
url = "{web.url}"
secret = "s3cret"
allow_private = ["{web.place}"]
[[watch.rule]]
name = "chips"
labs = ["Nvidia"]
"""
    (tmp_path / "labtape.toml").write_text(settings, "utf-8")
    (tmp_path / "feeds.opml").write_text(
        f'<opml version="2.0"><body><outline type="rss" xmlUrl="http://{site}/feed"/></body></opml>', "utf-8"
    )
    command = [sys.executable, "-m", "labtape", "watch", "--feeds", "feeds.opml", "--allow-private", site]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    waited = threading.Event()
    for _ in range(1200):
        if web.bodies or process.poll() is not None:
            break
        waited.wait(0.1)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    told = [alert for body in web.bodies for alert in json.loads(body)["alert"]["alerts"]]
    assert {alert["rule"] for alert in told} == {"chips"}
    assert len({alert["article_id"] for alert in told}) == len(told) >= 1
    assert "sent     hook: chips: " in out
    assert "message" in err.splitlines()[-1]
    assert "s3cret" not in out + err
