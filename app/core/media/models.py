"""The table of pictures."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime


class Picture(Base):
    """A kept picture and whose it is; two rows may share one content and its files."""

    __tablename__ = "pictures"
    __table_args__ = (sa.Index("ix_pictures_owner_kind_owner_id", "owner_kind", "owner_id"),)
    subject_kind = "picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(64), index=True)
    width: Mapped[int]
    height: Mapped[int]
    owner_kind: Mapped[str] = mapped_column(sa.String(40))
    owner_id: Mapped[int]
    given_by: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Somebody asked not to be in it, and that is not decided, or was decided for them.
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
