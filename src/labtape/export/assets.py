"""Which assets a record speaks about, and what other libraries call them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from labtape.exceptions import SettingsError
from labtape.types import Record

Names = Literal["ticker", "code", "yahoo", "qlib"]
Source = Literal["target", "entity", "exposure"]
NAMES: Final[tuple[Names, ...]] = ("ticker", "code", "yahoo", "qlib")

# What Yahoo puts behind a code, by exchange of the lexicon; none for those of the United States.
_YAHOO: Final[Mapping[str, str]] = {
    "NASDAQ": "", "NYSE": "", "CBOE": "", "OTC": "", "HKEX": ".HK", "SSE": ".SS", "SZSE": ".SZ", "KRX": ".KS",
    "TWSE": ".TW", "TSE": ".T", "LSE": ".L", "AMS": ".AS", "EPA": ".PA", "FRA": ".F", "NSE": ".NS", "MOEX": ".ME",
    "CRYPTO": "-USD",
}  # fmt: skip
_QLIB: Final[Mapping[str, str]] = {"SSE": "SH", "SZSE": "SZ", "HKEX": "HK"}


@dataclass(frozen=True, slots=True)
class View:
    """What a record says of one asset: `score` is p(Bullish) - p(Bearish), times the `sign` of an exposure; `relevance` is how much of the record is about it."""

    ticker: str
    source: Source
    entity: str | None
    label: str
    sign: int
    score: float
    relevance: float


def views(record: Record, *, exposures: bool = False) -> Iterator[View]:
    """The assets of a relevant record, each once: its target, then the listings of entities with a verdict.

    With `exposures` also what the lexicon says moves with them (supplier, holder, rival …), with its sign and half the
    relevance, as a relation passes on half of a verdict. The relevance of the target is p(relevant); of an entity that times
    its part of the article.
    """
    if not record.relevance.relevant:
        return
    seen: set[str] = set()
    for view in _views(record, exposures=exposures):
        if view.ticker not in seen:
            seen.add(view.ticker)
            yield view


def _views(record: Record, *, exposures: bool) -> Iterator[View]:
    verdict, p = record.verdict, record.relevance.p
    if verdict.target.startswith("ticker:"):
        yield View(verdict.target.partition(":")[2], "target", None, verdict.label, 1, verdict.score, p)
    for one in record.entity_verdicts:
        for place in one.exposure:
            if place.via == "listing":
                yield View(
                    place.ticker,
                    "entity",
                    one.entity,
                    one.label,
                    place.sign,
                    place.sign * one.score,
                    p * one.relevance,
                )
    if not exposures:
        return
    for one in record.entity_verdicts:
        for place in one.exposure:
            if place.via != "listing":
                yield View(
                    place.ticker, "exposure", one.entity, one.label, place.sign, place.sign * one.score, 0.5 * p * one.relevance
                )  # fmt: skip


def name_of(ticker: str, names: Names = "ticker") -> str:
    """What a library calls `EXCHANGE:CODE`.

    Raises `SettingsError` for an exchange that the naming has no form for.

    >>> [name_of("HKEX:700", form) for form in NAMES]
    ['HKEX:700', '700', '0700.HK', 'HK00700']
    >>> name_of("SSE:688256", "qlib"), name_of("NASDAQ:NVDA", "qlib"), name_of("NYSE:BRK.B", "yahoo")
    ('SH688256', 'NVDA', 'BRK-B')
    """
    exchange, _, code = ticker.partition(":")
    if names == "ticker" or not code:
        return ticker
    if names == "code":
        return code
    if names == "qlib":
        return _QLIB.get(exchange, "") + (code.zfill(5) if exchange == "HKEX" else code)
    if exchange not in _YAHOO:
        raise SettingsError(f"{ticker}: no Yahoo name for exchange {exchange}; use names ticker or code")
    code = code.zfill(4) if exchange == "HKEX" else code.replace(".", "-")
    return code + _YAHOO[exchange]
