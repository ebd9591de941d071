"""Whatever is done to a sealed ledger is named: which file, which line, what."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labtape.calls import calls_in, seal, verify
from labtape.calls.chain import GENESIS, due
from labtape.calls.files import CHAIN
from labtape.exceptions import ReadError
from labtape.plain import to_plain
from labtape.report.record import dumps

DAY = "2026-03-02.jsonl"


@pytest.fixture
def records(told):
    return [told(n) for n in range(4)] + [told(n, day=1) for n in range(4, 6)]


@pytest.fixture
def folder(records, tmp_path):
    seal(tmp_path, calls_in(records), now=datetime(2026, 3, 5, tzinfo=UTC))
    assert verify(tmp_path, records=records).broken is None
    return tmp_path


def lines(folder, name):
    return (folder / name).read_text("utf-8").splitlines()


def write(folder, name, rows):
    (folder / name).write_text("".join(f"{row}\n" for row in rows), "utf-8")


def test_a_changed_probability_is_named_with_its_line(folder):
    rows = lines(folder, DAY)
    write(folder, DAY, [rows[0], rows[1].replace('"Bullish":0.2', '"Bullish":0.3'), *rows[2:]])
    broken = verify(folder).broken
    assert (broken.file, broken.line) == (DAY, 2)
    assert "call a0001 or what stands before it was changed" in broken.what


def test_a_line_that_is_taken_out_is_named_where_it_stood(folder):
    rows = lines(folder, DAY)
    write(folder, DAY, [rows[0], *rows[2:]])
    assert (verify(folder).broken.file, verify(folder).broken.line) == (DAY, 2)


def test_the_last_line_taken_out_is_missed(folder):
    write(folder, DAY, lines(folder, DAY)[:-1])
    assert str(verify(folder).broken) == f"{DAY} line 4: the file ends after line 3, its seal counts 4"


def test_lines_in_another_order_are_named(folder):
    rows = lines(folder, DAY)
    write(folder, DAY, [rows[0], rows[2], rows[1], rows[3]])
    assert (verify(folder).broken.file, verify(folder).broken.line) == (DAY, 2)


def test_a_line_that_is_put_in_is_named(folder):
    rows = lines(folder, DAY)
    write(folder, DAY, [*rows, lines(folder, "2026-03-03.jsonl")[0]])
    assert (verify(folder).broken.file, verify(folder).broken.line) == (DAY, 5)


def remade(records, folder, now=datetime(2026, 3, 5, tzinfo=UTC)):
    """The ledger that other records would have made."""
    days = due(calls_in(records), (), frozenset(), now=now)
    for day in days:
        if day.seal.file:
            write(folder, day.seal.file, day.lines)
    return days


def test_a_whole_day_made_anew_does_not_fit_its_seal(folder, records, told):
    better = [told(n, p={"Bullish": 0.8, "Neutral": 0.1, "Bearish": 0.1}) for n in range(4)]
    remade(better, folder)
    broken = verify(folder).broken
    assert (broken.file, broken.line) == (DAY, 4)
    assert "the day was made anew" in broken.what


def test_a_day_made_anew_with_its_seal_breaks_the_next_seal(folder, records, told):
    better = [told(n, p={"Bullish": 0.8, "Neutral": 0.1, "Bearish": 0.1}) for n in range(4)]
    days = remade(better, folder)
    chain = lines(folder, CHAIN)
    write(folder, CHAIN, [dumps(to_plain(days[0].seal)), *chain[1:]])
    broken = verify(folder).broken
    assert (broken.file, broken.line) == (CHAIN, 2)
    assert "the seal before it is" in broken.what


def test_a_ledger_made_anew_as_a_whole_is_found_by_the_published_head_and_by_the_records(
    folder, records, told
):
    head = verify(folder).head
    better = [
        replace(r, verdict=told(0, p={"Bullish": 0.8, "Neutral": 0.1, "Bearish": 0.1}).verdict)
        for r in records
    ]
    days = remade(better, folder)
    write(folder, CHAIN, [dumps(to_plain(day.seal)) for day in days])
    assert verify(folder).broken is None
    assert "was cut off or made anew" in str(verify(folder, head=head).broken)
    broken = verify(folder, records=records).broken
    assert (broken.file, broken.line) == (DAY, 1)
    assert "the record of a0000 says another label" in broken.what


def test_a_chain_cut_off_leaves_a_file_that_no_seal_names(folder):
    head = verify(folder).head
    write(folder, CHAIN, lines(folder, CHAIN)[:1])
    assert str(verify(folder).broken) == "2026-03-03.jsonl: no seal names this file"
    (folder / "2026-03-03.jsonl").unlink()
    assert verify(folder).broken is None  # nothing in it says that there was more
    assert "was cut off or made anew" in str(verify(folder, head=head).broken)


def test_an_older_head_is_in_the_chain_with_what_came_after(folder, records):
    head = verify(folder).head
    seal(folder, calls_in(records), now=datetime(2026, 3, 8, tzinfo=UTC))
    found = verify(folder, head=head)
    assert (found.broken, found.since_head) == (None, 3)


def test_a_field_of_a_seal_that_was_changed_is_named(folder):
    rows = lines(folder, CHAIN)
    write(folder, CHAIN, [rows[0], rows[1].replace("2026-03-05T00:00:00Z", "2026-03-04T00:00:00Z")])
    broken = verify(folder).broken
    assert (broken.file, broken.line) == (CHAIN, 2)
    assert "a field was changed" in broken.what


def test_seals_taken_out_are_named(folder):
    write(folder, CHAIN, lines(folder, CHAIN)[1:])
    assert str(verify(folder).broken).startswith(f"{CHAIN} line 1: it is seal 2, seal 1 is expected")


def test_a_day_that_is_gone_is_named(folder):
    (folder / DAY).unlink()
    assert str(verify(folder).broken).startswith(f"{DAY}: cannot be read")


def test_a_file_put_in_is_named(folder):
    write(folder, "2026-02-27.jsonl", lines(folder, DAY))
    assert str(verify(folder).broken) == "2026-02-27.jsonl: no seal names this file"


def test_a_record_that_is_gone_or_says_something_else_is_named_with_the_call(folder, records):
    assert "no record makes this call any more (a0002" in str(
        verify(folder, records=[*records[:2], *records[3:]]).broken
    )
    other = replace(records[2], revision=1, title="Another headline")
    broken = verify(folder, records=[*records[:2], other, *records[3:]]).broken
    assert (broken.file, broken.line) == (DAY, 3)
    assert 'title: "Another headline", sealed is "Item 2"' in broken.what


def test_late_is_not_a_word_that_can_be_taken_back(told, tmp_path):
    """By who makes all digests anew: a call of an earlier day in a later seal is late, whatever the line says."""
    seal(tmp_path, calls_in([told(1)]), now=datetime(2026, 3, 3, tzinfo=UTC))
    seal(tmp_path, calls_in([told(1), told(2)]), now=datetime(2026, 3, 4, tzinfo=UTC))
    name = "2026-03-03.jsonl"
    from labtape.calls.chain import link
    from labtape.calls.files import read_seals

    row = json.loads(lines(tmp_path, name)[0])
    assert row["call"]["late"] is True
    row["call"]["late"] = False
    row["link"] = link(read_seals(tmp_path)[0].hash, dumps(row["call"]))
    write(tmp_path, name, [dumps(row)])
    assert "made on 2026-03-02, late: False, in the seal of 2026-03-03" in str(verify(tmp_path).broken)


def test_without_a_chain_there_is_nothing_to_verify(tmp_path):
    with pytest.raises(ReadError, match="`labtape calls seal` makes one"):
        verify(tmp_path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_no_byte_can_be_changed_put_in_or_taken_out(folder, data):
    name = data.draw(st.sampled_from([CHAIN, DAY, "2026-03-03.jsonl"]))
    body = (folder / name).read_bytes()
    at = data.draw(st.integers(0, len(body) - 1))
    byte = data.draw(st.integers(0, 255))
    kind = data.draw(st.sampled_from(["change", "insert", "drop", "cut"]))
    changed = {
        "change": body[:at] + bytes([byte]) + body[at + 1 :],
        "insert": body[:at] + bytes([byte]) + body[at:],
        "drop": body[:at] + body[at + 1 :],
        "cut": body[:at],
    }[kind]
    if changed == body or changed == body.removesuffix(b"\n"):
        return
    (folder / name).write_bytes(changed)
    try:
        assert verify(folder).broken is not None
    finally:
        (folder / name).write_bytes(body)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(order=st.permutations(range(6)), kept=st.integers(1, 6))
def test_no_lines_of_the_days_can_be_moved_or_left_out(folder, order, kept):
    rows = {name: lines(folder, name) for name in (DAY, "2026-03-03.jsonl")}
    everything = [row for name in rows for row in rows[name]]
    chosen = [everything[n] for n in order][:kept]
    write(folder, DAY, chosen[:4])
    write(folder, "2026-03-03.jsonl", chosen[4:])
    try:
        is_same = chosen == everything
        assert (verify(folder).broken is None) == is_same
    finally:
        for name, kept_rows in rows.items():
            write(folder, name, kept_rows)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    made=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), max_size=12),
    stops=st.sets(st.integers(0, 5)),
)
def test_sealed_in_any_steps_every_call_is_sealed_once_and_holds(told, tmp_path_factory, made, stops):
    folder = tmp_path_factory.mktemp("calls")
    records = [told(n, day=day) for n, day in made]
    for day in sorted({*stops, 6}):
        now = datetime(2026, 3, 3 + day, tzinfo=UTC)
        known = [r for r in records if r.scored_at <= now]
        seal(folder, calls_in(known), now=now)
    if not records:
        return
    found = verify(folder, records=records)
    assert found.broken is None
    assert found.n_calls == len({(r.id, r.scored_at) for r in records})
    assert json.loads(lines(folder, CHAIN)[0])["previous"] == GENESIS
