"""Many requests at once, over real servers: one at a time for each host, and nothing that holds up the others."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from labtape.exceptions import FetchError
from labtape.fetch import Answer, Crowd, Request, fetcher, host_key
from labtape.types import Fetched, Validators

from .servers import answer, read_request


class Log:
    """A server's diary: when each request came and when its answer was out."""

    def __init__(self, scripted, *, seconds: float = 0.0, reply=None):
        self.spans: list[tuple[float, float]] = []
        self.paths: list[str] = []
        self.seconds = seconds
        self.reply = reply or (lambda path: answer())
        self.server = scripted(self.talk)
        self.place = self.server.place

    def talk(self, connection, number):
        while head := read_request(connection):
            path = head.split()[1].decode()
            start = time.monotonic()
            time.sleep(self.seconds)
            self.paths.append(path)
            reply = self.reply(path)
            self.spans.append((start, time.monotonic()))
            connection.sendall(reply)

    def url(self, path: str = "/") -> str:
        return f"http://{self.place}{path}"

    @property
    def pauses(self) -> list[float]:
        return [after[0] - before[1] for before, after in pairwise(self.spans)]


@pytest.fixture
def log(scripted):
    return lambda **settings: Log(scripted, **settings)


def crowd_of(*logs, delay=0.0, concurrency=64, deadline=5.0, **settings) -> Crowd:
    get = fetcher(deadline=deadline, allow_private=[log.place for log in logs], **settings)
    return Crowd(get, delay=delay, concurrency=concurrency)


def all_of(crowd: Crowd) -> list[Answer]:
    answers = []
    while crowd.pending:
        answers.append(crowd.next(10))
    assert None not in answers
    return answers


def test_an_answer_comes_with_its_request_and_its_tag(log):
    one = log()
    with crowd_of(one) as crowd:
        crowd.submit(Request(one.url("/feed"), tag=("any", "thing")))
        found = crowd.next(5)
    assert found.request.tag == ("any", "thing")
    assert found.result.status == 200
    assert found.host == host_key(one.url()) == one.place
    assert 0 < found.seconds < 5


def test_one_request_at_a_time_for_a_host_and_a_pause_between(log):
    one = log(seconds=0.03)
    with crowd_of(one, delay=0.15) as crowd:
        for n in range(4):
            crowd.submit(Request(one.url(f"/{n}")))
        assert all(a.result.status == 200 for a in all_of(crowd))
    assert one.paths == ["/0", "/1", "/2", "/3"]
    assert min(one.pauses) >= 0.15
    assert one.server.n_connections == 1


def test_hosts_do_not_wait_for_each_other(log):
    hosts = [log(seconds=0.2) for _ in range(10)]
    start = time.monotonic()
    with crowd_of(*hosts) as crowd:
        for one in hosts:
            crowd.submit(Request(one.url()))
        all_of(crowd)
    assert time.monotonic() - start < 1.6


def test_a_host_that_is_slow_is_asked_more_slowly(log):
    one = log(seconds=0.15)
    with crowd_of(one, delay=0.05) as crowd:
        crowd.submit(Request(one.url()))
        crowd.submit(Request(one.url()))
        all_of(crowd)
        assert crowd.pace()[one.place] >= 0.3
    assert min(one.pauses) >= 0.29


def test_a_host_in_trouble_is_asked_more_slowly(log):
    one = log(reply=lambda path: answer(status="503 Busy"))
    with crowd_of(one, delay=0.1) as crowd:
        for _ in range(3):
            crowd.submit(Request(one.url()))
        all_of(crowd)
        assert crowd.pace()[one.place] == pytest.approx(0.8, abs=0.05)
    assert one.pauses[0] >= 0.2
    assert one.pauses[1] >= 0.4


def test_a_crawl_delay_is_kept(log):
    one = log()
    with crowd_of(one) as crowd:
        crowd.set_floor(one.place, 0.3)
        for _ in range(2):
            crowd.submit(Request(one.url()))
        all_of(crowd)
        crowd.set_floor(one.place, 4000)
        assert crowd.pace()[one.place] == 60
    assert min(one.pauses) >= 0.3


