"""The workbench: a merchant's console, pages over merchants, orders and settlement.

Owns no tables. Today, the preparation board, the counter, listings and stock, hours, pickup points
and slots, staff, the shop's profile, bills.
"""
