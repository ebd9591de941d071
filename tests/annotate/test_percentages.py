"""What a percentage that is no share measures."""

from __future__ import annotations

import re

import pytest

from labtape.annotate.shares import find_shares
from labtape.lexicon import lexicon
from labtape.text.sentences import sentences

_MARK = re.compile(r"\[([^\[\]]+)\]\((\w+)\)")

MARKED = (
    "Shares of the chip maker fell [5%](price_change) in premarket trading.",
    "Acme stock is up [17%](price_change) this year and [22%](price_change) since March.",
    "The Nasdaq lost [2.78%](price_change), or 530 points, while Zeta Corp jumped [9%](price_change).",
    "Bitcoin slipped [3%](price_change) as traders took profits.",
    "The lab cut the price of its model by [80%](price_change).",
    "New customers get a [30%](price_change) discount, others [10%](price_change) off.",
    "Tokens sell at [60%](price_change) below last year's price, images [20%](price_change) under list.",
    "API calls cost [50%](price_change) less than a year ago.",
    "The old tier starts at [30%](price_change) below its list price.",
    "新模型降价[60%](price_change)。",
    "The miner wants [a third](other) of its 900 megawatts to be converted to AI hosting.",
    "[Half](other) of its 40 plants will be refurbished, it said.",
    "[A quarter](other) of the chain's 900 sites are to be converted by 2028.",
    "It plans to convert [a fifth](other) of its 300 megawatts.",
    "The site converts [8%](rate) of visitors into buyers.",
    "Revenue rose [35%](growth) from a year earlier while profit fell [4%](growth).",
    "Cloud sales were up [31 percent](growth) year over year.",
    "The unit is growing [20%](growth) a year, against [13%](growth) before.",
    "Daily users climbed by about [180%](growth) since November.",
    "That is a [22%](growth) jump in orders.",
    "A survey found that [60%](rate) of managers use chatbots at work.",
    "Some [80%](rate) of adults say they worry about data centres.",
    "[One in six](rate) adults now uses such tools.",
    "Goods from there face a [30 percent](rate) tariff, down from [145 percent](rate).",
    "The central bank cut its interest rate by [25 basis points](rate).",
    "Unemployment stood at [4.2%](rate).",
    "The click-through rate sank from [15](rate) to [8 percent](rate).",
    "Gross margin widened to [62%](margin) from [58%](margin).",
    "It posted an operating margin of [41.5%](margin).",
    "The model scored [78.2%](benchmark) on SWE-bench Verified, ahead of [71%](benchmark) for its rival.",
    "Its classifier catches [89%](benchmark) of harmful prompts.",
    "It reaches [92%](benchmark) accuracy with a [3%](benchmark) error rate.",
    "Traders see a [70%](probability) chance of approval; the odds were [55%](probability) a week ago.",
    "The fund took a [10 percent](stake) stake in the foundry.",
    "It owns [49%](stake) of the company.",
    "The firm will cut [20%](other) of its workforce.",
    "The start-up laid off [15 percent](other) of its staff.",
    "It is [40%](other) cheaper than the rival and [25 percent](other) faster.",
    "It runs at [half](other) the price of its predecessor.",
    "Save up to 300 dollars or [30%](price_change) on your pass.",
    "The stock has returned [8%](price_change) since February.",
    "Bitcoin traded around 89,000 dollars, [30%](price_change) below its October high.",
    "Futures on the index were [1.8%](price_change) lower.",
    "Zeta fell [4.1%](price_change) in Seoul on Tuesday, Foxconn recovered [2.9%](price_change) on Friday.",
    "The target is [30%](price_change) below the last price.",
    "Loans jumped a jaw-dropping [55%](growth) to a record.",
    "Shipments may see a falloff of up to [8.9 percent](growth).",
    "Car sales in China fell [11.5%](growth).",
    "In manufacturing, a survey shows, [6%](rate) were cutting, while [16%](rate) were hiring versus [12%](rate) before.",
    "[One person in six](rate) now uses generative tools.",
    "The yield on its bonds was high: it sold notes at [9.75%](rate).",
    "The odds look only [45 percent](probability) favourable.",
    "No model cracks [50 percent](benchmark) on the new benchmark.",
    "The plant cut its staff by 900, a reduction of [13%](other).",
    "It costs [a tenth](other) of that.",
    "The gadget charges to [80%](other) battery in an hour.",
    "Apple says it is [15 percent](other) faster.",
    "The fund refunds [half](other) the cost.",
    "智谱跌超[13%](price_change)，恒生科技指数涨[1.27%](price_change)。",
    "模型接口定价下调[两成](price_change)。",
    "营收同比增长[17%](growth)，资本支出环比激增约[66%](growth)。",
    "月活同比增长[83%](growth)。",
    "毛利率为[45%](margin)，去年为[41%](margin)。",
    "同等功耗下性能提升[8%](other)。",
    "模型准确率达到[91%](benchmark)。",
    "降息概率为[七成](probability)。",
    "公司持有其[12%](stake)的股权。",
    "新关税为[25%](rate)。",
)


def _kinds(text: str) -> list[tuple[str, str]]:
    full = f"Title\n\n{text}"
    shares, percentages = find_shares(full, sentences(full), (), lexicon(), None, language="en")
    found = [(s.start, s.text, "share") for s in shares] + [(p.start, p.text, p.kind) for p in percentages]
    return [(words, kind) for _, words, kind in sorted(found)]


@pytest.mark.parametrize("sentence", MARKED)
def test_a_percentage_has_its_kind(sentence: str) -> None:
    text = _MARK.sub(lambda m: m[1], sentence)
    assert _kinds(text) == [(m[1], m[2]) for m in _MARK.finditer(sentence)]


def test_bound_and_direction_are_separate_fields() -> None:
    full = "Title\n\nShares fell by about 17% on Monday."
    _, (percentage,) = find_shares(full, sentences(full), (), lexicon(), None, language="en")
    assert (percentage.bound, percentage.direction, percentage.kind) == ("about", "down", "price_change")
    assert percentage.low < 17 < percentage.high


def test_a_number_compared_with_an_old_price_says_which_way() -> None:
    texts = (
        "Tokens sell at 60% below last year's price.",
        "A 60% discount ends.",
        "It trades 15% above its list price.",
    )
    found = [find_shares(text, sentences(text), (), lexicon(), None, language="en")[1] for text in texts]
    assert [(p.kind, p.direction) for (p,) in found] == [
        ("price_change", "down"),
        ("price_change", "down"),
        ("price_change", "up"),
    ]
