"""What a text means for a name that the reader chose."""

import pytest

from labtape.exceptions import BundleError
from labtape.lexicon import lexicon
from labtape.signal import RuleModel, load_model, toward
from labtape.signal.toward import clauses_with

TEXT = "Infosys jumps 6% on a record order, while Wipro slides 5% after weak guidance"


@pytest.fixture(scope="module")
def model():
    return load_model()


def test_two_names_of_one_headline_come_out_apart(model):
    found = toward(model, TEXT, ["Infosys", "Wipro"])
    assert list(found) == ["Infosys", "Wipro"]
    assert max(found["Infosys"], key=found["Infosys"].get) == "Bullish"
    assert max(found["Wipro"], key=found["Wipro"].get) == "Bearish"


def test_probabilities_sum_to_one_and_a_name_stands_once(model):
    found = toward(model, TEXT, ["Wipro", "Wipro", "Nobody plc"])
    assert list(found) == ["Wipro", "Nobody plc"]
    assert all(sum(p.values()) == pytest.approx(1.0, abs=1e-9) for p in found.values())


def test_the_same_answer_whatever_else_is_asked(model):
    assert toward(model, TEXT, ["Wipro"])["Wipro"] == toward(model, TEXT, ["Infosys", "Wipro"])["Wipro"]


def test_a_model_of_whole_texts_says_so():
    with pytest.raises(BundleError, match="whole texts"):
        toward(RuleModel(lexicon()), TEXT, ["Wipro"])


@pytest.mark.parametrize(
    ("text", "name", "clauses"),
    [
        (TEXT, "Wipro", "Wipro slides 5%"),
        (TEXT, "wipro", "Wipro slides 5%"),
        (TEXT, "Nobody", TEXT),
        ("", "Wipro", ""),
    ],
)
def test_the_clauses_that_hold_a_name(text, name, clauses):
    assert clauses_with(text, name) == clauses


@pytest.mark.parametrize("text", ["", " ", "a" * 100_000, "\x00\ud800" * 50, "📈" * 3000])
def test_odd_texts_get_probabilities_all_the_same(model, text):
    (p,) = toward(model, text, ["Wipro"]).values()
    assert sum(p.values()) == pytest.approx(1.0, abs=1e-9)
