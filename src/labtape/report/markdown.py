"""The digest as Markdown: reads as plain text in a mail, renders on any forge; hostile words stay words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from labtape.foreign import web_link
from labtape.ledger import ShareRow
from labtape.ledger.words import check_words, claim_words
from labtape.report.digest_nouns import FULL_STORIES, Digest, LabLine, StoryItem
from labtape.report.evidence import text_link
from labtape.report.wording import (
    ARROWS,
    change_words,
    corrected_words,
    counted,
    moment,
    named_labs,
    percent,
    signed,
    told_by,
)

# Fewer new stories are in sight anyway.
_BRIEF = 4


def digest_markdown(digest: Digest) -> str:
    """The whole digest; every section that has nothing says so or is left out."""
    parts = (
        _head(digest),
        _new(digest),
        _disputed(digest),
        _changed(digest),
        _stories(digest),
        _markets(digest),
        _shares(digest),
        _skipped(digest),
        _foot(digest),
    )
    return "\n".join(line for part in parts for line in part).rstrip() + "\n"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is.

    >>> escaped("<script> [x](y) | *b*")
    '\\\\<script\\\\> \\\\[x\\\\](y) \\\\| \\\\*b\\\\*'
    """
    shown = re.sub(r"([\\`*_\[\]<>|~])", r"\\\1", text)
    return re.sub(r"^(\d*)([#+.)-])(?=\s|$)", r"\1\\\2", shown)


def linked(text: str, url: str | None) -> str:
    """A Markdown link, or the text alone where the address is none to follow."""
    safe = web_link(url)
    return f"[{escaped(text)}]({safe})" if safe else escaped(text)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A pipe table; the cells are Markdown already."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


# ---------------------------------------------------------------- sections


def _head(digest: Digest) -> Iterator[str]:
    counts = digest.counts
    yield f"# {escaped(digest.title)}"
    yield ""
    yield f"{moment(digest.since)} to {moment(digest.until)}"
    yield ""
    labels = ", ".join(f"{n} {label}" for label, n in counts.labels.items())
    yield (
        f"**{counted(counts.n_stories, 'story', 'stories')}** ({counts.n_new} new) from "
        f"{counted(counts.n_in_scope, 'article')} in scope, {counted(counts.n_sources, 'source')} read"
        + (f" · {labels}" if labels else "")
        + f" · {counted(counts.n_claims, 'share claim')}"
    )
    yield ""
    for note in digest.notes:
        yield f"*{escaped(note)}*"
        yield ""


def _new(digest: Digest) -> Iterator[str]:
    """The new stories in a line each, where there are so many that they would be far down."""
    if len(digest.new) < _BRIEF:
        return
    yield "## New"
    yield ""
    for item in digest.new[:FULL_STORIES]:
        yield _short(item)
    if digest.counts.n_new > FULL_STORIES:
        yield ""
        yield f"{digest.counts.n_new - FULL_STORIES} more below."
    yield ""


def _short(item: StoryItem) -> str:
    return (
        f"{item.rank}. {ARROWS[item.polarity]} {escaped(item.label)} {percent(item.confidence)}: "
        f"{linked(item.headline, item.url)} ({escaped(item.publisher or 'unknown source')})"
    )


def _changed(digest: Digest) -> Iterator[str]:
    """What came into stories that go on, and what does not hold any more."""
    if not (digest.changed or digest.corrections):
        return
    yield f"## Changed since {moment(digest.since)}"
    yield ""
    for item in digest.changed[:FULL_STORIES]:
        words = "; ".join(change_words(item.changes)) if item.changes else ""
        yield f"- **{linked(item.headline, item.url)}**: {escaped(words)}"
    if len(digest.changed) > FULL_STORIES:
        yield f"- {len(digest.changed) - FULL_STORIES} more below"
    for one in digest.corrections:
        yield f"- **{linked(one.title, one.url)}** {escaped(corrected_words(one))} ({moment(one.at)})"
        for line in one.changes:
            yield f"  - {escaped(line)}"
    yield ""


