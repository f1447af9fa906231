"""One-time passwords of an app (TOTP) for those who choose them, with recovery codes on paper."""

import secrets
from base64 import urlsafe_b64encode
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, or_, update

from app.accounts import queries
from app.accounts.errors import WrongCodeError
from app.accounts.models import RecoveryCode, User
from app.accounts.types import WAY_PROVEN, WAY_REMOVED, Way
from app.core.access import Viewer, signed
from app.core.activity.services import record
from app.core.db import changed, db, put
from app.core.errors import NotFoundError
from app.core.facts import town
from app.core.settings import settings

STEP = 30
RECOVERY_CODES = 8
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_secret() -> str:
    """Return a secret for an app, not kept anywhere yet."""
    import pyotp  # noqa: PLC0415 - few people use one-time passwords

    return pyotp.random_base32()


def address_of(secret: str, name: str) -> str:
    """Return what an app reads from the picture."""
    import pyotp  # noqa: PLC0415 - as above

    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=town().title)


def sealed(secret: str) -> str:
    """Return the secret as it may lie in a table or a form: unreadable without the site's key."""
    return str(_safe().encrypt(secret.encode()).decode())


def unsealed(kept: str) -> str:
    """Return the secret that was sealed; refuses (NotFoundError) what this site did not seal."""
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - as above

    try:
        return str(_safe().decrypt(kept.encode("utf-8", "replace")).decode())
    except InvalidToken as strange:
        raise NotFoundError from strange


def _safe() -> Any:
    from cryptography.fernet import Fernet  # noqa: PLC0415 - as above

    key = sha256(b"totp\x00" + settings().secret_key.encode()).digest()
    return Fernet(urlsafe_b64encode(key))


def turn_on(actor: Viewer, secret: str, code: str, *, at: datetime) -> list[str]:
    """Keep the secret once the app has shown a right code, and return new recovery codes, shown
    only now. Refuses (`WrongCodeError`) any other code.
    """
    person = queries.user(actor.id or 0)
    step = _step_of(secret, code, at=at)
    if step is None:
        raise WrongCodeError
    person.totp_secret, person.totp_step = sealed(secret), step
    db.session.flush()
    record(actor, WAY_PROVEN, ("user", person.id), at=at, data={"way": str(Way.TOTP)})
    return new_recovery_codes(person.id)


def turn_off(actor: Viewer, *, at: datetime) -> None:
    """Forget the secret and the recovery codes."""
    person = queries.user(actor.id or 0)
    forget(person)
    record(actor, WAY_REMOVED, ("user", person.id), at=at, data={"way": str(Way.TOTP)})


def forget(person: User) -> None:
    """Forget a person's secret and their recovery codes."""
    person.totp_secret = person.totp_step = None
    changed(delete(RecoveryCode).where(RecoveryCode.user_id == person.id))
    db.session.flush()


def new_recovery_codes(user_id: int) -> list[str]:
    """Replace a person's recovery codes and return the new ones, which are kept hashed only."""
    changed(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = [_paper_code() for _number in range(RECOVERY_CODES)]
    put(RecoveryCode, [{"user_id": user_id, "code_hash": _hashed(user_id, code)} for code in codes])
    return codes


def new_codes_for(actor: Viewer) -> list[str]:
    """Return new codes for paper; refuses a person who has not turned one-time passwords on."""
    if queries.user(actor.id or 0).totp_secret is None:
        raise NotFoundError
    return new_recovery_codes(actor.id or 0)


def is_spent(user_id: int, typed: str, *, at: datetime) -> bool:
    """Use a code of the app, or one on paper, up; false where it is wrong or was used before."""
    person = queries.user(user_id)
    if person.totp_secret is None:
        return False
    step = _step_of(unsealed(person.totp_secret), typed, at=at)
    if step is not None:
        is_later = or_(User.totp_step.is_(None), User.totp_step < step)
        used = update(User).where(User.id == user_id, is_later).values(totp_step=step)
        return bool(changed(used))
    plain = "".join(sign for sign in typed.upper() if sign.isalnum())
    unused = (
        (RecoveryCode.user_id == user_id)
        & (RecoveryCode.code_hash == _hashed(user_id, plain))
        & RecoveryCode.used_at.is_(None)
    )
    return bool(changed(update(RecoveryCode).where(unused).values(used_at=at)))


def _paper_code() -> str:
    return "".join(secrets.choice(_LETTERS) for _sign in range(10))


def _hashed(user_id: int, code: str) -> str:
    return signed("recovery", f"{user_id}:{code}")


def _step_of(secret: str, typed: str, *, at: datetime) -> int | None:
    """Return the half minute to which the code belongs: this one, the last or the next."""
    import pyotp  # noqa: PLC0415 - as above

    digits = "".join(str(int(sign)) for sign in typed if sign.isdecimal())
    now = int(at.timestamp()) // STEP
    totp = pyotp.TOTP(secret)
    fits = [
        step
        for step in (now - 1, now, now + 1)
        if secrets.compare_digest(totp.generate_otp(step), digits)
    ]
    return fits[0] if fits else None
