"""Reading files from outside: plain or gzip, never more than a sane file of its size holds."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from app.core.i18n import lazy_gettext as _l
from app.merchants.errors import ImportRefusedError

SMALL = 64 * 1024 * 1024
MOST_RATIO = 60


class _Bounded(io.RawIOBase):
    """A stream that refuses to give more than its limit: no small file unpacks into a flood."""

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        self.stream, self.left = stream, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self.stream.read(len(buffer))
        self.left -= len(piece)
        if self.left < 0:
            raise ImportRefusedError(_l("This file unpacks into far more than it can hold."))
        buffer[: len(piece)] = piece
        return len(piece)


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, unpacked where it is gzip; refuses what is empty, damaged, cut off or a bomb."""
    if not path.is_file():
        raise ImportRefusedError(_l("There is no file %(name)s."), name=str(path))
    size = path.stat().st_size
    if size == 0:
        raise ImportRefusedError(_l("This file is empty."))
    with path.open("rb") as plain:
        is_packed = plain.read(2) == b"\x1f\x8b"
        plain.seek(0)
        stream: IO[bytes] = gzip.GzipFile(fileobj=plain) if is_packed else plain  # type: ignore[assignment]
        limit = max(SMALL, size * MOST_RATIO) if is_packed else size + 1
        try:
            yield io.BufferedReader(_Bounded(stream, limit), 1 << 16)
        except (EOFError, gzip.BadGzipFile, zlib.error) as damaged:
            raise ImportRefusedError(
                _l("This file is damaged or cut off: %(why)s"), why=str(damaged)
            ) from damaged
