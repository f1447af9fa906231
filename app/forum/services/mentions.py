"""Whom an `@name` in a text means."""

from app.accounts import queries as accounts
from app.forum.services.markdown import called_names


def people_called(text: str, *, near: int | None = None) -> dict[str, int]:
    """Return name as written → person for those whom a text calls; of namesakes the neighbour."""
    candidates = called_names(text)
    return accounts.ids_by_name(candidates, near=near) if candidates else {}
