import pytest

from labelled import TEXTS, digest, labels, own_article, write, write_corpus
from labtape.corpus import check
from labtape.exceptions import ReadError
from labtape.lexicon import lexicon

HORIZONS = {
    "short": "Bearish",
    "long": "Neutral",
    "state": "directional",
    "short_why": "reaction",
    "long_why": "none",
}


def problems(tmp_path, rows=None, articles=None):
    corpora, texts = write_corpus(tmp_path, rows, articles)
    return check(corpora, [texts], lexicon()).problems


def changed(path, value):
    """The labels with one field of the first article set to something else."""
    rows = labels()
    place = rows[0]
    *steps, last = path
    for step in steps:
        place = place[step]
    place[last] = value
    return rows


def test_a_right_corpus_has_no_problem_and_every_span_is_counted(tmp_path):
    corpora, texts = write_corpus(tmp_path)
    found = check(corpora, [texts], lexicon())
    assert found.problems == ()
    assert (found.n_labels, found.n_articles, found.n_joined, found.n_missing) == (2, 1, 2, 0)
    assert found.n_spans == 7


def test_an_article_may_be_read_for_its_horizons(tmp_path):
    assert problems(tmp_path, changed(("horizons",), HORIZONS)) == ()


def test_a_missing_text_is_counted_and_is_no_problem(tmp_path):
    corpora, _ = write_corpus(tmp_path)
    texts = write(tmp_path / "texts" / "few.jsonl", TEXTS[:1])
    found = check(corpora, [texts], lexicon())
    assert (found.problems, found.n_joined, found.n_missing) == ((), 1, 1)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("labs", 0, "start"), 1, "cuts a word"),
        (("labs", 0, "lab"), "qwenn", "no organisation 'qwenn'"),
        (("labs", 0, "end"), 5, "is no word of the text"),
        (("other_percents", 0, "end"), 9999, "is no word of the text"),
        (("labs", 1, "start"), 2, "overlap"),
        (("decoys", 0, "why"), "", "say what it is"),
        (("shares", 0, "value"), 16.0, "value 16 is not what '61%' says"),
        (("shares", 0, "bound"), "range", "value_high belongs to the bound range"),
        (("shares", 0, "bound"), "circa", "bound 'circa'; have: exact, about"),
        (("shares", 0, "scope"), "", "no scope"),
        (("shares", 0, "period"), "", "an empty period"),
        (("shares", 0, "subject_labs"), ["nobody"], "no organisation 'nobody'"),
        (("shares", 0, "surface"), "61%", "a publisher's words do not belong here"),
        (("other_percents", 0, "kind"), "rise", "kind 'rise'; have: growth"),
        (("other_percents", 0, "direction"), "north", "direction 'north'"),
        (("horizons",), HORIZONS | {"long": "Flat"}, "horizons long 'Flat'; have: Bullish, Neutral, Bearish"),
        (("horizons",), HORIZONS | {"state": "flat"}, "directional is the state where a horizon has a side"),
        (
            ("horizons",),
            HORIZONS | {"short": "Neutral"},
            "directional is the state where a horizon has a side",
        ),
        (("horizons",), HORIZONS | {"long_why": "mood"}, "horizons long_why 'mood'; have: reaction"),
        (("sentiment",), "Positive", "sentiment 'Positive'; have: Bullish, Neutral, Bearish"),
        (("sentiment_asset",), "none", "relevant, and no asset"),
        (("relevant",), False, "not relevant, and yet a verdict"),
        (("relevant",), "yes", "neither true nor false"),
        (("events",), ["party"], "events ['party']"),
        (("events",), [], "events []"),
        (("geo", "direction"), "rivalry", "geo is not relevant, and yet"),
        (("geo",), None, "a field is missing or of a wrong kind"),
        (("entities",), [], "entities lack lab:alibaba-qwen"),
        (("entities", 0, "role"), "venue", "a verdict for a venue; only subjects have one"),
        (("entities", 0, "entity"), "Alibaba", "neither lab:ID of the lexicon nor ticker"),
        (("published",), "May 2026", "published 'May 2026' is no day"),
        (("split",), "later", "split 'later'; have: train, dev, test, apart"),
        (("story",), None, "has a split and no story"),
        (("sha256",), "abc", "sha256 is not 64 hexadecimal digits"),
        (("title",), "Qwen takes 61% of tokens", "a publisher's words do not belong here"),
        (
            ("labs",),
            [{"start": "x", "end": 2, "lab": "alibaba-qwen"}],
            "a field is missing or of a wrong kind",
        ),
    ],
)
def test_what_is_wrong_is_named_with_file_line_and_id(tmp_path, path, value, told):
    found = problems(tmp_path, changed(path, value))
    assert found
    assert all("2026.jsonl:1: t1: " in line for line in found)
    assert any(told in line for line in found)


