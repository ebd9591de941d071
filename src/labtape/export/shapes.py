"""Frames by the name of who takes them, and to files."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labtape.exceptions import SettingsError
from labtape.export.assets import Names
from labtape.export.frames import as_qlib, as_zipline, factor, wide
from labtape.report.write import replacing

if TYPE_CHECKING:
    import pandas as pd

ENDINGS: Final = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv"}
#: What assets are called by default, where it is not `EXCHANGE:CODE`.
NAMES_OF: Final[dict[str, Names]] = {"qlib": "qlib", "zipline": "code"}


def shaped(
    aggregated: pd.DataFrame, shape: str, *, names: Names | None = None, tz: str | None = None
) -> pd.DataFrame:
    """An aggregated frame as `aggregate`, `factor`, `wide`, `vectorbt`, `qlib` or `zipline` has it.

    Raises `SettingsError` for another shape, or what does not fit the shape.
    """
    form: Names = names or NAMES_OF.get(shape, "ticker")
    shapes: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
        "aggregate": lambda whole: whole,
        "factor": lambda whole: factor(whole, names=form, tz=tz).to_frame(),
        "wide": partial(wide, names=form, tz=tz),
        "vectorbt": partial(wide, names=form, tz=tz),
        "qlib": partial(as_qlib, names=form),
        "zipline": partial(as_zipline, names=form),
    }
    if shape not in shapes:
        raise SettingsError(f"no shape {shape!r}; have: {', '.join(shapes)}")
    return shapes[shape](aggregated)


def between(frame: pd.DataFrame, first: date | None, last: date | None) -> pd.DataFrame:
    """The rows of a long frame that were available from `first` to `last`, both days included."""
    times: Any = frame.index.get_level_values("available_at")  # Any: a level of times
    keep = [(first is None or day >= first) and (last is None or day <= last) for day in times.date]
    return frame[keep]


def writer(out: Path | None) -> Callable[[pd.DataFrame], int]:
    """What writes a frame to a file, whole or not at all, or as CSV to stdout; it gives the number of rows.

    Chosen before anything is read, so that a wrong name costs nothing. Raises `SettingsError` for a name of no known format.
    """
    kind = "csv" if out is None else ENDINGS.get(out.suffix.lower())
    if kind is None:
        raise SettingsError(f"{out}: no format has this ending; have: {', '.join(ENDINGS)}")

    def write(frame: pd.DataFrame) -> int:
        with nullcontext(sys.stdout.buffer) if out is None else replacing(out) as file:
            if kind == "csv":
                frame.to_csv(file, lineterminator="\n")
            else:
                frame.to_parquet(file)
        return len(frame)

    return write
