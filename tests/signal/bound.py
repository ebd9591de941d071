"""Is a sentence of ours bound to its evidence? Used by the tests of this folder over many texts."""

from __future__ import annotations

import re

from labtape.annotate import annotate
from labtape.lexicon import Lexicon
from labtape.types import Annotated, Article, Sentence, Verdict

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_QUOTED = re.compile(r"“(.*)”", re.DOTALL)
_ASSET = re.compile(
    r"\b(?P<asset>(?:[A-Z]+|crypto):[A-Z0-9](?:[A-Z0-9.]*[A-Z0-9])?)(?: \((?P<via>[a-z, ]+)\))?"
)


def unbound(verdict: Verdict, annotated: Annotated, lexicon: Lexicon) -> list[str]:
    """Every complaint about the sentences of a verdict; empty when all are bound."""
    found = [p for s in (verdict.takeaway, *verdict.rationale) for p in _complaints(s, annotated, lexicon)]
    told = {s.text for s in verdict.rationale}
    if verdict.state not in ("out_of_scope", "insufficient"):
        found += [
            f"horizon is not in the rationale: {h.text}"
            for h in verdict.horizons.values()
            if h.text not in told
        ]
    return found


def _complaints(sentence: Sentence, annotated: Annotated, lexicon: Lexicon) -> list[str]:
    full = annotated.article.full
    evidence = [full[s.start : s.end] for s in sentence.evidence]
    if not evidence or not all(evidence):
        return [f"no evidence: {sentence.text}"]
    if sentence.support == "rule" and not sentence.rule:
        return [f"names no rule: {sentence.text}"]
    text = _without_relations(_without_dated_event(sentence, lexicon), sentence, annotated, lexicon)
    said = _flat(" ".join(evidence))
    complaints = []
    if sentence.support == "quoted":
        match = _QUOTED.search(text)
        if match is None or _flat(match.group(1).strip("…")) not in said:
            complaints.append(f"not a quotation: {text}")
        text = _QUOTED.sub("", text)
    complaints += [
        f"number {n} is not in the evidence: {text}" for n in _NUMBER.findall(text) if n not in said
    ]
    complaints += [
        f"asset {m['asset']} is not on file: {text}" for m in _ASSET.finditer(text) if m["asset"] not in said
    ]
    for mention in annotate(Article("own", "", text), lexicon).mentions:
        is_there = any(
            m.lab == mention.lab and any(s.start <= m.start < s.end for s in sentence.evidence)
            for m in annotated.mentions
        )
        if mention.entity.split(":")[0] != "country" and not is_there and mention.text not in said:
            complaints.append(f"name {mention.text} is not in the evidence: {text}")
    return complaints


def _without_dated_event(sentence: Sentence, lexicon: Lexicon) -> str:
    """The sentence less the dated event it names as its rule, with its reaction."""
    text = sentence.text
    if sentence.rule and sentence.rule.startswith("analogue:"):
        for event in lexicon.events:
            if event.date in sentence.rule and event.title in text:
                text = text.replace(f"{event.date} {event.title}", "").replace(event.reaction or "\0", "")
    return text


def _without_relations(text: str, sentence: Sentence, annotated: Annotated, lexicon: Lexicon) -> str:
    """The sentence less the assets that the lexicon ties to the lab it names as its rule, or to an owner of it, as it says."""
    kind, _, lab = (sentence.rule or "").partition(":")
    if kind != "relations":
        return text
    at = annotated.article.published_at
    family = lexicon.parents(lab, at.date() if at else None)
    on_file = {(r.asset, r.via) for r in lexicon.relations if r.lab in family}
    listed = {ticker for member in family for ticker in lexicon.tickers(member)}
    for match in _ASSET.finditer(text):
        asset, via = match["asset"], (match["via"] or "").split(", ")
        if asset in listed if via == [""] else all((asset, v) in on_file for v in via):
            text = text.replace(match.group(0), "")
    return text


def _flat(text: str) -> str:
    return " ".join(text.split()).strip('“”" ')
