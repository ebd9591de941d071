"""Whose is a model of the counter, on which day."""

from __future__ import annotations

from datetime import date

import pytest

from labtape.ledger.makers import AUTHORS, counted_days
from labtape.ledger.rankings import RankedDay
from labtape.lexicon import lexicon


def maker(model, day=date(2026, 3, 1)):
    (found,) = counted_days([RankedDay(day, ((model, 1),))], lexicon())
    return found.rows[0].maker


MODELS = [
    ("deepseek/deepseek-chat-v3.1", "deepseek", "CN", "deepseek-v", True),
    ("deepseek/deepseek-chat-v3.1:free", "deepseek", "CN", "deepseek-v", True),
    ("x-ai/grok-code-fast-1", "xai", "US", "grok", None),
    ("anthropic/claude-4.5-sonnet-20250929", "anthropic", "US", "claude-sonnet", False),
    ("google/gemini-2.5-flash", "google-deepmind", "US", "gemini", False),
    ("google/gemma-3-27b-it", "google-deepmind", "US", "gemma", True),
    ("openai/gpt-oss-120b", "openai", "US", "gpt-oss", True),
    ("openai/gpt-5-codex", "openai", "US", "gpt", False),
    ("z-ai/glm-4.6", "zhipu", "CN", "glm", None),
    ("moonshotai/kimi-k2-0905", "moonshot", "CN", "kimi-k2", True),
    ("meta-llama/llama-3.3-70b-instruct", "meta-ai", "US", "llama", True),
    ("nousresearch/hermes-3-llama-3.1-405b", "nous-research", "US", "hermes", True),
    ("mistralai/mistral-nemo", "mistral", "FR", "mistral-m", None),
    ("perplexity/a-new-line", "perplexity", "US", None, None),
    ("tngtech/deepseek-r1t2-chimera", None, None, None, None),
    ("openrouter/quiet-otter", None, None, None, None),
    ("nobody-we-know/gpt-5", None, None, None, None),
    ("noslash", None, None, None, None),
]  # fmt: skip


@pytest.mark.parametrize(("model", "lab", "country", "family", "opened"), MODELS)
def test_a_model_belongs_to_its_authors_lab(model, lab, country, family, opened):
    found = maker(model)
    assert (found.lab, found.country, found.family, found.open_weights) == (lab, country, family, opened)
    assert found.author == model.partition("/")[0]


def test_the_owner_is_that_of_the_day():
    assert maker("x-ai/grok-4", date(2026, 1, 1)).owners == ("xai",)
    assert maker("x-ai/grok-4", date(2026, 3, 1)).owners == ("xai", "spacex")


def test_every_author_with_a_spelling_of_its_own_is_a_lab_of_the_lexicon():
    assert set(AUTHORS.values()) <= set(lexicon().labs)
