"""A digest as an HTTP POST."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from labtape.exceptions import DeliveryError
from labtape.ports import Message

SIGNATURE = "X-Labtape-Signature"


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """Posts `{"subject", "markdown", "html", "digest"}` as JSON; `digest` is the digest's own JSON.

    With a secret, the header `X-Labtape-Signature: sha256=<hex>` is the HMAC-SHA256 of the body's bytes. `timeout`
    is in seconds, for connecting and for each wait after that. Any 2xx is a success; redirects are not followed.
    """

    url: str
    secret: str | None = field(default=None, repr=False)
    timeout: float = 10.0
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    name: str = "webhook"

    def send(self, message: Message) -> None:
        place = _server(self.url)
        body = _body(message)
        headers = {**self.headers, "Content-Type": "application/json", "User-Agent": "labtape"}
        if self.secret is not None:
            headers[SIGNATURE] = signature(body, self.secret)
        status = self._post(body, headers, place=place)
        if not 200 <= status < 300:
            moved = "; give the address it redirects to" if 300 <= status < 400 else ""
            raise DeliveryError(f"webhook {place}: answered {status}, expected 2xx{moved}")

    def _post(self, body: bytes, headers: Mapping[str, str], *, place: str) -> int:
        """The status; the answer itself is not read, however long it is."""
        import httpx2

        try:
            with httpx2.stream(
                "POST", self.url, content=body, headers=headers, timeout=self.timeout
            ) as response:
                return response.status_code
        except httpx2.TimeoutException as e:
            raise DeliveryError(f"webhook {place}: no answer in {self.timeout:g} s") from e
        except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError, ValueError) as e:
            said = " ".join(str(e).replace(self.url, place).split()) or type(e).__name__
            raise DeliveryError(f"webhook {place}: {said}") from e


def signature(body: bytes, secret: str) -> str:
    """What the receiver computes over the bytes it got, and compares.

    >>> signature(b"{}", "secret")[:23]
    'sha256=77325902caca812d'
    """
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _body(message: Message) -> bytes:
    content: dict[str, Any] = {  # Any: a JSON object
        "subject": message.subject,
        "markdown": message.markdown,
        "html": message.html,
        "digest": json.loads(message.json),
    }
    return json.dumps(content).encode()


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
        raise DeliveryError("webhook: its url is no http(s) address; use https://SERVER/PATH")
    return f"{parts.scheme}://{parts.hostname}{port}/…"
