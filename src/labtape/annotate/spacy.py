"""The steps of labtape in a spaCy pipeline: names, shares and events as span groups of a Doc.

    nlp.add_pipe("labtape_mentions")     find_mentions   doc.spans["labtape_mentions"], ["labtape_unlinked"]
    nlp.add_pipe("labtape_shares")       find_shares     doc.spans["labtape_shares"], ["labtape_percentages"]
    nlp.add_pipe("labtape_events")       find_events     doc.spans["labtape_events"]

    doc.user_data["labtape"]             the findings as plain JSON values: kept, pickled, sent, put into a DocBin
    doc._.labtape, span._.labtape        the same as our nouns, made when asked for

The finders are those of the engine and read `doc.text` as `Article.full`; tokens are only what spans are counted in.

- **Why not one extension per span?** spaCy keeps those under the span's characters, where a mention and a share of the
  same words would overwrite each other. Here a span's `id_` says which finding it is (`labtape_shares:3`), so any number of
  them share a place, and what is kept is data that every way of saving a Doc can carry.
- **Why partial functions?** A step is one function and the names of the lexicon's folders; it can be pickled and sent to another
  process, which opens the lexicon there, once.
- A step that needs what another finds takes it from the Doc, or finds it itself where that step has not run yet, so that
  their order changes the time only, never the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc, Span
from spacy.util import compile_infix_regex

from labtape.annotate.events import find_events
from labtape.annotate.mentions import find_mentions
from labtape.annotate.shares import find_shares
from labtape.exceptions import SettingsError
from labtape.lexicon import Lexicon, lexicon, load_lexicon
from labtape.plain import Json, from_plain, to_plain
from labtape.text.language import language_of
from labtape.text.sentences import sentences
from labtape.types import Article, Event, Mention, Percentage, Share, Unlinked

KEY: Final = "labtape"
Finding = Mention | Unlinked | Share | Percentage | Event

# Scripts without spaces, their punctuation and full-width forms: from the radicals to the last ideograph, kana among them,
# Hangul, which is written with spaces, left out.
_CJK: Final = r"[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
_BLANK_LINE: Final = "\n\n"


@dataclass(frozen=True, slots=True)
class Findings:
    """What the steps of a pipeline have found in a Doc, in order; empty where a step has not run."""

    mentions: tuple[Mention, ...] = ()
    unlinked: tuple[Unlinked, ...] = ()
    shares: tuple[Share, ...] = ()
    percentages: tuple[Percentage, ...] = ()
    events: tuple[Event, ...] = ()


_NOUNS: Final[dict[str, type[Finding]]] = {
    "mentions": Mention,
    "unlinked": Unlinked,
    "shares": Share,
    "percentages": Percentage,
    "events": Event,
}


# ---------------------------------------------------------------- the steps


@Language.factory(
    "labtape_mentions",
    default_config={"lexicon": []},
    assigns=["doc.spans", "doc.user_data", "doc._.labtape", "span._.labtape"],
)
def labtape_mentions(nlp: Language, name: str, lexicon: list[str]) -> Callable[[Doc], Doc]:
    """The names of an article, linked, and the look-alikes; `lexicon` are folders that add to the shipped one."""
    return partial(with_mentions, folders=tuple(lexicon))


@Language.factory(
    "labtape_shares",
    default_config={"lexicon": []},
    assigns=["doc.spans", "doc.user_data"],
    requires=["doc._.labtape"],
)
def labtape_shares(nlp: Language, name: str, lexicon: list[str]) -> Callable[[Doc], Doc]:
    """The shares an article states, with what they are shares of, and its other percentages."""
    return partial(with_shares, folders=tuple(lexicon))


@Language.factory(
    "labtape_events",
    default_config={"lexicon": []},
    assigns=["doc.spans", "doc.user_data"],
    requires=["doc._.labtape"],
)
def labtape_events(nlp: Language, name: str, lexicon: list[str]) -> Callable[[Doc], Doc]:
    """What happened: the event types an article speaks for, most certain first."""
    return partial(with_events, folders=tuple(lexicon))


def with_mentions(doc: Doc, *, folders: tuple[str, ...] = ()) -> Doc:
    """The Doc with its names and look-alikes."""
    reading = _reading(doc)
    _keep(reading, _mentions(reading, _opened(folders)))
    return doc


def with_shares(doc: Doc, *, folders: tuple[str, ...] = ()) -> Doc:
    """The Doc with its shares and other percentages."""
    reading, words = _reading(doc), _opened(folders)
    known = _kept(reading, "mentions") or _mentions(reading, words)
    _keep(reading, _shares(reading, words, known))
    return doc


def with_events(doc: Doc, *, folders: tuple[str, ...] = ()) -> Doc:
    """The Doc with its events."""
    reading, words = _reading(doc), _opened(folders)
    known = _kept(reading, "mentions") or _mentions(reading, words)
    known |= _kept(reading, "shares", "percentages") or _shares(reading, words, known)
    events = find_events(
        reading.full, reading.title_end, sentences(reading.full),
        known["mentions"], known["shares"], known["percentages"], words,
    )  # fmt: skip
    _keep(reading, {"events": events})
    return doc


Found = dict[str, Sequence[Any]]  # Any: the nouns of each part, as `_NOUNS` says


@dataclass(frozen=True, slots=True)
class _Reading:
    """A Doc as the finders see it. `shift` characters stand before the Doc's first one in `full`."""

    doc: Doc
    full: str
    title_end: int
    shift: int