def test_a_redirect_on_one_host_keeps_the_pause(log):
    one = log(
        reply=lambda path: (
            answer() if path == "/b" else answer(b"", status="301 Moved", headers="Location: /b\r\n")
        )
    )
    with crowd_of(one, delay=0.2) as crowd:
        crowd.submit(Request(one.url("/a")))
        (found,) = all_of(crowd)
    assert found.result.moved_to == one.url("/b")
    assert min(one.pauses) >= 0.2
    assert found.seconds < 0.2  # waiting is not asking


def test_a_redirect_waits_its_turn_at_the_other_host_and_holds_nobody(log):
    busy = log(seconds=0.08)
    away = log(
        reply=lambda path: (
            answer()
            if path != "/away"
            else answer(b"", status="302 Found", headers=f"Location: {busy.url('/guest')}\r\n")
        )
    )
    with crowd_of(busy, away, delay=0.05, concurrency=4) as crowd:
        for n in range(3):
            crowd.submit(Request(busy.url(f"/{n}")))
        crowd.submit(Request(away.url("/away")))
        crowd.submit(Request(away.url("/home")))
        answers = all_of(crowd)
    assert busy.paths[-1] == "/guest"
    order = [a.request.url.rpartition("/")[2] for a in answers]
    assert order.index("home") < order.index("away")
    assert min(busy.pauses) >= 0.05
    assert next(a for a in answers if a.request.url.endswith("away")).result.final_url == busy.url("/guest")


def test_waiting_for_a_turn_does_not_use_up_the_deadline(log):
    one = log(seconds=0.1)
    with crowd_of(one, delay=0.1, deadline=0.8) as crowd:
        for _ in range(5):
            crowd.submit(Request(one.url()))
        assert [a.result.status for a in all_of(crowd)] == [200] * 5


def test_a_kept_connection_that_died_costs_a_pause_and_no_error(scripted):
    came = []

    def talk(connection, number):
        while read_request(connection):
            came.append(time.monotonic())
            if len(came) == 2:
                return  # the second request gets no answer
            connection.sendall(answer())

    server = scripted(talk)
    with Crowd(fetcher(deadline=5, allow_private=[server.place]), delay=0.2) as crowd:
        for _ in range(2):
            crowd.submit(Request(f"http://{server.place}/"))
        assert [a.result.status for a in all_of(crowd)] == [200, 200]
    assert len(came) == 3
    assert min(after - before for before, after in pairwise(came)) >= 0.2


def test_a_redirect_loop_ends(log):
    one = log(reply=lambda path: answer(b"", status="302 Found", headers="Location: /\r\n"))
    with crowd_of(one) as crowd:
        crowd.submit(Request(one.url()))
        (found,) = all_of(crowd)
    assert found.result.kind == "redirect"
    assert len(one.paths) == 6


def test_a_redirect_to_a_private_address_never_reaches_it(log):
    secret = log()
    one = log(reply=lambda path: answer(b"", status="302 Found", headers=f"Location: {secret.url()}\r\n"))
    with crowd_of(one) as crowd:
        crowd.submit(Request(one.url()))
        (found,) = all_of(crowd)
    assert found.result.kind == "forbidden_address"
    assert secret.server.n_connections == 0


def test_a_host_that_asks_for_an_hour_gets_it_and_the_others_in_its_queue_are_answered(log):
    one = log(reply=lambda path: answer(status="429 Slow down", headers="Retry-After: 3600\r\n"))
    now = datetime(2026, 7, 1, 12, tzinfo=UTC)
    with crowd_of(one, delay=0.1, clock=lambda: now) as crowd:
        for n in range(5):
            crowd.submit(Request(one.url(f"/{n}")))
        answers = all_of(crowd)
        crowd.submit(Request(one.url("/later")))
        answers += all_of(crowd)
    assert sorted(a.result.kind for a in answers) == [*["held"] * 5, "http"]
    assert {a.result.status for a in answers} == {429}
    assert {a.result.retry_at for a in answers} == {datetime(2026, 7, 1, 13, tzinfo=UTC)}
    assert one.paths == ["/0"]


