"""The table of documents, and beside it the index of tokens in the database's own kind."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime


class SearchDocument(Base):
    """One findable thing: as written for showing, `text` as looked through; on PostgreSQL with its
    tokens.
    """

    __tablename__ = "search_documents"
    __table_args__ = (
        sa.UniqueConstraint("kind", "subject_id"),
        sa.Index("ix_search_documents_at", "at"),
        sa.Index("ix_search_documents_kind_at", "kind", "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[int]
    title: Mapped[str] = mapped_column(sa.Text)
    body: Mapped[str] = mapped_column(sa.Text)
    text: Mapped[str] = mapped_column(sa.Text)
    lang: Mapped[str] = mapped_column(sa.String(12))
    audience: Mapped[str] = mapped_column(sa.String(60))
    weight: Mapped[float]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    tokens: Mapped[list[str] | None] = mapped_column(
        sa.Text().with_variant(sa.ARRAY(sa.Text()), "postgresql"), deferred=True
    )


def token_index(dialect: str) -> list[str]:
    """Return the statements that make the index of tokens; a migration of this table repeats
    them.
    """
    if dialect == "sqlite":
        return [
            "CREATE VIRTUAL TABLE IF NOT EXISTS search_index USING fts5"
            "(tokens, content='', detail=none, columnsize=0, tokenize='ascii')"
        ]
    return [
        "CREATE INDEX IF NOT EXISTS ix_search_documents_tokens ON search_documents "
        "USING gin (tokens) WITH (fastupdate = off)"
    ]


@event.listens_for(Base.metadata, "after_create")
def _make_index(_target: sa.MetaData, connection: sa.Connection, **_options: Any) -> None:
    if sa.inspect(connection).has_table("search_documents"):
        for statement in token_index(connection.dialect.name):
            connection.exec_driver_sql(statement)