def _reading(doc: Doc) -> _Reading:
    """The Doc's text as `Article.full`: where it is said to have no title, with an empty one before it."""
    text = doc.text
    given: int | None = doc._.labtape_title_end
    title_end = max(text.find(_BLANK_LINE), 0) if given is None else min(given, len(text))
    if given == 0 and not text.startswith(_BLANK_LINE):
        return _Reading(doc, _BLANK_LINE + text, 0, len(_BLANK_LINE))
    return _Reading(doc, text, title_end, 0)


def _mentions(reading: _Reading, words: Lexicon) -> Found:
    spans, at = sentences(reading.full), reading.doc._.labtape_published_at
    mentions, unlinked = find_mentions(reading.full, reading.title_end, spans, words, at)
    return {"mentions": mentions, "unlinked": unlinked}


def _shares(reading: _Reading, words: Lexicon, known: Found) -> Found:
    doc, full = reading.doc, reading.full
    shares, percentages = find_shares(
        full, sentences(full), known["mentions"], words, doc._.labtape_published_at,
        language=language_of(full), publisher=doc._.labtape_publisher,
    )  # fmt: skip
    return {"shares": shares, "percentages": percentages}


@cache
def _opened(folders: tuple[str, ...]) -> Lexicon:
    """The lexicon, opened once per process and not before a text is read."""
    return load_lexicon(*map(Path, folders)) if folders else lexicon()


# ---------------------------------------------------------------- what a Doc keeps


def _keep(reading: _Reading, found: Found) -> None:
    """Put findings on the Doc: as plain values, and as spans of its tokens that name them."""
    doc = reading.doc
    kept = doc.user_data.setdefault(KEY, {})
    for part, nouns in found.items():
        kept[part] = [_moved(to_plain(noun), -reading.shift) for noun in nouns]
        group = f"{KEY}_{part}"
        spans = (_span(doc, f"{group}:{n}", noun, reading.shift) for n, noun in enumerate(nouns))
        doc.spans[group] = [span for span in spans if span is not None]


def _span(doc: Doc, id_: str, noun: Finding, shift: int) -> Span | None:
    """The tokens that hold a finding; None where it has no words, as "nothing told" of an article without a title."""
    start, end = noun.start - shift, noun.end - shift
    if not 0 <= start < end:
        return None
    label, target = _label(noun)
    return doc.char_span(start, end, label=label, kb_id=target, span_id=id_, alignment_mode="expand")


def _label(noun: Finding) -> tuple[str, str]:
    """What kind a finding is of, and the id of what it is about, where there is one."""
    if isinstance(noun, Mention):
        return noun.entity.partition(":")[0], noun.entity
    if isinstance(noun, Unlinked):
        return noun.reason, ""
    if isinstance(noun, Share):
        return noun.role, next(iter((*noun.subject_labs, *noun.subject_entities)), "")
    return (noun.kind if isinstance(noun, Percentage) else noun.type), ""


def _kept(reading: _Reading, *parts: str) -> Found:
    """The parts another step has put on the Doc, as the finders saw them; empty if one of them is missing."""
    kept = reading.doc.user_data.get(KEY, {})
    if any(part not in kept for part in parts):
        return {}
    return {
        part: [from_plain(_NOUNS[part], _moved(row, reading.shift)) for row in kept[part]] for part in parts
    }


