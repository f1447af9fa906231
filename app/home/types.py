"""What the mixed pages are made of."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from app.core.i18n import lazy_gettext as _l
from app.core.search.types import Hit
from app.events.types import GatheringRow
from app.forum.types import ThreadRow, WaitingRow
from app.merchants.types import MerchantCard
from app.orders.types import OrderRow
from app.places.types.rows import NeighbourhoodRow

# What the search shows, in the order of the page; a group may hold several kinds of the index.
GROUPS = {
    "talk": (_l("Talk"), ("thread", "post")),
    "shops": (_l("Shops"), ("merchant",)),
    "listings": (_l("Goods and services"), ("listing",)),
    "events": (_l("Events"), ("gathering",)),
    "people": (_l("People"), ("user",)),
}


@dataclass(frozen=True, slots=True)
class Front:
    """Today in the neighbourhood, for one viewer."""

    place: NeighbourhoodRow | None
    topic: ThreadRow | None
    waiting: list[WaitingRow]
    has_more_waiting: bool
    talk: list[ThreadRow]
    shops: list[MerchantCard]
    gatherings: list[GatheringRow]
    ready: list[OrderRow]
    under_way: list[OrderRow]

    @property
    def is_empty(self) -> bool:
        """Whether nothing has happened in this town yet."""
        return not (self.topic or self.waiting or self.shops or self.gatherings)


class ShopShown(NamedTuple):
    """A shop of the front page as its card shows it, times and minutes in words."""

    id: int
    picture_id: int | None
    drawing: str
    name_zh: str
    name_en: str | None
    category_zh: str
    category_en: str | None
    minutes: int | None
    until: str
    opens: str


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """Hits of one group of the search page; without a total there are very many."""

    key: str
    label: Any
    hits: list[Hit]
    total: int | None


@dataclass(frozen=True, slots=True)
class MapPoint:
    """One pin, with the line of the list that stands for it without the map."""

    lat: float
    lng: float
    title: str
    url: str
    note: str
    tone: str
    kind: str
