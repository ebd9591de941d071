"""Who and what is named: every lab, company, platform, model, person, country and ticker, linked.

find_mentions
  ├── _in_dress     tickers as markets write them
  ├── _versioned    model names by the lexicon's version patterns
  ├── _named        every other name; grown by a version never seen before
  ├── link          which candidate means what (annotate/linking.py)
  └── role_of       what each does in its sentence (annotate/roles.py)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Literal

from labtape.annotate.linking import link
from labtape.annotate.linking_scene import Candidate
from labtape.annotate.mentions_short import with_short_forms
from labtape.annotate.mentions_versions import more_of_version, version_end
from labtape.annotate.roles import with_roles
from labtape.annotate.vocabulary import Vocabulary, vocabulary
from labtape.annotate.vocabulary_names import Name, admits, key_of, spelling
from labtape.annotate.vocabulary_patterns import LETTERS
from labtape.lexicon.entries import Lexicon
from labtape.types import Mention, Span, Unlinked

# What a code in market dress needs one of somewhere in the text, and the dress.
_TICKERS = (
    (("$",), re.compile(r"\$(?P<cash>[A-Z]{1,5})(?![A-Za-z0-9])")),
    (
        (".HK", ".SH", ".SS", ".SZ", ".T", ".KS", ".TW"),
        re.compile(r"(?<![A-Za-z0-9.])(?P<suffixed>\d{4,6}\.(?:HK|SH|SS|SZ|T|KS|TW))(?![A-Za-z])"),
    ),
    (
        ("NYSE", "NASDAQ", "Nasdaq", "HKEX", "HKG", "SEHK", "TSE", "KRX", "LSE", "OTC", "SSE", "SZSE"),
        re.compile(
            r"(?<![A-Za-z])(?:NYSE|NASDAQ|Nasdaq|NasdaqGS|NYSE American|HKEX|HKG|SEHK|TSE|KRX|LSE|OTC|SSE|SZSE)"
            r"\s?[:：]\s?(?P<listed>[A-Z]{1,5}|\d{3,6})(?![A-Za-z0-9])"
        ),
    ),
    (("(", "（"), re.compile(r"[(（](?P<bracketed>[A-Z]{2,5})(?:\.(?:US|O|N|OQ))?[)）]")),
    ((".O", ".N"), re.compile(r"(?<![A-Za-z0-9.])(?P<wire>[A-Z]{1,5})\.(?:O|N|OQ)(?![A-Za-z0-9.])")),
)
_ADDRESS = re.compile(
    r"://|www\.|@\w|\.(?:com|org|net|io|co|cn|html?|md|py|js|json|txt|ya?ml)(?:[/?#:,.)\]]|$)|\w/\w+/\w",
    re.ASCII,
)
_JOINS = "/.@_=-"
_RUN = re.compile(r"[!-~]*", re.ASCII)
_LETTERED = re.compile(r"[A-Z]\d")
_WORD = re.compile(r"[^\W\d_]+")
_HYPHENS = ("-", "\u2010", "\u2011")
_HAS_DIGIT = re.compile(r"\d")


def find_mentions(
    full: str, title_end: int, sentences: Sequence[Span], lexicon: Lexicon, at: datetime | None = None
) -> tuple[tuple[Mention, ...], tuple[Unlinked, ...]]:
    """The linked names and those that mean something else or nothing certain; sorted, none overlap.

    `at` is the article's date: `lab` is who had the thing then, and listings that had ended or not begun are no tickers.

    Measured with ../shared/tools/score_gold.py: see docs/annotate.md.
    """
    linked, unlinked = link(full, title_end, sentences, find_candidates(full, lexicon, at))
    linked = with_short_forms(full, sentences, title_end, linked, unlinked)
    owned = _with_owners(linked, vocabulary(lexicon).moved, lexicon, at)
    return with_roles(full, title_end, sentences, owned), unlinked


def find_candidates(full: str, lexicon: Lexicon, at: datetime | None = None) -> tuple[Candidate, ...]:
    """Every stretch that is spelled like a name, whatever it means; in order, none overlap."""
    names = vocabulary(lexicon)
    return _without_overlaps(
        [*_in_dress(full, names, lexicon, at), *_versioned(full, names), *_named(full, names)]
    )


def _without_overlaps(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The longest where several begin together; after that the first from the left."""
    kept: list[Candidate] = []
    reached = 0
    for candidate in sorted(candidates, key=lambda c: (c.start, -c.end, not c.version)):
        if candidate.start >= reached:
            kept.append(candidate)
            reached = candidate.end
    return tuple(kept)


def _with_owners(
    mentions: Sequence[Mention], moved: frozenset[str], lexicon: Lexicon, at: datetime | None
) -> tuple[Mention, ...]:
    """The mentions, with the owner on the article's day of what has changed hands."""
    day = at.date() if at else None
    return tuple(
        replace(mention, lab=_owner(mention, lexicon, day))
        if mention.entity in moved or mention.lab in moved
        else mention
        for mention in mentions
    )


def _owner(mention: Mention, lexicon: Lexicon, day: date | None) -> str | None:
    kind, _, family = mention.entity.partition(":")
    owner = lexicon.owner_of(family, day) if kind == "model" else None
    lab = lexicon.labs.get(owner) if owner else lexicon.lab_of(mention.lab or "")
    bought = lab.parent_at(day) if lab and lab.brand else None
    lab = lexicon.labs[bought.parent] if bought else lab
    return lab.entity if lab else mention.lab


