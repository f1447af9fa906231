"""A form refuses at the field what no column could keep."""

import pytest
from flask import Flask
from wtforms import DateField, DateTimeLocalField, DecimalField, IntegerField, TimeField

from app.core import i18n
from app.core.errors import InvalidFormError
from app.core.forms import Form, number_range


class SeatsForm(Form):
    seats = IntegerField(validators=[number_range(min=1, max=500)])


class RowForm(Form):
    row_id = IntegerField()


def sent(app: Flask, seats: str) -> SeatsForm:
    with app.test_request_context("/", method="POST", data={"seats": seats}):
        form = SeatsForm.posted()
        form.check()
    return form


@pytest.mark.parametrize("seats", ["1", "500", "007"])
def test_a_number_within_the_range_is_taken(app: Flask, seats: str) -> None:
    assert sent(app, seats).seats.data == int(seats)


@pytest.mark.parametrize("seats", ["0", "501", "-1", "9" * 30, "9" * 400, "-" + "9" * 400, "many"])
def test_a_number_outside_it_is_refused_however_long(app: Flask, seats: str) -> None:
    with pytest.raises(InvalidFormError):
        sent(app, seats)


@pytest.mark.parametrize(("number", "is_kept"), [(2**31 - 1, True), (2**31, False)])
def test_an_id_that_no_column_holds_is_refused(app: Flask, number: int, is_kept: bool) -> None:
    with app.test_request_context("/", method="POST", data={"row_id": str(number)}):
        if is_kept:
            RowForm.posted().check()
            return
        with pytest.raises(InvalidFormError):
            RowForm.posted().check()


class Kinds(Form):
    """One field of each kind that reads its text."""

    whole = IntegerField()
    number = DecimalField()
    day = DateField()
    at = TimeField()
    moment = DateTimeLocalField()


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("whole", "whole number, such as 3"),
        ("number", "a number, such as 3 or 3.5"),
        ("day", "a day, such as 2026-11-28"),
        ("at", "a time of day, such as 17:30"),
        ("moment", "day and time, such as 2026-11-28 17:30"),
    ],
)
@pytest.mark.parametrize("typed", ["soon", "1,5x"])
def test_a_text_that_cannot_be_read_is_told_what_is_expected(
    app: Flask, field: str, says: str, typed: str
) -> None:
    headers = {"Accept-Language": "en"}
    with app.test_request_context(method="POST", data={field: typed}, headers=headers):
        i18n.speak("en")
        form = Kinds.posted()
        form.validate()
        found = [str(error) for error in form[field].errors]
    assert len(found) == 1
    assert says in found[0]
