"""An address becomes bytes, or an error that says why not.

    fetcher(…).fetch(url, validators)  ->  Fetched (200, or 304 without a body)  |  raises FetchError(kind, status)

        SchemeFetcher ── http, https ──> HttpFetcher ── GuardedTransport ── GuardedBackend ──> the wire
                      └─ file:, path ──> FileFetcher

Modules: `schemes` which fetcher serves which address · `http` one GET with its redirects · `network` the wire: checked
connections, one deadline · `addresses` which addresses are public · `coding` gzip and deflate, bounded · `files`.

Design notes
------------
**One deadline for the whole request.** Every common client counts each read on its own, so a body that drips a byte a
second never ends. Here every wait on the wire (also the name, the handshake, the second try) gets only what is left.
The system's resolver knows no timeout, so it runs in a thread of its own.

**The address is checked where it is connected.** Checking a name before the request leaves a gap in which its answer may
change; `GuardedBackend` resolves once, checks the numeric address and connects to exactly that one, for every hop.
A private address must be named with its port in `allow_private`, by the host the address is written with: a stranger's
name that leads to an allowed machine is not allowed by that.

**Bounded decoding.** The body is read and decoded in pieces and refused at the limit, so a bomb costs the limit and no
more. One content coding at most; br and zstd are not asked for, because each needs a library more. What is gzip without
saying so, or says so and is not, is read as what it is; what ends in the middle is an error, not a shorter feed.

**No client object.** httpx2's client brings cookies, environment proxies and its own redirects; a transport, one per hop,
has none of these. Two fetches share nothing but the loaded certificates, so fetchers may be shared between threads.

**Second try** (stamina): for connections that broke and for 500, 502, 504. 429 and 503 ask to come back later.
"""

from __future__ import annotations

from labtape.fetch.addresses import is_public
from labtape.fetch.crowd import Answer, Crowd, Request
from labtape.fetch.files import FileFetcher
from labtape.fetch.http import HttpFetcher
from labtape.fetch.schemes import SchemeFetcher, fetcher
from labtape.fetch.urls import host_key

__all__ = [
    "Answer",
    "Crowd",
    "FileFetcher",
    "HttpFetcher",
    "Request",
    "SchemeFetcher",
    "fetcher",
    "host_key",
    "is_public",
]
