"""Which parts of a whole a text says are held by whom, and which other percentages it states.

    find_quantities ── settings ── decide ──┬── share       holding, fields, key, checks
      (the numbers)   (words round) (cues)  └── percentage  kind, direction

Measured on ../shared/gold-dev (175 articles): see docs/shares.md for precision, recall and fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from labtape.annotate.attribution import Holding, holding
from labtape.annotate.attribution_zh import holding_zh
from labtape.annotate.comparability import Basis, basis, metric_name, normalised
from labtape.annotate.han_text import Passage, passage
from labtape.annotate.percentages import percentage
from labtape.annotate.share_baselines import with_baselines
from labtape.annotate.share_behind import next_behind
from labtape.annotate.share_checks import checked
from labtape.annotate.share_classes import NEXT_SENTENCE, Decision, decide
from labtape.annotate.share_context import REACH, Setting, settings, title_end_of
from labtape.annotate.share_fields import (
    now_word,
    period_of,
    platform_of,
    platforms,
    population_of,
    role_of,
    statistic_of,
)
from labtape.annotate.share_fields_zh import attributed_zh, period_zh, role_zh
from labtape.annotate.share_holders import (
    antecedent,
    countries_in,
    holder_labs,
    mentions_within,
    points_to_company,
    respectively,
    rows,
)
from labtape.annotate.share_kinds import with_kinds
from labtape.annotate.share_period_features import BACK, Asked, Scene
from labtape.annotate.share_periods import chosen
from labtape.annotate.share_scope import owner_of, scope_of
from labtape.annotate.share_sources import (
    announced_source,
    announcements,
    capitals,
    hops,
    modality_of,
    source_of,
)
from labtape.annotate.share_wholes import Reading, answers, questions, reading
from labtape.annotate.whole_features import Question
from labtape.text.periods import find_periods
from labtape.text.quantities import Quantity, find_quantities
from labtape.types import Mention, Percentage, Period, Share, Span

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
MOST: Final = 1000
"""Numbers out of a hundred read of one text; one that has more is a table of data and no article, and each costs milliseconds."""


Choose = Callable[[Scene, Asked], Period | None]
"""Which period of a text is that of a share."""
Answer = Callable[[Quantity, Question, Question], tuple[str | None, str | None]]
"""What is asked of a number for its metric and for the place of its whole, to the two answers."""


@dataclass(frozen=True, slots=True)
class _Article:
    """What all shares of one article are read against."""

    full: str
    title_end: int
    mentions: Sequence[Mention]
    lexicon: Lexicon
    at: datetime | None
    places: tuple[tuple[int, int, str], ...]
    listed: Mapping[
        int, tuple[int, int]
    ]  # numbers of lists such as "A and B took 2% and 3%", with their names' places
    announced: Sequence[tuple[int, int, str]]
    rows: Mapping[int, tuple[int, int]]  # numbers that stand in a row: how many, and which
    chinese: (
        Passage | None
    )  # the text as the Chinese frames read it; None where no share stands in Chinese words
    called: Mapping[str, str]  # what each lab is called here, each capitalised word once
    scene: Scene
    choose: Choose


def find_shares(
    full: str,
    sentences: Sequence[Span],
    mentions: Sequence[Mention],
    lexicon: Lexicon,
    at: datetime | None,
    *,
    language: str,
    publisher: str | None = None,
) -> tuple[tuple[Share, ...], tuple[Percentage, ...]]:
    """Shares and other percentages of one text, each in order; every one of the first `MOST` numbers is one or the other.

    `language` and `publisher` are part of the finder's contract: Chinese cues are read wherever the text has
    Han characters, and a figure without a named source keeps `attributed_to` null.
    """
    quantities = find_quantities(full)[:MOST]
    if not quantities:
        return (), ()
    han = language.startswith("zh") or bool(_HAN.search(full))
    mentions = sorted(mentions, key=lambda m: m.start)
    decisions = tuple(decide(tuple(settings(full, sentences, quantities)), mentions, han=han))
    decisions = with_kinds(decisions, mentions, title_end_of(full))
    percentages = tuple(percentage(d.setting, d.kind, d.rule) for d in decisions if d.kind is not None)
    return shares_of(full, decisions, mentions, lexicon, at), percentages


def shares_of(
    full: str,
    decisions: Sequence[Decision],
    mentions: Sequence[Mention],
    lexicon: Lexicon,
    at: datetime | None,
    choose: Choose = chosen,
    answer: Answer = answers,
) -> tuple[Share, ...]:
    """The shares among the numbers of a text, which are decided; `mentions` are sorted.

    `choose` gives each its period, `answer` its metric and the place of its whole: the tables, or what learns them.
    """
    if all(d.kind is not None for d in decisions):
        return ()
    return _shares(_article(full, decisions, mentions, lexicon, at, choose), decisions, answer)


def _article(
    full: str,
    decisions: Sequence[Decision],
    mentions: Sequence[Mention],
    lexicon: Lexicon,
    at: datetime | None,
    choose: Choose,
) -> _Article:
    parts = [d.setting for d in decisions if d.kind is None]
    numbers = [(d.setting.quantity.start, d.setting.quantity.end) for d in decisions]
    title_end = title_end_of(full)
    scene = Scene(
        full,
        title_end,
        at,
        periods_near(full, title_end, parts, at),
        numbers,
        [part.quantity.start for part in parts],
    )
    return _Article(
        full,
        title_end,
        mentions,
        lexicon,
        at,
        platforms(full, mentions),
        respectively(parts, mentions),
        announcements(full),
        rows(parts),
        _chinese_passage(full, parts, mentions, at),
        _called(mentions),
        scene,
        choose,
    )


def _chinese_passage(
    full: str, parts: Sequence[Setting], mentions: Sequence[Mention], at: datetime | None
) -> Passage | None:
    if not any(map(_is_chinese, parts)):
        return None
    return passage(full, at, tuple((m.start, m.end) for m in mentions if m.lab))


def _called(mentions: Sequence[Mention]) -> dict[str, str]:
    words: dict[str, dict[str, None]] = {}
    for mention in mentions:
        if mention.lab:
            words.setdefault(mention.lab, {}).update(dict.fromkeys(capitals(mention.text)))
    return {lab: "\n".join(found) for lab, found in words.items()}


def periods_near(
    full: str, title_end: int, parts: Sequence[Setting], at: datetime | None
) -> tuple[tuple[Span, Period], ...]:
    """The periods of the title and of the stretches round the shares, in order: the rest of a long text is not read."""
    stretches = [(0, title_end)]
    for part in parts:
        first = full.rfind(" ", 0, max(part.quantity.start - BACK, 0)) + 1
        last = part.quantity.end + REACH
        if first <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(last, stretches[-1][1]))
        else:
            stretches.append((first, last))
    return tuple(
        (Span(first + span.start, first + span.end), period)
        for first, last in stretches
        for span, period in find_periods(full[first:last], at)
    )


def _shares(article: _Article, decisions: Sequence[Decision], answer: Answer) -> tuple[Share, ...]:
    drafts: list[Share] = []
    holdings: list[Holding] = []
    bases: dict[int, Basis] = {}
    read = reading(decisions, article.mentions, article.title_end)
    for i, decision in enumerate(decisions):
        if decision.kind is not None:
            continue
        before, after = _neighbour(decisions, i, -1), _neighbour(decisions, i, 1)
        share, held, ground = _share(article, decision, (before, after), drafts, holdings)
        if _chinese(article, decision.setting) is None:
            share, held, ground = _with_whole(
                article, read, decision, (share, held, ground), drafts[-1:], answer
            )
        drafts.append(share)
        holdings.append(held)
        bases[share.start] = ground
    return checked(article.full, with_baselines(drafts, article.at), bases)


def _neighbour(decisions: Sequence[Decision], i: int, step: int) -> Decision | None:
    """The number next to this one in the same sentence."""
    j = i + step
    if not 0 <= j < len(decisions) or decisions[j].setting.sentence != decisions[i].setting.sentence:
        return None
    return decisions[j]


def _share(
    article: _Article,
    decision: Decision,
    around: tuple[Decision | None, Decision | None],
    last: Sequence[Share],
    last_holding: Sequence[Holding],
) -> tuple[Share, Holding, Basis]:
    setting, q = decision.setting, decision.setting.quantity
    before, after = (d.setting if d else None for d in around)
    share_before = before if around[0] and around[0].kind is None else None
    share_after = after if around[1] and around[1].kind is None else None
    previous = last[-1] if last else None
    held = _holding(article, decision, previous, last_holding[-1] if last_holding else None)
    held = _same_row(article, setting, held, last, last_holding)
    countries = countries_in(held.subject, article.lexicon.countries)
    labs = holder_labs(setting, held, article.mentions, countries)
    inside = mentions_within(article.mentions, *held.subject_at) if held.subject_at else ()
    text = _chinese(article, setting)
    if text is not None:
        role = role_zh(text, setting, article.at, previous, held.subject)
        period = period_zh(text, setting, role, _undated(previous), article.title_end)
    else:
        role = role_of(setting, article.at, before=share_before, after=share_after)
        size, place = article.rows.get(q.start, (1, 0))
        if previous and role == "current" and place:
            role = previous.role
        elif size > 1 and held.is_row and role == "current" and _EARLIER_ROW.search(setting.left[-90:]):
            role = "baseline"
        ruled = period_of(setting, article.at, before=before, after=after, role=role)
        now = now_word(setting, before=before, after=after)
        carried = None if now else _carried(decision, role, held, last, place)
        asked = Asked(setting, role, _undated(previous), ruled, carried, now is not None)
        period = article.choose(article.scene, asked)
        if period is None and now and role == "current":
            period = _today(now, article.at)
    statistic = statistic_of(setting, before=before, after=after, dated=period is not None, role=role)
    if statistic == "unknown" and previous and decision.inherited and previous.role == role:
        statistic = previous.statistic
    taken_up = bool(previous and held.whole and last_holding and held.whole == last_holding[-1].whole)
    population = population_of(setting) or (previous.population if previous and taken_up else None)
    group = previous.subject if previous and _SAME_GROUP.match(held.subject or "") else held.subject
    platform = platform_of(setting, held.metric, article.places)
    ground = basis(
        metric=held.metric,
        group=group,
        labs=labs,
        population=population,
        platform=platform,
        statistic=statistic,
    )
    held_by = {f"lab:{lab}" for lab in labs} | {f"company:{lab}" for lab in labs} | set(labs)
    source = (text is not None and attributed_zh(text, setting, previous, article.title_end)) or None
    source = (
        source
        or source_of(setting, previous, article.title_end)
        or announced_source(article.full, article.announced, setting.sentence.start)
    )
    owners = [
        *filter(None, (held.subject, held.owner)),
        *(words for lab in held_by if (words := article.called.get(lab))),
    ]
    share = Share(
        start=q.start,
        end=q.end,
        text=q.text,
        value=q.value,
        low=max(0.0, q.low),
        high=min(100.0, q.high) if q.value <= 100 else q.high,
        bound=q.bound,
        role=role,
        statistic=statistic,
        subject=held.subject,
        subject_entities=tuple(dict.fromkeys([*(m.entity for m in inside), *labs, *countries]))
        if labs or countries
        else countries,
        subject_labs=labs,
        metric=held.metric,
        population=population,
        platform=platform,
        scope=scope_of(
            setting, held, article.mentions, article.lexicon, population=population, platform=platform
        ),
        period=period,
        attributed_to=source,
        hop_count=hops(setting, source, owners, previous, article.title_end),
        modality=modality_of(setting, role),
        sentence=setting.sentence,
        rule=decision.rule,
        comparability_key=ground.key,
    )
    return share, held, ground


def _with_whole(
    article: _Article,
    read: Reading,
    decision: Decision,
    found: tuple[Share, Holding, Basis],
    last: Sequence[Share],
    answer: Answer,
) -> tuple[Share, Holding, Basis]:
    """A share with its metric and the place of its whole chosen from the phrases near it."""
    share, held, ground = found
    guess = owner_of(decision.setting, held, article.mentions)
    for_metric, for_place = questions(read, decision, share, held, guess, last[0] if last else None)
    metric, place = answer(decision.setting.quantity, for_metric, for_place)
    scope = " ".join(filter(None, (share.scope, place))) or None
    ground = replace(ground, metric=metric_name(metric))
    share = replace(share, metric=metric, scope=scope, comparability_key=ground.key)
    return share, replace(held, metric=metric), ground


# ---------------------------------------------------------------- holder


def _holding(
    article: _Article, decision: Decision, previous: Share | None, before: Holding | None
) -> Holding:
    """Who holds what; what the sentence leaves out is taken from the share before, or from what was named last."""
    setting = decision.setting
    here = previous is not None and previous.sentence == setting.sentence
    gap = article.full[previous.end : setting.quantity.outer_start] if here and previous else None
    text = _chinese(article, setting)
    if text is not None:
        near = previous is not None and _continues_zh(article, previous, setting)
        since = previous.end if near and previous else 0
        return holding_zh(text, setting, article.mentions, article.title_end, before if near else None, since)
    held = holding(setting, decision.rule, gap)
    if _ROW.search(setting.left[-70:]):
        held = replace(held, is_row=True)
    named = article.listed.get(setting.quantity.start)
    if named is not None:
        words = article.full[named[0] : named[1]].strip('"“”')
        held = replace(held, subject=words, subject_at=named, is_pronoun=False)
    near = previous is not None and before is not None and _continues(article, previous, setting)
    if near and held.whole and _ONLY_TOP.fullmatch(held.whole):
        held = replace(held, metric=None, whole=None)
    if here and before is not None and gap is not None and held.is_pronoun:
        held = _next_of_list(held, before, gap, setting)
    if near and before is not None:
        if held.metric is None:
            held = replace(
                held, metric=before.metric, whole=held.whole or before.whole, owner=held.owner or before.owner
            )
        if held.is_pronoun and before.subject:
            return replace(
                held, subject=before.subject, subject_at=before.subject_at, of_whole=before.of_whole
            )
    if held.is_pronoun and (held.subject is None or points_to_company(held.subject) or not near):
        back = antecedent(setting, article.mentions, article.title_end, held.subject)
        if back:
            held = replace(held, subject=back[0], subject_at=back[1])
    if held.metric is None:
        held = _with_market(article, setting, held)
    return held


_ROW: Final = re.compile(
    r"\b(?:the\s+(?:(?:two|three|four|five|same)\s+)?(?:figures|numbers|values|shares|proportions|portions|percentages|ratios?|split|groups|order|rates)|the (?:two|three|four|five)|they|those|these)\s+(?:ha[dsv]e?\s+)?[a-z]+(?:\s+at)?\s*\Z",
    re.IGNORECASE,
)


_ROWS: Final = 4
"""How many shares back a list may have named its time, earlier figures between them."""
_EARLIER_ROW: Final = re.compile(
    r"\b(?:had|were|was|took)\b|\b(?:ago|earlier|before|last|previous|prior|same|(?:19|20)\d\d)\b",
    re.IGNORECASE,
)


def _same_row(
    article: _Article, setting: Setting, held: Holding, last: Sequence[Share], last_holding: Sequence[Holding]
) -> Holding:
    """A row of numbers that is said of the row before, "a year ago the figures were 31% and 12%": each its own holder."""
    size, place = article.rows.get(setting.quantity.start, (1, 0))
    if size < 2 or len(last) < size or (not held.is_row and place == 0):
        return held
    if place and not (last_holding[-1].is_row):
        return held
    before = last_holding[-size]
    if place == 0 and len({share.subject for share in last[len(last) - size :]}) < 2:
        return held
    return replace(held, subject=before.subject, subject_at=before.subject_at, is_pronoun=False, is_row=True)


def _next_of_list(held: Holding, before: Holding, gap: str, setting: Setting) -> Holding:
    """The holder behind the number where the share before had its own there: "58% went to Kimi and 21% to Qwen"."""
    if not (before.is_behind or before.of_whole) or not _LIST_GOES_ON.search(gap):
        return held
    words = next_behind(setting.right)
    if not words:
        return held
    at = setting.full.find(words, setting.right_at)
    return replace(held, subject=words, subject_at=(at, at + len(words)), is_pronoun=False, is_behind=True)


_LIST_GOES_ON: Final = re.compile(
    r"(?:,|;|\band|\bwhile)\s+(?:(?:about|another|some|just|only|the|an?)\s+)*\Z"
)


def _continues(article: _Article, previous: Share, setting: Setting) -> bool:
    """Whether a share may take up the holder or whole of the one before: same sentence, or the next ones."""
    between = article.full[previous.end : setting.quantity.start]
    return previous.sentence == setting.sentence or (len(between) < 220 and "\n\n" not in between)


def _chinese(article: _Article, setting: Setting) -> Passage | None:
    """The article as the Chinese frames read it; None where the words round the number are not Chinese."""
    return article.chinese if _is_chinese(setting) else None


def _is_chinese(setting: Setting) -> bool:
    return bool(_HAN.search(setting.left[-30:] + setting.right[:10]))


def _continues_zh(article: _Article, previous: Share, setting: Setting) -> bool:
    """Chinese lists run over lines and short paragraphs; the headline's share goes on only in its own line."""
    if previous.sentence == setting.sentence:
        return True
    between = article.full[previous.end : setting.quantity.start]
    return previous.start > article.title_end and len(between) < _NEAR_ZH


