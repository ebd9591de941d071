"""What is counted of states, and that there is always evidence to show."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from labtape.annotate import annotate
from labtape.annotate.geo_features import GeoFeatures, geo_features
from labtape.lexicon import lexicon
from labtape.types import Article, Span

LEXICON = lexicon()


def features(title: str, text: str = "") -> GeoFeatures:
    return geo_features(annotate(Article("a", title, text), LEXICON), LEXICON)


def test_cues_count_by_direction_and_place_and_states_by_where_they_are_named():
    found = features("Norway bans exports of chips", "Oslo said so. Sweden lifts its curbs on chips.")
    assert found.values["cue:tightening:title"] > 0
    assert found.values["cue:easing:lead"] > 0
    assert (found.values["states"], found.values["states:title"]) == (2.0, 1.0)
    assert "rival:title" not in found.values
    assert features("China bans exports of chips").values["rival:title"] == 1.0


def test_a_cue_without_a_state_is_counted_apart_and_its_sentence_is_the_evidence():
    text = "Dinner was served. Export controls came up at the table. Everybody slept."
    found = features("An evening among friends", text)
    assert found.values["loose:tightening:lead"] > 0
    assert not any(name.startswith("cue:") for name in found.values)
    start = len("An evening among friends") + 2 + text.index("Export")
    assert found.told.evidence == (Span(start, start + len("Export controls came up at the table.")),)
    assert found.told.actors == ()


def test_without_any_cue_the_first_sentence_is_the_evidence():
    assert features("A walk in the woods", "Trees.").told.evidence == (Span(0, len("A walk in the woods")),)


def test_what_the_rules_say_is_a_feature():
    sure = features("US tightens export controls on AI chips for China").values
    assert sure["rules:p"] > 2
    assert sure["rules:direction:tightening"] == 1.0
    assert features("A walk in the woods").values["rules:p"] == -6.0


@settings(max_examples=60)
@given(st.text(max_size=80), st.text(max_size=300))
def test_any_text_has_finite_numbers_and_evidence_in_it(title: str, text: str):
    found = features(title, text)
    assert all(math.isfinite(value) for value in found.values.values())
    assert found.told.evidence
    for span in found.told.evidence:
        assert 0 <= span.start <= span.end <= len(title) + 2 + len(text)
