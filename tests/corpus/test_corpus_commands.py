"""`labtape corpus …` and `labtape train --baseline`, as a user calls them."""

import csv
import json
from itertools import permutations

import pytest

from labelled import TEXTS, labels, own_article, write, write_corpus

ANSWERS = (
    "=== t1\nV irr | market_move\nW No AI here.\nG -\nN alibaba-qwen: Qwen; Alibaba\nD Gemini = exchange\n"
    "E alibaba-qwen subject Neutral low\n1 S 61 exact current | Qwen | alibaba-qwen | tokens | all | -\n2 x\n"
    "3 price_change 4.5 exact up\n"
)
LAB = """id = "wondrous"
name = "Wondrous"
kind = "lab"
country = "US"
status = "private"
open_weights = "no"
source = "made"
examples = ["[Wondrous Lab](lab:wondrous) raised money."]
counter_examples = ["A wondrous day."]
names = ["Wondrous Lab"]
"""


@pytest.fixture
def corpus(tmp_path):
    return write_corpus(tmp_path)


def test_a_right_corpus_passes_and_says_what_was_looked_at(labtape, corpus):
    corpora, texts = corpus
    answer = labtape("corpus", "check", "--corpora", corpora, "--texts", texts)
    assert answer.code == 0
    assert (
        "2 labels of others' texts, 1 article of ours, 7 spans; 2 texts joined, 0 missing; no problems"
        in answer.out
    )


def test_a_wrong_one_fails_with_a_line_for_each_problem(labtape, tmp_path):
    rows = labels()
    rows[0]["shares"][0]["value"] = 16.0
    corpora, texts = write_corpus(tmp_path, rows)
    answer = labtape("corpus", "check", "--corpora", corpora, "--texts", texts)
    assert answer.code == 1
    assert "2026.jsonl:1: t1: shares 11: value 16 is not what '61%' says" in answer.err
    assert "1 problem" in answer.out


def test_stats_count_for_people_and_for_programs(labtape, corpus):
    corpora, _ = corpus
    shown = labtape("corpus", "stats", "--corpora", corpora)
    assert "read for: verdict" in shown.out
    assert "pool, publishers: wire.example 1" in shown.out
    told = json.loads(labtape("corpus", "stats", "--corpora", corpora, "--json").out)
    pool, articles = told["parts"]
    assert (pool["n"], articles["n"]) == (2, 1)
    assert pool["read_for"] == {"verdict": 2, "figures": 1, "names": 1, "entities": 1}
    assert pool["found"]["verdicts of subjects"] == 1
    assert pool["directions"] == {"Bullish": 0, "Neutral": 1, "Bearish": 0}
    assert pool["splits"] == {"train": 1, "test": 1}


def test_stats_show_how_far_a_second_reading_agrees(labtape, corpus):
    corpora, _ = corpus
    write(corpora / "labels" / "second" / "blind.jsonl", labels())
    answer = labtape("corpus", "stats", "--corpora", corpora)
    assert "second readings: blind" in answer.out
    assert "1.000" in answer.out


def test_agreement_is_that_of_the_first_reading_not_of_what_was_settled(labtape, corpus):
    corpora, _ = corpus
    first = labels()[0] | {"sentiment": "Bearish"}
    write(corpora / "labels" / "second" / "blind.jsonl", labels())
    write(corpora / "labels" / "before_adjudication.jsonl", [first])
    told = json.loads(labtape("corpus", "stats", "--corpora", corpora, "--json").out)
    (sentiment,) = [f for f in told["second"]["blind"] if f["field"] == "sentiment (relevant)"]
    assert sentiment["value"] == 0.0


def test_join_writes_outside_the_project_only(labtape, corpus, tmp_path):
    corpora, texts = corpus
    inside = labtape("corpus", "join", "--corpora", corpora, "--texts", texts, "-o", corpora / "joined")
    assert inside.code == 2
    assert "publishers' texts stay outside the project" in inside.err
    outside = labtape("corpus", "join", "--corpora", corpora, "--texts", texts, "-o", tmp_path / "out")
    assert outside.code == 0
    assert "train.jsonl\t2" in outside.out
    assert (tmp_path / "out" / "test.jsonl").is_file()


