"""What settlement writes: bookings, bills, receipts."""
