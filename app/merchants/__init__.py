"""Merchants: shops, their staff, terms, listings, stock, hours, pickup points and slots.

Owns every table of what can be bought and where it is collected. Stock, slots and quanta of a
resource's time are pools; this house makes the pools and says what is free, orders takes from them.
Rings: merchant_approved, merchant_suspended, listing_changed.
Promises: lead time, cut-off, capacity and hours are rules of the model, so that no form and no
import goes round them; a shop that nobody claimed is shown and cannot be ordered from.
"""
