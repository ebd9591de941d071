"""A user's own scikit-learn classifier behind the port."""

import hashlib
import json
import pickle
from functools import partial

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
from own_articles import FALLS, GAINS, NOW, TITLES, annotated, article
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.cluster import KMeans
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC, LinearSVC

import labtape
from labtape.batch import Tools, score
from labtape.desk import Desk
from labtape.exceptions import BundleError, SettingsError
from labtape.report import record_json
from labtape.settings import Settings, load_settings
from labtape.signal import load_model
from labtape.signal.plugins import SklearnModel
from labtape.signal.plugins.own import faded

NEWS = [*TITLES, "Nvidia gains", "AMD falls", "A quiet day at the office"]
CLASSES = ["positive", "negative", "neutral"] * 2
own = partial(SklearnModel, relevance="rules")


def fitted(classifier=None, classes=CLASSES):
    return make_pipeline(TfidfVectorizer(), classifier or LogisticRegression(C=100)).fit(NEWS, classes)


def saved(estimator, path):
    joblib.dump(estimator, path)
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def labels(model, *titles):
    return [max(p.p, key=p.p.get) for p in model.predict(annotated(*map(article, titles)))]


def test_the_verdict_is_the_estimators_and_relevance_is_the_houses():
    model = own(fitted())
    items = annotated(*map(article, TITLES))
    made = model.predict(items)
    assert [max(p.p, key=p.p.get) for p in made] == ["Bullish", "Bearish", "Neutral"]
    assert list(made[0].p) == ["Bullish", "Neutral", "Bearish"]
    assert [p.relevance for p in made] == [p.relevance for p in load_model("rules").predict(items)]
    assert [p.relevance for p in SklearnModel(fitted()).predict(items)] == [
        p.relevance for p in load_model("market3").predict(items)
    ]
    given = load_model("rules")
    assert SklearnModel(fitted(), relevance=given).ref.version.endswith("relevance by rules 1")


def test_over_months_the_estimators_odds_fade_as_the_houses_do():
    moved = annotated(article("Nvidia shares fall 6% after AI chip export curbs"))
    (made,) = own(fitted()).predict(moved)
    (house,) = load_model("rules").predict(moved)
    assert made.short == made.p != made.long
    ratio = (made.long["Bearish"] / made.long["Neutral"]) / (made.p["Bearish"] / made.p["Neutral"])
    theirs = (house.long["Bearish"] / house.long["Neutral"]) / (
        house.short["Bearish"] / house.short["Neutral"]
    )
    assert ratio == pytest.approx(theirs)
    assert faded({"Bullish": 1.0, "Neutral": 0.0, "Bearish": 0.0}, house)["Bullish"] == 1


def test_an_entity_is_judged_by_the_sentences_that_name_it():
    text = "Nvidia gains. AMD falls."
    (item,) = annotated(article("Two reports on AI chips", text))
    both = own(fitted()).predict_entities([(item, "company:nvidia"), (item, "company:amd")])
    assert [max(p, key=p.get) for p in both] == ["Bullish", "Bearish"]
    assert own(fitted()).predict_entities([]) == []
    assert own(fitted()).predict([]) == []


class Echo(ClassifierMixin, BaseEstimator):
    """Keeps the texts it is asked about."""

    classes_ = np.array(["down", "up"])

    def predict(self, texts):
        self.asked = list(texts)
        return np.array(["up"] * len(texts))


def test_what_is_read_is_the_title_or_the_title_and_the_opening():
    items = annotated(article("A title", "The opening."), article("", "Only text."))
    echo = Echo()
    own(echo).predict(items)
    assert echo.asked == ["A title", "Only text."]
    own(echo, text="title+lead").predict(items)
    assert echo.asked == ["A title\nThe opening.", "Only text."]
    with pytest.raises(BundleError, match=r"text='body'; have: title, title\+lead"):
        own(echo, text="body")


