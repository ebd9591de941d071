"""What holds of every record of the demo's articles, made by the shipped bundle: the promises of docs/record.md."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from itertools import pairwise

import jsonschema
import pytest

from labtape.batch import score
from labtape.demo import feeds_folder
from labtape.lexicon import lexicon
from labtape.read import read_articles
from labtape.report import record_json, record_schema
from labtape.story import Grouper

NOW = datetime(2026, 6, 22, 7, tzinfo=UTC)
CHECKS = {
    "share_sum_over_100", "rank_value_mismatch", "unit_scale", "denominator_dropped", "delta_across_keys",
    "direction_word_mismatch", "part_exceeds_whole", "stale_figure", "period_unstated",
    "total_mismatch",
}  # fmt: skip
ORGANISATIONS = ("lab", "company", "platform")


@pytest.fixture(scope="module")
def articles():
    return list(read_articles(feeds_folder(), now=NOW))


@pytest.fixture(scope="module")
def told(articles):
    """(the string the offsets point into, the record as a reader of the JSON gets it), for every article."""
    made = score(articles, now=NOW, grouper=Grouper())
    return [(a.full, json.loads(record_json(r))) for a, r in zip(articles, made, strict=True)]


def findings(value):
    """Every object with offsets, however deep."""
    if isinstance(value, dict):
        if isinstance(value.get("start"), int):
            yield value
        for part in value.values():
            yield from findings(part)
    elif isinstance(value, list):
        for part in value:
            yield from findings(part)


def kind(entity):
    return entity.partition(":")[0]


def likeliest(p):
    return max(p, key=p.get)


def test_every_record_fits_the_schema_and_names_it_first(told):
    validator = jsonschema.Draft202012Validator(record_schema())
    for _, record in told:
        validator.validate(record)
        assert next(iter(record)) == "schema"


def test_every_field_is_there_even_where_nothing_was_found(told):
    wanted = set(record_schema()["properties"])
    assert {frozenset(record) for _, record in told} == {frozenset(wanted)}


def test_every_offset_lies_in_the_text_and_every_text_at_its_offsets(told):
    for full, record in told:
        for found in findings(record):
            assert 0 <= found["start"] < found["end"] <= len(full)
            assert full[found["start"] : found["end"]] == found.get(
                "text", full[found["start"] : found["end"]]
            )


def test_times_are_utc_and_a_record_is_available_once_it_was_seen_and_scored(told):
    for _, record in told:
        times = [
            record[name]
            for name in ("published_at", "first_seen_at", "scored_at", "available_at")
            if record[name]
        ]
        assert all(time.endswith("Z") for time in times)
        assert record["available_at"] == max(record["first_seen_at"], record["scored_at"])
        assert (record["published_at"] is None) == (record["published_precision"] == "none")


def test_mentions_do_not_overlap_and_belong_to_organisations_of_the_lexicon(told):
    known = {lab.entity for lab in lexicon().labs.values()}
    for _, record in told:
        mentions = sorted(record["mentions"], key=lambda m: m["start"])
        assert all(a["end"] <= b["start"] for a, b in pairwise(mentions))
        for mention in mentions:
            assert mention["lab"] is None or mention["lab"] in known
            assert mention["in_title"] == (mention["end"] <= len(record["title"]))


def test_a_share_has_its_value_inside_its_interval_its_words_in_its_sentence_and_no_country_for_a_lab(told):
    shares = [share for _, record in told for share in record["shares"]]
    assert len(shares) > 20
    for share in shares:
        assert 0 <= share["low"] <= share["value"] <= share["high"] <= 100
        assert share["sentence"]["start"] <= share["start"] < share["end"] <= share["sentence"]["end"]
        assert {kind(lab) for lab in share["subject_labs"]} <= set(ORGANISATIONS)
        assert share["platform"] is None or kind(share["platform"]) == "platform"
        assert {check["name"] for check in share["checks"]} <= CHECKS
        assert share["comparability_key"]


def test_a_period_is_worded_in_the_text_and_begins_before_it_ends(told):
    periods = [
        (full, share["period"]) for full, record in told for share in record["shares"] if share["period"]
    ]
    assert periods
    for full, period in periods:
        assert period["text"] in full
        days = [date.fromisoformat(day) for day in (period["start"], period["end"]) if day]
        assert days == sorted(days)


def test_a_number_is_a_share_or_another_percentage_and_never_both(told):
    for _, record in told:
        places = [(found["start"], found["end"]) for found in (*record["shares"], *record["percentages"])]
        assert len(places) == len(set(places))


def test_the_probabilities_of_a_verdict_sum_to_one_and_its_label_is_the_likeliest(told):
    for _, record in told:
        verdict = record["verdict"]
        assert sum(verdict["p"].values()) == pytest.approx(1, abs=1e-9)
        assert verdict["label"] == likeliest(verdict["p"])
        assert verdict["confidence"] == verdict["p"][verdict["label"]]
        assert verdict["label"] in verdict["label_set"]
        assert verdict["score"] == pytest.approx(verdict["p"]["Bullish"] - verdict["p"]["Bearish"], abs=1e-4)
        assert (verdict["state"] == "directional") == (verdict["label"] != "Neutral")
        assert (verdict["state"] == "out_of_scope") == (not record["relevance"]["relevant"])
        assert set(verdict["horizons"]) == {"short", "long"}


def test_every_sentence_of_a_verdict_has_evidence_or_names_its_rule(told):
    for full, record in told:
        for sentence in (record["verdict"]["takeaway"], *record["verdict"]["rationale"]):
            assert sentence["rule"] if sentence["support"] == "rule" else sentence["evidence"]
            if sentence["support"] == "quoted":
                words = " ".join(full[e["start"] : e["end"]] for e in sentence["evidence"])
                assert all(quote.rstrip("…") in words for quote in re.findall("“([^”]+)”", sentence["text"]))


def test_no_analogue_lies_after_the_article(told):
    analogues = [
        (a["event"], r["published_at"])
        for _, r in told
        for a in r["verdict"]["analogues"]
        if r["published_at"]
    ]
    assert analogues
    assert all(event[:10] < published[:10] for event, published in analogues)


def test_only_subjects_have_verdicts_of_their_own_and_none_has_two(told):
    judged = 0
    for _, record in told:
        subjects = {m["lab"] or m["entity"] for m in record["mentions"] if m["role"] == "subject"}
        entities = [verdict["entity"] for verdict in record["entity_verdicts"]]
        judged += len(entities)
        assert set(entities) <= subjects
        assert len(entities) == len(set(entities))
        for verdict in record["entity_verdicts"]:
            assert verdict["label"] == likeliest(verdict["p"])
            assert verdict["evidence"]
    assert judged > 50


def test_every_market_is_listed_and_points_somewhere_only_through_a_chain(told):
    for _, record in told:
        assert [m["market"] for m in record["markets"]] == list(lexicon().markets)
        known = {verdict["entity"] for verdict in record["entity_verdicts"]} | {record["verdict"]["target"]}
        for market in record["markets"]:
            if market["label"] != "Neutral":
                assert market["via"][0] in known


def test_states_that_play_no_part_have_no_direction(told):
    for _, record in told:
        states = record["geopolitics"]
        if states["relevant"]:
            assert states["evidence"]
            assert all(re.fullmatch("[A-Z]{2}", actor) for actor in states["actors"])
        else:
            assert (states["direction"], states["stage"]) == ("none", "none")


def test_a_story_has_no_more_origins_than_articles(told):
    for _, record in told:
        assert 0 < record["story"]["novelty"] <= 1
        assert 1 <= record["story"]["n_origins"] <= record["story"]["n_articles"]


@pytest.mark.slow
def test_other_processes_with_another_hash_seed_and_time_zone_give_the_same_bytes(tmp_path):
    code = "import sys; from labtape.cli import main; main(sys.argv[1:])"
    running = []
    for seed, zone in (("1", "UTC"), ("2", "Asia/Shanghai")):
        out = tmp_path / f"{seed}.jsonl"
        arguments = ["score", str(feeds_folder()), "-o", str(out), "--now", "2026-06-22T07:00Z"]
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone}
        running.append((out, subprocess.Popen([sys.executable, "-c", code, *arguments], env=environment)))
    made = [(process.wait(), out.read_bytes()) for out, process in running]
    assert len(made[0][1].splitlines()) > 80
    assert made[0] == made[1] == (0, made[0][1])