_NEAR_ZH: Final = 160
_ONLY_TOP: Final = re.compile(r"(?:the )?top[- ](?:\d+|ten|five|twenty)", re.IGNORECASE)
_SAME_GROUP: Final = re.compile(
    r"(?:the )?same (?:group|set|ones|providers|labs|models|companies|firms|\w+ (?:providers|labs|models|companies|firms))\b",
    re.IGNORECASE,
)
_MARKET: Final = re.compile(
    r"\b((?:[A-Za-z][\w.&’'-]*\s+){1,5})(?:market|industry|sector)\b(?!\s+(?:share|cap|value|leader))"
)
_NOT_MARKET: Final = re.compile(
    r"\A.*\b(?:the|an?|in|of|on|at|to|for|from|with|by|and|this|that|its|their|our|leads?|global|worldwide|domestic|world|broader|whole|entire|overall|share|build|local|national|Chinese|American|European|Japanese|Indian|U\.?S\.?)\s+",
    re.IGNORECASE,
)


def _with_market(article: _Article, setting: Setting, held: Holding) -> Holding:
    """A bare "market share" is of the market named last before it, the title included."""
    reach = article.full[max(0, setting.quantity.start - 700) : setting.sentence.end]
    candidates = [
        _NOT_MARKET.sub("", m[1]).strip()
        for m in _MARKET.finditer(article.full[: article.title_end] + "\n" + reach)
    ]
    names = [
        name
        for name in candidates
        if name
        and not re.fullmatch(
            r"(?:the|a|of|in|its|their|global|stock|capital|labor|labour|job|financial|equity|bull|bear|tech)",
            name,
            re.I,
        )
    ]
    if not names:
        return held
    return replace(held, metric=f"{names[-1]} sales", whole=held.whole or f"{names[-1]} market")


