"""The card of a bundle: what it learned from, how good it is, what it is not for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from labtape.signal.bundle import MANIFEST, RELIABILITY
from labtape.train.reliability import BINS

PARTS: Final = ("relevance", "material", "direction", "entity_material", "entity_direction")
SHOWN: Final = 16
#: The names of the curves of the reliability diagram.
CURVES: Final = {"before": "before calibration", "after": "after calibration"}
_MEASURES: Final = {
    "acc": "accuracy",
    "macro_f1": "macro-F1",
    "direction_acc": "direction, where truth and verdict have one",
    "ece": f"ECE, {BINS} bins",
    "acc_top_25": "accuracy among the surest 25 %",
    "acc_top_50": "accuracy among the surest 50 %",
    "acc_top_75": "accuracy among the surest 75 %",
    "conformal_coverage": "conformal sets at 90 %: hold the truth",
    "conformal_size": "conformal sets at 90 %: labels",
}


def card(manifest: Mapping[str, Any], *, has_picture: bool) -> str:  # Any: the manifest's JSON
    """The card as Markdown, from the manifest's own numbers; it shows the reliability diagram where the bundle has one."""
    return "\n".join(
        (
            f"# {manifest['name']}, version {manifest['version']}",
            "",
            _WHAT.format(learned=_FROM_PUBLIC if _has_public(manifest) else _FROM_LABELS),
            *([_ENCODER] if "encoder" in manifest["settings"] else []),
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
            "| articles | n | relevance F1 | relevant | accuracy | macro-F1 | ECE, 10 bins | always Neutral | VADER |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
            *(_measured(name, m) for name, m in _stages(manifest["scores"])),
            "",
            *_test_lines(manifest["scores"]["test"]),
            _HONEST,
            "",
            *_calibration_lines(manifest, has_picture=has_picture),
            *_horizon_lines(manifest["scores"]["horizons"]),
            *_event_lines(manifest["scores"].get("events", {})),
            *_geo_lines(manifest["scores"].get("geopolitics", {})),
            "## The text model alone, on a held-out fifth of its own sets (split by near-duplicate cluster)",
            "| set | n | accuracy | macro-F1 | ECE, 10 bins |",
            "| --- | --- | --- | --- | --- |",
            *(
                f"| {name} | {m['n']} | {m['acc']} | {m['macro_f1']} | {m['ece']} |"
                for name, m in manifest["scores"]["text_held_out"].items()
            ),
            "",
            f"## The heaviest of the fitted numbers (all in {MANIFEST})",
            *(f"- {part}: " + _heaviest(manifest["settings"][part]) for part in PARTS),
            f"- calibration {_numbers(manifest['settings']['calibration'])}",
            f"- temperature of the text model {manifest['settings']['text_temperature']}",
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
    table = test["confusion"]
    return [
        "The test once more, calibrated on its other half, with 95 % intervals (bootstrap, 1,000 drawings of stories):",
        "",
        "| measure | value | 95 % | articles |",
        "| --- | --- | --- | --- |",
        *(
            f"| {words} | {m['value']:.3f} | {m['low']:.3f} to {m['high']:.3f} | {m['n']} |"
            for name, words in _MEASURES.items()
            if (m := test["intervals"].get(name))
        ),
        "",
        "| test: true label | " + " | ".join(f"judged {label}" for label in table) + " |",
        "| --- |" + " --- |" * len(table),
        *(
            f"| {truth} | " + " | ".join(str(row[label]) for label in table) + " |"
            for truth, row in table.items()
        ),
        "",
    ]


def _horizon_lines(scores: Mapping[str, Any]) -> list[str]:
    """What the two horizons are worth on articles left out, beside saying of both what the verdict says."""
    if not scores:
        return []
    lines = [
        "## Horizons",
        _HORIZONS,
        "",
        "| horizon | articles | accuracy | macro-F1 | direction | log loss |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, own in scores.items():
        for what, m in (("learned", own["folds"]), ("as the verdict", own["as_verdict"])):
            lines.append(
                f"| {name}, {what} | {m['n']} | {m['acc']} | {m['macro_f1']} | {m['direction_acc']} | {m['log_loss']} |"
            )
    return [*lines, ""]


def _event_lines(scores: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Events by cues and encoder together, on articles left out."""
    if not scores:
        return []
    return [
        "## Events, told by cues and encoder",
        "| articles | micro-F1 | main event right |",
        "| --- | --- | --- |",
        *(f"| {name} | {m['f1']} | {m['main']} |" for name, m in scores.items()),
        "",
    ]


def _geo_lines(scores: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Geopolitics by cues and encoder together, on articles left out, beside the rules."""
    if not scores:
        return []
    return [
        "## Geopolitics, told by cues and encoder",
        _STATES,
        "",
        "| articles | n | of states | F1 | precision | recall | direction right | found and right | stage right | ECE |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        *(
            f"| {name} | {m['articles']} | {m['relevant']} | {m['f1']} | {m['p']} | {m['r']} | {m['direction']} | {m['direction_all']} | {m['stage']} | {m['ece']} |"
            for name, m in scores.items()
        ),
        "",
    ]


def _calibration_lines(manifest: Mapping[str, Any], *, has_picture: bool) -> list[str]:
    """The methods side by side, the picture, and the bins it draws."""
    found, curves = manifest["scores"]["calibration"], manifest["scores"]["reliability"]
    lines = [
        "## Calibration",
        _CHOSEN.format(method=found["method"]) if found["left_out"] else _NOT_CALIBRATED,
        "",
    ]
    if found["left_out"]:
        lines += [
            f"| on test articles left out | log loss | ECE, {BINS} bins | accuracy |",
            "| --- | --- | --- | --- |",
            *(
                f"| {f'**{name}**' if name == found['method'] else name} | {t['log_loss']} | {t['ece']} | {t['acc']} |"
                for name, t in found["left_out"].items()
            ),
            "",
        ]
    if has_picture:
        lines += [f"![How often verdicts are right, over how sure they are]({RELIABILITY})", ""]
    for name, bins in curves.items():
        lines += [
            f"| {CURVES[name]}: how sure | articles | mean certainty | right | 95 % |",
            "| --- | --- | --- | --- | --- |",
            *(
                f"| {b['low']:.2f} to {b['high']:.2f} | {b['n']} | {b['certainty']:.3f} | {b['right']:.3f} | "
                f"{b['right_low']:.2f} to {b['right_high']:.2f} |"
                for b in bins
            ),
            "",
        ]
    return lines


def _numbers(calibration: Mapping[str, Any]) -> str:
    parts = (f"{name} {', '.join(map(str, own))}" for name, own in calibration["numbers"].items())
    return f"{calibration['method']}: {'; '.join(parts)}"


def _heaviest(weights: Mapping[str, float]) -> str:
    order = sorted((n for n in weights if n != "bias"), key=lambda n: (-abs(weights[n]), n))[:SHOWN]
    named = [f"{n} {weights[n]}" for n in order]
    return ", ".join([f"bias {weights['bias']}", *named] if "bias" in weights else named)


_WHAT = """Says of an article about AI labs, chips, compute or AI tokens whether it is relevant to a trader, and what it
likely does to the asset it is about over days to weeks: Bullish, Neutral, Bearish with calibrated probabilities.

A bag of words (word 1-2-grams, character 2-5-grams, TF-IDF) with a logistic regression reads the headline; it
learned direction from {learned}. House rules and structured features say what is material in AI news.
Three heads (relevance, material, direction) join them with the words of labelled AI news."""

_ENCODER = """
An encoder (three layers of MiniLM, int8) reads headline and opening, and what a text says of one entity; its log-odds are inputs
of the heads beside the others, it tells the tone of headlines with the bag of words, events and geopolitics with their cues."""

_HONEST = """The folds flatter: the house rules were written, and widened, by people who had read the articles they run over. The
test is every labelled story that reaches into the last two months of the labels, of real articles where there are such;
nothing of those months was learned from when it was judged. The house rules are older than the split, and some of its
articles had been read for them, so it flatters a little, too. What is written here is fitted once more on all of them, so
that scores of `labtape evaluate` on the same files are not held out. How far readers agree: docs/annotation.md."""

_CHOSEN = """Four methods, each fitted on four fifths of the relevant test articles (by story) and applied to the fifth left out. Of
those within one standard error of the least log loss, the one with the lowest ECE is taken: **{method}**. The curve after
calibration is crosswise: each half of the test by what the other half chose."""

_HORIZONS = """Short is 1 to 5 sessions, long 20 to 120; learned from articles that were read for both (docs/annotation.md). Folds over stories; the
log-odds they start from are of heads that had not seen the article; each article counts by how many of its verdict it stands for."""

_STATES = """Direction and stage are counted where reader and bundle both see a matter of states; "found and right" is the part of all matters of states that
was found with its direction. ECE of p in 10 bins."""

_NOT_CALIBRATED = "There were too few relevant test articles to calibrate on; probabilities are as the heads gave them in the folds."

_FROM_PUBLIC = "public finance headlines"
_FROM_LABELS = "the headlines of labelled AI news"
_RULES_ONLY = "Chinese is judged by the rules alone: the text model reads English"
_FEW_CHINESE = "the text model has read few Chinese headlines"

_NOT_FOR = """## Not for
Trading without a person, other languages than English and Chinese ({chinese}), texts without a headline, per-entity sentiment in long documents."""
