"""The spending ledger of several machines: a PostgreSQL that all their processes share.

Whoever reads or writes holds one advisory lock for the time of a transaction, so that no two reserve at once. A process
says that it lives by the session lock of its connection: the server takes it away when the process or its machine dies.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import tenacity

from assets.gateway.money.ledger_rows import SCHEMA, Book, Done, Rows
from warehouse.errors import ClicheError, UsageError
from warehouse.postgres import FIRST_PATIENCE_S, connect, driver, place_of, require_table
from warehouse.printable import one_line
from warehouse.processes import process_name

if TYPE_CHECKING:
    from psycopg2 import extensions

#: So long a server that cannot be reached is tried again; one that this process never reached, not so long.
PATIENCE_S = 60.0
#: An entry is its holder's for so long, even if the connection of its holder is gone: its intent may be on its way.
GRACE_S = 60.0
_LOCKS = 1_667_656_805  # of this ledger, among the advisory locks of a database
_SETTINGS = {
    "search_path": "cliche",
    "lock_timeout": "30s",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "30s",  # a process that was stopped keeps nobody waiting
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
_TABLES = f"""
{SCHEMA.replace("TEXT PRIMARY KEY", 'TEXT COLLATE "C" PRIMARY KEY')}
ALTER TABLE entries ADD COLUMN IF NOT EXISTS at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp();
CREATE TABLE IF NOT EXISTS book (store TEXT NOT NULL);
"""
_DEAD = """
SELECT key, holder FROM entries WHERE holder IS NOT NULL AND at < clock_timestamp() - ? * INTERVAL '1 second'
"""
_LIVING = """
SELECT objid FROM pg_locks
WHERE locktype = 'advisory' AND granted AND classid = ?
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class ServerBook(Book["extensions.connection"]):
    """Rows in the schema `cliche` of a database, which is made when it is needed and may be dropped."""

    def __init__(self, address: str, store: str, *, grace_s: float = GRACE_S) -> None:
        """Name the database (`postgresql://…`) and the store that the ledger is of."""
        self._address, self._store, self._grace_s = address, store, grace_s
        self._number = random.SystemRandom().randrange(1, 1 << 31)  # of this process, among its locks
        self._me = f"{process_name()}/{self._number}"
        self._con: extensions.connection | None = None
        self._reached = False
        self._down_since: float | None = None

    def transact(self, work: Callable[[Rows], Done], at_first: Callable[[Rows], None]) -> Done:
        """See `Book`. What threads wait for a server that is down counts for all of them together."""
        psycopg2 = driver()
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(
                # The last one: somebody dropped the schema.
                (psycopg2.OperationalError, psycopg2.InterfaceError, psycopg2.errors.UndefinedTable)
            ),
            wait=tenacity.wait_random_exponential(multiplier=0.1, max=2.0),
            stop=self._patience_is_over,
            reraise=True,
        )
        try:
            done: Done = retrying(super().transact, work, at_first)
        except psycopg2.Error as error:
            raise ClicheError(
                f"the spending ledger in PostgreSQL ({place_of(self._address)}) cannot be used "
                f"({one_line(error)}); nothing is spent without it: start the server or correct CLICHE_POSTGRES, "
                "and run again"
            ) from None
        self._down_since = None
        return done

    def _patience_is_over(self, state: tenacity.RetryCallState) -> bool:
        now = time.monotonic()
        if self._down_since is None:
            self._down_since = now
        return now - self._down_since > (PATIENCE_S if self._reached else FIRST_PATIENCE_S)

    def _within(self, con: extensions.connection, work: Callable[[Rows], Done]) -> Done:
        """Do `work` within one transaction, alone; a connection on which anything failed is closed."""
        try:
            with con.cursor() as cursor:

                def execute(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
                    cursor.execute(sql.replace("?", "%s"), values)
                    return cursor.fetchall() if cursor.description else []

                def dead() -> set[str]:
                    living = {number for (number,) in execute(_LIVING, [_LOCKS])}
                    held = execute(_DEAD, [self._grace_s])
                    return {key for key, holder in held if int(holder.rpartition("/")[2]) not in living}

                cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_LOCKS])
                done = work(Rows(execute, self._me, dead))
            con.commit()
        except driver().Error:
            self._close(con)
            raise
        except BaseException:  # of `work`, a cap that would be passed above all: the connection is whole
            with suppress(driver().Error):
                con.rollback()
            raise
        return done

    def _connected(self) -> extensions.connection:
        if self._con is not None and not self._con.closed:
            return self._con
        con: extensions.connection = connect(self._address)
        try:
            self._begin(con)
        except BaseException:
            self._close(con)
            raise
        self._con, self._is_new, self._reached = con, True, True
        return con

    def _begin(self, con: extensions.connection) -> None:
        """Set a session up: its limits, the tables if there are none yet, whose ledger it is, and that it lives."""
        with con.cursor() as cursor:
            for name, value in _SETTINGS.items():
                cursor.execute("SELECT set_config(%s, %s, FALSE)", [name, value])
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_LOCKS])
            require_table(cursor, "book", _TABLES)
            cursor.execute("SELECT store FROM book")
            of = cursor.fetchone()
            if of is None:
                cursor.execute("INSERT INTO book VALUES (%s)", [self._store])
            elif of[0] != self._store:
                raise UsageError(
                    f"the PostgreSQL of CLICHE_POSTGRES ({place_of(self._address)}) keeps the spending ledger of "
                    f"{of[0]}, and the store is {self._store}: give each store a database of its own"
                )
            cursor.execute("SELECT pg_advisory_lock_shared(%s, %s)", [_LOCKS, self._number])
        con.commit()

    def _close(self, con: extensions.connection) -> None:
        self._con = None
        with suppress(driver().Error):
            con.close()
