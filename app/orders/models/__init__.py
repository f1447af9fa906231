"""The tables of orders: baskets, checkouts, orders with lines and timeline, cases, hand-overs,
strikes."""

from app.orders.models.baskets import Basket, BasketLine, Checkout, CheckoutLine
from app.orders.models.bookings import Booking
from app.orders.models.cards import Card, CardUse
from app.orders.models.cases import OrderCase
from app.orders.models.closings import MoveQuestion
from app.orders.models.customers import CustomerNote
from app.orders.models.delivery import Delivery
from app.orders.models.groupbuys import GroupBuy, GroupBuyDraft, GroupBuyItem, GroupBuyOrder
from app.orders.models.handing import CodeTry, HandOver, PreparationTime, ShopBoard, Strike
from app.orders.models.offline import OfflineHand
from app.orders.models.orders import Order, OrderLine, OrderMove
from app.orders.models.proposals import Proposal, ProposalLine
from app.orders.models.queues import Queue, QueueNumber
from app.orders.models.reductions import OrderReduction

__all__ = [
    "Basket",
    "BasketLine",
    "Booking",
    "Card",
    "CardUse",
    "Checkout",
    "CheckoutLine",
    "CodeTry",
    "Delivery",
    "GroupBuy",
    "GroupBuyDraft",
    "GroupBuyItem",
    "GroupBuyOrder",
    "CustomerNote",
    "HandOver",
    "MoveQuestion",
    "OfflineHand",
    "Order",
    "OrderCase",
    "OrderLine",
    "OrderMove",
    "OrderReduction",
    "PreparationTime",
    "Proposal",
    "ProposalLine",
    "Queue",
    "QueueNumber",
    "ShopBoard",
    "Strike",
]
