"""The town's secrets in an archive: only under a passphrase, and never otherwise.

An archive lies on other machines than the site, often for years; the secret key in it would open
every signed address. So it is left out unless somebody gives a passphrase to lock it with.
"""

import base64
import hashlib
import json
import os
from dataclasses import fields

from app.core.backup.errors import BackupError
from app.core.settings import Settings

PASSPHRASE = "LINLI_BACKUP_PASSPHRASE"  # noqa: S105 - the name of a variable
MEMBER = "secrets.enc"
_N, _R, _P = 2**15, 8, 1


def plain_settings(settings: Settings) -> dict[str, str]:
    """Return every setting that is no secret, by the name of its variable."""
    return {
        f"LINLI_{entry.name.upper()}": str(getattr(settings, entry.name))
        for entry in fields(settings)
        if not entry.metadata["secret"]
    }


def secret_settings(settings: Settings) -> dict[str, str]:
    """Return every secret that is set, by the name of its variable; the database's address stays
    where it is.
    """
    return {
        f"LINLI_{entry.name.upper()}": str(getattr(settings, entry.name))
        for entry in fields(settings)
        if entry.metadata["secret"]
        and entry.name != "database_url"
        and getattr(settings, entry.name)
    }


def locked(secrets: dict[str, str], passphrase: str) -> bytes:
    """Return the secrets locked with a passphrase of at least 12 characters."""
    if len(passphrase) < 12:
        raise BackupError(f"{PASSPHRASE} needs at least 12 characters")
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = _cipher(passphrase, salt).encrypt(nonce, json.dumps(secrets).encode(), b"linli")
    return json.dumps(
        {name: base64.b64encode(part).decode() for name, part in
         {"salt": salt, "nonce": nonce, "sealed": sealed}.items()}
    ).encode()  # fmt: skip


def unlocked(content: bytes, passphrase: str) -> dict[str, str]:
    """Return the secrets, or refuse (BackupError) a wrong passphrase."""
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - only who locks or unlocks pays for it

    try:
        parts = {name: base64.b64decode(part) for name, part in json.loads(content).items()}
        cipher = _cipher(passphrase, parts["salt"])
        text = cipher.decrypt(parts["nonce"], parts["sealed"], b"linli")
        return {str(name): str(value) for name, value in json.loads(text).items()}
    except (InvalidTag, KeyError, ValueError) as wrong:
        raise BackupError(f"{PASSPHRASE} does not unlock the secrets of this archive") from wrong


def _cipher(passphrase: str, salt: bytes):  # type: ignore[no-untyped-def]
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - as above

    key = hashlib.scrypt(
        passphrase.encode(), salt=salt, n=_N, r=_R, p=_P, dklen=32, maxmem=128 * 1024 * 1024
    )
    return AESGCM(key)
