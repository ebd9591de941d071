"""An encoder is taught, written and read back: a small random network in MiniLM's shape, no download."""

from __future__ import annotations

from pathlib import Path

import pytest

from labtape.train.encoder_lessons import HEADS, Lesson, outputs

pytestmark = pytest.mark.slow

WORDS = [
    "shares",
    "soar",
    "jump",
    "record",
    "profit",
    "beats",
    "gain",
    "rally",
    "plunge",
    "tumble",
    "loss",
    "misses",
    "cuts",
    "slump",
    "weak",
    "falls",
    "company",
    "chips",
    "said",
    "on",
    "the",
    "a",
    "of",
    "and",
    "in",
    "acme",
    "borel",
    "corp",
    "today",
    "market",
]
GOOD, BAD = WORDS[:8], WORDS[8:16]


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    pytest.importorskip("onnx")
    from labtape.train import encoder_course, encoder_fit

    letters = [chr(c) for c in range(97, 123)]
    pieces = list(
        dict.fromkeys(
            ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{x}" for x in letters), *WORDS)
        )
    )
    folder = tmp_path / "base"
    torch.manual_seed(1)
    shape = transformers.BertConfig(
        vocab_size=len(pieces),
        hidden_size=384,
        num_hidden_layers=3,
        num_attention_heads=12,
        intermediate_size=256,
    )
    transformers.BertModel(shape, add_pooling_layer=False).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n", "utf-8")
    monkeypatch.setattr(encoder_fit, "base_folder", lambda: folder)
    monkeypatch.setattr(encoder_course, "base_folder", lambda: folder)
    return folder


def lessons(n: int) -> list[Lesson]:
    made = []
    for k in range(n):
        side = GOOD if k % 2 else BAD
        text = f"acme {side[k % 8]} {side[(k + 3) % 8]} today"
        made.append(Lesson(text, "the company said", {"headline": 0 if k % 2 else 2, "relevance": 1.0}))
    return made


def test_what_was_taught_is_read_back_from_the_files(base: Path, tmp_path: Path) -> None:
    from labtape.train.encoder_course import Course
    from labtape.train.encoder_export import export_encoder
    from labtape.train.encoder_fit import answers_of, fit_encoder
    from labtape.train.vocabulary import pruned, read_vocabulary

    vocabulary = pruned(read_vocabulary(base), [f"{a.first} {a.second}" for a in lessons(16)], least=1)
    assert len(vocabulary.pieces) < len(read_vocabulary(base).pieces)
    state = fit_encoder(lessons(160), Course(4, 1e-3), vocabulary, seed=0)
    again = fit_encoder(lessons(160), Course(4, 1e-3), vocabulary, seed=0)
    assert all((state[name] == again[name]).all() for name in state), "same lessons, same seed, other weights"
    encoder = export_encoder(state, vocabulary, tmp_path / "out", texts=["Acme soars\u200b", "Pokémon cuts"])
    pairs = [("acme record rally today", "the company said"), ("acme slump weak today", "")]
    wanted = answers_of(state, pairs, vocabulary)
    assert float("5e-324") > 0, "the processor was left without subnormal numbers"
    for pair, own in zip(pairs, wanted, strict=True):
        read = encoder.read(*pair)
        assert set(read) == set(outputs())
        assert max(abs(read[name] - own[name]) for name in read) < 0.5
    up, down = (encoder.read(*pair) for pair in pairs)
    assert up["headline.Bullish"] > up["headline.Bearish"]
    assert down["headline.Bearish"] > down["headline.Bullish"]


def test_every_article_is_read_by_those_that_had_not_seen_it(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from labtape.train import encoder_course
    from labtape.train.encoder_course import Course, Item

    seen: list[set[str]] = []
    monkeypatch.setattr(encoder_course, "NEWS", Course(1, 1e-3))
    monkeypatch.setattr(encoder_course, "NEWS_OF_FOLDS", Course(1, 1e-3))
    monkeypatch.setattr(encoder_course, "FOLDS", 2)
    monkeypatch.setattr(encoder_course, "LEAST_PIECE", 1)
    taught = encoder_course._taught

    def watched(first, items, again, vocabulary, seed, course):  # type: ignore[no-untyped-def]
        seen.append({lesson.first for item in items for lesson in item.lessons})
        return taught(first, items, again, vocabulary, seed, course)

    monkeypatch.setattr(encoder_course, "_taught", watched)
    monkeypatch.setattr("joblib.Parallel", lambda n_jobs: lambda tasks: [f(*a, **k) for f, a, k in tasks])
    items = [
        Item((Lesson(f"acme {word} today", "", {"relevance": 1.0}),), fold)
        for word, fold in zip(WORDS[:9], [0, 1, None] * 3, strict=True)
    ]
    schooled = encoder_course.school((), items, seed=0)
    everything, without_first, without_second = seen
    assert len(everything) == 9
    assert without_first == {item.lessons[0].first for item in items if item.fold == 1}
    assert without_second == {item.lessons[0].first for item in items if item.fold == 0}
    assert [len(own) for own in schooled.reads] == [1] * 9


def test_the_heads_name_each_output_once() -> None:
    assert len(set(outputs())) == len(outputs()) == sum(len(head.classes) for head in HEADS)
