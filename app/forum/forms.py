"""The forms of the forum: their shape, not their rules."""

from typing import Any

from wtforms import (
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import HiddenInput

from app.core.forms import Form, length, number_range, optional, required
from app.core.i18n import lazy_gettext as _l
from app.core.i18n import lazy_pgettext, pick
from app.forum.types import BODY_LENGTH, KIND_LABELS, PICTURE_LIMIT, TITLE_LENGTH, ThreadKind
from app.moderation.parts import CONSENT_CHOICES

DETAIL = "detail_"


class _Pictures(Form):
    pictures = MultipleFileField(_l("Pictures"))
    consent = RadioField(
        _l("Are there people in the pictures?"), [optional()], choices=CONSENT_CHOICES
    )

    @property
    def files(self) -> list[Any]:
        """The files that were really chosen, no more than a post takes."""
        sent = [file for file in self.pictures.data or [] if getattr(file, "filename", "")]
        return sent[:PICTURE_LIMIT]


class ReplyForm(_Pictures):
    """A post in a thread, with what it quotes."""

    body = TextAreaField(_l("Your reply"), [required(), length(max=BODY_LENGTH)])
    quote_number = IntegerField(
        "", [optional(), number_range(min=1, max=10_000_000)], widget=HiddenInput()
    )
    quote = TextAreaField(_l("Quoted part"), [optional(), length(max=2000)])
    talk = HiddenField("")
    back = HiddenField("")


class ThreadForm(_Pictures):
    """A new thread; `details` are the fields a board asks for."""

    kind = RadioField(_l("What is it?"), choices=[], default=ThreadKind.DISCUSSION.value)
    title = StringField(_l("Title"), [required(), length(max=TITLE_LENGTH)])
    body = TextAreaField(lazy_pgettext("forum", "Text"), [required(), length(max=BODY_LENGTH)])

    def offer(self, kinds: list[ThreadKind]) -> None:
        """Offer the kinds of thread that this person may open here."""
        self.kind.choices = [SelectChoice(kind.value, KIND_LABELS[kind]) for kind in kinds]


def thread_form_for(fields: list[dict[str, str]]) -> type[ThreadForm]:
    """Return the form of a board that asks for these fields beside title and text."""
    extra = {
        f"{DETAIL}{place}": StringField(
            pick(asked.get("label"), asked.get("label_en")), [required(), length(max=120)]
        )
        for place, asked in enumerate(fields)
    }
    return type("BoardThreadForm", (ThreadForm,), extra)


class EditForm(Form):
    """A post's new text; the title only where the post opened a thread."""

    title = StringField(_l("Title"), [optional(), length(max=TITLE_LENGTH)])
    body = TextAreaField(lazy_pgettext("forum", "Text"), [required(), length(max=BODY_LENGTH)])


class ReasonForm(Form):
    """A button with a reason."""

    reason = StringField(_l("Reason"), [required(), length(max=200)])


class DutyForm(ReasonForm):
    """What duty people do with a thread, and why."""

    change = SelectField(
        _l("What to do"),
        [required()],
        choices=[
            SelectChoice("pin", lazy_pgettext("forum", "Pin")),
            SelectChoice("unpin", lazy_pgettext("forum", "Unpin")),
            SelectChoice("close", lazy_pgettext("forum", "Close")),
            SelectChoice("reopen", lazy_pgettext("forum", "Reopen")),
            SelectChoice("hide", lazy_pgettext("forum", "Hide")),
            SelectChoice("show", _l("Show again")),
            SelectChoice("move", _l("Put on another board")),
        ],
    )
    board = SelectField(_l("Which board"), [optional()], choices=[])

    def offer(self, boards: list[tuple[int, str, str | None]]) -> None:
        """Offer the boards a thread can be put on."""
        named = [SelectChoice(str(number), pick(name, twin)) for number, name, twin in boards]
        self.board.choices = [SelectChoice("", "–"), *named]
