"""How far things are, in words."""

from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.places.types.points import walking_minutes

WALKABLE = 3_000.0


def walk_words(metres: float) -> str:
    """Return how far it is as people say it: minutes on foot, or kilometres where nobody walks."""
    if metres > WALKABLE:
        return distance_words(metres)
    minutes = walking_minutes(metres)
    return ngettext("%(num)s minute's walk", "%(num)s minutes' walk", minutes)


def distance_words(metres: float) -> str:
    """Return a distance rounded to what an eye can tell: 460 m, 1.2 km."""
    if metres < 1000:
        return _("%(metres)s m", metres=max(10, int(round(metres, -1))))
    return _("%(kilometres)s km", kilometres=f"{metres / 1000:.1f}")
