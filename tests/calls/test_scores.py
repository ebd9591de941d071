"""What followed sealed calls, and how good they were."""

import math
import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

pytest.importorskip("exchange_calendars", reason="the study extra is not installed")
import pandas as pd

from labtape.calls import calls_in, outcomes, read_sealed, scores, seal
from labtape.calls.chain import due
from labtape.calls.nouns import Sealed
from labtape.calls.outcomes import Outcomes
from labtape.exceptions import SettingsError
from labtape.proportions import wilson
from labtape.study.sessions import first_session

BULL = {"Bullish": 0.8, "Neutral": 0.15, "Bearish": 0.05}
BEAR = {"Bullish": 0.05, "Neutral": 0.15, "Bearish": 0.8}


SHUT = (
    "2025-11-27", "2025-12-25", "2026-01-01", "2026-01-19", "2026-02-16", "2026-04-03", "2026-05-25", "2026-06-19",
    "2026-07-03", "2026-09-07", "2026-11-26", "2026-12-25",
)  # fmt: skip  # New York
DAYS = [d for d in map(str, pd.bdate_range("2025-11-03", "2026-12-31").date) if d not in SHUT]


def frame(**lines):
    """Closes by ticker, from the first day on."""
    columns = {
        f"NASDAQ:{name}": pd.Series(closes, index=pd.to_datetime(DAYS[: len(closes)]))
        for name, closes in lines.items()
    }
    return pd.DataFrame(columns)


def wobble(n, size=0.01, start=100.0):
    """Closes that go up and down by turns: volatility without drift."""
    closes = [start]
    for i in range(n - 1):
        closes.append(closes[-1] * (1 + size if i % 2 else 1 / (1 + size)))
    return closes


def sealed_at_once(records, now):
    days = due(calls_in(records), (), frozenset(), now=now)
    for day in days:
        ours = [c for c in calls_in(records) if c.day == day.seal.day]
        yield from (Sealed(call, day.seal, late=False) for call in ours)


NOW = datetime(2026, 3, 3, tzinfo=UTC)
ENTRY = DAYS.index("2026-03-02")


def one(told, closes, **options):
    records = [told(1, p=options.pop("p", BULL))]
    return outcomes(sealed_at_once(records, options.pop("now", NOW)), frame(NVDA=closes), **options)


def test_a_return_beyond_half_a_deviation_of_the_horizon_is_bullish(told):
    closes = wobble(ENTRY + 1)
    sigma = pd.Series([b / a - 1 for a, b in pairwise(closes)][-60 - 1 : -1]).std()
    band = 0.5 * sigma * math.sqrt(5)
    for value, expected in [(band * 1.01, "Bullish"), (band * 0.99, "Neutral"), (-band * 1.01, "Bearish")]:
        after = [closes[-1]] * 4 + [closes[-1] * (1 + value)]
        (found,) = one(told, closes + after).scored
        assert (found.horizon, found.entry, found.outcome) == ("short", "2026-03-02", expected)
        assert found.band == pytest.approx(band)
        assert found.value == pytest.approx(value)


def test_what_the_price_does_after_the_entry_does_not_move_the_band(told):
    calm, wild = wobble(ENTRY + 1), [300.0, 30.0, 300.0, 30.0, 120.0]
    (found,) = one(told, calm + wild).scored
    (other,) = one(told, calm + wobble(5)).scored
    assert found.band == other.band


def test_the_long_horizon_is_scored_when_60_sessions_have_passed(told):
    closes = wobble(ENTRY + 1)
    assert [s.horizon for s in one(told, closes + [100.0] * 59).scored] == ["short"]
    assert [s.horizon for s in one(told, closes + [100.0] * 60).scored] == ["short", "long"]


def test_with_a_benchmark_its_return_is_taken_off(told):
    closes = wobble(ENTRY + 1)
    up = [closes[-1] * 1.2] * 5
    prices = frame(NVDA=closes + up, QQQ=[50.0] * (ENTRY + 1) + [60.0] * 5)
    (found,) = outcomes(sealed_at_once([told(1, p=BULL)], NOW), prices, benchmarks={"": "NASDAQ:QQQ"}).scored
    assert (found.value, found.outcome) == (pytest.approx(0.0), "Neutral")
    with pytest.raises(
        SettingsError, match="benchmark NASDAQ:SPY: no such ticker in the prices; have: NASDAQ:NVDA"
    ):
        outcomes((), prices[["NASDAQ:NVDA"]], benchmarks={"": "NASDAQ:SPY"})


def test_what_cannot_be_scored_is_counted_by_reason(told):
    records = [
        told(1),
        told(2, target="ticker:NASDAQ:AMD"),
        told(3, target="ticker:MARS:X"),
        told(4, day=100),
    ]
    found = outcomes(
        sealed_at_once(records, datetime(2026, 7, 1, tzinfo=UTC)), frame(NVDA=wobble(ENTRY + 30))
    )
    assert dict(found.unscored) == {
        "no calendar of the exchange": 2,
        "no prices of the ticker": 2,
        "the horizon has not passed": 3,
    }
    few = outcomes(sealed_at_once([told(1)], NOW), frame(NVDA=wobble(ENTRY + 30)).iloc[ENTRY - 19 :])
    assert few.unscored["too few closes before for a volatility"] == 1
    gone = frame(NVDA=wobble(ENTRY + 30)).drop(index="2026-03-02")
    assert outcomes(sealed_at_once([told(1)], NOW), gone).unscored["no close in the first session"] == 2


