"""Making, publishing, changing, calling off and putting away a gathering."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select, update

from app.core.access import Viewer
from app.core.activity.services import record
from app.core.db import db, moved
from app.core.errors import FieldError
from app.core.i18n import lazy_gettext as _l
from app.core.media.services import keep
from app.core.media.types import PreparedPicture
from app.core.pools.errors import PoolTooLowError
from app.core.pools.services import make_pool, set_total
from app.core.search.registry import findable
from app.core.search.services import drop, put_many
from app.core.search.types import Document
from app.core.settings import settings
from app.events import policies
from app.events.errors import (
    CapacityTakenError,
    GatheringMovedOnError,
    NotOverError,
    NotYourGatheringError,
)
from app.events.models import Gathering
from app.events.services.registrations import at_the_door, seat_the_line, seats_of
from app.events.signals import gathering_cancelled
from app.events.types import (
    GATHERING_ARCHIVED,
    GATHERING_CANCELLED,
    GATHERING_CHANGED,
    GATHERING_PUBLISHED,
    MOVES,
    GatheringDraft,
    GatheringState,
)
from app.forum.services.markdown import rendered, words_of
from app.forum.services.reading import follow
from app.forum.services.threads import thread_about
from app.forum.types import Format
from app.moderation.services.pictures import say_with
from app.moderation.types import Consent

# What a calendar must be told about; RFC 5545 counts such changes in SEQUENCE.
_TELLING = ("title", "title_en", "place", "starts_at", "ends_at")
_TIME_AND_PLACE = ("place", "starts_at", "ends_at")


def open_gathering(
    actor: Viewer,
    draft: GatheringDraft,
    *,
    at: datetime,
    picture: PreparedPicture | None = None,
    consent: Consent | None = None,
) -> Gathering:
    """Write a gathering down as a draft with its pool of seats; planners and leaders may."""
    if not policies.can_make(actor) or actor.id is None:
        raise NotYourGatheringError
    _check_times(draft)
    values = asdict(draft)
    capacity = values.pop("capacity")
    gathering = Gathering(
        **values,
        **_html(draft),
        state=GatheringState.DRAFT,
        organiser_id=actor.id,
        created_at=at,
        changed_at=at,
    )
    db.session.add(gathering)
    db.session.flush()
    host = urlsplit(settings().base_url).hostname
    gathering.uid = f"gathering-{gathering.id}@{host}"
    gathering.pool_id = make_pool("seats", f"gathering:{gathering.id}", capacity).id
    _keep_picture(actor, gathering, picture, consent, at=at)
    db.session.flush()
    return gathering


def publish_gathering(actor: Viewer, gathering: Gathering, *, at: datetime) -> Gathering:
    """Show a draft to the neighbourhood, open its talk and put it into the index."""
    _move(actor, gathering, GatheringState.PUBLISHED, at=at)
    organiser = Viewer(id=gathering.organiser_id)
    thread = thread_about("gathering", gathering.id, title=gathering.title, actor=organiser, at=at)
    follow(organiser, thread.id, at=at)
    gathering.thread_id = thread.id
    db.session.flush()
    put_many([_document(gathering)])
    _record(actor, GATHERING_PUBLISHED, gathering, at=at)
    return gathering


def change_gathering(
    actor: Viewer,
    gathering: Gathering,
    draft: GatheringDraft,
    *,
    at: datetime,
    picture: PreparedPicture | None = None,
    consent: Consent | None = None,
) -> Gathering:
    """Write the gathering anew; more seats go to the line at once.

    Refuses a capacity below what is promised, and any change of what is called off or put away.
    """
    policies.check_can_run(actor, gathering)
    _check_times(draft)
    gathering = at_the_door(gathering.id)
    if gathering.state not in (GatheringState.DRAFT, GatheringState.PUBLISHED):
        raise GatheringMovedOnError(gathering_id=gathering.id)
    values = asdict(draft)
    capacity = values.pop("capacity")
    told = [name for name in _TELLING if getattr(gathering, name) != values[name]]
    for name, value in (values | _html(draft)).items():
        setattr(gathering, name, value)
    gathering.changed_at = at
    if told and gathering.state == GatheringState.PUBLISHED:
        gathering.sequence += 1
    _keep_picture(actor, gathering, picture, consent, at=at)
    db.session.flush()
    _set_capacity(actor, gathering, capacity, at=at)
    if gathering.state == GatheringState.PUBLISHED:
        put_many([_document(gathering)])
        moved_by = [name for name in told if name in _TIME_AND_PLACE]
        _record(actor, GATHERING_CHANGED, gathering, at=at, changed=moved_by)
    return gathering


def cancel_gathering(
    actor: Viewer, gathering: Gathering, *, reason: str, at: datetime
) -> Gathering:
    """Call it off: everybody is told, calendars show it cancelled, nobody can sign up any more."""
    _move(actor, gathering, GatheringState.CANCELLED, at=at, cancelled_because=reason)
    drop("gathering", gathering.id)
    _record(actor, GATHERING_CANCELLED, gathering, at=at, reason=reason)
    gathering_cancelled.send(gathering, gathering=gathering, at=at)
    return gathering


def archive_gathering(actor: Viewer, gathering: Gathering, *, at: datetime) -> Gathering:
    """Take it out of the lists; its page stays for those who were there.

    Refuses what is still to come: it is called off first, so that everybody is told.
    """
    if policies.is_to_come(gathering, at=at):
        raise NotOverError(gathering_id=gathering.id)
    _move(actor, gathering, GatheringState.ARCHIVED, at=at)
    drop("gathering", gathering.id)
    _record(actor, GATHERING_ARCHIVED, gathering, at=at)
    return gathering


def _move(
    actor: Viewer, gathering: Gathering, to: GatheringState, *, at: datetime, **values: Any
) -> None:
    policies.check_can_run(actor, gathering)
    before = [state for state, allowed in MOVES.items() if to in allowed]
    moved(
        update(Gathering)
        .where(Gathering.id == gathering.id, Gathering.state.in_(before))
        .values(
            state=to,
            changed_at=at,
            moves=Gathering.moves + 1,
            sequence=Gathering.sequence + (1 if to is GatheringState.CANCELLED else 0),
            **values,
        ),
        GatheringMovedOnError(gathering_id=gathering.id),
    )
    db.session.refresh(gathering)


def _check_times(draft: GatheringDraft) -> None:
    if draft.ends_at <= draft.starts_at:
        raise FieldError("ends_at", _l("It must end after it starts."))
    if draft.closes_at is not None and draft.closes_at > draft.ends_at:
        raise FieldError("closes_at", _l("Sign-up must close before the event ends."))
    if draft.opens_at and draft.opens_at >= (draft.closes_at or draft.ends_at):
        raise FieldError("opens_at", _l("Sign-up must open before it closes."))


def _html(draft: GatheringDraft) -> dict[str, str | None]:
    english = draft.description_en
    return {
        "description_html": rendered(draft.description, Format.MARKDOWN).html,
        "description_en_html": rendered(english, Format.MARKDOWN).html if english else None,
    }


def _set_capacity(
    actor: Viewer, gathering: Gathering, capacity: int | None, *, at: datetime
) -> None:
    try:
        set_total(seats_of(gathering), capacity)
    except PoolTooLowError as taken:
        raise CapacityTakenError(gathering_id=gathering.id) from taken
    seat_the_line(actor, gathering, at=at, freed=True)


def _keep_picture(
    actor: Viewer,
    gathering: Gathering,
    picture: PreparedPicture | None,
    consent: Consent | None,
    *,
    at: datetime,
) -> None:
    if picture is not None:
        kept = keep(picture, owner=("gathering", gathering.id), actor=actor)
        gathering.picture_id = kept.id
        say_with(actor, [kept.id], consent, at=at)


@findable("gathering")
def documents() -> Iterator[Document]:
    """Describe every gathering that the index should know, to build it anew."""
    wanted = select(Gathering).where(Gathering.state == GatheringState.PUBLISHED)
    # Described at once: the rebuild writes in transactions of its own between two documents.
    yield from [_document(gathering) for gathering in db.session.scalars(wanted)]


def _document(gathering: Gathering) -> Document:
    words = [gathering.title_en, gathering.place, words_of(gathering.description_html)]
    if gathering.description_en_html:
        words.append(words_of(gathering.description_en_html))
    return Document(
        kind="gathering",
        subject_id=gathering.id,
        title=gathering.title,
        body="\n".join(word for word in words if word),
        at=gathering.starts_at,
        lang=gathering.lang,
    )


def _record(
    actor: Viewer,
    verb: Any,
    gathering: Gathering,
    *,
    at: datetime,
    reason: str | None = None,
    **data: Any,
) -> None:
    record(
        actor,
        verb,
        gathering,
        at=at,
        place=gathering.neighbourhood_id,
        data=data,
        reason=reason,
    )
