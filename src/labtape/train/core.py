"""Labelled sets in, a model bundle out: weights, manifest with digests, card, picture.

    data/train/*.csv --fit_text--> text model ──────────────┐
    gold, labels + texts --annotate, see--> fit_decision ─┴─> weights.joblib, manifest.json, card.md

Same inputs, same seed, same library versions: same bytes.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labtape.annotate import annotate
from labtape.exceptions import ReadError, SettingsError
from labtape.lexicon import load_lexicon
from labtape.read import article_from_row
from labtape.report.reliability import reliability_svg
from labtape.signal.bundle import CARD, MANIFEST, RELIABILITY, SCHEMA, WEIGHTS, sha256_of
from labtape.signal.encoder import NETWORK, TOKENIZER
from labtape.signal.features import headline, see
from labtape.signal.inputs import names
from labtape.signal.news_words import plain_data
from labtape.signal.ngrams import LABELS, TextModel, weights
from labtape.signal.told import EVENTS, GEOPOLITICS
from labtape.story import Grouper
from labtape.train.card import CURVES, card
from labtape.train.corpora import Example, read_corpora
from labtape.train.decision import Decision, fit_decision
from labtape.train.encoder_course import Schooled
from labtape.train.encoder_fit import LONGEST
from labtape.train.encoder_lessons import entity_lessons, headline_lessons, outputs
from labtape.train.encoder_reads import read_by_encoder, with_subjects
from labtape.train.evaluate import verdict_measures
from labtape.train.events_told import Told, fit_told
from labtape.train.geo_told import GeoTold, fit_geopolitics
from labtape.train.gold import APART, AS_OF, TEST, jsonl_files, read_gold
from labtape.train.heads import Annotation
from labtape.train.text_model import TextFit, fit_text, out_of_fold
from labtape.types import Annotated, Article

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

Progress = Callable[[int, int], None]
STEPS: Final = 4
LABEL_SET: Final = "market3"
PICKLED: Final = ("scikit-learn", "numpy", "scipy", "joblib")
VERSION: Final = "1"
LEAST_GOLD: Final = 40
# What the label of somebody else's text has, and an article of ours has not.
SHA256: Final = "sha256"
# What only an article of our own has.
OURS: Final = "genre"
NOTICE: Final = "NOTICE"
NOTICE_TEXT: Final = """encoder.onnx was fine-tuned from all-MiniLM-L6-v2 (sentence-transformers, Apache License 2.0; its first three layers, its
vocabulary pruned), which was made from MiniLM-L6-H384-uncased (Microsoft, MIT License). tokenizer.onnx holds that vocabulary.
"""
# Finance headlines without an AI word that teach relevance what lies elsewhere.
FILLERS: Final = 100


def train(
    data: Path | None,
    gold: Sequence[Path],
    out: Path,
    *,
    labels: Sequence[Path] = (),
    texts: Path | None = None,
    seed: int = 0,
    lexicon_folders: Sequence[str] = (),
    encoder: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Train the verdict model and write its bundle into `out`; returns that folder.

    The bundle has its reliability diagram where charts can be drawn (the extra `charts`), and is whole without it.

    `data` holds the public sets (or a train/ folder with them); without it the text model learns from the labelled headlines
    alone. `gold` are JSONL files of annotated AI news with their texts, `labels` such files (or folders of them), with texts or
    joined to `texts` by id and digest. Labels of the split "test" are the test, of texts kept elsewhere where there are such;
    left out are those "apart", and what nobody read for its verdict. With `encoder` a small transformer is fine-tuned as well
    (the extra `train`; most of an hour on two cores).
    """
    tick = progress or (lambda done, all_: None)
    lexicon = load_lexicon(*map(Path, lexicon_folders))
    corpora = read_corpora(data) if data else ()
    rows, gold_cards = _rows(gold, labels, texts)
    tick(0, STEPS)
    public = [e for corpus in corpora for e in corpus.examples]
    text = fit_text(public or _headlines(rows), seed=seed)
    tick(1, STEPS)
    annotated = [
        annotate(article_from_row(r.row, place=f"gold:{n}", now=AS_OF), lexicon)
        for n, r in enumerate(rows, 1)
    ]
    annotations = [
        *_annotations(rows, annotated, text.model, lexicon, learned_from=not public, seed=seed),
        *_fillers(public, text.model, lexicon, seed=seed),
    ]
    raw = [r.row for r in rows] + [{}] * (len(annotations) - len(rows))
    learned: _Encoded | None = None
    if encoder:
        headlines = [*headline_lessons(public), *(entity_lessons(data) if data else ())]
        read = read_by_encoder(annotations, annotated, raw, headlines, text.model, lexicon, seed=seed)
        annotations = list(read.annotations)
        told = (annotations, annotated, raw, lexicon)
        learned = _Encoded(read.schooled, fit_told(*told), fit_geopolitics(*told))
    else:
        annotations = list(with_subjects(annotations, annotated, raw, text.model, lexicon))
    tick(2, STEPS)
    decision = fit_decision(annotations, text_temperature=text.model.temperature)
    tick(3, STEPS)
    cards = [*(corpus.card() for corpus in corpora), *gold_cards]
    _write(out, text, decision, cards, lexicon, seed, learned)
    tick(4, STEPS)
    return out


