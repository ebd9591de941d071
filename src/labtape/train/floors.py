"""Floors under the measures: quality is a test, and floors only rise.

`corpora/floors.json` holds, per annotated file, a dotted measure and the least (or most) it may be.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from labtape.exceptions import ReadError

# Measures where less is better.
FALLING: Final = frozenset(
    [
        "verdict.ece",
        "verdict.steady_ece",
        "missing",
        "offset_errors",
        "decoys.rate",
        "links.ece",
        "links.brier",
        "roles.non_subject_as_subject",
        "country.most",
        "lab.most",
    ]
)


def check_floors(name: str, measures: Mapping[str, Any], path: Path | None = None) -> tuple[str, ...]:
    """What is under its floor, one line each; nothing where there are no floors for this name.

    `path` defaults to corpora/floors.json of the source tree; an installed labtape has none.
    """
    place = path or shipped_floors()
    if path is not None and not path.is_file():
        raise ReadError(f"{path}: no such file; floors are a JSON of names, measures and numbers")
    if not place.is_file():
        return ()
    return problems(read_floors(place).get(name, {}), measures)


def problems(floors: Mapping[str, float], measures: Mapping[str, Any]) -> tuple[str, ...]:
    """Compare measures with floors by dotted name.

    >>> problems({"verdict.acc": 0.8, "verdict.ece": 0.1}, {"verdict": {"acc": 0.75, "ece": 0.05}})
    ('verdict.acc is 0.75, the floor is 0.8',)
    """
    found = []
    for name, floor in sorted(floors.items()):
        value = measure(measures, name)
        if value is None:
            found.append(f"{name} was not measured, the floor is {floor}")
        elif name in FALLING and value > floor:
            found.append(f"{name} is {value}, the roof is {floor}")
        elif name not in FALLING and value < floor:
            found.append(f"{name} is {value}, the floor is {floor}")
    return tuple(found)


def raised(floors: Mapping[str, float], measures: Mapping[str, Any], *, slack: float) -> dict[str, float]:
    """The floors after these measures: each rises to the measure less `slack`, and none ever falls.

    >>> raised({"verdict.acc": 0.8}, {"verdict": {"acc": 0.9}}, slack=0.02)
    {'verdict.acc': 0.88}
    """
    new = {}
    for name, floor in floors.items():
        value = measure(measures, name)
        if value is None:
            new[name] = floor
        elif name in FALLING:
            new[name] = min(floor, round(value + slack, 4))
        else:
            new[name] = max(floor, round(value - slack, 4))
    return new


def measure(measures: Mapping[str, Any], name: str) -> float | None:
    """A measure by its dotted name, None where it does not exist."""
    value: Any = measures  # Any: nested JSON
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return float(value) if isinstance(value, int | float) else None


def read_floors(path: Path) -> dict[str, dict[str, float]]:
    try:
        data = json.loads(path.read_text("utf-8"))
    except ValueError as e:
        raise ReadError(f"{path}: not JSON ({e}); floors are names, measures and numbers") from e
    if not isinstance(data, dict) or not all(isinstance(v, dict) for v in data.values()):
        raise ReadError(f"{path}: must hold an object of measures for each annotated file")
    return data


def shipped_floors() -> Path:
    return Path(__file__).parents[3] / "corpora" / "floors.json"
