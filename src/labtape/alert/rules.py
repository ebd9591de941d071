"""Whether a record is what a rule asks for; and whether the names in a rule are names of anything."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, get_args

from labtape.alert.nouns import Rule
from labtape.exceptions import SettingsError
from labtape.types import Record, State

if TYPE_CHECKING:
    from labtape.lexicon import Lexicon

STATES: tuple[str, ...] = get_args(State)


def fits(rule: Rule, record: Record, *, lexicon: Lexicon) -> bool:
    """Whether all that the rule asks of the record itself holds; its importance is the story's, and asked later.

    A lab or a model counts where the record is about it (role subject), a ticker also where the record says what moves it. What is
    not relevant fits no rule.
    """
    verdict = record.verdict
    return (
        record.relevance.relevant
        and verdict.confidence >= rule.min_confidence
        and (not rule.labels or verdict.label in rule.labels)
        and (not rule.states or verdict.state in rule.states)
        and (not rule.new_stories_only or record.story.n_articles <= 1)
        and (not rule.events or any(event.type in rule.events for event in record.events))
        and (not rule.labs or not subjects(record).isdisjoint(rule.labs))
        and (not rule.tickers or not moved_tickers(record, lexicon).isdisjoint(rule.tickers))
    )


def subjects(record: Record) -> frozenset[str]:
    """What the record is about: entities and the labs they belong to."""
    named = {e for m in record.mentions if m.role == "subject" for e in (m.entity, m.lab) if e}
    return frozenset(named | {one.entity for one in record.entity_verdicts})


def moved_tickers(record: Record, lexicon: Lexicon) -> frozenset[str]:
    """The tickers of what the record is about, of its target, and of what it says moves along."""
    about = subjects(record) | {record.verdict.target}
    named = {entity.removeprefix("ticker:") for entity in about if entity.startswith("ticker:")}
    labs = {lab.id for lab in map(lexicon.lab_of, about) if lab}
    listed = {ticker for lab in labs for ticker in lexicon.tickers(lab)}
    return frozenset(named | listed | {e.ticker for one in record.entity_verdicts for e in one.exposure})


def resolved(rule: Rule, *, lexicon: Lexicon) -> Rule:
    """The rule with ids for the names of labs and tickers. Raises `SettingsError` for what is no name, with those that are near.

    >>> from labtape.lexicon import lexicon
    >>> resolved(Rule("r", labs=("DeepSeek",), tickers=("NVDA",)), lexicon=lexicon()).tickers
    ('NASDAQ:NVDA',)
    """
    place = f"[[watch.rule]] {rule.name!r}"
    labels = [label for label_set in lexicon.label_sets.values() for label in label_set.labels]
    _check(rule.events, list(lexicon.event_types), place=f"{place} events", what="event")
    _check(rule.labels, list(dict.fromkeys(labels)), place=f"{place} labels", what="label")
    _check(rule.states, STATES, place=f"{place} states", what="state")
    return replace(
        rule,
        labs=tuple(_lab(word, lexicon, place=f"{place} labs") for word in rule.labs),
        tickers=tuple(_ticker(word, lexicon, place=f"{place} tickers") for word in rule.tickers),
    )


def check_channels(rules: Iterable[Rule], channels: Collection[str]) -> None:
    """Tell a rule without a name or with that of another, and one whose channel is not there. Raises `SettingsError`."""
    seen: set[str] = set()
    for n, rule in enumerate(rules, 1):
        if not rule.name.strip():
            raise SettingsError(f'[[watch.rule]] number {n}: needs a name, as name = "chips"')
        if rule.name in seen:
            raise SettingsError(
                f"[[watch.rule]] number {n}: there is a rule {rule.name!r} already; give it another name"
            )
        seen.add(rule.name)
        place = f"[[watch.rule]] {rule.name!r}"
        _check(rule.channels, list(channels), place=f"{place} channels", what="channel")
        if not channels:
            raise SettingsError(
                f'{place}: there is no channel to send to; add one, as [deliver.webhook] url = "https://…"'
            )


def _check(words: Iterable[str], known: Collection[str], *, place: str, what: str) -> None:
    for word in words:
        if word not in known:
            by_case = {name.casefold(): name for name in known}
            near = [by_case[name] for name in get_close_matches(word.casefold(), by_case, n=3, cutoff=0.6)]
            hint = f"near: {', '.join(near)}" if near else f"have: {', '.join(known) or 'none'}"
            raise SettingsError(f"{place}: no {what} {word!r}; {hint}")


def _lab(word: str, lexicon: Lexicon, *, place: str) -> str:
    from labtape.lexicon.lookup import find_meanings, near_names

    found = find_meanings(lexicon, word)
    if len(found) > 1:
        ids = ", ".join(meaning.entity for meaning in found)
        raise SettingsError(f"{place}: {word!r} may be any of {ids}; write the one that is meant")
    if not found:
        near = near_names(lexicon, word)
        hint = f"near: {', '.join(near[:3])}" if near else "`labtape labs` lists them"
        raise SettingsError(f"{place}: no lab or model {word!r}; {hint}")
    return found[0].entity


def _ticker(word: str, lexicon: Lexicon, *, place: str) -> str:
    listed = [listing.ticker for lab in lexicon.labs.values() for listing in lab.listings]
    known = sorted({*listed, *(asset.ticker for asset in lexicon.assets)})
    wanted = word.strip().lstrip("$").upper().removeprefix("TICKER:")
    found = [t for t in known if t.upper() == wanted] or [
        t for t in known if t.upper().partition(":")[2] == wanted
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise SettingsError(
            f"{place}: {word!r} may be any of {', '.join(found)}; write the one that is meant"
        )
    codes = {name: t for t in known for name in (t.upper(), t.upper().partition(":")[2])}
    near = [codes[name] for name in get_close_matches(wanted, codes, n=3, cutoff=0.6)]
    hint = f"near: {', '.join(dict.fromkeys(near))}" if near else "write EXCHANGE:CODE, as NASDAQ:NVDA"
    raise SettingsError(f"{place}: no ticker {word!r}; {hint}")
