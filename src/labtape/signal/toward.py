"""What a text means for a name that the reader chose: a company of a watchlist, a fund, a market; in the lexicon or not.

    text, name ──"name [SEP] text"──────────> encoder: tone for the name ──┬── mean
         └──"name [SEP] its clauses"───> encoder: tone for the name ──┘

A record judges the organisations of the lexicon that its article is about. This judges any name, by the same weights
as the public sets of finance headlines taught them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from labtape.exceptions import BundleError
from labtape.ports import Model, Pointing
from labtape.signal.mathematics import rounded

# Where a headline turns to somebody else.
_TURNS: Final = re.compile(
    r"(?:[;:,]\s|\s)(?:but|while|whereas|as|after|amid|despite|though|although)\s|[;:,]\s", re.IGNORECASE
)


def toward(model: Model, text: str, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """Probabilities over the model's labels for each name, in the order given, four decimals that sum to one.

    `text` is a headline or a short text; what lies beyond a few hundred characters is hardly read. `names` are as the text
    spells them. Raises `BundleError` where the model judges whole texts only (the rules, a plug-in).

    >>> from labtape.signal import load_model
    >>> found = toward(load_model(), "Infosys shares jump 6%; Wipro shares fall 5%", ["Infosys", "Wipro"])
    >>> [max(p, key=p.get) for p in found.values()]
    ['Bullish', 'Bearish']
    """
    if not isinstance(model, Pointing):
        raise BundleError(
            f"{model.ref.bundle}: judges whole texts, no single names; take a bundle of labtape train, as market3"
        )
    pairs = [(text, name) for name in dict.fromkeys(names)]
    return {name: rounded(p) for (_, name), p in zip(pairs, model.toward(pairs), strict=True)}


def clauses_with(text: str, name: str) -> str:
    """The clauses that hold the name, joined; the whole text where none does.

    >>> clauses_with("Infosys jumps 6%, Wipro slides after weak guidance", "Wipro")
    'Wipro slides'
    """
    own = [clause.strip() for clause in _TURNS.split(text) if name.lower() in clause.lower()]
    return " ".join(own) or text
