"""The one door to WeChat's platform: an access token, and for it the ticket that signs pages.

POST `/cgi-bin/stable_token` (which ends no token that another program of the town uses), then GET
`/cgi-bin/ticket/getticket`. The token serves for this one question and is kept nowhere.
"""

import json
import re
from typing import Any
from urllib.parse import urlencode

from app.core.errors import OutsideDownError
from app.core.outside import answer_of
from app.core.settings import settings
from app.core.wechat.errors import WeChatRefusedError

SHORTEST, LONGEST = 60, 7200
_JSON = {"Content-Type": "application/json", "Accept": "application/json"}
_PLAIN = re.compile(r"[\w.!*~-]{1,512}", re.ASCII)


def fetched_ticket() -> tuple[str, int]:
    """Return a fresh ticket and for how many seconds it holds.

    Silence and nonsense raise OutsideDownError, a refusal in WeChat's own words WeChatRefusedError.
    """
    conf = settings()
    wish = {
        "grant_type": "client_credential",
        "appid": conf.wechat_app_id,
        "secret": conf.wechat_secret,
    }
    token = _word(_asked("/cgi-bin/stable_token", json.dumps(wish).encode()), "access_token")
    query = urlencode({"access_token": token, "type": "jsapi"})
    told = _asked(f"/cgi-bin/ticket/getticket?{query}")
    return _word(told, "ticket"), _seconds(told)


def _asked(path: str, body: bytes = b"") -> dict[str, Any]:
    url, method = settings().wechat_api_base + path, "POST" if body else "GET"
    status, content = answer_of(url, method=method, body=body, headers=_JSON)
    try:
        told = json.loads(content) if status == 200 else None
    except ValueError as nonsense:
        raise OutsideDownError from nonsense
    if not isinstance(told, dict):
        raise OutsideDownError
    if told.get("errcode", 0) != 0:
        words = " ".join(str(told.get("errmsg", "")).split())[:160]
        raise WeChatRefusedError(f"{str(told['errcode'])[:12]} {words}".strip())
    return told


def _word(told: dict[str, Any], name: str) -> str:
    word = told.get(name)
    if not isinstance(word, str) or not _PLAIN.fullmatch(word):
        raise OutsideDownError
    return word


def _seconds(told: dict[str, Any]) -> int:
    seconds = told.get("expires_in")
    if type(seconds) is not int or seconds < SHORTEST:
        raise OutsideDownError
    return min(seconds, LONGEST)
