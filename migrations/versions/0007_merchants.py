"""Tables of merchants."""

import sqlalchemy as sa
from alembic import op

revision = "0007_merchants"
down_revision = "0006_payments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "categories",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("drawing", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("name_zh <> '' OR name_en <> ''", name=op.f("ck_categories_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint("slug", name=op.f("uq_categories_slug")),
    )
    op.create_table(
        "special_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "holiday",
                "workday",
                name="special_day_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_special_days")),
    )
    op.create_table(
        "merchants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("neighbourhood_id", sa.Integer(), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "unclaimed",
                "applied",
                "active",
                "suspended",
                "archived",
                name="merchant_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("opening_hours", sa.String(length=500), nullable=False),
        sa.Column("spans_until", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("accept_minutes", sa.Integer(), nullable=False),
        sa.Column("cancel_minutes", sa.Integer(), nullable=False),
        sa.Column(
            "no_show_rule",
            sa.Enum(
                "let_go",
                "owed",
                name="no_show_rule",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("grace_minutes", sa.Integer(), nullable=False),
        sa.Column(
            "collect_mode",
            sa.Enum(
                "merchant_collects",
                name="collect_mode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("pay_code_text", sa.String(length=300), nullable=False),
        sa.Column("pay_picture_id", sa.Integer(), nullable=True),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("source_key", sa.String(length=120), nullable=True),
        sa.Column("applied_by", sa.Integer(), nullable=True),
        sa.Column("application", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("name_zh <> '' OR name_en <> ''", name=op.f("ck_merchants_named")),
        sa.CheckConstraint("(lat IS NULL) = (lng IS NULL)", name=op.f("ck_merchants_placed")),
        sa.CheckConstraint(
            "accept_minutes BETWEEN 1 AND 10080", name=op.f("ck_merchants_accept_minutes")
        ),
        sa.CheckConstraint("cancel_minutes >= 0", name=op.f("ck_merchants_cancel_minutes")),
        sa.CheckConstraint("grace_minutes >= 0", name=op.f("ck_merchants_grace_minutes")),
        sa.CheckConstraint(
            "lat BETWEEN -90 AND 90 AND lng BETWEEN -180 AND 180",
            name=op.f("ck_merchants_on_earth"),
        ),
        sa.ForeignKeyConstraint(
            ["applied_by"], ["users.id"], name=op.f("fk_merchants_applied_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_merchants_category_id_categories")
        ),
        sa.ForeignKeyConstraint(
            ["neighbourhood_id"],
            ["neighbourhoods.id"],
            name=op.f("fk_merchants_neighbourhood_id_neighbourhoods"),
        ),
        sa.ForeignKeyConstraint(
            ["pay_picture_id"], ["pictures.id"], name=op.f("fk_merchants_pay_picture_id_pictures")
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["pictures.id"], name=op.f("fk_merchants_picture_id_pictures")
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name=op.f("fk_merchants_thread_id_threads")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchants")),
        sa.UniqueConstraint("source_key", name=op.f("uq_merchants_source_key")),
    )
    op.create_index("ix_merchants_lat_lng", "merchants", ["lat", "lng"], unique=False)
    op.create_index(
        "ix_merchants_neighbourhood", "merchants", ["neighbourhood_id", "state"], unique=False
    )
    op.create_index(
        "ix_merchants_state_category", "merchants", ["state", "category_id", "id"], unique=False
    )
    op.create_table(
        "listings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "goods",
                "service",
                name="listing_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=80), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("allergens", sa.String(length=200), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("min_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("packaging_minor", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=True),
        sa.Column("buffer_minutes", sa.Integer(), nullable=False),
        sa.Column("days_ahead", sa.Integer(), nullable=False),
        sa.Column("lead_minutes", sa.Integer(), nullable=False),
        sa.Column("sold_out_on", sa.Date(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'service') = (duration_minutes IS NOT NULL)",
            name=op.f("ck_listings_service_has_duration"),
        ),
        sa.CheckConstraint("name_zh <> '' OR name_en <> ''", name=op.f("ck_listings_named")),
        sa.CheckConstraint("buffer_minutes BETWEEN 0 AND 480", name=op.f("ck_listings_buffer")),
        sa.CheckConstraint(
            "duration_minutes IS NULL OR duration_minutes BETWEEN 5 AND 1440",
            name=op.f("ck_listings_duration"),
        ),
        sa.CheckConstraint("min_price_minor >= 0", name=op.f("ck_listings_min_price")),
        sa.CheckConstraint("packaging_minor >= 0", name=op.f("ck_listings_packaging")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_listings_category_id_categories")
        ),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_listings_merchant_id_merchants")
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["pictures.id"], name=op.f("fk_listings_picture_id_pictures")
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name=op.f("fk_listings_thread_id_threads")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings")),
    )
    op.create_index(
        "ix_listings_category", "listings", ["category_id", "archived_at", "id"], unique=False
    )
    op.create_index(
        "ix_listings_merchant",
        "listings",
        ["merchant_id", "archived_at", "position", "id"],
        unique=False,
    )
    op.create_index(
        "ix_listings_price", "listings", ["archived_at", "min_price_minor", "id"], unique=False
    )
    op.create_table(
        "merchant_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "claim",
                "removal",
                name="request_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "granted",
                "refused",
                name="request_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("licence", sa.String(length=80), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_merchant_requests_decided_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["merchant_id"],
            ["merchants.id"],
            name=op.f("fk_merchant_requests_merchant_id_merchants"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_merchant_requests_person_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchant_requests")),
    )
    op.create_index(
        "ix_merchant_requests_merchant", "merchant_requests", ["merchant_id", "state"], unique=False
    )
    op.create_index(
        "ix_merchant_requests_state", "merchant_requests", ["state", "id"], unique=False
    )
    op.create_table(
        "merchant_terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("commission_bp", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "commission_bp BETWEEN 0 AND 5000", name=op.f("ck_merchant_terms_commission_bp")
        ),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_merchant_terms_merchant_id_merchants")
        ),
        sa.ForeignKeyConstraint(
            ["set_by"], ["users.id"], name=op.f("fk_merchant_terms_set_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchant_terms")),
        sa.UniqueConstraint(
            "merchant_id", "valid_from", name=op.f("uq_merchant_terms_merchant_id_valid_from")
        ),
    )
    op.create_table(
        "opening_spans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment", sa.String(length=120), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_opening_spans_forward")),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_opening_spans_merchant_id_merchants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_spans")),
        sa.UniqueConstraint(
            "merchant_id", "starts_at", name=op.f("uq_opening_spans_merchant_id_starts_at")
        ),
    )
    op.create_index(
        "ix_opening_spans_now",
        "opening_spans",
        ["starts_at", "ends_at", "merchant_id"],
        unique=False,
    )
    op.create_table(
        "pickup_points",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=True),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("neighbourhood_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("lead_minutes", sa.Integer(), nullable=False),
        sa.Column("cut_off_days", sa.Integer(), nullable=False),
        sa.Column("cut_off_minute", sa.Integer(), nullable=True),
        sa.Column("days_ahead", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name_zh <> '' OR name_en <> ''", name=op.f("ck_pickup_points_named")),
        sa.CheckConstraint("(lat IS NULL) = (lng IS NULL)", name=op.f("ck_pickup_points_placed")),
        sa.CheckConstraint(
            "cut_off_days BETWEEN 0 AND 14", name=op.f("ck_pickup_points_cut_off_days")
        ),
        sa.CheckConstraint(
            "cut_off_minute IS NULL OR cut_off_minute BETWEEN 0 AND 1440",
            name=op.f("ck_pickup_points_cut_off"),
        ),
        sa.CheckConstraint("days_ahead BETWEEN 0 AND 30", name=op.f("ck_pickup_points_days_ahead")),
        sa.CheckConstraint("lead_minutes BETWEEN 0 AND 20160", name=op.f("ck_pickup_points_lead")),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_pickup_points_merchant_id_merchants")
        ),
        sa.ForeignKeyConstraint(
            ["neighbourhood_id"],
            ["neighbourhoods.id"],
            name=op.f("fk_pickup_points_neighbourhood_id_neighbourhoods"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pickup_points")),
    )
    op.create_index(
        "ix_pickup_points_merchant", "pickup_points", ["merchant_id", "archived_at"], unique=False
    )
    op.create_table(
        "resources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "person",
                "chair",
                "room",
                name="resource_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("name_zh <> '' OR name_en <> ''", name=op.f("ck_resources_named")),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_resources_merchant_id_merchants")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resources")),
    )
    op.create_index(
        "ix_resources_merchant", "resources", ["merchant_id", "archived_at"], unique=False
    )
    op.create_table(
        "availability_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts_minute", sa.Integer(), nullable=False),
        sa.Column("ends_minute", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ends_minute > starts_minute", name=op.f("ck_availability_rules_forward")
        ),
        sa.CheckConstraint(
            "starts_minute >= 0 AND ends_minute <= 1440", name=op.f("ck_availability_rules_in_day")
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_availability_rules_weekday")),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resources.id"],
            name=op.f("fk_availability_rules_resource_id_resources"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability_rules")),
    )
    op.create_index(
        "ix_availability_rules_resource",
        "availability_rules",
        ["resource_id", "weekday"],
        unique=False,
    )
    op.create_table(
        "listing_resources",
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_listing_resources_listing_id_listings")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["resources.id"],
            name=op.f("fk_listing_resources_resource_id_resources"),
        ),
        sa.PrimaryKeyConstraint("listing_id", "resource_id", name=op.f("pk_listing_resources")),
    )
    op.create_table(
        "merchant_points",
        sa.Column("merchant_id", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["merchants.id"], name=op.f("fk_merchant_points_merchant_id_merchants")
        ),
        sa.ForeignKeyConstraint(
            ["point_id"],
            ["pickup_points.id"],
            name=op.f("fk_merchant_points_point_id_pickup_points"),
        ),
        sa.PrimaryKeyConstraint("merchant_id", "point_id", name=op.f("pk_merchant_points")),
    )
    op.create_table(
        "slot_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts_minute", sa.Integer(), nullable=False),
        sa.Column("ends_minute", sa.Integer(), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity BETWEEN 1 AND 10000", name=op.f("ck_slot_rules_capacity")),
        sa.CheckConstraint("ends_minute > starts_minute", name=op.f("ck_slot_rules_forward")),
        sa.CheckConstraint("slot_minutes BETWEEN 5 AND 1440", name=op.f("ck_slot_rules_length")),
        sa.CheckConstraint(
            "starts_minute >= 0 AND ends_minute <= 1440", name=op.f("ck_slot_rules_in_day")
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_slot_rules_weekday")),
        sa.ForeignKeyConstraint(
            ["point_id"], ["pickup_points.id"], name=op.f("fk_slot_rules_point_id_pickup_points")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_rules")),
        sa.UniqueConstraint(
            "point_id",
            "weekday",
            "starts_minute",
            name=op.f("uq_slot_rules_point_id_weekday_starts_minute"),
        ),
    )
    op.create_table(
        "variants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("pool_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_variants_price")),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_variants_listing_id_listings")
        ),
        sa.ForeignKeyConstraint(["pool_id"], ["pools.id"], name=op.f("fk_variants_pool_id_pools")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variants")),
        sa.UniqueConstraint("pool_id", name=op.f("uq_variants_pool_id")),
    )
    op.create_index(
        "ix_variants_listing", "variants", ["listing_id", "position", "id"], unique=False
    )


def downgrade() -> None:
    """Take them away again."""

    op.drop_index("ix_variants_listing", table_name="variants")
    op.drop_table("variants")
    op.drop_table("slot_rules")
    op.drop_table("merchant_points")
    op.drop_table("listing_resources")
    op.drop_index("ix_availability_rules_resource", table_name="availability_rules")
    op.drop_table("availability_rules")
    op.drop_index("ix_resources_merchant", table_name="resources")
    op.drop_table("resources")
    op.drop_index("ix_pickup_points_merchant", table_name="pickup_points")
    op.drop_table("pickup_points")
    op.drop_index("ix_opening_spans_now", table_name="opening_spans")
    op.drop_table("opening_spans")
    op.drop_table("merchant_terms")
    op.drop_index("ix_merchant_requests_state", table_name="merchant_requests")
    op.drop_index("ix_merchant_requests_merchant", table_name="merchant_requests")
    op.drop_table("merchant_requests")
    op.drop_index("ix_listings_price", table_name="listings")
    op.drop_index("ix_listings_merchant", table_name="listings")
    op.drop_index("ix_listings_category", table_name="listings")
    op.drop_table("listings")
    op.drop_index("ix_merchants_state_category", table_name="merchants")
    op.drop_index("ix_merchants_neighbourhood", table_name="merchants")
    op.drop_index("ix_merchants_lat_lng", table_name="merchants")
    op.drop_table("merchants")
    op.drop_table("special_days")
    op.drop_table("categories")
