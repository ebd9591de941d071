"""The estimators as scikit-learn's users take them: its own checks, its tools, and odd input."""

import pickle
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix, issparse
from sklearn import config_context
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_validate
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import labtape
from labtape.estimators import BLOCKS, InputError, LabtapeClassifier, LabtapeFeatures, ParameterError
from labtape.exceptions import BundleError, LabtapeError

NOW = datetime(2026, 6, 10, tzinfo=UTC)
RULES = {"bundle": "rules", "as_of": "2026-06-10"}
TEXTS = [
    "Nvidia shares fall 6% after a lab cuts its orders.",
    "Zhipu released the weights of GLM-5 under an open licence.",
    "Kimi's share of tokens on OpenRouter rose from 4% to 12% in May.",
    "AMD shares jump 5% as orders for AI chips grow.",
    "OpenAI raised $40bn at a higher valuation.",
    "Washington bans exports of AI chips to China; Nvidia sinks.",
    "智谱发布了GLM-5模型。",
    "Where will DeepSeek go next?",
] * 2
OWN = ["money", "models", "models", "money", "money", "money", "models", "models"] * 2
TONES = ["Bearish", "Neutral", "Bullish", "Bullish", "Bullish", "Bearish", "Neutral", "Neutral"] * 2


@pytest.fixture(scope="module")
def records():
    return list(labtape.label_many([{"text": text} for text in TEXTS], bundle="rules", now=NOW))


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "headline": TEXTS,
            "body": ["Shares were halted."] * len(TEXTS),
            "volume": np.arange(len(TEXTS)) * 1.0,
        },
        index=[f"n{i}" for i in range(len(TEXTS))],
    )


# ---------------------------------------------------------------- scikit-learn's own checks, none expected to fail


# check_array_api_input is skipped by scikit-learn itself unless SCIPY_ARRAY_API=1 is set before SciPy is imported.
@parametrize_with_checks(
    [
        LabtapeFeatures(),
        LabtapeFeatures(sparse_output=True),
        LabtapeClassifier(),
        LabtapeClassifier(C=10.0, class_weight="balanced", prior=None, tfidf=True),
    ]
)
def test_scikit_learn_finds_nothing_wrong(estimator, check):
    check(estimator)


# ---------------------------------------------------------------- the same on texts, which those checks do not try


@pytest.mark.parametrize(
    "made", [LabtapeFeatures(**RULES), LabtapeClassifier(**RULES), LabtapeClassifier(**RULES, prior=None)]
)
def test_a_clone_and_a_pickle_answer_the_same(made, records):
    answer = (
        (lambda e: e.transform(records))
        if hasattr(made, "transform")
        else (lambda e: e.predict_proba(records))
    )
    fitted = clone(made).fit(records, OWN)
    assert made.get_params() == clone(made).get_params()
    np.testing.assert_array_equal(answer(fitted), answer(pickle.loads(pickle.dumps(fitted))))
    np.testing.assert_array_equal(answer(fitted), answer(clone(fitted).fit(records, OWN)))


def test_a_second_fit_forgets_the_first(frame, records):
    features = LabtapeFeatures(**RULES, blocks=["event"]).fit(frame)
    assert features.n_features_in_ == 3
    features.fit(records)
    assert not hasattr(features, "n_features_in_")
    assert "volume" not in features.get_feature_names_out()


def test_each_row_is_read_by_itself(records):
    features = LabtapeFeatures(**RULES)
    whole = features.transform(records)
    order = np.random.default_rng(0).permutation(len(records))
    np.testing.assert_array_equal(features.transform([records[i] for i in order]), whole[order])
    np.testing.assert_array_equal(features.transform(records[3:4]), whole[3:4])


def test_texts_and_the_records_made_of_them_give_the_same_columns(records):
    features = LabtapeFeatures(**RULES)
    np.testing.assert_array_equal(features.transform(TEXTS[:8]), features.transform(records[:8]))


@pytest.mark.parametrize(
    "shape",
    [
        tuple,
        np.array,
        pd.Series,
        lambda t: np.array(t, dtype=object),
        lambda t: pd.Series(t, dtype="category"),
    ],
)
def test_a_column_of_texts_may_come_in_any_dress(shape):
    features = LabtapeFeatures(**RULES, blocks=("event", "share"))
    np.testing.assert_array_equal(features.transform(shape(TEXTS[:3])), features.transform(TEXTS[:3]))


