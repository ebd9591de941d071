"""A stream of invented news for the grouper: stories of heavy-tailed sizes, told anew, copied, credited; the truth is known.

    Flow(n=100_000, hours=60).articles(since) -> Told(annotated, story), in order of time

| what | how it is made |
| --- | --- |
| words | common ones as often as the shipped frequency table says, topics of 40 of them, names that no language has |
| an article | 300 words: six sentences that tell the event, then background of its topic; a title of its own |
| a story | a topic, one to two labs, four names (three of them its topic's), words of its own, figures, a date; k articles with a chance of 1/k², 300 at most |
| the next step | a quarter of the stories share topic, labs and names with another one, and tell something else |
| a telling | three or four of the sentences, six of ten common words and a third of the others exchanged |
| a copy (a quarter) | the text of an earlier article under another title, a dateline before it and the tail cut |
| a credit (a tenth) | "according to Reuters" in the first sentence |
| time | a story lives 8 hours on the average, 30 at most, denser at its beginning |
| outlets | 400; every fourth prints a sentence of its own over all it has |

Mentions are made with the text, so that nothing has to be annotated. Nothing is kept but the plan: an article is made when it
is asked for, from seed, story and number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import accumulate
from random import Random

from crawl_feeds import word

from labtape.types import Annotated, Article, Mention

WORDS = 300
MOST = 300  # articles of a story
LIFE, LONGEST = 8.0, 30.0  # hours
TOPICS, LABS, OUTLETS = 400, 40, 400
COPIES, CREDITS, STEPS = 0.25, 0.1, 0.25
CHANGED, LOST = 0.6, 0.35  # parts of the common and of the telling words that a telling exchanges
CREDITED = ("Reuters", "Bloomberg", "The Information", "CNBC", "Nikkei")
MONTHS = ("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")
LINKERS = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "a",
    "that",
    "for",
    "it",
    "as",
    "was",
    "with",
    "by",
    "on",
    "said",
    "will",
    "has",
    "after",
]


@dataclass(frozen=True, slots=True)
class Told:
    """An article with the number of the story that it truly belongs to."""

    annotated: Annotated
    story: int


@dataclass(frozen=True, slots=True)
class Flow:
    """`n` articles spread over `hours`. `first` is the number of the first story: flows of other numbers share none."""

    n: int
    hours: float = 60.0
    first: int = 0
    seed: int = 20261130

    def articles(self, since: datetime) -> Iterator[Told]:
        """The articles in order of time; the same flow gives the same ones."""
        plan = sorted(self._plan())
        for hours, story, k in plan:
            yield Told(_annotated(self.seed, story, k, since + timedelta(hours=hours)), story)

    def _plan(self) -> Iterator[tuple[float, int, int]]:
        """Hours, story and number of each article."""
        random = Random(f"{self.seed}/{self.first}/plan")
        left, story = self.n, self.first
        chances = list(accumulate(1 / k**2 for k in range(1, MOST + 1)))
        while left:
            size = min(left, random.choices(range(1, MOST + 1), cum_weights=chances)[0])
            life = min(random.expovariate(1 / LIFE), LONGEST, self.hours)
            begin = random.uniform(0, self.hours - life)
            yield from (
                (hours, story, k)
                for k, hours in enumerate(sorted(begin + life * random.random() ** 2 for _ in range(size)))
            )
            left -= size
            story += 1


# ---------------------------------------------------------------- words


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    common: tuple[str, ...]
    chances: tuple[float, ...]  # cumulative
    topics: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]
    people: tuple[tuple[str, ...], ...]  # names of each topic
    labs: tuple[str, ...]
    notices: tuple[str, ...]  # of outlets, empty for most


@cache
def _vocabulary() -> _Vocabulary:
    random = Random("vocabulary")
    rows = (files("labtape.story") / "data" / "frequencies.tsv").read_text("utf-8").splitlines()[1:]
    counted = [row.split("\t") for row in rows]
    common = [(w, int(count)) for w, count in counted if w.isascii() and w.isalpha()]
    words = [w for w, _ in common]
    names = sorted({(word(random) + word(random)).capitalize() for _ in range(30_000)})
    random.shuffle(names)
    return _Vocabulary(
        common=tuple(words),
        chances=tuple(accumulate(count for _, count in common)),
        topics=tuple(tuple(random.sample(words, 40)) for _ in range(TOPICS)),
        names=tuple(names[LABS:]),
        people=tuple(tuple(random.sample(names[LABS:], 12)) for _ in range(TOPICS)),
        labs=tuple(names[:LABS]),
        notices=tuple(
            " ".join(random.choices(words, k=15)).capitalize() + ". " if k % 4 == 0 else ""
            for k in range(OUTLETS)
        ),
    )


# ---------------------------------------------------------------- stories


@dataclass(frozen=True, slots=True)
class _Event:
    """What all articles of a story share. `facts` are sentences, each a list of words; those in `kept` stay in every telling."""

    topic: tuple[str, ...]
    labs: tuple[str, ...]
    facts: tuple[tuple[str, ...], ...]
    kept: frozenset[str]
    title: tuple[str, ...]


def _event(seed: int, story: int) -> _Event:
    random, known = Random(f"{seed}/{story}"), _vocabulary()
    topic, labs, names = _matter(seed, story - 1 if random.random() < STEPS else story)
    own = random.sample(known.common, 10)
    figures = [_figure(random) for _ in range(random.randint(1, 3))]
    date = f"{random.choice(MONTHS)} {random.randint(1, 28)}"
    told = [*labs, *labs, *names, *names, *own, *figures, date]
    random.shuffle(told)
    facts = []
    for k in range(6):
        sentence = [*told[k::6], *random.sample(topic, 3), *_common(random, 3), *random.choices(LINKERS, k=5)]
        random.shuffle(sentence)
        facts.append(tuple(sentence))
    title = (
        labs[0],
        *random.sample(own, 3),
        random.choice(names),
        random.choice(figures),
        random.choice(topic),
    )
    return _Event(topic, labs, tuple(facts), frozenset(told), title)


def _matter(seed: int, story: int) -> tuple[tuple[str, ...], tuple[str, ...], list[str]]:
    """What a story is about: topic, labs and names."""
    random, known = Random(f"{seed}/{story}/matter"), _vocabulary()
    k = random.randrange(TOPICS)
    weights = [1 / (lab + 1) for lab in range(LABS)]
    labs = tuple(dict.fromkeys(random.choices(known.labs, weights, k=random.choice((1, 1, 2)))))
    return known.topics[k], labs, [*random.sample(known.people[k], 3), random.choice(known.names)]


def _figure(random: Random) -> str:
    if random.random() < 0.5:
        return f"{random.uniform(1, 99):.1f}%"
    return f"${random.uniform(1, 900):.1f} {random.choice(('million', 'billion'))}"


def _common(random: Random, n: int) -> list[str]:
    known = _vocabulary()
    return random.choices(known.common, cum_weights=known.chances, k=n)


# ---------------------------------------------------------------- articles


def _annotated(seed: int, story: int, k: int, at: datetime) -> Annotated:
    event = _event(seed, story)
    random = Random(f"{seed}/{story}/{k}")
    is_copy = k > 0 and random.random() < COPIES
    title, outlet = _title(random, event), random.randrange(OUTLETS)
    if is_copy:
        told = _text(Random(f"{seed}/{story}/{random.randrange(k)}/text"), event)
        text = f"{word(random).capitalize()} - {told[: int(len(told) * random.uniform(0.7, 1))]}"
    else:
        text = _text(Random(f"{seed}/{story}/{k}/text"), event)
    text = _vocabulary().notices[outlet] + text
    article = Article(
        f"a{story}-{k}", title, text, publisher=f"Outlet {outlet}", language="en", published_at=at
    )
    return Annotated(article, "en", mentions=tuple(_mentions(article, event.labs)))


def _title(random: Random, event: _Event) -> str:
    words = list(event.title)
    for at in random.sample(range(1, len(words)), 2):
        words[at] = random.choice(event.topic)
    return " ".join([*words, *_common(random, 2)])


def _text(random: Random, event: _Event) -> str:
    sentences = [_retold(random, event, fact) for fact in random.sample(event.facts, random.choice((3, 4)))]
    if random.random() < CREDITS:
        sentences[0] += f", according to {random.choice(CREDITED)}"
    n = sum(sentence.count(" ") + 1 for sentence in sentences)
    while n < WORDS:
        words = [*random.choices(event.topic, k=3), *_common(random, 8), *random.choices(LINKERS, k=8)]
        random.shuffle(words)
        sentences.append(" ".join(words).capitalize())
        n += len(words)
    return ". ".join(sentences) + "."


def _retold(random: Random, event: _Event, fact: tuple[str, ...]) -> str:
    new = iter(_common(random, len(fact)))
    words = [next(new) if random.random() < (LOST if w in event.kept else CHANGED) else w for w in fact]
    return words[0][:1].upper() + " ".join(words)[1:]


def _mentions(article: Article, labs: tuple[str, ...]) -> Iterator[Mention]:
    full = article.full
    for lab in labs:
        begin = full.find(lab)
        while begin >= 0:
            in_title = begin < len(article.title)
            end = begin + len(lab)
            yield Mention(
                begin, end, lab, f"lab:{lab.lower()}", f"lab:{lab.lower()}", "subject", in_title, 0.9, "made"
            )
            begin = full.find(lab, end)
