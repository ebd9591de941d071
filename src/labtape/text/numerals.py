"""Which number a word or a Chinese numeral stands for.

Number words go up to 999 999 in English ("twenty-five", "one hundred"), Chinese numerals as far as 亿
("一百二十点五", "拾万零五十六"). `folded` makes a text of the same length in which full-width digits and
signs are plain ones, so that offsets into it hold in the original.
"""

from __future__ import annotations

import re
from typing import Final

_ONES: Final = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS: Final = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
SMALL: Final = {word: i for i, word in enumerate(_ONES)} | {word: 20 + 10 * i for i, word in enumerate(_TENS)}
_SCALES: Final = {"hundred": 100, "thousand": 1000}

_WORD: Final = "|".join([*sorted(_TENS, key=len, reverse=True), *sorted(_ONES, key=len, reverse=True)])
WORDS: Final = rf"(?:(?:{_WORD}|hundred)(?:[-\s](?:and\s)?(?:{_WORD}|hundred))*)"
"""Pattern of an English whole number in words."""
MIXED_WORDS: Final = (
    rf"{WORDS}(?:\spoint(?:[-\s](?:{_WORD}|oh)){{1,3}}"
    r"|[-\s]and[-\s](?:(?:a|one)[-\s](?:half|quarter|third|fifth|eighth|tenth)|(?:two|three)[-\s](?:quarters|thirds|tenths|eighths)))?"
)
"""The same with a part behind it: "two and a half", "one point five"."""

PARTS: Final = {
    "half": 2, "halve": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10, "twelfth": 12, "twentieth": 20, "hundredth": 100,
}  # fmt: skip
"""Into how many parts a word divides the whole."""

VULGAR: Final = {
    "½": 1 / 2, "⅓": 1 / 3, "⅔": 2 / 3, "¼": 1 / 4, "¾": 3 / 4, "⅕": 1 / 5, "⅖": 2 / 5, "⅗": 3 / 5, "⅘": 4 / 5, "⅙": 1 / 6,
    "⅛": 1 / 8, "⅜": 3 / 8, "⅝": 5 / 8, "⅞": 7 / 8, "⅒": 1 / 10,
}  # fmt: skip
"""Characters that are fractions."""

