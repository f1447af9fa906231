"""Shapes of what the operator types."""

from decimal import Decimal
from typing import Any

import wtforms
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FieldList,
    FileField,
    FormField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.errors import FieldError
from app.core.forms import (
    Form,
    length,
    mail_address,
    minor_in,
    needed,
    number_range,
    optional,
    required,
    short_name,
)
from app.core.i18n import lazy_gettext as _l
from app.merchants.types import MEASURE_WORDS, Rate, SlotMeasure, TermsWay
from app.places.parts import PositionForm, datum_field


class ReasonForm(Form):
    """Why a privileged act is done."""

    reason = StringField(_l("Reason"), [required(), length(max=200)])


class RulingForm(Form):
    """What the town decides in an after-sale case, who answers for it, and why."""

    turn = wtforms.HiddenField()
    remedy = RadioField(
        _l("What the buyer gets"), [required(_l("Choose what the buyer gets."))], choices=[]
    )
    amount = StringField(_l("How much, for part of the money"), [optional(), length(max=20)])
    liable = RadioField(
        _l("Who answers for it"), [required(_l("Choose who answers for it."))], choices=[]
    )
    reason = StringField(_l("Reason"), [required(), length(max=500)])

    @property
    def number(self) -> int:
        """The turn that the page showed; what is no number fits no case."""
        sent = (self.turn.data or "")[:9]
        return int(sent) if sent.isascii() and sent.isdigit() else -1


class RoleForm(Form):
    """A role to give."""

    role = SelectField(_l("Role"), [required()])
    reason = StringField(_l("Reason"), [required(), length(max=200)])


class SanctionForm(Form):
    """A silence or suspension."""

    kind = SelectField(_l("What"))
    days = IntegerField(_l("For how many days"), [required(), number_range(min=1, max=3650)])
    rule = SelectField(_l("Rule"))
    reason = StringField(_l("Reason"), [required(), length(max=200)])


class DecisionForm(Form):
    """What becomes of something in review."""

    decision = RadioField(_l("Decision"), [required()])
    rule = SelectField(_l("Rule"))
    note = StringField(_l("Note to the author"), [length(max=300)])


class WordForm(Form):
    """Words for the list, one a line."""

    words = TextAreaField(_l("Words, one a line"), [required(), length(max=4000)])
    outcome = SelectField(_l("What happens"))


class ReceiptForm(Form):
    """Money that came in for a bill."""

    amount = DecimalField(_l("Amount"), [required(), number_range(min=0, max=10**10)], places=None)
    way = SelectField(_l("Way"))
    reference = StringField(_l("Reference"), [length(max=120)])
    received_on = DateField(_l("Day"), [required()])


class BoardForm(Form):
    """A board's words and rules."""

    name = StringField(_l("Name in Chinese"), [required(), length(max=60)])
    name_en = StringField(_l("Name in English"), [length(max=60)])
    promise = StringField(_l("Promise in Chinese"), [required(), length(max=200)])
    promise_en = StringField(_l("Promise in English"), [length(max=200)])
    rules = TextAreaField(_l("Rules in Chinese"), [length(max=4000)])
    rules_en = TextAreaField(_l("Rules in English"), [length(max=4000)])
    asks = TextAreaField(
        _l("What a new thread must say, one a line: 中文 / English"), [optional(), length(max=600)]
    )
    leader = StringField(_l("Who leads: the person's name"), [optional(), length(max=60)])
    review = SelectField(_l("Whose posts are held for review"))
    position = IntegerField(_l("Place in the list"), [optional(), number_range(min=0, max=1000)])


class CategoryForm(Form):
    """A trade."""

    slug = StringField(_l("Short name for the address"), [required(), length(max=40), short_name()])
    name_zh = StringField(_l("Name in Chinese"), [required(), length(max=60)])
    name_en = StringField(_l("Name in English"), [length(max=60)])
    drawing = RadioField(_l("Drawing"))
    position = IntegerField(_l("Place in the list"), [optional(), number_range(min=0, max=1000)])


class NeighbourhoodForm(Form):
    """A part of the town: its name and middle, and its outline as pairs of degrees."""

    name = StringField(_l("Name in Chinese"), [required(), length(max=60)])
    name_en = StringField(_l("Name in English"), [length(max=80)])
    slug = StringField(_l("Short name for the address"), [required(), length(max=60), short_name()])
    lat = DecimalField(_l("Latitude"), [required(), number_range(min=-90, max=90)], places=None)
    lng = DecimalField(_l("Longitude"), [required(), number_range(min=-180, max=180)], places=None)
    datum = datum_field()
    polygon = TextAreaField(_l("Outline: one “latitude, longitude” a line"), [length(max=20000)])
    position = IntegerField(_l("Place in the list"), [optional(), number_range(min=0, max=1000)])


