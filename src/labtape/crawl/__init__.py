"""Which feed is visited when, and what is kept of it.

    schedule   when is a feed due, and what does a visit change?       (state, outcome, now) -> state
    visits     what did a visit come to?                               (state, answer, document) -> Visit
    pages      which articles want their own page?                     (feed, arrivals, earlier) -> arrivals
    robots     may that page be fetched?                               (robots.txt, url) -> allowed | refused | not now | unknown
    engine     asks, reads, decides with the four above, keeps         watching   does so for as long as it is wanted
    health     how is each feed?        plan   what would a crawl do?      metrics    what is Prometheus told?
    discovery  which feeds has a site?                                 reader     who reads what came: a process of its own, or this one

All but `engine`, `watching`, `discovery` and the serving half of `metrics` are pure: values in, values out, the clock is an
argument. docs/crawl.md has every number and word.

Design notes
------------
**The state is the schedule.** A feed's next visit, its back-off, its rows of 404 and 410 and the redirects it has shown lie
in one frozen `FeedState`, saved in the transaction that keeps what the visit brought. A crawler killed at any moment has
visited a feed or it has not; there is no queue to repair.

**Chance without a generator.** Jitter and the one visit in a hundred without validators are hashes of address and time:
spread like chance, the same in every run, and tests need no seed.

**A clock may jump.** A state that a clock running forward cannot have written (a last visit in the future, a next one more
than 25 hours ahead that no server asked for) is due now. Counting over time (410, moves) begins again at a moment that has
not come yet. So the worst a wrong clock does is one visit too many.

**No answer is not an answer.** A timeout or a name that cannot be found neither counts as a 404 or 410 nor ends a row of
them: they say something about the line, not about the feed. Any other answer ends the row.

**`ttl` is believed up to a day.** Feeds that ask for a week (`sy:updatePeriod` weekly is a common default) bring news in
between, and one conditional request a day costs their servers nothing to speak of.

**robots.txt through a sieve.** Protego's matching is linear, but it keeps each rule once for each agent of its group, so
half a megabyte of agents and rules would fill the memory; and it takes an agent `lab` for a prefix of ours. Both end when
every agent that is not exactly us or `*` is given one name before parsing.

**Tried, not chosen.** A queue of due feeds in the database: a second truth beside the states. Backing off by kind of error:
nobody can say why a DNS failure should wait longer than a 500. Pages of all articles of a new feed at once: it holds up its
host for minutes, for articles nobody will trade on.
"""

from __future__ import annotations

from labtape.crawl.discovery import Found, discover
from labtape.crawl.health import FeedHealth, health
from labtape.crawl.plan import PlannedVisit, plan
from labtape.crawl.schedule import Pace, due_first, is_due, resumed
from labtape.crawl.visits import ERROR_KINDS

__all__ = [
    "ERROR_KINDS",
    "FeedHealth",
    "Found",
    "Pace",
    "PlannedVisit",
    "discover",
    "due_first",
    "health",
    "is_due",
    "plan",
    "resumed",
]