def test_without_probabilities_margins_count_and_without_margins_the_label():
    machine = fitted(LinearSVC(C=100))
    (made,) = own(machine).predict(annotated(article(GAINS)))
    margins = machine.decision_function([GAINS])[0]
    raised = np.exp(margins - margins.max())
    assert made.p["Bullish"] == pytest.approx(float(raised[machine.classes_ == "positive"][0] / raised.sum()))
    two = fitted(LinearSVC(C=100), ["up", "down"] * 3)
    (made,) = own(two).predict(annotated(article(GAINS)))
    assert made.p["Neutral"] == 0
    assert made.p["Bullish"] == pytest.approx(1 / (1 + np.exp(-two.decision_function([GAINS])[0])))
    (made,) = own(Echo()).predict(annotated(article(GAINS)))
    assert made.p == {"Bullish": 1, "Neutral": 0, "Bearish": 0}
    assert made.label_set == ("Bullish",)


def test_the_label_set_is_the_fewest_labels_that_reach_nine_tenths():
    prior = make_pipeline(TfidfVectorizer(), DummyClassifier()).fit(
        NEWS, ["up", "up", "up", "flat", "flat", "down"]
    )
    (made,) = own(prior).predict(annotated(article(GAINS)))
    assert made.label_set == ("Bullish", "Neutral", "Bearish")
    certain = make_pipeline(TfidfVectorizer(), DummyClassifier()).fit(
        ["quiet day"] * 20, ["up"] * 19 + ["down"]
    )
    (made,) = own(certain).predict(annotated(article(GAINS)))
    assert made.label_set == ("Bullish",)


def test_classes_that_share_a_label_are_added_up():
    five = make_pipeline(TfidfVectorizer(), DummyClassifier()).fit(NEWS[:5], [0, 1, 2, 3, 4])
    said = {0: "Bearish", 1: "Bearish", 2: "Neutral", 3: "Bullish", 4: "Bullish"}
    model = own(five, labels=said)
    (made,) = model.predict(annotated(article(GAINS)))
    assert made.p == pytest.approx({"Bullish": 0.4, "Neutral": 0.2, "Bearish": 0.4})
    assert model.ref.version.endswith("labels 0=Bearish 1=Bearish 2=Neutral 3=Bullish 4=Bullish")
    with pytest.raises(BundleError, match=r"sklearn:DummyClassifier: what the classes 0, 1, 2, 3, 4 mean"):
        own(five)


TWO_LABELS = np.array([[1, 0], [0, 1], [1, 1]] * 2)


@pytest.mark.parametrize(
    "estimator",
    [
        pytest.param(OneVsRestClassifier(LogisticRegression()), id="one against the rest"),
        pytest.param(MultiOutputClassifier(LogisticRegression()), id="one for each output"),
    ],
)
def test_several_labels_at_once_are_refused(estimator):
    with pytest.raises(BundleError, match="several labels at once"):
        own(fitted(estimator, TWO_LABELS))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_network_of_several_labels_is_refused():
    three = np.array([[1, 0, 0], [0, 1, 1], [1, 1, 0]] * 2)
    with pytest.raises(BundleError, match="several labels at once"):
        own(fitted(MLPClassifier((2,), max_iter=2, random_state=0), three))


class Sure(Echo):
    def predict_proba(self, texts):
        return np.array([[0.9, 0.8]] * len(texts))


class Broken(Echo):
    def predict_proba(self, texts):
        return np.array([[np.nan, np.nan]] * len(texts))


class Short(Echo):
    def predict_proba(self, texts):
        return np.array([[0.5, 0.5]])


@pytest.mark.parametrize(
    ("estimator", "said"),
    [
        (Sure(), "probabilities 0.9, 0.8 are not those of exclusive classes"),
        (Broken(), "probabilities nan, nan are not those"),
        (Short(), "gave 1 answers for 2 texts"),
        (LogisticRegression().fit([[0], [1]], ["up", "down"]), "predict_proba failed on a list of strings"),
    ],
)
def test_answers_that_cannot_be_right_are_refused(estimator, said):
    with pytest.raises(BundleError, match=said) as refused:
        own(estimator).predict(annotated(article(GAINS), article(FALLS)))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("estimator", "said"),
    [
        (make_pipeline(TfidfVectorizer(), LogisticRegression()), "must be fitted"),
        (LinearRegression().fit([[0], [1]], [0, 1]), "a classifier is needed"),
        (KMeans(1).fit([[0.0], [1.0]]), "a classifier is needed"),
        (TfidfVectorizer(), "has no predict"),
        (fitted(SVC(decision_function_shape="ovo")), "decision_function_shape='ovr'"),
    ],
)
def test_what_is_no_fitted_classifier_is_refused(estimator, said):
    with pytest.raises(BundleError, match=said):
        own(estimator)