class StretchRow(wtforms.Form):  # type: ignore[misc] # WTForms has no types
    """Some weekdays' hours at a pickup point, in slots of one length with room for so much each."""

    weekdays = SelectMultipleField(
        _l("Weekdays"),
        [required()],
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    opens = StringField(_l("From (17:30)"), [required(), length(max=5)])
    closes = StringField(_l("To (20:30)"), [required(), length(max=5)])
    slot_minutes = IntegerField(
        _l("Minutes of one slot"), [required(), number_range(min=5, max=720)], default=30
    )
    capacity = IntegerField(
        _l("How much in each time"), [required(), number_range(min=1, max=10000)], default=20
    )
    out = BooleanField(_l("Leave this one out"))

    @property
    def is_out(self) -> bool:
        """Whether this line counts for nothing: left out, or not begun."""
        return bool(self.out.data or not (self.opens.data or self.closes.data))

    def validate(self, extra_validators: Any = None) -> bool:
        """Look at a line that counts."""
        return True if self.is_out else bool(super().validate(extra_validators))


class PointForm(PositionForm):
    """A pickup point of the site."""

    name_zh = StringField(_l("Name in Chinese"), [required(), length(max=80)])
    name_en = StringField(_l("Name in English"), [length(max=80)])
    address = StringField(_l("Address"), [required(), length(max=200)])
    note = StringField(_l("Note"), [length(max=300)])
    lead_minutes = IntegerField(
        _l("Lead time in minutes"), [optional(), number_range(min=0, max=20160)]
    )
    days_ahead = IntegerField(_l("Days ahead"), [optional(), number_range(min=1, max=60)])
    cut_off = TimeField(_l("Order by (time of day)"), [optional()])
    cut_off_days = IntegerField(
        _l("on the day, or days before"), [optional(), number_range(min=0, max=14)]
    )
    measure = SelectField(
        _l("Each time counts"),
        choices=[SelectChoice(one.value, words) for one, words in MEASURE_WORDS.items()],
        default=SlotMeasure.ORDERS.value,
    )
    is_home = BooleanField(_l("It is somebody's home"))
    rules = FieldList(FormField(StretchRow), max_entries=20)


class RateForm(Form):
    """What a shop pays the town: a commission or a yearly fee; only the chosen one counts."""

    way = RadioField(
        _l("What a shop pays"),
        choices=[
            SelectChoice(TermsWay.COMMISSION.value, _l("A commission on each order")),
            SelectChoice(TermsWay.FEE.value, _l("A fee for each year")),
        ],
        default=TermsWay.COMMISSION.value,
    )
    percent = DecimalField(
        _l("Commission in percent"),
        [optional(), needed(), number_range(min=0, max=50)],
        places=None,
    )
    fee = DecimalField(
        _l("Fee for a year"), [optional(), needed(), number_range(min=0, max=10**8)], places=None
    )

    def rate(self) -> Rate:
        """Return what was chosen; refuses (FieldError) more decimals than there are, or nothing."""
        if self.way.data == TermsWay.FEE:
            return Rate(yearly_fee_minor=self._fee_minor())
        scaled = (Decimal(-1) if self.percent.data is None else self.percent.data) * 100
        if scaled < 0 or scaled != scaled.to_integral_value():
            raise FieldError("percent", _l("At most two decimals, from 0 to 50."))
        return Rate(commission_bp=int(scaled))

    def _fee_minor(self) -> int:
        minor = minor_in(self.fee.data, "fee")
        if not minor:
            raise FieldError("fee", _l("An amount above zero, please."))
        return minor


class TermsForm(RateForm):
    """What a shop pays from a day on."""

    valid_from = DateField(_l("From this day on"), [required()])
    note = StringField(_l("Note"), [length(max=200)])


class WriteOffForm(Form):
    """A sum of a bill to let go, and why."""

    off_amount = StringField(_l("How much to let go"), [required(), length(max=20)])
    off_reason = StringField(_l("Reason"), [required(), length(max=200)])


class AnswerForm(Form):
    """An answer to a claim or a removal."""

    answer = StringField(_l("Answer"), [length(max=300)])


class StandingForm(Form):
    """How open the town is, and why."""

    mode = RadioField(_l("Who may write"), [required()])
    why = StringField(_l("Why, in Chinese"), [length(max=200)])
    why_en = StringField(_l("Why, in English"), [length(max=200)])


class KeyForm(Form):
    """Who may begin with an empty site, and under which name."""

    start_key = StringField(
        _l("First-start key"),
        [required(), length(max=40)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    name = StringField(
        _l("Your name here"), [required(), length(max=40)], render_kw={"autocomplete": "nickname"}
    )
    mail = StringField(
        _l("Mail address"),
        [required(), length(max=254), mail_address()],
        render_kw={"autocomplete": "email", "inputmode": "email", "type": "email"},
    )
    password = PasswordField(
        _l("Password"),
        [required(), length(max=200)],
        render_kw={"autocomplete": "new-password"},
    )


class KindForm(Form):
    """The kind of town to start from."""

    kind = RadioField(_l("What kind of town is it?"), validate_choice=False)


class NameForm(Form):
    """What the town is called and how it looks."""

    name = StringField(_l("Name in Chinese"), [required(), length(max=24)])
    name_en = StringField(_l("Name in English"), [optional(), length(max=24)])
    logo = FileField(_l("Logo"), render_kw={"accept": "image/*"})
    no_logo = BooleanField(_l("Take the logo away"))
    accent = RadioField(_l("Colour"), validate_choice=False)
    language = RadioField(_l("Language for those who have not chosen one"))


class CharterForm(Form):
    """What the town's people promise each other, and how they talk."""

    charter = TextAreaField(_l("Charter in Chinese"), [length(max=6000)])
    charter_en = TextAreaField(_l("Charter in English"), [length(max=6000)])
    tone = StringField(_l("Tone, one line in Chinese"), [optional(), length(max=40)])
    tone_en = StringField(_l("Tone, one line in English"), [optional(), length(max=60)])


class RowForm(wtforms.Form):  # type: ignore[misc] # WTForms has no types
    """One line of a list; a line that says nothing, or is left out, is not looked at."""

    TELLING: tuple[str, ...] = ("name",)

    @property
    def is_out(self) -> bool:
        """Whether this line counts for nothing."""
        is_blank = not any((self[name].data or "").strip() for name in self.TELLING)
        return is_blank or bool("out" in self and self["out"].data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Look at a line that counts."""
        return True if self.is_out else bool(super().validate(extra_validators))


class PlaceRow(RowForm):
    """A part of the town."""

    TELLING = ("name", "name_en", "outline")
    name = StringField(_l("Name in Chinese"), [required(), length(max=60)])
    name_en = StringField(_l("Name in English"), [optional(), length(max=80)])
    outline = TextAreaField(_l("Outline: one “latitude, longitude” a line"), [length(max=20000)])
    out = BooleanField(_l("Leave this one out"))


class BoardRow(RowForm):
    """A board."""

    TELLING = ("name", "name_en", "promise", "promise_en")
    name = StringField(_l("Name in Chinese"), [required(), length(max=60)])
    name_en = StringField(_l("Name in English"), [optional(), length(max=60)])
    promise = StringField(_l("Promise in Chinese"), [required(), length(max=200)])
    promise_en = StringField(_l("Promise in English"), [optional(), length(max=200)])
    rules = TextAreaField(_l("Rules in Chinese"), [optional(), length(max=4000)])
    rules_en = TextAreaField(_l("Rules in English"), [optional(), length(max=4000)])
    asks = TextAreaField(
        _l("What a new thread must say, one a line: 中文 / English"), [optional(), length(max=600)]
    )
    leads = BooleanField(_l("I lead it for now"))
    out = BooleanField(_l("Leave this one out"))


class TradeRow(RowForm):
    """A trade that is not among the usual ones."""

    TELLING = ("name_zh", "name_en")
    name_zh = StringField(_l("Name in Chinese"), [required(), length(max=60)])
    name_en = StringField(_l("Name in English"), [optional(), length(max=60)])


class PointRow(RowForm):
    """A pickup point of the site."""

    TELLING = ("name_zh", "name_en", "address")
    name_zh = StringField(_l("Name in Chinese"), [required(), length(max=80)])
    name_en = StringField(_l("Name in English"), [optional(), length(max=80)])
    address = StringField(_l("Address"), [required(), length(max=200)])
    note = StringField(_l("Note"), [optional(), length(max=300)])
    days = SelectField(
        _l("Days"),
        choices=[
            SelectChoice("every", _l("Every day")),
            SelectChoice("workdays", _l("Monday to Friday")),
            SelectChoice("weekend", _l("At the weekend")),
        ],
    )
    opens = StringField(_l("From (17:30)"), [required(), length(max=5)], default="17:30")
    closes = StringField(_l("To (20:30)"), [required(), length(max=5)], default="20:30")
    capacity = IntegerField(
        _l("Orders in half an hour"), [required(), number_range(min=1, max=10000)], default=20
    )
    out = BooleanField(_l("Leave this one out"))


class ListForm(Form):
    """A list of lines, those that count in `kept`."""

    @property
    def kept(self) -> list[RowForm]:
        """The lines that count."""
        return [entry.form for entry in self["rows"] if not entry.form.is_out]


class PlacesForm(ListForm):
    """The parts of the town."""

    middle = StringField(
        _l("The middle of the town: latitude, longitude"), [needed(), length(max=60)]
    )
    datum = datum_field()
    rows = FieldList(FormField(PlaceRow), max_entries=120)


class BoardsForm(ListForm):
    """The boards."""

    rows = FieldList(FormField(BoardRow), max_entries=40)


class TradesForm(ListForm):
    """The trades: some of the usual ones, and the town's own."""

    slugs = SelectMultipleField(
        _l("Trades"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    rows = FieldList(FormField(TradeRow), max_entries=12)


class PointsForm(ListForm):
    """The site's own pickup points."""

    rows = FieldList(FormField(PointRow), max_entries=20)


class DivisionsForm(Form):
    """A list of divisions."""

    file = FileField(_l("A list of streets or communities (CSV)"), [needed()])


class PickForm(Form):
    """Which of a list's lines become parts of the town."""

    codes = SelectMultipleField(
        _l("Which ones"),
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class TextForm(Form):
    """A new version of one of the town's texts, with what changed."""

    body_zh = TextAreaField(_l("The text in Chinese"), [required(), length(max=40000)])
    body_en = TextAreaField(_l("The text in English"), [required(), length(max=40000)])
    note_zh = StringField(_l("What changed, in Chinese"), [required(), length(max=600)])
    note_en = StringField(_l("What changed, in English"), [required(), length(max=600)])
    asks = BooleanField(_l("Everybody agrees again at the next visit"))


class FootForm(Form):
    """What the law wants at the foot of every page."""

    owner = StringField(_l("Who runs this town"), [length(max=120)])
    contact = StringField(_l("How to reach them"), [length(max=200)])
    icp = StringField(_l("ICP number"), [length(max=60)])
    police = StringField(_l("Public security record number"), [length(max=60)])
    licences = TextAreaField(_l("Licences, one a line"), [length(max=1000)])


class WritingForm(Form):
    """Whether writing needs a proven number, and why."""

    needs_number = BooleanField(_l("Only proven numbers may post"))
    reason = StringField(_l("Reason"), [required(), length(max=200)])


class NewNumberForm(Form):
    """A new number for somebody at the desk, and how it is known who it is."""

    phone = StringField(
        _l("New number"),
        [required(), length(max=30)],
        render_kw={"type": "tel", "inputmode": "tel", "autocomplete": "off"},
    )
    reason = StringField(_l("How we know who it is"), [required(), length(max=200)])


def _choices(*names: str) -> list[SelectChoice]:
    return [SelectChoice(name, name) for name in names]


class TakedownDecisionForm(Form):
    """What becomes of a request to take something down, and why."""

    decision = RadioField(_l("Decision"), [required()], choices=_choices("uphold", "reject"))
    reason = StringField(_l("Why"), [required(), length(max=600)])


class PeriodForm(Form):
    """For how many days something is kept, and why."""

    days = IntegerField(_l("Days"), [required()])
    reason = StringField(_l("Reason"), [required(), length(max=200)])


class LawfulForm(Form):
    """What an authority asks for."""

    authority = StringField(_l("Which authority"), [required(), length(max=120)])
    reference = StringField(_l("Number of its letter"), [required(), length(max=80)])
    reason = TextAreaField(_l("By which law, and what for"), [required(), length(max=600)])
    target = StringField(
        _l("About whom or what: paste the address of the person's page or of the thing"),
        [required(), length(max=400)],
    )
    since = DateField(_l("From"), [required()])
    until = DateField(_l("Until, and including"), [required()])


class LawfulDecisionForm(Form):
    """The second person's word."""

    decision = RadioField(_l("Decision"), [required()], choices=_choices("allow", "refuse"))
    note = StringField(_l("What you checked"), [required(), length(max=300)])
