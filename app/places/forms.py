"""The shape of addresses and pins."""

from wtforms import FloatField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired

from app.core.forms import Form, length, optional, phone_number, required
from app.core.i18n import lazy_gettext as _l
from app.places.types.points import DATUM_WORDS, Datum

DATUMS = [SelectChoice(datum.value, words) for datum, words in DATUM_WORDS.items()]


def _stripped(text: str | None) -> str | None:
    return text.strip() if text else text


def _given() -> InputRequired:
    return InputRequired(_l("Please fill this in."))


class AddressForm(Form):
    """An address as one says it, and who is there."""

    label = StringField(_l("What you call it"), [optional(), length(max=40)])
    text = StringField(_l("Address"), [required(), length(max=200)], filters=[_stripped])
    detail = StringField(_l("Building, floor, door"), [optional(), length(max=120)])
    contact_name = StringField(_l("Who is there"), [optional(), length(max=60)])
    phone = StringField(_l("Phone"), [optional(), length(max=32), phone_number()])
    neighbourhood_id = SelectField(_l("Neighbourhood"), [optional()], coerce=int, default=0)


class PinForm(Form):
    """Where the pin stands, and the map it was read from."""

    lat = FloatField(_l("Latitude"), [_given()], render_kw={"inputmode": "decimal"})
    lng = FloatField(_l("Longitude"), [_given()], render_kw={"inputmode": "decimal"})
    datum = SelectField(_l("Read from"), choices=DATUMS, default=Datum.WGS84.value)
