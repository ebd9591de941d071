"""Finds the matches of many regular expressions in one text quickly: by the letters they begin with.

The cues of the lexicon are some five hundred expressions with gaps and alternatives. Searching a text for each takes
5 ms an article; one pass for all beginnings (Aho-Corasick), then trying only what can begin there, a thirtieth of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick

from labtape.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SURROGATE = expression("[\ud800-\udfff]")
_CJK = expression(r"[\u3400-\u9fff]")
#: A match begins at a word, a Chinese character, or a sign such as $: not inside a word.
_WORDLY = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_SHORTHANDS = {
    "{money}": (
        r"(?:(?:(?:us|hk)?[$€£¥₩]|(?:usd|eur|gbp|cny|rmb|jpy|krw)(?= ?\d)) ?\d[\d,.]*(?: ?(?:trillion|billion|million|[tbm]n?|k)(?![a-z]))?"
        r"|\d[\d,.]* ?(?:(?:trillion|billion|million|bn|mn) )?(?:dollars|euros|pounds|yuan|rmb|won|yen)"
        r"|\d[\d.,]*(?:万亿|亿|万)(?:美元|元|港元|人民币|欧元|日元|韩元))"
    ),
}
_MONEY = expression(_SHORTHANDS["{money}"])
#: "Up to n words between": however the cue writes the words, names and amounts ("OpenAI's", "$5", "GPT-5.6") are words.
_GAP = expression(r"\(\?:(?:\\w|\[[^\]]*\\w[^\]]*\])\+ \)(\{\d,\d+\})")
_WORD = r"""[\w'.$€£¥%&/+"“”-]+,?"""
_QUANTIFIER = expression(r"(?:[?*+]|\{\d*,?\d*\})[?+]?")
_OPTIONAL = expression(r"[?*]|\{0?,")
_QUANTIFIERS = frozenset("?*+{")
#: Letters that neither end nor begin a part of an expression: most of every cue.
_PLAIN = expression(r"[^|()\[\]\\]+")
#: Parts of expressions whose beginnings are remembered: macros and word lists stand in many cues.
_MOST_PARTS = 20_000
#: Beginnings kept of one expression; more of them, longer ones, are found less often in vain.
_MOST_HEADS = 400
#: Pages repeat the title below their menus and captions; where they do within these characters, the lead starts there.
_MENUS = 600


@dataclass(frozen=True, slots=True)
class PatternSet:
    """Expressions, and which of them can begin with which letters; `unanchored` may begin with anything."""

    expressions: tuple[re.Pattern[str], ...]
    heads: AhoCorasick
    by_head: tuple[
        tuple[int, ...], ...
    ]  # number of a head -> numbers of the expressions that can begin with it
    n_money: int  # the first so many heads begin an amount
    after_money: tuple[int, ...]  # the expressions that begin with an amount
    unanchored: tuple[int, ...]

    def scan(self, folded: str) -> Iterator[tuple[int, int, int]]:
        """Yield (number of the expression, start, end) of every match in a folded text, from the left."""
        by_head, expressions = self.by_head, self.expressions
        starts = [
            (at, head)
            for head, at, _ in find_all(self.heads, folded)
            if not at or folded[at - 1] not in _WORDLY or folded[at] not in _WORDLY
        ]
        tries = {(at, number) for at, head in starts for number in by_head[head]}
        if self.after_money:
            paid = {at for at, head in starts if head < self.n_money and _MONEY.match(folded, at)}
            tries |= {(at, number) for at in paid for number in self.after_money}
        for at, number in sorted(tries):
            match = expressions[number].match(folded, at)
            if match:
                yield number, at, match.end()
        for number in self.unanchored:
            for match in expressions[number].finditer(folded):
                yield number, match.start(), match.end()


def pattern_set(sources: Sequence[str]) -> PatternSet:
    """Compile cues as the lexicon writes them: `{money}` stands for an amount, and Latin words match whole.

    >>> cues = pattern_set(["rais(?:es|ed) {money}", "(?:new )?chips?", "融资"])
    >>> [n for n, _, _ in cues.scan("the lab raised $4 billion, praised chips")], list(cues.scan("完成融资"))
    ([0, 1], [(2, 2, 4)])
    """
    expressions: list[re.Pattern[str]] = []
    money = heads_of(_expand("{money}"))
    by_head: dict[str, list[int]] = {head: [] for head in money}
    after_money: list[int] = []
    unanchored: list[int] = []
    for number, written in enumerate(sources):
        source = written.removeprefix("(?i)")  # the text is folded
        expressions.append(expression(_expand(_whole_words(source))))
        if source.startswith("{money}") and len(split(source)) == 1:
            after_money.append(number)
            continue
        heads = heads_of(_expand(source))
        if not heads:
            unanchored.append(number)
        for head in heads:
            by_head.setdefault(head, []).append(number)
    return PatternSet(
        expressions=tuple(expressions),
        heads=AhoCorasick(list(by_head)),
        by_head=tuple(tuple(numbers) for numbers in by_head.values()),
        n_money=len(money),
        after_money=tuple(after_money),
        unanchored=tuple(unanchored),
    )


def find_all(automaton: AhoCorasick, text: str) -> list[tuple[int, int, int]]:
    """Every place of every string: (number of the string, start, end), those within others too.

    >>> find_all(AhoCorasick(["kimi", "im"]), "kimi \\ud800")
    [(1, 1, 3), (0, 0, 4)]
    """
    try:
        return automaton.find_matches_as_indexes(text, overlapping=True)
    except UnicodeEncodeError:  # half a character, as broken JSON has it, is no UTF-8
        return automaton.find_matches_as_indexes(_SURROGATE.sub("\ufffd", text), overlapping=True)


def fold(text: str) -> str:
    """The text in small letters with plain apostrophes, index for index as long as before.

    >>> fold("OpenAI’s İstanbul office")
    "openai's İstanbul office"
    """
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return lowered.replace("’", "'").replace("‘", "'").replace("\u00a0", " ")


def lead_start(folded: str, title_end: int) -> int:
    """Where the story begins in a folded text: below the title's repetition, if a page has one.

    >>> title = "lab opens a second office"
    >>> lead_start(f"{title}\\n\\nmenu news {title} the lab", len(title))
    62
    """
    start, title = title_end + 2, folded[:title_end].strip()[:40]
    again = folded.rfind(title, start, start + _MENUS) if len(title) >= 20 else -1
    return start if again < 0 else again + title_end


def _expand(source: str) -> str:
    """A cue as the engine reads it: shorthands written out, apostrophes as folded, gaps open to any word.

    >>> _expand(r"beats? (?:\\w+ ){0,3}estimates")
    'beats? (?:[\\\\w\\'.$€£¥%&/+\"“”-]+,? ){0,3}estimates'
    """
    for name, written_out in _SHORTHANDS.items():
        source = source.replace(name, written_out)
    return _GAP.sub(lambda gap: f"(?:{_WORD} ){gap.group(1)}", source.replace("’", "'"))


def _whole_words(source: str) -> str:
    return "|".join(
        branch if _CJK.search(branch) else rf"(?<![a-z0-9])(?:{branch})(?![a-z])" for branch in split(source)
    )


# ---------------------------------------------------------------- with what a match begins


def heads_of(source: str) -> tuple[str, ...]:
    """The letter sequences of which every match begins with one; empty where a match may begin otherwise.

    >>> heads_of("rais(?:es|ed) (?:a|the) bar"), heads_of("(?:new )?chips?"), heads_of(".*chip")
    (('raised a bar', 'raised the bar', 'raises a bar', 'raises the bar'), ('chip', 'new chip'), ())
    """
    heads = {head for head, _ in _beginnings(source)}
    if "" in heads:
        return ()
    shortest: list[str] = []
    for head in sorted(
        heads
    ):  # one that begins like another stands behind it, and would find the same match twice
        if not shortest or not head.startswith(shortest[-1]):
            shortest.append(head)
    return tuple(shortest)


@lru_cache(maxsize=_MOST_PARTS)
def _beginnings(source: str) -> frozenset[tuple[str, bool]]:
    """How matches begin, and whether that is all of them: a beginning that ends early cannot be made longer."""
    return frozenset().union(*(_beginnings_of_sequence(branch) for branch in split(source)))


@lru_cache(maxsize=_MOST_PARTS)
def _beginnings_of_sequence(branch: str) -> frozenset[tuple[str, bool]]:
    whole, cut = {""}, set[str]()  # beginnings that are all there is so far, and those that end early
    for atom, quantifier in atoms(branch):
        if atom.startswith(("(?!", "(?=", "(?<")):
            continue
        steps = _beginnings_of_atom(atom) if whole else None
        if steps is None or len(whole) * len(steps) + len(whole) + len(cut) > _MOST_HEADS:
            return frozenset((head, False) for head in cut | whole)
        longer = {head + step for head in whole for step, is_whole in steps if is_whole}
        cut |= {head + step for head in whole for step, is_whole in steps if not is_whole}
        before = whole if _OPTIONAL.match(quantifier) else set[str]()
        if quantifier in ("", "?", "??"):
            whole = longer | before
        else:  # what is there more than once may go on with itself
            whole, cut = before, cut | longer
    return frozenset((head, True) for head in whole) | frozenset((head, False) for head in cut)


def _beginnings_of_atom(atom: str) -> frozenset[tuple[str, bool]] | None:
    """With what one part of an expression begins, where that can be listed."""
    if _is_letter(atom):
        return frozenset({(atom[-1], True)})
    if atom == "\\d":
        return frozenset((digit, True) for digit in "0123456789")
    if atom.startswith("(?:"):
        return _beginnings(atom[3:-1])
    if atom.startswith("[") and atom[1] != "^" and "-" not in atom and "\\" not in atom:
        return frozenset((character, True) for character in atom[1:-1])
    return None


def _is_letter(atom: str) -> bool:
    return (len(atom) == 1 and atom not in ".^$") or (
        len(atom) == 2 and atom[0] == "\\" and not atom[1].isalnum()
    )


def atoms(source: str) -> Iterator[tuple[str, str]]:
    """Yield each part of a sequence (letter, escape, class, group) with its quantifier."""
    at = 0
    while at < len(source):
        end = _atom_end(source, at)
        quantifier = _QUANTIFIER.match(source, end) if source[end : end + 1] in _QUANTIFIERS else None
        text = quantifier.group() if quantifier else ""
        yield source[at:end], text
        at = end + len(text)


def _atom_end(source: str, at: int) -> int:
    if source[at] == "\\":
        return at + 2
    if source[at] == "[":
        end = at + 2
        while source[end] != "]":
            end += 2 if source[end] == "\\" else 1
        return end + 1
    if source[at] == "(":
        end = at + 1
        while source[end] != ")":
            end = _plain_end(source, end)
        return end + 1
    return at + 1


def _plain_end(source: str, at: int) -> int:
    """Behind the letters that begin here, or behind the part that does."""
    plain = _PLAIN.match(source, at)
    return plain.end() if plain else _atom_end(source, at)


def split(source: str) -> list[str]:
    """The alternatives of an expression at its outermost level."""
    parts, at, begin = [], 0, 0
    while at < len(source):
        if source[at] == "|":
            parts.append(source[begin:at])
            begin = at + 1
        at = _plain_end(source, at)
    return [*parts, source[begin:]]
