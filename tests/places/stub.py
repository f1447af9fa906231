"""A geocoder on loopback that answers with recorded answers, or not at all."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Stub:
    """What the server answers, and what it was asked."""

    def __init__(self) -> None:
        self.answer: Any = []
        self.status = 200
        self.asked: list[dict[str, Any]] = []
        self.url = ""


@contextmanager
def nominatim() -> Iterator[Stub]:
    """Serve on a free port of this machine while the block runs."""
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = {name: words[0] for name, words in parse_qs(urlsplit(self.path).query).items()}
            path = urlsplit(self.path).path
            stub.asked.append({"path": path, "agent": self.headers["User-Agent"], **query})
            raw = isinstance(stub.answer, bytes)
            body = stub.answer if raw else json.dumps(stub.answer).encode()
            self.send_response(stub.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
