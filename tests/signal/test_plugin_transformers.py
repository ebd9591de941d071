"""A network of transformers from a local folder behind the port; a tiny one with random weights, made here."""

import json
import os
import re
import shutil
import socket
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from own_articles import FALLS, GAINS, NOW, QUIET, TITLES, annotated, article

import labtape
from labtape.exceptions import BundleError
from labtape.signal import load_model
from labtape.signal.plugins import TransformersModel
from labtape.signal.plugins.transformers import digest_of

opened = partial(TransformersModel.from_folder, relevance="rules")
WORDS = sorted({word.lower() for title in TITLES for word in title.split()} | {"s", "##s", "nothing"})
LONG = " ".join([word for word in WORDS if word.isalpha()] * 20)  # no word that the tokenizer does not know


# ---------------------------------------------------------------- what is refused before the extra is asked for


@pytest.fixture
def bare(tmp_path):
    """A folder that looks like a model's."""
    folder = tmp_path / "bare"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "bert"}', "utf-8")
    (folder / "model.safetensors").write_bytes(b"")
    return folder


def test_without_the_extra_the_error_says_how_to_get_it(bare, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(BundleError, match=r"need an extra: pip install 'labtape\[transformers\]'"):
        load_model(f"transformers:{bare}")


def test_a_name_on_a_hub_is_refused():
    with pytest.raises(BundleError, match=r"someone/finbert: no such folder.*not a name on a hub"):
        load_model("transformers:someone/finbert")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"config.json": None}, r"config\.json: cannot be read"),
        ({"config.json": "{"}, r"config\.json: not JSON"),
        ({"config.json": "[]"}, r"config\.json: not a JSON object"),
        ({"model.safetensors": None}, "no weights; needed is model.safetensors"),
        (
            {"model.safetensors": None, "pytorch_model.bin": ""},
            "only pytorch_model.bin, pickles, which run code",
        ),
        ({"adapter_config.json": "{}"}, "holds an adapter"),
        (
            {"config.json": '{"transformers_weights": "adapter_model.bin"}'},
            "weights are said to lie in adapter_model.bin",
        ),
        (
            {"model.safetensors.index.json": '{"weight_map": {"a": "model.safetensors", "b": "part.bin"}}'},
            "weights are said to lie in part.bin",
        ),
        ({"model.safetensors.index.json": "{}"}, "weights are said to lie in None"),
    ],
)
def test_a_folder_that_cannot_be_safe_is_refused(bare, files, said):
    for name, text in files.items():
        if text is None:
            (bare / name).unlink()
        else:
            (bare / name).write_text(text, "utf-8")
    with pytest.raises(BundleError, match=said):
        opened(bare)


def test_a_folder_with_another_digest_is_refused(bare):
    with pytest.raises(BundleError, match=f"its digest is {digest_of(bare)}, not sha256:0+; not opened"):
        opened(bare, digest="sha256:" + "0" * 64)
    with pytest.raises(BundleError, match="'abc' is no digest"):
        opened(bare, digest="abc")


def test_the_digest_is_of_names_and_contents_of_all_but_hidden_files(bare):
    first = digest_of(bare)
    (bare / ".cache").mkdir()
    (bare / ".cache" / "x").write_bytes(b"x")
    assert digest_of(bare) == first
    (bare / "vocab.txt").write_bytes(b"a")
    second = digest_of(bare)
    (bare / "vocab.txt").write_bytes(b"b")
    third = digest_of(bare)
    (bare / "vocab.txt").rename(bare / "words.txt")
    assert len({first, second, third, digest_of(bare)}) == 4


# ---------------------------------------------------------------- with the extra

