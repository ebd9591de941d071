"""What is sealed when, and what sealing again does."""

import os
import signal as signals
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import labtape.calls.files as files
from labtape.calls import call_of, calls_in, read_sealed, read_seals, seal, verify
from labtape.calls.chain import GENESIS
from labtape.exceptions import ReadError, SettingsError
from labtape.report import to_frame

NEXT = datetime(2026, 3, 3, 0, 5, tzinfo=UTC)


def at(day, hour=1):
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def test_a_relevant_verdict_about_a_listed_thing_is_a_call(told, record):
    call = call_of(told(1))
    assert (call.ticker, call.label, call.p["Bearish"], call.day) == (
        "NASDAQ:NVDA",
        "Neutral",
        0.3,
        "2026-03-02",
    )
    assert call.content_hash == record.content_hash


@pytest.mark.parametrize("target", ["market:ai", "lab:openai"])
def test_what_is_not_listed_or_not_relevant_is_none(told, record, target):
    assert call_of(told(1, target=target)) is None
    assert call_of(told(1, relevance=replace(record.relevance, relevant=False))) is None


def test_labels_of_a_finer_set_count_with_their_direction(told):
    p = {"Very Bullish": 0.4, "Bullish": 0.2, "Neutral": 0.2, "Bearish": 0.1, "Very Bearish": 0.1}
    call = call_of(told(1, p=p))
    assert (call.label, dict(call.p)) == ("Bullish", {"Bullish": 0.6, "Neutral": 0.2, "Bearish": 0.2})


def test_every_day_that_is_over_is_sealed_also_one_without_calls(told, tmp_path):
    made = seal(tmp_path, calls_in([told(1), told(2), told(3, day=2)]), now=at(5))
    assert [(s.day, s.count, s.file) for s in made] == [
        ("2026-03-02", 2, "2026-03-02.jsonl"),
        ("2026-03-03", 0, None),
        ("2026-03-04", 1, "2026-03-04.jsonl"),
    ]
    assert made[0].previous == GENESIS
    assert [s.previous for s in made[1:]] == [s.hash for s in made[:-1]]
    assert verify(tmp_path, head=made[0].hash).since_head == 2


def test_sealing_again_adds_nothing_and_changes_no_byte(told, tmp_path):
    records = [told(1), told(2)]
    seal(tmp_path, calls_in(records), now=NEXT)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    assert seal(tmp_path, calls_in(records), now=NEXT) == ()
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_the_order_of_the_records_does_not_matter(told, tmp_path):
    records = [told(n) for n in range(5)]
    (one,) = seal(tmp_path / "a", calls_in(records), now=NEXT)
    (other,) = seal(tmp_path / "b", calls_in(reversed(records)), now=NEXT)
    assert one.hash == other.hash


def test_today_is_not_over_and_is_sealed_only_when_asked_for(told, tmp_path):
    records = [told(1)]
    assert seal(tmp_path, calls_in(records), now=at(2, 16)) == ()
    (early,) = seal(tmp_path, calls_in(records), now=at(2, 16), through="2026-03-02")
    assert early.early
    assert seal(tmp_path, calls_in(records), now=at(2, 17), through="2026-03-02") == ()
    more = [*records, told(2, hour=18)]
    (again,) = seal(tmp_path, calls_in(more), now=at(2, 19), through="2026-03-02")
    assert (again.file, again.late) == ("2026-03-02.2.jsonl", 0)
    (closed,) = seal(tmp_path, calls_in(more), now=at(3))
    assert (closed.day, closed.early, closed.count) == ("2026-03-02", False, 0)
    assert verify(tmp_path, records=more).broken is None


def test_a_call_of_a_sealed_day_goes_into_the_next_seal_as_late(told, tmp_path):
    seal(tmp_path, calls_in([told(1)]), now=at(3))
    records = [told(1), told(2), told(3, day=1)]
    (made,) = seal(tmp_path, calls_in(records), now=at(4))
    assert (made.day, made.count, made.late) == ("2026-03-03", 2, 1)
    assert [(s.call.record, s.late) for s in read_sealed(tmp_path, [made])] == [
        ("a0002", True),
        ("a0003", False),
    ]
    assert verify(tmp_path, records=records).n_late == 1


def test_a_late_call_waits_for_the_next_day_to_be_over(told, tmp_path):
    seal(tmp_path, calls_in([told(1)]), now=at(3))
    assert seal(tmp_path, calls_in([told(1), told(2)]), now=at(3, 12)) == ()
    assert verify(tmp_path, records=[told(1), told(2)]).n_waiting == 1


def test_a_verdict_that_was_made_again_is_a_call_of_its_own(told, tmp_path):
    first = told(1)
    again = replace(told(1, hour=16), revision=2)
    (made,) = seal(tmp_path, calls_in([first, again, first]), now=NEXT)
    assert made.count == 2


