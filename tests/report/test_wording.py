from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

import labtape.report
from labtape.foreign import clean, shortened, web_link
from labtape.ledger.words import denominator, figure, share_figure
from labtape.report.markdown import escaped
from labtape.report.wording import days, percent

from .samples import records


@given(st.text())
def test_clean_text_is_one_line_of_shown_characters(text: str) -> None:
    shown = clean(text)
    assert shown == clean(shown)
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in shown)
    shown.encode("utf-8")


@given(st.text() | st.text(st.characters(max_codepoint=127)).map("https://news.example/{}".format))
def test_a_link_is_http_and_safe_between_quotes_and_brackets(text: str) -> None:
    link = web_link(text)
    if link is not None:
        assert urlsplit(link).scheme in ("http", "https")
        assert not set(link) & set("\"'<>()[]`\\ \n")


@given(st.text(), st.integers(min_value=2, max_value=80))
def test_shortened_text_fits(text: str, length: int) -> None:
    assert len(shortened(text, length)) <= max(length, len(text) if len(text) <= length else length)


@pytest.mark.parametrize(
    ("value", "low", "high", "bound", "words"),
    [
        (61.0, 59.0, 63.0, "about", "about 61%"),
        (1.2, 0.0, 1.2, "under", "under 1.2%"),
        (50.0, 50.0, 100.0, "over", "over 50%"),
        (33.333333, 33.33, 33.34, "exact", "33.33%"),
        (35.0, 30.0, 40.0, "range", "30–40%"),
    ],
)
def test_figures_read_as_they_were_worded(
    value: float, low: float, high: float, bound: str, words: str
) -> None:
    assert figure(value, low, high, bound) == words


@pytest.mark.parametrize(
    ("p", "words"), [(1.0, "100%"), (0.999, ">99%"), (0.0, "0%"), (0.004, "<1%"), (0.5, "50%")]
)
def test_a_probability_is_certain_only_when_it_is(p: float, words: str) -> None:
    assert percent(p) == words


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (("downloads", None, "Hugging Face"), "downloads on Hugging Face"),
        ((None, "top 10 models on OpenRouter", "OpenRouter"), "top 10 models on OpenRouter"),
        ((None, None, None), None),
        (("top-10 traffic", "top-10 traffic", "OpenRouter"), "top-10 traffic on OpenRouter"),
        (("Top-10 traffic", "top-10 traffic", None), "Top-10 traffic"),
        (("AI budgets of firms", "firms", None), "AI budgets of firms"),
        (("tokens", "tokenised funds", None), "tokens, tokenised funds"),
    ],
)
def test_a_denominator_is_put_into_words(
    parts: tuple[str | None, str | None, str | None], words: str | None
) -> None:
    assert denominator(*parts) == words


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ((2026, 6, 1), (2026, 6, 2), "1 June 2026"),
        ((2026, 5, 30), (2026, 6, 2, 12), "30 May – 2 June 2026"),
        ((2025, 12, 31), (2026, 1, 2), "31 December 2025 – 1 January 2026"),
    ],
)
def test_days_are_named_once(since: tuple[int, ...], until: tuple[int, ...], words: str) -> None:
    assert days(datetime(*since, tzinfo=UTC), datetime(*until, tzinfo=UTC)) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1. first", "1\\. first"),
        ("65.1% of it", "65.1% of it"),
        ("# head", "\\# head"),
        ("-5% for", "-5% for"),
    ],
)
def test_markdown_escapes_what_would_start_a_list_or_a_heading(text: str, words: str) -> None:
    assert escaped(text) == words


@pytest.mark.parametrize("name", sorted(labtape.report.__all__))
def test_every_public_name_is_there_and_tells_what_it_gives(name: str) -> None:
    assert (getattr(labtape.report, name).__doc__ or "").strip()


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'digest_pdf'"):
        labtape.report.digest_pdf  # noqa: B018


def test_importing_the_room_loads_nothing_heavy() -> None:
    code = "import sys, labtape.report; print({'rich','jinja2','pandas','pyarrow','vl_convert','numpy'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set()"


def test_a_fraction_in_words_keeps_them() -> None:
    share = replace(
        records()[0].shares[0], text="two-thirds", value=66.67, low=66.67, high=100.0, bound="over"
    )
    assert share_figure(share) == "over two-thirds (66.67%)"
