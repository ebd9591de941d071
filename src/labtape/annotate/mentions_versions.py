"""How far a product's name runs on: versions, tiers and sizes, also of models nobody has seen yet."""

from __future__ import annotations

import re
from functools import lru_cache

from labtape.annotate.vocabulary_names import SEPARATORS
from labtape.annotate.vocabulary_patterns import LETTER
from labtape.expressions import expression

# Tier and variant words of model names as makers use them (lexicon model versions, October 2026).
_TIERS = (
    "Pro|Max|Plus|Ultra|Mini|mini|Nano|nano|Micro|Lite|Flash|Turbo|Air|Large|Medium|Small|Tiny|Base|Preview|preview|"
    "Thinking|Instruct|Instant|Coder|Code|Chat|Vision|VL|Omni|Audio|TTS|ASR|Image|Video|Exp|Opus|Sonnet|Haiku|Mythos|"
    "Fable|Sol|Luna|Terra|Astra|Scout|Maverick|Behemoth|Codex|Spark|Glimmer|Live|Advanced|Deep Think|Heavy|Build|"
    "Imagine|Voice|Fast|Speciale|Terminus|Lightning|Reasoner|Reasoning|High|Next|Long|Realtime|Embedding|Distill|"
    "Enterprise|Edu|Go|Atlas|Work|Agent|Kontext|MoE|preview"
)
_SIZE = r"(?:\d+x)?\d{1,4}(?:\.\d)?[BT](?:-A\d+B)?"
_DOTTED = r"\d{1,2}\.\d{1,2}"
_GAP, _HYPHEN = f"[{SEPARATORS}]", "[-\u2010\u2011\u2012\u2013]"
_END = f"(?![{LETTER}])"
# A number after a space is a version only when it counts nothing: "Claude 5 is", not "Claude 5 million".
_COUNTS = (
    r"(?!\s*(?:%|％|\$|per\s?cent|percent|percentage|pts|bps|million|billion|trillion|thousand|times|x\b|users|"
    r"people|years|months|weeks|days|hours|minutes|points|of\b|万|亿|[个年月日%]))(?![\d,]*\d)(?!\.\d)"
)
_NUMBER = (
    rf"(?:{_GAP}?[VvRKMTXHS]\d{{1,2}}(?:\.\d{{1,2}})?[a-z]?{_END}"  # K4, V4.1, R2
    rf"|{_GAP}{_DOTTED}{_COUNTS}[a-z]?{_END}"  # 5.1
    rf"|{_HYPHEN}\d{{1,2}}[a-z]?{_END}(?!\.\d)"  # -6, -4o
    rf"|\s\d[a-z]?{_END}{_COUNTS}"  # one digit after a space
    rf"|\d{{1,2}}(?:\.\d{{1,2}})?[a-z]?{_END})"  # Qwen4
)
_TIER = rf"{_GAP}(?:{_TIERS}){_END}"
_SIZED = rf"{_GAP}{_SIZE}{_END}"
_TAIL = expression(rf"(?:{_TIER}){{0,3}}(?:{_NUMBER}|{_SIZED})(?:{_TIER}|{_SIZED}){{0,4}}")
_TIER_ONLY = expression(rf"(?:{_TIER}){{1,3}}")
_MORE = expression(rf"(?:{_NUMBER}|{_TIER}|{_SIZED}){{1,4}}")
# Makers put a letter before the number when their own name carries the model: "DeepSeek V4", "MiniMax M3".
_LETTERED = expression(rf"{_GAP}[VRKM]\d{{1,2}}(?:\.\d{{1,2}})?{_END}(?:{_TIER}|{_SIZED}){{0,3}}")


def version_end(full: str, end: int, kind: str) -> tuple[int, bool]:
    """Where a name that ends at `end` ends with its version and tiers, and whether there is a version.

    A maker's name takes a lettered version only ("DeepSeek V4"), a model's or product's any.

    >>> text = "Kimi K4 and GPT-7 mini beat Claude 5 to 3."
    >>> [text[:version_end(text, 4, "model")[0]], version_end("Claude 5 million users", 6, "model")]
    ['Kimi K4', (6, False)]
    """
    if kind in ("org", "project"):
        tail = _LETTERED.match(full, end)
        return (tail.end(), True) if tail else (end, False)
    if kind not in ("model", "product"):
        return end, False
    tail = _TAIL.match(full, end)
    if tail:
        return tail.end(), True
    tiers = _TIER_ONLY.match(full, end)
    return (tiers.end(), False) if tiers else (end, False)


def more_of_version(full: str, end: int) -> int:
    """Where a name whose version has been read goes on with tiers, sizes and decimals."""
    tail = _MORE.match(full, end)
    return tail.end() if tail else end


_BARE = expression(rf".*?{_GAP}?(?P<alone>[VRKM]\d{{1,2}}(?:\.\d{{1,2}})?|\d[a-z])(?:{_TIER}|{_SIZED})*")
_DOTTED_TAIL = expression(rf".*?{_GAP}(?P<version>{_DOTTED}(?:{_TIER})*)")
_BESIDE = expression(
    rf"(?:, |/| and | or | & )(?P<version>{_DOTTED}|\d{{1,2}}(?=\s(?:models?|series)\b)){_COUNTS}{_END}(?:{_TIER})*"
)


@lru_cache(maxsize=1024)
def bare_version(text: str) -> re.Pattern[str] | None:
    """What finds the version of a model's name alone: of "GPT-4o" the "4o", of "Kimi K4" the "K4".

    >>> bool(bare_version("GPT-4o").search("users of 4o")), bare_version("Claude Opus 5")
    (True, None)
    """
    version = _BARE.fullmatch(text)
    if version is None or version.start("alone") == 0:
        return None
    return re.compile(rf"(?<![{LETTER}.-]){re.escape(version['alone'])}(?:{_TIER})*{_END}(?!\.\d)")


def version_of(text: str) -> str | None:
    """The dotted version that ends a model's name, with its tiers.

    >>> version_of("Gemini 3.6 Flash"), version_of("Kimi K4")
    ('3.6 Flash', None)
    """
    version = _DOTTED_TAIL.fullmatch(text)
    return version["version"] if version else None


@lru_cache(maxsize=1024)
def versions_like(version: str) -> re.Pattern[str]:
    """What finds a version alone: with a tier any number of that tier, without one the same number.

    >>> [bool(versions_like(v).search("than 3.5 Flash or 5.6 did")) for v in ("3.6 Flash", "5.6", "4.8", "3.6 Pro")]
    [True, True, False, False]
    """
    number, gap, tier = version.partition(" ") if " " in version else version.partition("-")
    wanted = rf"{_DOTTED}{gap}{re.escape(tier)}" if tier else re.escape(number) + _COUNTS
    return re.compile(rf"(?<![{LETTER}.$€£¥+-])(?<!\d,){wanted}(?:{_TIER})*{_END}(?!%)")


def version_beside(full: str, text: str, end: int) -> tuple[int, int] | None:
    """Where the version stands that is named in one breath with the model that ends at `end`.

    >>> text = "Opus 4.7 and 4.8 models"
    >>> start, stop = version_beside(text, "Opus 4.7", 8)
    >>> text[start:stop]
    '4.8'
    """
    if version_of(text) is None:
        return None
    beside = _BESIDE.match(full, end)
    return (beside.start("version"), beside.end()) if beside else None
