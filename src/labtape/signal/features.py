"""What a model sees of an article: two text views and a row of named numbers.

Training and inference call these same functions; there is no second copy. The order of `FEATURES` is part
of a bundle's manifest, and a bundle picks its columns by name, so a feature may be added here without
breaking the bundles that do not know it; removing or redefining one asks for a new bundle.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from labtape.signal.house import PLACE_WEIGHT, Hit, Place, find_hits
from labtape.signal.topic import Topic, topic_of
from labtape.types import Annotated, Share

if TYPE_CHECKING:
    from labtape.lexicon.entries import Lexicon

# Chosen by folds on labelled AI news: 300 to 1,200 characters differ by less than .01.
LEAD_CHARS: Final = 600
FRONT_CHARS: Final = 700
READ_CHARS: Final = 3000
EVENT_TYPES: Final = (
    "adoption_share", "pricing", "model_release", "funding", "ipo", "mna", "earnings", "partnership", "capex_compute",
    "export_control", "regulation", "legal", "tariff_trade", "security_incident", "outage", "layoffs_leadership",
    "research", "opinion", "market_move", "other",
)  # fmt: skip
_TOPIC: Final = (
    "ai_title", "ai_lead", "market_title", "market_lead", "consumer_title", "consumer_lead", "elsewhere_title",
    "elsewhere_lead", "money_title", "money_lead",
    "labs_title", "labs_all", "no_ai",
)  # fmt: skip
_SIGNED: Final = tuple(
    f"{side}_{place}" for side in ("up", "down", "flat") for place in ("title", "lead", "body")
)
FEATURES: Final[tuple[str, ...]] = (
    *_SIGNED,
    "reaction_up", "reaction_down", "move_up", "move_down",
    *_TOPIC,
    "listed_subject", "subjects", "share_gain", "share_loss", "shares",
    "geo_tightening", "geo_easing", "geo_rivalry",
    "hard_event", "question", "speech", "is_zh", "length",
    *(f"event_{name}" for name in EVENT_TYPES),
)  # fmt: skip

# Kinds of news that concern money, power or law whoever reports them.
HARD_EVENTS: Final = frozenset(EVENT_TYPES) - {
    "model_release",
    "research",
    "opinion",
    "other",
    "security_incident",
    "outage",
}
# What stands for a name in the words that are learned from; no word of a language.
_UNNAMED: Final = {"model": "amodel", "person": "aperson"}
_SOME_NAME: Final = "anorganisation"
_SIDES: Final = {1: "up", -1: "down", 0: "flat"}
_LINK = re.compile(r"https?://\S+")
_NUMBER = re.compile(r"\d[\d.,]*")


@dataclass(frozen=True, slots=True)
class Views:
    """The texts that bags of words read: the headline, and what the text opens with."""

    title: str
    lead: str


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything a model reads off one article: views, the named numbers, the hits and topic behind them.

    `unnamed` are the views with a word of its kind in every name's place: what bags of words read of AI news, so that no
    organisation's good or bad year is learned as its name.
    """

    views: Views
    unnamed: Views
    values: dict[str, float]
    hits: tuple[Hit, ...]
    topic: Topic


def views(annotated: Annotated) -> Views:
    """Headline and opening, with white space folded.

    Pages often begin with a dateline, credits and the headline once more; the opening is what comes after that.
    """
    return _views(annotated.article.title, annotated.article.text)


def unnamed_views(annotated: Annotated) -> Views:
    """The same with a word of its kind in the place of every name that was found."""
    full, title_end = annotated.article.full, len(annotated.article.title)
    parts: dict[bool, list[str]] = {True: [], False: []}
    at = 0
    for m in annotated.mentions:
        if m.start < at or m.start > title_end + READ_CHARS:
            continue
        if at < title_end <= m.start:
            parts[True].append(full[at:title_end])
            at = title_end
        parts[m.start < title_end] += (
            full[at : m.start],
            _UNNAMED.get(m.entity.partition(":")[0], _SOME_NAME),
        )
        at = m.end
    if at < title_end:
        parts[True].append(full[at:title_end])
        at = title_end
    parts[False].append(full[at : title_end + 2 + READ_CHARS])
    return _views("".join(parts[True]), "".join(parts[False]))


def _views(title: str, text: str) -> Views:
    title, text = folded(title), folded(text[:READ_CHARS])
    again = text.find(title, 0, FRONT_CHARS) if title else -1
    lead = text[again + len(title) :] if again >= 0 else text
    return Views(title, lead.strip()[:LEAD_CHARS])


def plain(text: str) -> str:
    """A text as the n-grams see it: lower case, links and numbers replaced by a sign of their own.

    >>> plain("$ACME up 12% https://t.co/x")
    '$acme up 0% url'
    """
    return folded(_NUMBER.sub("0", _LINK.sub(" url ", text.replace("&amp;", "&")))).lower()


def folded(text: str) -> str:
    """The text with one space for all white space within, and none around."""
    return " ".join(text.split())


def headline(views: Views) -> str:
    """What the text model reads: the title, or the lead where there is no title.

    Trained on headlines, it got .84 with titles and .82 with leads on gold-dev, cross-validated.
    """
    return views.title or views.lead


def see(annotated: Annotated, lexicon: Lexicon) -> Seen:
    """Views, features, hits and topic of one article."""
    hits, topic = live_hits(annotated, lexicon), topic_of(annotated, lexicon)
    return Seen(
        views(annotated), unnamed_views(annotated), _values(annotated, lexicon, hits, topic), hits, topic
    )


def row(seen: Seen, names: Sequence[str] = FEATURES) -> tuple[float, ...]:
    """The named features as numbers, in the order asked for."""
    return tuple(seen.values[name] for name in names)


