"""Promotions: coupons, automatic offers, prices for members, and the reward of who brings somebody.

Owns promotions and their uses. Says what lines cost less, by whom, and why; orders freezes that as
one kind of reduction row on its lines. A shop is `merchant_id` here and an order `order_id`: this
house knows neither.
Promises: a budget and a person's share of it are pools, so neither is ever gone over; the parts of
a reduction sum to the whole; what an order took comes back when the order ends uncollected.
"""
