"""What the law asks of a town: its texts, the foot of its pages, what is kept and for how long."""

from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import parts as people_parts
from app.accounts.queries import texts as text_reads
from app.accounts.services import texts as text_services
from app.accounts.types import TextKind
from app.core import clock
from app.core.access import me, role
from app.core.db import transaction
from app.core.facts import facts
from app.core.pages import render, said
from app.operator.forms import FootForm, TextForm
from app.operator.views.blueprint import SAVED, bp


@bp.get("/texts")
@role("operator")
def texts() -> Response:
    """List the three texts: what stands, since when, and how many agreed to it."""
    return render(
        "operator/texts.html",
        rows=text_reads.texts_in_force(),
        counts=text_reads.accepted_counts(),
        names=people_parts.TEXT_NAMES,
        foot=facts().get(text_reads.FOOT) or {},
    )


@bp.route("/texts/<any(rules, terms, privacy):kind>", methods=["GET", "POST"])
@role("operator")
def text(kind: str) -> ResponseReturnValue:
    """Publish a new version of a text, saying what changed."""
    stands = text_reads.texts_in_force()[TextKind(kind)]
    form = TextForm.posted(body_zh=stands.body_zh, body_en=stands.body_en)
    context: dict[str, Any] = {"row": stands, "name": people_parts.TEXT_NAMES[stands.kind]}
    if request.method == "GET":
        return render("operator/text.html", form=form, **context)
    with form.shows_field_errors("operator/text.html", **context):
        form.check()
        with transaction(once=form.key) as act:
            text_services.publish_text(
                me(),
                TextKind(kind),
                body_zh=form.body_zh.data,
                body_en=form.body_en.data,
                note_zh=form.note_zh.data,
                note_en=form.note_en.data,
                asks=form.asks.data,
                at=clock.now(),
            )
            act.leads_to(url_for("operator.texts"))
    return said(act.location, SAVED)


@bp.route("/foot", methods=["GET", "POST"])
@role("operator")
def foot() -> ResponseReturnValue:
    """Change what stands at the foot of every page."""
    form = FootForm.posted(**(facts().get(text_reads.FOOT) or {}))
    if request.method == "GET":
        return render("operator/foot.html", form=form)
    with form.shows_field_errors("operator/foot.html"):
        form.check()
        with transaction(once=form.key) as act:
            values = {name: form[name].data for name in text_services.FOOT_FIELDS}
            text_services.set_foot(me(), values, at=clock.now())
            act.leads_to(url_for("operator.texts"))
    return said(act.location, SAVED)
