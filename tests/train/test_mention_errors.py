"""A text is written with its names in brackets: `[surface](lab)` is annotated, `{surface}(why)` is a look-alike."""

import csv
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelled import write
from labtape.batch import score
from labtape.read import article_from_row
from labtape.report import record_to_dict
from labtape.train import error_counts, evaluate, find_mention_errors
from labtape.train.mention_errors import KINDS, commonest, context, error_row

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ARTICLES = Path(__file__).resolve().parents[2] / "corpora" / "articles"
_MARK = re.compile(r"\[(?P<lab_surface>[^]]+)\]\((?P<lab>[^)]+)\)|\{(?P<decoy>[^}]+)\}\((?P<why>[^)]+)\)")


def gold(marked, **fields):
    full, labs, decoys, last = "", [], [], 0
    for m in _MARK.finditer(marked):
        full += marked[last : m.start()]
        span = {"start": len(full) + 2, "end": len(full) + 2 + len(m["lab_surface"] or m["decoy"])}
        full += m["lab_surface"] or m["decoy"]
        if m["lab"]:
            labs.append(span | {"lab": m["lab"]})
        else:
            decoys.append(span | {"why": m["why"]})
        last = m.end()
    return {"id": "1", "title": "", "text": full + marked[last:], "labs": labs, "decoys": decoys} | fields


def mention(row, surface, entity, **fields):
    at = row["text"].index(surface) + 2
    lab = entity if entity.startswith(("lab:", "company:")) else None
    found = {"start": at, "end": at + len(surface), "text": surface, "entity": entity, "lab": lab}
    return found | {"role": "other", "confidence": 0.9, "rule": "name"} | fields


def record(*mentions, unlinked=()):
    return {
        "id": "1",
        "relevance": {"relevant": True},
        "mentions": list(mentions),
        "unlinked": list(unlinked),
        "verdict": {"label": "Neutral", "p": {"Neutral": 1.0}},
    }


def errors(row, made):
    found = find_mention_errors([row], [made])
    assert_the_sums_are_those_of_the_measures([row], [made], found)
    return found


def assert_the_sums_are_those_of_the_measures(rows, records, found):
    measured, counts = evaluate(rows, records)["mentions"], error_counts(found)
    assert set(counts) == set(KINDS)
    for side in ("fn", "fp"):
        assert sum(of_kind[side] for of_kind in counts.values()) == measured[side]
    assert sum(of_kind["cases"] for of_kind in counts.values()) == len(found)
    assert all(0 < e.fn + e.fp <= 2 and max(e.fn, e.fp) == 1 for e in found)


def kinds(row, made):
    return [e.kind for e in errors(row, made)]


def test_what_is_right_is_no_error():
    row = gold("[Qwen](alibaba-qwen) won.")
    assert errors(row, record(mention(row, "Qwen", "lab:alibaba-qwen"))) == ()


def test_a_name_where_nothing_was_seen_is_unknown():
    (error,) = errors(gold("Then [Glimmer](meta) came."), record())
    assert (error.kind, error.surface, error.expected, error.found) == (
        "missed:unknown-name",
        "Glimmer",
        "meta",
        None,
    )
    assert (error.start, error.fn, error.fp) == (7, 1, 0)


def test_a_name_that_was_seen_and_not_linked_has_the_reason():
    row = gold("[Gemini](google) rose.")
    seen = {"start": 2, "end": 8, "text": "Gemini", "reason": "no cue"}
    (error,) = errors(row, record(unlinked=[seen]))
    assert (error.kind, error.reason) == ("missed:unlinked", "no cue")


def test_two_names_under_one_mention_leave_one_without():
    row = gold("[Google](google) [Gemini](google) rose.")
    (error,) = errors(row, record(mention(row, "Google Gemini", "company:google")))
    assert (error.kind, error.surface, error.reason) == ("missed:span", "Gemini", "used by another")


def test_a_mention_beside_the_name_is_an_error_of_its_span():
    row = gold("阿里[通义](alibaba-qwen)大涨")
    found = errors(row, record(mention(row, "阿里", "lab:alibaba-qwen")))
    assert [(e.kind, e.surface) for e in found] == [("false:extra", "阿里"), ("missed:span", "通义")]


def test_a_name_linked_to_another_is_one_row_and_both_a_miss_and_a_false_one():
    row = gold("The [Spark](google) agent.")
    (error,) = errors(row, record(mention(row, "Spark", "company:iflytek", rule="one-sense")))
    assert (error.kind, error.expected, error.found, error.rule) == (
        "wrong-lab",
        "google",
        "iflytek",
        "one-sense",
    )
    assert (error.fn, error.fp) == (1, 1)


def test_a_ticker_over_a_name_is_a_wrong_link_that_is_only_missed():
    row = gold("Buy [TAO](bittensor) now.")
    (error,) = errors(row, record(mention(row, "TAO", "ticker:TAO", lab="platform:opentensor")))
    assert (error.kind, error.found, error.fn, error.fp) == ("wrong-lab", "ticker:TAO", 1, 0)


def test_a_linked_look_alike_says_what_it_is():
    row = gold("{Gemini}(crypto exchange) fell.")
    (error,) = errors(row, record(mention(row, "Gemini", "company:google", rule="low")))
    assert (error.kind, error.reason, error.rule) == ("false:decoy", "crypto exchange", "low")


