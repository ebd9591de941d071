"""Events and geopolitics as a bundle tells them: by its tables where it has them and the encoder has read, else as found."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from labtape.annotate import annotate
from labtape.annotate.geo_weights import NO, YES, Choice, GeoWeights
from labtape.lexicon import lexicon
from labtape.signal import as_told, find_bundle, load_model
from labtape.signal.told import EVENTS, GEOPOLITICS, revised
from labtape.types import Annotated, Article

LEXICON = lexicon()
ALWAYS = GeoWeights(Choice((NO, YES), (0.0, 3.0), {}), Choice(("easing",), (0.0,), {}), threshold=0.5)


def article(title: str, text: str = "") -> Annotated:
    return annotate(Article("a", title, text), LEXICON)


WALK = article("A walk in the woods", "Trees stood there.")
BAN = article("Norway bans exports of AI chips to Sweden", "The ban starts on Monday, Oslo said.")


def without(name: str, folder: Path) -> Path:
    """The shipped bundle as an older labtape wrote it: without one of its tables."""
    copy = folder / "market3"
    shutil.copytree(find_bundle("market3"), copy)
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    del manifest["files"][name]
    (copy / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (copy / name).unlink()
    return copy


def test_what_the_encoder_has_not_read_stays_as_it_was() -> None:
    assert revised(BAN, None, LEXICON, geopolitics=ALWAYS) is BAN


def test_only_what_has_a_table_is_told_again() -> None:
    told = revised(WALK, {"geo": 0.0}, LEXICON, geopolitics=ALWAYS)
    assert told.events == WALK.events
    assert not WALK.geopolitics.relevant
    assert (told.geopolitics.relevant, told.geopolitics.direction, told.geopolitics.actors) == (
        True,
        "easing",
        (),
    )
    assert told.geopolitics.p == pytest.approx(0.9526)
    assert revised(BAN, {"geo": 0.0}, LEXICON) == BAN


def test_the_shipped_bundle_tells_states_by_its_own_table() -> None:
    ban, walk = as_told([BAN, WALK], load_model())
    assert ban.geopolitics.relevant
    assert ban.geopolitics.rule.startswith("learned:")
    assert set(ban.geopolitics.actors) == {"NO", "SE"}
    assert ban.geopolitics.direction == "tightening"
    assert not walk.geopolitics.relevant


def test_a_bundle_without_the_table_goes_on_with_the_rules(tmp_path: Path) -> None:
    told = as_told([BAN], load_model(without(GEOPOLITICS, tmp_path)))[0]
    assert told.geopolitics == BAN.geopolitics
    assert told.events != BAN.events


def test_a_bundle_without_the_table_of_events_still_tells_states(tmp_path: Path) -> None:
    told = as_told([BAN], load_model(without(EVENTS, tmp_path)))[0]
    assert told.events == BAN.events
    assert told.geopolitics.rule.startswith("learned:")


def test_chinese_and_the_fast_bundle_go_on_with_the_rules() -> None:
    chinese = article("美国收紧对华芯片出口管制", "美国商务部周一宣布收紧对华芯片出口管制。")
    assert chinese.geopolitics.relevant
    assert as_told([chinese], load_model())[0] == chinese
    assert as_told([BAN], load_model("market3-fast"))[0] == BAN


def test_a_verdict_is_made_of_the_article_as_it_was_found() -> None:
    model = load_model()
    before = model.predict([BAN])
    as_told([BAN], model)
    assert model.predict([BAN]) == before
