"""A user's folder: what it adds, what it replaces, and how its mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.exceptions import LexiconError
from labtape.lexicon import check, lexicon, load_lexicon
from labtape.lexicon.entries import Lab
from labtape.lexicon.organisations import read_lab
from labtape.lexicon.rows import Row

LAB = """
id = "acme"
name = "Acme AI"
kind = "lab"
country = "US"
status = "private"
open_weights = "no"
source = "made up"
names = ["Acme AI", "阿克米"]
examples = ["[Acme AI](lab:acme) raised the price of [Zeta 4](model:zeta)."]

[[listings]]
ticker = "NASDAQ:ACME"
since = "2026-03-01"

[[people]]
id = "wile-coyote"
names = ["Wile Coyote"]

[[models]]
id = "zeta"
name = "Zeta"
kind = "llm"
open_weights = "no"
pattern = 'Zeta \\d'
source = "made up"
"""


def folder_with(root: Path, **files: str) -> Path:
    """A lexicon folder: `labs_acme="…"` becomes labs/acme.toml, `assets_csv` assets.csv."""
    for name, text in files.items():
        stem, _, ending = name.rpartition("_")
        path = root / f"{stem}.csv" if ending == "csv" else root / stem / f"{ending}.toml"
        if ending == "toml":
            path = root / f"{stem}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def only_problem(root: Path) -> str:
    (problem,) = check(root)
    assert problem.count("\n") == 0
    return problem.removeprefix(f"{root}/")


def test_a_new_lab_brings_its_names_people_and_models(tmp_path: Path) -> None:
    found = load_lexicon(folder_with(tmp_path, labs_acme=LAB))
    assert found.labs["acme"].entity == "lab:acme"
    assert found.tickers("acme") == ("NASDAQ:ACME",)
    assert found.models["zeta"].lab == "acme"
    named = {alias.surface: (alias.entity, alias.language) for alias in found.aliases if alias.lab == "acme"}
    assert named == {
        "Acme AI": ("lab:acme", "en"),
        "阿克米": ("lab:acme", "zh"),
        "Wile Coyote": ("person:wile-coyote", "en"),
    }


def test_a_lab_of_the_same_id_takes_the_shipped_ones_place(tmp_path: Path) -> None:
    text = LAB.replace('"acme"', '"nous-research"').replace("lab:acme", "lab:nous-research")
    found = load_lexicon(folder_with(tmp_path, **{"labs_nous-research": text}))
    assert found.labs["nous-research"].name == "Acme AI"
    assert "hermes" not in found.models
    assert not any(alias.surface == "Nous Research" for alias in found.aliases)


def test_tables_add_rows_and_replace_those_of_the_same_key(tmp_path: Path) -> None:
    assets = "ticker,name,theme,market,ai_related,source\nNASDAQ:NVDA,Renamed,chips,equity,true,me\n"
    relations = "lab,asset,via,sign,source\nmistral,NASDAQ:NVDA,customer,1,me\n"
    found = load_lexicon(folder_with(tmp_path, assets_csv=assets, relations_csv=relations))
    assert [asset.name for asset in found.assets if asset.ticker == "NASDAQ:NVDA"] == ["Renamed"]
    assert len(found.assets) == len(lexicon().assets)
    assert len(found.relations) == len(lexicon().relations) + 1


def test_a_label_set_and_an_event_type_are_one_file_each(tmp_path: Path) -> None:
    label_set = (
        'id = "two"\nversion = "1"\nlabels = ["up", "flat"]\nneutral = "flat"\n[signs]\nup = 1\nflat = 0\n'
    )
    event = 'id = "strike"\ntitle = "Strike"\nleaning = -0.3\ncues = ["\\\\bwalk(?:ed)? out\\\\b"]\n'
    found = load_lexicon(folder_with(tmp_path, labelsets_two=label_set, events_strike=event))
    assert found.label_sets["two"].labels == ("up", "flat")
    assert found.event_types["strike"].leaning == -0.3


def test_another_content_has_another_digest(tmp_path: Path) -> None:
    assert load_lexicon(folder_with(tmp_path, labs_acme=LAB)).digest != lexicon().digest


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kind = "lab"', 'kind = "zoo"', "labs/acme.toml: kind: 'zoo' is unknown; have: app, bigtech"),
        ('country = "US"', 'country = "USA"', "labs/acme.toml: country: 'USA' is no country; write its ISO"),
        ('status = "private"', "", "labs/acme.toml: status: missing; give a text"),
        ('status = "private"', "status = 3", "labs/acme.toml: status: 3 is no text; put it in quotes"),
        (
            'status = "private"',
            'status = "p"\ncolor = "red"',
            "labs/acme.toml: color: unknown field; have: ambiguous",
        ),
        (
            'id = "acme"',
            'id = "acne"',
            "labs/acme.toml: id: 'acne' does not fit the file's name; write 'acme'",
        ),
        (
            "2026-03-01",
            "2026-02-30",
            "labs/acme.toml: listings NASDAQ:ACME: since: '2026-02-30' is no date; write",
        ),
        (
            "NASDAQ:ACME",
            "ACME",
            "labs/acme.toml: listings ACME: ticker: 'ACME' is no ticker; write EXCHANGE:CODE",
        ),
        (
            "'Zeta \\d'",
            "'Zeta (\\d'",
            "labs/acme.toml: models zeta: pattern: 'Zeta (\\\\d' is no regular expression",
        ),
        (
            'names = ["Wile Coyote"]',
            "",
            "labs/acme.toml: people wile-coyote: names: missing; give at least one",
        ),
        (
            'names = ["Acme AI", "阿克米"]',
            'names = "Acme"',
            "labs/acme.toml: names: 'Acme' is no list of texts",
        ),
    ],
)
def test_a_wrong_field_is_told_with_its_place_and_what_would_be_right(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in LAB
    problems = check(folder_with(tmp_path, labs_acme=LAB.replace(old, new)))
    assert any(problem.removeprefix(f"{tmp_path}/").startswith(told) for problem in problems), problems


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            LAB + "[[ambiguous]]\nsurface = 'Acme'\nambiguity = 'high'\n",
            "labs/acme.toml: counter_examples: missing",
        ),
        (
            LAB.replace('kind = "lab"', 'kind = "lab"\nparent = "roadrunner"'),
            "labs/acme.toml: parent: no lab 'road",
        ),
        (
            LAB.replace('kind = "lab"', 'kind = "lab"\nparent = "acme"'),
            "labs/acme.toml: parent: 'acme' belongs to",
        ),
        (LAB.replace("(model:zeta)", "(model:theta)"), "labs/acme.toml: examples: 'model:theta' in "),
        (
            LAB.replace('"阿克米"', '"DeepSeek"'),
            "labs/acme.toml: DeepSeek: ambiguity: lab:acme and lab:deepseek both",
        ),
        (LAB.replace('"阿克米"', '"Acme AI"'), "labs/acme.toml: Acme AI: surface: stands there twice"),
    ],
)
def test_what_does_not_fit_the_other_rows_is_told(tmp_path: Path, text: str, told: str) -> None:
    assert only_problem(folder_with(tmp_path, labs_acme=text)).startswith(told)


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("labs_acme", "id = ", "labs/acme.toml: file: no TOML ("),
        (
            "assets_csv",
            "ticker,name\nNASDAQ:X,a,b\n",
            "assets.csv: line 2: columns: their number does not fit",
        ),
        (
            "relations_csv",
            "lab,asset,via,sign,source\nopenai,NASDAQ:MSFT,friend,1,me\n",
            "relations.csv: line 2: via: 'friend' is unknown; have: customer, holder, host, rival, supplier",
        ),
        (
            "relations_csv",
            "lab,asset,via,sign,source\nnobody,NASDAQ:NONE,rival,-1,me\n",
            "relations.csv: nobody NASDAQ:NONE: lab: no lab 'nobody'; name one of labs/",
        ),
        (
            "dated_events_csv",
            "date,title,type,labs,assets,horizon,source\n2026-01-01,T,party,,,short,me\n",
            "dated_events.csv: 2026-01-01 T: type: no event type 'party'; have: ",
        ),
        (
            "shares_csv",
            "value,bound,subject,labs,metric,scope,publisher,reported,source\n101,exact,A,,m,s,p,2026,me\n",
            "shares.csv: line 2: value: 101 is out of range; give 0 to 100",
        ),
        (
            "countries_toml",
            "china = ['PRC']",
            "countries.toml: china: is no country; write its ISO 3166 code",
        ),
        ("markets_toml", "[[markets]]\nid = 'x'\n", "markets.toml: markets x: name: missing; give a text"),
        (
            "shoes_csv",
            "a\n1\n",
            "shoes.csv: file: unknown name; have: labs/, events/, labelsets/, assets.csv",
        ),
        (
            "labelsets_two",
            'id = "two"\nversion = "1"\nlabels = ["up", "flat"]\nneutral = "flat"\n[signs]\nup = 2\nflat = 0\n',
            "labelsets/two.toml: signs: {'up': 2, 'flat': 0} does not fit; give each of up, flat one of -1, 0, 1",
        ),
        (
            "events_strike",
            'id = "strike"\ntitle = "Strike"\nleaning = 0.0\ncues = ["("]\n',
            "events/strike.toml: cues: '(' is no regular expression",
        ),
    ],
)
def test_a_wrong_table_is_told_with_its_place(tmp_path: Path, file: str, text: str, told: str) -> None:
    problems = check(folder_with(tmp_path, **{file: text}))
    assert any(problem.removeprefix(f"{tmp_path}/").startswith(told) for problem in problems), problems


def test_loading_names_the_first_problem_and_counts_the_others(tmp_path: Path) -> None:
    folder_with(tmp_path, labs_acme=LAB.replace('"private"', "1").replace('"US"', '"usa"'))
    with pytest.raises(LexiconError, match=r"acme\.toml: country: 'usa' is no country; .* \(and 1 more\)$"):
        load_lexicon(tmp_path)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="none: folder: is not there; give a folder with some of labs/"):
        load_lexicon(tmp_path / "none")


def test_the_lab_of_the_how_to_is_right(tmp_path: Path) -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "lexicon.md"
    text = page.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    assert check(folder_with(tmp_path, labs_acme=text)) == ()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    ["id", "kind", "names", "listings", "people", "models", "ambiguous", "examples", "country"]
)


@given(st.dictionaries(FIELDS, VALUES, max_size=9))
def test_any_values_give_a_lab_and_a_list_of_problems(values: dict[str, object]) -> None:
    problems: list[str] = []
    assert isinstance(read_lab(Row("file", values, problems)), Lab)
    assert problems
    assert all(problem.startswith("file") for problem in problems)