def _moved(value: Any, by: int) -> Any:  # Any: JSON has no tighter type
    """A plain finding with every offset in it moved; the dates of a period are no offsets, though they are named so."""
    if by == 0:
        return value
    if isinstance(value, dict):
        return {
            name: max(part + by, 0)
            if name in ("start", "end") and isinstance(part, int)
            else _moved(part, by)
            for name, part in value.items()
        }
    return [_moved(part, by) for part in value] if isinstance(value, list | tuple) else value


# ---------------------------------------------------------------- what a Doc answers


def findings_of(doc: Doc) -> Findings:
    """`doc._.labtape`: everything the steps have found in a Doc."""
    kept: Json = doc.user_data.get(KEY, {})
    return from_plain(
        Findings, {"mentions": (), "unlinked": (), "shares": (), "percentages": (), "events": ()} | kept
    )


def finding_of(span: Span) -> Finding | None:
    """`span._.labtape`: the finding a span of our groups stands for; None for any other span."""
    group, _, n = span.id_.partition(":")
    part = group.removeprefix(f"{KEY}_")
    rows = span.doc.user_data.get(KEY, {}).get(part, ())
    if part not in _NOUNS or not n.isdecimal() or int(n) >= len(rows):
        return None
    return from_plain(_NOUNS[part], rows[int(n)])


def _title_end(doc: Doc) -> int | None:
    given: int | None = doc.user_data.get("labtape_title_end")
    return given


def _set_title_end(doc: Doc, end: int | None) -> None:
    if end is not None and end < 0:
        raise SettingsError(
            f"labtape_title_end: {end} lies before the text; give the title's length, 0 for none"
        )
    doc.user_data["labtape_title_end"] = end


def _published_at(doc: Doc) -> datetime | None:
    given: str | None = doc.user_data.get("labtape_published_at")
    return None if given is None else _moment(given)


def _set_published_at(doc: Doc, at: datetime | str | None) -> None:
    """Kept as text, because a DocBin has no times."""
    doc.user_data["labtape_published_at"] = None if at is None else _moment(at).isoformat()


def _moment(at: datetime | str) -> datetime:
    try:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    except ValueError as e:
        raise SettingsError(
            f"labtape_published_at: {at!r} is no time; give ISO 8601, as 2026-06-01T09:30:00Z"
        ) from e
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def _publisher(doc: Doc) -> str | None:
    given: str | None = doc.user_data.get("labtape_publisher")
    return given


def _set_publisher(doc: Doc, publisher: str | None) -> None:
    doc.user_data["labtape_publisher"] = publisher


Doc.set_extension("labtape", getter=findings_of, force=True)
Span.set_extension("labtape", getter=finding_of, force=True)
Doc.set_extension("labtape_title_end", getter=_title_end, setter=_set_title_end, force=True)
Doc.set_extension("labtape_published_at", getter=_published_at, setter=_set_published_at, force=True)
Doc.set_extension("labtape_publisher", getter=_publisher, setter=_set_publisher, force=True)


# ---------------------------------------------------------------- on the way in


def article_doc(nlp: Language, article: Article) -> Doc:
    """The Doc of an article, with its title, date and publisher, for `nlp(doc)` or `nlp.pipe(docs)`."""
    doc = nlp.make_doc(article.full)
    doc._.labtape_title_end = len(article.title)
    doc._.labtape_published_at = article.published_at
    doc._.labtape_publisher = article.publisher
    return doc


def tokenise_cjk(nlp: Language) -> Language:
    """The pipeline, whose tokenizer from now on makes every Chinese character and kana a token of its own.

    Without it a blank "en" has one token for a whole clause of Chinese, and spans, which are whole tokens, are as
    long. It is saved with the pipeline. Raises `SettingsError` for tokenizers without infix rules, as that of "zh".
    """
    tokenizer = nlp.tokenizer
    if not isinstance(tokenizer, Tokenizer):
        raise SettingsError(
            f"the tokenizer of '{nlp.lang}' has no infix rules and splits Chinese its own way; "
            "tokenise_cjk is for those that have, as of 'en' and 'xx'"
        )
    # Places, not characters: spaCy passes over an infix at the start of a word.
    places = (rf"(?<={_CJK})", rf"(?={_CJK})")
    infixes = [*(nlp.Defaults.infixes or ()), *places]
    tokenizer.infix_finditer = compile_infix_regex(infixes).finditer
    return nlp
