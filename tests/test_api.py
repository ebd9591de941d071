"""What a Python user gets for odd calls."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier

import labtape
from labtape.exceptions import BundleError, LexiconError, ReadError, SettingsError

NOW = datetime(2026, 6, 10, tzinfo=UTC)


@pytest.mark.parametrize("odd", [["a"], [None], [3], iter(["a"])])
def test_what_is_no_article_is_named_with_its_place(odd):
    with pytest.raises(ReadError, match=r"article 0: (str|NoneType|int) is neither an Article nor a mapping"):
        list(labtape.label_many(odd, bundle="rules"))


def test_a_time_that_is_none_is_refused_where_it_is_given_by_hand():
    with pytest.raises(ReadError, match="published_at: 'soon' is no time; give ISO 8601"):
        labtape.label("Nvidia fell.", published_at="soon", bundle="rules")


@pytest.mark.parametrize("words", ["", "   ", "\n"])
def test_an_empty_text_is_refused(words):
    with pytest.raises(ReadError, match="neither title nor text"):
        labtape.label(words, bundle="rules")


def test_an_unknown_bundle_is_refused_with_those_that_are_there():
    with pytest.raises(BundleError, match="market3"):
        labtape.label("Nvidia fell.", bundle="market9")


@pytest.mark.parametrize(
    "text", ["𝕏" * 500, "\x00\x07\u202e Nvidia \ud83d", "a" * 100_000, "%" * 300, "💹" * 50]
)
def test_any_text_gives_a_record(text):
    record = labtape.label(text, title="Odd", bundle="rules", now=NOW)
    assert record.title == "Odd"
    assert abs(sum(record.verdict.p.values()) - 1) < 0.001


def test_the_attributes_are_those_of_the_record():
    record = labtape.label(
        "DeepSeek cut its prices by 50%.", title="DeepSeek is cheaper", bundle="rules", now=NOW
    )
    assert record.verdict.p[record.verdict.label] == record.verdict.confidence
    assert record.mentions[0].entity == "lab:deepseek"
    assert record.scored_at == NOW


NVIDIA = [{"title": "Nvidia shares fall 6%"}]


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"now": "2026-06-01"}, SettingsError, "now is str '2026-06-01'; would be a datetime"),
        ({"now": NOW.date()}, SettingsError, "now is date; would be a datetime"),
        ({"now": pd.NaT}, SettingsError, "now is NaTType; would be"),
        ({"now": 3}, SettingsError, "now is int '3'"),
        ({"bundle": None}, BundleError, "bundle is None; would be a name, as 'market3' or 'rules', or a folder"),
        ({"bundle": 3}, BundleError, "bundle is int '3'"),
        ({"bundle_digest": 3}, BundleError, "bundle_digest is int '3'; would be text: sha256:"),
        ({"lexicon": None}, SettingsError, "lexicon is None; would be folders"),
        ({"lexicon": (3,)}, SettingsError, r"lexicon is tuple '\(3,\)'; would be folders"),
        ({"lexicon": "no_such_folder"}, LexiconError, "no_such_folder: folder: is not there"),
        ({"lexicon": Path("no_such_folder")}, LexiconError, "no_such_folder: folder: is not there"),
        ({"model": 3}, BundleError, "model is int '3'; would be a model as in docs/plugins.md"),
        ({"model": "market3"}, BundleError, "a bundle is given by name, as bundle='market3'"),
        ({"model": DummyClassifier()}, BundleError, "model is DummyClassifier; put a classifier .* into .*SklearnModel"),
    ],
)  # fmt: skip
def test_an_option_that_does_not_fit_is_named(options, error, said):
    given = {"bundle": "rules", "now": NOW, **options}
    with pytest.raises(error, match=said):
        labtape.label("Nvidia shares fall.", **given)
    with pytest.raises(error, match=said):
        list(labtape.label_many(NVIDIA, **given))
    with pytest.raises(error, match=said):
        labtape.score_frame(pd.DataFrame(NVIDIA), **given)


@pytest.mark.parametrize("jobs", [0, 1.5, "2", None, True])
def test_a_number_of_processes_that_is_none_is_refused_before_anything_is_read(jobs):
    with pytest.raises(SettingsError, match=r"jobs is .*; would be how many processes"):
        labtape.label_many(NVIDIA, jobs=jobs)


@pytest.mark.parametrize(
    ("articles", "said"),
    [
        (None, "articles: None is no series of articles"),
        (3, "articles: int '3' is no series of articles"),
        ("Nvidia fell.", "articles: str 'Nvidia fell.' is no series of articles; for one give .it., or use labtape.label"),
        (b"Nvidia fell.", "articles: bytes .* is no series"),
        ({"title": "Nvidia fell."}, "articles: dict .* for one give .it."),
        (pd.DataFrame(NVIDIA), "articles: a DataFrame; give it to labtape.score_frame"),
        (pd.Series(["Nvidia fell."]), "articles: a Series; give .{'text': text} for text in series."),
    ],
)  # fmt: skip
def test_what_is_no_series_of_articles_is_refused_with_what_would_be(articles, said):
    with pytest.raises(SettingsError, match=said):
        labtape.label_many(articles)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": None}, "article 1: its title is NoneType; would be text"),
        ({"id": 7}, "article 1: its id is int; would be text"),
        ({"published_at": "2026-01-01"}, "article 1: its published_at is str; would be a datetime in UTC"),
        (
            {"first_seen_at": NOW.replace(tzinfo=None)},
            "article 1: its first_seen_at is a time without a zone",
        ),
    ],
)
def test_an_article_made_by_hand_with_a_wrong_field_is_refused(fields, said):
    good = labtape.Article(id="a", title="Nvidia falls", text="By 6%.")
    with pytest.raises(ReadError, match=said):
        list(labtape.label_many([good, replace(good, **fields)], bundle="rules", now=NOW))


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (None, "frame: NoneType is no pandas data frame"),
        ([{"title": "a"}], r"frame: list is no pandas data frame; make one: pandas.DataFrame\(rows\)"),
        (pd.Series(["a"]), r"frame: Series is no pandas data frame; make one: series.to_frame\('text'\)"),
    ],
)
def test_what_is_no_frame_is_refused_with_what_would_be(frame, said):
    with pytest.raises(SettingsError, match=said):
        labtape.score_frame(frame)


def test_a_time_without_a_zone_is_utc():
    naive = labtape.label("Nvidia fell.", bundle="rules", now=NOW.replace(tzinfo=None))
    assert naive.scored_at == NOW
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))
    assert labtape.label("Nvidia fell.", bundle="rules", now=tokyo).scored_at == NOW


def test_a_bundle_may_be_a_path():
    assert labtape.label("Nvidia fell.", bundle=Path("rules"), now=NOW).model.bundle == "rules"
