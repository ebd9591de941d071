"""Reading in another process: whatever happens there, the next document is read."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from labtape.exceptions import LabtapeError, ReadError
from labtape.read.sandbox import Sandbox
from labtape.read.sandbox_answers import loads
from labtape.read.sandbox_worker import Limits
from labtape.types import Article, Document, Feed

NOW = datetime(2026, 7, 1, tzinfo=UTC)
FEED = Feed("https://a.example/feed")
MAD = f"{__package__}.sandboxed"
SHORT = Limits(seconds=1, memory=256 * 2**20)
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")


def read(sandbox: Sandbox, act: str) -> str:
    document = sandbox.document(act.encode(), feed=FEED, url=FEED.url, now=NOW)
    return document.arrivals[0].article.title


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(limits=SHORT, functions=MAD) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def patient():
    """A sandbox whose time does not run out on a busy machine."""
    with Sandbox(limits=replace(SHORT, seconds=60), functions=MAD) as sandbox:
        yield sandbox


@pytest.mark.parametrize(
    ("act", "says"),
    [
        ("allocate", "needs more than 256 MiB of memory"),
        ("allocate_in_c", "was ended by SIGABRT"),
        ("spin", "longer than 1 s"),
        ("sleep", "longer than 1 s"),
        ("sleep_deaf", "longer than 1 s"),
        ("leave", "ended itself with code 3"),
        ("crash", "was ended by SIGSEGV"),
        ("flood", "answered with|longer than 1 s"),
        ("flood_beyond", "larger than 32 MiB"),
        ("write garbage", "larger than 32 MiB|answered with"),
        ("write \0\0\0\0\0", "answered with something else"),
        ("write E\0\0\0\x02{}", "answered with"),
        ("write A", "longer than 1 s"),
        ("foreign", "answered with no Document: .*none of our nouns"),
        ("wrong_type", "answered with no Document"),
        ("wrong_field", "answered with no Document"),
        ("too_much", "more than 32 MiB of words"),
    ],
)
@LINUX
def test_a_document_that_ends_the_worker_is_an_error_and_the_next_one_is_read(sandbox, patient, act, says):
    sandbox = sandbox if "longer than" in says else patient
    with pytest.raises(ReadError, match=f"^https://a.example/feed: .*({says})") as error:
        read(sandbox, act)
    assert error.value.kind == "limit"
    assert "\n" not in str(error.value)
    assert read(sandbox, "fine") == "fine"
    assert not Path("/tmp/labtape-should-not-be").exists()


@pytest.mark.parametrize(
    ("act", "kind", "says"),
    [
        ("raise_ours", "html", "is a page"),
        ("raise_other", "broken", "https://a.example/feed: cannot be read: KeyError: 'title'"),
        ("recurse", "broken", "RecursionError"),
        ("connect", "broken", "socket.connect is not for a parser|socket.getaddrinfo is not"),
        ("start", "broken", "not for a parser"),
    ],
)
def test_an_error_in_the_worker_arrives_here_and_the_worker_lives(sandbox, act, kind, says):
    read(sandbox, "fine")
    pids = sandbox.pids
    with pytest.raises(ReadError, match=says) as error:
        read(sandbox, act)
    assert error.value.kind == kind
    assert read(sandbox, "fine") == "fine"
    assert sandbox.pids == pids


@LINUX
@pytest.mark.slow
def test_a_document_that_takes_too_much_of_the_processor_is_left_out():
    with Sandbox(limits=Limits(cpu_seconds=1), functions=MAD) as sandbox:
        with pytest.raises(ReadError, match="more than 1 s of processor time"):
            read(sandbox, "spin")
        assert read(sandbox, "fine") == "fine"


def test_the_feeds_a_page_advertises_come_along(sandbox):
    with pytest.raises(ReadError) as error:
        read(sandbox, "raise_ours")
    assert error.value.feeds == ("https://a.example/feed",)


def test_what_a_parser_prints_goes_nowhere(sandbox, capfd):
    assert read(sandbox, "say") == "fine"
    assert read(sandbox, "fine") == "fine"
    assert capfd.readouterr() == ("", "")


def test_a_parser_writes_no_files(sandbox, tmp_path):
    with pytest.raises(ReadError, match="OSError"):
        read(sandbox, f"write_file {tmp_path / 'x'}")
    assert not (tmp_path / "x").exists() or not (tmp_path / "x").stat().st_size


@LINUX
def test_words_left_in_the_pipe_answer_nobody(sandbox):
    try:
        assert read(sandbox, "answer_and_chatter") == "fine"
    except ReadError as e:
        assert str(e) == "no threads"
    time.sleep(0.4)
    assert read(sandbox, "fine still") == "still"


@LINUX
def test_nothing_is_left_behind():
    with Sandbox(limits=SHORT, functions=MAD) as sandbox:  # what is opened once is open
        read(sandbox, "fine")
    before, children = _descriptors(), _children()
    for _ in range(2):
        with Sandbox(limits=SHORT, functions=MAD) as sandbox:
            for act in ("fine", "leave", "crash", "foreign", "raise_ours", "fine"):
                with contextlib.suppress(ReadError):
                    read(sandbox, act)
    assert _descriptors() == before
    assert _children() == children


@LINUX
def test_the_worker_has_a_session_of_its_own_low_priority_and_no_secrets(sandbox, monkeypatch):
    pid, group, nice, names = read(sandbox, "whoami").split(" ", 3)
    assert pid == group != str(os.getpgid(0))
    assert int(nice) >= 5
    assert set(eval(names)) <= {"LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "TZ"}


def test_a_worker_is_replaced_after_its_share_of_documents():
    with Sandbox(limits=Limits(documents=3), functions=MAD) as sandbox:
        pids = [read(sandbox, "whoami").split()[0] for _ in range(7)]
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [3, 3, 1]


@LINUX
def test_a_worker_that_has_grown_is_replaced():
    with Sandbox(functions=MAD) as sandbox:
        first = read(sandbox, "whoami").split()[0]
        assert read(sandbox, "hold") == "fine"
        assert read(sandbox, "whoami").split()[0] != first


def test_a_worker_that_died_between_two_documents_costs_none(sandbox):
    read(sandbox, "fine")
    os.kill(sandbox.pids[0], signal.SIGKILL)
    time.sleep(0.1)
    assert read(sandbox, "fine") == "fine"


def test_ctrl_c_and_a_polite_end_do_not_reach_the_worker(sandbox):
    read(sandbox, "fine")
    (pid,) = sandbox.pids
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(pid, sign)
    assert read(sandbox, "whoami").split()[0] == str(pid)


def test_many_threads_share_a_few_workers():
    wrong = []

    def work(n: int) -> None:
        for i in range(20):
            if read(sandbox, f"fine {n}-{i}") != f"{n}-{i}":
                wrong.append((n, i))

    with Sandbox(2, functions=MAD) as sandbox:
        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(sandbox.pids) == 2
    assert not wrong
    assert not sandbox.pids


def test_closing_ends_a_document_under_way():
    found: list[BaseException] = []

    def work() -> None:
        try:
            read(sandbox, "sleep")
        except LabtapeError as e:
            found.append(e)

    sandbox = Sandbox(functions=MAD)
    read(sandbox, "fine")
    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    start = time.monotonic()
    sandbox.close()
    for thread in threads:
        thread.join()
    sandbox.close()
    assert time.monotonic() - start < 2
    assert len(found) == 3
    assert all("closed" in str(one) for one in found)
    with pytest.raises(LabtapeError, match="the sandbox is closed"):
        read(sandbox, "fine")


def test_a_worker_that_cannot_start_is_no_fault_of_the_document():
    with Sandbox(functions="labtape.no_such_module") as sandbox:
        for _ in range(2):
            with pytest.raises(LabtapeError, match=r"cannot start a process .*no_such_module") as error:
                read(sandbox, "fine")
            assert not isinstance(error.value, ReadError)
        assert not sandbox.pids


def test_no_process_runs_before_the_first_document():
    with Sandbox(4, functions=MAD) as sandbox:
        assert not sandbox.pids
        read(sandbox, "fine")
        read(sandbox, "fine")
        assert len(sandbox.pids) == 1


def test_without_limits_of_the_system_it_works_and_says_so(tmp_path):
    (tmp_path / "resource.py").write_text("raise ImportError('not on this platform')")
    code = f"""
