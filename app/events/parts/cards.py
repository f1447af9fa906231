"""Cards of gatherings for the pages of upper houses."""

from collections.abc import Sequence

from markupsafe import Markup

from app.core.pages import part
from app.events.types import GatheringRow


def gathering_rows(rows: Sequence[GatheringRow]) -> Markup:
    """Return a short list of gatherings: when, where, and whether there is room."""
    return part("events/_rows.html", rows=rows)
