"""Short forms after a full name, letters in brackets, versions without their model."""

from __future__ import annotations

import pytest

from labtape.annotate import mentions_short
from labtape.annotate.mentions import find_mentions
from labtape.annotate.mentions_short import MOST_MODELS
from labtape.lexicon import lexicon
from labtape.text import sentences

LEXICON = lexicon()
CASES = [
    (
        "Scale AI lost its chief. Meta sits on Scale's board, and rivals of Scale rejoiced.",
        ["Scale AI", "Meta", "Scale", "Scale"],
    ),
    (
        "He left Thinking Machines Lab (TML) in May; his move to TML had come late.",
        ["Thinking Machines Lab", "TML", "TML"],
    ),
    ("Claude Opus 4.7 and 4.8 models are slow today.", ["Claude Opus 4.7", "4.8"]),
    (
        "Google shipped Gemini 3.6 Flash, but no 3.5 Pro; it uses fewer tokens than 3.5 Flash.",
        ["Google", "Gemini 3.6 Flash", "3.5 Flash"],
    ),
    ("OpenAI calls GPT-5.6 strong. Nothing beats 5.6 at code.", ["OpenAI", "GPT-5.6", "5.6"]),
]
QUIET = [
    ("Scale AI lost its chief. Scale matters in this business. The Richter Scale said so.", ["Scale AI"]),
    ("GPT-5.6 is out. Sales rose 5.6% to 5.6 million, or 5.6 times as much.", ["GPT-5.6"]),
    ("OpenAI (NYSE) has no listing.", ["OpenAI"]),
    ("Gemini 3.6 Flash costs $3.5 Flash sale or not.", ["Gemini 3.6 Flash"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES + QUIET)
def test_what_stands_for_a_name_before_is_found_and_nothing_else(text: str, expected: list[str]):
    full = f"\n\n{text}"
    linked, _ = find_mentions(full, 0, sentences(full), LEXICON)
    assert [m.text for m in linked if not m.entity.startswith(("person:", "country:"))] == expected


def test_a_short_form_is_who_its_full_name_is():
    full = "\n\nScale AI lost its chief. Meta sits on Scale's board."
    linked, _ = find_mentions(full, 0, sentences(full), LEXICON)
    assert [(m.entity, m.rule) for m in linked if m.text == "Scale"] == [("company:scale-ai", "short-form")]


@pytest.mark.parametrize(
    ("text", "entity"), [("聯想股價急跌。", "company:lenovo"), ("阿里雲上調價格。", "company:alibaba-cloud")]
)
def test_traditional_characters_are_read_as_simplified_ones(text: str, entity: str):
    full = f"\n\n{text}公司發布人工智能服務器。"
    linked, _ = find_mentions(full, 0, sentences(full), LEXICON)
    assert entity in {m.entity for m in linked}


@pytest.mark.parametrize(
    "text",
    ["A GPT-5-level model.", "They call it an Opus-class model of Anthropic's kind.", "A ChatGPT-like app."],
)
def test_a_likeness_is_no_mention(text: str):
    linked, unlinked = find_mentions(f"\n\n{text}", 0, [], LEXICON)
    assert not [m for m in linked if m.entity.startswith("model:")]
    assert "adjective" in {u.reason for u in unlinked}


def test_of_a_page_of_versions_only_the_first_are_looked_for_alone(monkeypatch):
    asked = []

    def versions_like(version):
        asked.append(version)

    monkeypatch.setattr(mentions_short, "versions_like", versions_like)
    full = " ".join(f"GPT-{i // 90 + 4}.{i % 90} ran." for i in range(4 * MOST_MODELS))
    find_mentions(full, 0, sentences(full), LEXICON, None)
    assert 0 < len(asked) <= MOST_MODELS
