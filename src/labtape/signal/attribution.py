"""What moved a probability: each head taken apart into named parts that add up to its log-odds.

    z = Σ weight · input + Σ weight · tf-idf        one part per input that an article has, one per term

Nothing is estimated: heads are sums, and these are their terms. A term of little weight goes into one part with the
others like it. Names of parts are the model's own; `input_words` says them to people.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Final

from labtape.ports import Account, Attribution, Explaining, Model, Part
from labtape.signal.mathematics import sigmoid
from labtape.signal.words import rule_words
from labtape.types import Annotated

# Terms that get a part of their own, per head: below the dozen strongest none is worth a line.
MOST_WORDS: Final = 12
_PLACES: Final = {"title": "in the headline", "lead": "in the opening", "body": "further down"}


def accounts(model: Model, annotated: Sequence[Annotated]) -> list[Account] | None:
    """What moved the probabilities of each article, in order; None where the model cannot say."""
    return model.accounts(annotated) if isinstance(model, Explaining) else None


def taken_apart(
    head: str, log_odds: float, parts: Mapping[str, float], *, p: float | None = None
) -> Attribution:
    """A head as its parts that are not zero, strongest first; `p` is its logistic function where none is given."""
    order = sorted(((n, v) for n, v in parts.items() if v), key=lambda part: (-abs(part[1]), part[0]))
    told = tuple(Part(name, input_words(name), value) for name, value in order)
    return Attribution(head, log_odds, sigmoid(log_odds) if p is None else p, told)


def weighted(weights: Mapping[str, float], inputs: Mapping[str, float]) -> dict[str, float]:
    """What each named input adds; the bias adds itself."""
    return {n: w if n == "bias" else w * inputs.get(n, 0.0) for n, w in weights.items()}


def strongest_terms(terms: Mapping[str, float]) -> dict[str, float]:
    """The `MOST_WORDS` strongest terms, and what all the others add as `word.other`."""
    order = sorted(terms.items(), key=lambda term: (-abs(term[1]), term[0]))
    rest = sum(value for _, value in order[MOST_WORDS:])
    return dict(order[:MOST_WORDS]) | ({"word.other": rest} if rest else {})


def input_words(name: str) -> str:
    """A named input in words; a name that has none yet is read out as it is.

    >>> input_words("hit.contract-won.title")
    'rule: a signed contract or lease, in the headline'
    >>> input_words("word.lead:up 0")
    'words “up [number]”, in the opening'
    >>> input_words("encoder.direction")
    'encoder: direction'
    """
    kind, _, rest = name.partition(".")
    if kind == "hit":
        rule, _, place = rest.partition(".")
        return ", ".join((f"rule: {rule_words(rule).because}", *_place(place)))
    if kind == "word" and ":" in rest:
        place, _, term = rest.partition(":")
        shown = " ".join("[number]" if word == "0" else word for word in term.split())
        return ", ".join((f"{'words' if ' ' in term else 'word'} “{shown}”", *_place(place)))
    return _input_words().get(name) or name.replace("_", " ").replace(".", ": ")


def _place(place: str) -> Iterator[str]:
    if place:
        yield _PLACES[place]


@cache
def _input_words() -> Mapping[str, str]:
    source = resources.files("labtape.signal").joinpath("input_words.toml").read_text("utf-8")
    return {str(name): str(words) for name, words in tomllib.loads(source)["input"].items()}
