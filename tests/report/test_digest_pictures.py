"""The charts of a digest in its page, and the mail that does without pictures."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from labtape.report import charts, digest_html, digest_mail
from labtape.report import digest_charts as drawing
from labtape.report.digest_charts import MISSING, Charts, harmless
from labtape.report.digest_nouns import Digest
from labtape.report.mail import MOST_BYTES
from labtape.types import Period

from .samples import at, records, sample_digest


def busy(n: int = 6) -> Digest:
    """A digest of some stories over some days, with a share that has a course of time."""
    base = {r.id: r for r in records()}
    share = base["a1"].shares[0]
    month = [replace(share, value=v, low=v, high=v, period=Period(f"m{k}", f"2026-0{k}-01", f"2026-0{k}-28")) for k, v in ((1, 24.0), (5, 61.0))]  # fmt: skip
    told = [replace(base["a1"], shares=tuple(month))]
    for k in range(n):
        like = base["a3"] if k % 2 else base["a4"]
        told.append(replace(like, id=f"b{k}", title=f"{like.title} {k}", published_at=at(1 + k % 3, 7), story=replace(like.story, id=f"t{k}")))  # fmt: skip
    from labtape.report import digest

    from .samples import NOW, articles, lexicon

    return digest(told, (), since=at(1, 0, 0), until=NOW, now=NOW, lexicon=lexicon(), articles=articles().get)


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_a_digest_has_three_kinds_of_charts_each_with_its_values() -> None:
    made = charts(busy())
    assert made.over_time.head == ("Time", "Bearish", "Neutral")
    assert [row[0] for row in made.over_time.rows] == ["1 Jun 2026", "2 Jun 2026", "3 Jun 2026"]
    assert ("Nvidia", "NASDAQ:NVDA", "3", "-0.75") in made.attention.rows
    (shares,) = made.shares
    assert [row[2] for row in shares.rows] == ["about 24%", "about 61%"]
    assert "OpenRouter" in shares.title


def test_a_chart_says_what_it_shows_to_those_who_do_not_see_it() -> None:
    page = digest_html(busy(), charts=charts(busy()))
    pictures = [attrs for tag, attrs in Tags(page).tags if tag == "svg" and attrs.get("class") == "chart"]
    assert len(pictures) == 3
    assert all(attrs["role"] == "img" and attrs["aria-label"] for attrs in pictures)
    assert "<desc>Stories by verdict: " in page
    assert "<td>Nvidia</td><td>NASDAQ:NVDA</td><td>3</td>" in page


def test_a_chart_has_no_colours_of_its_own_and_no_styles() -> None:
    made = charts(busy())
    for chart in (made.over_time, made.attention, *made.shares):
        assert not re.search(r'(fill|stroke|style|href|on\w+)="', chart.svg.replace("fill-opacity", ""))
        assert 'class="fill-' in chart.svg


def test_a_thin_digest_has_no_charts() -> None:
    thin = replace(sample_digest(), series=())
    assert charts(thin) == Charts()
    assert "<figure>" not in digest_html(thin, charts=charts(thin))


def test_without_the_libraries_the_digest_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "find_spec", lambda name: None)
    made = charts(busy())
    assert made == Charts(missing=MISSING)
    assert "pip install &#39;labtape[charts]&#39;" in digest_html(busy(), charts=made)


def test_nothing_but_shapes_and_words_gets_through() -> None:
    hostile = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="alert(1)"><script>alert(1)</script>'
        '<g onclick="alert(1)" style="x:1"><text fill="#1b1d21">a &lt;b&gt;</text><image href="https://x.example"/>'
        '<foreignObject><p>x</p></foreignObject></g></svg>'
    )  # fmt: skip
    made = harmless(hostile, title='"><script>', about="x")
    assert [tag for tag, _ in Tags(made).tags] == ["svg", "title", "desc", "g", "text"]
    assert ">a &lt;b&gt;</text>" in made
    assert "alert" not in made


# ---------------------------------------------------------------- mail


def test_a_mail_has_no_scripts_pictures_or_links_that_load() -> None:
    tags = Tags(digest_mail(busy())).tags
    assert not {"script", "img", "svg", "link", "iframe", "object"} & {tag for tag, _ in tags}
    assert all(attrs["href"].startswith("https://") for tag, attrs in tags if tag == "a")


def test_every_visible_cell_of_a_mail_has_its_style_on_it() -> None:
    tags = Tags(digest_mail(busy())).tags
    bare = [
        attrs for tag, attrs in tags if tag in ("td", "a") and not attrs.get("style") and "align" not in attrs
    ]
    assert [attrs for attrs in bare if attrs] == []


def test_a_mail_stays_below_what_is_cut_and_counts_the_rest() -> None:
    made = busy(130)
    long = replace(made, stories=tuple(replace(s, why="Much to say. " * 400) for s in made.stories))
    told = digest_mail(long)
    assert len(told.encode()) <= MOST_BYTES
    shown = len(re.findall(r"> \d+\. <b|>\d+ · ", told))
    left = int(re.search(r"(\d+) more stories in the full digest", told)[1])
    assert left >= long.counts.n_stories - 50
    assert shown + left <= long.counts.n_stories + 1


def test_the_charts_of_a_mail_are_cells_of_tables() -> None:
    told = digest_mail(busy())
    assert 'bgcolor="#b42a20"' in told
    assert "Labs by attention" in told
    assert "net -0.75" in told


def test_hostile_words_stay_words_in_a_mail() -> None:
    made = busy()
    bad = '"><script>alert(1)</script>{{ 7 * 7 }}'
    hostile = replace(
        made,
        stories=tuple(replace(s, headline=bad, why=bad, url="javascript:alert(1)") for s in made.stories),
    )
    told = digest_mail(hostile)
    assert "<script" not in told
    assert 'href="javascript' not in told
    assert "{{ 7 * 7 }}" in told
