"""Tables of the ledger, and the triggers that keep what is written from being changed."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, UtcDateTime, choice
from app.core.ledger.types import AccountKind


class Account(Base):
    """An account; one with a balance of NULL is the site's own and is derived from checkpoint and
    tail.
    """

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        sa.UniqueConstraint("id", "unit"),
        sa.CheckConstraint("NOT is_guarded OR balance_minor >= 0", name="no_overdraft"),
    )
    subject_kind = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(120), unique=True)
    kind: Mapped[AccountKind] = mapped_column(choice(AccountKind, "account_kind"))
    unit: Mapped[str] = mapped_column(sa.String(3))
    balance_minor: Mapped[int | None] = mapped_column(sa.BigInteger)
    is_guarded: Mapped[bool] = mapped_column(default=False)


class Entry(Base):
    """What was posted under one key for one cause; never changed, undone only by an entry that
    reverses it.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (sa.Index("ix_ledger_entries_cause_kind_cause_id", "cause_kind", "cause_id"),)
    subject_kind = "entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(200), unique=True)
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    cause_kind: Mapped[str] = mapped_column(sa.String(40))
    cause_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    memo: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    reverses: Mapped[int | None] = mapped_column(sa.ForeignKey("ledger_entries.id"), unique=True)


class MovementLine(Base):
    """One amount from an account's debit to another's credit, both in the movement's unit."""

    __tablename__ = "ledger_movements"
    __table_args__ = (
        sa.UniqueConstraint("entry_id", "n"),
        sa.CheckConstraint("amount_minor > 0", name="something"),
        sa.CheckConstraint("debit_id <> credit_id", name="two_accounts"),
        sa.ForeignKeyConstraint(
            ["debit_id", "unit"],
            ["ledger_accounts.id", "ledger_accounts.unit"],
            name="fk_ledger_movements_debit",
        ),
        sa.ForeignKeyConstraint(
            ["credit_id", "unit"],
            ["ledger_accounts.id", "ledger_accounts.unit"],
            name="fk_ledger_movements_credit",
        ),
        sa.Index("ix_ledger_movements_debit_id_id", "debit_id", "id"),
        sa.Index("ix_ledger_movements_credit_id_id", "credit_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("ledger_entries.id"))
    n: Mapped[int]
    debit_id: Mapped[int]
    credit_id: Mapped[int]
    unit: Mapped[str] = mapped_column(sa.String(3))
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)


class Seal(Base):
    """The chain over entries: each hash covers its entry and the hash before, so a rewritten past
    shows.
    """

    __tablename__ = "ledger_seals"

    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("ledger_entries.id"), unique=True)
    previous: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


class Checkpoint(Base):
    """What one of the site's own accounts came to, up to and with a movement."""

    __tablename__ = "ledger_checkpoints"

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("ledger_accounts.id"), primary_key=True)
    movement_id: Mapped[int]
    balance_minor: Mapped[int] = mapped_column(sa.BigInteger)


IMMUTABLE = ("ledger_entries", "ledger_movements", "ledger_seals")


def immutability(dialect: str) -> list[str]:
    """Return the statements that make the written unchangeable; a migration that rebuilds a table
    repeats them.
    """
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for table in IMMUTABLE
            for verb in ("update", "delete")
        ]
    statements = [
        "CREATE OR REPLACE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23514'; END $$"
    ]
    for table in IMMUTABLE:
        statements += [
            f"CREATE OR REPLACE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only()",
            f"CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()",
        ]
    return statements


@event.listens_for(Base.metadata, "after_create")
def _make_immutable(_target: sa.MetaData, connection: sa.Connection, **_options: Any) -> None:
    if sa.inspect(connection).has_table("ledger_seals"):
        for statement in immutability(connection.dialect.name):
            connection.exec_driver_sql(statement)
