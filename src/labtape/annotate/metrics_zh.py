"""What is divided, in Chinese words: one English name for each, under which the two languages' claims meet.

Chinese puts the head of a noun phrase last: of "月活用户总时长" the time is divided, of "客户收入" the revenue. So the
word that ends last decides, and of two that end together the longer one. What stands before may narrow it (云, 广告, 线上).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from labtape.expressions import expression

_TABLE: Final = (
    # use of models and sites
    ("(?:词元|[Tt]okens?|TOKENS?)(?:的?(?:总|周均)?(?:消耗|调用|使用|处理|用|吞吐)(?:总?量)?)?", "token consumption"),
    ("模型(?:的)?(?:总)?(?:调用|使用)量", "token consumption"), ("(?:API|接口)(?:的)?调用(?:量|次数)?", "API calls"),
    ("(?<!词元)(?<!oken)调用(?:总?量|次数|份额)?", "calls"), ("请求(?:总?量|数)?", "requests"), ("工单", "support tickets"), ("使用(?:总)?量|用量", "usage"),
    ("月活(?:跃)?(?:用户|人数|设备)?(?:数|量|规模)?", "monthly active users"), ("日活(?:跃)?(?:用户|人数)?(?:数|量|规模)?", "daily active users"),
    ("周活(?:跃)?(?:用户)?(?:数)?", "weekly active users"), ("付费用户(?:数|总数)?", "paying users"), ("净增5G用户|5G净增(?:用户)?", "net 5G additions"), ("5G用户(?:数|总数)?", "5G subscribers"),
    ("(?:移动|行动|手机)(?:电话)?用户(?:数|总数)?", "mobile subscribers"), ("订阅(?:用户|者)?(?:数|总数)?", "subscribers"),
    ("用户(?:总)?(?:数|量|规模)?", "users"), ("(?:使用|用户|收听|观看|播放)(?:的)?总?时[长间]|总时长|时长", "user time"),
    (r"(?:访问|浏览)(?:总?量|次数|人次|流量|\Z)", "visits"), ("(?:网站|网络|网页)流量", "web traffic"), ("移动(?:互联网|数据)流量|数据流量", "mobile data traffic"), ("流量", "traffic"),
    ("搜[索寻](?:总?量|次数|请求)?|检索量", "searches"), ("查询(?:量|次数)?", "queries"), ("提问(?:量|数)?|问题(?:总)?数|题库|题目", "questions"),
    ("(?:售前|售后|客服)?咨询(?:量|次数|总量)?$", "customer inquiries"), ("新增下载(?:总?量|次数)?", "new downloads"), ("下载(?:总?量|次数|份额)?", "downloads"), ("安装(?:总?量|次数)?|装机(?:总?量)?", "installations"),
    ("席位(?:数)?|授权席位", "seats"), ("设备(?:数|总数)?", "devices"), ("保有量|存量", "installed base"), ("租户(?:数)?", "tenants"),
    ("播放(?:总?量|次数)", "plays"), ("收听(?:总?量)?", "listening"), ("观众|观影人次", "audience"), ("票房", "box office"), ("场次|排片", "screenings"),
    # money
    ("营业总?收入|[总主]?营收|总?收入|收益|进账|业绩|流水", "revenue"), ("销售(?:总|金)?额|销售收入|销售总值|成交金额", "sales revenue"), ("零售(?:总?额|总?量|销量)?", "retail sales"),
    ("毛利(?:润|总额)?(?!率)", "gross profit"), ("营业利润|经营利润", "operating profit"), ("净利(?:润)?(?!率)|纯益", "net profit"), ("利润(?:总额)?(?!率)|盈利", "profit"),
    ("(?:剩余)?履约义务", "remaining performance obligations"), ("资本(?:性)?[支开](?:支|出)", "capital expenditure"),
    ("(?:广告)(?:主)?(?:投放|支出|花费|预算|开支)(?:金额|总额|费用)?", "ad spend"), ("采购(?:总?额|金额|支出|预算|费用)", "procurement spending"), ("(?:集中)?采购(?:总?量|份额)?|集采|买走", "purchase"),
    ("(?:总)?(?:支出|开支|投入|花费|花销)(?:总额)?", "spending"), ("经营费用|运营费用|营业费用", "operating expenses"), ("费用", "expenses"), ("预算(?:总额)?", "budget"),
    ("研发(?:费用|投入|支出)", "R&D spending"), ("物料清单|BOM", "bill of materials"), ("成本", "cost"), ("成交(?:总?额|金额)?", "turnover"), ("交易(?:总?额|金额)", "transaction value"),
    ("交易(?:总?笔数|笔数|次数|总?量)?|笔数", "transactions"), ("支付(?:交易)?", "payments"), ("(?:总)?市值", "market capitalisation"), ("资产(?:总额|规模)?", "assets"),
    ("持仓|仓位|组合", "portfolio"), ("爆仓(?:总?额|金额)?|清算", "liquidations"), ("股[份本数]|持股", "shares held"), ("募集?资(?:金|总额|净额)?|所得款项(?:净额)?|所得|募资额", "proceeds"),
    ("融资(?:总?额|金额|规模|资金)?|本轮资金", "funding"), ("(?:风险|创业)投资", "venture investment"), ("投资(?:总?额|金额)?|资金", "investment"), ("贷款", "loans"), ("应收(?:账款|款)", "receivables"), ("罚款|罚金", "fines"),
    ("净流出", "net outflows"), ("净流入", "net inflows"), ("涨幅|涨势", "index gains"), ("增量|增长|增幅", "growth"), ("合同(?:负债|金额|总额|额)?", "contracts"),
    ("订单(?:总?额|总?量|金额)?", "orders"), ("商品交易总额|GMV", "gross merchandise value"), ("预订(?:量|额)?", "bookings"),
    # goods
    ("位元出货(?:总?量)?", "bit shipments"), ("(?:总)?出货(?:总?量|金额|面积|额)?", "shipments"), ("(?:新车)?(?:上险|注册|登记|上牌|挂牌)(?:总?量|数)?", "registrations"),
    ("交付(?:总?量)?", "vehicle deliveries"), ("销量|销售量|卖出|售出", "unit sales"), ("晶圆销售(?:金?额|收入)?", "wafer revenue"), ("销售", "sales revenue"), ("出口(?:总?额|总?量)?", "exports"), ("进口(?:总?额|总?量)?", "imports"),
    ("产能(?:规模)?", "production capacity"), ("产量|产出", "output"), ("晶圆(?:产能)", "wafer capacity"), ("晶圆(?:投片量)?|投片量", "wafers"), ("内存|DRAM位元", "memory"), ("显存", "video memory"),
    ("(?:供应|供给|供货)(?:总?量)?", "supply"), ("(?:智能|有效)?算力(?!卡|芯|中心|租|网|产业|板块|需求)(?:规模|总?量|资源)?", "computing power"), ("算力需求", "computing demand"), ("(?:智算|算力)需求", "computing demand"), ("需求(?:总?量)?", "demand"), ("装机容量", "installed capacity"),
    ("电力(?:总)?容量|容量", "power capacity"), ("发电(?:总?量)?", "electricity generation"), ("(?:全社会)?(?:用电|耗电|电力消费|电力消耗)(?:总?量)?", "electricity consumption"),
    ("(?:最大)?(?:用电)?负荷(?:合同)?", "power load"), ("电力|电量", "electricity"), ("能耗|能源消费(?:总?量)?", "energy use"), ("机柜|机架", "racks"), ("服务器", "servers"), ("碳?排放(?:总?量)?", "emissions"),
    ("市场(?:份额|规模|占有率)?|份额|市占(?:率)?|占有率", "market sales"),
    # things and people
    ("代码(?:行数|总?量)?", "lines of code"), ("(?:代码)?提交(?:数|记录|总?量)?", "commits"), ("专利(?:申请)?(?:总?量|数)?", "patents"), ("论文(?:总?量|数)?", "papers"), ("(?:招聘)?(?:岗位|职位)(?:总?量|数)?|职缺", "job postings"),
    ("就业(?:人数)?", "jobs"), ("毕业生(?:人数|总数)?", "graduates"), ("员工|雇员|人员|职工|人手", "employees"), ("学生|考生", "students"), ("受访者?|受访(?:企业|用户)", "respondents"), ("客户(?:总数|数)?|客群", "customers"),
    ("住客|游客|旅客|访客", "visitors"), ("车主", "owners"), ("人口", "population"), ("学校", "schools"), ("医院", "hospitals"), ("新车|乘用车|汽车", "car sales"), ("视频(?:数)?", "videos"), ("歌曲|曲目", "songs"), ("有声书", "audiobooks"), ("图书|书籍", "books"),
    ("电影|影片", "films"), ("镜头", "shots"), ("内容", "content"), ("衍生模型", "derivative models"), ("大?模型", "models"), ("机器人", "robots"), ("加速卡", "accelerator cards"), ("芯片|晶片", "chips"), ("产品", "products"),
    ("应用", "apps"), ("企业|公司|厂商", "companies"), ("参展商", "exhibitors"), ("投诉(?:量)?", "complaints"), ("广告", "ads"), ("任务", "tasks"), ("网站|站点", "websites"), ("句子", "sentences"), ("单字|汉字", "characters"), ("家庭", "households"),
)  # fmt: skip

_METRICS: Final = tuple((expression(pattern), name) for pattern, name in _TABLE)

_WEAK: Final = frozenset(
    [
        "market sales",
        "models",
        "companies",
        "products",
        "apps",
        "content",
        "customers",
        "chips",
        "growth",
        "ads",
        "accelerator cards",
        "employees",
        "users",
        "servers",
        "car sales",
        "devices",
        "requests",
    ]
)
"""Names that a whole may have by the way; where what is divided is known from before, that is kept."""

_VAGUE: Final = frozenset(["market sales", "models", "companies", "products", "apps", "content", "growth"])
"""Weak names that say nothing of how the whole is counted."""

_NARROWER: Final = (
    ("云(?:基础设施|计算|服务)?", "cloud", {"spending", "revenue", "procurement spending"}), ("基础设施", "infrastructure", {"spending"}), ("服务", "services", {"revenue"}),
    ("数据中心", "data centre", {"revenue", "electricity consumption"}), ("广告", "ad", {"revenue"}), ("线上|网上|电商", "online", {"sales revenue", "unit sales", "retail sales"}),
    ("晶圆", "wafer", {"revenue", "sales revenue", "production capacity"}), ("新增", "new", {"users", "funding", "orders"}), ("API", "API", {"revenue", "spending"}), ("游戏", "game", {"revenue"}),
    ("汽车", "automotive", {"revenue"}), ("年化", "annualised", {"revenue"}), ("手机|智能机", "phone", {"unit sales"}), ("网站|网页", "web", {"visits"}), ("商业", "commercial", {"remaining performance obligations"}),
    ("AI|人工智能", "AI", {"job postings", "computing demand", "chips"}), ("个人电脑|PC", "PC", {"shipments"}), ("新车", "new car", {"registrations"}), ("有效", "effective", {"computing power"}), ("对话", "chat", {"calls"}),
)  # fmt: skip


def metric_zh(words: str) -> str | None:
    """The English name of what the words (in simplified characters) say is divided, None where the table has none.

    >>> metric_zh("国内AI助手月活用户总时长"), metric_zh("客户收入"), metric_zh("全球云基础设施支出")
    ('user time', 'revenue', 'cloud infrastructure spending')
    """
    best = _best(words)
    if best is None:
        return None
    name = best[3]
    before = words[: best[1] - best[2]]
    narrow = [word for pattern, word, kinds in _NARROWER if name in kinds and re.search(pattern, before)]
    return " ".join([*narrow, name])


@lru_cache(maxsize=2048)
def _best(words: str) -> tuple[bool, int, int, str] | None:
    """The word that decides: whether it is telling, where it ends, how long it is, its English name."""
    best: tuple[bool, int, int, str] | None = None
    for pattern, name in _METRICS:
        for match in pattern.finditer(words):
            rank = (name not in _WEAK, match.end(), match.end() - match.start(), name)
            if best is None or rank[:3] > best[:3]:
                best = rank
    return best


def through_metric(words: str) -> int:
    """Where a whole ends that runs on into a verb: behind the word that says what is divided ("请求|失败").

    >>> through_metric("请求失败"), through_metric("收入来自海外")
    (2, 2)
    """
    best = _best(words)
    return best[1] if best else len(words)


def ends_in_metric(words: str) -> bool:
    """Whether a phrase's last word is what is divided, as in a headline "四季度全球云基础设施支出"."""
    return any(
        m.end() == len(words)
        for pattern, name in _METRICS
        if name not in _WEAK
        for m in pattern.finditer(words)
    )


