"""Share claims as a chart: one line per series and holder; what is not comparable is never joined."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from labtape.exceptions import SettingsError
from labtape.report.shares import Series, ShareRow, point_in_time, series
from labtape.report.wording import shortened
from labtape.report.write import write_bytes

SUFFIXES = (".svg", ".png", ".html")
# More panels than this make no page that anybody reads.
_PANELS = 8


def shares_chart(rows: Sequence[ShareRow], path: Path) -> None:
    """Draw the series of some claims, the largest first, as .svg, .png or .html (which loads nothing).

    Raises `SettingsError` for another ending, when there is nothing to draw, or when the chart library is missing.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise SettingsError(f"{path}: no chart has this ending; have: {', '.join(SUFFIXES)}")
    drawn = [group for group in series(rows) if any(point_in_time(row) for row in group.rows)][:_PANELS]
    if not drawn:
        raise SettingsError(f"{path}: nothing to draw; no share claim with a period or date in this time")
    write_bytes(path, _rendered(chart_spec(drawn), suffix))


def chart_spec(drawn: Sequence[Series]) -> dict[str, Any]:  # Any: a Vega-Lite specification
    """The Vega-Lite specification: a panel per series, intervals as bars, a line per holder.

    Written by hand rather than through Altair, whose objects would only wrap these forty lines.
    """
    panels = [_panel(group) for group in drawn]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": "white",
        "padding": 16,
        "config": {
            "font": "Helvetica, Arial, sans-serif",
            "axis": {
                "gridColor": "#e8e6e0",
                "domainColor": "#b9b5aa",
                "tickColor": "#b9b5aa",
                "labelColor": "#5c636e",
            },
            "view": {"stroke": None},
        },
        "vconcat": panels,
    }


def _panel(group: Series) -> dict[str, Any]:
    points = [_point(row) for row in group.rows if point_in_time(row)]
    x = {"field": "at", "type": "temporal", "title": None}
    colour = {
        "field": "who",
        "type": "nominal",
        "title": None,
        "legend": {"orient": "bottom", "labelLimit": 300},
    }
    share = {"type": "quantitative", "title": "share, %", "scale": {"domainMin": 0}}
    statistic = f" · {group.statistic}" if group.statistic not in ("unknown", "snapshot") else ""
    return {
        "width": 620,
        "height": 200,
        "title": {"text": shortened(f"{group.of_what}{statistic}", 100), "anchor": "start", "fontSize": 14},
        "data": {"values": points},
        "resolve": {"scale": {"color": "shared"}},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 5, "opacity": 0.25},
                "encoding": {
                    "x": x,
                    "y": {**share, "field": "low"},
                    "y2": {"field": "high"},
                    "color": colour,
                },
            },
            {
                "mark": {"type": "line", "point": {"size": 60, "filled": True}},
                "encoding": {"x": x, "y": {**share, "field": "value"}, "color": colour},
            },
            {
                "mark": {"type": "text", "dy": -12, "fontSize": 11, "color": "#1b1d21"},
                "encoding": {"x": x, "y": {**share, "field": "value"}, "text": {"field": "figure"}},
            },
        ],
    }


def _point(row: ShareRow) -> dict[str, Any]:
    return {
        "at": point_in_time(row),
        "who": row.who,
        "value": row.value,
        "low": row.low,
        "high": row.high,
        "figure": row.figure,
    }


def _rendered(spec: dict[str, Any], suffix: str) -> bytes:
    try:
        import vl_convert
    except ImportError as e:
        raise SettingsError("charts need vl-convert: pip install 'labtape[charts]'") from e
    if suffix == ".svg":
        return str(vl_convert.vegalite_to_svg(spec)).encode("utf-8")
    if suffix == ".png":
        return bytes(vl_convert.vegalite_to_png(spec, scale=2))
    return str(vl_convert.vegalite_to_html(spec, bundle=True)).encode("utf-8")
