"""Who may do what with bills, and which week a day belongs to."""

from datetime import date, timedelta

from app.core.access import Viewer
from app.core.errors import NotAllowedError


def week_of(day: date) -> date:
    """Return the Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def can_see_bills_of(viewer: Viewer, merchant_id: int) -> bool:
    """Whether the viewer runs the shop, or the site."""
    return viewer.is_operator or viewer.is_staff_of(merchant_id, "owner", "manager")


def check_is_operator(actor: Viewer) -> None:
    """Refuse (NotAllowedError) anybody but an operator."""
    if not actor.is_operator:
        raise NotAllowedError
