"""What may be done with a basket, a code or an order, decided on what is already loaded."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from app.core import clock
from app.core.access import SYSTEM, Viewer, signed, token_hash
from app.core.errors import NotAllowedError
from app.core.i18n import gettext as _
from app.orders.errors import (
    CannotCancelError,
    CaseOpenError,
    CaseTooLateError,
    NothingToHandOverError,
    NotYetAcceptedError,
    OnlyDeliversError,
    OrderOverError,
    SealedError,
    UndoOverError,
    WrongShopError,
)
from app.orders.models import HandOver, Order, OrderLine
from app.orders.types import (
    CASE_DAYS,
    OPEN_STATES,
    UNDER_WAY,
    UNDO_MINUTES,
    CaseState,
    Frozen,
    OrderState,
    Quote,
)
from app.orders.types.worth import worth_minor

ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
CODE_LENGTH = 8
WAKING = (time(8), time(22))
LET_GO = "let_go"
DECIDERS = ("owner", "manager", "clerk")
AHEAD = timedelta(minutes=30)
PAY_LINKS = (
    "weixin://",
    "wxp://",
    "alipay://",
    "alipays://",
    "https://qr.alipay.com/",
    "https://wx.tenpay.com/",
    "https://payapp.weixin.qq.com/",
    "https://qr.95516.com/",
)


# --- codes ---


def new_code() -> str:
    """Return a fresh pickup code: seven random signs and one that checks them."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH - 1))
    return body + _check_sign(body)


def normal_code(typed: str) -> str:
    """Return a code as it is kept, whatever case, spaces and dashes were typed."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())[:64]


def is_code(code: str) -> bool:
    """Whether a text can be a code at all; every single misread sign and every swap of two is
    noticed.
    """
    return (
        len(code) == CODE_LENGTH
        and all(sign in ALPHABET for sign in code)
        and code[-1] == _check_sign(code[:-1])
    )


def _check_sign(body: str) -> str:
    """Weigh every place differently over a prime number of signs, so that no swap goes
    unnoticed.
    """
    weighed = sum(place * ALPHABET.index(sign) for place, sign in enumerate(body, start=2))
    return ALPHABET[-weighed % len(ALPHABET)]


def shown_code(code: str) -> str:
    """Return a code as people read it aloud: K7QF-3M9D."""
    return f"{code[:4]}-{code[4:]}"


def qr_text(code: str, base_url: str) -> str:
    """Return what the QR says: an address only staff can use, signed, the same for ever."""
    return f"{base_url}/workbench/code/{code}-{signed('pickup', code)[:12]}"


def code_in(text: str) -> str | None:
    """Return the code in a scanned QR text, or None where the signature is not ours or nothing
    fits.
    """
    tail = text.strip().rsplit("/", 1)[-1]
    code, _, signature = tail.partition("-")
    if is_code(code) and secrets.compare_digest(
        signature.encode(), signed("pickup", code)[:12].encode()
    ):
        return code
    return None


def guest_key(number: str) -> str:
    """Return the key that opens a guest's order; the database keeps only its hash."""
    return signed("guest-order", number)


def opens(order_hash: str | None, key: str | None) -> bool:
    """Whether a key opens a guest's order."""
    if not order_hash or not key:
        return False
    return secrets.compare_digest(order_hash, token_hash(key))


# --- time ---


def accept_by(placed_at: datetime, minutes: int) -> datetime:
    """Return when the shop's promise to answer ends; only waking hours count, so that nobody
    answers at night.
    """
    left = timedelta(minutes=minutes)
    here = clock.local(placed_at)
    for _day in range(60):
        opens_at = here.replace(hour=WAKING[0].hour, minute=0, second=0, microsecond=0)
        closes_at = here.replace(hour=WAKING[1].hour, minute=0, second=0, microsecond=0)
        here = max(here, opens_at)
        if here + left <= closes_at:
            return (here + left).astimezone(placed_at.tzinfo)
        left -= max(closes_at - here, timedelta(0))
        here = opens_at + timedelta(days=1)
    return (here + left).astimezone(placed_at.tzinfo)


def answer_by(placed_at: datetime, minutes: int, starts_at: datetime | None) -> datetime:
    """Return when the shop must have answered: as promised, and well before the buyer would leave
    home; an order for the next minutes leaves half of them.
    """
    promised = accept_by(placed_at, minutes)
    if starts_at is None:
        return promised
    spare = min(AHEAD, max((starts_at - placed_at) / 2, timedelta(0)))
    return max(placed_at, min(promised, starts_at - spare))


def give_up_by(starts_at: datetime, at: datetime) -> datetime:
    """Return when an unanswered order ends at the latest: before the buyer comes for nothing."""
    return max(at, starts_at - AHEAD / 2)


def free_until(order: Order, frozen: Frozen) -> datetime | None:
    """Return until when the resident may cancel an accepted order freely; None: any time."""
    starts_at = order.slot_starts_at
    if starts_at is None:
        return None
    return starts_at - timedelta(minutes=frozen.cancel_minutes)


def is_late(order: Order, at: datetime) -> bool:
    """Whether cancelling now counts as not coming."""
    limit = free_until(order, frozen_of(order))
    return order.state == OrderState.ACCEPTED and limit is not None and at > limit


def undo_until(hand_over: HandOver) -> datetime:
    """Return until when a hand-over may be undone."""
    return hand_over.at + timedelta(minutes=UNDO_MINUTES)


def frozen_of(order: Order) -> Frozen:
    """Return the policies that stand on the order."""
    return Frozen(**order.frozen)


# --- money ---


