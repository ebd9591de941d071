"""How often a study finds something where there is nothing: as often as it says, 5 % of its tests before any correction."""

from pathlib import Path

import pytest

pytest.importorskip("exchange_calendars", reason="the study extra is not installed")
pytestmark = pytest.mark.slow
BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def test_of_tests_without_an_effect_about_one_in_twenty_is_below_five_percent(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import study_flow

    found = study_flow.false_finds(40, seed=2000, n_stories=200)
    every = [finds for row in found.values() for finds in row]
    assert len(every) > 500
    by_p, by_interval = (sum(one[n] for one in every) / len(every) for n in (0, 1))
    # rows of one market depend on each other: forty markets give the share to two or three points
    assert 0.02 < by_p < 0.085
    assert 0.02 < by_interval < 0.1
