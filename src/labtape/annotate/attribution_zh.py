"""Who holds a share, and of what, in Chinese sentences.

HOLDER(约)占 WHOLE 的 N%          N% 的 WHOLE 来自 HOLDER          WHOLE 中，N% 用于 HOLDER
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from labtape.annotate.attribution import Holding
from labtape.annotate.mention_order import beginning_in

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from labtape.annotate.share_context import Setting
    from labtape.types import Mention

METRICS: Final = (
    ("月活|月活跃", "monthly active users"), ("日活|日活跃", "daily active users"), ("交付", "vehicle deliveries"), ("出货", "shipments"),
    ("履约义务", "remaining performance obligations"), ("资本支出|资本开支", "capital expenditure"), ("支出|开支|投入|花费", "spending"),
    ("营收|收入|销售额|收益", "revenue"), ("销量", "unit sales"), ("利润", "profit"), ("员工|雇员|人员", "employees"), ("用户", "users"),
    ("客户", "customers"), ("词元|token|Token|TOKEN|调用量", "token consumption"), ("流量", "traffic"), ("下载", "downloads"), ("算力", "compute"),
    ("产能", "production capacity"), ("产量", "output"), ("电力|用电|耗电", "electricity consumption"), ("代码", "code"), ("订单", "orders"),
    ("投资|融资|资金", "investment"), ("出口", "exports"), ("进口", "imports"), ("市场|份额|市占", "market sales"), ("搜索", "searches"),
    ("内容", "content"), ("成本", "costs"), ("供应|供给", "supply"), ("模型", "models"), ("企业|公司", "companies"), ("人口", "population"),
)  # fmt: skip
"""Chinese words for what is divided, and the English name under which the two languages' claims meet."""

_HOLD: Final = re.compile(
    r"(?P<holder>[^，。；：！？\n]*?)(?:合计|总共|共计|累计|平均|峰值|一度|最高|仅|约|已|目前|现在|大约|就|都|均|则|也|更是)*(?:占据了?|占有(?!率)|占到了?|(?<!市)占了?(?!比|有率)|拿下了?|掌握了?|控制了?|贡献了?)(?P<whole>[^，。；！？\n]*?)的?\s*(?:约|近|超|逾|比|比例|比重)*(?:为|达到?|是)?\s*\Z"
)
_SHARE: Final = re.compile(
    r"(?P<holder>[^，。；：！？\n]*?)(?:的|在)?(?P<whole>[^，。；：！？\n的在]*?)(?:中的?|上的?|里的?)?(?:份额|市占率|占有率|占比|比重|渗透率)[^，。；]{0,18}\Z"
)
_FROM: Final = re.compile(
    r"\s*(?:以上|左右)?的?(?P<whole>[^，。；！？\n]{0,20}?)(?:均|都|将|则|已|是)?(?:来自于?|來自|来源于|用于|用於|流向|投向|归|属于|由|与|使用|选择|采用)(?P<holder>[^，。；！？\n]{1,24}?)(?:相关|有关|贡献|生成|完成|编写|持有|处理|消耗|承担|提供|，|。|；|\Z|\n)"
)
_BACK: Final = re.compile(
    r"(?:这|那|该|上述|两|二|三)(?:两|三|几)?(?:款|家|者|个|种)?(?:产品|公司|企业|车型|模型|应用|巨头|厂商|平台)?|其|前者|后者|它们?|他们|公司"
)
_PAIR: Final = re.compile(
    r"[A-Z][\w.-]*(?: [A-Z0-9][\w.-]*)*\s?[和与、]\s?[A-Z][\w.-]*(?: [A-Z0-9][\w.-]*)*", re.ASCII
)
_IDLE_HEAD: Final = re.compile(
    r"\A(?:(?:19|20)\d\d年(?:\d{1,2}月|上半年|下半年|全年|第?[一二三四]季度|Q[1-4])?|(?:1[0-2]|[1-9])月(?:份)?|第?[一二三四]季度|[今去前]年(?:[一二三四]季度|上半年|下半年)?|(?:公司|机构|分析师)?(?:预计|预测)|数据显示|据悉|其中|目前|此外|同时|而|去年|今年|截至.{0,12}|报告显示|\s|[“”\"（(])+"
)

_COUNTED: Final = re.compile(r"的?(?:峰值|平均|累计|最高|单月|单周)\Z")
_METRIC_TAIL: Final = re.compile(
    r"(?<=..)的?(?:(?:词元|[Tt]oken|TOKEN)s?(?:消耗|调用|使用|用)?量?|调用量|流量|下载量|访问量|出货量?|销量|销售额|营收|收入|算力|装机量)\Z"
)
"""What is divided, where it stands between holder and 占比 without 的: "中国厂商词元占比"."""


