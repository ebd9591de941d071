"""Labelled sets in, a model bundle out: weights, manifest with digests, card.

    data/train/*.csv --fit_text--> weights.joblib
    gold JSONL --annotate, see--> fit_decision --> settings, cross-validated scores
                                             \\--> manifest.json, card.md

Same inputs, same seed, same library versions: same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labtape.annotate import annotate
from labtape.exceptions import ReadError
from labtape.lexicon import load_lexicon
from labtape.read import article_from_row
from labtape.signal.bundle import CARD, MANIFEST, SCHEMA, WEIGHTS, sha256_of
from labtape.signal.features import FEATURES, headline, see
from labtape.signal.ngrams import TextModel, weights
from labtape.train.card import card
from labtape.train.corpora import read_corpora, read_gold
from labtape.train.decision import Annotation, Decision, fit_decision
from labtape.train.evaluate import verdict_measures
from labtape.train.text_model import TextFit, fit_text

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

Progress = Callable[[int, int], None]
STEPS: Final = 4
LABEL_SET: Final = "market3"
PICKLED: Final = ("scikit-learn", "numpy", "scipy", "joblib")
VERSION: Final = "1"
# Articles are annotated as of this moment where they carry no date, so that training does not depend on the day.
AS_OF: Final = datetime(2026, 10, 10, tzinfo=UTC)
LEAST_GOLD: Final = 40


def train(
    data: Path,
    gold: Sequence[Path],
    out: Path,
    *,
    seed: int = 0,
    lexicon_folders: Sequence[str] = (),
    progress: Progress | None = None,
) -> Path:
    """Train the verdict model and write its bundle into `out`; returns that folder.

    `data` holds the public sets (or a train/ folder with them), `gold` are JSONL files of annotated AI news.
    """
    tick = progress or (lambda done, all_: None)
    lexicon = load_lexicon(*map(Path, lexicon_folders))
    corpora = read_corpora(data)
    tick(0, STEPS)
    text = fit_text([e for corpus in corpora for e in corpus.examples], seed=seed)
    tick(1, STEPS)
    annotations, gold_cards = _annotations(gold, text.model, lexicon)
    tick(2, STEPS)
    decision = fit_decision(annotations, text_temperature=text.model.temperature)
    tick(3, STEPS)
    cards = [*(corpus.card() for corpus in corpora), *gold_cards]
    _write(out, text, decision, cards, lexicon, seed)
    tick(4, STEPS)
    return out


def _annotations(
    paths: Sequence[Path], text: TextModel, lexicon: Lexicon
) -> tuple[list[Annotation], list[dict[str, Any]]]:  # Any: JSON of the card
    rows, cards = read_gold(paths)
    if len(rows) < LEAST_GOLD:
        raise ReadError(
            f"{', '.join(map(str, paths)) or 'gold'}: {len(rows)} annotated articles; the decision needs at least {LEAST_GOLD}"
        )
    sources = [path.stem for path, c in zip(paths, cards, strict=True) for _ in range(c["rows"])]
    seen = [
        see(annotate(article_from_row(row, place=f"gold:{n}", now=AS_OF), lexicon), lexicon)
        for n, row in enumerate(rows, 1)
    ]
    probabilities = text.probabilities([headline(s.views) for s in seen])
    made = [
        Annotation(s, p, bool(row["relevant"]), row["sentiment"], row.get("story") or row["id"], source)
        for s, p, row, source in zip(seen, probabilities, rows, sources, strict=True)
    ]
    return made, cards


def _write(
    out: Path, text: TextFit, decision: Decision, corpora: list[dict[str, Any]], lexicon: Lexicon, seed: int
) -> None:
    import joblib

    out.mkdir(parents=True, exist_ok=True)
    joblib.dump(weights(text.model), out / WEIGHTS, compress=("zlib", 6), protocol=5)
    s = decision.settings
    manifest = {
        "schema": SCHEMA,
        "name": out.name,
        "version": VERSION,
        "label_set": LABEL_SET,
        "label_set_version": lexicon.label_sets[LABEL_SET].version,
        "features": list(FEATURES),
        "libraries": {name: metadata.version(name) for name in PICKLED},
        "files": {},
        "corpora": corpora,
        "seed": seed,
        "lexicon": lexicon.digest,
        "settings": {
            "relevance": dict(s.relevance),
            "material": dict(s.material),
            "direction": dict(s.direction),
            "temperature": s.temperature,
            "text_temperature": s.text_temperature,
            "conformal": s.conformal,
        },
        "scores": {
            "cross_validated": dict(decision.cross_validated),
            "text_held_out": {name: verdict_measures(pairs) for name, pairs in sorted(text.held_out.items())},
        },
    }
    (out / CARD).write_text(card(manifest), "utf-8")
    manifest["files"] = {name: sha256_of(out / name) for name in (CARD, WEIGHTS)}
    (out / MANIFEST).write_text(
        json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8"
    )
