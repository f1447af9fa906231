"""What can be read about the first start."""

import re
from typing import Any

from sqlalchemy import select

from app.accounts import queries as people
from app.core.access import Role, signed
from app.core.db import db
from app.operator.models import StartDraft

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
KEY_SIGNS = 12


def drafts() -> dict[str, Any]:
    """Return what is kept so far, by step."""
    rows = db.session.execute(select(StartDraft.step, StartDraft.value))
    return {row.step: row.value for row in rows}


def draft(step: str) -> Any:
    """Return what is kept of one step, or None."""
    return db.session.scalar(select(StartDraft.value).where(StartDraft.step == step))


def has_operator() -> bool:
    """Whether somebody runs this site already."""
    return bool(people.role_holders(Role.OPERATOR))


def start_key() -> str:
    """Return the first-start key, made of the site's secret key: nothing of it is kept anywhere."""
    number, signs = int(signed("first-start", "key"), 16), ""
    for _place in range(KEY_SIGNS):
        number, sign = divmod(number, len(ALPHABET))
        signs += ALPHABET[sign]
    return "-".join(re.findall("....", signs))


def plain_key(text: str) -> str:
    """Return a typed key as it is compared: large letters and digits only."""
    return re.sub(r"[^0-9A-Z]", "", text.upper())[:40]