@dataclass(frozen=True, slots=True)
class _Encoded:
    """What a bundle with an encoder has besides: the encoder, and the tables that weigh what it says of events and states."""

    schooled: Schooled
    events: Told
    geopolitics: GeoTold | None

    @property
    def scores(self) -> dict[str, Any]:  # Any: JSON of the manifest
        geo = {"geopolitics": dict(self.geopolitics.scores)} if self.geopolitics else {}
        return {"events": dict(self.events.scores)} | geo


@dataclass(frozen=True, slots=True)
class _Row:
    row: Mapping[str, Any]  # Any: JSON of annotations
    source: str
    held: bool


def _rows(
    gold: Sequence[Path], labels: Sequence[Path], texts: Path | None
) -> tuple[list[_Row], list[dict[str, Any]]]:  # Any: JSON of the card
    """The labelled articles of all files, the test marked, and what the card says about each file.

    Where there is a test of real articles, ours would flatter it and are left out of it.
    """
    found = {path: read_gold(path, texts if path in labels else None) for path in (*gold, *labels)}
    for path in labels:
        must_have_sides(path, found[path].rows)
    kept = {
        path: [
            _Row(r, path.stem, r.get("split") == TEST)
            for r in own.rows
            if _is_judged(r, path) and r.get("split") != APART
        ]
        for path, own in found.items()
    }
    if any(r.held and SHA256 in r.row for own in kept.values() for r in own):
        kept = {path: [r for r in own if not r.held or SHA256 in r.row] for path, own in kept.items()}
    rows = [r for own in kept.values() for r in own]
    cards = [
        {
            "name": f"annotated AI news: {path.name}",
            "licence": "ours, Apache-2.0"
            if own.rows and all(OURS in r for r in own.rows)
            else "annotations; texts not redistributed",
            "rows": len(own.rows) + own.n_missing + own.n_changed,
            "used": len(kept[path]),
            "sha256": digest_of_files(path),
        }
        for path, own in found.items()
    ]
    if len(rows) < LEAST_GOLD:
        raise ReadError(
            f"{', '.join(map(str, (*gold, *labels))) or 'gold'}: {len(rows)} annotated articles; the decision needs at least {LEAST_GOLD}"
        )
    return rows, cards


def _is_judged(row: Mapping[str, Any], path: Path) -> bool:  # Any: JSON of annotations
    """Whether an article was read for its verdict; raises `ReadError` where half of the verdict is there."""
    if "relevant" not in row:
        return False
    if row.get("sentiment") not in LABELS:
        raise ReadError(f"{path}: {row['id']}: sentiment '{row.get('sentiment')}'; have: {', '.join(LABELS)}")
    return True


