"""The rules of the town's texts: publishing a version, accepting, and what stands at the foot."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from app.accounts.errors import TextsChangedError
from app.accounts.models import Acceptance, TownText, User
from app.accounts.policies.texts import check_change, digest_of
from app.accounts.queries import texts as reads
from app.accounts.types import FOOT_CHANGED, TEXT_PUBLISHED, TEXTS_ACCEPTED, TextKind
from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import changed, db, insert_ignoring
from app.core.errors import NotAllowedError, NotSignedInError
from app.core.facts import put_fact

FOOT_FIELDS = ("owner", "contact", "icp", "police", "licences")


def publish_text(
    actor: Viewer,
    kind: TextKind,
    *,
    body_zh: str,
    body_en: str,
    note_zh: str,
    note_en: str,
    asks: bool,
    at: datetime,
) -> TownText:
    """Publish a new version with what changed; where it `asks`, members accept at their next
    visit. Refuses who does not run the town, and a version without a change.
    """
    if not actor.is_operator:
        raise NotAllowedError
    old = reads.texts_in_force()[kind]
    check_change(old, body_zh=body_zh, body_en=body_en, note_zh=note_zh, note_en=note_en)
    row = TownText(
        kind=kind,
        number=old.number + 1,
        body_zh=body_zh.strip(),
        body_en=body_en.strip(),
        note_zh=note_zh.strip(),
        note_en=note_en.strip(),
        asks=asks,
        published_at=at,
        by_id=actor.id,
    )
    db.session.add(row)
    db.session.flush()
    if asks:
        put_fact(reads.MARK, row.id)
    data = {"kind": kind, "number": row.number, "asks": asks}
    record(actor, TEXT_PUBLISHED, ("town_text", row.id), at=at, data=data, reason=row.note_en)
    return row


def accept_texts(actor: Viewer, *, mark: int, at: datetime) -> None:
    """Take down that a person accepts the texts as they stand; refuses when they changed since
    the person saw them.
    """
    if actor.id is None:
        raise NotSignedInError
    if mark != _mark_now():
        raise TextsChangedError
    keep_acceptance(actor.id, at=at)
    record(actor, TEXTS_ACCEPTED, ("user", actor.id), at=at, data={"mark": mark})


def keep_acceptance(user_id: int, *, at: datetime) -> None:
    """Write down, with version and time, that a person accepts what stands now, as at joining."""
    rows = [
        {"user_id": user_id, "kind": kind, "number": text.number, "digest": digest_of(text)}
        | {"at": at}
        for kind, text in reads.texts_in_force().items()
    ]
    insert_ignoring(Acceptance, rows, keys=["user_id", "kind", "number"])
    changed(update(User).where(User.id == user_id).values(accepted_mark=_mark_now()))


def _mark_now() -> int:
    """The mark itself, not the one kept for some seconds: another process may have moved it."""
    asked = select(TownText.id).where(TownText.asks).order_by(TownText.id.desc()).limit(1)
    return db.session.scalar(asked) or 0


def set_foot(actor: Viewer, values: dict[str, Any], *, at: datetime) -> None:
    """Write what the law wants at the foot of every page; refuses who does not run the town."""
    if not actor.is_operator:
        raise NotAllowedError
    kept = {name: str(values.get(name) or "").strip() for name in FOOT_FIELDS}
    put_fact(reads.FOOT, kept)
    said = ", ".join(name for name in FOOT_FIELDS if kept[name]) or "empty"
    record(actor, FOOT_CHANGED, ("fact", 0), at=at, reason=said)
