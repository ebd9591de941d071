"""Records made by hand: an adoption share, an export rule, a release, in our own words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from labtape.lexicon.entries import Lab, LabelSet, Lexicon, Listing, Market
from labtape.report import to_record
from labtape.report.compose import digest
from labtape.report.digest_nouns import Digest
from labtape.types import (
    Analogue,
    Annotated,
    Article,
    Check,
    Driver,
    EntityVerdict,
    Event,
    Exposure,
    Geopolitics,
    Horizon,
    MarketVerdict,
    Mention,
    ModelRef,
    Percentage,
    Period,
    Placement,
    Quotation,
    Record,
    Relevance,
    Sentence,
    Share,
    Signal,
    Span,
    Story,
    Unlinked,
    Verdict,
)

NOW = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)
MODEL = ModelRef("rules", "1", "sha256:" + "0" * 64)
MARKETS = ("ai-equities", "chips", "china-ai", "cloud", "crypto", "us-ai")


def at(day: int, hour: int = 9, minute: int = 30) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC)


def span(full: str, words: str) -> Span:
    """Where the words stand in the text; they must be there."""
    start = full.index(words)
    return Span(start, start + len(words))


def sentence_of(full: str, words: str) -> Span:
    start = full.index(words)
    left = max(full.rfind(". ", 0, start) + 2 if ". " in full[:start] else 0, full.find("\n\n") + 2)
    left = 0 if start < full.find("\n\n") else left
    right = full.find(". ", start)
    return Span(left, len(full) if right < 0 else right + 1)


def mention(full: str, words: str, entity: str, lab: str | None, role: str = "subject") -> Mention:
    s = span(full, words)
    return Mention(s.start, s.end, words, entity, lab, role, s.start < full.find("\n\n"), 0.98, "name")


def share(full: str, words: str, value: float, low: float, high: float, **given: object) -> Share:
    s = span(full, words)
    plain: dict[str, object] = {
        "bound": "exact", "role": "current", "statistic": "snapshot", "subject": None, "subject_entities": (),
        "subject_labs": (), "metric": "token consumption", "population": None, "platform": None, "scope": None,
        "period": None, "attributed_to": None, "modality": "measured", "sentence": sentence_of(full, words),
        "rule": "account-for", "comparability_key": "k0", "checks": (),
    }  # fmt: skip
    return Share(s.start, s.end, words, value, low, high, **(plain | given))


def p3(bullish: float, neutral: float, bearish: float) -> dict[str, float]:
    return {"Bullish": bullish, "Neutral": neutral, "Bearish": bearish}


def verdict(
    label: str,
    p: dict[str, float],
    state: str,
    takeaway: str,
    evidence: tuple[Span, ...],
    *,
    target: str = "market:ai",
    event: str = "adoption_share",
    texts: tuple[str, str] = ("", ""),
    analogues: tuple[Analogue, ...] = (),
    rationale: tuple[Sentence, ...] = (),
    would_change_if: tuple[str, ...] = (),
) -> Verdict:
    return Verdict(
        target=target,
        label=label,
        p=p,
        score=round(p["Bullish"] - p["Bearish"], 4),
        state=state,
        confidence=p[label],
        label_set=tuple(name for name in ("Bullish", "Neutral", "Bearish") if p[name] > 0.2),
        horizons={
            "short": Horizon(label, p, texts[0]),
            "long": Horizon("Neutral", p3(0.25, 0.6, 0.15), texts[1]),
        },
        drivers=(Driver(event, {"Bullish": 1, "Bearish": -1}.get(label, 0), 0.42, evidence),),
        analogues=analogues,
        takeaway=Sentence(takeaway, evidence, "derived"),
        would_change_if=would_change_if,
        rationale=rationale,
    )


def markets(**labels: tuple[str, str, tuple[str, ...]]) -> tuple[MarketVerdict, ...]:
    quiet = p3(0.1, 0.8, 0.1)
    made = []
    for market in MARKETS:
        label, state, via = labels.get(market.replace("-", "_"), ("Neutral", "no_transmission", ()))
        p = {"Bullish": p3(0.6, 0.3, 0.1), "Bearish": p3(0.1, 0.3, 0.6)}.get(label, quiet)
        made.append(MarketVerdict(market, label, p, state, via))
    return tuple(made)


# ---------------------------------------------------------------- the articles

SHARE_TITLE = "Chinese models take most of the tokens on OpenRouter's top ten"
SHARE_TEXT = (
    "Chinese providers processed about 61% of the tokens of the ten largest models on OpenRouter last week, "
    "the router's own table shows. In late 2024 the figure was under 1.2%. "
    "Alibaba's Qwen leads the group, ahead of DeepSeek. "
    "“Developers go where the price is right and the context window is long,” said Ana Ruiz, who runs "
    "infrastructure at a Madrid start-up. Gemini, the exchange, did not take part. Prices fell by about 17%."
)
DROPPED_TITLE = "China now has 61% of the AI market"
DROPPED_TEXT = (
    "Chinese models now hold 61% of the AI market, a column in the Daily Ledger claims. "
    "It gives OpenRouter as its source."
)
EXPORT_TITLE = "Washington bars sales of the newest Nvidia accelerators to China"
EXPORT_TEXT = (
    "The Commerce Department said on Tuesday that it will require a licence for every shipment of Nvidia's newest "
    "accelerators to China, effective at once. Shares of Nvidia fell 6% before the bell. "
    "“We expect no sales there this quarter,” the company's finance chief said."
)
RELEASE_TITLE = "DeepSeek ships V4 with open weights at a third of the price"
RELEASE_TEXT = (
    "DeepSeek published the weights of its V4 model on Wednesday and cut the price of its API by two thirds. "
    "On the vendor's own tests it matches closed rivals."
)
OFF_TITLE = "Kimi wins again in the rain"
OFF_TEXT = "The driver took the lead on lap 12 and kept it."


def article(id_: str, title: str, text: str, day: int, hour: int, publisher: str, **given: object) -> Article:
    url = f"https://news.example/{id_}"
    moment = at(day, hour)
    return replace(
        Article(id_, title, text, url, url, publisher, "en", moment, "second", moment), **given
    )  # fmt: skip


def annotated_share() -> Annotated:
    a = article("a1", SHARE_TITLE, SHARE_TEXT, 2, 9, "Router Weekly")
    full = a.full
    scope = "top 10 models on OpenRouter"
    common = {
        "subject": "Chinese providers", "subject_entities": ("country:CN",), "population": "top 10 models",
        "platform": "platform:openrouter", "scope": scope, "attributed_to": "OpenRouter",
    }  # fmt: skip
    now = share(
        full, "61%", 61.0, 59.0, 63.0, bound="about", comparability_key="k1",
        period=Period("last week", "2026-05-25", "2026-05-31"), **common,
    )  # fmt: skip
    then = share(
        full, "1.2%", 1.2, 0.0, 1.2, bound="under", role="baseline", statistic="unknown",
        comparability_key="k2", period=Period("late 2024", "2024-10-01", "2024-12-31"), **common,
    )  # fmt: skip
    fall = span(full, "17%")
    quote = span(full, "Developers go where the price is right and the context window is long,")
    lost = span(full, "Gemini")
    s1, s3 = sentence_of(full, "61%"), sentence_of(full, "leads the group")
    return Annotated(
        a,
        "en",
        sentences=(Span(0, len(a.title)), s1, s3),
        mentions=(
            mention(full, "Alibaba", "lab:alibaba", "lab:alibaba", "other"),
            mention(full, "Qwen", "model:qwen", "lab:alibaba-qwen"),
            mention(full, "DeepSeek", "lab:deepseek", "lab:deepseek", "comparator"),
        ),
        unlinked=(Unlinked(lost.start, lost.end, "Gemini", "exchange"),),
        shares=(now, then),
        percentages=(Percentage(fall.start, fall.end, "17%", 17.0, 16.0, 18.0, "about", "down", "price_change", "fell-by"),),
        events=(Event("adoption_share", 0.91, s1.start, s1.end, "share"),),
        geopolitics=Geopolitics(True, 0.62, ("CN", "US"), "rivalry", "none", (s1,), "share-contest"),
        quotations=(Quotation(quote.start, quote.end, full[quote.start : quote.end], "Ana Ruiz", "said"),),
        summary=(s1, s3),
    )  # fmt: skip


def signal_share(annotated: Annotated) -> Signal:
    full = annotated.article.full
    s1 = sentence_of(full, "61%")
    return Signal(
        "a1",
        at(3, 10),
        MODEL,
        Relevance(True, 0.97),
        verdict(
            "Neutral",
            p3(0.21, 0.63, 0.16),
            "no_transmission",
            "A usage share of one router moved to Chinese providers; the text names no way from there to a price.",
            (s1,),
            texts=(
                "No mechanism in the text: a share of tokens is not revenue.",
                "If usage stays, pricing power of closed models is the thing to watch.",
            ),
            analogues=(
                Analogue("2025-01-27 DeepSeek R1 tops the app charts", 0.71, "NVDA -17% 1d", "facts:events"),
            ),
            rationale=(
                Sentence("The text states 61% for Chinese providers among the top 10 models on OpenRouter.", (s1,), "quoted"),
                Sentence("A share of usage reaches an asset only through revenue or orders.", (), "rule", "share-needs-chain"),
            ),
            would_change_if=("the text tied the tokens to revenue of a listed company",),
        ),
        (
            EntityVerdict(
                "lab:alibaba-qwen", "Bullish", p3(0.52, 0.4, 0.08), 0.44, 0.8,
                (Exposure("NYSE:BABA", "parent", 1), Exposure("HKEX:9988", "parent", 1)), (s1,),
            ),
        ),
        markets(china_ai=("Bullish", "directional", ("lab:alibaba-qwen", "parent", "HKEX:9988"))),
    )  # fmt: skip


def annotated_dropped() -> Annotated:
    a = article("a2", DROPPED_TITLE, DROPPED_TEXT, 2, 15, "Daily Ledger")
    full = a.full
    start = full.index("61% of the AI market, a column")
    s1 = Span(len(a.title) + 2, full.index("It gives") - 1)
    bare = Share(
        start, start + 3, "61%", 61.0, 61.0, 61.0, "exact", "current", "unknown", "Chinese models",
        ("country:CN",), (), "market", None, None, "the AI market", None, "OpenRouter", "measured", s1,
        "hold", "k3", (Check("period_unstated", "no period is given for 61%", (s1,)),),
    )  # fmt: skip
    return Annotated(
        a, "en", sentences=(Span(0, len(a.title)), s1), shares=(bare,),
        events=(Event("adoption_share", 0.8, s1.start, s1.end, "share"),), summary=(s1,),
    )  # fmt: skip


def signal_dropped(annotated: Annotated) -> Signal:
    s1 = annotated.summary[0]
    return Signal(
        "a2", at(3, 10), MODEL, Relevance(True, 0.9),
        verdict("Neutral", p3(0.3, 0.55, 0.15), "no_transmission", "The figure lost its denominator on the way.", (s1,)),
        (), markets(),
    )  # fmt: skip


def annotated_export() -> Annotated:
    a = article("a3", EXPORT_TITLE, EXPORT_TEXT, 3, 8, "Capitol Wire")
    full = a.full
    s1, fall = sentence_of(full, "Commerce"), span(full, "6%")
    quote = span(full, "We expect no sales there this quarter,")
    return Annotated(
        a, "en", sentences=(Span(0, len(a.title)), s1),
        mentions=(mention(full, "Nvidia", "company:nvidia", "company:nvidia"),),
        percentages=(Percentage(fall.start, fall.end, "6%", 6.0, 6.0, 6.0, "exact", "down", "price_change", "fell"),),
        events=(Event("export_control", 0.95, s1.start, s1.end, "cue"),),
        geopolitics=Geopolitics(True, 0.98, ("US", "CN"), "tightening", "act", (s1,), "licence"),
        quotations=(Quotation(quote.start, quote.end, full[quote.start : quote.end], None, "marks"),),
        summary=(s1,),
    )  # fmt: skip


def signal_export(annotated: Annotated) -> Signal:
    s1 = annotated.summary[0]
    return Signal(
        "a3", at(3, 10), MODEL, Relevance(True, 0.99),
        verdict(
            "Bearish", p3(0.05, 0.14, 0.81), "directional", "A licence duty takes a market from Nvidia at once.", (s1,),
            target="NASDAQ:NVDA", event="export_control",
            texts=("Sales to China stop until licences are given.", "Local chips gain where supply is cut."),
            analogues=(
                Analogue("2022-10-07 first export rules on advanced chips", 0.88, "SOX -6% 2d", "facts:events"),
                Analogue("2025-04-15 licence for H20", 0.84, "NVDA -7% 1d", "facts:events"),
            ),
            rationale=(Sentence("The rule takes effect at once.", (s1,), "quoted"),),
            would_change_if=("licences are granted as a matter of course",),
        ),
        (EntityVerdict("company:nvidia", "Bearish", p3(0.05, 0.15, 0.8), -0.75, 0.95, (Exposure("NASDAQ:NVDA", "self", 1),), (s1,)),),
        markets(
            chips=("Bearish", "directional", ("company:nvidia", "self", "NASDAQ:NVDA")),
            ai_equities=("Bearish", "directional", ("company:nvidia", "self", "NASDAQ:NVDA")),
        ),
    )  # fmt: skip


def annotated_release() -> Annotated:
    a = article("a4", RELEASE_TITLE, RELEASE_TEXT, 3, 6, "Open Model Notes")
    full = a.full
    s1 = sentence_of(full, "published the weights")
    return Annotated(
        a, "en", sentences=(Span(0, len(a.title)), s1),
        mentions=(mention(full, "DeepSeek", "lab:deepseek", "lab:deepseek"),),
        events=(Event("model_release", 0.93, s1.start, s1.end, "cue"), Event("price_cut", 0.8, s1.start, s1.end, "cue")),
        summary=(s1,),
    )  # fmt: skip


def signal_release(annotated: Annotated) -> Signal:
    s1 = annotated.summary[0]
    return Signal(
        "a4", at(3, 10), MODEL, Relevance(True, 0.95),
        verdict(
            "Neutral", p3(0.35, 0.38, 0.27), "mixed", "Cheaper models lift usage and press margins of sellers.", (s1,),
            event="price_cut", texts=("Pressure on API prices.", "More use of compute if demand answers."),
        ),
        (EntityVerdict("lab:deepseek", "Bullish", p3(0.6, 0.3, 0.1), 0.5, 0.9, (), (s1,)),),
        markets(),
    )  # fmt: skip


def annotated_off() -> Annotated:
    a = article("a5", OFF_TITLE, OFF_TEXT, 1, 6, "Paddock")
    return Annotated(
        a, "en", sentences=(Span(0, len(a.title)),), unlinked=(Unlinked(0, 4, "Kimi", "driver"),)
    )


def signal_off(annotated: Annotated) -> Signal:
    return Signal(
        "a5", at(3, 10), MODEL, Relevance(False, 0.02),
        verdict("Neutral", p3(0.05, 0.9, 0.05), "out_of_scope", "Not about AI or its markets.", ()), (), (),
    )  # fmt: skip


class KnowledgeBase:
    """What the record asks of a lexicon, until a test needs more."""

    version = "2026-10-10"


PLACEMENTS = {
    "a1": Placement("s-share", 1.0, 1, 1),
    "a2": Placement("s-share", 0.75, 2, 1),
    "a3": Placement("s-export", 1.0, 1, 1),
    "a4": Placement("s-release", 1.0, 1, 1),
    "a5": Placement("s-off", 1.0, 1, 1),
}


def records() -> tuple[Record, ...]:
    made = []
    for name in ("share", "dropped", "export", "release", "off"):
        annotated = globals()[f"annotated_{name}"]()
        signal = globals()[f"signal_{name}"](annotated)
        made.append(to_record(annotated, signal, PLACEMENTS[signal.article_id], lexicon=KnowledgeBase()))
    return tuple(made)


def stories() -> tuple[Story, ...]:
    return (
        Story("s-share", ("a1", "a2"), at(2, 9), at(2, 15), (("a1", "a2"),)),
        Story("s-export", ("a3",), at(3, 8), at(3, 8), (("a3",),)),
        Story("s-release", ("a4",), at(3, 6), at(3, 6), (("a4",),)),
        Story("s-off", ("a5",), at(1, 6), at(1, 6), (("a5",),)),
    )


# ---------------------------------------------------------------- a lexicon of four labs


def lab(
    id_: str, name: str, kind: str, country: str, tickers: tuple[str, ...] = (), parent: str | None = None
) -> Lab:
    listings = tuple(Listing(ticker) for ticker in tickers)
    return Lab(id_, name, kind, country, None, parent, "", "mixed", listings, (), (), (), (), (), "hand-made")


def lexicon() -> Lexicon:
    labs = (
        lab("alibaba", "Alibaba Group", "bigtech", "CN", ("NYSE:BABA", "HKEX:9988")),
        lab("alibaba-qwen", "Alibaba Qwen", "lab", "CN", parent="alibaba"),
        lab("deepseek", "DeepSeek", "lab", "CN"),
        lab("nvidia", "Nvidia", "chip", "US", ("NASDAQ:NVDA",)),
        lab("openrouter", "OpenRouter", "platform", "US"),
    )
    names = ("AI equities", "AI chips", "China AI", "Cloud", "Crypto", "US AI")
    signs = {"Bullish": 1, "Neutral": 0, "Bearish": -1}
    return Lexicon(
        version="2026-10-10", digest="sha256:0", labs={x.id: x for x in labs}, models={}, aliases=(), assets=(),
        events=(), shares=(), feeds=(), event_types={},
        label_sets={"market3": LabelSet("market3", "1", tuple(signs), signs, "Neutral")},
        markets={id_: Market(id_, name) for id_, name in zip(MARKETS, names, strict=True)},
        relations=(), countries={},
    )  # fmt: skip


def articles() -> dict[str, Article]:
    made = [globals()[f"annotated_{n}"]().article for n in ("share", "dropped", "export", "release", "off")]
    return {a.id: a for a in made}


def sample_digest(**given: object) -> Digest:
    plain = {
        "since": at(2, 0, 0), "until": NOW, "now": NOW, "lexicon": lexicon(), "articles": articles().get,
    }  # fmt: skip
    return digest(records(), stories(), **(plain | given))
