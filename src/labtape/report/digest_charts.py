"""The charts of a digest as SVG to be put into a page: verdicts over time, labs by attention, shares over time.

Drawn by Altair and vl-convert, then rebuilt from a list of harmless elements and attributes, with classes in place of
colours: the page's style sheet gives them their colours, for light and for dark. What a chart shows is in the digest as
values too, and each chart has a title, a description and its values as a table for those who do not see it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.util import find_spec
from typing import Any, Final
from xml.etree import ElementTree

from labtape.ledger.words import number
from labtape.report.chart_plan import Panel, Point, day_of, plan
from labtape.report.digest_nouns import Digest, TimeCount
from labtape.report.wording import counted, polarity, signed

Spec = dict[str, Any]  # Any: Vega-Lite nests as it likes
AnyChart = Any  # Altair's methods give back unions of all kinds of charts

#: What a digest says where charts cannot be drawn.
MISSING: Final = "Charts need Altair and vl-convert: pip install 'labtape[charts]'."
# Fewer stories make no chart that says more than the list.
_FEWEST = 4
_PANELS = 4
_NARROW, _WIDE = 250, 400
# Times that have room below bars.
_TICKS = 3
# Figures that have room beside each other over a line.
_LABELS = 8
# Colours stand for roles: the page replaces them by its own.
_ROLES: Final = {
    "#0b7a4f": "up", "#b42a20": "down", "#8a8f98": "flat", "#1b1d21": "ink", "#5c636e": "soft", "#e2e0da": "rule", "#1f4fbf": "mark",
}  # fmt: skip
_COLOUR: Final = {role: colour for colour, role in _ROLES.items()}
_SIDES: Final = {1: "up", 0: "flat", -1: "down"}
_SVG: Final = "{http://www.w3.org/2000/svg}"
_ELEMENTS: Final = {f"{_SVG}{name}" for name in ("svg", "g", "path", "line", "rect", "text", "tspan")}
_ATTRIBUTES: Final = (
    "d", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "transform", "opacity", "text-anchor", "font-size",
    "font-weight", "stroke-width", "stroke-dasharray", "fill-opacity", "stroke-opacity",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with its title, what it shows in a sentence, and its values."""

    title: str
    about: str
    svg: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Charts:
    """The charts of a digest; `missing` says why there are none where they could have been."""

    over_time: Chart | None = None
    attention: Chart | None = None
    shares: tuple[Chart, ...] = ()
    missing: str = ""


def can_draw() -> bool:
    """Whether the libraries that draw are installed."""
    return all(find_spec(name) is not None for name in ("altair", "vl_convert"))


def charts(digest: Digest) -> Charts:
    """What there is to draw of a digest; a thin one has no charts, and nothing fails where the libraries are missing."""
    panels = [panel for panel in plan(_rows(digest)).panels if panel.has_times][:_PANELS]
    is_thin = digest.counts.n_stories < _FEWEST
    if is_thin and not panels:
        return Charts()
    n_times = sum(bool(one.labels) for one in digest.over_time)
    if not can_draw():
        return Charts(missing=MISSING)
    return Charts(
        over_time=None if is_thin or n_times < 2 else _over_time(digest.over_time),
        attention=None if is_thin or not digest.attention else _attention(digest),
        shares=tuple(_shares(panel) for panel in panels),
    )


def _rows(digest: Digest) -> list[Any]:  # Any: a row of the ledger
    return [row for group in digest.series for row in group.rows]


# ---------------------------------------------------------------- three charts


