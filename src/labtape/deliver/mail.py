"""A message as a mail."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from labtape.exceptions import DeliveryError
from labtape.ports import Clock, Message, utc_now


@dataclass(frozen=True, slots=True)
class MailChannel:
    """Sends a mail with the Markdown as its text and the HTML beside it.

    TLS is asked for with STARTTLS; `tls=True` speaks it from the first byte (port 465), `starttls=False` is for a
    server on this machine. A `user` logs in, never without TLS. `recipients` is a list, or addresses with commas.
    """

    host: str
    sender: str
    recipients: Sequence[str]
    port: int = 587
    starttls: bool = True
    tls: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 30.0
    clock: Clock = utc_now
    name: str = "mail"

    def send(self, message: Message) -> None:
        place = f"mail {self.host}:{self.port}"
        if self.user and not (self.tls or self.starttls):
            raise DeliveryError(
                f"{place}: no password is sent without TLS; set starttls or tls", lasting=True
            )
        recipients = _addresses(self.recipients, place=place)
        (sender,) = _addresses([self.sender], place=place)
        mail = as_mail(message, sender=sender, recipients=recipients, now=self.clock())
        try:
            refused = self._hand_over(mail, sender, recipients)
        except (smtplib.SMTPException, OSError, ValueError) as e:
            raise DeliveryError(f"{place}: {_reason(e)}", lasting=_is_lasting(e)) from e
        if refused:
            said = f"{place}: did not take it for {', '.join(sorted(refused))}"
            raise DeliveryError(said, lasting=True)  # the others have it, and are not to get it twice

    def _hand_over(self, mail: EmailMessage, sender: str, recipients: Sequence[str]) -> dict[str, object]:
        """Those the server refused while it took others."""
        context = ssl.create_default_context()
        with (
            smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
            if self.tls
            else smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        ) as server:
            if self.starttls and not self.tls:
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password or "")
            refused: dict[str, object] = dict(server.send_message(mail, sender, list(recipients)))
            with suppress(smtplib.SMTPException, OSError):
                server.quit()  # the server has the mail: what it says to the farewell changes nothing
            server.close()
            return refused


def as_mail(message: Message, *, sender: str, recipients: Sequence[str], now: datetime) -> EmailMessage:
    """The mail itself: the same bytes for the same message and time, but for the boundary between its parts."""
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))  # not every server takes eight
    mail["Subject"] = _utf8(" ".join(message.subject.replace("\0", " ").split()))
    mail["From"] = sender
    mail["To"] = ", ".join(recipients)
    mail["Date"] = format_datetime(now)
    content = message.id or f"{message.subject}\n{message.markdown}\n{now:%Y-%m-%d}"
    digest = hashlib.sha256(_utf8(content).encode()).hexdigest()
    mail["Message-ID"] = f"<{digest[:32]}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    mail.set_content(_utf8(message.markdown))
    mail.add_alternative(_utf8(message.mail or message.html), subtype="html")
    return mail


def _utf8(text: str) -> str:
    """The text with a question mark for half a surrogate pair."""
    return text.encode("utf-8", "replace").decode()


def _addresses(given: str | Sequence[str], *, place: str) -> tuple[str, ...]:
    """The addresses, each checked as far as a line of SMTP could be broken by it."""
    parts = given.split(",") if isinstance(given, str) else given
    addresses = tuple(part.strip() for part in parts if part.strip())
    if not addresses:
        raise DeliveryError(f"{place}: needs a sender and at least one recipient", lasting=True)
    for address in addresses:
        bare = parseaddr(address)[1]
        if not address.isprintable() or " " in bare or not all(bare.partition("@")):
            raise DeliveryError(f"{place}: {address!r} is no mail address; write NAME@SERVER", lasting=True)
    return addresses


def _is_lasting(error: Exception) -> bool:
    """Whether the server would say the same again: replies of 5xx, as SMTP has them."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


def _reason(error: Exception) -> str:
    """What the server or the network said, on one line."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"took it for none of {', '.join(sorted(error.recipients))}"
    if isinstance(error, smtplib.SMTPResponseException):
        raw = error.smtp_error
        said = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
        return " ".join(f"answered {error.smtp_code} {said}".split())
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return " ".join(str(error).split()) or type(error).__name__