def test_an_array_of_two_text_columns_is_title_and_text():
    table = [["Nvidia sinks", "Orders were cut by 20%."], ["GLM-5 is out", "Zhipu released it."]]
    framed = pd.DataFrame(table, columns=["title", "text"])
    features = LabtapeFeatures(**RULES)
    np.testing.assert_array_equal(features.transform(table), features.transform(framed))
    np.testing.assert_array_equal(features.transform(np.array(table)), features.transform(framed))


def test_a_lone_column_is_a_text_or_a_title_as_said():
    column = [["Where will DeepSeek go next?"]]
    names = LabtapeFeatures(**RULES, blocks=["text"]).fit(column).get_feature_names_out().tolist()
    for texts_are, wanted in (("text", 0.0), ("title", 1.0)):
        values = LabtapeFeatures(**RULES, blocks=["text"], texts_are=texts_are).transform(column)
        assert values[0, names.index("text.question")] == wanted


def test_columns_have_the_names_of_their_blocks(records):
    features = LabtapeFeatures(**RULES, blocks=["share", "event"]).fit(records)
    names = features.get_feature_names_out()
    assert names.dtype == object
    assert names[0] == "event.adoption_share"
    assert "share.gain" in names
    assert {name.partition(".")[0] for name in names} == {"event", "share"}
    row = dict(zip(names, features.transform(records)[2], strict=True))
    assert (row["share.gain"], row["share.largest"]) == (0.8, 0.12)
    assert {
        n.partition(".")[0] for n in LabtapeFeatures(**RULES).fit(records).get_feature_names_out()
    } == set(BLOCKS)


def test_every_column_can_be_told_and_is_of_like_size(records):
    features = LabtapeFeatures(**RULES).fit(records)
    names = features.get_feature_names_out()
    assert len(set(names)) == len(names)
    values = features.transform(records)
    assert values.shape == (len(records), len(names))
    assert np.abs(values).max() < 8
    told = {name for name, column in zip(names, values.T, strict=True) if column.any()}
    assert {"lab.named_nvidia", "lab.subject_zhipu", "text.chinese", "geo.act"} <= told


def test_numbers_follow_as_they_are_or_are_dropped(frame):
    kept = LabtapeFeatures(**RULES, title="headline", text="body", blocks=["event"])
    values = kept.fit_transform(frame)
    assert kept.get_feature_names_out()[-1] == "volume"
    assert values[:, -1].tolist() == frame["volume"].tolist()
    dropped = LabtapeFeatures(**RULES, title="headline", text="body", blocks=["event"], remainder="drop")
    assert dropped.fit_transform(frame).shape[1] == values.shape[1] - 1
    assert "volume" not in dropped.get_feature_names_out()


def test_sparse_and_dense_columns_are_equal(frame):
    sparse = LabtapeFeatures(**RULES, sparse_output=True).fit_transform(frame)
    assert issparse(sparse) and sparse.format == "csr"
    np.testing.assert_array_equal(sparse.toarray(), LabtapeFeatures(**RULES).fit_transform(frame))


@pytest.mark.parametrize("taken", [lambda frame: frame, lambda frame: frame["headline"]])
def test_a_frame_comes_out_under_the_index_that_went_in(frame, taken):
    features = LabtapeFeatures(**RULES, blocks=["share"]).set_output(transform="pandas")
    out = features.fit_transform(taken(frame))
    assert out.index.tolist() == frame.index.tolist()
    assert out.columns.tolist() == features.get_feature_names_out().tolist()


