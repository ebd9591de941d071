"""Fixtures of the hostile suite, and its table: every fault of the list, whether it is survived, how long, how much."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .server import N_HOSTS, canary
from .stations import Station, serving, station
from .wire import Server

NAMES = {
    1: "no answer, dripping headers and bodies", 2: "endless bodies and bombs", 3: "broken HTTP", 4: "not what it says",
    5: "redirects", 6: "private addresses, rebinding", 7: "404, 410, 429, 503, unasked 304", 8: "ETag, Last-Modified",
    9: "XML entities, XXE", 10: "deep and large documents", 11: "sloppy documents", 12: "characters",
    13: "identity", 14: "dates", 15: "scripts, relative links", 16: "JSON Feed", 17: "kill -9, disk, locks, clock",
    18: "slow host beside good ones", 19: "SIGTERM, Ctrl-C", 20: "old HTTP, IPv6, TLS, DNS, cookies, robots",
}  # fmt: skip
_RESULTS: dict[int, list[tuple[str, float, float]]] = defaultdict(
    list
)  # by fault: outcome, seconds, megabytes


def _memory(field: str) -> float:
    """A field of this process's memory in MB; 0 where the system does not say."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(field)), 0.0)


@pytest.fixture(autouse=True)
def measured(request: pytest.FixtureRequest) -> Iterator[None]:
    """Note how much the test process grew, server included, where the test measures nothing finer."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins again
    before = _memory("VmRSS")
    yield
    if not any(name == "megabytes" for name, _ in request.node.user_properties):
        request.node.user_properties.append(("megabytes", max(0.0, _memory("VmHWM") - before)))


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Callable[[float], None]:
    """Note how many megabytes the crawler itself grew by, measured in a process of its own."""
    return lambda megabytes: request.node.user_properties.append(("megabytes", megabytes))


@pytest.fixture(scope="session")
def forbidden() -> Iterator[Server]:
    """The canary: a server that nobody may reach."""
    with canary() as guarded:
        yield guarded


@pytest.fixture
def server(forbidden: Server) -> Iterator[Server]:
    """A hostile server on 120 hosts, which knows where the canary is."""
    forbidden.log.clear()
    with serving(N_HOSTS, canary=forbidden.place()) as running:
        yield running
    assert [hit.path for hit in forbidden.log] == [], "the canary on the private port was hit"


@pytest.fixture
def desk(server: Server, tmp_path: Path) -> Iterator[Station]:
    """A desk that may visit the hostile server, with 3 seconds for a request and no pages."""
    with station(tmp_path, server) as opened:
        yield opened


# ---------------------------------------------------------------- the table


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()
    for mark in item.iter_markers("fault"):
        if report.when == "call" or report.outcome != "passed":
            grown = max((float(v) for name, v in item.user_properties if name == "megabytes"), default=0.0)
            _RESULTS[mark.args[0]].append((report.outcome, call.duration, grown))
        elif report.when == "teardown":  # where the growth of the whole process is known
            grown = max((float(v) for name, v in item.user_properties if name == "megabytes"), default=0.0)
            _RESULTS[mark.args[0]].append(("passed", 0.0, grown))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _RESULTS:
        return
    terminalreporter.section("faults")
    terminalreporter.write_line(f"{'#':>2}  {'fault':44} {'':8} {'seconds':>8} {'memory':>9}")
    for fault, name in NAMES.items():
        rows = _RESULTS.get(fault, [])
        bad = [row for row in rows if row[0] == "failed"]
        word = (
            "not run"
            if not rows
            else "FAILED"
            if bad
            else "skipped"
            if all(r[0] == "skipped" for r in rows)
            else "passed"
        )
        seconds, grown = sum(r[1] for r in rows), max((r[2] for r in rows), default=0.0)
        terminalreporter.write_line(
            f"{fault:>2}  {name:44} {word:8} {seconds:8.1f} {f'+{grown:.0f} MB' if rows else '':>9}",
            red=bool(bad), green=word == "passed",
        )  # fmt: skip
    terminalreporter.write_line(
        "memory: the crawler's own growth in fault 2 (limit +50 MB); elsewhere that of the test process with the server in it"
    )