@pytest.mark.parametrize("value", [None, 3, "x", [1], [None], {}, "", [[]], True, 1.5, [{}]])
@pytest.mark.parametrize("field", ["id", "published", "horizons", "story", "split", "relevant", "sentiment", "sentiment_asset", "confidence",
    "events", "geo", "horizon_note", "labs", "decoys", "shares", "other_percents", "entities", "sha256", "draw"])  # fmt: skip
def test_no_kind_of_value_in_any_field_is_more_than_a_problem(tmp_path, field, value):
    problems(tmp_path, changed((field,), value))


@pytest.mark.parametrize("field", ["summary", "body", "text", "url"])
def test_a_label_holds_no_field_for_a_publishers_words(tmp_path, field):
    assert f"holds '{field}': a publisher's words" in problems(tmp_path, changed((field,), "x"))[0]


def test_a_copied_sentence_is_found_wherever_it_stands_and_in_chinese(tmp_path):
    words = "Half of it is Alibaba's own Gemini, the exchange, rose 4.5%"
    assert "sentiment_asset: repeats" in problems(tmp_path, changed(("sentiment_asset",), words))[0]
    text = {
        "id": "zh",
        "title": "快讯",
        "text": "千问本周占平台全部词元的六成以上创下新高。",
        "published": "2026-01-02",
    }
    row = labels()[1] | {
        "id": "zh",
        "sha256": digest(text),
        "horizon_note": "千问本周占平台全部词元的六成以上",
    }
    corpora, _ = write_corpus(tmp_path, [row | {"story": "s9", "split": "train"}])
    texts = write(tmp_path / "texts" / "zh.jsonl", [text])
    (found,) = check(corpora, [texts], lexicon()).problems
    assert "horizon_note: repeats the article's words" in found


def test_a_reason_of_an_adjudication_is_no_copy_either(tmp_path):
    corpora, texts = write_corpus(tmp_path)
    words = "Half of it is Alibaba's own Gemini, the exchange, rose 4.5%"
    row = {"id": "t1", "sha256": digest(TEXTS[0]), "field": "verdict", "decided": "Neutral", "why": words}
    write(corpora / "labels" / "adjudications.jsonl", [row])
    (found,) = check(corpora, [texts], lexicon()).problems
    assert "adjudications.jsonl:1: t1: why: repeats" in found


def test_one_text_under_two_ids_is_found(tmp_path):
    rows = labels()
    assert any("labelled already" in p for p in problems(tmp_path, [*rows, rows[1] | {"id": "t3"}]))


def test_texts_without_a_text_prove_nothing(tmp_path):
    corpora, _ = write_corpus(tmp_path)
    empty = write(tmp_path / "texts" / "empty.jsonl", [])
    with pytest.raises(ReadError, match="no article with a text in it"):
        check(corpora, [empty], lexicon())


def test_a_field_that_nobody_read_may_be_absent_but_not_half_of_what_is_read_together(tmp_path):
    rows = labels()
    del rows[0]["shares"], rows[0]["other_percents"], rows[0]["entities"]
    assert problems(tmp_path, rows) == ()
    del rows[0]["decoys"]
    assert "has labs and lacks decoys" in problems(tmp_path, rows)[0]


def test_a_label_that_repeats_a_sentence_of_the_article_is_found(tmp_path):
    words = "Half of it is Alibaba's own Gemini, the exchange, rose 4.5%"
    found = problems(tmp_path, changed(("horizon_note",), words))
    assert "horizon_note: repeats the article's words" in found[0]


def test_a_story_on_two_sides_is_found(tmp_path):
    rows = labels()
    rows[1]["story"] = "s1"
    assert "story s1 stands on 2 sides: test at" in problems(tmp_path, rows)[0]


def test_an_article_labelled_twice_is_found(tmp_path):
    rows = labels()
    assert any("labelled already at" in line for line in problems(tmp_path, [*rows, rows[0]]))


def test_a_held_out_article_may_not_be_trained_on(tmp_path):
    corpora, texts = write_corpus(tmp_path)
    write(corpora / "labels" / "holdout.jsonl", labels()[:1])
    assert any(
        "held out, and labelled for training" in p for p in check(corpora, [texts], lexicon()).problems
    )


def test_the_same_id_with_another_text_is_another_article(tmp_path):
    other = TEXTS[1] | {"id": "t1"}
    row = labels()[1] | {"id": "t1", "sha256": digest(other)}
    corpora, _ = write_corpus(tmp_path, [labels()[0], row])
    texts = write(tmp_path / "texts" / "two.jsonl", [TEXTS[0], other])
    assert check(corpora, [texts], lexicon()).problems == ()


def test_our_own_articles_are_proved_without_texts(tmp_path):
    article = own_article()
    article["labs"][0]["surface"] = "Kimi K8"
    corpora, _ = write_corpus(tmp_path, articles=[article])
    found = check(corpora, [], lexicon()).problems
    assert "'Kimi K8' does not stand there but 'Kimi K9'" in found[0]


def test_a_folder_without_a_corpus_is_named(tmp_path):
    with pytest.raises(ReadError, match="no corpus, it has no labels/pool"):
        check(tmp_path, [], lexicon())
