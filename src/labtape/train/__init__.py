"""From labelled articles to a model bundle, and the floor under its quality.

    read_corpora ─> fit_text ────────────────────────────┐
    read_gold (gold, labels + texts) ─> annotate ─> see ─> fit_decision ─> weights + manifest + card   (labtape train)
    gold + records ─> evaluate ─> check_floors, measures_table                                        (labtape evaluate)
                   ├> verdict_columns: verdicts with intervals, beside TF-IDF, always-Neutral, VADER
                   └> find_mention_errors ─> errors_table          (evaluate and it count what `mentions.judge` says)
    read_headlines + verdicts ─> headline_columns ─> headlines_table                                  (labtape evaluate X.csv)
    read_story_sets ─> measure_sets, read_pair_set + annotated ─> measure_pairs ─> stories_table      (labtape evaluate stories)

Design notes. Training and inference share `signal/features.py` and `signal/inputs.py`. Public finance sets teach the n-gram
model direction; the boundary of what is material does not transfer from them (measured by peers and again here: the text
model alone gets .55 of AI news right, .70 of its directions), so it is fitted on annotated AI news, where rules, features
and words are held back each by its own scale. Splits are by near-duplicate cluster and by story; the last part of the labels
is a test that gives scores and calibration and whose errors nobody reads. "mixed" headlines of SEntFiN are left out of
training. Bytes are the same for the same inputs: no clock, no random state but the seed, fixed compression.
"""

from labtape.train.beside import verdict_columns
from labtape.train.core import digest_of_files, train
from labtape.train.evaluate import evaluate
from labtape.train.floors import check_floors
from labtape.train.gold import Gold, read_gold
from labtape.train.headlines import Headlines, conflicting, headline_columns, read_headlines
from labtape.train.mention_errors import MentionError, error_counts, error_row, find_mention_errors
from labtape.train.stories import PAIRS, measure_pairs, measure_sets
from labtape.train.story_sets import check_shared, read_pair_set, read_story_sets
from labtape.train.table import errors_table, headlines_table, measures_table, stories_table

__all__ = [
    "PAIRS",
    "Gold",
    "Headlines",
    "MentionError",
    "check_floors",
    "check_shared",
    "conflicting",
    "digest_of_files",
    "error_counts",
    "error_row",
    "errors_table",
    "evaluate",
    "find_mention_errors",
    "headline_columns",
    "headlines_table",
    "measure_pairs",
    "measure_sets",
    "measures_table",
    "read_gold",
    "read_headlines",
    "read_pair_set",
    "read_story_sets",
    "stories_table",
    "train",
    "verdict_columns",
]
