"""The tables of places."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.places.types.rows import PinSource


class Neighbourhood(Base):
    """One named part of the town, with its middle and, where known, its outline."""

    __tablename__ = "neighbourhoods"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str | None] = mapped_column(String(80))
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    lat: Mapped[float]
    lng: Mapped[float]
    polygon: Mapped[list[Any] | None] = mapped_column(JSON)
    position: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("lat BETWEEN -90 AND 90", name="lat_on_earth"),
        CheckConstraint("lng BETWEEN -180 AND 180", name="lng_on_earth"),
    )


class Address(Base):
    """Where something is: a text, and a pin once someone or the geocoder has set it."""

    __tablename__ = "addresses"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_kind: Mapped[str] = mapped_column(String(20))
    owner_id: Mapped[int]
    label: Mapped[str | None] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str | None] = mapped_column(String(120))
    contact_name: Mapped[str | None] = mapped_column(String(60))
    phone: Mapped[str | None] = mapped_column(String(32))
    neighbourhood_id: Mapped[int | None] = mapped_column(
        ForeignKey("neighbourhoods.id"), index=True
    )
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    pin_source: Mapped[PinSource | None] = mapped_column(choice(PinSource, "pin_source"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint(
            "(lat IS NULL AND lng IS NULL AND pin_source IS NULL)"
            " OR (lat BETWEEN -90 AND 90 AND lng BETWEEN -180 AND 180 AND pin_source IS NOT NULL)",
            name="pin_whole",
        ),
        Index("ix_addresses_owner", "owner_kind", "owner_id"),
    )

    @property
    def is_pinned(self) -> bool:
        """Whether the address has coordinates."""
        return self.lat is not None


class GeocodeAnswer(Base):
    """What the geocoder said to one normalised question; without a place where it knew none."""

    __tablename__ = "geocode_cache"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_key: Mapped[str] = mapped_column(String(64), unique=True)
    question: Mapped[str] = mapped_column(String(240))
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    label: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GeocoderPace(Base):
    """The one row that says when the geocoder may be asked next, by any process."""

    __tablename__ = "geocoder_pace"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
