"""The card of a bundle: what it learned from, how good it is, what it is not for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def card(manifest: Mapping[str, Any]) -> str:  # Any: the manifest's JSON
    """The card as Markdown, from the manifest's own numbers."""
    return "\n".join(
        (
            f"# {manifest['name']}, version {manifest['version']}",
            "",
            _WHAT,
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
            "## How good on annotated AI news (ten folds over stories)",
            "| file | articles | relevance F1 | relevant | verdict accuracy | macro-F1 | ECE | always Neutral |",
            "| --- | --- | --- | --- | --- | --- | --- | --- |",
            *(
                f"| {name} | {m['n']} | {m['relevance_f1']} | {m['verdict_n']} | {m['verdict_acc']} | "
                f"{m['verdict_macro_f1']} | {m['verdict_ece']} | {m['always_neutral_acc']} |"
                for name, m in manifest["scores"]["cross_validated"].items()
            ),
            "",
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
            "## The fitted numbers",
            *(
                f"- {part}: " + ", ".join(f"{k} {v}" for k, v in manifest["settings"][part].items())
                for part in ("relevance", "material", "direction")
            ),
            f"- temperature of the text model {manifest['settings']['text_temperature']}",
            f"- conformal threshold at 90 % {manifest['settings']['conformal']}; seed {manifest['seed']}",
            "",
            _NOT_FOR,
            "",
        )
    )


_WHAT = """Says of an article about AI labs, chips, compute or AI tokens whether it is relevant to a trader, and what it
likely does to the asset it is about over days to weeks: Bullish, Neutral, Bearish with calibrated probabilities.

A bag of words (word 1-2-grams, character 2-5-grams, TF-IDF) with a logistic regression reads the headline; it
learned direction from public finance headlines. What is material in AI news does not transfer from those sets,
so that comes from house rules and structured features. Seven numbers join the two."""

_HONEST = """Read these figures with care. The seven numbers were fitted without the fold they were measured on, but the
house rules were written by people who had read these articles, so the table still flatters. There is no labelled
training set for relevance: its weights were set by hand and by a ridge fit on these articles and 95 more of
the same publishers, and only its scale and bias are fitted here. Scores of `labtape evaluate` on the same files are
not held out at all."""

_NOT_FOR = """## Not for
Trading without a person, other languages than English and Chinese (Chinese is judged by the rules alone: the
text model reads English), texts without a headline, per-entity sentiment in long documents."""
