"""Papers are handed in by the shop, looked at by the desk, and told of before they end."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from app.core import clock
from app.core.access import SYSTEM, Viewer
from app.core.activity.services import record
from app.core.db import db, moved
from app.core.errors import FieldError, NotFoundError
from app.core.i18n import lazy_gettext as _l
from app.core.media.services import PreparedPicture
from app.core.media.services import keep as keep_picture
from app.merchants.errors import PaperDecidedError
from app.merchants.models import Merchant, MerchantPaper
from app.merchants.policies import papers as rules
from app.merchants.policies import selling
from app.merchants.types.papers import (
    PAPER_DECIDED,
    PAPER_ENDS,
    PAPER_SENT,
    PAPER_WARNING_DAYS,
    PaperDraft,
    PaperState,
)

WARNING = timedelta(days=PAPER_WARNING_DAYS)


def send_paper(
    actor: Viewer,
    merchant_id: int,
    draft: PaperDraft,
    *,
    at: datetime,
    picture: PreparedPicture | None = None,
) -> MerchantPaper:
    """Hand a paper in, or anew; the desk then looks at it (again). Who applied for a shop may, too.

    Refuses a number that cannot be one, a paper that is over, and one in nobody's name.
    """
    shop = db.session.get(Merchant, merchant_id)
    if shop is None:
        raise NotFoundError
    if not (actor.id is not None and shop.applied_by == actor.id):
        selling.check_keeps(actor, merchant_id)
    number = rules.checked_number(draft)
    if not draft.holder.strip():
        raise FieldError("holder", _l("In whose name does it stand?"))
    if draft.valid_until is not None and draft.valid_until < clock.local(at).date():
        raise FieldError("valid_until", _l("This paper is over already."))
    known = select(MerchantPaper).where(
        MerchantPaper.merchant_id == merchant_id, MerchantPaper.kind == draft.kind
    )
    paper = db.session.scalar(known) or MerchantPaper(merchant_id=merchant_id, kind=draft.kind)
    paper.number, paper.holder, paper.valid_until = number, draft.holder.strip(), draft.valid_until
    paper.state, paper.sent_at, paper.answer = PaperState.WAITING, at, ""
    paper.decided_at = paper.decided_by = None
    db.session.add(paper)
    db.session.flush()
    if picture is not None:
        owner = ("merchant_paper", paper.id)
        paper.picture_id = keep_picture(picture, owner=owner, actor=actor, at=at).id
        db.session.flush()
    record(actor, PAPER_SENT, ("merchant", merchant_id), at=at, data={"kind": draft.kind.value})
    return paper


def decide_paper(
    actor: Viewer, paper_id: int, *, is_right: bool, answer: str, at: datetime
) -> MerchantPaper:
    """Say for the desk whether a paper is in order; refuses a no without its reason, and a paper
    that was decided or sent anew meanwhile.
    """
    selling.check_operates(actor)
    if not is_right and not answer.strip():
        raise FieldError("answer", _l("Say what is wrong with it."))
    paper = db.session.get(MerchantPaper, paper_id)
    if paper is None:
        raise NotFoundError
    _decide(
        actor, paper, PaperState.CHECKED if is_right else PaperState.REFUSED, answer.strip(), at
    )
    return paper


def accept_papers(actor: Viewer, merchant_id: int, *, at: datetime) -> None:
    """Take what an approved shop handed in as looked at: the desk read it with the application."""
    wanted = select(MerchantPaper).where(
        MerchantPaper.merchant_id == merchant_id, MerchantPaper.state == PaperState.WAITING
    )
    for paper in db.session.scalars(wanted.order_by(MerchantPaper.id)).all():
        _decide(actor, paper, PaperState.CHECKED, "", at)


def warn_next(*, at: datetime) -> bool:
    """Tell one shop once that a paper ends within thirty days, or has ended; return whether there
    was one.
    """
    soon = clock.local(at).date() + WARNING
    wanted = (
        select(MerchantPaper)
        .where(MerchantPaper.valid_until <= soon, MerchantPaper.state == PaperState.CHECKED)
        .where(MerchantPaper.warned_for.is_distinct_from(MerchantPaper.valid_until))
        .order_by(MerchantPaper.valid_until, MerchantPaper.id)
    )
    paper = db.session.scalar(wanted.limit(1))
    if paper is None:
        return False
    paper.warned_for = paper.valid_until
    db.session.flush()
    data = {"kind": paper.kind.value, "until": str(paper.valid_until)}
    record(SYSTEM, PAPER_ENDS, ("merchant", paper.merchant_id), at=at, data=data)
    return True


def _decide(
    actor: Viewer, paper: MerchantPaper, state: PaperState, answer: str, at: datetime
) -> None:
    moved(
        update(MerchantPaper)
        .where(
            MerchantPaper.id == paper.id,
            MerchantPaper.state == PaperState.WAITING,
            MerchantPaper.sent_at == paper.sent_at,
        )
        .values(state=state, decided_at=at, decided_by=actor.id, answer=answer),
        PaperDecidedError(paper_id=paper.id),
    )
    db.session.refresh(paper)
    record(
        actor, PAPER_DECIDED, ("merchant", paper.merchant_id), at=at, reason=answer or state.value,
        data={"kind": paper.kind.value, "state": state.value},
    )  # fmt: skip
