"""Stories measured: BCubed by hand, sets read with the place of what is wrong, plain methods beside labtape."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from rich.console import Console

from labtape.exceptions import ReadError
from labtape.train.stories import bcubed, best_of, measure_pairs, measure_sets, pair_measures, story_measures
from labtape.train.story_methods import Found, MinHashes, TfIdf, by_labtape, by_title
from labtape.train.story_sets import Pair, StorySet, read_ecb_plus, read_pair_set, read_story_sets, read_uci
from labtape.train.table import stories_table
from labtape.types import Annotated, Article

AT = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
WINDOW = timedelta(hours=72)
ECB = "event,split,first_sentence,text\n"
UCI = "text,story,category,ts\n"
LAB = "Birchline opens a chip plant in Oslo"
RETOLD = "In Oslo, Birchline opens its plant for chips"
RAIN = "Heavy rain closes the harbour of Lima"


def article(k, title, hours=0, text=""):
    return Annotated(Article(str(k), title, text, published_at=AT + hours * HOUR), "en")


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


# ---------------------------------------------------------------- BCubed


@pytest.mark.parametrize(
    ("truth", "found", "p", "r"),
    [
        ("aab", "112", 1, 1),  # the same partition under other names
        ("aab", "123", 1, (1 / 2 + 1 / 2 + 1) / 3),  # each alone
        ("aab", "111", (2 / 3 + 2 / 3 + 1 / 3) / 3, 1),  # all in one
        ("aaabb", "11222", (1 + 1 + 1 / 3 + 2 / 3 + 2 / 3) / 5, (2 / 3 + 2 / 3 + 1 / 3 + 1 + 1) / 5),
    ],
)
def test_bcubed_is_what_a_hand_counts(truth, found, p, r):
    assert bcubed(truth, found) == pytest.approx((p, r, 2 * p * r / (p + r)))


def test_story_measures_are_those_of_bcubed_with_intervals_around_them():
    truth = ["a", "a", "a", "b", "b", "c", "d"]
    found = Found(("1", "1", "2", "2", "3", "4", "5"), ("x",) * 7, 0.5)
    made = story_measures(truth, found)
    p, r, f1 = bcubed(truth, found.stories)
    assert [made[key]["value"] for key in ("p", "r", "f1")] == pytest.approx([p, r, f1], abs=1e-4)
    assert all(made[key]["low"] < made[key]["value"] < made[key]["high"] for key in ("p", "r", "f1"))
    assert made["stories"] == 5
    assert made["per_second"] == 14


def test_without_an_error_the_interval_is_a_point():
    made = story_measures(["a", "a", "b"], Found(("1", "1", "2"), ("1", "1", "2"), 1.0))
    assert made["f1"] == {"value": 1.0, "low": 1.0, "high": 1.0}


def test_pairs_are_counted_and_their_levels_compared():
    pairs = [
        Pair("a", "b", "copy"),  # told as copy
        Pair("a", "c", "copy"),  # told as another telling: one story, but not its level
        Pair("a", "d", "event"),  # missed
        Pair("c", "e", "related"),  # told as one story
        Pair("d", "f", "no"),  # told apart
    ]
    index = {name: k for k, name in enumerate("abcdef")}
    found = Found(("1", "1", "1", "2", "1", "3"), ("x", "x", "y", "z", "y", "w"), 1.0)
    made = pair_measures(pairs, index, found)
    assert (made["tp"], made["fp"], made["fn"]) == (2, 1, 1)
    assert made["p"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert made["f1"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert made["levels"]["value"] == pytest.approx(2 / 5)


# ---------------------------------------------------------------- the methods


def test_plain_methods_join_what_their_threshold_lets_them():
    articles = [article(1, LAB), article(2, RAIN), article(3, RETOLD), article(4, LAB.upper(), 1)]
    one = ("0", "1", "0", "0")
    assert TfIdf(articles, WINDOW)(0.2).stories == one
    assert len(set(TfIdf(articles, WINDOW)(0.95).stories)) == 3
    assert len(set(MinHashes(articles, WINDOW)(0.95).stories)) == 3
    titles = by_title(articles).stories
    assert titles[0] == titles[3] != titles[2]


@pytest.mark.parametrize("method", [TfIdf, MinHashes])
def test_plain_methods_look_no_further_back_than_the_window(method):
    articles = [article(1, LAB), article(2, LAB, 80)]
    assert len(set(method(articles, WINDOW)(0.5).stories)) == 2
    assert len(set(method(articles, 2 * WINDOW)(0.5).stories)) == 1


def test_the_centroid_is_what_a_story_is_compared_by():
    """Behind two articles that share one word of two, a third that has both other words is as near to their sum as its cosine says."""
    articles = [
        article(1, "granite walrus"),
        article(2, "granite teapot"),
        article(3, "walrus teapot"),
        article(4, "meadow"),
    ]
    found = TfIdf(articles, WINDOW)(0.05)
    assert found.stories == ("0", "0", "0", "1")


def test_a_threshold_is_the_best_one_of_its_set():
    articles = [article(1, LAB), article(2, RAIN), article(3, RETOLD)]
    best = best_of(TfIdf(articles, WINDOW), lambda found: bcubed("aba", found.stories)[2])
    assert best.stories == ("0", "1", "0")
    assert best.threshold is not None


def test_labtape_tells_every_article_as_the_stories_stand_at_the_end():
    articles = [article(1, LAB), article(2, RAIN), article(3, LAB, 1)]
    final, first = by_labtape(articles, WINDOW)
    for found in (final, first):
        assert found.stories[0] == found.stories[2] != found.stories[1]
    assert final.origins[0] == final.origins[2]


def test_measures_of_a_set_have_every_method_beside_labtape():
    articles = tuple(article(k, title) for k, title in enumerate((LAB, RAIN, RETOLD)))
    sets = [StorySet(name, articles, ("a", "b", "a")) for name in ("ecb_train", "ecb_dev")]
    made = measure_sets(sets)
    methods = made["ecb_train"]["methods"]
    assert list(methods) == ["labtape", "at first", "own story", "same title", "TF-IDF", "MinHash"]
    assert methods["own story"]["p"]["value"] == 1
    assert methods["own story"]["r"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert made["ecb_dev"]["methods"]["TF-IDF"]["threshold"] == methods["TF-IDF"]["threshold"]


@pytest.mark.parametrize(("name", "n"), [("uci", 4094), ("pairs", 5598)])
def test_the_table_fits_80_columns(name, n):
    part = {"value": 0.8765, "low": 0.8, "high": 1.0}
    method = {
        "p": part,
        "r": part,
        "f1": part,
        "levels": part,
        "stories": 2045,
        "tp": 37,
        "fp": 121,
        "fn": 24,
    }
    methods = {
        "same title": method | {"per_second": 4_000_000, "threshold": None},
        "labtape": method | {"per_second": 12_345, "threshold": 0.3},
        "MinHash": method | {"per_second": None, "threshold": 0.3},
    }
    measures = {"articles": n, "stories": 63, "methods": methods} | (
        {"pairs": 340} if name == "pairs" else {}
    )
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(stories_table(name, measures))
    text = console.export_text()
    assert "…" not in text
    assert ".876 .80–1.0" in text or ".877 .80–1.0" in text
    assert "12,345" in text
    assert ("37 121 24" in text) == (name == "pairs")


# ---------------------------------------------------------------- reading


def test_a_split_of_ecb_plus_is_read_in_an_order_that_stays(tmp_path):
    rows = "".join(f"e{k % 2},{'dev' if k == 3 else 'train'},Title {k},Text {k}\n" for k in range(6))
    path = write(tmp_path / "ecb.csv", ECB + rows)
    found = read_ecb_plus(path, "train")
    assert found.name == "ecb_train"
    assert sorted(a.article.title for a in found.articles) == [f"Title {k}" for k in (0, 1, 2, 4, 5)]
    assert all(
        truth == f"e{int(a.article.title[-1]) % 2}"
        for a, truth in zip(found.articles, found.truth, strict=True)
    )
    assert found == read_ecb_plus(path, "train")
    assert len(read_ecb_plus(path, "dev").articles) == 1


def test_headlines_of_business_and_technology_are_read_by_time(tmp_path):
    path = write(
        tmp_path / "uci.csv", UCI + "Later,s1,b,1394470371207.0\nNot,s2,e,1394470370698.0\nFirst,s3,t,1394470370698\n"
    )  # fmt: skip
    found = read_uci(path)
    assert [a.article.title for a in found.articles] == ["First", "Later"]
    assert found.truth == ("s3", "s1")
    assert found.articles[0].article.published_at == datetime(2014, 3, 10, 16, 52, 50, 698000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("text,story,ts\nA,s1,1394470370698\n", r"set\.csv:1: no column category; need text, story"),
        (UCI + "A,s1,b,1394470370698\nB,s2,b,2014-03-10\n", r"set\.csv:3: ts '2014-03-10' is no time"),
        (UCI + "A,s1,b,nan\n", r"set\.csv:2: ts 'nan' is no time; milliseconds since 1970"),
        (UCI + "A,s1,b,1e300\n", r"set\.csv:2: ts '1e300' is no time"),
        (UCI + "A,s1,b,-5\n", r"set\.csv:2: ts '-5' is no time"),
        (UCI + "A,s1,b\n", r"set\.csv:2: ends before ts"),
        (UCI + "A,,b,1394470370698\n", r"set\.csv:2: story is empty"),
        (UCI + "A,s1,e,1394470370698\n", "no headline of the categories b and t"),
        ("", r"set\.csv:1: no column text, story, category, ts"),
    ],
)
def test_what_is_wrong_with_headlines_is_named_with_its_line(tmp_path, text, says):
    with pytest.raises(ReadError, match=says):
        read_uci(write(tmp_path / "set.csv", text))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("event,split,text\ne,train,T\n", r"set\.csv:1: no column first_sentence"),
        (ECB + "e,train,A,T\ne,test,A,T\n", r"set\.csv:3: split 'test'; have: train, dev"),
        (ECB + ",train,A,T\n", r"set\.csv:2: event is empty"),
        (ECB + "e,dev,A,T\n", "no article of the split train"),
    ],
)
def test_what_is_wrong_with_ecb_plus_is_named_with_its_line(tmp_path, text, says):
    with pytest.raises(ReadError, match=says):
        read_ecb_plus(write(tmp_path / "set.csv", text), "train")


def test_bytes_that_are_no_text_and_files_that_are_absent_are_named(tmp_path):
    path = tmp_path / "set.csv"
    path.write_bytes(UCI.encode() + b"\xff\xfe,s1,b,1\n")
    with pytest.raises(ReadError, match=r"set\.csv: no CSV in UTF-8"):
        read_uci(path)
    with pytest.raises(ReadError, match=r"gone\.csv: cannot be read"):
        read_uci(tmp_path / "gone.csv")


def pool_row(k, title, day):
    return {"id": f"p{k}", "title": title, "text": f"Text {k}.", "published": f"2026-03-{day:02}"}


def pair_row(first, second, relation):
    digests = (sha256(f"{row['title']}\n\n{row['text']}".encode()).hexdigest() for row in (first, second))
    return dict(
        zip(
            ("first", "second", "relation", "first_sha256", "second_sha256"),
            (first["id"], second["id"], relation, *digests),
            strict=True,
        )
    )


def jsonl(path, rows):
    return write(path, "".join(json.dumps(row) + "\n" for row in rows))


def test_pairs_are_joined_to_the_texts_they_were_read_on(tmp_path):
    rows = [pool_row(k, title, 9 - k) for k, title in enumerate((LAB, RAIN, RETOLD))]
    pairs = [pair_row(rows[0], rows[1], "no"), pair_row(rows[0], rows[2], "event")]
    changed = rows[1] | {"text": "Another text."}
    again = rows[0] | {"title": "Seen with another title"}
    undated = {"id": "p9", "title": "No day", "text": "", "published": None}
    pool = jsonl(tmp_path / "pool.jsonl", [rows[0], again, changed, rows[2], undated])
    found = read_pair_set(jsonl(tmp_path / "pairs.jsonl", pairs), pool)
    assert found.pairs == (Pair("p0", "p2", "event"),)
    assert found.n_lost == 1
    assert [a.title for a in found.articles] == [RETOLD, RAIN, LAB]
    made = measure_pairs(found, [Annotated(a, "en") for a in found.articles])
    assert made["pairs"] == 1
    assert made["methods"]["own story"]["fn"] == 1


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"first": "a", "second": "b", "relation": "alike"}, "relation 'alike'; have: copy, event"),
        ({"first": "a", "second": "a", "relation": "copy"}, "two articles"),
        ({"first": "a", "relation": "copy"}, "two articles"),
    ],
)
def test_an_odd_pair_is_named_with_its_line(tmp_path, row, says):
    pool = jsonl(tmp_path / "pool.jsonl", [pool_row(1, LAB, 1)])
    with pytest.raises(ReadError, match=rf"pairs\.jsonl:1: .*{says}"):
        read_pair_set(jsonl(tmp_path / "pairs.jsonl", [row]), pool)


def test_an_absent_folder_is_named_with_what_it_should_hold(tmp_path):
    with pytest.raises(ReadError, match=r"nowhere: no such folder; needs .*uci_news_stories.csv.*--shared"):
        read_story_sets(tmp_path / "nowhere")
    write(tmp_path / "pool" / "pool.jsonl", "")
    with pytest.raises(ReadError, match=r"has no .*ecbplus_train_dev.csv, .*uci_news_stories.csv; needs"):
        read_story_sets(tmp_path)


# ---------------------------------------------------------------- the command


def test_the_command_says_what_it_needs(tmp_path, labtape):
    answer = labtape("evaluate", "stories", "--shared", tmp_path / "nowhere")
    assert answer.code == 2
    assert "nowhere: no such folder" in answer.err
    assert "pool.jsonl (the texts of the own pairs)" in answer.err


@pytest.mark.parametrize(
    "arguments",
    [("stories", "more.jsonl"), ("stories", "--records", "out.jsonl"), ("stories", "--texts", "a.jsonl")],
)
def test_the_stories_stand_alone(labtape, arguments):
    answer = labtape("evaluate", *arguments)
    assert answer.code == 2
    assert "evaluate stories: stands alone" in answer.err


def test_files_take_no_shared_folder(tmp_path, labtape):
    answer = labtape(
        "evaluate", write(tmp_path / "set.csv", "text,label\nUp,positive\n"), "--shared", tmp_path
    )
    assert answer.code == 2
    assert "evaluate stories" in answer.err
