"""Getting in: proofs, passkeys, recovery codes, changed numbers, guardians."""

import sqlalchemy as sa
from alembic import op

revision = "0013_getting_in"
down_revision = "0012_operator"
branch_labels = None
depends_on = None

PROVEN = (
    ("users", "mail_proven_at"),
    ("users", "phone_proven_at"),
    ("sign_ins", "proven_at"),
)


def upgrade() -> None:
    """Make the tables, add the columns, and give mobile numbers their one form."""
    for table, column in PROVEN:
        op.add_column(table, sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.add_column("users", sa.Column("totp_secret", sa.String(length=200), nullable=True))
    op.add_column("users", sa.Column("totp_step", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE users SET phone = '+86' || phone WHERE length(phone) = 11 AND phone LIKE '1%'"
        " AND '+86' || phone NOT IN (SELECT phone FROM users WHERE phone IS NOT NULL)"
    )
    op.create_table(
        "proofs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "enter",
                "device",
                "prove",
                "way",
                "passkey",
                "child",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "way",
            sa.Enum(
                "phone",
                "mail",
                "totp",
                "password",
                "passkey",
                "link",
                name="way",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("target", sa.String(length=254), nullable=True),
        sa.Column("target_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=True),
        sa.Column("ip_hash", sa.String(length=64), nullable=False),
        sa.Column("device_hash", sa.String(length=64), nullable=True),
        sa.Column("is_known", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_proofs_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proofs")),
        sa.UniqueConstraint("question", name=op.f("uq_proofs_question")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_proofs_token_hash")),
    )
    op.create_index("ix_proofs_address", "proofs", ["ip_hash", "made_at"], unique=False)
    op.create_index(op.f("ix_proofs_made_at"), "proofs", ["made_at"], unique=False)
    op.create_index("ix_proofs_target", "proofs", ["target_hash", "made_at"], unique=False)
    op.create_index(op.f("ix_proofs_user_id"), "proofs", ["user_id"], unique=False)
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_passkeys_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    op.create_index(op.f("ix_passkeys_user_id"), "passkeys", ["user_id"], unique=False)
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_user_id"), "recovery_codes", ["user_id"], unique=False)
    op.create_table(
        "number_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "confirmed",
                "done",
                "stopped",
                name="change_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("stop_hash", sa.String(length=64), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> asked_by",
            name=op.f("ck_number_changes_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_number_changes_asked_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["users.id"], name=op.f("fk_number_changes_confirmed_by_users")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_number_changes_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_changes")),
        sa.UniqueConstraint("stop_hash", name=op.f("uq_number_changes_stop_hash")),
    )
    op.create_index(op.f("ix_number_changes_state"), "number_changes", ["state"], unique=False)
    op.create_index(op.f("ix_number_changes_user_id"), "number_changes", ["user_id"], unique=False)
    op.create_table(
        "guardianships",
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("guardian_id <> child_id", name=op.f("ck_guardianships_two_people")),
        sa.ForeignKeyConstraint(
            ["child_id"], ["users.id"], name=op.f("fk_guardianships_child_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["guardian_id"], ["users.id"], name=op.f("fk_guardianships_guardian_id_users")
        ),
        sa.PrimaryKeyConstraint("child_id", name=op.f("pk_guardianships")),
    )
    op.create_index(
        op.f("ix_guardianships_guardian_id"), "guardianships", ["guardian_id"], unique=False
    )


def downgrade() -> None:
    """Drop the tables and columns; numbers lose the country that was added."""
    for table in ("guardianships", "number_changes", "recovery_codes", "passkeys", "proofs"):
        op.drop_table(table)
    op.execute(
        "UPDATE users SET phone = substr(phone, 4) WHERE length(phone) = 14 AND phone LIKE '+861%'"
        " AND substr(phone, 4) NOT IN (SELECT phone FROM users WHERE phone IS NOT NULL)"
    )
    op.drop_column("users", "totp_step")
    op.drop_column("users", "totp_secret")
    for table, column in reversed(PROVEN):
        op.drop_column(table, column)
