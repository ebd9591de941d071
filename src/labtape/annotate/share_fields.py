"""The small fields of a share: role, statistic, period, population, platform."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from labtape.expressions import expression
from labtape.text.periods import ANCHOR, find_periods

if TYPE_CHECKING:
    from datetime import datetime

    from labtape.annotate.share_context import Setting
    from labtape.types import Mention, Period, ShareRole, Statistic

# ---------------------------------------------------------------- role

_EARLIER_BEFORE: Final = expression(
    r"\b(?:(?:up|down|rose|risen|rising|fell|fallen|falling|grew|growing|climb\w*|jump\w*|increas\w+|declin\w+|drop\w*|went|shift\w*|slid|surg\w+|doubl\w+|tripl\w+|expand\w*|shr[aiu]nk\w*|slip\w*|mov\w+|gone|pushed?[^.;]{0,40}|lowered[^.;]{0,40}|rais\w+|cut)\b[^.;%]{0,40})?\bfrom\s+(?:only\s+|just\s+|a\s+(?:mere\s+)?)?\Z"
    r"|\b(?:compared (?:to|with)|versus|vs\.?|against|more than double|higher than|lower than|than|from)\s+(?:the\s+|its\s+|a\s+|just\s+|only\s+|their\s+)*\Z"
    r"|\b(?:(?:last|the previous|the prior) (?:year|month|quarter|week)|January|February|March|April|May|June|July|August|September|October|November|December|(?:19|20)\d\d)['’]s\s+\Z"
    r"|[\d%]\s+after\s+\Z",
    re.IGNORECASE,
)
_EARLIER_LEFT: Final = expression(
    r"\b(?:once|formerly|previously|(?<!been )(?<!being )(?<!be )(?<!is )(?<!are )(?<!was )(?<!were )used to|had (?:been(?! \w+ing)|held|led|stood|taken|said)|not long ago|(?:year|month|week|quarter|decade)s? (?:back|before),?(?! the| it| its)|(?:a|one) year before,?|at one (?:point|time)|back in (?:19|20)\d\d|years? ago,?|a year (?:ago|earlier),?|(?:shift|jump|change|increase|rise|leap|drop|decline|up|down)\s+from\s+(?:(?:early|mid|late)\s+)?(?:\w+\s+)?(?:19|20)\d\d,?\s+when)\b[^.;]{0,90}\Z",
    re.IGNORECASE,
)
_BEGAN: Final = expression(
    r"\b(?:founded|launched|started|released|established|set up|listed|introduced)\s+(?:\w+\s+)?\Z",
    re.IGNORECASE,
)
"""A firm "founded two years ago" says when it began, not when it held its share."""
_EARLIER_RIGHT: Final = expression(
    r"^[^.;,]{0,50}\b(?:(?:a|one|two|three|four|five|six|eight|nine|ten|twelve|eighteen|\d+) (?:years?|quarters?|months?|weeks?|decades?) (?:ago|back|earlier|before|prior)|at launch|(?:the|in the) (?:same|previous|prior|year-ago) (?:period|quarter|month|year|week)|previously|the year before)\b",
    re.IGNORECASE,
)
_PLAN_LEFT: Final = expression(
    r"\b(?:aim(?:s|ed|ing)?|target(?:s|ed|ing)?|plan(?:s|ned|ning)?|(?<!the )(?<!an )expect(?:s|ed|ing)?|forecast(?:s|ed|ing)?|(?<!the )(?<!of )(?<!these )(?<!its )(?<!their )project(?:s|ed|ing)|projections?|predict(?:s|ed|ing)?|could|might|would|on[- ](?:course|track) to|set to|poised to|goal|hop(?:es|ed|ing) to|wants? to|intends? to|estimated to (?:reach|rise|grow)|likely to|propos(?:es|ed|al)|(?<!he )will|should (?:be|reach|end|bring|make|account|hold|rise|fall|double|grow|have|take|contribute|supply)|guid(?:ed|es|ing) (?:to|for)|['’]ll|anticipat\w+|seeks? to|pledg\w+|envision\w*|outlook)\b[^.;]{0,150}\Z",
    re.IGNORECASE,
)
_PLAN_RIGHT: Final = expression(
    r"^\s+(?:of\s+[^,.;]{2,60}?\s)?(?:(?:is|are) (?:expected|projected|forecast|predicted|likely|set|poised|estimated) to|will (?:be|come|go))\b|^[^.;]{0,60}\bby (?:the end of )?(?:20[3-9]\d|the end of the decade)\b",
    re.IGNORECASE,
)
_BY_YEAR: Final = expression(
    r"\b(?:by|in) (?:the end of |mid-|late |early |end-|late-|early-)?(?P<year>20\d\d)\b", re.IGNORECASE
)


_OTHERS: Final = expression(
    r"\s+(?:of [^,.;]{2,40}\s)?(?:for|among|by)\s+(?!(?:the\s+)?(?:same|previous|prior|year|first|second|third|fourth|full|whole|fiscal|last|all of|(?:19|20)\d\d|Q[1-4]|January|February|March|April|May|June|July|August|September|October|November|December)\b)(?:the\s+)?[A-Za-z]"
)
"""Behind a compared figure: it is another holder's, not an earlier one."""
_COMPARED: Final = expression(
    r"\b(?:compared (?:to|with)|versus|vs\.?|against|than)\s+(?:the\s+|a\s+|just\s+|only\s+)*\Z",
    re.IGNORECASE,
)
_OWN_TIME: Final = expression(r"\A[^,;.%\d]{0,40}\b(?:ago|earlier|before|previously|back)\b\s*[,;)]")