def test_nothing_given_is_changed(frame):
    before = frame.copy(deep=True)
    LabtapeClassifier(**RULES).fit(frame, OWN).predict(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_rows_without_words_have_nothing_but_that():
    features = LabtapeFeatures(**RULES).fit(TEXTS[:1])
    names = features.get_feature_names_out().tolist()
    for empty in ("", "  \n", None, np.nan, pd.NA):
        (row,) = features.transform(pd.Series([empty], dtype=object))
        assert [names[i] for i in np.flatnonzero(row)] == ["text.empty"]


@pytest.mark.slow
def test_two_processes_give_the_same(records):
    alone = LabtapeFeatures(**RULES, blocks=["event"]).transform(TEXTS * 5)
    np.testing.assert_array_equal(
        LabtapeFeatures(**RULES, blocks=["event"], n_jobs=2).transform(TEXTS * 5), alone
    )


# ---------------------------------------------------------------- what is learned


def test_the_users_own_classes_are_learned_and_told_apart(records):
    own = LabtapeClassifier(**RULES, C=10).fit(records, OWN)
    assert own.classes_.tolist() == ["models", "money"]
    assert own.score(records, OWN) == 1.0
    assert own.decision_function(records).shape == (len(records),)
    np.testing.assert_allclose(own.predict_proba(records).sum(axis=1), 1)
    np.testing.assert_allclose(np.exp(own.predict_log_proba(records)), own.predict_proba(records))
    assert own.predict(["Shares of AMD fall 4%."]).tolist() == ["money"]


def test_the_verdict_is_taken_as_it_is_where_nothing_is_to_be_learned(records):
    verdict = LabtapeClassifier(**RULES, prefit=True)
    assert verdict.classes_.tolist() == ["Bearish", "Bullish", "Neutral"]
    assert verdict.predict(TEXTS).tolist() == [record.verdict.label for record in records]
    told = [[record.verdict.p[label] for label in verdict.classes_] for record in records]
    np.testing.assert_allclose(verdict.predict_proba(records), told, atol=0.002)  # 0 is told as a thousandth
    assert verdict.fit(records, TONES).predict(TEXTS).tolist() == [record.verdict.label for record in records]
    assert cross_val_predict(verdict, TEXTS, TONES, cv=2).tolist() == verdict.predict(TEXTS).tolist()


def test_few_labels_correct_the_verdict_and_do_not_replace_it(records):
    """Two labels say nothing of most texts: from the verdict they stay as they were, from nothing they are guesses."""
    few, tones = [records[0], records[3]], ["Bearish", "Bullish"]
    verdict = LabtapeClassifier(**RULES, prefit=True)
    started = LabtapeClassifier(**RULES, C=0.01).fit(few, tones)
    bare = LabtapeClassifier(**RULES, C=0.01, prior=None).fit(few, tones)
    p = verdict.predict_proba(records)[:, :2]
    wanted = p / p.sum(axis=1, keepdims=True)
    assert np.abs(started.predict_proba(records) - wanted).max() < 0.05
    assert np.abs(bare.predict_proba(records) - wanted).max() > 0.2


@pytest.mark.parametrize(
    "named",
    [
        {"Bearish": -1, "Neutral": 0, "Bullish": 1},
        {"Bearish": "negative", "Neutral": "neutral", "Bullish": "POSITIVE"},
    ],
)
def test_directions_are_known_by_other_names_too(records, named):
    ours = LabtapeClassifier(**RULES, C=0.01).fit(records, TONES)
    theirs = LabtapeClassifier(**RULES, C=0.01, prior="verdict").fit(records, [named[tone] for tone in TONES])
    assert [named[tone] for tone in ours.predict(records)] == theirs.predict(records).tolist()


def test_many_labels_outweigh_the_verdict(records):
    upside_down = ["Bullish" if tone == "Bearish" else "Bearish" for tone in TONES]
    assert LabtapeClassifier(**RULES, C=1000).fit(records, upside_down).score(records, upside_down) == 1.0


def test_weights_are_rows_given_more_than_once(records):
    weights = np.array([0, 1, 2, 1] * 4)
    repeated = [i for i, w in enumerate(weights) for _ in range(w)]
    weighed = LabtapeClassifier(**RULES).fit(records, OWN, sample_weight=weights)
    again = LabtapeClassifier(**RULES).fit([records[i] for i in repeated], [OWN[i] for i in repeated])
    np.testing.assert_allclose(
        weighed.decision_function(records), again.decision_function(records), rtol=1e-7
    )


def test_it_finds_the_optimum_that_scikit_learn_finds(frame):
    numbers = np.random.default_rng(1).normal(size=(60, 4))
    y = np.digitize(numbers[:, 0] + numbers[:, 1] ** 2, [0, 1])
    scaled = StandardScaler().fit_transform(numbers)
    theirs = LogisticRegression(C=0.7, tol=1e-12, max_iter=10_000).fit(scaled, y)
    ours = LabtapeClassifier(C=0.7).fit(numbers, y)
    np.testing.assert_allclose(ours.predict_proba(numbers), theirs.predict_proba(scaled), atol=1e-6)


def test_a_fit_that_was_cut_short_warns(records):
    with pytest.warns(ConvergenceWarning, match="not converged after 1 steps; raise max_iter"):
        LabtapeClassifier(**RULES, max_iter=1).fit(records, OWN)


def test_words_of_the_text_are_learned_where_asked_for():
    texts = ["Alpha news about apples.", "Alpha news about pears."] * 4
    y = ["a", "p"] * 4
    assert LabtapeClassifier(**RULES, tfidf=True, C=100).fit(texts, y).score(texts, y) == 1.0
    assert LabtapeClassifier(**RULES, C=100).fit(texts, y).score(texts, y) == 0.5


# ---------------------------------------------------------------- in scikit-learn's company


def test_a_pipeline_a_union_and_a_column_transformer_take_it(frame):
    union = FeatureUnion(
        [("tape", LabtapeFeatures(**RULES, sparse_output=True)), ("words", TfidfVectorizer())]
    )
    assert (
        make_pipeline(union, LogisticRegression()).fit(frame["headline"], OWN).score(frame["headline"], OWN)
        == 1.0
    )
    columns = ColumnTransformer(
        [
            (
                "tape",
                LabtapeFeatures(**RULES, title="headline", text="body", blocks=["event"]),
                ["headline", "body"],
            ),
            ("head", LabtapeFeatures(**RULES, texts_are="title", blocks=["text"]), "headline"),
            ("number", StandardScaler(), ["volume"]),
        ]
    ).set_output(transform="pandas")
    out = columns.fit_transform(frame)
    assert out.index.equals(frame.index)
    assert out.columns[0] == "tape__event.adoption_share"
    assert {"head__text.question", "number__volume"} <= set(out.columns)


@pytest.mark.slow
def test_a_search_over_processes_and_a_calibration_take_it(frame):
    search = GridSearchCV(
        LabtapeClassifier(**RULES), {"C": [0.1, 10], "tfidf": [False, True]}, cv=2, n_jobs=2
    )
    assert search.fit(frame, OWN).best_score_ > 0.5
    calibrated = CalibratedClassifierCV(LabtapeClassifier(**RULES), cv=2).fit(frame, OWN)
    assert calibrated.predict_proba(frame).shape == (len(frame), 2)
    frozen = FrozenEstimator(LabtapeClassifier(**RULES, prefit=True))
    tuned = CalibratedClassifierCV(frozen, method="temperature", cv=2).fit(frame["headline"], TONES)
    assert tuned.classes_.tolist() == ["Bearish", "Bullish", "Neutral"]


def test_weights_are_routed_to_it(records):
    with config_context(enable_metadata_routing=True):
        asked = (
            LabtapeClassifier(**RULES)
            .set_fit_request(sample_weight=True)
            .set_score_request(sample_weight=True)
        )
        found = cross_validate(asked, records, OWN, cv=2, params={"sample_weight": np.ones(len(OWN))})
    assert found["test_score"].shape == (2,)


def test_a_fitted_pipeline_can_judge_in_labtape(frame):
    from labtape.signal.plugins import SklearnModel

    fitted = LabtapeClassifier(**RULES).fit(TEXTS, TONES)
    model = SklearnModel(fitted, relevance="rules", name="mine")
    assert labtape.label("AMD jumps.", title="AMD shares jump 5%", model=model).verdict.label == "Bullish"


# ---------------------------------------------------------------- what is refused, and how


@pytest.mark.parametrize(
    ("X", "said"),
    [
        ("one text", "X is str 'one text'; would be a list of texts"),
        (None, "X is None; would be"),
        ({"text": ["a"]}, "X is dict"),
        ((t for t in TEXTS), "X is generator"),
        (7, "X is int '7'"),
        ([b"bytes", "text"], "row 0 is bytes .decode them"),
        (["text", 3], "row 1 is int '3'; would be a text"),
        (["text", ["nested"]], "row 1 is list"),
        ([], "0 sample"),
        (np.array([], dtype=object), "0 sample"),
        (np.empty((0, 2), dtype=object), "0 sample"),
        (pd.DataFrame({"title": ["a", 3]}), "row 1, column 'title' is int '3'"),
        (pd.DataFrame({"title": ["a"], "sector": ["chips"]}), r"column 'sector' holds text \('chips'\).*leave it out"),
        (pd.DataFrame({"title": ["a"], "when": [pd.Timestamp("2026-01-01")]}), "column 'when' holds Timestamp"),
        (pd.DataFrame([["a", "b"]], columns=["title", "title"]), "more than one column is called 'title'"),
        (pd.DataFrame({"title": ["a"], "volume": [np.nan]}), "NaN"),
        ([["a", "b", "c"]], "3 columns without names hold texts"),
        ([1.0, 2.0], "Expected 2D array, got 1D array"),
        (np.zeros((2, 2, 2)), "dim 3"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(X, said):
    with pytest.raises(ValueError, match=said):
        LabtapeFeatures(**RULES).fit(X).transform(X)


def test_a_sparse_matrix_is_refused_in_scikit_learns_words():
    with pytest.raises(TypeError, match="Sparse data was passed"):
        LabtapeFeatures().fit(csr_matrix(np.eye(3)))


@pytest.mark.parametrize(
    ("fitted", "given", "said"),
    [
        (TEXTS[:2], [["a", 1.0]], "X is a table; the estimator was fitted on texts"),
        ([["a", 1.0]], TEXTS[:2], "X is texts without columns; the estimator was fitted on a table"),
        ([["a", 1.0]], [["a", 1.0, 2.0]], "X has 3 features, but LabtapeFeatures is expecting 2"),
        ([[0.0, 1.0]], [["a", 1.0]], "fitted on numbers alone"),
    ],
)
def test_what_does_not_fit_what_was_fitted_is_refused(fitted, given, said):
    with pytest.raises(ValueError, match=said):
        LabtapeFeatures(**RULES).fit(fitted).transform(given)


def test_columns_in_another_order_are_refused(frame):
    with pytest.raises(ValueError, match="feature names should match"):
        LabtapeFeatures(**RULES).fit(frame).transform(frame[["volume", "headline", "body"]])


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"blocks": ["shares"]}, r"blocks=\['shares'\]; would be some of: verdict, event"),
        ({"blocks": "share"}, "would be some of"),
        ({"texts_are": "headline"}, "texts_are='headline'; have: title, text"),
        ({"remainder": "keep"}, "remainder='keep'; have: passthrough, drop"),
        ({"as_of": "soon"}, "as_of='soon' is no time; give ISO 8601"),
        ({"as_of": 3}, "as_of is int"),
        ({"lexicon": "folder"}, "would be a list of folders"),
        ({"text": "body"}, "X has no names: give a data frame"),
        ({"C": 0}, "C=0; would be a number above 0"),
        ({"C": "1"}, "C='1'; would be a number above 0"),
        ({"max_iter": 0}, "max_iter=0"),
        ({"prior": "house"}, "prior='house'; have: 'auto', 'verdict', None"),
        ({"class_weight": "even"}, "class_weight='even'"),
    ],
)
def test_a_parameter_that_does_not_fit_is_refused_at_fit(parameters, said):
    with pytest.raises(ParameterError, match=said) as refused:
        LabtapeClassifier(**{**RULES, **parameters}).fit([[text, 1.0] for text in TEXTS], OWN)
    assert isinstance(refused.value, ValueError)
    assert isinstance(refused.value, LabtapeError)


