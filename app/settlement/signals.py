"""What settlement announces."""

from app.core.signals import signal

bill_closed = signal(
    "bill_closed", "After a bill is closed, with bill=Bill, at; its lines never change again."
)
