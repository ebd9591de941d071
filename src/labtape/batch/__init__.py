"""Many articles: map functions for many cores or machines, frames in and out.

    articles ─chunks→ annotate + judge (any process) ─in order→ group (this process) ─→ records

Three phases, and the order of the answer is the order of the question. Chunks of articles go out and
annotated, judged chunks come back, because a single article is far too little work for a process
(measured in benchmarks/score.py). Grouping needs to see everything once and is cheap, so it stays in
one process; that is also why the parallel answer equals the serial one, byte for byte, and a test says so.

`score_frame` is the contract for engines of many machines: a frame in, a frame out, nothing kept between
calls, so that Dask's `map_partitions`, Spark's `mapInPandas` and Ray's `map_batches` can call it. Stories
need more than a partition sees: under `score_frame` each article is a story of its own.
"""

from __future__ import annotations

from labtape.batch.core import Tools, annotate_articles, opened, opened_lexicon, score
from labtape.batch.frame import score_frame

__all__ = ["Tools", "annotate_articles", "opened", "opened_lexicon", "score", "score_frame"]