def test_split_gives_each_label_a_side(labtape, corpus):
    corpora, texts = corpus
    gold = write(corpora.parent.parent / "gold.jsonl", [TEXTS[0]])
    answer = labtape("corpus", "split", "--corpora", corpora, "--texts", texts, "--gold", gold)
    assert answer.code == 0
    assert "apart 1, " in answer.out
    assert "test 1" in answer.out
    assert labtape("corpus", "split", "--corpora", corpora, "--texts", texts).code == 2  # apart from what?


def test_agreement_of_two_readings(labtape, tmp_path):
    one = write(tmp_path / "one.jsonl", labels())
    answer = labtape("corpus", "agreement", one, write(tmp_path / "two.jsonl", labels()))
    assert answer.code == 0
    assert "relevance" in answer.out
    none = labtape("corpus", "agreement", one, write(tmp_path / "three.jsonl", [own_article()]))
    assert none.code == 2
    assert "no article of" in none.err


def test_a_sheet_is_read_and_its_answers_are_taken(labtape, tmp_path):
    texts = write(tmp_path / "texts.jsonl", TEXTS)
    (tmp_path / "ids.txt").write_text("t1\n\n", "utf-8")
    made = labtape(
        "corpus", "sheet", "--texts", texts, "--ids", tmp_path / "ids.txt", "-o", tmp_path / "sheet.txt"
    )
    assert made.code == 0
    assert "⟦1|61%⟧" in (tmp_path / "sheet.txt").read_text("utf-8")
    (tmp_path / "answers.txt").write_text(ANSWERS, "utf-8")
    taken = labtape(
        "corpus", "take", tmp_path / "answers.txt", "--texts", texts, "-o", tmp_path / "labels.jsonl"
    )
    assert (taken.code, taken.err) == (0, "")
    assert json.loads((tmp_path / "labels.jsonl").read_text("utf-8"))["shares"][0]["value"] == 61.0
    (tmp_path / "answers.txt").write_text(ANSWERS.replace("2 x\n", ""), "utf-8")
    wrong = labtape(
        "corpus", "take", tmp_path / "answers.txt", "--texts", texts, "-o", tmp_path / "labels.jsonl"
    )
    assert wrong.code == 1
    assert "answers.txt:1: t1: numbers not decided: 2 'Half'" in wrong.err


def test_an_organisation_of_ones_own_lexicon_may_be_labelled(labtape, tmp_path):
    rows = labels()
    for label in rows[0]["labs"]:
        label["lab"] = "wondrous"
    rows[0]["entities"][0]["entity"] = "lab:wondrous"
    rows[0]["shares"][0]["subject_labs"] = ["wondrous"]
    corpora, _ = write_corpus(tmp_path, rows)
    labs = tmp_path / "mine" / "labs"
    labs.mkdir(parents=True)
    (labs / "wondrous.toml").write_text(LAB, "utf-8")
    assert labtape("corpus", "check", "--corpora", corpora).code == 1
    assert labtape("--lexicon", tmp_path / "mine", "corpus", "check", "--corpora", corpora).code == 0


def test_what_was_taken_before_is_not_lost(labtape, tmp_path):
    texts = write(tmp_path / "texts.jsonl", TEXTS)
    kept = write(tmp_path / "labels.jsonl", labels())
    before = kept.read_bytes()
    answers = tmp_path / "answers.txt"
    for wrong in ("", "nothing here", ANSWERS.replace("2 x\n", "")):
        answers.write_text(wrong, "utf-8")
        assert labtape("corpus", "take", answers, "--texts", texts, "-o", kept).code in (1, 2)
        assert kept.read_bytes() == before
    answers.write_text(ANSWERS, "utf-8")
    same = labtape("corpus", "take", answers, "--texts", texts, "-o", answers)
    assert same.code == 2
    assert "holds the answers" in same.err
    assert answers.read_text("utf-8") == ANSWERS