def _stories(digest: Digest) -> Iterator[str]:
    if digest.stories:
        yield "## Stories"
        yield ""
    for item in digest.stories[:FULL_STORIES]:
        yield from _story(item)
    rest = digest.stories[FULL_STORIES:]
    if rest:
        yield "### More stories"
        yield ""
    for item in rest:
        yield _short(item)
    if rest:
        yield ""
    if digest.n_stories_left_out:
        yield f"{counted(digest.n_stories_left_out, 'more story', 'more stories')} in this time."
        yield ""


def _story(item: StoryItem) -> Iterator[str]:
    marks = "".join(f" · {mark}" for mark, on in (("new", item.is_new), ("watchlist", item.is_watched)) if on)
    yield f"### {item.rank}. {linked(item.headline, item.url)}"
    yield ""
    yield (
        f"{escaped(item.publisher or 'unknown source')} · {moment(item.at, item.precision)}{marks} · {item.phase} · "
        f"{counted(item.n_articles, 'article')}, {escaped(told_by(item))}"
    )
    yield ""
    state = f" ({item.state_words})" if item.state_words else ""
    yield (
        f"**{ARROWS[item.polarity]} {escaped(item.label)} {percent(item.confidence)}** for "
        f"{escaped(item.target_name)}{state}. {linked(item.why, item.why_url)}"
    )
    yield ""
    for line in _facts(item):
        yield f"- {line}"
    for quote, url in item.linked_quotes:
        yield f"- Quote: “{linked(quote, url)}”"
    if len(item.sources) > 1:
        told = ", ".join(
            linked(s.publisher or "unknown source", s.url) + (" (copy)" if s.is_copy else "")
            for s in item.sources
        )
        yield f"- Sources: {told}"
    for other in item.also_read:
        yield f"- Read too: {linked(other.headline, other.url)} ({escaped(', '.join(other.why))})"
    yield ""


def _facts(item: StoryItem) -> Iterator[str]:
    if item.changes:
        yield f"Since the last digest: {escaped('; '.join(change_words(item.changes)))}"
    for horizon in item.horizons:
        if horizon.text:
            yield f"{horizon.name.capitalize()} term: {escaped(horizon.label)} {percent(horizon.p)}. {linked(horizon.text, horizon.url)}"
    for pattern, url in item.linked_patterns:
        yield f"Similar before: {linked(pattern, url)}"
    if item.events:
        yield f"What happened: {escaped(', '.join(item.events))}"
    if item.labs:
        named = escaped(named_labs(item.labs))
        told = [lab_words(lab) for lab in item.labs if lab.label]
        yield f"Labs: {'; '.join((*told, named) if named else told)}"
    for claim in item.claims:
        yield f"Share: {claim_line(claim)}"
    if item.geopolitics:
        yield f"Geopolitics: {escaped(item.geopolitics)}"
    for change in item.would_change_if:
        yield f"Would change if {escaped(change)}"


def lab_words(lab: LabLine) -> str:
    """`**Nvidia** (NASDAQ:NVDA) Bearish 80%; moves NYSE:TSM (supplier, −)`."""
    tickers = f" ({', '.join(lab.tickers)})" if lab.tickers else ""
    models = f" as {', '.join(lab.models)}" if lab.models else ""
    said = f"{lab.label} {percent(lab.p)}" if lab.label and lab.p is not None else ""
    verdict = f" {linked(said, lab.url)}" if said else ""
    exposure = f", moves {', '.join(lab.exposure)}" if lab.exposure else ""
    return f"**{escaped(lab.name)}**{escaped(models + tickers)}{verdict}{escaped(exposure)}"


