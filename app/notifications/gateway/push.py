"""Web push: the message encrypted for one browser (RFC 8291, RFC 8188), and proof that it is ours
(VAPID, RFC 8292). The key is made once in the instance folder. Cryptography is imported where it is
used: only jobs and one page need it.
"""
# ruff: noqa: PLC0415

import json
import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.core import clock
from app.core.errors import OutsideDownError
from app.core.jobs.errors import GiveUpError
from app.notifications.errors import DeviceGoneError
from app.notifications.gateway import outward
from app.notifications.types import PushNote

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

KEY_FILE = "vapid_key.pem"
LASTS = 12 * 60 * 60
GONE = {404, 410}
LONGEST = 600  # characters of each part: a record holds 4096 bytes


def send(note: PushNote, *, key: "ec.EllipticCurvePrivateKey", contact: str, private: bool) -> None:
    """Hand one note to the push service of a browser.

    A browser that is no longer there raises DeviceGoneError, a silent or busy service
    OutsideDownError, a service that says never GiveUpError.
    """
    says = {name: words[:LONGEST] for name, words in note.says.items()}
    text = json.dumps(says, ensure_ascii=False).encode()
    body = encrypted(text, note.public_key, note.auth)
    headers = {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(note.lasts),
        "Urgency": note.urgency,
        "Authorization": authorization(note.endpoint, key, contact),
    }
    status, _answer = outward.post(note.endpoint, body, headers, may_be_private=private)
    if status in GONE:
        raise DeviceGoneError
    if status == 429 or status >= 500:
        raise OutsideDownError
    if not 200 <= status < 300:
        raise GiveUpError(f"the push service answers {status}")


def encrypted(text: bytes, browser_key: str, auth: str) -> bytes:
    """Return the text as only the browser with this key can read it, in one record."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    curve = ec.SECP256R1()
    mine, salt = ec.generate_private_key(curve), os.urandom(16)
    theirs_raw, mine_raw = unpacked(browser_key), raw_public(mine)
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(curve, theirs_raw)
    except ValueError as wrong:
        raise GiveUpError("not a browser's key") from wrong
    shared = mine.exchange(ec.ECDH(), theirs)
    told = b"WebPush: info\0" + theirs_raw + mine_raw
    secret = _derived(shared, unpacked(auth), told, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    sealed = AESGCM(key).encrypt(nonce, text + b"\2", None)
    return salt + struct.pack("!IB", 4096, len(mine_raw)) + mine_raw + sealed


def authorization(endpoint: str, key: "ec.EllipticCurvePrivateKey", contact: str) -> str:
    """Return the header that proves to the service of an endpoint who is sending."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(clock.now().timestamp()) + LASTS,
        "sub": contact,
    }
    words = (
        json.dumps(one, separators=(",", ":")) for one in ({"typ": "JWT", "alg": "ES256"}, claims)
    )
    signed = ".".join(packed(one.encode()) for one in words)
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    proof = packed(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{proof},k={packed(raw_public(key))}"


def town_key(folder: Path) -> "ec.EllipticCurvePrivateKey":
    """Return the town's key, made at first asking; several processes get the same."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    path = folder / KEY_FILE
    if not path.exists():
        _make_key(path)
    key = load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _make_key(path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    made = ec.generate_private_key(ec.SECP256R1())
    text = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    fresh = path.with_name(f".{path.name}.{os.urandom(6).hex()}")
    descriptor = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
        # Whole or not at all; where two begin at once, the first one's stays.
        with suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        fresh.unlink()


def raw_public(key: "ec.EllipticCurvePrivateKey") -> bytes:
    """Return a key's public half as browsers want it."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def packed(raw: bytes) -> str:
    """Return bytes as URL-safe text without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    """Return the bytes of URL-safe text, padded or not."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)
