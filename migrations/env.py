"""How migrations reach the database: our own engine, foreign keys off while SQLite rebuilds."""

from alembic import context
from flask import current_app
from sqlalchemy import text

engine = current_app.extensions["migrate"].db.engine
metadata = current_app.extensions["migrate"].db.metadata


def is_modelled(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the index of search tokens out, SQLite's table as PostgreSQL's index: it is written in
    SQL and no model describes it.
    """
    if kind == "index":
        return name != "ix_search_documents_tokens"
    return kind != "table" or not (name or "").startswith("search_index")


def run() -> None:
    """Carry out each migration in one transaction; on SQLite check the foreign keys afterwards."""
    with engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=True,
            transaction_per_migration=True,
            include_name=is_modelled,
        )
        with context.begin_transaction():
            context.run_migrations()
        if is_sqlite:
            broken = connection.execute(text("PRAGMA foreign_key_check")).first()
            connection.rollback()
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")
            if broken:
                raise RuntimeError(f"a migration broke a foreign key: {tuple(broken)}")


run()
