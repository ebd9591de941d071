"""scikit-learn's view of the news: texts in, columns or the user's own labels out.

    X ─read→ records + numbers ─columns→ matrix          LabtapeFeatures
                    └─ prior (labtape's own verdict) + matrix ─logistic→ labels     LabtapeClassifier

X is what scikit-learn hands on: a list of texts, or a table whose text columns are a headline and a text and whose
other columns are numbers. Numbers go through as they are, so that a frame of headlines and market figures is one X,
and so that scikit-learn's own checks (`check_estimator`), which are made of numbers, really run.

Design notes
- Columns are read off the record, the same one that `labtape.label` gives: what cannot be seen there is no feature, and
  records that were made before may be given instead of texts.
- Columns are those of the lexicon, never of the texts at hand: nothing is learned by `LabtapeFeatures.fit`, so that
  no fold of a cross-validation sees another one's words, and a saved model keeps its columns.
- The classifier adds what it learns to labtape's own log-odds, where the classes are directions. Ten labels then
  correct a verdict instead of replacing it; benchmarks/estimators.py has the curve.
- The logistic regression is our own fifty lines, for scikit-learn's takes no offset. It goes to the optimum
  (Newton's steps), not to a tolerance: weights of 2 and rows given twice then agree to the last digits.
- It is not calibrated behind the user's back: folds for that are the user's to choose (`CalibratedClassifierCV`).
"""

from __future__ import annotations

from labtape.estimators.classifier import LabtapeClassifier
from labtape.estimators.columns import BLOCKS
from labtape.estimators.features import LabtapeFeatures
from labtape.estimators.table import InputError, ParameterError

__all__ = ["BLOCKS", "InputError", "LabtapeClassifier", "LabtapeFeatures", "ParameterError"]
