"""What the clause of a number says in Chinese: the frames of attribution_zh.py, each a place of the holder and of the whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labtape.annotate import phrases_zh as phrases
from labtape.annotate.han_text import Passage, between, cut_end, words_at
from labtape.annotate.metrics_zh import is_weak, metric_zh, of_firms, through_metric
from labtape.annotate.noun_phrases_zh import (
    LONGEST,
    clause_start,
    holder_in,
    metric_at,
    named_last,
    trimmed,
    without_report,
)

if TYPE_CHECKING:
    from labtape.annotate.share_context import Setting


@dataclass(frozen=True, slots=True)
class Frame:
    """What a clause says: places of holder and whole in the article, None where it leaves them out."""

    holder: tuple[int, int] | None = None
    whole: tuple[int, int] | None = None
    owner: tuple[int, int] | None = None
    metric: str | None = None
    made: str | None = None  # the holder's words where they do not stand together: 来自英伟达的员工
    same: bool = False  # the holder of the share before goes on


def _clause_end(text: Passage, at: int, until: int) -> int:
    match = phrases.CLAUSE_END.search(text.marks, at, until)
    return match.start() if match else until


def clause(text: Passage, setting: Setting) -> Frame:
    """What the number's own clause says; the frames are tried in the order of attribution_zh.py's list."""
    start, at = clause_start(text, setting), setting.quantity.outer_start
    words = text.marks[start:at]
    behind = _behind(text, setting, start)
    if behind is not None:
        return behind
    bracket = phrases.IN_BRACKET.search(words)
    if bracket:
        holder, _ = holder_in(text, start, start + bracket.start())
        return Frame(holder, same=holder is None)
    return (
        _by_verb(text, setting, start, words)
        or _by_noun(text, setting, start, words)
        or _by_being(text, start, words)
        or _by_place(text, setting, start, words)
    )


def _by_being(text: Passage, start: int, words: str) -> Frame | None:
    """HOLDER 为 WHOLE 的 N%."""
    match = phrases.BEING.search(words)
    whole = trimmed(text, start + match.start("whole"), start + match.end("whole")) if match else None
    if match is None or whole is None or is_weak(metric_at(text, whole)):
        return None
    return Frame(holder_in(text, start, start + match.start())[0], whole)


def _by_verb(text: Passage, setting: Setting, start: int, words: str) -> Frame | None:
    """HOLDER 占 WHOLE 的 N%; HOLDER 贡献了 N% 的 WHOLE."""
    verbs = list(phrases.HOLD.finditer(words))
    if not verbs:
        return None
    verb = next((m for m in reversed(verbs) if "占" in m[0]), verbs[-1])
    if "占" not in verb[0] and phrases.SHARE.search(words, verb.end()):
        return None
    among = phrases.AMONG.search(words, 1, verb.start())
    if among and words[among.start()] == "在":
        holder, topic = holder_in(text, start, start + among.start())
        topic = trimmed(text, start + among.start("whole"), start + among.end("whole")) or topic
    else:
        holder, topic = holder_in(text, start, start + verb.start())
    ahead = phrases.OF_WHOLE.match(words, verb.end())
    whole = trimmed(text, start + verb.end(), start + ahead.end("whole")) if ahead else None
    behind = _whole_behind(text, setting) if whole is None else None
    if whole is None and topic is not None:
        return Frame(holder, topic, metric=metric_at(text, behind) if behind else None)
    return Frame(holder, whole or behind)


def _by_noun(text: Passage, setting: Setting, start: int, words: str) -> Frame | None:
    """HOLDER 在 WHOLE 中的占比为 N%; HOLDER 收入占比 N%; 占比 N%."""
    nouns = list(phrases.SHARE.finditer(words))
    if not nouns:
        return None
    noun = nouns[-1]
    end = start + noun.start()
    metric = None if noun["plain"] else "market sales"
    among = phrases.AMONG.search(words, 0, noun.start())
    if among and among.end() >= noun.start() - 1:
        holder, _ = holder_in(text, start, start + among.start())
        whole = trimmed(text, start + among.start("whole"), start + among.end("whole"))
        return Frame(holder, whole, metric=None if whole and not is_weak(metric_at(text, whole)) else metric)
    found, topic = named_last(text, start, end)
    if found is None:
        return Frame(None, topic, metric=metric if topic is None else None)
    inner = text.marks[found[0] : found[1]]
    if "把" in inner[2:]:  # HOLDER 把 WHOLE 占比推到 N%
        cut = found[0] + inner.rfind("把")
        return Frame(holder_in(text, found[0], cut)[0], trimmed(text, cut + 1, found[1]))
    lead = next((n for n in between(text.names, found[0], found[0] + 1) if found[1] - n[1] > 1), None)
    if lead and phrases.PLACE.match(text.marks, lead[1], found[1]):
        return Frame(lead, topic or trimmed(text, lead[1], found[1]), metric=metric)
    tail = phrases.METRIC_TAIL.search(inner)
    if tail and inner.startswith("其") and not of_firms(metric_zh(tail["metric"])):
        return Frame((found[0], found[0] + 1), (found[0] + 1, found[1]))
    if tail:
        cut = found[0] + tail.start()
        holder, _ = holder_in(text, found[0], cut)
        whole = (found[0] + tail.start("metric"), found[0] + tail.end("metric"))
        if topic is not None:
            return Frame(holder, topic)
        return Frame(holder, whole) if holder else Frame(None, whole)
    holder, more = holder_in(text, found[0], found[1])
    return Frame(holder, topic or more, metric=metric)


def _by_place(text: Passage, setting: Setting, start: int, words: str) -> Frame:
    """HOLDER N%, HOLDER 为 N%, HOLDER 由 N% 升至 M%; empty where the clause only goes on."""
    bare = cut_end(words, phrases.IDLE_END, phrases.KEPT_END)
    if phrases.SPEAKER.fullmatch(bare.strip()) and phrases.SAYS.search(words):
        return Frame(same=True, whole=_whole_behind(text, setting))
    if not bare.strip() or phrases.GOES_ON.fullmatch(bare):
        return Frame(same=True, whole=_whole_behind(text, setting))
    holder, topic = holder_in(text, start, start + len(bare))
    return Frame(holder, topic or _whole_behind(text, setting), same=holder is None)


def _whole_behind(text: Passage, setting: Setting) -> tuple[int, int] | None:
    """The whole behind the number: N% 的营收, 近四成收入."""
    at = setting.quantity.outer_end
    match = phrases.WHOLE_BEHIND.match(text.marks, at, _clause_end(text, at, setting.sentence.end))
    if not match or phrases.NOT_WHOLE.search(match["whole"]):
        return None
    end = match.start("whole") + through_metric(match["whole"])
    span = trimmed(text, match.start("whole"), end)
    return span if span and metric_at(text, span) else None


def _behind(text: Passage, setting: Setting, start: int) -> Frame | None:
    """N% 的 WHOLE 来自 HOLDER: the holder stands behind; what is left of the number is the whole or its owner."""
    at = setting.quantity.outer_end
    until = _clause_end(text, at, setting.sentence.end)
    match = phrases.FROM.match(text.marks, at, until)
    if not match:
        return None
    holder = trimmed(text, match.start("holder"), match.end("holder"))
    if holder is None or holder[1] - holder[0] < 2 or phrases.NOT_WHOLE.search(match["whole"]):
        return None
    whole = trimmed(text, match.start("whole"), match.start("whole") + through_metric(match["whole"]))
    left, topic = named_last(text, start, setting.quantity.outer_start)
    if left is not None:
        left = without_report(text, left)
    if topic is not None:
        return Frame(holder, topic)
    if whole is not None and phrases.PEOPLE.fullmatch(text.marks[whole[0] : whole[1]]):
        return Frame(
            holder, whole, owner=left, made=f"来自{words_at(text, *holder)}的{words_at(text, *whole)}"
        )
    if whole is None:
        return Frame(
            holder, left if left and not phrases.REST.fullmatch(text.marks[left[0] : left[1]]) else None
        )
    return Frame(holder, whole, owner=left)


def listed(text: Passage, setting: Setting) -> Frame | None:
    """A、B、C 分别占 WHOLE 的 N%、M%、L%: the name that has the number's place."""
    numbers = between(text.numbers, setting.sentence.start, setting.sentence.end)
    here = next((i for i, n in enumerate(numbers) if n[0] == setting.quantity.start), None)
    if here is None:
        return None
    first = here
    while first and phrases.IN_A_ROW.fullmatch(text.marks[numbers[first - 1][1] : numbers[first][0]]):
        first -= 1
    last = here
    while last + 1 < len(numbers) and phrases.IN_A_ROW.fullmatch(
        text.marks[numbers[last][1] : numbers[last + 1][0]]
    ):
        last += 1
    count = last - first + 1
    if count < 2:
        return None
    begin = max(setting.sentence.start, numbers[first - 1][1] if first else 0, numbers[first][0] - LONGEST)
    begin = max(begin, text.marks.rfind("；", begin, numbers[first][0]) + 1)
    words = text.marks[begin : numbers[first][0]]
    row = phrases.NAMES.get(count)
    match = row.search(words) if row else None
    if not match:
        return None
    names = list(re.finditer(r"[^、和与及跟\s][^、和与及跟，：]*", match["names"]))
    if len(names) != count:
        return None
    at = begin + match.start("names")
    spans = [trimmed(text, at + n.start(), at + n.end()) for n in names]
    rest = begin + match.end("names")
    frame = _row_whole(text, rest, numbers[first][0], setting)
    head, _ = holder_in(text, *(spans[0] or (0, 0)))
    holder = head if here == first else spans[here - first]
    return Frame(holder, frame.whole, metric=frame.metric)


def _row_whole(text: Passage, start: int, end: int, setting: Setting) -> Frame:
    words = text.marks[start:end]
    return _by_verb(text, setting, start, words) or _by_noun(text, setting, start, words) or Frame()
