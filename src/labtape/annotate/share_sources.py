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

from labtape.expressions import expression

if TYPE_CHECKING:
    from labtape.annotate.share_context import Setting
    from labtape.types import Modality, Share, ShareRole

_NAME: Final = (
    r"(?:the\s+|a\s+)?(?:[A-Z][\w.&'’-]*|[A-Z]{2,})(?:\s+(?:of|and|&|for|the|de|[A-Z0-9][\w.&'’-]*)){0,6}"
)
_WORD: Final = r"(?!(?:said|says|that|which|who|and|but|while|with|on|in|as|to|was|were|is|are)\b)(?:[\w&’'.-]*[\w’']|&|\d[\d,.]*\d)"
_PHRASE: Final = rf"{_WORD}(?:\s{_WORD}){{0,6}}"
_SAYS: Final = r"(?:(?:likes?|loves?|wants?) to (?:say|claim)|said|says?|found|finds?|reports?|reported|estimates?|estimated|notes?|noted|shows?|showed|claims?|claimed|reckons?|reckoned|warns?|warned|forecasts?|expects?|predicts?|wrote|told|reveals?|revealed|indicates?|indicated|discloses?|disclosed|suggests?|puts?|sees|projects|calculates?|calculated|counted|counts|added|adds|tallied|argues?|argued|confirmed|announced|established|concludes?|concluded|complained|assures?|thinks?|hopes?|disclose[sd]?)"
_PAPER: Final = expression(
    r"\b(?:data|figures?|numbers?|research|estimates?|analysis|reports?|study|studies|surveys?|polls?|statistics|stats|calculations|count|papers?|rankings|index|tracker|dashboard|findings|documents?|filings?|slides?|prospectus|charts?|scores|records|receipts|letters?|memo|deck|table|results|model|readings|census|accounts|page|site|tables)\Z",
    re.IGNORECASE,
)
_SHOWS: Final = expression(r"(?:shows?|showed|suggests?|indicates?|indicated|reveals?|revealed)\Z")
"""Only papers show; a firm that "shows" or "reveals" something does not count."""
_NO_SPEAKER: Final = expression(
    r"\b(?:be|been|being|have|has|had|ever|should|would|will|can|could|to|if|when|since|more|than|not|nobody|where|with|for|does|did|doesn['’]t|don['’]t|only|also|per|how|why|what|so|because|although|though|they|it|you|gets?|into)\b",
    re.IGNORECASE,
)
_DATA: Final = r"(?:data|figures?|numbers?|research|estimates?|analys[ie]s|reports?|stud(?:y|ies)|surveys?|polls?|statistics|stats|calculations|tall(?:y|ies)|counts?|notes?|papers?|rankings?|index|indices|tracker|dashboard|findings|documents?)"

