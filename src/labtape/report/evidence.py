"""Where the words stand that a line of a digest rests on: an address that leads a browser to them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from labtape.foreign import clean, web_link
from labtape.types import Article, Span

# Words at each end of a longer passage, enough to be found once on a page; letters where a script has no spaces.
_ENDS, _WHOLE = 5, 12
_LETTERS = 12
_LONGEST = 60  # letters of a word; a longer one is none


def text_link(url: str | None, words: str | None) -> str | None:
    """The address of an article with a text fragment, which browsers scroll to and mark; without words, the address alone.

    A page that has other words by now opens at its top.

    >>> text_link("https://news.example/a", "Sales rose, a bit")
    'https://news.example/a#:~:text=Sales%20rose%2C%20a%20bit'
    >>> text_link("https://news.example/a", "one two three four five six seven eight nine ten eleven twelve thirteen")
    'https://news.example/a#:~:text=one%20two%20three%20four%20five,nine%20ten%20eleven%20twelve%20thirteen'
    """
    safe = web_link(url)
    said = clean(words or "")
    if safe is None or not said:
        return safe
    directive = ",".join(_encoded(part) for part in _parts(said))
    return f"{safe}{'' if '#' in safe else '#'}:~:text={directive}"


def _parts(said: str) -> tuple[str, ...]:
    words = said.split()
    if any(len(word) > _LONGEST for word in words) or len(words) == 1:  # a script without spaces
        return (said,) if len(said) <= 2 * _LETTERS else (said[:_LETTERS], said[-_LETTERS:])
    return (said,) if len(words) <= _WHOLE else (" ".join(words[:_ENDS]), " ".join(words[-_ENDS:]))


def _encoded(text: str) -> str:
    """Percent-encoded, the hyphen too: in a text fragment it has a meaning."""
    return quote(text, safe="", errors="replace").replace("-", "%2D")


def evidence_link(url: str | None, article: Article | None, spans: Sequence[Span]) -> str | None:
    """The address of an article at the first of some spans; the address alone where its words are not at hand."""
    first = next(iter(spans), None)
    return text_link(url, article.full[first.start : first.end] if article and first else None)
