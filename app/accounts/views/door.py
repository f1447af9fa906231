"""What all doors share: where a request came from, the session it gets, the step in between."""

import secrets
from typing import Any

from flask import Response, redirect, request, url_for

from app.accounts import services
from app.accounts.models import User
from app.accounts.queries import proofs as reads
from app.accounts.services import proofs
from app.accounts.types import AttemptKind, Caller, Purpose, Way
from app.core import clock
from app.core.access import address_hash, remember_session, session_cookie, token_hash
from app.core.db import transaction
from app.core.settings import settings

FLOW_COOKIE = "linli_step"
FLOW_SECONDS = 40 * 60


def _device_cookie() -> str:
    return "__Host-linli_device" if settings().is_https else "linli_device"


def known_device() -> str | None:
    """Return the secret of this browser, if it was here before."""
    return request.cookies.get(_device_cookie()) or None


def caller(device: str | None) -> Caller:
    """Say where the request came from, as far as throttling needs to know."""
    return Caller(
        address_hash=address_hash(request.remote_addr),
        device_hash=token_hash(device) if device else None,
        user_agent=request.user_agent.string.encode("utf-8", "replace").decode(),
    )


def signed_in(
    person: User,
    location: str,
    *,
    attempt_id: int | None = None,
    new_hash: str | None = None,
    is_proven: bool = False,
) -> Response:
    """Open a new session for a proven person, end the one that this browser had, and go on."""
    device = known_device() or secrets.token_urlsafe(24)
    person_id = person.id
    with transaction():
        token = services.sign_in(
            person_id,
            caller(device),
            at=clock.now(),
            attempt_id=attempt_id,
            old_token=request.cookies.get(session_cookie()),
            new_hash=new_hash,
            is_proven=is_proven,
        )
    answer: Any = redirect(location, 303)
    remember_session(answer, token, seconds=int(services.SIGN_IN_LASTS.total_seconds()))
    answer.set_cookie(
        _device_cookie(),
        device,
        max_age=365 * 24 * 3600,
        secure=settings().is_https,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    forget_step(answer)
    return answer  # type: ignore[no-any-return]


def step_token() -> str:
    """Return the secret of the step that this browser is in the middle of."""
    return request.cookies.get(FLOW_COOKIE, "")[:100]


def to_step(location: str, token: str) -> Response:
    """Lead to the next step, whose secret only this browser gets: it stands in no address."""
    answer: Any = redirect(location, 303)
    answer.set_cookie(
        FLOW_COOKIE,
        token,
        max_age=FLOW_SECONDS,
        secure=settings().is_https,
        httponly=True,
        samesite="Lax",
        path="/me",
    )
    return answer  # type: ignore[no-any-return]


def forget_step(answer: Any) -> None:
    """Take the step's secret away."""
    if request.cookies.get(FLOW_COOKIE):
        answer.delete_cookie(
            FLOW_COOKIE, secure=settings().is_https, httponly=True, samesite="Lax", path="/me"
        )


def second_step(
    person: User, location: str, *, attempt_id: int | None = None, is_always: bool = False
) -> Response | None:
    """Lead somebody whose first proof was right to a second one, on a device from which they never
    signed in. None where there is no need, or no way that is proven to reach them.
    """
    where, at = caller(known_device()), clock.now()
    ways = reads.ways_of(person)
    if not ways or (not is_always and reads.is_own_device(person, where, at=at)):
        return None
    token = ask_by(ways[0].way, ways[0].target, person, Purpose.DEVICE, attempt_id=attempt_id)
    return to_step(url_for("accounts.device_code", next=location), token)


def ask_by(
    way: Way,
    target: str | None,
    person: User,
    purpose: Purpose,
    *,
    attempt_id: int | None = None,
    question: str = "",
    answer: str = "",
) -> str:
    """Begin a proof of a person by one of their ways and return its secret."""
    where, at = caller(known_device()), clock.now()
    with transaction():
        if way is Way.TOTP:
            return proofs.ask_totp(purpose, person.id, where, at=at, attempt_id=attempt_id)
        return proofs.ask_code(
            purpose,
            way,
            target or "",
            where,
            at=at,
            user_id=person.id,
            attempt_id=attempt_id,
            question=question,
            answer=answer,
        )


def count_try(kind: AttemptKind, account: str) -> int:
    """Count one try at a door, before it is opened."""
    with transaction():
        return services.count_try(kind, account, caller(known_device()), at=clock.now())
