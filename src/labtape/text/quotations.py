"""Who is quoted with which words: quotation marks of English and Chinese text, and their speakers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from labtape.expressions import expression
from labtape.text.sentences import sentence_at
from labtape.types import Quotation, Span

# Shorter ones are scare quotes, titles or single words ("so-called").
_MIN_WORDS = 3
_MIN_HAN = 6

# All kinds begin with one class of signs, for which the engine leaps ahead.
_MARKS = expression(
    r"[“「『\"‘](?:"
    r"(?<=“)(?P<curly>[^“”\n]{6,1200})”"
    r"|(?<=「)(?P<corner>[^「」\n]{4,1200})」"
    r"|(?<=『)(?P<double>[^『』\n]{4,1200})』"
    r"|(?<=\")(?<![\w”]\")(?P<straight>[^\"\n]{6,1200})\"(?!\w)"
    r"|(?<=‘)(?<!\w‘)(?P<single>[^‘\n]{12,600}?[,.?!])’(?!\w))"
)
_HAN = expression(r"[\u3400-\u9fff]")

_VERBS = (
    "said|says|say|told|added|adds|wrote|writes|noted|notes|argued|argues|warned|warns|explained|explains|"
    "stated|states|claimed|claims|announced|commented|continued|tweeted|posted|insisted|replied|asked|"
    "acknowledged|emphasized|stressed|predicted|observed|remarked|concluded|testified"
)
_CAPITAL = r"(?:[A-Z]\.|[A-Z](?:[\w'’&-]|\.(?=\w))*)"
_NAME = rf"{_CAPITAL}(?:\s+(?:of|the|de|von|van|bin|al|{_CAPITAL})){{0,5}}"
_PRONOUN = r"(?:[Hh]e|[Ss]he|[Tt]hey|[Ww]e|I|[Ii]t)"
_NOUN = r"(?:the|a|an|one|its|their)\s+(?:[\w-]+\s+){0,3}[\w-]+"
_WHO = rf"(?P<who>{_NAME}|{_PRONOUN}|{_NOUN})"

# After the quotation: `," said Ann Lee` or `," Ann Lee, the chief, said`.
_AFTER_VERB = expression(rf"[\s,]*(?:{_VERBS})\s+(?!(?:that|in|on|at)\b){_WHO}")
_AFTER_NAME = expression(rf"[\s,]*{_WHO}(?:,[^,.\n]{{1,80}},)?\s+(?:also\s+)?(?:{_VERBS})\b")
# Before it: `Ann Lee said: "`, `according to Ann Lee, "`.
_BEFORE = expression(
    rf"{_WHO}(?:,[^,.\n]{{1,80}},)?\s+(?:has\s+|also\s+)?(?:{_VERBS})\b[^.!?\n\"“”]{{0,60}}$"
)
_ACCORDING = expression(rf"[Aa]ccording to\s+{_WHO}[^.!?\n\"“”]{{0,40}}$")
_SAID_ZH = "表示|称|说|指出|认为|强调|透露|回应|坦言|写道|补充"
_BEFORE_ZH = expression(
    rf"(?P<who>[\w·\u3400-\u9fff]{{1,20}}?)(?:在[^，。“]{{1,16}})?(?:{_SAID_ZH})[^。！？\n“”]{{0,12}}[:：,，]?\s*$"
)
_AFTER_ZH = expression(rf"[,，。]?\s*(?P<who>[\w·\u3400-\u9fff]{{1,20}}?)(?:{_SAID_ZH})")


# What every wording of the speaker before a quotation holds: looked for first, as most quotations have none.
_VERB = expression(rf"\b(?:{_VERBS})\b")
_SAYS_ZH = expression("[表称说指认强透回坦写补]")
_TO = expression("ccording to")
_REACH = 160


def find_quotations(full: str, sentences: Sequence[Span]) -> tuple[Quotation, ...]:
    """What stands in quotation marks and is long enough to be speech, without the marks.

    `speaker` is the wording next to it ("Lisa Su", "the company", "she"), looked for in the sentences
    that the quotation touches; None where nothing there says who spoke.

    >>> full = 'AMD\\n\\n"We sold every chip we made," said Lisa Su. The “boom” goes on.'
    >>> [(q.text, q.speaker) for q in find_quotations(full, [Span(5, 49), Span(50, 70)])]
    [('We sold every chip we made,', 'Lisa Su')]
    """
    found = []
    for match in _MARKS.finditer(full):
        name = match.lastgroup or "curly"
        if _is_speech(match[name]):
            left, right = _reach(match, sentences, len(full))
            speaker, rule = _speaker(full, match, left, right)
            found.append(Quotation(match.start(name), match.end(name), match[name], speaker, rule))
    return tuple(found)


def _is_speech(words: str) -> bool:
    return len(words.split()) >= _MIN_WORDS or len(_HAN.findall(words)) >= _MIN_HAN


def _reach(match: re.Match[str], sentences: Sequence[Span], length: int) -> tuple[int, int]:
    """From the start of the sentence it opens in to the end of the one after it closes."""
    left, right = max(0, match.start() - _REACH), min(length, match.end() + _REACH)
    sentence = sentence_at(sentences, match.start())
    return max(left, sentence.start) if sentence else left, right


def _speaker(full: str, match: re.Match[str], left: int, right: int) -> tuple[str | None, str]:
    line_end = full.find("\n", match.end(), right)
    right = line_end if line_end >= 0 else right
    for pattern, rule in (
        (_AFTER_VERB, "said-name"),
        (_AFTER_NAME, "name-said"),
        (_AFTER_ZH, "name-said-zh"),
    ):
        after = pattern.match(full, match.end(), right)
        if after:
            return after["who"].strip(), rule
    for pattern, needed, rule in (
        (_ACCORDING, _TO, "according-to"),
        (_BEFORE, _VERB, "name-said-before"),
        (_BEFORE_ZH, _SAYS_ZH, "name-said-zh"),
    ):
        before = needed.search(full, left, match.start()) and pattern.search(full, left, match.start())
        if before:
            return before["who"].strip(), rule
    return None, "marks"
