"""Law and privacy: texts and who accepted them, own data, leaving, takedowns, requests by law."""

import sqlalchemy as sa
from alembic import op

revision = "0016_law"
down_revision = "0015_first_start"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and the columns beside them."""
    op.add_column(
        "users", sa.Column("accepted_mark", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("pictures", sa.Column("hidden_at", sa.DateTime(timezone=True)))
    op.create_table(
        "former_names",
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("pk_former_names")),
    )
    op.create_table(
        "retention_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_runs")),
    )
    op.create_index(op.f("ix_retention_runs_kind"), "retention_runs", ["kind"], unique=False)
    op.create_table(
        "acceptances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "rules",
                "terms",
                "privacy",
                name="acceptance_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_acceptances_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptances")),
        sa.UniqueConstraint(
            "user_id", "kind", "number", name=op.f("uq_acceptances_user_id_kind_number")
        ),
    )
    op.create_table(
        "closings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "withdrawn",
                "done",
                name="closing_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("keeps_words", sa.Boolean(), nullable=False),
        sa.Column("held_by", sa.String(length=300), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "(state = 'waiting') = (over_at IS NULL)",
            name=op.f("ck_closings_over_when_not_waiting"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_closings_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closings")),
    )
    op.create_index(op.f("ix_closings_due_at"), "closings", ["due_at"], unique=False)
    op.create_index(op.f("ix_closings_user_id"), "closings", ["user_id"], unique=False)
    op.create_index(
        "uq_closings_waiting",
        "closings",
        ["user_id"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "lawful_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=120), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "refused",
                "approved",
                "ready",
                "removed",
                name="lawful_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(person_id IS NULL) = (subject_kind <> '')", name=op.f("ck_lawful_requests_one_target")
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)",
            name=op.f("ck_lawful_requests_waiting_undecided"),
        ),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_lawful_requests_decided_whole"),
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> asked_by",
            name=op.f("ck_lawful_requests_two_people"),
        ),
        sa.CheckConstraint("until_at > from_at", name=op.f("ck_lawful_requests_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_lawful_requests_asked_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_lawful_requests_decided_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_lawful_requests_person_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lawful_requests")),
    )
    op.create_index(
        op.f("ix_lawful_requests_ends_at"), "lawful_requests", ["ends_at"], unique=False
    )
    op.create_index(
        op.f("ix_lawful_requests_person_id"), "lawful_requests", ["person_id"], unique=False
    )
    op.create_table(
        "own_exports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "ready",
                "failed",
                "removed",
                name="export_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(ready_at IS NULL) = (ends_at IS NULL)", name=op.f("ck_own_exports_ready_ends")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_own_exports_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_exports")),
    )
    op.create_index(op.f("ix_own_exports_ends_at"), "own_exports", ["ends_at"], unique=False)
    op.create_index(op.f("ix_own_exports_user_id"), "own_exports", ["user_id"], unique=False)
    op.create_index(
        "uq_own_exports_waiting",
        "own_exports",
        ["user_id"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "picture_consents",
        sa.Column("picture_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "consent",
            sa.Enum(
                "nobody",
                "agreed",
                "unclear",
                name="picture_consent",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["users.id"], name=op.f("fk_picture_consents_by_id_users")
        ),
        sa.PrimaryKeyConstraint("picture_id", name=op.f("pk_picture_consents")),
    )
    op.create_index(op.f("ix_picture_consents_by_id"), "picture_consents", ["by_id"], unique=False)
    op.create_table(
        "picture_removals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("contact", sa.String(length=254), nullable=False),
        sa.Column("text", sa.String(length=600), nullable=False),
        sa.Column("ip_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "removed",
                "kept",
                name="removal_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)",
            name=op.f("ck_picture_removals_decided_when_not_waiting"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_picture_removals_decided_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["users.id"], name=op.f("fk_picture_removals_person_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture_removals")),
    )
    op.create_index(
        op.f("ix_picture_removals_person_id"), "picture_removals", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_picture_removals_picture_id"), "picture_removals", ["picture_id"], unique=False
    )
    op.create_table(
        "takedowns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column(
            "cause",
            sa.Enum(
                "private",
                "minor",
                "portrait",
                "defamation",
                "copyright",
                "illegal",
                "other",
                name="takedown_cause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "standing",
            sa.Enum(
                "self",
                "agent",
                "authority",
                "witness",
                name="takedown_standing",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("mail", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("ip_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "upheld",
                "rejected",
                "answered",
                "final",
                "restored",
                name="takedown_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=600), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("final_by", sa.Integer(), nullable=True),
        sa.Column("final_reason", sa.String(length=600), nullable=True),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_takedowns_answered_whole")
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (reason IS NULL)", name=op.f("ck_takedowns_decided_with_reason")
        ),
        sa.CheckConstraint(
            "(final_at IS NULL) = (final_reason IS NULL)",
            name=op.f("ck_takedowns_final_with_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_takedowns_author_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_takedowns_decided_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["final_by"], ["users.id"], name=op.f("fk_takedowns_final_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takedowns")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_takedowns_token_hash")),
    )
    op.create_index(op.f("ix_takedowns_author_id"), "takedowns", ["author_id"], unique=False)
    op.create_index("ix_takedowns_state", "takedowns", ["state", "due_at", "id"], unique=False)
    op.create_index(
        "ix_takedowns_subject", "takedowns", ["subject_kind", "subject_id"], unique=False
    )
    op.create_table(
        "town_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "rules",
                "terms",
                "privacy",
                name="town_text_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body_zh", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("note_zh", sa.String(length=600), nullable=False),
        sa.Column("note_en", sa.String(length=600), nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_town_texts_number_positive")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_town_texts_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_town_texts")),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_town_texts_kind_number")),
    )


def downgrade() -> None:
    """Take them away again."""

    op.drop_table("town_texts")
    op.drop_index("ix_takedowns_subject", table_name="takedowns")
    op.drop_index("ix_takedowns_state", table_name="takedowns")
    op.drop_index(op.f("ix_takedowns_author_id"), table_name="takedowns")
    op.drop_table("takedowns")
    op.drop_index(op.f("ix_picture_removals_picture_id"), table_name="picture_removals")
    op.drop_index(op.f("ix_picture_removals_person_id"), table_name="picture_removals")
    op.drop_table("picture_removals")
    op.drop_index(op.f("ix_picture_consents_by_id"), table_name="picture_consents")
    op.drop_table("picture_consents")
    op.drop_index(
        "uq_own_exports_waiting",
        table_name="own_exports",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index(op.f("ix_own_exports_user_id"), table_name="own_exports")
    op.drop_index(op.f("ix_own_exports_ends_at"), table_name="own_exports")
    op.drop_table("own_exports")
    op.drop_index(op.f("ix_lawful_requests_person_id"), table_name="lawful_requests")
    op.drop_index(op.f("ix_lawful_requests_ends_at"), table_name="lawful_requests")
    op.drop_table("lawful_requests")
    op.drop_index(
        "uq_closings_waiting",
        table_name="closings",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index(op.f("ix_closings_user_id"), table_name="closings")
    op.drop_index(op.f("ix_closings_due_at"), table_name="closings")
    op.drop_table("closings")
    op.drop_table("acceptances")
    op.drop_index(op.f("ix_retention_runs_kind"), table_name="retention_runs")
    op.drop_table("retention_runs")
    op.drop_table("former_names")
    op.drop_column("pictures", "hidden_at")
    op.drop_column("users", "accepted_mark")
