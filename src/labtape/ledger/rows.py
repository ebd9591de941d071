"""Which distinct claims some records make: one row per claim, with everybody who makes it.

A claim is known by its comparability key, its holder, its figure (value, interval, bound), its role and its time.
Who says so is no part of it: that is in the row's sightings.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Literal

from labtape.foreign import clean, web_link
from labtape.ledger.origins import named_source, origins, outlet
from labtape.ledger.words import denominator, share_figure
from labtape.types import Bound, Check, Counterpart, Modality, Share, ShareRole, Span, Statistic

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon
    from labtape.types import Article, Period, Record

Status = Literal["single", "corroborated", "contradicted", "superseded", "not_comparable"]
#: Finds the articles, as they were scored, of some records; by the records' ids, without those that are not at hand.
FindArticles = Callable[["Sequence[Record]"], "Mapping[str, Article]"]

#: An undated figure that is told again after a longer silence is a claim of its own, about a time of its own.
SILENCE = timedelta(days=30)
_CHUNK = 512  # records whose articles are asked for at once
_MODALITIES: tuple[Modality, ...] = ("measured", "opinion", "forecast")


@dataclass(frozen=True, slots=True)
class Sighting:
    """One article that makes a claim: when, in whose words, and from whom it has the figure.

    `at` is when it was published (first seen where nobody says), `available_at` when labtape could first tell it.
    `quote` is the sentence, cleaned, and None where the words as scored are not at hand; `span` is where it stands in the
    article's `full`. `origin` is who stands behind it: the named source, else the outlet; equal origins are one.
    """

    article_id: str
    revision: int
    title: str
    url: str | None
    publisher: str | None
    at: datetime | None
    available_at: datetime
    story_id: str
    attributed_to: str | None
    quote: str | None
    span: Span
    origin: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the ledger says of a row: a status, the reasons in words, and the rows (ids) it is set against.

    `beside` is the first of these in words; None where there is none.
    """

    status: Status
    reasons: tuple[str, ...]
    against: tuple[str, ...] = ()
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a row stands among the others. `findings` are all there are, that of the `status` first.

    `n_origins` counts the independent origins of the row; `restated_by` is the row (its id) with the figure its own
    source gave later for the same time.
    """

    status: Status
    n_origins: int
    findings: tuple[Finding, ...]
    restated_by: str | None = None

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the status is what it is."""
        return self.findings[0].reasons

    @property
    def against(self) -> tuple[str, ...]:
        """The ids of the rows that the status sets it against."""
        return self.findings[0].against

    @property
    def words(self) -> str:
        """The status and its reasons in one line."""
        status = "restated" if self.restated_by and self.status == "superseded" else self.status
        return f"{status.replace('_', ' ')}: {'; '.join(self.reasons)}"


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One distinct claim: the figure as worded, of what, where, when, who says so, and how it stands.

    `platform` keeps its id (`platform:openrouter`) and `platform_name` what readers call it; `holder` is who holds the share,
    as far as rows are told apart: labs, else other entities, else the words, normalised. Sightings are oldest first;
    `checks` names what does not hold up, `objections` says it in words with the other side's quote.
    `attributed_to` is the first source that one of them names, `sources` are all of them: named sources, else outlets;
    `hop_count` is that of the telling nearest to who counted.
    """

    id: str
    figure: str
    value: float
    low: float
    high: float
    bound: Bound
    role: ShareRole
    statistic: Statistic
    subject: str | None
    subject_entities: tuple[str, ...]
    subject_labs: tuple[str, ...]
    holder: tuple[str, ...]
    metric: str | None
    population: str | None
    platform: str | None
    platform_name: str | None
    scope: str | None
    period: str | None
    period_start: str | None
    period_end: str | None
    attributed_to: str | None
    hop_count: int | None
    modality: Modality
    checks: tuple[str, ...]
    objections: tuple[Check, ...]
    comparability_key: str
    sources: tuple[str, ...]
    sightings: tuple[Sighting, ...]
    standing: Standing

    @property
    def first(self) -> Sighting:
        """Who said it first."""
        return self.sightings[0]

    @property
    def status(self) -> Status:
        """How it stands among the others; why, `standing` says."""
        return self.standing.status

    @property
    def of_what(self) -> str | None:
        """The denominator in words; None where the text gives none."""
        return denominator(self.metric, self.population, self.platform_name)

    @property
    def who(self) -> str:
        """Whose share it is, as the text words it."""
        return self.subject or ", ".join(e.partition(":")[2] for e in self.subject_entities) or "not stated"

    @property
    def quote(self) -> str | None:
        """The oldest sentence that makes the claim and is at hand."""
        return next((s.quote for s in self.sightings if s.quote), None)


@dataclass(frozen=True, slots=True)
class _Telling:
    """A claim as one record makes it, and the sentence it stands in, where that is at hand."""

    share: Share
    record: Record
    quote: str | None


def claims(
    records: Iterable[Record],
    *,
    lexicon: Lexicon | None = None,
    founders: Mapping[str, str] | None = None,
    articles: FindArticles | None = None,
) -> tuple[ShareRow, ...]:
    """Every distinct claim of some records, newest first; each stands by its own origins alone.

    `founders` gives for an article the first article of its origin, as stories know copies. The lexicon gives platforms
    their names, `articles` the words to quote.
    """
    found: dict[tuple[object, ...], list[_Telling]] = defaultdict(list)
    outlets: dict[str, str] = {}
    rest = iter(records)
    while chunk := tuple(islice(rest, _CHUNK)):
        telling = [record for record in chunk if record.shares]
        texts = articles(telling) if articles and telling else {}
        for record in telling:
            outlets[record.id] = outlet(record.publisher, record.url, record.id)
            for share in record.shares:
                found[_identity(share)].append(
                    _Telling(share, record, _quote(share, record, texts.get(record.id)))
                )
    rows = [
        _row(identity, claim, lexicon, founders or {}, outlets)
        for identity, tellings in found.items()
        for claim in _apart_in_time(tellings)
    ]
    return tuple(sorted(rows, key=_newest_first))


def _identity(share: Share) -> tuple[object, ...]:
    return (
        share.comparability_key, _holder(share), share.value, share.low, share.high, share.bound, share.role,
        _time(share.period),
    )  # fmt: skip


def _time(period: Period | None) -> tuple[str, ...]:
    """The days of a period; its words where they give no day."""
    if period is None or period.is_now:
        return ()
    days = (period.start or "", period.end or "")
    return days if any(days) else (" ".join(period.text.casefold().split()),)


def _holder(share: Share) -> tuple[str, ...]:
    return share.subject_labs or share.subject_entities or (_group(share.subject or ""),)


@lru_cache(maxsize=65536)
def _group(words: str) -> str:
    from labtape.annotate.comparability import group_name  # its room takes long to load

    return group_name(words)


def _quote(share: Share, record: Record, article: Article | None) -> str | None:
    """The sentence of a claim, as long as the article's words are those that were scored."""
    if article is None or article.content_hash != record.content_hash:
        return None
    return clean(article.full[share.sentence.start : share.sentence.end]) or None


