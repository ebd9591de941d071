"""The words a record is found by: decided here, for every store, from the JSON object that the record is.

lab:deepseek  model:kimi  country:CN …   what is named, and whose it is          event:product_release
ticker:NASDAQ:NVDA                       what an entity's verdict may reach      state:no_transmission
label:Bullish   relevant:true            the verdict                             lang:en
word:kimi   word:开源                     the words of the title; of Han text each two signs that stand together
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

# A key of PostgreSQL holds 2,704 bytes, and the term shares it with a time and an id.
LONGEST: Final = 200
# Words of a title; real ones have up to 40, hostile ones as many as fit.
MOST_WORDS: Final = 100
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORDS = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_IS_HAN = re.compile(rf"[{_HAN}]")
# From what is named in few records to what stands in most: where a search begins.
_RAREST = ("word:", "ticker:", "model:", "person:", "lab:", "company:", "platform:", "event:", "state:")


def terms_of(body: Mapping[str, Any]) -> tuple[str, ...]:  # Any: JSON has no tighter type
    """The terms of a record, given as its JSON object; each once, sorted.

    What an object does not have gives no term: records of earlier engines lack fields.
    """
    return tuple(sorted({term[:LONGEST] for term in _terms(body) if term}))


def _terms(body: Mapping[str, Any]) -> Iterator[str]:  # Any: as above
    for mention in body.get("mentions", ()):
        yield from (mention.get("entity") or "", mention.get("lab") or "")
    for verdict in body.get("entity_verdicts", ()):
        yield from (f"ticker:{exposed['ticker']}" for exposed in verdict.get("exposure", ()))
    yield from (f"event:{event['type']}" for event in body.get("events", ()))
    yield f"state:{body['verdict']['state']}"
    yield f"label:{body['verdict']['label']}"
    yield f"relevant:{str(body['relevance']['relevant']).lower()}"
    yield f"lang:{body.get('language', '')}"
    yield from word_terms(body.get("title", ""))


def word_terms(text: str) -> tuple[str, ...]:
    """The terms of words, however they are written; a single Han sign beside others makes none of its own.

    >>> word_terms("Kimi K2's 开源模型")
    ('word:kimi', 'word:k2', 'word:s', 'word:开源', 'word:源模', 'word:模型')
    """
    found: dict[str, None] = {}
    for match in _WORDS.finditer(unicodedata.normalize("NFKC", text).casefold()):
        found |= dict.fromkeys(_pieces(match[0]))
        if len(found) >= MOST_WORDS:
            break
    return tuple(f"word:{piece}"[:LONGEST] for piece in list(found)[:MOST_WORDS])


def _pieces(word: str) -> Iterable[str]:
    if len(word) < 3 or not _IS_HAN.match(word):
        return (word,)
    return (word[i : i + 2] for i in range(min(len(word) - 1, MOST_WORDS)))


def rarest_first(terms: Iterable[str]) -> tuple[str, ...]:
    """The terms in the order in which they likely narrow a search, each once.

    >>> rarest_first(("relevant:true", "event:merger", "lab:qwen"))
    ('lab:qwen', 'event:merger', 'relevant:true')
    """

    def rank(term: str) -> tuple[int, int]:
        kind = next((i for i, begin in enumerate(_RAREST) if term.startswith(begin)), len(_RAREST))
        return kind, -len(term)

    return tuple(sorted(dict.fromkeys(terms), key=rank))
