"""Many articles: map functions for many cores or machines, frames in and out.

    articles ─chunks→ annotate + judge (any process) ─in order→ group (this process) ─→ records

Three phases, and the order of the answer is the order of the question. Chunks of articles go out and
annotated, judged chunks come back, because a single article is far too little work for a process
(measured in benchmarks/score.py). Grouping needs to see everything once and is cheap, so it stays in
one process; that is also why the parallel answer equals the serial one, byte for byte, and a test says so.

`score_files` is for more than fits in an afternoon: whole files, in parts that are kept as they are finished, so that a run that
was stopped goes on (`parts`, `job`; docs/batch.md). `pool` bounds what is on its way between processes.

`score_frame` is the contract for engines of many machines: a frame in, a frame out, nothing kept between
calls, so that Dask's `map_partitions`, Spark's `mapInPandas` and Ray's `map_batches` can call it. Stories
need more than a partition sees: under `score_frame` each article is a story of its own, and `windows` groups an
archive window by window and joins what neighbouring windows say. The page is docs/scale.md.

    score_dask(ddf) ──────────────▸ Dask frame, partition by partition          cluster
    tables ─read.parts→ TablePart ─any worker→ in order ─▸ one file, or a folder of parts, kept as they come    tables, spread
    articles by day ─group_window (any worker)→ Window ─join_windows (one process)─▸ stories            windows
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from labtape.batch.core import Tools, annotate_articles, opened, opened_lexicon, score
from labtape.batch.frame import empty_frame, score_frame, score_frames

if TYPE_CHECKING:
    from labtape.batch.cluster import connected, score_dask, score_parts, warm_up
    from labtape.batch.job import Progress, score_files, score_found
    from labtape.batch.run_report import Options, RunReport
    from labtape.batch.windows import (
        Slice,
        Window,
        annotated_rows,
        group_window,
        join_windows,
        slices_of,
        stories_over,
    )
    from labtape.report.arrow import frame_schema, spark_schema

__all__ = [
    "Options",
    "Progress",
    "RunReport",
    "Slice",
    "Tools",
    "Window",
    "annotate_articles",
    "annotated_rows",
    "connected",
    "empty_frame",
    "frame_schema",
    "group_window",
    "join_windows",
    "opened",
    "opened_lexicon",
    "score",
    "score_dask",
    "score_files",
    "score_found",
    "score_frame",
    "score_frames",
    "score_parts",
    "slices_of",
    "spark_schema",
    "stories_over",
    "warm_up",
]

# A worker process does without what reads and writes files; these names come from their modules when they are asked for.
_HOMES = {
    **dict.fromkeys(("connected", "score_dask", "score_parts", "warm_up"), "labtape.batch.cluster"),
    **dict.fromkeys(("Progress", "score_files", "score_found"), "labtape.batch.job"),
    **dict.fromkeys(("Options", "RunReport"), "labtape.batch.run_report"),
    **dict.fromkeys(
        ("Slice", "Window", "annotated_rows", "group_window", "join_windows", "slices_of", "stories_over"),
        "labtape.batch.windows",
    ),
    **dict.fromkeys(("frame_schema", "spark_schema"), "labtape.report.arrow"),
}


def __getattr__(name: str) -> object:
    """Import a public name's module when the name is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
