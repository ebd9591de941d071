"""The forest of sources, the primary one, what a source's word counts for."""

from __future__ import annotations

from labtape.story_record.sources import source_tier

from .told import article, lexicon, record, story, told

WIRE = (
    "The maker of the Lumen model will raise the price of its interface by a tenth from next month, people who were "
    "told of the plan said on Monday. Two customers have already had letters."
)


def pairs(*articles):
    return [(a, record(a)) for a in articles]


def test_the_forest_is_told_depth_first_with_who_has_it_from_whom() -> None:
    source = article("c", "Lumen raises prices", WIRE, publisher="Reuters", at=0)
    retold = article(
        "b", "Dearer", "A new price comes, Reuters reported. Shops wait.", publisher="Axios", at=1
    )
    chain = article(
        "a", "Cost", "It will cost more soon, according to Axios, and so on.", publisher="P3", at=2
    )
    own = article("d", "We asked", "We asked the firm, and it would not tell us.", publisher="P4", at=0.5)
    found = told(*pairs(source, retold, chain, own))
    assert [(n.id, n.parent, n.how, n.depth) for n in found.origins] == [
        ("c", None, "root", 0), ("b", "c", "credit", 1), ("a", "b", "credit", 2), ("d", None, "root", 0),
    ]  # fmt: skip
    assert (found.n_origins, found.primary.id, found.primary.n_outlets) == (2, "c", 2)


def test_where_all_credit_an_outlet_that_is_not_here_it_is_the_primary_source() -> None:
    one = article("a", "Dearer", "A new price comes, Reuters reported. Shops wait.", publisher="P1")
    two = article(
        "b", "Cost", "It will cost more, according to Reuters. Nobody is glad.", publisher="P2", at=1
    )
    found = told(*pairs(one, two))
    assert (found.primary.id, found.primary.tier, found.n_origins) == ("outlet:reuters", 1, 1)
    assert found.primary.why.startswith("credited by 2 outlets, its own article is not here")
    assert found.primary.weight < 1.0  # hearsay


def test_a_house_that_writes_often_is_not_primary_for_it() -> None:
    first = article("a", "Lumen raises prices", WIRE, publisher="P1")
    own = [article(f"b{n}", f"Other {n}", f"View number {n}.", publisher="P2", at=n + 1) for n in range(3)]
    found = told(
        *pairs(first, *own),
        story=story(tuple(r for _, r in pairs(first, *own)), (("a",), ("b0", "b1", "b2"))),
    )
    assert found.primary.id == "a"


def test_an_origin_without_a_record_here_is_a_root_without_a_name() -> None:
    a = article("a", "Lumen raises prices", WIRE, publisher="P1")
    known = story((record(a),), (("x",), ("a",)), article_ids=("x", "a"))
    found = told((a, record(a)), story=known)
    assert found.n_origins == 2
    assert [n.at is None for n in found.origins if n.id == "x"] == [True]


def test_words_that_are_not_at_hand_are_told_by_their_title() -> None:
    a = article("a", "Lumen raises prices, Reuters reports", WIRE, publisher="P1")
    found = told((a, record(a)))
    assert found.origins[-1].parent == "outlet:reuters"


def test_a_lab_is_a_party_to_its_own_matter() -> None:
    assert source_tier("Lumen Labs", None, lexicon()).tier == 3
    assert source_tier("Lumen Weekly", None, lexicon()).tier is None


def test_a_chain_of_a_thousand_copies_is_told() -> None:
    """One origin of many articles: nothing calls itself, nothing takes long."""
    many = [article(f"a{n:04}", f"Title {n}", f"Words {n}.", publisher="P1", at=n / 60) for n in range(1000)]
    records = tuple(record(a) for a in many)
    found = told(*zip(many, records, strict=True), story=story(records, (tuple(a.id for a in many),)))
    assert len(found.origins) == 1000
    assert found.n_origins == 1
