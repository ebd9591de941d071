"""Which sentences tell the article in brief."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labtape.annotate.mentions import find_mentions
from labtape.annotate.summary import find_summary
from labtape.lexicon import lexicon
from labtape.text import sentences

LEXICON = lexicon()


def summary(title: str, text: str) -> list[str]:
    full = f"{title}\n\n{text}"
    spans = sentences(full)
    mentions, _ = find_mentions(full, len(title), spans, LEXICON)
    return [full[s.start : s.end] for s in find_summary(full, len(title), spans, mentions)]


TEXT = (
    "Sign up for our newsletter and never miss a story again. "
    "The maker of DeepSeek will double its prices at peak hours from August. "
    "The maker of DeepSeek will double prices at peak hours from August, it said. "
    "Analysts expect rivals such as Qwen and Kimi to follow within 30 days. "
    "The office has a nice view over the lake and the old town. "
    "Will it last? "
    "Its share of tokens on OpenRouter fell to 14% last week."
)


def test_a_summary_has_the_lead_and_no_sentence_twice():
    found = summary("DeepSeek raises prices", TEXT)
    assert found[0] == "The maker of DeepSeek will double its prices at peak hours from August."
    assert len(found) == 3
    assert "The maker of DeepSeek will double prices at peak hours from August, it said." not in found


def test_calls_to_subscribe_and_questions_are_not_in_it():
    found = summary("DeepSeek raises prices", TEXT)
    assert not any(sentence.startswith(("Sign up", "Will it")) for sentence in found)


def test_a_text_without_a_fair_sentence_has_none():
    assert summary("Title", "") == []
    assert summary("Title", "Short. Also. 61%.") == []


def test_chinese_sentences_are_summed_up_too():
    text = "智谱宣布上调大模型价格，涨幅为三成。分析师认为需求仍然强劲，订单超过预期。"
    assert len(summary("智谱涨价", text)) == 2


@given(st.text(max_size=300))
def test_a_summary_is_some_of_the_sentences_in_order(text: str):
    full = f"Title\n\n{text}"
    spans = sentences(full)
    found = find_summary(full, 5, spans, ())
    assert len(found) <= 3
    assert found == tuple(sorted(found))
    assert set(found) <= set(spans)
