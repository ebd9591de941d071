"""The two tables of annotate: names by the words around them, roles of organisations."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labtape.annotate.role_features import RoleFeatures
from labtape.exceptions import ReadError
from labtape.lexicon import lexicon
from labtape.train import linking_model, roles_model
from labtape.train.linking_model import Row, article_rows, fit_linking, leave_one_out, passage_rows
from labtape.train.roles_model import fit_roles, roles_of

NAMES = Path(__file__).parents[2] / "corpora" / "names"
LEXICON = lexicon()


def rows(n_names: int) -> list[Row]:
    """Names whose sense one word tells, and of each name a word of its own that tells it too."""
    return [
        Row(
            f"n{k}",
            f"n{k}-{place}",
            place % 2 == 0,
            {"l0:prompted" if place % 2 == 0 else "l0:sailed": 1.0, f"own:{k}:{place % 2}": 1.0},
            "easy",
        )
        for k in range(n_names)
        for place in range(6)
    ]


def test_the_same_rows_give_the_same_table():
    assert fit_linking(rows(30)).as_json() == fit_linking(rows(30)).as_json()


def test_what_is_learned_of_some_names_holds_for_others():
    found = leave_one_out(rows(30))
    assert found["all"]["all"] == (180, 180)
    assert set(found["name"].values()) == {(6, 6)}


def test_a_name_left_out_is_not_judged_by_what_only_it_has():
    own_only = [
        Row(r.name, r.source, r.is_ours, {k: v for k, v in r.values.items() if k.startswith("own")}, r.level)
        for r in rows(30)
    ]
    right, n = leave_one_out(own_only)["all"]["all"]
    assert right <= n * 0.6


def test_a_passage_becomes_a_row_without_its_name(tmp_path: Path):
    (tmp_path / "fable.jsonl").write_text((NAMES / "fable.jsonl").read_text("utf-8"), "utf-8")
    found = list(passage_rows(tmp_path, LEXICON))
    assert len(found) == 26
    assert sum(row.is_ours for row in found) == 13
    assert not any(
        "fable" in name.split(":")[-1].split()
        for row in found
        for name in row.values
        if name[:2] in ("l0", "r0")
    )


def test_a_passage_whose_name_is_none_of_the_lexicons_is_refused_with_its_place(tmp_path: Path):
    row = {
        "id": "1",
        "name": "Zzyzx",
        "text": "Zzyzx is out.",
        "start": 0,
        "end": 5,
        "sense": "ours",
        "level": "easy",
        "why": "",
    }
    (tmp_path / "z.jsonl").write_text(json.dumps(row), "utf-8")
    with pytest.raises(ReadError, match=r"z\.jsonl:1: 'Zzyzx' is no name"):
        list(passage_rows(tmp_path, LEXICON))


def test_an_article_gives_the_names_that_rules_leave_open_and_only_of_the_trains_side():
    text = "Developers prompted Titan for images. Apple Records sued a band."
    gold = {"id": "1", "title": "", "text": text, "labs": [], "decoys": []}
    assert [(r.name, r.is_ours) for r in article_rows([gold], LEXICON)][:1] == [("Titan", False)]
    assert list(article_rows([{**gold, "split": "test"}], LEXICON)) == []


def test_roles_are_learned_and_read_back():
    told = [({"l0:on": 1.0, "n:1": 1.0}, "venue"), ({"opens:1": 1.0, "n:1": 1.0}, "subject")] * 8
    table = fit_roles(told)
    assert table.role(RoleFeatures(("n:1",), ("l0:on",), 1.0, {})) == "venue"
    assert table.role(RoleFeatures(("n:1", "opens:1"), (), 1.0, {})) == "subject"


def test_an_annotated_article_gives_the_roles_of_those_that_are_found():
    row = {
        "title": "Nvidia falls",
        "text": "Nvidia fell, according to Reuters.",
        "entities": [
            {"entity": "lab:nvidia", "role": "subject"},
            {"entity": "lab:amd", "role": "comparator"},
        ],
    }
    assert [role for _, role in roles_of(row, LEXICON)] == ["subject"]


@pytest.mark.parametrize("module", [linking_model, roles_model])
def test_without_a_set_the_command_says_what_to_give(module):
    with pytest.raises(ReadError, match="give OUT"):
        module.main(["out.json"])
