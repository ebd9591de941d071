"""Marked sentences read back as a text and the places of its names."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marked import read_marked

PLAIN = st.text(alphabet=st.characters(exclude_characters="[]()", exclude_categories=["Cs"]), max_size=20)
NAMED = st.text(
    alphabet=st.characters(exclude_characters="[]()", exclude_categories=["Cs"]), min_size=1, max_size=9
)


def test_a_text_without_marks_is_itself() -> None:
    assert read_marked("Kimi won [1] in (Monaco).") == ("Kimi won [1] in (Monaco).", [])


def test_marks_stand_where_their_names_stand() -> None:
    text, marks = read_marked("[阿里](company:alibaba)的[千问](model:qwen)")
    assert text == "阿里的千问"
    assert [text[start:end] for start, end, _ in marks] == ["阿里", "千问"]


@given(st.lists(st.tuples(PLAIN, NAMED)))
def test_any_marked_text_reads_back(parts: list[tuple[str, str]]) -> None:
    text, marks = read_marked("".join(f"{plain}[{name}](lab:x)" for plain, name in parts))
    assert text == "".join(plain + name for plain, name in parts)
    assert [text[start:end] for start, end, _ in marks] == [name for _, name in parts]
