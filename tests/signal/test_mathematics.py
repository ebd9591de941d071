from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labtape.signal.mathematics import conformal_set, conformal_threshold, label_of, rounded, softmax

logits = st.fixed_dictionaries({k: st.floats(-50, 50) for k in ("Bullish", "Neutral", "Bearish")})


@given(logits)
def test_rounded_probabilities_sum_to_exactly_one_in_ten_thousandths(values: dict[str, float]) -> None:
    p = rounded(softmax(values))
    assert sum(round(x * 10_000) for x in p.values()) == 10_000
    assert all(0 <= x <= 1 for x in p.values())


@given(logits, st.floats(0, 1))
def test_a_conformal_set_begins_with_the_label(values: dict[str, float], threshold: float) -> None:
    p = softmax(values)
    assert p[conformal_set(p, threshold)[0]] == p[label_of(p)]


def test_a_threshold_covers_the_wanted_part() -> None:
    scores = [k / 100 for k in range(100)]
    threshold = conformal_threshold(scores, 0.9)
    assert 0.9 <= sum(s <= threshold for s in scores) / 100 <= 0.92
