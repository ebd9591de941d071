from __future__ import annotations

import csv
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from labtape.annotate import annotate
from labtape.exceptions import ReadError
from labtape.lexicon import lexicon
from labtape.signal import judge, load_model, verify
from labtape.signal.bundle import sha256_of
from labtape.signal.calibration import METHODS
from labtape.train import train
from labtape.train.core import digest_of_files
from labtape.train.corpora import SOURCES, Example, read_corpora
from labtape.train.text_model import fit_text, folds_of, out_of_fold
from labtape.types import Article

WAYS = {
    "positive": (
        "{} beats estimates, shares rise",
        "{} raises its forecast on strong demand",
        "Profit at {} jumps",
    ),
    "negative": (
        "{} misses estimates, shares fall",
        "{} cuts its forecast on weak demand",
        "Profit at {} slumps",
    ),
    "neutral": ("{} to hold its annual meeting", "{} names a date for its report", "{} opens an office"),
}
NAMES = [
    f"{a} {b}"
    for a in ("Red", "Blue", "Green", "Old", "New", "Far")
    for b in ("Bakery", "Foods", "Rail", "Steel")
]
CORPORA = Path(__file__).resolve().parents[2] / "corpora"
LABELLED = [CORPORA / "labels" / "pool", CORPORA / "articles"]
LABELS = {"positive": "Bullish", "negative": "Bearish", "neutral": "Neutral"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set in the form of its owners, and annotated articles; every sentence is made here."""
    folder = tmp_path_factory.mktemp("data")
    with (folder / "tfns.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("text", "label", "split"))
        writer.writerows(
            (way.format(n), label, "train") for label, ways in WAYS.items() for way in ways for n in NAMES
        )
    rows = []
    labs = ("Nvidia", "Oracle", "OpenAI", "Alibaba", "Micron")
    for label, ways in WAYS.items():
        for way in ways:
            for name in labs:
                text = "The AI chip and data center business decided it."
                rows.append(
                    {"title": way.format(name), "text": text, "relevant": True, "sentiment": LABELS[label]}
                )
    rows += [
        {"title": f"A walk in {n}", "text": "Trees.", "relevant": False, "sentiment": "Neutral"}
        for n in NAMES
    ]
    lines = (json.dumps(row | {"id": str(k)}) for k, row in enumerate(rows))
    (folder / "gold.jsonl").write_text("\n".join(lines), "utf-8")
    return folder


def test_the_same_seed_gives_the_same_bytes_and_the_bundle_loads(data: Path, tmp_path: Path) -> None:
    first = train(data, [data / "gold.jsonl"], tmp_path / "one" / "mine", seed=3)
    second = train(data, [data / "gold.jsonl"], tmp_path / "two" / "mine", seed=3)
    assert verify(first).digest == verify(second).digest
    assert verify(first).name == "mine"
    model = load_model(first)
    a = annotate(
        Article("a", "Nvidia misses estimates, shares fall", "The AI chip business shrank."), lexicon()
    )
    assert (
        judge([a], model=model, lexicon=lexicon(), now=datetime(2026, 1, 1, tzinfo=UTC))[0].verdict.label
        == "Bearish"
    )


def test_the_card_names_every_set_with_licence_rows_and_digest(data: Path, tmp_path: Path) -> None:
    bundle = train(data, [data / "gold.jsonl"], tmp_path / "mine")
    card = (bundle / "card.md").read_text("utf-8")
    manifest = verify(bundle)
    for corpus in manifest.corpora:
        assert corpus["name"] in card
        assert corpus["sha256"].removeprefix("sha256:") in card
    assert [c["rows"] for c in manifest.corpora] == [216, 69]


def test_a_folder_without_sets_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"none of tfns\.csv, sentfin_headline\.csv, finentity\.csv here"):
        read_corpora(tmp_path)


def test_a_set_without_its_columns_is_named(tmp_path: Path) -> None:
    (tmp_path / "tfns.csv").write_text("words,label\nx,positive\n", "utf-8")
    with pytest.raises(ReadError, match=r"tfns\.csv: no column text; need text and label"):
        read_corpora(tmp_path)


def test_too_few_annotated_articles_are_refused(data: Path, tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text((data / "gold.jsonl").read_text("utf-8").splitlines()[0], "utf-8")
    with pytest.raises(ReadError, match="1 annotated articles; the decision needs at least 40"):
        train(data, [few], tmp_path / "mine")


def test_copies_of_a_headline_stand_in_one_fold() -> None:
    texts = [
        "Acme cuts 300 jobs in Ohio",
        "Acme cuts 500 jobs in Ohio!",
        *(f"Other news number {n}" for n in "abc"),
    ]
    folds = folds_of(texts, seed=0)
    assert folds[0] == folds[1]


def labelled(shared: Path) -> dict[str, Any]:
    """What `make train` is given."""
    gold = [shared / "gold-dev" / n for n in ("gold_dev.jsonl", "gold_dev_asia_wire.jsonl")]
    return {
        "data": shared / "data",
        "gold": gold,
        "labels": LABELLED,
        "texts": shared / "pool",
    }


@pytest.mark.slow
def test_training_twice_gives_the_same_bundle(shared: Path, tmp_path: Path) -> None:
    first, second = (train(**labelled(shared), out=tmp_path / n / "market3") for n in ("one", "two"))
    assert verify(first).digest == verify(second).digest


def test_the_shipped_bundle_names_the_very_files_it_was_trained_on(shared: Path) -> None:
    given = labelled(shared)
    files = [shared / "data" / "train" / s.file for s in SOURCES]
    files += [*given["gold"], *given["labels"]]
    assert [c["sha256"] for c in verify("market3").corpora] == [digest_of_files(f) for f in files]


def test_labels_of_the_test_side_are_the_test_and_those_apart_are_left_out(
    data: Path, tmp_path: Path
) -> None:
    rows = [json.loads(line) for line in (data / "gold.jsonl").read_text("utf-8").splitlines()] * 8
    sides = ["test" if k % 3 == 0 else "apart" if k % 3 == 1 else "train" for k in range(len(rows))]
    labels = tmp_path / "labels"
    labels.mkdir()
    for n, part in enumerate((rows[:100], rows[100:])):
        own = [
            row | {"split": side, "sha256": "0" * 64}
            for row, side in zip(part, sides[100 * n :], strict=False)
        ]
        (labels / f"{n}.jsonl").write_text("\n".join(map(json.dumps, own)), "utf-8")
    unread = '{"id": "x", "title": "x", "text": "y", "shares": []}\n'
    (labels / "unread.jsonl").write_text(unread + json.dumps(rows[0] | {"split": "test"}), "utf-8")  # ours
    manifest = verify(train(data, [], tmp_path / "mine", labels=[labels]))
    assert manifest.scores["test"]["before_calibration"]["n"] == sides.count("test")
    assert manifest.scores["cross_validated"]["labels"]["n"] == sides.count("train")
    (card,) = [c for c in manifest.corpora if c["name"].endswith("labels")]
    assert (card["rows"], card["used"]) == (len(rows) + 2, len(rows) - sides.count("apart"))
    card_text = (tmp_path / "mine" / "card.md").read_text("utf-8")
    assert "test" in card_text
    calibration = manifest.scores["calibration"]
    assert set(calibration["left_out"]) == {"none", *METHODS}
    assert manifest.settings["calibration"]["method"] == calibration["method"]
    for name, measures in calibration["left_out"].items():
        shown = f"**{name}**" if name == calibration["method"] else name
        assert f"| {shown} | {measures['log_loss']} | {measures['ece']} | {measures['acc']} |" in card_text
    accuracy = manifest.scores["test"]["intervals"]["acc"]
    assert accuracy["value"] == manifest.scores["test"]["calibrated_crosswise"]["verdict_acc"]
    assert accuracy["low"] <= accuracy["value"] <= accuracy["high"]
    for bins in manifest.scores["reliability"].values():
        assert sum(b["n"] for b in bins) == accuracy["n"]
    assert set(manifest.scores["reliability"]) == {"before", "after"}
    assert "![How often verdicts are right, over how sure they are](reliability.svg)" in card_text


def test_without_the_chart_library_training_says_so_and_goes_on(
    data: Path, tmp_path: Path, labtape: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)  # as if it were not installed
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "reliability.svg").write_text("of an earlier training", "utf-8")
    answer = labtape("train", "--data", data, "--gold", data / "gold.jsonl", "-o", tmp_path / "mine")
    assert answer.code == 0
    assert "no reliability.svg: charts need Altair and vl-convert" in answer.err
    assert set(verify(tmp_path / "mine").files) == {"card.md", "weights.joblib"}
    assert not (tmp_path / "mine" / "reliability.svg").exists()
    card_text = (tmp_path / "mine" / "card.md").read_text("utf-8")
    assert "(reliability.svg)" not in card_text
    assert "| before calibration: how sure |" in card_text
    assert "too few relevant test articles to calibrate on" in card_text


def test_without_public_sets_the_text_model_learns_from_the_labelled_headlines(tmp_path: Path) -> None:
    files = [CORPORA / "articles" / name for name in ("feed.jsonl", "names.jsonl")]
    bundle = train(None, [], tmp_path / "mine", labels=files)
    manifest = verify(bundle)
    assert list(manifest.scores["text_held_out"]) == ["labelled headlines"]
    assert [c["name"] for c in manifest.corpora] == [
        "annotated AI news: feed.jsonl",
        "annotated AI news: names.jsonl",
    ]
    assert load_model(bundle)
    card = (bundle / "card.md").read_text("utf-8")
    assert "public finance headlines" not in card
    assert "the headlines of labelled AI news" in card


def test_labels_that_all_say_the_same_are_refused(data: Path, tmp_path: Path) -> None:
    rows = [
        json.loads(line) | {"relevant": True}
        for line in (data / "gold.jsonl").read_text("utf-8").splitlines()
    ]
    (tmp_path / "gold.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    with pytest.raises(ReadError, match="articles teach 'relevance' and all say the same"):
        train(None, [tmp_path / "gold.jsonl"], tmp_path / "mine")


def test_a_text_model_is_not_asked_about_headlines_it_has_seen() -> None:
    rising = [Example(f"{name} soars", "Bullish", "x") for name in NAMES]
    falling = [Example(f"{name} sinks", "Bearish", "x") for name in NAMES]
    waiting = [Example(f"{name} waits", "Neutral", "x") for name in NAMES]
    odd = Example("A word nobody else uses: zyzzyva", "Bearish", "x")
    examples = [*rising, *falling, *waiting, odd]
    unseen = out_of_fold(examples, temperature=1.0, seed=0)
    seen = fit_text(examples, seed=0).model.probabilities([odd.text])
    assert len(unseen) == len(examples)
    assert all(p[0] > 0.5 for p in unseen[: len(rising)])
    assert unseen[-1][2] < seen[0][2]


@pytest.mark.slow
def test_a_fresh_clone_can_train_on_our_own_articles_alone(tmp_path: Path) -> None:
    bundle = train(None, [], tmp_path / "own", labels=[CORPORA / "articles"])
    test = verify(bundle).scores["test"]["calibrated_crosswise"]
    assert test["verdict_n"] >= 100
    assert test["verdict_acc"] > test["always_neutral_acc"] + 0.2
    assert "ours, Apache-2.0" in (bundle / "card.md").read_text("utf-8")


def test_a_changed_label_changes_the_digest_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("{}\n", "utf-8")
    before = digest_of_files(tmp_path)
    (tmp_path / "b.jsonl").write_text("{}\n", "utf-8")
    assert digest_of_files(tmp_path) != before
    assert digest_of_files(tmp_path / "a.jsonl") == sha256_of(tmp_path / "a.jsonl")


def test_labels_without_their_texts_are_refused(data: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.jsonl"
    labels.write_text('{"id": "1", "sha256": "x", "relevant": true, "sentiment": "Neutral"}', "utf-8")
    with pytest.raises(ReadError, match="labels without a text; name the file that has it with --texts"):
        train(data, [data / "gold.jsonl"], tmp_path / "mine", labels=[labels])
