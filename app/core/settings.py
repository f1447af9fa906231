"""Settings from the environment (`LINLI_…`), one typed frozen class; a bad value is refused at
start by its name.
"""

import fcntl
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.numbers import list_currencies
from flask import current_app


class SettingError(ValueError):
    """A setting that the site cannot start with; the text names it."""


def _flag(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError("expected yes or no")


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError("expected a whole number, zero or more")
    return int(text)


def _above_zero(text: str) -> int:
    if not (number := _whole(text)):
        raise ValueError("expected a whole number above zero")
    return number


def _seconds(text: str) -> float:
    if not 0.1 <= float(text) <= 300:
        raise ValueError("expected seconds from 0.1 to 300")
    return float(text)


def _like(*beginnings: str, may_be_empty: bool = True) -> Callable[[str], str]:
    """Return a reader that takes only addresses with one of these beginnings."""

    def read(text: str) -> str:
        if (may_be_empty and not text) or text.startswith(beginnings):
            return text
        raise ValueError("expected " + " or ".join(f"{beginning}…" for beginning in beginnings))

    return read


def _strength(text: str) -> str:
    if text not in {"FULL", "NORMAL"}:
        raise ValueError("expected FULL or NORMAL")
    return text


def _sender(text: str) -> str:
    if "@" not in parseaddr(text)[1] or "\n" in text or "\r" in text:
        raise ValueError("expected a mail address such as Linli <no-reply@town.example>")
    return text


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("expected http://… or https://…")
    return text.rstrip("/")


def _tiles(text: str) -> str:
    if text and not (text.startswith("https://") and all(f"{{{n}}}" in text for n in "zxy")):
        raise ValueError("expected https://…/{z}/{x}/{y}.png")
    return text


def _font(text: str) -> str:
    if text and not Path(text).is_file():
        raise ValueError("expected a font file")
    return text


def _script(text: str) -> str:
    if text and not (text.endswith(".js") and Path(text).is_file()):
        raise ValueError("expected a file of JavaScript")
    return text


def _app_id(text: str) -> str:
    if text and not (text.startswith("wx") and text.isascii() and text.isalnum()):
        raise ValueError("expected an app id such as wx0123456789abcdef")
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, OSError) as unknown:
        raise ValueError("expected a time zone such as Asia/Shanghai") from unknown
    return text


def _currency(text: str) -> str:
    if text not in list_currencies():
        raise ValueError("expected an ISO 4217 code such as CNY")
    return text


def _locale(text: str) -> str:
    if text not in {"zh_Hans", "en"}:
        raise ValueError("expected zh_Hans or en")
    return text


def _country(text: str) -> str:
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 3 and text[0] != "0"):
        raise ValueError("expected a calling code such as 86")
    return text


def _path(text: str) -> Path:
    return Path(text).expanduser().resolve()


