"""The steps in a spaCy pipeline: the same findings as the engine's, and they outlive every way of keeping a Doc."""

import json
import os
import pickle
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest

spacy = pytest.importorskip("spacy", reason="the spacy extra is not installed")

from spacy.tokens import Doc, DocBin  # noqa: E402 - after the skip

from labtape.annotate import annotate  # noqa: E402
from labtape.annotate.spacy import Findings, article_doc, tokenise_cjk  # noqa: E402
from labtape.exceptions import LexiconError, SettingsError  # noqa: E402
from labtape.lexicon import lexicon  # noqa: E402
from labtape.types import Article, Mention, Share  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
STEPS = ("labtape_mentions", "labtape_shares", "labtape_events")
GROUPS = ("labtape_mentions", "labtape_unlinked", "labtape_shares", "labtape_percentages", "labtape_events")
TEXT = (
    "Chinese models take 61% of tokens on OpenRouter\n\n"
    "Qwen took 18% of tokens in June, up from 13% in late 2024; DeepSeek led. Gemini, the crypto exchange, rose 5%."
)
CHINESE = "英伟达领涨\n\n月之暗面的Kimi与智谱占OpenRouter调用量的三成，英伟达股价上涨3.5%。"


def pipeline(*steps, language="en", **config):
    nlp = spacy.blank(language)
    for step in steps or STEPS:
        nlp.add_pipe(step, config=config)
    return nlp


