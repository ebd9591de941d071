"""Who says a figure, how many hands it came through, and how sure it is.

A source is named in the number's own sentence, or in the ones before it: it holds for the figures behind it until another
one speaks. A source that is named only behind ("The figures come from …") holds for those before it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from labtape.annotate.share_context import Setting
    from labtape.types import Modality, Share, ShareRole

_NAME: Final = (
    r"(?:the\s+|a\s+)?(?:[A-Z][\w.&'’-]*|[A-Z]{2,})(?:\s+(?:of|and|&|for|the|de|[A-Z0-9][\w.&'’-]*)){0,6}"
)
_WORD: Final = r"(?!(?:said|says|that|which|who|and|but|while|with|on|in|as|to|was|were|is|are)\b)[\w&’'.-]*[\w’']"
_PHRASE: Final = rf"{_WORD}(?:\s{_WORD}){{0,6}}"
_SAYS: Final = r"(?:said|says?|found|finds?|reports?|reported|estimates?|estimated|notes?|noted|shows?|showed|claims?|claimed|reckons?|reckoned|warns?|warned|forecasts?|expects?|predicts?|wrote|writes?|told|tells?|reveals?|revealed|indicates?|indicated|discloses?|disclosed|suggests?|puts?|sees|projects|calculates?|calculated|counted|counts|saw|added|adds|tallied|argues?|argued|measured|confirmed|announced|established|concludes?|concluded|asked|surveyed|polled)"
_DATA: Final = r"(?:data|figures?|numbers?|research|estimates?|analys[ie]s|reports?|stud(?:y|ies)|surveys?|polls?|statistics|stats|calculations|tall(?:y|ies)|counts?|notes?|papers?|rankings?|index|indices|tracker|dashboard|findings|documents?)"

_ACCORDING: Final = re.compile(
    rf"\b(?:[Aa]ccording to|[Aa]s measured by|[Mm]easured by|[Aa]s counted by|[Cc]ited by|[Cc]iting|[Cc]ompiled by|[Pp]ublished by|[Tt]allied by|[Tt]racked by)\s+(?P<who>{_PHRASE})"
    rf"|\b(?:[Pp]er|[Bb]y|[Oo]n)\s+(?P<own>{_NAME}['’]s?)\s+(?:[a-z-]+\s+){{0,2}}(?:{_DATA}|method|definition|reckoning|measure|account|Gauge)\b"
    rf"|\b[Bb]y\s+(?P<count>(?:the|an?|its|our|my|one)\s(?:{_WORD}\s){{0,4}}?)(?:count|reckoning|estimates?|own account|account|tally|measure|calculations?)\b"
    rf"|(?:^|[\s(])[Pp]er\s+(?P<per>{_NAME})"
    rf"|\b[Pp]er\s+(?P<docs>the\s(?:{_WORD}\s){{0,2}}?(?:documents?|filing|report|memo|letter|prospectus|deck))\b"
    rf"|\b{_DATA}\s+(?:(?:came|come|comes|were|was)\s+)?(?:from|by|compiled by|published by|gathered by|collected by)\s+(?P<data>(?:the\s|an?\s)?(?:[a-z-]+\s){{0,4}}{_NAME}|the\s(?:{_WORD}\s){{0,2}}{_WORD})",
)
_SPEAKS: Final = re.compile(
    rf"(?:(?<=[,;:.(—–“”\"\n])|^)\s*(?:(?:and|but|while|as|so|yet)\s)?(?P<who>{_PHRASE})\s(?:(?:also|still|now|has|have|had)\s)?{_SAYS}\b"
)
_INVERTED: Final = re.compile(
    rf"[,”\"]\s+(?:says|said|reports|reported|estimates|notes|wrote|reckons)\s+(?P<who>{_PHRASE})"
)
_PUBLISHED: Final = re.compile(
    rf"(?:(?<=[.;:(—–\n])|^)\s*(?P<who>{_NAME})[^.;:\n]{{0,60}}?\s(?:published|released|issued)\s(?:a|an|its|the|new)\s(?:[\w-]+\s){{0,2}}?{_DATA}\b"
)
_READING: Final = re.compile(rf"\b(?P<who>{_NAME})['’]s?\s+(?:[\w-]+\s){{0,3}}?{_DATA}\b")
_ZH_SAYS: Final = re.compile(
    r"(?:据|根据)(?P<who>[^，。；\s]{2,16}?)(?:的|最新)?(?:数据|统计|报告|报道|消息|测算|估算|监测)|(?P<who2>[^，。；\s]{2,14}?)(?:数据显示|报告显示|统计显示|表示|称|指出|预计|预测)"
)
_NOT_WHO: Final = re.compile(
    r"(?:The|A|In|It|This|That|These|They|He|She|We|And|But|Today|Now|As|For|On|By|At|While|However|Meanwhile|Only|I|You|One|About|Some|Last|Recent|Earlier|Another|Most|Our|Its|Their|Here|There|If|When|Nobody|No one|Everyone|None|What|January|February|March|April|May|June|July|August|September|October|November|December|it|they|he|she|we|which|who|this|that|there|what|you|I)\Z",
    re.IGNORECASE,
)
_BACK: Final = re.compile(
    r"(?:the|this|that|its|their|her|his|same)\s(?:(?:latest|new|own|same)\s)?(?:company|firm|startup|start-up|report|study|survey|poll|paper|authors?|researchers?|analysts?|data|figures?|numbers?|group|tracker|agency|research firm|data|count|consultancy)|it|they|he|she",
    re.IGNORECASE,
)
"""Words that take up a source named before."""
_LEADING: Final = re.compile(
    r"\A(?:(?:In|But|And|Last|Recent|Only|New|while|and|but|as|so|yet|new|latest|The|the|A|An|a|an)\s+)+(?=\S)"
)
_TAIL: Final = re.compile(
    rf"(?:['’]s?)?(?:\s+(?:(?:new|own|latest|annual|monthly|weekly|quarterly)\s+)?(?:{_DATA}|also|itself|now|has|have|had|there|on|in|which|that|from|by|whose|this|last|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|yesterday|today))*\Z"
)
_NO_FIGURE: Final = re.compile(
    r"\s(?:reported|posted|saw|sees|expects|forecasts?|puts?|added|adds)\s(?:a |an |its )?(?:record|revenue|sales|profit|loss|growth|net|gains?|\$)",
    re.IGNORECASE,
)
REACH: Final = 420
"""How far before its sentence the source of a figure may be named, in characters."""


@dataclass(frozen=True, slots=True)
class Source:
    """Who says a figure: the words, and where they stand."""

    who: str
    start: int


def _named(full: str, start: int, end: int) -> Iterator[Source]:
    """The sources that speak between two places, in no order."""
    for pattern in (_ACCORDING, _SPEAKS, _INVERTED, _PUBLISHED, _READING):
        for match in pattern.finditer(full, start, end):
            who = _trimmed(next(filter(None, match.groups()), ""))
            if not who or _NOT_WHO.match(who) or _NO_FIGURE.search(full[match.start() : match.end() + 12]):
                continue
            yield Source(who, match.start())


def _trimmed(words: str) -> str:
    """A source without the articles before it and the kind of paper behind it; such a paper alone stays."""
    words = " ".join(words.split()).strip(" .,")
    bare = _LEADING.sub("", words)
    if not bare[:1].isupper() and words != bare:
        bare = words
    cut = _TAIL.sub("", bare).strip(" .")
    return cut if re.search(r"[A-Z]", cut) or (cut and len(cut.split()) > 1) else bare


def source_of(setting: Setting, previous: Share | None, title_end: int) -> str | None:
    """Whose figure it is: as its sentence names it, else the ones before it, else the one behind it.

    `previous` is the share before, whose source goes on where nobody else speaks between the two.
    """
    full, number = setting.full, setting.quantity.start
    first, last = setting.left_at, setting.right_at + len(setting.right)
    own = [s for s in _named(full, first, last) if not _BACK.fullmatch(s.who)]
    if own:
        return min(own, key=lambda s: abs(s.start - number)).who
    zh = _ZH_SAYS.search(full, first, last)
    if zh:
        return zh["who"] or zh["who2"]
    if first < title_end:
        return None
    since = max(title_end, first - REACH)
    if previous is not None and previous.start > title_end:
        since = max(since, previous.sentence.end)
    earlier = [s for s in _named(full, since, first) if not _BACK.fullmatch(s.who)]
    if earlier:
        return max(earlier, key=lambda s: s.start).who
    if previous is not None and previous.attributed_to and number - previous.end < REACH:
        return previous.attributed_to
    titled = [*_named(full, 0, title_end)]
    if titled:
        return titled[-1].who
    behind = _BEHIND.match(full, last)
    if behind:
        return _trimmed(behind["who"])
    taken_up = next((s.who for s in _named(full, first, last)), None)
    return taken_up


_BEHIND: Final = re.compile(
    rf"[^.\n]{{0,3}}\s*(?:The|These|All|Those)\s(?:{_DATA}|chart|table|ranking|tally)\b[^.\n]{{0,40}}?\b(?:from|by)\s(?P<who>(?:the\s|an?\s)?(?:[a-z-]+\s){{0,3}}{_NAME})"
)


def attributed_to(setting: Setting, sticky: str | None) -> str | None:
    """Whose figure it is, as named in the sentence; `sticky` is the source an earlier sentence announced."""
    last = setting.right_at + len(setting.right)
    own = list(_named(setting.full, setting.left_at, last))
    if own:
        return min(own, key=lambda s: abs(s.start - setting.quantity.start)).who
    zh = _ZH_SAYS.search(setting.full, setting.left_at, last)
    return (zh["who"] or zh["who2"]) if zh else sticky


# ---------------------------------------------------------------- announced


_ANNOUNCES: Final = re.compile(
    rf"\b(?:[Kk]ey )?(?:[Ss]tats|[Ss]tatistics|[Ff]igures|[Dd]ata|[Nn]umbers|[Ff]indings|[Tt]akeaways)\s+(?:from|by)\s+(?P<who>{_NAME})"
)


def announcements(full: str) -> tuple[tuple[int, int, str], ...]:
    """Where a text announces a source for what follows ("Key stats from X:"): start, end, source."""
    return tuple((match.start(), match.end(), match["who"]) for match in _ANNOUNCES.finditer(full))


def announced_source(full: str, announced: Sequence[tuple[int, int, str]], before: int) -> str | None:
    """The last source announced before a place; a name that runs on past it is cut there."""
    known = bisect_right(announced, before, key=itemgetter(1))
    found = announced[known - 1][2] if known else None
    if known < len(announced) and announced[known][0] < before:
        for match in _ANNOUNCES.finditer(full, announced[known][0], before):
            found = match["who"]
    return found


# ---------------------------------------------------------------- hops


_RELAYED: Final = re.compile(
    r"\b(?:cit(?:ing|es|ed by)|quot(?:ing|es|ed (?:by|in))|relayed by|republished by|(?:first )?published by|compiled by (?:a|an|the)\b|as reported by|rests? on|drawing on|based on (?:data|figures|numbers) from|seen by|reviewed by|obtained by)\b|援引|引用|引述|转引|看到的|取得的|获得的",
    re.IGNORECASE,
)
_ITSELF: Final = re.compile(
    r"\b(?:filings?|prospectus|earnings|shareholders?|executives?|chief \w+(?: \w+)? officer|chief executive|CEO|CFO|CTO|COO|chief|founder|co-founder|chair(?:man|woman)|president|letter|the (?:company|firm|startup|start-up|group|maker|chipmaker|foundry|streamer|carmaker|lab|platform|retailer|bank|exchange|issuer|designer|operator|utility|service|app)|its own|their own|our|my)\b|\bwe\b|财报|公司|公告|招股书|创始人|首席|高管|总裁|董事长|内部信|业绩会|电话会",
    re.IGNORECASE,
)
_WE: Final = re.compile(
    r"\b(?:[Ww]e|I) (?:asked|counted|surveyed|polled|went through|looked at|examined|analy[sz]ed|tallied|follow|reviewed|sampled|tested|interviewed)\b|\b(?:our|my) (?:own )?(?:count|survey|poll|panel|sample|readers?|model|analysis|tally|data|estimates?|reckoning)\b|本报统计|本报调查|我们统计|我们调查|笔者统计|据本刊"
)


def hops(setting: Setting, who: str | None, held: Sequence[str], title_end: int) -> int | None:
    """How far the words are from who counted: 0 its own count, 1 a named source, 2 one quoted by another; None where nobody is named.

    `held` are the words for the holder and for whose whole it is.
    """
    first = max(title_end if setting.left_at >= title_end else 0, setting.left_at - REACH)
    reach = setting.full[first : setting.right_at + min(len(setting.right), 160)]
    if who is None:
        return 0 if _WE.search(reach) else None
    at = reach.rfind(who)
    near = reach[max(0, at - 60) : at + len(who) + 60] if at >= 0 else setting.left[-80:]
    if _RELAYED.search(near):
        return 2
    words = {word for word in re.findall(r"\w+", who.lower()) if len(word) > 2}
    for name in held:
        if words & set(re.findall(r"\w+", name.lower())) or (name and name in who) or (who in name):
            return 0
    return 0 if _ITSELF.search(who) or _ITSELF.search(near[: max(0, near.rfind(who))][-45:]) else 1


# ---------------------------------------------------------------- how sure


_OPINION: Final = re.compile(
    r"\b(?:I|we|he|she|they)\s+(?:think|thinks|believe|believes|guess|reckon|suspect)\b|\bin (?:my|our|his|her) (?:view|opinion)\b|\b(?:probably|perhaps|presumably|believes?|thinks?|arguably)\b|我认为|他认为|看来|据信",
    re.IGNORECASE,
)


def modality_of(setting: Setting, role: ShareRole) -> Modality:
    """measured, forecast or opinion."""
    if role == "projected":
        return "forecast"
    return "opinion" if _OPINION.search(setting.left[-120:]) else "measured"
