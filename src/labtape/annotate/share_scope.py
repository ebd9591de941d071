"""Of what a share is a part, in words: the whole as the sentence says it, whose it is, and where it is counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from labtape.annotate.mention_order import FAR_BACK, backwards

if TYPE_CHECKING:
    from labtape.annotate.attribution import Holding
    from labtape.annotate.share_context import Setting
    from labtape.lexicon.entries import Lexicon
    from labtape.types import Mention

_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_ITS: Final = re.compile(r"^(?:its|their|the company['’]s|the|his|our)\s+", re.IGNORECASE)
_OWNED: Final = re.compile(
    r"^(?:its|their|the company['’]s|our)\b|^(?:active |paying |enterprise |total )?(?:customers|users|subscribers|revenue|usage|employees|staff)$|^公司",
    re.IGNORECASE,
)


def owner_of(setting: Setting, held: Holding, mentions: Sequence[Mention]) -> str | None:
    """Whose "its revenue", or bare "customers", is meant: the last name before it, other than the holder."""
    if not held.whole or not _OWNED.match(held.whole):
        return None
    number = setting.quantity.start
    named = (m.text for m in backwards(mentions, number, since=number - FAR_BACK))
    return next((name for name in named if name != held.subject), None)


def scope_of(
    setting: Setting,
    held: Holding,
    mentions: Sequence[Mention],
    lexicon: Lexicon,
    *,
    population: str | None,
    platform: str | None,
) -> str | None:
    """Of what and where, in words: the whole, its owner, the population and the platform."""
    name = None
    if platform:
        lab = lexicon.labs.get(platform.partition(":")[2])
        name = lab.name if lab else platform.partition(":")[2]
    words = held.whole or population
    if words and _HAN.search(words):
        return f"{name or ''}{population}" if population and population not in words else words
    whole = population or held.whole
    owner = held.owner or (owner_of(setting, held, mentions) if whole and not population else None)
    if whole and owner and owner not in whole:
        whole = f"{owner}{whole}" if _HAN.search(whole) else f"{owner}'s {_ITS.sub('', whole)}"
    if whole and name and name.lower() not in whole.lower():
        return f"{whole} on {name}"
    return whole or name