def own_articles():
    """Two articles of each file of ours."""
    for path in sorted((ROOT / "corpora" / "articles").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines()[:2]:
            row = json.loads(line)
            at = datetime.fromisoformat(row["published"]).replace(tzinfo=UTC)
            yield Article(row["id"], row["title"], row["text"], publisher="Ours", published_at=at)


ARTICLES = tuple(own_articles())


def expected(article):
    a = annotate(article, lexicon())
    return Findings(a.mentions, a.unlinked, a.shares, a.percentages, a.events)


def shown(doc):
    """What a Doc's spans say, group by group."""
    return {
        group: [(s.start, s.end, s.label_, s.kb_id_, s.id_, s._.labtape) for s in doc.spans[group]]
        for group in GROUPS
    }


@pytest.fixture(scope="module")
def nlp():
    return pipeline()


@pytest.fixture(scope="module")
def doc(nlp):
    return nlp(TEXT)


# ---------------------------------------------------------------- what is found


@pytest.mark.parametrize("language", ["en", "zh", "xx"])
@pytest.mark.parametrize("article", ARTICLES, ids=lambda a: a.id)
def test_a_pipeline_finds_what_the_engine_finds(article, language):
    nlp = pipeline(language=language)
    doc = nlp(article_doc(nlp, article))
    assert doc._.labtape == expected(article)
    for group in GROUPS:
        for span in doc.spans[group]:
            assert span.start_char <= span._.labtape.start < span._.labtape.end <= span.end_char


@pytest.mark.parametrize("steps", [*permutations(STEPS), *((step,) for step in STEPS)], ids=" ".join)
def test_the_order_of_the_steps_and_which_others_run_change_nothing(steps, doc):
    alone = pipeline(*steps)(TEXT)
    assert set(alone.spans) <= set(GROUPS)
    for group in alone.spans:
        assert shown(doc)[group] == [
            (s.start, s.end, s.label_, s.kb_id_, s.id_, s._.labtape) for s in alone.spans[group]
        ]


def test_a_span_says_its_kind_and_what_it_is_about(doc):
    labels = {s.text: (s.label_, s.kb_id_) for s in doc.spans["labtape_mentions"]}
    assert labels["Qwen"] == ("model", "model:qwen")
    assert labels["OpenRouter"] == ("platform", "platform:openrouter")
    assert [s.label_ for s in doc.spans["labtape_shares"]] == ["current", "current", "baseline"]
    assert {s.text: s.label_ for s in doc.spans["labtape_unlinked"]} == {"Gemini": "crypto"}
    assert [s.label_ for s in doc.spans["labtape_percentages"]] == ["price_change"]
    assert "adoption_share" in {s.label_ for s in doc.spans["labtape_events"]}


def test_a_span_gives_our_noun_and_any_other_span_none(doc):
    qwen = next(s for s in doc.spans["labtape_mentions"] if s.text == "Qwen")
    assert isinstance(qwen._.labtape, Mention)
    assert qwen._.labtape.lab == "lab:alibaba-qwen"
    assert isinstance(doc.spans["labtape_shares"][0]._.labtape, Share)
    assert doc[0:3]._.labtape is None
    assert doc.char_span(0, 7, span_id="labtape_mentions:99")._.labtape is None
    assert doc.char_span(0, 7, span_id="somebody:0")._.labtape is None


def test_two_findings_at_one_place_keep_apart(nlp):
    """In a blank "en" a clause of Chinese is one token, so several findings are the same span."""
    doc = nlp(CHINESE)
    spans = [*doc.spans["labtape_mentions"], *doc.spans["labtape_shares"]]
    places = [(s.start, s.end) for s in spans]
    assert len(set(places)) < len(places)
    assert [s._.labtape for s in spans] == [*doc._.labtape.mentions, *doc._.labtape.shares]


def test_chinese_names_are_found_in_a_pipeline_that_splits_no_chinese(nlp):
    found = {m.text: m.entity for m in nlp(CHINESE)._.labtape.mentions}
    assert found == {
        "英伟达": "company:nvidia", "月之暗面": "lab:moonshot", "Kimi": "model:kimi", "智谱": "lab:zhipu",
        "OpenRouter": "platform:openrouter",
    }  # fmt: skip


def test_a_tokenizer_that_splits_chinese_makes_spans_exact(tmp_path):
    nlp = tokenise_cjk(pipeline())
    doc = nlp(CHINESE)
    assert doc.text == CHINESE
    assert [s.text for s in doc.spans["labtape_mentions"]] == [m.text for m in doc._.labtape.mentions]
    assert [t.text for t in nlp("英Nvidia升3.5%，“月”的Kimi K2")] == [
        "英", "Nvidia", "升", "3.5%", "，", "“", "月", "”", "的", "Kimi", "K2",
    ]  # fmt: skip
    nlp.to_disk(tmp_path / "model")
    assert shown(spacy.load(tmp_path / "model")(CHINESE)) == shown(doc)


def test_english_is_split_as_before_by_a_tokenizer_that_splits_chinese():
    text = "Mr. O'Neil's U.S.-based AI-lab can't pay $4.5bn (see https://x.example/a?b=1)."
    words = [t.text for t in spacy.blank("en")(text)]
    assert [t.text for t in tokenise_cjk(spacy.blank("en"))(text)] == words


def test_a_tokenizer_without_rules_cannot_be_told_to_split_chinese():
    with pytest.raises(SettingsError, match="'zh' has no infix rules"):
        tokenise_cjk(spacy.blank("zh"))


# ---------------------------------------------------------------- odd texts


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\n", "—", "\x00"])
def test_a_doc_without_words_has_nothing(nlp, text):
    found = nlp(text)._.labtape
    assert found.mentions == found.shares == found.percentages == ()


def test_a_doc_without_tokens_passes(nlp):
    doc = nlp(Doc(nlp.vocab))
    assert [len(doc.spans[group]) for group in GROUPS] == [0] * 5


def test_a_title_alone_is_a_title_when_it_is_said_to_be_one(nlp):
    doc = nlp.make_doc("Qwen gains")
    assert not nlp("Qwen gains")._.labtape.mentions[0].in_title
    doc._.labtape_title_end = len(doc.text)
    assert nlp(doc)._.labtape.mentions[0].in_title


def test_a_very_long_text_is_read_to_its_end(nlp):
    text = (
        f"Qwen gains\n\n{'Nothing happened on that day in the village. ' * 5000}DeepSeek took 9% of tokens."
    )
    doc = nlp(text)
    assert doc.spans["labtape_mentions"][-1].text == "DeepSeek"
    assert doc.spans["labtape_shares"][-1].text == "9%"


def test_a_doc_is_read_anew_each_time_it_passes(nlp):
    doc = nlp(TEXT)
    assert shown(nlp(doc)) == shown(nlp(TEXT))


# ---------------------------------------------------------------- title, date, publisher


def test_the_title_ends_at_the_first_blank_line_unless_it_is_said_where(nlp):
    assert [m.text for m in nlp(TEXT)._.labtape.mentions if m.in_title] == ["Chinese", "OpenRouter"]
    doc = nlp.make_doc(TEXT)
    doc._.labtape_title_end = 0
    assert not any(m.in_title for m in nlp(doc)._.labtape.mentions)


@pytest.mark.parametrize("steps", list(permutations(STEPS)), ids=" ".join)
def test_a_doc_said_to_have_no_title_is_read_as_an_article_without_one(steps):
    nlp = pipeline(*steps)
    doc = nlp.make_doc(TEXT)
    doc._.labtape_title_end = 0
    found, engine = nlp(doc)._.labtape, expected(Article("x", "", TEXT))
    assert [(m.start + 2, m.end + 2, m.entity) for m in found.mentions] == [
        (m.start, m.end, m.entity) for m in engine.mentions
    ]
    assert [
        (s.start + 2, s.sentence.start + 2, s.period, s.subject, s.comparability_key) for s in found.shares
    ] == [(s.start, s.sentence.start, s.period, s.subject, s.comparability_key) for s in engine.shares]
    assert [(e.type, e.p, e.start + 2) for e in found.events] == [
        (e.type, e.p, e.start) for e in engine.events
    ]
    for part in (found.mentions, found.shares, found.percentages, found.unlinked):
        assert all(TEXT[noun.start : noun.end] == noun.text for noun in part)


@pytest.mark.parametrize("at", ["2026-06-01", "2026-06-01T02:00:00+02:00", datetime(2026, 6, 1, tzinfo=UTC)])
def test_a_date_is_a_time_or_its_text(nlp, at):
    doc = nlp.make_doc("Qwen gains\n\nQwen took 18% of tokens last month.")
    doc._.labtape_published_at = at
    assert doc._.labtape_published_at == datetime(2026, 6, 1, tzinfo=UTC)
    assert nlp(doc)._.labtape.shares[0].period.start == "2026-05-01"


def test_what_belongs_to_an_article_may_stand_in_user_data(nlp):
    doc = nlp.make_doc(TEXT)
    doc.user_data |= {
        "labtape_published_at": "2026-06-01",
        "labtape_publisher": "Wire",
        "labtape_title_end": 0,
    }
    assert (doc._.labtape_published_at.year, doc._.labtape_publisher, doc._.labtape_title_end) == (
        2026,
        "Wire",
        0,
    )


@pytest.mark.parametrize(("name", "value"), [("published_at", "yesterday"), ("title_end", -1)])
def test_a_wrong_date_or_title_is_told_at_once(nlp, name, value):
    doc = nlp.make_doc(TEXT)
    with pytest.raises(SettingsError, match=f"labtape_{name}: .*{value}"):
        doc._.set(f"labtape_{name}", value)


# ---------------------------------------------------------------- what it outlives


def test_a_doc_can_be_pickled(doc):
    again = pickle.loads(pickle.dumps(doc))
    assert again._.labtape == doc._.labtape
    assert shown(again) == shown(doc)


def test_a_doc_can_be_copied_and_written_as_bytes(doc):
    assert shown(doc.copy()) == shown(doc)
    assert shown(Doc(spacy.blank("en").vocab).from_bytes(doc.to_bytes())) == shown(doc)


def test_a_pipeline_can_be_pickled(nlp, doc):
    assert shown(pickle.loads(pickle.dumps(nlp))(TEXT)) == shown(doc)


def test_docs_come_back_from_a_docbin(nlp, doc):
    made = [doc, nlp(CHINESE), nlp("")]
    kept = DocBin(docs=made, store_user_data=True).to_bytes()
    again = list(DocBin(store_user_data=True).from_bytes(kept).get_docs(spacy.blank("xx").vocab))
    assert [d._.labtape for d in again] == [d._.labtape for d in made]
    assert [shown(d) for d in again] == [shown(d) for d in made]


def test_an_article_with_a_date_comes_back_from_a_docbin(nlp):
    article = ARTICLES[0]
    kept = DocBin(docs=[nlp(article_doc(nlp, article))], store_user_data=True).to_bytes()
    (again,) = DocBin().from_bytes(kept).get_docs(nlp.vocab)
    assert again._.labtape_published_at == article.published_at
    assert again._.labtape == expected(article)


def test_what_a_doc_keeps_is_plain_json(doc):
    assert json.loads(json.dumps(doc.user_data["labtape"])) == doc.user_data["labtape"]


@pytest.mark.parametrize(("batch_size", "n_process"), [(1, 1), (4, 1), (1000, 1), (4, 2)])
def test_a_stream_gives_the_same_as_one_by_one(nlp, batch_size, n_process):
    docs = (article_doc(nlp, article) for article in ARTICLES)
    made = nlp.pipe(docs, batch_size=batch_size, n_process=n_process)
    assert [d._.labtape for d in made] == [expected(article) for article in ARTICLES]


def test_plain_texts_stream_over_two_processes(nlp, doc):
    made = list(nlp.pipe([TEXT, CHINESE] * 5, n_process=2, batch_size=2))
    assert [shown(d) for d in made[::2]] == [shown(doc)] * 5


def test_memory_zones_take_nothing_of_ours_with_them():
    nlp = pipeline()
    found = []
    for _ in range(3):
        with nlp.memory_zone():
            made = list(nlp.pipe([TEXT, CHINESE]))
            found.append([(d._.labtape, shown(d)) for d in made])
    assert found[0] == found[1] == found[2]
    assert nlp(TEXT)._.labtape == found[0][0][0]


# ---------------------------------------------------------------- how it is set up

OWN_LAB = """
id = "quillmark"
name = "Quillmark"
kind = "lab"
country = "NL"
open_weights = "no"
status = "private"
source = "invented"
names = ["Quillmark"]
examples = ["[Quillmark](lab:quillmark) raised money."]
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "own" / "labs").mkdir(parents=True)
    (tmp_path / "own" / "labs" / "quillmark.toml").write_text(OWN_LAB, "utf-8")
    return tmp_path / "own"


def test_the_folders_of_a_lexicon_are_kept_with_the_pipeline(folder, tmp_path):
    nlp = pipeline(lexicon=[str(folder)])
    nlp.to_disk(tmp_path / "model")
    for made in (nlp, spacy.load(tmp_path / "model"), spacy.blank("en").from_config(nlp.config)):
        assert [m.entity for m in made("Quillmark raised money.")._.labtape.mentions] == ["lab:quillmark"]
    assert pipeline()("Quillmark raised money.")._.labtape.mentions == ()


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(LexiconError, match="gone"):
        pipeline(lexicon=[str(tmp_path / "gone")])("Qwen gains")


def test_spacy_tells_which_step_needs_another():
    problems = pipeline("labtape_shares", "labtape_mentions").analyze_pipes()["problems"]
    assert problems == {"labtape_shares": ["doc._.labtape"], "labtape_mentions": []}


def test_factory_names_have_no_dots():
    assert all("." not in name for name in entry_points())


def entry_points():
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)["project"]["entry-points"]["spacy_factories"]


def test_the_steps_are_there_without_importing_labtape(tmp_path):
    """As an installer writes it down: the entry points alone, in the metadata of a package."""
    info = tmp_path / "labtape-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: labtape\nVersion: 0\n", "utf-8")
    lines = "".join(f"{name} = {place}\n" for name, place in entry_points().items())
    (info / "entry_points.txt").write_text(f"[spacy_factories]\n{lines}", "utf-8")
    code = (
        "import spacy\n"
        "nlp = spacy.blank('en')\n"
        f"for step in {STEPS}: nlp.add_pipe(step)\n"
        "doc = nlp('Qwen gains')\n"
        "print(*(s.kb_id_ for s in doc.spans['labtape_mentions']))\n"
    )
    path = os.pathsep.join([str(tmp_path), str(ROOT / "src")])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True, text=True, env=os.environ | {"PYTHONPATH": path},
    )  # fmt: skip
    assert (done.stdout.strip(), done.stderr) == ("model:qwen", "")
