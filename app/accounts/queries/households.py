"""Who lives with whom, as far as the site can tell: nobody is asked, nothing is kept for it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.accounts.models import Guardianship, SignIn
from app.core.db import db
from app.places.models import Address

OWNER = "user"


def housemates(person_id: int, others: Iterable[int]) -> set[int]:
    """Return those of `others` who are of one household with a person: the person, a parent and
    their child, who signed in on the same device, who gave the same door as an address.
    """
    wanted = set(others)
    found = wanted & {person_id}
    if not wanted - found:
        return found
    kin = select(Guardianship.child_id, Guardianship.guardian_id).where(
        (Guardianship.child_id == person_id) | (Guardianship.guardian_id == person_id)
    )
    found |= {one for row in db.session.execute(kin) for one in row}
    mine, theirs = aliased(SignIn), aliased(SignIn)
    devices = (
        select(theirs.user_id)
        .join(mine, mine.device_hash == theirs.device_hash)
        .where(mine.user_id == person_id, theirs.user_id.in_(wanted))
    )
    found |= set(db.session.scalars(devices))
    home, door = aliased(Address), aliased(Address)
    doors = (
        select(door.owner_id)
        .join(home, (home.text == door.text) & (home.detail == door.detail))
        .where(
            home.owner_kind == OWNER,
            home.owner_id == person_id,
            home.detail != "",
            door.owner_kind == OWNER,
            door.owner_id.in_(wanted),
        )
    )
    found |= set(db.session.scalars(doors))
    return found & wanted
