"""What words mean together, and vectors by numbers."""

from __future__ import annotations

import numpy as np
import pytest

from labtape.story.index import LATEST, Index
from labtape.story.likeness import MEANT, joint
from labtape.story.meanings import meaning
from labtape.story.terms import Sparse, Terms, product
from labtape.story.tokens import tokens


def of(text: str) -> dict[str, float]:
    words = list(tokens(text))
    return dict.fromkeys(words, max(1, len(words)) ** -0.5)


def test_other_words_for_one_thing_lie_nearer_than_words_for_another():
    removes, kills, cooks = (
        meaning(of(text))
        for text in ("company removes feature", "firm disables function", "chef cooks tomato soup")
    )
    assert removes is not None
    assert kills is not None
    assert cooks is not None
    assert float(removes @ kills) > float(removes @ cooks) + 0.1
    assert float(removes @ removes) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("text", ["", "英伟达股价下跌", "zzqx vvkw qqjz company"])
def test_what_is_not_known_well_enough_has_no_meaning(text: str):
    assert meaning(of(text)) is None


def test_without_a_meaning_the_words_count_alone():
    assert joint(0.4, None) == 0.4
    assert joint(0.4, 0.9) == pytest.approx((1 - MEANT) * 0.4 + MEANT * 0.9)
    assert joint(0.4, -0.5) == pytest.approx((1 - MEANT) * 0.4)


def test_vectors_by_numbers_have_the_products_and_sums_of_those_by_words():
    terms = Terms()
    a, b = terms.sparse({"x": 3.0, "y": 4.0}), terms.sparse({"y": 1.0, "z": 2.0})
    assert a.length == 5.0
    assert a.product(b) == 4.0
    with terms.spread(a) as spread:
        assert product(spread, b) == 4.0
    with terms.spread(b) as spread:
        assert product(spread, a) == 4.0
        assert product(spread, b) == 5.0
    assert sorted(a.plus(b).weights.tolist()) == [2.0, 3.0, 5.0]


def test_a_word_that_no_article_has_any_more_is_forgotten_and_its_number_used_again():
    terms = Terms()
    terms.count({"x": 1, "y": 1})
    first = terms.sparse({"x": 1.0, "y": 1.0})
    terms.count({"y": 1})
    second = terms.sparse({"y": 1.0})
    terms.forget(first)
    assert dict(terms.seen) == {"y": 1}
    third = terms.sparse({"new": 1.0})
    assert set(third.numbers.tolist()) < set(first.numbers.tolist())
    assert not set(third.numbers.tolist()) & set(second.numbers.tolist())


def test_no_words_are_a_vector_as_well():
    empty = Terms().sparse({})
    assert empty.length == 0.0
    assert empty.plus(Sparse(np.array([1], np.int32), np.array([2.0]))).length == 2.0


def test_a_story_stands_once_under_a_word_however_often_it_comes_and_is_forgotten_whole():
    index = Index()
    for number in (*range(LATEST + 20), 3, *range(LATEST + 20, LATEST + 40), 3):
        index.add(["word"], number)
    found = list(index.latest("word"))
    assert len(found) == len(set(found)) == LATEST
    for number in range(LATEST + 40):
        index.forget(["word"], number)
    assert list(index.latest("word")) == []
    assert len(index) == 0


def test_a_story_that_goes_on_is_found_again_under_a_word_that_many_have():
    index = Index()
    for number in range(LATEST + 10):
        index.add(["word"], number)
    assert 1 not in list(index.latest("word"))
    index.add(["word"], 1)
    assert next(index.latest("word")) == 1
