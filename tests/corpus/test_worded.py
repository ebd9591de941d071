import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.corpus.worded import is_worded, values_of


@pytest.mark.parametrize(
    ("surface", "value"),
    [
        ("61%", 61), ("61 per cent", 61), ("61pct", 61), ("-4.5%", 4.5), ("1,063.79%", 1063.79), ("６１％", 61),
        ("fifty-six percent", 56), ("Two percent", 2), ("25 basis points", 0.25), ("25 basis points", 25),
        ("6.7% to 12%", 6.7), ("6.7% to 12%", 12), ("5-10%", 10), ("3 percentage points", 3), ("21", 21),
        ("half", 50), ("a third", 33.33), ("one-third", 33.3), ("two-thirds", 66.67), ("three quarters", 75),
        ("one in four", 25), ("one person in six", 16.67), ("nine out of the top 10", 90), ("1 in 8", 12.5),
        ("two of every nine", 22.22), ("3/5", 60), ("六成", 60), ("六成半", 65), ("两成以上", 20), ("七八成", 70),
        ("百分之三十", 30), ("三分之二", 66.67), ("过半", 50), ("3个百分点", 3), ("2.5成", 25),
        ("三成一", 31), ("兩成五", 25), ("五折", 50), ("八折", 20), ("六六折", 34), ("对折", 50), ("八个百分点", 8),
        ("每十家医院里就有三家", 30), ("前十名里有七个", 70), ("half a percent", 0.5), ("a point and a half", 1.5), ("nine and a half per cent", 9.5),
        ("a twentieth", 5), ("71 cents of every programming dollar", 71), ("halved", 50),
    ],
)  # fmt: skip
def test_a_figure_has_the_value_of_its_words(surface, value):
    assert is_worded(value, surface)


@pytest.mark.parametrize(
    ("surface", "value"), [("61%", 16), ("a third", 30), ("one in four", 4), ("六成", 6)]
)
def test_and_no_other(surface, value):
    assert not is_worded(value, surface)


@given(st.text())
def test_any_text_has_some_values_or_none(text):
    assert all(value >= 0 for value in values_of(text))
