"""Reads the rows of the lexicon's tables: assets, exchanges, dated events, shares, feeds, relations, markets, label sets, event types."""

from __future__ import annotations

from typing import Literal, cast, get_args

from labtape.lexicon.entries import (
    Asset,
    DatedEvent,
    EventType,
    Exchange,
    KnownFeed,
    LabelSet,
    Market,
    PublishedShare,
    Relation,
)
from labtape.lexicon.rows import Row, repeated
from labtape.types import Bound, ShareRole, Statistic

BOUNDS = frozenset(get_args(Bound))
ROLES = frozenset(get_args(ShareRole))
STATISTICS = frozenset(get_args(Statistic))
VIAS = frozenset({"supplier", "customer", "rival", "host", "holder"})


def read_asset(row: Row) -> Asset:
    """An equity, an index fund or a crypto asset."""
    asset = Asset(
        ticker=row.ticker("ticker"),
        name=row.text("name"),
        theme=row.text("theme"),
        market=cast("Literal['equity', 'crypto']", row.choice("market", {"equity", "crypto"})),
        country=row.optional("country"),
        lab=row.optional("lab"),
        aliases=row.texts("aliases"),
        ai_related=row.flag("ai_related"),
        ambiguity=row.text("ambiguity", "none"),
        source=row.text("source"),
    )
    row.done()
    if asset.ticker and (asset.market == "crypto") != asset.ticker.startswith("crypto:"):
        row.wrong("market", f"{asset.market!r} does not fit {asset.ticker!r}; only crypto has crypto:CODE")
    return asset


def read_exchange(row: Row) -> Exchange:
    """A place where things trade, by the code in front of its tickers."""
    exchange = Exchange(row.text("code"), row.text("name"), row.country("country"))
    row.done()
    return exchange


def read_dated_event(row: Row) -> DatedEvent:
    """Something that happened on a day."""
    event = DatedEvent(
        date=row.when("date") or row.text("date"),
        title=row.text("title"),
        type=row.text("type"),
        labs=row.texts("labs"),
        assets=row.texts("assets"),
        reaction=row.optional("reaction"),
        horizon=cast("Literal['short', 'long']", row.choice("horizon", {"short", "long"})),
        source=row.text("source"),
    )
    row.done()
    return event


def read_share(row: Row) -> PublishedShare:
    """A share that someone published, with its whole."""
    share = PublishedShare(
        value=row.number("value", 0.0, 100.0),
        bound=row.choice("bound", BOUNDS),
        subject=row.text("subject"),
        labs=row.texts("labs"),
        metric=row.text("metric"),
        scope=row.text("scope"),
        period=row.optional("period"),
        publisher=row.text("publisher"),
        reported=row.when("reported") or row.text("reported"),
        source=row.text("source"),
        role=row.choice("role", ROLES, "current"),
        statistic=row.choice("statistic", STATISTICS, "unknown"),
    )
    row.done()
    return share


def read_feed(row: Row) -> KnownFeed:
    """A feed address and how sure we are that it answers."""
    feed = KnownFeed(
        url=row.text("url"),
        title=row.text("title"),
        publisher=row.text("publisher"),
        language=row.text("language"),
        category=row.text("category"),
        evidence=row.text("evidence"),
    )
    row.done()
    if feed.url and not feed.url.startswith(("https://", "http://", "file:")):
        row.wrong("url", f"{feed.url!r} is no address of a feed; start it with https://, http:// or file:")
    return feed


def read_relation(row: Row) -> Relation:
    """How an asset moves with a lab."""
    since, until = row.period()
    relation = Relation(
        lab=row.identifier("lab"),
        asset=row.ticker("asset"),
        via=row.choice("via", VIAS),
        sign=int(row.number("sign", -1, 1)),
        source=row.text("source"),
        since=since,
        until=until,
    )
    row.done()
    if relation.sign == 0:
        row.wrong("sign", "0 says nothing; write 1 or -1")
    elif relation.via == "rival" and relation.sign > 0:
        row.wrong("sign", "1 does not fit a rival, whose loss is the lab's gain; write -1 or another via")
    return relation


def read_market(row: Row) -> Market:
    """A market and who belongs to it."""
    market = Market(
        id=row.identifier("id"),
        name=row.text("name"),
        labs=row.texts("labs"),
        kinds=row.texts("kinds"),
        countries=row.texts("countries"),
        themes=row.texts("themes"),
    )
    row.done()
    return market


def read_event_type(row: Row) -> EventType:
    """A kind of event with the expressions that give it away."""
    event_type = EventType(
        id=row.text("id"),
        title=row.text("title"),
        leaning=row.number("leaning", -1.0, 1.0),
        cues=row.patterns("cues"),
        strong_cues=row.patterns("strong_cues"),
        examples=row.texts("examples"),
        counter_examples=row.texts("counter_examples"),
    )
    row.done()
    return event_type


def read_label_set(row: Row) -> LabelSet:
    """An ordered set of labels; each needs a sign, and `neutral` is one of them."""
    labels = row.texts("labels")
    signs = row.values.get("signs")
    row.seen.add("signs")
    given = signs if isinstance(signs, dict) else {}
    if set(given) != set(labels) or not all(sign in (-1, 0, 1) for sign in given.values()):
        row.wrong("signs", f"{signs!r} does not fit; give each of {', '.join(labels)} one of -1, 0, 1")
    for label in repeated(labels):
        row.wrong("labels", f"{label!r} stands there twice; name each label once")
    label_set = LabelSet(
        id=row.identifier("id"),
        version=row.text("version"),
        labels=labels,
        signs=dict(given),
        neutral=row.choice("neutral", set(labels)),
    )
    row.done()
    return label_set
