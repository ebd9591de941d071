"""Regular expressions that are compiled when they are first used.

The finders hold some hundreds of them, and an article needs a few dozen. Compiling all at import was half of the time that a
program took to start.
"""

from __future__ import annotations

import re
from typing import Any, Final, cast

_METHODS: Final = (
    "search",
    "match",
    "fullmatch",
    "split",
    "findall",
    "finditer",
    "sub",
    "subn",
    "groups",
    "groupindex",
)


class _Expression:
    """Stands for a `re.Pattern`: its methods are looked up here once, then found as the instance's own."""

    def __init__(self, source: str, flags: int) -> None:
        self.pattern = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:  # Any: whatever a pattern has
        if name.startswith("__"):  # copying and pickling ask for these before there is a source
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self._flags)
        # From now on a call costs what it costs on the pattern itself: `__getattr__` is not asked again.
        self.__dict__.update({method: getattr(compiled, method) for method in _METHODS})
        return getattr(compiled, name)


def expression(source: str, flags: int = 0) -> re.Pattern[str]:
    r"""The expression as `re.compile` gives it, but compiled at its first use; there too `re.error` is raised.

    >>> word = expression(r"\w+")
    >>> word.pattern, word.findall("chips and tokens")
    ('\\w+', ['chips', 'and', 'tokens'])
    """
    return cast("re.Pattern[str]", _Expression(source, flags))


#: What the engine takes for i and s besides their own two cases, and `str.lower` does not.
_ODD_LETTERS: Final = str.maketrans({"İ": "i", "ı": "i", "ſ": "s"})


def small(text: str) -> str:
    r"""The text in small letters, index for index.

    An expression in small letters finds in it what it would find in the text with `re.IGNORECASE`, where long lists of words
    take ten times as long: the engine then cannot pass over an alternative by its first letter.

    >>> expression(r"\b(?:shares|stocks)\b").findall(small("Shares and STOCKS, ſhares"))
    ['shares', 'stocks', 'shares']
    """
    return text.lower() if text.isascii() else text.translate(_ODD_LETTERS).lower()
