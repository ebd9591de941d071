from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest

from contracts.channel import MESSAGE, ChannelContract
from labtape.deliver import AppriseChannel, channel_from_settings, channel_of, targets_of
from labtape.exceptions import DeliveryError, SettingsError

from .servers import HttpLog, MailLog, http_server, smtp_server

SECRET = "s3cretTok3n"


@pytest.fixture
def log() -> Iterator[MailLog]:
    with smtp_server() as log:
        yield log


@pytest.fixture
def web() -> Iterator[HttpLog]:
    with http_server() as log:
        yield log


def mail_to(log: MailLog, name: str = "a") -> str:
    return f"mailto://127.0.0.1:{log.port}?from=tape@desk.example&to={name}@desk.example&mode=insecure"


def by_mail(log: MailLog, *names: str) -> AppriseChannel:
    return AppriseChannel([mail_to(log, name) for name in names or "a"], [f"127.0.0.1:{log.port}"])


def by_ntfy(web: HttpLog) -> AppriseChannel:
    """A service that is told by HTTP; the token stands in the address."""
    return AppriseChannel([f"ntfy://{SECRET}@{web.place}/topic?auth=token"], [web.place])


def texts(log: MailLog) -> list[str]:
    mails = [message_from_bytes(raw, policy=default) for raw in log.mails]
    return [
        part.get_content() for mail in mails for part in mail.walk() if part.get_content_maintype() == "text"
    ]


class TestAppriseChannel(ChannelContract):
    @pytest.fixture
    def channel(self, log: MailLog) -> AppriseChannel:
        return by_mail(log)

    @pytest.fixture
    def arrived(self, log: MailLog) -> Callable[[], list[str]]:
        return lambda: texts(log)

    @pytest.fixture
    def broken(self) -> AppriseChannel:
        url = "mailto://127.0.0.1:1?from=a@desk.example&to=b@desk.example&mode=insecure"
        return AppriseChannel([url], ["127.0.0.1:1"])


def test_each_address_gets_the_message_and_the_subject(log: MailLog) -> None:
    by_mail(log, "a", "b").send(MESSAGE)
    assert sorted(name for names in log.recipients for name in names) == ["a@desk.example", "b@desk.example"]
    assert {message_from_bytes(raw, policy=default)["Subject"] for raw in log.mails} == {MESSAGE.subject}


def test_each_address_is_a_target_of_its_own(log: MailLog) -> None:
    options = {
        "kind": "apprise",
        "urls": [mail_to(log, "a"), mail_to(log, "b")],
        "allow_private": [f"127.0.0.1:{log.port}"],
    }
    first, second = targets_of("team", options)
    assert first.startswith("team/mailto-")
    assert first != second
    channel_of(second, {"team": options}).send(MESSAGE)
    assert log.recipients == [["b@desk.example"]]


def test_a_target_that_the_settings_lost_is_dead(log: MailLog) -> None:
    options = {"kind": "apprise", "urls": [mail_to(log)]}
    for target, message in (("team/mailto-00000000", "have no address"), ("gone", "have no such channel")):
        with pytest.raises(DeliveryError, match=message) as error:
            channel_of(target, {"team": options})
        assert error.value.lasting


def test_a_service_told_by_http_gets_it(web: HttpLog) -> None:
    web.status = 200
    by_ntfy(web).send(MESSAGE)
    assert len(web.bodies) == 1


@pytest.mark.parametrize(
    ("status", "lasting"), [(401, True), (404, True), (429, False), (500, False), (503, False), (307, True)]
)
def test_a_service_that_refuses_is_told_by_its_status_and_its_scheme_alone(
    web: HttpLog,
    status: int,
    lasting: bool,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    web.status = status
    with caplog.at_level(logging.DEBUG, "apprise"), pytest.raises(DeliveryError) as error:
        by_ntfy(web).send(MESSAGE)
    assert str(error.value) == f"apprise ntfy://…: answered {status}"
    assert error.value.lasting is lasting
    shown = caplog.text + "".join(capfd.readouterr())
    assert SECRET not in shown


def test_a_secret_in_the_path_is_in_no_log_of_any_library(
    web: HttpLog, caplog: pytest.LogCaptureFixture
) -> None:
    web.status = 500
    channel = AppriseChannel([f"mmost://{web.place}/{SECRET}"], [web.place])
    with caplog.at_level(logging.DEBUG), pytest.raises(DeliveryError):
        channel.send(MESSAGE)
    assert len(web.bodies) == 1
    assert SECRET not in caplog.text


def test_a_redirect_is_not_followed(web: HttpLog) -> None:
    with http_server() as other:
        web.status, web.answers = 307, {"Location": other.url}
        with pytest.raises(DeliveryError):
            by_ntfy(web).send(MESSAGE)
        assert other.bodies == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.1.2.3"])
def test_a_private_address_is_refused_unless_it_is_allowed(host: str) -> None:
    with pytest.raises(
        DeliveryError, match=rf"{host}:2525 is no public address; would connect when allow_private"
    ) as error:
        AppriseChannel([f"mailto://{SECRET}:{SECRET}@{host}:2525?from=a@b.example&to=c@d.example"]).send(
            MESSAGE
        )
    assert error.value.lasting
    assert SECRET not in str(error.value)


def test_an_address_that_apprise_cannot_read_is_an_error_without_it(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    for url in (f"slack://{SECRET}", f"nosuchservice://{SECRET}"):
        with (
            caplog.at_level(logging.DEBUG),
            pytest.raises(DeliveryError, match="Apprise cannot read this address") as error,
        ):
            AppriseChannel([url]).send(MESSAGE)
        assert SECRET not in str(error.value)
    assert SECRET not in caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("urls", "message"),
    [
        ([], "needs a list of addresses"),
        ("mailto://x", "needs a list of addresses"),
        ([7], "needs a list of addresses"),
        ([f"mailto://a:{SECRET}@b.example", f"{SECRET}@b"], "number 2 is no address; write SERVICE://…"),
        ([f"jsons://{SECRET}@b.example"], 'number 1 is jsons://; .*use kind = "webhook"'),
    ],
)
def test_addresses_that_could_not_work_are_told_without_them(urls: object, message: str) -> None:
    with pytest.raises(SettingsError, match=rf"\[deliver\.team\] urls: {message}") as error:
        channel_from_settings("team", {"kind": "apprise", "urls": urls})
    assert SECRET not in str(error.value)


def test_addresses_are_not_shown() -> None:
    assert SECRET not in repr(AppriseChannel([f"slack://{SECRET}"]))


@pytest.mark.parametrize(
    "words", ["hi @everyone", "@here now", "@Channel", "<!channel> up", "<@12345>", "@!1 @&2"]
)
def test_a_headline_calls_nobody_of_a_room(web: HttpLog, words: str) -> None:
    web.status = 200
    by_ntfy(web).send(replace(MESSAGE, subject=words, markdown=f"Said: {words}"))
    sent = json.loads(web.bodies[0])
    assert words not in sent["title"] + sent["message"]
    assert words.rstrip(">")[-1] in sent["title"] + sent["message"]


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f.1", "localhost.", "0"])
def test_other_spellings_of_this_machine_are_refused_or_not_read(host: str) -> None:
    with pytest.raises((DeliveryError, SettingsError)):
        AppriseChannel([f"ntfy://{host}/topic"], []).send(MESSAGE)
