"""Whether a site lets us fetch a page: its robots.txt (RFC 9309), read by protego. Feeds are fetched without it.

    decide(state of the site, url) ─> allowed | refused | unknown ─> fetch robots_url(url) ─> robots_of(…) ─> state

A robots.txt belongs to scheme, host and port together; `robots_key` is what its `HostState` is kept under.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from labtape.exceptions import FetchError, LabtapeError
from labtape.ports import HostState
from labtape.types import Fetched

if TYPE_CHECKING:
    from protego import Protego

Decision = Literal["allowed", "refused", "not now", "unknown"]

AGENT = "labtape"  # the product token of our user agent, which a robots.txt names us by
MAX_BYTES = 500 * 1024
MAX_DELAY = 60.0
GOOD_FOR = timedelta(hours=24)
BAD_FOR = timedelta(minutes=30)  # a site that could not say what it allows is asked again soon
ALLOW_ALL = ""
REFUSE_ALL = "User-agent: *\nDisallow: /\n"

_PORTS = {"http": 80, "https": 443}
_AGENT_LINE = re.compile(r"\s*user[- ]?agent\s*(?::|\s)\s*([^#]*)", re.IGNORECASE)
_TOKEN = re.compile(r"\*|[A-Za-z_-]+")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def robots_key(url: str) -> str:
    """The site an address belongs to: scheme, host and, where it is not the usual one, port; empty where there is none.

    >>> robots_key("HTTPS://News.example:443/a?b"), robots_key("http://news.example:8080/a"), robots_key("file:///a")
    ('https://news.example', 'http://news.example:8080', '')
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:  # an address no URL parser takes: [::1, port 99999
        return ""
    if not host or parts.scheme not in _PORTS:
        return ""
    host = f"[{host}]" if ":" in host else host
    usual = port is None or port == _PORTS[parts.scheme]
    return f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{port}"


def robots_url(url: str) -> str:
    """Where the robots.txt of an address lies.

    >>> robots_url("https://news.example/a/b.html?c")
    'https://news.example/robots.txt'
    """
    key = robots_key(url)
    if not key:
        raise FetchError(f"{url}: no web address, so no robots.txt", kind="protocol")
    return f"{key}/robots.txt"


def decide(robots: HostState | None, url: str, *, now: datetime, user_agent: str = AGENT) -> Decision:
    """Whether a page may be fetched, by what is known of its site; `unknown` asks for robots.txt first.

    `not now`: its robots.txt could not be had, so nobody knows what it allows; it will be asked for again.

    `user_agent` may be the whole header: what counts is the product token it begins with.
    """
    if not robots_key(url):
        return "refused"
    if robots is None or robots.robots is None or not is_fresh(robots, now=now):
        return "unknown"
    if not _could_say(robots):
        return "not now"
    try:
        may = _rules(robots.robots, _product(user_agent)).can_fetch(url, _product(user_agent))
    except ValueError:  # protego cannot take the address apart
        return "refused"
    return "allowed" if may else "refused"


def is_fresh(robots: HostState, *, now: datetime) -> bool:
    """Whether a robots.txt still counts: a day, or half an hour where the site could not say."""
    if robots.robots is None or robots.robots_at is None:
        return False
    return timedelta(0) <= now - robots.robots_at < (GOOD_FOR if _could_say(robots) else BAD_FOR)


def _could_say(robots: HostState) -> bool:
    return robots.robots_status is not None and robots.robots_status < 500


def robots_of(
    url: str, answer: Fetched | LabtapeError, *, now: datetime, before: HostState | None = None
) -> HostState:
    """What an answer to the request for robots.txt means for the site of `url`.

    4xx: there is none, all is allowed. 5xx, and no answer at all: nothing is allowed until it answers again.
    """
    state = replace(before or HostState(robots_key(url)), robots_at=now)
    if isinstance(answer, Fetched):
        return replace(state, robots=text_of(answer.body), robots_status=answer.status)
    status = answer.status if isinstance(answer, FetchError) else None
    none_there = status is not None and 400 <= status < 500
    return replace(state, robots=ALLOW_ALL if none_there else REFUSE_ALL, robots_status=status)


