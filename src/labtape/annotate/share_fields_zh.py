"""Role, period and source of a share in a Chinese sentence, read off the marked text (han_text.py)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from labtape.annotate.han_text import NUMBER, Passage, periods_between
from labtape.expressions import expression

if TYPE_CHECKING:
    from datetime import datetime

    from labtape.annotate.share_context import Setting
    from labtape.types import Period, Share, ShareRole, Span

_FROM: Final = expression(
    r"(?:从|由|自)[\x01\x03此前的约近逾超当时初高点位峰值最高为占仅还]{0,24}(?:[\u4e00-\u9fff]{0,4}的)?\Z"
)
_THAN: Final = expression(
    r"(?:较|(?<!占)比|高于|低于|相比|不及|对比|超过|vs\.?)[\x01\x03此前的约近逾超当时为原先同期]{0,24}\Z|(?:原来|原先|此前|当时|先前|之前|过去|往年|以前|以往)的?(?:是|为|约|仅|只有|还|占|达|不到)*\Z|一度(?:占|达|为|是|有|高达|贡献|[^，；。\x02]{0,12})\Z|曾[^，；。\x02]{0,14}\Z"
)
_RISES: Final = expression(
    r"[^，；。\x02]{0,12}?(?:升|降|增|减|跌|涨|落|掉|滑|缩|爬|攀|提|扩|拉|跃|冲|变|回|退|压|推|收|走|做|到|至)[^，。；\x02]{0,14}\x02"
)
_EARLIER: Final = expression(
    r"一年前|[两二三四五六七八九十半几\d]+个?(?:年|月|季度|周|天)前|(?:去年|上年|前年)(?:同期|此时|此時|同季)|上年|上年度|前一|上一|上季|上[个個]?月|上周|前年|同期|此前|年初"
)
_BEFORE_NOW: Final = expression(r"去年|(?:19|20)\d\d|[春夏秋冬]")
_STILL: Final = expression(r"还|仍|曾|只有|仅|不到|不足|才|是|为|则|占")
_AHEAD: Final = expression(
    r"预计|预测|预期|预估|预判|估计[^，；]{0,10}[到会将可]|有望|可望|将(?!近|军|来[^占])|料(?=将|会|占|升|降|达)|目标|计划|力争|拟|看好|上看|明年|未来|或(?=将|升|降|跌|破|达|超|至|占|可)|希望|争取|规划|要求[^，；]{0,20}不[低少]于|打算|会(?=占|升|降|达|到|摸|突|超|上|过)|到20[3-9]\d年|满产后|宣布把|宣布将|准备"
)
_PLANNED_USE: Final = expression(r"(?:所得|募[集资]|集资|融资|资金|款项)[^，；。]{0,12}\Z")
_USE: Final = expression(r"[^，；。]{0,8}(?:用于|投向|投入)")


def _clause_from(text: Passage, setting: Setting, since: int) -> int:
    stop = max(text.marks.rfind(sign, since, setting.quantity.outer_start) for sign in "，；。：！？\n（—｜")
    return max(since, stop + 1)


def role_zh(
    text: Passage, setting: Setting, at: datetime | None, previous: Share | None, subject: str | None
) -> ShareRole:
    """current, baseline or projected; `previous` is the share before, which tells whether an earlier time is a comparison."""
    q = setting.quantity
    first = setting.sentence.start
    last = text.marks.rfind(NUMBER, first, q.outer_start) + 1
    clause = _clause_from(text, setting, max(first, last))
    words = text.marks[clause : q.outer_start]
    plain = text.plain[clause : q.outer_start]
    here = previous is not None and previous.sentence == setting.sentence
    if _FROM.search(words) and _RISES.match(text.marks, q.outer_end):
        return "baseline"
    if _THAN.search(words) and (here or previous is not None or "一度" in plain or "曾" in plain):
        return "baseline"
    period = _in(text, clause, q.outer_start)
    earlier = _EARLIER.search(plain)
    near = previous is not None and q.start - previous.end < 160
    if earlier and near and period is not None:
        return "baseline"
    if near and previous is not None and period is not None and _BEFORE_NOW.search(period[1].text):
        same = subject == previous.subject or text.plain[clause - 1 : clause + 1].endswith("而")
        end = previous.period.end if previous.period else None
        older = not end or not period[1].end or period[1].end < end
        if older and _STILL.search(plain) and (same or "还" in plain) and previous.role != "baseline":
            return "baseline"
    begin = max(first, previous.end if here and previous else first)
    ahead = text.plain[begin : q.outer_start]
    if "；" in ahead:
        ahead = ahead[ahead.rfind("；") + 1 :]
    if _AHEAD.search(ahead[-70:]) and not _DONE.search(plain):
        return "projected"
    if here and previous is not None and previous.role == "projected" and len(ahead) < 14 and not period:
        return "projected"
    if period is not None and at is not None and period[1].start and period[1].start > at.date().isoformat():
        return "projected"
    if _PLANNED_USE.search(ahead) and _USE.match(text.plain, q.outer_end):
        return "projected"
    behind = re.match(
        r"[^，。；\x02]{0,16}(?:将|拟|计划)(?:被|由|用|投|流|来)", text.plain[q.outer_end : q.outer_end + 24]
    )
    return "projected" if behind else "current"


_DONE: Final = expression(r"已(?:经)?(?:占|达|升|降|有|到)|实际|去年|目前|现在|如今")


# ---------------------------------------------------------------- period


def _in(text: Passage, start: int, end: int) -> tuple[Span, Period] | None:
    """The last period named between two places."""
    inside = periods_between(text, start, end)
    return inside[-1] if inside else None


_SAME_TIME: Final = expression("[当當](?:月|季度?|年|周|週)")
_NOW: Final = expression(r"目前|现在|如今|当前|眼下|现已|今日|今天")
_NEWS: Final = expression(r"(?:电|讯|消息|公告|宣布|发布|公布|披露|表示|获悉|介绍|[，]?记者|（|\))")
_CUT_LEFT: Final = expression(r"(?:较|比|与|和|由|从|对比|相比|高于|低于|截至发稿)\Z")
_OTHERS: Final = expression(r"[^，；。：\n\x02]{0,9}\x02")
_LOOSE: Final = expression(
    r"同期|此前|前[一二两三\d]|[上明]周|明年|未来|到|至20|年底|近|过去|[年月周天季]前\Z|以来|同比|上一|上[个季月]|去年同|除夕"
)
REACH: Final = 360
"""How far before its sentence the period of a figure may stand, in characters."""


def period_zh(
    text: Passage, setting: Setting, role: ShareRole, previous: Share | None, title_end: int
) -> Period | None:
    """When a figure holds: as its own clause says, else as the sentence, the list or the report it stands in says."""
    q = setting.quantity
    first = setting.sentence.start
    last = text.marks.rfind(NUMBER, first, q.outer_start) + 1
    clause = _clause_from(text, setting, max(first, last))
    own = _in(text, clause, q.outer_start)
    if own is not None and _SAME_TIME.fullmatch(own[1].text):  # 当月, 当季: the time named before
        return _topical(text, setting, first, clause) or _reported(text, setting, title_end) or own[1]
    if own is not None:
        return own[1]
    behind = re.match(r"[^，；。\x02]{0,3}（\x03*", text.marks[q.outer_end : q.outer_end + 6])
    inside = _in(text, q.outer_end, q.outer_end + 14) if behind else None
    if inside is not None and text.marks[q.outer_end : inside[0].start].strip("（ \x03") == "":
        return inside[1]
    if _NOW.search(text.plain[clause : q.outer_start]):
        return None
    here = previous is not None and previous.sentence == setting.sentence
    if role == "baseline":
        if here and previous is not None and previous.role == "baseline":
            return previous.period
        return _earlier(text, max(last, first), q.outer_start) or _parallel(text, setting, previous)
    if here and previous is not None and previous.role == role and previous.period:
        return previous.period
    found = _topical(text, setting, first, clause)
    if found is not None:
        return found
    if role == "projected":
        return previous.period if previous and previous.role == role and here else None
    if (
        previous is not None
        and previous.role == role
        and previous.period
        and q.start - previous.end < REACH
        and previous.start > title_end
    ):
        return previous.period
    return _reported(text, setting, title_end)


def _earlier(text: Passage, start: int, end: int) -> Period | None:
    found = _in(text, start, end)
    return found[1] if found else None


def _parallel(text: Passage, setting: Setting, previous: Share | None) -> Period | None:
    """The earlier time that the sentence has named for another holder: "三星则从不足两成"."""
    start = max(setting.sentence.start, setting.quantity.start - REACH)
    for span, period in reversed(periods_between(text, start, setting.quantity.start)):
        if text.plain[max(0, span.start - 1) : span.start] in ("由", "从", "较", "比"):
            return period
    return None


def _topical(text: Passage, setting: Setting, first: int, clause: int) -> Period | None:
    """A period in an earlier clause of the sentence that no other number has for itself."""
    for span, period in reversed(periods_between(text, max(first, clause - REACH), clause)):
        if _CUT_LEFT.search(text.plain[max(first, span.start - 3) : span.start]):
            continue
        taken = _OTHERS.match(text.marks, span.end)
        if taken and (
            _EARLIER.search(period.text)
            or re.match(r"[的为是仅只还约\s]*\x02", text.marks[span.end : span.end + 8])
        ):
            continue
        if _NEWS.match(text.plain, span.end) and re.search("[日号號]", period.text):
            continue
        return period
    return None


def _reported(text: Passage, setting: Setting, title_end: int) -> Period | None:
    """The period that the sentences before, or the headline, report on."""
    first = setting.sentence.start
    rows = (
        *periods_between(text, 0, title_end),
        *periods_between(text, max(title_end, first - REACH), first),
    )
    for span, period in reversed(rows):
        if span.start >= first or _LOOSE.search(period.text) or _EARLIER.search(period.text):
            continue
        if re.search(r"[日号號]\Z", period.text) and not re.search("[至到-]", period.text):
            continue
        if _CUT_LEFT.search(text.plain[max(0, span.start - 3) : span.start]):
            continue
        if re.match(
            r"(?:成立|上市|推出|发布|创立|完成|起|开始|投产|启动|生效|收入预测|将)",
            text.plain[span.end : span.end + 8],
        ):
            continue
        if period.end and period.start and _ahead_of(text, period, setting):
            continue
        return period
    return None


def _ahead_of(text: Passage, period: Period, setting: Setting) -> bool:
    """A time still to come, which no measured figure has."""
    return (
        bool(
            re.match(
                r"[^，。]{0,12}(?:预计|预测|目标|计划|将)",
                text.plain[setting.sentence.start : setting.sentence.start + 30],
            )
        )
        or "明年" in period.text
    )


# ---------------------------------------------------------------- source


_WHO: Final = r"[^，。；：！？\n\x01\x02\x03“”｜|】]{2,16}?"
_SOURCES: Final = (
    expression(rf"(?:按照?|据|根据|依据|援引|引述|来自)(?P<who>{_WHO})(?:的|所|最新|发布|公布|提供|披露|统计|于|\x01)*(?:数据|统计|报告|报道|消息|测算|估算|监测|口径|调查|研究|榜单|月报|公布|披露|说法|预测|预计)"),
    expression(rf"(?<![^，。；：！？”\n】｜\s])(?:\x01|\x03|\s|研究机构|研究公司|第三方机构|机构|调研机构|市场研究机构|券商|咨询公司)*(?P<who>{_WHO})(?:\x01|\x03|\s|最新|发布|公布|的|今|昨日|今日|周[一二三四五六日天]|月报|季报|年报|年度|一份)*(?:数据|报告|统计|监测|测算|调查|白皮书|研究|榜单)(?:数据|报告)*(?:还|也|则)?(?:显示|指出|称|表明|到|中|，|：|预计|预测)"),
    expression(rf"(?<![^，。；：！？”\n】｜\s])(?:\x01|\x03|\s|研究机构|研究公司|第三方机构|机构)*(?P<who>{_WHO})(?:\x01|\x03|\s|还|也|则|最新|周[一二三四五六日天]|今日|昨日|在[^，。]{{1,12}}?(?:上|中|里|会))*(?:表示|称|指出|预计|预测|预估|估计|统计|监测|测算|公布|披露|透露|显示|认为|说(?=[，。：“])|承认|介绍)"),
)  # fmt: skip
_NOBODY: Final = expression(
    r"(?:其|并|且|但|也|有|该|数据|报告|最新|公司|同时|此外|市场|统计|消息|榜单|它|他|我们|他们|业内|人士|分析师|管理层|机构|本报|记者|预计|目前|其中|多位分析师|各|双方|资料)\Z"
)


_KIND: Final = expression(
    r"\A.{0,10}?(?:机构|機構|公司|研究所|团体|團體|平台|数据商|數據商|数据库|数据服务商|咨询商)(?=[A-Z“「]|[\u4e00-\u9fff]{2,6}\Z)"
)
_WHEN: Final = expression(
    r"(?:今|昨|本)?(?:（[^）]*）)?(?:\d{1,2}|今|昨)?日\Z|(?:周|週)[一二三四五六日]\Z|最新\Z"
)


def _bare_name(words: str) -> str | None:
    """A source without what kind of firm it is and when it spoke: 研究机构远见咨询21日 is 远见咨询."""
    return _KIND.sub("", _WHEN.sub("", words.strip())).strip(" “”「」《》") or None


def attributed_zh(text: Passage, setting: Setting, previous: Share | None, title_end: int) -> str | None:
    """Who says it, as the sentence names it; else who said the share before, where it stands near.

    A headline's figure is that of whom the first words of the text name.
    """
    first = setting.sentence.start
    reach = (max(first, setting.quantity.start - REACH), setting.quantity.start)
    body = (
        (title_end, min(title_end + 90, len(text.full))) if first < title_end else (max(0, first - 90), first)
    )
    for start, end in (reach, body):
        found: re.Match[str] | None = None
        for pattern in _SOURCES:
            for match in pattern.finditer(text.marks, start, end):
                later = found is None or (match.start() > found.start()) == (
                    start < title_end or first >= title_end
                )
                if later and not _NOBODY.fullmatch(match["who"]):
                    found = match
            if found is not None:
                return _bare_name(text.full[found.start("who") : found.end("who")])
        if previous is not None and previous.sentence == setting.sentence:
            return previous.attributed_to
    if previous is not None and setting.quantity.start - previous.end < REACH:
        return previous.attributed_to
    return None
