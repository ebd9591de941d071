"""Share claims as a chart: one line per series and holder; what is not comparable is never joined."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from labtape.exceptions import SettingsError
from labtape.foreign import shortened
from labtape.ledger import Series, ShareRow, point_in_time, series
from labtape.ledger.words import claim_words
from labtape.report.write import write_bytes

SUFFIXES = (".svg", ".png", ".html")
# More than this make no page that anybody reads.
_PANELS, _ALONE = 8, 25

Spec = dict[str, Any]  # Any: Vega-Lite nests as it likes


def shares_chart(rows: Sequence[ShareRow], path: Path) -> None:
    """Draw some claims as .svg, .png or .html (which loads nothing): a panel per series, the rest side by side.

    Raises `SettingsError` for another ending, when there is nothing to draw, or when the chart library is missing.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise SettingsError(f"{path}: no chart has this ending; have: {', '.join(SUFFIXES)}")
    if not rows:
        raise SettingsError(f"{path}: nothing to draw; no share claim in this time")
    write_bytes(path, _rendered(chart_spec(rows), suffix))


def chart_spec(rows: Sequence[ShareRow]) -> Spec:
    """The Vega-Lite specification. Only claims with equal comparability keys are joined by a line."""
    groups = series(rows)
    lines = [group for group in groups if len({point_in_time(row) for row in group.rows}) > 1][:_PANELS]
    drawn = {group.comparability_key for group in lines}
    alone = [row for group in groups if group.comparability_key not in drawn for row in group.rows][:_ALONE]
    panels = [_line_panel(group) for group in lines]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": "white",
        "padding": 20,
        "config": {
            "font": "Helvetica, Arial, sans-serif",
            "axis": {
                "gridColor": "#eceae4",
                "domainColor": "#b9b5aa",
                "tickColor": "#b9b5aa",
                "labelColor": "#5c636e",
            },
            "view": {"stroke": None},
            "range": {"category": ["#1f4fbf", "#b42a20", "#0b7a4f", "#8a5a00", "#6b3fa0", "#4b5563"]},
        },
        "spacing": 30,
        "resolve": {"scale": {"color": "independent"}, "legend": {"color": "independent"}},
        "vconcat": panels + ([_alone_panel(alone)] if alone else []),
    }


def _line_panel(group: Series) -> Spec:
    points = [_point(row) for row in group.rows if point_in_time(row)]
    top = max(point["high"] for point in points)
    x = {
        "field": "at", "type": "temporal", "title": None, "scale": {"padding": 50},
        "axis": {"format": "%-d %b %Y", "tickCount": 6, "grid": False},
    }  # fmt: skip
    y = {"type": "quantitative", "title": "share, %", "scale": {"domain": [0, min(round(top * 1.2, 1), 110)]}}
    colour = {
        "field": "who",
        "type": "nominal",
        "title": None,
        "legend": {"orient": "bottom", "labelLimit": 400},
    }
    statistic = f" · {group.statistic}" if group.statistic not in ("unknown", "snapshot") else ""
    value = {"x": x, "y": {**y, "field": "value"}}
    interval = {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}, "color": colour}
    return {
        "width": 640,
        "height": 220,
        "title": {"text": shortened(f"{group.of_what}{statistic}", 90), "anchor": "start", "fontSize": 14},
        "data": {"values": points},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 6, "opacity": 0.22}, "encoding": interval},
            {
                "mark": {"type": "line", "point": {"size": 60, "filled": True}},
                "encoding": {**value, "color": colour, "detail": {"field": "kind", "type": "nominal"}},
            },
            {
                "mark": {"type": "text", "dy": -14, "fontSize": 11, "color": "#1b1d21"},
                "encoding": {**value, "text": {"field": "figure"}},
            },
        ],
    }


def _alone_panel(rows: Sequence[ShareRow]) -> Spec:
    """Claims without a second point: one row each, with the interval the wording allows."""
    points = [_point(row) | {"label": shortened(f"{row.who}: {claim_words(row)}", 80)} for row in rows]
    y = {
        "field": "label", "type": "nominal", "sort": None, "title": None,
        "axis": {"labelLimit": 440, "ticks": False, "domain": False, "offset": 6},
    }  # fmt: skip
    x = {"type": "quantitative", "title": "share, %", "scale": {"domain": [0, 100]}}
    return {
        "width": 640,
        "height": {"step": 24},
        "title": {"text": "Single claims: no two of them make a line", "anchor": "start", "fontSize": 14},
        "data": {"values": points},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 7, "opacity": 0.25, "color": "#1f4fbf"},
                "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 55, "color": "#1f4fbf", "opacity": 1},
                "encoding": {"y": y, "x": {**x, "field": "value"}},
            },
        ],
    }


def _point(row: ShareRow) -> Spec:
    return {
        "at": point_in_time(row),
        "who": row.who,
        "value": row.value,
        "low": row.low,
        "high": row.high,
        "figure": row.figure,
        "kind": "projected" if row.role == "projected" or row.modality != "measured" else "stated",
    }


def _rendered(spec: Spec, suffix: str) -> bytes:
    try:
        import vl_convert
    except ImportError as e:
        raise SettingsError("charts need vl-convert: pip install 'labtape[charts]'") from e
    if suffix == ".svg":
        return str(vl_convert.vegalite_to_svg(spec)).encode("utf-8")
    if suffix == ".png":
        return bytes(vl_convert.vegalite_to_png(spec, scale=2))
    return str(vl_convert.vegalite_to_html(spec, bundle=True)).encode("utf-8")
