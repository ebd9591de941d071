"""The US and China in each other's place: names, adjectives and capitals, in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from labtape.train.edits import Edit

# Names of other things that hold the words, then the words; what is matched first is not looked at again.
_OTHER: Final = (
    r"Bank of (?:America|China)|South China (?:Sea|Morning Post)|Washington Post|American (?:Airlines|Express|Tower)|"
    r"China (?:Mobile|Telecom|Unicom|Securities|Daily)|US\$|(?:North|South|Latin|Central) America(?:n|ns)?|中国(?:移动|电信|联通|证券报)|中国台湾"
)
_US: Final = (
    r"(?:[Tt]he )?(?:United States(?: of America)?|U\.S\.A\.|USA|U\.S\.?|US)(?:['’]s?)?(?![\w$])|America(?:['’]s)?(?!\w)|"
    r"Americans?(?!\w)|Washington(?!\w)|美国|美國|华盛顿|美方|美企|对美"
)
_CN: Final = r"(?:[Mm]ainland )?(?:China(?:['’]s)?|Chinese)(?!\w)|PRC(?!\w)|Beijing(?!\w)|中国|中國|北京|中方|中企|对华"
_PLACE: Final = re.compile(rf"(?<![\w-])(?:(?P<other>{_OTHER})|(?P<us>{_US})|(?P<cn>{_CN}))", re.ASCII)
_HAN: Final = {
    "美国": "中国", "美國": "中國", "华盛顿": "北京", "美方": "中方", "美企": "中企", "对美": "对华",
}  # fmt: skip
_HAN_BACK: Final = {there: here for here, there in _HAN.items()}
# Behind a country's name these begin another phrase; any other word is what the name stands in front of.
_NEW_PHRASE: Final = re.compile(
    r"\s+(?:and|or|in|on|to|for|of|by|from|with|at|as|than|that|which|who|has|have|had|is|are|was|were|will|would|may|"
    r"could|can|said|says|but|while|after|before|over|under|into|since|this|last|next|not|against|if|when|where)(?!\w)"
)
# What a state does in headlines: "US bans chips" is about the state, "US chips" about chips.
_DOES: Final = re.compile(
    r"\s+(?:bans|bars|lifts|eases|tightens|approves|clears|allows|lets|orders|halts|weighs|considers|charges|adds|blocks|drops|"
    r"imposes|licen[cs]es|plans|puts|sets|eyes|moves|hits|restricts|curbs|gives|grants|wants|warns|needs|accuses|agrees|"
    r"lost|banned|lifted|eased|tightened|approved|cleared|allowed|ordered|halted|imposed|gave|put|set|agreed)(?!\w)"
)
# Behind these China is the country itself: "in China fell".
_AFTER: Final = re.compile(r"(?<!\w)(?:in|to|from|of|with|into|against|outside|across) $")
_WORD: Final = re.compile(r"\s+[A-Za-z]")


def place_edits(full: str, kept: Sequence[tuple[int, int]]) -> tuple[tuple[str, Edit], ...]:
    """The country that is named and its replacement, for each place outside the spans that are kept."""
    found = []
    for match in _PLACE.finditer(full):
        start, end = match.span()
        if match["other"] or any(a < end and start < b for a, b in kept):
            continue
        words = match[0]
        is_front = bool(_WORD.match(full, end)) and not _NEW_PHRASE.match(full, end)
        if match["us"] and _DOES.match(full, end):
            is_front = False
        if match["cn"] and _AFTER.search(full, max(0, start - 10), start):
            is_front = False
        new = _china(words, is_front) if match["us"] else _america(words, is_front)
        begins = start == 0 or full[:start].rstrip(" ")[-1:] in ".!?\n"
        if new.startswith("the ") and (begins or words[:1] == "T"):
            new = f"T{new[1:]}"
        found.append(("US" if match["us"] else "CN", Edit(start, end, new)))
    return tuple(found)


def _china(words: str, is_front: bool) -> str:
    """The Chinese word for an American one: `the US` before a noun is `the Chinese`."""
    if words in _HAN:
        return _HAN[words]
    if words.startswith("Washington"):
        return "Beijing"
    if words in ("American", "Americans"):
        return "Chinese"
    if words.endswith(("'s", "’s", "'", "’")):
        return "China’s" if "’" in words else "China's"
    if not is_front or "United" in words or words == "America":
        return "China"
    return "the Chinese" if words.lower().startswith("the ") else "Chinese"


def _america(words: str, is_front: bool) -> str:
    """The American word for a Chinese one."""
    if words in _HAN_BACK:
        return _HAN_BACK[words]
    if words.startswith("Beijing"):
        return "Washington"
    if words == "PRC":
        return "USA"
    if words.endswith("Chinese"):
        return "American"
    if words.endswith(("'s", "’s")):
        return f"America{words[-2:]}"
    return "US" if is_front else "the US"
