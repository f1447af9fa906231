"""What the town says of itself: name, sign, colour, language, charter."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from app.core import clock
from app.core.access import me, role
from app.core.db import transaction
from app.core.facts import town
from app.core.media.services import keep, prepared
from app.core.media.types import PreparedPicture
from app.core.pages import render, said
from app.core.settings import settings
from app.operator import services
from app.operator.forms import CharterForm, NameForm
from app.operator.policies.kinds import ACCENTS, USUAL_ACCENT
from app.operator.views.blueprint import SAVED, bp

WHY = "the town's settings"


def name_form() -> NameForm:
    """Return the form of the town's name and look, filled with what is known."""
    told = town()
    form = NameForm.posted(
        name=told.name,
        name_en=told.name_en,
        accent=told.accent or USUAL_ACCENT,
        language=told.language or settings().language,
    )
    form.accent.choices = [SelectChoice(key, name) for key, name in ACCENTS.items()]
    form.language.choices = [SelectChoice("zh_Hans", "中文"), SelectChoice("en", "English")]
    return form


def name_values(form: NameForm) -> tuple[dict[str, Any], PreparedPicture | None]:
    """Return what the form says, and the logo made ready before the transaction."""
    file = form.logo.data
    picture = prepared(file, field="logo") if file and file.filename else None
    values = {name: form[name].data or "" for name in ("name", "name_en", "accent", "language")}
    return values, picture


def kept_logo(form: NameForm, picture: PreparedPicture | None) -> int | None:
    """Return the picture that is the logo from now on (inside the transaction)."""
    if picture is not None:
        return keep(picture, owner=("town", 1), actor=me(), at=clock.now()).id
    return None if form.no_logo.data else town().logo


def charter_values(form: CharterForm) -> dict[str, str]:
    """Return what the form says."""
    return {name: form[name].data or "" for name in ("charter", "charter_en", "tone", "tone_en")}


@bp.route("/town", methods=["GET", "POST"])
@role("operator")
def identity() -> ResponseReturnValue:
    """Change what the town is called and how it looks."""
    form = name_form()
    with form.shows_field_errors("operator/town.html"):
        if request.method == "GET":
            return render("operator/town.html", form=form)
        form.check()
        values, picture = name_values(form)
        with transaction(once=form.key) as act:
            logo = kept_logo(form, picture)
            services.say_who_we_are(me(), **values, logo=logo, at=clock.now(), reason=WHY)
            act.leads_to(url_for("operator.identity"))
    return said(act.location, SAVED)


@bp.route("/charter", methods=["GET", "POST"])
@role("operator")
def charter() -> ResponseReturnValue:
    """Change the charter and the tone."""
    told = town()
    form = CharterForm.posted(
        charter=told.charter, charter_en=told.charter_en, tone=told.tone, tone_en=told.tone_en
    )
    with form.shows_field_errors("operator/charter.html"):
        if request.method == "GET":
            return render("operator/charter.html", form=form)
        form.check()
        with transaction(once=form.key) as act:
            services.say_charter(me(), **charter_values(form), at=clock.now(), reason=WHY)
            act.leads_to(url_for("operator.charter"))
    return said(act.location, SAVED)
