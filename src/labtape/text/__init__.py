"""Sentences, languages, numbers, periods and quotations: what text is before anyone is named in it.

    full = title + "\\n\\n" + text
      ├── sentences        where each begins and ends (EN, ZH), the title apart
      ├── language_of      "en", "zh", …, "und"
      ├── find_quantities  percents, points, fractions as intervals
      ├── find_amounts     amounts of tokens and requests, in single units
      ├── find_periods     "Q2", "late 2024", "去年三季度" as dates
      └── find_quotations  quoted words and their speakers

Every function takes the whole `full` and answers with spans into it.

Design notes. Sentence splitting is one regular expression that proposes every stop and line end, and
a short list of reasons against (abbreviation, initial, decimal, list number, lower case behind it):
statistical splitters were not worth their import, and news text breaks them at bullets, which we treat
as line ends. A hard-wrapped line is joined only when the next one goes on in lower case. The language is
told by script first, then by function words; English is the default among Latin scripts because
headlines often hold no function word at all. Scare quotes (under three words, or six Han characters)
are no quotations.
"""

from labtape.text.amounts import Amount, find_amounts
from labtape.text.language import language_of
from labtape.text.periods import find_periods
from labtape.text.quantities import Quantity, find_quantities
from labtape.text.quotations import find_quotations
from labtape.text.sentences import sentences

__all__ = [
    "Amount",
    "Quantity",
    "find_amounts",
    "find_periods",
    "find_quantities",
    "find_quotations",
    "language_of",
    "sentences",
]
