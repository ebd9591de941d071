"""`labtape audit bias` as a user calls it."""

import json

ROWS = [
    {"id": f"a{n}", "title": f"{name} wins a contract", "text": "The American company said so.", "split": split, "language": "en"}
    for n, (name, split) in enumerate([("OpenAI", "test"), ("Nvidia", "test"), ("Google", "train")])
]  # fmt: skip


def written(tmp_path):
    path = tmp_path / "articles.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), "utf-8")
    return path


def test_an_audit_names_what_was_changed_and_over_how_many(labtape, tmp_path):
    answer = labtape("--bundle", "rules", "audit", "bias", "--articles", written(tmp_path))
    assert answer.code == 0
    assert "3 articles" in answer.out
    for words in ("China, not the US", "OpenAI, not its pair", "headline denied"):
        assert words in answer.out


def test_an_audit_as_json_has_every_row_and_the_measures(labtape, tmp_path):
    path = written(tmp_path)
    answer = labtape(
        "--bundle",
        "rules",
        "audit",
        "bias",
        "--articles",
        path,
        "--split",
        "test",
        "--language",
        "en",
        "--json",
    )
    told = json.loads(answer.out)
    assert told["n_articles"] == 2
    assert {row["kind"] for row in told["rows"]} >= {"lab", "country", "negation"}
    assert set(told["measures"]) == {"country", "lab"}
    assert told["over_limit"] == []


def test_a_limit_that_is_exceeded_ends_in_one(labtape, tmp_path):
    limits = tmp_path / "limits.json"
    limits.write_text('{"audit": {"lab.most": -1}}', "utf-8")
    answer = labtape(
        "--bundle", "rules", "audit", "bias", "--articles", written(tmp_path), "--floors", limits
    )
    assert answer.code == 1
    assert "lab.most is 0.0, the roof is -1" in answer.err


def test_nothing_to_audit_is_wrong_use(labtape, tmp_path):
    answer = labtape("audit", "bias", "--articles", written(tmp_path), "--split", "dev")
    assert answer.code == 2
    assert "no article of this split and language" in answer.err