def role_of(
    setting: Setting, at: datetime | None, *, before: Setting | None, after: Setting | None
) -> ShareRole:
    """current, baseline or projected; `before` and `after` are the neighbouring shares of the sentence.

    The earlier figure of a comparison is the baseline, wherever it stands.
    """
    left, right = setting.left, setting.right
    since = setting.full[before.quantity.end : setting.quantity.outer_start] if before else left
    if before:
        since = _OWN_TIME.sub(" ", since, count=1)
    if after:
        right = right[: max(0, after.quantity.outer_start - setting.right_at)]
    if before and re.fullmatch(r"\s*\(\s*", since) and right[:1] == ")":
        other = before.quantity.value
        return "baseline" if abs(other - setting.quantity.value) > 2 or other > 3 else "current"
    compared = _COMPARED.search(left[-40:])
    if compared and _OTHERS.match(right):
        return "current"
    if _EARLIER_BEFORE.search(left[-90:]) and (
        after
        or before
        or re.search(r"\b(?:up|down) from\s*\Z|compared|\bfrom\s+(?:\w+\s+)?\Z", left[-90:], re.I)
    ):
        return "baseline"
    earlier = _EARLIER_LEFT.search(since[-140:])
    if earlier and _BEGAN.search(since[-140:][: earlier.start()]):
        earlier = None
    if earlier and re.search(r"\b(?:now|currently|today)\b", since[-140:][earlier.start() :]):
        earlier = None
    if earlier or _EARLIER_RIGHT.match(right[:70]):
        return "baseline"
    planned = _PLAN_LEFT.search(since) if since.strip() else None
    if (
        before
        and not planned
        and re.fullmatch(r"\s*(?:,|and|or|to|of [^,.;]{0,40} and)\s*(?:for\s+)?", since)
    ):
        planned = _PLAN_LEFT.search(before.left)
    ahead = _BY_YEAR.search(since[-60:]) or _BY_YEAR.search(right[:60])
    if planned or _PLAN_RIGHT.match(right) or (at and ahead and int(ahead["year"]) > at.year):
        return "projected"
    return "current"


# ---------------------------------------------------------------- statistic

_PEAK: Final = expression(
    r"\b(?:peak(?:s|ed|ing)?|record high|all-time high|a record|a high of|as high as|maximum)\b|峰值|最高时|高峰|一度",
    re.IGNORECASE,
)
_MEAN: Final = expression(
    r"\b(?:averag(?:es|ed|ing)|average(?!\s+(?!of\b|share\b|market\b)[a-z]+)|(?:the|a|arithmetic|weighted|annual|monthly)\s+mean|mean\s+(?:share|of)|median)\b|平均|均值",
    re.IGNORECASE,
)
_CUMULATIVE: Final = expression(
    r"\b(?:cumulative(?:ly)?|to date|all-time total|so far|since\s+(?:(?:its|their|the)\s+)?(?:launch(?:ing)?|inception|debut|release|founding|introduction))\b|累计|迄今|上线以来|发布以来|推出以来",
    re.IGNORECASE,
)
_AT_HEAD: Final = expression(r"\W*(?:on average|to date|so far|cumulatively)\b", re.IGNORECASE)
_NOW: Final = expression(
    r"\b(?:now|currently|today|at present|presently|at the moment|these days|as of|nowadays)\b|目前|现在|如今|当前|眼下|现已|今日|今天|截至",
    re.IGNORECASE,
)

_ONCE: Final = expression(r"\b(?:once|formerly|used to|at one time)\b", re.IGNORECASE)


