"""People and gatherings for the tests of events, notifications and the mixed pages."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from app.accounts.queries import viewer_as
from app.accounts.services import create_person, give_role
from app.accounts.types import Language
from app.core import clock
from app.core.access import SYSTEM, Viewer
from app.core.db import transaction
from app.events.models import Gathering, Registration
from app.events.services import gatherings, registrations
from app.events.types import GatheringDraft, GatheringKind
from app.places.services import add_neighbourhood
from app.places.types.points import Point

_numbers = count(1)


def neighbour(
    name: str | None = None,
    *roles: str,
    language: Language = Language.ENGLISH,
    neighbourhood_id: int | None = None,
    is_reachable: bool = True,
) -> Viewer:
    """A person with an account, as an actor."""
    number = next(_numbers)
    with transaction():
        person = create_person(
            name=name or f"Neighbour {number}",
            mail=f"n{number}@example.org" if is_reachable else None,
            language=language,
            neighbourhood_id=neighbourhood_id,
            at=clock.now(),
        )
        for role in roles:
            give_role(SYSTEM, person.id, role, reason="for the test", at=clock.now())
    return viewer_as(person.id)


def place(name: str = "滨河", name_en: str = "Riverside") -> int:
    """A neighbourhood with an outline."""
    number = next(_numbers)
    with transaction():
        row = add_neighbourhood(
            SYSTEM,
            name=name,
            name_en=name_en,
            slug=f"place-{number}",
            centre=Point(31.27, 120.73),
            polygon=[[31.26, 120.72], [31.28, 120.72], [31.28, 120.74], [31.26, 120.74]],
            at=clock.now(),
        )
    return row.id


def draft(**values: Any) -> GatheringDraft:
    """What an organiser fills in, three days ahead."""
    starts_at: datetime = values.pop("starts_at", clock.now() + timedelta(days=3))
    known: dict[str, Any] = {
        "title": "周日一起种阳台菜",
        "title_en": "Balcony greens on Sunday",
        "description": "带上**旧花盆**，土和苗我们有。",
        "description_en": "Bring **old pots**; soil and seedlings are there.",
        "kind": GatheringKind.GARDEN,
        "place": "三号楼架空层",
        "starts_at": starts_at,
        "ends_at": values.pop("ends_at", starts_at + timedelta(hours=2)),
        "capacity": 10,
        "plus_ones": 4,
    }
    return GatheringDraft(**(known | values))


def gathering(
    organiser: Viewer | None = None, *, is_draft: bool = False, **values: Any
) -> Gathering:
    """A gathering, published unless it is to be a draft."""
    actor = organiser or neighbour("Planner", "planner")
    with transaction():
        made = gatherings.open_gathering(actor, draft(**values), at=clock.now())
        if not is_draft:
            gatherings.publish_gathering(actor, made, at=clock.now())
    return made


def signed_up(
    person: Viewer, gathering_id: int, party: int = 1, *, at: datetime | None = None
) -> Registration:
    """A registration through the service, in a transaction of its own."""
    with transaction():
        return registrations.register(person, gathering_id, party=party, at=at or clock.now())
