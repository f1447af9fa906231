"""Tables of the events house."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.events.types import ArrivalKind, GatheringKind, GatheringState, RegistrationState

_LIVE = text("state IN ('waiting', 'confirmed')")


class Gathering(Base):
    """Something neighbours come together for, at a time and a place, with so many seats."""

    __tablename__ = "gatherings"
    subject_kind: ClassVar[str] = "gathering"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("plus_ones >= 0", name="plus_ones_not_negative"),
        CheckConstraint("(lat IS NULL) = (lng IS NULL)", name="pin_whole"),
        Index("ix_gatherings_state_starts_at", "state", "starts_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str | None] = mapped_column(String(120), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str | None] = mapped_column(String(120))
    lang: Mapped[str] = mapped_column(String(10), default="zh_Hans")
    description: Mapped[str] = mapped_column(Text, default="")
    description_html: Mapped[str] = mapped_column(Text, default="")
    description_en: Mapped[str | None] = mapped_column(Text)
    description_en_html: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[GatheringKind] = mapped_column(choice(GatheringKind, "gathering_kind"))
    state: Mapped[GatheringState] = mapped_column(
        choice(GatheringState, "gathering_state"), default=GatheringState.DRAFT
    )
    place: Mapped[str] = mapped_column(String(160))
    neighbourhood_id: Mapped[int | None] = mapped_column(
        ForeignKey("neighbourhoods.id"), index=True
    )
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    is_step_free: Mapped[bool | None]
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    plus_ones: Mapped[int] = mapped_column(default=0)
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("pools.id"), unique=True)
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"))
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("pictures.id"))
    organiser_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    # Every move of a seat first adds one here: it queues the moves of one gathering on every
    # database, and tells the desk's live list that something is new.
    moves: Mapped[int] = mapped_column(default=0)
    sequence: Mapped[int] = mapped_column(default=0)
    cancelled_because: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Registration(Base):
    """One person's (or one walk-in's) party at a gathering."""

    __tablename__ = "registrations"
    subject_kind: ClassVar[str] = "registration"
    __table_args__ = (
        CheckConstraint("party > 0", name="party_positive"),
        CheckConstraint(
            "(person_id IS NULL) = (walk_in_name IS NOT NULL)", name="person_or_walk_in"
        ),
        CheckConstraint("(arrived_at IS NULL) = (arrived IS NULL)", name="arrived_whole"),
        CheckConstraint("arrived_at IS NULL OR state = 'confirmed'", name="arrived_confirmed"),
        Index(
            "uq_registrations_live_person",
            "gathering_id",
            "person_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("ix_registrations_line", "gathering_id", "state", "waiting_since", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    gathering_id: Mapped[int] = mapped_column(ForeignKey("gatherings.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    walk_in_name: Mapped[str | None] = mapped_column(String(60))
    party: Mapped[int]
    state: Mapped[RegistrationState] = mapped_column(
        choice(RegistrationState, "registration_state")
    )
    code: Mapped[str] = mapped_column(String(16), unique=True)
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("holds.id"))
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    passed_over: Mapped[int] = mapped_column(default=0)
    arrived: Mapped[int | None]
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    arrived_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Arrival(Base):
    """One tap at the door, in or undone; by the device's own number a repeated tap is the same."""

    __tablename__ = "arrivals"
    __table_args__ = (UniqueConstraint("gathering_id", "nonce", name="uq_arrivals_nonce"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    gathering_id: Mapped[int] = mapped_column(ForeignKey("gatherings.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), index=True)
    kind: Mapped[ArrivalKind] = mapped_column(choice(ArrivalKind, "arrival_kind"))
    people: Mapped[int]
    nonce: Mapped[str] = mapped_column(String(64))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CalendarFeed(Base):
    """Which generation of a person's private calendar address is valid; renewing it ends the older
    ones.
    """

    __tablename__ = "calendar_feeds"

    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    generation: Mapped[int] = mapped_column(default=1)
    renewed_at: Mapped[datetime] = mapped_column(UtcDateTime)
