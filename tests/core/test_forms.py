"""A form refuses at the field what no column could keep."""

import pytest
from flask import Flask
from wtforms import IntegerField

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
