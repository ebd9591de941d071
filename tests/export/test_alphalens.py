"""alphalens-reloaded loads the export: a planted effect is found, none is found where there is none."""

import warnings
from dataclasses import replace
from datetime import timedelta

import pytest

pytest.importorskip("exchange_calendars", reason="the study extra is not installed")
pytest.importorskip("alphalens", reason="the alphalens extra is not installed")
import numpy as np
import pandas as pd

from labtape.export import aggregate, factor, long
from labtape.export.mean import sessions

pytestmark = pytest.mark.slow

TICKERS = [f"NASDAQ:T{n}" for n in range(12)]
START, END = pd.Timestamp("2025-03-03").date(), pd.Timestamp("2026-03-02").date()


@pytest.fixture(scope="module")
def alphalens():
    """alphalens-reloaded 0.5.1; its own imports warn under pandas 3, matplotlib draws on no screen."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import matplotlib as mpl

        mpl.use("Agg")
        import alphalens.performance
        import alphalens.tears
        import alphalens.utils
    return alphalens


@pytest.fixture(scope="module")
def days():
    return list(sessions("NASDAQ", START, END))


@pytest.fixture(scope="module")
def news(told, days):
    """Every session two thirds of the tickers are in the news, while New York is open, with a score that was drawn."""
    random = np.random.default_rng(11)
    records = []
    for n, day in enumerate(days[:-15]):
        at = pd.Timestamp(f"{day}T15:00Z").to_pydatetime()
        for ticker in TICKERS:
            if random.random() < 2 / 3:
                score = float(random.uniform(-0.9, 0.9))
                records.append(told(f"{ticker}-{n}", at, score, target=f"ticker:{ticker}"))
    return records


def prices(series, days, effect, later=1):
    """Closes that go up by `effect` times the series in the session after, or so many `later`, and by chance."""
    random = np.random.default_rng(3)
    moves = pd.DataFrame(
        random.normal(0, 0.01, (len(days), len(TICKERS))), index=pd.DatetimeIndex(days), columns=TICKERS
    )
    known = series.unstack("asset").reindex(moves.index)[TICKERS].fillna(0.0)
    return 100 * (1 + moves + effect * known.shift(later, fill_value=0.0)).cumprod()


@pytest.mark.parametrize(("effect", "low", "high"), [(0.01, 0.2, 1.0), (0.0, -0.05, 0.05)])
@pytest.mark.parametrize("tz", [None, "UTC"])
def test_alphalens_loads_the_factor_and_finds_what_was_planted(alphalens, news, days, tz, effect, low, high):
    frame = aggregate(long(news), half_life=1)
    series = factor(frame, tz=tz)
    closes = prices(factor(frame), days, effect)
    closes = closes if tz is None else closes.tz_localize(tz)
    with warnings.catch_warnings():  # pandas 3 under alphalens 0.5.1; of labtape nothing is called in here
        warnings.simplefilter("ignore")
        clean = alphalens.utils.get_clean_factor_and_forward_returns(
            series, closes, periods=(1, 5, 10), quantiles=3, max_loss=0.0
        )
        ic = alphalens.performance.factor_information_coefficient(clean).mean()
        by_quantile, _ = alphalens.performance.mean_return_by_quantile(clean)
    assert len(clean) == len(series)
    assert clean["factor"].tolist() == pytest.approx(series.tolist())
    assert low < ic["1D"] < high
    spread = by_quantile["1D"].iloc[-1] - by_quantile["1D"].iloc[0]
    assert (spread > 0.005) == (effect > 0)


def mean_ic(alphalens, series, closes):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        clean = alphalens.utils.get_clean_factor_and_forward_returns(
            series, closes, periods=(1,), quantiles=3, max_loss=0.01
        )
        return float(alphalens.performance.factor_information_coefficient(clean)["1D"].mean())


def test_a_move_before_the_news_was_available_is_not_found_and_by_published_at_it_would_be(
    alphalens, news, days
):
    """Prices move up to the close of the session of the news; it was published the day before, and nobody had it."""
    early = [replace(r, published_at=r.available_at - timedelta(days=1)) for r in news]
    leaking = [replace(r, available_at=r.published_at) for r in early]
    ours, theirs = (factor(aggregate(long(records), half_life=1)) for records in (early, leaking))
    drawn = long(news).reset_index().set_index(["session", "asset"])["score"]
    closes = prices(drawn, days, 0.01, later=0)
    later = theirs[theirs.index.get_level_values("date") >= pd.Timestamp(days[0])]
    assert abs(mean_ic(alphalens, ours, closes)) < 0.05
    assert mean_ic(alphalens, later, closes) > 0.15


def test_the_tear_sheets_are_drawn(alphalens, news, days, capsys):
    series = factor(aggregate(long(news), half_life=1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import matplotlib.pyplot as plt

        clean = alphalens.utils.get_clean_factor_and_forward_returns(
            series, prices(series, days, 0.01), periods=(1, 5), quantiles=3, max_loss=0.0
        )
        alphalens.tears.create_information_tear_sheet(clean)
        alphalens.tears.create_returns_tear_sheet(clean)
        plt.close("all")
    assert "Information Analysis" in capsys.readouterr().out
