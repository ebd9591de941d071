"""Names in sentences: every lab proves itself by its own examples, and the rules by cases written for them."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.annotate.linking import CONFIDENCE
from labtape.annotate.mentions import find_mentions
from labtape.lexicon import lexicon
from labtape.text import sentences
from labtape.types import Mention, Unlinked

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from marked import Mark, read_marked

LEXICON = lexicon()
EXAMPLES = [(lab.id, text) for lab in LEXICON.labs.values() for text in lab.examples]
COUNTER_EXAMPLES = [(lab.id, text) for lab in LEXICON.labs.values() for text in lab.counter_examples]


def found(text: str, title: str = "") -> tuple[tuple[Mention, ...], tuple[Unlinked, ...]]:
    full = f"{title}\n\n{text}"
    return find_mentions(full, len(title), sentences(full), LEXICON)


def marks(text: str) -> list[Mark]:
    """What is found in a text, as marked sentences write it; states and people left out."""
    return [
        (m.start - 2, m.end - 2, m.entity)
        for m in found(text)[0]
        if not m.entity.startswith(("country:", "person:", "ticker:"))
    ]


def names(text: str, title: str = "") -> dict[str, str]:
    return {m.text: m.entity for m in found(text, title)[0]}


# ---------------------------------------------------------------- the lexicon's own proof


@pytest.mark.parametrize(("lab", "sentence"), EXAMPLES)
def test_the_names_marked_in_a_labs_example_are_found(lab: str, sentence: str):
    text, expected = read_marked(sentence)
    mentions = [(m.start - 2, m.end - 2, m.entity) for m in found(text)[0]]
    assert [mark for mark in expected if mark not in mentions] == []


@pytest.mark.parametrize(("lab", "sentence"), COUNTER_EXAMPLES)
def test_a_labs_counter_example_does_not_name_it(lab: str, sentence: str):
    text, expected = read_marked(sentence)
    known = {entity for _, _, entity in expected}
    wrong = [m for m in found(text)[0] if m.lab == LEXICON.labs[lab].entity and m.entity not in known]
    assert wrong == []


# ---------------------------------------------------------------- cases of our own

NAMED = [
    # maker and product, possessives, versions
    "[Alibaba](company:alibaba)’s [Qwen](model:qwen) and [DeepSeek](lab:deepseek) lead the list.",
    "[Google](company:google) [Gemini](model:gemini) now answers in forty languages.",
    "[OpenAI](lab:openai)'s [ChatGPT](model:chatgpt), [Anthropic](lab:anthropic)'s [Claude](model:claude) and"
    " [Google](company:google)'s [Gemini](model:gemini) raised prices.",
    "[Google DeepMind](lab:google-deepmind) hired the team of [Meta AI](lab:meta-ai).",
    "用[GPT-5](model:gpt)写代码，比[Claude Opus 4.5](model:claude-opus)便宜。",
    # versions nobody has seen yet
    "[Qwen4-Max](model:qwen-max) costs a tenth of [GPT-7 mini](model:gpt).",
    "[Kimi K4](model:kimi) and [GLM-6](model:glm) share the first place.",
    "[Claude Opus 6.1](model:claude-opus) beats [Gemini 4 Flash](model:gemini).",
    "[Zhipu](lab:zhipu) opened [GLM-6.2 Air](model:glm) to all.",
    "[DeepSeek V5](model:deepseek-v) runs on chips from [Huawei](company:huawei).",
    "[Grok 5](model:grok) was trained by [xAI](lab:xai) in Memphis.",
    "[MiniMax M4](model:minimax-m) was listed on [OpenRouter](platform:openrouter).",
    # versions alone
    "[Moonshot AI](lab:moonshot) says that [Kimi K3](model:kimi-k3) sold out; [K3](model:kimi-k3) costs more.",
    "After [OpenAI](lab:openai) retired [GPT-4o](model:gpt), users begged for [4o](model:gpt).",
    # ambiguous names with company
    "[Meta](company:meta) said its capital spending would reach $80 billion.",
    "Analysts like [Micron](company:micron) for its memory prices.",
    "The contract with [Oracle](company:oracle) is worth $30 billion.",
    "Shares of [Arm](company:arm) rose after the chip designer's forecast.",
    "[Cohere](lab:cohere), the Toronto AI startup, wants to list.",
    "[Apple](company:apple) delayed the new [Siri](model:siri) again.",
    "Start-ups such as [Anthropic](lab:anthropic), [Cohere](lab:cohere) and [Mistral](lab:mistral) hire lawyers.",
    "[Groq](company:groq) rents out its inference chips; [xAI](lab:xai) trains [Grok](model:grok).",
    # Chinese
    "[百度](company:baidu)发布[文心大模型](model:ernie)新版本。",
    "[小米](company:xiaomi)创始人雷军宣布加大大模型投入。",
    "[阿里](company:alibaba)的[千问](model:qwen)再次降价。",
    "[英伟达](company:nvidia)、[微软](company:microsoft)和[谷歌](company:google)股价下跌。",
    "[字节](company:bytedance)旗下[豆包](model:doubao)用户破亿。",
    # case and dashes
    "[NVIDIA](company:nvidia) and [openai](lab:openai) sign.",
    "[SK\u00a0Hynix](company:sk-hynix) and [GPT‑5.2](model:gpt) in typographic dress.",
]

OTHER_THINGS = [
    "Claude Monet painted the garden at Giverny for decades.",
    "Finance Minister Henri Claude Oyima was dismissed on Monday.",
    "Jean-Claude Juncker spoke in Brussels.",
    "Devin Booker scored 38 points for Phoenix.",
    "Kimi Antonelli took pole position for Mercedes.",
    "Rep. Anna Paulina Luna wrote a letter; Luna asked for an answer.",
    "Gemini, the crypto exchange of the Winklevoss twins, priced its shares.",
    "Gemini and Libra share a good week, says the horoscope, and the zodiac agrees.",
    "A Falcon 9 rocket lifted off with 29 satellites.",
    "The Vera C. Rubin Observatory shared its first images of a comet.",
    "Comet C/2025 K1 broke apart near the Sun.",
    "Llamas guard sheep; a llama spat at the thief.",
    "A generalized linear model, or GLM, predicts claims in insurance statistics.",
    "The minimax algorithm with alpha-beta pruning plays tic-tac-toe.",
    "It takes time to grok the codebase, and our sonnet of a README does not help.",
    "The company has 30 months of cash runway and a cursor on its next round.",
    "Fire spread through the Amazon rainforest in Brazil.",
    "Step 2 of the recipe: fold in the apple slices.",
    "The oracle of Delphi gave no forecast.",
    "Snow fell in the Sierra Nevada and in Nova Scotia.",
    "Sierra Leone and Laos signed the treaty.",
    "He broke his arm skiing below K2 in Pakistan.",
    "The alphabet has 26 letters and a haiku has 17 syllables.",
    "The PM2.5 reading in Delhi passed 300.",
    "The M2 money supply grew; the mortgage was an ARM.",
    "William Shakespeare, the Bard of Avon, was born in 1564.",
    "Apache Spark 4.0 runs the nightly batch jobs.",
    "A Raspberry Pi measures the pH of the pool.",
    "一个字节有八个比特，浪潮拍打着海岸。",
    "他喝了一碗小米粥，又吃了一个苹果。",
    "Stars fell: the 1966 Leonids outshone the solar wind and the northern lights over the Arctic.",
]


@pytest.mark.parametrize("sentence", NAMED)
def test_names_of_labs_companies_and_models_are_found(sentence: str):
    text, expected = read_marked(sentence)
    assert marks(text) == expected


@pytest.mark.parametrize("sentence", OTHER_THINGS)
def test_what_only_sounds_like_one_of_ours_is_not_linked(sentence: str):
    assert marks(sentence) == []
