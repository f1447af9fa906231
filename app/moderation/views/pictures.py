"""A picture's own page: who is in it, and the way out of it."""

from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import address_hash, me, member, public
from app.core.db import transaction
from app.core.errors import NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.core.media.queries import address_part, id_behind
from app.core.media.types import Size
from app.core.pages import render, said, toast
from app.moderation.forms import ConsentForm, RemovalForm
from app.moderation.queries import pictures as reads
from app.moderation.services import pictures as services
from app.moderation.types import CONSENT_WORDS, Consent
from app.moderation.views.reporting import bp

HIDDEN = toast("moderation.picture_hidden", _l("The picture is hidden. Somebody decides soon."))
CONSENTED = toast("moderation.consented", _l("Noted. Thank you for asking them."))


def page_address(picture_id: int) -> str:
    """Return the address of a picture's own page; it cannot be guessed."""
    return url_for("moderation.picture", address=address_part(picture_id, Size.FULL))


def _page(address: str, **more: Any) -> dict[str, Any]:
    found = id_behind(address)
    if found is None:
        raise NotFoundError
    row = reads.picture_shown(found[0])
    return {
        "row": row,
        "address": address_part(row.id, Size.FULL),
        "consent": reads.consent_of(row.id),
        "waiting": reads.open_removal(row.id),
        "is_taken_down": reads.is_taken_down(row.id),
        "may_say": reads.may_say(me(), row.given_by),
        "words": CONSENT_WORDS,
        **more,
    }


@bp.get("/pictures/<address>")
@public
def picture(address: str) -> Response:
    """Show a picture, what was said about the people in it, and the way out."""
    context = _page(address)
    known = context["consent"]
    consent = ConsentForm.posted(consent=str(known) if known else "")
    return render(
        "moderation/picture.html", form=RemovalForm.posted(), consent_form=consent, **context
    )


@bp.post("/pictures/<address>/consent")
@member
def picture_consent(address: str) -> Response:
    """Take down what the one who shared it says about the people in it."""
    context = _page(address)
    form = ConsentForm.posted()
    with form.shows_field_errors("moderation/picture.html", consent_form=form, **context):
        form.check()
        with transaction(once=form.key) as act:
            services.say_consent(
                me(), context["row"].id, Consent(form.consent.data), at=clock.now()
            )
            act.leads_to(url_for("moderation.picture", address=context["address"]))
    return said(act.location, CONSENTED)


@bp.post("/pictures/<address>/remove-me")
@public
def picture_remove(address: str) -> Response:
    """Hide a picture for somebody who is in it, until that is decided."""
    context = _page(address)
    form = RemovalForm.posted()
    with form.shows_field_errors("moderation/picture.html", consent_form=ConsentForm(), **context):
        form.check()
        with transaction(once=form.key) as act:
            services.ask_removal(
                me(),
                context["row"].id,
                text=form.text.data or "",
                contact=form.contact.data or "",
                ip_hash=address_hash(request.remote_addr),
                at=clock.now(),
            )
            act.leads_to(url_for("moderation.picture", address=context["address"]))
    return said(act.location, HIDDEN)
