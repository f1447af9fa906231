"""What residents send to promotions."""

from __future__ import annotations

from wtforms import HiddenField, StringField

from app.core.forms import Form, length, required
from app.core.i18n import lazy_gettext as _l


class TakeForm(Form):
    """A coupon to take, and the link by which somebody came."""

    sharer = HiddenField()


class CodeForm(Form):
    """A coupon's code."""

    code = StringField(_l("Coupon code"), [required(), length(max=20)])
