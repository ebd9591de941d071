from __future__ import annotations

import threading
import time

import pytest

from labtape.exceptions import FetchError
from labtape.fetch.deadline import Deadline
from labtape.fetch.names import resolved
from labtape.fetch.workers import Workers


def until(is_so) -> None:
    end = time.monotonic() + 3
    while not is_so() and time.monotonic() < end:
        time.sleep(0.01)
    assert is_so()


def test_work_is_done_by_no_more_threads_than_allowed():
    crew, done, at_once, most = Workers("crew", most=3, linger=0.1), [], [], []
    lock = threading.Lock()

    def work() -> None:
        with lock:
            at_once.append(1)
            most.append(len(at_once))
        time.sleep(0.01)
        with lock:
            at_once.pop()
            done.append(1)

    for _ in range(30):
        crew.give(work)
    until(lambda: len(done) == 30)
    assert max(most) <= 3
    until(lambda: crew.n_threads == 0)


def test_a_thread_that_waits_is_used_again():
    crew, names = Workers("crew", most=5, linger=1), set()
    for _ in range(5):
        came = threading.Event()
        crew.give(lambda came=came: (names.add(threading.get_ident()), came.set()))
        came.wait(1)
        time.sleep(0.02)
    assert len(names) == 1


def test_crews_come_back_after_all_have_gone():
    crew, done = Workers("crew", most=2, linger=0.05), []
    for n in range(3):
        crew.give(lambda: done.append(1))
        until(lambda n=n: len(done) == n + 1)
        until(lambda: crew.n_threads == 0)


def test_a_resolver_that_breaks_is_a_dns_error():
    def broken(host: str, port: int) -> list[str]:
        raise RuntimeError("no resolver")

    with pytest.raises(FetchError) as caught:
        resolved("a.example", 80, deadline=Deadline(2), resolve=broken)
    assert caught.value.kind == "dns"


def test_a_numeric_host_asks_no_resolver():
    asked = []
    assert resolved("192.0.2.1", 80, deadline=Deadline(1), resolve=lambda *a: asked.append(a) or []) == [
        "192.0.2.1"
    ]
    assert not asked


def test_a_deadline_that_is_cut_has_passed():
    deadline = Deadline(60)
    deadline.cut()
    with pytest.raises(FetchError, match="cut off"):
        deadline.left()
