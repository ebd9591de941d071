"""The sections on what moved a verdict: signed bars, a sum, and how p follows."""

from __future__ import annotations

from datetime import UTC, datetime

import labtape
from labtape.annotate import annotate
from labtape.lexicon import lexicon
from labtape.ports import Account, Attribution, Part
from labtape.report import explain_markdown
from labtape.report.moved import SHOWN, moved, signed_bar
from labtape.signal import accounts, load_model
from labtape.types import Article, Record

NOW = datetime(2026, 6, 10, tzinfo=UTC)
TITLE = "Nvidia shares fall 6% after weak guidance"


def told(title: str = TITLE, bundle: str = "market3") -> tuple[Record, Account]:
    record = labtape.label("", title=title, bundle=bundle, now=NOW)
    found = accounts(load_model(bundle), [annotate(Article("a", title, ""), lexicon())])
    assert found
    return record, found[0]


def test_each_head_shows_its_strongest_parts_and_their_sum() -> None:
    record, account = told()
    sections = moved(account, record)
    assert len(sections) == 1 + len(account.heads)
    for section, head in zip(sections[1:], account.heads, strict=True):
        assert len(section.rows) == SHOWN + 2
        assert section.rows[-1][0] == "all parts add up to"
        assert section.rows[-1][1] == f"{head.log_odds:+.2f}"
        assert section.rows[0][0] == head.parts[0].words
    shown = " ".join(cell for section in sections for row in section.rows for cell in row)
    assert "_" not in shown
    assert "rules." not in shown


def test_p_follows_without_a_word_of_difference_where_nothing_changed() -> None:
    for bundle in ("market3", "rules"):
        record, account = told(bundle=bundle)
        lines = [point.text for point in moved(account, record)[0].points]
        assert not [line for line in lines if "the record says" in line]


def test_a_record_that_says_something_else_is_told() -> None:
    record, _ = told()
    _, other = told("OpenAI signs a $40 billion contract with Oracle")
    assert "the record says" in moved(other, record)[0].points[-1].text


def test_what_is_out_of_scope_keeps_p_times_relevance() -> None:
    record, account = told("A walk in the park with the dog and the neighbours")
    assert record.verdict.state == "out_of_scope"
    last = moved(account, record)[0].points[-1].text
    assert last.startswith("out of scope or too short")


def test_bars_grow_from_the_middle() -> None:
    assert signed_bar(0.0, 1.0, cells=3) == "   │"
    assert signed_bar(0.001, 1.0, cells=3) == "   │━"
    assert signed_bar(-1.0, 1.0, cells=3) == "━━━│"


def test_a_part_from_a_stranger_is_made_fit_to_be_shown() -> None:
    record, account = told()
    head = Attribution("mood", 1.0, 0.7, (Part("x", "bright\x1b[31m\nred", 1.0),))
    strange = Account((head,), "none", account.raw, account.as_news, None, account.p)
    assert moved(strange, record)[1].rows[0][0] == "bright[31m red"


def test_markdown_has_the_same_sections() -> None:
    record, account = told()
    text = explain_markdown(record, account=account)
    assert "## What moved it" in text
    assert "all parts add up to" in text
