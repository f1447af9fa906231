"""The one door to the mail server: SMTP by `LINLI_MAIL_URL`, the log where there is none, a twin
for tests.
"""

import hashlib
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from ipaddress import ip_address
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import structlog

from app.core.errors import OutsideDownError
from app.core.jobs.errors import GiveUpError
from app.core.mail.errors import AddressRefusedError
from app.core.mail.types import Mail
from app.core.patience import WAITS, hanging_up
from app.core.settings import settings

_log = structlog.get_logger("linli.mail")
# Mail servers let strangers wait before the first word: twice what others get.
_MORE_PATIENCE = 2
_READY, _PERMANENT = 220, 500

collected: list[Mail] = []


def deliver(mail: Mail, *, url: str, sender: str) -> None:
    """Hand one mail to the server named by `url`.

    A server that is silent or busy raises OutsideDownError (tried again), one that says never
    raises GiveUpError.
    """
    scheme = urlsplit(url).scheme
    if scheme == "log":
        _log.info("mail", to=mail.to)
    elif scheme == "collect":
        collected.append(mail)
    elif scheme in {"smtp", "smtps"}:
        _send(message(mail, sender=sender), url)
    else:
        raise GiveUpError(f"LINLI_MAIL_URL: {scheme} is not smtp, smtps or log")


def message(mail: Mail, *, sender: str) -> EmailMessage:
    """Return the mail as it goes over the wire; a line break in any header is refused by the
    library.
    """
    built = EmailMessage()
    built["From"] = sender
    built["To"] = mail.to
    built["Subject"] = mail.subject
    built["Date"] = formatdate(usegmt=True)
    built["Message-ID"] = _message_id(mail, sender)
    built["Auto-Submitted"] = "auto-generated"
    if mail.stop is not None:
        built["List-Unsubscribe"] = f"<{mail.stop}>"
        built["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    built.set_content(mail.text)
    if mail.html is not None:
        built.add_alternative(mail.html, subtype="html")
    return built


def _message_id(mail: Mail, sender: str) -> str:
    """Return an id that stays the same when a keyed mail is tried again, so that servers can drop
    the double.
    """
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    if not mail.key:
        return make_msgid(domain=domain)
    return f"<{hashlib.sha256(mail.key.encode()).hexdigest()[:32]}@{domain}>"


def _send(built: EmailMessage, url: str) -> None:
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    server = _line(parts.scheme, host)
    try:
        with hanging_up(lambda: server.sock, WAITS * _patience()):
            _connect(server, parts.scheme, host, parts.port)
            if parts.username:
                check_unheard(host, is_secret=isinstance(server.sock, ssl.SSLSocket))
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(built)
        # The letter is theirs now: what they say to our leaving must not send it again.
        with suppress(smtplib.SMTPException, OSError):
            server.putcmd("quit")
    except smtplib.SMTPRecipientsRefused as refused:
        answers = list(refused.recipients.values())
        if all(code >= _PERMANENT for code, _why in answers):
            code, why = answers[0]
            words = why.decode("utf-8", "replace")
            # 5.7: it is us or the letter that the server minds, not the address.
            kind = GiveUpError if words.startswith("5.7") else AddressRefusedError
            raise kind(f"the address is refused: {code} {words}"[:200]) from refused
        raise OutsideDownError from refused
    except smtplib.SMTPResponseException as refused:
        if refused.smtp_code >= _PERMANENT:
            raise GiveUpError(f"the mail server answers {refused.smtp_code}") from refused
        raise OutsideDownError from refused
    except (smtplib.SMTPException, OSError) as silent:
        raise OutsideDownError from silent
    finally:
        server.close()


def check_unheard(host: str, *, is_secret: bool) -> None:
    """Refuse to say a password to a server on the network that offers no encryption."""
    with suppress(ValueError):
        if ip_address(host).is_loopback:
            return
    if not is_secret and host != "localhost":
        raise OutsideDownError(
            f"{host} offers no encryption: no password is said to it; use smtps:// or STARTTLS"
        )


def _patience() -> float:
    return _MORE_PATIENCE * settings().outside_seconds


def _line(scheme: str, host: str) -> smtplib.SMTP:
    """Return a line that is not open yet, so that it can be hung up on from its first moment."""
    line: Any
    if scheme == "smtps":
        line = smtplib.SMTP_SSL(timeout=_patience(), context=ssl.create_default_context())
    else:
        line = smtplib.SMTP(timeout=_patience())
    line._host = host  # whose certificate is expected; only a line opened at once is told
    return cast(smtplib.SMTP, line)


def _connect(server: smtplib.SMTP, scheme: str, host: str, port: int | None) -> None:
    code, words = server.connect(host, port or (465 if scheme == "smtps" else 25))
    if code != _READY:
        raise smtplib.SMTPConnectError(code, words)
    if scheme == "smtps":
        return
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
