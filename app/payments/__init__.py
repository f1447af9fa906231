"""Payments: what is asked for a thing, what was paid for it, and all money that goes back.

Owns charges, payments, refunds and their lines. A charge belongs to `(kind, id)`; this house does
not know what an order is. In the mode "merchant collects" the site never holds the money: the payer
says paid, the shop confirms, a refund is owed until the shop says it was given back.
Rings: payment_said, payment_confirmed, payment_undone, payment_disputed, refund_recorded.
Promises: a charge's state is written by one recompute from its rows; refunded is never more than
confirmed, under any race.
"""