def crawl_delay(robots: HostState | None, *, user_agent: str = AGENT) -> float:
    """The seconds a site wants between two requests, at most a minute; 0 where it says nothing."""
    if robots is None or not robots.robots:
        return 0.0
    token = _product(user_agent)
    return min(_rules(robots.robots, token).crawl_delay(token) or 0.0, MAX_DELAY)


def text_of(body: bytes) -> str:
    """The text of a robots.txt, whatever it is: the first 500 KiB in whole lines, by its byte order mark or as UTF-8."""
    is_cut, body = len(body) > MAX_BYTES, body[:MAX_BYTES]
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            text = body[len(mark) :].decode(encoding, "replace")
            break
    else:
        text = body.decode(_unmarked(body), "replace")
    text = text.replace("\0", "")
    return text[: max(text.rfind("\n"), text.rfind("\r")) + 1] if is_cut else text


class Robots:
    """The robots.txt of every site met in a run, from what was kept and what is learnt.

    >>> robots = Robots()
    >>> from datetime import UTC
    >>> now = datetime(2026, 6, 3, tzinfo=UTC)
    >>> robots.decide("https://news.example/a", now=now)
    'unknown'
    >>> gone = FetchError("none", kind="http", status=404)
    >>> robots.learn("https://news.example/a", gone, now=now).robots_status
    404
    >>> robots.decide("https://news.example/a", now=now)
    'allowed'
    """

    def __init__(self, user_agent: str = AGENT, hosts: Iterable[HostState] = ()) -> None:
        self._known = {host.host: host for host in hosts if host.robots is not None}
        self._user_agent = user_agent

    def decide(self, url: str, *, now: datetime) -> Decision:
        return decide(self._known.get(robots_key(url)), url, now=now, user_agent=self._user_agent)

    def learn(self, url: str, answer: Fetched | LabtapeError, *, now: datetime) -> HostState:
        """Take the answer for the site of `url`; return what is to be kept of it."""
        key = robots_key(url)
        self._known[key] = robots_of(url, answer, now=now, before=self._known.get(key))
        return self._known[key]

    def delay(self, url: str) -> float:
        """The seconds the site of `url` wants between two requests; 0 where it says nothing."""
        return crawl_delay(self._known.get(robots_key(url)), user_agent=self._user_agent)


def _unmarked(body: bytes) -> str:
    """UTF-8, but for UTF-16 without a mark, whose every other byte is zero in what a robots.txt is written with."""
    if body[:64].count(0) < max(1, len(body[:64]) // 4):
        return "utf-8"
    return "utf-16-le" if body[1:64:2].count(0) >= body[:64:2].count(0) else "utf-16-be"


def _product(user_agent: str) -> str:
    found = _TOKEN.match(user_agent.strip())
    return found[0].lower() if found else AGENT


@lru_cache(maxsize=128)
def _rules(text: str, token: str) -> Protego:
    """The rules of a robots.txt. They are parsed once a run, not once a page."""
    from protego import Protego

    return Protego.parse("\n".join(_relevant(text, token)))


def _relevant(text: str, token: str) -> Iterable[str]:
    """The lines with every agent but us and `*` under one name.

    Protego keeps each group's rules once for each of its agents: 250 KiB of agents before 250 KiB of rules would be
    hundreds of millions. It also takes an agent `lab` for a name of ours; here the whole token has to fit, as RFC 9309 says.
    """
    for line in text.splitlines():
        agent = _AGENT_LINE.match(line)
        if agent is None:
            yield line
            continue
        named = _TOKEN.match(agent[1].strip())
        name = named[0].lower() if named else ""
        yield f"User-agent: {name if name in (token, '*') else 'another'}"
