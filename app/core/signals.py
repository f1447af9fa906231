"""What is announced uphill in the same commit: named signals, each with one sentence on when and
with what.
"""

from blinker import NamedSignal


def signal(name: str, promise: str) -> NamedSignal:
    """Return a new signal; `promise` says when it rings and which keyword arguments it carries."""
    return NamedSignal(name, doc=promise)
