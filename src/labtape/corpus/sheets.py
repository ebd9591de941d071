"""Reading sheets: articles as a reader gets them, every number and every name that needs a decision marked.

    article ─annotate─> names, find_numbers ─> sheet (text) ─reader─> answers ─read_answers─> labels

A sheet shows no label and no guess of one: what is marked is where to look.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from labtape.corpus.numbers import find_numbers
from labtape.read.identity import host_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from labtape.lexicon.entries import Lexicon
    from labtape.types import Annotated

NAMED_KINDS: Final = ("lab", "company", "model", "platform")
ALIAS_KINDS: Final = ("org", "model", "product", "project", "negative", "group")


def sheet(annotated: Annotated, names: Mapping[str, int]) -> str:
    """One article as a reader gets it: id, date, publisher; the text with its numbers marked; the names met."""
    article = annotated.article
    marked = article.full
    spans = find_numbers(article.full)
    for n, (start, end) in sorted(enumerate(spans, 1), reverse=True):
        marked = f"{marked[:start]}⟦{n}|{marked[start:end]}⟧{marked[end:]}"
    met = "; ".join(f"{name} ×{n}" if n > 1 else name for name, n in names.items())
    day = article.published_at.date().isoformat() if article.published_at else "undated"
    where = article.publisher or host_of(article.url) or ""
    return f"=== {article.id} | {day} | {where}\n{marked}\n--- names: {met or '-'}\n"


def names_met(annotated: Annotated, surfaces: Iterable[str]) -> dict[str, int]:
    """Every name a reader decides on, with how often it stands in the text; what means something else is among them.

    `surfaces` are names to look for as they are written; found mentions and unlinked names join them.
    """
    full = annotated.article.full
    found = {full[m.start : m.end] for m in annotated.mentions if m.entity.split(":")[0] in NAMED_KINDS}
    found |= {full[u.start : u.end] for u in annotated.unlinked}
    found |= {s for s in surfaces if s in full}
    taken = occurrences(full, found)
    counts = Counter(full[start:end] for start, end in taken)
    return {full[start:end]: counts[full[start:end]] for start, end in dict.fromkeys(taken)}


def surfaces(lexicon: Lexicon) -> frozenset[str]:
    """Every way the lexicon writes an organisation, model or product, look-alikes included."""
    return frozenset(a.surface for a in lexicon.aliases if a.kind in ALIAS_KINDS and len(a.surface) > 1)


_WORD: Final = re.compile(r"[A-Za-z0-9]")
#: "Acme-style" is no mention of Acme, "Acme-backed" is one (guide, part 2, as gold-dev applies it).
_LIKENESS: Final = re.compile(r"-(?:style|like|esque|inspired)\b", re.IGNORECASE)


def occurrences(full: str, surfaces: Iterable[str]) -> list[tuple[int, int]]:
    """Where any of `surfaces` stands as a word of its own, in order; of two that overlap the longer counts.

    Likenesses ("Acme-style") are none of its mentions.
    """
    spans: list[tuple[int, int]] = []
    for surface in sorted(surfaces, key=len, reverse=True):
        for m in re.finditer(re.escape(surface), full):
            start, end = m.span()
            if _is_word(full, start, end) and not any(a < end and start < b for a, b in spans):
                spans.append((start, end))
    return sorted(s for s in spans if not _LIKENESS.match(full, s[1]))


def _is_word(full: str, start: int, end: int) -> bool:
    """Whether a span begins and ends where a word does; Chinese characters stand alone."""
    before, after = full[start - 1 : start], full[end : end + 1]
    return not (
        (_WORD.match(before) and _WORD.match(full[start]))
        or (_WORD.match(after) and _WORD.match(full[end - 1]))
    )
