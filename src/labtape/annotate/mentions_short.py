"""Names that stand for one named before: short forms of companies, their letters, and versions without their model.

Scale AI … Scale            Thinking Machines Lab (TML) … TML
GPT-4o … the 4o model       Opus 4.7 and 4.8               Gemini 3.6 Flash … 3.5 Flash
"""

from __future__ import annotations

import re
from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from labtape.annotate.linking import CONFIDENCE
from labtape.annotate.mentions_versions import bare_version, version_beside, version_of, versions_like
from labtape.annotate.vocabulary_patterns import LETTER
from labtape.types import Mention, Span, Unlinked

SHORT, ALONE = "short-form", "version-alone"
#: Words that a company's name is told without.
_KINDS = (
    "AI|Labs?|Research|Technolog(?:y|ies)|Robotics|Systems|Networks?|Platforms?|Semiconductors?|Holdings?|Group|Intelligence|"
    "Computing|Computer|Inc|Corp|Ltd|Limited|Corporation|Company"
)
_WITH_KIND = re.compile(rf"(?P<short>[A-Z][A-Za-z]{{2,}}(?: [A-Z][A-Za-z]+)?)(?: (?:{_KINDS})\.?)+")
_LETTERS_BEHIND = re.compile(r"\s?\((?P<letters>[A-Z][A-Z0-9]{1,5})\)")
_CAPITAL_BEHIND = re.compile(r"[ -][A-Z]")
_CAPITAL_BEFORE = re.compile(r"[A-Za-z]-$|[A-Z][\w’'-]* $")
_SHORTEST = 4
MOST_MODELS = 50
"""Models of one text, the first ones, whose versions are looked for alone: each is another look at the whole text."""


def with_short_forms(
    full: str,
    sentences: Sequence[Span],
    title_end: int,
    mentions: Sequence[Mention],
    unlinked: Sequence[Unlinked],
) -> tuple[Mention, ...]:
    """The mentions and what stands for one of them, where nothing else was found; in order."""
    taken = sorted([(m.start, m.end) for m in mentions] + [(u.start, u.end) for u in unlinked])
    found = list(mentions)
    for named, start, end, rule in (*_shortened(full, sentences, mentions), *_versions(full, mentions)):
        if _is_free(taken, start, end):
            short = replace(
                named,
                start=start,
                end=end,
                text=full[start:end],
                rule=rule,
                in_title=start < title_end,
                confidence=CONFIDENCE[rule],
            )
            found.append(short)
            insort(taken, (start, end))
    return tuple(sorted(found, key=lambda m: m.start))


def _is_free(taken: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether nothing of what is taken (in order, disjoint) reaches into the stretch."""
    place = bisect_right(taken, (start, end))
    before = place > 0 and taken[place - 1][1] > start
    return not before and (place == len(taken) or taken[place][0] >= end)


# ---------------------------------------------------------------- companies


def _shortened(
    full: str, sentences: Sequence[Span], mentions: Sequence[Mention]
) -> Iterator[tuple[Mention, int, int, str]]:
    starts = [s.start for s in sentences]
    seen: set[str] = set()
    for mention in mentions:
        if mention.entity.startswith(("lab:", "company:", "platform:")):
            for short in _short_forms(full, mention):
                if short not in seen:
                    seen.add(short)
                    for start in _places(full, short):
                        if short.isupper() or not _is_other(full, start, start + len(short), starts):
                            yield mention, start, start + len(short), SHORT


def _short_forms(full: str, mention: Mention) -> Iterator[str]:
    """Yield the name without what kind of company it is, and the letters that stand in brackets behind it."""
    named = _WITH_KIND.fullmatch(mention.text)
    if named and len(named["short"]) >= _SHORTEST:
        yield named["short"]
    letters = _LETTERS_BEHIND.match(full, mention.end)
    if letters and _are_initials(letters["letters"], mention.text):
        yield letters["letters"]


def _are_initials(letters: str, name: str) -> bool:
    initials = "".join(
        word[0].upper() for word in re.findall(r"[A-Za-z]+", name) if word not in ("of", "the", "and")
    )
    full_initials = "".join(word[0].upper() for word in re.findall(r"[A-Za-z]+", name))
    return letters in (initials, full_initials)


def _places(full: str, word: str) -> Iterator[int]:
    pattern = re.compile(rf"(?<![{LETTER}@$./_]){re.escape(word)}(?![{LETTER}]|[./_-]\w)")
    return (match.start() for match in pattern.finditer(full))


def _is_other(full: str, start: int, end: int, starts: Sequence[int]) -> bool:
    """Whether it is a word that opens a sentence, or a part of a longer name."""
    place = bisect_right(starts, start) - 1
    opens = place >= 0 and start - starts[place] <= 1 and not full.startswith(("'s", "’s"), end)
    return bool(
        opens or _CAPITAL_BEHIND.match(full, end) or _CAPITAL_BEFORE.search(full[max(0, start - 24) : start])
    )


# ---------------------------------------------------------------- versions


def _versions(full: str, mentions: Sequence[Mention]) -> Iterator[tuple[Mention, int, int, str]]:
    models = [m for m in mentions if m.entity.startswith("model:") and any(c.isdigit() for c in m.text)]
    for mention in models:
        span = version_beside(full, mention.text, mention.end)
        if span:
            yield mention, *span, ALONE
    known = set(islice(dict.fromkeys(m.text for m in models), MOST_MODELS))
    models = [m for m in models if m.text in known]
    for version, mention in {version_of(m.text): m for m in reversed(models)}.items():
        pattern = versions_like(version) if version else None
        for match in pattern.finditer(full) if pattern else ():
            yield mention, match.start(), match.end(), ALONE
    for text, mention in {m.text: m for m in reversed(models)}.items():
        bare = bare_version(text)
        for match in bare.finditer(full) if bare else ():
            yield mention, match.start(), match.end(), ALONE
