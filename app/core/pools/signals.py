"""What pools announce."""

from app.core.signals import signal

places_came_back = signal(
    "places_came_back",
    "When something of a pool is free again, with pool_ids=list[int], at=datetime; whoever keeps a"
    " line of people for such a pool gives it to the first of them in the same commit.",
)
