"""Which labs and countries hold a share: the entities behind the holder's words, and pronouns' antecedents."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final

from labtape.annotate.clause_subject import is_pronoun, main_subject
from labtape.annotate.holder_words import can_hold, is_source
from labtape.annotate.mention_order import FAR_BACK, backwards, beginning_in
from labtape.annotate.share_context import title_end_of
from labtape.expressions import expression

if TYPE_CHECKING:
    from labtape.annotate.attribution import Holding
    from labtape.annotate.share_context import Setting
    from labtape.types import Mention, Span

_LONGEST_NAME: Final = 200
_NAMES_READ: Final = 2000  # names of a text among which the firm is looked for that owns a whole
BACK: Final = 400
"""How far back a pronoun may point, in characters: two or three sentences."""
_COMPANY_WORD: Final = expression(
    r"\b(?:it|its|the (?:company|firm|startup|start-up|chipmaker|lab|tech giant|search giant|software maker|carmaker|business|group|chatbot|app|model|platform)|they|their)\b|公司|其|该",
    re.IGNORECASE,
)
_LINE: Final = expression(
    r"\b(?:business(?:es)?|segment|unit|division|ads?|advertising|licen[cs]\w+|subscriptions?|services?|sales|cloud|data cent(?:er|re)s?|gaming|users?|customers?|subscribers?|products?|launch\w*|hardware|software|iPhones?|enterprise|consumers?|clients?|contracts?|chips?|servers?|models?|API|plans?|tiers?|stores?|devices?|revenue|royalties|spend\w*|capex|expenditure)\b|业务|广告|服务|产品|用户|客户|服务器|资产|订阅",
    re.IGNORECASE,
)
_MONEY: Final = expression(
    r"\b(?:revenue|sales|income|profits?|spend\w*|capex|capital|expenditures?|backlog|bookings|users|customers|subscribers|deliver\w+|orders|budget|costs|royalties|book|turnover|receipts|takings)\b|收入|营收|支出|交付|用户|客户|销量|利润",
    re.IGNORECASE,
)
_ADJECTIVE_AFTER: Final = expression(
    r"[-‑](?:style|like|backed|based|powered|compatible|generated|led|funded)\b", re.IGNORECASE
)
_NOT_HOLDER: Final = expression(
    r"\b(?:for|by|from|on|with|at|using|via|of|to|in|inside)\s+(?:the\s+|its\s+)?\Z|来自\Z", re.IGNORECASE
)


def mentions_within(mentions: Sequence[Mention], start: int, end: int) -> tuple[Mention, ...]:
    """The linked mentions that lie inside a span; all are sorted by their start."""
    return tuple(m for m in beginning_in(mentions, start, end) if m.end <= end and m.lab)


def labs_of(mentions: Sequence[Mention]) -> tuple[str, ...]:
    """Their labs, each once, in order."""
    return tuple(dict.fromkeys(m.lab for m in mentions if m.lab))


def holder_labs(
    setting: Setting, held: Holding, mentions: Sequence[Mention], countries: Sequence[str]
) -> tuple[str, ...]:
    """Labs that hold the share: named in the holder's words, or whose product, customers or revenue line it is.

    A country inside a lab's whole ("India is 6% of usage") never makes the lab the holder.
    """
    if is_unnamed(held.subject):
        return ()
    named = (
        ()
        if held.of_whole and not _CUSTOMER_GROUP.search(held.subject or "")
        else _named(setting, held, mentions)
    )
    if named:
        return labs_of(named)
    if countries and held.subject and not _LINE.search(held.subject):
        return ()
    if held.owner and held.subject and _HAN.search(held.subject):
        return () if _REGION.fullmatch(held.subject) else _line_labs(setting, held, mentions)
    about = " ".join(filter(None, [held.whole, held.metric]))
    if (held.subject and _LINE.search(held.subject) and _MONEY.search(about)) or (
        held.of_whole and _CUSTOMER_GROUP.search(about)
    ):
        return _owner_labs(setting, held, mentions)
    if held.subject and _HAN.search(held.subject):
        return ()
    market = re.search(r"\b(?:market|industry|sector)\b", held.whole or "")
    if (
        held.subject
        and not market
        and not held.of_whole
        and not _PROPER.fullmatch(held.subject.strip())
        and (_OWN_MONEY.fullmatch(held.metric or "") or _owns(setting, held, mentions))
    ):
        return _owner_labs(setting, held, mentions)
    return ()


def _owns(setting: Setting, held: Holding, mentions: Sequence[Mention]) -> bool:
    """Whether the sentence itself says whose the whole is: "Kimi's income", or income in a sentence with its firm."""
    at = setting.full.find(held.whole, setting.right_at) if held.whole else -1
    if (
        at >= 0
        and held.whole
        and "’s " in held.whole.replace("'", "’")
        and mentions_within(mentions, at, at + len(held.whole))
    ):
        return True
    near = any(m.lab for m in beginning_in(mentions, setting.sentence.start, setting.quantity.start))
    return near and bool(_MONEY.search(" ".join(filter(None, [held.whole, held.metric]))))


_OWN_MONEY: Final = expression(
    r"(?:(?:total|group|annual|quarterly|yearly|data[- ]cent(?:er|re)|operating|gross|net|commercial|product|system|wafer|DRAM|contracted|commercial|[a-z]+-quarter|fiscal|overall|third-party|service|services|cloud|segment|company|recurring|subscription|order)\s+)*"
    r"(?:revenues?|sales|income|profits?|turnover|orders|bookings|book|backlog|royalties|outlays?|receipts|takings|money)",
    re.IGNORECASE,
)
"""What a firm counts as its own; "car sales" are a market's."""
_PROPER: Final = expression(
    r"(?:[Tt]he |[Aa]n? )?[A-Z][\w.&’'+-]*(?:\s+(?:and\s+|of\s+)?[A-Z0-9][\w.&’'+-]*)*"
)
"""A name, and no line of business: another firm, where the text links it to no lab."""
_HAN: Final = expression(r"[\u4e00-\u9fff]")
_REGION: Final = expression(
    r"(?:大?中华|中国|中國|美国|美國|北美|美洲|欧洲|歐洲|欧亚|亚太|亞太|日本|韩国|海外|境外|国内|境内|其他|东南亚)(?:区|區|地区|地區|市场|市場|大陆)?"
)
_FIRMS_OWN: Final = expression(
    r"revenue|sales|profit|capacity|proceeds|funding|shipments|deliveries|output|spending|expend"
)


