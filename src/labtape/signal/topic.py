"""How much an article is about AI, about money, and about neither: cue counts that relevance rests on.

The guide's test: would a trader in AI equities or AI tokens want the item in a digest? Words alone do not
answer it (a quiz about a chatbot is about AI, a car maker's quarter is about money), so each family of cues
is counted apart, headline and lead separately, and `rules.py` or a bundle weighs them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from labtape.expressions import small
from labtape.types import Annotated

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

AI_WORDS: Final = (
    r"\b(?:A\.?I\.?|AIs|artificial intelligence|machine learning|deep learning|LLMs?|GPTs?|large language models?|language models?|"
    r"foundation models?|frontier models?|generative|chatbots?|neural net\w*|agentic|AI[- ]\w+|\w+[- ]AI|GPUs?|TPUs?|HBM\d?|DRAM|NAND|"
    r"semiconductors?|chip ?makers?|chips?|chip-making|lithography|foundry|fabs?|data[- ]?cent(?:er|re)s?|hyperscalers?|supercomputers?|"
    r"humanoids?|robotaxis?|autonomous (?:driving|vehicles?|ride-hailing)|open[- ]weights?|inference|(?:AI )?accelerators?|neoclouds?|cloud (?:computing|infrastructure|services|business|unit)|deepfakes?)\b"
    r"|人工智能|大模型|模型|算力|芯片|半导体|智能体|机器人|数据中心|存储|晶圆|光刻|代工|内存|显卡|自动驾驶|光模块|英伟达|\bAI"
)
MARKET_WORDS: Final = (
    r"(?:US|HK|C|A)?[$€£¥₩]\s?\d|\b(?:billions?|trillions?|revenues?|sales|profits?|earnings|margins?|shares?|stocks?|investors?|investments?|invest\w*|valuation|"
    r"valued|IPO|listing|Wall Street|market share|market|markets|rivals?|rivalry|compet\w+|competitors?|undercut\w*|pricing|prices?|price|cost|costs|cheaper|deals?|contracts?|leases?|"
    r"funding|raises?|raised|startups?|acquir\w+|acquisition|merger|stake|capex|spending|spend|budget|debt|loan|bank|analysts?|export controls?|export\w*|sanctions?|"
    r"tariffs?|ban|bans|banned|curbs?|antitrust|lawsuits?|sues|sued|court|judge|regulat\w+|lawmakers|White House|Congress|Pentagon|Beijing|Washington|Commerce|"
    r"policy|bill|legislation|layoffs?|lays off|laid off|job cuts|steps down|resigns?|leaves|outage|breach|hack\w*|leak\w*|security|supply|supplier|demand|capacity|"
    r"orders?|shipments?|production|partnership|partners?|customers?|enterprise|usage|users|downloads?|subscribers|traffic|growth|forecast|guidance|quarter\w*|"
    r"power|electricity|energy|gigawatts?|GW|MW|bitcoin miners?|miners?|crypto|token)\b"
    r"|亿|万美元|股|营收|收入|利润|融资|估值|上市|募资|投资|价格|定价|涨|跌|市场|订单|合作|协议|收购|出口|管制|制裁|监管|起诉|裁员|用户|月活|日活|份额|增长|财报|债|担保|产能|量产|竞争|API"
)
CONSUMER_WORDS: Final = (
    r"\b(?:show hn|ask hn|why you can trust|independently tests|how to|how do i|can now|lets? you|let users|for you|your|you|i|my|me|we tried|top \d+|\d+ (?:ways|apps|things|tips|best|reasons)|what to expect|"
    r"everything announced|hands on|meet|plug-?in|feature|features|widget|setting|personal|tips?|tricks?|hands[- ]on|review(?:ed)?|tested|i tried|i used|i tested|i compared|compared|vs\.?|versus|best \w+ (?:for|of|to)|guide|tutorial|"
    r"explained for|discounts?|coupons?|black friday|prime day|gift|on sale|save \$?\d+|% off|you can now|you can finally|here'?s how|what to know|everything you need|"
    r"wallpapers?|ringtones?|emojis?|stickers?|playlist|recipes?|students?|homework|teachers?|hub|organi[sz]e|selfies?|photos?|camera|pixel \d+\w*|galaxy s\d+|"
    r"iphones?|android \d+|smart ?watch\w*|headphones|earbuds|laptops?|tvs?|vacuum|gaming|games?|gamers?|video game|console|playstation|xbox|nintendo|quiz|podcast|"
    r"newsletter|quote of the day|horoscope|repository|git clone|installation|install|algorithm|pruning|linear models?|readme)\b"
    r"|教程|攻略|评测|测评|体验|上手|开箱|壁纸|优惠|技巧|手把手"
)
ELSEWHERE_WORDS: Final = (
    r"\b(?:pope|encyclical|vatican|shooting|prediction markets?|whales?|ethereum|solana|netflix|hollywood|streaming|newborn|baby|toys?|teddy|anime|erotica|impersonat\w+|"
    r"life sciences|drug|lawyers?|authors?|scientific papers|writers?|parenting|wearables?|telescope|observatory|comet|asteroid|galaxy|starlink|astronomers?|nasa|touchdown|playoffs?|quarterback|goalkeeper|championship|coach|season|"
    r"points and|film|movie|actor|actress|singer|album|celebrity|novel|museum|recipe|park|weather|hurricane|earthquake|travel ban|election|immigra\w+|church|"
    r"murder|arrest\w*|police|hospital|patients?|cancer|embryo|womb|vaccine|protein|species|fossil|suicide|mental health|loneliness|dating|romance|friend(?:ship)?|religio\w+|"
    r"poem|poetry|shakespeare|art(?:ist|ists|works?)?|culture|feelings?|hobby|scammers?|scams?|students|schools?|teens?|kids|children|parents|"
    r"study finds|survey finds|researchers found|scientists|cars?|electric vehicles?|evs?|nev|bitcoin supply|bitcoin treasury|oil|opec)\b"
    r"|望远镜|电影|演员|球赛|疫苗|蛋白质|天气|地震|汽车|旅游|房地产"
)
MONEY: Final = r"[$€£¥₩]\s?\d[\d.,]*|\d[\d.,]*\s?(?:million|billion|trillion|亿|万美元)|\d[\d.,]*\s?(?:%|percent|per cent)"
COMMERCE_OF_LABS: Final = frozenset(
    {
        "lab",
        "chip",
        "memory",
        "foundry",
        "equipment",
        "cloud",
        "neocloud",
        "server",
        "networking",
        "app",
        "platform",
        "robotics",
    }
)
LEAD_CHARS: Final = 600
READ_CHARS: Final = 3000


@dataclass(frozen=True, slots=True)
class Topic:
    """Cue counts of headline (`*_title`) and lead; `labs_*` count linked mentions of AI-exposed organisations.

    `no_ai` is 1 where neither a cue word nor such an organisation stands anywhere in the first pages.
    """

    ai_title: int
    ai_lead: int
    market_title: int
    market_lead: int
    consumer_title: int
    consumer_lead: int
    elsewhere_title: int
    elsewhere_lead: int
    money_title: int
    money_lead: int
    labs_title: int
    labs_all: int
    no_ai: int


def topic_of(annotated: Annotated, lexicon: Lexicon) -> Topic:
    """Count what the headline and the first lines are about."""
    article = annotated.article
    title, lead = article.title, article.text[:LEAD_CHARS]
    small_title, small_lead = small(title), small(lead)
    exposed = [m for m in annotated.mentions if m.lab and _is_exposed(m.lab, lexicon)]
    ai, market, consumer, elsewhere, money = _patterns()
    return Topic(
        ai_title=_count(ai, title),
        ai_lead=_count(ai, lead),
        market_title=_count(market, small_title),
        market_lead=_count(market, small_lead),
        consumer_title=_count(consumer, small_title),
        consumer_lead=_count(consumer, small_lead),
        elsewhere_title=_count(elsewhere, small_title),
        elsewhere_lead=_count(elsewhere, small_lead),
        money_title=_count(money, title),
        money_lead=_count(money, lead),
        labs_title=sum(m.in_title for m in exposed),
        labs_all=len(exposed),
        no_ai=int(
            not exposed and not _reports(annotated) and not ai.search(f"{title} {article.text[:READ_CHARS]}")
        ),
    )


def _reports(annotated: Annotated) -> bool:
    """Results or a price move of an organisation in the headline: its AI business is in them, said or not."""
    moved = any(e.type in ("earnings", "market_move") for e in annotated.events)
    return moved and any(m.lab and m.in_title for m in annotated.mentions)


def _is_exposed(entity: str, lexicon: Lexicon) -> bool:
    lab = lexicon.lab_of(entity)
    return lab is not None and lab.kind in COMMERCE_OF_LABS


def _count(pattern: re.Pattern[str], text: str) -> int:
    """How many different words match; the patterns have no groups."""
    return len(set(map(str.casefold, pattern.findall(text))))


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Those in any case are searched in small letters."""
    return (
        re.compile(AI_WORDS),
        re.compile(small(MARKET_WORDS)),
        re.compile(small(CONSUMER_WORDS)),
        re.compile(small(ELSEWHERE_WORDS)),
        re.compile(MONEY),
    )
