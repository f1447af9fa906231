"""Passkeys: a person's device signs a question of ours; we keep only the public half of its key."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from app.accounts import queries
from app.accounts.errors import PasskeyError
from app.accounts.models import Passkey, User
from app.accounts.queries import proofs as reads
from app.accounts.services import proofs
from app.accounts.types import WAY_PROVEN, WAY_REMOVED, Caller, Way
from app.core.access import Viewer, signed
from app.core.activity.services import record
from app.core.db import changed, db
from app.core.facts import town
from app.core.settings import settings

MOST = 20


def ask_new(actor: Viewer, caller: Caller, *, at: datetime) -> tuple[str, str]:
    """Return what the browser needs to make a passkey (as JSON), and the secret of this step."""
    from webauthn import generate_registration_options, options_to_json  # noqa: PLC0415 - heavy
    from webauthn.helpers.structs import (  # noqa: PLC0415 - heavy
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    person = queries.user(actor.id or 0)
    proof, token = proofs.begun_passkey(caller, at=at, user_id=person.id)
    options = generate_registration_options(
        rp_id=_host(),
        rp_name=town().title,
        user_id=signed("passkey", str(person.id)).encode(),
        user_name=person.name,
        user_display_name=person.name,
        challenge=_challenge(proof.salt),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=_bytes(row)) for row in reads.credential_ids(person.id)
        ],
    )
    return options_to_json(options), token


def keep_new(actor: Viewer, token: str, answer: str, *, name: str, at: datetime) -> Passkey:
    """Keep the public half of a new passkey; refuses (`PasskeyError`) an answer to another
    question, from another site or without the person's finger, face or number.
    """
    from webauthn import verify_registration_response  # noqa: PLC0415 - heavy
    from webauthn.helpers import bytes_to_base64url  # noqa: PLC0415 - heavy

    proof = proofs.spent_passkey(token, at=at)
    if proof.user_id != actor.id:
        raise PasskeyError
    try:
        found = verify_registration_response(
            credential=_read(answer),
            expected_challenge=_challenge(proof.salt),
            expected_rp_id=_host(),
            expected_origin=settings().base_url,
            require_user_verification=True,
        )
    except Exception as refused:
        raise PasskeyError from refused
    key = Passkey(
        user_id=actor.id,
        credential_id=bytes_to_base64url(found.credential_id),
        public_key=found.credential_public_key,
        sign_count=found.sign_count,
        name=name.strip()[:60] or "Passkey",
        made_at=at,
    )
    if len(reads.credential_ids(actor.id or 0)) >= MOST:
        raise PasskeyError
    try:
        with db.session.begin_nested():
            db.session.add(key)
    except IntegrityError as known:
        raise PasskeyError from known
    record(actor, WAY_PROVEN, ("user", key.user_id), at=at, data={"way": str(Way.PASSKEY)})
    return key


def ask(caller: Caller, *, at: datetime) -> tuple[str, str]:
    """Return what the browser needs to show a passkey (as JSON), and the secret of this step; it
    names nobody.
    """
    from webauthn import generate_authentication_options, options_to_json  # noqa: PLC0415 - heavy
    from webauthn.helpers.structs import UserVerificationRequirement  # noqa: PLC0415 - heavy

    proof, token = proofs.begun_passkey(caller, at=at)
    options = generate_authentication_options(
        rp_id=_host(),
        challenge=_challenge(proof.salt),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options), token


def person_of(token: str, answer: str, *, at: datetime) -> User:
    """Return whose passkey answered our question; refuses (`PasskeyError`) any other answer, and a
    second use of the question.
    """
    from webauthn import verify_authentication_response  # noqa: PLC0415 - heavy

    proof = proofs.spent_passkey(token, at=at)
    credential = _read(answer)
    key = reads.passkey_by_credential(str(credential.get("id", ""))[:1400])
    if key is None:
        raise PasskeyError
    try:
        found = verify_authentication_response(
            credential=credential,
            expected_challenge=_challenge(proof.salt),
            expected_rp_id=_host(),
            expected_origin=settings().base_url,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except Exception as refused:
        raise PasskeyError from refused
    values = {"sign_count": found.new_sign_count, "used_at": at}
    changed(update(Passkey).where(Passkey.id == key.id).values(**values))
    return queries.user(key.user_id)


def rename(actor: Viewer, passkey_id: int, name: str) -> None:
    """Give one of the actor's own passkeys another name; one that is not theirs stays as it is."""
    is_own = (Passkey.id == passkey_id) & (Passkey.user_id == actor.id)
    changed(update(Passkey).where(is_own).values(name=name.strip()[:60] or "Passkey"))


def remove(actor: Viewer, passkey_id: int, *, at: datetime) -> None:
    """Forget one of the actor's own passkeys; one that is not theirs stays."""
    is_own = (Passkey.id == passkey_id) & (Passkey.user_id == actor.id)
    if changed(delete(Passkey).where(is_own)):
        data = {"way": str(Way.PASSKEY)}
        record(actor, WAY_REMOVED, ("user", actor.id or 0), at=at, data=data)


def _host() -> str:
    return urlsplit(settings().base_url).hostname or "localhost"


def _challenge(salt: str) -> bytes:
    return bytes.fromhex(signed("challenge", salt))


def _bytes(kept: str) -> bytes:
    from webauthn.helpers import base64url_to_bytes  # noqa: PLC0415 - heavy

    return base64url_to_bytes(kept)


def _read(answer: str) -> dict[str, Any]:
    try:
        read = json.loads(answer[:20_000])
    except ValueError as strange:
        raise PasskeyError from strange
    if not isinstance(read, dict):
        raise PasskeyError
    return read
