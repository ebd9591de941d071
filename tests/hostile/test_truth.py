"""What a user is told: the command line, and the health of every feed, after crawling the worst of them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from .churn import Tide
from .runs import LABTAPE, Tape
from .stations import serving

pytestmark = pytest.mark.slow

SICK = {  # path: the class of error, the word of `feeds health`
    "/good/1": (None, "ok"), "/1/drip-body": ("timeout", "failing"), "/2/gzip-bomb": ("size", "failing"),
    "/3/garbage": ("protocol", "failing"), "/4/png": ("read_not_a_feed", "failing"), "/5/loop": ("redirect", "failing"),
    "/5/canary": ("forbidden_address", "failing"), "/7/404": ("http", "failing"), "/7/410": ("http", "failing"),
    "/7/503": ("http", "failing"), "/7/304": ("protocol", "failing"), "/11/empty": ("read_empty", "failing"),
    "/11/html": ("read_html", "failing"), "/11/empty-but-valid": (None, "empty"), "/5/moved": (None, "ok"), "/8/weak": (None, "ok"),
}  # fmt: skip


def test_every_feed_is_told_the_truth_about(tmp_path: Path, forbidden) -> None:
    with serving(len(SICK), canary=forbidden.place()) as server:
        tape = Tape(tmp_path, server, deadline=2.0, pages="never")
        opml = tape.write_list([(path, i + 1) for i, path in enumerate(SICK)])
        urls = {server.url(path, i + 1): path for i, path in enumerate(SICK)}

        first = json.loads(tape.run("crawl", "--feeds", str(opml), "--json").stdout)
        found = {urls[p["feed"]]: p["kind"] for p in first["polls"]}
        assert found == {path: kind for path, (kind, _) in SICK.items()}
        assert first["new"] == 30

        said = tape.run("feeds", "health", "--json")
        assert said.returncode == 1, "not all is well"
        rows = {urls[row["url"]]: row for row in json.loads(said.stdout)}
        assert {p: r["last_error_kind"] for p, r in rows.items()} == {
            p: kind for p, (kind, _) in SICK.items()
        }
        words = {p: r["word"] for p, r in rows.items()}
        assert {
            p: (words[p], w) for p, (_, w) in SICK.items() if words[p] not in (w, "stale" if w == "ok" else w)
        } == {}
        assert all((r["last_success_at"] is None) == (SICK[p][0] is not None) for p, r in rows.items())
        assert all(r["next_due_at"] for r in rows.values())
        assert rows["/5/moved"]["moving_to"] == server.url("/good/moved", list(SICK).index("/5/moved") + 1)
        assert rows["/7/503"]["not_before"]
        table = tape.run("feeds", "health").stdout
        assert table.count("failing") == sum(w == "failing" for _, w in SICK.values())

        second = json.loads(tape.run("crawl", "--json").stdout)
        again = {urls[p["feed"]]: p["status"] for p in second["polls"]}
        assert (again["/good/1"], again["/8/weak"], again["/5/moved"]) == ("unchanged",) * 3
        assert [urls[s["feed"]] for s in second["skipped"]] == ["/7/503"]
        assert second["new"] == 0


def test_private_hosts_are_opened_by_option_and_by_nothing_else(tmp_path: Path) -> None:
    with serving(3) as server:
        tape = Tape(tmp_path, server)
        opml = tape.write_list([(f"/good/{host}", host) for host in (1, 2, 3)])
        environment = {k: v for k, v in tape.environment().items() if k != "LABTAPE_FETCH_ALLOW_PRIVATE"}

        def crawl(*options: str) -> dict[str, str | None]:
            done = subprocess.run(
                [str(LABTAPE), "crawl", "--feeds", str(opml), "--json", *options],
                cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False,
            )  # fmt: skip
            return {p["feed"]: p["kind"] for p in json.loads(done.stdout)["polls"]}

        assert set(crawl().values()) == {"forbidden_address"}
        assert server.log == []
        opened = crawl("--allow-private", server.place(1), "--allow-private", server.place(3))
        assert list(opened.values()) == [None, "forbidden_address", None]


def test_a_watch_over_churn_keeps_what_comes_and_says_how_each_feed_is(tmp_path: Path) -> None:
    with serving(8) as server:
        tide = Tide(server, 2.0)
        kinds = ("grow", "edit", "withdraw", "short", "dies", "gone", "moves")
        tape = Tape(tmp_path, server)
        opml = tape.write_list([(f"/churn/{kind}/{i}", i) for i, kind in enumerate(kinds, 1)])
        watched = tape.run(
            "watch", "--feeds", str(opml), "--for", "8s", "--no-score", "--json", "--metrics-port", "0"
        )
        assert watched.returncode == 0, watched.stderr
        events = [json.loads(line) for line in watched.stdout.splitlines()]
        assert {e["feed"].split("/")[4] for e in events} == set(kinds)
        rows = json.loads(tape.run("feeds", "health", "--json").stdout)
        assert len(rows) == len(kinds)
        assert [r for r in rows if r["entries"] < 3 or r["visits"] != 1 or not r["next_due_at"]] == []
        for _ in range(3):  # now the dying ones are dead
            tape.run("crawl")
        tide.hold()
        tape.run("crawl")
        rows = {
            row["url"].split("/")[4]: row for row in json.loads(tape.run("feeds", "health", "--json").stdout)
        }
        assert (rows["dies"]["word"], rows["dies"]["last_error_kind"]) == ("failing", "http")
        assert (rows["gone"]["word"], rows["gone"]["last_error_kind"]) == ("failing", "http")
        assert rows["dies"]["last_success_at"] and rows["dies"]["failures"] >= 1
        assert rows["short"]["pages_wanted"] == 0
        assert {rows[k]["failures"] for k in ("grow", "edit", "withdraw", "short", "moves")} == {0}
