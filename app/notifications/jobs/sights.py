"""What people saw on pages ends what would still be told of it."""

from collections.abc import Sequence

from app.core.activity.seen import sink
from app.core.activity.types import Sight
from app.notifications.services import alarms, ladders
from app.notifications.types import AlarmEnd


@sink("shop_orders")
def shop_saw(sights: Sequence[Sight]) -> None:
    """A shop that had its new orders before its eyes need not be told of them."""
    for sight in sights:
        alarms.note_seen(sight.subject_id, up_to=sight.number, at=sight.at)


@sink("shop_order")
def shop_opened(sights: Sequence[Sight]) -> None:
    """Nor of the one whose page they opened."""
    for sight in sights:
        alarms.end(sight.subject_id, how=AlarmEnd.SEEN, at=sight.at)


def person_saw(sights: Sequence[Sight]) -> None:
    """Who saw the thing itself has read what told of it."""
    for sight in sights:
        ladders.note_seen(
            sight.user_id, (sight.subject_kind, sight.subject_id), sight.number, at=sight.at
        )


for kind in ("thread", "gathering", "order"):
    sink(kind)(person_saw)