def _line_labs(setting: Setting, held: Holding, mentions: Sequence[Mention]) -> tuple[str, ...]:
    """The firm whose revenue line, product or customers the holder is: "HBM" of 美光收入."""
    if not _FIRMS_OWN.search(held.metric or ""):
        return ()
    return labs_of([m for m in mentions[:_NAMES_READ] if m.text == held.owner][:1])


_UNNAMED: Final = expression(
    r"(?:the |its |their |his |our )?(?:(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|\d+|several|some|few|another|single|sole|lone|unnamed|undisclosed|unidentified|anonymous|certain|direct|indirect|other|large|larger|largest|big|bigger|biggest|top|major|main|key|important)[ -])+"
    r"(?:[a-z-]+ ){0,2}?(?:customers?|clients?|buyers?|purchasers?|suppliers?|tenants?|partners?|counterpart(?:y|ies)|compan(?:y|ies)|firms?|hyperscalers?)"
    r"|(?:其|该公司)?(?:单一|某|[一两二三四五\d]+[家个名位])(?:[家个名位])?(?:未具名|匿名|直接|最大|大|主要|核心)?的?(?:客户|供应商|买家|公司|企业)",
    re.IGNORECASE,
)


def is_unnamed(words: str | None) -> bool:
    """Whether a holder is a party that the text does not name; it is not the company whose customer it is.

    >>> is_unnamed("one customer"), is_unnamed("its two largest clients"), is_unnamed("Enterprise customers")
    (True, True, False)
    """
    return bool(words and _UNNAMED.fullmatch(words.strip()))


_CUSTOMER_GROUP: Final = expression(r"\b(?:users|customers|subscribers|clients)\b|用户|客户", re.IGNORECASE)


