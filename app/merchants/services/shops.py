"""Shops come, are approved, changed, suspended and archived; unclaimed ones are claimed or taken
down.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from app.accounts.services import give_role
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import db, moved
from app.core.errors import ConflictError, FieldError, NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.core.media.services import PreparedPicture
from app.core.media.services import keep as keep_picture
from app.forum.services import thread_about
from app.merchants.errors import MerchantMovedError, RequestDecidedError
from app.merchants.models import Category, Listing, Merchant, MerchantRequest
from app.merchants.policies import selling
from app.merchants.services.finding import both, index_listing, index_merchant
from app.merchants.services.hours import checked_hours, keep_spans
from app.merchants.services.papers import accept_papers, send_paper
from app.merchants.signals import merchant_approved, merchant_archived, merchant_suspended
from app.merchants.types import (
    APPLIED,
    APPROVED,
    MERCHANT_MOVES,
    PROFILE_CHANGED,
    REQUEST_DECIDED,
    REQUESTED,
    STATE_CHANGED,
    MerchantDraft,
    MerchantState,
    RequestKind,
    RequestState,
)
from app.merchants.types.papers import PaperDraft


def create_merchant(
    actor: Viewer, draft: MerchantDraft, *, at: datetime, owner_id: int | None = None
) -> Merchant:
    """Open a shop that trades at once; operators only; its owner is given the role."""
    selling.check_operates(actor)
    merchant = _written(draft, state=MerchantState.ACTIVE, at=at)
    merchant.approved_at = at
    _open_talk(actor, merchant, at)
    index_merchant(merchant)
    if owner_id is not None:
        _give_owner(actor, merchant, owner_id, at)
    record(
        actor, APPROVED, ("merchant", merchant.id), at=at, place=merchant.neighbourhood_id,
        reason="opened by the desk",
    )  # fmt: skip
    merchant_approved.send(merchant, merchant=merchant, at=at)
    return merchant


def apply(
    actor: Viewer,
    draft: MerchantDraft,
    *,
    application: str,
    papers: Sequence[tuple[str, PaperDraft]] = (),
    at: datetime,
) -> Merchant:
    """Hand in a resident's application for a shop, with `(field, paper)` for each paper it names;
    one that waits already is refused, and a number that cannot be one, at its field.
    """
    waiting = db.session.scalar(
        select(Merchant.id).where(
            Merchant.applied_by == actor.id, Merchant.state == MerchantState.APPLIED
        )
    )
    if waiting is not None:
        raise ConflictError(_l("Your application is with the operator already."))
    merchant = _written(draft, state=MerchantState.APPLIED, at=at)
    merchant.applied_by, merchant.application = actor.id, application
    db.session.flush()
    for field, paper in papers:
        try:
            send_paper(actor, merchant.id, paper, at=at)
        except FieldError as wrong:
            raise FieldError(field, wrong.message) from wrong
    record(actor, APPLIED, ("merchant", merchant.id), at=at, place=merchant.neighbourhood_id)
    return merchant


def approve_merchant(actor: Viewer, merchant_id: int, *, at: datetime) -> Merchant:
    """Let a shop that applied trade; its applicant becomes its owner."""
    selling.check_operates(actor)
    merchant = _moved(merchant_id, MerchantState.ACTIVE, (MerchantState.APPLIED,))
    merchant.approved_at = at
    _open_talk(actor, merchant, at)
    index_merchant(merchant)
    if merchant.applied_by is not None:
        _give_owner(actor, merchant, merchant.applied_by, at)
    record(
        actor, APPROVED, ("merchant", merchant_id), at=at, place=merchant.neighbourhood_id,
        reason="application approved",
    )  # fmt: skip
    accept_papers(actor, merchant_id, at=at)
    merchant_approved.send(merchant, merchant=merchant, at=at)
    return merchant


def refuse_application(actor: Viewer, merchant_id: int, *, reason: str, at: datetime) -> Merchant:
    """Turn an application down with a reason."""
    selling.check_operates(actor)
    merchant = _moved(merchant_id, MerchantState.ARCHIVED, (MerchantState.APPLIED,))
    note_state(actor, merchant, reason, at)
    return merchant


def suspend_merchant(actor: Viewer, merchant_id: int, *, reason: str, at: datetime) -> Merchant:
    """Stop a shop's new sales; its open orders finish."""
    selling.check_operates(actor)
    merchant = _moved(merchant_id, MerchantState.SUSPENDED, (MerchantState.ACTIVE,))
    note_state(actor, merchant, reason, at)
    merchant_suspended.send(merchant, merchant=merchant, at=at)
    return merchant