def claim_line(row: ShareRow) -> str:
    """A claim with its denominator, who holds it, who says so and what does not hold."""
    role = f", {row.role}" if row.role != "current" else ""
    said = f", says {escaped(row.attributed_to)}" if row.attributed_to else ""
    flags = f" ⚠ {', '.join(check_words(check) for check in row.checks)}" if row.checks else ""
    claim = linked(claim_words(row), text_link(row.first.url, row.first.quote))
    return f"**{claim}**: {escaped(row.who)}{role}{said}{flags}"


def _markets(digest: Digest) -> Iterator[str]:
    if not digest.stories:
        return
    yield "## Markets"
    yield ""
    reached = [line for line in digest.markets if line.why]
    rows = [
        [
            escaped(line.name),
            f"{ARROWS[line.polarity]} {escaped(line.label)}",
            signed(line.score),
            f"{line.n_up} up, {line.n_down} down",
            escaped(line.why or ""),
        ]
        for line in reached
    ]
    if rows:
        yield from table(("Market", "Day", "Score", "Stories", "Weighs most"), rows)
    quiet = [escaped(line.name) for line in digest.markets if not line.why]
    if quiet:
        yield f"No story reaches: {', '.join(quiet)}."
        yield ""


def _shares(digest: Digest) -> Iterator[str]:
    if not digest.series:
        return
    yield "## Share claims"
    yield ""
    rows = [
        [
            f"**{linked(row.figure, text_link(row.first.url, row.first.quote))}**", escaped(row.who), escaped(row.of_what or "not stated"), escaped(row.period or "not stated"),
            row.role if row.statistic in ("snapshot", "unknown") else f"{row.role}, {row.statistic}",
            _who_says(row), str(len(row.sightings)),
        ]
        for group in digest.series
        for row in group.rows
    ]  # fmt: skip
    yield from table(("Share", "Who", "Of what, where", "Period", "Kind", "Who says so", "Seen"), rows)
    if digest.n_claims_left_out:
        yield f"{counted(digest.n_claims_left_out, 'more claim')} in `labtape shares`."
        yield ""
    if digest.not_comparable:
        yield "**Not comparable**"
        yield ""
        for pair in digest.not_comparable:
            yield (
                f"- {escaped(pair.left.who)}: {escaped(claim_words(pair.left))} and "
                f"{escaped(claim_words(pair.right))}: {escaped('; '.join(pair.reasons))}"
            )
        yield ""
    if digest.dropped:
        yield "**Denominator dropped**"
        yield ""
        for drop in digest.dropped:
            yield f"- {linked(drop.claim.first.publisher or 'unknown source', drop.claim.first.url)}: “{escaped(drop.quote)}”"
            yield (
                f"  but {linked(drop.source.publisher or 'unknown source', drop.source.url)}: "
                f"“{escaped(drop.source.text)}”"
            )
        yield ""


def _who_says(row: ShareRow) -> str:
    teller = linked(row.first.publisher or "unknown source", row.first.url)
    return f"{escaped(row.attributed_to)}, in {teller}" if row.attributed_to else teller


def _disputed(digest: Digest) -> Iterator[str]:
    if not digest.disputes:
        return
    yield "## Disputed"
    yield ""
    for dispute in digest.disputes:
        yield f"- **{escaped(dispute.about)}**"
        for side in dispute.sides:
            yield f"  - {linked(side.publisher or 'unknown source', side.url)}: {escaped(side.words)}"
    yield ""


def _skipped(digest: Digest) -> Iterator[str]:
    n = digest.counts.n_skipped
    if n:
        yield f"Not in scope: {counted(n, 'item')} skipped."
        yield ""


def _foot(digest: Digest) -> Iterator[str]:
    yield (
        f"---\n\nlabtape {digest.engine} · knowledge base {digest.kb}"
        + (f" · model {escaped(', '.join(digest.models))}" if digest.models else "")
        + f" · made {moment(digest.made_at)}. News is labelled here; this is no advice."
    )
