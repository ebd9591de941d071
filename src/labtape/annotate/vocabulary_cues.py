"""Turns the lexicon's notes for and against a name into expressions that look for them."""

from __future__ import annotations

import re
from collections.abc import Sequence

_PARTS = re.compile(r"\s*[;,()（）、，/:：]\s*|\s+-\s+")
_TOKEN = re.compile(r"[A-Za-z][\w'’.&-]*|\d[\w.]*")
_IS_EAST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_LETTER = "A-Za-z0-9"

# Words that describe a name in a note and say nothing about a text that holds them.
_SAYS_NOTHING = frozenset(
    """a an the of in on as to for and or by with is are from this that never not it its only also used often many
    other others another some any most people person man woman name names given surname common proper word
    words phrase noun verb adjective adverb term generic ordinary literal slang spelling abbreviation acronym
    acronyms acronym form forms short idea place places thing things usage case kind type old new big small general
    company companies firm firms brand brands product products project projects app apps tool tools software
    model models system systems service services team group groups language languages data code codes platform
    chip chips device gadget car cars vehicle game games music title book film series show character characters
    token tokens coin ticker shares stock fund bank house maker developer market city town county
    state national international american british french spanish english chinese korean japanese indian german
    italian latin greek us uk uae china former earlier later before after since left mid late early until
    resolve never link part story stories content without headline news source label mention use writing sense
    see like same different unrelated various several two three one first second third high low about than
    sharing share shared single multiple prefix suffix symbol unit letter number numbers letters variable
    university school college institute research lab labs science studio""".split()
)
_MIN_SINGLE = 3


def cue_pattern(cues: Sequence[str], *, but: str) -> re.Pattern[str] | None:
    """An expression for any of the cues as given; None when there are none.

    >>> bool(cue_pattern(["Moonshot", "K2"], but="Kimi").search("Moonshot’s model"))
    True
    """
    words = {
        part.strip() for cue in cues for part in _PARTS.split(cue) if part.strip() and part.strip() != but
    }
    return _any_of(words)


def negative_pattern(notes: Sequence[str], *, but: str) -> re.Pattern[str] | None:
    """An expression for what the notes against a name are about: their phrases and telling words.

    >>> against = negative_pattern(["Gemini crypto exchange (Winklevoss, ticker GEMI)", "zodiac sign"], but="Gemini")
    >>> [bool(against.search(t)) for t in ("a cryptocurrency firm", "the Winklevoss twins", "stock exchange")]
    [True, True, False]
    """
    words: set[str] = set()
    for note in notes:
        for part in _PARTS.split(note):
            words |= _telling(part, but)
    return _any_of(words)


def _telling(part: str, but: str) -> set[str]:
    if _IS_EAST.search(part):
        return {part.replace(but, "")} if len(part.replace(but, "")) >= 2 else set()
    own = {piece.lower() for piece in _TOKEN.findall(but)} | {but.lower()}
    tokens = [token.strip("'’.") for token in _TOKEN.findall(part) if token.strip("'’.").lower() not in own]
    telling = {
        token
        for token in tokens
        if token.lower() not in _SAYS_NOTHING and len(token) >= _MIN_SINGLE and not token[0].isdigit()
    }
    if len(tokens) >= 2 and not telling:
        return {" ".join(tokens)}  # "crypto exchange" would be two telling words, "state fair" is one phrase
    return telling


def _any_of(words: set[str]) -> re.Pattern[str] | None:
    west = sorted((word for word in words if not _IS_EAST.search(word)), key=lambda w: (-len(w), w))
    east = sorted(word for word in words if _IS_EAST.search(word))
    parts = [re.escape(word) for word in east]
    # Words in small letters in any case and with endings ("crypto" in "cryptocurrency"); names as spelled.
    parts += [
        rf"(?<![{_LETTER}])(?i:{re.escape(word)}){'[a-z]{0,8}' if len(word) > 4 else ''}(?![{_LETTER}])"
        for word in west
        if word.islower()
    ]
    parts += [rf"(?<![{_LETTER}]){re.escape(word)}(?![{_LETTER}])" for word in west if not word.islower()]
    return re.compile("|".join(parts)) if parts else None
