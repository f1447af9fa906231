"""Whether programs of the site run in an instance folder: each holds a share of one file lock."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "serving.lock"
_held: dict[str, int] = {}


def announce(folder: Path) -> None:
    """Say, for as long as this process lives, that the site runs here."""
    if str(folder) not in _held:
        descriptor = os.open(folder / NAME, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        _held[str(folder)] = descriptor


@contextmanager
def alone(folder: Path) -> Iterator[bool]:
    """Keep the site from starting here inside the block; False where it runs already."""
    descriptor = os.open(folder / NAME, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def retire(folder: Path) -> None:
    """Take back what was announced in this process."""
    descriptor = _held.pop(str(folder), None)
    if descriptor is not None:
        os.close(descriptor)
