"""Share claims as a chart, drawn by Altair: a step line per comparability key and holder, and the quotes behind the points.

What is drawn is decided in `chart_plan`; what is not comparable stands in panels of its own and is never joined.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labtape.exceptions import SettingsError
from labtape.foreign import shortened
from labtape.ledger import ShareRow, claim_words
from labtape.report.chart_plan import Panel, Plan, Point, Quoted, day_of, plan, wrapped
from labtape.report.wording import counted
from labtape.report.write import write_bytes

if TYPE_CHECKING:
    import altair as alt

SUFFIXES = (".svg", ".png", ".html")
_WIDTH, _HEIGHT, _STRIP = 760, 220, 44
_MARK = 170  # area of a mark, which holds its number
_BAR = 20  # pixels: an interval is seen behind its mark
_SUBTITLE = 128  # columns of a warning's line
_INK, _QUIET = "#1b1d21", "#5c636e"
_COLOURS = ["#1f4fbf", "#0b7a4f", "#8a5a00", "#6b3fa0", "#0e7490", "#4b5563"]
_MARKED = {"disputed": "#b42a20", "restated": "#9a958a"}
_LEAD, _GAP = 15, 9  # pixels from line to line, and between two quotes

Spec = dict[str, Any]  # Any: Vega-Lite nests as it likes
AnyChart = Any  # Altair's methods give back unions of all kinds of charts


def shares_chart(rows: Sequence[ShareRow], path: Path) -> None:
    """Draw some claims as .svg, .png or .html (which loads nothing): a panel per series, numbered quotes below.

    Raises `SettingsError` for another ending, when there is nothing to draw, or when the chart library is missing.
    """
    check_chart_name(path)
    if not rows:
        raise SettingsError(f"{path}: nothing to draw; no share claim in this time")
    write_bytes(path, rendered(lambda: chart_spec(rows), path.suffix.lower()))


def check_chart_name(path: Path) -> None:
    """Raise `SettingsError` unless the ending of the name is that of a chart."""
    if path.suffix.lower() not in SUFFIXES:
        raise SettingsError(f"{path}: no chart has this ending; have: {', '.join(SUFFIXES)}")


def chart_spec(rows: Sequence[ShareRow]) -> Spec:
    """The Vega-Lite specification. Only claims with equal comparability keys are joined by a line."""
    import altair as alt

    shown = plan(rows)
    parts: list[AnyChart] = [_line_panel(p) if p.has_times else _strip_panel(p) for p in shown.panels]
    if shown.alone:
        parts.append(_alone_panel(shown.alone))
    parts.append(_quotes(shown))
    chart = (
        alt.vconcat(*parts, spacing=26, background="white", padding=22)
        .resolve_scale(color="independent", x="independent", y="independent")
        .resolve_legend(color="independent")
        .configure(font="Helvetica, Arial, sans-serif")
        .configure_axis(
            gridColor="#eceae4",
            domainColor="#b9b5aa",
            tickColor="#b9b5aa",
            labelColor=_QUIET,
            titleColor=_QUIET,
            titleFontWeight="normal",
        )
        .configure_view(stroke=None)
        .configure_title(
            anchor="start",
            frame="group",
            fontSize=14,
            color=_INK,
            subtitleColor="#8a5a00",
            subtitleFontSize=11.5,
            offset=10,
        )
        .configure_range(category=_COLOURS)
    )
    spec: Spec = chart.to_dict()
    return spec


# ---------------------------------------------------------------- panels


def _title(text: str, *below: str) -> alt.TitleParams:
    import altair as alt

    lines = [line for words in below for line in wrapped(words, _SUBTITLE)]
    return alt.TitleParams(text, subtitle=lines) if lines else alt.TitleParams(text)


def _chart(values: list[Spec]) -> AnyChart:
    import altair as alt

    return alt.Chart(alt.Data(values=values))  # type: ignore[no-untyped-call]  # Altair's schema has no types


def _line_panel(panel: Panel) -> AnyChart:
    """Shares over time: steps that hold until the next figure, bars for what the wording allows, numbered marks."""
    import altair as alt

    points = [p for p in panel.points if p.at]
    colours = dict(zip(panel.lines, cycle(_COLOURS), strict=False))
    first, last = _domain(points)
    x_scale = alt.Scale(domain=[f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"], nice=False)
    x_axis = alt.Axis(
        format="%-d %b %Y", tickCount=6, tickMinStep=24 * 3600 * 1000, grid=False, labelFlush=False
    )
    y_scale = alt.Scale(
        domain=[0, min(round(max(p.row.high for p in points) * 1.18 + 0.5, 1), 112)], nice=False
    )
    x = alt.X("at:T", title=None, scale=x_scale, axis=x_axis)
    shown_x = alt.X("shown_at:T", title=None, scale=x_scale, axis=x_axis)
    y = alt.Y("value:Q", title="share, %", scale=y_scale)
    base = _chart([_values(p, colours[p.line]) | _shown_at(p, first, last) for p in points])
    legend = alt.Legend(orient="bottom", labelLimit=600, title=None) if len(panel.lines) > 1 else None
    line_colour = alt.Color(
        "line:N", legend=legend, scale=alt.Scale(domain=list(colours), range=list(colours.values()))
    )
    dash = alt.StrokeDash(
        "kind:N", legend=None, scale=alt.Scale(domain=["stated", "projected"], range=[[1, 0], [5, 4]])
    )
    return (
        alt.layer(
            _intervals(base, shown_x, alt.Y("low:Q", title="share, %", scale=y_scale), alt.Y2("high:Q")),
            base.transform_filter("datum.is_joined")
            .mark_line(interpolate="step-after", strokeWidth=2)
            .encode(x=x, y=y, color=line_colour, detail=["line:N", "kind:N"], strokeDash=dash),
            *_marks(base, shown_x, y),
        )
        .resolve_scale(color="independent")
        .properties(width=_WIDTH, height=_HEIGHT, title=_title(panel.title, *panel.warnings))
    )


def _strip_panel(panel: Panel) -> AnyChart:
    return _strip(panel.points, _title(panel.title, *panel.warnings), of_what=False)


def _alone_panel(points: Sequence[Point]) -> AnyChart:
    return _strip(points, _title("Single claims: no two of them make a line"), of_what=True)


def _strip(points: Sequence[Point], title: alt.TitleParams, *, of_what: bool) -> AnyChart:
    """Shares without a course of time: one under the other, each with the interval the wording allows."""
    import altair as alt

    below = _STRIP / 2 - 11
    y = alt.Y("number:O", title=None, sort=None, axis=None)
    scale = alt.Scale(domain=[0, 100])
    x = alt.X("value:Q", title="share, %", scale=scale)
    base = _chart([_values(p, _COLOURS[0]) | {"label": _label(p, of_what=of_what)} for p in points])
    words = base.mark_text(align="left", dy=-below - 4, fontSize=11, color=_INK, limit=_WIDTH).encode(
        x=alt.datum(0, type="quantitative", scale=scale), y=y, text="label:N"
    )
    bars = base.mark_rule(strokeWidth=_BAR - 8, opacity=0.2, yOffset=below).encode(
        x=alt.X("low:Q", title="share, %", scale=scale), x2="high:Q", y=y, color=_given_colour()
    )
    height = alt.Step(_STRIP)
    return alt.layer(words, bars, *_marks(base, x, y, down=below)).properties(
        width=_WIDTH, height=height, title=title
    )


def _intervals(base: AnyChart, x: alt.X, low: alt.Y, high: alt.Y2) -> AnyChart:
    return base.mark_rule(strokeWidth=_BAR, opacity=0.2).encode(x=x, y=low, y2=high, color=_given_colour())


def _marks(base: AnyChart, x: alt.X, y: alt.Y, *, down: float = 0) -> tuple[AnyChart, AnyChart]:
    """The points, each with its number in it, and all that is known of it in a tooltip."""
    tooltip = _tooltip()
    mark = base.mark_circle(size=_MARK, opacity=1, yOffset=down).encode(
        x=x, y=y, color=_given_colour(), tooltip=tooltip
    )
    number = base.mark_text(fontSize=9, fontWeight="bold", color="white", dy=0.5, yOffset=down).encode(
        x=x, y=y, text="number:N", tooltip=tooltip
    )
    return mark, number


def _given_colour() -> alt.Color:
    import altair as alt

    return alt.Color("colour:N", scale=None)


def _tooltip() -> list[alt.Tooltip]:
    import altair as alt

    names = {
        "claim": "claim", "who": "whose", "about": "about", "status": "status", "publisher": "told by",
        "published": "on", "sources": "source", "quote": "quote",
    }  # fmt: skip
    return [alt.Tooltip(f"{field}:N", title=title) for field, title in names.items()]


# ---------------------------------------------------------------- the words below


def _quotes(shown: Plan) -> AnyChart:
    """The numbered quotes, as text in the picture: every form of the chart has them."""
    import altair as alt

    placed, height = _placed(shown.quotes)
    left_out = f"; {counted(shown.n_left_out, 'more claim')} in `labtape shares`" if shown.n_left_out else ""
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False))
    base = _chart(placed)
    parts = [
        base.transform_filter(f"datum.part == '{part}'")
        .mark_text(align="left", baseline="top", limit=_WIDTH, **style)
        .encode(x=alt.value(0 if part == "number" else 26), y=y, text="text:N")
        for part, style in _PARTS.items()
    ]
    title = _title(f"The words behind the numbers{left_out}")
    return alt.layer(*parts).properties(width=_WIDTH, height=height, title=title)


_PARTS: dict[str, Spec] = {
    "number": {"fontSize": 11.5, "fontWeight": "bold", "color": _COLOURS[0]},
    "head": {"fontSize": 11.5, "fontWeight": "bold", "color": _INK},
    "words": {"fontSize": 11.5, "color": _QUIET},
}


def _placed(quotes: Sequence[Quoted]) -> tuple[list[Spec], float]:
    """Every line of text with the pixels it stands below the top, and the height of all."""
    lines: list[Spec] = []
    y = 0.0
    for quoted in quotes:
        lines += [
            {"part": "number", "text": str(quoted.number), "y": y},
            {"part": "head", "text": quoted.head, "y": y},
        ]
        for n, words in enumerate(quoted.lines, 1):
            lines.append({"part": "words", "text": words, "y": y + n * _LEAD})
        y += (len(quoted.lines) + 1) * _LEAD + _GAP
    return lines, y


# ---------------------------------------------------------------- values


def _values(point: Point, colour: str) -> Spec:
    row = point.row
    return {
        "number": point.number,
        "at": point.at,
        "line": point.line,
        "kind": point.kind,
        "is_joined": point.is_joined,
        "colour": _MARKED.get(point.mark, colour),
        "value": row.value,
        "low": row.low,
        "high": row.high,
        "claim": claim_words(row),
        "who": row.who,
        "about": row.period or point.at or "no time given",
        "status": row.standing.words,
        "publisher": row.first.publisher or "unknown source",
        "published": f"{row.first.at:%Y-%m-%d}" if row.first.at else "unknown day",
        "sources": "; ".join(row.sources),
        "quote": row.quote or "not at hand",
    }


def _label(point: Point, *, of_what: bool) -> str:
    row = point.row
    when = row.period or (point.at if row.role == "current" else "no time given")
    kind = f", {row.role}" if row.role != "current" else ""
    what = f" of {row.of_what}" if of_what and row.of_what else ", of what: not stated" if of_what else ""
    return shortened(f"{row.who}: {row.figure}{what}", 100) + f" ({when}{kind})"


def _domain(points: Sequence[Point]) -> tuple[date, date]:
    """From a little before the first point to so long after the last that its step is seen."""
    days = [day_of(p.at) for p in points if p.at]
    margin = timedelta(days=max((max(days) - min(days)).days // 14, 1))
    try:
        return min(days) - margin, max(days) + margin
    except OverflowError:  # the ends of the calendar
        return min(days), max(days)


def _shown_at(point: Point, first: date, last: date) -> Spec:
    """Where a mark stands: at its time, or beside it where another mark is there already."""
    at = datetime.combine(day_of(point.at or ""), time()) + (last - first) * point.aside
    return {"shown_at": f"{at:%Y-%m-%dT%H:%M:%S}", "at": f"{day_of(point.at or ''):%Y-%m-%dT00:00:00}"}


def rendered(spec: Callable[[], Spec], suffix: str) -> bytes:
    """A specification as the bytes of a .svg, .png or .html file, made once the libraries are known to be there.

    Raises `SettingsError` when they are not.
    """
    try:
        import altair as alt
        import vl_convert
    except ImportError as e:
        raise SettingsError("charts need Altair and vl-convert: pip install 'labtape[charts]'") from e
    made = spec()
    version = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    if suffix == ".svg":
        return str(vl_convert.vegalite_to_svg(made, vl_version=version)).encode("utf-8")
    if suffix == ".png":
        return bytes(vl_convert.vegalite_to_png(made, vl_version=version, scale=2))
    return str(vl_convert.vegalite_to_html(made, vl_version=version, bundle=True)).encode("utf-8")
