"""Services outside the building, played on loopback: a mail server, and one that takes POSTs."""

import json
import threading
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Letterbox:
    """Keeps what arrives; refuses one kind of address for good."""

    def __init__(self) -> None:
        self.arrived: list[Message] = []
        self.asked: list[str] = []
        self.gone = ("gone",)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's own word
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        self.asked.append(address)
        if address.startswith(self.gone):
            return "550 5.1.1 nobody here"
        if address.startswith("unloved"):
            return "550 5.7.1 we do not like you"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.arrived.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


class Service:
    """Keeps what is posted to it, and answers as it is told."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 200
        self.answer: dict[str, Any] = {}
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                service.posts.append((self.path, dict(self.headers.items()), body))
                text = json.dumps(service.answer).encode()
                self.send_response(service.status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_words: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def said(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _path, _headers, body in self.posts]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