def _over_time(counts: Sequence[TimeCount]) -> Chart:
    import altair as alt

    labels = sorted(
        {label for one in counts for label in one.labels}, key=lambda name: (polarity(name), name)
    )
    words = [time_words(one) for one in counts]
    values = [
        {"n": n, "time": words[n], "label": label, "stories": one.labels.get(label, 0), "order": labels.index(label)}
        for n, one in enumerate(counts)
        for label in labels
    ]  # fmt: skip
    every = max(1, -(-len(counts) // _TICKS))
    shown = [word for n, word in enumerate(words) if n % every == 0]
    most = max(sum(one.labels.values()) for one in counts)
    drawn = (
        _chart(values)
        .mark_bar()
        .encode(
            x=alt.X(
                "time:N",
                sort=None,
                title=None,
                axis=alt.Axis(values=shown, labelAngle=0, ticks=False, labelOverlap="greedy"),
                scale=alt.Scale(paddingInner=0.25),
            ),
            y=alt.Y("stories:Q", title=None, axis=alt.Axis(tickCount=min(most, 4), format="d", domain=False)),
            color=_colour("label", {label: _SIDES[polarity(label)] for label in labels}),
            order=alt.Order("order:Q"),
        )
        .properties(width=_NARROW, height=110)
    )
    rows = tuple(
        (word, *(str(one.labels.get(label, 0)) for label in labels))
        for word, one in zip(words, counts, strict=True)
        if one.labels
    )
    total = {label: sum(one.labels.get(label, 0) for one in counts) for label in labels}
    about = ", ".join(f"{n} {label}" for label, n in total.items())
    return _made("Verdicts over time", f"Stories by verdict: {about}.", drawn, ("Time", *labels), rows)


def _attention(digest: Digest) -> Chart:
    import altair as alt

    labs = digest.attention
    values = [
        {
            "lab": one.name.partition(" (")[0],
            "stories": one.n_stories,
            "side": _SIDES[one.polarity],
            "words": str(one.n_stories),
        }
        for one in labs
    ]
    base = _chart(values).encode(
        y=alt.Y("lab:N", sort=None, title=None, axis=alt.Axis(domain=False, ticks=False, labelLimit=116)),
        x=alt.X("stories:Q", axis=None),
    )
    bars = base.mark_bar(height=11).encode(color=_colour("side", {side: side for side in _SIDES.values()}))
    numbers = base.mark_text(align="left", dx=4, fontSize=11, color=_COLOUR["soft"]).encode(text="words:N")
    drawn = alt.layer(bars, numbers).properties(width=_NARROW - 120, height=alt.Step(20))
    rows = tuple((one.name, ", ".join(one.tickers), str(one.n_stories), signed(one.score)) for one in labs)
    first = labs[0]
    about = f"Stories by lab, coloured by the net of their verdicts; most are about {first.name} ({first.n_stories})."
    return _made("Labs by attention", about, drawn, ("Lab", "Tickers", "Stories", "Net"), rows)


def _shares(panel: Panel) -> Chart:
    import altair as alt

    points = sorted((p for p in panel.points if p.at), key=lambda p: p.at or "")
    colours = ("mark", "up", "ink", "down", "soft", "flat")
    lines = dict(zip(panel.lines, (colours[n % len(colours)] for n in range(len(panel.lines))), strict=True))
    values = [
        {
            "at": f"{p.at}T00:00:00", "line": p.line, "value": p.row.value, "low": p.row.low, "high": p.row.high,
            "joined": p.is_joined, "words": words,
        }
        for p, words in zip(points, _spaced(points), strict=True)
    ]  # fmt: skip
    base = _chart(values).encode(
        x=alt.X(
            "at:T",
            title=None,
            scale=alt.Scale(padding=24),
            axis=alt.Axis(format="%-d %b %y", tickCount=4, grid=False, labelOverlap="greedy"),
        )
    )
    y = alt.Y("value:Q", title=None, axis=alt.Axis(tickCount=4, domain=False, labelExpr="datum.value + '%'"))
    colour = _colour("line", lines)
    drawn = alt.layer(
        base.mark_rule(strokeWidth=8, opacity=0.2).encode(
            y=alt.Y("low:Q", title=None), y2="high:Q", color=colour
        ),
        base.transform_filter("datum.joined")
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(y=y, color=colour, detail="line:N"),
        base.mark_square(size=50, opacity=1).encode(y=y, color=colour),
        base.mark_text(dy=-11, fontSize=11, color=_COLOUR["ink"], align="center").encode(y=y, text="words:N"),
    ).properties(width=_WIDE, height=140)
    title = panel.title.partition(" · ")[2] or panel.title
    rows = tuple(
        (p.at or "", p.line, p.row.figure, p.row.first.publisher or "unknown source") for p in points
    )
    about = (
        f"{counted(len(points), 'share')} over time, from {points[0].row.figure} to {points[-1].row.figure}."
    )
    if len(lines) > 1:
        about += f" Lines: {', '.join(lines)}."
    return _made(title, about, drawn, ("Time", "Who", "Share", "Who says so"), rows)


def _spaced(points: Sequence[Point]) -> list[str]:
    """The figure that stands over each point, empty where another one is so near that they would cover each other."""
    days = [day_of(p.at or "") for p in points]
    apart = (max(days) - min(days)) / _LABELS
    words: list[str] = []
    last = None
    for point, day in zip(points, days, strict=True):
        is_free = last is None or day - last >= apart
        words.append(f"{number(point.row.value)}%" if is_free else "")
        last = day if is_free else last
    return words


def time_words(one: TimeCount) -> str:
    """A bar's time: the hour where a bar is less than a day, else the day it begins."""
    is_short = (one.end - one.start).total_seconds() < 86_400
    return f"{one.start:%-d %b %H:%M}" if is_short else f"{one.start:%-d %b %Y}"


# ---------------------------------------------------------------- drawing


def _chart(values: list[Spec]) -> AnyChart:
    import altair as alt

    return alt.Chart(alt.Data(values=values))  # type: ignore[no-untyped-call]  # Altair's schema has no types


def _colour(field: str, roles: Mapping[str, str]) -> AnyChart:
    import altair as alt

    scale = alt.Scale(domain=list(roles), range=[_COLOUR[role] for role in roles.values()])
    return alt.Color(f"{field}:N", legend=None, scale=scale)


def _made(
    title: str, about: str, drawn: AnyChart, head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]
) -> Chart:
    import altair as alt
    import vl_convert

    spec = (
        drawn.configure(background="transparent", padding=2)
        .configure_axis(
            gridColor=_COLOUR["rule"], domainColor=_COLOUR["rule"], tickColor=_COLOUR["rule"],
            labelColor=_COLOUR["soft"], labelFontSize=11,
        )
        .configure_view(stroke=None)
        .to_dict()
    )  # fmt: skip
    version = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    svg = vl_convert.vegalite_to_svg(spec, vl_version=version)
    return Chart(title, about, harmless(svg, title=title, about=about), head, rows)


def harmless(svg: str, *, title: str, about: str) -> str:
    """A picture made of shapes and text alone, with classes for colours, that says what it shows."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - what vl-convert just made
    width, height = root.get("width", "0"), root.get("height", "0")
    inner = "".join(part for child in root for part in _kept(child))
    return (
        f'<svg class="chart" viewBox="0 0 {escape(width)} {escape(height)}" width="{escape(width)}" height="{escape(height)}" '
        f'role="img" aria-label="{escape(f"{title}. {about}")}"><title>{escape(title)}</title><desc>{escape(about)}</desc>'
        f"{inner}</svg>"
    )


def _kept(element: ElementTree.Element) -> Iterator[str]:
    """The element and what is in it, as far as both are known to be harmless and to show something."""
    if element.tag not in _ELEMENTS:
        return
    inner = "".join(part for child in element for part in _kept(child))
    name = element.tag.removeprefix(_SVG)
    if name == "g" and not inner:
        return
    attributes = "".join(_attributes(element, name))
    yield f"<{name}{attributes}>{escape(element.text or '') if name in ('text', 'tspan') else ''}{inner}</{name}>"


def _attributes(element: ElementTree.Element, name: str) -> Iterator[str]:
    for attribute in _ATTRIBUTES:
        if (value := element.get(attribute)) is not None:
            yield f' {attribute}="{escape(value)}"'
    classes = [
        f"{kind}-{_ROLES.get(colour.lower(), 'none')}"
        for kind in ("fill", "stroke")
        if (colour := element.get(kind)) is not None
    ]
    if name == "path" and element.get("fill") is None:
        classes.append("fill-none")
    if classes:
        yield f' class="{" ".join(classes)}"'
