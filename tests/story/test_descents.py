"""Who has it from whom: each rule as a sentence."""

from __future__ import annotations

import pytest

from labtape.story.origins import descents, origins_of
from labtape.types import Article

WIRE = (
    "The maker of the Lumen model will raise the price of its interface by a tenth from next month, people who were "
    "told of the plan said on Monday. Two customers have already had letters. The firm did not want to say anything about it."
)


def article(id_: str, text: str, publisher: str | None = None, title: str = "") -> Article:
    return Article(id_, title or f"Headline of {id_}", text, publisher=publisher)


def drawn(*articles: Article, origins: tuple[tuple[str, ...], ...] = ()) -> dict[str, tuple[str | None, str]]:
    return {d.article_id: (d.parent, d.how) for d in descents(articles, origins)}


def test_a_copy_has_it_from_the_earliest_text_it_is_a_copy_of() -> None:
    first, copy = article("a", WIRE, "Paper One"), article("b", WIRE + " Read more.", "Paper Two")
    assert drawn(first, copy) == {"a": (None, "root"), "b": ("a", "copy")}


def test_who_credits_an_outlet_that_is_here_has_it_from_its_article() -> None:
    source = article("a", WIRE, "Reuters")
    other = article("b", "A price goes up, Reuters reported. Nobody else has seen the letters.", "Paper Two")
    assert drawn(source, other)["b"] == ("a", "credit")


def test_an_outlet_that_is_credited_and_not_here_is_the_root() -> None:
    one = article("a", "A price goes up, Reuters reported. Customers had letters.", "Paper One")
    two = article(
        "b", "Lumen gets dearer next month, according to Reuters, for all of its customers.", "Paper Two"
    )
    assert drawn(one, two) == {"a": ("outlet:reuters", "credit"), "b": ("outlet:reuters", "credit")}


def test_the_source_is_the_root_even_where_its_article_came_later() -> None:
    retold = article("a", "A price goes up, Reuters reported. Customers had letters.", "Paper One")
    source = article("b", WIRE, "Reuters")
    assert drawn(retold, source) == {"a": ("b", "credit"), "b": (None, "root")}


@pytest.mark.parametrize("order", ["cba", "abc", "bca", "acb"])
def test_a_citing_b_citing_c_is_one_tree_in_whatever_order_they_came(order: str) -> None:
    known = {
        "c": article("c", WIRE, "Financial Times"),
        "b": article("b", "Letters went out to customers, the Financial Times reported today.", "Axios"),
        "a": article(
            "a", "It will cost more from June, according to Axios, and nobody is glad.", "Paper One"
        ),
    }
    found = drawn(*(known[id_] for id_ in order))
    assert (found["a"], found["b"], found["c"]) == (("b", "credit"), ("c", "credit"), (None, "root"))


def test_outlets_that_credit_each_other_make_no_ring() -> None:
    one = article("a", "A price goes up, Axios reported. Customers had letters.", "Reuters")
    two = article("b", "Lumen gets dearer, Reuters reported this morning, for everybody.", "Axios")
    found = drawn(one, two)
    assert sorted(how for _, how in found.values()) == ["credit", "root"]


def test_a_later_article_of_the_same_outlet_has_it_from_the_first() -> None:
    one = article("a", WIRE, "Paper One")
    two = article("b", "What the new price means for small shops is another question.", "Paper One")
    assert drawn(one, two)["b"] == ("a", "same_outlet")


def test_what_the_story_counts_to_a_source_for_another_reason_is_a_rewrite() -> None:
    one, two = article("a", WIRE, "Paper One"), article("b", "Quite other words.", "Paper Two")
    assert drawn(one, two, origins=(("a", "b"),))["b"] == ("a", "rewrite")


def test_an_origin_has_one_root_although_its_articles_credit_two_outlets() -> None:
    one = article("a", "Reuters reported a new price.", "Paper One")
    two = article("b", "According to Axios there is one.", "Paper Two")
    found = drawn(one, two, origins=(("a", "b"),))
    assert found == {"a": ("outlet:reuters", "credit"), "b": ("outlet:reuters", "rewrite")}


def test_sources_of_their_own_are_roots() -> None:
    one = article("a", WIRE, "Paper One")
    two = article("b", "We asked the firm ourselves, and it would not tell.", "Paper Two")
    assert {how for _, how in drawn(one, two).values()} == {"root"}


def test_origins_found_from_articles_are_those_of_the_room() -> None:
    one, copy = article("a", WIRE, "Paper One"), article("b", WIRE, "Paper Two")
    own = article("c", "We asked the firm ourselves, and it would not tell.", "Paper Three")
    assert origins_of((one, copy, own)) == (("a", "b"), ("c",))


def test_no_articles_have_no_descent() -> None:
    assert descents(()) == ()


def test_an_article_known_by_its_address_alone_is_found_by_who_credits_the_outlet() -> None:
    source = Article("a", "Headline", WIRE, url="https://techcrunch.com/x")
    other = article(
        "b", "A price goes up, TechCrunch reported. Nobody else has seen the letters.", "Paper Two"
    )
    assert drawn(source, other)["b"] == ("a", "credit")


def test_an_outlet_known_by_its_address_does_not_credit_itself() -> None:
    own = Article(
        "a", "Headline", "Two customers told TechCrunch that it is so.", url="https://techcrunch.com/x"
    )
    assert drawn(own) == {"a": (None, "root")}