_DIGITS: Final = {
    **dict(zip("零〇一二三四五六七八九", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖两", (1, 2, 3, 4, 5, 6, 7, 8, 9, 2), strict=True)),
    **dict(zip("貳參陸兩", (2, 3, 6, 2), strict=True)),
}
_UNITS: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS: Final = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
HAN: Final = "".join([*_DIGITS, *_UNITS, *_MYRIADS])
"""The characters of a Chinese numeral, without the decimal point 点."""

_FULL: Final = {ord("０") + i: str(i) for i in range(10)} | {
    ord("．"): ".", ord("％"): "%", ord("－"): "-", ord("−"): "-", ord("＋"): "+",
    ord("～"): "~", ord("〜"): "~", ord("‑"): "-", ord("\u00a0"): " ", ord("\u202f"): " ",
    ord("\u2009"): " ", ord("﹪"): "%", ord("點"): "点", ord("’"): "'", ord("Ｋ"): "K", ord("ｋ"): "k",
}  # fmt: skip


_SIGNS: Final = tuple((chr(sign), plain) for sign, plain in _FULL.items())


def folded(text: str) -> str:
    """The text with full-width digits and signs made plain, character for character.

    >>> folded("约６１．５％")
    '约61.5%'
    """
    if text.isascii():
        return text
    for sign, plain in _SIGNS:
        text = text.replace(sign, plain)
    return text


def number_of_words(words: str) -> float | None:
    """The value of an English number in words, None where it is none.

    >>> number_of_words("twenty-five"), number_of_words("one hundred and ten"), number_of_words("cat")
    (25.0, 110.0, None)
    >>> number_of_words("two and a half"), number_of_words("one point five")
    (2.5, 1.5)
    """
    whole, point, decimals = words.lower().partition(" point")
    if point:
        return _decimal(whole, decimals)
    mixed = _MIXED.search(words)
    if mixed:
        count = SMALL.get(mixed["count"].lower(), 1)
        base = number_of_words(words[: mixed.start()])
        return None if base is None else base + round(count / PARTS[mixed["part"].lower()], 4)
    total = current = 0
    seen = False
    for word in words.lower().replace("-", " ").split():
        if word in SMALL:
            current += SMALL[word]
        elif word in _SCALES:
            current = (current or 1) * _SCALES[word]
        elif word == "and" and seen:
            continue
        elif word in ("a", "an") and not seen:
            current = 0
        else:
            return None
        seen = True
    return float(total + current) if seen else None


_MIXED: Final = re.compile(
    r"[-\s]and[-\s](?P<count>a|one|two|three)[-\s](?P<part>half|quarter|third|fifth|eighth|tenth)s?\Z",
    re.IGNORECASE,
)
_COMMA: Final = re.compile(r"(?:\d{1,3}(?:\.\d{3})+|\d{1,3}),\d{1,2}|0,\d{3}")
"""A decimal comma, as most of Europe writes it: "4,5", "0,125", "1.250,5"."""
_FRACTION: Final = re.compile(r"(?:(?P<whole>\d{1,3})[\s-])?(?P<top>\d{1,2})/(?P<bottom>[1-9]\d?)\Z")


def _decimal(whole: str, decimals: str) -> float | None:
    base = number_of_words(whole)
    digits = [0 if word == "oh" else SMALL.get(word, 10) for word in decimals.replace("-", " ").split()]
    if base is None or any(digit > 9 for digit in digits):
        return None
    return float(f"{int(base)}.{''.join(map(str, digits))}")


def number_of_han(numeral: str) -> float | None:
    """The value of a Chinese numeral, also digit by digit ("三五" = 35), None where it is none.

    >>> [number_of_han(n) for n in ("一百二十点五", "拾万零五十六", "两", "十五", "三五", "点")]
    [120.5, 100056.0, 2.0, 15.0, 35.0, None]
    """
    whole, point, fraction = numeral.replace(" ", "").partition("点")
    if not whole or any(c not in HAN for c in whole) or any(c not in _DIGITS for c in fraction):
        return None
    if point and not fraction:
        return None
    tail = float("0." + "".join(str(_DIGITS[c]) for c in fraction)) if fraction else 0.0
    if all(c in _DIGITS for c in whole):
        return float("".join(str(_DIGITS[c]) for c in whole)) + tail
    value = _positional(whole)
    return None if value is None else value + tail


def _positional(whole: str) -> float | None:
    total = section = digit = 0
    for c in whole:
        if c in _DIGITS:
            if digit:
                return None  # two digits in a row: "二三十" is a range of tens, not a number
            digit = _DIGITS[c]
        elif c in _UNITS:
            section += (digit or 1) * _UNITS[c]
            digit = 0
        else:
            total = (total + section + digit or 1) * _MYRIADS[c]
            section = digit = 0
    return float(total + section + digit)


def number(text: str) -> float | None:
    """The value of digits ("1,111.5"), English words or a Chinese numeral.

    >>> number("1,111.5"), number("twelve"), number("十二"), number("3.2k")
    (1111.5, 12.0, 12.0, 3200.0)
    >>> number("3¾"), number("12 1/2")
    (3.75, 12.5)
    """
    if _COMMA.fullmatch(text.strip()):
        return float(text.strip().replace(".", "").replace(",", "."))
    parted = _FRACTION.match(text.strip())
    if parted:
        return float(parted["whole"] or 0) + round(int(parted["top"]) / int(parted["bottom"]), 4)
    bare = text.strip().replace(",", "").replace("，", "").replace(" ", "")
    factor = 1.0
    if bare[-1:] in VULGAR:
        base = float(bare[:-1]) if bare[:-1].isdecimal() else 0.0
        return base + round(VULGAR[bare[-1]], 4) if not bare[:-1] or bare[:-1].isdecimal() else None
    if bare[-1:] in ("k", "K") and bare[:-1]:
        bare, factor = bare[:-1], 1000.0
    if bare[:1] in "0123456789." and bare.replace(".", "", 1).isdigit():
        return float(bare) * factor
    return number_of_words(text) if text[:1].isascii() else number_of_han(text)
