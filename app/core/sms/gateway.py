"""The one door to the sender of text messages: one HTTP request by `LINLI_SMS_URL`, the log, or a
twin for tests.

The request is plain, so that any provider is reached by a few lines in front of it: POST of
`{"to", "text", "key"}` as JSON with the key as `Idempotency-Key`; 2xx: taken; 4xx: never, but for
408 and 429, which like silence and 5xx mean: again later.
"""

import json
from base64 import b64encode
from urllib.parse import unquote, urlsplit

import structlog

from app.core.errors import OutsideDownError
from app.core.jobs.errors import GiveUpError
from app.core.outside import answer_of
from app.core.sms.errors import NumberRefusedError
from app.core.sms.numbers import masked
from app.core.sms.types import Sms

_log = structlog.get_logger("linli.sms")
_AGAIN = {408, 425, 429}
# What the number is to blame for; 401, 402 and their like are between the town and its gateway.
_NUMBERS = {400, 404, 410, 422}

collected: list[Sms] = []


def deliver(sms: Sms, *, url: str, token: str = "") -> None:
    """Hand one message to the gateway named by `url`.

    A gateway that is silent or busy raises OutsideDownError (tried again), one that says never
    raises GiveUpError, and so does a town without a gateway.
    """
    scheme = urlsplit(url).scheme
    if scheme == "log":
        _log.info("sms", to=masked(sms.to))
    elif scheme == "collect":
        collected.append(sms)
    elif scheme in {"http", "https"}:
        _post(sms, url, token)
    else:
        raise GiveUpError("LINLI_SMS_URL is not set")


def _post(sms: Sms, url: str, token: str) -> None:
    body = json.dumps({"to": sms.to, "text": sms.text, "key": sms.key}, ensure_ascii=False)
    headers = _headers(url, token, sms.key)
    status, _words = answer_of(url, method="POST", body=body.encode(), headers=headers)
    if 200 <= status < 300:
        return
    if status in _NUMBERS:
        raise NumberRefusedError(f"the gateway answers {status}")
    if 400 <= status < 500 and status not in _AGAIN:
        raise GiveUpError(f"the gateway answers {status}")
    raise OutsideDownError


def _headers(url: str, token: str, key: str) -> dict[str, str]:
    parts = urlsplit(url)
    headers = {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json"}
    if key:
        headers["Idempotency-Key"] = key.encode("ascii", "replace").decode()
    if token:
        headers["Authorization"] = f"Bearer {token}"
    elif parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    return headers
