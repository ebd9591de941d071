"""Expressions that are compiled when they are first used."""

import copy
import importlib
import pickle
import pkgutil
import re

import pytest

import labtape.annotate
import labtape.signal
import labtape.story
import labtape.text
from labtape.expressions import expression


@pytest.mark.parametrize("words", ["fell 6% to $40", "", "no digit"])
def test_it_finds_what_the_compiled_expression_finds(words):
    lazy, plain = expression(r"(?P<figure>\d+)%?", re.ASCII), re.compile(r"(?P<figure>\d+)%?", re.ASCII)
    for _ in range(2):  # at the first use and after it
        assert lazy.findall(words) == plain.findall(words)
        assert lazy.sub("#", words) == plain.sub("#", words)
        assert [m["figure"] for m in lazy.finditer(words, 2)] == [
            m["figure"] for m in plain.finditer(words, 2)
        ]
        assert bool(lazy.search(words)) == bool(plain.search(words))
    assert lazy.groupindex == plain.groupindex


def test_its_flags_are_kept():
    assert expression("qwen", re.IGNORECASE).fullmatch("Qwen")
    assert not expression("qwen").fullmatch("Qwen")


def test_a_wrong_expression_is_refused_at_its_first_use():
    wrong = expression("(")
    with pytest.raises(re.error):
        wrong.search("")


@pytest.mark.parametrize("is_used", [False, True])
def test_a_copy_finds_the_same(is_used):
    source = expression(r"\bchips?\b")
    if is_used:
        assert source.search("a chip")
    for other in (copy.deepcopy(source), pickle.loads(pickle.dumps(source))):
        assert other.findall("chips, chip, chipper") == ["chips", "chip"]


@pytest.mark.parametrize("room", [labtape.annotate, labtape.signal, labtape.story, labtape.text])
def test_every_expression_of_the_finders_compiles(room):
    kind = type(expression("a"))
    for info in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
        if info.ispkg or info.name.endswith(".spacy"):  # needs an extra
            continue
        for name, value in vars(importlib.import_module(info.name)).items():
            if isinstance(value, kind):
                assert re.compile(value.pattern), name
