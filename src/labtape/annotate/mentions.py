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
from datetime import datetime
from typing import Literal

from labtape.annotate.linking import CONFIDENCE, link
from labtape.annotate.linking_scene import Candidate
from labtape.annotate.mentions_versions import bare_version, more_of_version, version_end
from labtape.annotate.roles import with_roles
from labtape.annotate.vocabulary import Name, Vocabulary, admits, key_of, spelling, vocabulary
from labtape.lexicon.entries import Lexicon
from labtape.types import Mention, Span, Unlinked

_TICKER = re.compile(
    r"\$(?P<cash>[A-Z]{1,5})(?![A-Za-z0-9])"
    r"|(?P<suffixed>(?<![A-Za-z0-9.])\d{4,6}\.(?:HK|SH|SS|SZ|T|KS|TW)(?![A-Za-z]))"
    r"|[(（](?:NYSE|NASDAQ|Nasdaq|NasdaqGS|NYSE American|HKEX|HKG|SEHK|TSE|KRX|LSE|AMS|OTC|SSE|SZSE)"
    r"\s?[:：]\s?(?P<listed>[A-Z]{1,5}|\d{3,6})(?=[)）,;，；/\s])"
    r"|(?<![A-Za-z])(?:NYSE|NASDAQ|Nasdaq|HKEX|SEHK)[:：]\s?(?P<exchange>[A-Z]{1,5}|\d{3,6})(?![A-Za-z0-9])"
    r"|[(（](?P<bracketed>[A-Z]{2,5})(?:\.(?:US|O|N|OQ))?[)）]"
    r"|(?<![A-Za-z0-9.])(?P<wire>[A-Z]{1,5})\.(?:O|N|OQ)(?![A-Za-z0-9.])"
)
_ADDRESS = re.compile(r"https?://|www\.|\.(?:com|org|net|io|cn|html?|co)(?:[/?#]|$)|@|/", re.ASCII)
_RUN = re.compile(r"[!-~]*", re.ASCII)
_WORD = re.compile(r"[^\W\d_]+")
_HAS_DIGIT = re.compile(r"\d")


def find_mentions(
    full: str, title_end: int, sentences: Sequence[Span], lexicon: Lexicon, at: datetime | None = None
) -> tuple[tuple[Mention, ...], tuple[Unlinked, ...]]:
    """The linked names and those that mean something else or nothing certain; sorted, none overlap.

    `at` is the article's date: listings that had ended or not begun then are not given as tickers.

    Measured with ../shared/tools/score_gold.py: see docs/annotate.md.
    """
    names = vocabulary(lexicon)
    candidates = _without_overlaps(
        [
            *_in_dress(full, names, lexicon, at),
            *_versioned(full, names),
            *_named(full, names),
        ]
    )
    linked, unlinked = link(full, title_end, sentences, candidates)
    linked = _with_versions_alone(full, title_end, linked)
    free = tuple(u for u in unlinked if not any(m.start < u.end and u.start < m.end for m in linked))
    return with_roles(full, title_end, sentences, linked), free


