"""Which language a text is in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.text import language_of

CASES = [
    ("en", "The company said on Tuesday that it would cut the price of its model."),
    ("en", "Nvidia tops estimates"),
    ("zh", "英伟达第三季度营收创新高，AI芯片需求旺盛"),
    ("zh", "OpenAI 发布 GPT-5.2，价格下降"),
    ("ja", "ソフトバンクはOpenAIに追加出資する方針だ"),
    ("ko", "삼성전자가 새로운 메모리를 발표했다"),
    ("ru", "Сбер выпустил новую модель"),
    ("de", "Die Bundesregierung und der Konzern haben sich auf eine Förderung für das Werk geeinigt."),
    ("fr", "La société a annoncé une levée de fonds pour les modèles qui sont utilisés par des banques."),
    ("es", "La empresa anunció que los modelos son más baratos para el mercado y las empresas."),
    ("und", "61%"),
    ("und", ""),
]


@pytest.mark.parametrize(("language", "text"), CASES)
def test_the_language_is_told_by_script_and_function_words(language: str, text: str):
    assert language_of(text) == language


@given(st.text(max_size=300))
def test_any_text_has_a_code(text: str):
    assert language_of(text) == "und" or len(language_of(text)) == 2
