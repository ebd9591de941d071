import json

import pytest

from labtape.exceptions import SettingsError
from labtape.report.after_chart import AfterLine, after_chart, after_spec

UP = AfterLine(
    "Bullish", 1, 40, True, ((-1, 0.001, -0.002, 0.003), (0, 0.0, 0.0, 0.0), (1, 0.01, 0.004, 0.016))
)
DOWN = AfterLine(
    "Bearish", -1, 12, False, ((-1, 0.0, -0.01, 0.01), (0, 0.0, 0.0, 0.0), (1, -0.02, -0.04, 0.0))
)
TOLD = {"title": "What followed", "about": ("one", "two"), "measure": "mean return"}


def test_lines_and_bands_are_in_percent_under_names_that_say_how_many():
    pytest.importorskip("altair")
    spec = json.dumps(after_spec((DOWN, UP), **TOLD))
    for part in (
        '"mean": 1.0',
        '"low": -4.0',
        "Bullish (n = 40)",
        "Bearish (n = 12, too few)",
        '"background": "white"',
    ):
        assert part in spec
    assert spec.index("#0b7a4f") < spec.index("#b42a20")  # up is green and first, down is red


@pytest.mark.parametrize(
    ("name", "starts"),
    [
        ("p.svg", b"<svg"),
        pytest.param("p.png", b"\x89PNG", marks=pytest.mark.slow),
        pytest.param("p.html", b"<!DOCTYPE html>", marks=pytest.mark.slow),
    ],
)
def test_it_is_drawn_in_every_form(tmp_path, name, starts):
    pytest.importorskip("vl_convert")
    after_chart((UP, DOWN), tmp_path / name, **TOLD)
    assert (tmp_path / name).read_bytes().lstrip().startswith(starts)


def test_nothing_to_draw_and_other_endings_are_said(tmp_path):
    with pytest.raises(SettingsError, match="nothing to draw"):
        after_chart((), tmp_path / "p.svg", **TOLD)
    with pytest.raises(SettingsError, match=r"have: \.svg, \.png, \.html"):
        after_chart((UP,), tmp_path / "p.gif", **TOLD)