def is_weak(metric: str | None) -> bool:
    """Whether a name only says what kind of thing the whole is made of, as "models" or "companies" do."""
    return metric is None or metric in _WEAK


_GOODS: Final = expression(
    r"(?<=..)的?(?:位元出货|(?:总)?出货(?:总?量|额)?|销量|销售额|销售量|月活(?:跃)?(?:用户)?(?:数)?|日活(?:跃)?(?:用户)?(?:数)?|(?:月活用户)?总时长|订单|(?:营业)?收入|营收|装机量?|上险量|注册量)(?:总量|规模)?\Z"
)
_BARE: Final = expression(
    r"(?:各自|自身|自家|同期|全年|整体|年度|半年度|季度|当季|报告期|系统|核心|终端授权|商业|总|主营业务|主营|集团|数据中心|服务|晶圆|产品|存储|先进|新增|本轮|终端|研发|广告|云|核心|资本|剩余|年化|配股|境外|营业|销售|采购|大型|全部|公司)*"
    r"(?:[Tt]oken)?(?:业绩|营业收入|营收|收入|销售(?:总|金)?额|销售总额|毛利|利润|净利润|毛利润|支出|开支|费用|成本|履约义务|员工|雇员|产能|产量|总?出货量?|订单|交付量|销量|算力|耗电|采购额?|预算|用户|客户|融资|资金|募资|集资|所得|产品|销售|客户|活跃音箱|下载|调用量?|代码|持股|日活|月活|流量|访问量?|时长|用户数|装机量?|融资额|成交额?|成交)(?:总量|总额|规模|净额)?"
)


def market_of(words: str) -> str | None:
    """The market itself, where a whole is a market and what is sold there: "全球HBM" of "全球HBM出货量"; else None."""
    match = _GOODS.search(words)
    return words[: match.start()] if match else None


def is_vague(metric: str | None) -> bool:
    """Whether how the whole is counted is still open: a market may be counted in revenue or in shipments."""
    return metric is None or metric in _VAGUE


_OF_FIRMS: Final = expression(
    r"revenue|sales|profit|spending|expend|expenses|capacity|output|obligations|employees|proceeds|funding|cost|turnover|receivables|assets|budget|customers|deliveries|shipments|orders|purchase|products|bookings"
)


def of_firms(metric: str | None) -> bool:
    """Whether a bare whole ("营收", "产能") is some firm's own, and not a market's ("日活", "流量")."""
    return bool(metric and _OF_FIRMS.search(metric))


def is_bare(words: str) -> bool:
    """Whether a whole is somebody's ("营收", "核心收入", "总交付量") and needs the owner's name to be understood."""
    return bool(_BARE.fullmatch(words))
