"""What merchants announces."""

from __future__ import annotations

from app.core.signals import signal

merchant_approved = signal(
    "merchant_approved", "After a shop becomes active, with merchant=Merchant, at=datetime."
)
merchant_suspended = signal(
    "merchant_suspended", "After a shop is suspended, with merchant=Merchant, at=datetime."
)
merchant_archived = signal(
    "merchant_archived", "After a shop left the site for good, with merchant=Merchant, at=datetime."
)
listing_changed = signal(
    "listing_changed", "After a listing is made, changed or archived, with listing=Listing."
)
