"""`frame.labtape` and `series.labtape`."""

from datetime import UTC, datetime

import pandas as pd
import pytest

import labtape
import labtape.pandas
from labtape.exceptions import SettingsError
from labtape.report import to_frame, write_records

NOW = datetime(2026, 6, 10, tzinfo=UTC)
KIMI = "Kimi's share of tokens on OpenRouter rose from 4% to 12% in May 2026, OpenRouter said."
ROWS = [
    ("Kimi gains", KIMI),
    ("Nothing here", "The weather was fine."),
    (None, None),
    ("Nvidia shares fall 6%", "Nvidia fell."),
]


@pytest.fixture
def frame():
    index = pd.MultiIndex.from_tuples([("x", 1), ("x", 2), ("y", 1), ("y", 1)], names=["desk", "n"])
    return pd.DataFrame(ROWS, columns=["headline", "body"], index=index)


@pytest.fixture
def scored(frame):
    return frame.labtape.score(title="headline", text="body", bundle="rules", now=NOW)


def test_a_frame_is_scored_as_its_articles_are(frame, scored):
    articles = [{"title": title, "text": text} for title, text in ROWS if text]
    wanted = to_frame(labtape.label_many(articles, bundle="rules", now=NOW))
    assert scored.index.equals(frame.index)
    told = scored.dropna(subset=["id"])
    assert told["label"].tolist() == wanted["label"].tolist()
    assert told["shares"].tolist() == wanted["shares"].tolist()
    assert scored.iloc[2].isna().all()


def test_the_same_columns_called_title_and_text_need_no_names(frame, scored):
    renamed = frame.set_axis(["title", "text"], axis="columns")
    pd.testing.assert_frame_equal(renamed.labtape.score(bundle="rules", now=NOW), scored)


def test_a_column_given_by_hand_goes_before_one_of_the_usual_name(frame, scored):
    both = frame.assign(title="A title of something else", text="Other words.")
    pd.testing.assert_frame_equal(
        both.labtape.score(title="headline", text="body", bundle="rules", now=NOW), scored
    )


def test_a_title_stays_when_only_the_text_is_given(frame, scored):
    half = frame.rename(columns={"headline": "title"})
    pd.testing.assert_frame_equal(half.labtape.score(text="body", bundle="rules", now=NOW), scored)


def test_shares_are_rows_under_the_index_of_their_article(scored):
    shares = scored.labtape.shares()
    assert shares.index.tolist() == [("x", 1), ("x", 1)]
    assert shares.index.names == ["desk", "n"]
    assert dict(zip(shares["role"], shares["value"], strict=True)) == {"baseline": 4.0, "current": 12.0}
    assert shares["platform"].tolist() == ["platform:openrouter"] * 2
    assert shares["period_start"].dropna().unique().tolist() == ["2026-05-01"]
    joined = shares.join(scored[["label"]])
    assert joined["label"].notna().all()


def test_entities_are_told_with_their_verdicts(scored):
    entities = scored.labtape.entities()
    nvidia = entities.set_index("entity").loc["company:nvidia"]
    assert (nvidia["label"], nvidia["role"], nvidia["in_title"], nvidia["n_mentions"]) == (
        "Bearish",
        "subject",
        True,
        2,
    )
    assert nvidia["score"] < 0
    venue = entities[entities["entity"] == "platform:openrouter"].iloc[0]
    assert pd.isna(venue["label"])


def test_events_are_told_with_their_types(scored):
    events = scored.labtape.events()
    assert "market_move" in events["type"].tolist()
    assert events["p"].between(0, 1).all()


@pytest.mark.parametrize("kind", ["shares", "entities", "events"])
def test_findings_of_nothing_have_the_same_columns(scored, kind):
    found = getattr(scored.labtape, kind)()
    none = getattr(scored.iloc[2:3].labtape, kind)()
    assert len(none) == 0
    assert none.dtypes.to_dict() == found.dtypes.to_dict()


def test_a_frame_without_rows_is_scored_too(frame):
    empty = frame.iloc[:0].labtape.score(title="headline", bundle="rules")
    assert len(empty) == 0
    assert "label" in empty.columns


def test_what_was_written_and_read_again_has_its_shares(scored, tmp_path):
    told = scored.dropna(subset=["id"]).reset_index(drop=True)
    told.to_parquet(tmp_path / "scored.parquet")
    again = pd.read_parquet(tmp_path / "scored.parquet")
    pd.testing.assert_frame_equal(again.labtape.shares(), told.labtape.shares())


def test_json_lines_that_pandas_read_have_their_findings(scored, tmp_path):
    records = [labtape.label(KIMI, title="Kimi gains", bundle="rules", now=NOW)]
    write_records(records, tmp_path / "records.jsonl")
    read = pd.read_json(tmp_path / "records.jsonl", lines=True)
    flat = to_frame(records)
    for kind in ("shares", "entities", "events"):
        pd.testing.assert_frame_equal(getattr(read.labtape, kind)(), getattr(flat.labtape, kind)())
    assert len(read.labtape.shares()) == 2


def test_a_series_of_texts_has_the_same(frame):
    texts = frame["body"].labtape.score(bundle="rules", now=NOW)
    assert texts.index.equals(frame.index)
    pd.testing.assert_frame_equal(texts, frame.labtape.score(text="body", bundle="rules", now=NOW))
    titles = frame["headline"].labtape.score(texts_are="title", bundle="rules", now=NOW)
    assert titles["title"].iloc[0] == "Kimi gains"


def test_a_frame_that_is_not_scored_is_scored_for_its_shares(frame):
    plain = frame.set_axis(["title", "text"], axis="columns").iloc[:1]
    assert plain.labtape.shares()["value"].tolist() == [4.0, 12.0]
    assert plain["text"].labtape.shares()["value"].tolist() == [4.0, 12.0]
    assert "lab:moonshot" in plain["text"].labtape.entities()["lab"].tolist()
    assert len(plain["text"].labtape.events())


@pytest.mark.parametrize(
    ("columns", "options", "said"),
    [
        (["headline", "body"], {}, r"no column 'title' or 'text'; say score\(title='headline', text='body'\); have: headline, body"),
        (["a", "b"], {}, r"say score\(title='…', text='…'\); have: a, b"),
        (["a", "b"], {"text": "c"}, "frame: text='c': no such column; have: a, b"),
        (["title", "title"], {}, "frame: 'title': 2 columns of that name"),
        (["a", "a"], {"title": "a"}, "frame: title='a': 2 columns of that name"),
        (["a", "b"], {"title": "a", "text": "a"}, "are the same column"),
    ],
)  # fmt: skip
def test_a_column_that_is_not_there_is_named(columns, options, said):
    with pytest.raises(SettingsError, match=said):
        pd.DataFrame([["x", "y"]], columns=columns).labtape.score(bundle="rules", **options)


def test_a_series_without_texts_is_refused():
    with pytest.raises(SettingsError, match="series 'price' holds float64, and no texts to score"):
        pd.Series([1.0, 2.0], name="price").labtape.score()
    with pytest.raises(SettingsError, match="texts_are='body'; have: text, title"):
        pd.Series(["a"]).labtape.score(texts_are="body")
