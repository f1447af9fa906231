"""Sends requests as cheaply as Python can, so that the client's cost does not hide the server's."""

import socket
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Result:
    """What a run of requests gave: seconds of each, bytes of the last body, statuses met."""

    seconds: list[float] = field(default_factory=list)
    wall: float = 0.0
    size: int = 0
    statuses: set[int] = field(default_factory=set)

    def at(self, share: float) -> float:
        """Return the seconds within which this share of the requests was answered."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    @property
    def rate(self) -> float:
        """Requests answered for each second."""
        return len(self.seconds) / self.wall


class Line:
    """One kept connection that sends the same request again and again."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        given = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.request = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{given}\r\n".encode()

    def ask(self) -> tuple[int, int]:
        """Send the request, read the whole answer; return its status and the size of its body."""
        self.socket.sendall(self.request)
        got = b""
        while b"\r\n\r\n" not in got:
            part = self.socket.recv(65536)
            if not part:
                raise ConnectionError("the server closed the connection")
            got += part
        head, _, body = got.partition(b"\r\n\r\n")
        status = int(head[9:12])
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line[15:])
        size = len(body)
        while size < length:
            size += len(self.socket.recv(65536))
        return status, size

    def close(self) -> None:
        """Hang up."""
        self.socket.close()


def run(
    url: str, *, requests: int, lines: int = 1, headers: dict[str, str] | None = None
) -> Result:
    """Send this many requests over so many connections at once."""
    result = Result()
    each = max(1, requests // lines)
    start = threading.Barrier(lines + 1)

    def work() -> None:
        line = Line(url, headers or {})
        start.wait()
        for _ in range(each):
            began = time.perf_counter()
            status, result.size = line.ask()
            result.seconds.append(time.perf_counter() - began)
            result.statuses.add(status)
        line.close()

    threads = [threading.Thread(target=work) for _ in range(lines)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    result.wall = time.perf_counter() - began
    return result
