"""The command line: parses, calls the desk, prints.

Only Typer is imported here; every command imports what it needs when it runs, so that `--help` answers at once.
Answers go to stdout, progress and complaints to stderr. Exit codes: 0 done, 1 some sources or rows failed
(each is listed), 2 wrong use.
"""

from __future__ import annotations

from labtape.cli.main import app, main

__all__ = ["app", "main"]
