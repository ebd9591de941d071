from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from contracts.channel import MESSAGE, ODD, ChannelContract
from labtape.deliver import MailChannel
from labtape.exceptions import DeliveryError

from .servers import MailLog, smtp_server

SENDER = "Tape <tape@desk.example>"


@pytest.fixture
def log() -> Iterator[MailLog]:
    with smtp_server() as log:
        yield log


def channel_to(log: MailLog, *recipients: str, **given: object) -> MailChannel:
    plain = {"starttls": False, "clock": lambda: datetime(2026, 6, 3, 12, tzinfo=UTC)}
    return MailChannel("127.0.0.1", SENDER, recipients or ("a@desk.example",), log.port, **(plain | given))


def mails(log: MailLog) -> list[EmailMessage]:
    return [message_from_bytes(raw, policy=default) for raw in log.mails]


class TestMailChannel(ChannelContract):
    @pytest.fixture
    def channel(self, log: MailLog) -> MailChannel:
        return channel_to(log)

    @pytest.fixture
    def arrived(self, log: MailLog) -> Callable[[], list[str]]:
        return lambda: [part.get_content() for mail in mails(log) for part in mail.iter_parts()]

    @pytest.fixture
    def broken(self) -> MailChannel:
        return MailChannel("127.0.0.1", SENDER, ["a@desk.example"], 1)


def test_a_mail_has_a_text_and_an_html_part(log: MailLog) -> None:
    channel_to(log, "a@desk.example", "b@desk.example").send(MESSAGE)
    (mail,) = mails(log)
    assert mail["Subject"] == MESSAGE.subject
    assert (mail["From"], mail["To"]) == (SENDER, "a@desk.example, b@desk.example")
    assert mail["Date"] == "Wed, 03 Jun 2026 12:00:00 +0000"
    assert mail.get_content_type() == "multipart/alternative"
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == MESSAGE.markdown.splitlines()  # mail ends lines with CR LF
    assert html.get_content().splitlines() == MESSAGE.html.splitlines()
    assert log.senders == ["tape@desk.example"]
    assert log.recipients == [["a@desk.example", "b@desk.example"]]


def test_a_mail_is_seven_bits_and_short_lines_for_the_oldest_server(log: MailLog) -> None:
    for message in (MESSAGE, ODD):
        channel_to(log).send(message)
    for raw in log.mails:
        assert raw.isascii()
        assert max(map(len, raw.split(b"\r\n"))) < 998


def test_a_subject_of_several_lines_cannot_bring_a_header(log: MailLog) -> None:
    channel_to(log).send(ODD)
    (mail,) = mails(log)
    assert mail["Subject"] == "two lines and ? half a pair"


def test_the_same_digest_sent_twice_has_the_same_id(log: MailLog) -> None:
    for message in (MESSAGE, MESSAGE, ODD):
        channel_to(log).send(message)
    first, again, other = (mail["Message-ID"] for mail in mails(log))
    assert first == again != other
    assert first.endswith("@desk.example>")


def test_recipients_may_be_written_with_commas(log: MailLog) -> None:
    MailChannel("127.0.0.1", SENDER, "a@x.example, b@x.example", log.port, starttls=False).send(MESSAGE)
    assert log.recipients == [["a@x.example", "b@x.example"]]


def test_those_the_server_refuses_are_named_and_the_others_get_it(log: MailLog) -> None:
    log.refuses = {"b@desk.example"}
    with pytest.raises(DeliveryError, match=r"did not take it for b@desk\.example"):
        channel_to(log, "a@desk.example", "b@desk.example").send(MESSAGE)
    assert log.recipients == [["a@desk.example"]]


def test_a_server_that_refuses_all_is_an_error(log: MailLog) -> None:
    log.refuses = {"a@desk.example"}
    with pytest.raises(DeliveryError, match=r"took it for none of a@desk\.example"):
        channel_to(log).send(MESSAGE)


@pytest.mark.parametrize("farewell", ["421 busy", "554 no"])
def test_a_mail_that_was_taken_is_sent_whatever_the_server_says_at_the_end(
    log: MailLog, farewell: str
) -> None:
    log.farewell = farewell
    channel_to(log).send(MESSAGE)
    assert len(log.mails) == 1


def test_a_server_without_tls_gets_nothing_unless_told(log: MailLog) -> None:
    with pytest.raises(DeliveryError, match="STARTTLS"):
        channel_to(log, starttls=True).send(MESSAGE)
    assert log.mails == []


def test_a_password_is_never_sent_without_tls(log: MailLog) -> None:
    with pytest.raises(DeliveryError, match="no password is sent without TLS"):
        channel_to(log, user="tape", password="s3cret").send(MESSAGE)


@pytest.mark.parametrize("address", ["", "nobody", "a@", "@b", "a@b\r\nBcc: c@d", "a b@c d"])
def test_an_address_that_is_none_is_an_error(log: MailLog, address: str) -> None:
    with pytest.raises(DeliveryError):
        channel_to(log, address).send(MESSAGE)
    assert log.mails == []


def test_secrets_are_not_shown() -> None:
    assert "s3cret" not in repr(MailChannel("h", SENDER, (), password="s3cret"))
