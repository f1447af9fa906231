"""Whose time a booking takes, days that differ from a person's week, walk-in numbers."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0032_calendars"
down_revision = "0031_proposals"
branch_labels = None
depends_on = None

CHECKS = (
    ("notices", "notice_kind", "kind", ("order_rebooked",)),
    ("tellings", "telling_kind", "kind", ("order_rebooked",)),
)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and write down whose time every booking takes that stands already."""
    _make_calendars()
    _make_queues()
    for table, name, column, added in CHECKS:
        known = _known(table, name)
        _allow(table, name, column, [*known, *(one for one in added if one not in known)])
    _write_bookings()


def downgrade() -> None:
    """Forget all of it; booked times stay, as their pools say."""
    op.execute(sa.text("DELETE FROM notices WHERE kind = 'order_rebooked'"))
    op.execute(sa.text("DELETE FROM tellings WHERE kind = 'order_rebooked'"))
    for table, name, column, added in CHECKS:
        _allow(table, name, column, [one for one in _known(table, name) if one not in added])
    for table in ("queue_numbers", "queues", "bookings", "time_exceptions", "service_terms"):
        op.drop_table(table)


def _make_calendars() -> None:
    op.create_table(
        "service_terms",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("before_minutes", sa.Integer(), nullable=False),
        sa.Column("place", _choice("service_place", "shop", "online"), nullable=False),
        sa.Column("joining", sa.String(500), nullable=False),
        sa.CheckConstraint(
            "before_minutes BETWEEN 0 AND 480", name=op.f("ck_service_terms_before")
        ),
        *_keys("service_terms", listing_id="listings"),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_service_terms")),
    )
    op.create_table(
        "time_exceptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_minute", sa.Integer(), nullable=False),
        sa.Column("ends_minute", sa.Integer(), nullable=False),
        sa.Column("is_extra", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(120), nullable=False),
        sa.CheckConstraint(
            "starts_minute >= 0 AND ends_minute <= 1440", name=op.f("ck_time_exceptions_in_day")
        ),
        sa.CheckConstraint("ends_minute > starts_minute", name=op.f("ck_time_exceptions_forward")),
        *_keys("time_exceptions", resource_id="resources"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_exceptions")),
    )
    op.create_index("ix_time_exceptions_day", "time_exceptions", ["resource_id", "day"])
    op.create_table(
        "bookings",
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        *_keys("bookings", line_id="order_lines", resource_id="resources"),
        sa.PrimaryKeyConstraint("line_id", "resource_id", name=op.f("pk_bookings")),
    )
    op.create_index("ix_bookings_resource", "bookings", ["resource_id", "line_id"])


def _make_queues() -> None:
    op.create_table(
        "queues",
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("minutes_each", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes_each BETWEEN 1 AND 240", name=op.f("ck_queues_minutes")),
        sa.CheckConstraint("last_number >= 0", name=op.f("ck_queues_counted")),
        *_keys("queues", merchant_id="merchants"),
        sa.PrimaryKeyConstraint("merchant_id", name=op.f("pk_queues")),
    )
    op.create_table(
        "queue_numbers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column(
            "state",
            _choice("queue_state", "waiting", "called", "served", "missed", "left"),
            nullable=False,
        ),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("called_at", MOMENT, nullable=True),
        sa.Column("over_at", MOMENT, nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_queue_numbers_counted")),
        *_keys("queue_numbers", merchant_id="merchants"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_numbers")),
        sa.UniqueConstraint(
            "merchant_id", "day", "number", name=op.f("uq_queue_numbers_merchant_id_day_number")
        ),
    )
    op.create_index("ix_queue_numbers_state", "queue_numbers", ["merchant_id", "day", "state"])


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _keys(here: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{here}_{column}_{table}"))
        for column, table in columns.items()
    ]


def _known(table: str, name: str) -> list[str]:
    """Return what the table allows now, whatever other steps added before."""
    found = sa.inspect(op.get_bind()).get_check_constraints(table)
    [text] = [check["sqltext"] for check in found if check["name"] == f"ck_{table}_{name}"]
    return re.findall(r"'([a-z_]+)'", text)


def _allow(table: str, name: str, column: str, values: list[str]) -> None:
    full = f"ck_{table}_{name}"
    condition = "{} IN ({})".format(column, ", ".join(f"'{value}'" for value in values))
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(full), type_="check")
        batch.create_check_constraint(op.f(full), condition)


def _write_bookings() -> None:
    """The pools that a booking holds name whose time it takes, before the colon of their key."""
    bind = op.get_bind()
    keys = sa.select(sa.column("id"), sa.column("subject_key")).select_from(sa.table("pools"))
    pools = {
        row.id: int(row.subject_key.split(":")[0])
        for row in bind.execute(keys.where(sa.column("kind") == "quantum"))
    }
    if not pools:
        return
    held = sa.select(sa.column("id"), sa.column("pool_id")).select_from(sa.table("holds"))
    owners = {
        row.id: pools[row.pool_id]
        for row in bind.execute(held)
        if row.pool_id in pools
    }  # fmt: skip
    lines = sa.table(
        "order_lines", sa.column("id"), sa.column("kind"), sa.column("hold_ids", sa.JSON)
    )
    wanted = sa.select(lines.c.id, lines.c.hold_ids).where(lines.c.kind == "service")
    known = {row[0] for row in bind.execute(sa.text("SELECT id FROM resources"))}
    rows = [
        {"line_id": row.id, "resource_id": resource_id}
        for row in bind.execute(wanted)
        for resource_id in sorted({owners[one] for one in row.hold_ids or () if one in owners})
        if resource_id in known
    ]
    bookings = sa.table("bookings", sa.column("line_id"), sa.column("resource_id"))
    for start in range(0, len(rows), 500):
        bind.execute(sa.insert(bookings), rows[start : start + 500])
