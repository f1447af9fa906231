"""Why a time is closed."""

from __future__ import annotations

from wtforms import StringField

from app.core.forms import Form, length, required
from app.core.i18n import lazy_gettext as _l


class ReasonForm(Form):
    """What the buyers of a closed time are told."""

    reason = StringField(_l("Why"), [required(), length(max=300)])
