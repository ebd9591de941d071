"""The digest: from the records and stories of some time to what a trader should know of it.

Watched stories come first, then new ones before those that go on, then by the importance of their own record.
Everything here is decided on values; the renderers only show.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from labtape.foreign import clean, web_link
from labtape.ledger import (
    FindArticles,
    Series,
    ShareRow,
    claim_words,
    disputes,
    not_comparable,
    series,
    share_rows,
)
from labtape.lexicon.entries import Lexicon, Market
from labtape.report.digest_nouns import (
    Counts,
    Digest,
    Dispute,
    Dropped,
    MarketLine,
    Side,
    Skipped,
    StoryItem,
)
from labtape.report.story_items import Telling, importance, is_new, is_watched, story_item
from labtape.report.wording import chain_words, counted, days, name_of, polarity
from labtape.story_record import sketch, story_record
from labtape.types import Article, MarketVerdict, Record, Story
from labtape.version import __version__

# What a digest shows of long lists; the counts say how many there are, `labtape shares` has them all.
_STORIES_SHOWN, _CLAIMS_SHOWN, _SKIPPED_SHOWN, _PAIRS_SHOWN = 100, 40, 20, 8
# Stories of a digest, the first in order, that are set beside each other as what one might also read.
_COMPARED = 300
_THIN = 3
# A market whose stories nearly cancel has no direction for the day.
_BALANCED = 0.1

FindArticle = Callable[[str], Article | None]
Words = Mapping[str, Article]


def _no_article(article_id: str) -> None:
    return None


def digest(
    records: Iterable[Record],
    stories: Iterable[Story],
    *,
    since: datetime,
    until: datetime,
    now: datetime,
    lexicon: Lexicon,
    watchlist: Sequence[str] = (),
    articles: FindArticle = _no_article,
) -> Digest:
    """What a trader should know of the time from `since` up to `until`.

    `articles` finds an article by its id, so that sentences may be quoted; without it, claims are put in our words.
    """
    latest = {record.id: record for record in records if since <= record.order_at < until}
    read = sorted(latest.values(), key=lambda r: (r.order_at, r.id))
    in_scope = [record for record in read if record.verdict.state != "out_of_scope"]
    told = tuple(stories)
    watched = frozenset(word.casefold() for word in watchlist)
    ranked = sorted(
        (_with_words(telling, articles) for telling in _tellings(in_scope, told)),
        key=lambda pair: (
            not is_watched(pair[0], watched, lexicon), not is_new(pair[0], since),
            -importance(pair[0], lexicon=lexicon, articles=pair[1]), pair[0].lead.id,
        ),
    )  # fmt: skip
    tellings = [telling for telling, _ in ranked]
    worded = [(t, words or _words(t.records, articles)) for t, words in ranked[:_COMPARED]]
    others = tuple(sketch(t.as_story, t.records, words) for t, words in worded)
    items = tuple(
        story_item(
            telling,
            story_record(
                telling.as_story,
                telling.records,
                words,
                now=min(now, until),
                lexicon=lexicon,
                others=others,
            ),
            rank=rank,
            since=since,
            lexicon=lexicon,
            watched=watched,
        )
        for rank, (telling, words) in enumerate(worded[:_STORIES_SHOWN], 1)
    )
    rows = share_rows(in_scope, lexicon=lexicon, stories=told, articles=_by_record(articles))
    counts = _counts(read, tellings, since, rows)
    return Digest(
        title=_title(since, until, counts),
        since=since,
        until=until,
        made_at=now,
        engine=__version__,
        kb=lexicon.version,
        models=tuple(sorted({f"{r.model.bundle} {r.model.version}" for r in read})),
        watchlist=tuple(clean(word) for word in watchlist),
        counts=counts,
        notes=_notes(counts, items, watched),
        stories=items,
        series=_shown_series(series(rows)),
        not_comparable=not_comparable(rows)[:_PAIRS_SHOWN],
        dropped=_dropped(rows),
        disputes=(*_disputed_figures(rows), *_disputed_verdicts(tellings, lexicon))[:_PAIRS_SHOWN],
        markets=tuple(_market_line(m, tellings, lexicon) for m in lexicon.markets.values()),
        skipped=tuple(_skipped(r) for r in read if r.verdict.state == "out_of_scope")[:_SKIPPED_SHOWN],
    )


def _tellings(records: Sequence[Record], stories: Iterable[Story]) -> tuple[Telling, ...]:
    """The records by story: as the stories say now, else as they were placed."""
    known = {article_id: story for story in stories for article_id in story.article_ids}
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        groups[known[record.id].id if record.id in known else record.story.id].append(record)
    return tuple(
        Telling(story_id, tuple(members), known.get(members[0].id)) for story_id, members in groups.items()
    )


def _with_words(telling: Telling, articles: FindArticle) -> tuple[Telling, Words]:
    """A story with its articles; those of one article are not needed to rank it."""
    return telling, _words(telling.records, articles) if len(telling.records) > 1 else {}


def _words(records: Sequence[Record], articles: FindArticle) -> Words:
    """The articles of some records whose words are still those that were scored."""
    found = {record.id: (record, articles(record.id)) for record in records}
    return {id_: a for id_, (record, a) in found.items() if a and a.content_hash == record.content_hash}


# ---------------------------------------------------------------- the head


def _counts(
    read: Sequence[Record], tellings: Sequence[Telling], since: datetime, rows: Sequence[ShareRow]
) -> Counts:
    n_in_scope = sum(len(telling.records) for telling in tellings)
    return Counts(
        n_articles=len(read),
        n_in_scope=n_in_scope,
        n_skipped=len(read) - n_in_scope,
        n_stories=len(tellings),
        n_new=sum(is_new(telling, since) for telling in tellings),
        n_sources=len({record.publisher for record in read if record.publisher}),
        n_claims=len(rows),
        labels=dict(sorted(Counter(telling.lead.verdict.label for telling in tellings).items())),
    )


def _title(since: datetime, until: datetime, counts: Counts) -> str:
    stories = counted(counts.n_stories, "story", "stories")
    return f"AI tape, {days(since, until)}: {stories}, {counts.n_new} new"


def _notes(counts: Counts, items: Sequence[StoryItem], watched: frozenset[str]) -> tuple[str, ...]:
    notes = []
    if not counts.n_articles:
        notes.append("Nothing was published by the feeds in this time.")
    elif not counts.n_in_scope:
        notes.append(f"{counted(counts.n_articles, 'item')} read, none about AI markets.")
    elif counts.n_stories < _THIN:
        notes.append(f"A thin time: {counted(counts.n_stories, 'story', 'stories')} in scope.")
    if watched and items and not any(item.is_watched for item in items):
        notes.append("Nothing on the watchlist was in the news.")
    return tuple(notes)


def _skipped(record: Record) -> Skipped:
    other = next((f"“{clean(u.text)}” is {u.reason.replace('_', ' ')} here" for u in record.unlinked), None)
    return Skipped(clean(record.title), web_link(record.url), other or "not about AI markets")


# ---------------------------------------------------------------- figures


def _shown_series(groups: Sequence[Series]) -> tuple[Series, ...]:
    """The first series that fit; a series is shown whole or not at all."""
    shown: list[Series] = []
    for group in groups:
        if sum(len(s.rows) for s in shown) + len(group.rows) <= _CLAIMS_SHOWN:
            shown.append(group)
    return tuple(shown)


def _by_record(articles: FindArticle) -> FindArticles:
    return lambda records: {record.id: a for record in records if (a := articles(record.id))}


def _dropped(rows: Sequence[ShareRow]) -> tuple[Dropped, ...]:
    """The newest claims that lost their whole, beside the one that states it."""
    return tuple(
        Dropped(row, row.first.quote or claim_words(row), check.other)
        for row in rows
        for check in row.objections
        if check.name == "denominator_dropped" and check.other
    )[:_PAIRS_SHOWN]


# ---------------------------------------------------------------- disputes


def _disputed_figures(rows: Sequence[ShareRow]) -> tuple[Dispute, ...]:
    return tuple(
        Dispute(
            f"{left.who}: share of {left.of_what or 'something not stated'}",
            tuple(Side(row.first.publisher, row.first.url, claim_words(row)) for row in (left, right)),
        )
        for left, right in disputes(rows)
    )


def _disputed_verdicts(tellings: Sequence[Telling], lexicon: Lexicon) -> tuple[Dispute, ...]:
    """Stories whose articles point both ways for one and the same target."""
    found = []
    for telling in tellings:
        pointing = {
            (r.verdict.target, polarity(r.verdict.label, lexicon)): r for r in reversed(telling.records)
        }
        for target in sorted({target for target, sign in pointing if sign > 0}):
            if (target, -1) in pointing:
                sides = tuple(_verdict_side(pointing[target, sign]) for sign in (1, -1))
                found.append(Dispute(clean(telling.lead.title), sides))
    return tuple(found)


def _verdict_side(record: Record) -> Side:
    label, words = record.verdict.label, clean(record.verdict.takeaway.text)
    publisher = clean(record.publisher) if record.publisher else None
    return Side(publisher, web_link(record.url), words if words.startswith(label) else f"{label}: {words}")


# ---------------------------------------------------------------- markets


def _market_line(market: Market, tellings: Sequence[Telling], lexicon: Lexicon) -> MarketLine:
    """One vote per story: its lead's verdict for the market, weighed by relevance and novelty of the story."""
    votes = []
    for telling in tellings:
        verdict = next((v for v in telling.lead.markets if v.market == market.id), None)
        if verdict and polarity(verdict.label, lexicon):
            votes.append((_net(verdict, lexicon) * telling.lead.relevance.p, verdict, telling))
    total = sum(abs(weight) for weight, _, _ in votes)
    net = round(sum(weight for weight, _, _ in votes) / len(votes), 4) if votes else 0.0
    name = clean(name_of(f"market:{market.id}", lexicon))
    n_up = sum(polarity(v.label, lexicon) > 0 for _, v, _ in votes)
    if not votes or not total:
        return MarketLine(market.id, name, _neutral(lexicon), 0, 0.0, 0, 0, None)
    sign = 0 if abs(net) < _BALANCED else 1 if net > 0 else -1
    strongest = max(votes, key=lambda vote: (abs(vote[0]), vote[2].id))
    agreeing = [v.label for _, v, _ in votes if polarity(v.label, lexicon) == sign]
    label = agreeing[0] if sign and agreeing else _neutral(lexicon)
    why = f"{clean(strongest[2].lead.title)}{_chain(strongest[1], lexicon)}"
    return MarketLine(market.id, name, label, sign, net, n_up, len(votes) - n_up, why)


def _net(verdict: MarketVerdict, lexicon: Lexicon) -> float:
    return sum(polarity(label, lexicon) * p for label, p in verdict.p.items())


def _chain(verdict: MarketVerdict, lexicon: Lexicon) -> str:
    words = chain_words(verdict.via, lexicon)
    return f" (via {words})" if words else ""


def _neutral(lexicon: Lexicon) -> str:
    return next((label_set.neutral for label_set in lexicon.label_sets.values()), "Neutral")
