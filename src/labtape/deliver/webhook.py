"""A message as an HTTP POST, signed as the Standard Webhooks specification has it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from labtape.addresses import allowed_hosts
from labtape.deliver.allowing import check_allowed
from labtape.exceptions import DeliveryError
from labtape.ports import Clock, Message, utc_now

if TYPE_CHECKING:
    from labtape.deliver.wire import Reply

SIGNATURE = "X-Labtape-Signature"
_PREFIX = "whsec_"
_PLAIN = "%/:?#@!$&*+,;=~-._()'"
# Answers of 4xx after which the same request may be taken: too early, too late, too many.
_WORTH_ANOTHER_TRY = frozenset({408, 409, 425, 429})
_LONGEST_WAIT = 24 * 3600.0  # seconds of Retry-After that are believed


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """Posts `{"subject", "markdown", "html", "digest"}` as JSON; `digest` is the digest's own JSON, `alert` that of alerts.

    With a secret the request is signed twice: `webhook-id`, `webhook-timestamp` and `webhook-signature` are those of Standard
    Webhooks, where a secret `whsec_…` is base64 and any other is taken as it is written; `X-Labtape-Signature: sha256=<hex>`
    is the HMAC-SHA256 of the body alone. The id is the same for every try, the timestamp that of the try. `timeout` is in
    seconds, for the whole request. Any 2xx is a success; redirects are not followed. An address that is not public is refused
    unless `allow_private` names it as `host:port`.
    """

    url: str
    secret: str | None = field(default=None, repr=False)
    timeout: float = 10.0
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    allow_private: Sequence[str] = ()
    clock: Clock = utc_now
    name: str = "webhook"

    @staticmethod
    def check(place: str, options: Mapping[str, Any]) -> None:  # Any: what a table may hold
        """Tell options that could not work. Raises `SettingsError`."""
        check_allowed(place, options)

    def send(self, message: Message) -> None:
        from labtape.deliver.wire import post

        place = _server(self.url)
        now = self.clock()
        body = _body(message)
        id_ = message.id or "msg_" + hashlib.sha256(body).hexdigest()[:32]
        headers = {
            **_login(self.url),
            **self.headers,
            "Content-Type": "application/json",
            "User-Agent": "labtape",
            "webhook-id": id_,
            "webhook-timestamp": str(int(now.timestamp())),
        }
        if self.secret is not None:
            headers[SIGNATURE] = signature(body, self.secret)
            headers["webhook-signature"] = standard_signature(
                body, self.secret, id_=id_, timestamp=int(now.timestamp())
            )
        allowed = allowed_hosts(self.allow_private)
        reply = post(
            _asked(self.url), body, _ascii(headers), timeout=self.timeout, allowed=allowed, place=place
        )
        if not 200 <= reply.status < 300:
            raise _refused(reply, place=place, now=now)


def signature(body: bytes, secret: str) -> str:
    """What the receiver computes over the bytes it got, and compares.

    >>> signature(b"{}", "secret")[:23]
    'sha256=77325902caca812d'
    """
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def standard_signature(body: bytes, secret: str, *, id_: str, timestamp: int) -> str:
    """The `webhook-signature` of Standard Webhooks: HMAC-SHA256 over id, timestamp (Unix seconds) and body, in base64.

    Raises `DeliveryError` for a secret `whsec_…` that is no base64.

    >>> standard_signature(b"{}", "whsec_c2VjcmV0", id_="msg_1", timestamp=0)
    'v1,sti6m5wfzVDclSKWhERritTcCYHSMVKjmU7PF5lLeh0='
    """
    signed = b".".join((id_.encode(), str(timestamp).encode(), body))
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def _key(secret: str) -> bytes:
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError) as e:
        raise DeliveryError(
            f"webhook: its secret begins with {_PREFIX} and is no base64", lasting=True
        ) from e


def _refused(reply: Reply, *, place: str, now: datetime) -> DeliveryError:
    """What an answer other than 2xx means: whether to try again, and when."""
    status = reply.status
    moved = "; give the address it redirects to" if 300 <= status < 400 else ""
    return DeliveryError(
        f"webhook {place}: answered {status}, expected 2xx{moved}",
        lasting=300 <= status < 500 and status not in _WORTH_ANOTHER_TRY,
        retry_after=wait_of(reply.retry_after, now=now),
    )


def wait_of(header: str | None, *, now: datetime) -> float | None:
    """The seconds a Retry-After asks for, a day at most; None where it cannot be read.

    >>> wait_of("120", now=datetime(2026, 6, 3, tzinfo=UTC))
    120.0
    >>> wait_of("Wed, 03 Jun 2026 00:00:30 GMT", now=datetime(2026, 6, 3, tzinfo=UTC))
    30.0
    """
    if header is None:
        return None
    if header.strip().isascii() and header.strip().isdigit():
        return min(float(header.strip()[:10]), _LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(header)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    wait = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    return min(max(wait, 0.0), _LONGEST_WAIT)


def _ascii(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers as a request can carry them. Raises `DeliveryError` for one that could break its line."""
    for name, value in headers.items():
        if not f"{name}{value}".isascii() or not f"{name}{value}".isprintable():
            raise DeliveryError(
                f"webhook: header {name!r} is none; use ASCII without line ends", lasting=True
            )
    return dict(headers)


def _body(message: Message) -> bytes:
    content: dict[str, Any] = {  # Any: a JSON object
        "subject": message.subject,
        "markdown": message.markdown,
        "html": message.html,
        message.kind: json.loads(message.json),
    }
    return json.dumps(content).encode()


def _asked(url: str) -> str:
    """The address as a request can name it: without user and password, in ASCII.

    >>> _asked("https://user:key@bücher.example/a é")
    'https://xn--bcher-kva.example/a%20%C3%A9'
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    try:
        netloc = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError as e:
        raise DeliveryError(
            "webhook: the name of its server is none; use https://SERVER/PATH", lasting=True
        ) from e
    return urlunsplit(
        (parts.scheme, netloc, quote(parts.path, safe=_PLAIN), quote(parts.query, safe=_PLAIN), "")
    )


def _login(url: str) -> dict[str, str]:
    """The user and password that an address may carry, as a header."""
    user, at, _ = urlsplit(url).netloc.rpartition("@")
    if not at:
        return {}
    return {"Authorization": "Basic " + base64.b64encode(unquote(user).encode()).decode()}


def _server(url: str) -> str:
    """As much of an address as an error may show.

    >>> _server("https://user:key@hooks.example/services/T0/secret")
    'https://hooks.example/…'
    """
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        parts, port = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise DeliveryError("webhook: its url is no http(s) address; use https://SERVER/PATH", lasting=True)
    return f"{parts.scheme}://{parts.hostname}{port}/…"
