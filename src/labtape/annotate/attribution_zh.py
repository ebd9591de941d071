"""Who holds a share, and of what, in Chinese sentences.

    HOLDER 占 WHOLE 的 N%                    a verb of holding, the whole between it and the number
    HOLDER 在 WHOLE 中的份额为 N%            a noun of sharing
    HOLDER 贡献 N% 的 WHOLE                  the whole behind the number
    WHOLE 中，HOLDER N%，HOLDER N%           a topic, and a list under it
    OWNER N% 的 WHOLE 来自 HOLDER            the holder behind the whole
    A、B 分别占 N%、M%                       names and numbers in the same order

The number's own clause is read first, marked (han_text.py); what it leaves out is taken from the clauses before it,
from the share before, and last from the sentences before and the title.
"""

from __future__ import annotations

import re
from collections import deque
from itertools import pairwise
from typing import TYPE_CHECKING

from labtape.annotate import phrases_zh as phrases
from labtape.annotate.attribution import Holding
from labtape.annotate.frames_zh import Frame, clause, listed
from labtape.annotate.han_text import Passage, simplified, unmarked, words_at
from labtape.annotate.mention_order import backwards, beginning_in
from labtape.annotate.metrics_zh import is_bare, is_vague, is_weak, of_firms
from labtape.annotate.noun_phrases_zh import clause_start, holder_in, metric_at
from labtape.annotate.topics_zh import REACH, Topic, said_before, scope_of, topic_before

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labtape.annotate.share_context import Setting
    from labtape.types import Mention


def holding_zh(
    text: Passage,
    setting: Setting,
    mentions: Sequence[Mention],
    title_end: int,
    before: Holding | None,
    since: int,
) -> Holding:
    """Holder, metric and scope of one share in a Chinese sentence.

    `before` is the holding of the share before, None where there is none near enough to go on from; it ends at `since`.
    """
    frame = listed(text, setting) or clause(text, setting)
    here = frame.whole
    metric = frame.metric or (metric_at(text, here) if here else None)
    topic = None
    words = unmarked(text.marks[here[0] : here[1]]) if here else ""
    back = bool(here and phrases.BACK_WHOLE.fullmatch(words))
    if here is None or back or is_weak(metric) or is_bare(words):
        at = clause_start(text, setting)
        topic = topic_before(text, setting.sentence.start, since, at, title_end, counts=back)
    holder, subject = frame.holder, None
    if holder is not None:
        holder = _resolved(text, holder, mentions, before)
    else:
        holder = _subject_since(text, setting, since, mentions)
    if holder is None and before is not None:
        subject, holder = before.subject, before.subject_at
    if holder is None and subject is None:
        holder = _last_name(setting, mentions, title_end)
    if holder is not None:
        subject = text.full[holder[0] : holder[1]].strip()
    if frame.made:
        subject, holder = frame.made, None
    metric, scope = _of_what(text, frame, topic, before, metric, setting)
    owner = _owner(text, frame, holder, scope, setting, mentions, title_end)
    named = scope_of(scope, owner if of_firms(metric) else None)
    if before is not None and before.owner and named == before.whole and not frame.made:
        owner = before.owner  # the list goes on in the same firm's whole
        return Holding(subject, holder, metric, named, owner=owner, is_pronoun=subject is None)
    owned = owner if owner and named and owner in named and owner not in (scope or "") else None
    return Holding(
        subject,
        holder,
        metric,
        named,
        owner=owned or (owner if frame.owner else None),
        is_pronoun=subject is None,
    )


def _of_what(
    text: Passage,
    frame: Frame,
    topic: Topic | None,
    before: Holding | None,
    metric: str | None,
    setting: Setting,
) -> tuple[str | None, str | None]:
    """Metric and scope: the clause's own, its topic's, those of the share before, the title's; the nearest that says it."""
    scope = words_at(text, *frame.whole) if frame.whole else None
    if scope and phrases.BACK_WHOLE.fullmatch(simplified(scope)):
        scope = None
    if scope and is_bare(simplified(scope)) and not of_firms(metric):
        scope = None  # "日活" is a market's: its name stands elsewhere
    near = topic if topic is not None and topic.near else None
    if scope is None and near is not None:
        scope = near.words
    if is_weak(metric) and near is not None and not is_weak(near.metric):
        metric = near.metric
    if scope and is_bare(simplified(scope)) and _same_market(before, metric) and before is not None:
        scope = before.whole
    carried = before is not None
    if before is not None:
        if scope is None:
            scope = before.whole
        if is_weak(metric) and before.metric and not (frame.whole and near is None and metric):
            metric = before.metric
    if topic is not None and not topic.near:
        if scope is None or (not carried and scope == "全球"):
            scope = topic.words
        if is_weak(metric) and topic.metric and not (metric and is_weak(topic.metric)):
            metric = topic.metric
    if near is not None and metric is None:
        metric = near.metric
    if is_vague(metric):
        metric = said_before(text, setting.sentence.start, setting.sentence.end) or metric
    return metric, scope


