"""Reads of settlement, by noun: bills, yearly fees, replays, and whether everything adds up."""

from app.settlement.queries.bills import (
    bill_for,
    bill_of,
    bills_of,
    known_keys,
    lines_on,
    merchants_to_bill,
    money_due,
    next_week_to_close,
    receipts_of,
    stream_lines,
    unbilled_of,
    write_offs_asked,
)
from app.settlement.queries.checks import drift
from app.settlement.queries.fees import fee_facts, fee_year_of, fees_to_book
from app.settlement.queries.replays import rejects_of, replay_of

__all__ = [
    "bill_for",
    "bill_of",
    "bills_of",
    "drift",
    "fee_facts",
    "fee_year_of",
    "fees_to_book",
    "known_keys",
    "lines_on",
    "merchants_to_bill",
    "money_due",
    "next_week_to_close",
    "receipts_of",
    "rejects_of",
    "replay_of",
    "stream_lines",
    "unbilled_of",
    "write_offs_asked",
]
