"""The trained model behind the port: rules, structured features, two bags of words, three heads.

The weights hold a text model that was trained on public finance headlines (direction transfers from there), and the
words of labelled AI news. The manifest holds what each named input weighs in each head:

    z_h = Σ w_h · inputs + words_h              h = relevance, material, direction
    p(Neutral) = 1 - σ(z_m),   p(Bullish) = σ(z_m) σ(z_d),   p(Bearish) = σ(z_m) (1 - σ(z_d)),   then `calibration`

An entity is judged by five numbers over the rules and the text of the sentences that name it. A text that is not
about AI is judged by the text model alone, calibrated on its own field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from labtape.exceptions import BundleError
from labtape.lexicon import lexicon as shipped_lexicon
from labtape.ports import Account, Model, Prediction
from labtape.signal.attribution import strongest_terms, taken_apart, weighted
from labtape.signal.bundle import WEIGHTS, Manifest, check_libraries, checked_digest, find_bundle, verify
from labtape.signal.calibration import Calibration, calibrated, read_calibration
from labtape.signal.features import Seen, headline, live_hits, see
from labtape.signal.house import Hit
from labtape.signal.inputs import Text, inputs_of, names, rules_and_text
from labtape.signal.mathematics import conformal_set, sigmoid
from labtape.signal.news_words import NewsWords
from labtape.signal.news_words import restored as restored_words
from labtape.signal.ngrams import LABELS, TextModel, restored
from labtape.signal.places import named_sentences
from labtape.signal.rules import RuleModel, balance, hits_about, horizon_logits
from labtape.types import Annotated, ModelRef

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

RULES: Final = "rules"
DEFAULT: Final = "market3"


@dataclass(frozen=True, slots=True)
class Settings:
    """The fitted numbers of a manifest, by name.

    `relevance`, `material` and `direction` weigh the named inputs of an article; `entity_material` and
    `entity_direction` the rules and the text of an entity's own sentences.
    """

    relevance: Mapping[str, float]
    material: Mapping[str, float]
    direction: Mapping[str, float]
    entity_material: Mapping[str, float]
    entity_direction: Mapping[str, float]
    calibration: Calibration
    text_temperature: float
    conformal: float

    @property
    def heads(self) -> dict[str, Mapping[str, float]]:
        return {"relevance": self.relevance, "material": self.material, "direction": self.direction}


class BundleModel:
    """A verified bundle as a `Model`."""

    def __init__(
        self,
        text: TextModel,
        words: NewsWords,
        settings: Settings,
        ref: ModelRef,
        label_set: str,
        lexicon: Lexicon,
    ) -> None:
        self._text = text
        self._words = words
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
        words = self._words.scores([s.views for s in seen])
        return [
            predict_one(s, text, own, self._settings) for s, text, own in zip(seen, texts, words, strict=True)
        ]

    def accounts(self, annotated: Sequence[Annotated]) -> list[Account]:
        """What moved the probabilities, per article, in order."""
        seen = [see(a, self._lexicon) for a in annotated]
        texts = self._text.probabilities([headline(s.views) for s in seen])
        views = [s.views for s in seen]
        words, terms = self._words.scores(views), self._words.terms(views)
        return [
            account_of(s, text, own, apart, self._settings)
            for s, text, own, apart in zip(seen, texts, words, terms, strict=True)
        ]

    def predict_entities(self, pairs: Sequence[tuple[Annotated, str]]) -> list[Mapping[str, float]]:
        """p from the sentences that name the entity: their house-rule hits and their words."""
        live = {id(a): live_hits(a, self._lexicon) for a, _ in pairs}
        hits = [hits_about(a, live[id(a)], entity) for a, entity in pairs]
        texts = self._text.probabilities([named_sentences(a, entity) for a, entity in pairs])
        return [
            judged_entity(balance(own), None if a.language == "zh" else text, self._settings)
            for (a, _), own, text in zip(pairs, hits, texts, strict=True)
        ]


def load_model(
    name_or_path: str | Path = DEFAULT, *, lexicon: Lexicon | None = None, digest: str = ""
) -> Model:
    """A bundle by name or folder, the rule model as "rules", or a user's own as "sklearn:FILE" or "transformers:FOLDER".

    With a `digest` ("sha256:" and 64 hexadecimal digits) only the model that has it: of a bundle that of the manifest, as
    records show it. A file of scikit-learn needs one. Raises `BundleError` before opening what is wrong.
    """
    from labtape.signal.plugins import is_plugin, open_plugin

    known = lexicon or shipped_lexicon()
    wanted = checked_digest(digest) if digest else ""
    name = str(name_or_path)
    if name == RULES:
        if wanted:
            raise BundleError("rules: come with labtape and its lexicon, without a digest; leave it out")
        return RuleModel(known)
    if is_plugin(name):
        return open_plugin(name, lexicon=known, digest=wanted)
    folder = find_bundle(name_or_path)
    manifest = verify(folder)
    if wanted and manifest.digest != wanted:
        raise BundleError(f"{folder}: its digest is {manifest.digest}, not {wanted}; not opened")
    _check_fit(manifest, folder, known)
    check_libraries(manifest, folder)
    settings = _settings(manifest, folder)
    text, words = _open_weights(folder / WEIGHTS, settings.text_temperature)
    ref = ModelRef(manifest.name, manifest.version, manifest.digest)
    return BundleModel(text, words, settings, ref, manifest.label_set, known)


def load_text_model(name_or_path: str | Path = DEFAULT) -> TextModel | None:
    """The text half of a bundle alone, checked like the whole; None for the rules, which have none."""
    if str(name_or_path) == RULES:
        return None
    folder = find_bundle(name_or_path)
    manifest = verify(folder)
    check_libraries(manifest, folder)
    return _open_weights(folder / WEIGHTS, _settings(manifest, folder).text_temperature)[0]


def learned_digests(name_or_path: str | Path = DEFAULT) -> frozenset[str]:
    """The sha-256 of every file a bundle was fitted on, as its manifest has them; none for the rules."""
    if str(name_or_path) == RULES:
        return frozenset()
    return frozenset(str(corpus.get("sha256")) for corpus in verify(name_or_path).corpora)


def predict_one(seen: Seen, text: Text, words: Mapping[str, float], settings: Settings) -> Prediction:
    """Everything the port asks for, from one article's features, its text probabilities and its words' scores."""
    z = log_odds(seen, text, words, settings)
    outside = elsewhere(text, seen.values)
    fades_material, fades_direction = _fading(seen.hits, settings)
    later = {
        **z,
        "material": z["material"] + fades_material,
        "direction": z["direction"] + fades_direction,
    }
    p = mixed(z, outside, settings)
    return Prediction(
        relevance=sigmoid(z["relevance"]),
        p=p,
        short=p,
        long=mixed(later, outside, settings),
        label_set=conformal_set(p, settings.conformal),
    )


def account_of(
    seen: Seen,
    text: Text,
    words: Mapping[str, float],
    terms: Mapping[str, Mapping[str, float]],
    settings: Settings,
) -> Account:
    """What moved the probabilities of `predict_one`: its log-odds, each with the parts that add up to it."""
    z = log_odds(seen, text, words, settings)
    inputs = inputs_of(seen, usable(text, seen.values))
    outside = elsewhere(text, seen.values)
    return Account(
        heads=tuple(
            taken_apart(head, z[head], weighted(weights, inputs) | strongest_terms(terms[head]))
            for head, weights in settings.heads.items()
        ),
        calibration=settings.calibration.method,
        raw=three(z["material"], z["direction"]),
        as_news=calibrated(three(z["material"], z["direction"]), settings.calibration),
        elsewhere=outside,
        p=mixed(z, outside, settings),
    )


def mixed(
    z: Mapping[str, float], outside: Mapping[str, float] | None, settings: Settings
) -> dict[str, float]:
    """Probabilities over `LABELS`: as AI news by how relevant it is, for the rest by the text model alone."""
    relevance = sigmoid(z["relevance"])
    inside = calibrated(three(z["material"], z["direction"]), settings.calibration)
    other = inside if outside is None else outside
    return {label: relevance * inside[label] + (1 - relevance) * other[label] for label in LABELS}


def elsewhere(text: Text, values: Mapping[str, float]) -> dict[str, float] | None:
    """What the text model alone says over `LABELS`, where it can read the language."""
    return dict(zip(LABELS, text, strict=True)) if usable(text, values) else None


def log_odds(seen: Seen, text: Text, words: Mapping[str, float], settings: Settings) -> dict[str, float]:
    """What each head adds up to."""
    inputs = inputs_of(seen, usable(text, seen.values))
    return {name: words[name] + _sum(weights, inputs) for name, weights in settings.heads.items()}


def usable(text: Text, values: Mapping[str, float]) -> Text | None:
    """The text probabilities where the text model can read the language."""
    return None if values["is_zh"] else text


def judged_entity(by_sign: Mapping[int, float], text: Text | None, settings: Settings) -> dict[str, float]:
    """Probabilities over `LABELS` for one entity of an article."""
    material, direction = rules_and_text(by_sign, text)
    z_m, z_d = _sum(settings.entity_material, material), _sum(settings.entity_direction, direction)
    return calibrated(three(z_m, z_d), settings.calibration)


def _sum(weights: Mapping[str, float], inputs: Mapping[str, float]) -> float:
    """The weighted inputs added up; what an article does not have counts nothing."""
    return weights.get("bias", 0.0) + sum(w * inputs.get(n, 0.0) for n, w in weights.items() if n != "bias")


def three(material: float, direction: float) -> dict[str, float]:
    """Raw probabilities over `LABELS` from the log-odds of "material" and of the direction."""
    moved, up = sigmoid(material), sigmoid(direction)
    return {"Bullish": moved * up, "Neutral": 1 - moved, "Bearish": moved * (1 - up)}


def _fading(hits: Sequence[Hit], settings: Settings) -> tuple[float, float]:
    """By how much material and direction change when only the lasting part of each rule counts."""
    now = rules_and_text(horizon_logits(hits, lasting=False), None)
    later = rules_and_text(horizon_logits(hits, lasting=True), None)
    weights = (settings.entity_material["rules"], settings.entity_direction["rules"])
    material, direction = (w * (b["rules"] - a["rules"]) for w, a, b in zip(weights, now, later, strict=True))
    return material, direction


def _open_weights(path: Path, temperature: float) -> tuple[TextModel, NewsWords]:
    import joblib

    data = joblib.load(path)
    return restored(data["text"], temperature), restored_words(data["news"])


def _check_fit(manifest: Manifest, folder: Path, lexicon: Lexicon) -> None:
    known = lexicon.label_sets.get(manifest.label_set)
    if known is None:
        have = ", ".join(sorted(lexicon.label_sets))
        raise BundleError(f"{folder}: label set '{manifest.label_set}' is not in the lexicon; have: {have}")
    if known.version != manifest.label_set_version:
        raise BundleError(
            f"{folder}: made for label set {known.id} version {manifest.label_set_version}, the lexicon has {known.version}; train again"
        )
    made = names()
    unknown = [name for name in manifest.features if name not in made]
    if unknown:
        raise BundleError(f"{folder}: features this labtape does not make: {', '.join(unknown)}; train again")
    if WEIGHTS not in manifest.files:
        raise BundleError(f"{folder}: the manifest lists no {WEIGHTS}; train again")


def _settings(manifest: Manifest, folder: Path) -> Settings:
    given = {name: value for name, value in manifest.settings.items() if name != "temperature"}
    given["calibration"] = read_calibration(manifest.settings, str(folder))
    try:
        return Settings(**given)
    except TypeError as e:
        raise BundleError(f"{folder}: settings of the manifest do not fit ({e}); train again") from e