def test_what_one_path_asked_for_days_holds_the_others_of_its_host_for_an_hour(log):
    one = log(reply=lambda path: answer(status="429 Slow down", headers="Retry-After: 864000\r\n"))
    now = datetime(2026, 7, 1, 12, tzinfo=UTC)
    with crowd_of(one, delay=0.1, clock=lambda: now) as crowd:
        for n in range(2):
            crowd.submit(Request(one.url(f"/{n}")))
        until = {answer.result.kind: answer.result.retry_at for answer in all_of(crowd)}
    assert until == {
        "http": datetime(2026, 7, 11, 12, tzinfo=UTC),
        "held": datetime(2026, 7, 1, 13, tzinfo=UTC),
    }


def test_a_short_retry_after_is_waited_for(log):
    replies = iter([answer(status="503 Busy", headers="Retry-After: 1\r\n"), answer()])
    one = log(reply=lambda path: next(replies))
    with crowd_of(one) as crowd:
        crowd.submit(Request(one.url()))
        crowd.submit(Request(one.url()))
        answers = all_of(crowd)
    assert answers[1].result.status == 200
    assert one.pauses[0] >= 0.9


@pytest.mark.slow
def test_slow_hosts_do_not_delay_quick_ones(log):
    slow = [log(seconds=8) for _ in range(4)]
    quick = [log() for _ in range(8)]
    with crowd_of(*slow, *quick, concurrency=4, deadline=20) as crowd:
        start = time.monotonic()
        for one in (*slow, *quick):
            crowd.submit(Request(one.url()))
        places = {one.place for one in quick}
        while places:
            places.discard(crowd.next(10).host)
        assert (
            time.monotonic() - start < 2 * 2 + 1
        )  # two rounds of slow ones give their slots back, after 2 s each


def test_many_feeds_on_one_slow_host_do_not_delay_others(log):
    slow, good = log(seconds=1), [log() for _ in range(10)]
    with crowd_of(slow, *good, concurrency=4) as crowd:
        for n in range(50):
            crowd.submit(Request(slow.url(f"/{n}")))
        for one in good:
            for n in range(5):
                crowd.submit(Request(one.url(f"/{n}")))
        start, n_good = time.monotonic(), 0
        while n_good < 50:
            n_good += crowd.next(10).host != slow.place
        assert time.monotonic() - start < 10


def test_turns_are_fair_when_there_is_one_slot(log):
    many, few = log(), log()
    with crowd_of(many, few, concurrency=1) as crowd:
        for n in range(20):
            crowd.submit(Request(many.url(f"/{n}")))
        crowd.submit(Request(few.url()))
        hosts = [a.host for a in all_of(crowd)]
    assert hosts.index(few.place) < 4


def test_bodies_do_not_pile_up(log):
    hosts = [log() for _ in range(60)]
    with crowd_of(*hosts, concurrency=8) as crowd:
        for one in hosts:
            crowd.submit(Request(one.url()))
        time.sleep(0.5)
        assert sum(len(one.paths) for one in hosts) <= 16
        assert crowd.pending == 60
        assert len(all_of(crowd)) == 60


def test_pending_counts_what_was_not_taken(log):
    one = log()
    with crowd_of(one) as crowd:
        assert crowd.pending == 0
        for _ in range(3):
            crowd.submit(Request(one.url()))
        assert crowd.pending == 3
        crowd.next(5)
        assert crowd.pending == 2
        all_of(crowd)
        assert crowd.pending == 0
        assert crowd.next() is None
        start = time.monotonic()
        assert crowd.next(0.2) is None
        assert time.monotonic() - start >= 0.19


def test_files_wait_for_nobody(tmp_path):
    path = tmp_path / "a.xml"
    path.write_bytes(b"<rss/>")
    start = time.monotonic()
    with Crowd(fetcher(), delay=5) as crowd:
        for _ in range(20):
            crowd.submit(Request(str(path)))
        crowd.submit(Request("gopher://a.example/"))
        crowd.submit(Request("http://"))
        crowd.submit(Request("nowhere.xml"))
        answers = all_of(crowd)
    assert time.monotonic() - start < 2
    assert sum(isinstance(a.result, Fetched) for a in answers) == 20
    assert sorted(a.result.kind for a in answers if isinstance(a.result, FetchError)) == [
        "missing",
        "protocol",
        "protocol",
    ]