def _same_market(before: Holding | None, metric: str | None) -> bool:
    """Whether the share before is of a market that is divided by the same thing: 总出货 after 中国智能手机市场出货."""
    if before is None or not before.whole or before.owner or not before.metric or not metric:
        return False
    return metric.split()[-1] == before.metric.split()[-1]


# ---------------------------------------------------------------- what the clause leaves out


def _subject_since(
    text: Passage, setting: Setting, since: int, mentions: Sequence[Mention]
) -> tuple[int, int] | None:
    """The subject of the clauses before in the sentence, as far back as the share before, which ends at `since`."""
    end = clause_start(text, setting)
    first = max(setting.sentence.start, end - REACH)
    if since > first:
        stops = [at for at in (text.marks.find(sign, since, end) for sign in phrases.STOPS) if at >= 0]
        first = min(stops, default=end) + 1
    while end > first:
        stop = max([text.marks.rfind(sign, first, end - 1) for sign in phrases.STOPS] + [first - 1])
        words = text.marks[stop + 1 : end - 1]
        begin = stop + 1
        end = stop + 1
        among = phrases.AMONG.search(words, 2)
        if among and words[among.start()] == "在":
            span, _ = holder_in(text, begin, begin + among.start())
            if span:
                return _resolved(text, span, mentions, None)
        subject = phrases.SUBJECT.match(words)
        if not subject or phrases.TOPIC_CLAUSE.fullmatch(words) or phrases.NOT_SUBJECT.match(words):
            continue
        span, _ = holder_in(text, begin + subject.start("who"), begin + subject.end("who"))
        if span and not phrases.NOT_SUBJECT.match(text.marks[span[0] : span[1]]):
            return _resolved(text, span, mentions, None)
    return None


def _last_name(setting: Setting, mentions: Sequence[Mention], title_end: int) -> tuple[int, int] | None:
    """The name that stands last before the number, else the headline's first."""
    since = setting.sentence.start - 300
    name = next((m for m in backwards(mentions, setting.quantity.start, since=since) if m.lab), None) or next(
        (m for m in beginning_in(mentions, 0, title_end) if m.lab), None
    )
    return (name.start, name.end) if name else None


def _resolved(
    text: Passage, holder: tuple[int, int], mentions: Sequence[Mention], before: Holding | None
) -> tuple[int, int] | None:
    """The name that a pronoun stands for; other words stand for themselves."""
    words = text.marks[holder[0] : holder[1]]
    if not phrases.PRONOUN.fullmatch(words):
        return holder
    if phrases.TWO.search(words):
        for second, first in pairwise(backwards(mentions, holder[0], since=holder[0] - 300)):
            if re.fullmatch(r"\s*(?:和|与|與|、|及)\s*", text.full[first.end : second.start]):
                return first.start, second.end
        named = deque(phrases.PAIR.finditer(text.full, max(0, holder[0] - 300), holder[0]), maxlen=1)
        return named[0].span() if named else holder
    if before is not None and before.subject_at and not phrases.COMPANY.search(words):
        return before.subject_at
    name = next((m for m in backwards(mentions, holder[0], since=holder[0] - 300) if m.lab), None)
    if name is None:
        return holder if before is None or before.subject_at is None else before.subject_at
    return name.start, name.end


def _owner(
    text: Passage,
    frame: Frame,
    holder: tuple[int, int] | None,
    scope: str | None,
    setting: Setting,
    mentions: Sequence[Mention],
    title_end: int,
) -> str | None:
    """Whose the whole is: named before the number, or the last name before that is not the holder."""
    if frame.owner is not None:
        words = text.marks[frame.owner[0] : frame.owner[1]]
        if not phrases.PRONOUN.fullmatch(words):
            return words_at(text, *frame.owner) or None
    if scope is None:
        return None
    inside = holder or (0, 0)
    at = setting.quantity.start
    near = [*backwards(mentions, at, since=at - 350)]
    title = [*beginning_in(mentions, 0, title_end)]
    here = [m for m in near if m.start >= setting.sentence.start]
    back = phrases.ITS.match(simplified(scope)) or phrases.POINTED.search(
        text.plain[max(0, inside[0] - 4) : inside[0]]
    )
    reach = [*near, *title] if back else [*here, *title, *near]
    holders = {m.lab for m in beginning_in(mentions, *inside)}
    choice = next(
        (
            m
            for m in reach
            if m.lab
            and m.lab not in holders
            and not m.text[0].isdigit()
            and not m.entity.startswith("person:")
        ),
        None,
    )
    return choice.text if choice else None
