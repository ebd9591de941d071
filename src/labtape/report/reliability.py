"""The reliability diagram of a model: how often verdicts are right, over how sure they are, drawn by Altair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labtape.exceptions import SettingsError

_WIDTH, _HEIGHT, _COUNTS = 460, 330, 90
_INK, _QUIET = "#1b1d21", "#5c636e"
_COLOURS = ("#b5651d", "#1f4fbf")
_ASIDE = 0.006  # two curves at the same certainty stand beside each other
_TICKS = [round(0.1 * k, 1) for k in range(11)]
AnyChart = Any  # Altair's methods give back unions of all kinds of charts
Spec = dict[str, Any]  # Any: Vega-Lite nests as it likes


@dataclass(frozen=True, slots=True)
class Bin:
    """Verdicts whose certainty lies over `low` and at most at `high`: how many, how sure on average, how often right.

    `right_low` and `right_high` are the 95 % interval (Wilson's) of the hit rate.
    """

    low: float
    high: float
    n: int
    certainty: float
    right: float
    right_low: float
    right_high: float


def reliability_spec(curves: Mapping[str, Sequence[Bin]], *, title: str) -> Spec:
    """The Vega-Lite specification: curves by name over the line of perfect calibration, and the counts below."""
    import altair as alt

    names = list(curves)
    shifts = dict(zip(names, (-_ASIDE, _ASIDE) if len(names) > 1 else (0.0,), strict=False))
    values = [_values(name, found, shifts[name]) for name, own in curves.items() for found in own]
    base: AnyChart = alt.Chart(alt.Data(values=values))  # type: ignore[no-untyped-call]  # Altair's schema has no types
    legend = alt.Legend(orient="top", title=None, symbolType="circle", symbolOpacity=1)
    colour = alt.Color(
        "curve:N", legend=legend, scale=alt.Scale(domain=names, range=list(_COLOURS[: len(names)]))
    )
    axis = alt.Axis(values=_TICKS, format=".1f")
    x = alt.X("shown:Q", title="how sure (mean certainty of the bin)", scale=_unit(), axis=axis)
    y = alt.Y("right:Q", title="how often right", scale=_unit(), axis=axis)
    ends: AnyChart = alt.Chart(alt.Data(values=[{"at": 0.0}, {"at": 1.0}]))  # type: ignore[no-untyped-call]
    perfect = ends.mark_line(color="#b9b5aa", strokeDash=[5, 4]).encode(
        x=alt.X("at:Q", scale=_unit()), y=alt.Y("at:Q", scale=_unit())
    )
    upper = alt.layer(
        perfect,
        base.mark_rule(strokeWidth=1.5, opacity=0.45).encode(
            x=x,
            y=alt.Y("right_low:Q", title="how often right", scale=_unit()),
            y2="right_high:Q",
            color=colour,
        ),
        base.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour),
        base.mark_circle(size=62, opacity=1).encode(x=x, y=y, color=colour),
    ).properties(width=_WIDTH, height=_HEIGHT, title=title)
    lower = (
        base.mark_bar()
        .encode(
            x=alt.X("bar_low:Q", title=None, scale=_unit(), axis=axis),
            x2="bar_high:Q",
            y=alt.Y("n:Q", title="articles", scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=4)),
            y2=alt.datum(0),
            color=alt.Color(
                "curve:N", legend=None, scale=alt.Scale(domain=names, range=list(_COLOURS[: len(names)]))
            ),
        )
        .properties(width=_WIDTH, height=_COUNTS)
    )
    chart = (
        alt.vconcat(upper, lower, spacing=14, background="white", padding=18)
        .configure(font="Helvetica, Arial, sans-serif")
        .configure_axis(
            gridColor="#eceae4", domainColor="#b9b5aa", tickColor="#b9b5aa", labelColor=_QUIET, titleColor=_QUIET,
            titleFontWeight="normal",
        )
        .configure_view(stroke=None)
        .configure_title(anchor="start", frame="group", fontSize=14, color=_INK, offset=8)
        .configure_legend(labelColor=_INK, labelFontSize=12)
    )  # fmt: skip
    spec: Spec = chart.to_dict()
    return spec


def reliability_svg(curves: Mapping[str, Sequence[Bin]], *, title: str) -> str:
    """The diagram as SVG; raises `SettingsError` where the chart library is missing."""
    try:
        import altair as alt
        import vl_convert
    except ImportError as e:
        raise SettingsError("charts need Altair and vl-convert: pip install 'labtape[charts]'") from e
    version = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    return str(vl_convert.vegalite_to_svg(reliability_spec(curves, title=title), vl_version=version))


def _unit() -> Any:  # Any: Altair's scale, where Altair is here
    import altair as alt

    return alt.Scale(domain=[0, 1], nice=False)


def _values(curve: str, found: Bin, shift: float) -> Spec:
    """The numbers of a point; bars of two curves share the width of their bin."""
    low, high = found.low + 0.004, found.high - 0.004
    middle = (low + high) / 2
    bar = (low, high) if not shift else (low, middle) if shift < 0 else (middle, high)
    return {
        "curve": curve,
        "shown": round(found.certainty + shift, 4),
        "right": found.right,
        "right_low": found.right_low,
        "right_high": found.right_high,
        "n": found.n,
        "bar_low": round(bar[0], 4),
        "bar_high": round(bar[1], 4),
    }
