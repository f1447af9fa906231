"""People for tests, made through the services."""

from itertools import count
from typing import Any

from app.accounts import queries, services
from app.accounts.models import User
from app.accounts.policies import passwords
from app.core import clock
from app.core.access import SYSTEM, Viewer
from app.core.db import transaction

_numbers = count(1)
PASSWORD = "correct horse battery"


def person(
    name: str | None = None,
    *,
    roles: tuple[str, ...] = (),
    staff_of: dict[int, str] | None = None,
    has_password: bool = False,
    **more: Any,
) -> User:
    """Make an account; `roles` count for the site, `staff_of` is `{merchant_id: role}`."""
    number = next(_numbers)
    at = more.pop("at", None) or clock.now()
    values = {"name": name or f"Neighbour {number}", "mail": f"person{number}@example.org"} | more
    if has_password:
        values["password_hash"] = passwords.hashed(PASSWORD)
    with transaction():
        made = services.create_person(at=at, **values)
        for role in roles:
            services.give_role(SYSTEM, made.id, role, reason="test", at=at)
        for merchant_id, role in (staff_of or {}).items():
            scope = ("merchant", merchant_id)
            services.give_role(SYSTEM, made.id, role, scope=scope, reason="test", at=at)
    return made


def viewer(made: User | int) -> Viewer:
    """Return a person as the actor of a service."""
    return queries.viewer_as(made if isinstance(made, int) else made.id)
