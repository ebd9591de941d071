"""What a site allows: the text it sends, however broken, and the status it sends it with."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtape.crawl.robots import (
    Robots,
    crawl_delay,
    decide,
    robots_key,
    robots_of,
    robots_url,
    text_of,
)
from labtape.exceptions import FetchError
from labtape.ports import HostState

from .samples import HOUR, NOW, answer

SITE = "https://wire.example"
PAGE = f"{SITE}/news/1?page=2"
AGENT = "labtape/0.3 (reads news feeds about AI labs)"


def site(text, status=200):
    return HostState(SITE, robots=text, robots_at=NOW, robots_status=status)


def decided(text, url=PAGE):
    return decide(site(text), url, now=NOW, user_agent=AGENT)


@pytest.mark.parametrize(
    ("text", "decision"),
    [
        ("", "allowed"),
        ("User-agent: *\nDisallow: /news/", "refused"),
        ("User-agent: *\nDisallow: /news/\nAllow: /news/1", "allowed"),
        ("User-agent: *\nDisallow: /*?page=", "refused"),
        ("User-agent: *\nDisallow: /news/1$", "allowed"),
        ("user-agent: LABTAPE\ndisallow: /\n\nUser-agent: *\nAllow: /", "refused"),
        ("User-agent: labtape/1.0\nDisallow: /\n", "refused"),
        ("User-agent: labtape\nDisallow:\n\nUser-agent: *\nDisallow: /", "allowed"),
        ("User-agent: GPTBot\nUser-agent: labtape\nDisallow: /", "refused"),
        ("User-agent: GPTBot\nDisallow: /", "allowed"),
        ("User-agent: lab\nDisallow: /", "allowed"),  # another robot, whose name ours begins with
        ("User-agent: news\nDisallow: /", "allowed"),  # a word of our user agent, not its name
        ("<!doctype html><html><body>404</body></html>", "allowed"),
        ("\x01\x02\x03 PNG", "allowed"),
        ("Disallow: /", "allowed"),  # for nobody
        ("User-agent: *\rDisallow: /\r", "refused"),
    ],
)
def test_a_robots_txt_says_what_may_be_fetched(text, decision):
    assert decided(text) == decision


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "https://[::1", "https://x:99999/", "javascript:0", ""]
)
def test_what_is_no_web_address_is_refused(url):
    assert decide(None, url, now=NOW) == "refused"


def test_a_site_that_was_never_asked_is_asked_first():
    assert decide(None, PAGE, now=NOW) == "unknown"
    assert decide(HostState(SITE, delay=2.0), PAGE, now=NOW) == "unknown"


def test_a_site_is_scheme_host_and_port():
    assert robots_key("http://wire.example/a") != robots_key("https://wire.example/a")
    assert robots_key("https://WIRE.example:443/a") == robots_key(PAGE) == SITE
    assert robots_url("http://[2001:db8::1]:8080/x") == "http://[2001:db8::1]:8080/robots.txt"
    with pytest.raises(FetchError, match="no web address"):
        robots_url("file:///a")


@pytest.mark.parametrize(
    ("got", "decision"),
    [
        (FetchError("404", kind="http", status=404), "allowed"),
        (FetchError("403", kind="http", status=403), "allowed"),
        (FetchError("503", kind="http", status=503), "not now"),
        (FetchError("no answer", kind="timeout"), "not now"),
        (FetchError("no such name", kind="dns"), "not now"),
        (FetchError("too many", kind="redirect"), "not now"),
        (answer(b""), "allowed"),
        (answer(b"User-agent: *\nDisallow: /"), "refused"),
    ],
)
def test_4xx_allows_5xx_and_no_answer_do_not(got, decision):
    assert decide(robots_of(PAGE, got, now=NOW), PAGE, now=NOW) == decision


def test_what_was_learnt_counts_for_a_day_and_a_failure_for_half_an_hour():
    good = robots_of(PAGE, answer(b""), now=NOW)
    none = robots_of(PAGE, FetchError("404", kind="http", status=404), now=NOW)
    bad = robots_of(PAGE, FetchError("503", kind="http", status=503), now=NOW)
    assert [decide(s, PAGE, now=NOW + 23 * HOUR) for s in (good, none, bad)] == [
        "allowed",
        "allowed",
        "unknown",
    ]
    assert decide(good, PAGE, now=NOW + 25 * HOUR) == "unknown"
    assert decide(bad, PAGE, now=NOW + timedelta(minutes=20)) == "not now"
    assert decide(good, PAGE, now=NOW - HOUR) == "unknown"  # learnt by a clock that was wrong


def test_what_else_is_known_of_the_host_stays():
    before = HostState(SITE, delay=3.0, last_at=NOW)
    assert robots_of(PAGE, answer(b""), now=NOW, before=before) == replace(
        before, robots="", robots_at=NOW, robots_status=200
    )


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("User-agent: *\nCrawl-delay: 5", 5.0),
        ("User-agent: *\nCrawl-delay: 0.5", 0.5),
        ("User-agent: *\nCrawl-delay: 86400", 60.0),
        ("User-agent: *\nCrawl-delay: soon", 0.0),
        ("User-agent: *\nCrawl-delay: -1", 0.0),
        ("User-agent: labtape\nCrawl-delay: 7\n\nUser-agent: *\nCrawl-delay: 5", 7.0),
        ("User-agent: GPTBot\nCrawl-delay: 5", 0.0),
        ("", 0.0),
    ],
)
def test_the_delay_a_site_asks_for_is_at_most_a_minute(text, seconds):
    assert crawl_delay(site(text), user_agent=AGENT) == seconds
    assert crawl_delay(None) == 0.0


REFUSAL = "User-agent: *\nDisallow: /\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_robots_txt_is_read_in_whatever_it_is_written(encoding):
    assert decided(text_of(REFUSAL.encode(encoding))) == "refused"


def test_500_kib_count_in_whole_lines():
    body = (
        b"User-agent: *\nDisallow: /"
        + b"a" * 30
        + b"\n"
        + b"#" * 499 * 1024
        + b"\n"
        + b"Disallow: /news/" * 200
    )
    text = text_of(body)
    assert len(text) <= 500 * 1024 and text.endswith("\n") and decided(text) == "allowed"


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"User-agent: a{n}" for n in range(18_000)) + "\nDisallow: /x" * 20_000,
        "User-agent: *\n" + "Disallow: /" + "*a" * 250_000,
        "User-agent: *\n" + "\n".join(f"Disallow: /*{n}*a*b*c$" for n in range(20_000)),
    ],
    ids=["agents times rules", "stars", "patterns"],
)
def test_a_robots_txt_made_to_be_slow_is_not(text):
    began = time.process_time()
    assert decided(text_of(text.encode()), f"{SITE}/" + "a" * 2000) == "allowed"
    assert time.process_time() - began < 5.0  # 0.5 s where nobody else is at work


@given(st.binary(max_size=400), st.text(max_size=60))
def test_nothing_a_site_sends_raises(body, path):
    state = robots_of(PAGE, answer(body), now=NOW)
    assert decide(state, f"{SITE}/{path}", now=NOW) in ("allowed", "refused")
    assert 0 <= crawl_delay(state) <= 60


def test_the_robots_of_a_run_begin_with_what_was_kept():
    robots = Robots(AGENT, [site(REFUSAL), HostState("wire.example", delay=2.0)])
    assert robots.decide(PAGE, now=NOW) == "refused"
    assert robots.decide("http://wire.example/", now=NOW) == "unknown"
    robots.learn(PAGE, answer(b"User-agent: *\nCrawl-delay: 3"), now=NOW)
    assert (robots.decide(PAGE, now=NOW), robots.delay(PAGE)) == ("allowed", 3.0)
