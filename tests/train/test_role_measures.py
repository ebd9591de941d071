import pytest

from labtape.lexicon import lexicon
from labtape.train.matching import Groups
from labtape.train.roles import RoleTally


def measured(annotated, mentions):
    """Roles by entity, and (lab, role) of each mention."""
    tally = RoleTally()
    row = {"entities": [{"entity": entity, "role": role} for entity, role in annotated.items()]}
    found = [{"entity": lab, "lab": lab, "role": role} for lab, role in mentions]
    tally.count(row, {"mentions": found}, Groups.of(lexicon()))
    return tally.measures().get("roles")


def test_an_organisation_that_any_mention_makes_a_subject_is_one():
    found = measured({"lab:meta": "subject"}, [("lab:meta", "other"), ("lab:meta", "subject")])
    assert (found["acc"], found["subject_p"], found["subject_r"]) == (1.0, 1.0, 1.0)


def test_a_source_taken_for_a_subject_is_counted_as_such():
    found = measured(
        {"lab:meta": "source", "lab:openai": "venue", "lab:nvidia": "comparator"},
        [("lab:meta", "subject"), ("lab:openai", "venue"), ("lab:nvidia", "subject")],
    )
    assert (found["non_subject_as_subject"], found["non_subjects"]) == (0.5, 2)
    assert found["confusion"]["source->subject"] == found["confusion"]["comparator->subject"] == 1
    assert found["acc"] == pytest.approx(1 / 3, abs=1e-4)


def test_units_of_one_organisation_have_one_role():
    found = measured({"lab:alibaba-qwen": "subject"}, [("lab:alibaba", "subject")])
    assert (found["n"], found["acc"]) == (1, 1.0)


def test_what_is_not_linked_has_no_wrong_role():
    found = measured({"lab:meta": "subject"}, [])
    assert (found["n"], found["not_found"]) == (0, 1)


def test_listed_companies_outside_the_lexicon_are_left_out():
    assert measured({"ticker:NASDAQ:NFLX": "subject"}, []) is None
