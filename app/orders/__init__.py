"""Orders: the basket, the checkout, and one order per shop from placing to collected or given up.

Owns baskets, checkouts, orders, their lines, timeline, hand-overs and strikes. Takes stock, slots
and booked time from the pools that merchants made; charges through payments; freezes names, prices,
rates and policies at placing. Rings: order_placed, order_accepted, order_ready, order_handed_over,
hand_over_undone, order_cancelled, no_show_recorded, order_closed. Promises: ordered = to_prepare +
short + ready + handed_over + uncollected + cancelled on every line; every move is a
compare-and-swap with a row on the timeline; a guest's order opens only by its key.
"""