def test_a_day_that_has_not_begun_and_a_clock_set_back_are_refused(told, tmp_path):
    with pytest.raises(SettingsError, match="that day has not begun"):
        seal(tmp_path, calls_in([told(1)]), now=NEXT, through="2026-03-04")
    seal(tmp_path, calls_in([told(1)]), now=NEXT)
    with pytest.raises(SettingsError, match="before the last seal"):
        seal(tmp_path, calls_in([told(1)]), now=at(3, 0))


def test_a_call_from_the_future_is_not_sealed_yet(told, tmp_path):
    assert seal(tmp_path, calls_in([told(1, day=20)]), now=NEXT) == ()


def test_a_crash_between_the_days_file_and_its_seal_is_made_good(told, tmp_path, monkeypatch):
    whole = tmp_path / "whole"
    expected = seal(whole, calls_in([told(1), told(2, day=1)]), now=at(4))
    torn = tmp_path / "torn"
    torn.mkdir()
    (torn / "2026-03-02.jsonl").write_bytes((whole / "2026-03-02.jsonl").read_bytes()[:70])
    assert seal(torn, calls_in([told(1), told(2, day=1)]), now=at(4)) == expected
    assert verify(torn).broken is None


def test_sealed_calls_whose_chain_was_lost_are_not_replaced(told, tmp_path):
    seal(tmp_path, calls_in([told(1), told(2)]), now=NEXT)
    (tmp_path / files.CHAIN).unlink()
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    with pytest.raises(
        SettingsError, match=r"2026-03-02\.jsonl line 2: a call that no seal names .* would be lost"
    ):
        seal(tmp_path, calls_in([told(1), told(3), told(4, day=-1)]), now=NEXT)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


KILLED = """
import os, signal, sys
from pathlib import Path
import labtape.calls.files as files
from labtape.calls import calls_in, seal
from labtape.report.reading import read_records
from datetime import datetime, UTC
write, left = files._write, [int(sys.argv[3])]
def dying(path, lines):
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    write(path, lines)
files._write = dying
seal(Path(sys.argv[1]), calls_in(read_records(Path(sys.argv[2]))), now=datetime(2026, 3, 6, tzinfo=UTC))
"""


@pytest.mark.slow
@pytest.mark.parametrize("writes", range(3))
def test_killed_at_any_write_the_next_sealing_finishes(told, tmp_path, writes):
    from labtape.report import record_json

    records = [told(1), told(2, day=1)]
    file = tmp_path / "r.jsonl"
    file.write_text("".join(record_json(r) + "\n" for r in records))
    folder = tmp_path / "calls"
    done = subprocess.run([sys.executable, "-c", KILLED, folder, file, str(writes)], env=dict(os.environ))
    assert done.returncode == -signals.SIGKILL
    seal(folder, calls_in(records), now=at(6))
    found = verify(folder, records=records)
    assert (found.broken, found.n_calls) == (None, 2)


def test_a_chain_that_cannot_be_read_is_an_error_and_nothing_is_written(told, tmp_path):
    seal(tmp_path, calls_in([told(1)]), now=NEXT)
    chain = tmp_path / files.CHAIN
    chain.write_text(chain.read_text().replace('"count":1', '"count":2'))
    with pytest.raises(ReadError, match=r"chain\.jsonl line 1: the seal is not what was sealed"):
        seal(tmp_path, calls_in([told(1), told(2, day=1)]), now=at(4))
    chain.write_text("[]\n")
    with pytest.raises(ReadError, match=r"chain\.jsonl line 1: no JSON object"):
        read_seals(tmp_path)


def test_words_that_are_odd_come_back_as_they_were(told, tmp_path):
    odd = replace(told(1), title="half \ud83d\ude00 \ud800 \x00 阿里\u2028")
    seal(tmp_path, calls_in([odd]), now=NEXT)
    assert verify(tmp_path, records=[odd]).broken is None


def test_a_data_frame_of_records_makes_the_calls_of_its_records(told, tmp_path):
    records = [told(1), told(2, day=1)]
    frame = to_frame(records)
    assert tuple(calls_in(frame)) == tuple(calls_in(records))
    seal(tmp_path, calls_in(frame), now=records[1].scored_at + timedelta(days=2))
    assert verify(tmp_path, records=frame).broken is None
    with pytest.raises(SettingsError, match=r"item 0 is str, and no call; give calls_in\(records\)"):
        seal(tmp_path, frame, now=records[0].scored_at)


def test_where_nothing_is_sealed_no_folder_is_made(told, tmp_path):
    record = told(1)
    with pytest.raises(SettingsError, match="that day has not begun"):
        seal(tmp_path / "a" / "b", calls_in([record]), now=record.scored_at, through="2099-01-01")
    assert seal(tmp_path / "a" / "b", calls_in([record]), now=record.scored_at) == ()
    assert list(tmp_path.iterdir()) == []