from {__name__} import MAD, Sandbox, read
with Sandbox(functions=MAD) as sandbox:
    print(read(sandbox, "fine"), *sandbox.lacking, sep=", ")
"""
    path = [tmp_path.name, *(path for path in sys.path if path)]  # relative, and the worker runs elsewhere
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path)}
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env=environment, text=True, cwd=tmp_path.parent
    )
    assert (
        said.stdout.strip()
        == "fine, memory, core files, written files, open files, processes, processor time"
    )


@LINUX
def test_on_linux_every_limit_holds(sandbox):
    read(sandbox, "fine")
    assert sandbox.lacking == ()


@LINUX
@pytest.mark.parametrize(
    "act",
    ["fine", pytest.param("sleep", marks=pytest.mark.slow), pytest.param("spin", marks=pytest.mark.slow)],
)
def test_a_worker_whose_parent_is_killed_ends_by_itself(act):
    code = f"""
import sys, threading
from labtape.read.sandbox import Sandbox
from labtape.read.sandbox_worker import Limits
from {MAD.rpartition(".")[0]}.test_sandbox import read
sandbox = Sandbox(limits=Limits(seconds=1, cpu_seconds=1), functions={MAD!r})
read(sandbox, "fine")
print(sandbox.pids[0], flush=True)
threading.Timer(0.3, lambda: print("now", flush=True)).start()
read(sandbox, {act!r})
threading.Event().wait()
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment) as parent:
        pid = int(parent.stdout.readline())
        parent.stdout.readline()
        assert _is_alive(pid)
        parent.kill()
    deadline = time.monotonic() + 5
    while _is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_alive(pid)