def test_a_seal_after_the_first_close_does_not_prove_that_the_call_came_before(told):
    closes = wobble(ENTRY + 10)
    assert [s.before for s in one(told, closes, now=datetime(2026, 3, 3, 0, 0, tzinfo=UTC)).scored] == [False]
    after_hours = [
        told(1, hour=22, p=BULL)
    ]  # New York has closed: the return begins with the close of the next day
    (found,) = outcomes(sealed_at_once(after_hours, NOW), frame(NVDA=closes)).scored
    assert (found.entry, found.before) == ("2026-03-03", True)


def test_counted_from_the_seal_every_call_is_from_before(told):
    (found,) = one(told, wobble(ENTRY + 10), entry="seal").scored
    assert (found.entry, found.before) == ("2026-03-03", True)


def scored(told, cases):
    """Calls with what followed: (probabilities, outcome, day)."""
    closes = {"Bullish": 1.5, "Neutral": 1.0, "Bearish": 0.5}
    found = []
    for n, (p, outcome, day) in enumerate(cases):
        record = told(n, day=day, p=p)
        (call,) = sealed_at_once([record], record.scored_at + timedelta(days=1))
        entry = first_session(record.available_at, "NASDAQ")
        before = wobble(DAYS.index(entry) + 1)
        found += outcomes([call], frame(NVDA=before + [before[-1] * closes[outcome]] * 5)).scored
    assert [s.outcome for s in found] == [outcome for _, outcome, _ in cases]
    return found


def test_the_scores_are_those_of_the_textbook(told):
    found = scores(scored(told, [(BULL, "Bullish", 0), (BULL, "Bearish", 1), (BEAR, "Neutral", 2)]))
    calls, rates, neutral, third = found.rows
    expected = [0.2**2 + 0.15**2 + 0.05**2, 0.8**2 + 0.15**2 + 0.95**2, 0.05**2 + 0.85**2 + 0.8**2]
    assert calls.brier.value == pytest.approx(sum(expected) / 3)
    assert calls.log_loss.value == pytest.approx(-(math.log(0.8) + math.log(0.05) + math.log(0.15)) / 3)
    assert (calls.hit.value, calls.hit.n, calls.opposite.value) == (1 / 3, 3, 1 / 3)
    assert calls.hit.interval == wilson(1, 3)
    assert rates.brier.value == pytest.approx(2 / 3) == third.brier.value
    assert rates.hit.value == pytest.approx(1 / 3)
    assert neutral.brier.value == pytest.approx(2 * 2 / 3)
    assert neutral.log_loss.value == pytest.approx(-math.log(0.001) * 2 / 3)
    assert calls.skill.value == pytest.approx(1 - sum(expected) / 2)


def test_few_blocks_give_no_interval_for_means(told):
    rows = scores(scored(told, [(BULL, "Bullish", day) for day in range(4)])).rows
    assert [row.n_blocks for row in rows] == [1] * 4
    assert all(row.brier.interval is None for row in rows)
    many = scores(scored(told, [(BULL, ("Bullish", "Neutral")[day % 2], 7 * day) for day in range(12)])).rows[
        0
    ]
    assert many.n_blocks == 12
    assert many.brier.interval[0] < many.brier.value < many.brier.interval[1]


def test_skill_is_found_where_it_was_planted_and_not_where_there_is_none(told):
    draw = random.Random(5)
    truth = [draw.choice(["Bullish", "Bearish"]) for _ in range(40)]
    knows = [(BULL if t == "Bullish" else BEAR, t, 4 * n) for n, t in enumerate(truth)]
    blind = [(draw.choice([BULL, BEAR]), t, 4 * n) for n, t in enumerate(truth)]
    planted, empty = scores(scored(told, knows)).rows[0], scores(scored(told, blind)).rows[0]
    assert planted.skill.interval[0] > 0.5
    assert planted.hit.interval[0] > 0.8
    assert empty.skill.value < 0.1
    assert empty.hit.interval[0] < 0.5 < empty.hit.interval[1]


def test_the_surest_wrong_calls_are_listed_first_those_that_went_the_other_way(told):
    unsure = {"Bullish": 0.5, "Neutral": 0.4, "Bearish": 0.1}
    found = scores(
        scored(
            told, [(BULL, "Neutral", 0), (unsure, "Bearish", 1), (BULL, "Bearish", 2), (BULL, "Bullish", 3)]
        ),
        worst=2,
    )
    assert [(s.call.record, s.is_opposite) for s in found.worst] == [("a0002", True), ("a0001", True)]
    assert found.n_wrong == 3


def test_reliability_counts_each_call_in_one_bin(told):
    found = scores(scored(told, [(BULL, "Bullish", 0), (BEAR, "Bearish", 1), (BULL, "Neutral", 2)]))
    (bin_,) = found.bins
    assert (bin_.low, bin_.high, bin_.came_true.n) == (0.7, 0.8, 3)
    assert (bin_.mean_p, bin_.came_true.value) == (pytest.approx(0.8), pytest.approx(2 / 3))


def test_nothing_scored_is_no_table():
    assert scores(Outcomes((), {}).scored).rows == ()


def test_sealed_calls_are_scored_as_they_lie_in_the_folder(told, tmp_path):
    made = seal(tmp_path, calls_in([told(1, p=BULL)]), now=NOW)
    (found,) = outcomes(read_sealed(tmp_path, made), frame(NVDA=wobble(ENTRY + 10))).scored
    assert (found.call.record, found.p_label) == ("a0001", 0.8)