def live_hits(annotated: Annotated, lexicon: Lexicon) -> tuple[Hit, ...]:
    """The hits that count: a rule about listed companies' products needs one in its sentence."""
    hits = find_hits(annotated)
    if not any(hit.rule.listed for hit in hits):
        return hits
    places = [
        m.start
        for m in annotated.mentions
        if m.lab and m.role not in ("venue", "source", "speaker") and _is_listed(m.lab, lexicon)
    ]
    return tuple(
        hit
        for hit in hits
        if not hit.rule.listed or any(hit.sentence.start <= at < hit.sentence.end for at in places)
    )


def _is_listed(entity: str, lexicon: Lexicon) -> bool:
    lab = lexicon.lab_of(entity)
    return lab is not None and bool(lexicon.tickers(lab.id))


def listed_subjects(annotated: Annotated, lexicon: Lexicon) -> tuple[str, ...]:
    """The organisations (ids with prefix) the article is about that trade themselves or through a parent."""
    found: dict[str, None] = {}
    for m in annotated.mentions:
        is_about = (m.role == "subject" or m.in_title) and m.role not in ("venue", "source", "speaker")
        if m.lab and is_about and _is_listed(m.lab, lexicon):
            found[m.lab] = None
    return tuple(found)


def _values(annotated: Annotated, lexicon: Lexicon, hits: tuple[Hit, ...], topic: Topic) -> dict[str, float]:
    title_end = len(annotated.article.title)
    values = dict.fromkeys(FEATURES, 0.0)
    values |= {name: math.log1p(getattr(topic, name)) for name in _TOPIC}
    values["no_ai"] = float(topic.no_ai)
    values |= _signed(hits)
    values["move_up"], values["move_down"] = _moves(annotated)
    values["listed_subject"] = float(bool(listed_subjects(annotated, lexicon)))
    values["subjects"] = math.log1p(len({m.lab for m in annotated.mentions if m.lab and m.role == "subject"}))
    values["share_gain"], values["share_loss"] = share_moves(annotated, lexicon)
    values["shares"] = math.log1p(len(annotated.shares))
    geo = annotated.geopolitics
    if geo.relevant and geo.direction != "none":
        values[f"geo_{geo.direction}"] = {"act": 1.0, "threat": 0.7, "talk": 0.4}.get(geo.stage, 0.0)
    values["question"] = float(annotated.article.title.rstrip().endswith(("?", "？")))
    values["speech"] = float(any(m.role == "speaker" and m.start < title_end for m in annotated.mentions))
    values["is_zh"] = float(annotated.language == "zh")
    values["length"] = math.log1p(len(annotated.article.text)) / 10
    for event in annotated.events:
        name = f"event_{event.type}"
        if name in values:
            values[name] = max(values[name], float(event.p))
        if event.type in HARD_EVENTS:
            values["hard_event"] = max(values["hard_event"], event.p)
    return values


def _signed(hits: tuple[Hit, ...]) -> dict[str, float]:
    """Per side and place what its rules say together, and whether a price move was reported."""
    values = dict.fromkeys(_SIGNED, 0.0) | {"reaction_up": 0.0, "reaction_down": 0.0}
    for hit in hits:
        if _is_reaction(hit):
            name = f"reaction_{_SIDES[hit.rule.sign]}"
            values[name] = max(values[name], PLACE_WEIGHT[hit.place])
    for (side, place, _), part in rule_parts(hits).items():
        values[f"{side}_{place}"] += part
    return values


def rule_parts(hits: Sequence[Hit]) -> dict[tuple[str, Place, str], float]:
    """What each rule adds to its side (`up`, `down`, `flat`) at each place, by side, place and rule id.

    A rule counts at its strongest hit; behind stronger ones of its side and place each counts half of the one before. A
    reported price move is no part: it has a number of its own.
    """
    best: dict[tuple[str, Place, str], float] = {}
    for hit in hits:
        if not _is_reaction(hit):
            key = (_SIDES[hit.rule.sign], hit.place, hit.rule.id)
            best[key] = max(best.get(key, 0.0), hit.strength)
    parts: dict[tuple[str, Place, str], float] = {}
    for key in sorted(best, key=lambda key: -best[key]):
        n_stronger = sum(other[:2] == key[:2] for other in parts)
        parts[key] = best[key] / 2**n_stronger
    return parts


def _is_reaction(hit: Hit) -> bool:
    return hit.rule.type == "reaction" and hit.rule.sign != 0


def _moves(annotated: Annotated) -> tuple[float, float]:
    """The largest reported price moves up and down, in tens of percent (at most 2), by percentages found."""
    moves = [p for p in annotated.percentages if p.kind == "price_change"]
    up = max((p.value for p in moves if p.direction == "up"), default=0.0)
    down = max((abs(p.value) for p in moves if p.direction == "down"), default=0.0)
    return min(up, 20.0) / 10, min(down, 20.0) / 10


def share_moves(annotated: Annotated, lexicon: Lexicon) -> tuple[float, float]:
    """Percentage points gained and lost by listed holders between a baseline and a current share, in tens."""
    gain = loss = 0.0
    earlier: dict[tuple[str, tuple[str, ...]], Share] = {}
    for share in annotated.shares:
        if share.role == "baseline":
            earlier.setdefault((share.comparability_key, share.subject_labs), share)
    for now in annotated.shares:
        before = earlier.get((now.comparability_key, now.subject_labs)) if now.role == "current" else None
        if before is None or not any(lexicon.tickers(lab.partition(":")[2]) for lab in now.subject_labs):
            continue
        gain = max(gain, now.value - before.value)
        loss = max(loss, before.value - now.value)
    return min(gain, 20.0) / 10, min(loss, 20.0) / 10
