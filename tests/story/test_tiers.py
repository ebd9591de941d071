from __future__ import annotations

from importlib.resources import files

import pytest

from labtape.story.origins import outlet_name
from labtape.story.outlets import tier_rows
from labtape.story.tiers import tier_of, tier_of_outlet

ROWS = tier_rows()


def test_every_outlet_that_is_known_by_name_has_a_tier() -> None:
    rows = (files("labtape.story") / "data" / "outlets.tsv").read_text("utf-8").splitlines()
    assert {row.split("\t")[0] for row in rows} <= {id_ for id_, *_ in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_row_has_a_tier_a_reason_and_a_domain(row: tuple[str, int, str, tuple[str, ...]]) -> None:
    id_, tier, reason, domains = row
    assert tier in (1, 2, 3, 4)
    assert len(reason.split()) >= 3
    assert domains and all(domain == domain.lower() and "." in domain for domain in domains)
    assert tier_of_outlet(id_).reason == reason


def test_no_outlet_and_no_domain_has_two_rows() -> None:
    assert len({id_ for id_, *_ in ROWS}) == len(ROWS)
    domains = [domain for *_, some in ROWS for domain in some]
    assert len(set(domains)) == len(domains)


def test_an_outlet_is_known_by_any_of_its_names() -> None:
    assert {tier_of(name, None).tier for name in ("Reuters", "Thomson Reuters", "路透社")} == {1}


@pytest.mark.parametrize(
    ("url", "tier"),
    [
        ("https://www.reuters.com/x", 1),
        ("https://finance.yahoo.com/x", 4),
        ("https://blogs.nvidia.com/x", 3),
        ("https://notreuters.com/x", None),
        ("https://reuters.com.example/x", None),
        ("https://[broken", None),
        (None, None),
    ],
)
def test_without_a_name_the_host_tells(url: str | None, tier: int | None) -> None:
    assert tier_of(None, url).tier == tier


def test_a_name_that_nobody_knows_is_told_by_its_host() -> None:
    assert tier_of("Reuters Technology Feed", "https://www.reuters.com/x").tier == 1
    assert tier_of("Router Weekly", "https://router.example/x").tier is None


def test_an_outlet_is_the_same_by_its_name_and_by_its_address() -> None:
    assert (
        outlet_name("TechCrunch", None) == outlet_name(None, "https://techcrunch.com/2026/x") == "techcrunch"
    )
