from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from labelled import TEXTS, digest, labels, write, write_corpus
from labtape.corpus import assign, check
from labtape.corpus.splits import Dated, split
from labtape.lexicon import lexicon
from labtape.train.gold import rows_with_places

DAYS = st.dates(min_value=date(2025, 1, 1), max_value=date(2026, 8, 31))


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), DAYS.map(str), st.booleans()), max_size=40))
def test_a_story_never_stands_on_two_sides_and_the_last_two_months_are_never_trained_on(rows):
    articles = [Dated(str(n), story, day, held) for n, (story, day, held) in enumerate(rows)]
    sides = split(articles, last_month="2026-08")
    for story in "abcdefgh":
        own = {sides[a.key] for a in articles if a.story == story}
        assert len(own) <= 1
    assert all(sides[a.key] in ("test", "apart") for a in articles if a.published >= "2026-07-01")
    assert all(sides[a.key] == "apart" for a in articles if a.is_held)


def test_what_has_no_date_is_old():
    assert split([Dated("x", "s", None)], last_month="2026-08")["x"] in ("train", "dev")


def test_about_a_tenth_of_the_stories_is_dev():
    sides = split([Dated(str(n), f"s{n}", "2026-01-01") for n in range(2000)], last_month="2026-08")
    assert 150 < sum(side == "dev" for side in sides.values()) < 250


def test_assigning_writes_story_and_side_into_the_labels_and_the_corpus_stays_right(tmp_path):
    rows = [{k: v for k, v in row.items() if k not in ("story", "split")} for row in labels()]
    corpora, texts = write_corpus(tmp_path, rows)
    counts = assign(corpora, texts, [], lexicon())
    made = [row for _, row in rows_with_places(corpora / "labels" / "pool")]
    assert made[1]["split"] == "test"
    assert made[0]["split"] in ("train", "dev")
    assert sum(counts.values()) == 3
    assert check(corpora, [texts], lexicon()).problems == ()
    before = (corpora / "labels" / "pool" / "2026.jsonl").read_bytes()
    assign(corpora, texts, [], lexicon())
    assert (corpora / "labels" / "pool" / "2026.jsonl").read_bytes() == before


def test_what_gold_tells_as_well_is_kept_apart(tmp_path):
    corpora, texts = write_corpus(tmp_path)
    gold = write(tmp_path / "gold.jsonl", [TEXTS[0] | {"id": "g1", "relevant": True}])
    assign(corpora, texts, [gold], lexicon())
    made = {row["id"]: row["split"] for _, row in rows_with_places(corpora / "labels" / "pool")}
    assert made == {"t1": "apart", "t2": "test"}


def test_two_articles_of_one_headline_are_one_story_whenever_they_came(tmp_path):
    old = TEXTS[1] | {"id": "t3", "text": "Many trees.", "published": "2025-02-01"}
    rows = [
        *labels(),
        labels()[1] | {"id": "t3", "sha256": digest(old), "published": "2025-02-01"},
    ]
    corpora, _ = write_corpus(tmp_path, rows)
    texts = write(tmp_path / "texts" / "pool.jsonl", [*TEXTS, old])
    assign(corpora, texts, [], lexicon())
    made = {
        row["id"]: (row["story"], row["split"]) for _, row in rows_with_places(corpora / "labels" / "pool")
    }
    assert made["t2"] == made["t3"]
    assert made["t2"][1] == "test"