def test_what_is_linked_and_not_annotated_is_extra_unless_it_is_never_annotated():
    row = gold("AI Mode and GitHub.")
    assert kinds(row, record(mention(row, "AI Mode", "company:google"))) == ["false:extra"]
    assert kinds(row, record(mention(row, "GitHub", "company:github"))) == []


def test_a_second_wrong_mention_over_one_name_is_a_row_of_its_own():
    row = gold("The [Blue Spark](google) agent.")
    made = record(mention(row, "Blue", "company:iflytek"), mention(row, "Spark", "company:nvidia"))
    assert [(e.kind, e.fn, e.fp) for e in errors(row, made)] == [("wrong-lab", 1, 1), ("wrong-lab", 0, 1)]


def test_articles_without_labels_of_names_have_no_errors():
    assert find_mention_errors([{"id": "1", "title": "Qwen", "text": ""}], [record()]) == ()


def test_the_commonest_case_of_a_kind_comes_first():
    row = gold("[Glimmer](meta), [Atlas](openai) and [Atlas](openai).")
    (cases,) = commonest(errors(row, record())).values()
    assert [(e.surface, n) for e, n in cases] == [("Atlas", 2), ("Glimmer", 1)]


@given(st.data())
def test_every_miss_and_every_false_one_has_exactly_one_row(data):
    spans = st.tuples(st.integers(0, 12), st.integers(1, 4)).map(lambda s: {"start": s[0], "end": sum(s)})
    owners = st.sampled_from(["google", "meta", "openai", "github"])

    def some(made):
        return data.draw(st.lists(made, max_size=4))

    row = {
        "id": "1",
        "title": "",
        "text": "abcdefghijklmnop",
        "labs": some(st.builds(lambda s, o: s | {"lab": o}, spans, owners)),
        "decoys": some(spans),
    }
    kind = st.sampled_from(["company", "ticker"])
    mentions = some(
        st.builds(
            lambda s, k, o: (
                s
                | {"text": "", "entity": f"{k}:{o}", "lab": None, "role": "other"}
                | {"confidence": 0.5, "rule": "name"}
            ),
            spans,
            kind,
            owners,
        )
    )
    made = record(*mentions, unlinked=some(spans.map(lambda s: s | {"text": "", "reason": "no cue"})))
    assert_the_sums_are_those_of_the_measures([row], [made], find_mention_errors([row], [made]))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["chinese.jsonl", "names.jsonl"])
def test_the_sums_hold_on_our_articles(name):
    rows = [json.loads(line) for line in (ARTICLES / name).read_text("utf-8").splitlines()]
    made = [
        record_to_dict(r) for r in score([article_from_row(r, place=name, now=NOW) for r in rows], now=NOW)
    ]
    assert_the_sums_are_those_of_the_measures(rows, made, find_mention_errors(rows, made))


@given(st.text(max_size=200), st.integers(0, 200))
def test_a_context_is_one_short_line(full, start):
    found = context(full, min(start, len(full)))
    assert len(found) <= 60
    assert "\n" not in found


def test_an_error_in_json_has_no_words_of_the_text_but_the_name():
    (error,) = errors(gold("Then [Glimmer](meta) came."), record())
    assert "Then" in error.context
    assert not any("Then" in str(value) or "came" in str(value) for value in error_row(error).values())


# ---------------------------------------------------------------- the command


@pytest.fixture
def annotated(tmp_path):
    row = gold("Yesterday evening [Glimbo](meta) beat [OpenAI](openai).") | {
        "title": "So",
        "relevant": False,
        "published": "2026-06-01",
    }
    for key in ("labs", "decoys"):
        for span in row[key]:
            span |= {"start": span["start"] + 2, "end": span["end"] + 2}
    return write(tmp_path / "own.jsonl", [row])


def test_evaluate_shows_errors_by_kind_within_80_columns(labtape, annotated, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    out = labtape("evaluate", annotated).out
    assert "Mention errors by kind, own.jsonl: 1 missed, 0 false" in out
    assert "Glimbo → meta / –" in out
    assert "evening Glimbo beat" in out
    assert all(len(line) <= 80 for line in out.splitlines())


def test_evaluate_hides_errors_on_demand(labtape, annotated):
    assert "by kind" not in labtape("evaluate", annotated, "--errors", "0").out


def test_evaluate_as_json_has_counts_and_rows_without_the_text(labtape, annotated):
    out = labtape("evaluate", annotated, "--json").out
    told = json.loads(out)["mention_errors"]
    assert told["counts"]["missed:unknown-name"] == {"cases": 1, "fn": 1, "fp": 0}
    assert [row["surface"] for row in told["rows"]] == ["Glimbo"]
    assert "Yesterday" not in out


def test_evaluate_writes_every_error_of_every_file(labtape, annotated, tmp_path):
    second = tmp_path / "again.jsonl"
    second.write_bytes(annotated.read_bytes())
    assert labtape("evaluate", annotated, second, "--errors-out", "errors.csv").code == 0
    with (tmp_path / "errors.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(r["gold"], r["surface"], r["start"]) for r in rows] == [
        ("own.jsonl", "Glimbo", "22"),
        ("again.jsonl", "Glimbo", "22"),
    ]
    labtape("evaluate", annotated, "--errors-out", "errors.jsonl")
    (line,) = (tmp_path / "errors.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["kind"] == "missed:unknown-name"
    assert "Yesterday" not in line


def test_evaluate_refuses_a_name_it_cannot_write_errors_under(labtape, annotated):
    answer = labtape("evaluate", annotated, "--errors-out", "errors.xlsx")
    assert answer.code == 2
    assert ".csv, .jsonl" in answer.err
