"""Making, stopping, taking, using and giving back promotions; every scarce part of it is a pool."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from app.accounts.queries.households import housemates
from app.core.access import Viewer, signed
from app.core.activity.services import record
from app.core.db import changed, db, moved, put
from app.core.errors import FieldError, NotAllowedError, NotFoundError, NotSignedInError
from app.core.i18n import lazy_gettext as _l
from app.core.pools import services as pools
from app.core.pools.errors import HoldGoneError, PoolEmptyError
from app.promotions import queries
from app.promotions.errors import (
    CouponLimitError,
    CouponOverError,
    CouponsGoneError,
    OwnHouseholdError,
)
from app.promotions.models import Promotion, PromotionUse
from app.promotions.types import (
    COUPON_EARNED,
    COUPON_TAKEN,
    PROMOTION_MADE,
    PROMOTION_STOPPED,
    Draft,
    Form,
    Funder,
    Kind,
    Usage,
    UseState,
)

FIELDS = (
    "kind", "form", "name_zh", "name_en", "merchant_id", "shop_zh", "shop_en", "funder", "audience",
    "value_minor", "percent", "most_minor", "every", "least_minor", "category_id", "listing_id",
    "listing_kind", "combines", "is_public", "per_person", "keep_days", "reward_id", "starts_at",
    "ends_at",
)  # fmt: skip


def check_runs(actor: Viewer, merchant_id: int | None) -> None:
    """Refuse who may not make promotions of a shop, or, without one, of the site."""
    if actor.is_operator:
        return
    if merchant_id is None or not actor.is_staff_of(merchant_id, "owner", "manager"):
        raise NotAllowedError


def make_promotion(actor: Viewer, draft: Draft, *, at: datetime) -> Promotion:
    """Make a coupon or an offer; only an operator lets the site pay for it.

    Refuses what would take nothing off, a code that another coupon has, and a reward that is not
    this shop's own coupon.
    """
    check_runs(actor, draft.merchant_id)
    if draft.funder is Funder.SITE and not actor.is_operator:
        raise NotAllowedError
    _check(draft)
    code = draft.code.strip().upper() or None
    if code and db.session.scalar(select(Promotion.id).where(Promotion.code == code)):
        raise FieldError("code", _l("Another coupon has this code."))
    if draft.reward_id is not None:
        _check_reward(draft)
    values: dict[str, Any] = {name: getattr(draft, name) for name in FIELDS}
    values |= {"code": code, "made_by": actor.id, "made_at": at}
    [promotion_id] = put(Promotion, [values])
    if draft.budget is not None:
        pool = pools.make_pool(queries.BUDGET, str(promotion_id), draft.budget)
        changed(update(Promotion).where(Promotion.id == promotion_id).values(pool_id=pool.id))
    made = db.session.get_one(Promotion, promotion_id)
    record(actor, PROMOTION_MADE, made, at=at, reason=_name(made), data=_about(made))
    return made


def _check(draft: Draft) -> None:
    if draft.ends_at <= draft.starts_at:
        raise FieldError("ends_at", _l("The end must come after the beginning."))
    if draft.form is Form.AMOUNT and draft.value_minor <= 0:
        raise FieldError("value", _l("Say how much comes off."))
    if draft.form in (Form.PERCENT, Form.NTH) and not 1 <= draft.percent <= 100:
        raise FieldError("percent", _l("Choose between 1 and 100."))
    if draft.form is Form.NTH and draft.every < 2:
        raise FieldError("every", _l("Choose 2 or more."))
    if draft.form is Form.PRICE and draft.listing_id is None:
        raise FieldError("listing_id", _l("Choose the thing that has this price."))


def _check_reward(draft: Draft) -> None:
    reward = db.session.get(Promotion, draft.reward_id)
    is_coupon = reward is not None and reward.kind is Kind.COUPON
    if not is_coupon or reward.merchant_id != draft.merchant_id:  # type: ignore[union-attr]
        raise FieldError("reward_id", _l("Choose one of your own coupons."))


def stop_promotion(actor: Viewer, promotion_id: int, *, at: datetime) -> None:
    """End a promotion now: nothing more is taken or used; orders that have it keep it."""
    found = _promotion(promotion_id)
    check_runs(actor, found.merchant_id)
    if found.funder is Funder.SITE and not actor.is_operator:
        raise NotAllowedError
    moved(
        update(Promotion)
        .where(Promotion.id == promotion_id, Promotion.stopped_at.is_(None))
        .values(stopped_at=at),
        CouponOverError(),
    )
    record(actor, PROMOTION_STOPPED, found, at=at, reason=_name(found), data=_about(found))


# --- taking ---


def share_token(promotion_id: int, person_id: int) -> str:
    """Return what a shared link says of who shares it."""
    return f"{person_id}-{signed('promotion-share', f'{promotion_id}:{person_id}')[:12]}"


def sharer_in(promotion_id: int, token: str) -> int | None:
    """Return who shared a link, or None where it is not ours."""
    number, _dash, _rest = token.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    real = share_token(promotion_id, int(number))
    return int(number) if secrets.compare_digest(real.encode(), token.encode()) else None


def take_coupon(
    actor: Viewer, promotion_id: int, *, sharer_id: int | None = None, at: datetime
) -> int:
    """Keep one of a running coupon for a member until its days are over; return the use.

    Refuses a guest, one above the person's share or the budget, and a sharer of one's own
    household.
    """
    if actor.id is None:
        raise NotSignedInError
    found = _promotion(promotion_id)
    if found.kind is not Kind.COUPON or not _runs(found, at):
        raise CouponOverError
    if sharer_id is not None and found.reward_id is not None:
        if housemates(actor.id, [sharer_id]):
            raise OwnHouseholdError
    else:
        sharer_id = None
    use_id = _taken(found, actor.id, at=at, sharer_id=sharer_id)
    about = {"promotion_id": found.id, "merchant_id": found.merchant_id}
    record(actor, COUPON_TAKEN, ("promotion", found.id), at=at, data=about)
    return use_id


def take_by_code(actor: Viewer, code: str, *, at: datetime) -> int:
    """Take the coupon that a code stands for; return the promotion. Refuses an unknown code, and
    what `take_coupon` refuses; one that is held already stays.
    """
    if actor.id is None:
        raise NotSignedInError
    try:
        promotion_id = queries.by_code("".join(code.split()).upper()[:20], at=at)
    except NotFoundError as unknown:
        raise FieldError("code", _l("No coupon has this code now.")) from unknown
    if not queries.has_taken(promotion_id, actor.id, at=at):
        take_coupon(actor, promotion_id, at=at)
    return promotion_id


def _taken(found: Promotion, person_id: int, *, at: datetime, sharer_id: int | None = None) -> int:
    ends_at = min(at + timedelta(days=found.keep_days), found.ends_at)
    use_id = _written(found.id, person_id, ends_at=ends_at, at=at, sharer_id=sharer_id)
    _keep(found, use_id, person_id, until=ends_at, at=at)
    return use_id


def _written(
    promotion_id: int, person_id: int | None, *, ends_at: datetime, at: datetime, **more: Any
) -> int:
    row: dict[str, Any] = {
        "promotion_id": promotion_id, "person_id": person_id, "state": UseState.TAKEN,
        "hold_ids": [], "taken_at": at, "ends_at": ends_at, "amount_minor": 0,
    }  # fmt: skip
    [use_id] = put(PromotionUse, [row | more])
    return use_id


def _keep(
    found: Promotion, use_id: int, person_id: int | None, *, until: datetime | None, at: datetime
) -> None:
    """Take one of the budget and one of the person's share for a use, both or none."""
    parts = [(found.pool_id, 1)] if found.pool_id is not None else []
    own_id = None
    if found.per_person is not None and person_id is not None:
        key = queries.person_key(found.id, person_id)
        own_id = pools.make_pool(queries.PERSON, key, found.per_person).id
        parts.append((own_id, 1))
    if not parts:
        return
    try:
        hold_ids = pools.take(parts, owner=("coupon", use_id), until=until, at=at)
    except PoolEmptyError as empty:
        if empty.data["pool_id"] == own_id:
            raise CouponLimitError from empty
        raise CouponsGoneError from empty
    changed(update(PromotionUse).where(PromotionUse.id == use_id).values(hold_ids=hold_ids))


