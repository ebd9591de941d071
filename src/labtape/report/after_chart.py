"""The mean way of prices after verdicts, with bands, drawn by Altair on white."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labtape.exceptions import SettingsError
from labtape.report.chart import check_chart_name, rendered
from labtape.report.write import write_bytes

_WIDTH, _HEIGHT = 620, 340
_INK, _QUIET = "#1b1d21", "#5c636e"
_COLOURS = {1: ("#0b7a4f", "#5aa02c"), 0: ("#6b7280", "#1f4fbf"), -1: ("#b42a20", "#c2571a")}
_MOST = 6  # lines that can be told apart
AnyChart = Any  # Altair's methods give back unions of all kinds of charts
Spec = dict[str, Any]  # Any: Vega-Lite nests as it likes


@dataclass(frozen=True, slots=True)
class AfterLine:
    """The mean way after a label that points up (1), down (-1) or nowhere (0): (session, mean, low, high), fractions, 0 at the entry."""

    label: str
    sign: int
    n: int
    is_enough: bool
    points: tuple[tuple[int, float, float, float], ...]

    @property
    def name(self) -> str:
        return f"{self.label} (n = {self.n}{'' if self.is_enough else ', too few'})"


def after_chart(
    lines: Sequence[AfterLine], path: Path, *, title: str, about: Sequence[str], measure: str
) -> None:
    """Draw the lines as .svg, .png or .html (which loads nothing).

    Raises `SettingsError` for another ending, when there is nothing to draw, or when the chart library is missing.
    """
    check_chart_name(path)
    if not lines:
        raise SettingsError(
            f"{path}: nothing to draw; no verdict has prices over all sessions of the picture"
        )

    def spec() -> Spec:
        return after_spec(lines, title=title, about=about, measure=measure)

    write_bytes(path, rendered(spec, path.suffix.lower()))


def after_spec(lines: Sequence[AfterLine], *, title: str, about: Sequence[str], measure: str) -> Spec:
    """The Vega-Lite specification: a line and its band for each label, a rule at the entry."""
    import altair as alt

    shown = sorted(lines, key=lambda line: -line.n)[:_MOST]
    shown.sort(key=lambda line: (-line.sign, line.label))
    values = [
        {"line": line.name, "session": k, "mean": mean * 100, "low": low * 100, "high": high * 100}
        for line in shown
        for k, mean, low, high in line.points
    ]
    base: AnyChart = alt.Chart(alt.Data(values=values))  # type: ignore[no-untyped-call]  # Altair's schema has no types
    scale = alt.Scale(domain=[line.name for line in shown], range=_colours(shown))
    colour = alt.Color(
        "line:N",
        scale=scale,
        legend=alt.Legend(
            orient="top",
            title=None,
            symbolType="stroke",
            symbolStrokeWidth=3,
            symbolOpacity=1,
            labelLimit=320,
        ),
    )
    positions = [k for line in shown for k, *_ in line.points]
    first, last = min(positions), max(positions)
    ticks = [k for k in range(first, last + 1) if k % 5 == 0]
    x = alt.X(
        "session:Q",
        title="sessions from the entry",
        scale=alt.Scale(domain=[first, last], nice=False),
        axis=alt.Axis(
            values=ticks, grid=False, labelExpr="datum.value > 0 ? '+' + datum.value : datum.value"
        ),
    )
    y_title = f"{measure}, %"
    y = alt.Y(
        "mean:Q",
        title=y_title,
        axis=alt.Axis(tickCount=6, labelExpr="datum.value ? format(datum.value, '+.1f') : '0'"),
    )
    entry: AnyChart = alt.Chart(alt.Data(values=[{"at": 0, "words": "entry"}]))  # type: ignore[no-untyped-call]
    nothing: AnyChart = alt.Chart(alt.Data(values=[{"at": 0}]))  # type: ignore[no-untyped-call]
    chart: AnyChart = alt.layer(
        nothing.mark_rule(color="#b9b5aa").encode(y=alt.Y("at:Q", title=y_title)),
        entry.mark_rule(color="#b9b5aa", strokeDash=[4, 4]).encode(x=alt.X("at:Q")),
        entry.mark_text(align="left", dx=5, y=8, color=_QUIET, fontSize=11).encode(x="at:Q", text="words:N"),
        base.mark_area(opacity=0.16).encode(x=x, y=alt.Y("low:Q", title=y_title), y2="high:Q", color=colour),
        base.mark_line(strokeWidth=2.2).encode(x=x, y=y, color=colour),
    ).properties(width=_WIDTH, height=_HEIGHT, title=alt.TitleParams(title, subtitle=list(about)))
    made: Spec = (
        chart.properties(background="white", padding=18)
        .configure(font="Helvetica, Arial, sans-serif")
        .configure_axis(
            gridColor="#eceae4", domainColor="#b9b5aa", tickColor="#b9b5aa", labelColor=_QUIET, titleColor=_QUIET,
            titleFontWeight="normal",
        )
        .configure_view(stroke=None)
        .configure_title(
            anchor="start", frame="group", fontSize=15, color=_INK, subtitleColor=_QUIET, subtitleFontSize=11.5, offset=10
        )
        .configure_legend(labelColor=_INK, labelFontSize=12)
        .to_dict()
    )  # fmt: skip
    return made


def _colours(lines: Sequence[AfterLine]) -> list[str]:
    """Green for up, red for down, grey for neither; another shade for the second of a side."""
    seen: dict[int, int] = {}
    made = []
    for line in lines:
        n = seen.get(line.sign, 0)
        seen[line.sign] = n + 1
        shades = _COLOURS[line.sign]
        made.append(shades[n % len(shades)])
    return made
