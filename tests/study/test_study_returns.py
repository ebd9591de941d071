import numpy as np
import pandas as pd
import pytest

pytest.importorskip("exchange_calendars", reason="the study extra is not installed")
from studied import DAYS, closes, noise

from labtape.exceptions import SettingsError
from labtape.study import Prices
from labtape.study.returns import tracks

N = len(DAYS)


def one(frame, ticker="nasdaq:a", **given):
    prices = frame if isinstance(frame, Prices) else Prices(frame)
    return tracks(prices, benchmarks=given.pop("benchmarks", {}), **given)[ticker]


def test_returns_are_from_close_to_close_and_only_as_far_as_prices_go():
    track = one(closes(DAYS[:4], NASDAQ_A=[0, 0.1, 0.1, -0.5]))
    assert track.returns(0, 1) == pytest.approx([0.1, 0.1, -0.5, np.nan], nan_ok=True)
    assert track.returns(0, 2) == pytest.approx([0.21, -0.45, np.nan, np.nan], nan_ok=True)
    assert track.returns(-1, 0) == pytest.approx([np.nan, 0.1, 0.1, -0.5], nan_ok=True)
    assert np.isnan(track.abnormal(0, 1)).all()  # one ticker is no market
    assert track.method(1) == "none"


def test_the_market_model_is_that_of_a_regression_over_the_sessions_before():
    market, own = noise(1), noise(2)
    steps = 0.0005 + 1.4 * market + own
    track = one(closes(NASDAQ_A=steps, INDEX_M=market), benchmarks={"": "INDEX:M"})
    at = 300
    window = slice(at - 11 - 119, at - 11 + 1)
    beta, alpha = np.polyfit(market[window], steps[window], 1)
    assert (track.alpha[at], track.beta[at], track.n_estimation[at]) == pytest.approx((alpha, beta, 120))
    expected = sum(steps[at + k] - alpha - beta * market[at + k] for k in range(1, 6))
    assert track.abnormal(0, 5)[at] == pytest.approx(expected)
    before = sum(steps[at + k] - alpha - beta * market[at + k] for k in range(-4, 1))
    assert track.abnormal(-5, 0)[at] == pytest.approx(before)
    assert track.method(at) == "market model"


def test_with_few_returns_before_the_market_is_taken_off_as_it_is():
    market, own = noise(1), noise(2)
    track = one(closes(NASDAQ_A=2 * market + own, INDEX_M=market), benchmarks={"": "INDEX:M"})
    assert track.method(70) == "market-adjusted"  # 11 sessions lie between, 59 returns before them
    assert track.method(71) == "market model"
    assert track.abnormal(0, 1)[70] == pytest.approx(market[71] + own[71])


def test_nothing_after_the_gap_before_an_entry_moves_its_model():
    market, steps = noise(1), noise(2)
    moved = steps.copy()
    moved[290:] += 0.5
    before, after = (
        one(closes(NASDAQ_A=s, INDEX_M=market), benchmarks={"": "INDEX:M"}) for s in (steps, moved)
    )
    assert after.alpha[300] == before.alpha[300]
    assert after.alpha[301] != before.alpha[301]


def test_the_mean_of_the_others_is_the_market_where_there_are_five():
    steps = {f"NASDAQ_{n}": noise(k) for k, n in enumerate("ABCDE")}
    track = one(closes(**steps))
    mean = sum(steps[f"NASDAQ_{n}"] for n in "BCDE") / 4
    assert track.market_steps[1:] == pytest.approx(mean[1:])
    assert "4" in track.market
    assert one(closes(**dict(list(steps.items())[:4]))).market is None


def test_a_jump_of_its_own_is_not_in_its_market():
    steps = {f"NASDAQ_{n}": noise(k) for k, n in enumerate("ABCDE")}
    jumped = steps | {"NASDAQ_A": steps["NASDAQ_A"] + 0.2 * (np.arange(N) == 300)}
    got = one(closes(**jumped)).abnormal(0, 1)[299] - one(closes(**steps)).abnormal(0, 1)[299]
    assert got == pytest.approx(0.2)