def resume_merchant(actor: Viewer, merchant_id: int, *, reason: str, at: datetime) -> Merchant:
    """Let a suspended shop trade again; refuses one that the desk took down."""
    selling.check_operates(actor)
    if (there := db.session.get(Merchant, merchant_id)) and there.hidden_at is not None:
        raise ConflictError(selling.TAKEN_DOWN)
    merchant = _moved(merchant_id, MerchantState.ACTIVE, (MerchantState.SUSPENDED,))
    note_state(actor, merchant, reason, at)
    return merchant


def archive_merchant(actor: Viewer, merchant_id: int, *, reason: str, at: datetime) -> Merchant:
    """Take a shop off the site for good; what was ordered there stays."""
    selling.check_operates(actor)
    movable = tuple(
        state for state, to in MERCHANT_MOVES.items() if MerchantState.ARCHIVED in to
    )  # fmt: skip
    merchant = _moved(merchant_id, MerchantState.ARCHIVED, movable)
    note_state(actor, merchant, reason, at)
    merchant_archived.send(merchant, merchant=merchant, at=at)
    return merchant


def change_profile(
    actor: Viewer,
    merchant_id: int,
    draft: MerchantDraft,
    *,
    at: datetime,
    picture: PreparedPicture | None = None,
    pay_picture: PreparedPicture | None = None,
) -> Merchant:
    """Change what a shop says of itself, its promises and its policies; hours have their
    own page.
    """
    selling.check_keeps(actor, merchant_id)
    merchant = db.session.get_one(Merchant, merchant_id)
    _fill(merchant, draft)
    owner = ("merchant", merchant_id)
    if picture is not None:
        merchant.picture_id = keep_picture(picture, owner=owner, actor=actor, at=at).id
    if pay_picture is not None:
        merchant.pay_picture_id = keep_picture(pay_picture, owner=owner, actor=actor, at=at).id
    db.session.flush()
    index_merchant(merchant)
    record(actor, PROFILE_CHANGED, ("merchant", merchant_id), at=at)
    return merchant


def ask_about(
    actor: Viewer,
    merchant_id: int,
    kind: RequestKind,
    *,
    phone: str,
    licence: str,
    message: str,
    at: datetime,
) -> MerchantRequest:
    """Ask to be given an unclaimed page, or to have it taken down; once a person and kind."""
    merchant = db.session.get(Merchant, merchant_id)
    if merchant is None or merchant.state is not MerchantState.UNCLAIMED:
        raise NotFoundError
    waiting = db.session.scalar(
        select(MerchantRequest.id).where(
            MerchantRequest.merchant_id == merchant_id,
            MerchantRequest.person_id == actor.id,
            MerchantRequest.kind == kind,
            MerchantRequest.state == RequestState.OPEN,
        )
    )
    if waiting is not None:
        raise ConflictError(_l("Your request is with the operator already."))
    assert actor.id is not None
    request = MerchantRequest(
        merchant_id=merchant_id, kind=kind, person_id=actor.id, phone=phone, licence=licence,
        message=message, created_at=at, state=RequestState.OPEN,
    )  # fmt: skip
    db.session.add(request)
    db.session.flush()
    record(actor, REQUESTED, ("merchant", merchant_id), at=at, data={"kind": kind.value})
    return request


