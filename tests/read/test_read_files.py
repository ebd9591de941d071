"""Files, folders and streams of every kind; what cannot be read comes back as a value."""

from __future__ import annotations

import gzip
import io
import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labtape.exceptions import ReadError, SettingsError
from labtape.read import Failure, article_from_row, read_articles, read_articles_stream
from labtape.types import Article

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
DATA = Path(__file__).parents[1] / "data" / "feeds"
ROWS = (
    {"title": "One", "text": "First text, “quoted”.", "url": "https://a.example/1?utm_source=x", "published": "2026-06-13T16:37:21+02:00",
     "publisher": "A", "language": "en-US", "id": "x1", "stars": 5},
    {"headline": "二", "content": "正文", "link": "https://a.example/2", "date": "2026-06-13"},
)  # fmt: skip


def found(path: Path, **options):
    return list(read_articles(path, now=NOW, **options))


def stream(body: bytes, **options):
    return list(read_articles_stream(io.BytesIO(body), name="-", now=NOW, **options))


def failure(path: Path, **options) -> Failure:
    *_, last = found(path, **options)
    assert isinstance(last, Failure)
    assert "\n" not in str(last)
    return last


def jsonl(rows) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


# ---------------------------------------------------------------- rows


def test_a_row_becomes_an_article():
    one, two = (article_from_row(row, place="x:1", now=NOW) for row in ROWS)
    assert one == Article(
        id="x1", title="One", text="First text, “quoted”.", url="https://a.example/1?utm_source=x",
        canonical_url="https://a.example/1", publisher="A", language="en",
        published_at=datetime(2026, 6, 13, 14, 37, 21, tzinfo=UTC), published_precision="second", first_seen_at=NOW,
    )  # fmt: skip
    assert (two.title, two.text, two.published_precision) == ("二", "正文", "day")


def test_title_and_text_stay_to_the_letter():
    row = {"title": " A  b ", "text": "x\r\n\u200b <b>y</b> \n"}
    article = article_from_row(row, place="x", now=NOW)
    assert (article.title, article.text) == (row["title"], row["text"])


def test_what_no_file_can_hold_is_replaced_one_by_one():
    assert article_from_row({"text": "a\0b\ud800c"}, place="x", now=NOW).text == "a b\ufffdc"


@pytest.mark.parametrize(
    ("value", "moment", "precision"),
    [
        (1781340000, datetime(2026, 6, 13, 8, 40, tzinfo=UTC), "second"),
        (1781340000.5, datetime(2026, 6, 13, 8, 40, tzinfo=UTC), "second"),
        (datetime(2026, 6, 13, 8, 40), datetime(2026, 6, 13, 8, 40, tzinfo=UTC), "second"),  # noqa: DTZ001 - as Parquet gives it
        (date(2026, 6, 13), datetime(2026, 6, 13, tzinfo=UTC), "day"),
        ("2026-06-13 08:40:00", datetime(2026, 6, 13, 8, 40, tzinfo=UTC), "second"),
        ("yesterday", None, "none"),
        (float("nan"), None, "none"),
        (None, None, "none"),
    ],
)
def test_a_date_of_a_row_may_be_text_a_number_or_a_date(value, moment, precision):
    article = article_from_row({"title": "A", "published_at": value}, place="x", now=NOW)
    assert (article.published_at, article.published_precision) == (moment, precision)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({}, "neither title nor text; have: nothing"),
        ({"id": 1, "title": " ", "text": None}, "neither title nor text; have: id, title, text"),
        ({"title": 7}, "field 'title' is a number; would be text"),
        ({"title": "A", "content": ["a"]}, "field 'content' is a list; would be text"),
        ({"title": "A", "url": {"href": "x"}}, "field 'url' is an object; would be text"),
        ({"title": "A", "date": True}, "field 'date' is true or false"),
        ({"title": "A", "id": 1.5}, "field 'id' is a number"),
    ],
)
def test_a_wrong_row_is_an_error_that_names_the_place(row, words):
    with pytest.raises(ReadError) as caught:
        article_from_row(row, place="news.jsonl:7", now=NOW)
    assert str(caught.value).startswith("news.jsonl:7: ")
    assert words in str(caught.value)