def test_a_session_without_a_close_is_bridged_and_shifts_nothing():
    frame = closes(NASDAQ_A=noise(2), INDEX_M=noise(1))
    frame.iloc[302, 0] = np.nan
    track = one(frame, benchmarks={"": "INDEX:M"})
    a, m = frame["NASDAQ:A"], frame["INDEX:M"]
    assert np.isnan(track.returns(0, 2)[300])
    assert track.returns(0, 3)[300] == pytest.approx(a.iloc[303] / a.iloc[300] - 1)
    assert track.steps[303] == pytest.approx(a.iloc[303] / a.iloc[301] - 1)
    assert track.market_steps[303] == pytest.approx(m.iloc[303] / m.iloc[301] - 1)
    assert np.isnan(track.returns(0, 1)[302])  # nor can it be entered


def test_a_session_that_the_market_does_not_have_steps_over_nothing():
    days = ("2025-06-18", "2025-06-19", "2025-06-20")  # New York is closed on the 19th, Hong Kong is not
    frame = pd.DataFrame(
        {"HKEX:1": [100.0, 110, 121], "INDEX:SPX": [50.0, np.nan, 55]},
        index=pd.DatetimeIndex(days, name="date"),
    )
    track = one(frame, "hkex:1", benchmarks={"HKEX": "index:spx"})
    assert track.market_steps[1:] == pytest.approx([0, 0.1])


def test_an_entry_at_the_open_ends_at_the_same_number_of_closes():
    frame = closes(NASDAQ_A=noise(2), INDEX_M=noise(1))
    opens = frame.shift(1).bfill() * 1.01
    track = one(Prices(frame, opens), benchmarks={"": "INDEX:M"}, entry="open")
    a, m = frame["NASDAQ:A"].to_numpy(), frame["INDEX:M"].to_numpy()
    o, mo = opens["NASDAQ:A"].to_numpy(), opens["INDEX:M"].to_numpy()
    assert track.returns(0, 1)[300] == pytest.approx(a[300] / o[300] - 1)
    assert track.returns(0, 5)[300] == pytest.approx(a[304] / o[300] - 1)
    assert track.returns(-1, 0)[300] == pytest.approx(o[300] / a[299] - 1)
    alpha, beta = track.alpha[300], track.beta[300]
    day = (a[300] / o[300] - 1) - alpha - beta * (m[300] / mo[300] - 1)
    rest = (a[301] / a[300] - 1) - alpha - beta * (m[301] / m[300] - 1)
    assert track.abnormal(0, 2)[300] == pytest.approx(day + rest)
    night = (o[300] / a[299] - 1) - alpha - beta * (mo[300] / m[299] - 1)
    assert track.abnormal(-1, 0)[300] == pytest.approx(night)


def test_what_makes_no_market_is_said():
    frame = closes(DAYS[:5], NASDAQ_A=[0] * 5, INDEX_M=[0] * 5)
    with pytest.raises(
        SettingsError, match=r"benchmark INDEX:X: no such ticker in the prices; have: NASDAQ:A, INDEX:M"
    ):
        one(frame, benchmarks={"": "INDEX:X"})
    with pytest.raises(SettingsError, match="no exchange 'MARS'"):
        one(frame, benchmarks={"MARS": "INDEX:M"})
    with pytest.raises(SettingsError, match="the prices have no opens"):
        one(frame, entry="open")
    with pytest.raises(SettingsError, match="benchmark INDEX:M has no opens"):
        one(Prices(frame, frame[["NASDAQ:A"]]), benchmarks={"": "INDEX:M"}, entry="open")


def test_a_column_called_benchmark_is_the_benchmark():
    frame = closes(NASDAQ_A=noise(1), benchmark=noise(2))
    assert one(frame).market == "benchmark"
