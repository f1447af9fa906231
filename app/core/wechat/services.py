"""Keeping WeChat's ticket with its lifetime, and signing pages with it."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from app.core.facts import put_fact
from app.core.settings import settings
from app.core.wechat.queries import FACT, standing, ticket_at
from app.core.wechat.types import Signature, Ticket

LONGEST_ADDRESS = 2000


def keep_ticket(value: str, seconds: int, *, at: datetime) -> None:
    """Keep a fresh ticket until it ends; a refusal before it is forgotten."""
    _keep(Ticket(value, at + timedelta(seconds=seconds)))


def note_refusal(why: str, *, at: datetime) -> None:
    """Remember why no ticket came; the one there is holds until its own end."""
    _keep(standing().ticket, why=why, failed_at=at.isoformat())


def _keep(ticket: Ticket | None, **more: Any) -> None:
    told = {"ticket": ticket.value, "until": ticket.until.isoformat()} if ticket else {}
    put_fact(FACT, {"app_id": settings().wechat_app_id, **told, **more})


def signature_for(address: str, *, at: datetime) -> Signature | None:
    """Sign a page of this town for WeChat's browser; None without a ticket, and for an address that
    is not the town's own.
    """
    is_ours = f"{address}/".startswith(f"{settings().base_url}/")
    ticket = ticket_at(at)
    if ticket is None or not is_ours or "#" in address or len(address) > LONGEST_ADDRESS:
        return None
    nonce, moment = secrets.token_hex(8), int(at.timestamp())
    return Signature(
        app_id=settings().wechat_app_id,
        timestamp=moment,
        nonce=nonce,
        signature=digest(ticket.value, nonce, moment, address),
    )


def digest(ticket: str, nonce: str, timestamp: int, address: str) -> str:
    """Return the signature by WeChat's rule: SHA-1 over four parts in the order of their names."""
    parts = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={address}"
    return hashlib.sha1(parts.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
