"""The job on real input: the two articles the project began with, real feeds, annotated articles and their floors."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import labtape
from labtape.batch import score
from labtape.read import Failure, article_from_row, read_articles
from labtape.report import record_to_dict
from labtape.train import check_floors, evaluate, read_gold

NOW = datetime(2026, 10, 10, tzinfo=UTC)
GOLD = ["gold-dev/gold_dev.jsonl", "gold-dev/gold_dev_asia_wire.jsonl"]


@pytest.fixture(scope="module")
def seeds(shared):
    """The two articles without page furniture: (title, text) each."""
    first, second = (path.read_text("utf-8") for path in sorted((shared / "seeds").iterdir()))
    title, rest = first.split("\n", 1)
    body = rest.split("Summary\n", 1)[1].split("\nSource", 1)[0]
    quotes = re.search(r"pulled(.*?)\nYou might also", rest, re.S)[1]
    title2, rest2 = second.split("\n", 1)
    return [(title, f"{body}\n{quotes}"), (title2, re.split(r"\nNeutral\n", rest2)[0].strip())]


@pytest.fixture(scope="module")
def records(seeds):
    return [labtape.label(text, title=title, published_at="2026-06-10", now=NOW) for title, text in seeds]


def test_the_second_seed_names_the_five_models_and_their_labs(records):
    found = {(m.text, m.lab) for m in records[1].mentions}
    assert {
        ("Qwen", "lab:alibaba-qwen"),
        ("DeepSeek", "lab:deepseek"),
        ("Kimi", "lab:moonshot"),
        ("GLM", "lab:zhipu"),
        ("MiniMax", "lab:minimax"),
    } <= found


def test_the_second_seed_yields_its_shares_each_with_a_key_of_its_own(records):
    shares = {s.value: s for s in records[1].shares}
    assert set(shares) == {61.0, 1.2, 30.0, 13.0, 51.0, 11.0, 50.0}
    assert (shares[61.0].bound, shares[61.0].population, shares[61.0].platform) == (
        "about",
        "top 10 models",
        "platform:openrouter",
    )
    assert (shares[1.2].bound, shares[1.2].period.text.lower()) == ("under", "late 2024")
    assert (shares[1.2].period.start, shares[1.2].period.end) == ("2024-10-01", "2024-12-31")
    assert (shares[30.0].statistic, shares[30.0].period.text) == ("peak", "2025")
    assert (shares[13.0].statistic, shares[13.0].period.start) == ("mean", "2025-01-01")
    assert shares[51.0].period.text == "April 2026"
    assert (shares[11.0].role, shares[50.0].role, shares[50.0].bound) == ("baseline", "current", "over")
    single = [shares[v].comparability_key for v in (61.0, 1.2, 30.0, 13.0, 51.0, 50.0)]
    assert len(set(single)) == len(single)
    assert shares[11.0].comparability_key == shares[50.0].comparability_key


def test_the_first_seed_yields_its_two_shares(records):
    found = {(s.value, s.bound, s.population) for s in records[0].shares}
    assert (61.0, "about", "top 10 models") in found
    assert {value for value, _, _ in found} == {61.0, 1.2}


def test_the_seeds_are_neutral_because_nothing_carries_them_to_an_asset(records):
    for record in records:
        assert record.verdict.label == "Neutral"
        assert record.verdict.state == "no_transmission"
        crypto = next(m for m in record.markets if m.market == "crypto")
        assert (crypto.label, crypto.state) == ("Neutral", "no_transmission")


def test_the_seeds_have_short_long_and_historical_lines_bound_to_evidence_or_a_rule(records):
    for record in records:
        assert record.verdict.horizons["short"].text
        assert record.verdict.horizons["long"].text
        lines = record.verdict.rationale
        assert all(line.evidence or line.rule for line in lines)
        opening = [line.text.lower() for line in lines]
        assert any(text.startswith("short term") for text in opening)
        assert any(text.startswith("long term") for text in opening)
        assert any(text.startswith("similar historical pattern") for text in opening)


def test_every_readable_entry_of_the_real_feeds_is_an_article(shared):
    found = list(read_articles(shared / "feeds", now=NOW))
    assert len(found) > 3600
    assert [str(f) for f in found if isinstance(f, Failure)] == []


@pytest.mark.slow
def test_every_article_of_the_real_feeds_becomes_a_record_whose_offsets_hold(shared):
    articles = list(read_articles(shared / "feeds", now=NOW))
    n = 0
    for article, record in zip(articles, score(articles, now=NOW), strict=True):
        n += 1
        for finding in (*record.mentions, *record.unlinked, *record.shares, *record.percentages):
            assert article.full[finding.start : finding.end] == finding.text
    assert n == len(articles)


@pytest.mark.slow
@pytest.mark.parametrize("name", GOLD)
def test_no_measure_is_under_its_floor(shared, name):
    gold = read_gold(shared / name).rows
    assert measured(gold, Path(name).stem) == ()


@pytest.mark.slow
def test_no_measure_is_under_its_floor_on_articles_nothing_was_tuned_on(shared):
    labels = Path(__file__).resolve().parents[1] / "corpora" / "labels" / "holdout.jsonl"
    found = read_gold(labels, shared / "pool" / "pool.jsonl")
    assert (found.n_missing, found.n_changed) == (0, 0)
    assert measured(found.rows, "holdout") == ()


def measured(gold, name):
    articles = [article_from_row(row, place=row["id"], now=NOW) for row in gold]
    rows = [json.loads(json.dumps(record_to_dict(r))) for r in score(articles, now=NOW)]
    return check_floors(name, evaluate(gold, rows))
