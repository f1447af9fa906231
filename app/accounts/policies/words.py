"""The words of accounts' mails, in the language being spoken."""

from app.core.i18n import gettext as _
from app.core.settings import settings


def reset_mail(name: str, link: str) -> tuple[str, str]:
    """Return subject and text of the mail that lets somebody set a new password."""
    site = settings().site_name
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
    site = settings().site_name
    subject = _("Your password on %(site)s was changed", site=site)
    lines = [
        _("Hello %(name)s,", name=name),
        _("your password was changed and all other devices were signed out."),
        _("If that was not you, set a new one at once:"),
        f"{settings().base_url}/me/reset",
        site,
    ]
    return subject, "\n\n".join(lines)
