"""Where pictures lie: the instance folder, or an S3-compatible store by `LINLI_MEDIA_URL`; obstore
speaks to both.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from app.core.errors import OutsideDownError
from app.core.settings import settings

# After a silence readers are told so at once, so that waiting for pictures holds up no other page.
REST_SECONDS = 15.0
_silent_until: dict[str, float] = {}


def local_folder() -> Path:
    """Return the folder in which every picture is written first."""
    return settings().instance / "media"


def local_store() -> Any:
    """Return the store in the instance folder, made when it is first needed."""
    return _local(str(local_folder()))


def remote_store() -> Any | None:
    """Return the store outside, or None where pictures stay in the instance folder."""
    conf = settings()
    return _remote(conf.media_url, conf.outside_seconds) if conf.media_url else None


@lru_cache(maxsize=8)
def _local(folder: str) -> Any:
    return LocalStore(folder, mkdir=True)


@lru_cache(maxsize=8)
def _remote(url: str, patience: float) -> Any:
    """Return the S3 store of `s3://key:secret@bucket/prefix?endpoint=http://…&region=…`.

    A stumble is tried again at once, silence is not: the job comes again.
    """
    parts = urlsplit(url)
    wishes = dict(parse_qsl(parts.query))
    config: dict[str, Any] = {"region": wishes.get("region", "us-east-1")}
    if parts.username:
        config |= {"access_key_id": parts.username, "secret_access_key": parts.password or ""}
    if "endpoint" in wishes:
        config["endpoint"] = wishes["endpoint"]
    is_plain = wishes.get("endpoint", "").startswith("http://")
    wait = timedelta(seconds=patience)
    return S3Store(
        parts.hostname or "",
        prefix=parts.path.strip("/") or None,
        client_options={"allow_http": is_plain, "connect_timeout": wait, "timeout": wait},
        retry_config={"max_retries": 2, "retry_timeout": wait},
        **config,
    )


def write_local(path: str, content: bytes) -> None:
    """Write one file into the instance folder, whole or not at all; one that is there stays, and is
    as young as a new one, so that no sweep takes it before its picture's row is committed.
    """
    try:
        os.utime(local_folder() / path)
    except FileNotFoundError:
        obstore.put(local_store(), path, content)


def copy_out(path: str) -> None:
    """Copy one local file to the store outside; what it holds afterwards counts, not its word."""
    outside = remote_store()
    if outside is None:
        return
    content = (local_folder() / path).read_bytes()
    with _silence_told():
        obstore.put(outside, path, content)
        if obstore.head(outside, path)["size"] != len(content):
            raise OutsideDownError(f"the store did not keep {path}")


def read(path: str) -> bytes | None:
    """Return one file's content, from here or from outside, or None; a store that is silent or
    answers with something else raises OutsideDownError.
    """
    here = local_folder() / path
    if here.is_file():
        return here.read_bytes()
    outside = remote_store()
    if outside is None:
        return None
    url = settings().media_url
    if time.monotonic() < _silent_until.get(url, 0.0):
        raise OutsideDownError
    try:
        with _silence_told():
            content = bytes(obstore.get(outside, path).bytes())
    except FileNotFoundError:
        return None
    except OutsideDownError as silent:
        _silent_until[url] = time.monotonic() + REST_SECONDS
        raise OutsideDownError from silent  # without the store's words: a visitor reads it
    if not _is_whole_webp(content):
        raise OutsideDownError
    return content


def _is_whole_webp(content: bytes) -> bool:
    """Whether this is a picture to its end: its head tells how long it is."""
    is_webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    return is_webp and int.from_bytes(content[4:8], "little") + 8 == len(content)


@contextmanager
def _silence_told() -> Iterator[None]:
    """Say in our words that the store is silent; what it does not have stays FileNotFoundError."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (OSError, BaseError) as silent:
        raise OutsideDownError(str(silent).splitlines()[0][:200]) from silent


def remove(path: str) -> None:
    """Remove one file here and outside; one that is not there is left so."""
    (local_folder() / path).unlink(missing_ok=True)
    outside = remote_store()
    if outside is not None:
        obstore.delete(outside, path)
