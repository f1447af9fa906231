"""The papers a shop hands in."""

from __future__ import annotations

from wtforms import DateField, FileField, SelectChoice, SelectField, StringField

from app.core.forms import Form, length, optional, required
from app.core.i18n import lazy_gettext as _l
from app.merchants.types.papers import HOLDER_LENGTH, NUMBER_LENGTH, PAPER_WORDS, PaperKind


class PaperForm(Form):
    """One paper: its kind, its number, in whose name it stands, until when it holds."""

    kind = SelectField(
        _l("Which paper"),
        [required()],
        choices=[SelectChoice(kind.value, words) for kind, words in PAPER_WORDS.items()],
        default=PaperKind.LICENCE.value,
    )
    number = StringField(_l("Number"), [length(max=NUMBER_LENGTH)])
    holder = StringField(_l("In whose name"), [required(), length(max=HOLDER_LENGTH)])
    valid_until = DateField(_l("Holds until"), [optional()])
    picture = FileField(_l("Picture of it"))