def must_have_sides(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:  # Any: JSON of annotations
    """Raise `ReadError` for labels of others' texts without a side: held-out and second readings have none."""
    for row in rows:
        if SHA256 in row and "split" not in row:
            raise ReadError(
                f"{path}: {row['id']} has no split; held-out labels and second readings are not learned from. "
                "Name corpora/labels/pool, or run labtape corpus split"
            )


def _headlines(rows: Sequence[_Row]) -> list[Example]:
    """The headlines of labelled news as the text model's examples: where there is no public set."""
    return [Example(r.row["title"], r.row["sentiment"], "labelled headlines") for r in rows if _teaches(r)]


def _teaches(row: _Row) -> bool:
    return bool(row.row["relevant"]) and not row.held


def digest_of_files(path: Path) -> str:
    """The sha-256 of a file; of a folder, that of its files' digests by name."""
    files = jsonl_files(path)
    if files == (path,):
        return sha256_of(path)
    lines = "".join(f"{file.relative_to(path).as_posix()} {sha256_of(file)}\n" for file in files)
    return f"sha256:{sha256(lines.encode()).hexdigest()}"


def _annotations(
    rows: Sequence[_Row],
    annotated: Sequence[Annotated],
    text: TextModel,
    lexicon: Lexicon,
    *,
    learned_from: bool,
    seed: int,
) -> list[Annotation]:
    """The articles as the fit sees them; where the text model learned from them, by models that had not seen theirs."""
    grouper = Grouper()
    stories = [r.row.get("story") or grouper.add(a).id for r, a in zip(rows, annotated, strict=True)]
    seen = [see(a, lexicon) for a in annotated]
    probabilities = text.probabilities([headline(s.views) for s in seen])
    if learned_from:
        taught = [k for k, r in enumerate(rows) if _teaches(r)]
        unseen = out_of_fold(_headlines(rows), temperature=text.temperature, seed=seed)
        for k, p in zip(taught, unseen, strict=True):
            probabilities[k] = p
    return [
        Annotation(
            s,
            p,
            bool(r.row["relevant"]),
            r.row["sentiment"],
            story,
            r.source,
            held=r.held,
            written=OURS in r.row,
            horizons=r.row.get("horizons"),
        )
        for s, p, r, story in zip(seen, probabilities, rows, stories, strict=True)
    ]


def _fillers(
    examples: Sequence[Example], text: TextModel, lexicon: Lexicon, *, seed: int
) -> list[Annotation]:
    """Finance headlines in which nothing is about AI, as articles that are not relevant."""
    order = list(dict.fromkeys(e.text for e in examples))
    random.Random(seed).shuffle(order)  # noqa: S311 a sample, not a secret
    made: list[Annotation] = []
    for n, title in enumerate(order[: 4 * FILLERS]):
        seen = see(annotate(Article(f"filler:{n}", title, ""), lexicon), lexicon)
        if seen.topic.no_ai and len(made) < FILLERS:
            p = text.probabilities([title])[0]
            made.append(Annotation(seen, p, False, "Neutral", f"filler:{n}", "filler", filler=True))
    return made


def _write(
    out: Path,
    text: TextFit,
    decision: Decision,
    corpora: list[dict[str, Any]],
    lexicon: Lexicon,
    seed: int,
    encoded: _Encoded | None,
) -> None:
    import joblib

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise SettingsError(f"{out}: cannot be a bundle's folder: {e.strerror}") from e
    learned = {"text": weights(text.model), "news": plain_data(decision.fitted.words)}
    joblib.dump(learned, out / WEIGHTS, compress=("zlib", 6), protocol=5)
    encoder_files = _encoder(out, encoded)
    s = decision.fitted.settings
    manifest = {
        "schema": SCHEMA,
        "name": out.name,
        "version": VERSION,
        "label_set": LABEL_SET,
        "label_set_version": lexicon.label_sets[LABEL_SET].version,
        "features": [n for n in names() if any(n in own for own in s.heads.values())],
        "libraries": {name: metadata.version(name) for name in PICKLED},
        "files": {},
        "corpora": corpora,
        "seed": seed,
        "lexicon": lexicon.digest,
        "settings": {
            "relevance": dict(s.relevance),
            "material": dict(s.material),
            "direction": dict(s.direction),
            "entity_material": dict(s.entity_material),
            "entity_direction": dict(s.entity_direction),
            "horizons": s.horizons,
            "calibration": s.calibration.to_dict(),
            "text_temperature": s.text_temperature,
            "conformal": s.conformal,
            **({"encoder": {"longest": LONGEST, "outputs": list(outputs())}} if encoded else {}),
        },
        "scores": {
            "cross_validated": dict(decision.cross_validated),
            "test": dict(decision.test),
            "calibration": dict(decision.calibration),
            "horizons": dict(decision.horizons),
            "reliability": {name: [asdict(b) for b in own] for name, own in decision.reliability.items()},
            **(encoded.scores if encoded else {}),
            "text_held_out": {name: verdict_measures(pairs) for name, pairs in sorted(text.held_out.items())},
        },
    }
    drawn = _drawn(out / RELIABILITY, decision)
    (out / CARD).write_text(card(manifest, has_picture=drawn), "utf-8")
    files = (CARD, WEIGHTS, *([RELIABILITY] if drawn else []), *encoder_files)
    manifest["files"] = {name: sha256_of(out / name) for name in files}
    (out / MANIFEST).write_text(
        json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8"
    )


def _encoder(out: Path, encoded: _Encoded | None) -> tuple[str, ...]:
    """Write the encoder's files, its tables of events and states and the notice of what it began as; without an encoder none, and none of an earlier training."""
    for name in (NETWORK, TOKENIZER, EVENTS, GEOPOLITICS, NOTICE):
        (out / name).unlink(missing_ok=True)
    if encoded is None:
        return ()
    from labtape.train.encoder_export import export_encoder

    export_encoder(encoded.schooled.state, encoded.schooled.vocabulary, out)
    (out / NOTICE).write_text(NOTICE_TEXT, "utf-8")
    (out / EVENTS).write_text(encoded.events.table.as_json(), "utf-8")
    if encoded.geopolitics is None:
        return NETWORK, TOKENIZER, EVENTS, NOTICE
    (out / GEOPOLITICS).write_text(encoded.geopolitics.table.as_json(), "utf-8")
    return NETWORK, TOKENIZER, EVENTS, GEOPOLITICS, NOTICE


def _drawn(path: Path, decision: Decision) -> bool:
    """Write the reliability diagram; False, and no file of an earlier training, where there is nothing to draw it with."""
    path.unlink(missing_ok=True)
    curves = {CURVES[name]: bins for name, bins in decision.reliability.items()}
    try:
        picture = reliability_svg(
            curves, title=f"Are verdicts right as often as they are sure? ({path.parent.name})"
        )
    except SettingsError:
        return False
    path.write_text(picture, "utf-8")
    return True
