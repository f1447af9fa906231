"""The words of accounts' mails, in the language being spoken."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from app.core import clock
from app.core.facts import town
from app.core.i18n import gettext as _
from app.core.settings import settings


def reset_mail(name: str, link: str) -> tuple[str, str]:
    """Return subject and text of the mail that lets somebody set a new password."""
    site = town().title
    subject = _("Set a new password on %(site)s", site=site)
    lines = [
        _("Hello %(name)s,", name=name),
        _("open this link within an hour to set a new password:"),
        link,
        _("If you did not ask for this, do nothing: your password stays as it is."),
        site,
    ]
    return subject, "\n\n".join(lines)


def changed_mail(name: str) -> tuple[str, str]:
    """Return subject and text of the mail that tells somebody their password was changed."""
    site = town().title
    subject = _("Your password on %(site)s was changed", site=site)
    lines = [
        _("Hello %(name)s,", name=name),
        _("your password was changed and all other devices were signed out."),
        _("If that was not you, set a new one at once:"),
        f"{settings().base_url}/me/reset",
        site,
    ]
    return subject, "\n\n".join(lines)


def code_text(code: str) -> str:
    """Return the text message that carries a code, the code first, so that phones offer it."""
    return _(
        "%(code)s is your code for %(site)s. It counts for 5 minutes. Give it to nobody: we never"
        " ask for it.",
        code=code,
        site=town().title,
    )


def code_mail(code: str) -> tuple[str, str]:
    """Return subject and text of the mail that carries a code."""
    subject = _("%(code)s is your code for %(site)s", code=code, site=town().title)
    return subject, code_text(code)


def way_changed_text() -> str:
    """Return the text message to an old number when how somebody signs in was changed."""
    return _(
        "How you sign in on %(site)s was changed. If that was not you, tell the town's desk.",
        site=town().title,
    )


def way_changed_mail(name: str) -> tuple[str, str]:
    """Return subject and text of the mail to an old address when how somebody signs in changed."""
    subject = _("How you sign in on %(site)s was changed", site=town().title)
    return subject, "\n\n".join([_("Hello %(name)s,", name=name), way_changed_text()])


def number_text(link: str) -> str:
    """Return the text message to an old number when the desk moves an account to a new one."""
    return _(
        "%(site)s: the desk moves your account to a new number tomorrow. Not you? Stop it here:"
        " %(link)s",
        site=town().title,
        link=link,
    )


def number_mail(name: str, number: str, link: str) -> tuple[str, str]:
    """Return subject and text of the mail when the desk moves an account to a new number."""
    subject = _("A new number for your account on %(site)s", site=town().title)
    lines = [
        _("Hello %(name)s,", name=name),
        _(
            "two people at the desk confirmed that your account gets the number %(number)s."
            " It counts from tomorrow; all devices are signed out then.",
            number=number,
        ),
        _("Was that not you? Then stop it here:"),
        link,
        town().title,
    ]
    return subject, "\n\n".join(lines)


def number_freed_mail(name: str, number: str) -> tuple[str, str]:
    """Return subject and text of the mail when somebody else has proven an account's old number."""
    subject = _("Your number left your account on %(site)s", site=town().title)
    lines = [
        _("Hello %(name)s,", name=name),
        _(
            "somebody else has the number %(number)s now and joined with it. It was taken off your"
            " account, in which nobody had been for months; everything else stays yours.",
            number=number,
        ),
        _("Sign in with your mail, password or passkey and add your new number:"),
        f"{settings().base_url}/me/settings/phone",
        _("None of them works? Two people at the town's desk help you."),
        town().title,
    ]
    return subject, "\n\n".join(lines)


def new_number_text() -> str:
    """Return the text message to a new number when the desk gives it an account."""
    return _(
        "%(site)s: from tomorrow at this time you sign in with this number and a code.",
        site=town().title,
    )


def farewell_text() -> str:
    """Return the last text message to somebody who left."""
    return _(
        "%(site)s: your account is closed, and this number is deleted here. Orders, bills and what"
        " you agreed to stay without your name, as long as the law asks: %(link)s",
        site=town().title,
        link=f"{settings().base_url}/privacy",
    )


def farewell_mail(
    at: datetime,
    *,
    gone: Sequence[str],
    stays: Mapping[str, str],
    until: Sequence[tuple[str, date]],
    keeps_words: bool,
) -> tuple[str, str]:
    """Return subject and text of the last letter: what went, what stays and until when."""
    site = town().title
    subject = _("Your account on %(site)s is closed", site=site)
    kept = _("What you wrote stays, without your name.")
    reasons = [f"- {title}: {why}" for title, why in stays.items()]
    lines = [
        _("Hello,"),
        _("your account was closed on %(day)s, as you asked.", day=f"{clock.local(at):%Y-%m-%d}")
        + " "
        + (kept if keeps_words else _("What you wrote goes, too.")),
        "\n".join([_("Deleted or emptied:"), *(f"- {title}" for title in gone)]),
        "\n".join([_("This stays, and why:"), *reasons]),
        "\n".join([_("And until when:"), *(f"- {title}: {day}" for title, day in until)]),
        _("The address of this letter was deleted with it: nobody here can write to you any more."),
        f"{settings().base_url}/privacy",
        site,
    ]
    return subject, "\n\n".join(lines)