def test_a_column_that_is_not_there_is_named_with_those_that_are(frame):
    with pytest.raises(
        ParameterError, match="text='article': X has no such column; have: headline, body, volume"
    ):
        LabtapeFeatures(text="article").fit(frame)


def test_a_bundle_that_is_not_there_is_named():
    with pytest.raises(BundleError, match="market3"):
        LabtapeFeatures(bundle="market9").transform(["Nvidia fell."])


@pytest.mark.parametrize(
    ("parameters", "y", "said"),
    [
        ({}, None, "requires y to be passed"),
        ({}, ["one"] * 16, "y has the one class 'one'; a classifier needs two or more"),
        ({}, OWN[:3], "inconsistent numbers of samples"),
        ({}, np.linspace(0, 1, 16), "Unknown label type: continuous"),
        (
            {"prior": "verdict"},
            OWN,
            "y has 'models', 'money'; labtape's verdict has Bullish, Neutral, Bearish",
        ),
        ({"prefit": True}, OWN, "y has 'models', 'money'; labtape's verdict has Bullish, Neutral, Bearish"),
    ],
)
def test_labels_that_cannot_be_learned_are_refused(records, parameters, y, said):
    with pytest.raises(ValueError, match=said):
        LabtapeClassifier(**RULES, **parameters).fit(records, y)


def test_without_fit_it_says_so_and_what_would_do_without():
    with pytest.raises(NotFittedError, match="prefit=True"):
        LabtapeClassifier().predict(TEXTS)
    assert not hasattr(LabtapeClassifier(), "classes_")


@pytest.mark.parametrize("parameters", [{"prefit": True}, {"prior": "verdict"}])
def test_numbers_have_no_verdict(parameters):
    with pytest.raises(InputError, match="X holds numbers alone"):
        LabtapeClassifier(**RULES, **parameters).fit([[1.0], [2.0]], ["Bullish", "Bearish"])


def test_words_are_not_learned_where_there_are_none(records):
    with pytest.raises(InputError, match="tfidf=True found no words"):
        LabtapeClassifier(**RULES, tfidf=True).fit(records, OWN)


def test_numbers_alone_with_nothing_kept_are_refused():
    with pytest.raises(ParameterError, match="leaves nothing of X"):
        LabtapeFeatures(remainder="drop").fit([[1.0]])


def test_they_come_from_the_package_itself():
    assert labtape.LabtapeClassifier is LabtapeClassifier
    assert labtape.LabtapeFeatures is LabtapeFeatures
