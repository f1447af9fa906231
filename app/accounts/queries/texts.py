"""What can be read about the town's texts and who accepted them."""

from sqlalchemy import and_, func, select

from app.accounts.models import Acceptance, TownText
from app.accounts.policies.texts import brought
from app.accounts.types import AcceptanceRow, TextKind, TextRow
from app.core.db import db
from app.core.errors import NotFoundError
from app.core.facts import facts

MARK = "texts_mark"
FOOT = "foot"
_COLUMNS = (
    TownText.kind,
    TownText.number,
    TownText.body_zh,
    TownText.body_en,
    TownText.note_zh,
    TownText.note_en,
    TownText.asks,
    TownText.published_at,
    TownText.by_id,
)


def mark_in_force() -> int:
    """Return the mark that a member must have accepted; it grows with each change that asks."""
    return int(facts().get(MARK, 0))


def texts_in_force() -> dict[TextKind, TextRow]:
    """Return the three texts as they stand now, in one statement."""
    latest = select(TownText.kind, func.max(TownText.number).label("number"))
    last = latest.group_by(TownText.kind).subquery()
    is_last = and_(TownText.kind == last.c.kind, TownText.number == last.c.number)
    rows = db.session.execute(select(*_COLUMNS).join(last, is_last))
    found = {row.kind: TextRow(*row) for row in rows}
    return {kind: found.get(kind) or brought(kind) for kind in TextKind}


def versions_of(kind: TextKind) -> list[TextRow]:
    """Return all versions of one text, the newest first; the brought one is the last."""
    wanted = select(*_COLUMNS).where(TownText.kind == kind).order_by(TownText.number.desc())
    return [*(TextRow(*row) for row in db.session.execute(wanted)), brought(kind)]


def text_version(kind: TextKind, number: int | None) -> tuple[TextRow, list[TextRow]]:
    """Return one version (the present one, where none is named) and all versions."""
    versions = versions_of(kind)
    if number is None:
        return versions[0], versions
    found = next((row for row in versions if row.number == number), None)
    if found is None:
        raise NotFoundError
    return found, versions


def acceptances_of(user_id: int) -> list[AcceptanceRow]:
    """Return what a person accepted, the latest first."""
    wanted = (
        select(Acceptance.kind, Acceptance.number, Acceptance.at)
        .where(Acceptance.user_id == user_id)
        .order_by(Acceptance.at.desc(), Acceptance.id.desc())
    )
    return [AcceptanceRow(*row) for row in db.session.execute(wanted)]


def changes_for(user_id: int) -> list[tuple[TextRow, list[TextRow]]]:
    """Return each text that the person did not accept as it stands, with the versions since."""
    known: dict[TextKind, int] = {}
    for row in acceptances_of(user_id):
        known[row.kind] = max(known.get(row.kind, -1), row.number)
    found = []
    for kind in TextKind:
        versions = versions_of(kind)
        since = [row for row in versions if row.number > known.get(kind, -1)]
        if since:
            found.append((versions[0], since))
    return found


def accepted_counts() -> dict[tuple[TextKind, int], int]:
    """Return how many people accepted each version."""
    wanted = select(Acceptance.kind, Acceptance.number, func.count()).group_by(
        Acceptance.kind, Acceptance.number
    )
    return {(row[0], row[1]): row[2] for row in db.session.execute(wanted)}
