from __future__ import annotations

import json
import pickle
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labtape.exceptions import BundleError
from labtape.signal import bundles, find_bundle, learned_digests, load_model, load_text_model, verify
from labtape.signal.calibration import temperature


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(find_bundle("market3"), tmp_path / "market3"))


@pytest.fixture
def change(copy: Path) -> Callable[..., Path]:
    def apply(**fields: Any) -> Path:
        path = copy / "manifest.json"
        path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | fields), "utf-8")
        return copy

    return apply


def test_the_shipped_bundle_is_listed_and_every_file_matches() -> None:
    assert "market3" in [b.name for b in bundles()]
    assert verify("market3").label_set == "market3"


def test_the_rules_are_loaded_by_name() -> None:
    assert load_model("rules").ref.bundle == "rules"


def test_an_unknown_name_says_what_there_is() -> None:
    with pytest.raises(BundleError, match="no model bundle 'market9'; have: market3, market3-fast, rules"):
        load_model("market9")


def test_a_folder_without_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"no manifest\.json here"):
        load_model(tmp_path)


def test_a_manifest_that_is_no_json_is_refused(copy: Path) -> None:
    (copy / "manifest.json").write_text("{", "utf-8")
    with pytest.raises(BundleError, match=r"manifest\.json: not JSON"):
        load_model(copy)


def test_a_missing_field_is_named(copy: Path) -> None:
    data = json.loads((copy / "manifest.json").read_text("utf-8"))
    del data["settings"]
    (copy / "manifest.json").write_text(json.dumps(data), "utf-8")
    with pytest.raises(BundleError, match="field 'settings' is NoneType, must be dict"):
        load_model(copy)


class Trap:
    """A pickle that would write a file when it is opened."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


def test_tampered_weights_are_refused_and_never_opened(copy: Path, tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    (copy / "weights.joblib").write_bytes(pickle.dumps(Trap(sprung)))
    with pytest.raises(
        BundleError, match=r"weights\.joblib: digest is sha256:\w+, the manifest says sha256:\w+"
    ):
        load_model(copy)
    assert not sprung.exists()


@pytest.mark.parametrize("name", sorted(verify("market3").files))
def test_a_changed_byte_in_any_file_is_refused(copy: Path, name: str) -> None:
    body = bytearray((copy / name).read_bytes())
    body[len(body) // 2] ^= 1
    (copy / name).write_bytes(body)
    for refuse in (verify, load_model, load_text_model):
        with pytest.raises(BundleError, match=rf"{re.escape(name)}: digest is sha256:\w+, the manifest says"):
            refuse(copy)


def test_the_shipped_bundle_has_its_card_and_its_reliability_diagram() -> None:
    own = {
        "NOTICE",
        "card.md",
        "encoder.onnx",
        "events.json",
        "geopolitics.json",
        "reliability.svg",
        "tokenizer.onnx",
        "weights.joblib",
    }
    assert set(verify("market3").files) == own
    folder = find_bundle("market3")
    assert "(reliability.svg)" in (folder / "card.md").read_text("utf-8")
    picture = (folder / "reliability.svg").read_text("utf-8")
    assert picture.startswith("<svg")
    assert "after calibration" in picture


def test_a_bundle_of_schema_1_is_read_with_its_temperature(copy: Path, change: Callable[..., Path]) -> None:
    settings = dict(verify(copy).settings)
    del settings["calibration"]
    old = load_model(change(schema=1, settings=settings | {"temperature": 1.2}))
    assert old._settings.calibration == temperature(1.2)  # type: ignore[attr-defined]  # no port shows it


def test_a_calibration_that_does_not_fit_is_refused(copy: Path, change: Callable[..., Path]) -> None:
    settings = dict(verify(copy).settings) | {"calibration": {"method": "magic", "numbers": {}}}
    with pytest.raises(BundleError, match="calibration by one of temperature, vector, sigmoid, isotonic"):
        load_model(change(settings=settings))


def test_the_rules_have_no_text_model_and_learned_from_nothing() -> None:
    assert load_text_model("rules") is None
    assert learned_digests("rules") == frozenset()
    assert len(learned_digests("market3")) == len(verify("market3").corpora)


def test_missing_weights_are_named(copy: Path) -> None:
    (copy / "weights.joblib").unlink()
    with pytest.raises(BundleError, match=r"weights\.joblib: missing"):
        load_model(copy)


def test_a_manifest_that_is_too_new_is_refused(change: Callable[..., Path]) -> None:
    with pytest.raises(BundleError, match="manifest schema 99 is newer than 2"):
        load_model(change(schema=99))


def test_an_unknown_label_set_is_refused(change: Callable[..., Path]) -> None:
    with pytest.raises(
        BundleError, match="label set 'market7' is not in the lexicon; have: market3, market5"
    ):
        load_model(change(label_set="market7"))


def test_another_version_of_the_label_set_is_refused(change: Callable[..., Path]) -> None:
    with pytest.raises(BundleError, match="made for label set market3 version 0"):
        load_model(change(label_set_version="0"))


def test_another_scikit_learn_is_refused(change: Callable[..., Path]) -> None:
    with pytest.raises(BundleError, match=r"made with scikit-learn==0\.1\.0, here is"):
        load_model(change(libraries={"scikit-learn": "0.1.0"}))


def test_features_from_the_future_are_refused(change: Callable[..., Path]) -> None:
    with pytest.raises(BundleError, match="features this labtape does not make: mood"):
        load_model(change(features=["up_title", "mood"]))


def test_settings_that_do_not_fit_are_refused(change: Callable[..., Path]) -> None:
    with pytest.raises(BundleError, match="settings of the manifest do not fit"):
        load_model(change(settings={"mood": 1}))
