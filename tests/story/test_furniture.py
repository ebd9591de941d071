"""What an outlet prints over every article is not compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.story.furniture import OUTLETS, PIECES, SEEN, Furniture, hash_of, head_of

MENU = "Markets Business Investing Tech\n"
NOTICE = "Our recommendations are based on many hours of testing, research and shopping. "


def test_a_sentence_under_many_titles_of_one_outlet_is_left_out():
    furniture = Furniture()
    texts = [f"{MENU}{NOTICE}Story number {n} is about something of its own." for n in range(4)]
    kept = [furniture.without(head_of(f"Title {n}", text), "an outlet") for n, text in enumerate(texts)]
    assert kept[0] == texts[0]
    assert kept[-1].strip() == "Story number 3 is about something of its own."


def test_the_same_sentence_of_another_outlet_stays():
    furniture = Furniture()
    for n in range(5):
        furniture.without(head_of(f"Title {n}", NOTICE), "an outlet")
    assert furniture.without(head_of("Title 9", NOTICE), "another") == NOTICE


def test_updates_of_one_article_are_no_furniture():
    furniture = Furniture()
    kept = [furniture.without(head_of("One title", NOTICE), "an outlet") for n in range(5)]
    assert kept == [NOTICE] * 5


def test_without_an_outlet_nothing_is_left_out():
    furniture = Furniture()
    assert [furniture.without(head_of(f"Title {n}", NOTICE), "") for n in range(5)] == [NOTICE] * 5


def test_memory_is_bounded():
    furniture = Furniture()
    for n in range(OUTLETS + 10):
        furniture.without(head_of("A title", "A text."), f"outlet {n}")
    for n in range(PIECES // 100 + 5):
        furniture.without(head_of(f"Title {n}", "".join(f"Piece {n} of {k}. " for k in range(100))), "one")
    assert len(furniture._outlets) == OUTLETS
    assert max(map(len, furniture._outlets.values())) <= PIECES


@given(st.lists(st.text(max_size=60), max_size=6), st.text(max_size=40))
def test_what_is_kept_is_part_of_the_text_whatever_it_is(texts: list[str], title: str):
    furniture = Furniture()
    for n, text in enumerate(texts):
        kept = furniture.without(head_of(f"{title}{n}", text), "an outlet")
        rest = iter(text)
        assert all(letter in rest for letter in kept)


@pytest.mark.parametrize(("a", "b"), [("Sign up!", "sign  up"), ("MENU\n", "menu")])
def test_case_spacing_and_signs_do_not_count(a: str, b: str):
    assert hash_of(a) == hash_of(b)


def test_seen_is_the_number_of_other_titles():
    furniture = Furniture()
    kept = [furniture.without(head_of(f"Title {n}", NOTICE), "an outlet") for n in range(SEEN + 1)]
    assert [bool(k) for k in kept] == [True] * SEEN + [False]
