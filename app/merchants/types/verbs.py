"""What merchants writes into the log."""

from __future__ import annotations

from app.core.activity.types import Hook, verb

APPLIED = verb("merchant.applied", Hook.SERVICE)
APPROVED = verb("merchant.approved", Hook.SERVICE, privileged=True)
STATE_CHANGED = verb("merchant.state_changed", Hook.SERVICE, privileged=True)
PROFILE_CHANGED = verb("merchant.changed", Hook.SERVICE)
HOURS_CHANGED = verb("merchant.hours_changed", Hook.SERVICE)
CLOSED_TODAY = verb("merchant.closed_today", Hook.SERVICE)
TERMS_SET = verb("merchant.terms_set", Hook.SERVICE, privileged=True)
REQUESTED = verb("merchant.requested", Hook.SERVICE)
REQUEST_DECIDED = verb("merchant.request_decided", Hook.SERVICE, privileged=True)
IMPORTED = verb("merchant.imported", Hook.SERVICE)
STAFF_GIVEN = verb("merchant.staff_given", Hook.SERVICE, privileged=True)
STAFF_TAKEN = verb("merchant.staff_taken", Hook.SERVICE, privileged=True)
POINT_CHANGED = verb("merchant.point_changed", Hook.SERVICE)
CATEGORY_CHANGED = verb("merchant.category_changed", Hook.SERVICE)
LISTED = verb("listing.opened", Hook.SERVICE)
LISTING_CHANGED = verb("listing.changed", Hook.SERVICE)
LISTING_ARCHIVED = verb("listing.archived", Hook.SERVICE)
STOCK_SET = verb("listing.stock_set", Hook.SERVICE)
SOLD_OUT = verb("listing.sold_out", Hook.SERVICE)
