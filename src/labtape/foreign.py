"""Words and addresses of strangers, made fit to be shown: one line, no control characters, plain links.

Everything that came from a feed passes `clean` before it is shown, and every address `web_link`.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

_TURNS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """One line without control characters or marks that turn the writing direction around.

    >>> clean("Two\\n lines \\x1b[31mred\\u202e")
    'Two lines [31mred'
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    kept = (c if unicodedata.category(c) not in ("Cc", "Cs") or c.isspace() else "" for c in text)
    return " ".join(re.sub(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", "".join(kept)).split())


def visible(text: str) -> str:
    """The text, character for character, without those that steer a screen or turn the writing direction.

    >>> visible("a\\x1bb\\n\\u202ec") == "a\\ufffdb\\n\\u200bc"
    True
    """
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character in _TURNS:
        return "\u200b"
    is_control = unicodedata.category(character) in ("Cc", "Cs")
    return "\ufffd" if is_control and character not in "\n\t" else character


def bare_quote(text: str) -> str:
    """Somebody's words without the marks and the comma around them.

    >>> bare_quote("“We expect no sales,”")
    'We expect no sales'
    """
    return clean(text).strip("“”\"'‘’「」『』«»„ ").rstrip(",，")


def web_link(url: str | None) -> str | None:
    """The address if it is a plain http(s) one, safe inside quotes and brackets; else None.

    >>> web_link("https://news.example/a(1)?q=é")
    'https://news.example/a%281%29?q=%C3%A9'
    >>> web_link("javascript:alert(1)")
    """
    if url is None or clean(url) != url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or ":" in parts.hostname or "\\" in url:
        return None
    return quote(url, safe="%/:?#@!$&*+,;=~-._")


def shortened(text: str, length: int) -> str:
    """The text, cut at a word with an ellipsis when it is longer.

    >>> shortened("one two three", 9)
    'one two…'
    """
    if len(text) <= length:
        return text
    head = text[: length - 1]
    return (head.rsplit(" ", 1)[0] if " " in head[length // 2 :] else head).rstrip(" ,;:.") + "…"
