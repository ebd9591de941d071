"""Mail against a server that is not ours: aiosmtpd, with STARTTLS and a login."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Handler
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from contracts.channel import MESSAGE
from labtape.deliver import AppriseChannel, MailChannel
from labtape.exceptions import DeliveryError
from postgres import free_port

pytestmark = pytest.mark.slow


class Box(Handler):
    def __init__(self) -> None:
        super().__init__()
        self.envelopes: list[Envelope] = []
        self.answer: str | None = None

    async def handle_DATA(self, server: object, session: Session, envelope: Envelope) -> str:
        if self.answer:
            return self.answer
        self.envelopes.append(envelope)
        return "250 kept"

    def handle_message(self, message: object) -> None:
        """Kept by `handle_DATA`."""


def is_right(
    _server: object, _session: object, _envelope: object, _mechanism: object, given: LoginPassword
) -> AuthResult:
    success = (given.login, given.password) == (b"tape", b"s3cret")
    return AuthResult(success=success, handled=success)


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Box, int]]:
    """A server that takes mail after STARTTLS and a login alone; its authority is trusted."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    handler = Box()
    controller = Controller(
        handler, hostname="127.0.0.1", port=free_port(), tls_context=context, require_starttls=True,
        authenticator=is_right, auth_required=True,
    )  # fmt: skip
    controller.start()
    yield handler, controller.port
    controller.stop()


def channel(port: int, password: str = "s3cret") -> MailChannel:
    return MailChannel(
        "127.0.0.1", "tape@desk.example", ["a@desk.example"], port, user="tape", password=password
    )


def test_a_mail_goes_over_tls_after_a_login(box: tuple[Box, int]) -> None:
    handler, port = box
    channel(port).send(MESSAGE)
    (envelope,) = handler.envelopes
    mail = message_from_bytes(envelope.content, policy=default)
    assert (envelope.mail_from, envelope.rcpt_tos) == ("tape@desk.example", ["a@desk.example"])
    assert mail["Subject"] == MESSAGE.subject
    assert "Qwen at 18% of tokens 🚀" in mail.get_body(("plain",)).get_content()


def test_a_wrong_password_is_refused_for_good_and_not_shown(box: tuple[Box, int]) -> None:
    with pytest.raises(DeliveryError, match="answered 535") as error:
        channel(box[1], password="wr0ng").send(MESSAGE)
    assert error.value.lasting
    assert "wr0ng" not in str(error.value)


@pytest.mark.parametrize(("answer", "lasting"), [("451 later", False), ("554 no spam", True)])
def test_a_server_that_says_later_is_tried_again(box: tuple[Box, int], answer: str, lasting: bool) -> None:
    box[0].answer = answer
    with pytest.raises(DeliveryError) as error:
        channel(box[1]).send(MESSAGE)
    assert error.value.lasting is lasting


def test_apprise_sends_mail_to_it_as_well(box: tuple[Box, int]) -> None:
    handler, port = box
    url = f"mailto://tape:s3cret@localhost:{port}?from=tape@desk.example&to=a@desk.example&mode=starttls&smtp=localhost"
    AppriseChannel([url], [f"localhost:{port}"]).send(MESSAGE)
    (envelope,) = handler.envelopes
    assert envelope.rcpt_tos == ["a@desk.example"]
    assert "Qwen at 18% of tokens" in message_from_bytes(envelope.content, policy=default).as_string()
