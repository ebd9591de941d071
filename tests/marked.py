"""Marked sentences: the expectation is written into the text.

    "Models include [Alibaba](company:alibaba)’s [Qwen](model:qwen)."

`read_marked` gives the plain text and where each marked name stands in it.
"""

from __future__ import annotations

import re

_MARK = re.compile(r"\[([^\[\]]+)\]\(([a-z]+:[^()\s]+)\)")

Mark = tuple[int, int, str]


def read_marked(sentence: str) -> tuple[str, list[Mark]]:
    """The sentence without its marks, and `(start, end, entity)` for each of them.

    >>> read_marked("[Moonshot](lab:moonshot) made [Kimi](model:kimi).")
    ('Moonshot made Kimi.', [(0, 8, 'lab:moonshot'), (14, 18, 'model:kimi')])
    """
    text, marks, at = "", [], 0
    for match in _MARK.finditer(sentence):
        text += sentence[at : match.start()]
        marks.append((len(text), len(text) + len(match[1]), match[2]))
        text += match[1]
        at = match.end()
    return text + sentence[at:], marks
