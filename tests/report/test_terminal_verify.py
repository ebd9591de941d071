"""The table of claims beside the counter, and its JSON."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date

import pytest
from rich.console import Console

from counted import claims, rankings_body
from labtape.ledger.rankings import read_rankings
from labtape.ledger.verify import Author, audit
from labtape.lexicon import lexicon
from labtape.report.terminal_verify import summary_lines, verify_dict, verify_terminal

TEXT = (
    "Chinese models took 61% of all tokens on OpenRouter in March 2026. "
    "DeepSeek V3.1 took 14.2% of tokens on OpenRouter in March 2026. "
    "DeepSeek handled 18% of requests on OpenRouter in March 2026."
)


@pytest.fixture(scope="module")
def found():
    rankings = read_rankings(rankings_body(date(2026, 3, 1), date(2026, 3, 31)), name="r.json")
    return audit(claims(TEXT), rankings, lexicon())


def printed(found, width=110):
    out = io.StringIO()
    verify_terminal(found, Console(file=out, width=width, highlight=False))
    return out.getvalue()


def test_the_table_has_claim_quote_figure_and_verdict(found):
    words = " ".join(printed(found, 200).split())
    for told in (
        "off 61% Chinese models", "15.8 points less (at least 3.8): 45.2% of all tokens",
        "confirmed 14.2% DeepSeek V3.1", "outside 18% DeepSeek", "the counter has tokens only, not requests",
        "The Wire, 2026-05-01", "61% is right of the top 10 models (61%); of all tokens it is",
    ):  # fmt: skip
        assert told in words
    assert words.index("off 61%") < words.index("confirmed 14.2%") < words.index("outside 18%")


def test_no_line_is_wider_than_the_screen(found):
    for width in (50, 80, 300):
        assert max(map(len, printed(found, width).splitlines())) <= min(width, 120)


def test_sums_and_the_source_stand_below_the_table(found):
    *_, source = printed(found).splitlines()
    assert source == "Source: OpenRouter (openrouter.ai/rankings), as of 2026-03-31"
    first, second = summary_lines(found)
    assert first == "3 claims: 1 confirmed, 1 off, 0 not settled, 1 outside"
    assert "2% are of authors that are no lab of the lexicon (openrouter 1%, tngtech 1%)" in second
    assert "10% are below the ranked models" in second


def test_of_many_unknown_authors_the_largest_are_named(found):
    many = replace(found, authors=tuple(Author(f"author{n}", 1.0) for n in range(9)))
    assert "author4 1% and 4 more" in [*summary_lines(many)][1]


def test_without_claims_the_source_is_still_given(found):
    out = printed(replace(found, verifications=()))
    assert "No share claims" in out
    assert "Source: OpenRouter" in out


def test_what_came_from_a_feed_is_cleaned(found):
    bad = replace(found.verifications[0].claim, publisher="The\x1b[31m Wire", quote="a\x07b\u202ec")
    out = printed(replace(found, verifications=(replace(found.verifications[0], claim=bad),)))
    assert "\x1b[31m" not in out
    assert "\x07" not in out
    assert "\u202e" not in out


def test_the_json_has_the_source_the_counts_and_every_claim(found):
    plain = json.loads(json.dumps(verify_dict(found)))
    assert plain["citation"] == found.citation
    assert plain["counts"] == {"off": 1, "open": 0, "confirmed": 1, "outside": 1}
    off = plain["verifications"][0]
    assert (off["verdict"], off["low"], off["difference"], off["population"]) == (
        "off",
        45.2,
        -15.8,
        "all tokens",
    )
    assert off["claim"]["share"]["value"] == 61.0
    assert off["claim"]["url"] == "https://news.example/1"
