"""Selects of columns compiled once: their text, what they are asked with and how rows are read.

Compiling is remembered by SQLAlchemy too, but looking it up, and wrapping what comes back, costs as
much as most of our statements take in the database.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from app.core.reading import ReadingSession

Reader = Callable[[Any], Any] | None
_known: WeakKeyDictionary[sa.Select[Any], dict[str, Asked]] = WeakKeyDictionary()


def asked(statement: sa.Select[*tuple[Any, ...]], dialect: Dialect) -> Asked:
    """Return what is known of a select for a kind of database; the same select, the same answer."""
    kinds = _known.get(statement)
    if kinds is None:
        kinds = _known[statement] = {}
    found = kinds.get(dialect.name)
    if found is None:
        found = kinds[dialect.name] = Asked(statement, dialect)
    return found


class Asked:
    """One select, compiled for one kind of database; lists among its values make shapes of it."""

    __slots__ = (
        "_compiled",
        "_dialect",
        "_lists",
        "_readers",
        "_row",
        "_shapes",
        "_types",
        "_writers",
    )

    def __init__(self, statement: sa.Select[*tuple[Any, ...]], dialect: Dialect) -> None:
        """Compile it, and learn how its values are written; how rows are read, the first tells."""
        self._compiled: Any = statement.compile(dialect=dialect)
        binds = self._compiled.binds
        self._dialect = dialect
        self._lists = tuple(
            name for name, bind in binds.items() if bind.expanding and bind.required
        )
        self._writers: dict[str, Reader] = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for name, bind in binds.items()
        }
        self._types = [column.type.dialect_impl(dialect) for column in statement.selected_columns]
        self._readers: list[tuple[int, Any]] = []
        self._shapes: dict[tuple[int, ...], _Shape] = {}
        self._row: Any = None

    def rows(self, session: ReadingSession, values: dict[str, Any]) -> Sequence[Any]:
        """Return the rows for these values, each a named tuple."""
        lengths = tuple([len(values[name]) for name in self._lists])
        shape = self._shapes.get(lengths)
        if shape is None:
            shape = self._shapes[lengths] = _Shape(self._compiled, self._writers, values)
        found = self._found(session, shape.text, shape.filled(values))
        if found and self._readers:
            columns = list(zip(*found, strict=True))
            for place, reader in self._readers:
                columns[place] = tuple(map(reader, columns[place]))
            found = list(zip(*columns, strict=True))
        return list(map(self._row._make, found))

    def _found(self, session: ReadingSession, text: str, given: Any) -> Sequence[Any]:
        driver = session.driver()
        if driver is not None:
            try:
                return self._read(driver.execute(text, given))
            except self._dialect.loaded_dbapi.Error:
                session.give_back(is_refused=True)
        # Whoever counts sees it here, and what the driver refused is told in SQLAlchemy's way.
        result: Any = session.connection().exec_driver_sql(text, given)
        found = self._read(result.cursor)
        result.close()
        return found

    def _read(self, cursor: Any) -> Sequence[Any]:
        found: Sequence[Any] = cursor.fetchall()
        if self._row is None:
            self._learn(cursor.description)
        return found

    def _learn(self, description: Sequence[Any]) -> None:
        columns = zip(self._types, description, strict=True)
        readers = [kind.result_processor(self._dialect, column[1]) for kind, column in columns]
        self._readers = [(place, reader) for place, reader in enumerate(readers) if reader]
        names = [column[0] for column in description]
        self._row = namedtuple("Row", names, rename=True)  # type: ignore[misc]


class _Shape:
    """The text of a select for lists of certain lengths, and where its values come from."""

    __slots__ = ("_parts", "text")

    def __init__(self, compiled: Any, writers: dict[str, Reader], values: dict[str, Any]) -> None:
        """Write the text out; what is no value of the caller's is written down here and now."""
        state = compiled.construct_expanded_state(values)
        self.text: str = state.statement
        members = {
            member: (name, place)
            for name, listed in state.parameter_expansion.items()
            for place, member in enumerate(listed)
        }
        parts: list[tuple[str, str | None, int, Any]] = []
        for name in state.positiontup or state.parameters:
            source, place = members.get(name, (name, -1))
            write = writers[source]
            if compiled.binds[source].required:
                parts.append((name, source, place, write))
            else:
                fixed = state.parameters[name]
                parts.append((name, None, 0, write(fixed) if write else fixed))
        self._parts = parts, bool(state.positiontup)

    def filled(self, values: dict[str, Any]) -> Any:
        """Return what the driver is given: a tuple where it counts, a dictionary where it names."""
        parts, is_counted = self._parts
        given = []
        for _name, source, place, write in parts:
            if source is None:
                given.append(write)
                continue
            value = values[source] if place < 0 else values[source][place]
            given.append(write(value) if write else value)
        return tuple(given) if is_counted else dict(zip([p[0] for p in parts], given, strict=True))
