"""Tables of events."""

import sqlalchemy as sa
from alembic import op

revision = "0010_events"
down_revision = "0009_settlement"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "calendar_feeds",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_calendar_feeds_person_id_users")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feeds")),
    )
    op.create_table(
        "gatherings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=120), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=120), nullable=True),
        sa.Column("lang", sa.String(length=10), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("description_html", sa.Text(), nullable=False),
        sa.Column("description_en", sa.Text(), nullable=True),
        sa.Column("description_en_html", sa.Text(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "family",
                "garden",
                "market",
                "sport",
                "walk",
                "craft",
                "food",
                "reading",
                "music",
                "film",
                "repair",
                "cleanup",
                "talk",
                "meeting",
                name="gathering_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "published",
                "cancelled",
                "archived",
                name="gathering_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("neighbourhood_id", sa.Integer(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("is_step_free", sa.Boolean(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("plus_ones", sa.Integer(), nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=True),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("cancelled_because", sa.String(length=300), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(lat IS NULL) = (lng IS NULL)", name=op.f("ck_gatherings_pin_whole")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_gatherings_ends_after_start")),
        sa.CheckConstraint("plus_ones >= 0", name=op.f("ck_gatherings_plus_ones_not_negative")),
        sa.ForeignKeyConstraint(
            ["neighbourhood_id"],
            ["neighbourhoods.id"],
            name=op.f("fk_gatherings_neighbourhood_id_neighbourhoods"),
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["users.id"], name=op.f("fk_gatherings_organiser_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["pictures.id"], name=op.f("fk_gatherings_picture_id_pictures")
        ),
        sa.ForeignKeyConstraint(
            ["pool_id"], ["pools.id"], name=op.f("fk_gatherings_pool_id_pools")
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name=op.f("fk_gatherings_thread_id_threads")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gatherings")),
        sa.UniqueConstraint("pool_id", name=op.f("uq_gatherings_pool_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_gatherings_uid")),
    )
    op.create_index(
        op.f("ix_gatherings_neighbourhood_id"), "gatherings", ["neighbourhood_id"], unique=False
    )
    op.create_index(
        op.f("ix_gatherings_organiser_id"), "gatherings", ["organiser_id"], unique=False
    )
    op.create_index(
        "ix_gatherings_state_starts_at", "gatherings", ["state", "starts_at", "id"], unique=False
    )
    op.create_table(
        "registrations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gathering_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("walk_in_name", sa.String(length=60), nullable=True),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "confirmed",
                "cancelled",
                name="registration_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed_over", sa.Integer(), nullable=False),
        sa.Column("arrived", sa.Integer(), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "arrived_at IS NULL OR state = 'confirmed'",
            name=op.f("ck_registrations_arrived_confirmed"),
        ),
        sa.CheckConstraint(
            "(arrived_at IS NULL) = (arrived IS NULL)", name=op.f("ck_registrations_arrived_whole")
        ),
        sa.CheckConstraint(
            "(person_id IS NULL) = (walk_in_name IS NOT NULL)",
            name=op.f("ck_registrations_person_or_walk_in"),
        ),
        sa.CheckConstraint("party > 0", name=op.f("ck_registrations_party_positive")),
        sa.ForeignKeyConstraint(
            ["arrived_by_id"], ["users.id"], name=op.f("fk_registrations_arrived_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["gathering_id"],
            ["gatherings.id"],
            name=op.f("fk_registrations_gathering_id_gatherings"),
        ),
        sa.ForeignKeyConstraint(
            ["hold_id"], ["holds.id"], name=op.f("fk_registrations_hold_id_holds")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_registrations_person_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("code", name=op.f("uq_registrations_code")),
    )
    op.create_index(
        "ix_registrations_line",
        "registrations",
        ["gathering_id", "state", "waiting_since", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_registrations_person_id"), "registrations", ["person_id"], unique=False
    )
    op.create_index(
        "uq_registrations_live_person",
        "registrations",
        ["gathering_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('waiting', 'confirmed')"),
        postgresql_where=sa.text("state IN ('waiting', 'confirmed')"),
    )
    op.create_table(
        "arrivals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gathering_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "in",
                "undone",
                name="arrival_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_arrivals_by_id_users")),
        sa.ForeignKeyConstraint(
            ["gathering_id"], ["gatherings.id"], name=op.f("fk_arrivals_gathering_id_gatherings")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_arrivals_registration_id_registrations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrivals")),
        sa.UniqueConstraint("gathering_id", "nonce", name="uq_arrivals_nonce"),
    )
    op.create_index(
        op.f("ix_arrivals_registration_id"), "arrivals", ["registration_id"], unique=False
    )


def downgrade() -> None:
    """Take them away again."""

    op.drop_index(op.f("ix_arrivals_registration_id"), table_name="arrivals")
    op.drop_table("arrivals")
    op.drop_index(
        "uq_registrations_live_person",
        table_name="registrations",
        sqlite_where=sa.text("state IN ('waiting', 'confirmed')"),
        postgresql_where=sa.text("state IN ('waiting', 'confirmed')"),
    )
    op.drop_index(op.f("ix_registrations_person_id"), table_name="registrations")
    op.drop_index("ix_registrations_line", table_name="registrations")
    op.drop_table("registrations")
    op.drop_index("ix_gatherings_state_starts_at", table_name="gatherings")
    op.drop_index(op.f("ix_gatherings_organiser_id"), table_name="gatherings")
    op.drop_index(op.f("ix_gatherings_neighbourhood_id"), table_name="gatherings")
    op.drop_table("gatherings")
    op.drop_table("calendar_feeds")
