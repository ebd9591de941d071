"""An address becomes bytes, or an error that says why not; many addresses at once, politely.

    fetcher(…).fetch(url, validators)   ->  Fetched (200, or 304 without a body)  |  raises FetchError(kind, status)
    Crowd(fetcher).submit(Request) … .next()   ->  Answer(request, Fetched | FetchError)

        SchemeFetcher ── http, https ──> HttpFetcher.step ── Session ── GuardedBackend ──> the wire
                      └─ file:, path ──> FileFetcher
        Crowd ── a queue for each host ──> one step at a time of a Trip

Modules: `schemes` which fetcher serves which address · `http` a request and its hops · `session` a kept connection ·
`http1` one of HTTP/1.1 · `network` the wire: checked connections, one deadline · `memory` where bodies lie · `answers`
what an answer means (pure) · `names` names become addresses · `urls` what an
address says · `coding` gzip and deflate, bounded · `crowd` the queues · `pace` how long to leave a host alone (pure) ·
`workers` threads that come and go · `deadline` · `files`. Which addresses are public says `labtape.addresses`, for deliveries as well.

Design notes
------------
**One deadline for the whole request.** Every common client counts each read on its own, so a body that drips a byte a
second never ends. Here every wait on the wire (also the name, the handshake, the second try) gets only what is left.
The system's resolver knows no timeout, so names are asked for by threads of their own; numeric hosts ask nobody.

**The address is checked where it is connected.** Checking a name before the request leaves a gap in which its answer may
change; `GuardedBackend` resolves once, checks the numeric address and connects to exactly that one, for every connection.
A private address must be named with its port in `allow_private`, by the host the address is written with: a stranger's
name that leads to an allowed machine is not allowed by that. There are no proxies: one would connect where we cannot see.

**Bounded everything.** The body is read and decoded in pieces and refused at the limit, so a bomb costs the limit and no
more. So are heads (256 KiB with interim answers, 500 headers) and bodies in crumbs (50,000 pieces): each crumb costs as
much work as a large piece. One content coding at most; br and zstd are not asked for, because each needs a library more
and no feed server insists. What is gzip without saying so, or says so and is not, is read as what it is; what ends in
the middle, or goes on after its Content-Length, is an error, not a shorter feed.

**Bounded together.** Sixty bodies of 10 MiB at once would be a gigabyte, bomb or not. So the Crowd's bodies grow by a
common 16 MiB beyond their first 32 KiB, and when that is used up, two at a time to their end; the others stop reading
inside their deadline. What is complete counts until it is taken. Counting alone left 250 MB: the C library keeps what threads
free, for each thread apart. Hence a large body lies in mapped pages, and becomes bytes in the thread that takes it.
Tried and left: tokens for whoever is larger than 1 MiB (256 bodies of 1 MiB are too much already), smaller reads (a fifth
more CPU for every feed), `mallopt` (the whole program's business).

**No client object and no pool.** httpx2's client brings cookies, environment proxies and its own redirects, and a pool hands
connections to whoever asks. A `Session` is one connection for one thread at a time: httpcore2's for HTTP/2 where the
server offers it, else our own few lines over h11, because httpcore2's HTTP/1.1 also traces, locks and pools, for a fifth
of the CPU of a 304. It is used again only when nothing unread is left on it, or the surplus of one answer would be read
as the next (a feed could plant words in another one's). When it turns out to be dead, the request goes on over a new one.

**A hop is a step.** `step` asks once and gives a `Trip` that goes on, or what was fetched. A fetch takes steps in a row; the
Crowd lines each up in the queue of the host it leads to, so redirects keep the pauses too and hold nobody. What the
steps mean (`answers`) and how long to pause (`pace`) are pure functions. A permanent move counts only when every hop
was 301 or 308 and none gave up encryption.

**Threads, not an event loop.** The wire is synchronous (sockets, ssl), stations downstream are too, and at most a few
hundred requests wait at once. One dispatcher looks after time; a thread that is done takes the next job itself. Tried
and left: a thread for each host (thousands), one pool of fixed size (fifty slow hosts fill it). A request that is older than two
seconds does not count against the concurrency any more, up to four times as many.

**Second try** in `fetch`: for connections that broke and for 500, 502, 504. 429 and 503 ask to come back later. It is
four lines: a library for it (stamina) brought hooks for the whole program, which print each second try to standard
output where structlog is installed, into the midst of what `--json` writes.
The Crowd tries nothing twice: coming back is the schedule's decision, and a host in trouble gets longer pauses.
"""

from __future__ import annotations

from labtape.addresses import is_public
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
