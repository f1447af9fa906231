"""Where pictures lie: the instance folder, or an S3-compatible store by `LINLI_MEDIA_URL`; obstore
speaks to both.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.store import LocalStore, S3Store

from app.core.settings import settings


def local_folder() -> Path:
    """Return the folder in which every picture is written first."""
    return settings().instance / "media"


def local_store() -> Any:
    """Return the store in the instance folder, made when it is first needed."""
    return _local(str(local_folder()))


def remote_store() -> Any | None:
    """Return the store outside, or None where pictures stay in the instance folder."""
    return _remote(settings().media_url) if settings().media_url else None


@lru_cache(maxsize=8)
def _local(folder: str) -> Any:
    return LocalStore(folder, mkdir=True)


@lru_cache(maxsize=8)
def _remote(url: str) -> Any:
    """Return the S3 store of `s3://key:secret@bucket/prefix?endpoint=http://…&region=…`."""
    parts = urlsplit(url)
    wishes = dict(parse_qsl(parts.query))
    config: dict[str, Any] = {"region": wishes.get("region", "us-east-1")}
    if parts.username:
        config |= {"access_key_id": parts.username, "secret_access_key": parts.password or ""}
    if "endpoint" in wishes:
        config["endpoint"] = wishes["endpoint"]
    is_plain = wishes.get("endpoint", "").startswith("http://")
    return S3Store(
        parts.hostname or "",
        prefix=parts.path.strip("/") or None,
        client_options={"allow_http": True} if is_plain else None,
        **config,
    )


def write_local(path: str, content: bytes) -> None:
    """Write one file into the instance folder, whole or not at all; one that is there stays."""
    if not (local_folder() / path).exists():
        obstore.put(local_store(), path, content)


def copy_out(path: str) -> None:
    """Copy one local file to the store outside."""
    outside = remote_store()
    if outside is not None:
        obstore.put(outside, path, (local_folder() / path).read_bytes())


def read(path: str) -> bytes | None:
    """Return one file's content, from here or from outside, or None."""
    here = local_folder() / path
    if here.is_file():
        return here.read_bytes()
    outside = remote_store()
    if outside is None:
        return None
    try:
        return bytes(obstore.get(outside, path).bytes())
    except FileNotFoundError:
        return None


def remove(path: str) -> None:
    """Remove one file here and outside; one that is not there is left so."""
    (local_folder() / path).unlink(missing_ok=True)
    outside = remote_store()
    if outside is not None:
        obstore.delete(outside, path)