_ACCORDING: Final = expression(
    rf"\b(?:[Aa]ccording to|[Aa]s measured by|[Mm]easured by|(?<!people )(?:[Ss]urveyed|[Pp]olled|[Ww]atched) by|[Aa]s counted by|[Cc]ited by|[Cc]iting|[Cc]ompiled by|[Pp]ublished by|[Tt]allied by|[Tt]racked by)\s+(?P<who>{_PHRASE})"
    rf"|\b(?:[Pp]er|[Bb]y|[Oo]n)\s+(?P<own>{_NAME}['’]s?)\s+(?:[a-z-]+\s+){{0,2}}(?:{_DATA}|method|definition|reckoning|measure|account|Gauge)\b"
    rf"|\b[Bb]y\s+(?P<count>(?:the|an?|its|our|my|one)\s(?:{_WORD}\s){{0,4}}?)(?:count|reckoning|estimates?|own account|account|tally|measure|calculations?)\b"
    rf"|(?:^|[\s(])[Pp]er\s+(?P<per>{_NAME})"
    rf"|\b[Pp]er\s+(?P<docs>the\s(?:{_WORD}\s){{0,2}}?(?:documents?|filing|report|memo|letter|prospectus|deck))\b"
    rf"|\b{_DATA}\s+(?:(?:came|come|comes|were|was)\s+)?(?:from|by|compiled by|published by|gathered by|collected by)\s+(?P<data>(?:the\s|an?\s)?(?:[a-z-]+\s){{0,4}}{_NAME}|the\s(?:{_WORD}\s){{0,2}}{_WORD})",
)
_SPEAKS: Final = expression(
    rf"(?:(?<=[,;:.?!—–”]\s)|(?<=[(“\"\n])|(?<=\s-\s)|^)(?:(?:and|but|while|as|so|yet)\s)?(?P<who>{_PHRASE})(?:,\s[^,.;\n]{{1,60}},)?\s(?:(?:also|still|now|has|have|had)\s)?(?P<verb>{_SAYS})\b(?!['’]|\s(?:were|was|is|are|by|from|of|off)\b|\s*\n)"
)
_EMBEDDED: Final = expression(
    rf"\b(?:so|as)\s(?P<who>{_PHRASE})(?:,[^,.;]{{1,60}},)?\s(?:tells?|told|assures?|assured|puts?|has|did|reckons?|says?|said|informs?)\b"
    rf"|\bwe (?:learn|hear|are told)(?:,?\sin figures)?\s(?:from|by)\s(?P<from>{_PHRASE})"
    rf"|\((?:so\s)?(?P<aside>{_NAME})(?:\s[a-z]+){{0,2}}?\s(?:data|figures|census|survey|poll|paper|report|estimates?|study|index)\b"
    rf"|\((?:so|source:?|per)\s(?P<paren>(?:the\s)?{_NAME})\)"
    rf"|\bcredited by\s(?P<credited>{_PHRASE}?)\swith\b"
    rf"|\b[Ss]ources?:\s(?P<source>{_NAME})"
)
_INVERTED: Final = expression(
    rf"[,”\"]\s+(?:says|said|reports|reported|estimates|notes|wrote|reckons)\s+(?P<who>{_PHRASE})(?=[,.;:\n]|\s(?:in|on|at|last|this|who|which)\b)|\b[Ss]o (?:counts|says|finds|reckons)\s(?P<so>{_PHRASE})"
)
_PUBLISHED: Final = expression(
    rf"(?:(?<=[.;:(—–\n])|^)\s*(?P<who>{_NAME})(?:,\s[^,.;\n]{{1,60}},)?\s(?:has\s)?(?:published|released|issued)\s(?:a|an|its|the|new)\s(?:[\w-]+\s){{0,2}}?{_DATA}\b"
)
_STUDIED: Final = expression(
    rf"(?:(?<=[.;:!?(—–\n])|(?<=\s-)|^)\s*(?P<who>{_PHRASE})\s(?:asked|polled|surveyed|combed through|went through|sifted through|screened|sorted|analy[sz]ed|tracked|interviewed|examined|looked (?:at|into)|publishe[sd] what|posted a)\b"
)
_READING: Final = expression(
    rf"\b(?P<who>{_NAME})['’]s?\s+(?:[\w-]+\s){{0,3}}?(?:data|figures|numbers|reports?|study|survey|poll|statistics|estimates|index|tracker|dashboard|census|panel|barometer|monitor)\b"
)
_ZH_SAYS: Final = expression(
    r"(?:据|根据)(?P<who>[^，。；\s]{2,16}?)(?:的|最新)?(?:数据|统计|报告|报道|消息|测算|估算|监测)|(?P<who2>[^，。；\s]{2,14}?)(?:数据显示|报告显示|统计显示|表示|称|指出|预计|预测)"
)
_NOT_WHO: Final = expression(
    r"(?:The|A|In|It|This|That|These|They|He|She|We|And|But|Today|Now|As|For|On|By|At|While|However|Meanwhile|Only|I|You|One|About|Some|Last|Recent|Earlier|Another|Most|Our|Its|Their|Here|There|If|When|Nobody|No one|Everyone|None|What|January|February|March|April|May|June|July|August|September|October|November|December|it|they|he|she|we|which|who|this|that|there|what|you|I)\Z",
    re.IGNORECASE,
)
_BACK: Final = expression(
    r"(?:the|this|that|its|their|her|his|same)\s(?:(?:latest|new|own|same)\s)?(?:company|firm|startup|start-up|report|study|survey|poll|paper|authors?|researchers?|analysts?|data|figures?|numbers?|group|tracker|agency|research firm|data|count|consultancy)|it|they|he|she",
    re.IGNORECASE,
)
"""Words that take up a source named before."""
_LEADING: Final = expression(
    r"\A(?:(?:In|But|And|Last|Recent|Only|New|while|and|but|as|so|yet|new|latest|The|the|A|An|a|an)\s+)+(?=\S)"
)
_TAIL: Final = expression(
    rf"(?:['’]s?)?(?:\s+(?:(?:new|own|latest|annual|monthly|weekly|quarterly)\s+)?(?:{_DATA}|also|itself|now|has|have|had|there|on|in|which|that|from|by|whose|this|last|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|yesterday|today))*\Z"
)
_NO_FIGURE: Final = expression(
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
    for pattern in (_ACCORDING, _SPEAKS, _EMBEDDED, _INVERTED, _PUBLISHED, _STUDIED, _READING):
        for match in pattern.finditer(full, start, end):
            words = next(filter(None, match.groups()), "")
            who = _trimmed(words)
            if not who or _NOT_WHO.match(who) or _NO_FIGURE.search(full[match.start() : match.end() + 12]):
                continue
            if pattern is _STUDIED and _NO_SPEAKER.search(words):
                continue
            if pattern is _SPEAKS and not _speaks(full, words, match):
                continue
            yield Source(who, match.start())


def _speaks(full: str, words: str, match: re.Match[str]) -> bool:
    """Whether the words before a verb of speech can be who speaks: "Nvidia claims 73%" has no speaker."""
    if _NO_SPEAKER.search(words) or (_SHOWS.match(match["verb"]) and not _PAPER.search(words)):
        return False
    holds = match["verb"] in ("claims", "claimed", "counts", "claim", "reports", "reported", "count")
    return not (holds and re.match(r"\s*\n|\s(?:[a-z]+\s){0,2}\d", full[match.end() : match.end() + 24]))


def _trimmed(words: str) -> str:
    """A source without the articles before it and the kind of paper behind it; such a paper alone stays."""
    words = _RELAYED.split(" ".join(words.split()), maxsplit=1)[0].strip(" .,")
    bare = _LEADING.sub("", words)
    if not bare[:1].isupper() and words != bare:
        bare = words
    cut = _TAIL.sub("", bare).strip(" .")
    return cut if re.search(r"[A-Z]", cut) else bare


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
    behind = _BEHIND.search(full, last, last + REACH)
    if behind:
        return _trimmed(behind["who"])
    return next((s.who for s in _named(full, first, last)), None)


_BEHIND: Final = expression(
    rf"(?:The|These|All|Those)\s(?:{_DATA}|chart|table|ranking|tally)\b[^.\n]{{0,40}}?\b(?:from|by|published by)\s(?P<who>(?:the\s|an?\s)?(?:[a-z-]+\s){{0,3}}{_NAME})"
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


_ANNOUNCES: Final = expression(
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


_RELAYED: Final = expression(
    r"\b(?:cit(?:ing|es|ed by)|quot(?:ing|es|ed (?:by|in))|relayed by|republished by|(?:first )?published by|compiled by (?:a|an|the)\b|as reported by|rests? on|drawing on|based on (?:data|figures|numbers) from|seen by|reviewed by|obtained by)\b|援引|引用|引述|转引|看到的|取得的|获得的",
    re.IGNORECASE,
)
_ITSELF: Final = expression(
    r"\b(?:filings?|prospectus|earnings|executives?|managers?|management|chief \w+(?: \w+)? officer|chief executive|CEO|CFO|CTO|COO|founder|co-founder|chair(?:man|woman)|president|(?:the|its) (?:company|firm|startup|start-up|group|maker|chipmaker|foundry|streamer|carmaker|lab|platform|retailer|exchange|issuer|designer|officer|utility|service|app|\w+ (?:firm|maker|company|giant|group))|[Ii]ts|[Tt]heir|[Oo]ur|[Mm]y)\b|财报|公司|公告|招股书|創辦人|创始人|首席|高管|总裁|財務長|执行长|執行長|董事長|發言人|董事长|内部信|业绩会|电话会|管理层",
)
_WE: Final = expression(
    r"\b(?:[Ww]e|I) (?:asked|counted|surveyed|polled|went through|looked at|examined|analy[sz]ed|tallied|follow|reviewed|sampled|tested|interviewed)\b|\b(?:our|my) (?:own )?(?:count|survey|poll|panel|sample|readers?|model|analysis|tally|data|estimates?|reckoning)\b|本报统计|本报调查|我们统计|我们调查|笔者统计|据本刊"
)


def hops(
    setting: Setting, who: str | None, held: Sequence[str], previous: Share | None, title_end: int
) -> int | None:
    """How far the words are from who counted: 0 its own count, 1 a named source, 2 one quoted by another; None where nobody is named.

    `held` are the names of the holder and of whose whole it is; a source that goes on from the share before keeps its hops.
    """
    first = max(title_end if setting.left_at >= title_end else 0, setting.left_at - REACH)
    reach = setting.full[first : setting.right_at + min(len(setting.right), 160)]
    if who is None:
        return 0 if _WE.search(reach) else None
    at = reach.rfind(who)
    if previous is not None and previous.attributed_to == who and at < setting.left_at - first:
        return previous.hop_count
    near = reach[max(0, at - 60) : at + len(who) + 60] if at >= 0 else ""
    if _RELAYED.search(near):
        return 2
    if _WE.search(who) or _ITSELF.search(who) or _TITLED.search(reach[max(0, at - 40) : max(0, at)]):
        return 0
    if at >= 0 and _ITS_OWN.match(reach, at + len(who)):
        return 0
    own = capitals(who)
    return 0 if any(not own.isdisjoint(capitals(name)) for name in held) else 1


def capitals(words: str) -> frozenset[str]:
    """The capitalised or Chinese words by which two names are known to be one's."""
    return frozenset(_CAPITAL.findall(words))


_CAPITAL: Final = expression(r"\b[A-Z][\w]{1,}|[\u4e00-\u9fff]{2,}")
_TITLED: Final = expression(
    r"\b(?:chief \w+(?: \w+)? officer|chief executive|CEO|CFO|CTO|COO|founder|chair(?:man|woman)|president)\s\Z|(?:董事长|总裁|首席\w{1,4}官|创始人)\Z"
)
_ITS_OWN: Final = expression(
    r"(?:['’]s)?\s(?:own\s|(?:also\s)?(?:said|says|told|put|puts|claims?|reported|disclosed|revealed)\b[^.;]{0,40}?\b(?:its|their|our|his|her)\b)"
)


# ---------------------------------------------------------------- how sure


_OPINION: Final = expression(
    r"\b(?:I|we|he|she|they)\s+(?:think|thinks|believe|believes|guess|reckon|suspect)\b|\bin (?:my|our|his|her) (?:view|opinion)\b|\b(?:probably|perhaps|presumably|believes?|thinks?|arguably)\b|我认为|他认为|看来|据信",
    re.IGNORECASE,
)


def modality_of(setting: Setting, role: ShareRole) -> Modality:
    """measured, forecast or opinion."""
    if role == "projected":
        return "forecast"
    return "opinion" if _OPINION.search(setting.left[-120:]) else "measured"
