from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

from labtape.batch import Tools, score, score_frame
from labtape.batch.core import judged
from labtape.exceptions import SettingsError
from labtape.report import record_json
from labtape.story import Grouper
from labtape.story.origins import outlet_of
from labtape.types import Article

NOW = datetime(2026, 6, 10, tzinfo=UTC)
RULES = Tools(bundle="rules")
TITLES = [
    "Nvidia shares fall 6% as the US tightens chip exports",
    "DeepSeek halves API prices",
    "Qwen took about 18% of tokens on OpenRouter in May",
    "智谱发布GLM-6并开源",
    "Gemini to list six tokens",
]


def articles(n):
    return [
        Article(
            id=f"a{i}",
            title=TITLES[i % len(TITLES)],
            text=f"{TITLES[i % len(TITLES)]}. Item {i}.",
            published_at=datetime(2026, 6, 1 + i % 9, tzinfo=UTC),
            published_precision="day",
        )
        for i in range(n)
    ]


def test_one_record_comes_per_article_in_order():
    assert [r.id for r in score(articles(130), tools=RULES, now=NOW)] == [f"a{i}" for i in range(130)]


def test_records_come_while_articles_still_go_in():
    given = 0

    def endless():
        nonlocal given
        for article in articles(10_000):
            given += 1
            yield article

    assert next(score(endless(), tools=RULES, now=NOW)).id == "a0"
    assert given <= 64


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [2, 4])
def test_the_parallel_answer_equals_the_serial_one(jobs):
    serial = [record_json(r) for r in score(articles(200), tools=RULES, now=NOW, grouper=Grouper())]
    parallel = [
        record_json(r) for r in score(articles(200), tools=RULES, now=NOW, grouper=Grouper(), jobs=jobs)
    ]
    assert parallel == serial


@pytest.mark.slow
def test_many_processes_read_what_one_article_tells_a_grouper():
    [elsewhere] = judged([articles(10)], tools=RULES, now=NOW, jobs=4, grouped=True)
    assert [p.outlet for _, _, p in elsewhere] == [outlet_of(a) for a in articles(10)]
    [here] = judged([articles(10)], tools=RULES, now=NOW, grouped=True)
    [by_few] = judged([articles(10)], tools=RULES, now=NOW, jobs=2, grouped=True)
    [ungrouped] = judged([articles(10)], tools=RULES, now=NOW, jobs=4)
    assert {p for _, _, p in (*here, *by_few, *ungrouped)} == {None}


def test_a_grouper_places_copies_in_one_story():
    first = articles(1)[0]
    second = replace(first, id="b0", publisher="Other")
    records = list(score([first, second], tools=RULES, now=NOW, grouper=Grouper()))
    assert records[0].story.id == records[1].story.id
    assert records[1].story.n_articles == 2


def test_without_a_grouper_each_article_is_its_own_story():
    records = list(score(articles(6), tools=RULES, now=NOW))
    assert len({r.story.id for r in records}) == 6


def test_a_frame_keeps_its_index_and_order():
    frame = pd.DataFrame({"title": TITLES, "other": 1}, index=[9, 7, 5, 3, 1])
    scored = score_frame(frame, tools=RULES, now=NOW)
    assert list(scored.index) == [9, 7, 5, 3, 1]
    assert list(scored["title"]) == TITLES


def test_a_frame_without_title_and_text_is_refused():
    with pytest.raises(SettingsError, match="no column 'title' or 'text'; have: headline"):
        score_frame(pd.DataFrame({"headline": ["x"]}), tools=RULES, now=NOW)


def test_an_empty_row_of_a_frame_comes_back_empty_in_its_place():
    frame = pd.DataFrame({"title": ["Nvidia falls 5%", None, "  ", "Kimi K3 is out"]}, index=list("abcd"))
    scored = score_frame(frame, tools=RULES, now=NOW)
    assert list(scored.index) == list("abcd")
    assert list(scored["title"].isna()) == [False, True, True, False]
    assert list(scored["label"].isna()) == [False, True, True, False]


def test_a_frame_with_a_column_twice_takes_the_first():
    frame = pd.DataFrame([["Nvidia falls 5%", "Kimi K3 is out"]], columns=["title", "title"])
    assert list(score_frame(frame, tools=RULES, now=NOW)["title"]) == ["Nvidia falls 5%"]


def test_an_empty_frame_gives_an_empty_frame_with_the_columns():
    scored = score_frame(pd.DataFrame({"title": []}), tools=RULES, now=NOW)
    assert len(scored) == 0
    assert "label" in scored.columns


def test_a_frame_scores_under_map_partitions():
    dataframe = pytest.importorskip("dask.dataframe")
    frame = pd.DataFrame({"title": TITLES})
    whole = score_frame(frame, tools=RULES, now=NOW)
    parts = dataframe.from_pandas(frame, npartitions=2)
    got = parts.map_partitions(score_frame, tools=RULES, now=NOW, meta=whole.iloc[:0]).compute(
        scheduler="sync"
    )
    pd.testing.assert_frame_equal(got, whole, check_dtype=False)
