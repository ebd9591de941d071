"""A study as frames and files: the table, and every single outcome."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labtape.exceptions import SettingsError
from labtape.plain import to_plain
from labtape.report.shares import guarded
from labtape.report.write import replacing, write_text
from labtape.study.nouns import Outcome, Row, Study, Window

if TYPE_CHECKING:
    import pandas as pd

TABLES = (".csv", ".parquet", ".json")
#: Shares of one are rounded to a hundredth of a basis point: what is beyond it is noise of the machine.
_DIGITS = 6


def row_frame(rows: Sequence[Row]) -> pd.DataFrame:
    """One row a group, kind of stories and window; the same columns for none as for many."""
    import pandas as pd

    names = (
        "by", "group", "measure", "stories", "start", "end", "n", "n_days", "n_records", "mean_return", "mean", "median", "low",
        "high", "is_abnormal", "n_hits", "hit_rate", "hit_low", "hit_high", "p", "q", "is_enough", "is_check",
    )  # fmt: skip
    made = [
        {name: getattr(row, name) for name in names if name not in ("start", "end")}
        | {"start": row.window[0], "end": row.window[1]}
        for row in rows
    ]
    frame = pd.DataFrame(made, columns=list(names))
    for name in ("mean_return", "mean", "median", "low", "high", "hit_rate", "hit_low", "hit_high", "p", "q"):
        frame[name] = frame[name].astype("float64").round(_DIGITS)
    return frame.astype({"n_hits": "Int64"})


def outcome_frame(outcomes: Sequence[Outcome], spans: Sequence[Window]) -> pd.DataFrame:
    """One row a trade; `return_5` and `car_5` are over five sessions after the entry, `return_-5` and `car_-5` over the five before."""
    import pandas as pd

    names = [str(b or a) for a, b in spans]
    made = []
    for one in outcomes:
        row: dict[str, Any] = asdict(one.trade)
        row |= {
            "is_first": one.is_first,
            "price": one.price,
            "method": one.method,
            "alpha": one.alpha,
            "beta": one.beta,
            "n_estimation": one.n_estimation,
        }
        for name, plain, abnormal in zip(names, one.returns, one.abnormal, strict=True):
            row |= {f"return_{name}": plain, f"car_{name}": abnormal}
        made.append(row)
    fixed = [
        "article_id", "story_id", "is_first", "ticker", "origin", "via", "label", "sign", "confidence", "state", "main_event",
        "short", "long", "available_at", "phase", "entry", "price", "method", "alpha", "beta", "n_estimation",
    ]  # fmt: skip
    frame = pd.DataFrame(
        made, columns=[*fixed, *(f"{kind}_{name}" for name in names for kind in ("return", "car"))]
    )
    numbers = {name: "float64" for name in frame.columns if name.startswith(("return_", "car_"))}
    return frame.astype(numbers).round(dict.fromkeys(numbers, _DIGITS))


def study_plain(study: Study) -> dict[str, Any]:
    """The study as a JSON object: how it was made, what became of the records, the notes, and the rows of the table."""
    options = study.options
    rows = json.loads(row_frame(study.rows).to_json(orient="records", double_precision=_DIGITS))
    return {
        "schema": "labtape.study/1",
        "options": {
            "windows": list(options.windows), "before": options.before, "by": list(options.by), "benchmarks": dict(options.benchmarks),
            "entry": options.entry, "lag_seconds": options.lag.total_seconds(), "exposures": options.exposures,
            "first_only": options.first_only, "tickers": list(options.tickers), "since": to_plain(options.since), "until": to_plain(options.until), "draws": options.draws, "placebos": options.placebos, "seed": options.seed,
        },
        "counts": asdict(study.counts) | {"missing": dict(study.counts.missing)},
        "n_tests": study.n_tests,
        "notes": list(study.notes),
        "rows": rows,
    }  # fmt: skip


def study_json(study: Study) -> str:
    """`study_plain` as text, indented."""
    return json.dumps(study_plain(study), ensure_ascii=False, indent=1, allow_nan=False)


def check_table_name(path: Path) -> None:
    """Raise `SettingsError` unless the ending of the name is that of a table."""
    if path.suffix.lower() not in TABLES:
        raise SettingsError(f"{path}: a study has no such form; have: {', '.join(TABLES)}")


def write_study(study: Study, path: Path) -> None:
    """Write the table to a .csv, .parquet or .json file, whole or not at all; the last is `study_json`.

    Raises `SettingsError` for another ending or a place that cannot be written.
    """
    check_table_name(path)
    if path.suffix.lower() == ".json":
        write_text(path, study_json(study) + "\n")
    else:
        _write_frame(study.table(), path)


def write_events(study: Study, path: Path) -> None:
    """Write every single outcome to a .csv, .parquet or .json file, whole or not at all.

    Raises `SettingsError` as `write_study` does.
    """
    check_table_name(path)
    _write_frame(study.events(), path)


def _write_frame(frame: pd.DataFrame, path: Path) -> None:
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        with replacing(path) as file:
            frame.to_parquet(file, index=False)
        return
    if suffix == ".json":
        write_text(
            path,
            frame.to_json(orient="records", date_format="iso", double_precision=10, force_ascii=False) + "\n",
        )
        return
    if "available_at" in frame:
        frame = frame.assign(
            available_at=frame["available_at"].map(lambda at: at.isoformat().replace("+00:00", "Z"))
        )
    truths = {
        name: frame[name].map({True: "true", False: "false"})
        for name in frame.columns
        if frame[name].dtype == bool
    }
    frame = frame.assign(**truths)
    texts = [name for name in frame.columns if frame[name].map(lambda value: isinstance(value, str)).any()]
    write_text(
        path,
        frame.assign(**{name: frame[name].map(guarded) for name in texts}).to_csv(
            index=False, lineterminator="\n"
        ),
    )