def test_columns_may_be_named():
    row = {"paragraph": "Text.", "title": "Not this", "kop": "This"}
    article = article_from_row(row, place="x", now=NOW, columns={"text": "paragraph", "title": "kop"})
    assert (article.title, article.text) == ("This", "Text.")
    with pytest.raises(ReadError, match="no column 'kop'"):
        article_from_row({"title": "A"}, place="x", now=NOW, columns={"title": "kop"})


# ---------------------------------------------------------------- tables


@pytest.mark.parametrize(
    "name",
    ["t.jsonl", "t.ndjson", "t.jsonl.gz", "t.json", "t.data", "t.csv", "t.tsv", "t.csv.gz", "t.parquet"],
)
def test_the_same_rows_are_the_same_articles_in_every_kind_of_table(tmp_path, name):
    path = tmp_path / name
    names = list(dict.fromkeys(key for row in ROWS for key in row))
    if "csv" in name or "tsv" in name:
        sign = "\t" if "tsv" in name else ","
        lines = [sign.join(names)] + [sign.join(f'"{row.get(key, "")}"' for key in names) for row in ROWS]
        body = "\r\n".join(lines).encode("utf-8-sig")
    elif name.endswith("parquet"):
        pq.write_table(pa.Table.from_pylist([{key: row.get(key) for key in names} for row in ROWS]), path)
        body = path.read_bytes()
    else:
        body = json.dumps(ROWS).encode() if name.endswith(".json") else jsonl(ROWS)
    path.write_bytes(gzip.compress(body) if name.endswith(".gz") else body)
    assert found(path) == [article_from_row(row, place="x", now=NOW) for row in ROWS]


