"""What orders hold about a person, what binds a buyer, and how a buyer is forgotten."""

from datetime import datetime
from typing import Any

from app.accounts.queries.leaving import obliges
from app.accounts.queries.own import BOOKS, OFFICE, TRACE, Fate, holds
from app.accounts.services import closing
from app.accounts.types import Obligation
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.moderation.queries.retention import keeps
from app.moderation.types import Period
from app.orders import models
from app.orders.queries.cases import cases_under_way, pictures_in_cases
from app.orders.queries.deliveries import pictures_of_deliveries
from app.orders.queries.orders import open_orders_of
from app.orders.services import leaving, reductions
from app.orders.signals import order_cancelled, order_handed_over


def connect() -> None:
    """Say what is held, what binds, and how it is forgotten."""
    closing.forgets("orders", leaving.forget_person)
    obliges("orders", open_orders)
    order_cancelled.connect(on_order_cancelled)
    order_handed_over.connect(on_order_handed_over)
    _held()
    why = _l("The e-commerce law wants orders kept for three years at least.")
    title = _l("Contact on orders that are over")
    keeps(Period("orders", title, 1100, 1095, 3650, why, leaving.forget_contacts))


def on_order_cancelled(_sender: Any, *, order: models.Order, at: datetime, **_more: Any) -> None:
    """Give back the coupons and budgets of an order that ended uncollected."""
    reductions.give_back(order, at=at)


def on_order_handed_over(_sender: Any, *, order: models.Order, at: datetime, **_more: Any) -> None:
    """Let whoever brought the buyer have their reward."""
    reductions.reward_sharer(order, at=at)


def open_orders(person_id: int, _at: datetime) -> list[Obligation]:
    """Return the person's orders and after-sale cases that are not over; they hold the account
    open.
    """
    orders = [
        Obligation(_("Order %(number)s is not over", number=row.number), ("order", row.id))
        for row in open_orders_of(person_id)
    ]
    cases = [
        Obligation(
            _("The after-sale case of %(number)s is not over", number=number), ("order", id_)
        )
        for id_, number in cases_under_way(person_id)
    ]
    return orders + cases


def _held() -> None:
    order, gone = models.Order, Fate.REMOVED
    why = _l("Contact and note go; what was bought stays for the books.")
    holds(order, "person_id", title=_l("Your orders"), fate=Fate.EMPTIED, why=why)
    parts: dict[Any, Any] = {
        models.OrderLine: _l("What you ordered"),
        models.OrderMove: _l("How your orders went"),
    }
    for model, title in parts.items():
        way = (model.order_id, order.id, order.person_id)
        holds(
            model,
            "order_id",
            title=title,
            fate=Fate.KEPT,
            why=BOOKS,
            through=way,
            but=("actor_id",),
        )
    holds(
        models.Proposal,
        "person_id",
        title=_l("Quotes you asked for and got"),
        fate=Fate.EMPTIED,
        why=_l("Your words go; what was quoted stays for the books."),
        but=("made_by",),
    )
    way = (models.HandOver.order_id, order.id, order.person_id)
    over = _l("What was handed over to you")
    but = ("by_id", "undone_by")
    holds(models.HandOver, "order_id", title=over, fate=Fate.KEPT, why=BOOKS, through=way, but=but)
    way = (models.Card.order_id, order.id, order.person_id)
    cards = _l("Your punch cards")
    holds(models.Card, "order_id", title=cards, fate=Fate.KEPT, why=BOOKS, through=way)
    way = (models.CardUse.order_id, order.id, order.person_id)
    uses, by = _l("When you used your punch cards"), ("by_id",)
    holds(models.CardUse, "order_id", title=uses, fate=Fate.KEPT, why=BOOKS, through=way, but=by)
    holds(models.Basket, "person_id", title=_l("Your basket"), fate=gone)
    way = (models.BasketLine.basket_id, models.Basket.id, models.Basket.person_id)
    holds(models.BasketLine, "basket_id", title=_l("In your basket"), fate=gone, through=way)
    checkouts = _l("Your checkouts")
    holds(models.Checkout, "person_id", title=checkouts, fate=Fate.KEPT, why=TRACE)
    strikes = _l("Orders not collected")
    holds(models.Strike, "person_id", title=strikes, fate=Fate.KEPT, why=TRACE)
    way = (models.CustomerNote.order_id, order.id, order.person_id)
    notes, written = _l("What shops noted about you"), ("written_by",)
    holds(models.CustomerNote, "order_id", title=notes, fate=gone, through=way, but=written)
    office = _l("Deeds of office")
    who, kept = "written_by", Fate.KEPT
    holds(models.CustomerNote, who, title=office, fate=kept, why=OFFICE, left_out=OFFICE)
    way = (models.OrderCase.order_id, order.id, order.person_id)
    cases = _l("What was wrong with your orders")
    why = _l("Your words and pictures go; how it was settled stays for the books.")
    holds(
        models.OrderCase,
        "order_id",
        title=cases,
        fate=Fate.EMPTIED,
        why=why,
        through=way,
        but=("ruled_by",),
        pictures=pictures_in_cases,
    )
    way = (models.Delivery.order_id, order.id, order.person_id)
    brought = _l("Where your orders were brought")
    why = _l("The address goes; that it was brought stays for the books.")
    holds(
        models.Delivery,
        "order_id",
        title=brought,
        fate=Fate.EMPTIED,
        why=why,
        through=way,
        but=("courier_id",),
        pictures=pictures_of_deliveries,
    )
    led = _l("Group-buys you lead")
    holds(models.GroupBuy, "leader_id", title=led, fate=Fate.KEPT, why=BOOKS, but=("made_by_id",))
    for model, column in (
        (models.Delivery, "courier_id"),
        (models.OrderCase, "ruled_by"),
        (models.OrderMove, "actor_id"),
        (models.CardUse, "by_id"),
        (models.HandOver, "by_id"),
        (models.HandOver, "undone_by"),
        (models.Proposal, "made_by"),
        (models.GroupBuy, "made_by_id"),
        (models.GroupBuyDraft, "made_by_id"),
        (models.OfflineHand, "by_id"),
        (models.MoveQuestion, "asked_by"),
    ):
        holds(model, column, title=office, fate=Fate.KEPT, why=OFFICE, left_out=OFFICE)
