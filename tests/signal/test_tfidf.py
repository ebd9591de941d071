"""What scikit-learn fitted is applied as scikit-learn would."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.signal.features import plain
from labtape.signal.tfidf import TfIdf, fitted, scores, vectoriser

TEXTS = [
    "Nvidia shares fall 6% after weak guidance",
    "Nvidia wins a $4 billion order, shares rise 6%",
    "a b c a b c a-b+c",
    "Qwen takes 18% of tokens; 豆包 takes 9%",
    "naïve café résumé  İstanbul",
    "",
]


@pytest.fixture(scope="module", params=["word", "char_wb"])
def both(request):
    made = vectoriser(request.param).fit([plain(text) for text in TEXTS])
    return made, fitted(made, request.param)


def as_row(values, n):
    row = np.zeros(n)
    row[list(values)] = list(values.values())
    return row


@given(
    text=st.one_of(st.sampled_from(TEXTS), st.text(max_size=80), st.text("abNvidia 6%$+-\n\t ", max_size=60))
)
def test_values_are_those_of_scikit_learn(both, text):
    theirs, ours = both
    found = as_row(ours.values(plain(text)), len(ours))
    assert found == pytest.approx(theirs.transform([plain(text)]).toarray()[0], abs=1e-12)


def test_scores_add_up_over_what_is_known(both):
    _, ours = both
    coefficients = np.arange(3 * len(ours), dtype=float).reshape(3, -1)
    text = plain(TEXTS[0])
    values = as_row(ours.values(text), len(ours))
    assert scores(ours.row(text), coefficients) == pytest.approx(coefficients @ values)
    assert scores(ours.row(""), coefficients) == pytest.approx(np.zeros(3))


def test_a_word_met_again_counts_the_same():
    known = TfIdf([" a", "a ", " a "], np.array([1.0, 2.0, 3.0]), "char_wb")
    assert known.values("a a") == known.values("a a")
    assert known.values("a a").keys() == {0, 1, 2}


def test_a_bundle_judges_without_scikit_learn():
    program = (
        "import sys, labtape; labtape.label('Nvidia shares fall 6%', title='Nvidia shares fall 6%');"
        "print(sorted(m for m in ('sklearn', 'scipy', 'torch', 'pandas') if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
