"""The encoder of the shipped bundle: what it reads, that it reads the same always, that it is refused when it is not whole."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from labtape.exceptions import BundleError
from labtape.signal import find_bundle, load_model
from labtape.signal.encoder import NETWORK, TOKENIZER, Encoder, folded, joined


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    folder = find_bundle("market3")
    given = json.loads((folder / "manifest.json").read_text("utf-8"))["settings"]["encoder"]
    return Encoder(folder, given["outputs"], given["longest"])


def test_a_text_is_read_alike_whatever_was_read_before_it(encoder: Encoder) -> None:
    texts = [
        ("Nvidia cuts its forecast", "Shares fell 9%."),
        ("A recipe for soup", "Boil the water."),
        ("x", ""),
    ]
    first = [encoder.read(*pair) for pair in texts]
    again = [encoder.read(*pair) for pair in reversed(texts)][::-1]
    assert first == again
    assert tuple(first[0]) == encoder.outputs


def test_log_odds_are_those_of_every_processor(encoder: Encoder) -> None:
    import numpy as np
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.add_session_config_entry("session.x64quantprecision", "1")  # exact everywhere, and slow
    exact = ort.InferenceSession(str(find_bundle("market3") / NETWORK), options)
    title = "Nvidia cuts its outlook and shares fall 9%"
    ids = np.array([encoder._pieces(title)], dtype=np.int64)
    expected = exact.run(["log_odds"], {"ids": ids, "kinds": np.zeros_like(ids)})[0][0]
    assert list(encoder.read(title, "").values()) == pytest.approx(expected.tolist(), abs=1e-4)


def test_news_of_a_fall_points_down_and_of_a_rise_up(encoder: Encoder) -> None:
    down = encoder.read("Chip maker's shares plunge after it slashes its outlook", "")
    up = encoder.read("Chip maker's shares soar after record profit beats estimates", "")
    assert down["headline.Bearish"] > down["headline.Bullish"]
    assert up["headline.Bullish"] > up["headline.Bearish"]


def test_an_entity_is_judged_by_what_is_said_of_it(encoder: Encoder) -> None:
    text = "Acme shares jump 12% after a record quarter."
    lost = "Borel shares tumble 12% after a profit warning."
    won, fell = encoder.read("Acme", text), encoder.read("Borel", lost)
    assert won["entity.Bullish"] > won["entity.Bearish"]
    assert fell["entity.Bearish"] > fell["entity.Bullish"]


@pytest.mark.parametrize(
    "text", ["", "\u200b", "🤖" * 5000, "a" * 100_000, "模型" * 3000, "\x00\n\t", "[SEP] [CLS] [UNK]"]
)
def test_any_text_can_be_read(encoder: Encoder, text: str) -> None:
    read = encoder.read("A headline", text)
    assert set(read) == set(encoder.outputs)
    assert all(abs(value) < 1e3 for value in read.values())


def test_what_lies_behind_the_longest_input_changes_nothing(encoder: Encoder) -> None:
    opening = "Demand for chips was strong. " * 40
    assert encoder.read("Chips", opening) == encoder.read("Chips", f"{opening} Then everything collapsed.")


def test_accents_and_marks_that_nobody_sees_are_left_out() -> None:
    assert folded("Caf\u00e9\u200b Ōkami") == "cafe okami"


@pytest.mark.parametrize(
    ("first", "second", "longest", "ids"),
    [
        ([1, 5, 2], [1, 6, 7, 2], 10, [1, 5, 2, 6, 7, 2]),
        ([1, 5, 2], [1, 6, 7, 8, 2], 5, [1, 5, 2, 6, 2]),
        ([1, 5, 6, 7, 2], [1, 8, 2], 4, [1, 5, 6, 2]),
        ([1, 5, 2], [1, 8, 2], 4, [1, 5, 2]),
        ([], [1, 8, 2], 4, [1, 8, 2]),
    ],
)
def test_two_texts_are_joined_within_the_longest_input(
    first: list[int], second: list[int], longest: int, ids: list[int]
) -> None:
    made, kinds = joined(first, second, longest)
    assert made == ids
    assert len(kinds) == len(ids) <= longest


@pytest.mark.parametrize("name", [NETWORK, TOKENIZER])
def test_a_bundle_without_its_encoder_is_refused(tmp_path: Path, name: str) -> None:
    copy = tmp_path / "market3"
    shutil.copytree(find_bundle("market3"), copy)
    (copy / name).write_bytes(b"something else")
    with pytest.raises(BundleError, match=name):
        load_model(copy)
    (copy / name).unlink()
    with pytest.raises(BundleError, match=f"{name}: missing"):
        load_model(copy)


def test_a_manifest_that_does_not_list_the_encoders_files_is_refused(tmp_path: Path) -> None:
    copy = tmp_path / "market3"
    shutil.copytree(find_bundle("market3"), copy)
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    del manifest["files"][NETWORK]
    (copy / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(BundleError, match=NETWORK):
        load_model(copy)