def test_what_nobody_expected_is_an_answer_and_the_host_goes_on():
    class Odd:
        def fetch(self, url: str, validators: Validators = Validators()) -> Fetched:
            if url.endswith("/bad"):
                raise ZeroDivisionError("surprise")
            return Fetched(url, url, 200, b"ok", datetime.now(UTC))

    with Crowd(Odd(), delay=0) as crowd:
        for path in ("bad", "good", "bad"):
            crowd.submit(Request(f"http://a.example/{path}"))
        answers = all_of(crowd)
    assert [isinstance(a.result, FetchError) for a in answers] == [True, False, True]
    assert "ZeroDivisionError: surprise" in str(answers[0].result)


def test_closing_cuts_off_what_runs_and_forgets_what_waits(log):
    slow = [log(seconds=3) for _ in range(5)]
    crowd = crowd_of(*slow)
    for one in slow:
        for n in range(3):
            crowd.submit(Request(one.url(f"/{n}")))
    time.sleep(0.3)
    start = time.monotonic()
    crowd.close()
    assert time.monotonic() - start < 1.5
    assert crowd.pending == 0
    assert crowd.next() is None
    crowd.submit(Request(slow[0].url()))
    assert crowd.pending == 0
    crowd.close()


def test_closing_wakes_who_waits_for_an_answer(log):
    one = log(seconds=3)
    crowd = crowd_of(one)
    crowd.submit(Request(one.url()))
    taken = []
    waiting = threading.Thread(target=lambda: taken.append(crowd.next()))
    waiting.start()
    time.sleep(0.2)
    crowd.close()
    waiting.join(2)
    assert taken == [None]


def test_a_name_that_hangs_does_not_hold_up_closing():
    crowd = Crowd(fetcher(resolve=lambda host, port: time.sleep(3) or []), delay=0)
    crowd.submit(Request("http://slow.example/"))
    time.sleep(0.1)
    start = time.monotonic()
    crowd.close()
    assert time.monotonic() - start < 1.5


def test_answers_that_came_before_closing_can_be_taken(log):
    one = log()
    crowd = crowd_of(one)
    crowd.submit(Request(one.url()))
    while not one.spans:
        time.sleep(0.01)
    time.sleep(0.2)
    crowd.close()
    assert crowd.pending == 1
    assert crowd.next().result.status == 200


def test_idle_threads_end(log):
    hosts = [log() for _ in range(10)]
    with crowd_of(*hosts) as crowd:
        crowd._workers.linger = 0.2
        for one in hosts:
            crowd.submit(Request(one.url()))
        all_of(crowd)
        time.sleep(0.8)
        assert crowd._workers.n_threads == 0
        crowd.submit(Request(hosts[0].url()))
        assert crowd.next(5).result.status == 200


def test_delays_learnt_earlier_are_kept(log):
    one = log()
    get = fetcher(allow_private=[one.place])
    with Crowd(get, delay=0.05, paces={one.place: 0.4}) as crowd:
        crowd.submit(Request(one.url()))
        crowd.submit(Request(one.url()))
        all_of(crowd)
    assert one.pauses[0] >= 0.25


def test_each_of_many_requests_is_answered_once(log):
    hosts = [log() for _ in range(7)]
    counts: dict[object, int] = defaultdict(int)
    with crowd_of(*hosts, concurrency=5) as crowd:
        givers = [
            threading.Thread(target=lambda k=k: [crowd.submit(Request(hosts[(k + n) % 7].url(), tag=(k, n))) for n in range(60)])
            for k in range(4)
        ]  # fmt: skip
        for giver in givers:
            giver.start()
        for giver in givers:
            giver.join()
        for found in all_of(crowd):
            counts[found.request.tag] += 1
    assert len(counts) == 240
    assert set(counts.values()) == {1}
