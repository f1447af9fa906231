"""The operator's own tables: what the first start keeps until the town opens."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime


class StartDraft(Base):
    """What was filled in at one step of the first start; gone when the town opens."""

    __tablename__ = "start_drafts"

    step: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    value: Mapped[Any] = mapped_column(sa.JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
