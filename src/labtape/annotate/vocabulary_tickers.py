"""The codes of listed firms and assets, in the dress that news and markets give them."""

from __future__ import annotations

from labtape.annotate.vocabulary_names import Name, house_of
from labtape.lexicon.entries import Lab, Lexicon

_SUFFIXES = {
    "HKEX": "HK", "SSE": "SH", "SZSE": "SZ", "TSE": "T", "KRX": "KS", "TWSE": "TW", "SHA": "SH", "SHE": "SZ",
}  # fmt: skip


def tickers(lexicon: Lexicon) -> dict[str, Name]:
    """Every code a listing, an asset or an alias has, with and without its exchange."""
    found: dict[str, Name] = {}

    def add(code: str, ticker: str, lab: Lab | None) -> None:
        entity = lab.entity if lab else None
        house = house_of(lexicon, lab.id) if lab else None
        found.setdefault(
            code.upper(),
            Name(code, f"ticker:{ticker}", entity, house, "ticker", lab.kind if lab else "", "low"),
        )

    # The owner before its subsidiaries, which show their parent's listing.
    for lab in sorted(lexicon.labs.values(), key=lambda lab: (lab.parent is not None, lab.id)):
        for listing in lab.listings:
            exchange, _, code = listing.ticker.partition(":")
            for spelled in _spelled(exchange, code):
                add(spelled, listing.ticker, lab)
    for asset in lexicon.assets:
        exchange, _, code = asset.ticker.partition(":")
        for spelled in _spelled(exchange, code):
            add(spelled, asset.ticker, lexicon.labs.get(asset.lab) if asset.lab else None)
    return found


def _spelled(exchange: str, code: str) -> tuple[str, ...]:
    suffix = _SUFFIXES.get(exchange, "")
    stems = {code, code.lstrip("0"), code.zfill(4), code.zfill(5)} if exchange == "HKEX" else {code}
    dressed = {f"{stem}.{suffix}" for stem in stems} if suffix else set()
    if exchange == "SSE":
        dressed.add(f"{code}.SS")
    # A bare number says nothing; a bare letter code is only read in brackets or after a dollar sign.
    return tuple(sorted(dressed | ({code} if not code.isdigit() else set())))