def _named(setting: Setting, held: Holding, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    if not held.subject:
        return ()
    if held.subject_at:
        inside = mentions_within(mentions, *held.subject_at)
    else:
        reach = (setting.sentence.start, setting.sentence.end)
        inside = tuple(m for m in mentions_within(mentions, *reach) if m.text in held.subject)
        inside = tuple(
            m
            for m in inside
            if _LINE.search(held.subject) or not _NOT_HOLDER.search(held.subject[: held.subject.find(m.text)])
        )
    kept = tuple(m for m in inside if not _ADJECTIVE_AFTER.match(setting.full, m.end))
    if len(kept) > 1 and held.subject_at:
        head = tuple(
            m
            for m in kept
            if not _NOT_HOLDER.search(setting.full[max(held.subject_at[0], m.start - 14) : m.start])
        )
        return head or kept[:1]
    if kept and held.subject_at and _NOT_HOLDER.search(setting.full[held.subject_at[0] : kept[0].start]):
        return kept if _LINE.search(held.subject) else ()
    return kept


def _owner_labs(setting: Setting, held: Holding, mentions: Sequence[Mention]) -> tuple[str, ...]:
    """The lab to whom the whole belongs: named in it, before it in the sentence, or named just before."""
    start = setting.right_at
    if held.whole:
        at = setting.full.find(held.whole, start)
        inside = mentions_within(mentions, at, at + len(held.whole)) if at >= 0 else ()
        if inside:
            return labs_of(inside[:1])
    since = setting.sentence.start - 250
    last = labs_of([*islice(backwards(mentions, setting.quantity.start, since=since), 1)])
    return last or labs_of([m for m in beginning_in(mentions, 0, title_end_of(setting.full)) if m.lab][:1])


def countries_in(words: str | None, countries: Mapping[str, str]) -> tuple[str, ...]:
    """`country:XX` for every country word in the holder's words, each once.

    >>> countries_in("Chinese and US providers", {"Chinese": "CN", "US": "US", "India": "IN"})
    ('country:CN', 'country:US')
    """
    if not words:
        return ()
    found = []
    tokens = re.findall(r"[A-Za-z][A-Za-z.’'-]*", words)
    for i, token in enumerate(tokens):
        for name in (
            token,
            token.replace("’", "'").removesuffix("'s").removesuffix("'"),
            token.split("-")[0],
            " ".join(tokens[i : i + 2]),
            " ".join(tokens[i : i + 3]),
        ):
            if name in countries:
                found.append(f"country:{countries[name]}")
                break
    if any("\u4e00" <= c <= "\u9fff" for c in words):
        found += [f"country:{code}" for name, code in countries.items() if name >= "\u4e00" and name in words]
    if "国产" in words or "我国" in words:
        found.append("country:CN")
    return tuple(dict.fromkeys(found))


def antecedent(
    setting: Setting, mentions: Sequence[Mention], title_end: int, words: str | None = None
) -> tuple[str, tuple[int, int]] | None:
    """Who "it", "the company" or a bare verb points back to: the sentence's first name, the last one before, the title's.

    A description that names the maker ("the OpenAI-owned chatbot") points to the maker's last other name.
    """
    maker = next(
        (
            m
            for m in (beginning_in(mentions, setting.left_at, setting.quantity.start) if words else ())
            if m.lab and m.text in (words or "")
        ),
        None,
    )
    other = maker and next(
        (
            m
            for m in backwards(mentions, maker.start, since=maker.start - FAR_BACK)
            if m.lab == maker.lab and m.text != maker.text
        ),
        None,
    )
    choice = other or _named_near(setting, mentions, title_end)
    before = subject_of_sentence_before(setting, title_end)
    first = re.match(r"\W*(?:\w+\s+){0,1}(?:it|they)\b", setting.left, re.IGNORECASE)
    told = re.match(r"\W*(?:that|this)\b", setting.left, re.IGNORECASE)
    if (
        before
        and other is None
        and not told
        and (choice is None or (first and setting.left.strip() and choice.end <= setting.sentence.start))
    ):
        return before
    if choice is not None:
        return choice.text, (choice.start, choice.end)
    return _title_name(setting.full[:title_end])


def subject_of_sentence_before(setting: Setting, title_end: int) -> tuple[str, tuple[int, int]] | None:
    """The subject of the sentence before, in the same paragraph; None where it speaks, counts or only points back."""
    start = max(title_end, setting.sentence.start - BACK)
    back = setting.full[start : setting.sentence.start].rstrip()
    if (
        len(back) < 4
        or back[-1] not in '.!?:;)"”'
        or "\n\n" in setting.full[start + len(back) : setting.sentence.start]
    ):
        return None
    last = _SENTENCE_END.split(back[:-1])[-1]
    words = main_subject(last)
    if not can_hold(words) or is_source(words) or is_pronoun(words) or len(words.split()) > 5 or "," in words:
        return None
    at = setting.full.rfind(words, start, setting.sentence.start)
    return (words, (at, at + len(words))) if at >= 0 else None


_SENTENCE_END: Final = expression(r"[.!?][\"”)]?\s+(?=[A-Z\"“])|\n")


def _named_near(setting: Setting, mentions: Sequence[Mention], title_end: int) -> Mention | None:
    number, sentence = setting.quantity.start, setting.sentence.start
    here = (m for m in beginning_in(mentions, sentence, number) if m.lab and m.end <= number)
    since = max(title_end, number - BACK - _LONGEST_NAME)
    before = [
        m
        for m in beginning_in(mentions, since, min(sentence, number))
        if m.lab and m.end <= number and number - m.end < BACK
    ]
    title = (m for m in beginning_in(mentions, 0, title_end) if m.lab and m.end <= title_end)
    return next(here, None) or (before[-1] if before else next(title, None))


def _title_name(title: str) -> tuple[str, tuple[int, int]] | None:
    """The name that begins a headline; of a headline in capitals throughout only its first word."""
    words = re.findall(r"[A-Za-z]\w+", title)
    capitals = sum(word[0].isupper() for word in words)
    many = "" if words and capitals > 0.7 * len(words) else r"(?:\s[A-Z][\w.&’'-]*){0,2}"
    match = re.match(
        rf"(?:How |Why |What |When |In |On |For |Is |Are |The )?(?P<name>[A-Z][\w.&’'-]*{many})", title
    )
    if not match:
        return None
    name = re.sub(r"['’]s\Z", "", match["name"])
    return name, (match.start("name"), match.start("name") + len(name))


def points_to_company(words: str | None) -> bool:
    """Whether a holder's words only point back to an organisation."""
    return bool(words and _COMPANY_WORD.fullmatch(words.strip()))


_APART: Final = expression(
    r"[\s,，、;%]*(?:and|和|及|or|、)?[\s,，、]*(?:for|about|nearly|约|近|超过?)?\s*", re.IGNORECASE
)


_NAME: Final = r"[\"“]?[A-Z][\w.&’'+-]*(?:\s[A-Z0-9][\w.&’'+-]*){0,3}[\"”]?"
_NAMES: Final = expression(
    rf"(?P<names>{_NAME}(?:,\s+{_NAME}){{0,8}},?\s+and\s+{_NAME})(?P<verb>[^.;\d%]{{0,45}})\Z"
)
_EACH_NAME: Final = expression(rf"{_NAME}")


def respectively(settings: Sequence[Setting], mentions: Sequence[Mention]) -> Mapping[int, tuple[int, int]]:
    """Where the name of each number stands in "A and B took 19% and 18%", by the number's start.

    Only where there are as many names in a row as numbers in a row; a text that breaks off may have more names.
    """
    out: dict[int, tuple[int, int]] = {}
    said: dict[Span, bool] = {}
    for run in _runs(settings):
        if len(run) < 2:
            continue
        sentence, full = run[0].sentence, run[0].full
        if sentence not in said:
            words = full[sentence.start : sentence.end]
            said[sentence] = "respectively" in words.lower() or "分别" in words
        named = backwards(mentions, run[0].quantity.start, since=sentence.start) if said[sentence] else ()
        tail = [*islice(named, len(run))][::-1]
        in_a_row = all(_APART.fullmatch(full[a.end : b.start]) for a, b in pairwise(tail))
        spans = [(m.start, m.end) for m in tail] if in_a_row else []
        if len(spans) != len(run):
            spans = _names_before(run)
        if len(spans) == len(run):
            out.update({s.quantity.start: span for s, span in zip(run, spans, strict=True)})
    return out


def _names_before(run: Sequence[Setting]) -> list[tuple[int, int]]:
    """The names of a coordination that ends before a run of numbers, if there are as many."""
    left_at = max(run[0].left_at, run[0].quantity.outer_start - 220)
    match = _NAMES.search(run[0].full[left_at : run[0].quantity.outer_start])
    if not match:
        return []
    first = left_at + match.start("names")
    names = [(first + m.start(), first + m.end()) for m in _EACH_NAME.finditer(match["names"])]
    broken_off = len(run) > 2 and not run[-1].right.strip(" .")
    return names[: len(run)] if len(names) == len(run) or broken_off else []


def rows(settings: Sequence[Setting]) -> Mapping[int, tuple[int, int]]:
    """How long the row is that a number stands in, and at which place, by the number's start."""
    return {
        s.quantity.start: (len(run), i) for run in _runs(settings) if len(run) > 1 for i, s in enumerate(run)
    }


def _runs(settings: Sequence[Setting]) -> list[list[Setting]]:
    """Numbers that follow each other with nothing but commas and "and" between."""
    runs: list[list[Setting]] = []
    for setting in settings:
        last = runs[-1][-1] if runs else None
        if (
            last
            and last.sentence == setting.sentence
            and _APART.fullmatch(setting.full[last.quantity.end : setting.quantity.outer_start])
        ):
            runs[-1].append(setting)
        else:
            runs.append([setting])
    return runs
