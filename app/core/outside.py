"""One plain request to a server that the operator named: no redirects, a short answer, an end to
waiting.
"""

import http.client
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from app.core.errors import OutsideDownError
from app.core.patience import WAITS, hanging_up
from app.core.settings import settings

LONGEST_ANSWER = 64 * 1024


def answer_of(
    url: str, *, method: str = "GET", body: bytes = b"", headers: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """Return status and beginning of the answer; silence raises OutsideDownError.

    Redirects are not followed: what is sent goes where the operator said, or nowhere.
    """
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    patience = settings().outside_seconds
    line = _line(parts.scheme, parts.hostname or "localhost", parts.port, patience)
    try:
        line.connect()
        with hanging_up(lambda: line.sock, WAITS * patience):
            line.request(method, path, body or None, dict(headers or {}))
            answer = line.getresponse()
            return answer.status, answer.read(LONGEST_ANSWER)
    except (OSError, http.client.HTTPException) as silent:
        raise OutsideDownError from silent
    finally:
        line.close()


def _line(scheme: str, host: str, port: int | None, patience: float) -> http.client.HTTPConnection:
    if scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=patience, context=context)
    return http.client.HTTPConnection(host, port, timeout=patience)
