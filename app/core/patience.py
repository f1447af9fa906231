"""How long a service outside is waited for: each word in time, and the whole conversation, too."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

# One that speaks now and then, and never to an end, is heard for so many waits altogether.
WAITS = 3


@contextmanager
def hanging_up(line: Callable[[], socket.socket | None], after: float) -> Iterator[None]:
    """Hang up when the block has lasted so many seconds: TimeoutError, whatever was heard."""
    is_over = threading.Event()

    def hang_up() -> None:
        is_over.set()
        open_line = line()
        if open_line is not None:
            with suppress(OSError):
                open_line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(after, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    if is_over.is_set():
        raise TimeoutError
