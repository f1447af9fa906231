"""Tables of places."""

import sqlalchemy as sa
from alembic import op

revision = "0002_places"
down_revision = "0001_core"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "geocode_cache",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_key", sa.String(length=64), nullable=False),
        sa.Column("question", sa.String(length=240), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_geocode_cache")),
        sa.UniqueConstraint("question_key", name=op.f("uq_geocode_cache_question_key")),
    )
    op.create_table(
        "geocoder_pace",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_geocoder_pace_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_geocoder_pace")),
    )
    op.create_table(
        "neighbourhoods",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=True),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lng", sa.Double(), nullable=False),
        sa.Column("polygon", sa.JSON(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("lat BETWEEN -90 AND 90", name=op.f("ck_neighbourhoods_lat_on_earth")),
        sa.CheckConstraint("lng BETWEEN -180 AND 180", name=op.f("ck_neighbourhoods_lng_on_earth")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_neighbourhoods")),
        sa.UniqueConstraint("slug", name=op.f("uq_neighbourhoods_slug")),
    )
    op.create_table(
        "addresses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_kind", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=True),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.String(length=120), nullable=True),
        sa.Column("contact_name", sa.String(length=60), nullable=True),
        sa.Column("phone", sa.String(length=32), nullable=True),
        sa.Column("neighbourhood_id", sa.Integer(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column(
            "pin_source",
            sa.Enum(
                "manual",
                "geocoder",
                "imported",
                name="pin_source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(lat IS NULL AND lng IS NULL AND pin_source IS NULL) OR (lat BETWEEN -90 AND 90 AND lng BETWEEN -180 AND 180 AND pin_source IS NOT NULL)",
            name=op.f("ck_addresses_pin_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["neighbourhood_id"],
            ["neighbourhoods.id"],
            name=op.f("fk_addresses_neighbourhood_id_neighbourhoods"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
    )
    op.create_index(
        op.f("ix_addresses_neighbourhood_id"), "addresses", ["neighbourhood_id"], unique=False
    )
    op.create_index("ix_addresses_owner", "addresses", ["owner_kind", "owner_id"], unique=False)


def downgrade() -> None:
    """Take them away again."""

    op.drop_index("ix_addresses_owner", table_name="addresses")
    op.drop_index(op.f("ix_addresses_neighbourhood_id"), table_name="addresses")
    op.drop_table("addresses")
    op.drop_table("neighbourhoods")
    op.drop_table("geocoder_pace")
    op.drop_table("geocode_cache")
