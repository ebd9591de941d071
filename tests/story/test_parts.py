"""Words, figures, dates, copies and credits: the small parts of the story room."""

from __future__ import annotations

from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.story import content_hash
from labtape.story.copies import COPY, PERMUTATIONS, overlap, signature
from labtape.story.likeness import adjustment, is_other_issue, needed
from labtape.story.origins import find_credits, outlet_of
from labtape.story.slots import Slots, dates, figures
from labtape.story.tokens import tokens
from labtape.types import Article

TEXT = (
    "The lab opened a second campus near the river on Tuesday and said that it would hire four hundred engineers over "
    "two years. Rents in the district have doubled since the first campus came. The mayor spoke of a good day, "
    "residents of a long queue for flats. A tram line is to follow, though nobody says when or who will pay for it."
)


def article(title: str = "A title", text: str = TEXT, **fields: str) -> Article:
    return Article("a", title, text, **fields)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a stake of 12.5 per cent", ["12.5%"]),
        ("worth $1.4tn, or 1.4 trillion", ["1.4e+12", "1.4e+12"]),
        ("US$3,500 each", ["3500"]),
        ("募资70亿美元，涨幅5％", ["7e+09", "5%"]),
        ("in 2026 version 4.5 has 3 modes", []),
        ("40,000 GPUs", ["4e+04"]),
    ],
)
def test_figures_are_written_one_way(text: str, found: list[str]):
    assert list(figures(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("on June 3 and 4 September", ["06-03", "09-04"]),
        ("5月6日", ["05-06"]),
        ("Q3 results", ["q3"]),
        ("第二季度", ["q2"]),
        ("mayor marches on", []),
    ],
)
def test_dates_are_written_one_way(text: str, found: list[str]):
    assert list(dates(text)) == found


def test_a_copy_with_a_new_headline_and_a_cut_tail_is_a_copy_and_another_text_is_none():
    whole, cut = signature(article()), signature(article("Campus opens", TEXT[: len(TEXT) * 3 // 4]))
    other = signature(
        article(text="A court heard four witnesses on Friday. The case turns on who owned the code." * 2)
    )
    assert overlap(whole, cut) >= COPY > overlap(whole, other)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (
            "A ferry, a bridge and – a TRAM.",
            ["a ferry a", "ferry a bridge", "a bridge and", "bridge and a", "and a tram"],
        ),
        ("Größe der Fähre", ["größe der fähre"]),
        ("渡轮今天停运", ["渡 轮 今 天", "轮 今 天 停", "今 天 停 运"]),
        ("two words", ["two words"]),
        ("…", [""]),
    ],
)
def test_a_signature_is_the_min_hash_of_the_pieces(text: str, pieces: list[str]):
    from datasketch import MinHash

    sketch = MinHash(num_perm=PERMUTATIONS, seed=1, hashfunc=crc32)
    sketch.update_batch([piece.encode() for piece in pieces])
    assert signature(article(title="", text=text)).tolist() == sketch.hashvalues.tolist()


@pytest.mark.parametrize(
    ("text", "outlets"),
    [
        ("The talks were first reported by Bloomberg.", ["bloomberg"]),
        ("Reuters reported the talks, citing two people.", ["reuters"]),
        ("The lab told the Wall Street Journal that it would hire.", ["wsj"]),
        ("据路透社报道，该公司正在洽谈。", ["reuters"]),
        ("该公司完成融资。（财联社）", ["cls"]),
        ("The Information has learned that a deal is near.", ["information"]),
        ("The information was wrong, he said.", []),
        ("Readers of Fortune magazines were asked.", []),
    ],
)
def test_who_is_credited(text: str, outlets: list[str]):
    assert sorted(find_credits(article(text=text))) == outlets


def test_an_outlet_does_not_credit_itself():
    own = article(text="Reuters reported the talks.", publisher="Reuters")
    assert find_credits(own) == frozenset()


def test_the_publisher_is_known_by_name_or_by_address():
    assert outlet_of(article(publisher="The Verge")) == "verge"
    assert outlet_of(article(publisher="Village Post")) == "village post"
    assert outlet_of(article(url="https://www.example.org/a")) == "example.org"
    assert outlet_of(article()) is None


def test_other_figures_a_day_later_make_another_issue_and_one_shared_figure_does_not():
    monday = Slots(figures=frozenset({"61%", "14%"}))
    week_later = Slots(figures=frozenset({"58%", "15%"}))
    retold = Slots(figures=frozenset({"61%", "9%"}))
    assert is_other_issue(monday, week_later, hours=168)
    assert not is_other_issue(monday, retold, hours=168)
    assert not is_other_issue(monday, week_later, hours=2)


def test_titles_on_different_labs_are_kept_apart():
    one = Slots(labs=frozenset({"a"}), title_labs=frozenset({"a"}))
    two = Slots(labs=frozenset({"b"}), title_labs=frozenset({"b"}))
    assert adjustment(one, two, hours=0, same_language=True) < 0
    assert adjustment(one, one, hours=0, same_language=True) > 0


def test_what_comes_days_later_needs_to_be_more_alike():
    slots = Slots()
    told = [adjustment(slots, slots, hours=hours, same_language=True) for hours in (0, 12, 36, 60)]
    assert told[0] == told[1] == 0
    assert told[1] > told[2] > told[3]
    assert adjustment(slots, slots, hours=36, same_language=False) < 0


def test_a_headline_needs_less_than_a_text():
    assert needed(4) < needed(10) < needed(40) == needed(400)


@given(st.text(max_size=300))
def test_any_text_has_tokens_figures_dates_and_a_signature(text: str):
    assert all(token and not token.isspace() for token in tokens(text))
    assert all(isinstance(x, str) for x in (*figures(text), *dates(text)))
    one = signature(article(text=text))
    assert overlap(one, signature(article(text=text))) == 1.0
    assert content_hash(article(text=text)).startswith("sha256:")
    find_credits(article(text=text))
