"""Who holds what, of what and when, in Chinese sentences; every text is invented."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from labtape.annotate.comparability import metric_name
from labtape.annotate.mentions import find_mentions
from labtape.annotate.metrics_zh import metric_zh
from labtape.annotate.shares import find_shares
from labtape.lexicon import lexicon
from labtape.text.sentences import sentences
from labtape.types import Share

AT = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)


def _find(text: str, title: str = "快讯") -> tuple[Share, ...]:
    full = f"{title}\n\n{text}"
    spans = sentences(full)
    mentions, _ = find_mentions(full, len(title), spans, lexicon(), AT)
    return find_shares(full, spans, mentions, lexicon(), AT, language="zh")[0]


def _field(share: Share, name: str) -> Any:
    value = getattr(share, name)
    return value.text if name == "period" and value else value


FIELDS: tuple[tuple[str, str, dict[str, dict[str, Any]]], ...] = (
    # a verb of holding, a noun of sharing, the whole behind the number
    ("快讯", "2025年英伟达占国内AI加速卡收入的62%。", {"62%": {"subject": "英伟达", "metric": "revenue", "scope": "国内AI加速卡", "period": "2025年"}}),
    ("快讯", "华为在中国折叠屏手机市场的份额达到48%。", {"48%": {"subject": "华为", "scope": "中国折叠屏手机市场"}}),
    ("快讯", "联想集团周四收跌。该公司美洲区占约三分之一的营收。", {"三分之一": {"subject": "美洲区", "metric": "revenue", "scope": "联想集团营收", "subject_labs": ()}}),
    ("快讯", "据远山咨询统计，美光去年已占全球HBM出货的21%。", {"21%": {"subject": "美光", "metric": "shipments", "scope": "全球HBM", "period": "去年", "attributed_to": "远山咨询"}}),
    # a topic and a list under it
    (
        "快讯",
        "6月国内AI助手月活用户中，豆包占34%，元宝占19%，Kimi只有6%。",
        {
            "34%": {"subject": "豆包", "metric": "monthly active users", "period": "6月"},
            "19%": {"subject": "元宝", "metric": "monthly active users", "period": "6月"},
            "6%": {"subject": "Kimi", "metric": "monthly active users", "period": "6月"},
        },
    ),
    (
        "快讯",
        "今年第二季度全球服务器出货310万台，其中戴尔占17%，较去年同期的15%有所提高。",
        {
            "17%": {"subject": "戴尔", "metric": "shipments", "role": "current", "period": "今年第二季度"},
            "15%": {"subject": "戴尔", "metric": "shipments", "role": "baseline", "period": "去年同期"},
        },
    ),
    (
        "一季度全球云基础设施支出：座次未变",
        "· 亚马逊AWS占29%；\n· 微软Azure占22%；\n· 阿里云占5%。",
        {
            "29%": {"subject": "亚马逊AWS", "metric": "cloud infrastructure spending", "scope": "全球云基础设施支出"},
            "5%": {"subject": "阿里云", "metric": "cloud infrastructure spending", "period": "一季度"},
        },
    ),
    # names and numbers in the same order
    (
        "快讯",
        "联想、惠普和戴尔分别占全球个人电脑出货量的25%、20%和16%。",
        {"25%": {"subject": "联想"}, "20%": {"subject": "惠普", "metric": "PC shipments"}, "16%": {"subject": "戴尔"}},
    ),
    # from the one to the other
    (
        "快讯",
        "英特尔在服务器处理器市场的份额由去年的71%降至今年上半年的64%。",
        {
            "71%": {"subject": "英特尔", "role": "baseline", "period": "去年"},
            "64%": {"subject": "英特尔", "role": "current", "period": "今年上半年"},
        },
    ),
    (
        "快讯",
        "苹果目前占28%的智能手表出货量，一年前还有35%。",
        {"28%": {"subject": "苹果", "metric": "shipments", "role": "current"}, "35%": {"subject": "苹果", "role": "baseline", "period": "一年前"}},
    ),
    # the whole is a firm's own
    (
        "台積電法說會",
        "台積電表示，第二季高效能運算占營收六成，智慧型手機占兩成七。",
        {
            "六成": {"subject": "高效能運算", "metric": "revenue", "scope": "台積電營收", "subject_labs": ("company:tsmc",), "period": "第二季"},
            "兩成七": {"subject": "智慧型手機", "metric": "revenue", "scope": "台積電營收"},
        },
    ),
    ("快讯", "去年这家客户不提，前五大客户占寒武纪收入的九成。", {"九成": {"subject": "前五大客户", "metric": "revenue", "scope": "寒武纪收入", "subject_labs": ("company:cambricon",)}}),
    ("快讯", "甲骨文透露，剩余履约义务中有一半来自OpenAI一家。", {"一半": {"subject": "OpenAI", "metric": "remaining performance obligations", "scope": "甲骨文剩余履约义务"}}),
    ("快讯", "阿斯麦周二收跌。中国占其系统销售额的三成。", {"三成": {"subject": "中国", "subject_labs": (), "metric": "sales revenue", "scope": "阿斯麦系统销售额"}}),
    ("快讯", "Figure约20%员工来自特斯拉。", {"20%": {"subject": "来自特斯拉的员工", "metric": "employees"}}),
    # the holder in a clause before, and in a name that looks like a verb
    ("快讯", "数据中心用电量同比增长18%，占全国用电量的2.1%。", {"2.1%": {"subject": "数据中心", "metric": "electricity consumption"}}),
    ("快讯", "国内AI芯片出货中，华为占46%，英伟达27%。", {"46%": {"subject": "华为"}, "27%": {"subject": "英伟达"}}),
    ("快讯", "中国移动占5G用户的55%。", {"55%": {"subject": "中国移动", "metric": "5G subscribers"}}),
    # still to come
    ("快讯", "协会预计，到2030年国产加速卡将占国内出货量的七成。", {"七成": {"subject": "国产加速卡", "role": "projected", "metric": "shipments", "period": "到2030年"}}),
    ("快讯", "公司拟将募资的六成用于扩建晶圆厂。", {"六成": {"role": "projected", "metric": "proceeds"}}),
    # a table by line
    (
        "2025年中国大模型云市场排名",
        "按收入计的份额如下：\n阿里云占35.1%（上年 31.0%）\n腾讯云占9.4%（上年 9.9%）",
        {
            "35.1%": {"subject": "阿里云", "role": "current", "metric": "revenue"},
            "31.0%": {"subject": "阿里云", "role": "baseline", "period": "上年"},
            "9.9%": {"subject": "腾讯云", "role": "baseline", "metric": "revenue"},
        },
    ),
)  # fmt: skip


@pytest.mark.parametrize(("title", "text", "expected"), FIELDS)
def test_a_chinese_share_has_its_fields(title: str, text: str, expected: dict[str, dict[str, Any]]) -> None:
    shares = {share.text: share for share in _find(text, title)}
    assert {
        words: {name: _field(shares[words], name) for name in fields} for words, fields in expected.items()
    } == expected


def test_the_holder_is_never_half_a_name() -> None:
    for name in ("华为", "英伟达", "美光", "阿里云", "中芯国际"):
        (share,) = _find(f"{name}约占全球出货量的一成五。")
        assert share.subject == name


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("词元消耗", "token usage"),
        ("全社会用电量", "electricity use"),
        ("出货量", "unit shipments"),
        ("下载量", "downloads"),
        ("营收", "revenue"),
        ("用户", "user base"),
        ("算力规模", "compute capacity"),
        ("资本开支", "capex"),
        ("月活用户", "MAU"),
    ],
)
def test_a_metric_has_one_name_in_both_languages(chinese: str, english: str) -> None:
    assert metric_name(metric_zh(chinese)) == metric_name(english)


def test_the_last_word_of_a_whole_says_what_is_divided() -> None:
    assert [metric_zh(words) for words in ("大客户收入", "月活用户总时长", "云服务广告支出", "毛利率")] == [
        "revenue", "user time", "ad spend", None,
    ]  # fmt: skip


def test_a_very_long_clause_without_stops_is_read_in_pieces() -> None:
    shares = _find("豆包占" * 4000 + "国内下载量的三成。")
    assert [share.metric for share in shares] == ["downloads"]