def _apart_in_time(tellings: list[_Telling]) -> Iterator[Sequence[_Telling]]:
    """The tellings of one figure, oldest first; an undated one is another claim after a long silence."""
    tellings.sort(key=lambda t: (t.record.order_at, t.record.id, t.share.start))
    period = tellings[0].share.period
    start = 0
    if period is None or period.is_now or not (period.start or period.end):
        for n in range(1, len(tellings)):
            if tellings[n].record.order_at - tellings[n - 1].record.order_at > SILENCE:
                yield tellings[start:n]
                start = n
    yield tellings[start:]


def _row(
    identity: tuple[object, ...],
    tellings: Sequence[_Telling],
    lexicon: Lexicon | None,
    founders: Mapping[str, str],
    outlets: Mapping[str, str],
) -> ShareRow:
    share = tellings[0].share
    period = share.period
    platform_name = _platform_name(share.platform, lexicon)
    sightings = _sightings(tellings, platform_name, founders, outlets)
    dated = period is not None and bool(period.start or period.end)
    return ShareRow(
        id=_id(identity, "" if dated else f"{tellings[0].record.order_at:%Y-%m-%d}"),
        figure=share_figure(share),
        value=share.value,
        low=share.low,
        high=share.high,
        bound=share.bound,
        role=share.role,
        statistic=share.statistic,
        subject=_cleaned(share.subject),
        subject_entities=share.subject_entities,
        subject_labs=share.subject_labs,
        holder=_holder(share),
        metric=_cleaned(share.metric),
        population=_cleaned(share.population),
        platform=share.platform,
        platform_name=platform_name,
        scope=_cleaned(share.scope),
        period=_cleaned(period.text) if period else None,
        period_start=period.start if period and not period.is_now else None,
        period_end=period.end if period and not period.is_now else None,
        attributed_to=next((s.attributed_to for s in sightings if s.attributed_to), None),
        hop_count=min((t.share.hop_count for t in tellings if t.share.hop_count is not None), default=None),
        modality=min((t.share.modality for t in tellings), key=_MODALITIES.index),
        checks=tuple(sorted({check.name for t in tellings for check in t.share.checks})),
        objections=_objections(tellings),
        comparability_key=share.comparability_key,
        sources=_sources(sightings),
        sightings=sightings,
        standing=support(sightings),
    )


