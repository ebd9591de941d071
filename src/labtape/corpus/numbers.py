"""Where a text has a number that may be a percentage or a part of a whole: every place that a reader must decide on.

This proposes and never decides: it finds too much on purpose ("second half", "half a million"), because what it misses
nobody is asked about. Bare ordinals ("the third quarter") are left out: they name a place in a row.
"""

from __future__ import annotations

import re
from typing import Final

_NUMBER: Final = r"[+\-−–~～±]?\d+(?:[.,]\d+)*"
_UNIT: Final = r"(?:\s?[%％]|[\s\-]?(?:per\s?cent|pct|bps|percentage[\s\-]points?|basis[\s\-]points?)\b)"
_SPAN: Final = r"\s?(?:-|–|—|−|~|～|至|到)\s?"
_COUNT: Final = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a dozen|(?<![.,\d])\d{1,3}(?!\d|,\d))"
)
_PART: Final = r"(?:half|third|quarter|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|fifteenth|twentieth|hundredth)s?"
_PARTS: Final = r"(?:half|halves|thirds|quarters|fourths|fifths|sixths|eighths|tenths)"
_ZH: Final = "[零一二三四五六七八九十百两兩几\\d.]"
# The alternatives stand longest first: a range is one number, "21 to 8.5 percent" is two.
_FINDER: Final = re.compile(
    "|".join(
        (
            rf"{_NUMBER}(?:\s?[%％])?{_SPAN}\d+(?:[.,]\d+)*{_UNIT}",
            rf"{_NUMBER}{_UNIT}",
            rf"{_NUMBER}(?=\s(?:to|and|or)\s(?:[a-z]+\s){{0,2}}\d+(?:[.,]\d+)*{_UNIT})",
            rf"\b{_COUNT}(?:\s(?:\w+\s)?(?:in|out of)(?:\severy|\sthe)?(?:\s(?:top|world's|last|first|largest|biggest))?\s{_COUNT})\b",
            rf"\b(?:a|an|one|two|three|four|five|six|seven|eight|nine)[\s\-]{_PART}\b",
            rf"\b{_PARTS}\b",
            r"\bpercent(?:age points?)?\b(?<!\d percent)",
            rf"百分之{_ZH}+",
            rf"{_ZH}+\s?[个個]?百分[点點]",
            rf"{_ZH}+分之{_ZH}+",
            rf"{_ZH}+成(?:[半一二三四五六七八九]|以上|多)?",
            rf"(?:{_ZH}+|[对對])折(?!叠|疊|扣|旧|舊|腾|騰|射|返|磨)",
            "(?:超|近|不到|约|一|大|过)半(?!导)",
        )
    ),
    re.IGNORECASE,
)


def find_numbers(full: str) -> tuple[tuple[int, int], ...]:
    """Spans of everything that may be a percentage or a fraction, in order, without overlap.

    >>> full = "It fell from 21 to 8.5 percent; a third of the top 10, in the third quarter."
    >>> [full[a:b] for a, b in find_numbers(full)]
    ['21', '8.5 percent', 'a third']
    """
    return tuple(m.span() for m in _FINDER.finditer(full))