def statistic_of(
    setting: Setting, *, before: Setting | None, after: Setting | None, dated: bool, role: ShareRole
) -> Statistic:
    """What kind of figure the words say that it is; `dated` where a period is known for it.

    A level is a snapshot, dated or not; a level that only once was is unknown.
    """
    start = before.quantity.end if before else setting.left_at
    end = after.quantity.outer_start if after else setting.right_at + len(setting.right)
    left = setting.full[max(start, setting.quantity.outer_start - 45) : setting.quantity.outer_start]
    right = setting.full[setting.right_at : min(end, setting.right_at + 45)]
    if after:
        right = re.split(r",|，|;| and ", right)[0]
    head = _AT_HEAD.match(setting.left) if before is None else None
    left = f"{head[0]} {left}" if head else left
    if _MEAN.search(left) or _MEAN.match(right.lstrip(" ,(")) or re.match(r"\s*on average", right):
        return "mean"
    if _PEAK.search(right) or _PEAK.search(left[-30:]):
        return "peak"
    if _CUMULATIVE.search(left) or _CUMULATIVE.search(right):
        return "cumulative"
    if _MEAN.search(right[:30]):
        return "mean"
    gone = role == "baseline" and not dated and _ONCE.search(left)
    return "unknown" if gone else "snapshot"


def is_now(setting: Setting, *, before: Setting | None, after: Setting | None) -> bool:
    """Whether the number's own part of the sentence says that it holds now."""
    return now_word(setting, before=before, after=after) is not None


def now_word(setting: Setting, *, before: Setting | None, after: Setting | None) -> str | None:
    """The word of the number's own part of the sentence that says that it holds now."""
    start = before.quantity.end if before else setting.left_at
    end = after.quantity.outer_start if after else setting.right_at + len(setting.right)
    left = re.split(r"[;；。]", setting.full[start : setting.quantity.outer_start])[-1]
    right = re.split(r"[;；。，,]", setting.full[setting.right_at : end])[0]
    found = _NOW.search(left) or _NOW.search(right)
    return found[0] if found else None


# ---------------------------------------------------------------- period


def period_of(
    setting: Setting, at: datetime | None, *, before: Setting | None, after: Setting | None, role: ShareRole
) -> Period | None:
    """The period named nearest to the number in its own part of the sentence, or at the sentence's head.

    `before` and `after` are the neighbouring numbers of the sentence, shares or not.
    """
    base = setting.sentence.start
    if setting.quantity.end - base > 1200:
        base = setting.quantity.start - 600
    near = max(base - ANCHOR, 0)  # "a year earlier" than in the sentence before
    back = max(setting.full.rfind("\n\n", near, base), near)
    found = find_periods(setting.full[back : min(setting.sentence.end, base + 1800)], at)
    best: tuple[float, Period] | None = None
    for span, period in found:
        if back + span.start < base:
            continue
        distance = _distance(setting, back + span.start, back + span.end, before, after, role)
        if distance is None:
            continue
        distance += 0 if period.start or re.search(r"ago|earlier|recent|given|latest", period.text) else 100
        if best is None or distance < best[0]:
            best = (distance, period)
    return best[1] if best else None


def _distance(
    setting: Setting, start: int, end: int, before: Setting | None, after: Setting | None, role: ShareRole
) -> float | None:
    """How far a period is from the number; None where it belongs to another one."""
    q, full = setting.quantity, setting.full
    if start >= q.end:
        gap = full[q.end : start]
        if re.search(r"[;；。，]|,[^,]{12,}", gap) or (after and start > after.quantity.start):
            return None
        if (
            after
            and (role == "baseline" or re.search(r"\b(?:from|by|in|and|to|while|compared)\W", gap[4:]))
            and len(gap) > 4
        ):
            between = full[end : after.quantity.outer_start]
            own = bool(re.match(r"\s*(?:,|;|and\b|while\b)", between)) and role != "baseline"
            if not own and (len(between) < len(gap) or role == "baseline"):
                return None
        return float(len(gap))
    if end <= q.start:
        gap = full[end : q.start]
        head = start - setting.sentence.start <= 6
        if re.search(r"[;；。]", gap):
            return None
        if before and start < before.quantity.start:
            return 90.0 if head and role != "baseline" else None
        if (
            before
            and start < before.quantity.start + 60
            and len(full[before.quantity.end : start]) < len(gap)
        ):
            return None
        return min(float(len(gap)) + 20, 80.0 if head else 300.0)
    return None


# ---------------------------------------------------------------- population, platform

