"""How values are put into words, the same in every dress: probabilities, verdicts, names, times.

Figures of share claims are worded in `ledger.words`; what came from outside passes `labtape.foreign` before it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from labtape.foreign import clean
from labtape.lexicon.entries import Lexicon
from labtape.types import Analogue, Geopolitics, Precision, State

if TYPE_CHECKING:
    from labtape.report.digest_nouns import Corrected, LabLine, StoryChanges, StoryItem

STATES: Mapping[State, str] = {
    "directional": "the evidence points one way",
    "flat": "the evidence is flat",
    "mixed": "the evidence points both ways",
    "no_transmission": "no path to a price in the text",
    "insufficient": "too little to judge",
    "out_of_scope": "not about AI markets",
}
STAGES = {"act": "enacted", "threat": "threatened", "talk": "talked about", "none": ""}
# Which way a verdict points, for those who see no colours.
ARROWS = {1: "▲", 0: "■", -1: "▼"}
# Targets of a verdict that are no entity.
_TARGETS = {"market:ai": "AI market", "none": "no asset", "unnamed": "what it is about"}
# Relations that say no more than that the second is the first as traded, or part of it.
_PLAIN = {"listing", "member", "self", "parent"}
# New sources that are named; the others are counted.
_NAMED = 4
_UP, _DOWN = ("bullish", "positive", "up"), ("bearish", "negative", "down")


# ---------------------------------------------------------------- verdicts


def percent(p: float) -> str:
    """A probability as a whole percentage that never claims certainty.

    >>> percent(0.634), percent(0.9999), percent(0.001)
    ('63%', '>99%', '<1%')
    """
    if 0.995 <= p < 1:
        return ">99%"
    if 0 < p < 0.005:
        return "<1%"
    return f"{p * 100:.0f}%"


def signed(score: float) -> str:
    """A score with its sign, and none where it rounds to nothing.

    >>> signed(0.341), signed(-0.2), signed(-0.001)
    ('+0.34', '-0.20', '0.00')
    """
    shown = f"{score:+.2f}"
    return "0.00" if shown in ("+0.00", "-0.00") else shown


def probabilities(p: Mapping[str, float]) -> str:
    """`Bullish 21% · Neutral 63% · Bearish 16%`."""
    return " · ".join(f"{label} {percent(value)}" for label, value in p.items())


def polarity(label: str, lexicon: Lexicon | None = None) -> int:
    """1, 0 or -1: which way a label points, by the lexicon's label sets or by its last word.

    >>> polarity("Very Bearish"), polarity("Neutral")
    (-1, 0)
    """
    for label_set in lexicon.label_sets.values() if lexicon else ():
        if label in label_set.signs:
            return label_set.signs[label]
    word = label.casefold().split()[-1] if label.strip() else ""
    return 1 if word in _UP else -1 if word in _DOWN else 0


def state_words(state: State, label: str) -> str:
    """Why a verdict is neutral; empty when it has a direction and says so itself."""
    return "" if state == "directional" and polarity(label) else STATES[state]


def horizon_words(name: str, text: str) -> str:
    """The sentence of a horizon without its own name in front, which stands beside it already.

    >>> horizon_words("short", "Short term: sales stop.")
    'Sales stop.'
    """
    shown = clean(text)
    prefix = f"{name} term:"
    if not shown.casefold().startswith(prefix):
        return shown
    shown = shown[len(prefix) :].strip()
    return shown[:1].upper() + shown[1:]


def analogue_line(analogue: Analogue) -> str:
    """`2025-01-27 … → NVDA -17% 1d (similarity 0.71)`, without an arrow where no reaction is known."""
    reaction = f" → {analogue.reaction}" if analogue.reaction else " (no market reaction on record)"
    return clean(f"{analogue.event}{reaction}") + f" · similarity {analogue.similarity:.2f}"


def geopolitics_line(geopolitics: Geopolitics) -> str | None:
    """`US, CN · tightening · enacted`, or None where states play no part."""
    if not geopolitics.relevant:
        return None
    direction = geopolitics.direction if geopolitics.direction != "none" else ""
    parts = (", ".join(geopolitics.actors), direction, STAGES[geopolitics.stage])
    return " · ".join(part for part in parts if part) or "states are involved"


# ---------------------------------------------------------------- names and times


def name_of(entity: str, lexicon: Lexicon | None = None) -> str:
    """What a reader calls an entity or market id.

    >>> name_of("platform:openrouter"), name_of("ticker:NASDAQ:NVDA"), name_of("market:ai")
    ('openrouter', 'NASDAQ:NVDA', 'AI market')
    """
    if entity in _TARGETS:
        return _TARGETS[entity]
    kind, _, name = entity.partition(":")
    if lexicon:
        if kind == "model" and name in lexicon.models:
            return lexicon.models[name].name
        if kind in ("lab", "company", "platform") and name in lexicon.labs:
            return lexicon.labs[name].name
        if kind == "market" and name in lexicon.markets:
            return lexicon.markets[name].name
    if kind == "market":
        return name.replace("-", " ")
    if kind == "person":
        return name.replace("-", " ").title()
    return name if kind in ("lab", "company", "platform", "model", "country", "ticker", "crypto") else entity


def chain_words(via: Sequence[str], lexicon: Lexicon | None = None) -> str:
    """How a verdict reaches a market, without the market itself.

    >>> chain_words(("lab:openai", "supplier", "ticker:NASDAQ:NVDA", "market:chips"))
    'openai → NASDAQ:NVDA (supplier)'
    """
    words: list[str] = []
    relation = ""
    for step in via:
        if ":" not in step:
            relation = "" if step in _PLAIN else f" ({step.replace('_', ' ')})"
        elif not step.startswith("market:"):
            words.append(clean(name_of(step, lexicon)) + relation)
            relation = ""
    return " → ".join(words)


def change_words(changes: StoryChanges) -> tuple[str, ...]:
    """What came into a story since the last digest, one thing a line, what matters most first.

    >>> from labtape.report.digest_nouns import StoryChanges, VerdictMove
    >>> change_words(StoryChanges(2, ("Axios",), VerdictMove("Neutral", 0.5, "Bearish", 0.61), ("61% of tokens: Qwen",)))
    ('verdict moved from Neutral 50% to Bearish 61%', 'new figure 61% of tokens: Qwen', '2 new articles, new source Axios')
    """
    lines: list[str] = []
    if moved := changes.moved:
        verb = (
            "moved"
            if moved.from_label != moved.to_label
            else "firmed"
            if moved.to_p > moved.from_p
            else "weakened"
        )
        lines.append(
            f"verdict {verb} from {moved.from_label} {percent(moved.from_p)} to {moved.to_label} {percent(moved.to_p)}"
        )
    lines += changes.merges
    lines += (f"new figure {figure}" for figure in changes.figures)
    told = counted(changes.n_articles, "new article")
    n = len(changes.sources)
    named = ", ".join(changes.sources[:_NAMED]) + (f" and {n - _NAMED} more" if n > _NAMED else "")
    sources = f"new {'source' if n == 1 else 'sources'} {named}" if n else "no new source"
    return (*lines, f"{told}, {sources}")


def corrected_words(corrected: Corrected) -> str:
    """What befell an article, as `retracted: the figure was wrong`."""
    return f"retracted: {corrected.why}" if corrected.why else corrected.kind


def named_labs(labs: Sequence[LabLine]) -> str:
    """The labs that a story names and says nothing of, in one line: `also named: Nvidia NASDAQ:NVDA; OpenAI as ChatGPT`.

    >>> from labtape.report.digest_nouns import LabLine
    >>> named_labs([LabLine("lab:openai", "OpenAI", "US", "other", ("ChatGPT",), ())])
    'named: OpenAI as ChatGPT'
    """
    told = "; ".join(
        lab.name
        + (f" as {', '.join(lab.models)}" if lab.models else "")
        + (f" {', '.join(lab.tickers)}" if lab.tickers else "")
        for lab in labs
        if not lab.label
    )
    return told and ("also named: " if any(lab.label for lab in labs) else "named: ") + told


def told_by(item: StoryItem) -> str:
    """`3 independent sources, primarily Reuters`: whom most outlets go back to."""
    told = counted(item.n_origins, "independent source")
    return f"{told}, primarily {item.primary_source}" if item.primary_source else told


def moment(at: datetime | None, precision: Precision = "second") -> str:
    """A time for people, as exact as it is known: `2026-06-02 09:30 UTC`, `2026-06-02`, or `undated`.

    With precision "none" the time is when an undated item was first seen, and the words say so.
    """
    if at is None:
        return "undated"
    if precision == "none":
        return f"undated, seen {at:%Y-%m-%d %H:%M} UTC"
    return f"{at:%Y-%m-%d}" if precision == "day" else f"{at:%Y-%m-%d %H:%M} UTC"


def days(since: datetime, until: datetime) -> str:
    """The days a time covers, as people write them; `until` itself is not in it.

    >>> from datetime import UTC
    >>> days(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 3, 12, tzinfo=UTC))
    '1–3 June 2026'
    """
    last = max(since, until - timedelta(seconds=1))
    end = f"{last.day} {last:%B %Y}"
    if since.date() == last.date():
        return end
    if (since.year, since.month) == (last.year, last.month):
        return f"{since.day}–{end}"
    return f"{since.day} {since:%B}{'' if since.year == last.year else f' {since.year}'} – {end}"


def counted(n: int, one: str, many: str | None = None) -> str:
    """`1 story`, `2 stories`.

    >>> counted(1, "claim"), counted(0, "story", "stories")
    ('1 claim', '0 stories')
    """
    return f"{n} {one if n == 1 else many or one + 's'}"
