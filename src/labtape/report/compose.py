"""The digest: from the records and stories of some time to what a trader should know of it.

Watched stories come first, then new ones before those that go on, then by the importance of their own record.
Everything here is decided on values; the renderers only show.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from labtape.exceptions import LexiconError
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
    Corrected,
    Counts,
    Digest,
    Dispute,
    Dropped,
    MarketLine,
    Side,
    Skipped,
    StoryItem,
)
from labtape.report.story_items import Telling, Weighed, is_new, named, story_item, weighed
from labtape.report.tallies import BALANCED, attention, over_time
from labtape.report.wording import chain_words, counted, days, name_of, polarity
from labtape.story.current import standing
from labtape.story_record import sketch, story_record
from labtape.story_record.figures import story_rows
from labtape.types import Article, MarketVerdict, Record, Story
from labtape.version import __version__

# What a digest shows of long lists; the counts say how many there are, `labtape shares` has them all.
_STORIES_SHOWN, _CLAIMS_SHOWN, _SKIPPED_SHOWN, _PAIRS_SHOWN = 100, 40, 20, 8
# Stories of a digest, the first in order, that are set beside each other as what one might also read.
_COMPARED = 300
_THIN = 3
# What came at the very time of the last digest came after it.
_JUST_BEFORE = timedelta(microseconds=1)

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
    min_confidence: float = 0.0,
    labels: Sequence[str] = (),
    articles: FindArticle = _no_article,
    earlier: Iterable[Record] = (),
    corrections: Iterable[Corrected] = (),
) -> Digest:
    """What a trader should know of the time from `since`, the last digest, up to `until`.

    `articles` finds an article by its id, so that sentences may be quoted; without it, claims are put in our words.
    `earlier` are records from before `since`: of stories that go on it says what changed against them. Stories whose verdict
    is less likely than `min_confidence`, or none of `labels` where some are given, are counted and not shown, those on the
    watchlist excepted. Raises `LexiconError` for a label that no label set has.
    """
    check_labels(labels, lexicon)
    latest = {record.id: named(record) for record in records if since <= record.order_at < until}
    read = sorted(latest.values(), key=lambda r: (r.order_at, r.id))
    in_scope = [record for record in read if record.verdict.state != "out_of_scope"]
    told = tuple(stories)
    watched = frozenset(word.casefold() for word in watchlist)
    ranked = sorted(
        (_weighed(t, articles, lexicon, watched) for t in _tellings(in_scope, told, _before(earlier, since))),
        key=lambda w: (
            not w.met, not is_new(w.telling, since), -w.importance, w.telling.lead.id,
        ),
    )  # fmt: skip
    wanted = _Wanted(watched, min_confidence, frozenset(labels))
    tellings = [w.telling for w in ranked]
    kept = [w for w in ranked if wanted.has(w)]
    items = _items(ranked, kept, articles, since=since, now=min(now, until), lexicon=lexicon)
    rows = share_rows(in_scope, lexicon=lexicon, stories=told, articles=_by_record(articles))
    counts = replace(_counts(read, tellings, since, rows), n_below=len(ranked) - len(kept))
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
        notes=_notes(counts, wanted, _unmet(watchlist, ranked)),
        stories=items,
        series=_shown_series(series(rows)),
        not_comparable=not_comparable(rows)[:_PAIRS_SHOWN],
        dropped=_dropped(rows),
        disputes=(*_disputed_figures(rows), *_disputed_verdicts(tellings, lexicon))[:_PAIRS_SHOWN],
        markets=tuple(_market_line(m, tellings, lexicon) for m in lexicon.markets.values()),
        skipped=tuple(_skipped(r) for r in read if r.verdict.state == "out_of_scope")[:_SKIPPED_SHOWN],
        corrections=tuple(
            sorted((c for c in corrections if c.at < until), key=lambda c: (c.at, c.article_id))
        ),
        over_time=over_time(tellings, since, until),
        attention=attention(tellings, lexicon),
        min_confidence=min_confidence,
        labels=tuple(labels),
    )


def check_labels(labels: Iterable[str], lexicon: Lexicon) -> None:
    """Raise `LexiconError` for a label that none of the label sets has."""
    known = {label for label_set in lexicon.label_sets.values() for label in label_set.labels}
    for label in labels:
        if label not in known:
            raise LexiconError(f"no label '{label}'; have: {', '.join(sorted(known))}")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which stories a reader wants to see: all on the watchlist, and others of these labels that are so likely."""

    watched: frozenset[str]
    min_confidence: float
    labels: frozenset[str]

    def has(self, story: Weighed) -> bool:
        verdict = story.telling.lead.verdict
        is_likely = verdict.confidence >= self.min_confidence
        fits = is_likely and (not self.labels or verdict.label in self.labels)
        return fits or bool(story.met)

    @property
    def words(self) -> str:
        """What keeps a story out."""
        below = f"less likely than {self.min_confidence:.0%}" if self.min_confidence else ""
        other = f"not {' or '.join(sorted(self.labels))}" if self.labels else ""
        return " or ".join(filter(None, (below, other)))


