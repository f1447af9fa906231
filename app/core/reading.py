"""The session, and the connection that it lends to whoever only reads.

A read begins nothing that would have to be ended: on PostgreSQL a transaction costs two more trips
there and back, and psycopg forgets at a ROLLBACK every statement that it had prepared.
"""

from contextlib import suppress
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from flask_sqlalchemy.session import Session
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import PoolProxiedConnection

# So long a connection may have been at rest without being asked whether it is still there.
TRUSTED_SECONDS = 1.0


_readonly: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()


class ReadingSession(Session):
    """A session that lends reads a connection of the pool's as long as it has begun nothing; what
    it begins outside `transaction()` may only read.
    """

    _engine: Engine
    _lent: PoolProxiedConnection | None = None

    def driver(self) -> Any:
        """Return the driver's connection for a read, or None where the session itself must ask: on
        PostgreSQL in a transaction, which a refusal ends, and where somebody counts statements.
        """
        if self.in_transaction():
            connection = self.connection()
            if connection.dialect.name != "sqlite" or _is_watched(connection.engine):
                return None
            return connection.connection.driver_connection
        if self._lent is None:
            engine: Any = self.get_bind()
            lent: Any = engine.raw_connection()
            if (
                engine.dialect.name != "sqlite"
            ):  # whose driver begins nothing by itself, as we set it
                lent.driver_connection.autocommit = True
            self._engine, self._lent = engine, lent
        return None if _is_watched(self._engine) else self._lent.driver_connection

    def get_bind(self, *asked: Any, **named: Any) -> Any:
        """Return the engine, outside `transaction()` one that PostgreSQL lets only read."""
        engine: Any = super().get_bind(*asked, **named)
        if self.info.get("writing") or engine.dialect.name == "sqlite":
            return engine
        if engine not in _readonly:
            _readonly[engine] = engine.execution_options(postgresql_readonly=True)
        return _readonly[engine]

    def give_back(self, *, is_refused: bool = False) -> None:
        """Give the lent connection back; one that refused is not used again."""
        lent, self._lent = self._lent, None
        if lent is not None and is_refused:
            lent.invalidate()
        elif lent is not None:
            lent.close()

    def close(self) -> None:
        """End what was begun, and give back what was lent."""
        self.give_back()
        super().close()

    def rollback(self) -> None:
        """Take back what was written, and see from here on what others wrote meanwhile."""
        self.give_back()
        super().rollback()


@event.listens_for(ReadingSession, "after_transaction_create")
def _begins(session: ReadingSession, _transaction: object) -> None:
    session.give_back()  # before the session takes one of its own: nobody holds two


def _is_watched(engine: Engine) -> bool:
    """Whether somebody counts statements; they go through SQLAlchemy's cursor then."""
    return bool(engine.dispatch.before_cursor_execute)


def keep_ready(engine: Engine) -> None:
    """Let a pool of connections to PostgreSQL be lent from: what comes back begins transactions
    again, and what was at rest for long is asked first whether it is still there.
    """

    @event.listens_for(engine, "checkin")
    def _rests(connection: Any, record: Any) -> None:
        record.info["rests_since"] = monotonic()
        if connection is not None and not connection.closed and connection.autocommit:
            connection.autocommit = False

    @event.listens_for(engine, "rollback")
    def _ends(connection: Any) -> None:
        driver = connection.connection.driver_connection
        if driver.read_only:  # nothing was written, and what was prepared stays
            with suppress(engine.dialect.loaded_dbapi.Error):
                driver.commit()

    @event.listens_for(engine, "checkout")
    def _wakes(connection: Any, record: Any, _lent: Any) -> None:
        if monotonic() - record.info.get("rests_since", monotonic()) < TRUSTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error:
            raise InvalidatePoolError from None
