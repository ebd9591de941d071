import pytest

from labelled import labels
from labtape.lexicon import lexicon
from labtape.train.agreement import agreement, kappa, near


def fields(first, second):
    return {a.field: a for a in agreement(first, second, lexicon())}


def test_a_reading_agrees_with_itself_in_every_field():
    found = fields(labels(), labels())
    assert all(a.value == (0.0 if a.field == "Bullish against Bearish" else 1.0) for a in found.values())
    assert {
        "relevance",
        "mentions",
        "decoys",
        "shares",
        "share bound",
        "verdict of a subject",
    } <= found.keys()


def test_what_one_reader_does_not_find_lowers_f1_and_nothing_else():
    second = labels()
    second[0]["labs"].pop()
    found = fields(labels(), second)
    assert found["mentions"].value == pytest.approx(2 / 3, abs=1e-4)
    assert found["shares"].value == 1.0


def test_units_of_one_organisation_count_as_one():
    second = labels()
    second[0]["labs"][0]["lab"] = "alibaba"
    assert fields(labels(), second)["mentions"].value == 1.0


def test_a_field_that_only_one_of_them_read_is_not_compared():
    second = labels()
    del second[0]["shares"], second[0]["other_percents"]
    assert "shares" not in fields(labels(), second)


def test_the_same_id_with_another_text_is_not_taken_for_it_where_both_texts_are_there():
    other = labels()[0] | {"sha256": "0" * 64, "sentiment": "Bearish"}
    assert fields(labels(), [other, *labels()])["sentiment (relevant)"].value == 1.0


def test_horizons_are_compared_where_both_read_them():
    read = {
        "short": "Bearish",
        "long": "Neutral",
        "state": "directional",
        "short_why": "law",
        "long_why": "none",
    }
    first = [row | {"horizons": read} for row in labels()]
    second = [first[0] | {"horizons": read | {"long": "Bearish"}}, labels()[1]]
    found = fields(first, second)
    assert (found["short term"].value, found["short term"].n) == (1.0, 1)
    assert found["long term"].value == 0.0


@pytest.mark.parametrize(
    ("pairs", "value"),
    [
        ([("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")], 0.5),
        ([("a", "a"), ("a", "a")], 1.0),
        ([("a", "b"), ("b", "a")], -1.0),
        ([(True, True), (False, False)], 1.0),
    ],
)
def test_kappa_takes_chance_off(pairs, value):
    assert kappa(pairs) == pytest.approx(value)


def test_wordings_of_one_thing_are_near():
    assert near("Nvidia (gaming)", "Nvidia")
    assert not near("Nvidia", "AMD")
    assert near("", "")
    assert not near("", "Nvidia")
