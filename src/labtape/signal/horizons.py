"""Two predictions beside the verdict: over 1 to 5 sessions, and over 20 to 120.

    material_h  = Σ w · (log-odds of material,  what rules say now and what lasts of it, moves reported, kinds of events)
    direction_h = Σ w · (log-odds of direction, what rules say now and what lasts of it, moves reported)

The weights are learned from articles that were read once more for each horizon (docs/annotation.md), and stand in the
manifest. A reaction moves the days; what lasts of a rule (`lasting` in `house_rules.toml`) and the kind of news the months.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from labtape.signal.features import EVENT_TYPES, Seen
from labtape.signal.house import Hit

SHORT: Final = "short"
LONG: Final = "long"
HORIZONS: Final = (SHORT, LONG)
Weights = Mapping[str, Mapping[str, Mapping[str, float]]]
"""By horizon, then `material` or `direction`, then input."""
_SEEN: Final = (
    "reaction_up", "reaction_down", "move_up", "move_down", "question", "speech", "listed_subject",
    "geo_tightening", "geo_easing", "geo_rivalry", "share_gain", "share_loss",
)  # fmt: skip
MATERIAL: Final = (
    "material", "side", "now", "lasting", "flat", "reaction", *_SEEN, *(f"event_{name}" for name in EVENT_TYPES),
)  # fmt: skip
DIRECTION: Final = ("direction", "now", "lasting", "reaction")


def horizon_inputs(z: Mapping[str, float], seen: Seen) -> tuple[dict[str, float], dict[str, float]]:
    """What both heads of a horizon read, by name: of "material or not", and of the direction."""
    now = {sign: strongest(seen.hits, sign) for sign in (1, 0, -1)}
    lasting = {sign: strongest(seen.hits, sign, lasting=True) for sign in (1, -1)}
    values = seen.values
    reaction = values["reaction_up"] - values["reaction_down"]
    material = {
        "material": z["material"],
        "side": abs(z["direction"]),
        "now": max(now[1], now[-1]),
        "lasting": max(lasting[1], lasting[-1]),
        "flat": now[0],
        "reaction": abs(reaction),
        **{name: values[name] for name in MATERIAL if name in values},
    }
    direction = {
        "direction": z["direction"],
        "now": now[1] - now[-1],
        "lasting": lasting[1] - lasting[-1],
        "reaction": reaction,
    }
    return material, direction


def strongest(hits: Sequence[Hit], sign: int, *, lasting: bool = False) -> float:
    """How firmly the rules of a sign speak: the strongest hit, or what lasts of the one of which most lasts."""
    return max(
        (h.strength * (h.rule.lasting if lasting else 1.0) for h in hits if h.rule.sign == sign), default=0.0
    )


def horizon_log_odds(
    weights: Mapping[str, Mapping[str, float]], z: Mapping[str, float], seen: Seen
) -> tuple[float, float]:
    """Log-odds of "material" and of the direction over one horizon."""
    material, direction = (
        own.get("bias", 0.0) + sum(own.get(name, 0.0) * value for name, value in inputs.items())
        for own, inputs in zip(
            (weights["material"], weights["direction"]), horizon_inputs(z, seen), strict=True
        )
    )
    return material, direction


#: Where nobody read for horizons: both say what the verdict says.
AS_VERDICT: Final[Weights] = {
    name: {"material": {"material": 1.0}, "direction": {"direction": 1.0}} for name in HORIZONS
}