def _without_overlaps(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The longest where several begin together; after that the first from the left."""
    kept: list[Candidate] = []
    reached = 0
    for candidate in sorted(candidates, key=lambda c: (c.start, -c.end, not c.version)):
        if candidate.start >= reached:
            kept.append(candidate)
            reached = candidate.end
    return tuple(kept)


def _with_versions_alone(
    full: str, title_end: int, mentions: tuple[Mention, ...]
) -> tuple[Mention, ...]:
    """The mentions, and the places where the version of one of them stands alone: "the 4o model"."""
    found = list(mentions)
    versions = {bare_version(m.text): m for m in reversed(mentions) if m.entity.startswith("model:")}
    for version, named in versions.items():
        for match in version.finditer(full) if version else ():
            if not any(m.start < match.end() and match.start() < m.end for m in found):
                alone = replace(
                    named, start=match.start(), end=match.end(), text=match.group(), rule="version-alone",
                    in_title=match.start() < title_end, confidence=CONFIDENCE["version-alone"],
                )  # fmt: skip
                found.append(alone)
    return tuple(sorted(found, key=lambda m: m.start))


# ---------------------------------------------------------------- tickers


def _in_dress(full: str, names: Vocabulary, lexicon: Lexicon, at: datetime | None) -> Iterator[Candidate]:
    for match in _TICKER.finditer(full):
        group = match.lastgroup or ""
        name = names.tickers.get(_code(match[group], group))
        if name and _is_listed(lexicon, name, at):
            yield Candidate(match.start(group), match.end(group), match[group], (name,))


def _code(code: str, group: str) -> str:
    if group in ("listed", "exchange") and code.isdigit():
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
    for match in names.versions.finditer(full):
        group = (match.lastgroup or "").partition("_")[0]
        family = names.families[group]
        end = more_of_version(full, match.end())
        text = full[match.start() : end]
        if _HAS_DIGIT.search(text) and not _in_address(full, match.start(), end):
            known = tuple(n for n in names.names.get(key_of(text), ()) if admits(n, text))
            options = known or (_finest(names, text, family.id),)
            yield from _apart(names, Candidate(match.start(), end, text, options, version="pattern"))


def _named(full: str, names: Vocabulary) -> Iterator[Candidate]:
    for match in names.finder.finditer(full):
        surface, start, end = match.group(), match.start(), match.end()
        options = tuple(name for name in names.names[key_of(surface)] if admits(name, surface))
        if full[end : end + 1] == "s" and not _takes_plural(surface):
            continue
        if options and not _in_address(full, start, end):
            grown, is_versioned = version_end(full, end, options[0].kind)
            if grown > end:
                options = (_grown(names, full[start:grown], options[0]),)
            version: Literal["", "suffix"] = "suffix" if is_versioned else ""
            yield from _apart(names, Candidate(start, grown, full[start:grown], options, version))


def _apart(names: Vocabulary, candidate: Candidate) -> Iterator[Candidate]:
    """Maker and product are two names: "Google Gemini" is Google and Gemini, "Meta AI" is one."""
    head, _, rest = candidate.text.partition(" ")
    makers = [n for n in names.names.get(key_of(head), ()) if n.kind == "org" and admits(n, head)]
    product = candidate.name
    alone = names.names.get(key_of(_WORD.match(rest).group()), ()) if _WORD.match(rest) else ()  # type: ignore
    is_two = product.kind in ("model", "product") and any(
        n.house == product.house and n.kind in ("model", "product") for n in alone
    )
    if not makers or not is_two or makers[0].house != product.house:
        yield candidate
        return
    middle = candidate.end - len(rest)
    yield Candidate(candidate.start, candidate.start + len(head), head, (replace(makers[0], ambiguity="none"),))
    yield Candidate(middle, candidate.end, rest, (replace(product, ambiguity="none"),), candidate.version)


def _takes_plural(surface: str) -> bool:
    """Makers' acronyms and codes do ("TPUs", "H100s"); names with an s behind are other words."""
    return surface.isupper() or bool(_HAS_DIGIT.search(surface))


def _grown(names: Vocabulary, text: str, name: Name) -> Name:
    """The name with its version: of a finer family of the same house where a pattern says so."""
    for family in names.by_lab.get(name.house or "", ()):
        if names.patterns[family.id].fullmatch(spelling(text)) or names.patterns[family.id].fullmatch(text):
            return _finest(names, text, family.id)
    return name


def _finest(names: Vocabulary, text: str, family_id: str) -> Name:
    """The family whose pattern takes the whole text and whose own name is the longest of those."""
    found = names.family_names[family_id]
    best = 0
    for family in names.by_lab.get(found.house or "", ()):
        words = spelling(family.name).split()
        if len(family.name) > best and words[-1] in text and names.patterns[family.id].fullmatch(text):
            found, best = names.family_names[family.id], len(family.name)
    return found


def _in_address(full: str, start: int, end: int) -> bool:
    """Inside a web address, a handle or a path."""
    before = full[start - 1 : start]
    after = full[end : end + 5]
    if before not in ("/", ".", "@", "_", "=") and not after.startswith(
        (".com", ".org", ".net", ".co", ".io", "/")
    ):
        return False
    run_start = start
    while run_start > 0 and "!" <= full[run_start - 1] <= "~":
        run_start -= 1
    run = _RUN.match(full, end)
    word = full[run_start : run.end() if run else end]
    return bool(_ADDRESS.search(word)) and (word.count("/") != 1 or "." in word)