def test_a_sheet_holds_texts_and_stays_outside_the_project(labtape, corpus, tmp_path):
    corpora, texts = corpus
    (tmp_path / "ids.txt").write_text("t1", "utf-8")
    inside = labtape(
        "corpus", "sheet", "--texts", texts, "--ids", tmp_path / "ids.txt", "-o", corpora / "sheet.txt"
    )
    assert inside.code == 2
    assert "publishers' texts stay outside the project" in inside.err
    (tmp_path / "ids.txt").write_text("", "utf-8")
    none = labtape(
        "corpus", "sheet", "--texts", texts, "--ids", tmp_path / "ids.txt", "-o", tmp_path / "sheet.txt"
    )
    assert none.code == 2


def test_held_out_labels_are_not_learned_from(labtape, corpus, tmp_path):
    corpora, texts = corpus
    held = {k: v for k, v in labels()[0].items() if k not in ("split", "story")}
    write(corpora / "labels" / "holdout.jsonl", [held])
    arguments = ("--labels", corpora / "labels", "--texts", texts)
    for flags in (("--baseline",), ("-o", tmp_path / "bundle")):
        answer = labtape("train", *flags, *arguments)
        assert answer.code == 2
        assert "has no split; held-out labels and second readings are not learned from" in answer.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("corpus", "stats", "--corpora", "nowhere"), "no corpus"),
        (("corpus", "check", "--corpora", "nowhere"), "no corpus, it has no labels/pool"),
        (("corpus", "join", "--corpora", "nowhere", "--texts", "nowhere", "-o", "out"), "no corpus"),
        (("corpus", "sheet", "--texts", "nowhere", "--ids", "nowhere", "-o", "out"), "nowhere: no such file"),
        (("corpus", "agreement", "nowhere", "nowhere"), "nowhere: no such file"),
    ],
)
def test_what_is_not_there_is_named(labtape, arguments, told):
    answer = labtape(*arguments)
    assert answer.code == 2
    assert told in answer.err


def test_the_baseline_is_measured_on_each_training_set_and_writes_nothing(labtape, tmp_path):
    names = [" ".join(pair) for pair in permutations(("red", "blue", "green", "old", "new"), 2)]
    with (tmp_path / "tfns.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("text", "label"))
        for name in names:
            writer.writerow((f"{name} profit jumps", "positive"))
            writer.writerow((f"{name} profit slumps", "negative"))
            writer.writerow((f"{name} names a date", "neutral"))
    ways = (("soars", "Bullish"), ("sinks", "Bearish"), ("waits", "Neutral"))
    news = [
        {
            "id": name + word,
            "title": f"{name} lab {word}",
            "text": "AI.",
            "relevant": True,
            "sentiment": label,
        }
        for name in names
        for word, label in ways
    ]
    gold = [
        row | {"id": row["id"] + "g", "title": row["title"].replace("lab", "chip maker")} for row in news[:9]
    ]
    labelled = write(tmp_path / "labels.jsonl", [*news, news[0] | {"id": "t", "split": "test"}])
    answer = labtape(
        "train",
        "--baseline",
        "--data",
        tmp_path,
        "--gold",
        write(tmp_path / "gold.jsonl", gold),
        "--labels",
        labelled,
    )
    assert answer.code == 0
    lines = [line for line in answer.out.splitlines() if "│" in line]
    assert any("gold (9)" in line and "always Neutral" in line and "0.333" in line for line in lines)
    assert any("public finance sets" in line for line in lines)
    assert any("labelled AI news" in line and "60" in line and "1.000" in line for line in lines)
    assert "labels test (1)" in answer.out
    assert not (tmp_path / "models").exists()


def test_a_training_set_without_one_of_the_labels_is_refused(labtape, tmp_path):
    (tmp_path / "tfns.csv").write_text(
        "text,label\nProfit jumps,positive\nA date is named,neutral\n", "utf-8"
    )
    gold = write(tmp_path / "gold.jsonl", [own_article()])
    answer = labtape("train", "--baseline", "--data", tmp_path, "--gold", gold)
    assert answer.code == 2
    assert "or Bearish; the text model needs all of" in answer.err
