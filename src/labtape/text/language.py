"""Which language a text is in, by script and by function words."""

from __future__ import annotations

import re
import string
from collections import Counter

# How much of a text is looked at, and how many letters are too few to say anything.
_LOOK_AT = 1000
_TOO_FEW = 6

_SCRIPTS = (
    ("han", re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")),
    ("kana", re.compile(r"[\u3040-\u30ff\uff66-\uff9f]")),
    ("hangul", re.compile(r"[\uac00-\ud7a3]")),
    ("cyrillic", re.compile(r"[\u0400-\u04ff]")),
    ("arabic", re.compile(r"[\u0600-\u06ff]")),
    ("hebrew", re.compile(r"[\u0590-\u05ff]")),
    ("greek", re.compile(r"[\u0370-\u03ff]")),
    ("thai", re.compile(r"[\u0e00-\u0e7f]")),
    ("devanagari", re.compile(r"[\u0900-\u097f]")),
    ("latin", re.compile(r"[A-Za-z\u00c0-\u024f]")),
)
_OF_SCRIPT = {
    "hangul": "ko", "cyrillic": "ru", "arabic": "ar", "hebrew": "he", "greek": "el", "thai": "th",
    "devanagari": "hi",
}  # fmt: skip

# The commonest short words of each language that no other one here shares with the same weight.
_FUNCTION_WORDS = {
    "en": "the of and to in is for on that with as by at from it was are has its will this be have not after",
    "de": "der die das und ist nicht mit für von den dem ein eine im auf des sich zu auch wird sind bei hat",
    "fr": "le la les des et est une dans pour que qui sur par au aux du pas avec plus ce sont il en",
    "es": "el los las del y es una en para que por con se su al como más lo un ha son",
    "it": "il gli dei e è una nel per che con di della sono del più al anche si le alla",
    "pt": "o os as do da e é uma em para que por com se ao no na mais dos das foi são",
    "nl": "de het een en van is op te dat voor met niet zijn aan door ook bij naar wordt",
}
_MARKERS = {language: frozenset(words.split()) for language, words in _FUNCTION_WORDS.items()}
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")
# The same in bytes, for a text whose only letters are those of ASCII: a tenth of the time.
_LETTERS = string.ascii_letters.encode()
_SPACED = bytes(byte if byte in _LETTERS else 0x20 for byte in range(256))
_ENGLISH = frozenset(word.encode() for word in _MARKERS["en"])
_FOREIGN = frozenset(
    word.encode()
    for language, words in _MARKERS.items()
    if language != "en"
    for word in words
    if word.isascii()
)
_ACCENTED = re.compile(r"[\u00c0-\u024f]")
# A language is taken for another than English from so many of its words, and so many times those of English, on.
_AT_LEAST = 2
_TIMES = 1.3


def language_of(text: str) -> str:
    """The ISO 639-1 code of the text's language; `und` when there is too little to tell.

    Han beside any kana is Japanese; a Chinese text full of Latin names is still Chinese, because a
    Han character says about as much as a Latin word of five letters.

    >>> language_of("Nvidia said on Tuesday that it will ship the chips."), language_of("英伟达 Nvidia 上涨")
    ('en', 'zh')
    """
    sample = text[:_LOOK_AT]
    plain = sample.encode("ascii", "ignore")
    latin = len(plain) - len(plain.translate(None, _LETTERS))
    if latin >= _TOO_FEW and latin > 3 * (len(sample) - len(plain)):  # no other script can weigh as much
        return _of_latin(sample)
    counts = {name: len(pattern.findall(sample)) for name, pattern in _SCRIPTS}
    east = counts["han"] + counts["kana"]
    weights = {
        "east": 3 * east,
        "hangul": 2 * counts["hangul"],
        **{name: counts[name] for name in (*_OF_SCRIPT, "latin") if name != "hangul"},
    }
    script = max(weights, key=lambda name: weights[name])
    if weights[script] < _TOO_FEW:
        return "und"
    if script == "east":
        return "ja" if counts["kana"] * 10 > east else "zh"
    return _of_latin(sample) if script == "latin" else _OF_SCRIPT[script]


def _of_latin(sample: str) -> str:
    """By function words; English when none of them decides, as headlines often have none."""
    lowered = sample.lower()
    if _is_english(lowered):
        return "en"
    words = Counter(_LATIN_WORD.findall(lowered))
    scores = {language: sum(words[marker] for marker in markers) for language, markers in _MARKERS.items()}
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] > _TIMES * scores["en"] and scores[best] >= _AT_LEAST else "en"


def _is_english(lowered: str) -> bool:
    """Whether the markers of all other languages together are too few to outweigh the English ones.

    >>> _is_english("the chips of the lab"), _is_english("die chips und das labor")
    (True, False)
    """
    if not lowered.isascii() and _ACCENTED.search(lowered):
        return False
    words = lowered.encode("ascii", "replace").translate(_SPACED).split()
    return sum(map(_FOREIGN.__contains__, words)) <= _TIMES * sum(map(_ENGLISH.__contains__, words))
