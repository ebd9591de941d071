"""The trained model behind the port: text direction from a bag of words, materiality from rules and features.

The weights hold two vectorisers and a classifier that was trained on public finance headlines. How far its
direction is to be believed on AI news, and what makes an item material there, are a few numbers in the
manifest, fitted on labelled AI news:

    material   z_m = m · (1, rule materiality, text materiality)
    direction  z_d = d · (rule direction, text direction)
    p(Neutral) = 1 - σ(z_m),   p(Bullish) = σ(z_m) σ(z_d),   p(Bearish) = σ(z_m) (1 - σ(z_d))

A text that is not about AI (see `relevance`) is judged by the text model alone, calibrated on its own field.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from labtape.exceptions import BundleError
from labtape.lexicon import lexicon as shipped_lexicon
from labtape.ports import Model, Prediction
from labtape.signal.bundle import WEIGHTS, Manifest, check_libraries, find_bundle, verify
from labtape.signal.features import FEATURES, Seen, headline, live_hits, see
from labtape.signal.house import Hit
from labtape.signal.mathematics import conformal_set, logit, sigmoid, softmax
from labtape.signal.ngrams import LABELS, TextModel, restored
from labtape.signal.rules import RuleModel, balance, contributions, hits_about, horizon_logits, logits
from labtape.types import Annotated, ModelRef

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

MATERIAL: Final = ("bias", "rules", "text")
DIRECTION: Final = ("rules", "text")
RULES: Final = "rules"
DEFAULT: Final = "market3"


@dataclass(frozen=True, slots=True)
class Settings:
    """The fitted numbers of a manifest, by name."""

    relevance: Mapping[str, float]
    material: Mapping[str, float]
    direction: Mapping[str, float]
    temperature: float
    text_temperature: float
    conformal: float


class BundleModel:
    """A verified bundle as a `Model`."""

    def __init__(
        self, text: TextModel, settings: Settings, ref: ModelRef, label_set: str, lexicon: Lexicon
    ) -> None:
        self._text = text
        self._settings = settings
        self._ref = ref
        self._label_set = label_set
        self._lexicon = lexicon

    @property
    def ref(self) -> ModelRef:
        return self._ref

    @property
    def label_set_id(self) -> str:
        return self._label_set

    def predict(self, annotated: Sequence[Annotated]) -> list[Prediction]:
        seen = [see(a, self._lexicon) for a in annotated]
        texts = self._text.probabilities([headline(s.views) for s in seen])
        return [predict_one(s, text, self._settings) for s, text in zip(seen, texts, strict=True)]

    def predict_entities(self, pairs: Sequence[tuple[Annotated, str]]) -> list[Mapping[str, float]]:
        """p from the sentences that name the entity: their house-rule hits and their words."""
        hits = [hits_about(a, live_hits(a, self._lexicon), entity) for a, entity in pairs]
        texts = self._text.probabilities([_named_sentences(a, entity) for a, entity in pairs])
        return [
            combined(balance(own), None if a.language == "zh" else text, self._settings)
            for (a, _), own, text in zip(pairs, hits, texts, strict=True)
        ]


def load_model(name_or_path: str | Path = DEFAULT, *, lexicon: Lexicon | None = None) -> Model:
    """A bundle by name or folder, or the rule model as "rules"; raises `BundleError` before opening what is wrong."""
    known = lexicon or shipped_lexicon()
    if str(name_or_path) == RULES:
        return RuleModel(known)
    folder = find_bundle(name_or_path)
    manifest = verify(folder)
    _check_fit(manifest, folder, known)
    check_libraries(manifest, folder)
    settings = _settings(manifest, folder)
    text = _open_weights(folder / WEIGHTS, settings.text_temperature)
    return BundleModel(
        text, settings, ModelRef(manifest.name, manifest.version, manifest.digest), manifest.label_set, known
    )


def predict_one(seen: Seen, text: tuple[float, float, float], settings: Settings) -> Prediction:
    """Everything the port asks for, from one article's features and its text probabilities."""
    relevance = sigmoid(
        settings.relevance["bias"]
        + sum(w * seen.values[n] for n, w in settings.relevance.items() if n != "bias")
    )
    usable_text = usable(text, seen.values)

    def mixed(by_sign: Mapping[int, float]) -> dict[str, float]:
        inside = combined(by_sign, usable_text, settings)
        outside = dict(zip(LABELS, text, strict=True)) if usable_text else inside
        return {label: relevance * inside[label] + (1 - relevance) * outside[label] for label in LABELS}

    p = mixed(logits(seen.values))
    return Prediction(
        relevance=relevance,
        p=p,
        short=mixed(horizon_logits(seen.hits, lasting=False)),
        long=mixed(horizon_logits(seen.hits, lasting=True)),
        label_set=conformal_set(p, settings.conformal),
        contributions=_contributions(seen.hits, usable_text, settings),
    )


