"""The digest as one HTML file: no scripts, nothing loaded, light and dark, narrow and wide.

Everything is escaped by the template; its Content-Security-Policy names the hash of the one style sheet,
so that neither a script nor a style nor a picture of a feed's words could run even if one came through.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from labtape.foreign import web_link
from labtape.ledger.words import check_words, claim_words
from labtape.report.digest_charts import Chart, Charts
from labtape.report.digest_nouns import FULL_STORIES, Digest
from labtape.report.evidence import text_link
from labtape.report.wording import (
    ARROWS,
    change_words,
    corrected_words,
    counted,
    days,
    moment,
    named_labs,
    percent,
    polarity,
    signed,
    told_by,
)

_TEMPLATES = Path(__file__).with_name("templates")
_SIDES = {1: "up", 0: "flat", -1: "down"}


def digest_html(digest: Digest, *, charts: Charts | None = None, nav: Sequence[tuple[str, str]] = ()) -> str:
    """The digest as a page that needs nothing else; with the pictures that `report.charts(digest)` draws, where given.

    `nav` are words and addresses of where to go from it, for a digest that stands among other pages.
    """
    return page(
        "digest.html.jinja",
        "digest.css",
        d=digest,
        full=FULL_STORIES,
        charts=charts or Charts(),
        nav=nav,
    )


def page(template: str, *styles: str, **values: object) -> str:
    """A template of the room with its style sheets, and a policy that lets in those and nothing else."""
    sheet = "".join(style(name) for name in styles)
    made: str = (
        environment()
        .get_template(template)
        .render(
            values,
            style=Markup(sheet),  # noqa: S704 - our own files, no text of a feed
            style_hash=_csp_hash(sheet),
        )
    )
    return made


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a stacked bar."""

    side: str
    x: float
    width: float


def segments(p: Mapping[str, float], width: float) -> tuple[Segment, ...]:
    """Probabilities side by side, from the most bearish label to the most bullish.

    >>> [(s.side, s.x, s.width) for s in segments({"Bullish": 0.25, "Neutral": 0.5, "Bearish": 0.25}, 100)]
    [('down', 0.0, 25.0), ('flat', 25.0, 50.0), ('up', 75.0, 25.0)]
    """
    made: list[Segment] = []
    at = 0.0
    for label, value in sorted(p.items(), key=lambda item: polarity(item[0])):
        made.append(Segment(_SIDES[polarity(label)], round(at, 2), round(value * width, 2)))
        at += value * width
    return tuple(made)


def _picture(chart: Chart) -> Markup:
    """A chart's own markup: `digest_charts.harmless` let through nothing but shapes and escaped words."""
    return Markup(chart.svg)  # noqa: S704


def _side(label: str, sign: int | None = None) -> str:
    return _SIDES[polarity(label) if sign is None else sign]


@cache
def environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        web_link=web_link, percent=percent, moment=moment, counted=counted, check_words=check_words, claim_words=claim_words,
        segments=segments, side=_side, arrows=ARROWS, days=days, told_by=told_by, change_words=change_words,
        corrected_words=corrected_words, text_link=text_link, picture=_picture, signed=signed, named_labs=named_labs,
    )  # fmt: skip
    return environment


@cache
def style(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _csp_hash(style: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
