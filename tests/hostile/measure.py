"""A crawler in a process of its own, which says how much memory feeds cost it: `python -m hostile.measure`.

Reads {"database", "fetch", "first", "groups"} as JSON from stdin; crawls `first`, then the feeds of each group at once; prints a
line of JSON for each group: its urls, their classes of error, seconds, by how many megabytes the process rose above where
it stood, and how many it then had.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from pathlib import Path

from labtape.desk import Desk
from labtape.settings import FetchSettings, Settings
from labtape.types import Feed


def memory(field: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def main() -> None:
    asked = json.load(sys.stdin)
    fetch = FetchSettings(**{**asked["fetch"], "allow_private": tuple(asked["fetch"]["allow_private"])})
    with Desk.open(asked["database"], settings=Settings(bundle="rules", fetch=fetch)) as desk:
        desk.crawl([Feed(url) for url in asked["first"]])
        for urls in asked["groups"]:
            gc.collect()
            Path("/proc/self/clear_refs").write_text("5")  # the peak begins again
            before, start = memory("VmRSS"), time.monotonic()
            polls = desk.crawl([Feed(url) for url in urls]).polls
            row = {
                "urls": urls,
                "kinds": [poll.error_kind if poll.status == "failed" else poll.status for poll in polls],
                "seconds": round(time.monotonic() - start, 2),
                "rise": round(memory("VmHWM") - before, 1),
                "peak": round(memory("VmHWM"), 1),
            }
            sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
