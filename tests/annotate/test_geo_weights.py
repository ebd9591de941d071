"""The learned tables: what they decide, what they leave to the rules, and that they are read back as they were written."""

from __future__ import annotations

import json

import pytest

from labtape.annotate.geo_features import GeoFeatures
from labtape.annotate.geo_weights import NO, YES, Choice, GeoWeights, read_geo_weights
from labtape.exceptions import BundleError
from labtape.types import Geopolitics, Span

TABLE = GeoWeights(
    Choice((NO, YES), (0.0, -2.0), {"cue": (0.0, 1.0), "read:geo": (0.0, 1.0)}),
    Choice(("easing", "tightening"), (0.0, 0.0), {"read:geo_direction.easing": (1.0, -1.0)}),
    threshold=0.4,
)
RULED = Geopolitics(True, 0.3, ("NO", "SE"), "tightening", "talk", (Span(3, 9),), "title-cues")


def told(values: dict[str, float], read: dict[str, float]) -> Geopolitics:
    return TABLE.geopolitics(GeoFeatures(values, RULED), read)


def test_cues_and_encoder_decide_together_and_the_rest_is_the_rules():
    found = told({"cue": 1.0}, {"read:geo": 2.0, "read:geo_direction.easing": 1.0})
    assert found == Geopolitics(
        True, 0.7311, ("NO", "SE"), "easing", "talk", (Span(3, 9),), "learned:title-cues"
    )


def test_below_the_threshold_only_p_is_told():
    assert told({"cue": 1.0}, {"read:geo": -1.0}) == Geopolitics(relevant=False, p=0.1192)
    assert told({"cue": 1.0}, {"read:geo": 0.6}).relevant


def test_of_equal_answers_the_first_is_taken():
    assert TABLE.direction.likeliest({}) == "easing"


def test_large_numbers_do_not_overflow():
    assert TABLE.relevant.probabilities({"cue": 1e6})[YES] == 1.0
    assert TABLE.relevant.probabilities({"cue": -1e6})[YES] == 0.0


def test_the_tables_are_read_back_as_they_were_written():
    assert read_geo_weights(TABLE.as_json()) == TABLE


def test_an_answer_that_no_record_gives_is_refused():
    data = json.loads(TABLE.as_json())
    data["direction"]["answers"] = ["easing", "sideways"]
    with pytest.raises(BundleError, match="direction cannot be sideways"):
        read_geo_weights(json.dumps(data))
