"""The rules of orders, by noun: basket, checkout, clerk, preparation, counter, cash, endings,
cases, timers, past.

`moves` is shared: it opens an order for writing and writes a move down, on the timeline, in the log
and on the shop's board.
"""

from app.orders.services.basket import (
    add_to_basket,
    change_quantity,
    empty_basket,
    merge_baskets,
    new_token,
)
from app.orders.services.cash import (
    confirm_money,
    dispute_money,
    give_money_back,
    refund_lines,
    say_paid,
    take_money,
)
from app.orders.services.checkout import (
    expire_checkouts,
    leave_checkout,
    place_orders,
    start_checkout,
)
from app.orders.services.clerk import enter_order
from app.orders.services.counter import (
    check_tries,
    hand_over,
    note_wrong_code,
    seal_hand_overs,
    undo_hand_over,
)
from app.orders.services.endings import cancel, cancel_by_shop, close, mark_uncollected
from app.orders.services.past import write_past_orders, write_past_refunds
from app.orders.services.preparation import (
    accept,
    decline,
    make_ready,
    prepare,
    set_preparation_times,
    unready,
)
from app.orders.services.talks import open_talk
from app.orders.services.timers import run_timer

__all__ = [
    "accept",
    "add_to_basket",
    "cancel",
    "cancel_by_shop",
    "change_quantity",
    "check_tries",
    "close",
    "confirm_money",
    "decline",
    "dispute_money",
    "empty_basket",
    "enter_order",
    "expire_checkouts",
    "give_money_back",
    "hand_over",
    "leave_checkout",
    "make_ready",
    "mark_uncollected",
    "merge_baskets",
    "new_token",
    "note_wrong_code",
    "open_talk",
    "place_orders",
    "prepare",
    "refund_lines",
    "run_timer",
    "set_preparation_times",
    "say_paid",
    "seal_hand_overs",
    "start_checkout",
    "take_money",
    "undo_hand_over",
    "unready",
    "write_past_orders",
    "write_past_refunds",
]
