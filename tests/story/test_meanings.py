"""What words mean together, and vectors by numbers."""

from __future__ import annotations

import numpy as np
import pytest

from labtape.story.index import LATEST, Index
from labtape.story.likeness import MEANT, joint
from labtape.story.meanings import meaning, products, row_of
from labtape.story.terms import Sparse, Stack, Terms, sparse
from labtape.story.tokens import tokens
from labtape.story.vectors import weigh


def of(text: str) -> np.ndarray | None:
    rows = np.array([row_of(word) for word in tokens(text)], np.int32)
    return meaning(rows, np.full(len(rows), max(1, len(rows)) ** -0.5))


def counted(terms: Terms, *words: str) -> Sparse:
    numbers = terms.count(words)
    return sparse(numbers, np.ones(len(numbers)))


def test_other_words_for_one_thing_lie_nearer_than_words_for_another():
    removes, kills, cooks = (
        of(text) for text in ("company removes feature", "firm disables function", "chef cooks tomato soup")
    )
    assert removes is not None
    assert kills is not None
    assert cooks is not None
    assert float(removes @ kills) > float(removes @ cooks) + 0.1
    assert float(removes @ removes) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("text", ["", "英伟达股价下跌", "zzqx vvkw qqjz company"])
def test_what_is_not_known_well_enough_has_no_meaning(text: str):
    assert of(text) is None


def test_without_a_meaning_the_words_count_alone():
    assert joint(0.4, None) == 0.4
    assert joint(0.4, 0.9) == pytest.approx((1 - MEANT) * 0.4 + MEANT * 0.9)
    assert joint(0.4, -0.5) == pytest.approx((1 - MEANT) * 0.4)


def test_a_direction_with_several_of_which_some_have_none():
    one, other = of("company removes feature"), of("chef cooks soup")
    assert one is not None
    assert other is not None
    found = products(one, (None, one, other))
    assert found[0] is None
    assert found[1:] == pytest.approx([1.0, float(one @ other)], abs=1e-5)
    assert products(None, (one,)) == [None]
    assert products(one, ()) == []


def test_vectors_by_numbers_have_the_products_and_sums_of_those_by_words():
    terms = Terms()
    x, y, z = terms.count(("x", "y", "z"))
    a, b = sparse((y, x), np.array([4.0, 3.0])), sparse((y, z), np.array([1.0, 2.0]))
    assert a.length == 5.0
    assert a.product(b) == 4.0
    assert sorted(a.plus(b).weights.tolist()) == [2.0, 3.0, 5.0]
    assert a.plus(b).numbers.tolist() == sorted((x, y, z))


def test_the_products_with_several_vectors_are_those_with_each():
    terms = Terms()
    terms.count("abcd")
    none, ab, bcd = (
        sparse((), np.zeros(0)),
        sparse((0, 1), np.array([1.0, 2.0])),
        sparse((1, 2, 3), np.ones(3)),
    )
    with terms.spread(bcd) as spread:
        assert Stack((none, ab, none, bcd, none)).products(spread).tolist() == [0.0, 2.0, 0.0, 3.0, 0.0]
    with terms.spread(ab) as spread:  # the other has left it
        assert Stack((ab, bcd)).products(spread).tolist() == [5.0, 2.0]
        assert Stack(()).products(spread).tolist() == []


def test_words_are_weighed_as_without_numbers():
    terms = Terms()
    for words in (("chip", "zzqx"), ("chip", "court"), ("chip",)):
        terms.count(words)
    counts = {"chip": 3, "court": 1, "zzqx": 2}
    numbers = terms.count(counts)
    told = terms.weigh(numbers, tuple(counts.values()), [word == "zzqx" for word in counts])
    seen = {"chip": 4, "court": 2, "zzqx": 2}
    vector = weigh(counts, frozenset({"zzqx"}), seen=seen, n_seen=4)
    assert told == pytest.approx(list(vector.values()), rel=1e-12)


def test_a_word_that_no_article_has_any_more_is_forgotten_and_its_number_used_again():
    terms = Terms()
    first, second = counted(terms, "x", "y"), counted(terms, "y")
    terms.forget(first)
    assert len(terms) == 1
    third = counted(terms, "new")
    assert len(terms) == 2
    assert set(third.numbers.tolist()) < set(first.numbers.tolist())
    assert not set(third.numbers.tolist()) & set(second.numbers.tolist())


def test_there_is_room_for_any_number_of_words():
    terms = Terms()
    many = counted(terms, *map(str, range(10_000)))
    with terms.spread(many) as spread:
        assert Stack((many,)).products(spread).tolist() == [10_000.0]


def test_no_words_are_a_vector_as_well():
    empty = sparse((), np.zeros(0))
    one = Sparse(np.array([1], np.int32), np.array([2.0]))
    assert empty.length == 0.0
    assert empty.plus(one).length == one.plus(empty).length == 2.0


def found_in(index: Index, *keys: str) -> list[int]:
    return list(index.most_shared(dict.fromkeys(keys, 1.0)))


def test_a_story_stands_once_under_a_word_however_often_it_comes_and_is_forgotten_whole():
    index = Index()
    for number in (*range(LATEST + 20), 3, *range(LATEST + 20, LATEST + 40), 3):
        index.add(["word"], number)
    found = found_in(index, "word")
    assert len(found) == len(set(found)) == LATEST
    for number in range(LATEST + 40):
        index.forget(["word"], number)
    assert found_in(index, "word") == []
    assert len(index) == 0


def test_a_story_that_goes_on_is_found_again_under_a_word_that_many_have():
    index = Index()
    for number in range(LATEST + 10):
        index.add(["word"], number)
    assert 1 not in found_in(index, "word")
    index.add(["word"], 1)
    assert 1 in found_in(index, "word")


def test_stories_under_more_and_heavier_keys_come_first_and_the_latest_among_equals():
    index = Index()
    for number, keys in enumerate(("ab", "b", "c", "bc", "c")):
        index.add(keys, number)
    assert list(index.most_shared({"a": 1.0, "b": 2.0, "c": 2.5, "unknown": 9.0})) == [3, 0, 4, 2, 1]
    assert list(index.most_shared({"unknown": 9.0})) == []