def decide_request(
    actor: Viewer, request_id: int, *, is_granted: bool, answer: str, at: datetime
) -> MerchantRequest:
    """Grant or refuse a request: a claim makes its person the owner, a removal archives
    the page.
    """
    selling.check_operates(actor)
    state = RequestState.GRANTED if is_granted else RequestState.REFUSED
    moved(
        update(MerchantRequest)
        .where(MerchantRequest.id == request_id, MerchantRequest.state == RequestState.OPEN)
        .values(state=state, decided_at=at, decided_by=actor.id, answer=answer),
        RequestDecidedError(request_id=request_id),
    )
    request = db.session.get_one(MerchantRequest, request_id, populate_existing=True)
    if is_granted and request.kind is RequestKind.REMOVAL:
        archive_merchant(actor, request.merchant_id, reason="removal requested", at=at)
    elif is_granted:
        merchant = _moved(request.merchant_id, MerchantState.ACTIVE, (MerchantState.UNCLAIMED,))
        merchant.approved_at = at
        merchant.phone = merchant.phone or request.phone
        _open_talk(actor, merchant, at)
        index_merchant(merchant)
        _give_owner(actor, merchant, request.person_id, at)
        merchant_approved.send(merchant, merchant=merchant, at=at)
    record(
        actor, REQUEST_DECIDED, ("merchant", request.merchant_id), at=at, reason=answer or state,
        data={
            "kind": request.kind.value, "state": state.value, "person": request.person_id,
            "answer": answer,
        },
    )  # fmt: skip
    return request


def _written(draft: MerchantDraft, *, state: MerchantState, at: datetime) -> Merchant:
    merchant = Merchant(state=state, created_at=at, opening_hours="", source="")
    _fill(merchant, draft)
    merchant.opening_hours = checked_hours(draft.opening_hours)
    db.session.add(merchant)
    db.session.flush()
    if merchant.opening_hours:
        keep_spans([merchant.id], at=at)
    return merchant


def _fill(merchant: Merchant, draft: MerchantDraft) -> None:
    selling.check_named(draft.name_zh, draft.name_en)
    if db.session.get(Category, draft.category_id) is None:
        raise FieldError("category_id", _l("Please choose one of these."))
    if (draft.lat is None) != (draft.lng is None):
        raise FieldError("lat", _l("A place needs both latitude and longitude."))
    for name in (
        "name_zh", "name_en", "category_id", "description", "address", "lat", "lng",
        "neighbourhood_id", "phone", "accept_minutes", "cancel_minutes", "no_show_rule",
        "grace_minutes", "pay_code_text", "pay_picture_id", "picture_id",
    ):  # fmt: skip
        setattr(merchant, name, getattr(draft, name))


def _moved(merchant_id: int, to: MerchantState, expected: tuple[MerchantState, ...]) -> Merchant:
    if db.session.get(Merchant, merchant_id) is None:
        raise NotFoundError
    moved(
        update(Merchant)
        .where(Merchant.id == merchant_id, Merchant.state.in_(expected))
        .values(state=to),
        MerchantMovedError(merchant_id=merchant_id),
    )
    return db.session.get_one(Merchant, merchant_id, populate_existing=True)


def note_state(actor: Viewer, merchant: Merchant, reason: str, at: datetime) -> None:
    """Let what is found of a shop follow its state, and write the change down."""
    index_merchant(merchant)
    for listing in db.session.scalars(
        select(Listing).where(Listing.merchant_id == merchant.id, Listing.archived_at.is_(None))
    ):
        index_listing(listing, merchant)
    record(
        actor, STATE_CHANGED, ("merchant", merchant.id), at=at, place=merchant.neighbourhood_id,
        reason=reason, data={"state": merchant.state.value},
    )  # fmt: skip


def _open_talk(actor: Viewer, merchant: Merchant, at: datetime) -> None:
    title = both(merchant.name_zh, merchant.name_en)
    thread = thread_about("merchant", merchant.id, title=title, actor=actor, at=at)
    merchant.thread_id = thread.id
    db.session.flush()


def _give_owner(actor: Viewer, merchant: Merchant, person_id: int, at: datetime) -> None:
    give_role(
        actor, person_id, "owner", reason="owner of the shop", at=at,
        scope=("merchant", merchant.id),
    )  # fmt: skip