def holding_zh(
    setting: Setting, mentions: Sequence[Mention], names: Collection[str], gap: str | None = None
) -> Holding:
    """Holder, metric and whole of one share in a Chinese sentence.

    `names` are the words of all linked mentions, each once; `gap` is the text since the share before in the same sentence: a holder must stand in it, or is that share's.
    """
    left = re.split(r"[。；！？\n]", setting.left if gap is None else gap)[-1]
    behind = _FROM.match(setting.right)
    taken = _HOLD.search(left)
    shared = _SHARE.search(left)
    if taken or shared:
        return _held(setting, left, taken, shared, mentions)
    if behind:
        return _from(setting, left, behind)
    if gap is not None and not any(name in gap for name in names):
        return Holding(None, None, None, None, is_pronoun=True)
    subject = _named_before(setting, mentions)
    metric = metric_zh(setting.right[:12] or left)
    return Holding(subject, _place(setting, subject), metric, None, is_pronoun=subject is None)


def _held(
    setting: Setting,
    left: str,
    taken: re.Match[str] | None,
    shared: re.Match[str] | None,
    mentions: Sequence[Mention],
) -> Holding:
    """HOLDER 占 WHOLE 的 N%, or HOLDER 在 WHOLE 的份额为 N%."""
    found = taken or shared
    if found is None:
        return Holding(None, None, None, None, is_pronoun=True)
    holder = _IDLE_HEAD.sub("", found["holder"]).strip()
    whole = found["whole"].strip(" 的") or None
    if not taken:
        words = _IDLE_HEAD.sub("", left[found.start() : left.rfind("份额") if "份额" in left else len(left)])
        name = _leading_name(setting, words, mentions)
        if name:
            rest = re.split(r"份额|市占率|占有率|占比|比重|渗透率", words.removeprefix(name))[0]
            holder, whole = name, re.sub(r"\A在华", "中国", rest).removeprefix("在").strip(" 的") or None
        elif whole and not holder:
            holder, whole = whole, None
    holder = _COUNTED.sub("", holder)
    tail = _METRIC_TAIL.search(holder) if not whole else None
    if tail:
        holder, whole = holder[: tail.start()], tail[0].strip("的")
    back = not holder or bool(_BACK.fullmatch(holder))
    subject = (_named_before(setting, mentions) if back else None) or holder or None
    metric = metric_zh(whole or "") or metric_zh(holder) or metric_zh(left)
    return Holding(subject, _place(setting, subject), metric, whole, is_pronoun=subject is None)


def _from(setting: Setting, left: str, behind: re.Match[str]) -> Holding:
    """N% 的 WHOLE 来自 HOLDER, or WHOLE 中，N% 用于 HOLDER."""
    whole = behind["whole"].strip(" 的") or None
    holder = behind["holder"].strip()
    owner = re.sub(r"(?:约|大约|近|超过?|逾|的)\Z", "", re.split(r"[，,：]", left)[-1].strip())
    topic = re.search(r"([^，。；]{1,24}?)(?:中|里)[，,]?\s*(?:有)?\Z", left)
    metric = metric_zh(whole or (topic[1] if topic else ""))
    if whole and re.match(r".{0,4}(?:员工|人员|用户|客户)\Z", whole):
        return Holding(f"来自{holder}的{whole}", None, metric, f"{owner}{whole}", owner=owner)
    of_what = whole or (topic[1] if topic else None)
    return Holding(holder, _place(setting, holder), metric, of_what, owner=None if topic else owner or None)


def _leading_name(setting: Setting, words: str, mentions: Sequence[Mention]) -> str | None:
    """The linked name that the words begin with: in "英伟达在中国市场的份额" it holds, the rest is the whole."""
    here = [m for m in beginning_in(mentions, setting.sentence.start, setting.quantity.start) if m.lab]
    return next((m.text for m in here if words.startswith(m.text)), None)


def metric_zh(words: str) -> str | None:
    """The English name of what the words say is divided, None where the table has none."""
    return next((name for pattern, name in METRICS if re.search(pattern, words)), None)


def _named_before(setting: Setting, mentions: Sequence[Mention]) -> str | None:
    """The last name before the number, or two names joined by 和/与/、 as one holder."""
    window = setting.full[max(0, setting.quantity.start - 300) : setting.quantity.start]
    pairs = [match[0].strip() for match in _PAIR.finditer(window)]
    until = setting.quantity.start
    before = [m for m in beginning_in(mentions, setting.left_at - 300, until) if m.end <= until and m.lab]
    for first, second in zip(reversed(before[:-1]), reversed(before[1:]), strict=True):
        if setting.full[first.end : second.start].strip() in ("和", "与", "、", "及"):
            return setting.full[first.start : second.end]
    if pairs and re.search(r"[两二]", setting.left[-40:]):
        return pairs[-1]
    return before[-1].text if before else None


def _place(setting: Setting, words: str | None) -> tuple[int, int] | None:
    if not words:
        return None
    at = setting.full.rfind(words, 0, setting.right_at + 80)
    return (at, at + len(words)) if at >= 0 else None