slow = pytest.mark.slow
HIDDEN = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A BertForSequenceClassification of random weights and a tokenizer of few words, as FinBERT is laid out."""
    torch = pytest.importorskip("torch", reason="the transformers extra is not installed")
    transformers = pytest.importorskip("transformers", reason="the transformers extra is not installed")
    folder = tmp_path_factory.mktemp("models") / "tiny"
    torch.manual_seed(7)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    config = transformers.BertConfig(
        vocab_size=len(vocabulary),
        max_position_embeddings=24,
        id2label={0: "positive", 1: "negative", 2: "neutral"},
        label2id={"positive": 0, "negative": 1, "neutral": 2},
        initializer_range=1.0,
        **HIDDEN,
    )
    transformers.BertForSequenceClassification(config).save_pretrained(folder)
    words = {word: n for n, word in enumerate(vocabulary)}
    transformers.BertTokenizer(vocab=words, do_lower_case=True).save_pretrained(folder)
    return folder


@pytest.fixture
def copy(tiny, tmp_path):
    return shutil.copytree(tiny, tmp_path / "copy")


def changed(folder, **fields):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | fields), "utf-8")
    return folder


@slow
def test_it_says_what_the_network_says(tiny):
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    network = AutoModelForSequenceClassification.from_pretrained(tiny).eval()
    tokenizer = AutoTokenizer.from_pretrained(tiny)
    made = opened(tiny).predict(annotated(*map(article, TITLES)))
    with torch.inference_mode():
        for title, prediction in zip(TITLES, made, strict=True):
            own = torch.softmax(network(**tokenizer(title, return_tensors="pt")).logits[0], -1).tolist()
            wanted = dict(zip(("Bullish", "Bearish", "Neutral"), own, strict=True))
            assert prediction.p == pytest.approx(wanted, abs=1e-5)
    assert len({tuple(p.p.values()) for p in made}) == 3


@slow
def test_the_same_articles_give_the_same_bytes_and_neighbours_change_no_label(tiny):
    items = annotated(*(article(title, LONG[: 7 * n]) for n, title in enumerate([*TITLES] * 15)))
    first, second = opened(tiny, text="title+lead"), opened(tiny, text="title+lead")
    assert first.predict(items) == first.predict(items) == second.predict(items)
    alone = opened(tiny, text="title+lead", batch_size=1)
    for together, one in zip(first.predict(items), alone.predict(items), strict=True):
        assert together.p == pytest.approx(one.p, abs=1e-5)
    assert alone.predict(items[:1])[0] == alone.predict(items)[0]


@slow
def test_a_long_text_is_cut_at_the_last_position(tiny):
    made = opened(tiny, text="title+lead").predict(annotated(article(GAINS, LONG), article(GAINS, LONG * 3)))
    assert made[0].p == made[1].p


@slow
def test_a_network_that_counts_positions_from_behind_the_padding_is_not_overrun(tiny, tmp_path):
    import torch
    from transformers import AutoTokenizer, RobertaConfig, RobertaForSequenceClassification

    torch.manual_seed(7)
    folder = tmp_path / "roberta"
    config = RobertaConfig(
        vocab_size=len(WORDS) + 5,
        max_position_embeddings=24,
        pad_token_id=1,
        id2label={0: "down", 1: "up"},
        label2id={"down": 0, "up": 1},
        **HIDDEN,
    )
    RobertaForSequenceClassification(config).save_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(tiny)
    tokenizer.pad_token = "[UNK]"  # the id 1 that the network pads with
    tokenizer.save_pretrained(folder)
    (made,) = opened(folder, text="title+lead").predict(annotated(article(GAINS, LONG)))
    assert made.p["Neutral"] == 0
    assert made.p["Bullish"] + made.p["Bearish"] == pytest.approx(1)


@slow
def test_records_say_which_network_judged(tiny):
    record = labtape.label(GAINS, title=GAINS, model=opened(tiny), now=NOW)
    assert (record.model.bundle, record.model.digest) == ("transformers:tiny", digest_of(tiny))
    assert record.model.version.startswith("transformers 5.")
    assert ", torch 2." in record.model.version
    named = labtape.label(GAINS, title=GAINS, bundle=f"transformers:{tiny}", now=NOW)
    assert named.verdict.p == record.verdict.p
    assert named.model == replace(record.model, version=named.model.version)
    assert (
        labtape.label(FALLS, bundle=f"transformers:{tiny}", bundle_digest=digest_of(tiny)).model
        == named.model
    )


@slow
def test_the_command_line_takes_a_folder_and_prints_nothing_else(labtape, copy):
    answer = labtape("--bundle", "transformers:copy", "label", "--json", "--any-topic", QUIET)
    assert (answer.code, answer.err) == (0, "")
    assert json.loads(answer.out)["model"]["bundle"] == "transformers:copy"


@slow
def test_nothing_is_asked_of_the_network_and_the_switches_stand_as_before(tiny, monkeypatch):
    from huggingface_hub import constants

    def refused(*_):
        raise AssertionError("asked the network")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    opened(tiny).predict(annotated(article(GAINS)))
    assert not constants.HF_HUB_OFFLINE
    assert "HF_HUB_OFFLINE" not in os.environ
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    opened(tiny)
    assert os.environ["HF_HUB_OFFLINE"] == "0"


@slow
def test_the_threads_of_torch_stay_as_they_are_set(tiny):
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        opened(tiny).predict(annotated(article(GAINS)))
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


@slow
def test_dropout_is_off_and_half_precision_is_widened(tiny, tmp_path):
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    folder = tmp_path / "half"
    AutoModelForSequenceClassification.from_pretrained(tiny, dtype=torch.float16).save_pretrained(folder)
    AutoTokenizer.from_pretrained(tiny).save_pretrained(folder)
    model = opened(folder)
    assert not model._network.training
    assert {weight.dtype for weight in model._network.parameters()} == {torch.float32}


@slow
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"problem_type": "multi_label_classification"}, "made for multi_label_classification, with 3 outputs"),
        ({"problem_type": "regression"}, "made for regression"),
        ({"id2label": {"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}}, "'LABEL_0', 'LABEL_1', 'LABEL_2' mean"),
        ({"model_type": "no-such-kind"}, "transformers cannot open it"),
        (
            {"model_type": "own", "auto_map": {"AutoConfig": "own.Own", "AutoModelForSequenceClassification": "own.Own"}},
            "transformers cannot open it",
        ),
    ],
)  # fmt: skip
def test_what_is_no_plain_classifier_is_refused(copy, fields, said):
    sprung = copy / "sprung"
    (copy / "own.py").write_text(f"open({str(sprung)!r}, 'w')", "utf-8")
    with pytest.raises(BundleError, match=said) as refused:
        opened(changed(copy, **fields))
    assert "\n" not in str(refused.value)
    assert not sprung.exists()


@slow
def test_names_that_are_not_plain_may_be_said(copy):
    changed(copy, id2label={"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"})
    said = {"LABEL_0": "Bullish", "LABEL_1": "Bearish", "LABEL_2": "Neutral"}
    model = opened(copy, labels=said)
    assert model.ref.version.endswith("labels LABEL_0=Bullish LABEL_1=Bearish LABEL_2=Neutral")
    assert sum(model.predict(annotated(article(GAINS)))[0].p.values()) == pytest.approx(1)


@slow
def test_a_network_without_a_trained_head_is_refused(tiny, tmp_path):
    from transformers import AutoModel, AutoTokenizer

    folder = tmp_path / "headless"
    AutoModel.from_pretrained(tiny).save_pretrained(folder)
    AutoTokenizer.from_pretrained(tiny).save_pretrained(folder)
    names = {"0": "positive", "1": "negative", "2": "neutral"}
    with pytest.raises(BundleError, match=r"has no weights for classifier\.bias, classifier\.weight"):
        opened(changed(folder, id2label=names))


@slow
def test_weights_that_were_cut_short_are_refused(copy):
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(BundleError, match="transformers cannot open it"):
        opened(copy)


@slow
def test_a_batch_holds_at_least_one_text(tiny):
    with pytest.raises(BundleError, match="batch_size=0"):
        opened(tiny, batch_size=0)


@slow
def test_the_example_of_the_docs_runs(tiny, tmp_path, monkeypatch, capsys):
    page = Path(__file__).parents[2] / "docs" / "plugins.md"
    (code,) = re.findall(r"^```py\n(.*?)^```", page.read_text("utf-8"), re.S | re.M)
    shutil.copytree(tiny, tmp_path / "finbert")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "example", "exec"), {"__name__": "example"})
    assert digest_of(tmp_path / "finbert") in capsys.readouterr().out
