"""One POST to an address that somebody typed: never into the private network, no redirects, a
short answer.
"""

import http.client
import socket
import ssl
from urllib.parse import urlsplit

from app.core.errors import OutsideDownError
from app.core.patience import WAITS, hanging_up
from app.core.settings import settings
from app.notifications.errors import AddressInsideError
from app.notifications.policies.outward import is_outward, is_public

LONGEST_ANSWER = 16 * 1024


def post(
    url: str, body: bytes, headers: dict[str, str], *, may_be_private: bool = False
) -> tuple[int, bytes]:
    """Return status and beginning of the answer.

    Silence raises OutsideDownError; an address inside raises AddressInsideError, also where its
    name only stands for one: the very address that was looked at is the one that is called.
    """
    if not is_outward(url, may_be_private=may_be_private):
        raise AddressInsideError
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    address = _address(host, port, may_be_private=may_be_private)
    patience = settings().outside_seconds
    line = http.client.HTTPConnection(host, port, timeout=patience)
    try:
        line.sock = _connected(address, port, host if parts.scheme == "https" else "", patience)
        with hanging_up(lambda: line.sock, WAITS * patience):
            line.request("POST", path, body, headers)
            answer = line.getresponse()
            return answer.status, answer.read(LONGEST_ANSWER)
    except (OSError, http.client.HTTPException) as silent:
        raise OutsideDownError from silent
    finally:
        line.close()


def _address(host: str, port: int, *, may_be_private: bool) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as unknown:
        raise OutsideDownError from unknown
    addresses = [str(one[4][0]) for one in found]
    if not may_be_private and not all(is_public(one) for one in addresses):
        raise AddressInsideError
    return addresses[0]


def _connected(address: str, port: int, name: str, patience: float) -> socket.socket:
    line = socket.create_connection((address, port), patience)
    if not name:
        return line
    try:
        return ssl.create_default_context().wrap_socket(line, server_hostname=name)
    except BaseException:
        line.close()
        raise