_TOP: Final = expression(
    r"\b(?:among|across|within|of|in|for|to|at)\s+(?:the\s+)?(?:[\w.-]+['’]s\s+|its\s+)?(?P<population>(?:top|largest|biggest|leading|busiest|most[- ](?:used|popular|active))[- ](?:\d+|ten|five|three|twenty|fifty|hundred)(?:\s+[a-zA-Z][\w-]*){1,3}?|(?:\d+|ten|five|twenty)\s+(?:top|largest|biggest|leading|busiest|most[- ](?:used|popular|active))\s+[a-z][\w-]*(?:\s+[a-z][\w-]*)??)(?=\s+(?:on|in|by|of|from|at|that|use|uses|are|were|is|was|come|came|for|with|to)\b|[.,;:)]|\Z)",
    re.IGNORECASE,
)
_AMONG: Final = expression(
    r"\b(?:among|amongst|across)\s+(?P<population>(?!the top|top)(?:[\w'’&$.-]+\s+){0,5}?[\w'’&-]+)(?=\s+(?:on|in|at|by|during|for|since|that|who|which|according|from|over|as|is|are|was|were|has|have|had)\b|[.,;:)]|\Z)",
    re.IGNORECASE,
)
_TOP_ZH: Final = expression(
    r"(?P<population>(?:前|排名前|榜单前|头部)(?:[一二三五十\d]+|十)(?:大|名|位|家|款)?的?(?:热门|主流)?(?:大?模型|公司|企业|厂商|应用|产品))"
)
_OUT_OF_TOP: Final = expression(r"\b(?:out of|of|in)\s+(?:the\s+)?(?P<n>top\s+\w+|\w+)", re.IGNORECASE)


def population_of(setting: Setting) -> str | None:
    """Of whom or what: "top 10 models"; None where the whole is everybody."""
    right = re.split(r"[;。；]|\.\s", setting.right[:170])[0]
    left = re.split(r"[;。；]", setting.left[-130:])[-1]
    ratio = _OUT_OF_TOP.search(setting.quantity.text) if setting.quantity.unit == "fraction" else None
    if ratio and ratio["n"].lower().startswith("top"):
        noun = re.match(
            r"\s+((?:[\w-]+\s?){1,3}?)(?=\s*(?:on|in|by|of|from|use|uses|are|were|is|was|come)\b|[.,;]|\s*\Z)",
            setting.right,
        )
        return f"{ratio['n']} {noun[1].strip()}" if noun else ratio["n"]
    for pattern, text in ((_TOP, right), (_TOP_ZH, right), (_AMONG, right), (_TOP, left), (_TOP_ZH, left)):
        match = pattern.search(text)
        if match:
            return match["population"].strip()
    return None


_COUNTED_THERE: Final = expression(
    r"token|traffic|usage|workload|request|routing|routed|compute|models?\b|developer|queries|calls|volume|spend|activity|inference|词元|调用|流量|份额",
    re.IGNORECASE,
)
_SOURCE: Final = expression(
    r"(?:\b(?:stats|statistics|data|figures|numbers|rankings|leaderboard|usage|report)\s+(?:from|by|on|at|of)|\bon|\bvia|\bthrough|\bacross|\bat)\s+(?:the\s+)?\Z|(?:在|来自|根据|据)\Z",
    re.IGNORECASE,
)
_SOURCE_AFTER: Final = expression(
    r"\s*(?:['’]s?)?\s*(?:data|stats|statistics|figures|rankings|leaderboard|usage|traffic|token|platform|sees|saw|reports?|top|leading|ten (?:top|most)|平台|数据|上|榜|前[一二三五十\d])",
    re.IGNORECASE,
)


def platforms(full: str, mentions: Sequence[Mention]) -> tuple[tuple[int, int, str], ...]:
    """Where the text names a platform as the place of counting: start, end, entity."""
    found = []
    for m in mentions:
        entity = (
            m.entity
            if m.entity.startswith("platform:")
            else m.lab
            if m.lab and m.lab.startswith("platform:")
            else None
        )
        if entity and (
            _SOURCE.search(full[max(0, m.start - 24) : m.start]) or _SOURCE_AFTER.match(full, m.end)
        ):
            found.append((m.start, m.end, entity))
    return tuple(found)


def platform_of(setting: Setting, metric: str | None, places: Sequence[tuple[int, int, str]]) -> str | None:
    """Where a share is counted: named in its sentence, or set by an earlier sentence for shares of the same kind."""
    number, sentence = setting.quantity.start, setting.sentence
    after = bisect_left(places, number, key=itemgetter(0))  # they are sorted, and none overlaps another
    inside = [
        place for place in places[max(0, after - 1) : after + 1] if sentence.start <= place[0] < sentence.end
    ]
    if inside:
        return min(inside, key=lambda place: abs(place[0] - number))[2]
    words = " ".join(filter(None, [metric, setting.left[-60:], setting.right[:60]]))
    earlier = next(
        (place for place in reversed(places[max(0, after - 2) : after]) if place[1] <= number), None
    )
    if (
        earlier
        and _COUNTED_THERE.search(words)
        and not re.search(r"\bmarket\b(?! share)", setting.right[:60])
    ):
        return earlier[2]
    return None
