"""Which language a text is in, by script and by function words."""

from __future__ import annotations

import re
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
_LATIN = re.compile(r"[A-Za-z]")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")


def language_of(text: str) -> str:
    """The ISO 639-1 code of the text's language; `und` when there is too little to tell.

    Han beside any kana is Japanese; a Chinese text full of Latin names is still Chinese, because a
    Han character says about as much as a Latin word of five letters.

    >>> language_of("Nvidia said on Tuesday that it will ship the chips."), language_of("英伟达 Nvidia 上涨")
    ('en', 'zh')
    """
    sample = text[:_LOOK_AT]
    if sample.isascii():
        return _of_latin(sample) if len(_LATIN.findall(sample)) >= _TOO_FEW else "und"
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
    words = Counter(_LATIN_WORD.findall(sample.lower()))
    scores = {language: sum(words[marker] for marker in markers) for language, markers in _MARKERS.items()}
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] > 1.3 * scores["en"] and scores[best] >= 2 else "en"
