"""The frame contract under Spark: `mapInPandas` on this machine's Java."""

import shutil
import sys
from datetime import UTC, datetime
from functools import partial

import pandas as pd
import pytest

from labtape.batch import Tools, score_frame, score_frames, spark_schema

pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed")
if not shutil.which("java"):
    pytest.skip("Spark needs Java, which is not on the path", allow_module_level=True)

pytestmark = [
    pytest.mark.slow,
    # PySpark 4.3 says of pandas 3 that it was not tried with it, and uses what newer ones of its libraries name otherwise.
    pytest.mark.filterwarnings("ignore:::pyspark"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

NOW = datetime(2026, 6, 10, tzinfo=UTC)
TITLES = [
    "Nvidia shares fall 6%",
    "DeepSeek halves API prices",
    None,
    "Qwen took about 18% of tokens on OpenRouter in May",
]


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    import os

    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        pyspark.sql.SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("spark")))
        .getOrCreate()
    )
    yield session
    session.stop()


def test_map_in_pandas_gives_the_rows_of_one_process(spark):
    rows = [(f"a{n}", TITLES[n % 4]) for n in range(12)]
    given = spark.createDataFrame(rows, "id string, title string").repartition(2)
    scored = given.mapInPandas(partial(score_frames, tools=Tools("rules"), now=NOW), spark_schema())
    answered = scored.collect()
    got = {row["id"]: row.asDict() for row in answered if row["id"]}
    wanted = score_frame(pd.DataFrame(rows, columns=["id", "title"]), tools=Tools("rules"), now=NOW)
    assert len(answered) == 12
    assert len(got) == 9
    for row in wanted.dropna(subset="id").to_dict("records"):
        mine = got[row["id"]]
        for name in ("title", "label", "p_bullish", "n_shares", "mentions", "verdict", "relevant"):
            assert mine[name] == row[name]
        assert tuple(mine["labs"]) == row["labs"]
        assert (
            mine["scored_at"].timestamp() == NOW.timestamp()
        )  # Spark's times are this machine's, without a zone
