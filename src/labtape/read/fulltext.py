"""Does a feed give enough of an article, and what does its page add?

Feeds give three things: a headline alone, a teaser, the whole text. In the real feeds beside the project (3,674 articles) nine
teasers in ten have fewer than 50 words, the next group is cut off at a number of characters (about 85 words, "…" or "[…]"
at the end), and from 60 words on without such a mark there are paragraphs: hence the two limits of `is_short`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from labtape.read.articles import primary_language
from labtape.read.pages import Page, amount_of
from labtape.types import Article

_PARAGRAPH = 60  # words; 102 Chinese characters
_TEASER = 250  # words; longer texts that end in "…" are whole
_CUT_OFF = re.compile(
    r"(?:…|\.{3}|\[\s*(?:…|\.{3})\s*\]|\((?:…|\.{3})\)|(?:\b(?:read|view|see|learn) (?:the )?(?:more|full (?:story|article|post))"
    r"|\bcontinue reading\b[^\n]{0,200}|\bread on|阅读(?:全文|更多|原文)|(?:查看|展开|点击查看)(?:全文|更多|原文)|閱讀(?:全文|更多)|全文))"
    r"[\s…→»>.）)\]]*$",
    re.IGNORECASE,
)
# What may follow such a mark, and the last words of one: the pattern is not shown to texts that end otherwise.
_BEHIND_IT = re.compile(r"[\s…→»>.）)\]]*")
_LAST_WORDS = ("more", "story", "article", "post", "read on", "全文", "更多", "原文")


def is_short(article: Article) -> bool:
    """Tell whether a feed gave less than a paragraph of an article, or a teaser that says that it is one.

    >>> is_short(Article(id="a1", title="Kimi K3 is out", text="Moonshot AI has released Kimi K3."))
    True
    >>> is_short(Article(id="a1", title="Kimi K3 is out", text="Moonshot AI has released its model. " * 12))
    False
    >>> is_short(Article(id="a1", title="Kimi K3 is out", text="Moonshot AI has released its model. " * 12 + "It […]"))
    True
    """
    text = article.text
    # Twice as many spaces as words are wanted: most articles are told to be whole without a look at their words.
    if text.count(" ", 0, _PARAGRAPH * 40) < 2 * _PARAGRAPH and amount_of(text[: _TEASER * 40]) < _PARAGRAPH:
        return True
    return _is_cut_off(text[-300:]) and amount_of(text[: _TEASER * 40]) < _TEASER


def _is_cut_off(end: str) -> bool:
    """Tell whether a text ends in a mark that there is more of it.

    >>> [_is_cut_off(end) for end in ("so they say [ … ]", "so they say. Read the full post »", "so they say in a post.")]
    [True, True, False]
    """
    behind = _BEHIND_IT.match(end[::-1])
    n_behind = behind.end() if behind else 0
    last = end[len(end) - n_behind :]
    if "…" in last or "..." in last:
        return True
    words = end[: len(end) - n_behind].lower()
    return (words.endswith(_LAST_WORDS) or "continue reading" in words) and _CUT_OFF.search(end) is not None


def with_page(article: Article, page: Page) -> Article:
    """Give the article with what its page adds; id and first_seen_at stay as they are.

    The text is the page's where that says more and is the article (flag `full_text`). Title, date, publisher and
    language are the page's where the feed leaves them open. Of a wall no text is taken, and only a paywall leaves a flag
    (`paywalled`) beside the feed's text.
    """
    if page.wall not in (None, "paywall"):
        return article
    flags = set(article.flags) - {"paywalled"}
    text = article.text
    if page.wall == "paywall":
        flags.add("paywalled")
    elif len(page.text) > len(text):
        flags.add("full_text")
        text = page.text
    at, precision = article.published_at, article.published_precision
    if at is None and page.published_at is not None:
        at, precision = page.published_at, page.published_precision
        flags.discard("future_date")
    return replace(
        article,
        title=article.title if article.title.strip() else page.title,
        text=text,
        publisher=article.publisher or page.publisher,
        language=article.language or primary_language(page.language),
        published_at=at,
        published_precision=precision,
        flags=tuple(sorted(flags)),
    )
