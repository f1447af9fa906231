"""What payments announces, each after flush and inside the transaction."""

from __future__ import annotations

from app.core.signals import signal

payment_said = signal(
    "payment_said",
    "After a payer says paid, with payment=Payment, charge=ChargeRow, subject=(kind, id), at.",
)
payment_confirmed = signal(
    "payment_confirmed",
    "After the payee confirms a payment, with payment=Payment, subject=(kind, id), at, actor.",
)
payment_undone = signal(
    "payment_undone",
    "After a payment is taken back, with payment=Payment, subject=(kind, id), at, actor.",
)
payment_disputed = signal(
    "payment_disputed",
    "After either side disputes a payment, with payment=Payment, subject=(kind, id), at, actor.",
)
refund_recorded = signal(
    "refund_recorded",
    "After money is to go back, with refund=Refund, subject=(kind, id), parts=[RefundPart], at, "
    "actor.",
)