# ---------------------------------------------------------------- tickers


def _in_dress(full: str, names: Vocabulary, lexicon: Lexicon, at: datetime | None) -> Iterator[Candidate]:
    for signs, pattern in _TICKERS:
        for match in pattern.finditer(full) if any(sign in full for sign in signs) else ():
            group = match.lastgroup or ""
            name = names.tickers.get(_code(match[group], group))
            if name and _is_listed(lexicon, name, at):
                yield Candidate(match.start(group), match.end(group), match[group], (name,))


def _code(code: str, group: str) -> str:
    if group == "listed" and code.isdigit():
        return f"{code.zfill(4)}.HK"
    return code


def _is_listed(lexicon: Lexicon, name: Name, at: datetime | None) -> bool:
    lab = lexicon.lab_of(name.lab) if name.lab else None
    if lab is None or at is None:
        return True
    day = at.date().isoformat()
    return all(
        (listing.since or "") <= day <= (listing.until or "9")
        for listing in lab.listings
        if f"ticker:{listing.ticker}" == name.entity
    )


# ---------------------------------------------------------------- names


def _versioned(full: str, names: Vocabulary) -> Iterator[Candidate]:
    for start, matched, family in names.versions.matches(full):
        end = more_of_version(full, matched)
        text = full[start:end]
        if _HAS_DIGIT.search(text) and not _in_address(full, start, end):
            known = tuple(n for n in names.names.get(key_of(text), ()) if admits(n, text))
            options = known or (_finest(names, text, family.id),)
            yield from _apart(names, Candidate(start, end, text, options, version="pattern"))


def _named(full: str, names: Vocabulary) -> Iterator[Candidate]:
    reached = 0
    for start, end in names.spellings.spans(full):
        if start >= reached:
            for candidate in _grown_candidates(full, start, end, names):
                reached = candidate.end
                yield candidate


def _grown_candidates(full: str, start: int, end: int, names: Vocabulary) -> Iterator[Candidate]:
    surface, following = full[start:end], full[end : end + 1]
    options = tuple(name for name in names.names.get(key_of(surface), ()) if admits(name, surface))
    if not options or _in_address(full, start, end):
        return
    if (following == "s" and not _takes_plural(surface)) or (len(surface) < 3 and following in _HYPHENS):
        return
    grown, is_versioned = version_end(full, end, options[0].kind)
    if grown == end and following.isdigit() and surface[-1] in LETTERS:
        return
    if grown > end:
        options = (_grown(names, full[start:grown], options[0]),)
    version: Literal["", "suffix"] = "suffix" if is_versioned else ""
    yield from _apart(names, Candidate(start, grown, full[start:grown], options, version))


def _apart(names: Vocabulary, candidate: Candidate) -> Iterator[Candidate]:
    """Maker and product are two names: "Google Gemini" is Google and Gemini, "Meta AI" is one."""
    product = candidate.name
    head, _, rest = candidate.text.partition(" ")
    if not rest or product.kind not in ("model", "product"):
        yield candidate
        return
    maker = next((n for n in names.names.get(key_of(head), ()) if n.kind == "org" and admits(n, head)), None)
    word = _WORD.match(rest)
    alone = (*names.names.get(key_of(rest), ()), *(names.names.get(key_of(word.group()), ()) if word else ()))
    is_product = any(n.entity == product.entity for n in alone) and not _LETTERED.match(rest)
    if maker is None or maker.house != product.house or not is_product:
        yield candidate
        return
    middle = candidate.end - len(rest)
    yield Candidate(candidate.start, candidate.start + len(head), head, (replace(maker, ambiguity="none"),))
    yield Candidate(middle, candidate.end, rest, (replace(product, ambiguity="none"),), candidate.version)


def _takes_plural(surface: str) -> bool:
    """Makers' acronyms and codes do ("TPUs", "H100s"); names with an s behind are other words."""
    return surface.isupper() or bool(_HAS_DIGIT.search(surface))


def _grown(names: Vocabulary, text: str, name: Name) -> Name:
    """The name with its version: of a finer family of the same house where a pattern says so."""
    for family in names.by_house.get(name.house or "", ()):
        if names.patterns[family.id].fullmatch(spelling(text)) or names.patterns[family.id].fullmatch(text):
            return _finest(names, text, family.id)
    return name


def _finest(names: Vocabulary, text: str, family_id: str) -> Name:
    """The family whose pattern takes the whole text and whose own name is the longest of those."""
    found = names.family_names[family_id]
    best = 0
    for family in names.by_house.get(found.house or "", ()):
        words = spelling(family.name).split()
        if len(family.name) > best and words[-1] in text and names.patterns[family.id].fullmatch(text):
            found, best = names.family_names[family.id], len(family.name)
    return found


def _in_address(full: str, start: int, end: int) -> bool:
    """Inside a web address, a handle, a path or a file name."""
    before, after = full[start - 1 : start], full[end : end + 1]
    if (before not in _JOINS or not before) and (after not in _JOINS or not after):
        return False
    run_start = start
    while run_start > 0 and "!" <= full[run_start - 1] <= "~":
        run_start -= 1
    run = _RUN.match(full, end)
    return bool(_ADDRESS.search(full[run_start : run.end() if run else end]))