def test_a_bad_line_is_reported_and_the_rest_is_done(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_bytes(
        jsonl(ROWS[:1]) + b'{"title": \n\n[1]\n{"id": 3}\n"x"\n' + b"[" * 99_999 + b"\n" + jsonl(ROWS[1:])
    )
    result = found(path)
    places = [one.place.removeprefix(str(path)) for one in result if isinstance(one, Failure)]
    assert places == [":2", ":4", ":5", ":6", ":7"]
    assert [one.title for one in result if isinstance(one, Article)] == ["One", "二"]
    assert "broken JSON: Expecting value at column 10" in str(result[1])


def test_parquet_is_read_by_batches_and_a_timestamp_without_zone_is_utc(tmp_path):
    path = tmp_path / "t.parquet"
    moment = datetime(2026, 6, 13, 8, 40)  # noqa: DTZ001 - as data frames write it
    pq.write_table(
        pa.table({"Title": [f"T{n}" for n in range(3000)], "date": [moment] * 3000, "x": [[1]] * 3000}), path
    )
    result = found(path)
    assert len(result) == 3000
    assert result[2999].title == "T2999"
    assert result[0].published_at == moment.replace(tzinfo=UTC)


def test_a_csv_of_another_charset_and_with_long_fields_is_read(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("title;text\n算力;".encode("gb18030") + b"x" * 300_000 + b"\n")
    (article,) = found(path)
    assert (article.title, len(article.text)) == ("算力", 300_000)


def test_a_column_that_is_not_there_is_a_wrong_setting(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("title,text\na,b\n")
    with pytest.raises(SettingsError, match=r"no column 'kop'; have: title, text"):
        found(path, columns={"title": "kop"})
    with pytest.raises(SettingsError, match=r"no field 'headlin' .*have: title, text"):
        found(path, columns={"headlin": "title"})


# ---------------------------------------------------------------- documents


@pytest.mark.parametrize(
    ("name", "count"),
    [("rss20.xml", 3), ("atom.xml", 2), ("feed.json", 2), ("zh-gbk.xml", 2), ("malformed.xml", 4)],
)
def test_a_feed_file_is_read_under_any_name(tmp_path, name, count):
    plain = tmp_path / "whatever"
    shutil.copy(DATA / name, plain)
    assert len(found(DATA / name)) == count
    assert [a.id for a in found(plain)] == [a.id for a in found(DATA / name)]
    assert [a.id for a in stream((DATA / name).read_bytes())] == [a.id for a in found(DATA / name)]


def test_the_first_line_of_a_text_is_its_title(tmp_path):
    (tmp_path / "a.md").write_text("# Title *here*\n\nOne.\n\nTwo.\n")
    (article,) = found(tmp_path / "a.md")
    assert (article.title, article.text) == ("Title *here*", "One.\n\nTwo.")
    assert stream(b"Title\nOne.")[0].text == "One."


def test_a_page_is_its_article(tmp_path):
    (article,) = found(DATA / "article.html")
    assert article.title == "Chips get cheaper"
    assert article.text.startswith("Prices of rented accelerators") or "\nPrices of rented" in article.text
    assert "newsletter" not in article.text and "Home" not in article.text
    assert article.published_at == datetime(2026, 6, 13, 15, 37, 21, tzinfo=UTC)
    assert (article.publisher, article.language) == ("Harbour Ledger", "en")


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("a.xml", b"", "is empty"),
        (
            "a.xml",
            b"<html><link rel=alternate type=application/rss+xml href=/f></html>",
            "is an HTML page, not a feed",
        ),
        ("a.xml", b"<catalog/>", "begins with <catalog>"),
        (
            "a.opml",
            b"<opml><outline xmlUrl='https://a.example/'/></opml>",
            "is a list of 1 feeds, not articles",
        ),
        ("a.json", b'{"title": "A",\n', "broken JSON at line 2"),
        ("a.jsonl", b"", "is empty"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"name,feed\na,b\n", "no column with titles or texts; have: name, feed"),
        ("a.parquet", b"PAR1 not really", "is not a Parquet file"),
        ("a.txt", b"", "is empty"),
        ("a.txt", b"\x7fELF\0\0\0", "is binary"),
        ("a.bin", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is binary"),
        ("a.html", b"<html><body></body></html>", "holds no article text"),
        ("a.jsonl.gz", b"\x1f\x8bbroken", "broken gzip"),
        ("a.xml.gz", b"\x1f\x8b\x08\0broken", "broken gzip"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line_that_says_why(tmp_path, name, body, words):
    path = tmp_path / name
    path.write_bytes(body)
    last = failure(path)
    assert last.place == str(path)
    assert words in last.error
    assert not last.error.startswith(str(path))


def test_a_missing_file_is_a_failure(tmp_path):
    assert str(failure(tmp_path / "none.xml")).endswith("none.xml: there is no such file or folder")


def test_a_folder_is_read_in_order_and_its_failures_stand_beside(tmp_path):
    (tmp_path / "b").mkdir()
    shutil.copy(DATA / "rss20.xml", tmp_path / "b" / "one.xml")
    (tmp_path / "a.jsonl").write_bytes(jsonl(ROWS) + b"{\n")
    (tmp_path / "c.xml").write_bytes(b"<html></html>")
    for name in ("README.md", "LICENSE.txt", ".hidden.xml", "picture.png"):
        (tmp_path / name).write_text("no news")
    result = found(tmp_path)
    assert [type(one).__name__ for one in result] == ["Article"] * 2 + ["Failure"] + ["Article"] * 3 + [
        "Failure"
    ]


def test_a_folder_without_anything_readable_says_what_it_has(tmp_path):
    (tmp_path / "a.toml").write_text("x")
    assert "no feeds or tables under it; have: a.toml; would read: .xml .rss .atom" in str(failure(tmp_path))


@pytest.mark.parametrize("body", [b"", b"\0\1\2", b"\x1f\x8b\x08", b"<html></html>", b"{", b"[1, 2]"])
def test_a_stream_that_cannot_be_read_is_a_failure(body):
    assert all(isinstance(one, Failure) for one in stream(body))
    assert stream(body)


def test_a_stream_may_be_any_table():
    assert [a.title for a in stream(jsonl(ROWS))] == ["One", "二"]
    assert [a.title for a in stream(gzip.compress(jsonl(ROWS)))] == ["One", "二"]
    assert [a.title for a in stream(b"title,text\na,b\n")] == ["a"]


def test_a_line_beyond_the_limit_is_reported_and_the_rest_is_read(tmp_path):
    path = tmp_path / "long.jsonl"
    long = '{"title": "' + "x" * (17 * 2**20) + '"}'
    path.write_text(f'{{"title": "A"}}\n{long}\n{{"title": "B"}}\n', "utf-8")
    found = list(read_articles(path, now=NOW))
    assert [getattr(item, "title", None) for item in found] == ["A", None, "B"]
    assert str(found[1]) == f"{path}:2: longer than 16 MiB; would read shorter lines"