def _tellings(
    records: Sequence[Record], stories: Iterable[Story], earlier: Sequence[Record]
) -> tuple[Telling, ...]:
    """The records by story: as the stories say now, else as they were placed."""
    known = {article_id: story for story in stories for article_id in story.article_ids}
    home = {article_id: story.id for article_id, story in known.items()}
    groups: dict[str, list[Record]] = defaultdict(list)
    before: dict[str, list[Record]] = defaultdict(list)
    for into, some in ((groups, records), (before, earlier)):
        for record in some:
            into[standing(record, home).story.id].append(record)
    return tuple(
        Telling(story_id, tuple(members), known.get(members[0].id), tuple(before[story_id]))
        for story_id, members in groups.items()
    )


def _before(records: Iterable[Record], since: datetime) -> tuple[Record, ...]:
    """Those in scope from before the digest's time, oldest first."""
    told = (named(r) for r in records if r.order_at < since and r.verdict.state != "out_of_scope")
    return tuple(sorted(told, key=lambda r: (r.order_at, r.id)))


def _weighed(telling: Telling, articles: FindArticle, lexicon: Lexicon, watched: frozenset[str]) -> Weighed:
    """A story with its articles; those of one article are not needed to rank it."""
    records = telling.all_records
    words = _words(records, articles) if len(records) > 1 else {}
    return weighed(telling, lexicon=lexicon, articles=words, watched=watched)


def _items(
    ranked: Sequence[Weighed],
    kept: Sequence[Weighed],
    articles: FindArticle,
    *,
    since: datetime,
    now: datetime,
    lexicon: Lexicon,
) -> tuple[StoryItem, ...]:
    """The stories shown, each beside the others of the time."""
    shown = [_with_words(one, articles) for one in kept[:_STORIES_SHOWN]]
    at_hand = {one.telling.id: one for one in shown}
    compared = (at_hand.get(one.telling.id) or _with_words(one, articles) for one in ranked[:_COMPARED])
    others = tuple(sketch(w.telling.as_story, w.telling.all_records, w.words) for w in compared)
    items = []
    for rank, one in enumerate(shown, 1):
        story, told = one.telling.as_story, one.telling.all_records
        rows = story_rows(story, told, one.words, lexicon=lexicon)
        record = story_record(
            story,
            told,
            one.words,
            now=now,
            lexicon=lexicon,
            others=others,
            since=since - _JUST_BEFORE,
            forest=one.forest,
            rows=rows,
        )
        items.append(story_item(one, record, rows, rank=rank, since=since, lexicon=lexicon))
    return tuple(items)


def _with_words(one: Weighed, articles: FindArticle) -> Weighed:
    return one if one.words else replace(one, words=_words(one.telling.all_records, articles))


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


def _notes(counts: Counts, wanted: _Wanted, unmet: Sequence[str]) -> tuple[str, ...]:
    notes = []
    if not counts.n_articles:
        notes.append("Nothing was published by the feeds in this time.")
    elif not counts.n_in_scope:
        notes.append(f"{counted(counts.n_articles, 'item')} read, none about AI markets.")
    elif counts.n_stories < _THIN:
        notes.append(f"A thin time: {counted(counts.n_stories, 'story', 'stories')} in scope.")
    if counts.n_below:
        stories = counted(counts.n_below, "story", "stories")
        notes.append(f"Only counted: {stories}, {wanted.words}.")
    if counts.n_stories and len(unmet) == len(wanted.watched) > 0:
        notes.append("Nothing on the watchlist was in the news.")
    elif counts.n_stories and unmet:
        notes.append(f"On the watchlist and not in the news: {', '.join(unmet)}.")
    return tuple(notes)


def _unmet(watchlist: Sequence[str], stories: Iterable[Weighed]) -> tuple[str, ...]:
    """The entries of the watchlist that no story meets, each once."""
    met = frozenset[str]().union(*(story.met for story in stories))
    words = {word.casefold(): clean(word) for word in watchlist}
    return tuple(word for key, word in words.items() if key not in met)


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
    sign = 0 if abs(net) < BALANCED else 1 if net > 0 else -1
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
