"""The PostgreSQL that several machines share: its driver, which is an extra, connecting, and saying where it is."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import tenacity

from warehouse.errors import ClicheError, UsageError
from warehouse.printable import one_line

_MAKING = 1_667_656_807  # of tables, among the advisory locks of a database
#: So long a server that this process never reached is tried.
FIRST_PATIENCE_S = 15.0
_OPTIONS: dict[str, Any] = {
    "application_name": "cliche",
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


def driver() -> Any:
    """Return the module `psycopg2`."""
    try:
        import psycopg2
        import psycopg2.errors
    except ImportError:
        raise UsageError(
            'CLICHE_POSTGRES is set and needs the extra "scale", which is not installed: pip install -e ".[scale]"'
        ) from None
    return psycopg2


def connect(address: str) -> Any:
    """Return a connection; one whose other side is gone ends within half a minute."""
    return driver().connect(address, **_OPTIONS)


def reached(address: str, what: str) -> Any:
    """Return a connection; a moment is waited for the server.

    Raises:
        ClicheError: if it cannot be reached.
    """
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(driver().OperationalError),
        wait=tenacity.wait_random_exponential(multiplier=0.1, max=2.0),
        stop=tenacity.stop_after_delay(FIRST_PATIENCE_S),
        reraise=True,
    )
    try:
        return retrying(connect, address)
    except driver().Error as error:
        raise ClicheError(
            f"{what} in PostgreSQL ({place_of(address)}) cannot be reached ({one_line(error)}); "
            "start the server or correct CLICHE_POSTGRES, and run again"
        ) from None


def require_table(cursor: Any, table: str, statements: str) -> None:
    """Make tables of the schema `cliche` unless `table` is there; who owns the schema may be unable to make one."""
    cursor.execute("SELECT to_regnamespace('cliche'), to_regclass(%s)", [f"cliche.{table}"])
    schema, existing = cursor.fetchone()
    if existing is None:
        create = "CREATE SCHEMA IF NOT EXISTS cliche;" if schema is None else ""
        # In one transaction, and one process after the other: two that make a schema at once fail.
        cursor.execute(f"SELECT pg_advisory_xact_lock({_MAKING}); {create} {statements}")


def place_of(address: str) -> str:
    """Return where a database is, without who asks and with which password."""
    parts = urlsplit(address)
    return f"{parts.hostname or 'this machine'}:{parts.port or 5432}{parts.path}"
