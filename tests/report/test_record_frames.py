"""Data frames of records are taken where records are."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

import labtape
import labtape.pandas
from labtape.exceptions import ReadError, SettingsError
from labtape.report import record_json, record_to_dict, to_frame
from labtape.report.reading import records_of
from report.samples import records

NOW = datetime(2026, 3, 2, 15, 30, 0, 123456, tzinfo=UTC)


def from_json_lines(made, **options):
    return pd.read_json(io.StringIO("".join(record_json(r) + "\n" for r in made)), lines=True, **options)


@pytest.fixture(scope="module")
def articles():
    return pd.DataFrame(
        {"title": ["Nvidia shares fall 6%", "", "AMD shares jump 8%"], "text": ["Nvidia shares fell 6%.", "", "They jumped."]},
        index=["x", "x", "y"],
    )  # fmt: skip


@pytest.fixture(scope="module")
def scored(articles):
    return labtape.score_frame(articles, bundle="rules", now=NOW)


@pytest.fixture(scope="module")
def expected(articles):
    rows = articles[articles["title"] != ""].to_dict("records")
    return tuple(labtape.label_many(rows, bundle="rules", now=NOW))


def test_a_scored_frame_holds_its_records_and_none_for_a_row_without_words(scored, expected):
    assert [(r.title, r.verdict, r.shares) for r in records_of(scored)] == [
        (r.title, r.verdict, r.shares) for r in expected
    ]
    assert {r.scored_at for r in records_of(scored)} == {NOW}


def test_the_accessor_s_frame_and_one_joined_to_the_articles_hold_the_same(articles, scored):
    by_accessor = articles.labtape.score(bundle="rules", now=NOW)
    assert tuple(records_of(by_accessor)) == tuple(records_of(scored))
    beside = scored.assign(desk="mine", weight=[1, 2, 3])
    assert tuple(records_of(beside)) == tuple(records_of(scored))


def test_a_frame_of_records_gives_them_back_equal():
    made = records()
    assert tuple(records_of(to_frame(made))) == made
    naive = to_frame(made)
    for name in ("published_at", "first_seen_at", "scored_at", "available_at"):
        naive[name] = naive[name].dt.tz_localize(None)  # times without a zone are UTC
    assert tuple(records_of(naive)) == made


def test_json_lines_read_by_pandas_hold_the_records_whole():
    made = records()
    assert tuple(records_of(from_json_lines(made, precise_float=True))) == made
    assert [r.verdict.label for r in records_of(from_json_lines(made))] == [r.verdict.label for r in made]


def test_a_record_of_an_earlier_engine_stands_beside_those_of_today():
    made = [replace(record, volumes=()) for record in records()[:2]]
    plain = [record_to_dict(record) for record in made]
    del plain[0]["volumes"]
    assert list(records_of(pd.DataFrame(plain))) == made


def test_a_csv_or_parquet_read_by_pandas_is_a_scored_frame(tmp_path, scored):
    scored.to_parquet(tmp_path / "s.parquet")
    scored.to_csv(tmp_path / "s.csv", index=False)
    expected = tuple(records_of(scored))
    assert tuple(records_of(pd.read_parquet(tmp_path / "s.parquet"))) == expected
    assert tuple(records_of(pd.read_csv(tmp_path / "s.csv", dtype=str))) == expected
    named = pd.read_csv(tmp_path / "s.csv", dtype={"model_version": str})
    assert tuple(records_of(named)) == expected  # the row without words makes floats of whole numbers
    with pytest.raises(
        ReadError, match=r"column model_version: 1\.0 is a number .* pandas\.read_csv\(path, dtype=str"
    ):
        tuple(records_of(pd.read_csv(tmp_path / "s.csv")))


def test_records_and_their_json_objects_pass_through():
    made = records()
    assert tuple(records_of(iter(made))) == made
    assert tuple(records_of([record_to_dict(record) for record in made])) == made
    assert tuple(records_of([])) == tuple(records_of(to_frame([]))) == ()


def test_what_a_frame_lacks_is_named_at_once(scored):
    with pytest.raises(ReadError, match="the frame lacks the columns kb, mentions, story_id; give it whole"):
        records_of(scored.drop(columns=["mentions", "story_id", "kb"]))
    with pytest.raises(ReadError, match=r"holds no records \(score articles first: labtape\.score_frame"):
        records_of(pd.DataFrame({"title": ["a"], "text": ["b"]}))
    with pytest.raises(ReadError, match=r"holds no records; one has the columns .* have: label, score"):
        records_of(scored[["label", "score"]])
    with pytest.raises(ReadError, match="more than one column title"):
        records_of(pd.concat([scored, scored[["title"]]], axis=1))


def test_a_row_that_is_none_is_named_by_its_place(scored):
    broken = scored.copy()
    broken["verdict"] = broken["verdict"].astype(object)
    broken.iloc[2, broken.columns.get_loc("verdict")] = "{"
    with pytest.raises(ReadError, match="row 2 of the frame, column verdict: no JSON"):
        tuple(records_of(broken))
    broken.iloc[2, broken.columns.get_loc("verdict")] = "{}"
    with pytest.raises(ReadError, match=r"row 2 of the frame: \$\.verdict"):
        tuple(records_of(broken))


def test_a_text_of_digits_that_pandas_took_for_a_number_is_said():
    made = [replace(records()[0], id="17")]
    with pytest.raises(ReadError, match=r"row 0 of the frame, column id: 17 is a number .*dtype=False"):
        tuple(records_of(from_json_lines(made)))
    assert [r.id for r in records_of(from_json_lines(made, dtype=False))] == ["17"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("records.jsonl", "'records.jsonl' is a text or a name; give .*read_records"),
        (records()[0], r"one Record; give \[it\]"),
        ({"id": "a"}, r"one dict; give \[it\]"),
        (None, "NoneType is no record"),
    ],
)
def test_what_holds_no_records_is_said(given, words):
    with pytest.raises(SettingsError, match=words):
        records_of(given)
    with pytest.raises(ReadError, match="item 1: int is no record"):
        tuple(records_of([records()[0], 3]))
