"""A message by one of the services that Apprise knows: mail, Slack, Telegram, Discord and a hundred others, each an address."""

from __future__ import annotations

import hashlib
import ipaddress
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from typing import Any

from labtape.addresses import allowed_hosts, is_public
from labtape.deliver.allowing import check_allowed
from labtape.exceptions import DeliveryError, SettingsError
from labtape.ports import Message

_SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]{0,40})://", re.IGNORECASE)
#: What calls everybody of a room, or somebody by a number, on Discord and Slack.
_CALL = re.compile(r"@(?=everyone\b|here\b|channel\b|[!&]?\d)", re.IGNORECASE)
#: Addresses as inet_aton has them: one to four numbers, hexadecimal as well.
_OLD_NUMERIC = re.compile(r"(0x[\da-f]*|\d+)(\.(0x[\da-f]*|\d+)){0,3}")
_STATUS = re.compile(r"error=(\d{3})\b")
# Services that post to any address of the web: that is what a webhook is for, which signs and looks where it connects.
_OF_A_WEBHOOK = frozenset(["json", "jsons", "xml", "xmls", "form", "forms"])
# Of HTTP statuses that a service answers with, those after which the same message may be taken.
_WORTH_ANOTHER_TRY = frozenset([408, 409, 425, 429])


@dataclass(frozen=True, slots=True)
class AppriseChannel:
    """Sends the subject as title and the Markdown as body to each address in `urls`, as Apprise writes them.

    Each address is a target of its own (`targets`), so that what one of them did not take is not sent to the others again. The
    addresses hold secrets: nothing shown, raised or logged here has more of them than the scheme. Redirects are not followed.
    A numeric address that is not public, and localhost, are refused unless `allow_private` names them as `host:port`; names are not
    resolved, because in many of these addresses a secret stands where a name would.
    """

    urls: Sequence[str] = field(repr=False)
    allow_private: Sequence[str] = ()
    name: str = "apprise"

    @staticmethod
    def check(place: str, options: Mapping[str, Any]) -> None:  # Any: what a table may hold
        """Tell addresses that could not work. Raises `SettingsError`, which shows none of them."""
        urls = options.get("urls")
        if not isinstance(urls, list) or not urls or not all(isinstance(url, str) for url in urls):
            raise SettingsError(f'{place} urls: needs a list of addresses, as ["mailto://…"]')
        for n, url in enumerate(urls, 1):
            if _SCHEME.match(url) is None:
                raise SettingsError(f"{place} urls: number {n} is no address; write SERVICE://…")
            if _scheme(url) in _OF_A_WEBHOOK:
                raise SettingsError(
                    f"{place} urls: number {n} is {_scheme(url)}://; for an address of the web use "
                    'kind = "webhook", which signs what it sends'
                )
        if find_spec("apprise") is None:
            raise SettingsError(f"{place}: needs Apprise; install it with: pip install 'labtape[alerts]'")
        check_allowed(place, options)

    @property
    def targets(self) -> tuple[str, ...]:
        """A name for each address, that stays the same while the address does."""
        return tuple(dict.fromkeys(_target(url) for url in self.urls))

    def only(self, target: str) -> AppriseChannel:
        """The channel with one address. Raises `DeliveryError` where the settings have it no more."""
        found = [url for url in self.urls if _target(url) == target]
        if not found:
            raise DeliveryError(f"{self.name}: the settings have no address {target} any more", lasting=True)
        return AppriseChannel(found[:1], self.allow_private, self.name)

    def send(self, message: Message) -> None:
        failures = [error for url in self.urls for error in self._failures(url, message)]
        if failures:
            said = "; ".join(dict.fromkeys(map(str, failures)))
            raise DeliveryError(said, lasting=all(error.lasting for error in failures))

    def _failures(self, url: str, message: Message) -> Iterator[DeliveryError]:
        place = f"{self.name} {_scheme(url)}://…"
        with _listening() as heard:
            try:
                service = _service(url, place=place)
                _check_place(service, self.allow_private, place=place)
                body, title = _fit(message.markdown), _fit(message.subject)
                taken = service.notify(body=body, title=title, body_format="markdown")
            except DeliveryError as e:
                yield e
                return
            except Exception as e:
                yield DeliveryError(f"{place}: failed ({type(e).__name__})")
                return
        if not taken:
            status = next((int(found[1]) for line in heard if (found := _STATUS.search(line))), None)
            lasting = status is not None and 300 <= status < 500 and status not in _WORTH_ANOTHER_TRY
            said = f"answered {status}" if status else "did not take it"
            yield DeliveryError(f"{place}: {said}", lasting=lasting)


def _service(url: str, *, place: str) -> Any:  # Any: Apprise makes a class a service
    from apprise import Apprise

    made = Apprise.instantiate(url, suppress_exceptions=True)
    if made is None:
        raise DeliveryError(
            f"{place}: Apprise cannot read this address; see its page of the service", lasting=True
        )
    made.redirects = False
    return made


def _check_place(service: Any, allow_private: Sequence[str], *, place: str) -> None:  # Any: as above
    """Refuse an address on this machine or a private network, where it can be told without asking anybody."""
    host = str(getattr(service, "smtp_host", "") or getattr(service, "host", "") or "")
    host = host.lower().strip("[]").rstrip(".")
    port = service.port or (443 if service.secure else 25 if hasattr(service, "smtp_host") else 80)
    is_here = host == "localhost" or host.endswith(".localhost")
    if (is_here or (_is_numeric(host) and not is_public(host))) and (host, port) not in allowed_hosts(
        allow_private
    ):
        raise DeliveryError(
            f"{place}: {host}:{port} is no public address; would connect when allow_private names {host}:{port}",
            lasting=True,
        )


def _is_numeric(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return _OLD_NUMERIC.fullmatch(host) is not None
    return True


def _fit(text: str) -> str:
    """Text that any service can encode, in which no headline calls everybody of a room."""
    text = _CALL.sub("@\u200b", text).replace("<!", "<\u200b!")
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def _scheme(url: str) -> str:
    found = _SCHEME.match(url)
    return found[1].lower() if found else "?"


def _target(url: str) -> str:
    """A short name for an address; nobody can tell the address from it."""
    return f"{_scheme(url)}-{hashlib.sha256(url.encode('utf-8', 'replace')).hexdigest()[:8]}"


# ---------------------------------------------------------------- what Apprise says

_heard: ContextVar[list[str] | None] = ContextVar("labtape_apprise_heard", default=None)


# Who logs while Apprise sends: itself, and the libraries it connects by, which at level DEBUG write the path of each request.
_TALKERS = (
    "apprise",
    "urllib3.connectionpool",
    "requests_oauthlib.oauth2_session",
    "requests_oauthlib.oauth1_session",
)


class _Ear(logging.Filter):
    """Keeps what is logged for who sends just now, and lets nobody else hear it: there are secrets in it.

    What others in this program send by Apprise is none of its business.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        heard = _heard.get()
        if heard is None:
            return True
        heard.append(record.getMessage())
        return False


@cache
def _ear() -> _Ear:
    ear = _Ear()
    for name in _TALKERS:
        logging.getLogger(name).addFilter(ear)
    return ear


@contextmanager
def _listening() -> Iterator[list[str]]:
    """The lines that Apprise logs meanwhile; they go no further than the status that is read out of them."""
    _ear()
    lines: list[str] = []
    token = _heard.set(lines)
    try:
        yield lines
    finally:
        _heard.reset(token)
