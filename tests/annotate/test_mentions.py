"""Names in sentences: every lab proves itself by its own examples, and the rules by cases written for them."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.annotate.linking import CONFIDENCE, DECIDED_BY_SCORE, WEAK
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
    "[OpenAI](lab:openai)'s [ChatGPT](model:chatgpt) and [Anthropic](lab:anthropic)'s [Claude](model:claude) fell.",
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
    "Read https://example.org/news/how-nvidia-and-openai-met.html and write to openai@example.org.",
    "Ask @deepseek_fan or open the file CLAUDE.md in the folder.",
    "Spark Capital and Opus Research wrote a letter to Harvey Weinstein's lawyers.",
    "Editor Kerry Wan tested the vacuum cleaner for a week.",
    "The Chandra X-ray telescope saw a nova.",
    "The Mistral blew through Marseille on Sunday.",
    "H20 treatment at the plant was late.",
    "Stargate Atlantis returns, and Codex Sinaiticus is on show.",
    "Hermes scarves sold out in Paris.",
    "书生气十足的年轻人读甲骨文。",
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
    "他喝了一碗小米粥，读了一首绝句。",
    "Stars fell: the 1966 Leonids outshone the solar wind and the northern lights over the Arctic.",
]


@pytest.mark.parametrize("sentence", NAMED)
def test_names_of_labs_companies_and_models_are_found(sentence: str):
    text, expected = read_marked(sentence)
    assert marks(text) == expected


@pytest.mark.parametrize("sentence", OTHER_THINGS)
def test_what_only_sounds_like_one_of_ours_is_not_linked(sentence: str):
    assert marks(sentence) == []


def test_a_name_that_is_something_else_says_why():
    unlinked = found("Gemini, the crypto exchange of the Winklevoss twins, priced its shares.")[1]
    assert [(u.text, u.reason) for u in unlinked] == [("Gemini", "crypto")]
    assert [(u.text, u.reason) for u in found("Devin Smithson scored 38 points.")[1]] == [
        ("Devin", "part of another name")
    ]
    assert [u.reason for u in found("The six AI tigers met in Beijing.")[1]] == ["group name"]


def test_a_sense_settled_in_the_text_holds_for_the_title():
    title = "Gemini raises its price range"
    assert names("Gemini, the crypto exchange founded by the Winklevoss twins, sells shares.", title) == {}
    text = "Google said that Gemini, its AI model, costs more from Monday."
    assert names(text, title)["Gemini"] == "model:gemini"


def test_the_same_word_may_mean_two_things_in_one_article():
    text = (
        "Google's Gemini wrote the poem. On Nasdaq, the Gemini crypto exchange of the Winklevoss twins fell."
    )
    linked, unlinked = found(text)
    assert [(m.text, m.entity) for m in linked][:2] == [
        ("Google", "company:google"),
        ("Gemini", "model:gemini"),
    ]
    assert [u.text for u in unlinked] == ["Gemini"]


def test_codes_are_tickers_only_in_market_dress():
    text = "Alibaba (NYSE: BABA) and $NVDA rose, 0100.HK fell 3%; Micron (MU) was flat."
    tickers = [m.entity for m in found(text)[0] if m.entity.startswith("ticker:")]
    assert tickers == ["ticker:NYSE:BABA", "ticker:NASDAQ:NVDA", "ticker:HKEX:0100", "ticker:NASDAQ:MU"]
    assert "MU" not in names("He studied at MU and wrote ARM on the form.")


def test_a_listing_is_no_ticker_before_it_trades():
    full = "Memory\n\nSK Hynix (NASDAQ: SKHY) sold its first shares in New York."
    days = {year: datetime(year, 8, 1, tzinfo=UTC) for year in (2025, 2026)}
    seen = {y: find_mentions(full, 6, sentences(full), LEXICON, at)[0] for y, at in days.items()}
    assert [m.text for m in seen[2025]] == ["SK Hynix"]
    assert [m.text for m in seen[2026]] == ["SK Hynix", "SKHY"]


def test_states_and_people_are_mentions_of_their_own_kind():
    linked = names("Sam Altman of OpenAI flew to Beijing to meet Chinese officials.")
    assert linked["Sam Altman"] == "person:sam-altman"
    assert linked["Chinese"] == "country:CN"


def test_a_person_of_several_companies_is_named_without_one_where_the_text_tells_none():
    (musk,) = (m for m in found("Elon Musk went to the theatre.")[0])
    assert (musk.entity, musk.lab) == ("person:elon-musk", None)
    of_xai = [
        m for m in found("Elon Musk said that xAI will sell Grok to banks.")[0] if m.text == "Elon Musk"
    ]
    assert [m.lab for m in of_xai] == ["lab:xai"]


def test_a_common_name_is_that_person_only_where_something_says_so():
    assert names("Zhang Peng won gold in curling.") == {}
    assert names("Zhang Peng, chief executive of Zhipu, spoke.")["Zhang Peng"] == "person:zhang-peng"


def test_alphabet_is_read_as_google():
    (mention,) = found("Alphabet shares rose after its earnings.")[0]
    assert (mention.entity, mention.lab) == ("company:alphabet", "company:google")


@given(st.text(max_size=60), st.text(max_size=400))
def test_spans_lie_in_any_text_and_do_not_overlap(title: str, text: str):
    check_spans(title, text)


PIECES = [
    "Gemini",
    "Claude Opus 5.1",
    "OpenAI’s",
    "豆包",
    "字节跳动",
    "(NYSE: BABA)",
    "$NVDA",
    "GPT-9",
    " ",
    "\n",
    "。",
    ", ",
    "and",
]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_names_thrown_together_do_not_overlap(text: str):
    check_spans("Title", text)


def check_spans(title: str, text: str) -> None:
    full = f"{title}\n\n{text}"
    linked, unlinked = find_mentions(full, len(title), sentences(full), LEXICON)
    spans = sorted((m.start, m.end) for m in (*linked, *unlinked))
    assert all(full[m.start : m.end] == m.text for m in (*linked, *unlinked))
    assert all(0 <= start < end <= len(full) for start, end in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    sure = [m for m in linked if m.rule != DECIDED_BY_SCORE and m.rule not in WEAK]
    assert all(m.confidence == CONFIDENCE[m.rule] for m in sure)
    assert all(0.0 < m.confidence <= 1.0 for m in linked)
    assert linked == tuple(sorted(linked, key=lambda m: m.start))
