"""Dagster's records in a PostgreSQL of several machines: one process makes the tables; an outage is one line."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any

from dagster_postgres import DagsterPostgresStorage
from dagster_postgres.utils import pg_url_from_config
from sqlalchemy import event
from sqlalchemy.pool import Pool

from orchestration.console import note
from warehouse.postgres import reached
from warehouse.printable import one_line

_LOCK = 1_667_656_808  # of the making of these tables, among the advisory locks of a database


class SharedStorage(DagsterPostgresStorage):
    """Dagster's own storage in PostgreSQL, which one process at a time makes."""

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> Any:
        """Return the storage that a setting of Dagster's names; its tables are made if there are none."""
        OUTAGE.listen()
        address = pg_url_from_config(config_value).replace("postgresql+psycopg2:", "postgresql:", 1)
        with closing(reached(address, "Dagster's records")) as con:  # its end frees the lock
            con.autocommit = True
            con.cursor().execute("SELECT pg_advisory_lock(%s, 0)", [_LOCK])
            return super().from_config_value(inst_data, config_value)


class Outage(logging.Filter):
    """Says once that PostgreSQL is away, where dagster-postgres says so at every try; a connection ends the outage.

    Processes of one command share `away`, a lock that is held during an outage, so that the first of them says it.
    """

    def __init__(self, away: Any, say: Callable[[str], None]) -> None:
        """Take the lock and what shows the line."""
        super().__init__()
        self.away, self.say = away, say

    def listen(self) -> None:
        """Hear what dagster-postgres logs, and every connection that is made; again is as good as once."""
        logging.getLogger().addFilter(self)
        if not event.contains(Pool, "connect", self._is_back):
            event.listen(Pool, "connect", self._is_back)

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a line of the log is shown: not if it is of dagster-postgres's tries."""
        if not str(record.msg).startswith("Retrying failed database connection"):
            return True
        if self.away.acquire(False):
            error = record.args[0] if isinstance(record.args, tuple) and record.args else ""
            why = one_line(getattr(error, "orig", error))
            self.say(f"Dagster's records in PostgreSQL cannot be reached ({why}); they are waited for.")
        return False

    def _is_back(self, connection: object, record: object) -> None:
        with suppress(RuntimeError, ValueError):  # there was no outage
            self.away.release()


OUTAGE = Outage(threading.Lock(), note)