def test_the_record_says_who_judged():
    record = labtape.label(GAINS, title=GAINS, model=own(fitted(), name="mine", digest="v7"), now=NOW)
    assert (record.model.bundle, record.model.digest) == ("mine", "v7")
    assert record.model.version.startswith("scikit-learn 1.")
    assert "; reads title; relevance by rules 1" in record.model.version
    assert record.verdict.label == "Bullish"


def test_an_object_that_was_never_a_file_has_no_digest_made_up():
    assert own(fitted()).ref.digest == "unsaved"
    assert own(fitted()).ref.bundle == "sklearn:LogisticRegression"


# ---------------------------------------------------------------- saved ones


def test_a_saved_estimator_is_opened_with_its_digest(tmp_path):
    digest = saved(fitted(), tmp_path / "mine.joblib")
    model = load_model(f"sklearn:{tmp_path / 'mine.joblib'}", digest=digest)
    assert (model.ref.bundle, model.ref.digest) == ("sklearn:mine.joblib", digest)
    assert labels(model, *TITLES) == ["Bullish", "Bearish", "Neutral"]
    shouted = "sha256:" + digest.removeprefix("sha256:").upper()
    assert load_model(f"sklearn:{tmp_path / 'mine.joblib'}", digest=shouted).ref.digest == digest


