"""The learning set: labels made by reading, proved, split, counted, and joined to texts that lie elsewhere.

    texts ─sheets─> sheet ─a reader─> answers ─take─> labels ─assign─> story, split
                                                        │
              check (every id, offset, value) ── stats ─┴─ join ─> train.jsonl, dev.jsonl, test.jsonl

Design notes. Labels of publishers' texts are kept by id and sha-256, with offsets and no words: whoever has the texts can
join them, and `check` proves that they fit. A reader answers a sheet on which every number and every name that the lexicon
knows is marked, and has to decide on each; nothing is guessed, and the answers are refused until they are complete.
Names are given once and count wherever they stand as a word, because a reader who has to type offsets makes mistakes that
no check finds. A value must be what the words of its span say (`worded`), proved without the grammar that the labels are there
to test. Stories are made over labelled and unlabelled texts together, with gold-dev and the held-out articles: what tells the
same story as one of those is neither learned from nor tested on.

Tried: labels as JSON written by the reader (three times the words, and offsets that were off by one), marks with a proposed label
(left out: the reader then agrees with it).
"""

from labtape.corpus.answers import Problem, read_answers
from labtape.corpus.assign import assign
from labtape.corpus.check import Checked, check
from labtape.corpus.join import Joined, join
from labtape.corpus.reading import sheets, take
from labtape.corpus.stats import Part, Stats, stats

__all__ = [
    "Checked",
    "Joined",
    "Part",
    "Problem",
    "Stats",
    "assign",
    "check",
    "join",
    "read_answers",
    "sheets",
    "stats",
    "take",
]
