"""The tables of the practice CRM in SQLite, in memory or in a file.

In memory there is one connection under a lock held only while SQL runs; a file is
opened in WAL mode with one connection per thread. Direct SQL changes neither etag nor
ModifyDate, as on a real server.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence

from .model import Entity, EntityModel, Property

Rows = list[tuple]

_SQL_TYPES = {
    "boolean": "INTEGER",
    "datetime": "INTEGER",
    "integer": "INTEGER",
    "decimal": "REAL",
}

#: Columns that answer the questions clients ask most, on the tables that have them,
#: in the collation that queries compare them with.
_INDEXED = {
    "MODIFYDATE": "BINARY",
    "EMAIL": "NOCASE",
    "ENTITYID": "BINARY",
    "LEADID": "BINARY",
    "CONTACTID": "BINARY",
    "ACCOUNTID": "BINARY",
    "ADDRESSID": "BINARY",
    "LEAD_ADDRESSID": "BINARY",
}

_MOST_TOTALS = 500

#: The version of a row; its etag is made of it.
VERSION = "ROWVER"


class Store:
    """Tables for a model. `prepare` is run on each new connection."""

    def __init__(
        self,
        model: EntityModel,
        path: str | None = None,
        prepare: Callable[[sqlite3.Connection], None] = lambda connection: None,
    ) -> None:
        self.model = model
        self.path = path
        self.data_version = 0
        self._prepare = prepare
        self._lock = threading.RLock()
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._shared = None if path else self._connect()
        self._totals: tuple[int, dict[tuple, int]] = (0, {})

    # Connections

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path or ":memory:",
            check_same_thread=False,
            isolation_level=None,
            cached_statements=256,
            timeout=30,
        )
        if self.path:
            connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA temp_store=MEMORY")
        self._prepare(connection)
        self._open.append(connection)
        return connection

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        if self._shared is not None:
            with self._lock:
                yield self._shared
            return
        if not hasattr(self._local, "connection"):
            self._local.connection = self._connect()
        yield self._local.connection

    def close(self) -> None:
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()

    # Reading

    def rows(self, sql: str, params: Sequence | dict = ()) -> Rows:
        with self._connection() as connection:
            return connection.execute(sql, params).fetchall()

    def row(self, sql: str, params: Sequence | dict = ()) -> tuple | None:
        with self._connection() as connection:
            return connection.execute(sql, params).fetchone()

    def table(self, sql: str, params: Sequence | dict = ()) -> tuple[list[str], Rows]:
        """Column names and rows of any statement; a writing one is committed."""
        with self.transaction() as connection:
            cursor = connection.execute(sql, params)
            names = [column[0] for column in cursor.description or ()]
            return names, cursor.fetchall()

    def total(self, sql: str, params: Sequence = ()) -> int:
        """A count, remembered until the next write; never within a transaction."""
        with self._connection() as connection:
            if connection.in_transaction:
                return connection.execute(sql, params).fetchone()[0]
        version, totals = self._totals
        if version != self.data_version or len(totals) > _MOST_TOTALS:
            version, totals = self._totals = (self.data_version, {})
        key = (sql, tuple(params))
        total = totals.get(key)
        if total is None:
            row = self.row(sql, params)
            total = totals[key] = row[0] if row else 0
        return total

    # Writing

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; other writers wait. May be nested in the same thread."""
        with self._lock, self._connection() as connection:
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
            self.data_version += 1

    def insert(self, entity: Entity, rows: Sequence[dict[str, object]]) -> None:
        """Rows by column name; all have the columns of the first."""
        if rows:
            values = (tuple(row.values()) for row in rows)
            self.insert_rows(entity, tuple(rows[0]), values)

    def insert_rows(
        self, entity: Entity, columns: Sequence[str], rows: Iterable[tuple]
    ) -> None:
        sql = (
            f"INSERT INTO {entity.table} ({', '.join(columns)}) "
            f"VALUES ({', '.join('?' * len(columns))})"
        )
        with self.transaction() as connection:
            connection.executemany(sql, rows)

    def update(self, entity: Entity, key: str, values: dict[str, object]) -> None:
        names = ", ".join(f"{column}=?" for column in values)
        sql = f"UPDATE {entity.table} SET {names} WHERE {entity.key_column}=?"
        with self.transaction() as connection:
            connection.execute(sql, [*values.values(), key])

    def run(self, sql: str, params: Sequence = ()) -> None:
        with self.transaction() as connection:
            connection.execute(sql, params)

    # Tables

    def create_tables(self) -> None:
        with self.transaction() as connection:
            for entity in self.model.entities:
                connection.execute(f"DROP TABLE IF EXISTS {entity.table}")
                connection.execute(_create_table(entity))

    def create_indexes(self) -> None:
        """After the seed: loading first is several times faster."""
        with self.transaction() as connection:
            for entity in self.model.entities:
                for column, collation in _INDEXED.items():
                    if column in columns_of(entity) and column != entity.key_column:
                        connection.execute(
                            f"CREATE INDEX {entity.table}_{column} "
                            f"ON {entity.table} ({column} COLLATE {collation})"
                        )


def columns_of(entity: Entity) -> dict[str, Property | None]:
    """Columns of the table with the property behind each; foreign keys have none."""
    columns: dict[str, Property | None] = {entity.key_column: None}
    columns |= {prop.column: prop for prop in entity.properties if prop.column}
    for reference in entity.references:
        columns.setdefault(reference.column, None)
    columns[VERSION] = None
    return columns


def _create_table(entity: Entity) -> str:
    parts = [_column(entity, name, prop) for name, prop in columns_of(entity).items()]
    return f"CREATE TABLE {entity.table} ({', '.join(parts)})"


def _column(entity: Entity, name: str, prop: Property | None) -> str:
    """Columns carry no collation: queries say which one they compare under."""
    if name == entity.key_column:
        return f"{name} TEXT PRIMARY KEY NOT NULL"
    if name == VERSION:
        return f"{name} INTEGER NOT NULL DEFAULT 1"
    sql_type = _SQL_TYPES.get(prop.type, "TEXT") if prop else "TEXT"
    return f"{name} {sql_type}"
