"""Group robots: one line of text to the webhook of WeCom, DingTalk or Feishu."""

import hashlib
import hmac
import json
from base64 import b64encode
from typing import Any
from urllib.parse import quote

from app.core import clock
from app.core.errors import OutsideDownError
from app.notifications.errors import RobotRefusedError
from app.notifications.gateway import outward
from app.notifications.types import RobotKind

# The services' own words for "too fast" and "busy": again later.
BUSY = {-1, 45009, 45033, 130101, 410100, 9499, 11232, 11233}


def say(kind: RobotKind, url: str, secret: str, text: str, *, private: bool) -> None:
    """Say one line in a group.

    A silent or busy service raises OutsideDownError, one that says no RobotRefusedError with its
    words.
    """
    address, body = message(kind, url, secret, text)
    sent = json.dumps(body, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    status, answer = outward.post(address, sent, headers, may_be_private=private)
    if status == 429 or status >= 500:
        raise OutsideDownError
    code, words = _verdict(answer)
    if code in BUSY:
        raise OutsideDownError
    if status != 200 or code != 0:
        raise RobotRefusedError(f"{words or status} ({code})"[:200])


def message(kind: RobotKind, url: str, secret: str, text: str) -> tuple[str, dict[str, Any]]:
    """Return address and body of one line, signed where the robot wants it."""
    if kind is RobotKind.FEISHU:
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
        if secret:
            stamp = str(int(clock.now().timestamp()))
            key = f"{stamp}\n{secret}".encode()
            body |= {"timestamp": stamp, "sign": _sign(key, b"")}
        return url, body
    if kind is RobotKind.DINGTALK and secret:
        stamp = str(int(clock.now().timestamp() * 1000))
        sign = _sign(secret.encode(), f"{stamp}\n{secret}".encode())
        mark = "&" if "?" in url else "?"
        url = f"{url}{mark}timestamp={stamp}&sign={quote(sign, safe='')}"
    return url, {"msgtype": "text", "text": {"content": text}}


def _sign(key: bytes, words: bytes) -> str:
    return b64encode(hmac.new(key, words, hashlib.sha256).digest()).decode()


def _verdict(answer: bytes) -> tuple[int | None, str]:
    """Return code and words of an answer; no code where it is none of theirs."""
    try:
        told = json.loads(answer)
        code = told.get("errcode", told.get("code", told.get("StatusCode")))
        words = str(told.get("errmsg") or told.get("msg") or "")
    except (ValueError, AttributeError):
        return None, ""
    return (code if isinstance(code, int) else None), words
