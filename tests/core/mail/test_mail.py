"""Mail goes out over real SMTP, once on record, and no header can be smuggled in."""

import email
import email.policy
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from flask import Flask

from app.core.db import transaction
from app.core.errors import OutsideDownError
from app.core.jobs import services as jobs
from app.core.jobs.errors import GiveUpError
from app.core.jobs.types import JobState
from app.core.mail import gateway
from app.core.mail.errors import MailAddressError
from app.core.mail.services import send_mail
from app.core.mail.types import Mail

pytestmark = pytest.mark.usefixtures("app")
SENDER = "邻里 <no-reply@linli.test>"


class Catcher:
    """A mail server that keeps what comes, and answers some addresses with a refusal."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address.startswith("never"):
            return "550 no such person"
        if address.startswith("busy"):
            return "450 come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self, _server: Any, _session: Any, envelope: Envelope
    ) -> str:
        content = envelope.original_content or b""
        mail = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@pytest.fixture
def server() -> Iterator[tuple[str, list[EmailMessage]]]:
    catcher = Catcher()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(catcher, hostname="127.0.0.1", port=port)
    controller.start()
    yield f"smtp://127.0.0.1:{port}", catcher.mails
    controller.stop()


def test_a_chinese_mail_arrives_as_text_and_as_a_page(
    server: tuple[str, list[EmailMessage]],
) -> None:
    url, mails = server
    mail = Mail("anna@example.org", "有人回复了你 · 邻里", "你好，\n去看看", "<p>你好</p>", key="k")
    gateway.deliver(mail, url=url, sender=SENDER)
    (caught,) = mails
    assert caught["Subject"] == "有人回复了你 · 邻里"
    assert "邻里" in caught["From"]
    text, page = caught.get_body(("plain",)), caught.get_body(("html",))
    assert text is not None
    assert page is not None
    assert text.get_content().split() == ["你好，", "去看看"]
    assert "<p>你好</p>" in page.get_content()


def test_a_keyed_mail_keeps_its_id_when_it_is_tried_again() -> None:
    mail = Mail("a@example.org", "s", "t", key="order:5")
    first, again = (gateway.message(mail, sender=SENDER)["Message-ID"] for _try in range(2))
    assert first == again
    unkeyed = Mail("a@example.org", "s", "t")
    assert len({gateway.message(unkeyed, sender=SENDER)["Message-ID"] for _try in range(2)}) == 2


def test_never_is_final_and_busy_or_silent_is_tried_again(
    server: tuple[str, list[EmailMessage]],
) -> None:
    url, mails = server
    with pytest.raises(GiveUpError):
        gateway.deliver(Mail("never@example.org", "s", "t"), url=url, sender=SENDER)
    with pytest.raises(OutsideDownError):
        gateway.deliver(Mail("busy@example.org", "s", "t"), url=url, sender=SENDER)
    with pytest.raises(OutsideDownError):
        gateway.deliver(Mail("a@example.org", "s", "t"), url="smtp://127.0.0.1:1", sender=SENDER)
    with pytest.raises(GiveUpError):
        gateway.deliver(Mail("a@example.org", "s", "t"), url="pigeon://coop", sender=SENDER)
    assert mails == []


@pytest.mark.parametrize(
    "address",
    [
        "anna@example.org\nBcc: all@example.org",
        "anna@example.org, bob@example.org",
        "Anna <anna@example.org>",
        "anna",
        "@example.org",
        "",
        "a@b\r\n",
        "anna@@example.org",
    ],
)
def test_what_is_more_or_less_than_an_address_is_refused(address: str) -> None:
    with pytest.raises(MailAddressError), transaction():
        send_mail(address, "s", "t")


def test_a_line_break_in_a_subject_makes_no_header(app: Flask) -> None:
    with transaction():
        row = send_mail("anna@example.org", "你好\r\nBcc: all@example.org", "t", key="one")
        assert send_mail("anna@example.org", "again", "t", key="one").id == row.id
    assert row.payload["subject"] == "你好 Bcc: all@example.org"
    built = gateway.message(Mail("a@example.org", row.payload["subject"], "t"), sender=SENDER)
    assert built["Bcc"] is None
    with pytest.raises(ValueError, match="linefeed|newline"):
        gateway.message(Mail("a@example.org", "x\nBcc: b@example.org", "t"), sender=SENDER)


def test_mail_waits_in_the_outbox_and_is_sent_by_the_job() -> None:
    with transaction():
        row = send_mail("anna@example.org", "你好", "t")
    assert jobs.run_now(row).state is JobState.DONE


@pytest.mark.parametrize("host", ["mail.example", "192.0.2.7", "2001:db8::7"])
def test_no_password_is_said_where_others_can_listen(host: str) -> None:
    with pytest.raises(OutsideDownError, match="no password is said"):
        gateway.check_unheard(host, is_secret=False)
    gateway.check_unheard(host, is_secret=True)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_server_on_the_same_machine_needs_no_encryption(host: str) -> None:
    gateway.check_unheard(host, is_secret=False)
