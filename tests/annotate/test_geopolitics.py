"""States against states: one line a case, written before the rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.annotate.geo_places import find_places
from labtape.annotate.geopolitics import find_geopolitics
from labtape.lexicon import lexicon
from labtape.text import sentences
from labtape.types import Geopolitics, Mention

LEXICON = lexicon()


def geopolitics(title: str, text: str = "", mentions: tuple[Mention, ...] = ()) -> Geopolitics:
    full = f"{title}\n\n{text}"
    return find_geopolitics(full, len(title), sentences(full), mentions, LEXICON)


TOLD = [
    # title, actors, direction, stage
    ("US tightens export controls on AI chips for China", "CN US", "tightening", "act"),
    ("Washington lifts its export curbs on memory chips for China", "CN US", "easing", "act"),
    ("China bans purchases of American accelerators by state firms", "CN US", "tightening", "act"),
    ("Beijing threatens to restrict rare earth exports to Japan", "CN JP", "tightening", "threat"),
    ("White House considers ban on Chinese open models in government", "CN US", "tightening", "talk"),
    ("Netherlands adds lithography tools to export restrictions for China", "CN NL", "tightening", "act"),
    ("US and China extend trade truce and delay tariff increases", "CN US", "easing", "act"),
    ("China closes the gap with US in AI race", "CN US", "rivalry", "act"),
    ("India offers subsidies for sovereign AI compute", "IN", "rivalry", "act"),
    ("Brussels proposes tighter rules for Chinese cloud firms", "CN EU", "tightening", "talk"),
    ("Taiwan puts two Chinese chip makers on its entity list", "CN TW", "tightening", "act"),
    ("White House allows chip maker to sell accelerators to China again", "CN US", "easing", "act"),
    ("White House rejects a lab's plan to widen access to its cyber model", "US", "tightening", "act"),
    ("Pentagon ends feud with model maker and restores access", "US", "easing", "act"),
    ("US government takes a stake in a struggling foundry", "US", "rivalry", "act"),
    ("Trump administration in talks to take equity in a model lab", "US", "rivalry", "talk"),
    ("Five Eyes agencies warn of model-driven attacks", "AU CA GB NZ US", "none", "threat"),
    ("Brazil lifts its ban on a foreign chatbot", "BR", "easing", "act"),
    ("US plans 15% duty on servers from Mexico", "MX US", "tightening", "act"),
    ("Washington shuts the door on accelerators for China", "CN US", "tightening", "act"),
    ("美国收紧对华芯片出口管制", "CN US", "tightening", "act"),
    ("美国考虑放宽对华芯片出口限制", "CN US", "easing", "talk"),
    ("中国科技自立自强：国产芯片加速替代美国产品", "CN US", "rivalry", "act"),
    ("欧盟对中国电动车加征关税", "CN EU", "tightening", "act"),
]

NOT_TOLD = [
    "Indian start-up launches a chat app for farmers",
    "Chip maker opens an office in Tokyo",
    "American lab raises $2 billion",
    "Chinese start-up releases a video model",
    "London judge dismisses copyright suit against image generator",
    "Governor signs state AI law to protect children from chatbots",
    "US users spend more time with chatbots, survey finds",
    "中国某公司发布第三季度财报",
    "How to plan a trip to Japan with a chatbot",
    "Ten headphones we like",
]


@pytest.mark.parametrize(("title", "actors", "direction", "stage"), TOLD)
def test_states_against_states_are_told_with_actors_direction_and_stage(
    title: str, actors: str, direction: str, stage: str
):
    found = geopolitics(title)
    assert found.relevant
    assert (" ".join(found.actors), found.direction, found.stage) == (actors, direction, stage)
    assert found.evidence


@pytest.mark.parametrize("title", NOT_TOLD)
def test_a_country_named_in_passing_or_at_home_is_no_geopolitics(title: str):
    assert not geopolitics(title).relevant


def test_the_government_of_a_text_that_names_no_state_is_that_of_the_labs_home():
    title = "OpenAI limits rollout of its model after government request"
    mention = Mention(0, 6, "OpenAI", "lab:openai", "lab:openai", "subject", True, 1.0, "r")
    text = "The lab restricts access to comply with a government directive."
    found = geopolitics(title, text, (mention,))
    assert (found.relevant, found.actors, found.direction) == (True, ("US",), "tightening")


def test_the_lead_begins_below_a_menu_that_ends_with_the_title_again():
    title = "Minister speaks about chips at a fair"
    menu = "Home News Chips Phones Reviews Deals Newsletters Sign in Subscribe Search " * 6
    story = "China and the US exempt chips from tariffs and lift export curbs."
    assert geopolitics(title, f"{menu}{title} {story}").p > geopolitics(title, f"{menu}{story}").p


def test_one_sentence_of_background_far_down_does_not_count():
    body = (
        "The lab showed its new speech model at a fair. " * 12 + "The US restricts exports of chips to China."
    )
    assert not geopolitics("Lab shows a speech model", body).relevant


def test_models_of_one_country_against_labs_of_another_are_a_rivalry():
    title = "Bank drops GPT for Chinese open models"
    mention = Mention(11, 14, "GPT", "model:gpt", "lab:openai", "subject", True, 1.0, "r")
    found = geopolitics(title, "More American firms are switching to Chinese AI models.", (mention,))
    assert (found.relevant, found.direction, found.actors) == (True, "rivalry", ("CN", "US"))


def test_the_pronoun_us_is_no_state_and_the_code_is():
    assert [p.code for p in find_places("It told us that the US and U.S. firms agree.", LEXICON)] == [
        "US",
        "US",
    ]


def test_the_longest_country_word_wins():
    assert [p.code for p in find_places("South Korean and Chinese ministers", LEXICON)] == ["KR", "CN"]


@given(st.text(max_size=200), st.text(max_size=400))
def test_any_text_gives_evidence_inside_it(title: str, text: str):
    full = f"{title}\n\n{text}"
    found = geopolitics(title, text)
    assert 0.0 <= found.p <= 1.0
    assert found.relevant == (found.p >= 0.5)
    assert found.relevant or (found.direction, found.stage, found.actors, found.evidence) == (
        "none",
        "none",
        (),
        (),
    )
    for span in found.evidence:
        assert 0 <= span.start <= span.end <= len(full)
