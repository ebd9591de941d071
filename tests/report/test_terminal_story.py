"""A story on the screen, its words made fit to be shown."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from labtape.report import digest_html, digest_json, digest_markdown, stories_terminal, story_terminal
from labtape.report.stories import change_lines, sources_words
from labtape.story_record import sketch, story_record
from labtape.types import Story

from .samples import NOW, articles, at, lexicon, records, sample_digest, stories

RECORDS = {r.id: r for r in records()}


def made(*ids: str, **given: object):
    some = [RECORDS[id_] for id_ in ids]
    one = next(s for s in stories() if s.id == some[0].story.id)
    others = [
        sketch(s, [RECORDS[id_] for id_ in s.article_ids], articles()) for s in stories() if s.id != one.id
    ]
    return story_record(one, some, articles(), now=NOW, lexicon=lexicon(), others=others, **given)


def printed(record, width: int = 110) -> str:
    out = io.StringIO()
    story_terminal(record, Console(file=out, width=width), lexicon=lexicon())
    return out.getvalue()


def test_a_story_shows_phase_tree_figures_scores_and_changes() -> None:
    shown = " ".join(printed(made("a1", "a2", since=at(2, 12))).split())
    for words in (
        "1 independent source, primarily Router Weekly",
        "└── Daily Ledger",
        "developing: first told 26 h ago",
        "about 61% of token consumption",
        "importance 0.",
        "1 new article",
    ):
        assert words in shown


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    assert all(len(line) <= width for line in printed(made("a1", "a2"), width).splitlines())


def test_hostile_words_are_shown_as_words() -> None:
    bad = replace(RECORDS["a3"], title="\x1b[31mred\u202e [bold]x[/bold]", publisher="[link=evil]\x07P")
    record = story_record(
        Story("s", ("a3",), at(3), at(3)), [bad], articles(), now=NOW, lexicon=lexicon(), since=at(1)
    )
    shown = printed(record)
    assert "\x07" not in shown and "\x1b" not in shown and "\u202e" not in shown
    assert "[bold]x[/bold]" in shown and "[link=evil]" in shown


def test_a_list_of_stories_is_ordered_by_importance() -> None:
    out = io.StringIO()
    console = Console(file=out, width=100)
    assert stories_terminal([made("a1", "a2"), made("a3")], console) == 2
    assert out.getvalue().index("Washington bars") < out.getvalue().index("Chinese models take")
    assert stories_terminal([], console) == 0


def test_who_is_only_first_is_not_called_primary() -> None:
    assert sources_words(made("a3")) == "1 independent source, first Capitol Wire"


def test_a_story_that_did_not_change_says_nothing() -> None:
    assert change_lines(made("a1", "a2", since=at(3, 11)).changes) == ("nothing",)


def test_every_dress_of_the_digest_shows_phase_and_what_to_read_too() -> None:
    digest = sample_digest(since=at(1, 0, 0))
    item = digest.stories[0]
    assert item.phase == "developing"
    assert item.story_verdict.label == "Bearish"
    related = replace(item, also_read=made("a3").related[:1] or item.also_read)
    told = replace(digest, stories=(related, *digest.stories[1:]))
    for text in (digest_markdown(told), digest_html(told), digest_json(told)):
        assert "developing" in text
        assert all(other.headline in text for other in related.also_read)
