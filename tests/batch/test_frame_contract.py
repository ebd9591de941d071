"""What engines of many machines may rely on: `score_frame` is pure, and its answer has one shape."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import partial

import pandas as pd
import pyarrow as pa
import pytest

import labtape
from labtape.batch import Tools, empty_frame, frame_schema, score_frame, score_frames, spark_schema
from labtape.batch import core as batch_core
from labtape.exceptions import BundleError, LexiconError, SettingsError

NOW = datetime(2026, 6, 10, tzinfo=UTC)
RULES = Tools(bundle="rules")
TITLES = [
    "Nvidia shares fall 6% as the US tightens chip exports",
    "DeepSeek halves API prices",
    "Qwen took about 18% of tokens on OpenRouter in May",
    "智谱发布GLM-6并开源",
]
scored = partial(score_frame, tools=RULES, now=NOW)


def frame(**columns):
    return pd.DataFrame({"title": TITLES, **columns})


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [None],
        [None, "  "],
        TITLES[:1],
        [TITLES[0], None],
        [7, TITLES[1]],
    ],
    ids=["none", "empty", "two empty", "one", "one empty", "a number"],
)
def test_columns_and_dtypes_are_the_same_whatever_the_rows(rows):
    got = scored(pd.DataFrame({"title": pd.Series(rows, dtype="object")}))
    assert len(got) == len(rows)
    pd.testing.assert_series_equal(got.dtypes, empty_frame().dtypes)


@pytest.mark.parametrize(
    "rows", [TITLES, [None], [], [TITLES[0], None]], ids=["all", "null", "none", "mixed"]
)
def test_every_answer_fits_the_schema_and_comes_back_from_parquet(rows, tmp_path):
    got = scored(pd.DataFrame({"title": pd.Series(rows, dtype="str")}))
    table = pa.Table.from_pandas(got, schema=frame_schema(), preserve_index=False)
    assert table.schema.equals(frame_schema())
    got.to_parquet(tmp_path / "part.parquet", schema=frame_schema(), index=False)
    back = pd.read_parquet(tmp_path / "part.parquet")
    assert list(back["label"].isna()) == [title is None for title in rows]
    assert list(back["n_mentions"].dropna()) == list(got["n_mentions"].dropna())


def test_the_schemas_of_arrow_and_spark_name_the_columns_of_the_frame():
    names = list(empty_frame().columns)
    assert frame_schema().names == names
    assert [part.split()[0].strip("`") for part in spark_schema().split(", ")] == names


def test_other_labels_have_columns_of_their_own():
    labels = ("Very Bullish", "Neutral")
    assert frame_schema(labels).names == list(empty_frame(labels).columns)
    assert "p_very_bullish" in frame_schema(labels).names


@pytest.mark.parametrize(
    "dtype",
    ["object", "str", "string", "string[pyarrow]", pd.ArrowDtype(pa.large_string()), "category"],
    ids=str,
)
def test_words_of_any_dtype_are_read_alike(dtype):
    given = pd.DataFrame({"title": pd.Series([*TITLES, None], dtype=dtype)})
    wanted = scored(pd.DataFrame({"title": [*TITLES, None]}))
    pd.testing.assert_frame_equal(scored(given), wanted)


@pytest.mark.parametrize(
    "values",
    [
        pd.Series([pd.Timestamp("2026-06-01T10:00:00Z")] * 4),
        pd.Series([pd.Timestamp("2026-06-01T10:00:00")] * 4),
        pd.Series(["2026-06-01T10:00:00Z"] * 4, dtype="string"),
        pd.Series([datetime(2026, 6, 1, 10, tzinfo=UTC)] * 4, dtype=pd.ArrowDtype(pa.timestamp("us", "UTC"))),
    ],
    ids=["aware", "naive", "text", "arrow"],
)
def test_times_of_any_dtype_are_read_alike(values):
    assert set(scored(frame(published_at=values))["published_at"]) == {pd.Timestamp("2026-06-01T10:00:00Z")}


def test_a_day_is_a_date():
    days = pd.Series([date(2026, 6, 1)] * 4, dtype=pd.ArrowDtype(pa.date32()))
    assert set(scored(frame(published_at=days))["published_precision"]) == {"day"}


def test_missing_values_of_any_kind_are_no_words():
    text = pd.Series([None, float("nan"), pd.NA, "Prices halved."], dtype="object")
    got = scored(frame(text=text))
    assert got["label"].notna().all()


@pytest.mark.parametrize(
    "index",
    [
        pd.Index([3, 3, 1, 1]),
        pd.Index(["d", "c", "b", "a"], name="key"),
        pd.date_range("2026-06-01", periods=4, tz="UTC"),
        pd.MultiIndex.from_product([["x", "y"], [1, 2]], names=["part", "row"]),
    ],
    ids=["doubled", "named", "times", "levels"],
)
def test_any_index_comes_back_as_it_was(index):
    got = scored(frame().set_axis(index))
    assert got.index.equals(index)
    assert got.index.names == index.names
    assert list(got["title"]) == TITLES


def test_the_same_frame_gives_the_same_answer_and_stays_as_it_was():
    given = frame(text=["a", None, "b", "c"])
    before = given.copy(deep=True)
    first = scored(given)
    scored(frame(title=TITLES[::-1]))
    pd.testing.assert_frame_equal(scored(given), first)
    pd.testing.assert_frame_equal(given, before)


def test_partitions_put_together_are_the_whole():
    whole = scored(frame())
    parts = [scored(frame().iloc[begin : begin + 1]) for begin in range(4)]
    pd.testing.assert_frame_equal(pd.concat(parts), whole)


def test_the_function_is_pickled_by_its_name():
    again = pickle.loads(pickle.dumps(partial(labtape.score_frame, bundle="rules", now=NOW)))
    assert again.func is labtape.score_frame
    assert len(pickle.dumps(scored)) < 500
    pd.testing.assert_frame_equal(again(frame()), scored(frame()))


def test_an_iterator_of_frames_is_answered_frame_by_frame():
    frames = iter([frame(), frame().iloc[:0], frame().iloc[2:]])
    assert [len(got) for got in score_frames(frames, tools=RULES, now=NOW)] == [4, 0, 2]


def test_a_row_of_a_wrong_type_is_null_and_said():
    given = pd.DataFrame({"title": TITLES[:2], "text": [3.5, "Prices fell."]}, index=["x", "y"])
    with pytest.warns(
        RuntimeWarning, match=r"1 of 2 rows come back null; the first: row 'x': field 'text' is a number"
    ):
        got = scored(given)
    assert list(got["label"].isna()) == [True, False]


def test_a_column_of_another_name_is_told_how_to_be_renamed():
    with pytest.raises(SettingsError, match=r"have: headline, n; rename one: frame\.rename"):
        scored(pd.DataFrame({"headline": ["x"], "n": [1]}))


def test_threads_get_the_answers_of_one_and_load_the_model_once():
    batch_core._opened.cache_clear()
    frames = [frame(text=[f"Story {n}. It took 18% of tokens."] * 4) for n in range(6)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(scored, frames))
    assert batch_core._opened.cache_info().misses == 1
    for got, given in zip(together, frames, strict=True):
        pd.testing.assert_frame_equal(got, scored(given))


# ---------------------------------------------------------------- Dask, in this process


@pytest.fixture
def dd():
    return pytest.importorskip("dask.dataframe", reason="labtape[dask] is not installed")


def test_a_dask_frame_is_scored_as_a_whole_one(dd):
    given = frame(text=["a", None, "b", "c"]).set_axis([1, 4, 4, 9])
    made = labtape.batch.score_dask(dd.from_pandas(given, npartitions=2), bundle="rules", now=NOW)
    assert made.divisions == dd.from_pandas(given, npartitions=2).divisions
    pd.testing.assert_series_equal(made.dtypes, empty_frame().dtypes)
    pd.testing.assert_frame_equal(made.compute(scheduler="sync"), scored(given))


def test_partitions_without_rows_or_words_have_the_same_types(dd, tmp_path):
    given = frame().assign(keep=[True, False, False, True], title=[TITLES[0], None, None, TITLES[3]])
    ddf = dd.from_pandas(given, npartitions=4)
    made = labtape.batch.score_dask(ddf[ddf["keep"] | (ddf["title"].isna())], bundle="rules", now=NOW)
    made.to_parquet(
        tmp_path / "out", schema=frame_schema(), write_index=False, compute_kwargs={"scheduler": "sync"}
    )
    back = pd.read_parquet(tmp_path / "out")
    assert list(back["title"].dropna()) == [TITLES[0], TITLES[3]]
    assert [list(labs) for labs in back["labs"].dropna()] == [
        list(x) for x in made.compute(scheduler="sync")["labs"].dropna()
    ]


def test_one_time_holds_for_all_partitions(dd):
    made = labtape.batch.score_dask(dd.from_pandas(frame(), npartitions=4), bundle="rules")
    assert made.compute(scheduler="sync")["scored_at"].nunique() == 1


def test_what_is_no_dask_frame_is_named(dd):
    with pytest.raises(
        SettingsError, match=r"is a pandas\S*DataFrame; would take a dask\.dataframe\.DataFrame"
    ):
        labtape.batch.score_dask(frame(), bundle="rules")


def test_a_dask_frame_without_words_is_refused_before_it_is_computed(dd):
    ddf = dd.from_pandas(pd.DataFrame({"headline": ["x"]}), npartitions=1)
    with pytest.raises(SettingsError, match="no column 'title' or 'text'; have: headline"):
        labtape.batch.score_dask(ddf, bundle="rules")


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"now": "2026-06-10"}, SettingsError, "now is str '2026-06-10'; would be a datetime"),
        ({"bundle": 3}, BundleError, "bundle is int '3'"),
        ({"lexicon": "nowhere"}, LexiconError, "nowhere"),  # one folder, not its letters
        ({"model": "rules"}, BundleError, "a bundle is given by name"),
    ],
)
def test_what_does_not_fit_is_told_alike_for_frames_of_pandas_and_of_dask(dd, wrong, error, words):
    given = {"bundle": "rules", **wrong}
    for score, rows in (
        (labtape.score_frame, frame()),
        (labtape.batch.score_dask, dd.from_pandas(frame(), npartitions=2)),
    ):
        with pytest.raises(error, match=words):
            score(rows, **given)


def test_a_time_without_a_zone_is_utc_for_dask_too(dd):
    made = labtape.batch.score_dask(
        dd.from_pandas(frame(), npartitions=2), bundle="rules", now=NOW.replace(tzinfo=None)
    )
    assert set(made.compute(scheduler="sync")["scored_at"]) == {pd.Timestamp(NOW)}
