"""When are two items the same article?

The ladder, first rung that holds:

    guid  ->  canonical address  ->  title and date

A guid that is an address or a URI (`tag:`, `urn:`) is good everywhere; any other (`1`, `post-17`) only on its own
site, so it is joined with the site's host.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

# Parameters that say where a reader came from, never what is read. Exact names and prefixes; anything that also names
# articles somewhere (`id`, `p`, `ref`, `source`, `from`, `s`) is not here but below, with the values that give it away.
_TRACKING = frozenset({
    "fbclid", "gclid", "gclsrc", "dclid", "wbraid", "gbraid", "msclkid", "yclid", "ymclid", "twclid", "ttclid",
    "igshid", "igsh", "mc_cid", "mc_eid", "mkt_tok", "spm", "scm", "_ga", "_gl", "_hsenc", "_hsmi", "__s",
    "__twitter_impression", "cmpid", "ncid", "smid", "smtyp", "sr_share", "ocid", "xtor", "wt_mc", "wt.mc_id",
    "guccounter", "guce_referrer", "guce_referrer_sig", "ref_src", "ref_url", "feature_source", "rss_id", "oc",
    "hss_channel", "trk", "trkcampaign", "s_cid", "s_kwcid", "ef_id", "share_token", "shareadtoken", "sharetoken",
    "share_from", "share_source", "share_medium", "bd_vid", "weibo_id", "isappinstalled", "wxshare_count", "nsukey",
    "pass_ticket", "chksm", "campaign_id", "sponsored", "cmp_id", "piano_id", "vero_id", "at_medium", "at_campaign",
    "at_custom1", "at_custom2", "at_custom3", "at_custom4", "at_link_id", "at_link_type", "at_link_origin",
})  # fmt: skip
_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "hsa_", "oly_", "vero_", "itm_", "_branch_", "stm_")
_CAREFUL = frozenset({
    "ref", "source", "from", "src", "via", "mod", "cmp", "feed", "ft", "partner", "referrer", "referer",
    "output_source",
})  # fmt: skip
_CAREFUL_VALUES = re.compile(
    r"(?:rss|feed|feeds|atom|twitter|facebook|linkedin|weibo|wechat|timeline|singlemessage|groupmessage|newsletter|"
    r"share|googlenews|google_news|flipboard|feedburner|hackernews|producthunt)(?:[_.-].*)?",
    re.IGNORECASE,
)
# On these hosts only the named parameters say which article it is.
_ONLY = {"mp.weixin.qq.com": ("__biz", "mid", "idx", "sn")}
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_WEB = re.compile(r"https?://[^\s/]", re.IGNORECASE)
# An address that is written as it would be made canonical, but for the order and choice of its parameters.
_SIMPLE = re.compile(
    r"(https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+)(/[A-Za-z0-9._/-]*)?(?:\?((?:[A-Za-z0-9._-]+=[A-Za-z0-9._-]*&)*"
    r"[A-Za-z0-9._-]+=[A-Za-z0-9._-]*))?(?:#[A-Za-z0-9._-]*)?"
)
_PLAIN_HOST = re.compile(r"https?://([a-z0-9.-]+)(?:[/?#]|$)")
_PLAIN_BASE = re.compile(r"https?://[a-z0-9.-]+/(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]*")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]+")
_PORTS = {"http": 80, "https": 443}


def canonical_url(url: str) -> str:
    """Give the address without what only tells where the reader came from; what is no web address stays.

    Parameters are sorted, the fragment is dropped, escapes and host are written one way. The scheme stays.

    >>> canonical_url("HTTPS://Example.com:443/a?utm_source=rss&b=2&a=1#comments")
    'https://example.com/a?a=1&b=2'
    >>> canonical_url("https://example.com/article?from=rss"), canonical_url("https://example.com/route?from=berlin")
    ('https://example.com/article', 'https://example.com/route?from=berlin')
    """
    stripped = url.strip()
    simple = _SIMPLE.fullmatch(stripped) if "/." not in stripped else None
    if simple:
        host, path, query = simple.groups()
        return f"{host}{path or '/'}" + (
            f"?{_sorted(kept)}" if query and (kept := _kept(host.partition("://")[2], query)) else ""
        )
    return _canonical(stripped)


def _canonical(stripped: str) -> str:
    from w3lib.url import canonicalize_url

    try:
        parts = urlsplit(stripped)
        port = parts.port
    except ValueError:
        return stripped
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not parts.hostname:
        return stripped
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    netloc = host if port in (None, _PORTS[scheme]) else f"{host}:{port}"
    try:
        return str(
            canonicalize_url(urlunsplit((scheme, netloc, parts.path or "/", _kept(host, parts.query), "")))
        )
    except (ValueError, UnicodeError):
        return stripped


def _sorted(query: str) -> str:
    pairs = (piece.partition("=") for piece in query.split("&"))
    return "&".join(f"{name}={value}" for name, value in sorted((name, value) for name, _, value in pairs))


def article_id(
    *,
    guid: str | None,
    url: str | None,
    title: str,
    text: str = "",
    published_at: datetime | None = None,
    site: str = "",
) -> str:
    """Give the short, stable id of an article: "a" and 16 hexadecimal digits, by the ladder above.

    Without guid and address an undated article is known by its title and text, a dated one by title and date.

    >>> article_id(guid=None, url="https://example.com/a?utm_source=x", title="A")
    'ab20b82426d026c46'
    """
    if guid and guid.strip():
        key = f"guid|{_global_guid(guid.strip(), site)}"
    elif url and url.strip():
        key = f"url|{canonical_url(url)}"
    elif published_at is not None and title:
        key = f"title|{site}|{title}|{published_at.isoformat()}"
    else:
        key = f"text|{title}|{text}"
    return "a" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def web_address(base: str, link: str) -> str | None:
    """Give the http(s) address that a link on `base` leads to; None for what leads elsewhere or nowhere.

    >>> web_address("https://example.com/feed", "../a"), web_address("https://example.com/", "javascript:x")
    ('https://example.com/a', None)
    """
    if not link:
        return None
    if not base:
        return link if _WEB.match(link) else None
    if _PLAIN_NAME.fullmatch(link) and _PLAIN_BASE.fullmatch(base):
        return f"{base.rpartition('/')[0]}/{link}"
    try:
        address = urljoin(base, link)
    except ValueError:
        return None
    return address if _WEB.match(address) else None


def host_of(url: str | None) -> str:
    """Give the host of an address without `www.`, or nothing."""
    plain = _PLAIN_HOST.match(url or "")
    if plain:
        return plain.group(1).removeprefix("www.")
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def _global_guid(guid: str, site: str) -> str:
    return guid if _SCHEME.match(guid) else f"{site}|{guid}"


def _kept(host: str, query: str) -> str:
    pieces = [piece for piece in query.split("&") if piece]
    if host in _ONLY and any(_name(piece) in _ONLY[host] for piece in pieces):
        return "&".join(piece for piece in pieces if _name(piece) in _ONLY[host])
    return "&".join(piece for piece in pieces if not _is_tracking(_name(piece), piece.partition("=")[2]))


def _name(piece: str) -> str:
    return unquote(piece.partition("=")[0]).lower()


def _is_tracking(name: str, value: str) -> bool:
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    return name in _CAREFUL and _CAREFUL_VALUES.fullmatch(value) is not None
