"""The card of a bundle: what it learned from, how good it is, what it is not for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from labtape.signal.bundle import MANIFEST

PARTS: Final = ("relevance", "material", "direction", "entity_material", "entity_direction")
SHOWN: Final = 16


def card(manifest: Mapping[str, Any]) -> str:  # Any: the manifest's JSON
    """The card as Markdown, from the manifest's own numbers."""
    return "\n".join(
        (
            f"# {manifest['name']}, version {manifest['version']}",
            "",
            _WHAT.format(learned=_FROM_PUBLIC if _has_public(manifest) else _FROM_LABELS),
            "",
            "## Learned from",
            "| set | licence | rows | used | sha-256 of the file |",
            "| --- | --- | --- | --- | --- |",
            *(
                f"| {c['name']} | {c['licence']} | {c['rows']} | {c['used']} | `{c['sha256'].removeprefix('sha256:')}` |"
                for c in manifest["corpora"]
            ),
            "",
            "No text of these sets is in the bundle; it holds n-grams and their weights.",
            "",
            "## How good on annotated AI news",
            "Verdicts are measured on relevant articles as a record shows them: one judged irrelevant is Neutral.",
            "",
            "| articles | n | relevance F1 | relevant | accuracy | macro-F1 | ECE | always Neutral | VADER |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
            *(_measured(name, m) for name, m in _stages(manifest["scores"])),
            "",
            *_test_lines(manifest["scores"]["test"]),
            _HONEST,
            "",
            "## The text model alone, on a held-out fifth of its own sets (split by near-duplicate cluster)",
            "| set | n | accuracy | macro-F1 | ECE |",
            "| --- | --- | --- | --- | --- |",
            *(
                f"| {name} | {m['n']} | {m['acc']} | {m['macro_f1']} | {m['ece']} |"
                for name, m in manifest["scores"]["text_held_out"].items()
            ),
            "",
            f"## The heaviest of the fitted numbers (all in {MANIFEST})",
            *(f"- {part}: " + _heaviest(manifest["settings"][part]) for part in PARTS),
            f"- temperature {manifest['settings']['temperature']}, of the text model {manifest['settings']['text_temperature']}",
            f"- conformal threshold at 90 % {manifest['settings']['conformal']}; seed {manifest['seed']}",
            "",
            _NOT_FOR.format(chinese=_RULES_ONLY if _has_public(manifest) else _FEW_CHINESE),
            "",
        )
    )


def _has_public(manifest: Mapping[str, Any]) -> bool:  # Any: the manifest's JSON
    return any(not c["name"].startswith("annotated AI news") for c in manifest["corpora"])


def _stages(scores: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    folds = [(f"folds: {name}", m) for name, m in scores["cross_validated"].items()]
    test = scores["test"]
    if not test:
        return folds
    return [
        *folds,
        ("**test**, as fitted on development", test["before_calibration"]),
        ("**test**, calibrated on its other half", test["calibrated_crosswise"]),
    ]


def _measured(name: str, m: Mapping[str, Any]) -> str:
    vader = "" if m["vader_acc"] is None else f"{m['vader_acc']} / {m['vader_macro_f1']}"
    return (
        f"| {name} | {m['n']} | {m['relevance_f1']} | {m['verdict_n']} | {m['verdict_acc']} | {m['verdict_macro_f1']} | "
        f"{m['verdict_ece']} | {m['always_neutral_acc']} / {m['always_neutral_macro_f1']} | {vader} |"
    )


def _test_lines(test: Mapping[str, Any]) -> list[str]:
    if not test:
        return []
    table, sets = test["confusion"], test["conformal"]
    coverage = (
        f"Conformal sets at 90 % (threshold from the other half) held the true label in {sets['coverage']} of "
        f"{sets['n']} test articles, with {sets['labels_a_set']} labels each."
    )
    return [
        "| test: true label | " + " | ".join(f"judged {label}" for label in table) + " |",
        "| --- |" + " --- |" * len(table),
        *(
            f"| {truth} | " + " | ".join(str(row[label]) for label in table) + " |"
            for truth, row in table.items()
        ),
        "",
        coverage,
        "",
    ]


def _heaviest(weights: Mapping[str, float]) -> str:
    order = sorted((n for n in weights if n != "bias"), key=lambda n: (-abs(weights[n]), n))[:SHOWN]
    named = [f"{n} {weights[n]}" for n in order]
    return ", ".join([f"bias {weights['bias']}", *named] if "bias" in weights else named)


_WHAT = """Says of an article about AI labs, chips, compute or AI tokens whether it is relevant to a trader, and what it
likely does to the asset it is about over days to weeks: Bullish, Neutral, Bearish with calibrated probabilities.

A bag of words (word 1-2-grams, character 2-5-grams, TF-IDF) with a logistic regression reads the headline; it
learned direction from {learned}. House rules and structured features say what is material in AI news.
Three heads (relevance, material, direction) join them with the words of labelled AI news."""

_HONEST = """The folds flatter: the house rules were written, and widened, by people who had read the articles they run over. The
test is every labelled story that reaches into the last two months of the labels, of real articles where there are such;
nothing of those months was learned from when it was judged. The house rules are older than the split, and some of its
articles had been read for them, so it flatters a little, too. What is written here is fitted once more on all of them, so
that scores of `labtape evaluate` on the same files are not held out. How far readers agree: docs/annotation.md."""

_FROM_PUBLIC = "public finance headlines"
_FROM_LABELS = "the headlines of labelled AI news"
_RULES_ONLY = "Chinese is judged by the rules alone: the text model reads English"
_FEW_CHINESE = "the text model has read few Chinese headlines"

_NOT_FOR = """## Not for
Trading without a person, other languages than English and Chinese ({chinese}), texts without a headline, per-entity sentiment in long documents."""
