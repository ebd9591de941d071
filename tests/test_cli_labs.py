"""The commands `labs show` and `labs tree` as a user calls them."""

from __future__ import annotations

import json

import pytest


@pytest.mark.parametrize("name", ["Qwen", "通义千问", "alibaba-qwen", "lab:alibaba-qwen", "Zhou Jingren"])
def test_a_lab_is_found_by_any_of_its_names(labtape, name):
    assert "Tongyi" in labtape("labs", "show", name).out


def test_the_chain_tells_models_owner_listing_and_what_moves(labtape):
    out = labtape("labs", "show", "xai").out
    for words in (
        "Grok", "owned by SpaceX  US  since 2026-02-02", "listed as NASDAQ:SPCX  US", "▲ supplier +1", "Elon Musk",
        "lab US · top owner US · listing US",
    ):  # fmt: skip
        assert words in out


def test_the_owner_is_that_of_the_day(labtape):
    assert "not listed, no owner known" in labtape("labs", "show", "xai", "--as-of", "2025-12-01").out
    assert "SpaceX" not in labtape("labs", "show", "xai", "--as-of", "2025-12-01").out.partition("Country")[0]
    assert "formerly owned by Meta Platforms" in labtape("labs", "show", "Manus AI").out
    assert "Windsurf (Codeium)" in labtape("labs", "show", "SWE-1", "--as-of", "2025-06-01").out


def test_what_has_no_exposure_says_so(labtape):
    assert "no listed exposure known" in labtape("labs", "show", "kyutai").out


def test_a_chain_can_be_read_by_a_program(labtape):
    (found,) = json.loads(labtape("labs", "show", "inclusionai", "--json", "--as-of", "2026-03-01").out)
    assert found["as_of"] == "2026-03-01"
    assert found["owners"][0]["parent"] == "ant-group"
    assert found["exposures"][0]["through"] == "ant-group"
    assert found["country"] == {"lab": "CN", "top_owner": "CN", "listings": []}


def test_an_unknown_name_is_told_with_near_ones(labtape):
    answer = labtape("labs", "show", "deepsek")
    assert (answer.code, answer.out) == (2, "")
    assert "no lab 'deepsek' in the lexicon; near: DeepSeek" in answer.err
    assert "stands for no lab" in labtape("labs", "show", "Falcon 9").err


def test_a_name_of_two_labs_shows_both_and_why(labtape, tmp_path):
    (tmp_path / "own" / "labs").mkdir(parents=True)
    (tmp_path / "own" / "labs" / "acme.toml").write_text(
        'id = "acme"\nname = "Acme"\nkind = "lab"\ncountry = "US"\nstatus = "private"\nopen_weights = "no"\nsource = "me"\n'
        'names = ["Acme"]\nexamples = ["[Acme](lab:acme) grew."]\n'
        '[[ambiguous]]\nsurface = "Deep Seek"\nambiguity = "low"\n',
        "utf-8",
    )
    out = labtape("--lexicon", "own", "labs", "show", "Deep Seek").out
    assert "'Deep Seek' may mean 2 organisations." in out
    assert out.count("(its name, now and then something else)") == 2


def test_the_tree_shows_owners_with_what_they_own(labtape):
    out = labtape("labs", "tree", "--country", "gb", "--kind", "lab").out
    assert "Alphabet  US  bigtech  NASDAQ:GOOGL, NASDAQ:GOOG\n└── Google  US  bigtech" in out
    assert "    └── Google DeepMind  GB  lab  8 model families  since 2014-01-26" in out


def test_the_tree_tells_listed_from_private(labtape):
    listed, private = labtape("labs", "tree", "--listed").out, labtape("labs", "tree", "--private").out
    assert "Alibaba Qwen" in listed
    assert "Alibaba Qwen" not in private
    assert "OpenAI" in private
    assert "OpenAI" not in listed


def test_the_tree_can_be_read_by_a_program(labtape):
    branches = json.loads(labtape("labs", "tree", "--json").out)
    alibaba = next(branch for branch in branches if branch["id"] == "alibaba")
    assert {child["id"] for child in alibaba["below"]} == {"alibaba-cloud", "alibaba-qwen", "t-head"}


@pytest.mark.parametrize(
    ("option", "told"), [("--country=ZZ", "no country 'ZZ'"), ("--kind=zoo", "no kind 'zoo'")]
)
def test_a_filter_that_can_match_nothing_is_told(labtape, option, told):
    answer = labtape("labs", "tree", option)
    assert answer.code == 2
    assert told in answer.err