# --- using ---


def use(person_id: int | None, usages: Iterable[Usage], *, at: datetime) -> None:
    """Let orders take what was reckoned for them: a coupon that is held, or one more of the budget.

    Refuses (all or nothing) where the budget, the person's share or the coupon is gone meanwhile.
    """
    for usage in usages:
        found = _promotion(usage.promotion_id)
        if not _runs(found, at):
            raise CouponOverError
        use_id = usage.use_id
        if use_id is None:
            use_id = _written(found.id, person_id, ends_at=found.ends_at, at=at)
            _keep(found, use_id, person_id, until=None, at=at)
        moved(
            update(PromotionUse)
            .where(
                PromotionUse.id == use_id,
                PromotionUse.person_id == person_id if person_id else PromotionUse.id == use_id,
                PromotionUse.state == UseState.TAKEN,
                PromotionUse.ends_at > at,
            )
            .values(
                state=UseState.USED, used_at=at, order_id=usage.order_id,
                amount_minor=usage.amount_minor,
            ),
            CouponOverError(),
        )  # fmt: skip
        if usage.use_id is not None:
            _confirm(use_id)


def _confirm(use_id: int) -> None:
    hold_ids = db.session.scalar(select(PromotionUse.hold_ids).where(PromotionUse.id == use_id))
    try:
        pools.confirm(hold_ids or [])
    except HoldGoneError as gone:
        raise CouponOverError from gone


