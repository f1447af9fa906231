"""Cards of gatherings for the pages of upper houses."""

from collections.abc import Sequence

from markupsafe import Markup

from app.core.pages import remembered_part, shown_day
from app.events.types import GatheringRow


def gathering_rows(rows: Sequence[GatheringRow]) -> Markup:
    """Return a short list of gatherings: when, where, and whether there is room."""
    told = tuple((row, shown_day(row.starts_at), shown_day(row.ends_at)) for row in rows)
    return remembered_part("events/_cards.html", "lines", told)
