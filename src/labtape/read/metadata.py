"""What does a page state about itself, beside its text?

Three places, the most careful first: the JSON-LD of an article (schema.org), Open Graph and other `<meta>` elements, the
`<title>`. Nothing is judged here; dates stay as they are written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from labtape.read.markup import clean_line, one_line

_HEAD = 500_000  # characters in which a page has said what it has to say of itself
_SCRIPTS = 30
_NODES = 2000  # of JSON-LD that are looked at
_META = re.compile(r"<meta\s[^>]{1,3000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_LINKED = re.compile(r"<script[^>]{0,300}?application/ld\+json[^>]{0,300}>", re.IGNORECASE)
_JSON_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_TITLE = re.compile(r"<title[^>]{0,200}>(.{1,500}?)</title", re.IGNORECASE | re.DOTALL)
_LANGUAGE = re.compile(
    r"<html[^>]{0,500}?\slang\s*=\s*[\"']?([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)", re.IGNORECASE
)
_ARTICLE_TYPE = re.compile(r"Article$|^(?:BlogPosting|LiveBlogPosting|Report|Review)$")
# In the order in which they are believed.
_PUBLISHED = (
    "article:published_time", "og:published_time", "og:article:published_time", "datepublished", "article:published",
    "article.published", "parsely-pub-date", "publishdate", "publish-date", "publish_date", "pubdate", "pub_date",
    "og:pubdate", "published_at", "weibo:article:create_at", "dc.date.issued", "dcterms.date", "dc.date", "sailthru.date",
)  # fmt: skip
_LOCKED_TIERS = frozenset({"locked", "metered", "premium", "paid", "subscriber"})


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page states. `published` are its dates as written, best first.

    `is_locked` says that the page calls its article not free to read, which says nothing of how much of it is there.
    """

    title: str = ""
    publisher: str | None = None
    language: str | None = None
    published: tuple[str, ...] = ()
    is_locked: bool = False
    n_words: int | None = None


def read_metadata(page: str) -> Metadata:
    """Give what an HTML page states about itself; what it leaves open, or spoils, is left open here.

    >>> read_metadata('<title>A - Daily</title><meta property="og:title" content="A">').title
    'A'
    """
    head = page[:_HEAD]
    metas = _metas(head)
    nodes = tuple(_nodes(head))
    article = next(
        (node for node in nodes if _is_article(node) and ("headline" in node or "datePublished" in node)), {}
    )
    named = _TITLE.search(head)
    language = _LANGUAGE.search(head[:20_000])
    dated = [article, *(node for node in nodes if _is_typed(node, "WebPage"))]
    published = [metas[name] for name in _PUBLISHED if name in metas]
    published += [date for node in dated if isinstance(date := node.get("datePublished"), str)]
    published += _JSON_DATE.findall(head)[:1]
    return Metadata(
        title=metas.get("og:title")
        or _words(article, "headline")
        or one_line(named.group(1) if named else ""),
        publisher=metas.get("og:site_name") or _publisher(article),
        language=language.group(1).lower() if language else None,
        published=tuple(dict.fromkeys(published)),
        is_locked=_is_closed(article) or _tier(metas) in _LOCKED_TIERS,
        n_words=_count(article.get("wordCount")),
    )


def _metas(head: str) -> dict[str, str]:
    metas: dict[str, str] = {}
    for tag in _META.findall(head):
        of = {
            name.lower(): double or single or bare for name, double, single, bare in _ATTRIBUTE.findall(tag)
        }
        content = of.get("content")
        for name in (of.get("property"), of.get("name"), of.get("itemprop")):
            if content and name:
                metas.setdefault(name.lower(), one_line(content))
    return metas


def _nodes(head: str) -> Iterator[Mapping[str, object]]:
    """Yield the objects of the page's JSON-LD, outer ones before what is in them."""
    left: list[object] = [_loaded(script) for script in _scripts(head)]
    for _ in range(_NODES):
        if not left:
            return
        node = left.pop(0)
        if isinstance(node, dict):
            yield node
            left.extend(node[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in node)
        elif isinstance(node, list):
            left.extend(node[:100])


def _scripts(head: str) -> Iterator[str]:
    for _, start in zip(range(_SCRIPTS), _LINKED.finditer(head), strict=False):
        end = head.find("</script", start.end())
        if end < 0:
            return
        yield head[start.end() : end]


def _loaded(script: str) -> object:
    try:
        return json.loads(script.strip().removesuffix(";"), strict=False)
    except (ValueError, RecursionError):
        return None


def _is_article(node: Mapping[str, object]) -> bool:
    return any(_ARTICLE_TYPE.search(kind) for kind in _types(node))


def _is_typed(node: Mapping[str, object], name: str) -> bool:
    return name in _types(node)


def _types(node: Mapping[str, object]) -> list[str]:
    kinds = node.get("@type")
    return [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)]


def _words(node: Mapping[str, object], name: str) -> str:
    value = node.get(name)
    return one_line(value[:500]) if isinstance(value, str) else ""


def _publisher(article: Mapping[str, object]) -> str | None:
    publisher = article.get("publisher")
    if isinstance(publisher, list):
        publisher = publisher[0] if publisher else None
    name = publisher.get("name") if isinstance(publisher, dict) else publisher
    return clean_line(one_line(name[:200])) or None if isinstance(name, str) else None


def _is_closed(article: Mapping[str, object]) -> bool:
    return str(article.get("isAccessibleForFree", "")).strip().rpartition("/")[2].lower() == "false"


def _tier(metas: Mapping[str, str]) -> str:
    tier = metas.get("article:content_tier") or metas.get("content_tier") or metas.get("contenttier") or ""
    return tier.strip().lower()


def _count(value: object) -> int | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if re.fullmatch(r"[1-9]\d{0,5}", text) else None
