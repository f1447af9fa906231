"""A service outside, played on loopback, that is well or ill: refuses, hangs, is slow, lies, or
never comes to an end.
"""

import json
import re
import socket
import threading
from contextlib import suppress
from enum import StrEnum


class Fault(StrEnum):
    """What ails a service."""

    REFUSED = "refused"
    HUNG = "hung"
    SLOW = "slow"
    LYING = "lying"
    ENDLESS = "endless"
    BUSY = "busy"


NOISE = b"\x00\xffnothing that anybody would understand\r\n\r\n"
SLOW_SECONDS = 0.15


class Wire:
    """An HTTP service that keeps what it was asked and what it answered well."""

    def __init__(self, person_id: int) -> None:
        self.person_id = person_id  # who is told something through it
        self.fault: Fault | None = None
        self.asked: list[tuple[str, bytes]] = []
        self.taken: list[bytes] = []
        self.answer: bytes = b"{}"
        self._over = threading.Event()
        self._lines: list[socket.socket] = []
        self._door = socket.socket()
        self._door.bind(("127.0.0.1", 0))  # bound and not listening: who calls is refused
        self.port = self._door.getsockname()[1]
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def is_ill_with(self, fault: Fault) -> None:
        """Fall ill."""
        self.fault = fault
        if fault is not Fault.REFUSED:
            self._open()

    def is_well(self) -> None:
        """Recover."""
        self.fault = None
        self._open()

    def stop(self) -> None:
        """Hang up on everybody."""
        self._over.set()
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for line in self._lines:
            line.close()
        if self._thread is not None:
            self._thread.join(5)

    def _open(self) -> None:
        if self._thread is None:
            self._door.listen(16)
            self._thread = threading.Thread(target=self._serve, daemon=True)
            self._thread.start()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                line, _address = self._door.accept()
            except OSError:
                return
            self._lines.append(line)
            threading.Thread(target=self._answer, args=(line,), daemon=True).start()

    def _answer(self, line: socket.socket) -> None:
        with suppress(OSError, ValueError):
            self.converse(line)
            line.shutdown(socket.SHUT_RDWR)

    def converse(self, line: socket.socket) -> None:
        """Hear one request and answer it as its state of health allows."""
        head, body = self._heard(line)
        self.asked.append((head, body))
        if self.behaves(line):
            self.taken.append(body)
            line.sendall(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                + b"Content-Length: %d\r\n\r\n" % len(self.answer)
                + self.answer
            )

    def behaves(self, line: socket.socket) -> bool:
        """Act out what ails it; whether a good answer follows."""
        match self.fault:
            case Fault.HUNG:
                self._over.wait()
            case Fault.LYING:
                line.sendall(NOISE)
            case Fault.BUSY:
                line.sendall(b"HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            case Fault.ENDLESS:
                line.sendall(b"HTTP/1.1 200 OK\r\n")
                self.ramble(line, b"X-More: and more\r\n")
            case Fault.SLOW:
                self._over.wait(SLOW_SECONDS)
                return True
            case _:
                return True
        return False

    def ramble(self, line: socket.socket, words: bytes) -> None:
        """Say the same again and again, until the other side has had enough."""
        while not self._over.wait(0.004):
            line.sendall(words)

    def _heard(self, line: socket.socket) -> tuple[str, bytes]:
        heard = b""
        while b"\r\n\r\n" not in heard:
            heard += self._part(line)
        head, _, body = heard.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        while length and len(body) < int(length[1]):
            body += self._part(line)
        return head.decode(), body

    @staticmethod
    def _part(line: socket.socket) -> bytes:
        part = line.recv(65536)
        if not part:
            raise ValueError("the caller hung up")
        return part

    def says(self, answer: object) -> None:
        """Set what it answers when it is well."""
        self.answer = json.dumps(answer).encode()


class MailWire(Wire):
    """A mail server of the plainest kind."""

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def behaves(self, line: socket.socket) -> bool:
        """Be busy and endless as mail servers are."""
        if self.fault is Fault.ENDLESS:
            self.ramble(line, b"250-and more\r\n")
        if self.fault is Fault.BUSY:
            line.sendall(b"421 too busy\r\n")
            return False
        return super().behaves(line)

    def converse(self, line: socket.socket) -> None:
        """Greet, take a letter when well, and fall ill at the moment that hurts most: when the
        letter is there and only the word that it was taken is missing.
        """
        line.sendall(b"220 here\r\n")
        with line.makefile("rb") as words:
            while said := words.readline():
                if said[:4].upper() != b"DATA":
                    line.sendall(b"250 fine\r\n")
                    continue
                line.sendall(b"354 go on\r\n")
                letter = b""
                while (part := words.readline()) not in {b".\r\n", b""}:
                    letter += part
                self.asked.append(("DATA", letter))
                if not self.behaves(line):
                    return
                self.taken.append(letter)
                line.sendall(b"250 taken\r\n")
