"""What every request passes before it reaches a route: host, token, size; and what every answer carries.

    Host          one of ours                               421   a page elsewhere that rebinds its name to this machine
    token         Authorization: Bearer TOKEN               401, after ten wrong ones 429
    body          as long as its route allows, whether it says its length or not   413
    HEAD          is GET without the body

Plain ASGI: Starlette's own middleware class reads ahead and holds up streams.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from labtape.web.attempts import Attempts
from labtape.web.problems import HEADERS, problem

LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")
# A text longer than this is no news article; the largest of 5,714 real ones has 60 kB.
MAX_BODY: Final = 1024 * 1024
_HEAD: Final = "labtape.head"


@dataclass(frozen=True, slots=True)
class Rules:
    """`hosts` are the names this server goes by, empty for any; `limits` are bytes of a body by path, `MAX_BODY` for others."""

    token: str | None = None
    hosts: Collection[str] = ()
    limits: Mapping[str, int] = field(default_factory=dict)


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(
        self,
        app: ASGIApp,
        rules: Rules,
        attempts: Attempts | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.app = app
        self.rules = rules
        self.attempts = attempts or Attempts()
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"
        answer = _answering(send, is_head=is_head)
        refused = self._refusal(scope)
        if refused is not None:
            await refused(scope, receive, answer)
            return
        if is_head:
            scope = {**scope, "method": "GET", _HEAD: True}
        limit = self.rules.limits.get(scope["path"], MAX_BODY)
        await self.app(scope, _limited(receive, limit), answer)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        host = name_of_host(headers.get("host", ""))
        if self.rules.hosts and host not in self.rules.hosts:
            return problem(
                421, "this server does not go by that name; `labtape serve --allow-host NAME` adds one"
            )
        wrong = self._wrong_token(scope, headers)
        if wrong is not None:
            return wrong
        limit = self.rules.limits.get(scope["path"], MAX_BODY)
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit() and int(length[:20]) <= limit):
            return problem(413, f"a body has at most {limit} bytes here", headers={"Connection": "close"})
        return None

    def _wrong_token(self, scope: Scope, headers: Headers) -> ASGIApp | None:
        """None where no token is wanted, or the right one came. Who guessed too often is not even compared."""
        if self.rules.token is None:
            return None
        sent = headers.get("authorization", "")
        if sent:
            address, now = (scope.get("client") or ("unknown",))[0], self.clock()
            wait = self.attempts.wait(address, now)
            if wait > 0:
                after = {"Retry-After": str(math.ceil(wait))}
                return problem(429, "too many wrong tokens from this address; wait", headers=after)
            scheme, _, token = sent.partition(" ")
            ours = self.rules.token.encode("utf-8", "surrogateescape")
            if scheme.lower() == "bearer" and hmac.compare_digest(token.strip(" \t").encode("latin-1"), ours):
                return None
            self.attempts.failed(address, now)
        said = "send the header 'Authorization: Bearer TOKEN'"
        return problem(401, said, headers={"WWW-Authenticate": 'Bearer realm="labtape"'})


def is_head(request: Request) -> bool:
    """Whether only the head of the answer is wanted: who streams without end looks."""
    return bool(request.scope.get(_HEAD))


def name_of_host(host: str) -> str:
    """The name in a Host header, without the port.

    >>> name_of_host("LOCALHOST:8765"), name_of_host("[::1]:8765"), name_of_host("news.example.")
    ('localhost', '[::1]', 'news.example')
    """
    name = host.strip().lower()
    head, colon, port = name.rpartition(":")
    if colon and (port.isdigit() or not port) and not (name.startswith("[") and name.endswith("]")):
        name = head
    return name.rstrip(".")


def _limited(receive: Receive, limit: int) -> Receive:
    """Receive no more than so many bytes of a body, whatever its length was said to be."""
    read = 0

    async def receive_some() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            said = f"a body has at most {limit} bytes here"
            raise HTTPException(413, said, headers={"Connection": "close"})
        return message

    return receive_some


def _answering(send: Send, *, is_head: bool) -> Send:
    """Send with the headers that every answer has; of an answer to HEAD the body stays here."""

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        elif is_head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return answer
