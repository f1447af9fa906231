"""What the events house announces, in the same commit."""

from app.core.signals import signal

gathering_cancelled = signal(
    "gathering_cancelled", "After a gathering is called off, with gathering=Gathering, at=datetime."
)
registration_confirmed = signal(
    "registration_confirmed",
    "After a registration has its seats, with registration=Registration, at=datetime.",
)
