"""Texts that are no articles: what is read of them is bounded, whatever their length."""

from __future__ import annotations

import re

from labtape.annotate.core import annotate
from labtape.annotate.linking_scene import read_scene
from labtape.annotate.share_context import LONGEST, REACH, settings, title_end_of
from labtape.annotate.shares import MOST
from labtape.lexicon import lexicon
from labtape.signal.features import share_moves
from labtape.text.periods import find_periods
from labtape.text.quantities import find_quantities
from labtape.text.sentences import sentences
from labtape.types import Annotated, Article, Span


def _read(text: str) -> Annotated:
    return annotate(Article("x", "A title", text), lexicon())


def test_of_a_page_of_numbers_the_first_are_read() -> None:
    found = _read("12% " * (MOST + 20))
    assert len(found.shares) + len(found.percentages) == MOST


def test_a_sentence_without_a_stop_is_read_in_stretches() -> None:
    full = "the rival kept 12% of calls and " * 500
    around = list(settings(full, [Span(0, len(full))], find_quantities(full)))
    assert max(s.sentence.end - s.sentence.start for s in around) <= LONGEST + 2 * REACH
    assert len({s.sentence for s in around}) == -(-len(full) // LONGEST)
    assert all(s.sentence.start <= s.quantity.start < s.quantity.end <= s.sentence.end for s in around)


def test_a_sentence_of_a_usual_length_is_read_as_it_is() -> None:
    full = "the rival kept 12% of calls and " * (LONGEST // 40)
    assert {s.sentence for s in settings(full, [Span(0, len(full))], find_quantities(full))} == {
        Span(0, len(full))
    }


def test_what_is_too_long_is_no_title() -> None:
    assert title_end_of("x" * 500 + "\n\nAnd more.") == 500
    assert title_end_of("x" * 5000 + "\n\nAnd more.") == 0


def test_a_pattern_is_looked_for_once_in_an_article() -> None:
    class Asked:
        times = 0

        def search(self, text: str) -> re.Match[str] | None:
            self.times += 1
            return re.search("spoke", text)

    full = "Kimi spoke."
    scene, words = read_scene(full, 0, sentences(full), ()), Asked()
    assert all(scene.has(words) for _ in range(5))  # type: ignore[arg-type]
    assert words.times == 1


def test_the_first_baseline_of_a_series_is_what_a_share_moved_from() -> None:
    found = _read("Alphabet's share of tokens rose from 10% in May 2025 to 30% in May 2026.")
    assert [share.role for share in found.shares] == ["baseline", "current"]
    gain, loss = share_moves(found, lexicon())
    assert (round(gain, 6), loss) == (2.0, 0.0)


def test_a_time_counted_back_needs_a_near_time_to_count_from() -> None:
    near, far = (
        find_periods(f"In May 2026 it was 3%{'; so it went' * n}, a year earlier 1%.", None) for n in (1, 50)
    )
    assert near[-1][1].start == "2025-05-01"
    assert far[-1][1].start is None