def _setting(
    default: Any, convert: Callable[[str], Any], says: str, *, secret: bool = False
) -> Any:
    told = {"convert": convert, "says": says, "secret": secret}
    return field(default=default, repr=not secret, metadata=told)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of one running site. `flask settings` lists them with their meaning."""

    instance: Path = _setting(Path("instance"), _path, "folder for the database, keys and pictures")
    database_url: str = _setting(
        "", str, "sqlite:///… or postgresql://…; empty: SQLite in the instance folder", secret=True
    )
    base_url: str = _setting(
        "http://127.0.0.1:8000", _web_address, "address that people type, used in mails"
    )
    secret_key: str = _setting(
        "", str, "signs tokens; empty: made once in the instance folder", secret=True
    )
    trusted_proxies: int = _setting(0, _whole, "how many reverse proxies stand in front")
    redis_url: str = _setting(
        "",
        _like("redis://", "rediss://", "unix://"),
        "redis://… for kept pages and limits of several workers",
        secret=True,
    )
    media_url: str = _setting(
        "", _like("s3://"), "s3://bucket/… for pictures; empty: the instance folder", secret=True
    )
    mail_url: str = _setting(
        "log:",
        _like("smtp://", "smtps://", "log:", "collect:", may_be_empty=False),
        "smtp://user:password@host:port, smtps://…, or log:",
        secret=True,
    )
    mail_from: str = _setting("Linli <no-reply@localhost>", _sender, "sender of the site's mails")
    sms_url: str = _setting(
        "",
        _like("http://", "https://", "log:", "collect:"),
        "gateway for text messages: https://…, or log:; empty: no text messages",
        secret=True,
    )
    sms_token: str = _setting("", str, "shown to that gateway as a bearer token", secret=True)
    phone_country: str = _setting("86", _country, "country of numbers typed without one")
    outside_seconds: float = _setting(
        10.0, _seconds, "how long a service outside may say nothing before it counts as silent"
    )
    private_webhooks: bool = _setting(
        False, _flag, "let group robots and push services stand in the private network"
    )
    wechat_app_id: str = _setting("", _app_id, "official account that shares; empty: plain links")
    wechat_secret: str = _setting("", str, "that account's secret", secret=True)
    wechat_script: str = _setting(
        "", _script, "WeChat's own jweixin-….js, which we serve to WeChat's browser ourselves"
    )
    wechat_api_base: str = _setting(
        "https://api.weixin.qq.com", _web_address, "where WeChat's platform answers"
    )
    geocoder_url: str = _setting(
        "",
        _like("http://", "https://", "photon+http", "baidu+http", "fake:"),
        "Nominatim's address, or photon+https://…, baidu+https://…?ak=KEY; empty: pinned by hand",
        secret=True,
    )
    tiles_url: str = _setting(
        "", _tiles, "map tiles in WGS-84, https://…/{z}/{x}/{y}.png; empty: the town as drawn here"
    )
    tiles_words: str = _setting("", str, "whose tiles they are, shown on the map")
    font: str = _setting("", _font, "font file with Chinese for cards; empty: the machine's")
    currency: str = _setting("CNY", _currency, "the site's only currency, fixed at first start")
    timezone: str = _setting("Asia/Shanghai", _zone, "the town's zone, fixed at first start")
    language: str = _setting("zh_Hans", _locale, "language where a visitor's wish is unknown")
    first_start: bool = _setting(
        True, _flag, "yes: an empty site opens with the pages that make it one's own town"
    )
    site_name: str = _setting("邻里", str, "name of the town's site")
    jobs_embedded: bool = _setting(False, _flag, "run the worker thread inside the web process")
    page_seconds: int = _setting(0, _whole, "how long a guest's page may be kept whole, 0: never")
    remembered_letters: int = _setting(
        1_500_000, _whole, "letters of rendered parts of pages a process remembers, 0: none"
    )
    seen_seconds: int = _setting(
        5, _above_zero, "after how many seconds what people read is written down"
    )
    testing: bool = _setting(
        False, _flag, "cheap password hashes and re-raised errors, for tests only"
    )
    sqlite_synchronous: str = _setting(
        "FULL", _strength, "FULL survives a power cut, NORMAL may lose the last second"
    )

    @property
    def tells_wechat(self) -> bool:
        """Whether pages speak for themselves when they are shared in WeChat."""
        return bool(self.wechat_app_id)

    @property
    def is_https(self) -> bool:
        """Whether people reach the site over TLS."""
        return self.base_url.startswith("https://")


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings, or refuse with `SettingError` naming the variable that is wrong."""
    env = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for entry in fields(Settings):
        name = f"LINLI_{entry.name.upper()}"
        if name not in env:
            continue
        try:
            values[entry.name] = entry.metadata["convert"](env[name])
        except ValueError as wrong:
            raise SettingError(f"{name}: {wrong}") from wrong
    return completed(Settings(**values))


def completed(given: Settings) -> Settings:
    """Fill in what lives in the instance folder: the database's address and the secret key."""
    instance = given.instance.resolve()
    try:
        instance.mkdir(parents=True, exist_ok=True)
        key = given.secret_key or _kept_key(instance / "secret_key")
    except OSError as refused:
        raise SettingError(
            f"LINLI_INSTANCE: cannot write in {instance} ({refused.strerror})"
        ) from refused
    url = given.database_url or f"sqlite:///{instance / 'linli.db'}"
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise SettingError("LINLI_DATABASE_URL: expected sqlite:///… or postgresql://…")
    wechat = (given.wechat_app_id, given.wechat_secret, given.wechat_script)
    if any(wechat) and not all(wechat):
        raise SettingError(
            "LINLI_WECHAT_APP_ID, LINLI_WECHAT_SECRET and LINLI_WECHAT_SCRIPT go together"
        )
    if len(key) < 16:
        raise SettingError("LINLI_SECRET_KEY: expected at least 16 characters")
    kept = {entry.name: getattr(given, entry.name) for entry in fields(Settings)}
    return Settings(**(kept | {"instance": instance, "database_url": url, "secret_key": key}))


def _kept_key(path: Path) -> str:
    """Return the key that is kept; of several programs that start at once, one makes it."""
    if path.exists() and (known := path.read_text().strip()):
        return known
    with os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR, 0o600), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        key = file.read().strip()
        if not key:
            key = secrets.token_hex(32)
            file.write(key)
    return key


def settings() -> Settings:
    """Return the settings of the running application."""
    return current_app.extensions["linli_settings"]  # type: ignore[no-any-return]