EVIL = {
    "a function": pickle.dumps(os.system),
    "a call": b"cos\nsystem\n(S'touch /tmp/labtape-should-not-be'\ntR.",
    "a method of ours by a dotted name": b"\x80\x04\x8c\x0dlabtape.types\x8c\x10Article.__init__\x93.",
    "our class itself": b"clabtape.types\nArticle\n.",
    "our class, changed": b"clabtape.types\nArticle\n}S'title'\nI1\nsb.",
    "datetime, changed": b"cdatetime\ndatetime\nN}S'now'\nI1\ns\x86b.",
    "an article without fields": b"\x80\x02clabtape.types\nArticle\n)\x81.",
    "nothing": b"",
    "no pickle": b"<html>",
    "a bottomless tuple": b"(" * 100_000 + b"t" * 100_000 + b".",
}


@pytest.mark.parametrize("payload", EVIL.values(), ids=EVIL)
def test_an_answer_that_is_none_of_our_nouns_is_refused(payload):
    before = (Article.__init__, Article.title, datetime.now)
    with pytest.raises(ValueError, match=r"^no Article"):
        loads(payload, Article)
    assert (Article.__init__, Article.title, datetime.now) == before
    assert not Path("/tmp/labtape-should-not-be").exists()


def test_what_goes_through_is_equal_to_what_went_in():
    article = Article(
        id="a1",
        title="Qwen 涨",
        text="x\n\ud800",
        published_at=NOW,
        published_precision="day",
        flags=("x", "y"),
    )
    assert loads(pickle.dumps(article, protocol=5), Article) == article
    assert loads(pickle.dumps(Document(()), protocol=5), Document) == Document(())


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _descriptors() -> set[Path]:
    return set(Path("/proc/self/fd").iterdir())


def _children() -> list[str]:
    here = Path("/proc/self/task")
    return [pid for task in here.iterdir() for pid in (task / "children").read_text().split()]
