"""Shops: applications, claims and removals, suspension; the terms they trade by."""

from datetime import datetime, time
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import me, role
from app.core.db import transaction
from app.core.forms import ButtonForm
from app.core.lists import decode_key
from app.core.pages import render, said
from app.merchants.parts import rate_words
from app.merchants.queries import keeping, selling
from app.merchants.queries import terms as agreed
from app.merchants.queries.papers import papers_of_shops
from app.merchants.services import shops as services
from app.merchants.services.terms import set_terms as agree
from app.merchants.types import MerchantState
from app.merchants.types.papers import PAPER_WORDS
from app.operator.forms import AnswerForm, ReasonForm, TermsForm
from app.operator.types import REQUEST_WORDS, SHOP_WORDS
from app.operator.views.blueprint import DONE, SAVED, bp

ACTS = {
    "refuse": services.refuse_application,
    "suspend": services.suspend_merchant,
    "resume": services.resume_merchant,
    "archive": services.archive_merchant,
}


@bp.get("/merchants")
@role("operator")
def merchants() -> Response:
    """List shops by state and name, with the claims and removals that wait."""
    wanted, sort = request.args.get("state", ""), request.args.get("sort", "new")
    words = request.args.get("q", "").replace("\x00", "").strip()[:60]
    state = MerchantState(wanted) if wanted in set(MerchantState) else None
    page = keeping.shops_of_desk(state, words=words, sort=sort, after=request.args.get("after"))
    return render(
        "operator/merchants.html",
        page=page,
        papers=papers_of_shops([row.id for row in page.rows if row.application]),
        paper_words=PAPER_WORDS,
        state=state,
        search=words,
        sort=sort if sort in {"old", "name"} else "new",
        counts=keeping.count_by_state(),
        requests=keeping.open_requests(),
        words=SHOP_WORDS,
        asks=REQUEST_WORDS,
    )


@bp.post("/merchants/<int:shop_id>/approve")
@role("operator")
def approve(shop_id: int) -> ResponseReturnValue:
    """Let a shop that applied trade."""
    form = ButtonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        services.approve_merchant(me(), shop_id, at=clock.now())
        act.leads_to(url_for("operator.merchants"))
    return said(act.location, DONE)


@bp.post("/merchants/<int:shop_id>/<any(refuse, suspend, resume, archive):what>")
@role("operator")
def change_shop(shop_id: int, what: str) -> ResponseReturnValue:
    """Turn down, suspend, resume or archive a shop, with a reason."""
    form = ReasonForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        ACTS[what](me(), shop_id, reason=form.reason.data, at=clock.now())
        act.leads_to(url_for("operator.merchants"))
    return said(act.location, DONE)


@bp.post("/requests/<int:request_id>/<any(grant, refuse):what>")
@role("operator")
def decide_request(request_id: int, what: str) -> ResponseReturnValue:
    """Grant or refuse a claim or a removal."""
    form = AnswerForm.posted()
    form.check()
    with transaction(once=form.key) as act:
        services.decide_request(
            me(),
            request_id,
            is_granted=what == "grant",
            answer=form.answer.data or "",
            at=clock.now(),
        )
        act.leads_to(url_for("operator.merchants"))
    return said(act.location, DONE)


@bp.get("/terms")
@role("operator")
def terms() -> Response:
    """Show what shops pay: the site's own terms, or those of one shop, and what stood before."""
    return render(
        "operator/terms.html", form=TermsForm.posted(valid_from=clock.today()), **_facts()
    )


def _facts() -> dict[str, Any]:
    shop, *_rest = decode_key(request.args.get("shop"), int) or (None,)
    return {
        "rows": [(row, rate_words(row.rate)) for row in agreed.terms_of(shop)],
        "shop": shop,
        "names": selling.names_of([shop] if shop else []),
    }


@bp.post("/terms")
@role("operator")
def set_terms() -> ResponseReturnValue:
    """Set a commission or a yearly fee from this minute or a later day on."""
    form = TermsForm.posted()
    facts = _facts()
    with form.shows_field_errors("operator/terms.html", **facts):
        form.check()
        rate = form.rate()
        with transaction(once=form.key) as act:
            now = clock.now()
            agree(
                me(),
                facts["shop"],
                rate,
                valid_from=_from(form.valid_from.data, now),
                at=now,
                note=form.note.data or "",
            )
            act.leads_to(url_for("operator.terms", shop=facts["shop"]))
    return said(act.location, SAVED)


def _from(day: Any, now: datetime) -> datetime:
    return now if day == clock.today() else clock.at_local(day, time())
