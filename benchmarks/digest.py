"""How long a digest takes: 500 invented stories of three articles each, decided and put into every form.

    python benchmarks/digest.py [--stories 500] [--profile]

| what | how it is made |
| --- | --- |
| a story | a lab, a thing that befell it, a platform with a share, a day; its words are drawn from a list of 400 |
| an article | 250 words: the event, a share claim with its denominator, a quotation, background; the third is a copy of the first |
| scoring | by the rules, before the clock starts |

The time is that of this process's CPU, the median of the rounds. Memory is the whole process at its largest.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import pstats
import resource
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median
from time import process_time

from rich.console import Console

from labtape.batch import Tools, opened_lexicon, score
from labtape.report import (
    Digest,
    digest,
    digest_html,
    digest_json,
    digest_mail,
    digest_markdown,
    digest_rss,
    digest_terminal,
)
from labtape.types import Article, Record, Story

START = datetime(2026, 6, 1, tzinfo=UTC)
LABS = (
    "OpenAI",
    "Anthropic",
    "DeepSeek",
    "Mistral",
    "Nvidia",
    "Alibaba",
    "Moonshot AI",
    "Google",
    "Meta",
    "Zhipu",
)
EVENTS = (
    "cut the price of its API by {n}%",
    "released a new model with open weights after {n} weeks of tests",
    "raised {n} billion dollars from its investors",
    "was told to seek a licence for {n} kinds of chips",
    "signed a lease for {n} megawatts of compute",
)
PLATFORMS = ("OpenRouter", "Hugging Face", "the App Store", "Azure")
SYLLABLES = ("ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "za")


def words(n: int, seed: int) -> list[str]:
    """Invented words; the same for the same seed."""
    random = Random(seed)
    return ["".join(random.choices(SYLLABLES, k=3)) for _ in range(n)]


COMMON = words(400, 0)


def told(n: int, random: Random) -> list[Article]:
    """The three articles of one story."""
    lab, event = LABS[n % len(LABS)], EVENTS[n % len(EVENTS)].format(n=5 + n % 60)
    own = words(12, n + 1)
    at = START + timedelta(minutes=random.randrange(60 * 24 * 7))
    share = f"{lab} has {random.uniform(3, 70):.1f}% of tokens on {PLATFORMS[n % len(PLATFORMS)]} in week {1 + n % 50} of {own[0]}."
    made = []
    for k in range(3):
        body = " ".join(random.choices(COMMON, k=180) + own)
        text = f"{lab} {event}, {own[1]} {own[2]} said.\n\n{share} “We watch {own[3]} closely,” said {own[4].title()} {own[5].title()}.\n\n{body}."
        if k == 2:
            text = made[0].text
        url = f"https://outlet{k}.example/{n}"
        made.append(
            Article(
                f"a{n}-{k}", f"{lab} {event}: {' '.join(own[6 : 9 + k])}", text, url, url, f"Outlet {(n + k) % 40}",
                "en", at + timedelta(hours=k), "second", at + timedelta(hours=k),
            )
        )  # fmt: skip
    return made


def news(n_stories: int) -> tuple[list[Record], list[Story], dict[str, Article]]:
    """Records, stories and articles of so many stories."""
    random = Random(n_stories)
    groups = [told(n, random) for n in range(n_stories)]
    articles = [article for group in groups for article in group]
    now = START + timedelta(days=8)
    records = list(score(articles, tools=Tools(bundle="rules"), now=now, any_topic=True))
    stories = [
        Story(
            f"s{n}", tuple(a.id for a in group), group[0].published_at, group[-1].published_at,
            ((group[0].id, group[2].id), (group[1].id,)),
        )
        for n, group in enumerate(groups)
    ]  # fmt: skip
    return records, stories, {article.id: article for article in articles}


def timed(work: Callable[[], object], rounds: int) -> float:
    seconds = []
    for _ in range(rounds):
        begun = process_time()
        work()
        seconds.append(process_time() - begun)
    return median(seconds)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--stories", type=int, default=500)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--profile", action="store_true")
    chosen = options.parse_args()
    records, stories, articles = news(chosen.stories)
    lexicon = opened_lexicon(())

    def decided() -> Digest:
        return digest(
            records, stories, since=START, until=START + timedelta(days=8), now=START + timedelta(days=8),
            lexicon=lexicon, articles=articles.get,
        )  # fmt: skip

    made = decided()
    if chosen.profile:
        profile = cProfile.Profile()
        profile.runcall(decided)
        pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
    forms: dict[str, Callable[[], object]] = {
        "decided": decided,
        "terminal": lambda: digest_terminal(made, Console(file=io.StringIO(), width=100)),
        "markdown": lambda: digest_markdown(made),
        "html": lambda: digest_html(made),
        "mail": lambda: digest_mail(made),
        "json": lambda: digest_json(made),
        "rss": lambda: digest_rss(made),
    }
    print(
        f"{made.counts.n_stories} stories, {made.counts.n_articles} articles, {made.counts.n_claims} share claims"
    )
    for name, work in forms.items():
        print(f"{name:<10} {timed(work, chosen.rounds):6.2f} s")
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
