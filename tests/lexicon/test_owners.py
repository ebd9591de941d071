"""Who owned whom on a day, and how mistakes about it are told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from test_lexicon_folders import LAB, folder_with, only_problem

from labtape.lexicon import check, lexicon, load_lexicon
from labtape.lexicon.entries import Lexicon

LEX = lexicon()
FORMER = '\n[[former_parents]]\nparent = "meta"\nsince = "2024-03"\nuntil = "2025-06-01"\nsource = "me"\n'


def owned(root: Path, *, parent: str = "", tables: str = "") -> Path:
    text = LAB.replace('kind = "lab"', f'kind = "lab"\n{parent}')
    return folder_with(root, labs_acme=text + tables)


@pytest.mark.parametrize(
    ("lab", "day", "owner"),
    [
        ("windsurf", date(2025, 7, 13), None),
        ("windsurf", date(2025, 7, 14), "cognition"),
        ("xai", date(2026, 2, 1), None),
        ("xai", date(2026, 2, 2), "spacex"),
        ("x-corp", date(2025, 3, 27), None),
        ("x-corp", date(2025, 4, 1), "xai"),
        ("manus", date(2025, 12, 28), None),
        ("manus", date(2026, 4, 26), "meta"),
        ("manus", date(2026, 4, 27), None),
        ("cursor", date(2026, 8, 14), None),
        ("cursor", None, "spacex"),
        ("google-deepmind", date(2013, 1, 1), None),
        ("alibaba-qwen", date(2023, 5, 1), "alibaba"),
        ("openai", None, None),
    ],
)
def test_the_owner_is_that_of_the_day(lab: str, day: date | None, owner: str | None) -> None:
    assert LEX.parents(lab, day)[1:2] == ((owner,) if owner else ())


def test_without_a_day_the_owners_are_the_present_ones() -> None:
    assert LEX.parents("x-corp") == ("x-corp", "xai", "spacex")
    assert LEX.parents("manus") == ("manus",)


def test_a_listing_stands_for_a_lab_only_while_it_trades_and_while_it_is_owned() -> None:
    assert LEX.tickers("xai", date(2026, 6, 11)) == ()
    assert LEX.tickers("xai", date(2026, 6, 12)) == ("NASDAQ:SPCX",)
    assert LEX.tickers("x-corp", date(2020, 1, 1)) == ("NYSE:TWTR",)
    assert LEX.tickers("x-corp", date(2024, 1, 1)) == ()
    assert LEX.tickers("google", date(2012, 1, 1)) == ("NASDAQ:GOOG",)
    assert [listing.ticker for listing in LEX.listings_of("zhipu", date(2026, 1, 7))] == []
    assert LEX.listed_as("google-deepmind") == "alphabet"


def test_a_family_belongs_to_who_had_it_on_the_day() -> None:
    assert LEX.owner_of("swe", date(2025, 7, 13)) == "windsurf"
    assert LEX.owner_of("swe", date(2025, 7, 14)) == LEX.owner_of("swe") == "cognition"
    assert LEX.owner_of("none") is None
    assert [family.id for family in LEX.families_of("windsurf", date(2025, 6, 1))] == ["swe"]
    assert "swe" in {family.id for family in LEX.families_of("cognition")}


def test_a_family_is_not_there_before_its_release() -> None:
    assert "kimi-k3" not in {family.id for family in LEX.families_of("moonshot", date(2025, 9, 1))}


def test_owners_of_a_folder_follow_each_other(tmp_path: Path) -> None:
    parent = 'parent = "nvidia"\nparent_since = "2025-06-01"\nparent_source = "me ; closing not seen"'
    found: Lexicon = load_lexicon(owned(tmp_path, parent=parent, tables=FORMER))
    days = [date(2024, 2, 29), date(2024, 3, 1), date(2025, 5, 31), date(2025, 6, 1)]
    assert [found.parents("acme", day)[1:] for day in days] == [(), ("meta",), ("meta",), ("nvidia",)]
    present = found.labs["acme"].parent_at()
    assert present is not None and present.source == "me ; closing not seen"


@pytest.mark.parametrize(
    ("parent", "tables", "told"),
    [
        (
            "",
            FORMER.replace('"meta"', '"roadrunner"'),
            "labs/acme.toml: former_parents roadrunner: parent: no lab 'roadrunner'; name one of labs/",
        ),
        (
            "",
            FORMER.replace("2024-03", "2025-07"),
            "labs/acme.toml: former_parents meta: until: '2025-06-01' is not after since '2025-07'; give a later",
        ),
        (
            "",
            FORMER.replace('until = "2025-06-01"\n', ""),
            "labs/acme.toml: former_parents meta: until: missing; give the date when it ended",
        ),
        (
            'parent = "nvidia"\nparent_since = "2025-05"',
            FORMER,
            "labs/acme.toml: parent_since: '2025-05' overlaps, 'meta' owned it until 2025-06-01; write that date or",
        ),
        (
            'parent = "nvidia"',
            FORMER,
            "labs/acme.toml: parent_since: missing; 'meta' owned it until 2025-06-01, give the date when 'nvidia'",
        ),
        (
            "",
            FORMER + FORMER.replace('"meta"', '"amd"').replace("2025-06-01", "2026-01"),
            "labs/acme.toml: former_parents amd: since: '2024-03' overlaps, 'meta' owned it until 2025-06-01",
        ),
        (
            "",
            FORMER.replace('"meta"', '"acme"'),
            "labs/acme.toml: former_parents acme: parent: 'acme' belongs to 'acme' itself on 2024-03-01; name",
        ),
        (
            'parent_since = "2025"',
            "",
            "labs/acme.toml: parent: missing; name the owner that parent_since or parent_source speaks of",
        ),
        (
            "",
            '\n[[models.former_labs]]\nlab = "roadrunner"\nuntil = "2025"\nsource = "me"\n',
            "labs/acme.toml: models zeta: former_labs roadrunner: lab: no lab 'roadrunner'; name one of labs/",
        ),
        (
            "",
            '\n[[models.former_labs]]\nlab = "acme"\nuntil = "2025"\nsource = "me"\n',
            "labs/acme.toml: models zeta: former_labs acme: lab: 'acme' has the family now; leave it out",
        ),
    ],
)
def test_what_cannot_be_about_owners_is_told(tmp_path: Path, parent: str, tables: str, told: str) -> None:
    assert only_problem(owned(tmp_path, parent=parent, tables=tables)).startswith(told)


def test_two_labs_that_own_each_other_on_a_day_are_told(tmp_path: Path) -> None:
    other = (
        LAB.replace("acme", "wile")
        .replace("Acme AI", "Wile AI")
        .replace("阿克米", "怀尔")
        .replace("zeta", "eta")
    )
    other = (
        other.replace("Zeta", "Eta")
        .replace("Wile Coyote", "Road Runner")
        .replace("wile-coyote", "road-runner")
    )
    other = other.replace("NASDAQ:ACME", "NASDAQ:WILE").replace(
        'kind = "lab"', 'kind = "lab"\nparent = "acme"'
    )
    root = owned(tmp_path, tables=FORMER.replace('"meta"', '"wile"'))
    problems = [p.removeprefix(f"{tmp_path}/") for p in check(folder_with(root, labs_wile=other))]
    assert problems == [
        "labs/acme.toml: former_parents wile: parent: 'wile' belongs to 'acme' itself on 2024-03-01; name another or leave it out",
        "labs/wile.toml: parent: 'acme' belongs to 'wile' itself on 2024-03-01; name another or leave it out",
    ]


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        (
            "relations_csv",
            "lab,asset,via,sign,since,until,source\nmanus,NASDAQ:NVDA,supplier,1,2026-02,2026-01,me\n",
            "relations.csv: line 2: until: '2026-01' is not after since '2026-02'; give a later date",
        ),
        (
            "relations_csv",
            "lab,asset,via,sign,source\nmanus,NASDAQ:NVDA,rival,1,me\n",
            "relations.csv: line 2: sign: 1 does not fit a rival",
        ),
        (
            "assets_csv",
            "ticker,name,theme,market,ai_related,source\nMOON:X,X,chips,equity,true,me\n",
            "assets.csv: MOON:X: ticker: no exchange 'MOON'; add it to exchanges.csv or name one of AMS, CBOE",
        ),
        (
            "labs_acme",
            LAB.replace("NASDAQ:ACME", "MOON:ACME"),
            "labs/acme.toml: listings MOON:ACME: ticker: no exchange 'MOON'; add it to exchanges.csv",
        ),
    ],
)
def test_what_cannot_be_about_relations_and_exchanges_is_told(
    tmp_path: Path, file: str, text: str, told: str
) -> None:
    assert only_problem(folder_with(tmp_path, **{file: text})).startswith(told)


def test_a_folder_may_bring_its_own_exchange(tmp_path: Path) -> None:
    assets = "ticker,name,theme,market,ai_related,source\nSGX:X,X,chips,equity,true,me\n"
    exchanges = "code,name,country\nSGX,Singapore Exchange,SG\n"
    assert check(folder_with(tmp_path, assets_csv=assets, exchanges_csv=exchanges)) == ()


def test_a_private_lab_has_listed_exposure_or_stands_among_those_without() -> None:
    """Where nothing is known, nothing is said: who gets a relation leaves this list."""
    from labtape.lexicon import chain

    private = [
        lab
        for lab in LEX.labs.values()
        if not LEX.tickers(lab.id) and lab.kind not in ("publisher", "investor")
    ]
    without = {lab.id for lab in private if not chain(LEX, lab.entity).is_exposed}
    assert len(private) == 90
    assert without == {
        "ai-singapore", "arcee", "baai", "core-automation", "discovery-loop", "eleutherai", "kyutai", "manus", "modelbest",
        "nous-research", "ollama", "openclaw", "project-prometheus", "shanghai-ai-lab", "speechify", "volta-infra",
    }  # fmt: skip
