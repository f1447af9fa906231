"""The papers that the shop trades by: what is handed in, what the desk said, what ends when."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from app.core import clock
from app.core.access import Role, me, staff_of
from app.core.db import transaction
from app.core.i18n import lazy_gettext as _l
from app.core.media.services import prepared
from app.core.pages import render, said, toast
from app.merchants.queries.papers import papers_of
from app.merchants.services.papers import send_paper
from app.merchants.types.papers import PAPER_STATE_WORDS, PAPER_WORDS, PaperDraft, PaperKind
from app.workbench.forms.papers import PaperForm
from app.workbench.views.blueprint import bp

SENT = toast("workbench.paper_sent", _l("The desk looks at it and you hear from us."))


@bp.route("/<int:merchant_id>/papers", methods=["GET", "POST"])
@staff_of("merchant_id", Role.OWNER, Role.MANAGER)
def papers(merchant_id: int) -> Response:
    """Show the shop's papers, and hand one in, or anew."""
    form = PaperForm.posted(kind=_asked())
    page: dict[str, Any] = {
        "merchant_id": merchant_id,
        "papers": papers_of(merchant_id),
        "words": PAPER_WORDS,
        "state_words": PAPER_STATE_WORDS,
        "today": clock.today(),
    }
    if request.method == "GET":
        return render("workbench/papers.html", form=form, **page)
    with form.shows_field_errors("workbench/papers.html", **page):
        form.check()
        file = form.picture.data
        picture = prepared(file, field="picture") if getattr(file, "filename", "") else None
        draft = PaperDraft(
            PaperKind(form.kind.data), form.number.data or "", form.holder.data or "",
            form.valid_until.data,
        )  # fmt: skip
        with transaction(once=form.key) as act:
            send_paper(me(), merchant_id, draft, at=clock.now(), picture=picture)
            act.leads_to(url_for("workbench.papers", merchant_id=merchant_id))
    return said(act.location, SENT)


def _asked() -> str:
    """Return the kind that the address names, to send that paper anew."""
    kind = request.args.get("kind", "")
    return kind if kind in set(PaperKind) else PaperKind.LICENCE.value