def give_back(order_id: int, *, at: datetime) -> None:
    """Undo what an order took that ended uncollected: a coupon goes back to its owner until its
    day, anything else back into the budget.
    """
    wanted = select(PromotionUse, Promotion).join(
        Promotion, Promotion.id == PromotionUse.promotion_id
    )
    used = (PromotionUse.order_id == order_id, PromotionUse.state == UseState.USED)
    fresh = {"populate_existing": True}
    for row, found in list(db.session.execute(wanted.where(*used), execution_options=fresh)):
        pools.release(row.hold_ids)
        is_kept = found.kind is Kind.COUPON and row.ends_at > at and _runs(found, at)
        values: dict[str, Any] = {"state": UseState.GIVEN_BACK, "hold_ids": []}
        if is_kept:
            values = {
                "state": UseState.TAKEN, "order_id": None, "used_at": None, "amount_minor": 0,
            }  # fmt: skip
        changed(
            update(PromotionUse)
            .where(PromotionUse.id == row.id, PromotionUse.state == UseState.USED)
            .values(**values)
        )
        if is_kept:
            _keep(found, row.id, row.person_id, until=row.ends_at, at=at)


# --- who brought whom ---


def reward(use_id: int, *, contacts: Iterable[int] = (), at: datetime) -> bool:
    """Give the sharer their coupon, once, now that who came has collected a first order; return
    whether they got it.

    Nobody is rewarded for their own household, nor twice for one household: `contacts` are
    the accounts that order with the same phone.
    """
    row = db.session.get_one(PromotionUse, use_id)
    sharer_id, person_id = row.sharer_id, row.person_id
    found = _promotion(row.promotion_id)
    open_one = (PromotionUse.id == use_id, PromotionUse.rewarded_at.is_(None))
    if sharer_id is None or person_id is None or found.reward_id is None:
        return False
    others = [sharer_id, *queries.brought_by(sharer_id)]
    if housemates(person_id, others) or set(contacts) & set(others):
        changed(update(PromotionUse).where(*open_one).values(sharer_id=None))
        return False
    if not changed(update(PromotionUse).where(*open_one).values(rewarded_at=at)):
        return False
    earned = _promotion(found.reward_id)
    if not _runs(earned, at):
        return False
    try:
        with db.session.begin_nested():
            _taken(earned, sharer_id, at=at)
    except (CouponsGoneError, CouponLimitError):
        return False
    told = {"promotion_id": earned.id, "merchant_id": earned.merchant_id, "person_id": sharer_id}
    record(Viewer(id=person_id), COUPON_EARNED, ("promotion", earned.id), at=at, data=told)
    return True


def _promotion(promotion_id: int) -> Promotion:
    found = db.session.get(Promotion, promotion_id, populate_existing=True)
    if found is None:
        raise NotFoundError
    return found


def _runs(found: Promotion, at: datetime) -> bool:
    return found.stopped_at is None and found.starts_at <= at < found.ends_at


def _name(found: Promotion) -> str:
    return found.name_zh or found.name_en


def _about(found: Promotion) -> dict[str, Any]:
    return {"merchant_id": found.merchant_id, "name_zh": found.name_zh, "name_en": found.name_en}
