"""The operator's console: pages over every house, so that one person can keep a town alive.

Owns no tables. Shows what waits (answers, reviews, orders, money), gives and takes roles, edits
what the town says of itself, and reads the audit trail. Every act is a service of the house it
belongs to.
"""