def _objections(tellings: Sequence[_Telling]) -> tuple[Check, ...]:
    """What is said against the claim, each finding once, the oldest telling's first."""
    found = {(c.name, c.detail): c for t in reversed(tellings) for c in reversed(t.share.checks)}
    return tuple(map(_shown, found.values()))[::-1]


def _shown(check: Check) -> Check:
    """A check in words that may be shown: those of the other article are a stranger's."""
    other = check.other
    told = other and Counterpart(
        other.article_id, clean(other.text), web_link(other.url), _cleaned(other.publisher)
    )
    return replace(check, detail=clean(check.detail), other=told)


def _id(identity: tuple[object, ...], day: str) -> str:
    """Twelve hexadecimal digits, the same for the same claim on every machine."""
    return hashlib.sha256(repr((*identity, day)).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _platform_name(platform: str | None, lexicon: Lexicon | None) -> str | None:
    if platform is None:
        return None
    name = platform.partition(":")[2] or platform
    return clean(lexicon.labs[name].name if lexicon and name in lexicon.labs else name)


def _sightings(
    tellings: Sequence[_Telling],
    platform_name: str | None,
    founders: Mapping[str, str],
    outlets: Mapping[str, str],
) -> tuple[Sighting, ...]:
    """One per article, oldest first, each with its origin."""
    by_article = {t.record.id: t for t in reversed(tellings)}
    ordered = [by_article[id_] for id_ in dict.fromkeys(t.record.id for t in tellings)]
    named = [named_source(t.share.attributed_to, t.share.platform, platform_name) for t in ordered]
    own = [outlets[t.record.id] for t in ordered]
    copied = [outlets.get(founders.get(t.record.id, ""), outlets[t.record.id]) for t in ordered]
    behind = origins(own, [name or copy for name, copy in zip(named, copied, strict=True)])
    return tuple(_sighting(t, origin) for t, origin in zip(ordered, behind, strict=True))


def _sighting(telling: _Telling, origin: str) -> Sighting:
    record = telling.record
    return Sighting(
        article_id=record.id,
        revision=record.revision,
        title=clean(record.title),
        url=web_link(record.url),
        publisher=_cleaned(record.publisher),
        at=record.published_at or record.first_seen_at,
        available_at=record.available_at,
        story_id=record.story.id,
        attributed_to=_cleaned(telling.share.attributed_to),
        quote=telling.quote,
        span=telling.share.sentence,
        origin=origin,
    )


def _sources(sightings: Sequence[Sighting]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(s.attributed_to or s.publisher or s.origin for s in sightings))


def support(sightings: Sequence[Sighting]) -> Standing:
    """How a claim stands by its own sightings: told by one origin, or by several that do not depend on each other."""
    names = tuple(dict.fromkeys(s.origin for s in sightings))
    if len(names) == 1:
        return Standing("single", 1, (Finding("single", (f"one origin: {names[0]}",)),))
    shown = ", ".join(names[:4]) + (" …" if len(names) > 4 else "")
    finding = Finding("corroborated", (f"{len(names)} independent origins: {shown}",))
    return Standing("corroborated", len(names), (finding,))


def _cleaned(text: str | None) -> str | None:
    return clean(text) if text else None


def _newest_first(row: ShareRow) -> tuple[float, str, str, float, str]:
    at = row.first.at
    return (-at.timestamp() if at else 0.0, row.comparability_key, row.role, row.value, row.id)
