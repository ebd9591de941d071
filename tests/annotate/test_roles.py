"""What a named thing does in its sentence."""

from __future__ import annotations

import pytest

from labtape.annotate.mentions import find_mentions
from labtape.lexicon import lexicon
from labtape.text import sentences

LEXICON = lexicon()

CASES = [
    ("DeepSeek raised the price of its model.", "DeepSeek", "subject"),
    ("Models cost less on OpenRouter this year.", "OpenRouter", "venue"),
    ("The share rose to 9%, according to Similarweb.", "Similarweb", "source"),
    ("New data from Omdia show a shortage of chips.", "Omdia", "source"),
    ("The new model is far cheaper to run than Claude Opus 5.", "Claude Opus 5", "comparator"),
    ("Qwen overtook DeepSeek in downloads.", "DeepSeek", "comparator"),
    ("The prices will fall, said Sam Altman.", "Sam Altman", "speaker"),
    ("Jensen Huang said that demand is strong.", "Jensen Huang", "speaker"),
    (
        "In a long and winding essay on the state of the market, one customer praised Anthropic.",
        "Anthropic",
        "other",
    ),
    ("据TrendForce统计，价格上涨。", "TrendForce", "source"),
    ("通义千问的下载量超过DeepSeek。", "DeepSeek", "comparator"),
    ("Washington eased the rule.", "Washington", "other"),
]


@pytest.mark.parametrize(("text", "name", "role"), CASES)
def test_the_words_beside_a_name_tell_its_role(text: str, name: str, role: str):
    full = f"A title of no matter\n\n{text}"
    linked, _ = find_mentions(full, 20, sentences(full), LEXICON)
    assert [m.role for m in linked if m.text == name] == [role]


def test_what_the_title_names_is_a_subject():
    full = "Price war reaches Zhipu\n\nMore soon."
    (mention,) = find_mentions(full, 23, sentences(full), LEXICON)[0]
    assert (mention.role, mention.in_title) == ("subject", True)