def usable(
    text: tuple[float, float, float], values: Mapping[str, float]
) -> tuple[float, float, float] | None:
    """The text probabilities where the text model can read the language."""
    return None if values["is_zh"] else text


def inputs(
    by_sign: Mapping[int, float], text: tuple[float, float, float] | None
) -> tuple[dict[str, float], dict[str, float]]:
    """The named inputs of the two small regressions: material or not, and direction."""
    p = softmax({str(k): v for k, v in by_sign.items()})
    material = {
        "bias": 1.0,
        "rules": logit(1 - p["0"]),
        "text": logit(1 - text[1]) if text else 0.0,
    }
    direction = {
        "rules": by_sign[1] - by_sign[-1],
        "text": math.log(max(text[0], 1e-6) / max(text[2], 1e-6)) if text else 0.0,
    }
    return material, direction


def combined(
    by_sign: Mapping[int, float],
    text: tuple[float, float, float] | None,
    settings: Settings,
) -> dict[str, float]:
    """Probabilities over `LABELS` on AI news."""
    material, direction = inputs(by_sign, text)
    z_m = sum(settings.material[n] * material[n] for n in MATERIAL) / settings.temperature
    z_d = sum(settings.direction[n] * direction[n] for n in DIRECTION) / settings.temperature
    moved, up = sigmoid(z_m), sigmoid(z_d)
    return {"Bullish": moved * up, "Neutral": 1 - moved, "Bearish": moved * (1 - up)}


def _contributions(
    hits: Sequence[Hit], text: tuple[float, float, float] | None, settings: Settings
) -> tuple[tuple[str, float], ...]:
    parts = [(name, round(value * settings.direction["rules"], 4)) for name, value in contributions(hits)]
    if text:
        parts.append(
            (
                "words",
                round(settings.direction["text"] * math.log(max(text[0], 1e-6) / max(text[2], 1e-6)), 4),
            )
        )
    return tuple(sorted(parts, key=lambda part: (-abs(part[1]), part[0])))


def _named_sentences(annotated: Annotated, entity: str) -> str:
    full = annotated.article.full
    own = [m for m in annotated.mentions if entity in (m.entity, m.lab)]
    spans = [s for s in annotated.sentences if any(s.start <= m.start < s.end for m in own)]
    return " ".join(full[s.start : s.end] for s in spans[:2])


def _open_weights(path: Path, temperature: float) -> TextModel:
    import joblib

    return restored(joblib.load(path), temperature)


def _check_fit(manifest: Manifest, folder: Path, lexicon: Lexicon) -> None:
    known = lexicon.label_sets.get(manifest.label_set)
    if known is None:
        have = ", ".join(sorted(lexicon.label_sets))
        raise BundleError(f"{folder}: label set '{manifest.label_set}' is not in the lexicon; have: {have}")
    if known.version != manifest.label_set_version:
        raise BundleError(
            f"{folder}: made for label set {known.id} version {manifest.label_set_version}, the lexicon has {known.version}; train again"
        )
    unknown = [name for name in manifest.features if name not in FEATURES]
    if unknown:
        raise BundleError(f"{folder}: features this labtape does not make: {', '.join(unknown)}; train again")
    if WEIGHTS not in manifest.files:
        raise BundleError(f"{folder}: the manifest lists no {WEIGHTS}; train again")


def _settings(manifest: Manifest, folder: Path) -> Settings:
    try:
        return Settings(**manifest.settings)
    except TypeError as e:
        raise BundleError(f"{folder}: settings of the manifest do not fit ({e}); train again") from e
