"""The trained model behind the port: rules, structured features, two bags of words, three heads.

The weights hold a text model that was trained on public finance headlines (direction transfers from there), and the
words of labelled AI news. The manifest holds what each named input weighs in each head:

    z_h = Σ w_h · inputs + words_h              h = relevance, material, direction
    p(Neutral) = 1 - σ(z_m),   p(Bullish) = σ(z_m) σ(z_d),   p(Bearish) = σ(z_m) (1 - σ(z_d)),   then `calibration`

Each horizon has a material and a direction of its own (`horizons`). An entity is judged by seven numbers over rules, text and
encoder in the sentences that name it. A text that is not about AI is judged by text model and encoder, calibrated on that field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labtape.annotate.event_weights import EventWeights, read_weights
from labtape.annotate.geo_weights import GeoWeights, read_geo_weights
from labtape.exceptions import BundleError
from labtape.lexicon import lexicon as shipped_lexicon
from labtape.ports import Account, Model, Prediction
from labtape.signal.attribution import strongest_terms, taken_apart, weighted
from labtape.signal.bundle import WEIGHTS, Manifest, check_libraries, checked_digest, find_bundle, verify
from labtape.signal.calibration import Calibration, calibrated, read_calibration
from labtape.signal.encoder import NETWORK, TOKENIZER, Encoder
from labtape.signal.features import Seen, headline, live_hits, see
from labtape.signal.horizons import AS_VERDICT, HORIZONS, Weights, horizon_log_odds
from labtape.signal.inputs import (
    ENTITY_INPUTS,
    Reading,
    Text,
    about_entity,
    blended,
    inputs_of,
    names,
    pointed,
)
from labtape.signal.mathematics import conformal_set, sigmoid
from labtape.signal.news_words import NewsWords
from labtape.signal.news_words import restored as restored_words
from labtape.signal.ngrams import LABELS, TextModel, restored
from labtape.signal.places import named_sentences
from labtape.signal.rules import RuleModel, balance, hits_about
from labtape.signal.told import EVENTS, GEOPOLITICS, revised
from labtape.signal.toward import clauses_with
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
    horizons: Weights = field(default_factory=lambda: AS_VERDICT)
    encoder: Mapping[str, Any] | None = (
        None  # Any: JSON; `longest` and `outputs` of an `Encoder`, where the bundle has one
    )

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
        encoder: Encoder | None = None,
        events: EventWeights | None = None,
        geopolitics: GeoWeights | None = None,
    ) -> None:
        self._encoder = encoder
        self._events = events
        self._geopolitics = geopolitics
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
        seen, reads, texts = self._read(annotated)
        words = self._words.scores([s.unnamed for s in seen])
        return [
            predict_one(s, text, own, self._settings, read)
            for s, text, own, read in zip(seen, texts, words, reads, strict=True)
        ]

    def accounts(self, annotated: Sequence[Annotated]) -> list[Account]:
        """What moved the probabilities, per article, in order."""
        seen, reads, texts = self._read(annotated)
        views = [s.unnamed for s in seen]
        words, terms = self._words.scores(views), self._words.terms(views)
        return [
            account_of(s, text, own, apart, self._settings, read)
            for s, text, own, apart, read in zip(seen, texts, words, terms, reads, strict=True)
        ]

    def retold(self, annotated: Sequence[Annotated]) -> list[Annotated]:
        """The articles with events and geopolitics by cues and encoder together, where the bundle has learned them."""
        if self._events is None and self._geopolitics is None:
            return list(annotated)
        _, reads, _ = self._read(annotated)
        return [
            revised(a, read, self._lexicon, events=self._events, geopolitics=self._geopolitics)
            for a, read in zip(annotated, reads, strict=True)
        ]

    def predict_entities(self, pairs: Sequence[tuple[Annotated, str]]) -> list[Mapping[str, float]]:
        """p from the sentences that name the entity: their house-rule hits, their words, what the encoder says of it there."""
        live = {id(a): live_hits(a, self._lexicon) for a, _ in pairs}
        hits = [hits_about(a, live[id(a)], entity) for a, entity in pairs]
        named = [named_sentences(a, entity) for a, entity in pairs]
        texts = self._text.probabilities(named)
        return [
            judged_entity(
                balance(own),
                None if a.language == "zh" else text,
                self._settings,
                self._read_of(a, entity, words),
            )
            for (a, entity), own, text, words in zip(pairs, hits, texts, named, strict=True)
        ]

    def toward(self, pairs: Sequence[tuple[str, str]]) -> list[Mapping[str, float]]:
        """What the encoder says of the name, in the text and in its clauses; without an encoder the words of the clauses."""
        told = [(text, clauses_with(text, name), name) for text, name in pairs]
        if self._encoder is None:
            bags = self._text.probabilities([clauses for _, clauses, _ in told])
            return [dict(zip(LABELS, bag, strict=True)) for bag in bags]
        return [
            pointed(self._encoder.read(name, text), self._encoder.read(name, clauses))
            for text, clauses, name in told
        ]

    def _read(self, annotated: Sequence[Annotated]) -> tuple[list[Seen], list[Reading | None], list[Text]]:
        seen = [see(a, self._lexicon) for a in annotated]
        reads: list[Reading | None] = [
            self._encoder.read(s.views.title, s.views.lead)
            if self._encoder and not s.values["is_zh"]
            else None
            for s in seen
        ]
        texts = self._text.probabilities([headline(s.views) for s in seen])
        return seen, reads, [blended(text, read) for text, read in zip(texts, reads, strict=True)]

    def _read_of(self, a: Annotated, entity: str, words: str) -> Reading | None:
        lab = self._lexicon.lab_of(entity) if self._encoder else None
        if self._encoder is None or lab is None or a.language == "zh" or not words:
            return None
        return self._encoder.read(lab.name, words)


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
    encoder = _encoder(settings.encoder, manifest, folder)
    events = read_weights((folder / EVENTS).read_text("utf-8")) if EVENTS in manifest.files else None
    states = (folder / GEOPOLITICS).read_text("utf-8") if GEOPOLITICS in manifest.files else None
    geopolitics = read_geo_weights(states) if states else None
    return BundleModel(text, words, settings, ref, manifest.label_set, known, encoder, events, geopolitics)


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


def predict_one(
    seen: Seen, text: Text, words: Mapping[str, float], settings: Settings, read: Reading | None = None
) -> Prediction:
    """Everything the port asks for, from one article's features, its text probabilities and its words' scores."""
    z = log_odds(seen, text, words, settings, read)
    outside = elsewhere(text, seen.values)
    inside = calibrated(three(z["material"], z["direction"]), settings.calibration)
    p = mixed(z["relevance"], inside, outside)
    short, long = (
        mixed(z["relevance"], three(*horizon_log_odds(settings.horizons[name], z, seen)), outside)
        for name in HORIZONS
    )
    return Prediction(
        relevance=sigmoid(z["relevance"]),
        p=p,
        short=short,
        long=long,
        label_set=conformal_set(p, settings.conformal),
    )


def account_of(
    seen: Seen,
    text: Text,
    words: Mapping[str, float],
    terms: Mapping[str, Mapping[str, float]],
    settings: Settings,
    read: Reading | None = None,
) -> Account:
    """What moved the probabilities of `predict_one`: its log-odds, each with the parts that add up to it."""
    z = log_odds(seen, text, words, settings, read)
    inputs = inputs_of(seen, usable(text, seen.values), read)
    outside = elsewhere(text, seen.values)
    inside = calibrated(three(z["material"], z["direction"]), settings.calibration)
    return Account(
        heads=tuple(
            taken_apart(head, z[head], weighted(weights, inputs) | strongest_terms(terms[head]))
            for head, weights in settings.heads.items()
        ),
        calibration=settings.calibration.method,
        raw=three(z["material"], z["direction"]),
        as_news=inside,
        elsewhere=outside,
        p=mixed(z["relevance"], inside, outside),
    )


def mixed(
    relevance: float, inside: Mapping[str, float], outside: Mapping[str, float] | None
) -> dict[str, float]:
    """Probabilities over `LABELS`: as AI news by how relevant it is (log-odds), for the rest by the text model alone."""
    relevance = sigmoid(relevance)
    other = inside if outside is None else outside
    return {label: relevance * inside[label] + (1 - relevance) * other[label] for label in LABELS}


def elsewhere(text: Text, values: Mapping[str, float]) -> dict[str, float] | None:
    """What the text model alone says over `LABELS`, where it can read the language."""
    return dict(zip(LABELS, text, strict=True)) if usable(text, values) else None


def log_odds(
    seen: Seen, text: Text, words: Mapping[str, float], settings: Settings, read: Reading | None = None
) -> dict[str, float]:
    """What each head adds up to."""
    inputs = inputs_of(seen, usable(text, seen.values), read)
    return {name: words[name] + _sum(weights, inputs) for name, weights in settings.heads.items()}


def usable(text: Text, values: Mapping[str, float]) -> Text | None:
    """The text probabilities where the text model can read the language."""
    return None if values["is_zh"] else text


def judged_entity(
    by_sign: Mapping[int, float], text: Text | None, settings: Settings, read: Reading | None = None
) -> dict[str, float]:
    """Probabilities over `LABELS` for one entity of an article."""
    material, direction = (
        dict(zip(ENTITY_INPUTS, own, strict=True)) for own in about_entity(by_sign, text, read)
    )
    z_m, z_d = _sum(settings.entity_material, material), _sum(settings.entity_direction, direction)
    return calibrated(three(z_m, z_d), settings.calibration)


def _sum(weights: Mapping[str, float], inputs: Mapping[str, float]) -> float:
    """The weighted inputs added up; what an article does not have counts nothing."""
    return weights.get("bias", 0.0) + sum(w * inputs.get(n, 0.0) for n, w in weights.items() if n != "bias")


def three(material: float, direction: float) -> dict[str, float]:
    """Raw probabilities over `LABELS` from the log-odds of "material" and of the direction."""
    moved, up = sigmoid(material), sigmoid(direction)
    return {"Bullish": moved * up, "Neutral": 1 - moved, "Bearish": moved * (1 - up)}


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


def _encoder(
    given: Mapping[str, Any] | None, manifest: Manifest, folder: Path
) -> Encoder | None:  # Any: JSON
    """The encoder that the manifest speaks of; both of its files must be among those whose digests were compared."""
    if given is None:
        return None
    if not {NETWORK, TOKENIZER} <= set(manifest.files):
        raise BundleError(f"{folder}: the manifest lists no {NETWORK} and {TOKENIZER}; train again")
    try:
        return Encoder(folder, given["outputs"], int(given["longest"]))
    except (KeyError, TypeError, ValueError) as e:
        raise BundleError(f"{folder}: the encoder's settings do not fit ({e}); train again") from e
