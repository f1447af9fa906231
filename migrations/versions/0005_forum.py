"""Tables of forum."""

import sqlalchemy as sa
from alembic import op

revision = "0005_forum"
down_revision = "0004_moderation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "boards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=True),
        sa.Column("promise", sa.String(length=200), nullable=False),
        sa.Column("promise_en", sa.String(length=200), nullable=True),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("rules_en", sa.Text(), nullable=True),
        sa.Column("leader_id", sa.Integer(), nullable=True),
        sa.Column(
            "review",
            sa.Enum(
                "open",
                "first_posts",
                "newcomers",
                "everyone",
                name="board_review",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("required_fields", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("thread_count", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_boards_has_name")),
        sa.ForeignKeyConstraint(
            ["leader_id"], ["users.id"], name=op.f("fk_boards_leader_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boards")),
    )
    op.create_table(
        "threads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("board_id", sa.Integer(), nullable=True),
        sa.Column("about_kind", sa.String(length=20), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("audience", sa.String(length=40), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "discussion",
                "question",
                "announcement",
                name="thread_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("excerpt", sa.String(length=200), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.String(length=80), nullable=True),
        sa.Column("lang", sa.String(length=10), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column(
            "showing",
            sa.Enum(
                "shown",
                "held",
                "hidden",
                name="thread_showing",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_by_id", sa.Integer(), nullable=True),
        sa.Column("hidden_rule", sa.String(length=200), nullable=True),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asks_answer", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_reply_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_post_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("reply_count", sa.Integer(), nullable=False),
        sa.Column("accepted_number", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(showing = 'hidden') = (hidden_at IS NOT NULL)",
            name=op.f("ck_threads_hidden_has_its_time"),
        ),
        sa.CheckConstraint(
            "(about_kind IS NULL) = (about_id IS NULL)", name=op.f("ck_threads_about_whole")
        ),
        sa.CheckConstraint(
            "board_id IS NOT NULL OR about_id IS NOT NULL", name=op.f("ck_threads_has_place")
        ),
        sa.CheckConstraint(
            "reply_count >= 0 AND last_number >= 0", name=op.f("ck_threads_counts_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_threads_author_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["board_id"], ["boards.id"], name=op.f("fk_threads_board_id_boards")
        ),
        sa.ForeignKeyConstraint(
            ["hidden_by_id"], ["users.id"], name=op.f("fk_threads_hidden_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threads")),
        sa.UniqueConstraint("about_kind", "about_id", "audience", name="uq_threads_about"),
    )
    op.create_index("ix_threads_author", "threads", ["author_id", "opened_at"], unique=False)
    op.create_index(
        "ix_threads_board_latest", "threads", ["board_id", "last_post_at", "id"], unique=False
    )
    op.create_index(
        "ix_threads_board_new", "threads", ["board_id", "opened_at", "id"], unique=False
    )
    op.create_index("ix_threads_latest", "threads", ["last_post_at", "id"], unique=False)
    op.create_index(
        "ix_threads_waiting",
        "threads",
        ["opened_at", "id"],
        unique=False,
        sqlite_where=sa.text("first_reply_at IS NULL AND asks_answer AND showing = 'shown'"),
        postgresql_where=sa.text("first_reply_at IS NULL AND asks_answer AND showing = 'shown'"),
    )
    op.create_table(
        "posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.String(length=80), nullable=True),
        sa.Column("quote_number", sa.Integer(), nullable=True),
        sa.Column("quote", sa.String(length=400), nullable=True),
        sa.Column("quote_author", sa.String(length=80), nullable=True),
        sa.Column(
            "format",
            sa.Enum(
                "markdown",
                "html",
                name="post_format",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("pictures", sa.JSON(), nullable=False),
        sa.Column(
            "showing",
            sa.Enum(
                "shown",
                "held",
                "hidden",
                name="post_showing",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_by_id", sa.Integer(), nullable=True),
        sa.Column("hidden_rule", sa.String(length=200), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edit_count", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(showing = 'hidden') = (hidden_at IS NOT NULL)",
            name=op.f("ck_posts_hidden_has_its_time"),
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_posts_number_positive")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_posts_author_id_users")),
        sa.ForeignKeyConstraint(
            ["hidden_by_id"], ["users.id"], name=op.f("fk_posts_hidden_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name=op.f("fk_posts_thread_id_threads")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("thread_id", "number", name=op.f("uq_posts_thread_id_number")),
    )
    op.create_index("ix_posts_author", "posts", ["author_id", "said_at"], unique=False)
    op.create_table(
        "thread_follows",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name=op.f("fk_thread_follows_thread_id_threads")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_thread_follows_user_id_users")
        ),
        sa.PrimaryKeyConstraint("thread_id", "user_id", name=op.f("pk_thread_follows")),
    )
    op.create_index(op.f("ix_thread_follows_user_id"), "thread_follows", ["user_id"], unique=False)
    op.create_table(
        "thread_imports",
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name=op.f("fk_thread_imports_thread_id_threads")
        ),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_thread_imports")),
    )
    op.create_table(
        "thread_reads",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name=op.f("fk_thread_reads_thread_id_threads")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_thread_reads_user_id_users")
        ),
        sa.PrimaryKeyConstraint("user_id", "thread_id", name=op.f("pk_thread_reads")),
    )
    op.create_index(op.f("ix_thread_reads_thread_id"), "thread_reads", ["thread_id"], unique=False)
    op.create_table(
        "post_edits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "format",
            sa.Enum(
                "markdown",
                "html",
                name="edit_format",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["edited_by_id"], ["users.id"], name=op.f("fk_post_edits_edited_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_edits_post_id_posts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_edits")),
    )
    op.create_index(op.f("ix_post_edits_post_id"), "post_edits", ["post_id"], unique=False)
    op.create_table(
        "post_thanks",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("thanked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_thanks_post_id_posts")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_post_thanks_user_id_users")
        ),
        sa.PrimaryKeyConstraint("post_id", "user_id", name=op.f("pk_post_thanks")),
    )
    op.create_index(op.f("ix_post_thanks_user_id"), "post_thanks", ["user_id"], unique=False)


def downgrade() -> None:
    """Take them away again."""

    op.drop_index(op.f("ix_post_thanks_user_id"), table_name="post_thanks")
    op.drop_table("post_thanks")
    op.drop_index(op.f("ix_post_edits_post_id"), table_name="post_edits")
    op.drop_table("post_edits")
    op.drop_index(op.f("ix_thread_reads_thread_id"), table_name="thread_reads")
    op.drop_table("thread_reads")
    op.drop_table("thread_imports")
    op.drop_index(op.f("ix_thread_follows_user_id"), table_name="thread_follows")
    op.drop_table("thread_follows")
    op.drop_index("ix_posts_author", table_name="posts")
    op.drop_table("posts")
    op.drop_index(
        "ix_threads_waiting",
        table_name="threads",
        sqlite_where=sa.text("first_reply_at IS NULL AND asks_answer AND showing = 'shown'"),
        postgresql_where=sa.text("first_reply_at IS NULL AND asks_answer AND showing = 'shown'"),
    )
    op.drop_index("ix_threads_latest", table_name="threads")
    op.drop_index("ix_threads_board_new", table_name="threads")
    op.drop_index("ix_threads_board_latest", table_name="threads")
    op.drop_index("ix_threads_author", table_name="threads")
    op.drop_table("threads")
    op.drop_table("boards")
