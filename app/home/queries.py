"""Reads of the mixed pages; each asks the houses below once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from app.core.access import Viewer
from app.core.lists import Page
from app.core.search.queries import find, find_each, renamed
from app.core.search.types import Hit
from app.events.queries import gatherings_soon
from app.forum.queries.search import titles_over
from app.forum.queries.threads import latest_threads
from app.forum.queries.waiting import unanswered
from app.forum.types import ThreadRow
from app.home.types import GROUPS, FoundGroup, Front
from app.merchants.queries.browsing import shops_of_the_hour
from app.merchants.queries.finding import found_words
from app.orders.queries.orders import open_orders_of
from app.orders.types import Stage
from app.places.queries import neighbourhood_names

TALK = 12
WAITING = 3
SHOPS = 6
PER_GROUP = 5


def front_of(viewer: Viewer, *, at: datetime) -> Front:
    """Return today for this viewer: five statements for a guest, seven for a member."""
    places = neighbourhood_names()
    home = next((row for row in places if row.id == viewer.neighbourhood_id), None)
    place = home or (places[0] if places else None)
    near = (place.lat, place.lng) if place else None
    talk = latest_threads(viewer, limit=TALK)
    waiting = unanswered(viewer, at=at, limit=WAITING + 1)
    orders = open_orders_of(viewer.id) if viewer.id is not None else []
    topic = _topic_of(talk)
    return Front(
        place=place,
        topic=topic,
        waiting=waiting[:WAITING],
        has_more_waiting=len(waiting) > WAITING,
        talk=[row for row in talk if topic is None or row.id != topic.id][:6],
        shops=shops_of_the_hour(near, at=at, limit=SHOPS),
        gatherings=gatherings_soon(at=at, limit=3),
        ready=[row for row in orders if row.stage is Stage.READY],
        under_way=[row for row in orders if row.stage is not Stage.READY],
    )


def _topic_of(talk: list[ThreadRow]) -> ThreadRow | None:
    """The topic of the day is what neighbours talk about most just now; a pinned one wins."""
    lively = [row for row in talk if row.reply_count and not row.is_held]
    return max(lively, key=lambda row: (row.is_pinned, row.reply_count), default=None)


def found_groups(words: str, viewer: Viewer) -> list[FoundGroup]:
    """Return the best hits of each group for a search's first page. At most five statements."""
    kinds = {key: group for key, (_label, group) in GROUPS.items()}
    pages = find_each(words, viewer, kinds, limit=PER_GROUP)
    named = iter(_named([hit for page in pages.values() for hit in page.rows]))
    return [
        FoundGroup(key, GROUPS[key][0], [next(named) for _hit in page.rows], page.total)
        for key, page in pages.items()
    ]


def _named(hits: Sequence[Hit]) -> list[Hit]:
    """Show a reply under its thread's title, shops and goods in the reader's language."""
    ids: dict[str, list[int]] = {}
    for hit in hits:
        ids.setdefault(hit.kind, []).append(hit.id)
    titles = titles_over(ids["post"]) if "post" in ids else {}
    said = {kind: found_words(kind, ids[kind]) for kind in ids if kind in {"merchant", "listing"}}
    shown = []
    for hit in hits:
        if hit.id in titles and hit.kind == "post":
            shown.append(renamed(hit, titles[hit.id]))
        elif hit.id in said.get(hit.kind, {}):
            shown.append(renamed(hit, *said[hit.kind][hit.id]))
        else:
            shown.append(hit)
    return shown


def found_in(words: str, viewer: Viewer, group: str, after: str | None) -> Page[Hit]:
    """Return one page of one group's hits. At most three statements."""
    page = find(words, viewer, kinds=list(GROUPS[group][1]), limit=20, after=after)
    return replace(page, rows=_named(page.rows))