def due_minor(order: Order, lines: Iterable[OrderLine]) -> int:
    """Return what is asked for an order now: short and cancelled pieces are not, uncollected ones
    by the policy; the fee for bringing it as long as any piece is.
    """
    keeps = frozen_of(order).no_show_rule != LET_GO
    total = asked = 0
    for line in lines:
        gone = line.short + line.cancelled + (0 if keeps else line.uncollected)
        asked += line.quantity - gone
        total += int(worth_minor(line, line.quantity - gone))
    return total + (order.fee_minor if asked else 0)


def pay_link(text: str) -> str:
    """Return the payment link that a shop wrote as its own code, or nothing where it wrote words;
    only a link is worth a QR.
    """
    link = text.strip()
    is_link = link.lower().startswith(PAY_LINKS) and not any(sign.isspace() for sign in link)
    return link if is_link else ""


def changed_prices(quote: Quote) -> list[dict[str, object]]:
    """Return what changed its price since the buyer saw it, for the refusal."""
    return [
        {
            "name_zh": line.name_zh,
            "name_en": line.name_en,
            "was_minor": line.seen_minor,
            "is_minor": line.each_minor,
        }
        for line in quote.lines
        if line.has_changed
    ]


# --- who may ---


def can_serve(actor: Viewer, merchant_id: int) -> bool:
    """Whether the actor works for the shop, runs the site or is the site itself."""
    return actor is SYSTEM or actor.is_staff_of(merchant_id) or actor.is_operator


def check_serves(actor: Viewer, order: Order) -> None:
    """Refuse who does not work for the order's shop."""
    if not can_serve(actor, order.merchant_id):
        raise WrongShopError


def can_decide(actor: Viewer, merchant_id: int) -> bool:
    """Whether the actor may say no for the shop and give its money back: all of its staff but who
    only delivers.
    """
    return actor is SYSTEM or actor.is_operator or actor.is_staff_of(merchant_id, *DECIDERS)


def check_decides(actor: Viewer, order: Order) -> None:
    """Refuse who does not work for the order's shop, and who only delivers for it."""
    check_serves(actor, order)
    if not can_decide(actor, order.merchant_id):
        raise OnlyDeliversError


def can_open(
    actor: Viewer, *, person_id: int | None, order_hash: str | None, key: str | None
) -> bool:
    """Whether the order is the actor's own, by account or by key."""
    if person_id is not None:
        return actor.id == person_id
    return opens(order_hash, key)


def check_owns(actor: Viewer, order: Order, key: str | None) -> None:
    """Refuse whose order it is not."""
    if actor is SYSTEM:
        return
    if not can_open(actor, person_id=order.person_id, order_hash=order.token_hash, key=key):
        raise NotAllowedError


def check_can_hand_over(
    order: Order, lines: Iterable[OrderLine], *, collected: Sequence[str] = ()
) -> None:
    """Refuse an order that is not accepted, over, or collected."""
    if order.state == OrderState.PLACED:
        raise NotYetAcceptedError
    if order.state != OrderState.ACCEPTED:
        raise OrderOverError(state=order.state.value, details=[how_it_stands(order.state)])
    if not any(line.to_prepare + line.ready for line in lines):
        raise NothingToHandOverError(details=list(collected))


def how_it_stands(state: OrderState) -> str:
    """Return the sentence for somebody who came second: where the order stands now."""
    return {
        OrderState.AWAITING_PAYMENT: _("It waits for its payment."),
        OrderState.PLACED: _("It waits for the shop's answer."),
        OrderState.ACCEPTED: _("The shop has accepted it."),
        OrderState.CLOSED: _("It is finished."),
        OrderState.CANCELLED: _("It was cancelled."),
        OrderState.DECLINED: _("The shop declined it."),
        OrderState.EXPIRED: _("It ended because nobody answered."),
    }[state]


def check_can_undo(hand_over: HandOver, at: datetime) -> None:
    """Refuse after ten minutes, twice, or once it stands on a closed bill."""
    if hand_over.sealed_at is not None:
        raise SealedError
    if hand_over.undone_at is not None or at > undo_until(hand_over):
        raise UndoOverError


def can_cancel(order: Order, lines: Iterable[OrderLine]) -> bool:
    """Whether the resident may still cancel: something must be left that was not collected."""
    return order.state in OPEN_STATES and any(line.to_prepare + line.ready for line in lines)


def check_can_cancel(order: Order, lines: Iterable[OrderLine]) -> None:
    """Refuse to cancel what is over or collected."""
    if not can_cancel(order, lines):
        raise CannotCancelError(state=order.state.value, details=[how_it_stands(order.state)])


# --- after-sale ---


def case_until(collected_at: datetime) -> datetime:
    """Return until when the buyer may say that something is wrong with what was collected."""
    return collected_at + timedelta(days=CASE_DAYS)


def check_can_open_case(order: Order, collected_at: datetime | None, at: datetime) -> None:
    """Refuse a second case beside one under way, and after the stated days."""
    if order.case_state in UNDER_WAY:
        raise CaseOpenError
    if collected_at is None or at > case_until(collected_at):
        raise CaseTooLateError


def how_case_stands(state: CaseState) -> str:
    """Return the sentence for somebody who came second: where the case stands now."""
    return {
        CaseState.NONE: _("There is no case on it."),
        CaseState.OPEN: _("The shop is to answer."),
        CaseState.WAITING_MERCHANT: _("It is the shop's turn."),
        CaseState.WAITING_RESIDENT: _("It is the buyer's turn."),
        CaseState.WITH_OPERATOR: _("It is with the town's desk."),
        CaseState.RULED: _("The town's desk has decided."),
        CaseState.CLOSED: _("It is settled."),
    }[state]