class Trap:
    """A pickle that would write a file when it is opened."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (type(self.path).touch, (self.path,))


@pytest.mark.parametrize(
    ("digest", "said"),
    [
        ("", "its digest must be given: --bundle-digest sha256:.*sha256sum .*computes it"),
        ("sha256:" + "0" * 64, "its digest is not sha256:0000.*not opened"),
        ("0" * 64, "is no digest; a digest is sha256: and 64 hexadecimal digits"),
    ],
)
def test_a_file_nobody_vouched_for_is_never_opened(tmp_path, digest, said):
    path = tmp_path / "trap.joblib"
    path.write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    with pytest.raises(BundleError, match=said) as refused:
        load_model(f"sklearn:{path}", digest=digest)
    assert hashlib.sha256(path.read_bytes()).hexdigest() not in str(refused.value)
    assert not (tmp_path / "sprung").exists()


def test_a_file_that_was_tampered_with_is_refused(tmp_path):
    path = tmp_path / "mine.joblib"
    digest = saved(fitted(), path)
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(BundleError, match="not opened, take the file afresh"):
        SklearnModel.from_file(path, digest=digest)


def test_a_file_that_is_not_there_or_no_pickle_is_refused(tmp_path):
    with pytest.raises(BundleError, match=r"none\.joblib: cannot be read \(No such file"):
        SklearnModel.from_file(tmp_path / "none.joblib", digest="")
    path = tmp_path / "words.joblib"
    path.write_bytes(b"words")
    with pytest.raises(BundleError, match=r"words\.joblib: cannot be opened"):
        SklearnModel.from_file(path, digest="sha256:" + hashlib.sha256(b"words").hexdigest())
    digest = saved({"not": "an estimator"}, path)
    with pytest.raises(BundleError, match=r"sklearn:words\.joblib: has no predict"):
        SklearnModel.from_file(path, digest=digest)


def test_a_file_of_another_minor_version_is_refused_and_one_of_another_patch_is_not(tmp_path):
    path = tmp_path / "old.joblib"
    estimator = fitted()
    body = pickle.dumps(estimator)
    here = sklearn.__version__.encode()
    for there, is_refused in ((b"0" + here[1:], True), (here[:-1] + b"9", False)):
        assert len(there) == len(here) and there != here
        path.write_bytes(body.replace(here, there))
        digest = "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
        if is_refused:
            with pytest.raises(BundleError, match=r"made with scikit-learn 0\..*fit and save it again"):
                SklearnModel.from_file(path, digest=digest)
        else:
            assert labels(SklearnModel.from_file(path, digest=digest, relevance="rules"), GAINS) == [
                "Bullish"
            ]


def test_the_digest_holds_for_bundles_and_not_for_rules():
    digest = load_model("market3").ref.digest
    assert load_model("market3", digest=digest).ref.digest == digest
    with pytest.raises(BundleError, match=f"its digest is {digest}, not sha256:00.*not opened"):
        load_model("market3", digest="sha256:" + "0" * 64)
    with pytest.raises(BundleError, match="rules: come with labtape"):
        load_model("rules", digest=digest)


# ---------------------------------------------------------------- wherever a model may be given


def test_label_label_many_score_frame_and_desk_take_a_model(tmp_path):
    model = own(fitted())
    rows = [{"title": title, "text": title} for title in TITLES]
    wanted = ["Bullish", "Bearish", "Neutral"]
    assert [r.verdict.label for r in labtape.label_many(rows, model=model, now=NOW, any_topic=True)] == wanted
    frame = labtape.score_frame(pd.DataFrame(rows), model=model, now=NOW, any_topic=True)
    assert list(frame["label"]) == wanted
    with Desk.open("memory:", model=model) as desk:
        assert desk.model is model
    digest = saved(fitted(), tmp_path / "mine.joblib")
    named = {"bundle": f"sklearn:{tmp_path / 'mine.joblib'}", "bundle_digest": digest}
    assert labtape.label(GAINS, title=GAINS, now=NOW, **named).model.digest == digest
    assert (
        labtape.score_frame(pd.DataFrame(rows), now=NOW, **named)["model_bundle"][0] == "sklearn:mine.joblib"
    )
    with Desk.open("memory:", settings=Settings(**named)) as desk:
        assert desk.tools.digest == digest


@pytest.mark.slow
def test_with_processes_a_model_that_cannot_be_pickled_gives_the_same_bytes():
    lambdas = make_pipeline(FunctionTransformer(lambda texts: texts), TfidfVectorizer(), LogisticRegression())
    model = own(lambdas.fit(NEWS, CLASSES), digest="mine-1")
    items = [article(TITLES[n % 3], f"Item {n}.", id_=f"a{n}") for n in range(150)]
    tools = Tools(bundle="rules")
    serial, parallel = (
        [record_json(r) for r in score(items, tools=tools, model=model, now=NOW, jobs=jobs)]
        for jobs in (1, 2)
    )
    assert serial == parallel
    assert json.loads(serial[149])["id"] == "a149"


# ---------------------------------------------------------------- the command line and the settings


def test_the_command_line_scores_with_a_saved_estimator(labtape, tmp_path):
    digest = saved(fitted(), tmp_path / "mine.joblib")
    (tmp_path / "in.jsonl").write_text(json.dumps({"title": GAINS, "text": GAINS}), "utf-8")
    given = ["--bundle", "sklearn:mine.joblib", "--bundle-digest", digest]
    answer = labtape(*given, "score", "in.jsonl", "--out", "out.jsonl")
    assert answer.code == 0, answer.err
    record = json.loads((tmp_path / "out.jsonl").read_text("utf-8"))
    assert record["model"]["bundle"] == "sklearn:mine.joblib"
    assert record["model"]["digest"] == digest
    assert record["verdict"]["label"] == "Bullish"
    (tmp_path / "labtape.toml").write_text(
        f'bundle = "sklearn:mine.joblib"\nbundle_digest = "{digest}"\n', "utf-8"
    )
    assert "Bullish" in labtape("label", "--any-topic", "--json", GAINS).out


def test_the_command_line_refuses_one_without_its_digest(labtape, tmp_path):
    saved(fitted(), tmp_path / "mine.joblib")
    answer = labtape("--bundle", "sklearn:mine.joblib", "label", GAINS)
    assert answer.code == 2
    assert "--bundle-digest" in answer.err
    answer = labtape("--bundle", "sklearn:mine.joblib", "--bundle-digest", "sha256:12", "label", GAINS)
    assert answer.code == 2
    assert "'sha256:12' is no digest" in answer.err


def test_a_digest_in_the_settings_is_checked_before_a_command_begins(tmp_path):
    with pytest.raises(SettingsError, match="environment: bundle_digest: 'abc' is no digest"):
        load_settings(None, {"LABTAPE_BUNDLE_DIGEST": "abc"})
    whole = "sha256:" + "a" * 64
    assert load_settings(None, {"LABTAPE_BUNDLE_DIGEST": whole}).bundle_digest == whole