def _today(word: str, at: datetime | None) -> Period | None:
    """The article's own day, where a figure is only said to hold now."""
    day = at.date().isoformat() if at else None
    period = Period(word, day, day)
    return period if period.is_now else None


def _undated(share: Share | None) -> Share | None:
    """A share without a period that only says "now": it does not go on to the shares behind it."""
    return replace(share, period=None) if share and share.period and share.period.is_now else share


def _carried(
    decision: Decision, role: str, held: Holding, last: Sequence[Share], place: int
) -> Period | None:
    """The period that a share takes from those before it: in a row, in brackets, in a list. `place` is its place in a row."""
    previous = _undated(last[-1]) if last else None
    alike = _undated(next((share for share in reversed(last[-_ROWS:]) if share.role == role), None))
    if previous and place > 0 and previous.role == role:
        return previous.period
    if role == "baseline" and decision.setting.left.endswith("(") and alike is not None:
        return alike.period
    return _same_period(decision, alike, role, held.metric)


def _same_period(decision: Decision, previous: Share | None, role: str, metric: str | None) -> Period | None:
    """A list goes on in the time it began with, also in the next sentence where the same thing is divided."""
    if previous is None or previous.role != role or role == "baseline":
        return None
    if decision.inherited or previous.sentence == decision.setting.sentence:
        return previous.period
    near = decision.setting.quantity.start - previous.end < NEXT_SENTENCE
    same = set(normalised(metric).split()) & set(normalised(previous.metric).split())
    return previous.period if near and same else None
