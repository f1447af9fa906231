"""The one door to the mail server: SMTP by `LINLI_MAIL_URL`, the log where there is none, a twin
for tests.
"""

import hashlib
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from urllib.parse import unquote, urlsplit

import structlog

from app.core.errors import OutsideDownError
from app.core.jobs.errors import GiveUpError
from app.core.mail.errors import AddressRefusedError
from app.core.mail.types import Mail

_log = structlog.get_logger("linli.mail")
_TIMEOUT = 20
_PERMANENT = 500

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
    try:
        with _connection(parts.scheme, host, parts.port) as server:
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(built)
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


def _connection(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    if scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port or 465, timeout=_TIMEOUT, context=context)
    server = smtplib.SMTP(host, port or 25, timeout=_TIMEOUT)
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
    return server
